"""Roots of many rising functions at once by cubic steps, where slope and bend are known with the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray

Triple: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Value, slope and bend."""
ROUNDS = 200
CLOSE = 5e-5
"""A cubic step this small, in units, has left an error that is below the spacing of floats."""
LEAP = 4.0
"""No step is longer than this, nor than as many units."""


def cubic_root(
    function: Callable[[FloatArray, NDArray[np.intp]], Triple], start: FloatArray, unit: FloatArray
) -> FloatArray:
    """Find where ``function(t, which)`` passes 0, ``which`` being the elements that are still looked for.

    ``unit`` is how far the function reaches on the scale of ``t``: one over the standard deviation of a count. Steps
    are halved into the bracket where they leave it; elements that have settled are not looked at again.
    """
    found, open_ = start.copy(), np.arange(start.size)
    low, high = np.full(start.shape, -np.inf), np.full(start.shape, np.inf)
    shortest = np.minimum(unit, 1.0)
    for _ in range(ROUNDS):
        if not open_.size:
            break
        at = found[open_]
        value, slope, bend = function(at, open_)
        below, above = np.where(value <= 0, at, low[open_]), np.where(value >= 0, at, high[open_])
        low[open_], high[open_] = below, above
        farthest = LEAP * shortest[open_]
        target = at + np.clip(_step(value, slope, bend), -farthest, farthest)
        outside = (target < below) | (target > above)
        if outside.any():
            halve = outside & np.isfinite(below) & np.isfinite(above)
            target[halve] = (below[halve] + above[halve]) / 2.0
        found[open_] = target
        open_ = open_[np.abs(target - at) > CLOSE * shortest[open_]]
    return found


def _step(value: FloatArray, slope: FloatArray, bend: FloatArray) -> FloatArray:
    """Newton's step with Halley's correction, which is bounded."""
    safe = np.maximum(slope, 1e-300)
    newton = -value / safe
    return np.asarray(newton / (1.0 + np.clip(0.5 * newton * bend / safe, -0.5, 0.5)))
