"""Limits by profile likelihood: where the best fit at a fixed value is as much worse as chance allows."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

from scipy import optimize, special

FINE = 1e-6
"""Limits are found to this share of themselves."""
FURTHEST = 1e6


def allowed_drop(confidence: float) -> float:
    """Half the chi-square quantile with one degree of freedom."""
    return 0.5 * float(special.chdtri(1.0, 1.0 - confidence))


def profile_limits(
    likelihood: Callable[[float], float], best: float, at_best: float, at_zero: float, confidence: float
) -> tuple[float, float]:
    """Lower and upper limit of a parameter of 0 or more, such as a standard deviation between schools.

    ``likelihood`` gives the best log-likelihood with the parameter held. The lower limit is 0 where 0 itself
    is not much worse; the upper is ``inf`` where nothing is bad enough.
    """
    floor = at_best - allowed_drop(confidence)
    far = sqrt(2.0 * allowed_drop(confidence))

    def over(value: float) -> float:
        return far - sqrt(2.0 * max(at_best - likelihood(value), 0.0))

    lower = 0.0
    if at_zero < floor and best > 0:
        lower = _crossing(over, best * 1e-3, best) if over(best * 1e-3) < 0 else 0.0
    inside, outside = best, max(2.0 * best, 0.1)
    while over(outside) > 0:
        inside, outside = outside, 2.0 * outside
        if outside > FURTHEST:
            return lower, float("inf")
    return lower, _crossing(over, inside, outside)


def _crossing(over: Callable[[float], float], one: float, other: float) -> float:
    """Where the signed root of the loss, nearly straight in the logarithm, is as far as allowed."""
    if one == 0.0:
        return float(optimize.brentq(over, one, other, rtol=FINE, xtol=FINE))
    return exp(float(optimize.brentq(lambda t: over(exp(t)), log(one), log(other), rtol=FINE, xtol=FINE)))
