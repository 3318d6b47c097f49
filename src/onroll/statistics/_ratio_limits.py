"""Limits and probability of a ratio of two counts, by each of the methods of ``ratios``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy import special

from onroll.statistics import _binomial
from onroll.statistics._inputs import FloatArray, StrArray, normal_quantile

FEW = "dispersed, effective counts"
"""What ``method`` says where a count of 0 left no log ratio to spread."""
FARTHEST = 500.0
"""No limit of a log ratio is further off: e to the 500 is no bound."""
Parts: TypeAlias = tuple[FloatArray, FloatArray, FloatArray, StrArray]
"""Lower and upper odds, two-sided probability, and the method's name."""


def conditional(
    y: FloatArray, y0: FloatArray, e: FloatArray, e0: FloatArray, confidence: float, method: str
) -> Parts:
    """Limits of the odds ``y : y0`` and the probability, given the sum of the two."""
    tail = (1.0 - confidence) / 2.0
    p, q = e / (e + e0), e0 / (e + e0)
    if method == "exact":
        limit = _binomial.exact_lower_odds
        p_value = _binomial.two_sided(y, y0, p, q)
    else:
        limit = _binomial.midp_lower_odds
        p_value = _binomial.two_sided_midp(y, y0, p, q)
    return limit(y, y0, tail), _inverse(limit(y0, y, tail)), p_value, np.full(y.shape, method)


def dispersed(
    y: FloatArray, y0: FloatArray, relative: FloatArray, phi: FloatArray, confidence: float, df: float | None
) -> Parts:
    """Odds by the quasi-Poisson error of their log; where a count is 0, exact limits of effective counts."""
    both = (y > 0) & (y0 > 0)
    a, b = np.where(both, y, 1.0), np.where(both, y0, 1.0)
    error = np.sqrt(phi * (1.0 / a + 1.0 / b))
    away = -np.abs(np.log(a / b * relative)) / error
    tail = (1.0 - confidence) / 2.0
    far = normal_quantile(confidence) if df is None else -float(special.stdtrit(df, tail))
    spread = np.exp(np.minimum(far * error, FARTHEST))
    p_log = 2.0 * (special.ndtr(away) if df is None else special.stdtr(df, away))
    few_lower, few_upper, p_few = _effective(y / phi, y0 / phi, relative, tail)
    return (
        np.where(both, a / b / spread, few_lower),
        np.where(both, a / b * spread, few_upper),
        np.where(both, p_log, p_few),
        np.where(both, "dispersed", FEW),
    )


def _effective(
    a: FloatArray, b: FloatArray, relative: FloatArray, tail: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Exact limits of effective counts of which one is 0, with twice the chance of that 0, 1 at most."""
    limits = _binomial.exact_lower_odds(a, b, tail), _inverse(_binomial.exact_lower_odds(b, a, tail))
    other_share = np.where(a == 0, relative, 1.0) / (1.0 + relative)
    return *limits, np.minimum(2.0 * other_share ** (a + b), 1.0)


def _inverse(odds: FloatArray) -> FloatArray:
    """One over the odds; ``inf`` for 0."""
    return np.where(odds > 0, 1.0 / np.where(odds > 0, odds, 1.0), np.inf)
