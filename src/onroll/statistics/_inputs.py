"""What goes in is checked here, once, in words: the thing, the value, the way out. Nothing passes as NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
StrArray: TypeAlias = NDArray[np.str_]
Figure: TypeAlias = float | FloatArray
Words: TypeAlias = str | StrArray

ROUNDING = 1e-12
"""A figure so small beside those it comes of is what rounding left of 0."""


def numbers(name: str, value: ArrayLike) -> FloatArray:
    """Turn what was given into finite float64, or say which one is not a number."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is {value!r}; give a number or an array of numbers") from error
    refuse(name, array, ~np.isfinite(array), "give a finite number, or leave the row out and say why")
    return array


def counts(name: str, value: ArrayLike) -> FloatArray:
    """Whole numbers of 0 or more."""
    array = numbers(name, value)
    refuse(name, array, (array < 0) | (array != np.floor(array)), "give a whole number of 0 or more")
    return array


def above_zero(name: str, value: ArrayLike) -> FloatArray:
    """Numbers above 0."""
    array = numbers(name, value)
    refuse(name, array, array <= 0, "give a number above 0")
    return array


def one_above_zero(name: str, value: float) -> float:
    """One number above 0."""
    array = above_zero(name, value)
    if array.ndim:
        raise ValueError(f"{name} has shape {array.shape}; give one number")
    return float(array)


def refuse(name: str, array: FloatArray, wrong: BoolArray, way_out: str) -> None:
    """Raise for the first element that is wrong, naming where it stands."""
    if np.any(wrong):
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{index(place)} is {array[place]:g}; {way_out}")


def index(place: Sequence[int]) -> str:
    """Write a place in an array as a reader would: nothing for a single number, ``[3]``, ``[1, 2]``."""
    return f"[{', '.join(str(i) for i in place)}]" if place else ""


def open_share(name: str, value: float) -> float:
    """One number strictly between 0 and 1: a confidence, a power."""
    array = numbers(name, value)
    if array.ndim or not 0 < array < 1:
        raise ValueError(f"{name} is {value!r}; give one number strictly between 0 and 1, such as 0.95")
    return float(array)


def choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """One of the words allowed."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(allowed)}")
    return value


def together(arrays: Mapping[str, FloatArray]) -> list[FloatArray]:
    """Broadcast named arrays to one shape, or say which shapes do not fit."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(
            f"shapes do not fit together: {shapes}; give arrays of one shape, or single numbers"
        ) from error


def given(array: FloatArray) -> Figure:
    """Hand back a Python float where a single number was asked, an own float64 array where many were."""
    return float(array) if np.ndim(array) == 0 else np.array(array, dtype=np.float64)


def words(array: StrArray) -> Words:
    """Hand back a Python string where a single number was asked, an array of strings where many were."""
    return str(array) if np.ndim(array) == 0 else np.asarray(array, dtype=np.str_)


def same_word(word: str, shape: tuple[int, ...]) -> StrArray:
    """One word for every element, kept once however many there are; not to be written to."""
    return np.broadcast_to(np.array(word), shape)


def reasons(shape: tuple[int, ...], *told: tuple[BoolArray, str]) -> StrArray:
    """For each element the first of the words whose condition holds, else nothing."""
    if not any(np.any(holds) for holds, _ in told):
        return same_word("", shape)
    holding, said = zip(*told, strict=True)
    return np.broadcast_to(np.select([np.broadcast_to(one, shape) for one in holding], said, ""), shape)


def normal_quantile(confidence: float) -> float:
    """The normal deviate that leaves half of ``1 - confidence`` above it: 1.96 for 0.95."""
    return -float(special.ndtri((1.0 - confidence) / 2.0))
