"""The odds ratio given both margins: the estimate and the limits of the noncentral hypergeometric, in logs.

Each table has a window of outcomes that holds all but some 1e-17 of the probability. Its log weights are summed up
once; for each odds ratio tried they are only tilted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from onroll.statistics._hypergeometric import MARGIN, REACH, Rows, blocks, ends, log_weights
from onroll.statistics._inputs import FloatArray
from onroll.statistics._score import odds_ratio_shift
from onroll.statistics._tables import Tables

STEPS = 200
CLOSE = 1e-9
"""A Newton step this small has left an error of its square, which is below the spacing of floats."""
LEAP = 4.0
"""No step of the log odds ratio is longer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """Outcomes counted from the one seen (rows are tables), their log weights, and where to begin."""

    away: FloatArray
    log_weights: FloatArray
    start: FloatArray
    ends: tuple[FloatArray, FloatArray]

    def probabilities(self, log_odds: FloatArray) -> FloatArray:
        """Of each outcome, at each table's log odds ratio."""
        tilted = self.away * log_odds[:, None]
        tilted += self.log_weights
        tilted -= tilted.max(axis=1, keepdims=True)
        np.exp(tilted, out=tilted)
        tilted /= tilted.sum(axis=1, keepdims=True)
        return tilted


def lower_odds_ratio(tables: Tables, tail: float, own: float, bound: float) -> FloatArray:
    """Lower conditional limit: the odds ratio at which so many events or more have the probability ``tail``.

    ``own`` is how much of the probability of the outcome seen belongs to the tail: 1 exact, 0.5 mid-p.
    ``bound`` is the squared normal deviate of the tail: the score limit is where the search begins. 0 where
    the group has as few events as the margins allow.
    """
    lower, some = np.zeros(tables.x.shape), np.minimum(tables.x, tables.f0) > 0
    given = tables.at(some)
    shift, left = odds_ratio_shift(given, np.full(given.x.shape, bound), 0.5 if own == 1.0 else 0.0)
    most = np.minimum(given.x, given.f0)
    cells = (given.x - most + left, given.f0 - most + left, given.f + shift, given.x0 + shift)
    start = np.log(cells[0]) + np.log(cells[1]) - np.log(cells[2]) - np.log(cells[3])
    spread = 1.0 / np.sqrt(sum(1.0 / cell for cell in cells))

    def tail_and_slope(window: _Window, log_odds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log of the tail over what it should be at a log odds ratio, and its slope."""
        p = window.probabilities(log_odds)
        mean = np.einsum("ij,ij->i", p, window.away)
        p *= np.clip(window.away + own, 0.0, 1.0)  # what belongs to the tail
        reached = p.sum(axis=1)
        return np.log(reached / tail), np.einsum("ij,ij->i", p, window.away) / reached - mean

    lower[some] = np.exp(_solve(given, given.x - shift, given.x, spread, start, tail_and_slope))
    return lower


def conditional_estimate(tables: Tables) -> FloatArray:
    """Odds ratio of greatest conditional likelihood, whose mean is the outcome seen; 0, ``inf`` or NaN at the ends."""
    low, high = ends(tables)
    estimate = np.where(tables.x > low, np.inf, np.where(high > low, 0.0, np.nan))
    some = (tables.x > low) & (tables.x < high)
    given = tables.at(some)
    cells = (given.x, given.f0, given.f, given.x0)
    start = np.log(cells[0]) + np.log(cells[1]) - np.log(cells[2]) - np.log(cells[3])
    spread = 1.0 / np.sqrt(sum(1.0 / cell for cell in cells))

    def mean_and_slope(window: _Window, log_odds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The mean against the events seen, on a scale without ends, and its slope."""
        p, (low, high) = window.probabilities(log_odds), window.ends
        mean = np.einsum("ij,ij->i", p, window.away)
        variance = np.einsum("ij,ij,ij->i", p, window.away, window.away) - mean * mean
        value = np.log((mean - low) / -low) - np.log((high - mean) / high)
        return value, variance * (1.0 / (mean - low) + 1.0 / (high - mean))

    estimate[some] = np.exp(_solve(given, given.x, given.x, spread, start, mean_and_slope))
    return estimate


def _solve(
    tables: Tables,
    low: FloatArray,
    high: FloatArray,
    spread: FloatArray,
    start: FloatArray,
    function: Callable[[_Window, FloatArray], tuple[FloatArray, FloatArray]],
) -> FloatArray:
    """Find each table's log odds ratio at which a rising function is 0, over windows about ``low`` to ``high``."""
    found = np.empty_like(start)
    for rows, window in _windows(tables, low, high, spread, start):
        found[rows] = _newton(window, function)
    return found


def _newton(
    window: _Window, function: Callable[[_Window, FloatArray], tuple[FloatArray, FloatArray]]
) -> FloatArray:
    """Newton's steps, halved into the bracket where they leave it."""
    at = window.start
    low, high = np.full(at.shape, -np.inf), np.full(at.shape, np.inf)
    for _ in range(STEPS):
        value, slope = function(window, at)
        low, high = np.where(value <= 0, at, low), np.where(value >= 0, at, high)
        step = np.clip(-value / np.maximum(slope, 1e-300), -LEAP, LEAP)
        target = at + step
        outside = (target < low) | (target > high)
        middle = np.where(outside & np.isfinite(low) & np.isfinite(high), (low + high) / 2.0, target)
        moved, at = np.abs(middle - at), middle
        if np.all(moved <= CLOSE * np.maximum(np.abs(at), 1.0)):
            break
    return at


def _windows(
    tables: Tables, low: FloatArray, high: FloatArray, spread: FloatArray, start: FloatArray
) -> Iterator[tuple[Rows, _Window]]:
    """The tables a block at a time, each block with its window of outcomes."""
    fewest, most = ends(tables)
    reach = np.ceil(REACH * spread + MARGIN)
    first = np.maximum(fewest, np.floor(low) - reach)
    last = np.minimum(most, np.ceil(high) + reach)
    for rows in blocks(last - first + 1.0):
        part = Tables(tables.x[rows], tables.n[rows], tables.x0[rows], tables.n0[rows])
        away, logs = log_weights(part, first[rows], last[rows])
        yield rows, _Window(away, logs, start[rows], ((fewest - tables.x)[rows], (most - tables.x)[rows]))
