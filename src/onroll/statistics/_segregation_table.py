"""A table of schools by groups, checked, and any index of segregation measured on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics import _spread_indices as indices
from onroll.statistics._inputs import FloatArray, counts, refuse
from onroll.statistics._labels import labels

IntArray = NDArray[np.intp]
MANY_GROUPS = ("mutual information", "theil")
INDICES = (*MANY_GROUPS, "dissimilarity", "gorard", "isolation", "exposure")


def measure(
    table: FloatArray, index: str, group: int, other: int | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The index, its gradient in every cell, and what it would be by lot."""
    groups = table.shape[-1]
    for name, column in (("group", group), ("other", other)):
        if column is not None or name == "group":
            _column(name, column, groups)
    if index in MANY_GROUPS:
        value, gradient = indices.many_groups(table, np.arange(table.shape[-2]), index)
        return value, gradient, indices.many_groups_by_lot(table, index)
    a = table[..., group]
    refuse(
        "pupils of the group", a.sum(-1), a.sum(-1) == 0, "an index of a group that is not there says nothing"
    )
    if other is None and index == "exposure":
        raise ValueError("other is None; exposure is to a group: give its column")
    if other == group:
        raise ValueError(f"other is {other}, the same as group; give another column")
    b = table.sum(-1) - a if other is None else table[..., other]
    refuse("pupils of the others", b.sum(-1), b.sum(-1) == 0, "there is no one to be segregated from")
    value, parts = getattr(indices, index)(a, b, table.sum(-1))
    expected = getattr(indices, f"{index}_by_lot")(a, b, table.sum(-1))
    return value, indices.to_cells(parts, table, group, other), expected


def _column(name: str, column: object, groups: int) -> None:
    """Raise where this is no column of the table."""
    if isinstance(column, bool | np.bool_) or not isinstance(column, int | np.integer):
        raise ValueError(f"{name} is {column!r}; give the number of a column, 0 to {groups - 1}")
    if not 0 <= column < groups:
        raise ValueError(f"{name} is {column}; pupils has columns 0 to {groups - 1}")


def table_of(pupils: ArrayLike) -> FloatArray:
    """Counts of schools by groups, at least two groups, at least one pupil."""
    table = counts("pupils", pupils)
    if table.ndim < 2 or table.shape[-1] < 2:
        raise ValueError(f"pupils has shape {table.shape}; give schools by groups, two groups or more")
    refuse(
        "sum of pupils", table.sum((-1, -2)), table.sum((-1, -2)) == 0, "a table without pupils has no mix"
    )
    return table


def _areas(number: int, names: ArrayLike, units: int) -> IntArray:
    """Areas numbered from 0."""
    array = labels(f"levels[{number}]", names)
    if array.shape != (units,):
        raise ValueError(
            f"levels[{number}] has shape {array.shape}; pupils has {units} schools: give one area each"
        )
    return np.asarray(np.unique(array, return_inverse=True)[1], dtype=np.intp)


def nested_areas(levels: Sequence[ArrayLike], units: int) -> list[IntArray]:
    """Areas of each level numbered, or say that a level is not nested in the one before."""
    if isinstance(levels, str) or not isinstance(levels, Iterable):
        raise ValueError(f"levels is {levels!r}; give a list of levels, each with an area for every school")
    areas = [_areas(number, names, units) for number, names in enumerate(levels)]
    if not areas:
        raise ValueError("levels are none; give one or more, or ask segregation for the whole")
    for wide, narrow in pairwise(areas):
        if len(set(zip(wide.tolist(), narrow.tolist(), strict=True))) > narrow.max() + 1:
            raise ValueError(
                "levels are not nested: an area lies in two of the level before; order them from the widest"
            )
    return areas
