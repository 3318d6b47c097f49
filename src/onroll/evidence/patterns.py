"""For whom: each group's rate and its ratio to a named reference group, SEN provision and ethnicity.

A ratio says what schools did to one group of pupils against another. It does not say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides, method_words, ratio_of, ratio_word
from onroll.evidence.table import finding
from onroll.statistics import proportions, rates
from onroll.vocabulary import (
    CROSS_SECTION,
    DESCRIPTION,
    DESCRIPTIVE,
    MEASURES,
    RATE,
    REFERENCE_GROUP,
    SEN_BY_TERM,
    WEAK,
    Measure,
)

OBJECTIVE = "P5.2"
ESTIMATED_ROLL = (
    "the DfE prints the rate only: pupils are estimated from the January roll and the published share with "
    "this provision, events from the rate; the interval rests on both"
)
NO_ROLL = "the DfE prints the rate only, and no share of pupils was published for this year: no interval can be given"


def sen_rows(cells: pd.DataFrame, question: Question, scale: float) -> Iterator[dict[str, Any]]:
    """Rate and ratio of each SEN provision in each term up to the year evaluated.

    ``scale`` turns suspensions per suspended pupil into the dispersion of suspensions (see
    ``counts.published.repeat_dispersion``).
    """
    cells = cells[cells["time_period"] <= question.year]
    for (year, term), group in cells.groupby(["time_period", "time_identifier"], sort=True):
        rows = [cell for _, cell in group.sort_values("breakdown").iterrows()]
        reference = _reference(rows, question.reference_groups["sen_provision"])
        for measure in MEASURES.values():
            for cell in rows:
                said = _said(
                    f"{measure.id}_by_sen",
                    str(year),
                    SEN_BY_TERM,
                    f"{cell['breakdown']}, {term}",
                    question,
                    cell,
                )
                yield _sen_level(cell, measure, question, scale, said)
                if reference is not None and cell["breakdown"] != reference["breakdown"]:
                    wide = _repeats(cell, scale) if measure.repeats else 1.0
                    yield _ratio(cell, reference, measure, question, wide, said, ESTIMATED_ROLL)


def ethnicity_rows(cells: pd.DataFrame, question: Question, repeats: float) -> Iterator[dict[str, Any]]:
    """Rate and ratio of each major ethnic group in each published year up to the one evaluated."""
    measures = [MEASURES["suspension_rate"], MEASURES["permanent_exclusion_rate"]]
    for year, group in cells[cells["time_period"] <= question.year].groupby("time_period", sort=True):
        rows = [cell for _, cell in group.sort_values("breakdown").iterrows() if cell["breakdown"] != "Total"]
        reference = _reference(rows, question.reference_groups["ethnicity_major"])
        for measure in measures:
            wide = repeats if measure.repeats else 1.0
            for cell in rows:
                said = _said(
                    f"{measure.id}_by_ethnicity",
                    str(year),
                    "ethnicity_major",
                    cell["breakdown"],
                    question,
                    cell,
                )
                yield _level(cell, measure, question, wide, said, "")
                if reference is not None and cell["breakdown"] != reference["breakdown"]:
                    yield _ratio(cell, reference, measure, question, wide, said, "")


def _reference(rows: list[pd.Series[Any]], group: str) -> pd.Series[Any] | None:
    """The reference group's cell; None where it was not given, and then there is no ratio."""
    return next((cell for cell in rows if cell["breakdown"] == group), None)


def _repeats(cell: pd.Series[Any], scale: float) -> float:
    """Dispersion of suspensions from how many each suspended pupil had; 1 when nobody was suspended."""
    pupils = cell["suspended_pupil_rate"]
    return max(1.0, scale * cell["suspension_rate"] / pupils) if pupils > 0 else 1.0


def _sen_level(
    cell: pd.Series[Any], measure: Measure, question: Question, scale: float, said: dict[str, Any]
) -> dict[str, Any]:
    estimate = cell[measure.id] * measure.per / 100
    if pd.isna(cell["pupils"]):
        return finding(
            **said, statistic=RATE, estimate=estimate, design=DESCRIPTION, strength=DESCRIPTIVE, note=NO_ROLL
        )
    wide = _repeats(cell, scale) if measure.repeats else 1.0
    return {**_level(cell, measure, question, wide, said, ESTIMATED_ROLL), "estimate": estimate}


def _level(
    cell: pd.Series[Any], measure: Measure, question: Question, wide: float, said: dict[str, Any], note: str
) -> dict[str, Any]:
    events, pupils, per = cell[measure.numerator], cell["pupils"], measure.per
    result: rates.Rate | proportions.Proportion
    if measure.is_proportion:
        result = proportions.proportion(events, round(pupils), per=per, confidence=question.confidence)
    else:
        result = rates.rate(events, pupils, per=per, confidence=question.confidence, dispersion=wide)
    method = {"byar": "Byar", "exact": "exact Poisson", "wilson": "Wilson"}[str(result.method)]
    return finding(
        **said, statistic=RATE, estimate=result.estimate, lower=result.lower, upper=result.upper,
        confidence=question.confidence, method=_widened(method, wide), numerator=events, denominator=round(pupils),
        design=DESCRIPTION, strength=DESCRIPTIVE, note=note,
    )  # fmt: skip


def _ratio(
    cell: pd.Series[Any], reference: pd.Series[Any], measure: Measure, question: Question, wide: float,
    said: dict[str, Any], note: str,
) -> dict[str, Any]:  # fmt: skip
    sides = Sides(cell[measure.numerator], cell["pupils"], reference[measure.numerator], reference["pupils"])
    said = {
        **said, "statistic": ratio_word(measure), "comparator": REFERENCE_GROUP + reference["breakdown"],
        "design": CROSS_SECTION, "strength": WEAK,
    }  # fmt: skip
    if sides.why_not:
        return finding(**said, note=sides.why_not)
    result = ratio_of(sides, wide=wide, confidence=question.confidence)
    return finding(
        **said, estimate=result.estimate, lower=result.lower, upper=result.upper, confidence=question.confidence,
        method=method_words(wide, "for repeat suspensions"), numerator=sides.events,
        denominator=sides.other_events, note="; ".join(part for part in (sides.words, note) if part),
    )  # fmt: skip


def _widened(method: str, wide: float) -> str:
    return f"{method}, dispersion {wide:.2f} for repeat suspensions" if wide > 1 else method


def _said(
    indicator: str, year: str, topic: str, breakdown: str, question: Question, cell: pd.Series[Any]
) -> dict[str, Any]:
    return {
        "indicator": indicator, "objective": OBJECTIVE, "time_period": year, "geographic_level": "Local authority",
        "area": question.area, "breakdown_topic": topic, "breakdown": breakdown, "source": cell["source"],
    }  # fmt: skip
