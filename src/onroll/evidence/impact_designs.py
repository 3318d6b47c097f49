"""Every design side by side: what each could have seen, by planting and by formula, and what it found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.compared_with import before_and_after
from onroll.evidence.designs import Ranked, ranked_by
from onroll.evidence.impact_panel import Whole, impact_row, too_few, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.known_truth import DesignTruth
from onroll.statistics.known_share import may_be_within
from onroll.statistics.ranked_power import formula_power, planted_power
from onroll.vocabulary import PLACEBO_SHARE, RELATIVE_CHANGE
from onroll.vocabulary.impact import BY_FORMULA, CHOICE_DESIGNS, KNOWN, PLANTED, SEEN


def design_rows(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """Each outcome by each design, with the plan's own authorities, years and schools."""
    computed: set[str] = set()
    for outcome in plan.outcomes:
        figures = whole(cells, outcome, plan.phases[0])
        chosen = before_and_after(figures, question)
        for design in plan.choices.designs:
            name = CHOICE_DESIGNS[design]
            try:
                if chosen.why:
                    raise ValueError(chosen.why)
                found = ranked_by(chosen, design, plan.recent, question.confidence)
            except ValueError as error:
                why = f"cannot be computed: {str(error).removeprefix('cannot be computed: ')}"
                yield impact_row(question, figures, SEEN, name, note=why)
                continue
            computed.add(design)
            yield from _seen(question, figures, name, found, plan)
            if design != plan.primary:
                yield from _found(question, figures, name, found)
    yield from _known(cells, question, plan, computed)


def _known(
    cells: pd.DataFrame, question: Question, plan: ImpactPlan, computed: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Whether each design that was computed kept its promises in every scenario it was tried in, or where not."""
    known = question.known_truth
    if known is None or not known.is_about(plan.fingerprint, question.impact_choices):
        return
    for design in plan.choices.designs:
        tried = known.of_design(design)
        if tried and design in computed:
            worst = min(tried, key=lambda one: one.coverage)
            broken = [
                known.scenarios.get(one.scenario, one.scenario) for one in tried if _is_broken(one, plan)
            ]
            yield impact_row(
                question, whole(cells, worst.outcome), KNOWN, CHOICE_DESIGNS[design],
                estimate=worst.coverage, denominator=float(worst.runs),
                method="least share of made panels, over all scenarios, whose interval held the truth",
                note=f"unreliable: {'; '.join(broken)}" if broken else "held in every scenario tried",
            )  # fmt: skip


def _is_broken(one: DesignTruth, plan: ImpactPlan) -> bool:
    """Whether intervals held the truth too seldom or too often, or alarms were too many, by more than chance."""
    is_held = may_be_within(one.coverage, one.runs, *plan.coverage)
    return not is_held or (
        one.ratio == 1 and not may_be_within(one.stands_out, one.runs, 0.0, plan.false_alarms)
    )


def _seen(
    question: Question, figures: Whole, name: str, found: Ranked, plan: ImpactPlan
) -> Iterator[dict[str, Any]]:
    """What would have stood out with every outcome looked at together, in most authorities."""
    level = plan.together(question.confidence)
    for method, by in ((PLANTED, planted_power), (BY_FORMULA, formula_power)):
        power = by(found.score, found.spread, confidence=level, power=question.power)
        if not np.isfinite(power.estimate):
            why = too_few(found.score.size, level, len(plan.outcomes))
            yield impact_row(question, figures, SEEN, name, method=method, note=why)
            continue
        yield impact_row(
            question, figures, SEEN, name, estimate=float(np.exp(power.lower)), lower=float(np.exp(power.lower)),
            upper=float(np.exp(power.upper)), confidence=level, method=method,
            note=f"a ratio further from 1 stands out in {question.power:.0%} or more of authorities",
        )  # fmt: skip


def _found(question: Question, figures: Whole, name: str, found: Ranked) -> Iterator[dict[str, Any]]:
    others = found.score.size
    yield impact_row(
        question, figures, RELATIVE_CHANGE, name, estimate=found.estimate, lower=found.lower, upper=found.upper,
        confidence=question.confidence, method=f"{name}, permutation over {others} others, standardised for size",
        note=found.note,
    )  # fmt: skip
    yield impact_row(
        question, figures, PLACEBO_SHARE, name, estimate=found.share_others, denominator=others,
        numerator=round(found.share_others * others),
        method="other authorities whose change by the same design, for their size, lay at least as far off",
    )  # fmt: skip
