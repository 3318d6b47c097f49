"""Roots of many rising functions at once, each kept inside its bracket."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from onroll.statistics._inputs import BoolArray, FloatArray

BLOCK = 16_384
"""Elements worked on at once: few enough for their arrays to stay in the processor's cache."""
STEPS = 200
"""More than any bracket of logs needs, were it only halved."""
TOLERANCE = 4.0 * float(np.finfo(np.float64).eps)


def rising_root(
    function: Callable[..., FloatArray],
    low: FloatArray,
    high: FloatArray,
    *known: FloatArray,
    near: float = TOLERANCE,
) -> FloatArray:
    """Find where ``function(t, *known)``, which rises in ``t``, passes 0 between ``low`` and ``high``.

    Where it is above 0 at the low end already, that end is the answer; below 0 at the high end still, that one.
    ``near`` is half the width of the bracket at the end, as a share of its place where that is above 1.
    Chandrupatla's method (1997, Advances in Engineering Software 28, 145-149): inverse quadratic steps
    where they are safe, halving where not. All arrays are of one dimension and one length.
    """
    found = np.empty_like(low)
    for start in range(0, low.size, BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = _block(function, low[part], high[part], [array[part] for array in known], near)
    return found


def _block(
    function: Callable[..., FloatArray],
    low: FloatArray,
    high: FloatArray,
    known: list[FloatArray],
    near: float,
) -> FloatArray:
    """Narrow all brackets of one block until the widest is as narrow as asked."""
    new, other = low, high
    f_new, f_other = function(new, *known), function(other, *known)
    above, below = f_new >= 0, f_other <= 0
    share = np.full_like(new, 0.5)
    for _ in range(STEPS):
        trial = new + share * (other - new)
        f_trial = function(trial, *known)
        same = (f_trial > 0) == (f_new > 0)
        old, f_old = np.where(same, new, other), np.where(same, f_new, f_other)
        other, f_other = np.where(same, other, new), np.where(same, f_other, f_new)
        new, f_new = trial, f_trial
        width = np.abs(other - new)
        nearest = near * np.maximum(np.abs(new), 1.0)
        done = (width <= 2.0 * nearest) | (f_new == 0)
        if np.all(done):
            break
        edge = np.minimum(nearest / np.where(done, 1.0, width), 0.5)
        share = _share((new, f_new), (other, f_other), (old, f_old))
        share = np.where(done, 0.0, np.clip(share, edge, 1.0 - edge))
    nearer = np.where(np.abs(f_other) < np.abs(f_new), other, new)
    return np.where(above, low, np.where(below, high, nearer))


def _share(
    new: tuple[FloatArray, FloatArray],
    other: tuple[FloatArray, FloatArray],
    old: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """How far to go from the new end to the other: by an inverse quadratic where it is safe, or half."""
    (x1, f1), (x2, f2), (x3, f3) = new, other, old
    with np.errstate(all="ignore"):
        place, height = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        safe: BoolArray = (height * height < place) & ((1.0 - height) ** 2 < 1.0 - place)
        step = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    return np.where(safe & np.isfinite(step), step, 0.5)
