"""The published figures of one study: those that ship, with figures received put in their place."""

from __future__ import annotations

import pandas as pd

from onroll.counts.characteristics import characteristic_cells
from onroll.evidence.published import Figures
from onroll.intake.checking import Checked
from onroll.intake.received import EXCLUSIONS
from onroll.intake.shipped import Shipped
from onroll.vocabulary import PUBLISHED, TOTAL, YEAR

ANNUAL, NATION, SEN, ETHNICITY = (
    "exclusions_authority_annual", "exclusions_nation_region_annual", "exclusions_sen_termly",
    "exclusions_ethnicity_annual",
)  # fmt: skip
SHARES, CHARACTERISTICS = "sen_share_authority", "exclusions_characteristics_national"
KEYS = [
    "time_period", "time_identifier", "geographic_level", "area_code", "area", "education_phase",
    "breakdown_topic", "breakdown",
]  # fmt: skip
COUNTS = ["suspension_count", "suspended_pupil_count", "permanent_exclusion_count"]
RATES = ["suspension_rate", "suspended_pupil_rate", "permanent_exclusion_rate"]


def figures_of(shipped: Shipped, checked: Checked | None) -> tuple[Figures, tuple[str, ...]]:
    """The shipped figures, with those received put in their place, and what to say of that."""
    said: list[str] = []
    tables = {name: shipped.tables[name].table for name in (ANNUAL, NATION, SEN, ETHNICITY)}
    received = () if checked is None else checked.received
    for one in received:
        if one.kind == EXCLUSIONS:
            for name, rows in _sorted_out(one.table.assign(source=one.name)).items():
                kind = RATES if name == SEN else COUNTS
                other = _other_figures(tables[name], rows, kind)
                tables[name] = _put_in_place(tables[name], rows, kind)
                if other:
                    said.append(
                        f"{one.name}: {other:,} rows put other figures in the place of those that ship"
                    )
    per_pupil = shipped.tables["suspensions_per_pupil_national"].table
    per_pupil = per_pupil[per_pupil["time_period"] == per_pupil["time_period"].max()].dropna()
    shares = shipped.tables[SHARES].table.assign(source=SHARES)
    england = characteristic_cells(shipped.tables[CHARACTERISTICS].table, CHARACTERISTICS)
    published = [*shipped.cards, *(one.name for one in received if one.kind == EXCLUSIONS)]
    origins = dict.fromkeys(published, PUBLISHED)
    made = Figures(
        tables[ANNUAL], tables[NATION], tables[SEN], tables[ETHNICITY], shares, per_pupil, england, origins
    )
    return made, tuple(said)


def _other_figures(known: pd.DataFrame, rows: pd.DataFrame, figures: list[str]) -> int:
    """How many received rows give another figure than the known row of the same key."""
    both = known.merge(rows, on=KEYS, suffixes=("", "_received"))
    differs = [
        both[one].notna() & both[f"{one}_received"].notna() & (both[one] != both[f"{one}_received"])
        for one in figures
    ]
    return int(pd.concat(differs, axis="columns").any(axis="columns").sum()) if len(both) else 0


def _put_in_place(known: pd.DataFrame, rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Received rows replace those with the same key, unless they withhold a figure that is already known."""
    if rows.empty:
        return known
    both = pd.concat([known, rows], ignore_index=True)
    given = both[figures].notna().sum(axis="columns")
    best = both.assign(given=given).sort_values("given", kind="stable").drop_duplicates(KEYS, keep="last")
    return best.drop(columns="given").sort_index().reset_index(drop=True)


def _sorted_out(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows received, by the shipped table they belong to. Rates without counts replace no counts."""
    local, annual = table["geographic_level"] == "Local authority", table["time_identifier"] == YEAR
    topic, counted = table["breakdown_topic"], table["pupil_headcount"].notna()
    return {
        ANNUAL: table[local & annual & (topic == TOTAL) & counted],
        NATION: table[~local & annual & (topic == TOTAL) & counted],
        SEN: table[local & ~annual & (topic == "sen_provision")],
        ETHNICITY: table[local & annual & (topic == "ethnicity_major") & counted],
    }
