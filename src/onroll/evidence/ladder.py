"""The ladder: what can be said of a group of pupils beside its reference group, from the raw ratio upward.

Each rung answers one question. How many times as likely (relative risk)? Among pupils alike otherwise (adjusted)? What
part of the gap is there because the groups are made up differently, and what part among pupils alike? Between schools
or within them? How many pupils fewer if the risks were equal (excess)? In how many years? Does the rule of attention
name the group? And how large would a ratio have to be before so few pupils could show it?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from onroll.evidence.alike import Alike
from onroll.evidence.attention import attention
from onroll.evidence.families import Chances, chances, family_words
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import finding
from onroll.framework import Indicator
from onroll.framework.plan import Disproportionality
from onroll.statistics import detectable, relative_risk, risk_difference
from onroll.vocabulary import (
    CROSS_SECTION,
    REFERENCE_GROUP,
    RELATIVE_RISK,
    TOTAL,
    WEAK,
    YEAR,
    academic_year,
    previous,
)
from onroll.vocabulary.records import DETECTABLE_RATIO, EXCESS, SCHOOL, YEARS_ABOVE

INDICATOR = "register_suspended_pupil_rate"
Counts = Mapping[tuple[str, str], Mapping[str, tuple[float, float]]]
"""By year and topic, for each group: pupils suspended, pupils on roll."""
UNKNOWN = ("Unclassified", "Unknown")
NOT_PUPILS = "cannot be computed: more pupils were suspended than were on roll in January"


@dataclass(frozen=True, slots=True)
class Group:
    """One group and its reference group in one year: pupils suspended, of pupils on roll."""

    topic: str
    name: str
    reference: str
    sides: Sides
    total: Sides
    """The group beside all pupils, from which all others follow."""

    @property
    def why_not(self) -> str:
        """Why the two cannot be compared; empty when they can."""
        counts = self.sides
        if counts.events > counts.pupils or counts.other_events > counts.other_pupils:
            return NOT_PUPILS
        return counts.why_not


def ladder_rows(study: RecordsStudy, alike: Alike | None, question: Question) -> Iterator[dict[str, Any]]:
    """Every rung for every group that the plan compares, for the year evaluated.

    Parameters
    ----------
    study : RecordsStudy
        Cells of the register, with the years before.
    alike : Alike, optional
        What is fitted on pupils by school and all groups at once; without it those rungs say so.
    question : Question
        The year, the reference groups, the plan of disproportionality.
    """
    plan, declared = question.disproportionality, study.indicators.get(INDICATOR)
    if plan is None or declared is None or study.term:
        return
    counts = _counts(study.cells)
    for topic in plan.groups:
        groups = list(_groups(counts, topic, question.year, question))
        families = _families(groups, question)
        for group in groups:
            said = _said(group, declared, study, question)
            if group.why_not:
                yield finding(**said, statistic=RELATIVE_RISK, note=group.why_not)
                continue
            yield _raw(group, said, question, families[group.name])
            if alike is not None:
                yield from alike.rows(group.topic, group.name, group.reference, group.sides, said)
            yield _excess(group, said, question)
            yield _years(group, counts, said, question, plan)
            yield _rule(group, counts, said, question, plan)
            yield _detectable(group, said, question)


def _counts(cells: pd.DataFrame) -> Counts:
    """Pupils suspended and on roll of the authority's groups, a year each, all phases together."""
    own = cells[
        (cells["indicator"] == INDICATOR)
        & (cells["time_identifier"] == YEAR)
        & (cells["geographic_level"] != SCHOOL)
        & (cells["education_phase"] == TOTAL)
    ]
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    rows: Any = own.itertuples(index=False)
    for row in rows:
        topic = found.setdefault((str(row.time_period), str(row.breakdown_topic)), {})
        topic[str(row.breakdown)] = (float(row.numerator), float(row.denominator))
    return found


def _groups(counts: Counts, topic: str, year: str, question: Question) -> Iterator[Group]:
    """The groups of a topic in a year, beside their reference group; none where it is not there."""
    reference, there = question.reference_groups[topic], counts.get((year, topic), {})
    whole = counts.get((year, TOTAL), {}).get(TOTAL)
    if reference not in there or whole is None:
        return
    for name, own in there.items():
        if name != reference and name not in UNKNOWN:
            yield Group(topic, name, reference, Sides(*own, *there[reference]), Sides(*own, *whole))


