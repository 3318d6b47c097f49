"""Where the authority stands among all authorities of England: published figures of one year, as a funnel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.funnels import WORDS, beyond, number_at, outside_row, overdispersion_rows, widened
from onroll.evidence.question import Question
from onroll.evidence.table import finding
from onroll.framework.plan import Consistency
from onroll.statistics import funnel
from onroll.vocabulary import CROSS_SECTION, MEASURES, OTHER_AUTHORITIES, TOTAL, WEAK, Measure
from onroll.vocabulary.records import OUTSIDE, PLACE

OBJECTIVE = "P7.1"
WATCHED = 2 * len(MEASURES)
"""Published series that share their part of the budget: a funnel and a chart of years for each measure."""


def authority_rows(cells: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    """Every authority of England in the year evaluated, in three measures, against all of them together."""
    plan = question.consistency
    own = cells[(cells["time_period"] == question.year) & (cells["education_phase"] == TOTAL)]
    if plan is None or question.area_code not in set(own["area_code"]):
        return
    share = plan.false_alarms.published / WATCHED
    for measure in MEASURES.values():
        events = own[measure.numerator]
        known = own[(events % 1 == 0) & (own["pupils"] > 0)].sort_values("area_code")
        if len(known) >= plan.least_schools and known[measure.numerator].sum() > 0:
            yield from _measured(known, measure, question, plan, 1.0 - share)


def _measured(
    known: pd.DataFrame, measure: Measure, question: Question, plan: Consistency, sure: float
) -> Iterator[dict[str, Any]]:
    draw, scale = (
        (funnel.proportion_funnel, "arcsine")
        if measure.is_proportion
        else (funnel.rate_funnel, "square root")
    )
    events, pupils = known[measure.numerator].to_numpy(), known["pupils"].to_numpy()
    found = widened(
        draw(
            events, pupils, per=measure.per, method=scale, spread="additive", outer=plan.outermost,
            share=plan.outermost_share, confidence=sure, outer_confidence=beyond(sure),
        ),
        draw(events, pupils, per=measure.per, confidence=sure, outer_confidence=beyond(sure)),
    )  # fmt: skip
    said = {
        "indicator": measure.id, "objective": "", "time_period": question.year, "breakdown_topic": TOTAL,
        "breakdown": TOTAL, "comparator": OTHER_AUTHORITIES, "design": CROSS_SECTION, "strength": WEAK,
    }  # fmt: skip
    rows: Any = known.itertuples(index=False)
    for at, cell in enumerate(rows):
        yield finding(
            **{**said, "objective": OBJECTIVE if cell.area_code == question.area_code else ""},
            geographic_level="Local authority", area=cell.area, statistic=PLACE, estimate=number_at(found.estimate, at),
            lower=number_at(found.lower, at), upper=number_at(found.upper, at), confidence=sure,
            method=f"limits of chance and the usual differences: exact, widened on a scale ({scale}, {plan.outermost})",
            numerator=float(getattr(cell, measure.numerator)), denominator=float(cell.pupils), source=cell.source,
            note=WORDS[int(np.sign(number_at(found.position, at)))],
        )  # fmt: skip
    whole = {**said, "geographic_level": "National", "area": "England", "source": known["source"].iloc[0]}
    yield outside_row(whole, OUTSIDE, found)
    yield from overdispersion_rows(whole, found)
