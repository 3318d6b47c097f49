"""Funnels of schools: what a school of this size shows by chance and by usual differences, and where each stands.

Rows of places have the unit's own figure as their estimate; lower and upper are the limits for a unit of its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import finding
from onroll.framework.plan import Consistency
from onroll.statistics import false_alarms, funnel
from onroll.vocabulary import (
    CROSS_SECTION,
    PHASES,
    TOTAL,
    WEAK,
    YEAR,
)
from onroll.vocabulary.records import (
    FALSE_ALARMS,
    OTHER_SCHOOLS,
    OUTSIDE,
    OUTSIDE_ALIKE,
    OUTSIDE_BY_CHANCE,
    OVERDISPERSION,
    PLACE,
    PLACE_ALIKE,
    PLACE_BY_CHANCE,
    SCHOOL,
    TOPIC_LABELS,
)

INDICATOR, PERMANENT = "register_suspended_pupil_rate", "register_permanent_exclusion_rate"
PHASE, PER = "education_phase", 100.0
WORDS: Mapping[int, str] = {-1: "below the limits", 0: "within the limits", 1: "above the limits"}
NO_SHARE = "cannot be computed: no pupils on roll in January, or more suspended than were on roll then"
TOO_FEW = "cannot be computed: permanent exclusions are too few in one school and year to tell schools apart"
NOBODY = "cannot be computed: no pupil was suspended"


@dataclass(frozen=True, slots=True)
class Phase:
    """The schools of one phase in the year evaluated: number, pupils suspended at least once, pupils on roll."""

    name: str
    urns: tuple[str, ...]
    events: np.ndarray[Any, Any]
    pupils: np.ndarray[Any, Any]
    left_out: tuple[str, ...]


def school_rows(
    study: RecordsStudy, crossed: Mapping[str, pd.DataFrame], question: Question
) -> Iterator[dict[str, Any]]:
    """The place of every school within its phase, as schools are and among pupils alike, and what is made of all places.

    Parameters
    ----------
    study : RecordsStudy
        Cells of the register, schools among them.
    crossed : mapping
        For each year, cells of January's pupils by school and all groups at once.
    question : Question
        The year, and the plan of consistency.
    """
    plan, declared = question.consistency, study.indicators.get(INDICATOR)
    if plan is None or declared is None:
        return
    phases = _phases(study.cells, question.year)
    if not phases:
        return
    compared = [one for one in phases if len(one.urns) >= plan.least_schools]
    said = {
        "indicator": INDICATOR, "objective": declared.objective,
        "time_period": question.year, "geographic_level": "Local authority", "area": question.area,
        "breakdown_topic": PHASE, "comparator": OTHER_SCHOOLS, "design": CROSS_SECTION, "strength": WEAK,
        "source": study.source(declared.table),
    }  # fmt: skip
    for one in phases:
        if one not in compared:
            yield finding(**said, breakdown=one.name, statistic=OUTSIDE, note=fewer(len(one.urns), plan))
    if compared:
        watched = 2 * sum(len(one.urns) for one in compared)
        budget = false_alarms.alarm_budget(watched, 1, budget=plan.false_alarms.schools, rules=("beyond",))
        yield finding(
            **{**said, "breakdown_topic": TOTAL}, breakdown=TOTAL, statistic=FALSE_ALARMS, estimate=budget.alarms,
            confidence=budget.confidence, denominator=float(watched), method="false alarms expected, at most",
            note="every school of a phase that is compared, once as it is and once among pupils alike",
        )  # fmt: skip
        for one in compared:
            yield from _phase_rows(one, said, study, question, plan, budget.confidence)
            yield from _alike_rows(one, crossed.get(question.year), said, study, plan, budget.confidence)
    if PERMANENT in study.indicators:
        yield finding(
            **{**said, "indicator": PERMANENT, "breakdown_topic": TOTAL}, breakdown=TOTAL, statistic=OUTSIDE,
            note=TOO_FEW,
        )  # fmt: skip


def fewer(schools: int, plan: Consistency) -> str:
    """Why a phase is not compared."""
    return f"cannot be computed: {schools} schools, and the plan asks for {plan.least_schools} or more"


def _phases(cells: pd.DataFrame, year: str) -> list[Phase]:
    own = cells[
        (cells["indicator"] == INDICATOR) & (cells["time_period"] == year) & (cells["time_identifier"] == YEAR)
        & (cells["geographic_level"] == SCHOOL) & (cells["breakdown_topic"] == TOTAL)
    ]  # fmt: skip
    found = []
    for name in PHASES[:3]:
        rows = own[own["education_phase"] == name].sort_values("area_code")
        pupils = rows["denominator"].to_numpy(dtype=float, na_value=0.0)
        events = rows["numerator"].to_numpy(dtype=float)
        good = (pupils > 0) & (events <= pupils)
        urns = rows["area_code"].astype("str").to_numpy()
        if len(rows):
            found.append(Phase(name, tuple(urns[good]), events[good], pupils[good], tuple(urns[~good])))
    return found


def _phase_rows(
    one: Phase,
    said: Mapping[str, Any],
    study: RecordsStudy,
    question: Question,
    plan: Consistency,
    sure: float,
) -> Iterator[dict[str, Any]]:
    said = {**said, "breakdown": one.name}
    for urn in one.left_out:
        yield finding(**_of_school(said, study, urn), statistic=PLACE, note=NO_SHARE)
    if not one.events.sum():
        yield finding(**said, statistic=OUTSIDE, note=NOBODY)
        return
    with_spread = widened(
        funnel.proportion_funnel(
            one.events, one.pupils, per=PER, method="arcsine", spread="additive", outer=plan.outermost,
            share=plan.outermost_share, confidence=sure, outer_confidence=beyond(sure),
        ),
        funnel.proportion_funnel(one.events, one.pupils, per=PER, confidence=sure, outer_confidence=beyond(sure)),
    )  # fmt: skip
    by_chance = funnel.proportion_funnel(
        one.events, one.pupils, per=PER, method="exact", confidence=question.confidence,
        outer_confidence=beyond(question.confidence),
    )  # fmt: skip
    for statistic, found, method in (
        (
            PLACE,
            with_spread,
            f"limits of chance and the usual differences: exact, widened on a scale (arcsine, additive, {plan.outermost})",
        ),
        (PLACE_BY_CHANCE, by_chance, "limits of chance alone: exact binomial"),
    ):
        for at, urn in enumerate(one.urns):
            yield finding(
                **_of_school(said, study, urn), statistic=statistic, estimate=number_at(found.estimate, at),
                lower=number_at(found.lower, at), upper=number_at(found.upper, at),
                confidence=found.confidence, method=method,
                numerator=float(one.events[at]), denominator=float(one.pupils[at]),
                note=WORDS[int(np.sign(number_at(found.position, at)))],
            )  # fmt: skip
    yield outside_row(said, OUTSIDE, with_spread)
    yield outside_row(said, OUTSIDE_BY_CHANCE, by_chance)
    yield from overdispersion_rows(said, with_spread)


def _alike_rows(
    one: Phase, cells: pd.DataFrame | None, said: Mapping[str, Any], study: RecordsStudy, plan: Consistency, sure: float
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Observed over expected, had each kind of pupil the phase's own share: indirect standardisation."""
    said = {**said, "breakdown": one.name}
    if cells is None or cells.empty:
        yield finding(**said, statistic=OUTSIDE_ALIKE, note="cannot be computed: no census of January")
        return
    sums = _expected(cells[cells[PHASE] == one.name], plan)
    sums = sums[sums["expected"] > 0]
    if len(sums) < 2:
        yield finding(**said, statistic=OUTSIDE_ALIKE, note=NOBODY)
        return
    seen, expected = sums["suspended"].to_numpy(), sums["expected"].to_numpy()
    found = widened(
        funnel.ratio_funnel(
            seen, expected, method="square root", spread="additive", outer=plan.outermost,
            share=plan.outermost_share, confidence=sure, outer_confidence=beyond(sure),
        ),
        funnel.ratio_funnel(seen, expected, confidence=sure, outer_confidence=beyond(sure)),
    )  # fmt: skip
    words = "among " + alike_words(plan)
    for at, urn in enumerate(sums.index):
        yield finding(
            **_of_school(said, study, str(urn)), statistic=PLACE_ALIKE, estimate=number_at(found.estimate, at),
            lower=number_at(found.lower, at), upper=number_at(found.upper, at), confidence=found.confidence,
            method="seen over expected (indirect standardisation); limits: exact, widened on a scale",
            note=f"{WORDS[int(np.sign(number_at(found.position, at)))]}; {words}",
        )  # fmt: skip
    yield outside_row(said, OUTSIDE_ALIKE, found)


