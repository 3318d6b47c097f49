"""Cells for groups of pupils from published figures: SEN provision by term, ethnicity by year.

The DfE prints only rates by SEN provision and term for an authority. The number on roll is estimated from
the January roll and the published share of pupils, and the events from the rate; both say so.
"""

from __future__ import annotations

import pandas as pd

from onroll.counts.published import EVENTS, all_sources
from onroll.vocabulary import EHC_PLAN, MEASURES, NO_SEN, SEN_SUPPORT, TOTAL

RATES = {measure.id: measure.numerator for measure in MEASURES.values()}


def sen_roll(cells: pd.DataFrame, shares: pd.DataFrame, code: str) -> pd.DataFrame:
    """Estimate an authority's pupils by SEN provision: ``time_period, breakdown, pupils, roll_source``.

    ``shares`` holds ``area_code, time_period, breakdown, pupil_percent, source`` at the January census of the year.
    """
    own_total = cells[(cells["area_code"] == code) & (cells["education_phase"] == TOTAL)]
    roll = own_total.set_index("time_period")["pupils"]
    own = shares[shares["area_code"] == code]
    wide = own.pivot(index="time_period", columns="breakdown", values="pupil_percent")
    wide = wide.reindex(columns=[EHC_PLAN, SEN_SUPPORT])
    wide[NO_SEN] = 100 - wide[EHC_PLAN] - wide[SEN_SUPPORT]
    pupils = wide.div(100).mul(roll, axis="index").dropna()
    long = pupils.melt(ignore_index=False, var_name="breakdown", value_name="pupils").reset_index()
    sources = pd.concat([own_total["source"], own["source"]])
    return long.assign(roll_source=all_sources(sources) if len(sources) else "")


def sen_cells(table: pd.DataFrame, roll: pd.DataFrame, code: str) -> pd.DataFrame:
    """SEN provision by term for one authority: published rates, estimated pupils and events."""
    own = table[
        (table["area_code"] == code)
        & (table["education_phase"] == TOTAL)
        & (table["breakdown_topic"] == "sen_provision")
    ]
    keys = ["time_period", "time_identifier", "area_code", "area", "breakdown"]
    cells = own[[*keys, *RATES, "source"]].merge(roll, on=["time_period", "breakdown"], how="left")
    rests = cells["pupils"].notna()
    cells.loc[rests, "source"] = cells.loc[rests, ["source", "roll_source"]].agg(all_sources, axis="columns")
    for rate, events in RATES.items():
        cells[events] = (cells[rate] * cells["pupils"] / 100).round()
    return cells


def ethnicity_cells(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Major ethnic group by year for one authority, and the total where it was published, counts as published."""
    own = table[(table["area_code"] == code) & table["breakdown_topic"].isin(("ethnicity_major", TOTAL))]
    columns = ["time_period", "area_code", "area", "breakdown", "pupil_headcount", *EVENTS, "source"]
    return own[columns].rename(columns={"pupil_headcount": "pupils"}).reset_index(drop=True)
