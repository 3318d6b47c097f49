"""The odds ratio given both margins: the estimate and the limits of the noncentral hypergeometric.

What is sought is the log odds ratio at which sums over outcomes, counted from the one seen, have a given ratio. The
sums come with their first two moments, so that each step of the search is a cubic one (Halley's).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from onroll.statistics._halley import Triple, cubic_root
from onroll.statistics._hypergeometric import Rows, Steps, blocks, ends, reach, sums, upward
from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics._score import odds_ratio_shift
from onroll.statistics._tables import Tables

MOMENTS = 4
"""The sum, and three moments."""
ROUGH = 1e-3
"""How near the score limit is found, where the search begins."""
Equation: TypeAlias = Callable[[FloatArray, FloatArray], Triple]
"""Of the sums above and below what was seen: a rising function of the log odds ratio, its slope and its bend."""


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """One log odds ratio a table: where it is sought at all, from where, and how many outcomes either way matter."""

    there: BoolArray
    start: FloatArray
    spread: FloatArray
    up: FloatArray
    down: FloatArray
    equation: Equation


def conditional(
    tables: Tables, tail: float, own: float, bound: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The odds ratio of greatest conditional likelihood, and the lower and upper conditional limits.

    A limit is where so many events or more (or so few or fewer) have the probability ``tail``. ``own`` is how much
    of the probability of the outcome seen belongs to the tail: 1 exact, 0.5 mid-p. ``bound`` is the squared normal
    deviate of the tail.
    """
    fewest, most = ends(tables)
    some, more = tables.x > fewest, tables.x < most
    estimate = np.where(some, np.inf, np.where(more, 0.0, np.nan))
    lower, upper = np.zeros(tables.x.shape), np.full(tables.x.shape, np.inf)
    below, turned = _limit(tables, tail, own, bound), _limit(tables.swapped(), tail, own, bound)
    above = Sought(
        turned.there, -turned.start, turned.spread, turned.down, turned.up, _mirrored(turned.equation)
    )
    sought = ((lower, below), (upper, above), (estimate, _likeliest(tables, some & more)))
    up, down = (
        np.max([getattr(one, side) * one.there for _, one in sought], axis=0) for side in ("up", "down")
    )
    for rows in blocks(up + down):
        part = Tables(tables.x[rows], tables.n[rows], tables.x0[rows], tables.n0[rows])
        steps = upward(part, up[rows].max()), upward(_downward(part), down[rows].max())
        for found, one in sought:
            _fill(found, one, rows, steps)
    return estimate, lower, upper


def _downward(tables: Tables) -> Tables:
    """The tables with events and those without exchanged: one event more is one fewer."""
    return Tables(tables.f, tables.n, tables.f0, tables.n0)


def _fill(found: FloatArray, one: Sought, rows: Rows, steps: tuple[Steps, Steps]) -> None:
    """Solve one block of tables and put the odds ratios where they belong."""
    there = one.there[rows]
    if not there.any():
        return
    kept = rows[there]
    near = [side.first(wide[kept].max()) for side, wide in zip(steps, (one.up, one.down), strict=True)]
    if not there.all():
        near = [side.of(there) for side in near]
    looked: list[Steps] = near

    def value(at: FloatArray, open_: Rows) -> Triple:
        """The equation for the tables still looked for."""
        nonlocal looked
        if open_.size < looked[0].ratios.shape[2]:
            chosen = np.zeros(kept.size, dtype=np.bool_)
            chosen[open_] = True
            looked = [side.of(chosen) for side in near]
        odds = np.exp(at)
        return one.equation(sums(looked[0], odds, MOMENTS), sums(looked[1], 1.0 / odds, MOMENTS))

    unit = 1.0 / np.maximum(one.spread[kept], 1e-300)
    found[kept] = np.exp(cubic_root(value, one.start[kept], unit))


def _limit(tables: Tables, tail: float, own: float, bound: float) -> Sought:
    """The lower limit: sought from the score limit, where the mean lies ``shift`` below what was seen."""
    there = np.minimum(tables.x, tables.f0) > 0
    correction = 0.5 if own == 1.0 else 0.0
    shift, left = odds_ratio_shift(tables, np.full(tables.x.shape, bound), correction, ROUGH)
    most = np.minimum(tables.x, tables.f0)
    cells = tables.x - most + left, tables.f0 - most + left, tables.f + shift, tables.x0 + shift
    start, spread = _start(cells, there)

    def equation(up: FloatArray, down: FloatArray) -> Triple:
        """Log of the tail over what it should be."""
        every, first, second = 1.0 + up[0] + down[0], up[1] - down[1], up[2] + down[2]
        reached = own + up[0]
        mean, tail_mean = first / every, up[1] / reached
        bend = up[2] / reached - tail_mean**2 - (second / every - mean**2)
        return np.log(reached / (every * tail)), tail_mean - mean, bend

    away = np.where(there, shift / np.where(there, spread, 1.0), 0.0)
    return Sought(there, start, spread, reach(spread, away), reach(spread, -away), equation)


def _mirrored(equation: Equation) -> Equation:
    """The same seen from the other group: what is above is below, and the function falls."""

    def mirrored(up: FloatArray, down: FloatArray) -> Triple:
        """Turned round so that it rises."""
        value, slope, bend = equation(down, up)
        return -value, slope, -bend

    return mirrored


def _likeliest(tables: Tables, there: BoolArray) -> Sought:
    """The estimate: the mean is the outcome seen, so that the first moments above and below are equal."""

    def equation(up: FloatArray, down: FloatArray) -> Triple:
        """Log of the moment above over that below."""
        rise, fall = up[2] / up[1], down[2] / down[1]
        bend = up[3] / up[1] - rise * rise - (down[3] / down[1] - fall * fall)
        return np.log(up[1] / down[1]), rise + fall, bend

    start, spread = _start((tables.x, tables.f0, tables.f, tables.x0), there)
    wide = reach(spread, np.zeros(spread.shape))
    return Sought(there, start, spread, wide, wide, equation)


def _start(cells: tuple[FloatArray, ...], there: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Log cross-product ratio of four cells, and the standard deviation of one of them given the margins."""
    a, b, c, d = (np.where(there, cell, 1.0) for cell in cells)
    return np.log(a) + np.log(b) - np.log(c) - np.log(d), 1.0 / np.sqrt(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
