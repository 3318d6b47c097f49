"""The binomial of two counts given their sum: tails, exact limits, and R's two-sided probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from onroll.statistics._distinct import distinct
from onroll.statistics._halley import Triple, cubic_root
from onroll.statistics._inputs import FloatArray

R_TOLERANCE = 1e-7
"""R's relative tolerance when it asks whether one outcome is as improbable as another."""


def at_least(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Probability of ``k`` or more of ``n``; 1 for ``k`` of 0 or below, 0 for ``k`` above ``n``."""
    inside = (k > 0) & (k <= n)
    tail = special.betainc(np.where(inside, k, 1.0), np.where(inside, n - k + 1.0, 1.0), p)
    return np.where(inside, tail, np.where(k <= 0, 1.0, 0.0))


def exact_limits(x: FloatArray, n: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Clopper-Pearson limits of a proportion; exactly 0 at no event, exactly 1 where all are events."""
    tail = (1.0 - confidence) / 2.0
    low, high = x > 0, x < n
    lower = special.betaincinv(np.where(low, x, 1.0), n - x + 1.0, tail)
    upper = special.betainccinv(x + 1.0, np.where(high, n - x, 1.0), tail)
    return np.where(low, lower, 0.0), np.where(high, upper, 1.0)


def exact_lower_odds(x: FloatArray, y: FloatArray, tail: float) -> FloatArray:
    """Lower Clopper-Pearson limit of the odds ``x : y``; 0 at ``x`` 0.

    Effective counts, which are fractional, may come. The upper limit is one over the lower of ``y : x``.
    """
    some = x > 0
    safe = np.where(some, x, 1.0)
    share, rest = special.betaincinv(safe, y + 1.0, tail), special.betainccinv(y + 1.0, safe, tail)
    return np.where(some, share / rest, 0.0)


def midp_lower_odds(x: FloatArray, y: FloatArray, tail: float) -> FloatArray:
    """Lower mid-p limit of the odds ``x : y``; 0 at ``x`` 0.

    Half the probability of the outcome seen is left out of the tail. The log odds are sought from Wilson's limit.
    """
    found, some = np.zeros(x.shape), x > 0
    (events, rest), which = distinct(x[some], y[some])
    start = np.log(_wilson_lower_odds(events, rest, max(-float(special.ndtri(tail)), 0.1)))

    def beyond(at: FloatArray, rows: NDArray[np.intp]) -> Triple:
        """Log of the tail over what it should be, with its slope and bend."""
        a, b, p, q = events[rows], rest[rows], special.expit(at), special.expit(-at)
        n, seen = a + b, np.exp(log_pmf(a, a + b, p, q))
        reached = at_least(a, n, p) - seen / 2.0
        moved = a * q + b * p
        slope = seen * moved / (2.0 * reached)
        bend = slope * (a - n * p + p * q * (b - a) / moved - slope)
        return np.log(reached / tail), slope, bend

    p, q = special.expit(start), special.expit(-start)
    unit = 1.0 / np.sqrt(np.maximum((events + rest) * p * q, 1e-300))
    found[some] = np.exp(cubic_root(beyond, start, unit))[which]
    return found


def _wilson_lower_odds(x: FloatArray, y: FloatArray, z: float) -> FloatArray:
    """Wilson's lower limit as odds, from sums of what is positive."""
    n, square = x + y, z * z
    root = z * np.sqrt(square + 4.0 * x * y / n)
    return np.asarray(
        4.0 * x * x * (1.0 + square / n) / ((2.0 * x + square + root) * (2.0 * y + square + root))
    )


def midp_tail(x: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
    """Probability of more than ``x`` of ``x + y``, plus half that of ``x``."""
    return (at_least(x, x + y, p) + at_least(x + 1.0, x + y, p)) / 2.0


def two_sided_midp(x: FloatArray, y: FloatArray, p: FloatArray, q: FloatArray) -> FloatArray:
    """Twice the smaller mid-p tail, 1 at most; ``q`` is ``1 - p``."""
    return np.minimum(2.0 * np.minimum(midp_tail(x, y, p), midp_tail(y, x, q)), 1.0)


def two_sided(x: FloatArray, y: FloatArray, p: FloatArray, q: FloatArray) -> FloatArray:
    """Probability of all outcomes not more probable than ``x`` of ``x + y``, as R's ``binom.test`` has it.

    ``q`` is ``1 - p``, given so that it keeps its digits. The far tail starts where the probability, falling
    away from the mean, first comes down to that of ``x``; halving finds it, so a million counts cost no
    more than ten.
    """
    n = x + y
    flip = x > n * p
    k, near, far = np.where(flip, y, x), np.where(flip, q, p), np.where(flip, p, q)
    bar = log_pmf(k, n, near, far) + np.log1p(R_TOLERANCE)
    low, high = np.ceil(n * near), n + 1.0
    while np.any(low < high):
        middle = np.minimum(np.floor((low + high) / 2.0), n)
        reached = log_pmf(middle, n, near, far) <= bar
        high = np.where((low < high) & reached, middle, high)
        low = np.where((low < high) & ~reached, middle + 1.0, low)
    return np.minimum(at_least(n - k, n, far) + at_least(high, n, near), 1.0)


def log_pmf(k: FloatArray, n: FloatArray, p: FloatArray, q: FloatArray) -> FloatArray:
    """Log of the binomial probability by Loader's saddle point, which keeps its digits at any count."""
    inner = (k > 0) & (k < n)
    k1, n1 = np.where(inner, k, 1.0), np.where(inner, n, 2.0)
    rest = n1 - k1
    spread = _stirling_error(n1) - _stirling_error(k1) - _stirling_error(rest)
    body = (
        spread - _deviance(k1, n1 * p) - _deviance(rest, n1 * q) - np.log(2.0 * np.pi * k1 * rest / n1) / 2.0
    )
    return np.where(inner, body, np.where(k == 0, n * np.log(q), n * np.log(p)))


def _deviance(k: FloatArray, mean: FloatArray) -> FloatArray:
    """``k log(k / mean) + mean - k``, without losing the digits that cancel."""
    away = k - mean
    return np.asarray(special.xlog1py(k, away / mean) - away)


def _stirling_error(n: FloatArray) -> FloatArray:
    """Log of ``n!`` less Stirling's formula: the series from 16 on, the difference itself below."""
    small = special.gammaln(n + 1.0) - (n + 0.5) * np.log(n) + n - np.log(2.0 * np.pi) / 2.0
    square = 1.0 / (n * n)
    series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * 1 / 1680))) / n
    return np.where(n < 16, small, series)
