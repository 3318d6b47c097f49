"""Combinations of groups: how often each was suspended, and whether that is more than its groups one by one lead to.

A boy with SEN support who is eligible for free school meals is in three groups. If each of them adds its part, nothing is
special in the combination; if not, something happens there that no single group shows. A model of all combinations at
once (MAIHDA) lets small ones borrow strength from the others, so a few suspensions do not make a finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.families import Chances, family_words
from onroll.evidence.ladder import UNKNOWN
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import finding
from onroll.statistics import intersections
from onroll.statistics.design_matrix import Factor
from onroll.vocabulary import CROSS_SECTION, DESCRIPTION, DESCRIPTIVE, TOTAL, WEAK
from onroll.vocabulary.records import (
    BETWEEN_COMBINATIONS,
    BEYOND_PARTS,
    COMBINATION_RATE,
    ITS_PARTS,
    OF_SINGLE_GROUPS,
    TOO_SMALL,
    TOPIC_LABELS,
    crossed,
)

INDICATOR = "suspended_by_combination"
NOT_WHY = "an association: it says which pupils were suspended, not why"
SIZES = (
    (1000, "1,000 pupils or more"),
    (500, "500 to 999 pupils"),
    (100, "100 to 499 pupils"),
    (0, TOO_SMALL),
)
"""How large a combination is, in words: its count is shown nowhere."""


def intersection_rows(
    study: RecordsStudy, cells: pd.DataFrame | None, question: Question
) -> Iterator[dict[str, Any]]:
    """How much combinations differ, and each with its rate and what is beyond its groups one by one.

    Parameters
    ----------
    cells : DataFrame or None
        Cells of pupils of the year by school and all groups at once, as ``counts.crossed`` makes them.
    """
    plan, declared = question.disproportionality, study.indicators.get(INDICATOR)
    if plan is None or declared is None or cells is None or study.term or not plan.intersections:
        return
    topics = plan.intersections
    said = {
        "indicator": declared.id, "objective": declared.objective,
        "time_period": question.year, "geographic_level": "Local authority", "area": question.area,
        "source": study.source(declared.table), "confidence": question.confidence,
    }  # fmt: skip
    whole = {
        **said,
        "breakdown_topic": TOTAL,
        "breakdown": TOTAL,
        "design": DESCRIPTION,
        "strength": DESCRIPTIVE,
    }
    try:
        groups, found = _fitted(cells, topics, question.confidence)
    except ValueError as wrong:
        yield finding(**whole, statistic=BETWEEN_COMBINATIONS, note=f"cannot be computed: {wrong}")
        return
    yield from _differences(found, whole, topics)
    names = [
        crossed(*(group.label(int(code)) for group, code in zip(groups, codes, strict=True)))
        for codes in found.strata
    ]
    family = family_words(names, partial(_odds, found), question, "combinations")
    for at, name in enumerate(names):
        about = {**said, "breakdown_topic": crossed(*topics), "breakdown": name}
        yield from _combination(found, at, about, float(declared.per), family[name])


def _fitted(
    cells: pd.DataFrame, topics: Sequence[str], confidence: float
) -> tuple[Sequence[Factor], intersections.Maihda]:
    known = cells[~cells[list(topics)].isin(UNKNOWN).any(axis="columns")]
    sums = known.groupby(list(topics), observed=True)[["pupils", "suspended"]].sum().reset_index()
    groups = [_factor(sums, topic) for topic in topics]
    return groups, intersections.maihda(sums["suspended"], sums["pupils"], groups, confidence=confidence)


def _factor(sums: pd.DataFrame, topic: str) -> Factor:
    codes, labels = pd.factorize(sums[topic], sort=True)
    largest = str(sums.groupby(topic, observed=True)["pupils"].sum().idxmax())
    named = [str(label) for label in labels]
    return Factor(topic, codes, named.index(largest), named)


def _differences(
    found: intersections.Maihda, said: Mapping[str, Any], topics: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """How much of all differences lies between combinations, and how much of it single groups account for."""
    of = "combinations of " + ", ".join(TOPIC_LABELS[topic] for topic in topics)
    yield finding(
        **said, statistic=BETWEEN_COMBINATIONS, estimate=found.estimate, lower=found.lower, upper=found.upper,
        method=f"MAIHDA, {found.method}; share of the variance of log odds", note="; ".join(
            part for part in (of, found.note) if part),
    )  # fmt: skip
    if not np.isnan(found.pcv):
        yield finding(
            **{**said, "confidence": float("nan")}, statistic=OF_SINGLE_GROUPS, estimate=found.pcv,
            method="proportional change in variance once single groups are in the model",
            note="; ".join(part for part in (of, found.note) if part),
        )  # fmt: skip


def _odds(found: intersections.Maihda, confidence: float) -> list[Chances]:
    """What is beyond its groups in each combination, as odds ratios at a confidence, with their probabilities."""
    width = (found.effect_upper - found.effect_lower) / 2
    error = width / NormalDist().inv_cdf((1 + found.confidence) / 2)
    reach = error * NormalDist().inv_cdf((1 + confidence) / 2)
    away = np.abs(found.effect) / np.where(error > 0, error, np.inf)
    ends = (np.exp(found.effect + sign * reach) for sign in (0, -1, 1))
    p_values = [math.erfc(float(one) / math.sqrt(2)) for one in away]
    return [Chances(*map(float, row)) for row in zip(*ends, p_values, strict=True)]


def _combination(
    found: intersections.Maihda, at: int, said: Mapping[str, Any], per: float, family: str
) -> Iterator[dict[str, Any]]:
    """Its rate, drawn in towards what its groups lead to, and the odds beyond that."""
    counts = {"numerator": float(found.events[at]), "denominator": float(found.pupils[at])}
    size = next(words for least, words in SIZES if found.pupils[at] >= least)
    ends = (found.probability, found.probability_lower, found.probability_upper)
    estimate, lower, upper = (per * float(end[at]) for end in ends)
    yield finding(
        **said, **counts, statistic=COMBINATION_RATE, estimate=estimate, lower=lower, upper=upper, method="MAIHDA",
        design=DESCRIPTION, strength=DESCRIPTIVE,
        note=f"{size}; drawn in towards what its groups one by one lead to",
    )  # fmt: skip
    beyond = (found.effect, found.effect_lower, found.effect_upper)
    estimate, lower, upper = (float(np.exp(end[at])) for end in beyond)
    yield finding(
        **said, **counts, comparator=ITS_PARTS, statistic=BEYOND_PARTS, estimate=estimate, lower=lower, upper=upper,
        method="MAIHDA, odds ratio beside the sum of its groups", design=CROSS_SECTION, strength=WEAK,
        note="; ".join(part for part in (NOT_WHY, family) if part),
    )  # fmt: skip
