"""One treated unit period by period: how it moved away from the others before and after, each held against all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._count_panel import CountPanel, count_panel, levels_without_each
from onroll.statistics._design_power import chances
from onroll.statistics._few_events import HALF, wider
from onroll.statistics._inputs import BoolArray, FloatArray, numbers
from onroll.statistics._panel_notes import NO_END, jumps, one_before, periods_named, together_said
from onroll.statistics._pre_trend import NO_TEST, SINGULAR, PreTrend, no_test
from onroll.statistics.ranked_change import RankedChange, furthest_usual, ranked_change

METHOD = "Poisson panel of {} units by period, permutation standardised for size"
NO_EVENT = "no event in {}: half an event stands for it, and limits are open on its side"
FEW_EVENTS = (
    "few events in {} or its base: limits are widened by the chance in so few, which others do not show"
)
STEPS = 60
"""Halvings of the slope that would be seen: to 1e-15 of the first bracket."""
MOST_SLOPE = 1e3
"""A slope beyond this, in logs a period, is none that anybody would look for."""


@dataclass(frozen=True, slots=True, eq=False)
class OneTreatedYears:
    """Log rate ratios of the treated to the others, each period against the base.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean of the effects after, with its permutation interval; logs.
    confidence : float
    method : str
    effects, effect_lower, effect_upper : ndarray, shape (periods - 1,)
        Periods in order, the base not among them. Without an event the effect is that of half an event, and its limit
        is open on that side.
    covariance : ndarray, shape (periods - 1, periods - 1)
        Of these effects without treatment, from how the others move, at the treated's size.
    is_before : ndarray of bool, shape (periods - 1,)
    pre_trend : PreTrend
        A joint test of the periods before, by rank among all others; ``denominator_freedom`` is their number.
    note : str
        What the limits cannot bear: periods of no or few events, too few others, one period before, an exposure that
        jumps; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    effects: FloatArray
    effect_lower: FloatArray
    effect_upper: FloatArray
    covariance: FloatArray
    is_before: BoolArray
    pre_trend: PreTrend
    note: str


def one_treated_years(
    events: ArrayLike,
    exposure: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    at: ArrayLike | None = None,
    confidence: float = 0.95,
    power: float = 0.80,
) -> OneTreatedYears:
    """Show how one treated unit moved away from many others, period by period.

    A Poisson model with levels for units and periods is fitted without the unit; its own rate in each period is set
    beside it, and beside the last period before. Every other unit is taken for treated in the same way; each effect is
    measured from the mean change (in logs) of the others.

    Parameters
    ----------
    events, exposure, treated, pre
        As for ``one_treated``. The last period before is the base.
    at : array_like, shape (periods,), optional
        When each period was, rising; 0, 1, 2 ... when left out. Gaps (a pandemic left out) count in trends.
    confidence : float, default 0.95
    power : float, default 0.80
        Chance with which the test of the periods before is to find a trend.

    Returns
    -------
    OneTreatedYears
        Half an event stands for none, and the limit is open there. Limits are widened where chance in the treated's own
        events is more than others show; ``covariance`` and the test are not. ``pre_trend.note`` says why there is no
        test, where there is none.

    Raises
    ------
    ValueError
        As ``one_treated``, and if ``at`` does not rise.

    Notes
    -----
    Effects rest on one base period: what was unusual in it is in all of them, and in the covariance. A unit that stood
    high in it falls back by itself; this is not allowed for (``one_treated`` does). That no trend is found before does
    not show that there is none: ``detectable_slope`` says what could have been seen, ``bias`` what it would add to the
    mean after.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4, 305-322; Conley and Taber (2011), Review of Economics and
    Statistics 93, 113-125. tests: fits with statsmodels, simulated ranks and slopes.

    Examples
    --------
    >>> year, unit = np.arange(6)[:, None], np.arange(40)[None, :]
    >>> events = 100 + 10 * ((3 * year + 7 * unit + year * unit) % 5)
    >>> events[4:, 0] = 50
    >>> found = one_treated_years(events, np.full((6, 40), 1000.0), 0, [True] * 4 + [False] * 2)
    >>> (found.effect_upper < 0).tolist()
    [False, False, False, True, True]
    """
    level, share = chances(confidence, power)
    data = count_panel(events, exposure, treated, pre)
    when = _times(at, data)
    base = int(np.flatnonzero(data.pre)[-1])
    kept = np.delete(np.arange(data.pre.size), base)
    apart, chance = _apart(data)
    change, noise = (apart - apart[base])[kept], (chance + chance[base])[kept]
    alike = np.zeros(data.events.shape[1])
    ranked = [
        ranked_change(*pair, data.treated, height=alike, confidence=level)
        for pair in zip(change, noise, strict=True)
    ]
    before = data.pre[kept]
    mean_noise = chance[base] + (chance[kept][~before]).mean(axis=0) / (~before).sum()
    after = ranked_change(
        change[~before].mean(axis=0), mean_noise, data.treated, height=alike, confidence=level
    )
    limits, mean_limits, few = _limits(
        data, base, ranked, noise[:, data.treated], after, mean_noise[data.treated]
    )
    score = np.array([one.score for one in ranked])
    spread = np.array([one.spread[data.treated] for one in ranked])
    others = score[:, data.others]
    likeness = others @ others.T / others.shape[1]
    return OneTreatedYears(
        estimate=after.estimate, lower=float(mean_limits[0]), upper=float(mean_limits[1]), confidence=level,
        method=METHOD.format(data.events.shape[1]), effects=np.array([one.estimate for one in ranked]),
        effect_lower=limits[0], effect_upper=limits[1],
        covariance=likeness * np.outer(spread, spread), is_before=before,
        pre_trend=_joint(score[before], spread[before], likeness[np.ix_(before, before)], data.treated,
                         (when - when[base])[kept], before, level, share),
        note=together_said(
            few, "" if np.isfinite(after.reach) else NO_END, one_before(data.pre), jumps(data.exposure)
        ),
    )  # fmt: skip


