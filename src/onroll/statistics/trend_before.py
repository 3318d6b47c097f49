"""A trend before treatment: how steep it was, whether years before differ at all, and what trend that would have shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from onroll.statistics._inputs import FloatArray, numbers, open_share, refuse, whole
from onroll.statistics._pre_trend import pre_trend

UNEVEN = 1e-6
"""Two sides of a covariance further apart than this share of its variances are not the same number."""


@dataclass(frozen=True, slots=True)
class TrendBefore:
    """What effects before treatment say of a trend of its own, and what they could have said.

    Attributes
    ----------
    estimate, lower, upper : float
        Straight trend a period through the base period; NaN where ``note`` says why there is none.
    confidence : float
    method : str
    statistic, p_value : float
        F of all effects before together, and the chance of so large a one were they all 0.
    power : float
        Chance asked for.
    detectable : float
        Smallest straight trend a period, either way, that the joint test finds with that chance.
    bias : float
        What such a trend, gone on, would add to the mean effect after.
    note : str
        Why there is no test; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    statistic: float
    p_value: float
    power: float
    detectable: float
    bias: float
    note: str


def trend_before(
    effects: ArrayLike,
    covariance: ArrayLike,
    relative: ArrayLike,
    units: int,
    *,
    base: int = -1,
    confidence: float = 0.95,
    power: float = 0.80,
) -> TrendBefore:
    """Test effects before treatment together, and say what straight trend the test would have found.

    Wald's test with F on units less 1; the trend is fitted by generalised least squares through the base period.

    Parameters
    ----------
    effects : array_like, shape (leads and lags,)
        Effects against the base period, which is not among them.
    covariance : array_like, shape (leads and lags, leads and lags)
        Symmetric, variances above 0.
    relative : array_like of whole numbers, shape (leads and lags,)
        Periods since treatment began, 0 the first under it; each once, without the base.
    units : int
        Units that the covariance rests on, 2 or more.
    base : int, default -1
        Below 0.
    confidence : float, default 0.95
    power : float, default 0.80
        Above 1 - ``confidence`` and below 1.

    Returns
    -------
    TrendBefore
        Without a period before, or with too few units, a reason in ``note``, ``p_value`` 1 and ``detectable`` infinite.

    Raises
    ------
    ValueError
        If shapes differ, the base is among the periods or one of them stands there twice, a period is not whole, the
        covariance is not square and symmetric or a variance not above 0, or a number is out of its bounds.

    Notes
    -----
    No sign of a trend is no proof of none: read ``detectable`` beside it.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4, 305-322. The test of ``event_study``; simulated power.

    Examples
    --------
    >>> found = trend_before([0.4, 0.2, 1.0], 0.01 * np.eye(3), [-3, -2, 0], 60)
    >>> round(found.estimate, 3), found.p_value < 0.01
    (-0.2, True)
    """
    own = numbers("effects", effects)
    if own.ndim != 1 or not own.size:
        raise ValueError(f"effects have shape {own.shape}; give one number for each period but the base")
    at = _periods(relative, base, own.size)
    matrix = _covariance(covariance, own.size)
    level, free = open_share("confidence", confidence), whole("units", units, 2) - 1.0
    found = pre_trend(own, matrix, at, int(base), free, level, power, barred=False)
    slope, half = (np.nan, np.nan) if found.note else _slope(own, matrix, at - base, free, level)
    return TrendBefore(
        estimate=slope, lower=slope - half, upper=slope + half, confidence=level,
        method="Wald test of all periods before, F on units less 1", statistic=found.statistic, p_value=found.p_value,
        power=found.power, detectable=found.detectable_slope, bias=found.bias, note=found.note,
    )  # fmt: skip


def _periods(relative: ArrayLike, base: int, many: int) -> NDArray[np.int64]:
    """Whole periods since treatment began, each once, the base not among them."""
    start = whole("base", base, -(2**53), -1)
    when = numbers("relative", relative)
    if when.shape != (many,):
        raise ValueError(f"relative has shape {when.shape}; give one period for each of {many} effects")
    refuse("relative", when, when != np.floor(when), "give whole periods since treatment began")
    refuse("relative", when, when == start, "it is the base, which is 0 by construction: leave its row out")
    _, place, times = np.unique(when, return_index=True, return_counts=True)
    again = np.isin(np.arange(many), place[times > 1])
    refuse("relative", when, again, "it stands there more than once; give each period one effect")
    return np.asarray(when, dtype=np.int64)


def _covariance(covariance: ArrayLike, many: int) -> FloatArray:
    """A square of covariances with variances above 0."""
    matrix = numbers("covariance", covariance)
    if matrix.shape != (many, many):
        raise ValueError(
            f"covariance has shape {matrix.shape}; give ({many}, {many}), such as np.diag(error**2) of independent effects"
        )
    size = np.sqrt(np.abs(np.diag(matrix)))
    refuse(
        "covariance",
        matrix,
        (np.eye(many) > 0) & (matrix <= 0),
        "a variance is above 0: leave what is known out",
    )
    refuse(
        "covariance", matrix, np.abs(matrix - matrix.T) > UNEVEN * np.outer(size, size),
        "it is another on the other side of the diagonal",
    )  # fmt: skip
    return matrix


def _slope(
    own: ArrayLike, matrix: ArrayLike, apart: ArrayLike, free: float, level: float
) -> tuple[float, float]:
    """The straight trend through the base, and half its interval."""
    effects, covariance, periods = np.asarray(own), np.asarray(matrix), np.asarray(apart, dtype=np.float64)
    leads = np.flatnonzero(periods < 0)
    weighed = np.linalg.solve(covariance[np.ix_(leads, leads)], periods[leads])
    unit = float(periods[leads] @ weighed)
    times = float(special.stdtrit(free, (1.0 + level) / 2.0))
    return float(effects[leads] @ weighed) / unit, times / float(np.sqrt(unit))
