"""Sentences made from released numbers. Each number in them is bound to its cell of the evidence.

The design decides the verb: counts happened, rates rose or fell, and no sentence here credits or faults
the strategy, because no design that published figures allow earns that.
"""

from onroll.presentation.sentences.counts import (
    NO_BREAK,
    baseline_change,
    could_be_seen,
    happened,
    since_last_year,
    span,
)
from onroll.presentation.sentences.groups import ethnicity, less_often, sen
from onroll.presentation.sentences.impact import impact

__all__ = [
    "NO_BREAK", "baseline_change", "could_be_seen", "ethnicity", "happened", "impact", "less_often", "sen",
    "since_last_year", "span",
]  # fmt: skip
