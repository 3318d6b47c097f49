"""Limits from the score test of two proportions, each found as the root of one rising function.

With a ratio, a difference or an odds ratio held fixed, the likelihood is greatest where a multiplier ``s`` balances
the two groups (Lagrange). Given ``s`` the two proportions are known in closed form, and the score statistic is ``s``
times the square root of a sum of plain fractions. So the search is for ``s``, and no constrained maximum has to be
found within it. Every lower limit has ``s`` above 0; an upper limit is the lower one of the groups swapped.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from onroll.statistics._inputs import FloatArray
from onroll.statistics._roots import TOLERANCE, rising_root
from onroll.statistics._tables import Tables

TINY = 1e-250


def relative_risk_lower(tables: Tables, bound: FloatArray) -> FloatArray:
    """Lower limit of the relative risk; ``bound`` is the squared deviate times the variance factor.

    0 where the group has no event; where all of the group are events the root is that of a quadratic.
    """
    some, all_events = tables.x > 0, tables.f == 0
    lower = np.zeros(tables.x.shape)
    inner, full = some & ~all_events, some & all_events
    lower[inner] = _relative_risk_inner(tables.at(inner), bound[inner])
    lower[full] = _relative_risk_full(tables.at(full), bound[full])
    return lower


def _relative_risk_inner(tables: Tables, bound: FloatArray) -> FloatArray:
    """``s`` is a share of the group's events: their remaining ``x - s`` keeps its digits however small."""
    x, n, x0, n0, f, f0 = tables.x, tables.n, tables.x0, tables.n0, tables.f, tables.f0

    def statistic(
        t: FloatArray, x: FloatArray, a: FloatArray, x0: FloatArray, b: FloatArray, k: FloatArray
    ) -> FloatArray:
        """Log of the squared deviate over its bound, at a logit of the share of events that moves."""
        s, left = x * special.expit(t), x * special.expit(-t)
        return np.asarray(np.log(s * s * (a / left + b / (x0 + s)) / k))

    low = np.log(np.minimum(0.5, bound / (2.0 * x)))
    high = np.log(np.maximum(1.0, 4.0 * bound * n / (x * f)))
    t = rising_root(statistic, low, high, x, f / n, x0, f0 / n0, bound)
    s, left = x * special.expit(t), x * special.expit(-t)
    return np.asarray(left * (n0 + s) / ((f + left) * (x0 + s)))


def _relative_risk_full(tables: Tables, bound: FloatArray) -> FloatArray:
    """All of the group are events: its proportion stays 1 until ``s`` has reached their number, then falls."""
    n, x0, n0, f0 = tables.n, tables.x0, tables.n0, tables.f0
    some = f0 > 0
    weight = bound * n0 / np.where(some, f0, 1.0)
    s = (weight + np.sqrt(weight * (weight + 4.0 * x0))) / 2.0
    odds_against = np.maximum(bound / n - f0 * n / (n0 * (x0 + n)), 0.0)
    early = some & (s < n)
    at = np.where(early, s, n)
    return np.where(early, 1.0, 1.0 / (1.0 + odds_against)) * (n0 + at) / (x0 + at)


def odds_ratio_shift(
    tables: Tables, bound: FloatArray, correction: float, near: float = TOLERANCE
) -> tuple[FloatArray, FloatArray]:
    """What the lower limit of the odds ratio takes off the group's events (Cornfield), and what then is left.

    ``near`` is how near the logit of the events moved is found.
    Where the group has no event, or all of the reference are events, nothing can be taken off: 0.
    """
    shift, most = np.zeros(tables.x.shape), np.minimum(tables.x, tables.f0)
    left = most.copy()
    some = most > 0
    given, k = tables.at(some), bound[some]
    room = most[some] - correction

    def statistic(t: FloatArray, *known: FloatArray) -> FloatArray:
        """Log of the squared deviate over its bound, at a logit of the events moved."""
        x, f, x0, f0, most, room, k = known
        moved, still = room * special.expit(t), room * special.expit(-t)
        s = moved + (most - room)
        cells = 1.0 / (x - most + still) + 1.0 / (f0 - most + still) + 1.0 / (f + s) + 1.0 / (x0 + s)
        return np.asarray(np.log(moved * moved * cells / k))

    low = np.log(np.minimum(0.5, k / (4.0 * room)))
    high = np.log(np.maximum(1.0, 4.0 * k / room))
    known = (given.x, given.f, given.x0, given.f0, most[some], room, k)
    t = rising_root(statistic, low, high, *known, near=near)
    left[some] = room * special.expit(-t)
    shift[some] = room * special.expit(t) + correction
    return shift, left


def odds_ratio_lower(tables: Tables, bound: FloatArray, correction: float) -> FloatArray:
    """Lower limit of the odds ratio by the score test, with or without a correction for continuity."""
    shift, left = odds_ratio_shift(tables, bound, correction)
    most = np.minimum(tables.x, tables.f0)
    above = (tables.x - most + left) * (tables.f0 - most + left)
    below = np.where(most > 0, (tables.f + shift) * (tables.x0 + shift), 1.0)
    return np.where(most > 0, above / below, 0.0)


def risk_difference_lower(tables: Tables, bound: FloatArray) -> FloatArray:
    """Lower limit of the difference of two proportions; -1 where it already is -1."""
    some = (tables.x > 0) | (tables.f0 > 0)
    lower = np.full(tables.x.shape, -1.0)
    given, k = tables.at(some), bound[some]
    events, rest = (given.x, given.n), (given.f0, given.n0)
    low = np.log(4.0 * k / (1.0 / given.n + 1.0 / given.n0)) / 2.0
    reach = [np.maximum(1.0, k / np.maximum(have, TINY)) * 2.0 * total for have, total in (events, rest)]
    high = np.log(np.minimum(*reach))

    def statistic(
        t: FloatArray, x: FloatArray, n: FloatArray, f0: FloatArray, n0: FloatArray, k: FloatArray
    ) -> FloatArray:
        """Log of the squared deviate over its bound, at the log of how far the limit lies from the difference seen."""
        s = np.exp(t)
        (p, q), (q0, p0) = _held_down(x, n, s), _held_down(f0, n0, s)
        return np.asarray(np.log(np.maximum(s * s * (p * q / n + p0 * q0 / n0) / k, TINY)))

    s = np.exp(rising_root(statistic, low, np.maximum(low, high), *events, *rest, k))
    (p, q), (q0, p0) = _held_down(*events, s), _held_down(*rest, s)
    lower[some] = np.where(p + p0 < 1.0, p - p0, q0 - q)
    return lower


def _held_down(x: FloatArray, n: FloatArray, s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The proportion ``p`` with ``x - n p = s p (1 - p)``, and ``1 - p``: each from sums of what is positive."""
    f = n - x
    root = np.sqrt((n - s) ** 2 + 4.0 * s * f)
    p = 2.0 * x / (n + s + root)
    ahead = n >= s
    q = np.where(ahead, 2.0 * f / np.where(ahead & (root > 0), n - s + root, 1.0), (s - n + root) / (2.0 * s))
    return p, q
