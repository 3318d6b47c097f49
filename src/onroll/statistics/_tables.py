"""Two groups, each with events out of a total: what goes into every comparison, and what all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    BoolArray,
    FloatArray,
    StrArray,
    above_zero,
    counts,
    normal_quantile,
    refuse,
    together,
)

Limits: TypeAlias = tuple[FloatArray, FloatArray]
NO_EVENT = "no ratio can be computed: neither group has an event"
NO_NON_EVENT = "no odds ratio can be computed: all of both groups are events"
NO_ERROR = "these counts leave the log ratio without an error, so no limits; ask for a score method"
"""What is said of the legacy methods where a count is 0, or all of both groups are events."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Two by two tables, all arrays of one shape: ``x`` of ``n`` in the group, ``x0`` of ``n0`` in the other.

    ``f`` and ``f0`` are those without the event.
    """

    x: FloatArray
    n: FloatArray
    x0: FloatArray
    n0: FloatArray

    @property
    def f(self) -> FloatArray:
        """Those of the group without the event."""
        return np.asarray(self.n - self.x)

    @property
    def f0(self) -> FloatArray:
        """Those of the reference without the event."""
        return np.asarray(self.n0 - self.x0)

    def swapped(self) -> Tables:
        """The reference as the group, and the group as the reference."""
        return Tables(self.x0, self.n0, self.x, self.n)

    def flat(self) -> Tables:
        """The same tables in one dimension."""
        return Tables(self.x.ravel(), self.n.ravel(), self.x0.ravel(), self.n0.ravel())

    def at(self, chosen: BoolArray) -> Tables:
        """Some of the tables, in one dimension."""
        return Tables(self.x[chosen], self.n[chosen], self.x0[chosen], self.n0[chosen])


def two_by_two(
    events: ArrayLike, total: ArrayLike, reference_events: ArrayLike, reference_total: ArrayLike
) -> Tables:
    """Check the four counts and bring them to one shape, or say which is wrong and how to put it right."""
    shapes = {
        "events": counts("events", events),
        "total": above_zero("total", counts("total", total)),
        "reference_events": counts("reference_events", reference_events),
        "reference_total": above_zero("reference_total", counts("reference_total", reference_total)),
    }
    x, n, x0, n0 = together(shapes)
    way_out = "events cannot pass the total in a proportion; ask for a rate ratio instead"
    refuse("events", x, x > n, way_out)
    refuse("reference_events", x0, x0 > n0, way_out)
    return Tables(x, n, x0, n0)


def over(above: FloatArray, below: FloatArray) -> FloatArray:
    """One over the other: ``inf`` over 0, NaN for 0 over 0."""
    some = below > 0
    return np.where(some, above / np.where(some, below, 1.0), np.where(above > 0, np.inf, np.nan))


def risk_ratio(tables: Tables) -> FloatArray:
    """The proportion of the group over that of the reference, as one quotient of whole numbers."""
    return over(tables.x * tables.n0, tables.x0 * tables.n)


def cross_product_ratio(tables: Tables) -> FloatArray:
    """The odds of the group over those of the reference, as one quotient of whole numbers."""
    return over(tables.x * tables.f0, tables.f * tables.x0)


def score_bound(tables: Tables, confidence: float, corrected: bool) -> FloatArray:
    """How large the squared score may be: the squared normal deviate, times Miettinen and Nurminen's factor."""
    return np.asarray(normal_quantile(confidence) ** 2 * _factor(tables, corrected))


def _factor(tables: Tables, corrected: bool) -> FloatArray:
    """The variance factor ``N / (N - 1)``, or 1."""
    everyone = tables.n + tables.n0
    return everyone / (everyone - 1.0) if corrected else np.ones_like(everyone)


def score_probability(tables: Tables, corrected: bool) -> FloatArray:
    """Two-sided probability of so uneven an outcome were the proportions equal, by the pooled score test."""
    events, rest = tables.x + tables.x0, tables.f + tables.f0
    difference = tables.x * tables.f0 - tables.f * tables.x0
    marginals = tables.n * tables.n0 * _factor(tables, corrected)
    spread = np.sqrt(events / (tables.n + tables.n0)) * np.sqrt(rest) * np.sqrt(marginals)
    return normal_probability(difference, spread)


def normal_probability(distance: FloatArray, error: FloatArray) -> FloatArray:
    """Two-sided normal probability of a distance as large; 1 where the error has no bound or nothing is distant."""
    known = (error > 0) & np.isfinite(error)
    away = np.where(known, np.abs(distance) / np.where(known, error, 1.0), 0.0)
    return np.where((error == 0) & (distance != 0), 0.0, 2.0 * special.ndtr(-away))


def log_limits(estimate: FloatArray, error: FloatArray, confidence: float) -> Limits:
    """Limits about the log of a ratio; 0 and ``inf`` where the error is not finite."""
    known = np.isfinite(error)
    factor = np.exp(normal_quantile(confidence) * np.where(known, error, 1.0))
    centre = np.where(known, estimate, 1.0)
    return np.where(known, centre / factor, 0.0), np.where(known, centre * factor, np.inf)


def inverse(ratio: FloatArray) -> FloatArray:
    """One over a ratio; ``inf`` for 0, 0 for ``inf``."""
    return np.where(ratio > 0, 1.0 / np.where(ratio > 0, ratio, 1.0), np.inf)


def where_known(p_value: FloatArray, estimate: FloatArray) -> FloatArray:
    """No probability where there is no estimate."""
    return np.where(np.isnan(estimate), np.nan, p_value)


def refuse_single(note: StrArray, tables: Tables) -> None:
    """Raise where one comparison was asked and no ratio can be computed; among many the note says so."""
    if note.ndim == 0 and str(note) in (NO_EVENT, NO_NON_EVENT):
        same = "0" if str(note) == NO_EVENT else "equal to their totals"
        raise ValueError(
            f"events is {float(tables.x):g} and reference_events is {float(tables.x0):g}, "
            f"both {same}; {note}: give the two proportions or their difference instead"
        )
