"""For whom: each group's rate and its ratio to a named reference group, SEN provision and ethnicity.

A ratio says what schools did to one group of pupils against another. It does not say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.published_ladder import Beside, Printed, families, raw, rungs
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides
from onroll.evidence.table import finding
from onroll.statistics import proportions, rates
from onroll.vocabulary import (
    CROSS_SECTION,
    DESCRIPTION,
    DESCRIPTIVE,
    MEASURES,
    RATE,
    REFERENCE_GROUP,
    SEN_BY_TERM,
    TOTAL,
    WEAK,
    Measure,
    academic_year,
)

OBJECTIVE = "P5.2"
MOST_DECIMALS = 6
ESTIMATED_ROLL = (
    "the DfE prints the rate only: pupils are estimated from the January roll and the published share with "
    "this provision, events from the rate; the interval rests on both"
)
NO_ROLL = "the DfE prints the rate only, and no share of pupils was published for this year: no interval can be given"


def sen_rows(cells: pd.DataFrame, question: Question, scale: float) -> Iterator[dict[str, Any]]:
    """Rate and ratio of each SEN provision in each term; the further rungs in the terms of the year evaluated.

    ``scale`` turns suspensions per suspended pupil into the dispersion of suspensions (see
    ``counts.published.repeat_dispersion``).
    """
    cells = cells[cells["time_period"] <= question.year]
    past: dict[tuple[str, str], list[Beside]] = {}
    for (year, term), group in cells.groupby(["time_period", "time_identifier"], sort=True):
        rows = [cell for _, cell in group.sort_values("breakdown").iterrows()]
        reference = _reference(rows, question.reference_groups["sen_provision"])
        when = f"{str(term).lower()} {academic_year(str(year))}"
        for measure in MEASURES.values():
            named = {
                str(cell["breakdown"]): _said(f"{measure.id}_by_sen", str(year), SEN_BY_TERM,
                                              f"{cell['breakdown']}, {term}", question, cell)
                for cell in rows
            }  # fmt: skip
            decimals = _decimals(cells[measure.id])
            found = {
                str(cell["breakdown"]): Beside(
                    measure, _sides(cell, reference, measure), _repeats(cell, scale) if measure.repeats else 1.0,
                    _against(named[str(cell["breakdown"])], reference), when, note=ESTIMATED_ROLL,
                    printed=Printed(float(cell[measure.id]), float(reference[measure.id]), decimals),
                )
                for cell in rows if reference is not None and cell["breakdown"] != reference["breakdown"]
            }  # fmt: skip
            levels = {str(cell["breakdown"]): _sen_level(cell, measure, question, scale,
                                                         named[str(cell["breakdown"])]) for cell in rows}  # fmt: skip
            yield from _told(levels, found, past, question, is_whole=year == question.year)


def ethnicity_rows(
    cells: pd.DataFrame, question: Question, repeats: float, until: str = ""
) -> Iterator[dict[str, Any]]:
    """Rate and ratio of each major ethnic group in each published year; the further rungs from the year evaluated on.

    ``until`` is the last year told, where later ones were published than the year evaluated.
    """
    measures = [MEASURES["suspension_rate"], MEASURES["permanent_exclusion_rate"]]
    past: dict[tuple[str, str], list[Beside]] = {}
    for year, group in cells[cells["time_period"] <= (until or question.year)].groupby(
        "time_period", sort=True
    ):
        every = [cell for _, cell in group.sort_values("breakdown").iterrows()]
        rows, total = [cell for cell in every if cell["breakdown"] != TOTAL], _reference(every, TOTAL)
        reference = _reference(rows, question.reference_groups["ethnicity_major"])
        for measure in measures:
            wide = repeats if measure.repeats else 1.0
            named = {
                str(cell["breakdown"]): _said(f"{measure.id}_by_ethnicity", str(year), "ethnicity_major",
                                              str(cell["breakdown"]), question, cell)
                for cell in rows
            }  # fmt: skip
            found = {
                str(cell["breakdown"]): Beside(
                    measure, _sides(cell, reference, measure), wide, _against(named[str(cell["breakdown"])], reference),
                    academic_year(str(year)), total=None if total is None else _sides(cell, total, measure),
                )
                for cell in rows if reference is not None and cell["breakdown"] != reference["breakdown"]
            }  # fmt: skip
            levels = {str(cell["breakdown"]): _level(cell, measure, question, wide, named[str(cell["breakdown"])], "")
                      for cell in rows}  # fmt: skip
            yield from _told(levels, found, past, question, is_whole=str(year) >= question.year)


def _told(
    levels: Mapping[str, dict[str, Any]], found: Mapping[str, Beside], past: dict[tuple[str, str], list[Beside]],
    question: Question, *, is_whole: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The rate of each group, its ratio, and at the times told as a whole all further rungs."""
    family = families(found, question)
    for name, level in levels.items():
        yield level
        one = found.get(name)
        if one is None:
            continue
        until_now = past.setdefault((one.measure.id, name), [])
        until_now.append(one)
        yield raw(one, question, family.get(name, ""))
        if is_whole:
            yield from rungs(one, until_now, question)


