"""Limits of one proportion: Wilson, Clopper-Pearson, Jeffreys, mid-p. Upper limits keep their digits near 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from scipy import special

from onroll.statistics._binomial import exact_limits, midp_lower_odds
from onroll.statistics._inputs import FloatArray, normal_quantile

Limits: TypeAlias = tuple[FloatArray, FloatArray]


def wilson_limits(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Roots of Wilson's quadratic; the lower from the product of the two, so that small ones keep digits."""
    z = normal_quantile(confidence)
    half = z * np.sqrt(z * z + 4.0 * x * (1.0 - x / n))
    upper = np.where(x == n, 1.0, (2.0 * x + z * z + half) / (2.0 * (n + z * z)))
    lower = x * x / (n * (n + z * z)) / upper
    return lower, upper


def jeffreys_limits(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Quantiles of the beta distribution with half an event and half a non-event added; 0 and 1 at the ends."""
    tail = (1.0 - confidence) / 2.0
    events, rest = x + 0.5, n - x + 0.5
    lower = np.where(x > 0, special.betaincinv(events, rest, tail), 0.0)
    upper = np.where(x < n, special.betainccinv(events, rest, tail), 1.0)
    return lower, upper


def midp_limits(x: FloatArray, n: FloatArray, confidence: float) -> Limits:
    """Limits at which half the chance of what was seen, with all beyond it, is the tail asked."""
    tail, rest = (1.0 - confidence) / 2.0, n - x
    odds, odds_against = midp_lower_odds(x, rest, tail), midp_lower_odds(rest, x, tail)
    return odds / (1.0 + odds), 1.0 / (1.0 + odds_against)


LIMITS: Mapping[str, Callable[[FloatArray, FloatArray, float], Limits]] = {
    "wilson": wilson_limits,
    "exact": exact_limits,
    "jeffreys": jeffreys_limits,
    "mid-p": midp_limits,
}
