"""Counts that are still usual: tails of Poisson, binomial and negative binomial, and the outermost usual counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray

Tail = Callable[[FloatArray], FloatArray]
Limits = tuple[FloatArray, FloatArray]


def poisson_below(k: FloatArray, mean: FloatArray) -> FloatArray:
    """Probability of ``k`` or fewer; 0 for ``k`` below 0."""
    return np.where(k >= 0, special.gammaincc(np.maximum(k, 0.0) + 1.0, mean), 0.0)


def poisson_above(k: FloatArray, mean: FloatArray) -> FloatArray:
    """Probability of ``k`` or more; 1 for ``k`` of 0 or below."""
    return np.where(k > 0, special.gammainc(np.where(k > 0, k, 1.0), mean), 1.0)


def binomial_below(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Probability of ``k`` or fewer of ``n``."""
    inside = (k >= 0) & (k < n)
    safe = np.where(inside, k, 0.0)
    tail = special.betaincc(safe + 1.0, np.where(inside, n - safe, 1.0), p)
    return np.where(inside, tail, np.where(k < 0, 0.0, 1.0))


def binomial_above(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Probability of ``k`` or more of ``n``."""
    inside = (k > 0) & (k <= n)
    safe = np.where(inside, k, 1.0)
    tail = special.betainc(safe, np.where(inside, n - safe + 1.0, 1.0), p)
    return np.where(inside, tail, np.where(k <= 0, 1.0, 0.0))


def given_sum_below(k: FloatArray, before: FloatArray, share: FloatArray) -> FloatArray:
    """Probability of ``k`` or fewer given the sum ``k + before``, of which each falls here with ``share``."""
    return binomial_below(k, k + before, share)


def given_sum_above(k: FloatArray, before: FloatArray, share: FloatArray) -> FloatArray:
    """Probability of ``k`` or more given the sum ``k + before``."""
    return binomial_above(k, k + before, share)


def usual_counts(below: Tail, above: Tail, tail: FloatArray | float, middle: FloatArray) -> Limits:
    """The smallest and greatest counts whose own tail is more than ``tail``: outside is at most that likely.

    ``below`` rises and ``above`` falls in the count; halving from ``middle`` finds either end, so a million
    elements cost no more than some forty looks.
    """
    centre = np.floor(middle)
    lowest = _first(lambda k: below(k) > tail, np.full(centre.shape, -1.0), centre + 1.0)
    greatest = _first(lambda k: above(k) <= tail, np.full(centre.shape, -1.0), 2.0 * centre + 16.0) - 1.0
    return np.maximum(lowest, 0.0), np.maximum(greatest, lowest)


def _first(true_from: Callable[[FloatArray], BoolArray], low: FloatArray, high: FloatArray) -> FloatArray:
    """The first whole number above ``low`` from which on it is true; ``high`` is moved out until it is."""
    high = high.copy()
    while np.any(short := ~true_from(high)):
        low, high = np.where(short, high, low), np.where(short, 2.0 * high + 16.0, high)
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        reached = true_from(middle) & (high - low > 1.0)
        low, high = np.where(reached | (high - low <= 1.0), low, middle), np.where(reached, middle, high)
    return high
