"""With whom the authority is compared: all others, its statistical neighbours, its region, those of a similar rate."""

from __future__ import annotations

import numpy as np

from onroll.evidence.impact_panel import Cut, Whole, cut
from onroll.evidence.question import Question
from onroll.vocabulary.impact import ALL_OTHERS, CHOICE_COMPARATORS, NEIGHBOURS, SAME_REGION, SIMILAR_RATE

NEAREST = 30
"""How many authorities have a similar rate."""
assert {ALL_OTHERS, NEIGHBOURS, SAME_REGION, SIMILAR_RATE} == set(CHOICE_COMPARATORS)


def before_and_after(figures: Whole, question: Question) -> Cut:
    """The years and authorities that every design compares in this run: the plan's own, or those chosen by parameter."""
    return cut(
        figures, question.calm_pre, question.after, question.area_code,
        among(figures, question.impact_comparators, question),
    )  # fmt: skip


def among(figures: Whole, comparators: str, question: Question) -> set[str] | None:
    """The codes of a set of comparators, as the vocabulary names it; None for all others."""
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
