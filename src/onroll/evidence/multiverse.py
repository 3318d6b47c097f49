"""Every defensible choice: design, comparators, years, pandemic, phase, each turned into one ratio of rates."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.compared_with import among
from onroll.evidence.designs import ratio_by
from onroll.evidence.impact_panel import Cut, Whole, cut, impact_row, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import Choices, ImpactPlan
from onroll.statistics.multiverse import agreement, drivers
from onroll.vocabulary import academic_year
from onroll.vocabulary.impact import (
    AGREEMENT,
    ALL_SINCE,
    AMONG_BEFORE,
    CHOICE_COMPARATORS,
    CHOICE_DESIGNS,
    CHOICE_REGIMES,
    CHOICE_WINDOWS,
    DRIVER,
    MULTIVERSE,
    SPECIFICATION,
)

LEAST = 4
"""Fewer authorities than this cannot be compared by any design; a panel asks for more and says so."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way in which the question could as well have been put."""

    design: str
    comparators: str
    first: str
    pandemic: str
    after: str
    phase: str

    @property
    def words(self) -> str:
        """What was chosen besides design, comparators and phase, as the evidence says it."""
        return (
            f"years before from {academic_year(self.first)}; pandemic years {CHOICE_REGIMES[self.pandemic]}; "
            f"{CHOICE_WINDOWS[self.after]}"
        )


FACTORS: Mapping[str, Callable[[Choice], str]] = MappingProxyType(
    {
        "design": lambda one: one.design,
        "comparators": lambda one: one.comparators,
        "first year": lambda one: one.first,
        "pandemic": lambda one: one.pandemic,
        "years after": lambda one: one.after,
        "phase": lambda one: one.phase,
    }
)
"""What was chosen, by its name on the page."""


def every_choice(choices: Choices) -> tuple[Choice, ...]:
    """All combinations, the plan's own first."""
    return tuple(itertools.starmap(Choice, itertools.product(
        choices.designs, choices.comparators, choices.first_years, choices.pandemic, choices.after, choices.phases,
    )))  # fmt: skip


def multiverse_rows(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """A row for each choice and outcome, the share that agree, and what the spread goes with."""
    for outcome in plan.outcomes:
        by_phase = {phase: whole(cells, outcome, phase) for phase in plan.choices.phases}
        told: list[tuple[Choice, float]] = []
        cuts: dict[tuple[str, ...], Cut] = {}
        every = every_choice(plan.choices)
        for choice in every:
            figures = by_phase[choice.phase]
            key = (choice.comparators, choice.first, choice.pandemic, choice.after, choice.phase)
            if key not in cuts:
                cuts[key] = _cut(figures, choice, question)
            ratio, why = _ratio(cuts[key], choice.design, plan.recent)
            yield impact_row(
                question, figures, SPECIFICATION, CHOICE_DESIGNS[choice.design], estimate=ratio, note=why,
                comparator=CHOICE_COMPARATORS[choice.comparators], method=choice.words,
            )  # fmt: skip
            if not why:
                told.append((choice, ratio))
        if told:
            yield from _summary(question, by_phase[plan.choices.phases[0]], every, told)


def _summary(
    question: Question, figures: Whole, every: Sequence[Choice], told: Sequence[tuple[Choice, float]]
) -> Iterator[dict[str, Any]]:
    """How many of the choices point the way the plan's own does, their range, and what the spread goes with."""
    ratios, is_own_told = np.array([ratio for _, ratio in told]), told[0][0] == every[0]
    found = agreement(ratios, told[0][1])
    yield impact_row(
        question, figures, AGREEMENT, MULTIVERSE,
        method="choices that can be computed, all designs, comparators, years and phases of the plan together",
        **{"estimate": found.estimate, "numerator": found.same, "denominator": ratios.size} if is_own_told else
        {"note": "cannot be computed: the plan's own choice cannot, so there is nothing to agree with"},
    )  # fmt: skip
    yield impact_row(
        question, figures, SPECIFICATION, MULTIVERSE, estimate=found.middle, lower=found.least, upper=found.largest,
        numerator=ratios.size, denominator=len(every),
        method="middle one of all choices that can be computed, of all that were tried; the least and the largest",
    )  # fmt: skip
    names = {name: [of(choice) for choice, _ in told] for name, of in FACTORS.items()}
    for name, share in drivers(np.log(ratios), names).items():
        yield impact_row(
            question, figures, DRIVER, MULTIVERSE, estimate=share, comparator=name,
            method="share of the spread of log ratios that goes with this choice by itself",
        )  # fmt: skip


def _cut(figures: Whole, choice: Choice, question: Question) -> Cut:
    before = [
        year for year in figures.years
        if choice.first <= year < question.launch and (choice.pandemic == AMONG_BEFORE or year not in question.pandemic)
    ]  # fmt: skip
    after = question.after if choice.after == ALL_SINCE else question.after[-1:]
    chosen = among(figures, choice.comparators, question)
    return cut(figures, before, after, question.area_code, chosen, least=LEAST)


def _ratio(chosen: Cut, design: str, recent: int) -> tuple[float, str]:
    """The ratio by one design, or why there is none."""
    if chosen.why:
        return float("nan"), chosen.why
    try:
        return ratio_by(chosen, design, recent), ""
    except ValueError as error:
        return float("nan"), f"cannot be computed: {error}"
