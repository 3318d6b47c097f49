"""Effects of cohorts beside controls alike in covariates: doubly robust, the weights of controls adding up to one.

Sant'Anna and Zhao (2020), Journal of Econometrics 219, 101-122: chances by logistic regression, changes of controls by
least squares, and what both estimates add to how far each unit moves the effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics._library_frames import Cells

SURE = 0.999
"""A unit whose chance of being of the cohort reaches it has no control alike: the cell cannot be had."""
TOO_SURE = 0.995
"""A control whose chance passes it counts for nothing: R's DRDID, which documents it, leaves out the same."""
DEPENDENT = 1e-9
"""A column of which less than this share is left beside the others says nothing of its own."""
SETTLED, STEPS = 1e-10, 100
"""Chances that move less than this have settled; they have so many steps for it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Units by periods: the outcome, NaN where not seen, the covariates, and the cohort, 0 for never."""

    y: FloatArray
    x: FloatArray
    times: FloatArray
    cohort: FloatArray

    def base(self, group: float, at: int, base: str) -> int:
        """Place of the period a cell is set against; -1 where there is none."""
        later = self.times[at] >= group or base == "universal"
        return int(np.searchsorted(self.times, group if later else self.times[at])) - 1

    def beside(self, group: float, at: int, base: int, control: str) -> BoolArray:
        """Units treated in neither period, of other cohorts."""
        later = (self.cohort > max(self.times[at], self.times[base])) & (self.cohort != group)
        return np.asarray((self.cohort == 0) | (later & (control == "not yet treated")))

    def pairs(self, base: str) -> Iterator[tuple[float, int, int]]:
        """Cohort, place of the period, and of the one it is set against."""
        for group in np.unique(self.cohort[self.cohort > 0]):
            for at in range(self.times.size):
                before = self.base(float(group), at, base)
                if before >= 0 and before != at:
                    yield float(group), at, before


def adjusted_cells(
    outcome: FloatArray,
    unit: NDArray[np.intp],
    period: FloatArray,
    first: FloatArray,
    covariates: FloatArray,
    control: str,
    base: str,
) -> Cells:
    """Give the effect of every cohort in every period, given covariates as they were in the period it is set against.

    Rows as ``cohort_cells`` takes them. Effects are NaN where a cell has no control, or none alike.
    """
    panel = _panel(outcome, unit, period, first, covariates)
    pairs = list(panel.pairs(base))
    influence, effects = np.zeros((panel.cohort.size, len(pairs))), np.full(len(pairs), np.nan)
    treated, controls = np.zeros((2, len(pairs)), dtype=np.int64)
    for cell, (group, at, before) in enumerate(pairs):
        change = panel.y[:, at] - panel.y[:, before]
        own = (panel.cohort == group) & np.isfinite(change)
        used = own | (panel.beside(group, at, before, control) & np.isfinite(change))
        treated[cell], controls[cell] = own.sum(), used.sum() - own.sum()
        if treated[cell] and controls[cell]:
            found = doubly_robust(change[used], own[used], panel.x[used, before])
            if found is not None:
                effects[cell], influence[used, cell] = found
    return Cells(
        group=np.array([group for group, _, _ in pairs]),
        period=panel.times[[at for _, at, _ in pairs]],
        effects=effects,
        errors=np.where(np.isfinite(effects), np.sqrt((influence**2).sum(0)), np.nan),
        treated=treated,
        controls=controls,
        influence=influence,
    )


def _panel(
    outcome: FloatArray, unit: NDArray[np.intp], period: FloatArray, first: FloatArray, covariates: FloatArray
) -> _Panel:
    times, at = np.unique(period, return_inverse=True)
    units = int(unit.max()) + 1
    y = np.full((units, times.size), np.nan)
    x = np.full((units, times.size, covariates.shape[1]), np.nan)
    y[unit, at], x[unit, at] = outcome, covariates
    cohort = np.zeros(units)
    cohort[unit] = first
    return _Panel(y, x, times, cohort)


def doubly_robust(
    change: FloatArray, treated: BoolArray, covariates: FloatArray
) -> tuple[float, FloatArray] | None:
    """Treated units' mean change beyond that of controls alike, and how far each unit moves it; None if none is alike.

    ``change`` and ``treated`` are (units,), ``covariates`` (units, columns). The sum of the squared moves is the
    variance of the effect.
    """
    x = _spanned(covariates)
    slope, _, rank, _ = np.linalg.lstsq(x[~treated], change[~treated], rcond=DEPENDENT)
    chance = _chances(x, treated) if rank == x.shape[1] else None
    if chance is None or chance.max() >= SURE:
        return None
    odds = np.where(treated | (chance > TOO_SURE), 0.0, chance / (1.0 - chance))
    if not odds.any():
        return None
    own, beside, beyond = treated / treated.sum(), odds / odds.sum(), change - x @ slope
    mean_own, mean_beside = float(own @ beyond), float(beside @ beyond)
    moved = own * (beyond - mean_own) - beside * (beyond - mean_beside)
    information = x.T @ (x * (chance * (1.0 - chance))[:, None])
    by_chance = np.linalg.pinv(information, hermitian=True) @ (x.T @ (beside * (beyond - mean_beside)))
    by_slope = np.linalg.solve(x[~treated].T @ x[~treated], x.T @ (own - beside))
    moved -= (treated - chance) * (x @ by_chance) + ~treated * beyond * (x @ by_slope)
    return mean_own - mean_beside, moved


def _spanned(covariates: FloatArray) -> FloatArray:
    """Uncorrelated columns of one size that say what a constant and the covariates say, however they are scaled."""
    off = covariates - covariates.mean(0)
    size = np.abs(off).max(0, initial=0.0)
    varies = size > DEPENDENT * np.abs(covariates).max(0, initial=0.0)
    columns = np.column_stack([np.ones(len(off)), off[:, varies] / size[varies]])
    basis, weight, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, weight > DEPENDENT * weight[0]] * np.sqrt(len(off)))


def _chances(x: FloatArray, treated: BoolArray) -> FloatArray | None:
    """Chance of being treated by logistic regression, steps halved until uphill; None where it does not settle.

    Controls unlike any treated unit run towards 0 and weigh nothing; that is no reason to refuse.
    """
    sign = np.where(treated, 1.0, -1.0)
    slope = np.zeros(x.shape[1])
    chance = np.full(len(x), 0.5)
    for _ in range(STEPS):
        information = x.T @ (x * (chance * (1.0 - chance))[:, None])
        step = np.linalg.pinv(information, hermitian=True) @ (x.T @ (treated - chance))
        while special.log_expit(sign * (x @ (slope + step))).sum() < (
            special.log_expit(sign * (x @ slope)).sum() - SETTLED
        ):
            step = step / 2.0
        slope = slope + step
        last, chance = chance, special.expit(x @ slope)
        if np.abs(chance - last).max() < SETTLED:
            return np.asarray(chance)
    return None
