"""The authority's own line: its level since the launch beside its own trend before, with nobody beside it.

It carries no verdict: without others nothing separates the strategy from what happened everywhere. What all others
together did by the same line, and how many of them step by themselves, is therefore told with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.compared_with import among
from onroll.evidence.designs import HALF
from onroll.evidence.impact_panel import TOO_EARLY, Cut, Whole, cut, impact_row, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.statistics.impact_power import series_power
from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import InterruptedSeries, interrupted_series
from onroll.vocabulary import OTHER_AUTHORITIES, OWN, WEAK, academic_year
from onroll.vocabulary.impact import (
    NEGATIVE_BINOMIAL,
    NEWEY_WEST,
    OTHERS_OUT,
    OTHERS_STEP,
    OWN_LINES,
    OWN_SEEN,
    OWN_STEP,
    PRAIS_WINSTEN,
    QUASI_POISSON,
)

FEWEST_BEFORE = 5
"""Years before that a line of its own needs, the pandemic left out."""
TOO_FEW = "cannot be computed: a line of its own needs {} years before the strategy, the pandemic left out; there are {}"
ALL_PANDEMIC = "cannot be computed: all years since the launch are pandemic years"
NO_LOGARITHM = "cannot be computed: a year without any event has no logarithm"
NO_YEAR = "cannot be computed: this model needs every year, and figures of a pandemic year are missing"
COUNTS = {
    QUASI_POISSON: ("quasi-poisson", "model"),
    NEGATIVE_BINOMIAL: ("negative binomial", "model"),
    NEWEY_WEST: ("poisson", "newey-west"),
}
"""Models of counts with pupils on roll as the offset: family, and errors."""


@dataclass(frozen=True, slots=True)
class Line:
    """Years in order and without a gap, the pandemic among them, and the calm ones of all authorities."""

    years: tuple[str, ...]
    calm: np.ndarray[Any, Any]
    after: np.ndarray[Any, Any]
    chosen: Cut

    def spread_out(self, counts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Figures of the calm years at their places, and none in between."""
        out = np.full(len(self.years), np.nan)
        out[self.calm] = counts
        return out

    def counted(
        self, events: np.ndarray[Any, Any], pupils: np.ndarray[Any, Any], model: str, confidence: float
    ) -> InterruptedSeries:
        """The step of one series of counts by a model of counts, the pandemic left out."""
        family, errors = COUNTS[model]
        return interrupted_series(
            self.spread_out(events), self.after, exposure=self.spread_out(pupils), window=~self.calm,
            in_window="left out", family=family, errors=errors, distribution="t", confidence=confidence,
        )  # fmt: skip


