"""For whom: the mean over schools of their own change, and whether schools differ in it by more than shuffles leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.school_charter import (
    FALSE_CLAIMS,
    ROUNDING,
    RUNS,
    SHUFFLES,
    UNTRIED,
    Charter,
    differed_before,
)
from onroll.evidence.school_expected import expected_rates
from onroll.evidence.school_panel import PER, SchoolPanel
from onroll.evidence.table import finding
from onroll.framework.known_truth_schools import KnownSchools
from onroll.statistics.proportions import proportion
from onroll.statistics.unit_changes import UnitDifferences, unit_differences
from onroll.vocabulary.records import APART, CHARTER_ALIKE, CHARTER_SCHOOLS, NOT_HELD, NOT_OUT, STOOD_OUT

FEWEST = 5
"""Schools that signed, for any word on how far they differ."""
FEW = "cannot be computed: {} schools that signed can be set beside others, and {} are needed"
SEEN = 0.5
"""Where schools do differ it must be found as often as this in some scenario, or what is found is as likely chance."""
SELDOM = "where schools did differ, that was found in {} of made authorities at most"
RANKED = (
    "share of shuffles of who signed when that leave schools as far apart, a change in proportion taken out"
)


def difference_rows(
    panel: SchoolPanel, charter: Charter, said: Mapping[str, Any], question: Question
) -> Iterator[dict[str, Any]]:
    """The mean over schools, and whether they differ by more than schools do anyway."""
    try:
        found = differences_of(panel, question)
    except ValueError as wrong:
        yield finding(**said, statistic=CHARTER_SCHOOLS, note=f"cannot be computed: {wrong}")
        return
    if found.treated < FEWEST:
        yield finding(**said, statistic=CHARTER_SCHOOLS, note=FEW.format(found.treated, FEWEST))
        return
    about = {**said, "numerator": float(found.treated), "denominator": float(found.units)}
    yield finding(
        **about, statistic=CHARTER_SCHOOLS, estimate=found.estimate, lower=found.lower, upper=found.upper,
        confidence=question.confidence, method=found.method,
    )  # fmt: skip
    word, why = difference_word(panel, charter, found, question)
    yield finding(
        **about,
        statistic=CHARTER_ALIKE,
        estimate=found.p_value,
        method=RANKED,
        note=f"{word}: {why}" if why else word,
    )


def differences_of(panel: SchoolPanel, question: Question) -> UnitDifferences:
    """How far schools' own changes lie apart: a change that is the same share of each school's rate is no difference.

    Raises
    ------
    ValueError
        If no change can be made of who signed when.
    """
    return unit_differences(
        panel.rates, panel.first[panel.had_not_signed], pattern=expected_rates(panel), scale=_scale(panel),
        shuffles=SHUFFLES, confidence=question.confidence,
    )  # fmt: skip


def difference_word(
    panel: SchoolPanel, charter: Charter, found: UnitDifferences, question: Question
) -> tuple[str, str]:
    """What may be said of how schools differ, and why no more."""
    if found.p_value > 1 - question.confidence + ROUNDING:
        return NOT_OUT, ""
    apart = differed_before(panel, charter, question)
    if apart:
        return APART, apart
    why = differences_unreliable(question.known_schools, panel.phase, question.confidence)
    return (NOT_HELD, why) if why else (STOOD_OUT, "")


def differences_unreliable(known: KnownSchools | None, phase: str, confidence: float) -> str:
    """Why no claim that schools differ: made too often where they do not, too seldom where they do, or not tried."""
    if known is None:
        return ""
    alike = [one for one in known.of(phase) if one.scenario not in known.differing]
    if abs(known.confidence - confidence) > 1e-9 or not alike:
        return UNTRIED
    for one in alike:
        if one.said_to_differ is None:
            return UNTRIED
        wrong = proportion(round(one.said_to_differ * one.runs), one.runs, confidence=RUNS)
        if wrong.lower > FALSE_CLAIMS:
            where = known.scenarios[one.scenario]
            return f"it called schools different that were not in {one.said_to_differ:.0%} of made authorities: {where}"
    seen = max(
        (one.said_to_differ or 0.0 for one in known.of(phase) if one.scenario in known.differing), default=0.0
    )
    return SELDOM.format(f"{seen:.0%}") if seen < SEEN else ""


def _scale(panel: SchoolPanel) -> np.ndarray[Any, Any]:
    """How far a school of its size and rate strays by chance; a year at the phase's rate is added, that none is 0.

    The rate is that of the years before anybody signed, so that no school's date has a hand in it.
    """
    years = max(int(np.ceil(panel.first[panel.had_not_signed].min())), 1)
    events, rolls = (one[panel.had_not_signed][:, :years] for one in (panel.events, panel.rolls))
    usual, size = float(events.sum() / rolls.sum()), rolls.mean(axis=1)
    share = (events.sum(axis=1) + usual * size) / (rolls.sum(axis=1) + size)
    return PER * np.asarray(np.sqrt(share * (1.0 - share) / size))
