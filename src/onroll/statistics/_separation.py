"""Groups without an event, or of nothing but events: their coefficient has no bound."""

from __future__ import annotations

import numpy as np

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._families import Family
from onroll.statistics._inputs import BoolArray, FloatArray

NO_EVENT, ALL_EVENTS = "no event: left out", "every pupil has the event: left out"
WAYS = ("refuse", "leave out")


def without_bound(rows: CellRows, family: Family, way: str) -> tuple[CellRows, BoolArray, list[str]]:
    """Leave out groups (and their cells) that nothing can be estimated for, or raise; with a note a column.

    Taking such a group out with its cells leaves all other coefficients at what they are in the limit.
    """
    columns = rows.x.shape[1]
    notes = [""] * columns
    kept, cells = np.ones(columns, dtype=bool), np.ones(rows.n.shape, dtype=bool)
    if family.name == "linear":
        return rows, kept, notes
    if not rows.y.any() or (family.zero_one and np.array_equal(rows.y, rows.n)):
        return rows, kept, notes
    dummies = np.all((rows.x == 0) | (rows.x == 1), axis=0) & np.any(rows.x == 0, axis=0)
    found = True
    while found:
        found = False
        pupils, events = _sums(rows, cells)
        for at in np.flatnonzero(dummies & kept & (pupils > 0)):
            none, every = events[at] == 0, family.zero_one and events[at] == pupils[at]
            if none or every:
                _refuse(rows.names[at], pupils[at], bool(none), way)
                notes[at] = NO_EVENT if none else ALL_EVENTS
                kept[at], found = False, True
                cells &= rows.x[:, at] == 0
        emptied = dummies & kept & (_sums(rows, cells)[0] == 0)
        for at in np.flatnonzero(emptied):
            notes[at], kept[at] = "no pupil is left: left out", False
    return (rows if kept.all() else rows.only(cells, kept)), kept, notes


def _sums(rows: CellRows, cells: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Pupils and events of each column among the cells that are left."""
    there = (rows.x != 0).T.astype(np.float64)
    return there @ (rows.n * cells), there @ (rows.y * cells)


def _refuse(name: str, pupils: float, none: bool, way: str) -> None:
    if way == "refuse":
        what = "no event" if none else "the event for every one"
        raise ValueError(
            f"{name} has {what} of {pupils:g} pupils; its coefficient has no bound: join it with another level, or "
            "ask for separated='leave out'"
        )
