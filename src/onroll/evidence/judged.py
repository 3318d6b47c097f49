"""Impact as the plan has it: the primary design, every defensible choice, what may be said, other designs, its own line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from onroll.evidence.authority_panel import panel_rows
from onroll.evidence.impact_designs import design_rows
from onroll.evidence.multiverse import multiverse_rows
from onroll.evidence.own_line import own_line_rows
from onroll.evidence.question import Question
from onroll.evidence.verdict import verdict_rows
from onroll.evidence.year_by_year import year_rows


def judged_rows(cells: pd.DataFrame, question: Question) -> list[dict[str, Any]]:
    """Every row: primary design, choices, checks, verdicts, other designs, the own line; none without a plan."""
    if question.impact is None or question.known_truth is None:
        return []
    rows = [*panel_rows(cells, question, question.impact), *multiverse_rows(cells, question, question.impact)]
    beside = [
        row
        for rows_of in (design_rows, year_rows, own_line_rows)
        for row in rows_of(cells, question, question.impact)
    ]
    return [*rows, *verdict_rows(rows, question, question.impact, question.known_truth), *beside]
