"""The change of schools that signed the Charter, how they stood before, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onroll.evidence.question import Question
from onroll.evidence.school_expected import expected_rates
from onroll.evidence.school_panel import SchoolPanel
from onroll.evidence.school_power import before_anybody_signed
from onroll.evidence.school_years import MANY, trend_of
from onroll.evidence.table import finding
from onroll.framework.known_truth_schools import NEAR, SIZE_UNSURE, KnownSchools, SchoolTruth
from onroll.statistics.adoption_before import AdoptionBefore, adoption_before
from onroll.statistics.adoption_permutation import AdoptionPermutation, adoption_permutation
from onroll.statistics.proportions import proportion
from onroll.vocabulary import academic_year
from onroll.vocabulary.records import (
    APART,
    CHARTER_CHANGE,
    CHARTER_EFFECT_SIZE,
    CHARTER_LEVEL,
    CHARTER_RANK,
    CHARTER_STOOD,
    CHARTER_WORD,
    HIGHER,
    LOWER,
    MOVING,
    NOT_HELD,
    NOT_OUT,
    OTHER_LEVEL,
    STOOD_OUT,
)

SHUFFLES, ROUNDING = 1999, 1e-12
LIKELY, JOINT = 0.90, 0.05
"""Schools outside what this share of shuffles gives differed before; so did those whose joint test is below the second.

