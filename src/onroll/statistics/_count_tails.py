"""Counts that are still usual: tails of Poisson, binomial and negative binomial, and the outermost usual counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import special

from onroll.statistics._distinct import distinct
from onroll.statistics._inputs import BoolArray, FloatArray, refuse

Tail = Callable[..., FloatArray]
MOST = 2.0**50
"""Counts up to this are whole numbers of their own in a float."""
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


def usual_counts(
    below: Tail, above: Tail, tail: float, about: tuple[FloatArray, FloatArray], *known: FloatArray
) -> Limits:
    """The smallest and greatest counts whose own tail is more than ``tail``: outside is at most that likely.

    ``below(k, *known)`` rises and ``above(k, *known)`` falls in the count. ``about`` is where the two are to be
    looked for first; from there steps double until the count is passed, and halve back to it.
    """
    shape = about[0].shape
    refuse(
        "the count expected",
        about[1],
        about[1] >= MOST,
        "counts so large are not told apart: take another unit",
    )
    every = [np.broadcast_to(one, shape).ravel() for one in (*about, *known)]
    (low, high, *of_each), which = distinct(*every)
    lowest = _first(lambda k, *of: below(k, *of) > tail, np.maximum(np.floor(low), 0.0), of_each)
    first_above = _first(lambda k, *of: above(k, *of) <= tail, np.maximum(np.floor(high), 0.0) + 1.0, of_each)
    found = np.maximum(lowest, 0.0), np.maximum(first_above - 1.0, lowest)
    return found[0][which].reshape(shape), found[1][which].reshape(shape)


def about(mean: FloatArray, variance: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    """Where tails of a skewed count pass ``tail``, about: Cornish and Fisher's first term."""
    z = -float(special.ndtri(tail))
    bend = (z * z - 1.0) / 6.0
    half = z * np.sqrt(variance)
    return mean - half + bend, mean + half + bend


def _first(holds: Callable[..., BoolArray], guess: FloatArray, known: Sequence[FloatArray]) -> FloatArray:
    """The first whole number from which on it holds; below 0 it never does. Only what is open is looked at."""
    at = guess.copy()
    low, high = np.full(at.shape, -1.0), np.full(at.shape, np.inf)
    step = np.ones(at.shape)
    open_ = np.arange(at.size)
    while open_.size:
        looked = at[open_]
        yes = holds(looked, *(one[open_] for one in known))
        high[open_[yes]], low[open_[~yes]] = looked[yes], looked[~yes]
        open_ = open_[high[open_] - low[open_] > 1.0]
        nearest, farthest, stride = low[open_], high[open_], step[open_]
        below_it = np.maximum(farthest - stride, nearest + 1.0)
        middle = np.floor((nearest + farthest) / 2.0)
        bounded = np.isfinite(farthest)
        passed = bounded & (nearest >= 0)
        at[open_] = np.where(passed, middle, np.where(bounded, below_it, nearest + stride))
        step[open_] = 2.0 * stride
    return high
