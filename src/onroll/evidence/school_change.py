"""Schools that changed: those that signed the Charter beside those that had not yet, and training beside what followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.school_charter import charter_of, charter_rows
from onroll.evidence.school_differences import difference_rows
from onroll.evidence.school_panel import SUSPENDED, SchoolPanel, school_panel
from onroll.evidence.school_power import power_rows
from onroll.evidence.school_years import year_rows
from onroll.evidence.table import finding
from onroll.statistics.dose_response import dose_response, later_dose
from onroll.vocabulary import LIMITED, PHASES, WEAK
from onroll.vocabulary.impact import STAGGERED, WITHIN_SCHOOLS_OVER_TIME
from onroll.vocabulary.records import CHARTER_CHANGE, DOSE_E_VALUE, DOSE_RATIO, LATER_DOSE, OTHER_SCHOOLS

FEWEST, FEWEST_SIGNED = 10, 3
"""Schools for any comparison, and those of them that signed: the change of one or two would be theirs by name."""
STEP, STEP_WORDS = 0.1, "for ten in a hundred staff more who were trained within 24 months"
"""One unit of the dose."""
NOBODY = "cannot be computed: no school of the phase signed the Charter within these years"
FEW_SIGNED = "cannot be computed: {} schools signed the Charter within these years, and {} are needed"
FEW = "cannot be computed: {} schools with figures for every year, and {} are needed"


def school_change_rows(study: RecordsStudy, question: Question) -> Iterator[dict[str, Any]]:
    """Rows of secondary and primary schools; nothing where the register or the schools were not received."""
    if SUSPENDED not in study.indicators:
        return
    for phase in (PHASES[1], PHASES[0]):
        panel = school_panel(study, question, phase)
        if panel.years:
            about = _about(study, question, phase)
            yield from _charter(panel, {**about, "design": STAGGERED}, question)
            yield from _training(panel, about, question)


def _about(study: RecordsStudy, question: Question, phase: str) -> Mapping[str, Any]:
    declared = study.indicators[SUSPENDED]
    return {
        "indicator": SUSPENDED, "objective": declared.objective, "time_period": question.year,
        "geographic_level": "Local authority", "area": question.area, "breakdown_topic": "education_phase",
        "breakdown": phase, "comparator": OTHER_SCHOOLS, "strength": LIMITED, "source": study.source(declared.table),
    }  # fmt: skip


def _charter(panel: SchoolPanel, said: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """What could have been seen, the change and what may be said of it, year by year, school by school."""
    signed = int(panel.signed.sum())
    if panel.schools < FEWEST or signed < FEWEST_SIGNED:
        why = FEW_SIGNED.format(signed, FEWEST_SIGNED) if signed else NOBODY
        why = why if panel.schools >= FEWEST else FEW.format(panel.schools, FEWEST)
        yield finding(**said, statistic=CHARTER_CHANGE, note=why)
        return
    try:
        found = charter_of(panel, question)
        rows = [
            *power_rows(panel, said, question), *charter_rows(panel, found, said, question),
            *year_rows(panel, said, question, stands_out=found.stands_out),
            *difference_rows(panel, found, said, question),
        ]  # fmt: skip
    except ValueError as wrong:
        rows = [finding(**said, statistic=CHARTER_CHANGE, note=f"cannot be computed: {wrong}")]
    yield from rows


def _training(panel: SchoolPanel, about: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """Pupils suspended after a year of more training, within schools; and before one, where there is nothing to find."""
    said = {**about, "design": WITHIN_SCHOOLS_OVER_TIME, "strength": WEAK}
    for statistic, fitted in ((DOSE_RATIO, dose_response), (LATER_DOSE, later_dose)):
        try:
            found = fitted(
                panel.suspended, panel.pupils, panel.school, panel.calendar, panel.dose / STEP, panel.dose_school,
                panel.dose_year, confidence=question.confidence,
            )  # fmt: skip
        except ValueError as wrong:
            yield finding(**said, statistic=statistic, note=f"cannot be computed: {wrong}")
            continue
        note = "; ".join(part for part in (STEP_WORDS, found.note) if part)
        yield finding(
            **said, statistic=statistic, estimate=found.estimate, lower=found.lower, upper=found.upper,
            confidence=question.confidence, denominator=float(found.schools), method=found.method, note=note,
        )  # fmt: skip
        if statistic == DOSE_RATIO:
            yield finding(
                **said, statistic=DOSE_E_VALUE, estimate=found.e_value, lower=found.e_value_limit,
                method="E-value of the ratio, and of its limit nearer to 1",
            )  # fmt: skip
