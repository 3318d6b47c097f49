"""Year by year: how the authority moved away from the others, and what a look at the years before can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.compared_with import before_and_after
from onroll.evidence.impact_panel import Cut, Whole, impact_row, whole
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.statistics.honest_bounds import breakdown
from onroll.statistics.one_treated_years import OneTreatedYears, one_treated_years
from onroll.vocabulary import RELATIVE_CHANGE, academic_year
from onroll.vocabulary.impact import (
    YEAR_APART,
    YEAR_BY_YEAR,
    YEARS_BIAS,
    YEARS_BROKEN,
    YEARS_SLOPE,
    YEARS_TEST,
)

NOTHING_TO_EXPLAIN = "the mean change after does not stand out even if trends had stayed as they were"


NO_EVENT_IN_YEAR = "cannot be computed: no event in this year or in the one it is set beside"
BESIDE = "beside {}; how high the authority stood in it is not allowed for"


def year_rows(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> Iterator[dict[str, Any]]:
    """Each outcome: a ratio for each year but the last calm one before, the test of those before, what breaks it."""
    for outcome in plan.outcomes:
        figures = whole(cells, outcome, plan.phases[0])
        chosen = before_and_after(figures, question)
        try:
            if chosen.why:
                raise ValueError(chosen.why)
            found = one_treated_years(
                chosen.events, chosen.pupils, chosen.treated, chosen.pre, at=chosen.at,
                confidence=question.confidence, power=question.power,
            )  # fmt: skip
        except ValueError as error:
            why = f"cannot be computed: {str(error).removeprefix('cannot be computed: ')}"
            yield impact_row(question, figures, YEAR_APART, YEAR_BY_YEAR, note=why)
            continue
        yield from _by_year(question, figures, chosen, found)
        yield from _before(question, figures, chosen, found)


def _by_year(
    question: Question, figures: Whole, chosen: Cut, found: OneTreatedYears
) -> Iterator[dict[str, Any]]:
    base = question.calm_pre[-1]
    had = dict(zip((*question.calm_pre, *question.after), chosen.events[:, chosen.treated], strict=True))
    years = [year for year in (*question.calm_pre, *question.after) if year != base]
    for year, *told in zip(
        years,
        *(np.exp(one) for one in (found.effects, found.effect_lower, found.effect_upper)),
        strict=True,
    ):
        estimate, lower, upper = map(float, told)
        if not (had[year] and had[base]):
            yield impact_row(
                question, figures, YEAR_APART, YEAR_BY_YEAR, time_period=year, note=NO_EVENT_IN_YEAR
            )
            continue
        yield impact_row(
            question, figures, YEAR_APART, YEAR_BY_YEAR, time_period=year, estimate=estimate, lower=lower, upper=upper,
            confidence=question.confidence, method=found.method, note=f"beside {academic_year(base)}",
        )  # fmt: skip
    estimate, lower, upper = (float(np.exp(one)) for one in (found.estimate, found.lower, found.upper))
    yield impact_row(
        question, figures, RELATIVE_CHANGE, YEAR_BY_YEAR, estimate=estimate, lower=lower, upper=upper,
        confidence=question.confidence, method=f"{found.method}; mean of the years since the launch",
        note="; ".join(filter(None, (BESIDE.format(academic_year(base)), found.note))),
    )  # fmt: skip


def _before(
    question: Question, figures: Whole, chosen: Cut, found: OneTreatedYears
) -> Iterator[dict[str, Any]]:
    test, others = found.pre_trend, len(chosen.codes) - 1
    why = f"cannot be computed: {test.note}" if test.note else ""

    def row(statistic: str, estimate: float, **said: Any) -> dict[str, Any]:
        """One row of the look at the years before."""
        number = float("nan") if why else estimate
        return impact_row(
            question, figures, statistic, YEAR_BY_YEAR, estimate=number, **{"note": why, **said}
        )

    yield row(
        YEARS_TEST, test.p_value, denominator=float(others),
        method="joint test of all years before: rank of Wald's statistic among all authorities",
    )  # fmt: skip
    yield row(
        YEARS_SLOPE, float(np.exp(test.detectable_slope)),
        method=f"times a year: a steady drift that this test finds in {test.power:.0%} of authorities",
    )  # fmt: skip
    yield row(
        YEARS_BIAS,
        float(np.exp(test.bias)),
        method="what such a drift, gone on, makes of the mean since the launch",
    )
    is_out = found.lower > 0 or found.upper < 0
    limit = breakdown(
        found.effects, found.covariance, int(found.is_before.sum()), confidence=question.confidence
    ) if is_out else 0.0  # fmt: skip
    yield impact_row(
        question, figures, YEARS_BROKEN, YEAR_BY_YEAR, estimate=limit, note="" if is_out else NOTHING_TO_EXPLAIN,
        method="times the largest move apart from one year to the next before, at which the change no longer stands out",
    )  # fmt: skip
