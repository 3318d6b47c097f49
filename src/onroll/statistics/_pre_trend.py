"""What a look at the periods before treatment can tell of a trend of its own, and what it cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from onroll.statistics._inputs import FloatArray, open_share
from onroll.statistics._panel_rows import ONE_TREATED

NO_TEST = "no period before but the base: nothing to test"
TIED = "the estimates of the periods before follow from each other: their covariance cannot be inverted"
SINGULAR = "fewer clusters than periods before allow: nothing to test"


@dataclass(frozen=True, slots=True)
class PreTrend:
    """What the periods before say of a trend of its own, and what they could have said.

    Attributes
    ----------
    statistic : float
        F: Wald's statistic of all leads over their number.
    numerator_freedom, denominator_freedom : float
    p_value : float
        Chance of so large an F were all leads 0.
    power : float
        Chance asked for.
    detectable_slope : float
        Smallest straight trend a period (either way) that the test finds with that chance.
    bias : float
        What such a trend, gone on, would add to the mean effect after.
    note : str
        Why there is no test; then all figures but ``power`` are ``inf`` or 1.
    """

    statistic: float
    numerator_freedom: float
    denominator_freedom: float
    p_value: float
    power: float
    detectable_slope: float
    bias: float
    note: str


def pre_trend(
    effects: FloatArray,
    covariance: FloatArray,
    relative: NDArray[np.int64],
    base: int,
    free: float,
    level: float,
    power: float,
    *,
    barred: bool,
) -> PreTrend:
    """Wald's test of the leads on so many degrees of freedom, and the trend it would find."""
    if barred:
        return no_test(ONE_TREATED, power)
    leads = np.flatnonzero(relative < 0)
    matrix = covariance[np.ix_(leads, leads)]
    if not leads.size:
        return no_test(NO_TEST, power)
    if free < leads.size:
        return no_test(SINGULAR, power)
    if np.linalg.cond(matrix) > 1e12:
        return no_test(TIED, power)
    own, trend = effects[leads], relative[leads] - float(base)
    found = float(own @ np.linalg.solve(matrix, own)) / leads.size
    unit = float(trend @ np.linalg.solve(matrix, trend))
    slope = np.sqrt(detectable_noncentrality(leads.size, free, 1.0 - level, power) / unit)
    after = float((relative[relative >= 0] - base).mean())
    return PreTrend(
        statistic=found,
        numerator_freedom=float(leads.size),
        denominator_freedom=free,
        p_value=float(special.fdtrc(leads.size, free, found)),
        power=power,
        detectable_slope=float(slope),
        bias=float(slope * after),
        note="",
    )


def detectable_noncentrality(numerator: float, denominator: float, size: float, power: float) -> float:
    """The noncentrality of F at which a test of this size has this power."""
    if not size < open_share("power", power) < 1:
        raise ValueError(f"power is {power!r}; give one number above {size:g}, the test's size, and below 1")
    bound = float(special.fdtri(numerator, denominator, 1.0 - size))

    def short(noncentrality: float) -> float:
        """Power still missing."""
        return float(special.ncfdtr(numerator, denominator, noncentrality, bound)) - (1.0 - power)

    high = 1.0
    while short(high) > 0:
        high *= 2.0
    return float(optimize.brentq(short, 0.0, high, xtol=1e-10, rtol=1e-12))


def no_test(why: str, power: float) -> PreTrend:
    """Say why there is no test."""
    return PreTrend(0.0, 0.0, 0.0, 1.0, open_share("power", power), float("inf"), float("inf"), why)
