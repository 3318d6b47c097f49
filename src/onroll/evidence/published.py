"""All evidence that published figures give, in the order a reader asks: how much, what changed, for whom, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from onroll.counts.groups import ethnicity_cells, sen_cells, sen_roll
from onroll.counts.published import all_sources, annual_cells, over_years, repeat_dispersion, summed
from onroll.evidence.among_authorities import authority_rows
from onroll.evidence.changes import Pair, beside_rows, change_rows, next_year_rows, spread_of
from onroll.evidence.impact import impact_rows
from onroll.evidence.judged import judged_rows
from onroll.evidence.levels import all_levels
from onroll.evidence.national_patterns import national_rows
from onroll.evidence.patterns import ethnicity_rows, sen_rows
from onroll.evidence.question import Question
from onroll.evidence.steady_years import year_rows
from onroll.evidence.table import Evidence, collect
from onroll.vocabulary import (
    BASELINE,
    BEFORE_AFTER,
    CROSS_SECTION,
    ENGLAND,
    MEASURES,
    PHASES,
    PREVIOUS_YEAR,
    REGION,
    academic_year,
    previous,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The tidy tables of published figures that an evaluation counts from.

    Attributes
    ----------
    annual, nation_region, sen_terms, ethnicity : DataFrame
        Tidy tables as ``intake.published`` makes them.
    sen_shares : DataFrame
        ``area_code, time_period, breakdown, pupil_percent, source``.
    per_pupil : DataFrame
        ``suspensions_each, pupils``: how many pupils of England had so many suspensions in a year.
    characteristics : DataFrame
        Cells of England's pupils by what they are, as ``counts.characteristics`` makes them.
    origins : mapping
        For each source of any row: ``published`` or ``own records``. What is not named here does not pass the door.
    """

    annual: pd.DataFrame
    nation_region: pd.DataFrame
    sen_terms: pd.DataFrame
    ethnicity: pd.DataFrame
    sen_shares: pd.DataFrame
    per_pupil: pd.DataFrame
    characteristics: pd.DataFrame
    origins: Mapping[str, str]


def published_evidence(figures: Figures, question: Question) -> Evidence:
    """Every row that published figures give for this question."""
    cells = annual_cells(figures.annual)
    cells = cells[cells["time_period"] <= question.year]
    own = cells[cells["area_code"] == question.area_code]
    scale = repeat_scale(figures)
    repeats = _repeats(own, question.year, scale)
    groups = ethnicity_cells(figures.ethnicity, question.area_code)
    rows = [
        *_levels(cells, own, figures.nation_region, question, repeats),
        *_changes(cells, question),
        *_beside(cells, own, question, repeats),
        *sen_rows(sen_cells(figures.sen_terms, sen_roll(cells, figures.sen_shares, question.area_code),
                            question.area_code), question, scale),
        *ethnicity_rows(groups, question, repeats, until=_until(groups, figures.annual, question)),
        *national_rows(figures.characteristics, question),
        *impact_rows(cells, question),
        *judged_rows(cells, question),
        *authority_rows(cells, question),
        *year_rows(own, question),
    ]  # fmt: skip
    return collect(rows, figures.origins)


def _until(groups: pd.DataFrame, annual: pd.DataFrame, question: Question) -> str:
    """The last year of groups to tell: what was published since belongs to an evaluation of the latest year."""
    latest = annual[annual["area_code"] == question.area_code]["time_period"].max()
    return str(max(groups["time_period"], default="")) if question.year == latest else question.year


def repeat_scale(figures: Figures) -> float:
    """What turns suspensions per suspended pupil into their dispersion: how unevenly they fell on pupils in England."""
    spread, mean = repeat_dispersion(figures.per_pupil)
    return float(spread / mean)


def _repeats(own: pd.DataFrame, year: str, scale: float) -> float:
    """Dispersion of the authority's suspensions: England's, scaled to suspensions per suspended pupil here."""
    total = own[(own["education_phase"] == PHASES[-1]) & (own["time_period"] == year)]
    events, pupils = total["suspension_count"].sum(), total["suspended_pupil_count"].sum()
    return max(1.0, scale * events / pupils) if pupils > 0 else 1.0


