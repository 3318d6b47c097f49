"""Staggered adoption, unit by unit: each treated unit's own change, and whether units differ in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from onroll.statistics._inputs import FloatArray, above_zero, figures, normal_quantile, numbers, open_share
from onroll.statistics._panel import TIE
from onroll.statistics._shuffled_dates import (
    FEWEST_SHUFFLES,
    checked,
    end_of,
    own_changes,
    planted,
    shuffled_dates,
)

MOST = 0.9
"""Of the least variance may be shared: each change has an error of its own."""
STILL = "units that have not begun do not move at all; a change has no error"


@dataclass(frozen=True, slots=True, eq=False)
class UnitChanges:
    """A change for each unit that began, beside those that had not begun.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (treated,)
        Mean over its periods under treatment that have a control; normal limits.
    confidence : float
    method : str
    error : ndarray, shape (treated,)
    shared_error : float
        Root of the mean covariance of two of the changes: what they have in common by what they are set beside.
    unit : ndarray of int, shape (treated,)
        Places of these units among those given.
    at_once, per_period : float
        Variance, in units of ``scale`` squared, by which a unit strays in any period, and by which it drifts off in each.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    error: FloatArray
    shared_error: float
    unit: NDArray[np.intp]
    at_once: float
    per_period: float


def unit_changes(
    outcome: ArrayLike, first_treated: ArrayLike, *, scale: ArrayLike = 1.0, confidence: float = 0.95
) -> UnitChanges:
    """Set each unit that began beside those that had not, both measured from the period before it began.

    How far a unit moves by itself is taken from all units in the periods before they began: the mean square of their
    differences over one, two, three periods, fitted by a part that is there at once and a part that grows with time.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Finite numbers, periods in order.
    first_treated : array_like, shape (units,)
        Place of the first period under treatment, 1 for the second; ``inf`` for never.
    scale : array_like, shape (units,), default 1.0
        How far each unit strays beside others, above 0: for a share of n pupils, the root of p (1 - p) / n.
    confidence : float, default 0.95
        Strictly between 0 and 1.

    Returns
    -------
    UnitChanges
        Units without a control in any period under treatment are not among them.

    Raises
    ------
    ValueError
        As ``adoption_permutation``; if ``scale`` has another shape, or nothing moves.

    Notes
    -----
    Units must move independently and alike, but for their scale. Where they do not, as schools whose rates wander, the
    errors are too small to say that units differ: ask ``unit_differences``. Changes share the units they are set beside:
    that part is in each error, and ``shared_error`` says how large it is.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230, for the comparison; Cressie (1993), Statistics
    for Spatial Data, ch. 2, for differences by distance. Their average is that of ``adoption_permutation``.

    Examples
    --------
    >>> rate = np.sin(7.0 * np.arange(12)[:, None] * np.arange(1, 7)[None, :])
    >>> found = unit_changes(rate, np.where(np.arange(12) < 4, 3.0, np.inf))
    >>> found.unit.tolist(), found.error.shape
    ([0, 1, 2, 3], (4,))
    """
    table, first = numbers("outcome", outcome), figures("first_treated", first_treated)
    checked(table, first, FEWEST_SHUFFLES)
    wide, level = _scale(scale, first), open_share("confidence", confidence)
    at_once, drift = _movement(table / wide[:, None], first)
    periods = table.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    variogram = at_once * (apart > 0) + drift * apart
    all_weights = {unit: _weights(first, int(unit), periods) for unit in np.flatnonzero(first < periods)}
    units = np.array([unit for unit, weights in all_weights.items() if weights is not None], dtype=np.intp)
    weights = np.array([all_weights[unit] for unit in units])
    changes = np.einsum("kus,us->k", weights, table)
    covariance = -np.einsum("kus,st,mut,u->km", weights, variogram, weights, wide**2, optimize=True)
    errors = np.sqrt(np.diag(covariance))
    half = normal_quantile(level) * errors
    return UnitChanges(
        estimate=changes, lower=changes - half, upper=changes + half, confidence=level,
        method="each unit beside those not yet treated", error=errors, shared_error=_shared(covariance), unit=units,
        at_once=at_once, per_period=drift,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class UnitDifferences:
    """The mean over units of their own changes, and whether units lie further apart than shuffles leave them.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean over units; the means that shuffling would not rule out, if the change follows the pattern.
    confidence : float
    method : str
    p_value : float
        Share of shuffles, the real dates included, that leave units at least as far apart once the mean is taken out.
    apart : float
        Weighted mean square by which own changes lie from their mean, over what it is in the middle of the shuffles.
    treated, units : int
        Units that began and have a control, and all.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    apart: float
    treated: int
    units: int


def unit_differences(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    *,
    pattern: ArrayLike = 1.0,
    scale: ArrayLike = 1.0,
    shuffles: int = 1999,
    seed: int = 2021,
    confidence: float = 0.95,
) -> UnitDifferences:
    """Ask whether units differ in their own change by more than they do when dates are shuffled.

    The mean change, spread over units as the pattern says, is taken out of every unit under treatment. How far own
    changes then lie from their mean, each over its scale, is ranked among what shuffled dates give in the same table.

    Parameters
    ----------
    outcome, first_treated, shuffles, seed, confidence
        As for ``adoption_permutation``.
    pattern : array_like, shape (units, periods), default 1.0
        What units that do not differ have in common: the same change by default, the outcome for one in proportion.
    scale : array_like, shape (units,), default 1.0
        How far each unit strays, above 0. It must not hang on the dates; it decides what is seen, not how often wrongly.

    Returns
    -------
    UnitDifferences
        An end of the interval is infinite where shuffles rule nothing out on that side.

    Raises
    ------
    ValueError
        As ``adoption_permutation``; or if ``scale`` has another shape.

    Notes
    -----
    The rank is a probability if any unit could as well have begun at any of the dates and a change that all share
    follows the pattern; nothing is asked of how units wander. The mean taken out is the one found, so it is one to
    within what that costs: simulation has it at 5% or fewer in a hundred where units do not differ, for no change and
    for one in proportion. How far units differ is not estimated: what shuffles find by chance would be told as large.

    References
    ----------
    Fisher (1935), The Design of Experiments, and Rosenbaum (2002), Observational Studies, ch. 5, for shuffling with an
    effect taken out; Ding, Feller and Miratrix (2016), Journal of the Royal Statistical Society B 78, 655-671, for the
    same question of trials. Checked by all dates of few units and by simulation (docs/known_truth_schools.py).

    Examples
    --------
    >>> rate = np.sin(7.0 * np.arange(12)[:, None] * np.arange(1, 7)[None, :])
    >>> first = np.where(np.arange(12) < 6, 3.0, np.inf)
    >>> rate[:2, 3:] -= 9.0
    >>> unit_differences(rate, first, shuffles=199).p_value < 0.05
    True
    """
    table, first = numbers("outcome", outcome), figures("first_treated", first_treated)
    checked(table, first, shuffles)
    wide, level = _scale(scale, first), open_share("confidence", confidence)
    dates, spread = shuffled_dates(first, shuffles, seed), planted(table, first, pattern)
    moved, carried = (_mean(*own_changes(one, dates)) for one in (table, spread))
    middle = float(moved[0] / carried[0])
    changes, has = own_changes(table - middle * spread, dates)
    apart = _squares(changes, has / wide**2)
    usual = float(np.median(apart))
    return UnitDifferences(
        estimate=float(moved[0]), lower=float(carried[0]) * end_of(moved, carried, 1 - level, -1.0),
        upper=float(carried[0]) * end_of(moved, carried, 1 - level, 1.0), confidence=level,
        method=f"own changes, their mean taken out, among {shuffles} shuffles of who began when",
        p_value=float(np.count_nonzero(apart >= apart[0] * (1.0 - TIE)) / apart.size),
        apart=float(apart[0]) / usual if usual > 0 else 1.0, treated=int(has[0].sum()), units=first.size,
    )  # fmt: skip


def _scale(scale: ArrayLike, first: FloatArray) -> FloatArray:
    """A number above 0 for each unit."""
    wide = above_zero("scale", scale)
    if wide.shape not in ((), first.shape):
        raise ValueError(f"scale has shape {wide.shape}; give one for each of {first.size} units")
    return np.asarray(np.broadcast_to(wide, first.shape))


def _mean(changes: FloatArray, has: NDArray[np.bool_]) -> FloatArray:
    """The mean over units that have a change, for each row of dates."""
    return np.asarray(changes.sum(axis=1) / has.sum(axis=1))


def _squares(changes: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted squares of changes about their weighted mean, for each row of dates."""
    total = weight.sum(axis=1)
    mean = (weight * changes).sum(axis=1) / total
    return np.asarray((weight * (changes - mean[:, None]) ** 2).sum(axis=1) / total)


def _shared(covariance: FloatArray) -> float:
    """Root of the mean covariance of two different changes, which is no larger than the least of their variances."""
    many = covariance.shape[0]
    if many < 2:
        return 0.0
    mean = (covariance.sum() - np.trace(covariance)) / (many * (many - 1.0))
    return float(np.sqrt(np.clip(mean, 0.0, MOST * np.diag(covariance).min())))


def _weights(first: FloatArray, unit: int, periods: int) -> FloatArray | None:
    """What every unit's every period weighs in the change of one unit; each unit's weights add up to 0."""
    start = int(first[unit])
    weights = np.zeros((first.size, periods))
    seen = [period for period in range(start, periods) if (first > period).any()]
    for period in seen:
        waiting = (first > period) / np.count_nonzero(first > period)
        own = -waiting
        own[unit] += 1.0
        weights[:, period] += own
        weights[:, start - 1] -= own
    return weights / len(seen) if seen else None


def _movement(table: FloatArray, first: FloatArray) -> tuple[float, float]:
    """Half the mean square of differences of units not yet treated, as a part at once and a part for each period."""
    seen, far, many = [], [], []
    for one in range(table.shape[1]):
        for other in range(one + 1, table.shape[1]):
            moved = (table[:, other] - table[:, one])[first > other]
            if moved.size > 1:
                seen.append(moved.var(ddof=1) / 2.0)
                far.append(other - one)
                many.append(moved.size - 1.0)
    weight = np.sqrt(np.array(many))
    columns = np.column_stack([np.ones(len(far)), np.array(far, dtype=np.float64)])
    if not seen or max(seen) == 0:
        raise ValueError(STILL)
    (at_once, drift), _ = optimize.nnls(columns * weight[:, None], np.array(seen) * weight)
    return float(at_once), float(drift)
