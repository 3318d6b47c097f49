"""Pooling against metafor, the E-value's own example, and the strategy's table of exclusions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.detectable import detectable_change
from onroll.statistics.evalue import e_value
from onroll.statistics.random_effects import METHODS, random_effects
from onroll.statistics.rates import rate
from onroll.statistics.ratios import rate_ratio
from onroll.statistics.stratified import mantel_haenszel

Rows = list[dict[str, str]]
Array = NDArray[np.float64]
TWICE_Z = 2.0 * 1.959963984540054
"""A 95 % interval in standard errors."""


def trials(folder: Path) -> Mapping[str, float]:
    """P24: thirteen trials of a vaccine, pooled on the log of the relative risk."""
    rows = _read(folder / "bcg.csv")
    names = ("events", "total", "reference_events", "reference_total")
    x, n, x0, n0 = (_column(rows, name) for name in names)
    log_ratio = np.log(x / n) - np.log(x0 / n0)
    error = np.sqrt(1.0 / x - 1.0 / n + 1.0 / x0 - 1.0 / n0)
    found: dict[str, float] = {}
    for method in METHODS:
        pooled = random_effects(log_ratio, error, method=method)
        found[f"{method}, estimate"] = pooled.estimate
        found[f"{method}, standard error"] = pooled.standard_error
        found[f"{method}, tau2"] = pooled.tau2
        found[f"{method}, I2"] = pooled.i2
        found["q"] = pooled.q
    common = mantel_haenszel(x, n, reference_events=x0, reference_total=n0, measure="relative_risk")
    found["mantel-haenszel, relative risk"] = float(common.estimate)
    found["mantel-haenszel, lower"] = float(common.lower)
    found["mantel-haenszel, upper"] = float(common.upper)
    found["mantel-haenszel, log"] = float(np.log(common.estimate))
    found["mantel-haenszel, standard error of the log"] = float(np.log(common.upper / common.lower)) / TWICE_Z
    return found


def strength(folder: Path) -> Mapping[str, float]:
    """P25: the E-value of one relative risk."""
    (row,) = _read(folder / "ratio.csv")
    found = e_value(float(row["ratio"]), float(row["lower"]), float(row["upper"]))
    return {"estimate": float(found.estimate), "limit": float(found.limit)}


def seed_table(folder: Path) -> Mapping[str, float]:
    """P29: totals and their changes, ratios of the printed rates, and what fall could be seen."""
    rows = _read(folder / "table.csv")
    found: dict[str, float] = {}
    for kind, column in (("permanent exclusions", "perm"), ("suspensions", "fixed")):
        totals = {year: _total(rows, year, f"luton_{column}_n") for year in ("2017", "2018", "2019")}
        found |= {f"{kind} {year}": float(rate(total, 1.0).estimate) for year, total in totals.items()}
        since = "2018" if column == "perm" else "2017"
        change = rate_ratio(totals["2019"], 1.0, reference_events=totals[since], reference_exposure=1.0)
        found[f"{kind} 2019 on {since}, probability"] = float(change.p_value)
        last = [row for row in rows if row["year"] == "2019"]
        ratio = _column(last, f"luton_{column}_pct") / _column(last, f"national_{column}_pct")
        found |= {
            f"{kind} 2019, {row['group']}, on national": at
            for row, at in zip(last, ratio.tolist(), strict=True)
        }
    for name, events in (
        ("one year on one of 56", 56),
        ("three years on three of 162", 162),
        ("one year on one of 1748", 1748),
    ):
        found[f"detectable fall, {name}"] = float(detectable_change(events).fall)
    return found


def _total(rows: Rows, year: str, column: str) -> float:
    """A column's sum in one year."""
    return float(_column([row for row in rows if row["year"] == year], column).sum())


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> Array:
    """A column of numbers."""
    return np.array([float(row[name]) for row in rows])


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P24_random_effects_bcg": trials, "P25_evalue": strength, "P29_seed_baseline_table": seed_table}
)
