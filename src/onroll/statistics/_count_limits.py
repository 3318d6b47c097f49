"""Limits of a count whose variance is known, and of the ratio of two numbers with limits of their own."""

from __future__ import annotations

import numpy as np

from onroll.statistics import rates
from onroll.statistics._inputs import BoolArray, FloatArray, StrArray

Limits = tuple[FloatArray, FloatArray]


def poisson_limits(count: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, StrArray]:
    """Limits of a Poisson count by PHE's rule, and which were used: exact below ten, Byar's from ten on."""
    exact = np.asarray(count < rates.BYAR_FROM)
    lower, upper = (np.asarray(limit) for limit in rates._byar_limits(count, confidence))
    if exact.any():
        few = rates._exact_limits(np.asarray(count)[exact], confidence)
        lower, upper = (_replace(all_, exact, some) for all_, some in zip((lower, upper), few, strict=True))
    return lower, upper, np.where(exact, "exact", "byar")


def _replace(array: FloatArray, where: BoolArray, values: FloatArray) -> FloatArray:
    """The array with other values in some places."""
    changed = np.array(array)
    changed[where] = values
    return changed


def ratio_limits(a: FloatArray, a_limits: Limits, b: FloatArray, b_limits: Limits) -> Limits:
    """Limits of ``a / b`` from those of two independent numbers of 0 or more (MOVER, Donner and Zou 2012).

    The lower is 0 where ``a`` is bounded by 0, the upper ``inf`` where ``b`` is.
    """
    lower = _lower_ratio(a, a_limits[0], b, b_limits[1])
    inverse = _lower_ratio(b, b_limits[0], a, a_limits[1])
    return lower, np.where(inverse > 0, 1.0 / np.where(inverse > 0, inverse, 1.0), np.inf)


def _lower_ratio(a: FloatArray, a_low: FloatArray, b: FloatArray, b_high: FloatArray) -> FloatArray:
    """The smaller root of MOVER's quadratic, written so that no difference of near numbers is taken."""
    product = a * b
    reach = a_low * (2.0 * a - a_low)
    root = np.sqrt(np.maximum(product * product - reach * b_high * (2.0 * b - b_high), 0.0))
    below = product + root
    return np.where(below > 0, reach / np.where(below > 0, below, 1.0), 0.0)
