"""The ladder on published figures: what they carry beyond the raw ratio, and what they cannot carry.

Published suspensions are events: one pupil may have many. So the excess is one of suspensions, intervals allow for
repeats, and the rule of attention, which counts pupils of whole years, cannot be applied to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.evidence.attention import attention
from onroll.evidence.families import chances, family_words
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides, method_words, ratio_of, ratio_word
from onroll.evidence.table import finding
from onroll.framework.plan import Disproportionality
from onroll.statistics import detectable, published_bounds, rate_difference, ratios
from onroll.vocabulary import ROUNDING_BOUNDS, Measure
from onroll.vocabulary.records import DETECTABLE_RATIO, EXCESS, RULE, YEARS_ABOVE

OF_EVENTS = (
    "cannot be computed: the rule counts pupils, and suspensions are events, of which one pupil may have many"
)
OF_TERMS = "cannot be computed: the rule asks for pupils of whole years, and these are published by term"
NO_TOTAL = "cannot be computed: the rule sets a group beside all others, and no total was published"
EVENT_EACH = "rests on permanent exclusions, of which a pupil has nearly always one"
LAID_ON = ", laid on the ratio of the printed rates"
OPEN_ABOVE = "the reference rate may be 0: no bound above"


@dataclass(frozen=True, slots=True)
class Printed:
    """The two rates as they were printed, and to how many decimals."""

    rate: float
    reference: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Beside:
    """A group beside its reference group at one time, as published.

    Attributes
    ----------
    measure : Measure
        What is counted.
    sides : Sides
        Events and pupils of the group and of the reference group.
    wide : float
        Dispersion of the events; 1 where they come singly.
    said : mapping
        The columns that name the row: indicator, time, place, group, comparator, design, source.
    when : str
        The time as people say it: ``2023/24``, ``autumn term 2023/24``.
    total : Sides, optional
        The group beside all pupils, where a total was published.
    printed : Printed, optional
        Where rates alone were published.
    note : str
        What is to be said of all that rests on these counts.
    """

    measure: Measure
    sides: Sides
    wide: float
    said: Mapping[str, Any]
    when: str
    total: Sides | None = None
    printed: Printed | None = None
    note: str = ""

    def ratio(self, confidence: float) -> ratios.RateRatio:
        """Ask ``sides.why_not`` first."""
        return ratio_of(self.sides, wide=self.wide, confidence=confidence)

    @property
    def drawn_to(self) -> float:
        """What turns the ratio of the estimated counts into that of the printed rates; 1 where counts were printed."""
        one = self.printed
        if one is None or not (one.rate > 0 and one.reference > 0 and self.sides.events > 0):
            return 1.0
        sides = self.sides
        return (
            one.rate
            / one.reference
            / (sides.events / sides.pupils / (sides.other_events / sides.other_pupils))
        )


def families(groups: Mapping[str, Beside], question: Question) -> Mapping[str, str]:
    """For each group that can be compared, what is said of those that are looked at together."""
    told = {name: one for name, one in groups.items() if not one.sides.why_not}
    return family_words(
        tuple(told), lambda level: [chances(one.ratio(level))[0] for one in told.values()], question
    )


def raw(one: Beside, question: Question, family: str) -> dict[str, Any]:
    """The ratio as it is, with the interval that repeats leave; or why there is none."""
    sides, word = one.sides, ratio_word(one.measure)
    if sides.why_not:
        return finding(**one.said, statistic=word, note=sides.why_not)
    found, scale = one.ratio(question.confidence), one.drawn_to
    method = method_words(one.wide, "for repeat suspensions") + (LAID_ON if scale != 1 else "")
    estimate, lower, upper = (
        scale * float(np.asarray(end)) for end in (found.estimate, found.lower, found.upper)
    )
    return finding(
        **one.said, statistic=word, estimate=estimate, lower=lower, upper=upper, confidence=question.confidence,
        method=method, numerator=sides.events, denominator=sides.other_events,
        note="; ".join(part for part in (sides.words, one.note, family) if part),
    )  # fmt: skip


def rungs(one: Beside, past: Sequence[Beside], question: Question) -> Iterator[dict[str, Any]]:
    """What is said beyond the ratio; nothing where there is no ratio.

    Parameters
    ----------
    past : sequence of Beside
        The same group at all times up to this one, this one last.
    """
    if one.sides.why_not:
        return
    if one.printed is not None:
        yield _bounds(one, one.printed)
    yield _excess(one, question)
    yield _times_above(one, past, question)
    if question.disproportionality is not None:
        yield _rule(one, past, question, question.disproportionality)
    yield _detectable(one, question)


def _bounds(one: Beside, printed: Printed) -> dict[str, Any]:
    found = published_bounds.printed_ratio(printed.rate, printed.reference, decimals=printed.decimals)
    upper = float(np.asarray(found.upper))
    is_open = upper == float("inf")
    note = (
        f"rates printed to {printed.decimals} decimals; the ratio lies within for certain, apart from chance"
    )
    return finding(
        **one.said, statistic=ROUNDING_BOUNDS, estimate=float(np.asarray(found.estimate)),
        lower=float(np.asarray(found.lower)), upper=float("nan") if is_open else upper, confidence=1.0,
        method=str(found.method), note=OPEN_ABOVE if is_open else note,
    )  # fmt: skip


def _excess(one: Beside, question: Question) -> dict[str, Any]:
    """How many events fewer, had the group the reference group's rate."""
    sides = one.sides
    found = rate_difference.rate_difference(
        sides.events, sides.pupils, reference_events=sides.other_events, reference_exposure=sides.other_pupils,
        per=sides.pupils, confidence=question.confidence, dispersion=one.wide, reference_dispersion=one.wide,
    )  # fmt: skip
    widened = f", dispersion {one.wide:.1f} for repeat suspensions" if one.wide > 1 else ""
    about = f"{one.measure.events}, less as many as there would be at the reference group's rate"
    return finding(
        **one.said, statistic=EXCESS, estimate=found.estimate, lower=found.lower, upper=found.upper,
        confidence=question.confidence, method=f"rate difference times pupils, {found.method}{widened}",
        numerator=sides.events, denominator=round(sides.pupils),
        note="; ".join(part for part in (about, one.note) if part),
    )  # fmt: skip


