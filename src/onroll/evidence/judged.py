"""Impact as the plan has it: the primary design, every defensible choice, what may be said, and other designs beside."""

from __future__ import annotations

from typing import Any

import pandas as pd

from onroll.evidence.authority_panel import panel_rows
from onroll.evidence.impact_designs import design_rows
from onroll.evidence.multiverse import multiverse_rows
from onroll.evidence.question import Question
from onroll.evidence.verdict import verdict_rows
from onroll.evidence.year_by_year import year_rows


def judged_rows(cells: pd.DataFrame, question: Question) -> list[dict[str, Any]]:
    """Every row of the primary design, choices, checks and verdicts, and of other designs; none without a plan."""
    if question.impact is None or question.known_truth is None:
        return []
    rows = [*panel_rows(cells, question, question.impact), *multiverse_rows(cells, question, question.impact)]
    beside = (*design_rows(cells, question, question.impact), *year_rows(cells, question, question.impact))
    return [*rows, *verdict_rows(rows, question, question.impact, question.known_truth), *beside]