def _limits(
    data: CountPanel,
    base: int,
    ranked: list[RankedChange],
    noise: FloatArray,
    after: RankedChange,
    mean_noise: float,
) -> tuple[FloatArray, FloatArray, str]:
    """Limits of each period, rows lower and upper; those of the mean after; and what few events do to them."""
    own = data.events[:, data.treated]
    kept = np.delete(np.arange(own.size), base)
    late, chance = ~data.pre[kept], 1.0 / np.where(own == 0, HALF, own)
    seen = np.append(chance[kept] + chance[base], chance[base] + chance[kept][late].mean() / late.sum())
    every = [*ranked, after]
    spread = np.array([one.spread[data.treated] for one in every])
    times = wider(spread, np.append(noise, mean_noise), seen)
    middle = np.array([one.estimate for one in every])
    reach = np.array([one.reach for one in every]) * times
    none = np.append(own[kept] == 0, (own[kept][late] == 0).any())
    limits = np.array([np.where(none, -np.inf, middle - reach), middle + reach])
    if own[base] == 0:
        limits[1] = np.inf
    empty, few = np.flatnonzero(own == 0), kept[times[:-1] > 1.0]
    said = (
        NO_EVENT.format(periods_named(empty))
        if empty.size
        else FEW_EVENTS.format(periods_named(few))
        if few.size
        else ""
    )
    return limits[:, :-1], limits[:, -1], said


def _times(at: ArrayLike | None, data: CountPanel) -> FloatArray:
    when = np.arange(float(data.pre.size)) if at is None else numbers("at", at)
    if when.shape != data.pre.shape or np.any(np.diff(when) <= 0):
        raise ValueError(
            f"at has shape {when.shape}; give one time a period, {data.pre.shape}, each later than the last"
        )
    return when


def _apart(data: CountPanel) -> tuple[FloatArray, FloatArray]:
    """Log of each unit's rate over the others' level, and the variance that chance gives it, periods by units."""
    level = levels_without_each(data)
    due = level * data.exposure
    due *= data.events.sum(axis=0) / due.sum(axis=0)
    had = np.where(data.events == 0, HALF, data.events)
    return np.log(had / due), 1.0 / np.maximum(due, HALF)


def _joint(
    score: FloatArray,
    spread: FloatArray,
    likeness: FloatArray,
    treated: int,
    since: FloatArray,
    before: BoolArray,
    level: float,
    power: float,
) -> PreTrend:
    """Rank the treated's distance from no trend of its own among the others', and say what slope would have stood out."""
    leads, units = score.shape
    if not leads:
        return no_test(NO_TEST, power)
    if units - 1 < 2 * leads or np.linalg.cond(likeness) > 1e12:
        return no_test(SINGULAR, power)
    others = np.delete(score, treated, axis=1)
    many = others.shape[1]
    inverse = np.linalg.inv(likeness) / many
    own = float(score[:, treated] @ inverse @ score[:, treated]) * many / leads
    usual = np.sort(_without_itself(others, others, inverse) * (many - 1) / leads)
    limit = furthest_usual(usual, level)
    trend = (since[before] / spread)[:, None]

    def seen(slope: float) -> float:
        """Share of the others in which this slope, up or down, would stand out: the smaller of the two."""
        ways = [_without_itself(others + way * slope * trend, others, inverse) for way in (1.0, -1.0)]
        return min(float((way * (many - 1) / leads > limit).mean()) for way in ways)

    slope = _smallest(seen, power)
    return PreTrend(
        statistic=own, numerator_freedom=float(leads), denominator_freedom=float(units - 1),
        p_value=(int(np.count_nonzero(usual >= own)) + 1) / units, power=power, detectable_slope=slope,
        bias=slope * float(since[~before].mean()), note="",
    )  # fmt: skip


def _without_itself(moved: FloatArray, own: FloatArray, inverse: FloatArray) -> FloatArray:
    """Squared distance of each column of ``moved``, by how the others vary without the unit's own column.

    ``inverse`` is that of the sum of squares of all; a unit that is among them would seem nearer than one that is not.
    """
    far = np.einsum("tj,ts,sj->j", moved, inverse, moved)
    along, within = (np.einsum("tj,ts,sj->j", one, inverse, own) for one in (moved, own))
    return np.asarray(far + along**2 / (1.0 - within))


def _smallest(seen: Callable[[float], float], power: float) -> float:
    """The smallest slope that is seen with this chance; ``inf`` where none is."""
    low, high = 0.0, 1e-3
    while seen(high) < power:
        low, high = high, 2.0 * high
        if high > MOST_SLOPE:
            return float("inf")
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if seen(middle) >= power else (middle, high)
    return high