def _times_above(one: Beside, past: Sequence[Beside], question: Question) -> dict[str, Any]:
    """In how many of the years, or terms, published the whole interval of the ratio lay above 1."""
    there = [each for each in past if not each.sides.why_not]
    above = [
        each.when
        for each in there
        if each.drawn_to * float(np.asarray(each.ratio(question.confidence).lower)) > 1
    ]
    unit = "years" if one.printed is None else "terms"
    return finding(
        **one.said, statistic=YEARS_ABOVE, estimate=float(len(above)), denominator=float(len(there)),
        method=f"{unit} in which the whole interval lies above 1", note=", ".join(above) or "in none of them",
    )  # fmt: skip


def _rule(
    one: Beside, past: Sequence[Beside], question: Question, plan: Disproportionality
) -> dict[str, Any]:
    """The rule of attention where it holds: pupils, or events of which a pupil has one, of whole years."""
    why = OF_EVENTS if one.measure.repeats else OF_TERMS if one.printed is not None else ""
    totals = [each.total for each in past[-plan.years :]]
    if why or any(total is None for total in totals):
        return finding(**one.said, statistic=RULE, note=why or NO_TOTAL)
    return attention(totals, one.said, question, plan, EVENT_EACH)


def _detectable(one: Beside, question: Question) -> dict[str, Any]:
    sides = one.sides
    found = detectable.detectable_change(
        sides.other_events, exposure_ratio=sides.pupils / sides.other_pupils, dispersion=one.wide,
        confidence=question.confidence, power=question.power,
    )  # fmt: skip
    return finding(
        **one.said, statistic=DETECTABLE_RATIO, estimate=1 + float(found.rise), confidence=question.confidence,
        method=str(found.method), numerator=round(sides.pupils), denominator=round(sides.other_pupils),
        note=f"a ratio nearer to 1 would be missed in {1 - question.power:.0%} of times or more, with so few pupils",
    )  # fmt: skip
