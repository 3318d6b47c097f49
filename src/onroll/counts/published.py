"""Cells from published figures: one authority, all authorities, and the sums that stand beside them.

A cell is ``time_period, area_code, area, education_phase, pupils`` and one column of events a measure.
A count that the publisher withheld makes every sum it belongs to missing too, never smaller.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from onroll.vocabulary import MEASURES, SOURCES_APART, TOTAL

EVENTS = tuple(measure.numerator for measure in MEASURES.values())
COMPLETE = 0.95
KEYS = ["time_period", "area_code", "area", "region", "education_phase"]


def annual_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Authority by year by phase, as published: ``KEYS``, ``pupils``, the three event counts, ``source``."""
    own = table[(table["time_identifier"] == "Academic year") & (table["breakdown_topic"] == TOTAL)]
    cells = own[[*KEYS, "pupil_headcount", *EVENTS, "source"]].rename(columns={"pupil_headcount": "pupils"})
    return cells.reset_index(drop=True)


def summed(cells: pd.DataFrame, codes: Collection[str], area: str, *, whole: bool = False) -> pd.DataFrame:
    """Add the cells of several authorities, year by year and phase by phase.

    ``authorities`` says how many went in. A missing count in any of them leaves the sum missing, and so does a
    year for which figures of only some authorities are there (seen by its pupils: a roll does not lose a
    twentieth in a year). With ``whole``, every one of the codes must be there.
    """
    chosen = cells[cells["area_code"].isin(list(codes))]
    groups = chosen.groupby(["time_period", "education_phase"], observed=True)
    total = _whole_sums(groups)
    total["authorities"] = groups.size()
    total["source"] = groups["source"].agg(all_sources)
    if whole:
        total.loc[total["authorities"] < len(set(codes)), list(EVENTS)] = float("nan")
    total.loc[~_is_complete(total["pupils"]), list(EVENTS)] = float("nan")
    return total.reset_index().assign(area_code="", area=area, region="")


def panel(cells: pd.DataFrame, column: str, phase: str = TOTAL) -> pd.DataFrame:
    """One column of the cells of one phase as years by authorities, complete authorities only."""
    chosen = cells[cells["education_phase"] == phase]
    wide = chosen.pivot(index="time_period", columns="area_code", values=column).sort_index()
    return wide.dropna(axis="columns")


def over_years(cells: pd.DataFrame, years: Collection[str]) -> pd.DataFrame:
    """Add the years of each area and phase; an area with a year missing is left out."""
    chosen = cells[cells["time_period"].isin(list(years))]
    groups = chosen.groupby(["area_code", "area", "education_phase"], observed=True)
    total = _whole_sums(groups)
    total["source"] = groups["source"].agg(all_sources)
    return total[groups.size() == len(years)].reset_index()


def all_sources(sources: pd.Series[Any]) -> str:
    """Every source of several cells, each once, parted by semicolons; the door asks after each of them."""
    return SOURCES_APART.join(
        dict.fromkeys(part for one in sources.unique() for part in one.split(SOURCES_APART))
    )


def _is_complete(pupils: pd.Series[Any]) -> pd.Series[Any]:
    """Whether each year's roll is at least ``COMPLETE`` of the largest before it, phase by phase."""
    before = pupils.groupby("education_phase").cummax()
    return pupils >= COMPLETE * before


def _whole_sums(groups: Any) -> pd.DataFrame:
    """Sums of the groups; one missing count leaves the sum missing."""
    columns = ["pupils", *EVENTS]
    sums: pd.DataFrame = groups[columns].sum()
    return sums.where(groups[columns].count().eq(groups.size(), axis="index"))


def repeat_dispersion(per_pupil: pd.DataFrame) -> tuple[float, float]:
    """How unevenly suspensions fall on those suspended: ``(sum n^2 / sum n, mean n)``.

    ``per_pupil`` holds ``suspensions_each`` (how many each had) and ``pupils`` (how many had so many). With
    independent pupils the variance of the number of suspensions is the first figure times its mean.
    """
    times, pupils = per_pupil["suspensions_each"], per_pupil["pupils"]
    events = (times * pupils).sum()
    return float((times**2 * pupils).sum() / events), float(events / pupils.sum())
