"""Every defensible choice: design, comparators, years, pandemic, phase, each turned into one ratio of rates."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.impact_panel import Cut, Whole, cut, impact_row, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import Choices, ImpactPlan
from onroll.statistics.multiverse import agreement, drivers
from onroll.statistics.one_treated import one_treated
from onroll.statistics.simplex import simplex_weights
from onroll.statistics.synthetic_difference import synthetic_change
from onroll.vocabulary import academic_year
from onroll.vocabulary.impact import (
    AGREEMENT,
    ALL_OTHERS,
    ALL_SINCE,
    AMONG_BEFORE,
    CHOICE_COMPARATORS,
    CHOICE_DESIGNS,
    CHOICE_REGIMES,
    CHOICE_WINDOWS,
    CONTROL,
    DIFFERENCE,
    DRIVER,
    MULTIVERSE,
    NEIGHBOURS,
    PANEL,
    PANEL_AS_IT_IS,
    SAME_REGION,
    SIMILAR_RATE,
    SPECIFICATION,
    SYNTHETIC_DIFFERENCE,
)

HALF = 0.5
"""Put to each count before logs are taken, so that a year without an event has one."""
LEAST = 4
"""Fewer authorities than this cannot be compared by any design; a panel asks for more and says so."""
NEAREST = 30
"""How many authorities have a similar rate."""


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
        for choice in every_choice(plan.choices):
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
            yield from _summary(question, by_phase[plan.choices.phases[0]], told)


def _summary(
    question: Question, figures: Whole, told: Sequence[tuple[Choice, float]]
) -> Iterator[dict[str, Any]]:
    """How many of the choices point the way the plan's own does, their range, and what the spread goes with."""
    ratios = np.array([ratio for _, ratio in told])
    found = agreement(ratios, told[0][1])
    yield impact_row(
        question, figures, AGREEMENT, MULTIVERSE, estimate=found.estimate, numerator=found.same, denominator=ratios.size,
        method="choices that can be computed, all designs, comparators, years and phases of the plan together",
    )  # fmt: skip
    yield impact_row(
        question, figures, SPECIFICATION, MULTIVERSE, estimate=found.middle, lower=found.least, upper=found.largest,
        method="middle one of all choices, the least and the largest",
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
    among = _among(figures, choice.comparators, question)
    return cut(figures, before, after, question.area_code, among, least=LEAST)


def _among(figures: Whole, comparators: str, question: Question) -> set[str] | None:
    """The codes of a set of comparators; None for all."""
    match comparators:
        case "all":
            return None
        case "neighbours":
            return set(question.neighbours)
        case "region":
            return {str(code) for code in figures.codes[figures.regions == question.region]}
    return _similar(figures, question)


def _similar(figures: Whole, question: Question) -> set[str]:
    """The authorities whose rate over the baseline was nearest the evaluated one's."""
    at = [figures.years.index(year) for year in question.baseline if year in figures.years]
    events, pupils = figures.events[at].sum(axis=0), figures.pupils[at].sum(axis=0)
    rates = np.divide(events, pupils, out=np.full(pupils.shape, np.nan), where=pupils > 0)
    apart = np.abs(rates - rates[figures.codes == question.area_code].sum())
    apart[figures.codes == question.area_code] = np.nan
    near = np.argsort(apart, kind="stable")[: min(NEAREST, int(np.isfinite(apart).sum()))]
    return {str(code) for code in figures.codes[near]}


assert {ALL_OTHERS, NEIGHBOURS, SAME_REGION, SIMILAR_RATE} == set(CHOICE_COMPARATORS)


def _ratio(chosen: Cut, design: str, recent: int) -> tuple[float, str]:
    """The ratio by one design, or why there is none."""
    if chosen.why:
        return float("nan"), chosen.why
    try:
        return DESIGNS[design](chosen, recent), ""
    except ValueError as error:
        return float("nan"), f"cannot be computed: {error}"


def _panel(chosen: Cut, recent: int) -> float:
    return one_treated(chosen.events, chosen.pupils, chosen.treated, chosen.pre, recent=recent).estimate


def _panel_as_it_is(chosen: Cut, _: int) -> float:
    return one_treated(chosen.events, chosen.pupils, chosen.treated, chosen.pre).estimate


def _log_rates(chosen: Cut) -> np.ndarray[Any, Any]:
    return np.asarray(np.log((chosen.events + HALF) / chosen.pupils))


def _difference(chosen: Cut, _: int) -> float:
    rates = _log_rates(chosen)
    change = rates[~chosen.pre].mean(axis=0) - rates[chosen.pre].mean(axis=0)
    return float(np.exp(change[chosen.treated] - np.delete(change, chosen.treated).mean()))


def _control(chosen: Cut, _: int) -> float:
    rates = chosen.events / chosen.pupils
    own, others = rates[:, chosen.treated], np.delete(rates, chosen.treated, axis=1)
    weights = simplex_weights(own[chosen.pre], others[chosen.pre])
    due = float((others[~chosen.pre] @ weights).sum())
    if due <= 0 or own[~chosen.pre].sum() <= 0:
        raise ValueError("no events after, by the authority or by those like it")
    return float(own[~chosen.pre].sum() / due)


def _synthetic_difference(chosen: Cut, _: int) -> float:
    return float(np.exp(synthetic_change(_log_rates(chosen), chosen.treated, chosen.pre)))


DESIGNS: Mapping[str, Callable[[Cut, int], float]] = MappingProxyType(
    {
        PANEL: _panel,
        PANEL_AS_IT_IS: _panel_as_it_is,
        DIFFERENCE: _difference,
        CONTROL: _control,
        SYNTHETIC_DIFFERENCE: _synthetic_difference,
    }
)
"""How each design turns a panel into a ratio of rates."""
