"""A rule for disproportionality: a group's risk ratio above a threshold for years on end, as a declared rule has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics import _rule_years as years_of
from onroll.statistics._exact_ratios import exceeds
from onroll.statistics._inputs import (
    FloatArray,
    StrArray,
    choice,
    counts,
    of_kind,
    open_share,
    refuse,
    together,
)
from onroll.statistics._rule_years import Rule
from onroll.statistics.relative_risk import METHODS as INTERVALS
from onroll.statistics.relative_risk import relative_risk

__all__ = ["COMPARED", "FINDINGS", "IDEA", "OUTCOMES", "Rule", "RuleFindings", "apply_rule"]

IDEA = Rule(threshold="3", min_events=10, min_total=30, years=3, progress="0.05", alternate=True)
"""34 CFR 300.647 with its largest presumptively reasonable minima; threshold and progress are a State's to set."""
NOT_ABOVE, ABOVE, FEW_EVENTS, FEW_TOTAL, NO_COMPARISON = range(5)
OUTCOMES: Mapping[int, str] = MappingProxyType(
    {
        NOT_ABOVE: "not above",
        ABOVE: "above",
        FEW_EVENTS: "too few events in the group",
        FEW_TOTAL: "too few in the group",
        NO_COMPARISON: "no comparison possible",
    }
)
"""What the codes of ``outcome`` say, a year."""
WITH_NONE, WITH_AREA, WITH_WIDER = range(3)
COMPARED: Mapping[int, str] = MappingProxyType(
    {
        WITH_NONE: "not compared",
        WITH_AREA: "compared with all others in the area",
        WITH_WIDER: "compared with the wider area",
    }
)
"""What the codes of ``compared`` say."""
FINDINGS = years_of.FINDINGS
"""What the codes of ``finding`` say, the years up to this one taken together."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleFindings:
    """What the rule finds, a group and a year; the last axis is years.

    Attributes
    ----------
    estimate, lower, upper : ndarray
        The ratio that was compared, with its interval: the rule looks at the ratio alone. NaN, 0 and
        ``inf`` where none was compared.
    confidence : float
        Coverage asked of the interval.
    method : ndarray of str
        What it was compared with, in words.
    outcome, compared, finding : ndarray of int8
        Codes of ``OUTCOMES``, ``COMPARED`` and ``FINDINGS``.
    progress : ndarray of int8
        1 where the ratio is down from the year before as far as the rule asks, 0 where it is not, -1
        where that cannot be said.
    reference_events, reference_total : ndarray
        The counts of those it was compared with; 0 where none.
    rule : Rule
        The rule.
    note : ndarray of str
        The outcome in words.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: StrArray
    outcome: NDArray[np.int8]
    compared: NDArray[np.int8]
    finding: NDArray[np.int8]
    progress: NDArray[np.int8]
    reference_events: FloatArray
    reference_total: FloatArray
    rule: Rule
    note: StrArray


