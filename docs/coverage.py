"""Writes ``docs/coverage.md``: how often intervals for few against many hold the truth. Run: python docs/coverage.py

Nothing is drawn at random. For every pair of true proportions the probabilities of all outcomes are added up whose
interval holds the true measure. ``tests/reference/test_coverage.py`` computes a row anew and compares the page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from onroll.statistics import odds_ratio, proportions, relative_risk, risk_difference

PAGE = Path(__file__).with_name("coverage.md")
LEVEL = 0.95
GRID = np.arange(0.005, 0.5, 0.015)
"""True proportions tried: 0.005, 0.020 ... 0.485, for each group."""
SIZES = ((10, 100), (20, 200), (30, 300), (20, 1000))
"""Pupils in the small group and in the large one."""
SINGLE = (10, 30, 100)
"""Pupils of whom one proportion is taken; it runs from 0.005 to 0.995."""
SLACK = 1e-12
"""A limit that is the truth but for rounding holds it."""
MEASURES: dict[str, tuple[str, Callable[..., Any], tuple[str, ...]]] = {
    "relative_risk": ("Relative risk", relative_risk.relative_risk, relative_risk.METHODS),
    "risk_difference": ("Risk difference", risk_difference.risk_difference, risk_difference.METHODS),
    "odds_ratio": ("Odds ratio", odds_ratio.odds_ratio, odds_ratio.METHODS),
}
Floats = NDArray[np.float64]
TOP = """\
# How often the intervals hold the truth

Made by `python docs/coverage.py`; a test computes a row anew. The intervals ask for 95 %. Nothing is drawn at random:
for every pair of true proportions on a grid ({low:.3f} to {high:.3f} by {step:.3f} in each group, {pairs} pairs) the
binomial probabilities of all outcomes are added up whose interval holds the true measure. *Mean* and *lowest* are over
the pairs; *width* is not judged here, and a method that is never below 95 % pays with wider intervals. An outcome of
which no ratio can be computed (no event in either group) has limits of 0 and infinity and holds every truth; the
legacy methods gain by that, and by having no limits where a count is 0. "20 of 200" means 20 pupils in the group, 200
in the reference. For one proportion the grid runs from 0.005 to 0.995 by 0.005.

What follows from it: where a group is small, ask for `miettinen-nurminen` when the interval shall hold 95 times in 100
on the average, for `exact` when it must never be less. Wald's and Katz's are for comparison with older reports.
"""


def coverage(measure: str, method: str, few: int, many: int) -> tuple[float, float]:
    """Mean and lowest coverage over the grid, of ``few`` pupils against ``many``."""
    events, others = (
        grid.ravel() for grid in np.meshgrid(np.arange(few + 1), np.arange(many + 1), indexing="ij")
    )
    found = MEASURES[measure][1](
        events, few, reference_events=others, reference_total=many, confidence=LEVEL, method=method
    )
    lower, upper = (limit.reshape(few + 1, many + 1) for limit in (found.lower, found.upper))
    chances = stats.binom.pmf(np.arange(few + 1), few, GRID[:, None])
    other_chances = stats.binom.pmf(np.arange(many + 1), many, GRID[:, None])
    held = np.array(
        [
            [
                chance @ _holds(lower, upper, _truth(measure, p, p0)) @ other
                for p0, other in zip(GRID, other_chances, strict=True)
            ]
            for p, chance in zip(GRID, chances, strict=True)
        ]
    )
    return float(held.mean()), float(held.min())


def coverage_of_one(method: str, total: int) -> tuple[float, float]:
    """Mean and lowest coverage of one proportion's interval."""
    shares, events = np.arange(0.005, 0.9951, 0.005), np.arange(total + 1)
    found = proportions.proportion(events, total, confidence=LEVEL, method=method)
    chances = stats.binom.pmf(events, total, shares[:, None])
    held = (chances * _holds(found.lower, found.upper, shares[:, None])).sum(axis=1)
    return float(held.mean()), float(held.min())


def _truth(measure: str, p: float, p0: float) -> float:
    if measure == "risk_difference":
        return p - p0
    return p / p0 if measure == "relative_risk" else p * (1 - p0) / (p0 * (1 - p))


def _holds(lower: Floats, upper: Floats, truth: float | Floats) -> NDArray[np.bool_]:
    slack = SLACK * np.abs(truth) + 1e-15
    return (lower <= truth + slack) & (truth - slack <= upper)


def row(method: str, situation: str, held: tuple[float, float]) -> str:
    """One line of a table: percentages to one decimal."""
    return f"| `{method}` | {situation} | {held[0] * 100:.1f} | {held[1] * 100:.1f} |"


def page() -> Iterator[str]:
    """Line by line."""
    yield TOP.format(low=GRID[0], high=GRID[-1], step=GRID[1] - GRID[0], pairs=GRID.size**2)
    for measure, (title, _, methods) in MEASURES.items():
        yield from _head(title)
        for method in methods:
            for few, many in SIZES:
                yield row(method, f"{few} of {many}", coverage(measure, method, few, many))
        yield ""
    yield from _head("One proportion")
    for method in proportions.METHODS:
        for total in SINGLE:
            yield row(method, f"{total}", coverage_of_one(method, total))


def _head(title: str) -> tuple[str, ...]:
    return f"## {title}\n", "| method | pupils | mean, % | lowest, % |", "|---|---|---|---|"


if __name__ == "__main__":
    PAGE.write_text("\n".join(page()) + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.name}\n")
