"""Derive: how each shipped table is made from the originals. Figures stay the text they were received as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from onroll.intake.places import Authorities, authorities_of
from onroll.intake.regions import is_nation, region_code
from onroll.vocabulary import LEVEL_SPELLINGS, NATION_CODE, PHASE_SPELLINGS, REGIONS, TOTAL, YEAR

Frames = Mapping[str, pd.DataFrame]
Declared = Mapping[str, Any]

# The originals by the role that originals.yaml gives them.
PANEL, RELEASE, LAIT, CONTEXT = "panel", "release", "lait", "context"
TERMLY, ETHNICITY, NEIGHBOURS, STRATEGY = "termly", "ethnicity", "neighbours", "strategy"
PER_PUPIL, CHARACTERISTICS = "per_pupil", "characteristics"

_LEVELS = ["time_period", "time_identifier", "geographic_level"]
_RATES = ["perm_excl_rate", "susp_rate", "one_plus_susp_rate"]
_COUNTS = ["headcount", "perm_excl", "suspension", "one_plus_susp"]
_FIGURES = ["headcount", "perm_excl", "perm_excl_rate", "suspension", "susp_rate", "one_plus_susp"]
_FIGURES += ["one_plus_susp_rate"]
_RELEASE_NAMES = {
    "year": "time_period",
    "level": "geographic_level",
    "school_type": "education_phase",
    "fixed_excl": "suspension",
    "fixed_excl_rate": "susp_rate",
    "one_plus_fixed": "one_plus_susp",
    "one_or_more_fixed_excl_rate": "one_plus_susp_rate",
}
_AUTHORITY_COLUMNS = (
    "old_la_code", "new_la_code", "other_new_la_codes", "la_name", "other_names", "region_name", "first_year",
    "last_year", "years_of_suspensions", "years_of_permanent_exclusions", "note",
)  # fmt: skip
_ENDED = ("split into", "replaced by")
_FIRST_LAIT, _LAST_ROUNDED = "201516", "201617"


def authority_annual(frames: Frames, declared: Declared) -> pd.DataFrame:
    """The panel of counts and rates, every authority, phase and year."""
    table = _panel(frames, declared)
    split = table["old_la_code"].isin(declared["corrections"]["split_codes"])
    split &= table["time_period"] == declared["corrections"]["split_year"]
    for figure in _FIGURES:
        table[figure] = table[figure].where(table[figure] != "", "c")
    for rate in _RATES:
        table[rate] = table[rate].where(table["headcount"] != "0", "z")
    table["basis"] = table["basis"].where(~split, "published_counts_split_year")
    keys = ["time_period", "old_la_code", "education_phase"]
    return table.sort_values(keys)[[*_LEVELS, "old_la_code", "education_phase", *_FIGURES, "basis"]]


def nation_region_annual(frames: Frames, declared: Declared) -> pd.DataFrame:
    """England and regions: the 2016/17 release to 2014/15, LAIT rates and its counts after."""
    old = frames[RELEASE].rename(columns=_RELEASE_NAMES).assign(time_identifier=YEAR)
    old["geographic_level"] = _worded(old["geographic_level"], LEVEL_SPELLINGS)
    old = old[(old["geographic_level"] != "Local authority") & (old["la_name"] != "NULL")]
    old["education_phase"] = _worded(old["education_phase"], PHASE_SPELLINGS)
    old[_FIGURES] = old[_FIGURES].replace({"x": "c", ".": "z"})
    new = frames[LAIT].query("geographic_level != 'Local authority'")
    key = ["time_period", "geographic_level", "region_code", "education_phase"]
    old, new = _in_regions(old), _in_regions(new)
    new = new.merge(old[[*key, *_COUNTS]], on=key, how="left", validate="one_to_one")
    new[_COUNTS] = new[_COUNTS].fillna("x")
    rounded = new["time_period"] <= _LAST_ROUNDED
    new["basis"] = pd.Series("published_rates", index=new.index).where(
        ~rounded, "published_rates_and_rounded_counts"
    )
    old = old[old["time_period"] < _FIRST_LAIT].assign(basis="published_rounded_counts")
    table = pd.concat([old, new]).assign(country_code=NATION_CODE).sort_values(key)
    places = ["country_code", "region_code", "region_name", "education_phase"]
    return table[[*_LEVELS, *places, *_FIGURES, "basis"]]


def sen_termly(frames: Frames, declared: Declared) -> pd.DataFrame:
    """Termly rates by SEN provision, with three-digit codes."""
    known = _known(frames, declared)
    table = frames[TERMLY].copy()
    table["old_la_code"] = _worded(table["new_la_code"], known.by_code)
    keys = ["time_period", "time_identifier", "old_la_code", "education_phase", "sen_provision"]
    table = table.sort_values(keys)
    return table[[*_LEVELS, "old_la_code", "education_phase", "sen_provision", *_RATES]]


def ethnicity_annual(frames: Frames, declared: Declared) -> pd.DataFrame:
    """Figures by major ethnic group, blanks said as not available."""
    table = frames[ETHNICITY].copy()
    figures = [figure for figure in _FIGURES if figure in table.columns]
    table[figures] = table[figures].replace({"": "x"})
    keys = ["time_period", "geographic_level", "old_la_code", "ethnicity_major"]
    table = table.sort_values(keys)
    return table[[*_LEVELS, "old_la_code", "education_phase", "ethnicity_major", *figures]]


def sen_share(frames: Frames, declared: Declared) -> pd.DataFrame:
    """Percent of pupils with SEN support and with a plan, by the academic year of the January census."""
    table = frames[CONTEXT].query("geographic_level != 'Regional'").assign(time_identifier=YEAR)
    table = table[table["measure"].isin(["SEN_TotSENSuP", "SEN_TotStat"])]
    year = table["period"].astype(int)
    table["time_period"] = [f"{y - 1}{y % 100:02d}" for y in year]
    table["sen_provision"] = table["measure"].map({"SEN_TotSENSuP": "SEN support", "SEN_TotStat": "EHC plan"})
    table["pupil_percent"] = table["value"].where(table["value"] != "", "x")
    table["old_la_code"] = table["old_la_code"].where(table["geographic_level"] == "Local authority", "")
    place = table.groupby(["time_period", "old_la_code"])["pupil_percent"]
    table = table[place.transform(lambda values: (values != "x").any()).astype(bool)]
    keys = ["time_period", "geographic_level", "old_la_code", "sen_provision"]
    return table.sort_values(keys)[[*_LEVELS, "old_la_code", "sen_provision", "pupil_percent"]]


def neighbours(frames: Frames, declared: Declared) -> pd.DataFrame:
    """Ten neighbours an authority, both models, by code."""
    columns = ["model_year", "old_la_code", "rank", "neighbour_old_la_code", "closeness"]
    table = frames[NEIGHBOURS]
    order = table["rank"].str.zfill(2)
    return table.assign(order=order).sort_values(["model_year", "old_la_code", "order"])[columns]


def suspensions_per_pupil(frames: Frames, declared: Declared) -> pd.DataFrame:
    """How many pupils of England had so many suspensions, all phases together."""
    names = {"Year": "time_period", "fixed_excl": "suspensions_each", "headcount": "pupils"}
    table = frames[PER_PUPIL].query("school_type == 'Total' and fixed_excl != 'Total'").rename(columns=names)
    table = table.assign(
        pupils=table["pupils"].replace({"x": "c"}), order=table["suspensions_each"].astype(int)
    )
    return table.sort_values(["time_period", "order"])[list(names.values())]


def characteristics_national(frames: Frames, declared: Declared) -> pd.DataFrame:
    """England by pupil characteristics, groups not crossed, all phases together; the groups that originals.yaml names."""
    said = declared["characteristics"]
    names = {name: new for name, new in _RELEASE_NAMES.items() if name != "one_or_more_fixed_excl_rate"}
    table = frames[CHARACTERISTICS].rename(columns={**names, "one_plus_fixed_rate": "one_plus_susp_rate"})
    word = table["characteristic_1"]
    table = table[word.isin(list(said)) & (table["characteristic_2"] == "Total")].assign(time_identifier=YEAR)
    table["geographic_level"] = _worded(table["geographic_level"], LEVEL_SPELLINGS)
    table = table[table["education_phase"] == TOTAL]
    for column, key in (("breakdown_topic", "topic"), ("breakdown", "group")):
        table[column] = [said[cell][key] for cell in table["characteristic_1"]]
    table[_COUNTS] = table[_COUNTS].replace({"x": "c", ".": "z"}).replace({",": ""}, regex=True)
    keys = ["time_period", "education_phase", "breakdown_topic", "breakdown"]
    return table.sort_values(keys)[[*_LEVELS, *keys[1:], *_COUNTS]]


def authorities(frames: Frames, declared: Declared) -> pd.DataFrame:
    """One row an authority: codes, names, years, what became of it."""
    panel, said = _panel(frames, declared), declared["authorities"]
    first = panel.drop_duplicates("old_la_code").set_index("old_la_code")
    total = panel[panel["education_phase"] == "Total"].groupby("old_la_code")
    table = first[["new_la_code", "la_name", "region_name"]].sort_index()
    for code, better in said["extra"].items():
        table.loc[code, list(better)] = list(better.values())
    table["new_la_code"] = table["new_la_code"].str.strip(".")
    names = {code: "; ".join(others) for code, others in said["other_names"].items()}
    table["other_names"] = [names.get(code, "") for code in table.index]
    table["note"] = [said["notes"].get(code, "") for code in table.index]
    table["first_year"] = total["time_period"].min()
    ended = table["note"].str.startswith(_ENDED)
    table["last_year"] = total["time_period"].max().where(ended, "")
    for column, figure in (("suspensions", "suspension"), ("permanent_exclusions", "perm_excl")):
        table[f"years_of_{column}"] = total[figure].agg(lambda cells: int((cells != "").sum()))
    return _with_other_codes(table.reset_index(), frames[TERMLY])[list(_AUTHORITY_COLUMNS)]


def strategy_baseline(frames: Frames, declared: Declared) -> pd.DataFrame:
    """The strategy's printed table, with codes for its places."""
    known = _known(frames, declared)
    table = frames[STRATEGY].assign(education_phase="Total")
    period = table["time_period"].iloc[0]
    codes = {name: "" if is_nation(name) else known.named(name, period) for name in table["area"].unique()}
    table["old_la_code"] = table["area"].map(codes)
    table["geographic_level"] = table["old_la_code"].map(
        lambda code: "Local authority" if code else "National"
    )
    figures = ["perm_excl", "perm_excl_rate", "suspension", "susp_rate"]
    table[figures] = table[figures].replace({"": "x"})
    return table[[*_LEVELS, "old_la_code", "education_phase", "sen_provision", *figures]]


