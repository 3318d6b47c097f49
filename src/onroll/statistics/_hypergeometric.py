"""The group's events given both margins of a two by two table: outcomes, and two-sided probabilities of no difference.

Work is done a block of tables at a time, tables of like width together. From one outcome to the next the probability
changes by a ratio of small whole numbers, so that a row of outcomes is a row of products: no logarithm is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._binomial import R_TOLERANCE, log_pmf
from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics._tables import Tables

Rows: TypeAlias = NDArray[np.intp]
CELLS = 2**17
"""Outcomes worked on at once: a megabyte, so that they stay in the processor's cache."""
REACH, MARGIN = 8.4, 16.0
"""So many standard deviations, and outcomes, beyond a place hold all but some 1e-16 of what lies beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """How probable each outcome is beside the one before it, the odds being equal: (place in a run, run, table).

    Runs are multiplied up side by side and joined then. ``room`` is where products are put, the same for every sum:
    asking for memory takes longer than the sums.
    """

    ratios: FloatArray
    room: FloatArray

    def first(self, many: float) -> Steps:
        """As many outcomes as asked, to the end of a run."""
        return Steps(self.ratios[:, : max(int(np.ceil(many / self.ratios.shape[0])), 1)], self.room)

    def of(self, chosen: BoolArray) -> Steps:
        """Those of some of the tables."""
        return Steps(np.compress(chosen, self.ratios, axis=2), self.room)


def upward(tables: Tables, many: float) -> Steps:
    """Ratios from the outcome seen upwards; 0 from where the margins allow no more."""
    runs = max(int(np.sqrt(many) / 2.0), 1)
    length = max(int(np.ceil(many / runs)), 1)
    at = _away(length, runs)[:, :, None]
    room = np.minimum(at - 1.0, np.minimum(tables.f, tables.x0))
    ratios = tables.f - room
    ratios *= np.subtract(tables.x0, room, out=room)
    ratios /= np.add(tables.x, at, out=room)
    ratios /= np.add(tables.f0, at, out=room)
    return Steps(ratios, room.ravel())


def _away(length: int, runs: int) -> FloatArray:
    """How far each place of each run is from the outcome seen."""
    return np.arange(1.0, length + 1.0)[:, None] + np.arange(0.0, runs * length, length)


def sums(steps: Steps, odds: FloatArray, moments: int) -> FloatArray:
    """Sum and first moments of the outcomes beyond the one seen, in units of its probability, (moments, tables)."""
    length, runs, tables = steps.ratios.shape
    weights = steps.room[: steps.ratios.size].reshape(steps.ratios.shape)
    for place in range(length):
        np.multiply(steps.ratios[place], odds, out=weights[place])
        if place:
            weights[place] *= weights[place - 1]
    for run in range(1, runs):
        weights[:, run] *= weights[-1, run - 1]
    away = _away(length, runs).ravel()
    return np.asarray(np.vander(away, moments, increasing=True).T @ weights.reshape(away.size, tables))


def reach(spread: FloatArray, away: FloatArray) -> FloatArray:
    """How many outcomes beyond one, that lies ``away`` standard deviations beyond the mean, are to be looked at."""
    far = np.where(away > 0, np.sqrt(away * away + REACH * REACH) - away, REACH - away)
    return np.asarray(np.ceil(far * spread + MARGIN))


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
        fits = int(np.searchsorted((ahead + 1.0) * np.arange(1, ahead.size + 1), CELLS, side="right"))
        yield order[begin : begin + max(fits, 1)]
        begin += max(fits, 1)


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
    beyond = np.maximum(tables.x - tables.n * share, 0.0) / np.maximum(spread, 1e-300)
    many = np.minimum(most - tables.x, reach(spread, np.minimum(beyond, 1e6)))
    tail = np.exp(_log_probability(tables, tables.x))
    for rows in blocks(many):
        part = Tables(tables.x[rows], tables.n[rows], tables.x0[rows], tables.n0[rows])
        tail[rows] *= own + sums(upward(part, many[rows].max()), np.ones(rows.size), 1)[0]
    return tail
