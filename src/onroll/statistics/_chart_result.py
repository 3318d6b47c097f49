"""What a control chart hands back, and how it is put together from its segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics import _chart_segments as parts_of
from onroll.statistics._inputs import BoolArray, FloatArray, StrArray, Words, words

THREE_SIGMA = 0.9973002039367398
"""Share of normal points within three standard deviations."""
Reading = tuple[FloatArray, FloatArray, FloatArray]
"""Centre, lower and upper limit."""


@dataclass(frozen=True, slots=True, eq=False)
class ControlChart:
    """A series with its centre line and limits; the last axis is time.

    Attributes
    ----------
    estimate : ndarray
        The centre line, point by point.
    lower, upper : ndarray
        The limits: what a steady series stays within, not an interval of the centre.
    confidence : float
        Share of a steady series' points that stay within the limits, about.
    method : str
        Which chart, and which limits.
    value : ndarray
        What is charted.
    position : ndarray of int8
        -1 below the lower limit, 1 above the upper, 0 inside or on a limit.
    segment : ndarray of int
        Which set of limits holds at each point in time.
    in_baseline : ndarray of bool
        Whether limits rest on the point.
    note : str or ndarray of str
        One a chart: what cannot be said and why; empty where nothing is amiss.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    value: FloatArray
    position: NDArray[np.int8]
    segment: NDArray[np.intp]
    in_baseline: BoolArray
    note: Words


def charted(
    value: FloatArray,
    read: Callable[[parts_of.Segment], Reading],
    parts: Sequence[parts_of.Segment],
    confidence: float,
    method: str,
    said: Sequence[tuple[BoolArray, str]] = (),
) -> ControlChart:
    """Read each segment's limits, set points against them and put the words together."""
    lines = [np.empty(value.shape) for _ in range(3)]
    for part in parts:
        for line, found in zip(lines, read(part), strict=True):
            line[..., part.whole] = found
    number, in_base = parts_of.marks(parts, value.shape[-1])
    centre, lower, upper = lines
    return ControlChart(
        estimate=centre,
        lower=lower,
        upper=upper,
        confidence=confidence,
        method=method,
        value=value.copy(),
        position=np.asarray((value > upper).astype(np.int8) - (value < lower), dtype=np.int8),
        segment=number,
        in_baseline=in_base,
        note=words(_notes(value.shape[:-1], [*said, *_flat(value, parts), *_few(value, parts)])),
    )


def _few(value: FloatArray, parts: Sequence[parts_of.Segment]) -> list[tuple[BoolArray, str]]:
    """The word for limits that rest on few points, which is the same for all charts."""
    every = np.ones(value.shape[:-1], dtype=np.bool_)
    return [(every, text) for text in parts_of.short(parts)]


def _flat(value: FloatArray, parts: Sequence[parts_of.Segment]) -> list[tuple[BoolArray, str]]:
    """The word for charts whose limits rest on points that are all alike."""
    flat = np.zeros(value.shape[:-1], dtype=np.bool_)
    for part in parts:
        base = value[..., part.base]
        flat |= (base == base[..., :1]).all(-1)
    return [(flat, "all points that the limits rest on are alike: no scatter can be seen")]


def _notes(shape: tuple[int, ...], said: Sequence[tuple[BoolArray, str]]) -> StrArray:
    """All words that hold of a chart, joined."""
    room = sum(len(text) + 2 for _, text in said) + 1
    note = np.full(shape, "", dtype=f"U{room}")
    for where, text in said:
        joined = np.where(note == "", text, np.char.add(np.char.add(note, "; "), text))
        note = np.where(where, joined, note).astype(f"U{room}")
    return note
