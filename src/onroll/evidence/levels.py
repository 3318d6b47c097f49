"""Where things stand: the rate of every year, phase and area with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.table import finding
from onroll.statistics import proportions, rates
from onroll.vocabulary import DESCRIPTION, DESCRIPTIVE, MEASURES, RATE, TOTAL, Measure

PANDEMIC_NOTE = "pandemic year: schools were closed to most pupils for part of it; shown apart, no baseline"
WITHHELD_NOTE = "cannot be computed: the publisher withheld or did not give a count it rests on"
ESTIMATE_NOTE = "the publisher's own estimate, not a whole number of events: no interval can be given"
OBJECTIVE = "P7.1"


def level_rows(
    cells: pd.DataFrame,
    measure: Measure,
    question: Question,
    *,
    level: str,
    dispersion: float = 1.0,
    note: str = "",
) -> Iterator[dict[str, Any]]:
    """One rate row for each cell, in the unit people read (``measure.per`` pupils on roll).

    Parameters
    ----------
    cells : DataFrame
        ``time_period, area, education_phase, pupils``, the measure's events, ``source``.
    level : str
        Geographic level of the cells' area.
    dispersion : float
        Variance of the events over that of independent events, at least 1 (repeat suspensions).
    note : str
        Said in every row, such as of which authorities a sum is made.
    """
    events = cells[measure.numerator]
    known = cells[(events % 1 == 0) & (cells["pupils"] > 0)]
    interval = _interval(known, measure, question.confidence, dispersion)
    for position, cell in enumerate(known.itertuples(index=False)):
        yield _level(
            cell, measure, level, note=_notes(note, cell, question),
            estimate=interval.estimate[position], lower=interval.lower[position], upper=interval.upper[position],
            confidence=question.confidence, method=_method(interval.method[position], dispersion),
            numerator=getattr(cell, measure.numerator), denominator=cell.pupils,
        )  # fmt: skip
    for cell in cells[(events % 1 > 0) & (cells["pupils"] > 0)].itertuples(index=False):
        count = getattr(cell, measure.numerator)
        yield _level(
            cell, measure, level, note=_notes(ESTIMATE_NOTE, cell, question), method="published estimate",
            estimate=measure.per * count / cell.pupils, numerator=count, denominator=cell.pupils,
        )  # fmt: skip
    for cell in cells[events.isna() | (cells["pupils"] <= 0)].itertuples(index=False):
        yield _level(
            cell, measure, level, note=_notes(WITHHELD_NOTE, cell, question), denominator=cell.pupils
        )


def all_levels(cells: pd.DataFrame, question: Question, **said: Any) -> Iterator[dict[str, Any]]:
    """Rate rows of every measure; ``repeats`` widens the suspension rate for repeat suspensions."""
    repeats = said.pop("repeats", 1.0)
    for measure in MEASURES.values():
        dispersion = repeats if measure.repeats else 1.0
        yield from level_rows(cells, measure, question, dispersion=dispersion, **said)


def _interval(cells: pd.DataFrame, measure: Measure, confidence: float, dispersion: float) -> Any:
    events, pupils = cells[measure.numerator].to_numpy(), cells["pupils"].to_numpy()
    if measure.is_proportion:
        return proportions.proportion(events, pupils, per=measure.per, confidence=confidence)
    return rates.rate(events, pupils, per=measure.per, confidence=confidence, dispersion=dispersion)


def _method(name: str, dispersion: float) -> str:
    words = {"byar": "Byar", "exact": "exact Poisson", "wilson": "Wilson"}.get(name, name)
    return words if dispersion == 1.0 else f"{words}, dispersion {dispersion:.2f} for repeat suspensions"


def _notes(note: str, cell: Any, question: Question) -> str:
    many = f"sum of {cell.authorities} authorities" if hasattr(cell, "authorities") else ""
    pandemic = PANDEMIC_NOTE if cell.time_period in question.pandemic else ""
    return "; ".join(part for part in (many, note, pandemic) if part)


def _level(cell: Any, measure: Measure, level: str, **said: Any) -> dict[str, Any]:
    phase = cell.education_phase
    return finding(
        indicator=measure.id, objective=OBJECTIVE, time_period=cell.time_period, geographic_level=level,
        area=cell.area, breakdown_topic=TOTAL if phase == TOTAL else "education_phase", breakdown=phase,
        statistic=RATE, design=DESCRIPTION, strength=DESCRIPTIVE, source=cell.source, **said,
    )  # fmt: skip
