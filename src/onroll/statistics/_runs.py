"""Runs in series: which points the rules mark. The last axis is time; all series are looked at at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics import _run_chances as chance_of
from onroll.statistics._inputs import BoolArray, FloatArray

Signs = NDArray[np.int8]
Lengths = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points with their centre and limits."""

    value: FloatArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def side(self) -> Signs:
        """1 above the centre, -1 below, 0 on it."""
        return np.sign(self.value - self.centre).astype(np.int8)


def beyond(series: Series) -> BoolArray:
    """Points outside the limits."""
    return np.asarray((series.value > series.upper) | (series.value < series.lower))


def one_side(series: Series, length: int) -> BoolArray:
    """Points of runs of ``length`` or more on one side."""
    return np.asarray(run_lengths(series.side) >= length)


def one_way(series: Series, length: int) -> BoolArray:
    """Points of runs of ``length`` or more each above the one before, or each below."""
    steps = np.sign(np.diff(series.value, axis=-1)).astype(np.int8)
    long = run_lengths(steps) >= length - 1
    marked = np.zeros(series.value.shape, dtype=np.bool_)
    marked[..., 1:] |= long
    marked[..., :-1] |= long
    return marked


def two_of_three(series: Series) -> BoolArray:
    """Far points of three on end on one side of which two or more are beyond two thirds of the way to the limit."""
    marked = np.zeros(series.value.shape, dtype=np.bool_)
    if series.value.shape[-1] < 3:
        return marked
    for sign, limit in ((1, series.upper), (-1, series.lower)):
        far = sign * (series.value - series.centre) > sign * (limit - series.centre) * 2.0 / 3.0
        window = np.lib.stride_tricks.sliding_window_view
        hit = (window(series.side == sign, 3, axis=-1).all(-1)) & (window(far, 3, axis=-1).sum(-1) >= 2)
        within = np.zeros(series.value.shape, dtype=np.bool_)
        for place in range(3):
            within[..., place : place + hit.shape[-1]] |= hit
        marked |= within & far
    return marked


def longest(series: Series) -> BoolArray:
    """Points of runs longer than Anhoej's limit; points on the centre are passed over."""
    side = series.side
    useful = (side != 0).sum(-1)
    limit = _by_count(chance_of.longest_limit, useful)
    return np.asarray((run_lengths(_filled(side), side != 0) > limit[..., None]) & (side != 0))


def few_crossings(series: Series) -> BoolArray:
    """All points where the centre is crossed less often than Anhoej's limit."""
    side = series.side
    useful = (side != 0).sum(-1)
    filled = _filled(side)
    crossed = ((filled[..., 1:] != filled[..., :-1]) & (filled[..., :-1] != 0)).sum(-1)
    few = crossed < _by_count(chance_of.crossings_limit, useful)
    return np.broadcast_to(few[..., None], side.shape)


def run_lengths(sign: Signs, counted: BoolArray | None = None) -> Lengths:
    """The length of the run that each element is in, in elements that are counted; 0 where the sign is 0."""
    each = (sign != 0) if counted is None else counted
    ending = np.zeros(sign.shape, dtype=np.intp)
    for at in range(sign.shape[-1]):
        before = ending[..., at - 1] * (sign[..., at] == sign[..., at - 1]) if at else 0
        ending[..., at] = before + each[..., at]
    for at in range(sign.shape[-1] - 2, -1, -1):
        goes_on = (sign[..., at] == sign[..., at + 1]) & (sign[..., at] != 0)
        ending[..., at] = np.where(goes_on, ending[..., at + 1], ending[..., at])
    return ending


def _filled(sign: Signs) -> Signs:
    """The sign before where it is 0, so that points on the centre do not end a run."""
    filled = sign.copy()
    for at in range(1, sign.shape[-1]):
        filled[..., at] = np.where(filled[..., at] == 0, filled[..., at - 1], filled[..., at])
    return filled


def _by_count(limit: Callable[[int], int], useful: NDArray[np.intp]) -> NDArray[np.intp]:
    """A limit looked up by how many points are useful."""
    table = np.array([limit(n) for n in range(int(useful.max(initial=0)) + 1)], dtype=np.intp)
    return np.asarray(table[useful])