def _said(group: Group, declared: Indicator, study: RecordsStudy, question: Question) -> dict[str, Any]:
    return {
        "indicator": declared.id, "objective": declared.objective,
        "time_period": question.year, "geographic_level": "Local authority", "area": question.area,
        "breakdown_topic": group.topic, "breakdown": group.name, "comparator": REFERENCE_GROUP + group.reference,
        "design": CROSS_SECTION, "strength": WEAK, "source": study.source(declared.table),
        "confidence": question.confidence,
    }  # fmt: skip


def _families(groups: Sequence[Group], question: Question) -> Mapping[str, str]:
    """What is said of each group that can be compared among all of its breakdown."""
    told = {group.name: group.sides for group in groups if not group.why_not}
    return family_words(tuple(told), partial(_ratios, tuple(told.values())), question)


def _ratios(every: Sequence[Sides], confidence: float) -> Sequence[Chances]:
    found = relative_risk.relative_risk(
        [sides.events for sides in every], [sides.pupils for sides in every],
        reference_events=[sides.other_events for sides in every],
        reference_total=[sides.other_pupils for sides in every], confidence=confidence,
    )  # fmt: skip
    return chances(found)


def _raw(group: Group, said: Mapping[str, Any], question: Question, family: str) -> dict[str, Any]:
    sides = group.sides
    [found] = _ratios([sides], question.confidence)
    return finding(
        **said, statistic=RELATIVE_RISK, estimate=found.estimate, lower=found.lower, upper=found.upper,
        method="score (Miettinen-Nurminen)", numerator=sides.events, denominator=sides.other_events,
        note="; ".join(part for part in (sides.words, family) if part),
    )  # fmt: skip


def _excess(group: Group, said: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """How many pupils fewer, had the group the reference group's risk; its limits are those of the difference."""
    sides = group.sides
    found = risk_difference.risk_difference(
        sides.events, sides.pupils, reference_events=sides.other_events, reference_total=sides.other_pupils,
        confidence=question.confidence, per=sides.pupils,
    )  # fmt: skip
    return finding(
        **said, statistic=EXCESS, estimate=found.estimate, lower=found.lower, upper=found.upper,
        method="risk difference times pupils, score (Miettinen-Nurminen)", numerator=sides.events,
        denominator=sides.pupils,
        note="pupils suspended, less as many as there would be at the reference group's risk",
    )  # fmt: skip


def _past(group: Group, counts: Counts, question: Question, years: int) -> list[tuple[str, Group | None]]:
    """The group in the years up to the one evaluated, the oldest first; None where it cannot be compared."""
    periods = [question.year]
    while len(periods) < years:
        periods.insert(0, previous(periods[0]))
    found: list[tuple[str, Group | None]] = []
    for year in periods:
        of_year = {one.name: one for one in _groups(counts, group.topic, year, question)}
        one = of_year.get(group.name)
        found.append((year, None if one is None or one.why_not else one))
    return found


def _years(
    group: Group, counts: Counts, said: Mapping[str, Any], question: Question, plan: Disproportionality
) -> dict[str, Any]:
    """In how many of the last years the whole interval of the ratio lay above 1."""
    past = _past(group, counts, question, plan.years)
    there = [(year, one.sides) for year, one in past if one is not None]
    found = _ratios([sides for _, sides in there], question.confidence)
    above = [academic_year(year) for (year, _), one in zip(there, found, strict=True) if one.lower > 1]
    return finding(
        **{**said, "confidence": float("nan")}, statistic=YEARS_ABOVE, estimate=float(len(above)),
        denominator=float(len(there)), method="years in which the whole interval lies above 1",
        note=", ".join(above) or "in none of them",
    )  # fmt: skip


def _rule(
    group: Group, counts: Counts, said: Mapping[str, Any], question: Question, plan: Disproportionality
) -> dict[str, Any]:
    """The rule of attention: the group against all others, the years up to this one."""
    past = [one for _, one in _past(group, counts, question, plan.years)]
    return attention([None if one is None else one.total for one in past], said, question, plan)


def _detectable(group: Group, said: Mapping[str, Any], question: Question) -> dict[str, Any]:
    sides = group.sides
    found = detectable.detectable_change(
        sides.other_events, exposure_ratio=sides.pupils / sides.other_pupils, confidence=question.confidence,
        power=question.power,
    )  # fmt: skip
    return finding(
        **said, statistic=DETECTABLE_RATIO, estimate=1 + float(found.rise), method=str(found.method),
        numerator=sides.pupils, denominator=sides.other_pupils,
        note=f"a ratio nearer to 1 would be missed in {1 - question.power:.0%} of years or more, with so few pupils",
    )  # fmt: skip
