"""Staggered adoption, unit by unit: each treated unit's own change, with an error from how units move by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from onroll.statistics._inputs import FloatArray, above_zero, figures, normal_quantile, numbers, open_share
from onroll.statistics._shuffled_dates import FEWEST_SHUFFLES, checked

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
    Units must move independently and alike, but for their scale. Changes share the units they are set beside: that part
    is in each error, and ``shared_error`` says how large it is.

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
    wide = above_zero("scale", scale)
    if wide.shape not in ((), first.shape):
        raise ValueError(f"scale has shape {wide.shape}; give one for each of {first.size} units")
    wide, level = np.broadcast_to(wide, first.shape), open_share("confidence", confidence)
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


def _shared(covariance: FloatArray) -> float:
    """Root of the mean covariance of two different changes, which is no larger than the least of their variances."""
    many = covariance.shape[0]
    if many < 2:
        return 0.0
    mean = (covariance.sum() - np.trace(covariance)) / (many * (many - 1.0))
    return float(np.sqrt(np.clip(mean, 0.0, MOST * np.diag(covariance).min())))


def _weights(first: FloatArray, unit: int, periods: int) -> FloatArray | None:
    """What every unit's every period weighs in the change of one unit; each unit's weights add up to 0."""
    start = int(np.ceil(first[unit]))
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
