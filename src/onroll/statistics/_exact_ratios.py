"""Ratios of counts compared by whole numbers: equal is equal, at any size, and never a matter of rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import BoolArray, FloatArray

Whole = NDArray[np.int64]
SAFE = float(2**62)
"""Products below it are whole in 64 bits."""


def exceeds(
    events: FloatArray, total: FloatArray, other_events: FloatArray, other_total: FloatArray, bound: Fraction
) -> BoolArray:
    """Whether ``events / total`` over ``other_events / other_total`` is more than the bound."""
    left = (events, other_total, np.float64(bound.denominator))
    return _more(left, (other_events, total, np.float64(bound.numerator)))


def fell(now: tuple[FloatArray, ...], before: tuple[FloatArray, ...], share: Fraction) -> BoolArray:
    """Whether the ratio of four counts is down by the share or more from the one before; by any, if it is 0."""
    x, n, x0, n0 = now
    y, m, y0, m0 = before
    rest = 1 - share
    left = (y, m0, x0, n, np.float64(rest.numerator))
    right = (x, n0, y0, m, np.float64(rest.denominator))
    return _more(left, right) if share == 0 else ~_more(right, left)


def _more(left: tuple[FloatArray | np.float64, ...], right: tuple[FloatArray | np.float64, ...]) -> BoolArray:
    """Whether one product of whole numbers is more than another: in 64 bits, in Python's own where they are not enough.

    Floats decide where they differ by more than their own rounding could.
    """
    first, second = _float_product(left), _float_product(right)
    found = np.asarray(first > second)
    near = np.abs(first - second) <= 1e-12 * np.maximum(first, second)
    near &= np.maximum(first, second) > 0
    if not near.any():
        return found
    pairs = [[np.broadcast_to(one, found.shape)[near] for one in side] for side in (left, right)]
    kind = np.int64 if float(np.maximum(first, second).max()) < SAFE else object
    products = [np.prod([one.astype(np.int64).astype(kind) for one in side], axis=0) for side in pairs]
    found = found.copy()
    found[near] = np.asarray(products[0] > products[1], dtype=np.bool_)
    return found


def _float_product(factors: tuple[FloatArray | np.float64, ...]) -> FloatArray:
    """The product in floats, right to a few units of its last place."""
    product = np.asarray(factors[0], dtype=np.float64)
    for factor in factors[1:]:
        product = product * factor
    return np.asarray(product)
