"""A chart in segments: where limits begin anew, and which of a segment's points they rest on."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import BoolArray, FloatArray, flag, numbers, whole

D2 = 1.128
"""Mean moving range of two over their standard deviation, for normal points, as charts have it (3 / 2.66)."""
SCREEN = 3.267
"""A moving range this many times their mean is beyond the limit of the moving ranges themselves."""
ENOUGH_POINTS = 12
"""Points from which on limits are taken as settled (NHS, Making Data Count)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Where one set of limits holds, and the part of it that they rest on."""

    whole: slice
    base: slice


def segments(points: int, rebase: Sequence[int], baseline: int | None) -> list[Segment]:
    """Segments of ``points`` in order; a baseline of ``None`` is all of a segment."""
    if baseline is not None:
        baseline = whole("baseline", baseline, 2, otherwise=", or None for all of a segment")
    wanted = numbers("rebase", rebase)
    if wanted.ndim != 1:
        raise ValueError(f"rebase is {reprlib.repr(rebase)}; give a row of places, such as [12]")
    starts = [0, *(int(start) for start in wanted)]
    ends = [*starts[1:], points]
    for place, start in enumerate(wanted):
        if not 0 < start < points or start <= starts[place] or start != int(start):
            raise ValueError(f"rebase[{place}] is {start:g}; give rising places from 1 to {points - 1}")
    found = []
    for start, end in zip(starts, ends, strict=True):
        length = end - start if baseline is None else min(baseline, end - start)
        if length < 2:
            raise ValueError(
                f"limits from point {start} on rest on {length} point; give two or more, or rebase elsewhere"
            )
        found.append(Segment(slice(start, end), slice(start, start + length)))
    return found


def marks(parts: Sequence[Segment], points: int) -> tuple[NDArray[np.intp], BoolArray]:
    """The number of each point's segment, and whether limits rest on the point."""
    number, in_base = np.zeros(points, dtype=np.intp), np.zeros(points, dtype=np.bool_)
    for place, part in enumerate(parts):
        number[part.whole] = place
        in_base[part.base] = True
    return number, in_base


def moving_range(values: FloatArray, screened: bool) -> FloatArray:
    """Mean moving range along the last axis; screened, without ranges beyond their own limit, left out once."""
    ranges = np.abs(np.diff(values, axis=-1))
    mean = ranges.mean(-1, keepdims=True)
    if not flag("screened", screened):
        return np.asarray(mean)
    kept = ranges < SCREEN * mean
    many = kept.sum(-1, keepdims=True)
    return np.asarray(np.where(kept, ranges, 0.0).sum(-1, keepdims=True) / np.maximum(many, 1))


def short(parts: Sequence[Segment]) -> Iterator[str]:
    """A word where limits rest on few points."""
    fewest = min(part.base.stop - part.base.start for part in parts)
    if fewest < ENOUGH_POINTS:
        yield f"limits rest on {fewest} points; they settle from {ENOUGH_POINTS} on"
