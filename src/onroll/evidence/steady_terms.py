"""Own records term by term: is what schools do steady, and what lies outside since the strategy began?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.steady import PHASE, Series, chart_rows, frequent, rare, shift_of
from onroll.evidence.table import finding
from onroll.statistics import false_alarms
from onroll.vocabulary import (
    BEFORE_AFTER,
    PHASES,
    TERMS,
    TOTAL,
    WEAK,
    academic_year,
)
from onroll.vocabulary.records import (
    CHART_LEVEL,
    FALSE_ALARMS,
    SCHOOL,
    TERMS_BEFORE,
    YEARS_BEFORE,
)

SUSPENSIONS, PERMANENT = "register_suspension_rate", "register_permanent_exclusion_rate"
FEW_EVENTS = 5
"""With fewer events a term on average no limits can be made of how they scatter."""
NO_BETWEEN = (
    "cannot be computed: time, or pupils, between one permanent exclusion and the next need each one's date, and terms are "
    "what is counted; they are charted by term instead"
)


def term_rows(study: RecordsStudy, question: Question) -> Iterator[dict[str, Any]]:
    """Suspensions by term for the authority and its phases, permanent exclusions for the authority.

    Parameters
    ----------
    study : RecordsStudy
        Cells of the register by term.
    question : Question
        The baseline, the pandemic years, the plan of consistency.
    """
    plan = question.consistency
    if plan is None:
        return
    asked = [(SUSPENSIONS, phase) for phase in (TOTAL, *PHASES[:3])] + [(PERMANENT, TOTAL)]
    found = {
        key: (_terms(study.cells, *key, question), _said_of(study, *key, question))
        for key in asked
        if key[0] in study.indicators
    }
    there = {
        key: (series, said)
        for key, (series, said) in found.items()
        if series is not None and len(series.times)
    }
    due = {key: series for key, (series, _) in there.items() if not _why_not(series, question)}
    for key, (series, said) in there.items():
        if key not in due:
            yield finding(**said, statistic=CHART_LEVEL, note=_why_not(series, question))
    if not due:
        return
    points = max(int(one.watched.sum()) for one in due.values())
    budget = false_alarms.alarm_budget(
        len(due), points, budget=plan.false_alarms.terms, rules=tuple(plan.rules)
    )
    first = there[next(iter(due))][1]
    yield _alarms(first, budget, f"{len(due)} charts by term, {points} terms watched in each")
    for key, series in due.items():
        declared, said = study.indicators[key[0]], there[key][1]
        draw = rare if key[0] == PERMANENT else frequent
        yield from chart_rows(
            draw(series, budget, declared.per, is_share=False), series, said, key[1], budget
        )
    if (PERMANENT, TOTAL) in there:
        yield finding(
            **there[PERMANENT, TOTAL][1] | {"comparator": YEARS_BEFORE},
            statistic=CHART_LEVEL,
            note=NO_BETWEEN,
        )


def _said_of(study: RecordsStudy, indicator: str, phase: str, question: Question) -> dict[str, Any]:
    declared = study.indicators[indicator]
    return {
        "indicator": indicator, "objective": declared.objective,
        "time_period": question.year, "geographic_level": "Local authority", "area": question.area,
        "breakdown_topic": TOTAL if phase == TOTAL else PHASE, "breakdown": phase, "comparator": TERMS_BEFORE,
        "design": BEFORE_AFTER, "strength": WEAK, "source": study.source(declared.table),
    }  # fmt: skip


def _terms(cells: pd.DataFrame, indicator: str, phase: str, question: Question) -> Series | None:
    """The terms from the baseline's first on; none of the baseline if one of its terms is not there."""
    own = cells[
        (cells["indicator"] == indicator) & (cells["geographic_level"] != SCHOOL) & (cells["breakdown_topic"] == TOTAL)
        & (cells["education_phase"] == phase) & cells["time_identifier"].isin(TERMS)
        & (cells["time_period"] >= question.baseline[0]) & (cells["time_period"] <= question.year)
        & (cells["denominator"] > 0)
    ]  # fmt: skip
    if own.empty:
        return None
    own = own.sort_values(["time_period", "time_identifier"])
    times = tuple(zip(own["time_period"].astype("str"), own["time_identifier"].astype("str"), strict=True))
    wanted = [(year, term) for year in question.baseline for term in TERMS]
    is_whole = list(times[: len(wanted)]) == wanted and own["numerator"].iloc[: len(wanted)].sum() > 0
    return Series(
        times, own["numerator"].to_numpy(dtype=float), own["denominator"].to_numpy(dtype=float),
        len(wanted) if is_whole else 0, question.pandemic,
    )  # fmt: skip


def _why_not(series: Series, question: Question) -> str:
    """Why a series cannot be charted; empty when it can."""
    spans = f"{academic_year(question.baseline[0])} to {academic_year(question.baseline[-1])}"
    if not series.baseline:
        return f"cannot be computed: not every term of the baseline, {spans}, is there, or nothing happened in it"
    if series.events[: series.baseline].mean() < FEW_EVENTS:
        return f"cannot be computed: fewer than {FEW_EVENTS} a term in the baseline, {spans}"
    if not series.watched.any():
        return f"cannot be computed: no term after the baseline, {spans}, and outside the pandemic"
    return ""


def _alarms(said: Mapping[str, Any], budget: false_alarms.AlarmBudget, words: str) -> dict[str, Any]:
    rules = [f"runs of {shift_of(budget)} on one side"] if budget.shift else []
    rules += [f"runs of {budget.trend} one way"] if budget.trend else []
    return finding(
        **said, statistic=FALSE_ALARMS, estimate=min(budget.alarms, budget.budget), confidence=budget.confidence,
        denominator=float(budget.charts), method="false alarms expected at a known level, at most",
        note="; ".join([words, "points beyond the limits", *rules]),
    )  # fmt: skip
