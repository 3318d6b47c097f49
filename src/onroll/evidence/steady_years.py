"""Published years of the authority: each measure against its years before the strategy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from onroll.evidence.among_authorities import OBJECTIVE, WATCHED
from onroll.evidence.question import Question
from onroll.evidence.steady import Series, chart_rows, frequent
from onroll.evidence.table import finding
from onroll.statistics import false_alarms
from onroll.vocabulary import (
    BEFORE_AFTER,
    MEASURES,
    TOTAL,
    WEAK,
    Measure,
    academic_year,
    previous,
)
from onroll.vocabulary.records import (
    CHART_LEVEL,
    FALSE_ALARMS,
    TERMS_BEFORE,
    YEARS_BEFORE,
)

FEWEST_YEARS = 8
BY_SEN_ONLY = (
    "cannot be computed: published figures by term are rates by SEN provision without counts and begin in 2019/20, so there "
    "is no term before the pandemic and the strategy to judge by"
)


def year_rows(own: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    """The authority's published years: each measure against its years before the strategy.

    Parameters
    ----------
    own : DataFrame
        The authority's annual cells, as ``counts.published`` makes them.
    question : Question
        The baseline's last year, the pandemic years, the plan of consistency.
    """
    plan = question.consistency
    if plan is None:
        return
    total = own[(own["education_phase"] == TOTAL) & (own["time_period"] <= question.year)]
    every = {measure: _years(total, measure, question) for measure in MEASURES.values()}
    due = {measure: series for measure, series in every.items() if series is not None}
    for measure in MEASURES.values():
        said = _said(measure, question, total)
        series = due.get(measure)
        if series is None or series.baseline < FEWEST_YEARS or not series.watched.any():
            yield finding(**said, statistic=CHART_LEVEL, note=_no_years(series, question))
            continue
        points = int(series.watched.sum())
        share = plan.false_alarms.published / WATCHED
        budget = false_alarms.alarm_budget(1, points, budget=share, rules=("beyond",))
        yield from chart_rows(
            frequent(series, budget, measure.per, is_share=measure.is_proportion),
            series,
            said,
            TOTAL,
            budget,
        )
    said = _said(MEASURES["suspension_rate"], question, total)
    yield finding(
        **said, statistic=FALSE_ALARMS, estimate=plan.false_alarms.published, denominator=float(WATCHED),
        method="false alarms expected, at most", note="a funnel of authorities and a chart of years for each measure",
    )  # fmt: skip
    yield finding(**said | {"comparator": TERMS_BEFORE}, statistic=CHART_LEVEL, note=BY_SEN_ONLY)


def _said(measure: Measure, question: Question, own: pd.DataFrame) -> dict[str, Any]:
    return {
        "indicator": measure.id, "objective": OBJECTIVE, "time_period": question.year,
        "geographic_level": "Local authority", "area": question.area, "breakdown_topic": TOTAL, "breakdown": TOTAL,
        "comparator": YEARS_BEFORE, "design": BEFORE_AFTER, "strength": WEAK,
        "source": str(own["source"].iloc[-1]) if len(own) else "",
    }  # fmt: skip


def _years(total: pd.DataFrame, measure: Measure, question: Question) -> Series | None:
    """The years on end up to the year evaluated that have whole counts."""
    events = total[measure.numerator]
    known = total[(events % 1 == 0) & (total["pupils"] > 0)].sort_values("time_period")
    years = _on_end(list(known["time_period"].astype("str")))
    known = known[known["time_period"].isin(years)]
    if not len(known):
        return None
    baseline = sum(year <= question.baseline[-1] and year not in question.pandemic for year in years)
    return Series(
        tuple((year, "") for year in years), known[measure.numerator].to_numpy(dtype=float),
        known["pupils"].to_numpy(dtype=float), baseline, question.pandemic,
    )  # fmt: skip


def _on_end(years: Sequence[str]) -> list[str]:
    """The last years that follow each other."""
    kept = list(years[-1:])
    for year in reversed(years[:-1]):
        if year != previous(kept[0]):
            break
        kept.insert(0, year)
    return kept


def _no_years(series: Series | None, question: Question) -> str:
    if series is not None and series.baseline >= FEWEST_YEARS:
        return "cannot be computed: no year after the baseline and outside the pandemic"
    until = academic_year(question.baseline[-1])
    return f"cannot be computed: fewer than {FEWEST_YEARS} whole years on end up to {until} to judge by"
