"""How far schools of a phase differ, year by year, for all their pupils and among pupils alike, and whether it changed.

Pupils of January, each counted once. The variance is that of schools' log odds of a pupil being suspended at least
once; the median odds ratio says the same as a ratio between two schools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.funnels import INDICATOR, NOBODY, PHASE, alike_words, fewer
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import finding
from onroll.framework.plan import Consistency
from onroll.statistics import between_schools, mixed
from onroll.statistics.design_matrix import Design, Factor, design_matrix
from onroll.vocabulary import BEFORE_AFTER, CROSS_SECTION, PHASES, WEAK, academic_year
from onroll.vocabulary.records import (
    MEDIAN_ODDS_RATIO,
    MEDIAN_ODDS_RATIO_ALIKE,
    OTHER_SCHOOLS,
    SCHOOL_VARIANCE,
    SCHOOL_VARIANCE_ALIKE,
    VARIANCE_CHANGE,
    VARIANCE_CHANGE_ALIKE,
)

CELLS = pd.DataFrame
RAW = (MEDIAN_ODDS_RATIO, SCHOOL_VARIANCE, VARIANCE_CHANGE)
ALIKE = (MEDIAN_ODDS_RATIO_ALIKE, SCHOOL_VARIANCE_ALIKE, VARIANCE_CHANGE_ALIKE)
PANDEMIC = "pandemic year, shown apart"
COUNTS = ["pupils", "suspended"]
NODES = 7
"""Of the quadrature: with schools as large and as alike as these no figure moves in its fourth digit with more."""


def spread_rows(
    study: RecordsStudy, crossed: Mapping[str, CELLS], question: Question
) -> Iterator[dict[str, Any]]:
    """Median odds ratio and variance between schools: each year as schools are, two years among pupils alike.

    Parameters
    ----------
    study : RecordsStudy
        For its declared indicators and the source of the register.
    crossed : mapping
        For each year, cells of January's pupils by school and all groups at once.
    question : Question
        The year, the last year of the baseline with which it is compared, the plan of consistency.
    """
    plan, declared = question.consistency, study.indicators.get(INDICATOR)
    if plan is None or declared is None:
        return
    years = [year for year in sorted(crossed) if year <= question.year]
    then = question.baseline[-1]
    for phase in PHASES[:3]:
        cells = {year: rows for year in years if len(rows := _of_phase(crossed[year], phase))}
        said = {
            "indicator": INDICATOR, "objective": declared.objective,
            "geographic_level": "Local authority", "area": question.area, "breakdown_topic": PHASE, "breakdown": phase,
            "comparator": OTHER_SCHOOLS, "design": CROSS_SECTION, "strength": WEAK,
            "source": study.source(declared.table), "time_period": question.year,
        }  # fmt: skip
        if question.year not in cells:
            continue
        why = {year: _why_not(rows, plan) for year, rows in cells.items()}
        if why[question.year]:
            yield finding(**said, statistic=MEDIAN_ODDS_RATIO, note=why[question.year])
            continue
        for year, rows in cells.items():
            note = PANDEMIC if year in question.pandemic else ""
            yield from _of_year(rows, {**said, "time_period": year}, question, why[year], note)
        pair = (
            (cells[then], cells[question.year]) if then < question.year and not why.get(then, "-") else None
        )
        yield from _changed(pair, said, question)
        yield from _alike(pair, cells[question.year], said, question, plan)


def _of_phase(cells: CELLS, phase: str) -> CELLS:
    return cells[(cells[PHASE] == phase) & (cells["pupils"] > 0)]


def _why_not(rows: CELLS, plan: Consistency) -> str:
    """Why the schools of a year cannot be compared; empty when they can."""
    schools = rows["urn"].nunique()
    if schools < plan.least_schools:
        return fewer(schools, plan)
    return "" if rows["suspended"].sum() else NOBODY


def _of_year(
    rows: CELLS, said: Mapping[str, Any], question: Question, why: str, note: str
) -> Iterator[dict[str, Any]]:
    if why:
        yield finding(**said, statistic=MEDIAN_ODDS_RATIO, note=why)
        return
    sums = rows.groupby("urn")[COUNTS].sum()
    try:
        model = mixed.random_intercept(
            sums["suspended"].to_numpy(), sums["pupils"].to_numpy(), design_matrix([], cells=len(sums)),
            sums.index.to_numpy(), nodes=NODES, confidence=question.confidence,
        )  # fmt: skip
    except ValueError as wrong:
        yield finding(**said, statistic=MEDIAN_ODDS_RATIO, note=f"cannot be computed: {wrong}")
        return
    variance = tuple(float(one[0]) for one in (model.estimate, model.lower, model.upper))
    noted = "; ".join(part for part in (note, *map(str, np.ravel(model.note))) if part)
    yield from _two(said, RAW, model.median_ratio(), variance, model.method, len(sums), noted, question)


def _two(
    said: Mapping[str, Any], names: tuple[str, ...], ratio: Sequence[float],
    variance: Sequence[float], method: str, schools: int, note: str, question: Question,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The same spread twice: as a ratio of odds between two schools, and as a variance of log odds."""
    for name, numbers in zip(names[:2], (ratio, variance), strict=True):
        estimate, lower, upper = numbers
        yield finding(
            **said, statistic=name, estimate=estimate, lower=lower, upper=upper, confidence=question.confidence,
            method=method, denominator=float(schools), note=note,
        )  # fmt: skip


