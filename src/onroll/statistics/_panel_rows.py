"""Rows of a panel, each a unit in a period: checked, with the means of units taken out and periods as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._adjusted_model import AdjustedModel
from onroll.statistics._inputs import FloatArray, choice, numbers
from onroll.statistics._labels import row_labels
from onroll.statistics.adjusted import linear
from onroll.statistics.design_matrix import plain_design
from onroll.statistics.sandwich import CLUSTERED

ONE_TREATED = (
    "one treated cluster: no error of clusters can be told; ask difference_in_differences or a synthetic control, "
    "which set it beside the others"
)
FEW = "{} clusters, {} of them treated: too few for errors of clusters to be trusted; t on {:.1f} degrees of freedom"
ROUNDED = 1e-11
"""What is left of a column beside units and periods is rounding below this share of it."""
MANY, MANY_TREATED = 40, 10
"""From so many clusters, and treated ones, errors of clusters are about right."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelRows:
    """Outcome, and each row's unit, period and cluster numbered from 0."""

    y: FloatArray
    unit: NDArray[np.intp]
    period: NDArray[np.intp]
    cluster: NDArray[np.intp]

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.unit.max()) + 1

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return int(self.period.max()) + 1

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.cluster.max()) + 1

    def within(self, columns: FloatArray) -> FloatArray:
        """Columns less the means of their units."""
        table = columns if columns.ndim == 2 else columns[:, None]
        sums = np.zeros((self.units, table.shape[1]))
        np.add.at(sums, self.unit, table)
        means = sums / np.bincount(self.unit)[:, None]
        return np.asarray((table - means[self.unit]).reshape(columns.shape))

    def dummies(self) -> FloatArray:
        """One column a period but the first."""
        return np.asarray(self.period[:, None] == np.arange(1, self.periods), dtype=np.float64)

    def freed(self, columns: FloatArray) -> FloatArray:
        """Columns less what units and periods explain."""
        basis, own = np.linalg.qr(self.within(self.dummies()))[0], self.within(columns)
        return np.asarray(own - basis @ (basis.T @ own))

    def ever(self, where: NDArray[np.bool_]) -> int:
        """How many clusters have a row there."""
        return int(np.unique(self.cluster[where]).size)


def panel_rows(
    outcome: ArrayLike, unit: ArrayLike, period: ArrayLike, cluster: ArrayLike | None
) -> PanelRows:
    """Check rows of a panel, or say what is wrong with them."""
    y = numbers("outcome", outcome)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"outcome has shape {y.shape}; give one number a row, (rows,)")
    named = {"unit": unit, "period": period, "cluster": unit if cluster is None else cluster}
    coded = {name: coded_as(name, value, y.size) for name, value in named.items()}
    rows = PanelRows(y, coded["unit"], coded["period"], coded["cluster"])
    for name, many in (("unit", rows.units), ("period", rows.periods), ("cluster", rows.clusters)):
        if many < 2:
            raise ValueError(f"{name} has one level only; give two or more")
    twice = np.bincount(rows.unit * rows.periods + rows.period) > 1
    if twice.any():
        one = np.flatnonzero(rows.unit * rows.periods + rows.period == int(np.argmax(twice)))
        raise ValueError(
            f"rows {one[0]} and {one[1]} are of one unit and period; give one row, such as their mean: a panel has each "
            "unit once a period"
        )
    pairs = np.unique(np.column_stack([rows.unit, rows.cluster]), axis=0)
    if len(pairs) > rows.units:
        raise ValueError("cluster splits a unit; a cluster holds whole units: give the larger of the two")
    return rows


def coded_as(name: str, value: ArrayLike, rows: int) -> NDArray[np.intp]:
    """Number what rows are of from 0, in order; none may be missing."""
    return np.asarray(np.unique(row_labels(name, value, rows), return_inverse=True)[1], dtype=np.intp)


def within_fit(
    rows: PanelRows, columns: FloatArray, names: list[str], errors: str, confidence: float
) -> AdjustedModel:
    """Least squares with an effect for each unit and each period, the columns asked for first."""
    kind = choice("errors", errors, CLUSTERED)
    every = np.column_stack([columns, rows.dummies()])
    called = [*names, *(f"period {at + 1}" for at in range(1, rows.periods))]
    free = rows.y.size - rows.units - every.shape[1]
    if free < 1:
        raise ValueError(
            f"rows are {rows.y.size}; {rows.units} units, {rows.periods} periods and {len(names)} columns need "
            f"{rows.units + every.shape[1] + 1} or more"
        )
    _told_apart(rows, columns, names)
    return linear(
        rows.within(rows.y),
        plain_design(rows.within(every), called, constant=False),
        school=rows.cluster,
        errors=kind,
        absorbed=rows.units,
        confidence=confidence,
    )


def _told_apart(rows: PanelRows, columns: FloatArray, names: list[str]) -> None:
    """Refuse what units and periods explain without rest."""
    for name, column in (("outcome", rows.y), *zip(names, columns.T, strict=True)):
        if np.abs(rows.freed(column)).max() <= ROUNDED * np.abs(column).max():
            raise ValueError(
                f"{name} is 0, or goes with units and periods alone, in every row; nothing is left to compare: "
                "give units of which some changed when others did not"
            )


def is_staggered(rows: PanelRows, under: NDArray[np.bool_]) -> bool:
    """Whether a unit was under treatment in a period before another unit's began; ``under`` is of rows."""
    began, untreated = np.full(rows.units, np.inf), np.full(rows.units, -np.inf)
    np.minimum.at(began, rows.unit[under], rows.period[under])
    early = ~under & (rows.period < began[rows.unit]) & np.isfinite(began[rows.unit])
    np.maximum.at(untreated, rows.unit[early], rows.period[early])
    return bool(began.min() <= untreated.max())


def remark(clusters: int, treated: int, freedom: float, said: str = "") -> str:
    """Say what limits a number of clusters can bear, after what the fit itself said of them."""
    if treated < 2:
        return ONE_TREATED
    few = clusters < MANY or treated < MANY_TREATED
    return "; ".join(filter(None, [said, FEW.format(clusters, treated, freedom) if few else ""]))