TABLES: Mapping[str, Callable[[Frames, Declared], pd.DataFrame]] = MappingProxyType(
    {
        "exclusions_authority_annual": authority_annual,
        "exclusions_nation_region_annual": nation_region_annual,
        "exclusions_sen_termly": sen_termly,
        "exclusions_ethnicity_annual": ethnicity_annual,
        "sen_share_authority": sen_share,
        "statistical_neighbours": neighbours,
        "suspensions_per_pupil_national": suspensions_per_pupil,
        "exclusions_characteristics_national": characteristics_national,
        "authorities": authorities,
        "strategy_baseline_sen": strategy_baseline,
    }
)


def _panel(frames: Frames, declared: Declared) -> pd.DataFrame:
    table = frames[PANEL].copy()
    table["old_la_code"] = table["old_la_code"].replace(declared["corrections"]["old_la_code"])
    return table


def _known(frames: Frames, declared: Declared) -> Authorities:
    return authorities_of(authorities(frames, declared))


def _with_other_codes(table: pd.DataFrame, termly: pd.DataFrame) -> pd.DataFrame:
    """Add the nine-character codes that the termly file uses for the same name."""
    pairs = termly[["la_name", "new_la_code"]].drop_duplicates()
    pairs = pairs[~pairs["new_la_code"].isin(table["new_la_code"])]
    others = pairs.groupby("la_name")["new_la_code"].agg("; ".join)
    return table.assign(other_new_la_codes=table["la_name"].map(others).fillna(""))


def _worded(column: pd.Series[str], words: Mapping[str, str]) -> pd.Series[str]:
    """Each cell's word; a cell that has none is a fault of the originals and stops the making."""
    found = {cell: words.get(cell) or words[cell.lower()] for cell in column.unique()}
    return column.map(found)


def _in_regions(table: pd.DataFrame) -> pd.DataFrame:
    """Codes and names of the region, blank for England."""
    codes = {name: "" if is_nation(name) else region_code(name) for name in table["la_name"].unique()}
    code = table["la_name"].map(codes)
    return table.assign(region_code=code, region_name=code.map({"": "", **REGIONS}))