def _levels(
    cells: pd.DataFrame, own: pd.DataFrame, nation_region: pd.DataFrame, question: Question, repeats: float
) -> Iterator[dict[str, Any]]:
    yield from all_levels(own, question, level="Local authority", repeats=repeats)
    region = cells[cells["region"] == question.region]["area_code"].unique()
    places = (("England", "National", cells["area_code"].unique()), (question.region, "Regional", region))
    for area, level, codes in places:
        sums = summed(cells, codes, area)
        printed = _printed(nation_region, area, level)
        whole = sums.dropna(subset=[measure.numerator for measure in MEASURES.values()])
        keys = ["time_period", "education_phase"]
        missing = printed.merge(whole[keys], on=keys, how="left", indicator=True)
        missing = missing[(missing["_merge"] == "left_only") & (missing["time_period"] <= question.year)]
        yield from all_levels(whole, question, level=level)
        yield from all_levels(
            missing, question, level=level, note="as the DfE printed it, counts to the nearest 5"
        )
    group = summed(cells, question.neighbours, question.neighbours_label, whole=True)
    yield from all_levels(group, question, level="Local authority")


def _printed(nation_region: pd.DataFrame, area: str, level: str) -> pd.DataFrame:
    """The nation's or region's own published cells, where counts were printed."""
    chosen = nation_region[(nation_region["geographic_level"] == level) & (nation_region["area"] == area)]
    counted = annual_cells(chosen)
    return counted.dropna(subset=["pupils", "suspension_count"])


def _changes(cells: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    references = {
        PREVIOUS_YEAR: (previous(question.year),),
        BASELINE: question.baseline if question.year > question.baseline[-1] else (),
    }
    now = over_years(cells, (question.year,))
    for comparator, years in references.items():
        then = over_years(cells, years)
        for phase in PHASES:
            pair = _pair(now, then, question, phase, comparator, years)
            if pair is None:
                continue
            for measure in MEASURES.values():
                spread = (
                    spread_of(now, then, measure, phase, question.area_code)
                    if question.dispersion == "other_authorities"
                    else None
                )
                yield from change_rows(pair, measure, question, spread)
                if comparator == PREVIOUS_YEAR:
                    yield from next_year_rows(pair, measure, question, spread)


def _pair(
    now: pd.DataFrame, then: pd.DataFrame, question: Question, phase: str, comparator: str,
    years: tuple[str, ...],
) -> Pair | None:  # fmt: skip
    found = [
        table[(table["area_code"] == question.area_code) & (table["education_phase"] == phase)]
        for table in (now, then)
    ]
    if any(table.empty for table in found):
        return None
    pandemic = [academic_year(year) for year in years if year in question.pandemic]
    note = f"against {', '.join(academic_year(year) for year in years)}"
    note += f"; {' and '.join(pandemic)} was a pandemic year" if pandemic else ""
    source = all_sources(pd.concat([table["source"] for table in found]))
    return Pair(found[0].iloc[0], found[1].iloc[0], phase, comparator, BEFORE_AFTER, source, note)


def _beside(
    cells: pd.DataFrame, own: pd.DataFrame, question: Question, repeats: float
) -> Iterator[dict[str, Any]]:
    others = cells[cells["area_code"] != question.area_code]
    groups: Mapping[str, tuple[Any, str]] = {
        ENGLAND: (others["area_code"].unique(), "the rest of England"),
        REGION: (others[others["region"] == question.region]["area_code"].unique(), f"the rest of {question.region}"),
        question.neighbours_id: (question.neighbours, question.neighbours_label),
    }  # fmt: skip
    current = own[own["time_period"] == question.year]
    for comparator, (codes, label) in groups.items():
        sums = summed(others, codes, label, whole=comparator == question.neighbours_id)
        sums = sums[sums["time_period"] == question.year]
        for cell in (row for _, row in current.iterrows()):
            match = sums[sums["education_phase"] == cell["education_phase"]]
            if len(match):
                pair = Pair(
                    cell, match.iloc[0], str(cell["education_phase"]), comparator, CROSS_SECTION,
                    all_sources(pd.Series([cell["source"], match.iloc[0]["source"]])), f"against {label}",
                )  # fmt: skip
                yield from beside_rows(pair, question, repeats)
