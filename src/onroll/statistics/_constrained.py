"""The two proportions of greatest likelihood once their difference, ratio or odds ratio is held fixed.

Each comes with its complement, both from sums of what is positive, so that neither loses digits near 0 or near 1.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from onroll.statistics._inputs import FloatArray
from onroll.statistics._tables import Tables

Pair: TypeAlias = tuple[FloatArray, FloatArray]
"""A proportion and its complement."""
STEPS = 100
CLOSE = 4.0 * float(np.finfo(np.float64).eps)


def ratio_held(tables: Tables, log_ratio: FloatArray) -> tuple[Pair, Pair]:
    """The proportions of the group and of the reference whose log ratio is given: roots of a quadratic.

    The discriminant is written as a square and a product that are both positive.
    """
    x, f, f0 = tables.x + tables.x0, tables.f, tables.f0
    ratio, everyone = np.exp(log_ratio), tables.n + tables.n0
    apart = x * np.expm1(log_ratio) + ratio * f - f0
    cross = 4.0 * ratio * f * f0
    root = np.sqrt(apart * apart + cross)
    far = root + np.abs(apart)
    near = cross / np.where(far > 0, far, 1.0)  # the root less the distance, without subtracting
    plus, minus = np.where(apart > 0, far, near), np.where(apart > 0, near, far)
    p0 = 2.0 * x / np.maximum(x * (1.0 + ratio) + ratio * f + f0 + root, 1e-300)
    q0 = (f0 + plus / (2.0 * ratio)) / everyone
    q = (2.0 * f + minus) / (2.0 * everyone)
    return (ratio * p0, q), (p0, q0)


def odds_held(
    tables: Tables, odds_ratio: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The four cells, events first, that have the margins seen and the odds ratio given: roots of quadratics.

    All four have the same discriminant, written as a square and a product that are both positive.
    """
    events, rest = tables.x + tables.x0, tables.f + tables.f0
    n, n0 = tables.n, tables.n0
    root = np.sqrt((n0 - events + odds_ratio * (n - events)) ** 2 + 4.0 * odds_ratio * events * rest)
    same, crossed = odds_ratio, np.ones_like(odds_ratio)
    return (
        _cell(same, crossed, n, events, n0, root),
        _cell(crossed, same, n, rest, n0, root),
        _cell(crossed, same, n0, events, n, root),
        _cell(same, crossed, n0, rest, n, root),
    )


def _cell(
    own: FloatArray,
    other: FloatArray,
    row: FloatArray,
    column: FloatArray,
    other_row: FloatArray,
    root: FloatArray,
) -> FloatArray:
    """One cell: ``own / other`` is the odds ratio as that cell sees it. Where sums would cancel, the other root."""
    sums = other * (other_row - column) + own * (row + column)
    plain = sums >= 0
    apart = np.where(plain, 1.0, 2.0 * (other - own))
    return np.where(
        plain, 2.0 * own * row * column / np.where(plain, sums + root, 1.0), (root - sums) / apart
    )


def difference_held(tables: Tables, difference: FloatArray) -> tuple[Pair, Pair]:
    """The proportions of the group and of the reference whose difference is given, strictly within -1 and 1.

    The groups, and events with those without, are swapped until the difference is positive and the smaller
    proportion lies in the lower half of what is possible: there it is the only unknown.
    """
    down = difference < 0
    size = np.abs(difference)
    x, n, x0, n0 = _pick(down, tables.x0, tables.x), _pick(down, tables.n0, tables.n), *_other(down, tables)
    turn = _balance(x, n, x0, n0, (1.0 - size) / 2.0, size) > 0
    low = _smaller_proportion(
        _pick(turn, n0 - x0, x), _pick(turn, n0, n), _pick(turn, n - x, x0), _pick(turn, n, n0), size
    )
    high = low + size
    larger = _pick(turn, 1.0 - low, high), _pick(turn, low, 1.0 - high)
    smaller = _pick(turn, 1.0 - high, low), _pick(turn, high, 1.0 - low)
    group = _pick(down, smaller[0], larger[0]), _pick(down, smaller[1], larger[1])
    reference = _pick(down, larger[0], smaller[0]), _pick(down, larger[1], smaller[1])
    return group, reference


def _pick(
    turned: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], one: FloatArray, two: FloatArray
) -> FloatArray:
    return np.where(turned, one, two)


def _other(down: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], tables: Tables) -> Pair:
    return np.where(down, tables.x, tables.x0), np.where(down, tables.n, tables.n0)


def _balance(
    x: FloatArray, n: FloatArray, x0: FloatArray, n0: FloatArray, p0: FloatArray, size: FloatArray
) -> FloatArray:
    """Sign of the slope of the likelihood at ``p0``: above 0 below the maximum. A cubic, from its factors."""
    p, q0 = p0 + size, 1.0 - p0
    q = q0 - size
    return (x - n * p) * p0 * q0 + (x0 - n0 * p0) * p * q


def _smaller_proportion(
    x: FloatArray, n: FloatArray, x0: FloatArray, n0: FloatArray, size: FloatArray
) -> FloatArray:
    """Middle root of the cubic: Newton from the inflection, from where each step falls short of the root.

    Left of the root and right of it alike the cubic bends towards the steps, so they never pass it and
    none needs to be taken back.
    """
    everyone, events = n + n0, x + x0
    third = 3.0 * everyone
    at = np.clip((everyone + events - (n + 2.0 * n0) * size) / third, 0.0, (1.0 - size) / 2.0)
    for _ in range(STEPS):
        p, q0 = at + size, 1.0 - at
        q = q0 - size
        value = (x - n * p) * at * q0 + (x0 - n0 * at) * p * q
        slope = -n * at * q0 + (x - n * p) * (q0 - at) - n0 * p * q + (x0 - n0 * at) * (q - p)
        step = np.where(slope < 0, -value / np.where(slope < 0, slope, -1.0), 0.0)
        new = np.clip(at + step, 0.0, (1.0 - size) / 2.0)
        still = np.abs(new - at) > CLOSE * new
        at = new
        if not np.any(still):
            break
    return np.where((x0 == 0) & (x - n * size <= 0), 0.0, at)
