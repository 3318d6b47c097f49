"""How many pupils had 1, 2, 3 .. events each: checked, with the first two moments and an open top class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import BoolArray, FloatArray, above_zero, counts, one_number, refuse


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Events and squared events of the pupils counted, at either end of what an open top class allows.

    One end only where no class is open.
    """

    pupils: FloatArray
    events: tuple[FloatArray, ...]
    squares: tuple[FloatArray, ...]


def table(pupils: ArrayLike, times: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Pupils, shape (..., classes), and the events each pupil of a class had, shape (classes,)."""
    counted = counts("pupils", pupils)
    if counted.ndim == 0:
        raise ValueError(
            f"pupils is {counted:g}; give how many had 1, 2, 3 .. events, such as [30, 8, 2], or their rate"
        )
    classes = counted.shape[-1]
    if classes == 0:
        raise ValueError("pupils has no class; give how many had 1, 2, 3 .. events, 0 where none had")
    each = np.arange(1.0, classes + 1.0) if times is None else above_zero("times", times)
    if each.shape != (classes,):
        raise ValueError(f"times has shape {each.shape}, pupils {classes} classes; give one number a class")
    refuse("times", each[1:], np.diff(each) <= 0, "give the classes from the fewest events to the most")
    return counted, each


def moments(
    pupils: ArrayLike, times: ArrayLike | None, at_most: float | None, events: ArrayLike | None
) -> Moments:
    """First and second moment. The top class is open when ``at_most`` or ``events`` is given.

    A pupil of the open class had ``times[-1]`` events or more and ``at_most`` or fewer. With the total
    known their mean is known, and the squares lie between all alike and all at one of the two ends.
    """
    counted, each = table(pupils, times)
    first, second = counted @ each, counted @ (each * each)
    if at_most is None:
        if events is not None:
            raise ValueError(
                "events is given without at_most; say the most events a pupil of the top class had"
            )
        return Moments(counted.sum(-1), (first,), (second,))
    low, high, top = each[-1], one_number("at_most", at_most), counted[..., -1]
    if high < low:
        raise ValueError(f"at_most is {high:g}; the top class begins at {low:g}: give that or more")
    if events is None:
        widest = first + top * (high - low), second + top * (high * high - low * low)
        return Moments(counted.sum(-1), (first, widest[0]), (second, widest[1]))
    total = like_rows("events", counts("events", events), first)
    extra = total - first
    _refuse_total(total, (extra < 0) | (extra > top * (high - low)))
    mean = low + extra / np.maximum(top, 1.0)
    rest = second - top * low * low
    alike, apart = top * mean * mean, top * ((low + high) * mean - low * high)
    return Moments(counted.sum(-1), (total, total), (rest + alike, rest + apart))


def like_rows(name: str, value: FloatArray, row: FloatArray) -> FloatArray:
    """One number for each row of pupils, or one for all."""
    if value.ndim and value.shape != row.shape:
        raise ValueError(
            f"{name} has shape {value.shape}, pupils {row.shape} rows; give one for each, or one number"
        )
    return np.broadcast_to(value, row.shape)


def _refuse_total(total: FloatArray, wrong: BoolArray) -> None:
    """Raise where the total is not one that the classes can add up to."""
    refuse("events", total, wrong, "the classes cannot add up to it: check pupils, times and at_most")
