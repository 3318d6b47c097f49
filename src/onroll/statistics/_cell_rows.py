"""Cells of equal pupils as models take them: how many pupils, how many events, and the sum of their squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import BoolArray, FloatArray, counts, numbers, refuse
from onroll.statistics.design_matrix import Design

NO_SQUARES = "errors of pupils need the sum of squared events of each cell: give squares, or school"


@dataclass(frozen=True, slots=True, eq=False)
class CellRows:
    """Cells with pupils in them.

    Attributes
    ----------
    x : ndarray, shape (cells, columns)
    names : tuple of str
    n : ndarray
        Pupils.
    y : ndarray
        Sum of the outcome over the pupils of a cell.
    squares : ndarray or None
        Sum of the squared outcome over the pupils.
    offset : ndarray
        Added to the linear predictor.
    school : ndarray or None
        Schools numbered from 0.
    """

    x: FloatArray
    names: tuple[str, ...]
    n: FloatArray
    y: FloatArray
    squares: FloatArray | None
    offset: FloatArray
    school: NDArray[np.intp] | None

    def only(self, kept: BoolArray, columns: BoolArray) -> CellRows:
        """Keep some of the cells and columns."""
        return CellRows(
            x=self.x[np.ix_(kept, columns)],
            names=tuple(np.array(self.names, dtype=object)[columns]),
            n=self.n[kept],
            y=self.y[kept],
            squares=None if self.squares is None else self.squares[kept],
            offset=self.offset[kept],
            school=None if self.school is None else numbered(self.school[kept]),
        )


def cell_rows(
    design: Design,
    pupils: FloatArray,
    total: FloatArray,
    squares: FloatArray | None,
    offset: ArrayLike | None,
    school: ArrayLike | None,
) -> CellRows:
    """Bring cells together, without those of no pupil; or say which shapes do not fit."""
    cells = design.columns.shape[0]
    moved = np.zeros(cells) if offset is None else np.broadcast_to(numbers("offset", offset), (cells,))
    ids = None if school is None else np.asarray(school)
    shapes = {"pupils": pupils, "events": total, "squares": squares, "school": ids}
    for name, array in shapes.items():
        if array is not None and array.shape != (cells,):
            raise ValueError(f"{name} has shape {array.shape}, the design {cells} cells; give one for each")
    kept = pupils > 0
    refuse(
        "events", total, ~kept & (total != 0), "the cell has no pupil; put its events where its pupils are"
    )
    if not np.any(kept):
        raise ValueError("pupils are 0 in every cell; there is nothing to model")
    return CellRows(
        x=design.columns[kept],
        names=design.names,
        n=pupils[kept],
        y=total[kept],
        squares=None if squares is None else squares[kept],
        offset=moved[kept],
        school=None if ids is None else numbered(ids[kept]),
    )


def zero_or_one(
    events: ArrayLike, pupils: ArrayLike, design: Design, offset: ArrayLike | None, school: ArrayLike | None
) -> CellRows:
    """Pupils with the event among all: each is its own square."""
    k, n = counts("events", events), counts("pupils", pupils)
    if k.shape == n.shape:
        refuse("events", k, k > n, "events cannot pass pupils: count each pupil once, or ask for event_rates")
    return cell_rows(design, n, k, k, offset, school)


def repeated(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    squares: ArrayLike | None,
    each: bool,
    offset: ArrayLike | None,
    school: ArrayLike | None,
) -> CellRows:
    """Events of which a pupil can have several; with ``each`` every pupil of the row has as many as given."""
    k, n = counts("events", events), counts("pupils", pupils)
    if not each:
        second = None if squares is None else counts("squares", squares)
        if second is not None and second.shape == k.shape == n.shape:
            least = k**2 / np.where(n > 0, n, 1.0)
            refuse(
                "squares",
                second,
                (second < k) | (second < least * (1.0 - 1e-12)),
                "the sum of squared events is never below the events, nor below events times events by pupils",
            )
        return cell_rows(design, n, k, second, offset, school)
    if squares is not None:
        raise ValueError(
            "squares are given with each=True; they follow from the events of each pupil: leave out"
        )
    if k.shape != n.shape:
        raise ValueError(f"events have shape {k.shape}, pupils {n.shape}; give one of each for a row")
    return cell_rows(design, n, k * n, k**2 * n, offset, school)


def numbered(ids: NDArray[np.generic]) -> NDArray[np.intp]:
    """Whatever names the schools, as numbers from 0."""
    return np.asarray(np.unique(ids, return_inverse=True)[1], dtype=np.intp)


def sums(ids: NDArray[np.intp], values: FloatArray, many: int) -> FloatArray:
    """Add up cells within groups numbered from 0."""
    return np.asarray(np.bincount(ids, values, many), dtype=np.float64)