The joint test rests on many schools, and of 50 that did not differ it takes twice as many for moving apart as it says."""
FALSE_CLAIMS, RUNS = 0.05, 0.99
"""A design that claims a change where there is none more often than this, allowing for the number of runs, may not."""
UNTRIED = "it was not tried where the truth is known"
STANDINGS = {"height": CHARTER_STOOD, "level": CHARTER_LEVEL}
PERMUTED = "rank among shuffles of who signed when"


@dataclass(frozen=True, slots=True)
class Charter:
    """The change, and how schools that signed stood before; a standing that cannot be had is left out."""

    change: AdoptionPermutation
    stood: Mapping[str, AdoptionBefore]

    @property
    def stands_out(self) -> bool:
        """Whether shuffles give a change as large more seldom than the confidence leaves over."""
        return self.change.p_value <= 1 - self.change.confidence + ROUNDING

    @property
    def differed(self) -> str:
        """How schools that signed differed before; empty where nothing was found."""
        height, level = self.stood.get("height"), self.stood.get("level")
        if height is not None and not height.lower <= 0 <= height.upper:
            return HIGHER if height.estimate > 0 else LOWER
        return OTHER_LEVEL if level is not None and not level.lower <= 0 <= level.upper else ""


def charter_of(panel: SchoolPanel, question: Question) -> Charter:
    """The change with the Charter and how schools stood before.

    Raises
    ------
    ValueError
        If no change can be made of who signed when.
    """
    rates, first = panel.rates, panel.first[panel.had_not_signed]
    change = adoption_permutation(
        rates, first, shuffles=SHUFFLES, confidence=question.confidence, pattern=expected_rates(panel)
    )
    stood = {}
    for name in STANDINGS:
        try:
            stood[name] = adoption_before(rates, first, standing=name, shuffles=SHUFFLES, confidence=LIKELY)
        except ValueError:
            continue
    return Charter(change, stood)


def word_of(panel: SchoolPanel, found: Charter, question: Question) -> tuple[str, str]:
    """What may be said of the change, and why no more."""
    if not found.stands_out:
        return NOT_OUT, ""
    apart = differed_before(panel, found, question)
    if apart:
        return APART, apart
    why = unreliable(question.known_schools, panel.phase, question.confidence)
    return (NOT_HELD, why) if why else (STOOD_OUT, size_unsure(question.known_schools, panel.phase))


def differed_before(panel: SchoolPanel, found: Charter, question: Question) -> str:
    """How schools that signed differed before, by how they stood and, where schools are many, year by year."""
    if found.differed or panel.schools < MANY:
        return found.differed
    return MOVING if trend_of(panel, question).p_value < JOINT else ""


def unreliable(known: KnownSchools | None, phase: str, confidence: float) -> str:
    """Why the design may carry no claim: it was not tried at this confidence, or missed its targets where it was.

    Its targets are those it can be held to: few wrong claims however schools signed, and intervals that hold the truth
    where schools sign at any time. Intervals where schools sign because of how they stand are told by ``size_unsure``.
    """
    if known is None:
        return ""
    if abs(known.confidence - confidence) > 1e-9 or not known.of(phase):
        return UNTRIED
    return next((why for one in known.of(phase) if (why := _missed(one, known))), "")


def _missed(one: SchoolTruth, known: KnownSchools) -> str:
    """Which target the design missed in a scenario, allowing for the number of runs."""
    where = f"of made authorities: {known.scenarios[one.scenario]}"
    if proportion(round(one.wrong * one.runs), one.runs, confidence=RUNS).lower > FALSE_CLAIMS:
        return f"it claimed a change wrongly in {one.wrong:.0%} {where}"
    if one.scenario in known.by_standing or not one.judged:
        return ""
    held = proportion(round(one.coverage * one.judged), one.judged, confidence=RUNS)
    return (
        f"its intervals held the truth in {one.coverage:.0%} {where}"
        if held.upper < known.confidence - NEAR
        else ""
    )


def size_unsure(known: KnownSchools | None, phase: str) -> str:
    """Why the size of a change that stands is less sure than its interval says; empty where intervals keep their promise."""
    narrow = known.too_narrow(phase) if known is not None else ()
    return SIZE_UNSURE if narrow else ""


def charter_rows(
    panel: SchoolPanel, found: Charter, said: Mapping[str, Any], question: Question
) -> Iterator[dict[str, Any]]:
    """The change, its rank and its effect size, how schools stood before, and what may be said."""
    change = found.change
    about = {**said, "numerator": float(change.treated), "denominator": float(change.units)}
    span = f"{academic_year(panel.years[0])} to {academic_year(panel.years[-1])}, the pandemic years left out"
    notes = (
        span,
        f"{panel.left_out} schools without every year left out" if panel.left_out else "",
        change.note,
    )
    yield finding(
        **about, statistic=CHARTER_CHANGE, estimate=change.estimate, lower=change.lower, upper=change.upper,
        confidence=question.confidence, method=change.method, note="; ".join(one for one in notes if one),
    )  # fmt: skip
    yield finding(**about, statistic=CHARTER_RANK, estimate=change.p_value, method=PERMUTED)
    yield _effect_size(panel, change, about, question)
    for name, one in found.stood.items():
        yield finding(
            **said, statistic=STANDINGS[name], estimate=one.estimate, lower=one.lower, upper=one.upper, confidence=LIKELY,
            numerator=float(one.treated), denominator=float(one.units), method=one.method,
        )  # fmt: skip
    word, why = word_of(panel, found, question)
    yield finding(
        **about, statistic=CHARTER_WORD, estimate=float(word == STOOD_OUT), method="1 where the change may stand as found",
        note=f"{word}: {why}" if why else word,
    )  # fmt: skip


def _effect_size(
    panel: SchoolPanel, change: AdoptionPermutation, about: Mapping[str, Any], question: Question
) -> dict[str, Any]:
    """The change in standard deviations of single pupils, schools and all, as before anybody signed."""
    try:
        sd = before_anybody_signed(panel).sd
    except ValueError as wrong:
        return finding(**about, statistic=CHARTER_EFFECT_SIZE, note=f"cannot be computed: {wrong}")
    return finding(
        **about, statistic=CHARTER_EFFECT_SIZE, estimate=change.estimate / sd, lower=change.lower / sd,
        upper=change.upper / sd, confidence=question.confidence,
        method=f"the change over the total standard deviation of single pupils, {sd:.1f} for every 100",
    )  # fmt: skip
