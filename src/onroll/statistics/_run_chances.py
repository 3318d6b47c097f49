"""How often a steady series shows a run by chance: exact, by following what the last points were."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy import special

from onroll.statistics._inputs import FloatArray

Chance: TypeAlias = Callable[[int, int], float]
"""Of points and the length of a run."""


def beyond(points: int, confidence: float) -> float:
    """One or more of the points outside limits that each keeps with ``confidence``."""
    return float(-np.expm1(points * np.log(confidence)))


def one_side(points: int, length: int) -> float:
    """A run of ``length`` or more on one side of a centre that has half of the points on either."""
    if points < length:
        return 0.0
    open_runs = np.zeros(length)  # by length so far, none yet long enough
    open_runs[1] = 1.0
    for _ in range(points - 1):
        fresh = open_runs.sum() / 2.0
        open_runs[2:] = open_runs[1:-1] / 2.0
        open_runs[1] = fresh
    return float(1.0 - open_runs.sum()) if length > 1 else 1.0


def one_way(points: int, length: int) -> float:
    """``length`` or more points on end each above the one before, or each below, in any order alike likely.

    Followed are the rank of the last point among all so far, which way the last step went, and how many
    points the run has; the next point's rank is any with the same chance.
    """
    if points < length:
        return 0.0
    up, down = np.zeros((length, 1)), np.zeros((length, 1))  # run so far, rank of the last point
    up[1, 0] = 1.0  # a single point may go on either way
    for seen in range(1, points):
        above = _below(up, down, rising=True) / (seen + 1.0)
        under = _below(down, up, rising=False) / (seen + 1.0)
        up, down = above[:-1], under[:-1]  # what is long enough is left out
    return float(1.0 - up.sum() - down.sum())


def _below(same: FloatArray, turned: FloatArray, rising: bool) -> FloatArray:
    """Ways to each new rank: runs that go on, by the length they then have, and runs that turn, of two points."""
    length, seen = same.shape
    ways = np.zeros((length + 1, seen + 1))
    ways[2:] += _ranks(same[1:], rising)
    ways[2] += _ranks(turned[1:], rising).sum(0)
    return ways


def _ranks(chance: FloatArray, rising: bool) -> FloatArray:
    """Sum over last ranks that lie below the new rank, or at and above it."""
    edge = np.zeros((chance.shape[0], 1))
    if rising:
        return np.concatenate([edge, np.cumsum(chance, axis=1)], axis=1)
    return np.concatenate([np.cumsum(chance[:, ::-1], axis=1)[:, ::-1], edge], axis=1)


def two_of_three(points: int, far: float) -> float:
    """Two of three points on end in the ``far`` part of one side, all three on that side."""
    step = np.array([far, 0.5 - far, 0.5 - far, far])  # far above, above, below, far below
    pair = np.outer(step, step)
    if points < 3:
        return 0.0
    high = np.array([2, 1, -9, -9])
    low = high[::-1]
    hit = np.zeros((4, 4, 4), dtype=np.bool_)
    for side in (high, low):
        far_points = (side == 2).astype(int)
        on_side = side > 0
        many = far_points[:, None, None] + far_points[None, :, None] + far_points[None, None, :]
        hit |= (many >= 2) & on_side[:, None, None] & on_side[None, :, None] & on_side[None, None, :]
    for _ in range(points - 2):
        pair = (pair[:, :, None] * step * ~hit).sum(0)
    return float(1.0 - pair.sum())


def longest_limit(points: int) -> int:
    """Anhoej's limit of the longest run: beyond it is unusual."""
    return int(np.rint(np.log2(points) + 3.0)) if points else 3


def crossings_limit(points: int) -> int:
    """Anhoej's limit of crossings: the smallest count that fair coins fall to with 5 % or more."""
    flips = points - 1
    if flips < 1:
        return 0
    counted = np.arange(flips + 1)
    return int(np.argmax(special.bdtr(counted, flips, 0.5) >= 0.05))


def few_crossings(points: int) -> float:
    """Fewer crossings of the centre than Anhoej's limit."""
    limit = crossings_limit(points)
    return float(special.bdtr(limit - 1, points - 1, 0.5)) if limit > 0 else 0.0
