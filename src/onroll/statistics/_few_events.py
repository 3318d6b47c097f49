"""Few events of the treated: limits that allow for the chance in what was seen, where that is more than others show."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray

HALF = 0.5
MORE = 1.17
"""So many times the variance that others show and limits of 0.95 hold 93 times in 100: 2 Phi(1.96 / root of it) - 1."""
FEW = "few events ({:.0f} before, {:.0f} after): limits are widened by the chance in so few, which others do not show"
NONE_AFTER = "no event after: the ratio is 0 and open below; the upper limit is that of half an event"
NONE_BEFORE = "no event before: the ratio has no bound; the lower limit is that of half an event"


def chance_seen(before: ArrayLike, after: ArrayLike) -> FloatArray:
    """Variance that chance gives a log ratio of these events; half an event on both sides where there is none on one."""
    had, has = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    none = HALF * ((had == 0) | (has == 0))
    return np.asarray(1.0 / (had + none) + 1.0 / (has + none))


def wider(spread: ArrayLike, noise: ArrayLike, seen: ArrayLike) -> FloatArray:
    """How many times wider limits have to be than what others show at the treated's size; mostly 1.

    The permutation knows the chance in the events due without an effect, ``noise``. Where fewer came there is more chance
    in them, ``seen``; and others that are all larger than the treated do not show it at all.
    """
    usual = np.square(spread)
    variance = np.maximum(usual + np.asarray(seen) - np.asarray(noise), seen)
    return np.asarray(np.where(variance > MORE * usual, np.sqrt(variance / usual), 1.0))


def few_events(before: float, after: float, is_widened: bool) -> str:
    """Say what few events do to limits."""
    if not after:
        return NONE_AFTER
    if not before:
        return NONE_BEFORE
    return FEW.format(before, after) if is_widened else ""
