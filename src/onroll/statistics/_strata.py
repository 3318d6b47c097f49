"""Tables in strata, which are the last axis: what goes in, sums over strata, and the tests that go beside them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray, StrArray, counts, refuse, together
from onroll.statistics._tables import Tables, over

Common: TypeAlias = tuple[FloatArray, FloatArray]
"""A common measure, and the standard error of it (of its log, for a ratio)."""
NO_COMMON = "no common ratio can be computed: no stratum with both groups has an event in one and a non-event"
NO_LIMITS = "these counts leave the common measure without an error, so no limits; ask for stratified_score"
NO_PUPILS = "nothing can be compared: no stratum holds both groups"


def strata(
    events: ArrayLike, total: ArrayLike, reference_events: ArrayLike, reference_total: ArrayLike
) -> Tables:
    """Check the counts of all strata. A stratum without one of the groups may be there, and says nothing."""
    shapes = {
        "events": counts("events", events),
        "total": counts("total", total),
        "reference_events": counts("reference_events", reference_events),
        "reference_total": counts("reference_total", reference_total),
    }
    x, n, x0, n0 = together(shapes)
    if x.ndim == 0:
        raise ValueError(
            "events, totals and references are single numbers; give arrays, strata on the last axis"
        )
    way_out = "events cannot pass the total of their stratum; compare rates instead"
    refuse("events", x, x > n, way_out)
    refuse("reference_events", x0, x0 > n0, way_out)
    return Tables(x, n, x0, n0)


def compared(tables: Tables) -> BoolArray:
    """Strata that hold both groups."""
    return np.asarray((tables.n > 0) & (tables.n0 > 0))


def everyone(tables: Tables) -> FloatArray:
    """All of each stratum; 1 where it is empty, so that it can be divided by."""
    return np.maximum(tables.n + tables.n0, 1.0)


def common_odds_ratio(tables: Tables) -> Common:
    """Mantel and Haenszel's odds ratio, with the error of its log by Robins, Breslow and Greenland."""
    n = everyone(tables)
    same, crossed = (tables.x + tables.f0) / n, (tables.f + tables.x0) / n
    above, below = tables.x * tables.f0 / n, tables.f * tables.x0 / n
    r, s = above.sum(axis=-1), below.sum(axis=-1)
    known = (r > 0) & (s > 0)
    safe_r, safe_s = np.where(known, r, 1.0), np.where(known, s, 1.0)
    variance = (
        (same * above).sum(axis=-1) / safe_r**2
        + (same * below + crossed * above).sum(axis=-1) / (safe_r * safe_s)
        + (crossed * below).sum(axis=-1) / safe_s**2
    ) / 2.0
    return over(r, s), np.where(known, np.sqrt(variance), np.inf)


def common_relative_risk(tables: Tables) -> Common:
    """Mantel and Haenszel's relative risk, with the error of its log by Greenland and Robins."""
    n, events = everyone(tables), tables.x + tables.x0
    r, s = (tables.x * tables.n0 / n).sum(axis=-1), (tables.x0 * tables.n / n).sum(axis=-1)
    known = (r > 0) & (s > 0)
    spread = ((tables.n * tables.n0 * events - tables.x * tables.x0 * n) / n**2).sum(axis=-1)
    variance = np.maximum(spread, 0.0) / np.where(known, r * s, 1.0)
    return over(r, s), np.where(known & (variance > 0), np.sqrt(variance), np.inf)


def common_risk_difference(tables: Tables, sato: bool) -> Common:
    """Mantel and Haenszel's risk difference, with its error by Sato or by Greenland and Robins."""
    n, both = everyone(tables), compared(tables)
    weight = (tables.n * tables.n0 / n).sum(axis=-1)
    safe = np.where(weight > 0, weight, 1.0)
    apart = ((tables.x * tables.n0 - tables.x0 * tables.n) / n).sum(axis=-1)
    difference = np.where(weight > 0, apart / safe, np.nan)
    spread = (_sato(tables, n, difference) if sato else _greenland_robins(tables, n, both)) / safe**2
    return difference, np.where((spread > 0) & (weight > 0), np.sqrt(np.maximum(spread, 0.0)), np.inf)


def _sato(tables: Tables, n: FloatArray, difference: FloatArray) -> FloatArray:
    """Sato's (1989) variance, which holds for few large strata and for many small ones."""
    product = tables.n * tables.n0
    slope = (
        tables.n**2 * tables.x0 - tables.n0**2 * tables.x + product * (tables.n0 - tables.n) / 2.0
    ) / n**2
    level = (tables.x * tables.f0 + tables.x0 * tables.f) / (2.0 * n)
    spread = np.where(np.isnan(difference), 0.0, difference) * slope.sum(axis=-1) + level.sum(axis=-1)
    return np.asarray(spread)


def _greenland_robins(tables: Tables, n: FloatArray, both: BoolArray) -> FloatArray:
    """Each stratum's binomial variance, times its squared weight."""
    one, two = np.where(both, tables.n, 1.0), np.where(both, tables.n0, 1.0)
    inner = (tables.x * tables.f * two**3 + tables.x0 * tables.f0 * one**3) / (one * two * n**2)
    return np.asarray(np.where(both, inner, 0.0).sum(axis=-1))


def cochran_mantel_haenszel(tables: Tables, continuity: bool) -> tuple[FloatArray, FloatArray]:
    """The statistic and its probability; 0 and 1 where no stratum says anything."""
    n, events = everyone(tables), tables.x + tables.x0
    away = np.abs((tables.x - tables.n * events / n).sum(axis=-1))
    away = away - np.where(continuity & (away >= 0.5), 0.5, 0.0)
    spread = tables.n * tables.n0 * events * (tables.f + tables.f0) / (n**2 * np.maximum(n - 1.0, 1.0))
    variance = spread.sum(axis=-1)
    statistic = np.where(variance > 0, away**2 / np.where(variance > 0, variance, 1.0), 0.0)
    return statistic, np.asarray(special.chdtrc(1.0, statistic))


def notes(tables: Tables, estimate: FloatArray, error: FloatArray) -> StrArray:
    """Why there is no common measure, or no limits; empty where there are both."""
    nothing = ~np.any(compared(tables), axis=-1)
    short = np.where(np.isnan(estimate), NO_COMMON, np.where(np.isfinite(error), "", NO_LIMITS))
    return np.where(nothing, NO_PUPILS, short)


def refuse_single(note: StrArray) -> None:
    """Raise where one set of strata was given and no measure can be computed; among many the note says so."""
    if note.ndim == 0 and str(note) in (NO_COMMON, NO_PUPILS):
        raise ValueError(f"{note}; give the proportions of each group instead")
