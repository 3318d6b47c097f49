"""Labels of schools, groups and years, and names of columns, checked once: none of them is missing."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import BoolArray, index, refuse_masked

WAY_OUT = "what is missing is no label: give one, or leave the row out and say why"


def labels(name: str, value: ArrayLike, shape: tuple[int, ...] | None = None) -> NDArray[np.generic]:
    """One label for each row, of a kind that can be sorted; raise where one is missing, naming its place."""
    if isinstance(value, list | tuple):
        refuse_masked(name, value)
    array = value if isinstance(value, np.ndarray) else _listed(name, value)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, pupils {shape}; give one for each cell")
    missing = np.ma.getmaskarray(value) if isinstance(value, np.ma.MaskedArray) else _missing(array)
    if missing.any():
        place = tuple(int(i) for i in np.argwhere(missing)[0])
        what = "masked" if isinstance(value, np.ma.MaskedArray) else array[place]
        raise ValueError(f"{name}{index(place)} is {what}; {WAY_OUT}")
    return _sortable(name, array) if array.dtype.kind == "O" else np.asarray(array)


def row_labels(name: str, value: ArrayLike, rows: int, of: str = "rows") -> NDArray[np.generic]:
    """One label for each of so many rows; raise where one is missing, or they are too few or too many."""
    found = labels(name, value)
    if found.shape != (rows,):
        raise ValueError(f"{name} has shape {found.shape}; give one for each of {rows} {of}")
    return found


def names(name: str, value: Iterable[str] | None, many: int, of: str) -> tuple[str, ...]:
    """One name for each, as words; raise where one is missing or there are too few or too many."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise ValueError(
            f"{name} are {reprlib.repr(value)}; give a list of words, one for each of {many} {of}"
        )
    found = list(value)
    for at, one in enumerate(found):
        if not isinstance(one, str):
            raise ValueError(f"{name}[{at}] is {reprlib.repr(one)}; give a word")
    if len(found) != many:
        raise ValueError(f"{name} are {len(found)}, {of} {many}; name each")
    return tuple(str(one) for one in found)


def lists_of_names(name: str, value: object) -> tuple[tuple[str, ...], ...]:
    """Lists of names, such as the parts of each interaction."""
    listed = isinstance(value, Iterable) and not isinstance(value, str)
    found = list(value) if listed else []  # type: ignore[call-overload]
    if not listed or not all(isinstance(one, Iterable) and not isinstance(one, str) for one in found):
        raise ValueError(f"{name} are {reprlib.repr(value)}; give a list of lists of names")
    return tuple(tuple(one) for one in found)


def _listed(name: str, value: ArrayLike) -> NDArray[np.generic]:
    """What is no array yet, each label as it is: a list of words with a gap must not turn the gap into a word."""
    try:
        array = np.asarray(value, dtype=object)
        if not any(isinstance(one, list | np.ndarray) for one in array.flat):
            return array
    except ValueError:
        pass
    raise ValueError(f"{name} is {reprlib.repr(value)}; give one label for each row")


def _missing(array: NDArray[np.generic]) -> BoolArray:
    """Which are not there: NaN, NaT, None, or whatever else is not equal to itself; ``inf`` is no label either."""
    if array.dtype.kind in "fc":
        return np.asarray(~np.isfinite(array))
    if array.dtype.kind in "mM":
        return np.asarray(np.isnat(array))
    if array.dtype.kind != "O":
        return np.zeros(array.shape, dtype=bool)
    return np.array([_is_missing(one) for one in array.flat], dtype=bool).reshape(array.shape)


def _is_missing(one: object) -> bool:
    if one is None:
        return True
    try:
        return bool(one != one) or one in (np.inf, -np.inf)
    except (TypeError, ValueError):
        return True


def _sortable(name: str, array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Labels as numbers or words; raise where both kinds stand among them."""
    plain = np.asarray(array.tolist())
    words = sum(isinstance(one, str) for one in array.flat)
    if words not in (0, array.size):
        raise ValueError(f"{name} has words and numbers; give labels of one kind")
    if plain.shape == array.shape and plain.dtype.kind != "O":
        return plain
    try:
        np.unique(array)
    except TypeError as error:
        raise ValueError(f"{name} has labels that cannot be put in order; give words or numbers") from error
    return array
