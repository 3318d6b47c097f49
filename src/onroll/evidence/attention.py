"""The rule of attention as a row of evidence: a group against all other pupils, over the years of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides
from onroll.evidence.table import finding
from onroll.framework.plan import Disproportionality
from onroll.statistics import disproportionality_rule
from onroll.vocabulary.records import RULE

NOBODY = (0.0, 0.0, 0.0, 0.0)


def attention(
    totals: Sequence[Sides | None],
    said: Mapping[str, Any],
    question: Question,
    plan: Disproportionality,
    also: str = "",
) -> dict[str, Any]:
    """Read the plan's rule against the years up to the one evaluated.

    Parameters
    ----------
    totals : sequence of Sides
        The group beside all pupils, a year each, the oldest first; None where it cannot be compared.
    said : mapping
        The columns that name the row.
    also : str
        What the note says besides.
    """
    rule = disproportionality_rule.Rule(
        threshold=plan.threshold, min_events=plan.least_events, min_total=plan.least_pupils, years=plan.years,
        progress=plan.progress, alternate=False,
    )  # fmt: skip
    years = [NOBODY if one is None else _against_others(one) for one in totals]
    events, pupils, other_events, other_pupils = np.array(years).T
    found = disproportionality_rule.apply_rule(
        rule, events, pupils, reference_events=other_events, reference_total=other_pupils,
        confidence=question.confidence,
    )  # fmt: skip
    words = disproportionality_rule.FINDINGS[int(found.finding[-1])]
    told: dict[str, float] = {}
    if found.compared[-1]:
        told = {name: float(getattr(found, name)[-1]) for name in ("estimate", "lower", "upper")}
    return finding(
        **{**said, "confidence": question.confidence}, **told, statistic=RULE,
        method=f"risk ratio against all others; threshold {plan.threshold}, {plan.years} years",
        note="; ".join(part for part in (words, f"this year {found.note[-1]}", also) if part),
    )  # fmt: skip


def _against_others(total: Sides) -> tuple[float, float, float, float]:
    """The group, and all other pupils."""
    return (
        total.events, total.pupils, max(total.other_events - total.events, 0.0),
        max(total.other_pupils - total.pupils, 0.0),
    )  # fmt: skip
