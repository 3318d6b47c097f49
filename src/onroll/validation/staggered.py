"""Treatment that begins at different times, and departures from parallel trends, against published examples."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.honest_bounds import honest_bounds
from onroll.statistics.staggered import CellAverages, staggered_adoption


def minimum_wages(folder: Path) -> Mapping[str, float]:
    """P16: counties of states that raised the minimum wage in different years."""
    columns = _columns(folder / "mpdta.csv")
    found = staggered_adoption(
        columns["lemp"],
        columns["countyreal"],
        columns["year"],
        columns["first.treat"],
        control="never treated",
    )
    answers = {"all: effect": found.estimate, "all: error": found.error}
    for group, period, effect, error in zip(
        found.group, found.period, found.effects, found.effect_errors, strict=True
    ):
        name = f"cohort {group:.0f} in {period:.0f}"
        answers |= {f"{name}: effect": float(effect), f"{name}: error": float(error)}
    cohorts, years = _averages("by cohort", found.by_cohort), _averages("by year", found.by_period)
    return (
        answers
        | _averages("since treatment", found.since_treatment, sign="+")
        | {name: value for name, value in cohorts.items() if "all" in name or "effect" in name}
        | {name: value for name, value in years.items() if "all" in name}
        | {"cells before: chance of Wald's statistic": found.before.p_value}
    )


def restaurants(folder: Path) -> Mapping[str, float]:
    """P19: the first effect of a tax cut, with room for trends that were not parallel."""
    columns = _columns(folder / "event_study.csv")
    matrix = np.column_stack([column for name, column in columns.items() if name.startswith("covariance")])
    answers: dict[str, float] = {}
    for restriction, departures in (
        ("smoothness", [0.0, 0.1, 0.2, 0.3]),
        ("relative magnitude", [0.5, 1.0, 1.5, 2.0]),
    ):
        found = honest_bounds(
            columns["effect"], matrix, 4, departures, restriction=restriction, weights=[1.0, 0.0, 0.0, 0.0]
        )
        for departure, lower, upper in zip(
            departures, np.ravel(found.lower), np.ravel(found.upper), strict=True
        ):
            name = (
                f"{restriction} {departure:g}"
                if restriction == "smoothness"
                else f"{restriction} {departure:.1f}"
            )
            answers |= {f"{name}: lower limit": float(lower), f"{name}: upper limit": float(upper)}
        answers["parallel trends: lower limit"] = found.parallel_lower
        answers["parallel trends: upper limit"] = found.parallel_upper
    for name in ("1.0: lower limit", "1.5: upper limit"):
        answers[f"relative magnitude {name}, by 20,000 draws"] = answers[f"relative magnitude {name}"]
    return answers


def _averages(name: str, found: CellAverages, sign: str = "") -> dict[str, float]:
    answers = {f"{name}, all: effect": found.estimate, f"{name}, all: error": found.error}
    for at, effect, error in zip(found.at, found.effects, found.effect_errors, strict=True):
        one = f"{name} {at:{sign}.0f}"
        answers |= {f"{one}: effect": float(effect), f"{one}: error": float(error)}
    return answers


def _columns(path: Path) -> dict[str, NDArray[np.float64]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P16_staggered_mpdta": minimum_wages, "P19_honest_did_bc": restaurants}
)
