"""The primary design: the authority's change since the launch beside that of all others that stood as high before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.compared_with import among, before_and_after
from onroll.evidence.impact_panel import Cut, Whole, cut, impact_row, too_few, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.statistics.evalue import e_value
from onroll.statistics.one_treated import OneTreated, one_treated
from onroll.statistics.ranked_change import furthest_usual
from onroll.statistics.return_to_usual import return_to_usual
from onroll.vocabulary import (
    DETECTABLE_GAP,
    P_VALUE,
    PLACEBO_SHARE,
    RELATIVE_CHANGE,
    SENSITIVITY,
    academic_year,
)
from onroll.vocabulary.impact import (
    AUTHORITY_PANEL,
    E_VALUE,
    EARLIER_SEEN,
    EXPECTED_CHANGE,
    HEIGHT,
    ONE_AS_HIGH,
    RAW_CHANGE,
    STOOD_AS_HIGH,
)

EARLIER = "ratio as if the strategy had begun in {}, when there was none to find"
TOO_SHORT = "cannot be computed: too few years before an earlier date"


def panel_rows(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """Every outcome and phase: what could have been seen, the ratio, its rank, what those as high did, an earlier date."""
    for outcome in plan.outcomes:
        for phase in plan.phases:
            figures = whole(cells, outcome, phase)
            chosen = before_and_after(figures, question)
            if chosen.why:
                yield impact_row(question, figures, RELATIVE_CHANGE, AUTHORITY_PANEL, note=chosen.why)
                continue
            found = one_treated(
                chosen.events, chosen.pupils, chosen.treated, chosen.pre, recent=plan.recent,
                confidence=question.confidence,
            )  # fmt: skip
            yield from _found(question, figures, chosen, found, plan)
            yield from _earlier(question, figures, plan)


def _found(
    question: Question, figures: Whole, chosen: Cut, found: OneTreated, plan: ImpactPlan
) -> Iterator[dict[str, Any]]:
    others, own = len(chosen.codes) - 1, chosen.treated
    after, before = (chosen.events[rows, own].sum() for rows in (~chosen.pre, chosen.pre))
    span = f"{academic_year(question.calm_pre[0])} to {academic_year(question.calm_pre[-1])}"
    since = f"{academic_year(question.after[0])} to {academic_year(question.after[-1])}"
    note = f"{since} beside {span}, the pandemic years left out; {others} other authorities"
    note += f", {chosen.left_out} without all years left out" if chosen.left_out else ""

    def row(statistic: str, **said: Any) -> dict[str, Any]:
        return impact_row(question, figures, statistic, AUTHORITY_PANEL, **said)

    yield row(DETECTABLE_GAP, **_visible(found, own, question, plan))
    yield row(
        RELATIVE_CHANGE, estimate=found.estimate, lower=found.lower, upper=found.upper, confidence=question.confidence,
        method=found.method, numerator=after, denominator=before, note="; ".join(filter(None, (note, found.note))),
    )  # fmt: skip
    yield row(RAW_CHANGE, estimate=found.raw, method="the same, height before not allowed for", note=note)
    yield row(
        EXPECTED_CHANGE, estimate=found.expected,
        method=f"line of change on how high authorities stood in the last {plan.recent} years before",
    )  # fmt: skip
    yield row(
        PLACEBO_SHARE, estimate=found.share_others, numerator=round(found.share_others * others), denominator=others,
        method="other authorities whose change, for their size and height before, lay at least as far off",
    )  # fmt: skip
    yield row(P_VALUE, estimate=found.p_value, method="rank among all authorities, standardised for size")
    usual = return_to_usual(found.change, found.height, own, confidence=question.confidence)
    yield row(
        STOOD_AS_HIGH, estimate=float(np.exp(usual.estimate)), lower=float(np.exp(usual.lower)),
        upper=float(np.exp(usual.upper)), confidence=question.confidence, numerator=usual.as_far, denominator=usual.units,
        method="ratio of those that stood as high in the last "
        f"{plan.recent} years before: middle one, and the range of most", note=usual.note,
    )  # fmt: skip
    if figures.phase == plan.phases[0]:
        yield row(E_VALUE, **_another_cause(found, question))
        yield from _as_high(question, figures, chosen, found, usual.is_as_high)


def _visible(found: OneTreated, own: int, question: Question, plan: ImpactPlan) -> dict[str, Any]:
    """What ratio would have stood out with every outcome looked at together, as the verdict looks at them."""
    level, sizes = plan.together(question.confidence), np.sort(np.abs(np.delete(found.score, own)))
    reach = furthest_usual(sizes, level) * float(found.spread[own])
    if not np.isfinite(reach):
        return {"note": too_few(sizes.size, level, len(plan.outcomes))}
    fall, rise = float(np.exp(-reach)), float(np.exp(reach))
    return {
        "estimate": fall, "lower": fall, "upper": rise, "confidence": level,
        "note": "a ratio between these two would not have stood out from other authorities, whatever other outcomes show",
        "method": f"what could have been seen of {len(plan.outcomes)} outcomes together: {found.method}",
    }  # fmt: skip


def _another_cause(found: OneTreated, question: Question) -> dict[str, Any]:
    """How strong a cause that was not looked at would have to be, for the ratio and for its limit nearest 1."""
    method = "E-value of the ratio, and of the limit of its interval nearest 1"
    if found.lower <= 0 or not np.isfinite(found.upper):
        return {"estimate": float(e_value(found.estimate).estimate), "lower": 1.0, "method": method}
    strength = e_value(found.estimate, found.lower, found.upper, confidence=question.confidence)
    return {
        "estimate": float(strength.estimate), "lower": float(strength.lower), "upper": float(strength.upper),
        "confidence": question.confidence, "method": method,
    }  # fmt: skip


def _as_high(
    question: Question, figures: Whole, chosen: Cut, found: OneTreated, is_as_high: np.ndarray[Any, Any]
) -> Iterator[dict[str, Any]]:
    """How high the authority stood, and how each other that stood as high changed by itself."""
    names = dict(zip(figures.codes, figures.names, strict=True))
    for place, code in enumerate(chosen.codes):
        if place == chosen.treated or is_as_high[place]:
            yield impact_row(
                question, figures, HEIGHT, AUTHORITY_PANEL, area=names[code], estimate=float(np.exp(found.height[place])),
                method="rate in the last years before as a multiple of that in the years before them, beside others",
            )  # fmt: skip
        if is_as_high[place]:
            yield impact_row(
                question, figures, ONE_AS_HIGH, AUTHORITY_PANEL, area=names[code],
                estimate=float(np.exp(found.change[place])), method="the same as for the authority evaluated, as it is",
            )  # fmt: skip


def _earlier(question: Question, figures: Whole, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """The same with the last years before the strategy taken for the years after it, and what would have stood out."""
    years = question.calm_pre
    held = len(question.after)
    began = years[-held] if held < len(years) else ""

    def row(statistic: str, **said: Any) -> dict[str, Any]:
        """One row about the earlier date."""
        method = EARLIER.format(academic_year(began)) if began else "ratio at an earlier date"
        return impact_row(question, figures, statistic, AUTHORITY_PANEL, method=method, **said)

    if len(years) - held <= plan.recent + 1:
        yield row(SENSITIVITY, note=TOO_SHORT)
        return
    chosen = cut(
        figures,
        years[:-held],
        years[-held:],
        question.area_code,
        among(figures, question.impact_comparators, question),
    )
    if chosen.why:
        yield row(SENSITIVITY, note=chosen.why)
        return
    found = one_treated(
        chosen.events,
        chosen.pupils,
        chosen.treated,
        chosen.pre,
        recent=plan.recent,
        confidence=question.confidence,
    )
    yield row(
        SENSITIVITY, estimate=found.estimate, lower=found.lower, upper=found.upper, confidence=question.confidence,
        note="an interval that leaves out 1 shows a change that cannot be the strategy's",
    )  # fmt: skip
    if np.isfinite(found.detectable_rise):
        yield row(
            EARLIER_SEEN, estimate=found.detectable_fall, lower=found.detectable_fall, upper=found.detectable_rise,
            confidence=question.confidence, note="a ratio between these two would not have stood out by itself",
        )  # fmt: skip
