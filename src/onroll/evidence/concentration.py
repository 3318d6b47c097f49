"""How few pupils, and how few schools, make half of all suspensions of a year."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from onroll.counts.repeats import TIMES
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import finding
from onroll.framework import Indicator
from onroll.statistics import concentration
from onroll.vocabulary import DESCRIPTION, DESCRIPTIVE, TOTAL, YEAR
from onroll.vocabulary.records import MADE_BY, MAKING_HALF, MOST_SUSPENDED, SCHOOL

PUPILS, SCHOOLS = "suspensions_concentrated", "suspensions_concentrated_in_schools"
HALF = 0.5
TOPS = tuple(tenths / 10 for tenths in range(1, 10))
"""Shares of pupils, those suspended most often first, of which it is told what share of suspensions they had."""
FEWEST = 10
"""With fewer suspended pupils a share of them says nothing."""
TOO_FEW = "cannot be computed: too few pupils were suspended"
ALL_COUNTED = "all schools are counted, so there is no interval"


def concentration_rows(study: RecordsStudy, question: Question) -> Iterator[dict[str, Any]]:
    """The fewest pupils and schools that make half, and the curve between; nothing for a term."""
    if study.term:
        return
    cells = study.cells[
        (study.cells["time_period"] == question.year) & (study.cells["time_identifier"] == YEAR)
    ]
    declared = study.indicators
    if PUPILS in declared:
        yield from _of_pupils(cells[cells["indicator"] == TIMES], declared[PUPILS], study, question)
    if SCHOOLS in declared:
        yield from _of_schools(cells, declared[SCHOOLS], study, question)


def _of_pupils(
    cells: pd.DataFrame, declared: Indicator, study: RecordsStudy, question: Question
) -> Iterator[dict[str, Any]]:
    if cells.empty:
        return
    times, pupils = _in_order(cells["breakdown"].astype(int), cells["numerator"])
    said, many = _said(declared, study, question), float(pupils.sum())
    if many < FEWEST:
        yield finding(**said, breakdown_topic=TOTAL, breakdown=TOTAL, statistic=MAKING_HALF, note=TOO_FEW)
        return
    level = {"times": times, "confidence": question.confidence}
    half = concentration.pupils_making(pupils, HALF, **level)
    yield _row(half, MAKING_HALF, math.ceil(float(np.asarray(half.estimate)) * many), many,
               {**said, "breakdown_topic": TOTAL, "breakdown": TOTAL}, declared)  # fmt: skip
    for top in TOPS:
        about = {**said, "breakdown_topic": MOST_SUSPENDED, "breakdown": f"{top:.0%}"}
        yield _row(
            concentration.events_made(pupils, top, **level), MADE_BY, round(top * many), many, about, declared
        )


def _row(
    found: concentration.Concentration, statistic: str, pupils: float, many: float, said: Mapping[str, Any],
    declared: Indicator,
) -> dict[str, Any]:  # fmt: skip
    estimate, lower, upper = (
        declared.per * float(np.asarray(end)) for end in (found.estimate, found.lower, found.upper)
    )
    return finding(
        **said, statistic=statistic, estimate=estimate, lower=lower, upper=upper, confidence=found.confidence,
        method=f"Lorenz curve; {found.method}", numerator=float(pupils), denominator=many, note=str(found.note),
    )  # fmt: skip


def _of_schools(
    cells: pd.DataFrame, declared: Indicator, study: RecordsStudy, question: Question
) -> Iterator[dict[str, Any]]:
    schools = cells[
        (cells["indicator"] == "register_suspension_rate") & (cells["geographic_level"] == SCHOOL)
        & (cells["breakdown_topic"] == TOTAL) & (cells["education_phase"] != TOTAL) & (cells["numerator"] > 0)
    ]  # fmt: skip
    if schools.empty:
        return
    each = schools.groupby("area_code")["numerator"].sum()
    times, many = _in_order(each, pd.Series(1, index=each.index))
    found = concentration.pupils_making(many, HALF, times=times, confidence=question.confidence)
    share, number = float(np.asarray(found.estimate)), float(many.sum())
    yield finding(
        **_said(declared, study, question), breakdown_topic=TOTAL, breakdown=TOTAL, statistic=MAKING_HALF,
        estimate=declared.per * share, method="Lorenz curve", numerator=float(math.ceil(share * number)),
        denominator=number, note=ALL_COUNTED,
    )  # fmt: skip


def _in_order(times: pd.Series[Any], counts: pd.Series[Any]) -> tuple[Any, Any]:
    """How many had each number of suspensions, from the fewest up."""
    sums = counts.astype(float).groupby(times.to_numpy()).sum().sort_index()
    return sums.index.to_numpy(dtype=float), sums.to_numpy()


def _said(declared: Indicator, study: RecordsStudy, question: Question) -> dict[str, Any]:
    return {
        "indicator": declared.id, "objective": declared.objective,
        "time_period": question.year, "geographic_level": "Local authority", "area": question.area,
        "design": DESCRIPTION, "strength": DESCRIPTIVE, "source": study.source(declared.table),
    }  # fmt: skip
