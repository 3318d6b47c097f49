"""The smallest change that a design would see, from the error that it would have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._inputs import normal_quantile, one_number, open_share
from onroll.statistics._pre_trend import detectable_noncentrality


@dataclass(frozen=True, slots=True)
class DesignPower:
    """The smallest change that a design would see.

    Attributes
    ----------
    estimate : float
        The change, either way; of ``one_treated_power`` the fall, as a share of the rate.
    lower, upper : float
        The same with their signs: what lies between would oftener be missed. Shares of the rate for
        ``one_treated_power``, which are not as far down as up.
    confidence : float
        One less the size of the two-sided test.
    method : str
    power : float
        Chance with which a change of that size is seen.
    error : float
        Standard error that the design's estimate would have; of a log ratio for ``one_treated_power``.
    freedom : float
        Degrees of freedom of the t, ``inf`` for the normal.
    note : str
        What the figure cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    power: float
    error: float
    freedom: float
    note: str


def told(method: str, error: float, free: float, confidence: float, power: float, note: str) -> DesignPower:
    """What a two-sided test on so many degrees of freedom finds with the chance asked for."""
    level, chance = chances(confidence, power)
    if np.isinf(free):
        times = normal_quantile(level) + float(special.ndtri(chance))
    else:
        times = float(np.sqrt(detectable_noncentrality(1.0, free, 1.0 - level, chance)))
    change = times * error
    return DesignPower(change, -change, change, level, method, chance, error, free, note)


def chances(confidence: float, power: float) -> tuple[float, float]:
    """Check one less the size, and the power above it."""
    level, chance = open_share("confidence", confidence), open_share("power", power)
    if chance <= 1.0 - level:
        raise ValueError(
            f"power is {power!r}; give one number above {1.0 - level:g}, the test's size, and below 1"
        )
    return level, chance


def share(name: str, value: float) -> float:
    """From 0 to below 1."""
    one = one_number(name, value)
    if not 0 <= one < 1:
        raise ValueError(f"{name} is {one:g}; give a share from 0 to below 1")
    return one