def _changed(
    pair: tuple[CELLS, CELLS] | None, said: Mapping[str, Any], question: Question
) -> Iterator[dict[str, Any]]:
    """The variance of the year evaluated less that of the last year of the baseline."""
    said = {**said, "design": BEFORE_AFTER}
    if pair is None:
        yield finding(**said, statistic=VARIANCE_CHANGE, note=_no_past(question))
        return
    sums = [rows.groupby("urn")[COUNTS].sum().reset_index().assign(year=at) for at, rows in enumerate(pair)]
    found = _by_year(pd.concat(sums), [], question)
    yield _change(said, VARIANCE_CHANGE, found, "all pupils", question)


def _alike(
    pair: tuple[CELLS, CELLS] | None, now: CELLS, said: Mapping[str, Any], question: Question, plan: Consistency
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The same among pupils alike, for the year evaluated and the last year of the baseline."""
    parts = (now,) if pair is None else pair
    both = pd.concat([rows.assign(year=at) for at, rows in enumerate(parts)])
    told, left_out = _with_events(both, plan)
    words = alike_words(plan)
    if left_out:
        words += f"; {left_out:.0%} of pupils are of a kind of which nobody, or everybody, was suspended, and tell nothing"
    sums = told.groupby(["year", "urn", *plan.alike], observed=True)[COUNTS].sum().reset_index()
    schools = now["urn"].nunique()
    if pair is None:
        yield from _alone(sums, said, words, schools, question, plan)
        yield finding(
            **{**said, "design": BEFORE_AFTER}, statistic=VARIANCE_CHANGE_ALIKE, note=_no_past(question)
        )
        return
    found = _by_year(sums, list(plan.alike), question)
    if isinstance(found, str):
        yield finding(**said, statistic=MEDIAN_ODDS_RATIO_ALIKE, note=found)
        return
    for at, year in enumerate((question.baseline[-1], question.year)):
        ratio, variance = (
            tuple(float(one[at]) for one in three)
            for three in (
                (found.median_ratio, found.median_ratio_lower, found.median_ratio_upper),
                (found.estimate, found.lower, found.upper),
            )
        )
        yield from _two(
            {**said, "time_period": year}, ALIKE, ratio, variance, found.method, int(found.schools[at]), words, question
        )  # fmt: skip
    yield _change({**said, "design": BEFORE_AFTER}, VARIANCE_CHANGE_ALIKE, found, words, question)


def _with_events(both: CELLS, plan: Consistency) -> tuple[CELLS, float]:
    """Pupils of groups of which in each year some, not all, were suspended; and which share of pupils the others are."""
    keep, before = both, -1
    while len(keep) != before:
        before = len(keep)
        for topic in plan.alike:
            sums = keep.groupby([topic, "year"], observed=True)[COUNTS].sum()
            tells = (sums["suspended"] > 0) & (sums["suspended"] < sums["pupils"])
            every = tells.groupby(level=0).sum() == keep["year"].nunique()
            keep = keep[keep[topic].map(every)]
    return keep, 1.0 - float(keep["pupils"].sum()) / float(both["pupils"].sum())


def _alone(
    sums: CELLS, said: Mapping[str, Any], words: str, schools: int, question: Question, plan: Consistency
) -> Iterator[dict[str, Any]]:
    try:
        model = mixed.random_intercept(
            sums["suspended"].to_numpy(), sums["pupils"].to_numpy(), _design(sums, list(plan.alike)),
            sums["urn"].to_numpy(), nodes=NODES, confidence=question.confidence,
        )  # fmt: skip
    except ValueError as wrong:
        yield finding(**said, statistic=MEDIAN_ODDS_RATIO_ALIKE, note=f"cannot be computed: {wrong}")
        return
    variance = tuple(float(one[0]) for one in (model.estimate, model.lower, model.upper))
    yield from _two(said, ALIKE, model.median_ratio(), variance, model.method, schools, words, question)


def _by_year(sums: CELLS, topics: list[str], question: Question) -> between_schools.YearlyVariance | str:
    try:
        return between_schools.variance_by_year(
            sums["suspended"].to_numpy(), sums["pupils"].to_numpy(), _design(sums, topics), sums["urn"].to_numpy(),
            sums["year"].to_numpy(), nodes=NODES, confidence=question.confidence,
        )  # fmt: skip
    except ValueError as wrong:
        return f"cannot be computed: {wrong}"


def _design(sums: CELLS, topics: list[str]) -> Design:
    """A column for each group but the largest of its kind."""
    factors = []
    for topic in topics:
        codes, labels = pd.factorize(sums[topic], sort=True)
        largest = sums.groupby(topic, observed=True)["pupils"].sum().idxmax()
        named = [str(label) for label in labels]
        if len(named) > 1:
            factors.append(Factor(topic, codes, named.index(str(largest)), named))
    return design_matrix(factors, cells=len(sums)) if not factors else design_matrix(factors)


def _change(
    said: Mapping[str, Any], statistic: str, found: between_schools.YearlyVariance | str, words: str, question: Question
) -> dict[str, Any]:  # fmt: skip
    if isinstance(found, str):
        return finding(**said, statistic=statistic, note=found)
    then = academic_year(question.baseline[-1])
    return finding(
        **said, statistic=statistic, estimate=found.change, lower=found.change_lower, upper=found.change_upper,
        confidence=question.confidence, method=f"{found.method}; limits of the two years put together (MOVER)",
        denominator=float(np.max(found.schools)),
        note=f"{academic_year(question.year)} less {then}, the last year of the baseline; {words}",
    )  # fmt: skip


def _no_past(question: Question) -> str:
    then = academic_year(question.baseline[-1])
    return f"cannot be computed: no census of {then}, the last year of the baseline, or too few schools in it"
