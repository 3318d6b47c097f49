"""All evidence that own records of a year give: levels and changes, the ladder, how alike schools are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from onroll.evidence.alike import Alike
from onroll.evidence.concentration import concentration_rows
from onroll.evidence.funnels import school_rows
from onroll.evidence.intersections import intersection_rows
from onroll.evidence.ladder import ladder_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy, past_rows, record_rows
from onroll.evidence.school_change import school_change_rows
from onroll.evidence.school_spread import spread_rows
from onroll.evidence.steady_terms import term_rows


def own_rows(
    study: RecordsStudy, crossed: Mapping[str, pd.DataFrame], question: Question
) -> Iterator[dict[str, Any]]:
    """Every row of own records for the year evaluated.

    Parameters
    ----------
    study : RecordsStudy
        Cells and spells of the records.
    crossed : mapping
        For each year, cells of pupils by school and all groups at once, as ``counts.crossed`` makes them.
    question : Question
        The year and what the plan asks of it.
    """
    cells, plan = crossed.get(question.year), question.disproportionality
    alike = None if cells is None or plan is None else Alike(cells, plan, question.confidence)
    yield from record_rows(study, question)
    yield from ladder_rows(study, alike, question)
    yield from concentration_rows(study, question)
    yield from intersection_rows(study, cells, question)
    yield from school_rows(study, crossed, question)
    yield from spread_rows(study, crossed, question)
    yield from school_change_rows(study, question)
    if question.consistency is not None:
        yield from past_rows(study, question, question.baseline[0])
        yield from term_rows(study, question)
