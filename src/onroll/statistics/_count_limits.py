"""Limits of a count whose variance is known, and of the ratio of two numbers with limits of their own."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from onroll.statistics import rates
from onroll.statistics._inputs import BoolArray, Figure, FloatArray, StrArray, reasons, together

NO_EVENT = "no ratio can be computed: neither side has an event"
Limits = tuple[FloatArray, FloatArray]


def poisson_limits(count: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, StrArray]:
    """Limits of a Poisson count by PHE's rule, and which were used: exact below ten, Byar's from ten on."""
    exact = np.asarray(count < rates.BYAR_FROM)
    lower, upper = (np.asarray(limit) for limit in rates._byar_limits(count, confidence))
    if exact.any():
        few = rates._exact_limits(np.asarray(count)[exact], confidence)
        lower, upper = (_replace(all_, exact, some) for all_, some in zip((lower, upper), few, strict=True))
    return lower, upper, np.where(exact, "exact", "byar")


def _replace(array: FloatArray, where: BoolArray, values: FloatArray) -> FloatArray:
    """The array with other values in some places."""
    changed = np.array(array)
    changed[where] = values
    return changed


class RateLike(Protocol):
    """A rate with its limits."""

    @property
    def estimate(self) -> Figure:
        """The rate."""

    @property
    def lower(self) -> Figure:
        """Its lower limit."""

    @property
    def upper(self) -> Figure:
        """Its upper limit."""


def rate_over(
    rate: RateLike, reference: RateLike, name: str
) -> tuple[FloatArray, FloatArray, FloatArray, StrArray]:
    """One rate over another, the limits of the ratio, and why an element has none; raise if it is the only one."""
    top, bottom = together(
        {name: np.asarray(rate.estimate), f"reference_{name}": np.asarray(reference.estimate)}
    )
    neither = (top == 0) & (bottom == 0)
    if neither.ndim == 0 and neither:
        raise ValueError(f"{name} and reference_{name} hold no event; {NO_EVENT}: give the two rates")
    sides = [(np.asarray(one.lower), np.asarray(one.upper)) for one in (rate, reference)]
    lower, upper = ratio_limits(top, sides[0], bottom, sides[1])
    ratio = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.inf)
    lower, upper = np.where(neither, 0.0, lower), np.where(neither, np.inf, upper)
    return np.where(neither, np.nan, ratio), lower, upper, reasons(neither.shape, (neither, NO_EVENT))


def ratio_limits(a: FloatArray, a_limits: Limits, b: FloatArray, b_limits: Limits) -> Limits:
    """Limits of ``a / b`` from those of two independent numbers of 0 or more (MOVER, Donner and Zou 2012).

    The lower is 0 where ``a`` is bounded by 0, the upper ``inf`` where ``b`` is.
    """
    lower = _lower_ratio(a, a_limits[0], b, b_limits[1])
    inverse = _lower_ratio(b, b_limits[0], a, a_limits[1])
    return lower, np.where(inverse > 0, 1.0 / np.where(inverse > 0, inverse, 1.0), np.inf)


def _lower_ratio(a: FloatArray, a_low: FloatArray, b: FloatArray, b_high: FloatArray) -> FloatArray:
    """The smaller root of MOVER's quadratic, written so that no difference of near numbers is taken."""
    product = a * b
    reach = a_low * (2.0 * a - a_low)
    root = np.sqrt(np.maximum(product * product - reach * b_high * (2.0 * b - b_high), 0.0))
    below = product + root
    return np.where(below > 0, reach / np.where(below > 0, below, 1.0), 0.0)
