"""Counts of all authorities over the years: what every design of impact is computed from, cut as it asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from onroll.counts.published import all_sources
from onroll.evidence.question import Question
from onroll.evidence.table import finding
from onroll.vocabulary import LIMITED, MEASURES, OTHER_AUTHORITIES, TOTAL, Measure, academic_year

OBJECTIVE = "P7.1"
NO_YEARS = "cannot be computed: no authority has figures for {}"
NO_FIGURES = "cannot be computed: no figures of the authority are among these"
YOUNGER = (
    "cannot be computed: the authority's figures begin in {} (it is younger, or was made of others then)"
)
ENDED = "cannot be computed: the authority's figures end in {} (it was divided, or joined with others)"
GAPS = "cannot be computed: the authority has no figure for {} (a count was withheld or not published)"
TOO_EARLY = "cannot be computed: the year evaluated lies before the strategy's first year"
NO_EVENT = "cannot be computed: the authority had no event before the strategy"
NO_EVENT_AFTER = "cannot be computed: the authority had no event in the years after, and none has no ratio"
FEW_OTHERS = "cannot be computed: too few other authorities have figures for all of these years"
FEW_CHOSEN = "cannot be computed: {} other authorities are chosen to compare with, and {} are needed for a rank among them"
FEWEST = 20
"""With fewer units, the authority among them, a rank among the others says nothing."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Every authority's events and pupils in one measure and phase, years by authorities; missing where not published."""

    measure: Measure
    phase: str
    years: tuple[str, ...]
    codes: np.ndarray[Any, Any]
    names: np.ndarray[Any, Any]
    regions: np.ndarray[Any, Any]
    events: np.ndarray[Any, Any]
    pupils: np.ndarray[Any, Any]
    source: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The same for chosen years and authorities, without gaps; ``why`` says what is wrong where there are none.

    Attributes
    ----------
    events, pupils : ndarray, shape (years, authorities)
    codes : tuple of str
    treated : int
        Column of the authority evaluated.
    pre : ndarray of bool, shape (years,)
    at : ndarray, shape (years,)
        The calendar year in which each begins.
    left_out : int
        Authorities with some of the years, but not all, or without an event before.
    """

    events: np.ndarray[Any, Any]
    pupils: np.ndarray[Any, Any]
    codes: tuple[str, ...]
    treated: int
    pre: np.ndarray[Any, Any]
    at: np.ndarray[Any, Any]
    left_out: int
    why: str = ""


def whole(cells: pd.DataFrame, measure: str, phase: str = TOTAL) -> Whole:
    """One measure of one phase from the cells of all authorities.

    A few counts were published as rates only and are whole numbers up to rounding (74.0003): they are made whole.
    """
    chosen, about = cells[cells["education_phase"] == phase], MEASURES[measure]
    events, pupils = (
        chosen.pivot(index="time_period", columns="area_code", values=column).sort_index().astype("float64")
        for column in (about.numerator, "pupils")
    )
    last = chosen.drop_duplicates("area_code", keep="last").set_index("area_code").reindex(events.columns)
    return Whole(
        about, phase, tuple(map(str, events.index)), events.columns.to_numpy(dtype=object),
        last["area"].to_numpy(dtype=object), last["region"].to_numpy(dtype=object), events.round().to_numpy(),
        pupils.to_numpy(), all_sources(chosen["source"]) if len(chosen) else "",
    )  # fmt: skip


def cut(
    figures: Whole,
    before: Sequence[str],
    after: Sequence[str],
    code: str,
    among: Collection[str] | None = None,
    *,
    least: int = FEWEST,
) -> Cut:
    """The authorities that have every one of the years, of those named where any are, the evaluated one with them."""
    years = [*before, *after]
    pre = np.array([year in set(before) for year in years], dtype=np.bool_)
    begun = np.array([float(year[:4]) for year in years])
    if not after or not set(years) <= set(figures.years):
        nothing, why = np.empty((0, 0)), no_series(figures, years, code) if after else TOO_EARLY
        return Cut(nothing, nothing, (), -1, pre, begun, 0, why)
    at = [figures.years.index(year) for year in years]
    events, pupils = figures.events[at], figures.pupils[at]
    named = np.ones(figures.codes.size, dtype=np.bool_)
    if among is not None:
        named = np.array([one in among or one == code for one in figures.codes], dtype=np.bool_)
    known = np.isfinite(events) & (pupils > 0)
    is_whole = named & known.all(axis=0)
    kept = is_whole & (np.where(known, events, 0.0)[pre].sum(axis=0) > 0)
    codes = tuple(str(one) for one in figures.codes[kept])
    own = figures.codes == code
    why = (
        no_series(figures, years, code) if not (own & is_whole).any()
        else NO_EVENT if code not in codes
        else NO_EVENT_AFTER if not events[~pre][:, own].any()
        else FEW_CHOSEN.format(int(named.sum()) - 1, least - 1) if named.sum() < least
        else FEW_OTHERS if len(codes) < least
        else ""
    )  # fmt: skip
    left_out = int((named & known.any(axis=0)).sum() - kept.sum())
    place = codes.index(code) if code in codes else -1
    return Cut(events[:, kept], pupils[:, kept], codes, place, pre, begun, left_out, why)


def no_series(figures: Whole, years: Sequence[str], code: str) -> str:
    """Why an authority has not every one of the years: its figures begin later, end earlier, or have gaps."""
    nobody = [year for year in years if year not in figures.years]
    if nobody:
        return NO_YEARS.format(", ".join(map(academic_year, nobody)))
    own = figures.codes == code
    known = np.isfinite(figures.events[:, own]) & (figures.pupils[:, own] > 0)
    there = [year for year, has in zip(figures.years, known.any(axis=1), strict=True) if has]
    missing = [year for year in years if year not in there]
    if not there:
        return NO_FIGURES
    if max(missing) < there[0]:
        return YOUNGER.format(academic_year(there[0]))
    if min(missing) > there[-1]:
        return ENDED.format(academic_year(there[-1]))
    return GAPS.format(", ".join(map(academic_year, missing)))


def too_few(others: int, level: float, outcomes: int) -> str:
    """Why nothing could stand out at a level among so few others."""
    return (
        f"cannot be computed: with {others} other authorities no change, however large, stands out where {outcomes} "
        f"outcomes are looked at together; {fewest_others(level)} are needed"
    )


def fewest_others(level: float) -> int:
    """With fewer others no rank among them reaches the level."""
    return int(np.ceil(1.0 / (1.0 - level) - 1.0 - 1e-9))


def impact_row(
    question: Question, figures: Whole, statistic: str, design: str, **said: Any
) -> dict[str, Any]:
    """One row on a measure of a phase; area and year are the authority's and the year evaluated unless said."""
    common = {
        "indicator": f"strategy_impact_{figures.measure.id}", "objective": OBJECTIVE, "time_period": question.year,
        "geographic_level": "Local authority", "area": question.area,
        "breakdown_topic": TOTAL if figures.phase == TOTAL else "education_phase", "breakdown": figures.phase,
        "comparator": OTHER_AUTHORITIES, "strength": LIMITED, "source": figures.source,
    }  # fmt: skip
    return finding(**{**common, "statistic": statistic, "design": design, **said})
