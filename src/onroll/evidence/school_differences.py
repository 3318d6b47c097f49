"""For whom: how far schools differ in their own change with the Charter, and where another school's would lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.school_panel import PER, SchoolPanel
from onroll.evidence.table import finding
from onroll.statistics.meta_analysis import meta_analysis
from onroll.statistics.unit_changes import unit_changes
from onroll.vocabulary.records import CHARTER_ALIKE, CHARTER_RANGE, CHARTER_SCHOOLS

FEWEST = 5
"""Schools that signed, for any word on how far they differ."""
FEW = "cannot be computed: {} schools that signed can be set beside others, and {} are needed"


def difference_rows(
    panel: SchoolPanel, said: Mapping[str, Any], question: Question
) -> Iterator[dict[str, Any]]:
    """The mean over schools, the range of their changes, and whether they differ by more than schools do anyway."""
    try:
        own = unit_changes(panel.rates, panel.first[panel.had_not_signed], scale=_scale(panel))
    except ValueError as wrong:
        yield finding(**said, statistic=CHARTER_SCHOOLS, note=f"cannot be computed: {wrong}")
        return
    if own.unit.size < FEWEST:
        yield finding(**said, statistic=CHARTER_SCHOOLS, note=FEW.format(own.unit.size, FEWEST))
        return
    alone = np.sqrt(own.error**2 - own.shared_error**2)
    found = meta_analysis(own.estimate, alone, shared_error=own.shared_error, confidence=question.confidence)
    about = {
        **said, "numerator": float(found.units), "denominator": float(panel.had_not_signed.sum()),
        "method": found.method,
    }  # fmt: skip
    yield finding(
        **about, statistic=CHARTER_SCHOOLS, estimate=found.estimate, lower=found.lower, upper=found.upper,
        confidence=question.confidence, note=found.note,
    )  # fmt: skip
    yield finding(
        **about, statistic=CHARTER_RANGE, estimate=found.spread, lower=found.predicted_lower,
        upper=found.predicted_upper, confidence=question.confidence,
        note="estimate: standard deviation between schools; limits: where another school's change would lie",
    )  # fmt: skip
    yield finding(**about, statistic=CHARTER_ALIKE, estimate=found.q_p_value)


def _scale(panel: SchoolPanel) -> np.ndarray[Any, Any]:
    """How far a school of its size and rate strays by chance; a year at the phase's rate is added, that none is 0."""
    not_yet = (
        np.arange(len(panel.years))[None, :] < panel.first[panel.had_not_signed][:, None]
    )  # years before it signed
    events, rolls = panel.events[panel.had_not_signed], panel.rolls[panel.had_not_signed]
    usual, size = float((events * not_yet).sum() / (rolls * not_yet).sum()), rolls.mean(axis=1)
    share = ((events * not_yet).sum(axis=1) + usual * size) / ((rolls * not_yet).sum(axis=1) + size)
    return PER * np.asarray(np.sqrt(share * (1.0 - share) / size))