def _sides(cell: pd.Series[Any], other: pd.Series[Any], measure: Measure) -> Sides:
    return Sides(cell[measure.numerator], cell["pupils"], other[measure.numerator], other["pupils"])


def _against(said: dict[str, Any], reference: pd.Series[Any]) -> dict[str, Any]:
    comparator = REFERENCE_GROUP + str(reference["breakdown"])
    return {**said, "comparator": comparator, "design": CROSS_SECTION, "strength": WEAK}


def _decimals(rates: pd.Series[Any]) -> int:
    """To how many decimals a column of rates was printed."""
    known = rates.dropna().to_numpy(dtype=float)
    return next((one for one in range(MOST_DECIMALS) if np.allclose(known, known.round(one), rtol=0, atol=1e-9)),
                MOST_DECIMALS)  # fmt: skip


def _reference(rows: list[pd.Series[Any]], group: str) -> pd.Series[Any] | None:
    """The reference group's cell; None where it was not given, and then there is no ratio."""
    return next((cell for cell in rows if cell["breakdown"] == group), None)


def _repeats(cell: pd.Series[Any], scale: float) -> float:
    """Dispersion of suspensions from how many each suspended pupil had; 1 when nobody was suspended."""
    pupils = cell["suspended_pupil_rate"]
    return max(1.0, scale * cell["suspension_rate"] / pupils) if pupils > 0 else 1.0


def _sen_level(
    cell: pd.Series[Any], measure: Measure, question: Question, scale: float, said: dict[str, Any]
) -> dict[str, Any]:
    estimate = cell[measure.id] * measure.per / 100
    if pd.isna(cell["pupils"]):
        return finding(
            **said, statistic=RATE, estimate=estimate, design=DESCRIPTION, strength=DESCRIPTIVE, note=NO_ROLL
        )
    wide = _repeats(cell, scale) if measure.repeats else 1.0
    return {**_level(cell, measure, question, wide, said, ESTIMATED_ROLL), "estimate": estimate}


def _level(
    cell: pd.Series[Any], measure: Measure, question: Question, wide: float, said: dict[str, Any], note: str
) -> dict[str, Any]:
    events, pupils, per = cell[measure.numerator], cell["pupils"], measure.per
    result: rates.Rate | proportions.Proportion
    if measure.is_proportion:
        result = proportions.proportion(events, round(pupils), per=per, confidence=question.confidence)
    else:
        result = rates.rate(events, pupils, per=per, confidence=question.confidence, dispersion=wide)
    method = {"byar": "Byar", "exact": "exact Poisson", "wilson": "Wilson"}[str(result.method)]
    return finding(
        **said, statistic=RATE, estimate=result.estimate, lower=result.lower, upper=result.upper,
        confidence=question.confidence, method=_widened(method, wide), numerator=events, denominator=round(pupils),
        design=DESCRIPTION, strength=DESCRIPTIVE, note=note,
    )  # fmt: skip


def _widened(method: str, wide: float) -> str:
    return f"{method}, dispersion {wide:.2f} for repeat suspensions" if wide > 1 else method


def _said(
    indicator: str, year: str, topic: str, breakdown: str, question: Question, cell: pd.Series[Any]
) -> dict[str, Any]:
    return {
        "indicator": indicator, "objective": OBJECTIVE, "time_period": year, "geographic_level": "Local authority",
        "area": question.area, "breakdown_topic": topic, "breakdown": breakdown, "source": cell["source"],
    }  # fmt: skip
