"""Limits put together from each group's own Wilson limits (MOVER: the variances recovered from the limits)."""

from __future__ import annotations

import numpy as np

from onroll.statistics._inputs import FloatArray, StrArray
from onroll.statistics._proportion_limits import wilson_limits
from onroll.statistics._tables import Limits, Tables, inverse

CORNER = "mover, ratio of Wilson limits"
"""What ``method`` says where all of one group and none of the other are events."""
TURNED = "mover, odds against"
"""What ``method`` says of odds ratios where all of one group are events."""


def risk_difference_limits(tables: Tables, confidence: float) -> Limits:
    """Newcombe's square-and-add limits."""
    p, p0 = tables.x / tables.n, tables.x0 / tables.n0
    low, high = wilson_limits(tables.x, tables.n, confidence)
    low0, high0 = wilson_limits(tables.x0, tables.n0, confidence)
    difference = (tables.x * tables.n0 - tables.x0 * tables.n) / (tables.n * tables.n0)
    return difference - np.hypot(p - low, high0 - p0), difference + np.hypot(high - p, p0 - low0)


def relative_risk_limits(tables: Tables, confidence: float) -> Limits:
    """Donner and Zou's limits of a ratio."""
    lower, upper = (_relative_risk_lower(one, confidence) for one in (tables, tables.swapped()))
    return lower, inverse(upper)


def _relative_risk_lower(tables: Tables, confidence: float) -> FloatArray:
    low, _ = wilson_limits(tables.x, tables.n, confidence)
    _, high0 = wilson_limits(tables.x0, tables.n0, confidence)
    return _lower(tables.x / tables.n, low, tables.x0 / tables.n0, high0)


def odds_ratio_limits(tables: Tables, confidence: float) -> tuple[FloatArray, FloatArray, StrArray]:
    """Donner and Zou's limits of a ratio, of the two odds; with the name of what was done.

    Odds have no bound where all of a group are events. There the odds against are compared; and where these
    have no bound either, the one limit that is finite is a ratio of Wilson limits.
    """
    turned = (tables.f == 0) | (tables.f0 == 0)
    way = Tables(
        x=np.where(turned, tables.f0, tables.x),
        n=np.where(turned, tables.n0, tables.n),
        x0=np.where(turned, tables.f, tables.x0),
        n0=np.where(turned, tables.n, tables.n0),
    )
    lower, upper = (_odds_ratio_lower(one, confidence) for one in (way, way.swapped()))
    corner = (way.f == 0) | (way.f0 == 0)
    return lower, inverse(upper), np.where(corner, CORNER, np.where(turned, TURNED, "mover"))


def _odds_ratio_lower(tables: Tables, confidence: float) -> FloatArray:
    """By the formula; the ratio of limits where the odds of the group, or of the reference, have no bound."""
    low, _ = _wilson_odds(tables.x, tables.n, confidence)
    _, high0 = _wilson_odds(tables.x0, tables.n0, confidence)
    bounded = (tables.f > 0) & (tables.f0 > 0)
    f, f0 = np.where(bounded, tables.f, 1.0), np.where(bounded, tables.f0, 1.0)
    by_formula = _lower(tables.x / f, np.minimum(low, tables.x / f), tables.x0 / f0, _finite(high0))
    return np.where(bounded, by_formula, np.where(np.isfinite(high0), low / _finite(high0), 0.0))


def _finite(odds: FloatArray) -> FloatArray:
    return np.where(np.isfinite(odds), odds, 1.0)


def _wilson_odds(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Wilson's limits as odds, ``inf`` where all are events."""
    low, high = wilson_limits(x, n, confidence)
    low_against, high_against = wilson_limits(n - x, n, confidence)
    return low / high_against, high * inverse(low_against)


def _lower(one: FloatArray, low: FloatArray, two: FloatArray, high: FloatArray) -> FloatArray:
    """Lower limit of ``one / two``, from the lower limit of the one and the upper limit of the other."""
    below, above = one - low, high - two
    square = (one * above) ** 2 + below * below * (two - above) * (two + above)
    root = np.sqrt(np.maximum(square, 0.0))
    return low * (one + below) / np.maximum(one * two + root, 1e-300)
