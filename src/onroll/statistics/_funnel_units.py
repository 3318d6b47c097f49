"""Units about a target: limits of their size, scores and positions, by counts or on a scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._funnel_scales import SCALES, Scale
from onroll.statistics._inputs import BoolArray, FloatArray, StrArray, choice, normal_quantile, open_share
from onroll.statistics.overdispersion import Overdispersion, overdispersion

SPREADS = ("none", "additive", "multiplicative")
OWN_TARGET = "the target is this unit's own figure: there is no other to compare with"
NO_EVENT = "no event anywhere: nothing to compare"
ALL_EVENTS = "nothing but events anywhere: nothing to compare"
HALF_AN_EVENT = "no event: the score is that of half an event, and the unit is left out of the spread"

Codes = NDArray[np.int8]
Limits = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a funnel: method, two confidences, and how overdispersion is dealt with."""

    method: str
    inner: float
    outer: float
    spread: str
    outermost: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Figures of the units with limits at two confidences, scores, positions and the spread about the target."""

    inner: Limits
    outer: Limits
    score: FloatArray
    position: Codes
    spread: Overdispersion | None
    note: StrArray


def asked(
    method: str,
    allowed: tuple[str, ...],
    confidence: float,
    outer_confidence: float,
    spread: str,
    outermost: str,
    share: float,
) -> Asked:
    """What was asked, checked: a spread wants a scale, the outer limits are outside."""
    used, way = choice("method", method, allowed), choice("spread", spread, SPREADS)
    inner, outer = open_share("confidence", confidence), open_share("outer_confidence", outer_confidence)
    if outer <= inner:
        raise ValueError(f"outer_confidence is {outer:g}; give more than confidence, which is {inner:g}")
    if way != "none" and used not in SCALES:
        scales = ", ".join(name for name in allowed if name in SCALES)
        raise ValueError(f"spread is {way!r} and method {used!r}; units spread on a scale: choose {scales}")
    return Asked(used, inner, outer, way, outermost, share)


def codes(value: FloatArray, inner: Limits, outer: Limits) -> Codes:
    """-2 and 2 outside the outer limits, -1 and 1 outside the inner ones only, 0 inside or on a limit."""
    above = (value > inner[1]).astype(np.int8) + (value > outer[1])
    below = (value < inner[0]).astype(np.int8) + (value < outer[0])
    return np.asarray(above - below, dtype=np.int8)


def by_counts(
    events: FloatArray,
    size: FloatArray,
    moments: tuple[FloatArray, FloatArray],
    limits: Callable[[float], Limits],
    wish: Asked,
    note: StrArray,
) -> Units:
    """Limits of counts, turned into those of figures; an event count is held against whole limits."""
    mean, variance = moments
    at = limits(wish.inner), limits(wish.outer)
    error = np.sqrt(np.where(variance > 0, variance, 1.0))
    return Units(
        (at[0][0] / size, at[0][1] / size),
        (at[1][0] / size, at[1][1] / size),
        np.where(variance > 0, (events - mean) / error, 0.0),
        codes(events, *at),
        None,
        note,
    )


def by_scale(
    value: FloatArray, target: FloatArray, size: FloatArray, floor: FloatArray, wish: Asked, note: StrArray
) -> Units:
    """Limits on a scale, with or without spread; ``floor`` stands in for a figure that has no place on it."""
    scale = SCALES[wish.method]
    error, somewhere = scale.error(size), note != NO_EVENT
    absent = somewhere & (value <= 0) & (wish.method == "log")
    if not somewhere.all():
        value, target = np.where(somewhere, value, 1.0), np.where(somewhere, target, 1.0)
    score = (scale.forth(np.where(absent, floor, value)) - scale.forth(target)) / error
    found = _spread(score, error, somewhere & ~absent, wish)
    width = _width(error, found, wish.spread)
    score = score * error / width
    reach = normal_quantile(wish.inner), normal_quantile(wish.outer)
    position = codes(
        score, (-np.full(1, reach[0]), np.full(1, reach[0])), (-np.full(1, reach[1]), np.full(1, reach[1]))
    )
    inner, outer = (_limits(scale, target, width, z, somewhere) for z in reach)
    noted = np.where(absent, HALF_AN_EVENT, note)
    return Units(inner, outer, score, position.reshape(score.shape), found, noted)


def _spread(score: FloatArray, error: FloatArray, counted: BoolArray, wish: Asked) -> Overdispersion | None:
    """The spread of the units that have a score of their own; none where none was asked."""
    if wish.spread == "none":
        return None
    if score.ndim > 1:
        raise ValueError(
            f"units have shape {score.shape}; a spread is that of one row of units: give one funnel at a time"
        )
    counted = np.atleast_1d(counted)
    return overdispersion(
        np.atleast_1d(score)[counted],
        np.atleast_1d(error)[counted],
        outer=wish.outermost,
        share=wish.share,
    )


def _width(error: FloatArray, found: Overdispersion | None, spread: str) -> FloatArray:
    """The standard error with what the spread adds to it."""
    if found is None:
        return error
    if spread == "additive":
        return np.asarray(np.sqrt(error**2 + found.tau2))
    return np.asarray(error * np.sqrt(found.at_least_one))


def _limits(scale: Scale, target: FloatArray, width: FloatArray, z: float, somewhere: BoolArray) -> Limits:
    """Limits brought back from the scale; both 0 where there is no event anywhere."""
    at = scale.forth(target)
    lower, upper = scale.back(at - z * width), scale.back(at + z * width)
    return np.where(somewhere, lower, 0.0), np.where(somewhere, upper, 0.0)
