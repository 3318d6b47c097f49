"""What goes in is checked here, once, in words: the thing, the value, the way out. Nothing passes as NaN."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
StrArray: TypeAlias = NDArray[np.str_]
Figure: TypeAlias = float | FloatArray
Words: TypeAlias = str | StrArray
Kind = TypeVar("Kind")

ROUNDING = 1e-12
"""A figure so small beside those it comes of is what rounding left of 0."""
FARTHEST = 1e50
"""No number passes it, nor one over it: so that squares and products of what goes in keep their digits."""
NARROWEST = 1e-12
"""Shares and confidences below it are not told apart from 0."""
EXACT = 2.0**53
"""Whole numbers below it are exact in a float."""
SMALL = "nothing here is so small: give it in another unit"


def numbers(name: str, value: ArrayLike) -> FloatArray:
    """Turn what was given into finite float64, or say which one is not a number."""
    array = figures(name, value)
    refuse(name, array, ~np.isfinite(array), "give a finite number, or leave the row out and say why")
    refuse(
        name,
        array,
        np.abs(array) > FARTHEST,
        f"nothing here is so large: give it in another unit, below {FARTHEST:g}",
    )
    return array


def figures(name: str, value: ArrayLike) -> FloatArray:
    """Turn what was given into float64, where ``inf`` and NaN may stand.

    What is masked, written in words or missing in another library's way is refused, not guessed at.
    """
    refuse_masked(name, value)
    try:
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            return np.asarray(array, dtype=np.float64)
        if array.dtype.kind == "O" and not any(isinstance(one, str | bytes) for one in array.flat):
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{_culprit(name, value)}; {A_NUMBER}") from error
    raise ValueError(f"{_culprit(name, value)}; {A_NUMBER}")


A_NUMBER = "give a number or an array of numbers"


def refuse_masked(name: str, value: object) -> None:
    """Raise where a masked array, or a list of them, hides an entry: the number under it is not to be used."""
    if isinstance(value, np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(value)
        if hidden.any():
            at = index(tuple(int(i) for i in np.argwhere(hidden)[0]))
            raise ValueError(f"{name}{at} is masked; fill it in, or leave the row out and say why")
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            if isinstance(one, np.ma.MaskedArray | list | tuple):
                refuse_masked(f"{name}[{place}]", one)


def _culprit(name: str, value: object) -> str:
    """Name the first element that is no number; the whole where rows differ in length."""
    try:
        every = np.asarray(value, dtype=object)
    except ValueError:
        return f"{name} is {reprlib.repr(value)}"
    for place in np.ndindex(every.shape):
        if not _is_number(every[place]):
            return f"{name}{index(place)} is {reprlib.repr(every[place])}"
    return f"{name} is {reprlib.repr(value)}"


def _is_number(one: object) -> bool:
    """Whether a float can be made of it that is not guessed from words."""
    try:
        return not isinstance(one, str | bytes) and np.isscalar(float(one))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False


def counts(name: str, value: ArrayLike) -> FloatArray:
    """Whole numbers of 0 or more."""
    array = numbers(name, value)
    refuse(name, array, (array < 0) | (array != np.floor(array)), "give a whole number of 0 or more")
    refuse(name, array, array >= EXACT, "so large a count is not exact: give one below 9e15")
    return array


def at_least_zero(name: str, value: ArrayLike) -> FloatArray:
    """Numbers of 0 or more."""
    array = numbers(name, value)
    refuse(name, array, array < 0, "give a number of 0 or more")
    refuse(name, array, (array > 0) & (array < 1.0 / FARTHEST), SMALL)
    return array


def above_zero(name: str, value: ArrayLike) -> FloatArray:
    """Numbers above 0."""
    array = numbers(name, value)
    refuse(name, array, array <= 0, "give a number above 0")
    refuse(name, array, array < 1.0 / FARTHEST, SMALL)
    return array


def one_number(name: str, value: float) -> float:
    """One finite number."""
    array = numbers(name, value)
    if array.ndim:
        raise ValueError(f"{name} has shape {array.shape}; give one number")
    return float(array)


def whole(name: str, value: float, least: int, most: float = np.inf, otherwise: str = "") -> int:
    """One whole number within its bounds, both included."""
    bounds = f"of {least} or more" if most == np.inf else f"from {least} to {most:g}"
    array = figures(name, value)
    if array.ndim or not least <= array <= most or array != np.floor(array) or np.isinf(array):
        raise ValueError(f"{name} is {reprlib.repr(value)}; give a whole number {bounds}{otherwise}")
    return int(value)


def one_above_zero(name: str, value: float) -> float:
    """One number above 0."""
    return one_number(name, above_zero(name, value))  # type: ignore[arg-type]


def refuse(name: str, array: FloatArray, wrong: BoolArray, way_out: str) -> None:
    """Raise for the first element that is wrong, naming where it stands."""
    if np.any(wrong):
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{index(place)} is {array[place]:g}; {way_out}")


def index(place: Sequence[int]) -> str:
    """Write a place in an array as a reader would: nothing for a single number, ``[3]``, ``[1, 2]``."""
    return f"[{', '.join(str(i) for i in place)}]" if place else ""


def so_many(number: int, of: str) -> str:
    """A number of things as a reader would write it: "1 period", "2 periods"."""
    return f"{number} {of}{'' if number == 1 else 's'}"


def open_share(name: str, value: float) -> float:
    """One number strictly between 0 and 1: a confidence, a power."""
    array = numbers(name, value)
    if array.ndim or not NARROWEST < array < 1:
        raise ValueError(f"{name} is {value!r}; give one number strictly between 0 and 1, such as 0.95")
    return float(array)


def choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """One of the words allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} is {reprlib.repr(value)}; choose one of {', '.join(allowed)}")
    return value


def several(name: str, value: Sequence[str], allowed: Sequence[str] | None = None) -> tuple[str, ...]:
    """One or more words, of those allowed if there are such, each once."""
    named = listed(value)
    for one in named:
        if allowed is not None or not isinstance(one, str):
            choice(name, one, allowed or ["names"])
    if not named or len(set(named)) < len(named):
        raise ValueError(f"{name} are {reprlib.repr(value)}; name one or more, each once")
    return named


def listed(value: Sequence[str]) -> tuple[str, ...]:
    """What was given one after the other, a single word as one; nothing where it is no row."""
    try:
        return (value,) if isinstance(value, str) else tuple(value)
    except TypeError:
        return ()


def flag(name: str, value: bool) -> bool:
    """Yes or no."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} is {reprlib.repr(value)}; give True or False")
    return bool(value)


def of_kind(name: str, value: object, kind: type[Kind], way_out: str) -> Kind:
    """A result of ours, or what else is no number; raise where it is something else."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {reprlib.repr(value)}; give {way_out}")
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


def of_shape(name: str, array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """The array in every place of a shape, or say that it does not fit there."""
    try:
        return np.broadcast_to(array, shape)
    except ValueError as error:
        raise ValueError(f"{name} has shape {array.shape}; give one number, or shape {shape}") from error


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
