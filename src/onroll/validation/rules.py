"""The rule for disproportionality against the US regulation, worked by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np

from onroll.statistics.disproportionality_rule import OUTCOMES, Rule, apply_rule

BASE = 1000
"""Ratios of the years become counts over this many, against 100 of as many."""


def regulation(folder: Path) -> Mapping[str, float]:
    """P07: three groups in one year, and three rows of years."""
    return _groups(_read(folder / "groups.csv")) | _years(_read(folder / "years.csv"))


def _groups(rows: list[dict[str, str]]) -> dict[str, float]:
    """One year: the ratio, with whom it was compared, and whether it is above."""
    rule = Rule(threshold="2.0", min_events=10, min_total=30, years=1)
    names = ("events", "total", "reference_events", "reference_total", "wider_events", "wider_total")
    table = {name: np.array([[int(row[name])] for row in rows]) for name in names}
    found = apply_rule(
        rule,
        table["events"],
        table["total"],
        reference_events=table["reference_events"],
        reference_total=table["reference_total"],
        wider_events=table["wider_events"],
        wider_total=table["wider_total"],
    )
    figures: dict[str, float] = {}
    for place, row in enumerate(rows):
        outcome, compared = int(found.outcome[place, 0]), int(found.compared[place, 0])
        figures[f"{row['group']}, above"] = float(OUTCOMES[outcome] == "above")
        figures[f"{row['group']}, compared"] = float(compared)
        if compared:
            figures[f"{row['group']}, ratio"] = float(found.estimate[place, 0])
    return figures


def _years(rows: list[dict[str, str]]) -> dict[str, float]:
    """Rows of years: how many are above, progress, and what is found in the last."""
    rule = Rule(threshold="2.0", min_events=10, min_total=30, years=3, progress="0.03")
    figures: dict[str, float] = {}
    for row in rows:
        ratios = [Fraction(row[f"year_{year}"]) for year in (1, 2, 3)]
        events = [int(ratio * 100) for ratio in ratios]
        found = apply_rule(rule, events, BASE, reference_events=100, reference_total=BASE)
        above = found.outcome == 1
        figures[f"{row['row']}, found in the last year"] = float(found.finding[-1] == 1)
        if above.all():
            figures |= {
                f"{row['row']}, progress in year {year}": float(found.progress[year - 1]) for year in (2, 3)
            }
        else:
            figures[f"{row['row']}, years above"] = float(above.sum())
    return figures


def _read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType({"P07_idea_rule": regulation})
