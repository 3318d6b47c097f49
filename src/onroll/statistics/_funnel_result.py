"""What a funnel hands back, what its codes say, and the target that units are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics import _funnel_units as units
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    given,
    numbers,
    refuse,
    same_word,
    together,
    words,
)
from onroll.statistics.overdispersion import Overdispersion

POSITIONS: Mapping[int, str] = MappingProxyType(
    {
        -2: "below the outer limits",
        -1: "between the lower limits",
        0: "inside",
        1: "between the upper limits",
        2: "above the outer limits",
    }
)
"""What the codes of ``position`` say."""


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """Units about a target. A single unit gives floats, many give arrays.

    Attributes
    ----------
    estimate : float or ndarray
        Each unit's own figure.
    lower, upper : float or ndarray
        Limits for a unit of that size about the target: not an interval of the unit's figure.
    confidence : float
        Share of units of this size that stay within the limits if only chance (and spread) is at work.
    method : str or ndarray of str
        How the limits were made; ``"arcsine, additive"`` if spread is in them.
    outer_lower, outer_upper : float or ndarray
        The outer limits.
    outer_confidence : float
        Their confidence.
    target : float or ndarray
        What units are held against.
    score : float or ndarray
        Distance from the target over its standard error, spread included.
    position : int or ndarray of int8
        Where the unit stands; ``POSITIONS`` says what the codes mean.
    spread : Overdispersion or None
        ``phi`` and ``tau2`` if asked.
    note : str or ndarray of str
        What cannot be said of a unit and why; empty where nothing is amiss.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    outer_lower: Figure
    outer_upper: Figure
    outer_confidence: float
    target: Figure
    score: Figure
    position: int | NDArray[np.int8]
    spread: Overdispersion | None
    note: Words


def position(
    value: ArrayLike, lower: ArrayLike, upper: ArrayLike, outer_lower: ArrayLike, outer_upper: ArrayLike
) -> int | NDArray[np.int8]:
    """Say where figures stand among limits that are known already.

    Parameters
    ----------
    value, lower, upper, outer_lower, outer_upper : array_like
        Figures and limits, in one unit.

    Returns
    -------
    int or ndarray of int8
        Codes of ``POSITIONS``; on a limit is inside it.

    Raises
    ------
    ValueError
        If a figure is not a number, or shapes do not fit together.

    Examples
    --------
    >>> position([3.0, 9.0, 5.0], 4, 6, 2, 8)
    array([-1,  2,  0], dtype=int8)
    """
    given_ = {
        "value": value,
        "lower": lower,
        "upper": upper,
        "outer_lower": outer_lower,
        "outer_upper": outer_upper,
    }
    at, low, high, least, most = together({name: numbers(name, array) for name, array in given_.items()})
    return _coded(units.codes(at, (low, high), (least, most)))


def given_or_pooled(
    events: FloatArray, size: FloatArray, target: ArrayLike | None, per: float, most: float
) -> tuple[FloatArray, StrArray]:
    """The target that was given, above 0 and below ``most``, or all units of the last axis; with notes."""
    if target is not None:
        aim = numbers("target", target)
        end = "" if np.isinf(most) else f" and below {most * per:g}"
        refuse("target", aim, (aim <= 0) | (aim >= most * per), f"give a number above 0{end}")
        spread_out = together({"events": events, "target": aim / per})[1]
        if spread_out.shape != events.shape:
            raise ValueError(
                f"target has shape {aim.shape} and units {events.shape}; give one, or one a unit"
            )
        return np.array(spread_out), np.full(events.shape, "", dtype=f"U{LONGEST}")
    if events.ndim and events.shape[-1] == 0:
        raise ValueError(f"units have shape {events.shape}; give one unit or more, or the target")
    pooled = np.atleast_1d(events).sum(-1, keepdims=True) / np.atleast_1d(size).sum(-1, keepdims=True)
    aim = np.broadcast_to(pooled, np.atleast_1d(events).shape).reshape(events.shape).copy()
    alone = events.ndim == 0 or events.shape[-1] == 1
    note = np.full(events.shape, units.OWN_TARGET if alone else "", dtype=f"U{LONGEST}")
    note[aim >= most] = units.ALL_EVENTS
    note[aim <= 0] = units.NO_EVENT
    return aim, note


LONGEST = max(len(note) for note in (units.OWN_TARGET, units.NO_EVENT, units.ALL_EVENTS, units.HALF_AN_EVENT))


def build(value: FloatArray, target: FloatArray, found: units.Units, wish: units.Asked, per: float) -> Funnel:
    """All of one shape, out of ``per``."""
    named = wish.method if wish.spread == "none" else f"{wish.method}, {wish.spread}"
    return Funnel(
        estimate=given(value * per),
        lower=given(found.inner[0] * per),
        upper=given(found.inner[1] * per),
        confidence=wish.inner,
        method=words(same_word(named, value.shape)),
        outer_lower=given(found.outer[0] * per),
        outer_upper=given(found.outer[1] * per),
        outer_confidence=wish.outer,
        target=given(target * per),
        score=given(found.score),
        position=_coded(found.position),
        spread=found.spread,
        note=words(found.note),
    )


def _coded(position: NDArray[np.int8]) -> int | NDArray[np.int8]:
    """A Python int where a single unit was asked."""
    return int(position) if position.ndim == 0 else position
