"""Runs with rows of own records made by hand, released through the real door: one of a term, one of a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from onroll.disclosure import Released, release
from onroll.disclosure.door import reopened
from onroll.disclosure.own_records import Rules
from onroll.evidence.table import collect, finding
from onroll.framework import Framework
from onroll.presentation.quality import LEFT_OUT, NOT_RECEIVED, USED, Kind, Quality, TableQuality
from onroll.runs import Run
from onroll.statistics import proportions, rates
from onroll.vocabulary import TABLES, TERMS

MADE_UP_WORDS = "Synthetic data made from a seed, no real child or school"
YEAR, BEFORE, SPRING = "202324", "202223", TERMS[1]
SUSPENSIONS, PUPILS, PERMANENT = (
    "register_suspension_rate", "register_suspended_pupil_rate", "register_permanent_exclusion_rate",
)  # fmt: skip
# topic, group, suspensions, pupils suspended, permanent exclusions, on roll: now, and a year before
COUNTS: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("Total", "Total", (854, 662, 17, 40664), (904, 651, 14, 39906)),
    ("education_phase", "State-funded primary", (105, 78, 0, 23571), (142, 94, 0, 23184)),
    ("education_phase", "State-funded secondary", (744, 579, 17, 16250), (757, 552, 14, 15934)),
    ("education_phase", "Special", (5, 5, 0, 843), (5, 5, 0, 788)),
    ("sen_provision", "Education, health and care plan", (50, 40, 3, 1687), (75, 51, 2, 1421)),
    ("sen_provision", "SEN support", (305, 216, 4, 5469), (299, 214, 2, 5457)),
    ("sen_provision", "No SEN", (499, 406, 10, 33508), (530, 386, 10, 33028)),
    ("fsm", "Eligible for free school meals", (381, 282, 9, 10136), (391, 281, 9, 9976)),
    ("fsm", "Not eligible for free school meals", (473, 380, 8, 30528), (513, 370, 5, 29930)),
)  # fmt: skip
# indicator, its table, numerator and denominator now
SHARES: tuple[tuple[str, str, int, int], ...] = (
    ("part_time_timetables", "roll", 104, 40664), ("informal_absence_signal", "roll", 121, 40664),
    ("principles_on_record", "principles_use", 29, 44), ("managed_moves_lasting", "placements", 4, 12),
    ("flagged_schools_offered_support", "delivery_log", 2, 3), ("termly_reports_presented", "delivery_log", 3, 3),
    ("staff_trained_attachment", "training", 2134, 5588), ("staff_trained_trauma", "training", 2545, 5588),
    ("staff_trained_aces", "training", 1799, 5588), ("governors_trained", "training", 127, 762),
    ("charter_signed", "schools", 71, 75), ("placements_with_baseline", "placements", 86, 100),
    ("reviews_within_six_weeks", "placements", 142, 366), ("readiness_decided_by_panel", "placements", 7, 15),
    ("joiners_excluded_within_year", "placements", 3, 8), ("specialist_placements_monitored", "placements", 60, 421),
)  # fmt: skip
NO_PEOPLE = frozenset(
    {"flagged_schools_offered_support", "termly_reports_presented", "charter_signed", "schools_flagged"}
)
REASONS = (("Physical assault against a pupil", 195), ("Damage", 17), ("Bullying", 6), ("Theft", 5))


def released_records(framework: Framework, term: str = "") -> Released:
    """The rows above through the door, of a term or of a year."""
    rows = list(_rows(framework, term))
    origins = {f"synthetic_{table}": "synthetic" for table in TABLES}
    of_pupils = frozenset(one.id for one in framework.indicators.values() if one.kind == "proportion")
    return release(collect(rows, origins), Rules(10, of_pupils, NO_PEOPLE, {SUSPENSIONS: PUPILS}))


def made_run(run: Run, framework: Framework, term: str = "") -> Run:
    """A run of these rows; of a year together with the published rows of ``run``."""
    released = released_records(framework, term)
    sources = {
        f"synthetic_{table}": f"Synthetic data made from a seed, no real child or school: {table}"
        for table in TABLES
        if table not in ("survey_answers", "policies")
    }
    origins = ("synthetic",) if term else ("published", "synthetic")
    brief = replace(
        run.facts.brief, term=term, origins=origins, sources={**run.facts.brief.sources, **sources}
    )
    if not term:
        frame = pd.concat([run.facts.frame, released.frame], ignore_index=True)
        released = reopened(frame, released.record())
    return Run(framework, released, brief, quality=quality())


def quality() -> Quality:
    """Some tables used, one left out, one not received; findings few and many."""
    tables = (
        TableQuality("schools", "Schools and settings", 75, USED),
        TableQuality("roll", "Pupils on roll", 122000, USED, 0, 7),
        TableQuality("exclusions", "Suspensions and permanent exclusions", 1758, USED),
        TableQuality("principles_use", "Use of the Guiding Principles", 300, LEFT_OUT, 14, 3),
        TableQuality("survey_answers", "Survey answers", 0, NOT_RECEIVED),
    )
    kinds = (
        Kind("principles_use", "date", "error", 14, "a value is no date", "Write dates as 2024-01-31."),
        Kind("roll", "sex", "warning", 7, "the sex is not given", "Ask the school."),
    )
    return Quality(tables, kinds, ("roll.csv: read as Windows text",))


def _rows(framework: Framework, term: str) -> Iterator[dict[str, Any]]:
    for topic, group, now, then in COUNTS:
        for year, counts in ((YEAR, now), (BEFORE, then)):
            for name, count in zip((SUSPENSIONS, PUPILS, PERMANENT), counts, strict=False):
                yield _level(framework, term, name, year, topic, group, count, counts[3])
        if topic in ("Total", "education_phase"):
            for name, first, second in zip((SUSPENSIONS, PUPILS, PERMANENT), now, then, strict=False):
                yield from _change(framework, term, name, topic, group, first, second)
    for name, _, count, over in SHARES:
        yield _level(framework, term, name, YEAR, "Total", "Total", count, over)
    yield _level(framework, term, "schools_flagged", YEAR, "Total", "Total", 3, 0)
    for reason, count in REASONS:
        yield _level(framework, term, "suspension_reasons", YEAR, "reason", reason, count, 854)


def _named(term: str, topic: str, group: str) -> dict[str, str]:
    if not term:
        return {"breakdown_topic": topic, "breakdown": group}
    if topic == "Total":
        return {"breakdown_topic": "term", "breakdown": term}
    return {"breakdown_topic": f"term; {topic}", "breakdown": f"{term}; {group}"}


def _said(framework: Framework, term: str, name: str, year: str, topic: str, group: str) -> dict[str, Any]:
    declared = framework.indicator(name)
    return {
        "indicator": name, "objective": next(iter(declared.objectives), ""), "time_period": year,
        "geographic_level": "Local authority", "area": "Luton", "design": "description", "strength": "descriptive",
        "source": f"synthetic_{declared.table}", **_named(term, topic, group),
    }  # fmt: skip


def _level(
    framework: Framework, term: str, name: str, year: str, topic: str, group: str, count: int, over: int
) -> dict[str, Any]:
    declared = framework.indicator(name)
    said = _said(framework, term, name, year, topic, group) | {"numerator": float(count)}
    if declared.kind == "count":
        return finding(**said, statistic="count", estimate=float(count), method="count")
    make = proportions.proportion if declared.kind == "proportion" else rates.rate
    found = make(count, over, per=declared.per)
    return finding(**said, statistic="rate", estimate=found.estimate, lower=found.lower, upper=found.upper,
                   denominator=float(over), confidence=0.95, method="made by hand")  # fmt: skip


def _change(
    framework: Framework, term: str, name: str, topic: str, group: str, now: int, then: int
) -> Iterator[dict[str, Any]]:
    said = _said(framework, term, name, YEAR, topic, group) | {
        "comparator": "previous_year", "numerator": float(now), "denominator": float(then),
    }  # fmt: skip
    word = "relative risk" if framework.indicator(name).kind == "proportion" else "rate ratio"
    if not then:
        yield finding(**said, statistic=word, note="cannot be computed: nothing to compare with")
        return
    method = "exact, dispersion 1.40 for repeat suspensions" if name == SUSPENSIONS else "exact"
    yield finding(**said, statistic="detectable fall", estimate=min(0.99, 6 / then**0.5), method=method)
    ratio = now / then
    yield finding(
        **said, statistic=word, estimate=ratio, lower=ratio * 0.8, upper=ratio * 1.25, method=method
    )