def own_line_rows(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """Each outcome of all schools: what a line of its own could have seen, the step by each model, and others' steps."""
    for outcome in plan.outcomes:
        figures = whole(cells, outcome, plan.phases[0])
        line, why = _line(figures, question)
        if line is None:
            yield _row(question, figures, OWN_STEP, QUASI_POISSON, note=why)
            continue
        yield _seen(question, figures, line)
        for model in OWN_LINES:
            yield _step(question, figures, line, model)
        yield from _others(question, figures, line)


def _row(question: Question, figures: Whole, statistic: str, design: str, **said: Any) -> dict[str, Any]:
    return impact_row(question, figures, statistic, design, **{"comparator": OWN, "strength": WEAK, **said})


def _line(figures: Whole, question: Question) -> tuple[Line | None, str]:
    """The years from the authority's first figures on, or why there is no line."""
    since = tuple(year for year in question.after if year not in question.pandemic)
    if not since:
        return None, ALL_PANDEMIC if question.after else TOO_EARLY
    own = figures.codes == question.area_code
    known = np.isfinite(figures.events[:, own]).any(axis=1) & (figures.pupils[:, own] > 0).any(axis=1)
    had = {year for year, there in zip(figures.years, known, strict=True) if there}
    first = next((year for year in question.calm_pre if year in had), "")
    before = tuple(year for year in question.calm_pre if first and year >= first)
    if len(before) < FEWEST_BEFORE:
        return None, TOO_FEW.format(FEWEST_BEFORE, len(before))
    named = among(figures, question.impact_comparators, question)
    chosen = cut(figures, before, since, question.area_code, named, least=1)
    if chosen.why:
        return None, chosen.why
    years = tuple(year for year in figures.years if before[0] <= year <= question.year)
    calm = np.array([year in {*before, *since} for year in years])
    return Line(years, calm, np.array([year >= question.launch for year in years]), chosen), ""


def _seen(question: Question, figures: Whole, line: Line) -> dict[str, Any]:
    """The step that such a line would have shown, from how the rate strayed from its line before."""
    chosen = line.chosen
    pre, at = chosen.pre, chosen.at[chosen.pre]
    rates = np.log((chosen.events[pre, chosen.treated] + HALF) / chosen.pupils[pre, chosen.treated])
    left = rates - np.polyval(np.polyfit(at, rates, 1), at)
    beside = np.diff(at) == 1
    alike = max(0.0, float((left[1:] * left[:-1])[beside].sum() / max((left**2).sum(), np.finfo(float).tiny)))
    between = int(chosen.at[~pre][0] - at[-1] - 1)
    try:
        power = series_power(
            int(pre.sum()), int((~pre).sum()), sd=float(np.sqrt((left**2).sum() / (at.size - 2))), autocorrelation=alike,
            left_out=between, confidence=question.confidence, power=question.power,
        )  # fmt: skip
    except ValueError as error:
        return _row(question, figures, OWN_SEEN, PRAIS_WINSTEN, note=f"cannot be computed: {error}")
    fall, rise = float(np.exp(-power.estimate)), float(np.exp(power.estimate))
    return _row(
        question, figures, OWN_SEEN, PRAIS_WINSTEN, estimate=fall, lower=fall, upper=rise, confidence=question.confidence,
        method=f"{power.method}, from the years before: autocorrelation {alike:.2f}",
        note=f"a ratio further from 1 is seen in {question.power:.0%} of cases, taken by itself",
    )  # fmt: skip


def _step(question: Question, figures: Whole, line: Line, model: str) -> dict[str, Any]:
    """The level since the launch over what the trend before leads to, by one model."""
    chosen = line.chosen
    own, at = chosen.treated, [figures.years.index(year) for year in line.years]
    column = figures.codes == question.area_code
    try:
        if model == PRAIS_WINSTEN:
            found = _by_rates(line, figures.events[at][:, column].ravel(), figures.pupils[at][:, column].ravel(),
                              question.confidence)  # fmt: skip
        else:
            found = line.counted(chosen.events[:, own], chosen.pupils[:, own], model, question.confidence)
    except ValueError as error:
        why = f"cannot be computed: {str(error).removeprefix('cannot be computed: ')}"
        return _row(question, figures, OWN_STEP, model, note=why)
    turn = np.exp if model == PRAIS_WINSTEN else float
    pandemic = "a level of their own" if model == PRAIS_WINSTEN else "left out"
    span = f"{academic_year(line.years[0])} to {academic_year(question.year)}, the pandemic years {pandemic}"
    return _row(
        question, figures, OWN_STEP, model, estimate=float(turn(found.estimate)), lower=float(turn(found.lower)),
        upper=float(turn(found.upper)), confidence=question.confidence, method=found.method,
        note="; ".join(filter(None, (span, found.note))),
    )  # fmt: skip


def _by_rates(
    line: Line, events: np.ndarray[Any, Any], pupils: np.ndarray[Any, Any], confidence: float
) -> InterruptedSeries:
    """The step of logs of rates, the pandemic with a level of its own, since no year may be left out."""
    if not (np.isfinite(events) & (pupils > 0)).all():
        raise ValueError(NO_YEAR)
    if not events.all():
        raise ValueError(NO_LOGARITHM)
    return interrupted_rates(
        np.log(events / pupils), line.after, window=~line.calm, errors="prais-winsten", confidence=confidence
    )


def _others(question: Question, figures: Whole, line: Line) -> Iterator[dict[str, Any]]:
    """The same line of all others taken together, and how many of them step by themselves."""
    chosen = line.chosen
    places = np.delete(np.arange(len(chosen.codes)), chosen.treated)
    if not places.size:
        return
    events, pupils = (table[:, places].sum(axis=1) for table in (chosen.events, chosen.pupils))
    about = {"comparator": OTHER_AUTHORITIES, "denominator": float(places.size)}
    try:
        pooled = line.counted(events, pupils, QUASI_POISSON, question.confidence)
        yield _row(
            question, figures, OTHERS_STEP, QUASI_POISSON, estimate=pooled.estimate, lower=pooled.lower, upper=pooled.upper,
            confidence=question.confidence, method=pooled.method,
            note="; ".join(filter(None, ("events and pupils of all others added up", pooled.note))), **about,
        )  # fmt: skip
    except ValueError as error:
        yield _row(
            question, figures, OTHERS_STEP, QUASI_POISSON, note=f"cannot be computed: {error}", **about
        )
    steps = [_limits(line, int(place), question.confidence) for place in places]
    known = [limits for limits in steps if limits is not None]
    out = sum(not low <= 1.0 <= high for low, high in known)
    if known:
        yield _row(
            question, figures, OTHERS_OUT, QUASI_POISSON, comparator=OTHER_AUTHORITIES, estimate=out / len(known),
            numerator=float(out), denominator=float(len(known)),
            method="other authorities whose own line, by the same model, has limits that leave out 1",
        )  # fmt: skip


def _limits(line: Line, place: int, confidence: float) -> tuple[float, float] | None:
    """The limits of another authority's own step; None where it has none."""
    events, pupils = line.chosen.events[:, place], line.chosen.pupils[:, place]
    try:
        found = line.counted(events, pupils, QUASI_POISSON, confidence)
    except ValueError:
        return None
    return found.lower, found.upper
