"""Honest bounds: what is left of an effect where trends need not have been parallel, but not wholly unlike before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from onroll.statistics._inputs import (
    ROUNDING,
    Figure,
    FloatArray,
    Words,
    at_least_zero,
    choice,
    given,
    normal_quantile,
    numbers,
    open_share,
    whole,
    words,
)
from onroll.statistics._relative_bounds import relative_set
from onroll.statistics._smooth_bounds import smooth_limits

RESTRICTIONS = ("relative magnitude", "smoothness")
METHODS = {
    "relative magnitude": "Rambachan-Roth, relative magnitude, conditional and least favourable test",
    "smoothness": "Rambachan-Roth, smoothness, shortest interval of fixed length",
}
NONE_KEPT = "no effect at all goes with this restriction: allow a larger departure"
UNEVEN = 1e-8
"""A covariance whose halves differ by more than this share of its largest entry is none."""
LARGEST = 1e6
"""Departures beyond it (in errors of the estimate, for smoothness) are not searched."""


@dataclass(frozen=True, slots=True, eq=False)
class HonestBounds:
    """An effect after, with limits that allow for a departure from parallel trends.

    Single numbers in give floats, arrays give arrays, one element a departure.

    Attributes
    ----------
    estimate : float or ndarray
        Weighted effect, as it was estimated.
    lower, upper : float or ndarray
        Limits that hold as often as ``confidence`` says wherever the restriction does. The estimate need not be within.
    confidence : float
    method : str or ndarray of str
    departure : float or ndarray
        What is allowed: times the largest change before, or the largest bend.
    parallel_lower, parallel_upper : float
        Limits were trends wholly parallel.
    note : str or ndarray of str
        Where no effect goes with the restriction, limits are NaN; mostly empty.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    departure: Figure
    parallel_lower: float
    parallel_upper: float
    note: Words


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """Checked effects, those before first, and what they are weighed by."""

    effects: FloatArray
    covariance: FloatArray
    pre: int
    weights: FloatArray
    level: float

    @property
    def estimate(self) -> float:
        """Weighted effect after."""
        return float(self.weights @ self.effects[self.pre :])

    @property
    def error(self) -> float:
        """Its standard error."""
        return float(np.sqrt(self.weights @ self.covariance[self.pre :, self.pre :] @ self.weights))


