"""For whom in England: each group's risk beside its reference group, with the bounds that rounding leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from onroll.counts.characteristics import ROUNDED_TO
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides, method_words, ratio_of
from onroll.evidence.table import finding
from onroll.statistics import published_bounds, relative_risk
from onroll.vocabulary import (
    CROSS_SECTION,
    DESCRIPTION,
    DESCRIPTIVE,
    MEASURES,
    NATION,
    RATE,
    RATE_RATIO,
    REFERENCE_GROUP,
    RELATIVE_RISK,
    ROUNDING_BOUNDS,
    TOTAL,
    WEAK,
    Measure,
)

OBJECTIVE = "P7.1"
ROUNDED = f"counts printed to the nearest {ROUNDED_TO}"
BORROWED = {"sen_primary_need": "sen_provision"}
"""Topics of pupils with SEN: their groups are set beside the reference group of another topic, pupils without SEN."""
TOLD = ("suspended_pupil_rate", "permanent_exclusion_rate")


def national_rows(cells: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    """Rate, ratio and bounds of every group in the last year published, not after the one evaluated."""
    known = cells[cells["time_period"] <= question.year]
    if known.empty:
        return
    latest = known[known["time_period"] == known["time_period"].max()]
    for topic, group in latest[latest["breakdown_topic"] != TOTAL].groupby("breakdown_topic", sort=True):
        label = question.reference_groups[BORROWED.get(str(topic), str(topic))]
        there = latest[
            (latest["breakdown_topic"] == BORROWED.get(str(topic), topic)) & (latest["breakdown"] == label)
        ]
        for _, cell in group.iterrows():
            name = str(cell["breakdown"])
            for measure in (MEASURES[one] for one in TOLD):
                said = _said(str(topic), name, measure, cell)
                yield _level(cell, measure, said)
                if len(there) and name != label:
                    yield from _ratios(cell, there.iloc[0], label, measure, question, said)


def _said(topic: str, name: str, measure: Measure, cell: pd.Series[Any]) -> dict[str, Any]:
    return {
        "indicator": f"{measure.id}_by_characteristic", "objective": OBJECTIVE, "time_period": cell["time_period"],
        "geographic_level": "National", "area": NATION, "breakdown_topic": topic, "breakdown": name,
        "source": cell["source"],
    }  # fmt: skip


def _level(cell: pd.Series[Any], measure: Measure, said: Mapping[str, Any]) -> dict[str, Any]:
    events, pupils = cell[measure.numerator], cell["pupils"]
    said = {**said, "statistic": RATE, "design": DESCRIPTION, "strength": DESCRIPTIVE}
    if pd.isna(events) or pd.isna(pupils):
        return finding(**said, note="cannot be computed: a count is withheld by the publisher")
    return finding(
        **said, estimate=measure.per * events / pupils, method="as printed", numerator=events, denominator=pupils,
        note=ROUNDED,
    )  # fmt: skip


def _ratios(
    cell: pd.Series[Any], reference: pd.Series[Any], label: str, measure: Measure, question: Question,
    said: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The ratio with chance, and the bounds over all counts that are printed so."""
    sides = Sides(cell[measure.numerator], cell["pupils"], reference[measure.numerator], reference["pupils"])
    word = RELATIVE_RISK if measure.is_proportion else RATE_RATIO
    said = {**said, "comparator": REFERENCE_GROUP + label, "design": CROSS_SECTION, "strength": WEAK}
    if sides.why_not:
        yield finding(**said, statistic=word, note=sides.why_not)
        return
    counts = {"numerator": sides.events, "denominator": sides.other_events}
    if measure.is_proportion:
        found = relative_risk.relative_risk(
            sides.events, sides.pupils, reference_events=sides.other_events, reference_total=sides.other_pupils,
            confidence=question.confidence,
        )  # fmt: skip
        limits, method = (found.estimate, found.lower, found.upper), "score (Miettinen-Nurminen)"
    else:
        rated = ratio_of(sides, wide=1.0, confidence=question.confidence)
        limits, method = (rated.estimate, rated.lower, rated.upper), method_words(1.0, "")
    estimate, lower, upper = limits
    yield finding(
        **said, **counts, statistic=word, estimate=estimate, lower=lower, upper=upper, confidence=question.confidence,
        method=method, note=f"{sides.words}; {ROUNDED}",
    )  # fmt: skip
    events, pupils, other_events, other_pupils = (
        published_bounds.rounded(one, ROUNDED_TO)
        for one in (sides.events, sides.pupils, sides.other_events, sides.other_pupils)
    )
    bounds = published_bounds.ratio_bounds(
        events, pupils, reference_events=other_events, reference_total=other_pupils
    )
    yield finding(
        **said, statistic=ROUNDING_BOUNDS, estimate=estimate, lower=bounds.lower, upper=bounds.upper,
        confidence=1.0, method=str(bounds.method), note=f"{ROUNDED}; the ratio lies within for certain, apart from chance",
    )  # fmt: skip