def alike_words(plan: Consistency) -> str:
    """``pupils alike in SEN provision, free school meals``."""
    return "pupils alike in " + ", ".join(TOPIC_LABELS[one] for one in plan.alike)


def _expected(cells: pd.DataFrame, plan: Consistency) -> pd.DataFrame:
    """Each school's pupils suspended, and how many it would have at the phase's share for every kind of pupil."""
    kinds = cells.groupby(list(plan.alike), observed=True)[["pupils", "suspended"]].transform("sum")
    expected = cells["pupils"] * kinds["suspended"] / kinds["pupils"]
    return cells.assign(expected=expected).groupby("urn")[["suspended", "expected"]].sum().sort_index()


def _of_school(said: Mapping[str, Any], study: RecordsStudy, urn: str) -> dict[str, Any]:
    return {**said, "geographic_level": SCHOOL, "area": study.schools.get(urn, urn)}


def outside_row(said: Mapping[str, Any], statistic: str, found: funnel.Funnel) -> dict[str, Any]:
    """How many units lie outside; the numerator is how many of them lie above."""
    place = np.sign(np.asarray(found.position))
    above, below = int((place > 0).sum()), int((place < 0).sum())
    return finding(
        **said, statistic=statistic, estimate=float(above + below), confidence=found.confidence, numerator=float(above),
        denominator=float(place.size), method="units outside their limits; the numerator is how many lie above",
        note=f"{above} above, {below} below",
    )  # fmt: skip


