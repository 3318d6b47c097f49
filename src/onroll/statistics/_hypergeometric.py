"""The group's events given both margins of a two by two table: outcomes, and two-sided probabilities of no difference.

Work is done a block of tables at a time, tables of like width together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._binomial import R_TOLERANCE, log_pmf
from onroll.statistics._inputs import FloatArray
from onroll.statistics._tables import Tables

Rows: TypeAlias = NDArray[np.intp]
CELLS = 2**18
"""Outcomes worked on at once: some megabytes."""
REACH, MARGIN = 9.0, 20.0
"""So many standard deviations, and outcomes, beyond a place hold all but some 1e-17 of what lies beyond it."""


def ends(tables: Tables) -> tuple[FloatArray, FloatArray]:
    """Fewest and most events of the group that the margins allow."""
    return tables.x - np.minimum(tables.x, tables.f0), tables.x + np.minimum(tables.f, tables.x0)


def blocks(widths: FloatArray) -> Iterator[Rows]:
    """Rows of one block after the other, narrow ones first, so that each block is nearly full."""
    order = np.argsort(widths, kind="stable")
    sorted_widths = widths[order]
    begin = 0
    while begin < order.size:
        ahead = sorted_widths[begin : begin + CELLS]
        fits = int(np.searchsorted(ahead * np.arange(1, ahead.size + 1), CELLS, side="right"))
        yield order[begin : begin + max(fits, 1)]
        begin += max(fits, 1)


def log_weights(tables: Tables, first: FloatArray, last: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Outcomes from ``first`` to ``last`` less the one seen, a row a table, and their logs against the first's.

    Each by its ratio to the one before; minus infinity beyond a table's own last one.
    """
    x, f, x0, f0 = (array[:, None] for array in (tables.x, tables.f, tables.x0, tables.f0))
    away = (first[:, None] - x) + np.arange(int((last - first).max()) + 1.0)
    inside = away <= (last[:, None] - x)
    follows = inside & (np.arange(away.shape[1]) > 0)
    before = np.where(follows, away - 1.0, 0.0)
    above = np.where(follows, (f - before) * (x0 - before), 1.0)
    below = np.where(follows, (x + before + 1.0) * (f0 + before + 1.0), 1.0)
    logs = np.where(inside, np.cumsum(np.log(above / below), axis=1), -np.inf)
    return np.where(inside, away, 0.0), logs


def fisher(tables: Tables) -> FloatArray:
    """Probability of all outcomes not more probable than the one seen, as R's ``fisher.test`` has it."""
    near = _oriented(tables)
    bar = _log_probability(near, near.x) + np.log1p(R_TOLERANCE)
    low, high = ends(near)[0] - 1.0, near.x - 1.0
    while np.any(low < high):
        middle = np.ceil((low + high) / 2.0)
        rare = _log_probability(near, np.maximum(middle, ends(near)[0])) <= bar
        rare = rare | (middle < ends(near)[0])
        open_still = low < high
        low, high = np.where(open_still & rare, middle, low), np.where(open_still & ~rare, middle - 1.0, high)
    some = low >= ends(near)[0]
    far = Tables(near.x0 + near.x - low, near.n0, low, near.n)
    p_value = _tail(near, own=1.0)
    p_value[some] += _tail(far.at(some), own=1.0)
    return np.minimum(p_value, 1.0)


def two_sided_midp(tables: Tables) -> FloatArray:
    """Twice the smaller mid-p tail."""
    tail = _tail(_oriented(tables), own=0.5)
    return 2.0 * np.minimum(tail, 1.0 - tail)


def _oriented(tables: Tables) -> Tables:
    """The group that has as many events as expected, or more, comes first."""
    turn = tables.x * tables.f0 < tables.f * tables.x0
    return Tables(
        np.where(turn, tables.x0, tables.x),
        np.where(turn, tables.n0, tables.n),
        np.where(turn, tables.x, tables.x0),
        np.where(turn, tables.n, tables.n0),
    )


def _log_probability(tables: Tables, k: FloatArray) -> FloatArray:
    """Log probability of ``k`` events of the group were the odds equal: three binomials, as Loader has it."""
    events, everyone = tables.x + tables.x0, tables.n + tables.n0
    settled = (events == 0) | (events == everyone)
    p = np.where(settled, 0.5, events / everyone)
    q = np.where(settled, 0.5, (tables.f + tables.f0) / everyone)
    of_group, of_rest = log_pmf(k, tables.n, p, q), log_pmf(events - k, tables.n0, p, q)
    return np.where(settled, 0.0, of_group + of_rest - log_pmf(events, everyone, p, q))


def _tail(tables: Tables, own: float) -> FloatArray:
    """Probability of more than the events seen, which are at least those expected, plus a share of their own."""
    everyone, most = tables.n + tables.n0, ends(tables)[1]
    share = (tables.x + tables.x0) / everyone
    spread = np.sqrt(tables.n * (tables.n0 / everyone) * share * (1.0 - share))
    last = np.minimum(most, tables.x + np.ceil(REACH * spread + MARGIN))
    tail = np.empty_like(tables.x)
    for rows in blocks(last - tables.x + 1.0):
        part = Tables(tables.x[rows], tables.n[rows], tables.x0[rows], tables.n0[rows])
        _, logs = log_weights(part, part.x, last[rows])
        tail[rows] = np.exp(_log_probability(part, part.x)) * (np.exp(logs).sum(axis=1) - 1.0 + own)
    return tail
