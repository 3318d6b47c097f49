"""Treatment that begins at different times, and departures from parallel trends, against published examples."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

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
    {"P16_staggered_mpdta": minimum_wages}
)