def overdispersion_rows(said: Mapping[str, Any], found: funnel.Funnel) -> Iterator[dict[str, Any]]:
    """How much more than chance the units scatter: Spiegelhalter's phi, and tau2 in the note."""
    if found.spread is not None:
        yield finding(
            **said, statistic=OVERDISPERSION, estimate=found.spread.estimate, lower=found.spread.lower,
            upper=found.spread.upper, confidence=found.spread.confidence, method=f"phi, {found.spread.method}",
            denominator=float(found.spread.units), note=found.spread.note or f"tau2 {found.spread.tau2:.2g}",
        )  # fmt: skip


def widened(found: funnel.Funnel, exact: funnel.Funnel) -> funnel.Funnel:
    """Limits that allow for usual differences, and nowhere narrower than the exact limits of chance.

    On a scale the limits of small schools can exclude what chance alone brings often, such as nobody suspended.
    """
    lower = np.minimum(found.lower, exact.lower)
    upper = np.maximum(found.upper, exact.upper)
    outer = np.minimum(found.outer_lower, lower), np.maximum(found.outer_upper, upper)
    place = funnel.position(found.estimate, lower, upper, *outer)
    return replace(
        found, lower=lower, upper=upper, outer_lower=outer[0], outer_upper=outer[1], position=place
    )


def number_at(values: Any, at: int) -> float:
    """One of many numbers, or the one number there is."""
    return float(np.atleast_1d(values)[at])


def beyond(sure: float) -> float:
    """Outer limits are not used; they must lie outside the inner ones."""
    return 1.0 - (1.0 - sure) / 2.0
