"""Yes or no for each row or period, checked once: True and False, or 1 and 0; what is missing is neither."""

from __future__ import annotations

import reprlib

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import BoolArray, index, refuse_masked

WAY_OUT = "give True or False, or 1 or 0"
MISSING = "what is missing is neither True nor False: give one, or leave the row out and say why"
TURNS_BACK = "turns back to True; periods before treatment come first, those after last"


def mask(name: str, value: ArrayLike, many: int, of: str = "period") -> BoolArray:
    """One True or False for each of so many; 1 and 0 are taken for them. Raise for anything else, naming its place."""
    refuse_masked(name, value)
    array = np.asarray(value)
    if array.shape != (many,):
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; give one True or False a {of}, ({many},)"
        )
    if array.dtype == np.bool_:
        return np.array(array)
    if array.dtype.kind in "iuf":
        wrong = (array != 0) & (array != 1)
    else:  # each as it was given, not as numpy wrote them all
        array = np.asarray(value, dtype=object)
        wrong = np.array([not _is_yes_or_no(one) for one in array], dtype=np.bool_)
    if wrong.any():
        at = int(np.argmax(wrong))
        one = array[at]
        raise ValueError(f"{name}{index((at,))} is {_said(one)}; {MISSING if _is_gap(one) else WAY_OUT}")
    return np.asarray(array, dtype=np.bool_)


def before(name: str, value: ArrayLike, periods: int) -> BoolArray:
    """Which periods came before: True first, False last, some of either."""
    early = mask(name, value, periods)
    if early.all() or not early.any():
        raise ValueError(f"{name} is {early.all()} throughout; periods are needed both before and after")
    if np.any(~early[:-1] & early[1:]):
        raise ValueError(f"{name} {TURNS_BACK}: put the rows in order of time")
    return early


def _is_yes_or_no(one: object) -> bool:
    if isinstance(one, bool | np.bool_):
        return True
    return isinstance(one, int | float | np.number) and bool(one in (0, 1))


def _is_gap(one: object) -> bool:
    """Whether it is missing: None, NaN, or what will not even say whether it is itself."""
    try:
        return one is None or bool(one != one)
    except (TypeError, ValueError):
        return True


def _said(one: object) -> str:
    return f"{one:g}" if isinstance(one, int | float | np.number) else reprlib.repr(one)
