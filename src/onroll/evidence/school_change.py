"""Schools that changed: those that signed the Charter beside those that had not yet, and training beside what followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.school_panel import SUSPENDED, SchoolPanel, school_panel
from onroll.evidence.table import finding
from onroll.statistics.adoption_permutation import AdoptionPermutation, adoption_permutation
from onroll.statistics.dose_response import dose_response, later_dose
from onroll.statistics.staggered import Staggered, staggered_adoption
from onroll.vocabulary import LIMITED, PHASES, WEAK, academic_year
from onroll.vocabulary.impact import STAGGERED, WITHIN_SCHOOLS_OVER_TIME
from onroll.vocabulary.records import (
    CHARTER_BEFORE,
    CHARTER_BY_YEAR,
    CHARTER_CHANGE,
    CHARTER_RANK,
    CHARTER_SEEN,
    DOSE_E_VALUE,
    DOSE_RATIO,
    LATER_DOSE,
    OTHER_SCHOOLS,
)

PER = 100.0
FEWEST, MANY = 10, 40
"""Schools for any comparison, and for limits that rest on many of them."""
SHUFFLES = 1999
STEP, STEP_WORDS = 0.1, "for ten in a hundred staff more who were trained within 24 months"
"""One unit of the dose."""
NOBODY = "cannot be computed: no school of the phase signed the Charter within these years"
FEW = "cannot be computed: {} schools with figures for every year, and {} are needed"


def school_change_rows(study: RecordsStudy, question: Question) -> Iterator[dict[str, Any]]:
    """Rows of secondary and primary schools; nothing where the register or the schools were not received."""
    if SUSPENDED not in study.indicators:
        return
    for phase in (PHASES[1], PHASES[0]):
        panel = school_panel(study, question, phase)
        if panel.years:
            about = _about(study, question, phase)
            yield from _charter(panel, about, question)
            yield from _training(panel, about, question)


def _about(study: RecordsStudy, question: Question, phase: str) -> Mapping[str, Any]:
    declared = study.indicators[SUSPENDED]
    return {
        "indicator": SUSPENDED, "objective": declared.objective, "time_period": question.year,
        "geographic_level": "Local authority", "area": question.area, "breakdown_topic": "education_phase",
        "breakdown": phase, "comparator": OTHER_SCHOOLS, "strength": LIMITED, "source": study.source(declared.table),
    }  # fmt: skip


def _charter(panel: SchoolPanel, about: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """What could have been seen, the change of schools that signed, by years since, and the years before."""
    said = {**about, "design": STAGGERED}
    dated = np.isfinite(panel.charter) & (panel.charter > 1)
    if panel.schools < FEWEST or not dated.any():
        why = NOBODY if panel.schools >= FEWEST else FEW.format(panel.schools, FEWEST)
        yield finding(**said, statistic=CHARTER_CHANGE, note=why)
        return
    rate = PER * panel.suspended / panel.pupils
    try:
        by_year = staggered_adoption(
            rate, panel.school, panel.year, panel.charter, confidence=question.confidence
        )
        ranked = adoption_permutation(*_table(panel, rate), shuffles=SHUFFLES, confidence=question.confidence)
    except ValueError as wrong:
        yield finding(**said, statistic=CHARTER_CHANGE, note=f"cannot be computed: {wrong}")
        return
    yield from _found(panel, ranked, said, question)
    yield from _by_year(by_year, said, question)


def _table(
    panel: SchoolPanel, rate: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Schools by years, without those that had signed by the first; the place of each school's first year, from 0."""
    shape = (panel.schools, len(panel.years))
    first = panel.charter.reshape(shape)[:, 0] - 1
    return rate.reshape(shape)[first > 0], first[first > 0]


def _found(
    panel: SchoolPanel, found: AdoptionPermutation, said: Mapping[str, Any], question: Question
) -> Iterator[dict[str, Any]]:
    span = f"{academic_year(panel.years[0])} to {academic_year(panel.years[-1])}, the pandemic years left out"
    notes = [
        span,
        f"{panel.left_out} schools without every year left out" if panel.left_out else "",
        found.note,
    ]
    schools = {"numerator": float(found.treated), "denominator": float(found.units)}
    yield finding(
        **said, **schools, statistic=CHARTER_SEEN, estimate=_reach(question) * float(found.shuffles.std()),
        method=f"what could have been seen: a change this large would stand out in {question.power:.0%} of studies",
    )  # fmt: skip
    yield finding(
        **said, **schools, statistic=CHARTER_CHANGE, estimate=found.estimate, lower=found.lower, upper=found.upper,
        confidence=question.confidence, method=found.method, note="; ".join(one for one in notes if one),
    )  # fmt: skip
    yield finding(
        **said, **schools, statistic=CHARTER_RANK, estimate=found.p_value, method="rank among shuffles of who signed when",
    )  # fmt: skip


def _reach(question: Question) -> float:
    """Standard errors from 0 at which a change stands out as often as the plan's power asks (Bloom 1995)."""
    normal = NormalDist()
    return normal.inv_cdf((1 + question.confidence) / 2) + normal.inv_cdf(question.power)


def _by_year(found: Staggered, said: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """By years since signing, and the joint test of the years before; limits and test where schools are many."""
    since, are_many = found.since_treatment, found.units >= MANY
    for at, change, low, high in zip(
        since.at, since.effects, since.effect_lower, since.effect_upper, strict=True
    ):
        if np.isfinite(change):
            limits = (
                {"lower": float(low), "upper": float(high), "confidence": question.confidence}
                if are_many
                else {}
            )
            yield finding(
                **said, **limits, statistic=CHARTER_BY_YEAR, estimate=float(change), method=found.method,
                note=f"{int(at):+d} years",
            )  # fmt: skip
    why = found.before.note or (
        "" if are_many else f"{found.units} schools, too few for a joint test of several years"
    )
    yield finding(
        **said, statistic=CHARTER_BEFORE, method="Wald test of all years before signing",
        estimate=float("nan") if why else float(found.before.p_value), note=f"cannot be computed: {why}" if why else "",
    )  # fmt: skip


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
