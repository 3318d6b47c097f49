"""Figures that rest on all schools of a phase, hidden ones among them: how far they differ, limits, a chart's level.

8. A figure over all schools of a phase, such as a median odds ratio or the limits of a funnel, is hidden in a year in
   which some of its schools, but fewer than the least count that may be shown, have a small count: with the other
   schools and the sum known, the few could be solved for. Otherwise it is told to two decimals, for the same reason.
9. A chart of terms is hidden whole where a term of its baseline is: level and limits are made of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from onroll.vocabulary import TOTAL, YEAR
from onroll.vocabulary.records import (
    CHART_BASELINE,
    CHART_LEVEL,
    CHART_PLACE,
    FALSE_ALARMS,
    OVER_SCHOOLS,
    PLACE,
    PLACE_BY_CHANCE,
    SCHOOL,
    TERMS_BEFORE,
    VARIANCE_CHANGE,
    VARIANCE_CHANGE_ALIKE,
    parts_of,
)

INDICATOR = "register_suspended_pupil_rate"
DECIMALS = 2
OWN_FIGURE = (PLACE, PLACE_BY_CHANCE)
"""Their estimate is the school's own rate, which is told exactly elsewhere; only their limits rest on all schools."""
CHANGES = (VARIANCE_CHANGE, VARIANCE_CHANGE_ALIKE)
CHARTS = (CHART_BASELINE, CHART_LEVEL, CHART_PLACE)


def few_small(cells: pd.DataFrame, minimum: int) -> frozenset[tuple[str, str]]:
    """Years and phases in which some schools, but fewer than ``minimum``, have a small count of pupils suspended."""
    schools = cells[
        (cells["indicator"] == INDICATOR) & (cells["geographic_level"] == SCHOOL) & (cells["time_identifier"] == YEAR)
        & (cells["breakdown_topic"] == TOTAL)
    ]  # fmt: skip
    left = schools["denominator"] - schools["numerator"]
    small = _few(schools["numerator"], minimum) | _few(schools["denominator"], minimum) | _few(left, minimum)
    sums = small.groupby([schools["time_period"], schools["education_phase"]], observed=True).sum()
    found = sums[(sums > 0) & (sums < minimum)]
    return frozenset((str(year), str(phase)) for year, phase in found.index)


def _few(counts: pd.Series[Any], minimum: int) -> pd.Series[bool]:
    return (counts > 0) & (counts < minimum)


def rests_on_no_side(rows: pd.DataFrame) -> pd.Series[bool]:
    """Rows that show no count of people and need no side of a comparison to be shown: rules 8 and 9 are theirs."""
    over = rows["statistic"].isin(OVER_SCHOOLS) & (rows["geographic_level"] != SCHOOL)
    return over | rows["statistic"].isin((FALSE_ALARMS, CHART_LEVEL))


def held_over_schools(rows: pd.DataFrame, few: frozenset[tuple[str, str]]) -> Iterable[Any]:
    """Rule 8: which rows are hidden."""
    phases = {phase for _, phase in few}
    own = rows[rows["statistic"].isin(OVER_SCHOOLS) & rows["estimate"].notna()]
    for at, statistic, year, phase in zip(
        own.index, own["statistic"], own["time_period"], own["breakdown"], strict=True
    ):
        if (year, phase) in few or (statistic in CHANGES and phase in phases):
            yield at


def held_charts(rows: pd.DataFrame, why: Mapping[Any, str]) -> Iterable[Any]:
    """Rule 9: which rows of charts are hidden."""
    own = rows[(rows["comparator"] == TERMS_BEFORE) & rows["statistic"].isin(CHARTS)]
    charts = [
        (indicator, area, group if topic == "education_phase" else parts_of(group)[1] if len(parts_of(group)) > 1 else TOTAL)
        for indicator, area, topic, group in zip(
            own["indicator"], own["area"], own["breakdown_topic"], own["breakdown"], strict=True
        )
    ]  # fmt: skip
    is_base = own["statistic"] == CHART_BASELINE
    gone = {chart for chart, base, at in zip(charts, is_base, own.index, strict=True) if base and why[at]}
    yield from (at for chart, at in zip(charts, own.index, strict=True) if chart in gone)


def coarsened(frame: pd.DataFrame, own: Iterable[Any]) -> None:
    """Rule 8: tell what rests on all schools to two decimals, in place; ``own`` are the rows of own records."""
    at = frame.index[frame.index.isin(list(own)) & frame["statistic"].isin(OVER_SCHOOLS)]
    frame.loc[at, ["lower", "upper"]] = frame.loc[at, ["lower", "upper"]].round(DECIMALS)
    model = at[~frame.loc[at, "statistic"].isin(OWN_FIGURE)]
    frame.loc[model, "estimate"] = frame.loc[model, "estimate"].round(DECIMALS)
