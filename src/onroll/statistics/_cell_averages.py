"""Averages of effects by cohort and period, with what chance gives them and the shares of cohorts they weigh by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray, normal_quantile
from onroll.statistics._library_frames import Cells
from onroll.statistics._panel_notes import NO_WIDTH

ALONE = "a cohort of one unit: its error is that of the controls alone and means nothing"
NO_CELL_BEFORE = "no cell before treatment: nothing to test"
SINGULAR = "fewer units than cells before treatment allow: nothing to test"
SINGULAR_FROM = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class CellAverages:
    """Averages over cells that have something in common, and the average of those.

    Attributes
    ----------
    estimate, lower, upper : float
        Of all labels (of those from treatment on).
    confidence : float
    method : str
    error : float
    at : ndarray, shape (labels,)
        Periods since treatment, first period under treatment, or period.
    effects, effect_errors, effect_lower, effect_upper : ndarray, shape (labels,)
    covariance : ndarray, shape (labels, labels)
    note : ndarray of str, shape (labels,)
        Where a label rests on cohorts of one unit, or no unit strayed; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    at: FloatArray
    effects: FloatArray
    effect_errors: FloatArray
    effect_lower: FloatArray
    effect_upper: FloatArray
    covariance: FloatArray
    note: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class CellsBefore:
    """Wald's test that all effects before treatment are 0.

    Attributes
    ----------
    statistic, freedom : float
        Chi-squared on so many degrees of freedom.
    p_value : float
        Chance of so large a statistic were they all 0; 1 where there is no test.
    note : str
        Why there is no test; mostly empty.
    """

    statistic: float
    freedom: float
    p_value: float
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """Cells that were had, and the cohort each unit is of; errors no larger than ``none`` are what rounding left of 0."""

    cells: Cells
    cohort: FloatArray
    level: float
    none: float

    @property
    def after(self) -> BoolArray:
        """Cells from treatment on."""
        return np.asarray(self.cells.period >= self.cells.group)

    def overall(self) -> tuple[float, FloatArray]:
        """The average over all cells from treatment on, weighed by their cohorts' units."""
        return self._by_share(self.cells.effects, self.cells.influence, self.cells.group, self.after)

    def since(self) -> CellAverages:
        """By periods since treatment; over all, the plain mean of those from treatment on."""
        since = self.cells.period - self.cells.group
        at = np.unique(since)
        effects, moved = self._labels(at, since, np.ones(since.size, dtype=np.bool_))
        later = at >= 0
        said = "by periods since treatment"
        return self._told(
            said, at, effects, moved, float(effects[later].mean()), moved[:, later].mean(1), since
        )

    def by_period(self) -> CellAverages:
        """By period, of cohorts then under treatment; over all, the plain mean."""
        at = np.unique(self.cells.period[self.after])
        effects, moved = self._labels(at, self.cells.period, self.after)
        where = np.where(self.after, self.cells.period, np.nan)
        return self._told("by period", at, effects, moved, float(effects.mean()), moved.mean(1), where)

    def by_cohort(self) -> CellAverages:
        """By cohort, the plain mean of its periods under treatment; over all, weighed by units."""
        at = np.unique(self.cells.group[self.after])
        own = [self.after & (self.cells.group == one) for one in at]
        effects = np.array([self.cells.effects[one].mean() for one in own])
        moved = np.column_stack([self.cells.influence[:, one].mean(1) for one in own])
        estimate, whole = self._by_share(effects, moved, at, np.ones(at.size, dtype=np.bool_))
        where = np.where(self.after, self.cells.group, np.nan)
        return self._told("by cohort", at, effects, moved, estimate, whole, where)

    def _labels(self, at: FloatArray, label: FloatArray, of: BoolArray) -> tuple[FloatArray, FloatArray]:
        every = [
            self._by_share(self.cells.effects, self.cells.influence, self.cells.group, of & (label == one))
            for one in at
        ]
        return np.array([effect for effect, _ in every]), np.column_stack([moved for _, moved in every])

    def _by_share(
        self, effects: FloatArray, influence: FloatArray, group: FloatArray, of: BoolArray
    ) -> tuple[float, FloatArray]:
        """Average weighed by units of cohorts, and how each unit moves it, through the weights too."""
        is_of = self.cohort[:, None] == group[of]
        share = is_of.mean(0)
        off, total = is_of - share, share.sum()
        weights = (off - off.sum(1)[:, None] * share / total) / total / self.cohort.size
        own = effects[of]
        return float(share @ own / total), np.asarray(influence[:, of] @ (share / total) + weights @ own)

    def _told(
        self,
        how: str,
        at: FloatArray,
        effects: FloatArray,
        moved: FloatArray,
        estimate: float,
        whole: FloatArray,
        label: FloatArray,
    ) -> CellAverages:
        deviate, error = normal_quantile(self.level), float(np.sqrt(whole @ whole))
        covariance = moved.T @ moved
        errors = np.sqrt(np.diag(covariance))
        alone = np.array([bool((self.cells.treated[label == one] < 2).any()) for one in at])
        return CellAverages(
            estimate=estimate,
            lower=estimate - deviate * error,
            upper=estimate + deviate * error,
            confidence=self.level,
            method=f"Callaway-Sant'Anna, {how}",
            error=error,
            at=at,
            effects=effects,
            effect_errors=errors,
            effect_lower=effects - deviate * errors,
            effect_upper=effects + deviate * errors,
            covariance=covariance,
            note=np.select([alone, errors <= self.none], [ALONE, NO_WIDTH], ""),
        )

    def before(self) -> CellsBefore:
        """Wald's test of all cells before treatment."""
        lead = np.flatnonzero(~self.after)
        if not lead.size:
            return CellsBefore(0.0, 0.0, 1.0, NO_CELL_BEFORE)
        moved, effects = self.cells.influence[:, lead], self.cells.effects[lead]
        matrix = moved.T @ moved
        if np.sqrt(np.diag(matrix).max()) <= self.none:
            return CellsBefore(0.0, 0.0, 1.0, NO_WIDTH)
        if np.linalg.cond(matrix) > SINGULAR_FROM:
            return CellsBefore(0.0, 0.0, 1.0, SINGULAR)
        found = float(effects @ np.linalg.solve(matrix, effects))
        return CellsBefore(found, float(lead.size), float(special.chdtrc(lead.size, found)), "")