def honest_bounds(
    effects: ArrayLike,
    covariance: ArrayLike,
    pre: int,
    departure: ArrayLike,
    *,
    restriction: str = "relative magnitude",
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> HonestBounds:
    """Widen an event study's limits by how far treated and others might have moved apart without treatment.

    Either each change after may be so many times the largest change before, or the difference in trends may bend by
    so much from one period to the next. The data before say how large those are, and with what error.

    Parameters
    ----------
    effects : array_like, shape (pre + post,)
        Effects before and after in the order of time, all against the last period before, which is not among them.
    covariance : array_like, shape (pre + post, pre + post)
        Of those effects: symmetric, all its directions above 0.
    pre : int
        How many of the effects are before, 1 or more.
    departure : array_like
        With "relative magnitude" a number of times, with "smoothness" in units of the effects: 0 or more.
    restriction : {"relative magnitude", "smoothness"}
        "relative magnitude" of 0 is trends parallel after, "smoothness" of 0 a straight line that goes on.
    weights : array_like, shape (post,), optional
        What effects after are weighed by; their plain mean when left out, (1, 0, ...) for the first alone.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    HonestBounds
        Limits of "relative magnitude" are the outermost effects that the test keeps, to 1e-12 of their distance.

    Raises
    ------
    ValueError
        If shapes do not fit, nothing is before or after, or the covariance is none.

    Notes
    -----
    Effects are taken for normal with the covariance given: few schools make it less than that. The size of the
    departure is a judgement, and has to be made before the effects are seen. "relative magnitude" unites the sets of
    each change before as the largest, with each sign; each is the inverted hybrid of a least favourable test of a
    tenth of the size and a conditional one, of the inequalities about changes after. "smoothness" is diff-diff's, and
    takes seconds a departure.

    References
    ----------
    Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591; Andrews, Roth and Pakes (2023), Review of
    Economic Studies 90, 2763-2791. data/validation/P19_honest_did_bc; tests: linear programmes solved, coverage.

    Examples
    --------
    >>> found = honest_bounds([0.1, -0.1, 1.0, 1.2], 0.01 * np.eye(4), 2, [0.0, 1.0, 2.0])
    >>> float(found.estimate[0]), (found.lower > 0).tolist()
    (1.1, [True, True, False])
    """
    kind = choice("restriction", restriction, RESTRICTIONS)
    study = _checked(effects, covariance, pre, weights, confidence)
    allowed = at_least_zero("departure", departure)
    limits_of = _limits(study, kind)
    every = np.array([limits_of(float(one)) for one in allowed.ravel()]).reshape(*allowed.shape, 2)
    half = normal_quantile(study.level) * study.error
    return HonestBounds(
        estimate=given(np.full(allowed.shape, study.estimate)),
        lower=given(every[..., 0]),
        upper=given(every[..., 1]),
        confidence=study.level,
        method=words(np.full(allowed.shape, METHODS[kind])),
        departure=given(allowed),
        parallel_lower=study.estimate - half,
        parallel_upper=study.estimate + half,
        note=words(np.where(np.isnan(every[..., 0]), NONE_KEPT, "")),
    )


def breakdown(
    effects: ArrayLike,
    covariance: ArrayLike,
    pre: int,
    *,
    restriction: str = "relative magnitude",
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> float:
    """Give the largest departure from parallel trends at which the limits still leave 0 out.

    The limit that is nearer to 0 is followed as the departure grows, until it meets 0.

    Parameters
    ----------
    effects, covariance, pre, restriction, weights, confidence
        As for ``honest_bounds``.

    Returns
    -------
    float
        To a thousandth of itself. 0.0 where 0 is within even with no departure, ``inf`` where it never comes in.

    Raises
    ------
    ValueError
        As ``honest_bounds``.

    Notes
    -----
    It says how large a departure would have to be, not how likely one is. "smoothness" takes some ten times as long
    as one departure of ``honest_bounds``.

    References
    ----------
    Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591.

    Examples
    --------
    >>> round(breakdown([0.1, -0.1, 1.0, 1.2], 0.01 * np.eye(4), 2), 1)
    1.7
    """
    kind = choice("restriction", restriction, RESTRICTIONS)
    study = _checked(effects, covariance, pre, weights, confidence)
    unit = study.error if kind == "smoothness" else 1.0
    low, high = _limits(study, kind)(0.0)
    if not (low > 0 or high < 0):
        return 0.0
    way = -1 if low > 0 else 1
    limits_of = _limits(study, kind, (way,))

    def nearer(departure: float) -> float:
        """The limit that is nearer to 0, positive while 0 is out."""
        return -way * limits_of(departure)[(way + 1) // 2]

    least, most = 0.0, unit
    while nearer(most) > 0:
        least, most = most, 4.0 * most
        if most > LARGEST * unit:
            return float("inf")
    return float(optimize.brentq(nearer, least, most, rtol=5e-4, xtol=1e-6 * unit))


def _checked(
    effects: ArrayLike, covariance: ArrayLike, pre: int, weights: ArrayLike | None, confidence: float
) -> _Study:
    every, matrix = numbers("effects", effects), numbers("covariance", covariance)
    if every.ndim != 1 or every.size < 2 or matrix.shape != (every.size, every.size):
        raise ValueError(
            f"effects have shape {every.shape} and covariance {matrix.shape}; give (pre + post,), two or more, and "
            "(pre + post, pre + post)"
        )
    before = whole("pre", pre, 1, every.size - 1, ", that some effects are before and some after")
    spread = np.linalg.eigvalsh(matrix)
    if np.abs(matrix - matrix.T).max() > UNEVEN * np.abs(matrix).max() or spread[0] <= ROUNDING * spread[-1]:
        raise ValueError(
            "covariance is not symmetric, or has a direction without variance; give that of effects of which each has "
            "its own error, without the base period"
        )
    after = every.size - before
    weighed = np.full(after, 1.0 / after) if weights is None else numbers("weights", weights)
    if weighed.shape != (after,) or not weighed.any():
        raise ValueError(
            f"weights have shape {weighed.shape}; give one for each of {after} effects after, not all 0"
        )
    return _Study(every, (matrix + matrix.T) / 2.0, before, weighed, open_share("confidence", confidence))


def _limits(
    study: _Study, kind: str, ways: tuple[int, ...] = (-1, 1)
) -> Callable[[float], tuple[float, float]]:
    """What gives the limits of a departure; a limit that is not among the ways need not be right."""
    if kind == "smoothness":
        return lambda departure: smooth_limits(
            study.effects, study.covariance, study.pre, study.weights, departure, study.level
        )

    def relative(departure: float) -> tuple[float, float]:
        """Outermost effects kept; NaN where there is none."""
        low, high = relative_set(
            study.effects, study.covariance, study.pre, study.weights, departure, 1.0 - study.level, ways
        )
        return (low, high) if low <= high else (np.nan, np.nan)

    return relative
