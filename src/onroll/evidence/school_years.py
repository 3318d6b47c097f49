"""Schools that signed the Charter, by years before and since: what the years before say, and what would explain a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.school_panel import SchoolPanel
from onroll.evidence.table import finding
from onroll.statistics.honest_bounds import breakdown
from onroll.statistics.staggered import CellAverages, Staggered, staggered_adoption
from onroll.statistics.trend_before import TrendBefore, trend_before
from onroll.vocabulary.records import CHARTER_BEFORE, CHARTER_BY_YEAR, CHARTER_DEPARTURE, CHARTER_TREND

MANY = 40
"""Schools for limits that rest on many of them."""
FEW = "cannot be computed: {} schools, too few for a joint test of several years"
NOTHING = "not asked: there is nothing that would have to be explained"


def by_years(panel: SchoolPanel, question: Question) -> Staggered:
    """The change by years since signing, every year set against the last before."""
    return staggered_adoption(
        panel.rates.ravel(), panel.repeated(np.arange(panel.rates.shape[0])),
        np.tile(np.arange(1, len(panel.years) + 1), panel.rates.shape[0]),
        panel.repeated(panel.first[panel.had_not_signed] + 1), base="universal", confidence=question.confidence,
    )  # fmt: skip


def trend_of(panel: SchoolPanel, question: Question) -> TrendBefore:
    """The joint test of the years before, and the trend it would have found."""
    return _trend(by_years(panel, question), question)


def _trend(found: Staggered, question: Question) -> TrendBefore:
    since, known = found.since_treatment, _known(found.since_treatment)
    return trend_before(
        since.effects[known], since.covariance[np.ix_(known, known)], since.at[known], found.units,
        confidence=question.confidence, power=question.power,
    )  # fmt: skip


def _known(since: CellAverages) -> np.ndarray[Any, Any]:
    """Years with an effect and an error: all but the last before, against which they are set."""
    return np.flatnonzero(np.isfinite(since.effects) & (since.effect_errors > 0))


def year_rows(
    panel: SchoolPanel, said: Mapping[str, Any], question: Question, *, stands_out: bool
) -> Iterator[dict[str, Any]]:
    """A row a year, and, where schools are many, the joint test, the trend it would have seen, the breakdown value."""
    found = by_years(panel, question)
    since, are_many = found.since_treatment, panel.schools >= MANY
    for place in np.flatnonzero(np.isfinite(since.effects)):
        limits = {
            "lower": float(since.effect_lower[place]), "upper": float(since.effect_upper[place]),
            "confidence": question.confidence,
        } if are_many and since.effect_errors[place] > 0 else {}  # fmt: skip
        yield finding(
            **said, **limits, statistic=CHARTER_BY_YEAR, estimate=float(since.effects[place]), method=found.method,
            note=f"{int(since.at[place]):+d} years",
        )  # fmt: skip
    if not are_many:
        yield finding(**said, statistic=CHARTER_BEFORE, note=FEW.format(panel.schools))
        return
    yield from _before(_trend(found, question), said, question)
    if stands_out:
        yield _departure(found, said, question)
    else:
        yield finding(**said, statistic=CHARTER_DEPARTURE, note=NOTHING)


def _before(trend: TrendBefore, said: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    if trend.note:
        yield finding(**said, statistic=CHARTER_BEFORE, note=f"cannot be computed: {trend.note}")
        return
    yield finding(**said, statistic=CHARTER_BEFORE, estimate=trend.p_value, method=trend.method)
    yield finding(
        **said, statistic=CHARTER_TREND, estimate=trend.detectable,
        method="smallest straight trend that the joint test finds",
        note=f"a year; found in {question.power:.0%} of studies; gone on, it would add {trend.bias:.2f} to the change",
    )  # fmt: skip


def _departure(found: Staggered, said: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """How many times the largest change between years before schools would have had to move apart by themselves."""
    since, known = found.since_treatment, _known(found.since_treatment)
    before = int(np.count_nonzero(since.at[known] < 0))
    try:
        times = breakdown(
            since.effects[known],
            since.covariance[np.ix_(known, known)],
            before,
            confidence=question.confidence,
        )
    except ValueError as wrong:
        return finding(**said, statistic=CHARTER_DEPARTURE, note=f"cannot be computed: {wrong}")
    return finding(
        **said, statistic=CHARTER_DEPARTURE, estimate=times,
        method="breakdown value, relative magnitude, of the mean over years since signing (Rambachan and Roth)",
    )  # fmt: skip
