"""Errors of clusters in least squares, against R: stores before and after, counties over years."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.adjusted import linear
from onroll.statistics.design_matrix import Factor, Measure, design_matrix, plain_design

Array = NDArray[np.float64]
CHANCE = 0.00626973737
"""The p-value that clubSandwich gives: at confidence 1 less that, the limit nearest 0 is 0."""


def stores(folder: Path) -> Mapping[str, float]:
    """P21: employment of restaurants in two states, before and after."""
    columns = _columns(folder / "card_krueger.csv")
    design = design_matrix(
        [Factor("nj", columns["nj"]), Factor("after", columns["d"])], interactions=[("nj", "after")]
    )
    robust = linear(columns["fte"], design, errors="HC1")
    store = linear(columns["fte"], design, errors="CR1S", school=columns["id"])
    return {
        "difference in differences": float(robust.estimate[-1]),
        "error of stores": float(store.error[-1]),
        "robust error": float(robust.error[-1]),
    }


def counties(folder: Path) -> Mapping[str, float]:
    """P28: two-way fixed effects; the means of counties are taken out, years are columns."""
    columns = _columns(folder / "mpdta.csv")
    year, first = columns["year"], columns["first.treat"]
    treated = ((first > 0) & (year >= first)).astype(np.float64)
    made = design_matrix([Measure("after", treated), Factor("year", year, 2003)], constant=False)
    county = np.unique(columns["countyreal"], return_inverse=True)[1]
    within = np.column_stack([_without_means(column, county) for column in made.columns.T])
    many = int(county.max()) + 1
    fits = {
        kind: linear(
            _without_means(columns["lemp"], county),
            plain_design(within, made.names, constant=False),
            school=county,
            errors=kind,
            absorbed=many,
            confidence=1.0 - CHANCE,
        )
        for kind in ("CR0", "CR1S", "CR2")
    }
    found = {f"{kind} error": float(fit.error[0]) for kind, fit in fits.items()}
    return found | {
        "change after treatment": float(fits["CR2"].estimate[0]),
        "Satterthwaite degrees of freedom": float(fits["CR2"].freedom[0]),
        "upper limit at confidence 1 - p, which is 0": float(fits["CR2"].upper[0]),
    }


def _without_means(values: Array, unit: NDArray[np.intp]) -> Array:
    """Each value less the mean of its unit."""
    return np.asarray(values - (np.bincount(unit, values) / np.bincount(unit))[unit])


def _columns(path: Path) -> dict[str, Array]:
    """Columns of numbers of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P21_cluster_se_card_krueger": stores, "P28_cluster_cr2_mpdta": counties}
)