def apply_rule(
    rule: Rule,
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    wider_events: ArrayLike | None = None,
    wider_total: ArrayLike | None = None,
    confidence: float = 0.95,
    interval: str = "mover",
) -> RuleFindings:
    """Apply a declared rule to groups over years: is the risk ratio above the threshold, and for how long?

    The group's risk is put over that of all others in the area, or, where those are too few, over that of
    all others in the wider area. Comparing is by whole numbers: a ratio equal to the threshold is not above.

    Parameters
    ----------
    rule : Rule
        Threshold, minima, years, progress, and whether the wider area may stand in.
    events, total : array_like, shape (..., years)
        The group's pupils with an event (each once), and the group's pupils: whole numbers. Years in order.
    reference_events, reference_total : array_like, shape (..., years)
        All others in the area. No pupil is in both.
    wider_events, wider_total : array_like, optional
        All others in the wider area.
    confidence : float, default 0.95
        Coverage of the interval.
    interval : str, default "mover"
        As ``method`` of ``relative_risk``.

    Returns
    -------
    RuleFindings
        A year with too few breaks the row of years: the rule then does not find.

    Raises
    ------
    ValueError
        If a count is not whole, events are above their total, only one of the two wider counts is given,
        or there is no axis of years.

    Notes
    -----
    A rule is a convention, not a test: small groups pass it by chance, which the interval shows. Each pupil is
    counted once; for repeat events take ``rate_ratio``.

    References
    ----------
    US Department of Education, 34 CFR 300.647 (81 FR 92376, 2016): (a) definitions, (b) thresholds and
    minima, (b)(5) alternate risk ratio, (d) years and progress. data/validation/P07_idea_rule: cases worked
    by hand from the regulation.

    Examples
    --------
    >>> rule = Rule(threshold="2", min_events=10, min_total=30, years=3, progress=None, alternate=True)
    >>> found = apply_rule(rule, [24, 25, 26], 160, reference_events=[90, 90, 91], reference_total=1500)
    >>> found.estimate
    array([2.5       , 2.604..., 2.678...])
    >>> FINDINGS[int(found.finding[-1])]
    'above in every year of the row'
    """
    of_kind("rule", rule, Rule, "a Rule, such as IDEA or Rule(threshold='2.5')")
    table = _table(events, total, reference_events, reference_total, wider_events, wider_total)
    x, n, near_x, near_n, far_x, far_n = table
    level, used = open_share("confidence", confidence), choice("interval", interval, INTERVALS)
    outcome, compared = _compared(rule, table)
    area, wide = compared == WITH_AREA, compared == WITH_WIDER
    x0, n0 = np.select([area, wide], [near_x, far_x]), np.select([area, wide], [near_n, far_n])
    told = compared != WITH_NONE
    outcome[told] = exceeds(x[told], n[told], x0[told], n0[told], rule.above)
    progress = years_of.progress(rule, (x, n, x0, n0), told)
    estimate, lower, upper = _ratios((x, n, x0, n0), told, level, used)
    return RuleFindings(
        estimate=estimate,
        lower=lower,
        upper=upper,
        confidence=level,
        method=np.array(list(COMPARED.values()))[compared],
        outcome=outcome,
        compared=compared,
        finding=years_of.findings(rule, outcome == ABOVE, told, progress),
        progress=progress,
        reference_events=x0,
        reference_total=n0,
        rule=rule,
        note=np.array(list(OUTCOMES.values()))[outcome],
    )


def _table(
    events: ArrayLike,
    total: ArrayLike,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    wider_events: ArrayLike | None,
    wider_total: ArrayLike | None,
) -> list[FloatArray]:
    """Six counts of one shape; the wider area's are 0 where none were given."""
    if (wider_events is None) != (wider_total is None):
        raise ValueError("wider_events and wider_total go together: give both or neither")
    pairs = {
        "events": (events, total),
        "reference_events": (reference_events, reference_total),
        "wider_events": (
            0 if wider_events is None else wider_events,
            0 if wider_total is None else wider_total,
        ),
    }
    named = {}
    for name, (some, every) in pairs.items():
        named[name] = counts(name, some)
        named[name.replace("events", "total")] = counts(name.replace("events", "total"), every)
    table = together(named)
    if table[0].ndim == 0:
        raise ValueError(
            "events is one number; give a row of years, the last axis, even if it is of one year"
        )
    for name, some, every in zip(pairs, table[::2], table[1::2], strict=True):
        refuse(name, some, some > every, "events cannot pass the total: count each pupil once")
    return table


def _compared(rule: Rule, table: list[FloatArray]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Whom the group can be compared with, and why with none."""
    x, n, near_x, near_n, far_x, far_n = table
    small = np.select([x < rule.min_events, n < max(rule.min_total, 1)], [FEW_EVENTS, FEW_TOTAL], 0)
    area, wide = (
        (a >= rule.min_events) & (b >= max(rule.min_total, 1)) & ((a > 0) | (x > 0))
        for a, b in ((near_x, near_n), (far_x, far_n))
    )
    wide &= rule.alternate
    compared = np.select([small > 0, area, wide], [WITH_NONE, WITH_AREA, WITH_WIDER], WITH_NONE)
    outcome = np.where((small == 0) & (compared == WITH_NONE), NO_COMPARISON, small)
    return outcome.astype(np.int8), compared.astype(np.int8)


def _ratios(
    counted: tuple[FloatArray, ...], told: NDArray[np.bool_], confidence: float, interval: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Relative risks with intervals where there was a comparison."""
    lines = [np.full(told.shape, fill) for fill in (np.nan, 0.0, np.inf)]
    if told.any():
        x, n, x0, n0 = (array[told] for array in counted)
        found = relative_risk(
            x, n, reference_events=x0, reference_total=n0, confidence=confidence, method=interval
        )
        for line, figures in zip(lines, (found.estimate, found.lower, found.upper), strict=True):
            line[told] = figures
    return lines[0], lines[1], lines[2]
