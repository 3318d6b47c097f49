"""Counts of many units over time with levels for units and periods: fitted for every unit as the treated at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._few_events import HALF
from onroll.statistics._inputs import BoolArray, FloatArray, above_zero, counts, index
from onroll.statistics._panel import panel

FEWEST = 10
"""With fewer units nothing can be said of how far one strays by itself."""
SETTLED, MOST = 1e-12, 10_000
"""Levels of periods move by less than this, relatively, when the fit has settled; and the most rounds."""


@dataclass(frozen=True, slots=True)
class CountPanel:
    """Checked counts and exposure, shape (periods, units), the treated unit and which periods came before."""

    events: FloatArray
    exposure: FloatArray
    treated: int
    pre: BoolArray

    @property
    def others(self) -> NDArray[np.intp]:
        """Places of all units but the treated, in order."""
        return np.delete(np.arange(self.events.shape[1]), self.treated)


def count_panel(events: ArrayLike, exposure: ArrayLike, treated: int, pre: ArrayLike) -> CountPanel:
    """Check a panel of counts; say what is wrong with it and the way out."""
    table = panel(events, treated, pre, units=FEWEST, name="events")
    number = counts("events", table.outcomes)
    over = above_zero("exposure", exposure)
    if over.shape not in ((), number.shape):
        raise ValueError(
            f"exposure has shape {over.shape} and events {number.shape}; give one for each count, or one number"
        )
    for axis, what in ((0, "unit"), (1, "period")):
        empty = number.sum(axis=axis) == 0
        if empty.any():
            at = index((int(np.argmax(empty)),))
            raise ValueError(f"{what}{at} has no event at all; leave it out, nothing can be said of it")
    return CountPanel(number, np.array(np.broadcast_to(over, number.shape)), table.treated, table.pre)


def each_treated(data: CountPanel) -> tuple[FloatArray, FloatArray]:
    """Log rate ratio of every unit as if it were the treated, and the variance that chance alone gives it.

    The treated is compared with all others; a pretended one with all others but the treated.
    """
    number, over, own, others = data.events, data.exposure, data.treated, data.others
    rest = CountPanel(number[:, others], over[:, others], 0, data.pre)
    change, noise = np.empty(number.shape[1]), np.empty(number.shape[1])
    change[others], noise[others] = _steps(rest, np.arange(others.size))
    change[[own]], noise[[own]] = _steps(data, np.array([own]))
    return change, noise


def height(data: CountPanel, recent: int) -> FloatArray:
    """Log of each unit's rate in the last ``recent`` periods before over its earlier ones, beside the other units."""
    periods = np.flatnonzero(data.pre)
    if isinstance(recent, bool) or not isinstance(recent, int | np.integer) or not 0 <= recent < periods.size:
        raise ValueError(
            f"recent is {recent!r}; give a whole number of periods, 0 to {periods.size - 1}, fewer than there are before"
        )
    if not recent:
        return np.zeros(data.events.shape[1])
    last = np.zeros(data.pre.size, dtype=np.bool_)
    last[periods[-recent:]] = True
    before = CountPanel(data.events[data.pre], data.exposure[data.pre], data.treated, ~last[data.pre])
    if (before.events.sum(axis=1) == 0).any() or (before.events.sum(axis=0) == 0).any():
        raise ValueError(
            "a unit has no event before treatment; leave it out, nothing can be said of how high it stood"
        )
    return each_treated(before)[0]


def _steps(data: CountPanel, units: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
    """The step of each of these units, each in a fit of its own with all units of the panel, and its variance."""
    number, over, pre = data.events, data.exposure, data.pre
    level = np.repeat(_levels(number, over)[None, :], units.size, axis=0)
    rows, mine, size = np.arange(units.size), over[:, units].T, number.sum(axis=0)
    before, after = number[pre][:, units].sum(axis=0), number[~pre][:, units].sum(axis=0)
    for _ in range(MOST):
        of_unit = size / (level @ over)
        low, high = _own(level, mine, pre, before, after)
        share = of_unit @ over.T - of_unit[rows, units][:, None] * mine
        share += np.where(pre, low[:, None], high[:, None]) * mine
        new = number.sum(axis=1) / share
        new /= new[:, :1]
        moved = float(np.abs(new / level - 1.0).max())
        level = new
        if moved < SETTLED:
            break
    due_before = (level * mine)[:, pre].sum(axis=1)
    due_after = (level * mine)[:, ~pre].sum(axis=1)
    thin = (before == 0) | (after == 0)
    had_before, had_after = before + HALF * thin, after + HALF * thin
    change = np.log(had_after / due_after) - np.log(had_before / due_before)
    usual = had_before * due_after / due_before
    return change, 1.0 / had_before + 1.0 / usual


def levels_without_each(data: CountPanel) -> FloatArray:
    """Levels of periods as the other units have them, shape (periods, units): each unit's without itself.

    The treated is left out for all. Those of a unit have any scale.
    """
    number, over = data.events, data.exposure
    is_in = 1.0 - np.eye(number.shape[1])
    is_in[data.treated] = 0.0  # rows: units that are in; columns: for whom
    level = np.repeat(_levels(number, over)[:, None], number.shape[1], axis=1)
    size, top = number.sum(axis=0), number @ is_in
    if not top.all():
        at = index((int(np.argmin(top.min(axis=1))),))
        raise ValueError(
            f"period{at} has events in one unit only; leave it out, nothing can be said of the others"
        )
    for _ in range(MOST):
        of_unit = is_in * (size[:, None] / (over.T @ level))
        new = top / (over @ of_unit)
        new /= new[:1]
        moved = float(np.abs(new / level - 1.0).max())
        level = new
        if moved < SETTLED:
            break
    return np.asarray(level)


def _own(
    level: FloatArray, mine: FloatArray, pre: BoolArray, before: FloatArray, after: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The level of each treated unit before and after."""
    weighed = level * mine
    return before / weighed[:, pre].sum(axis=1), after / weighed[:, ~pre].sum(axis=1)


def _levels(number: FloatArray, over: FloatArray) -> FloatArray:
    """Levels of periods, that of the first 1, with nobody treated."""
    level = number.sum(axis=1) / over.sum(axis=1)
    for _ in range(MOST):
        new = number.sum(axis=1) / (over @ (number.sum(axis=0) / (level @ over)))
        moved = float(np.abs(new / level - 1.0).max())
        level = new
        if moved < SETTLED:
            break
    return np.asarray(level / level[0])
