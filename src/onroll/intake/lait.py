"""LAIT: the long form of the Local Authority Interactive Tool, as its own file or as kept here.

Its twelve exclusions measures become tidy rows like those of any other file; other measures stay long.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd

from onroll.intake.columns import LONG, MEASURES, TIDY, matched
from onroll.intake.findings import Findings, finding
from onroll.intake.keys import read_keys
from onroll.intake.places import Authorities, locate
from onroll.intake.received import CONTEXT, Ledger, Received, no_symbols
from onroll.intake.sheets import Sheet, empty_frame
from onroll.intake.values import ANY, PROPORTION, RATE, parse_column
from onroll.vocabulary import TOTAL

_PRIMARY, _SECONDARY, _SPECIAL = "State-funded primary", "State-funded secondary", "Special"
EXCLUSIONS = MappingProxyType(
    {
        "TotPermEx": ("permanent_exclusion_rate", TOTAL),
        "PriPermEx": ("permanent_exclusion_rate", _PRIMARY),
        "SecPermEx": ("permanent_exclusion_rate", _SECONDARY),
        "SpecPermEx": ("permanent_exclusion_rate", _SPECIAL),
        "TotFixedEx": ("suspension_rate", TOTAL),
        "PriFixedEx": ("suspension_rate", _PRIMARY),
        "SecFixedEx": ("suspension_rate", _SECONDARY),
        "SpecFixedEx": ("suspension_rate", _SPECIAL),
        "Total_ Pup_FixedEx": ("suspended_pupil_rate", TOTAL),
        "Pri_ Pup_FixedEx": ("suspended_pupil_rate", _PRIMARY),
        "Sec_ Pup_FixedEx": ("suspended_pupil_rate", _SECONDARY),
        "Spec_ Pup_FixedEx": ("suspended_pupil_rate", _SPECIAL),
    }
)
_NATION, _REGIONS = "970", frozenset(str(code) for code in range(980, 991))
_CONTEXT = ("measure", "period", "geographic_level", "area_code", "area", "region", "value", "source")


def read_long(sheet: Sheet, authorities: Authorities) -> Received:
    """Read the long form: exclusions measures if there are any, otherwise context as it stands."""
    ledger = Ledger(sheet.name, [sheet.findings])
    headers = {name: given[0] for name, given in matched(map(str, sheet.frame.columns), LONG).items()}
    cells = sheet.frame[list(headers.values())].set_axis(list(headers), axis=1)
    if "geographic_level" not in cells.columns:
        cells["geographic_level"] = _level(cells)
        headers["geographic_level"] = headers.get("old_la_code", headers["la_name"])
    is_exclusions = cells["measure"].isin(list(EXCLUSIONS)).to_numpy(dtype=bool)
    if not is_exclusions.any():
        return _context(cells, headers, authorities, ledger)
    others = cells.loc[~is_exclusions, "measure"].nunique()
    if others:
        ledger.add(Findings((finding("other_measures", sheet.name, value=others),)))
    return _exclusions(cells[is_exclusions], headers, authorities, ledger)


def _level(cells: pd.DataFrame) -> pd.Series[str]:
    code = cells.get("old_la_code", cells["la_name"])
    level = np.where(
        code == _NATION, "National", np.where(code.isin(_REGIONS), "Regional", "Local authority")
    )
    return pd.Series(level, index=cells.index, dtype="str")


def _exclusions(
    cells: pd.DataFrame, headers: dict[str, str], authorities: Authorities, ledger: Ledger
) -> Received:
    """Pivot the twelve measures to one row a phase, place and year; none where all three rates are absent."""
    named = cells.rename(columns={"period": "time_period"})
    keys, ready = read_keys(named, {**headers, "time_period": headers["period"]}, authorities, ledger)
    words = named["measure"].map(dict(EXCLUSIONS))
    keys = keys.assign(
        education_phase=words.str[1].astype("str"), column=words.str[0].astype("str"), value=np.nan, symbol=""
    )
    for column, part in keys.groupby("column"):
        kind = PROPORTION if column == "suspended_pupil_rate" else RATE
        parsed = parse_column(
            _told(cells.loc[part.index]), file=ledger.file, column=headers["value"], kind=kind
        )
        keys.loc[part.index, "value"] = parsed.values
        keys.loc[part.index, "symbol"] = parsed.symbols
        ledger.add(parsed.findings)
    return _pivoted(keys[ready], ledger)


def _pivoted(keys: pd.DataFrame, ledger: Ledger) -> Received:
    index = [name for name in TIDY if name in keys.columns]
    again = keys.duplicated([*index, "column"])
    ledger.add(
        Findings(
            tuple(
                finding("duplicate_key", ledger.file, row=row, value="an earlier row")
                for row in keys.index[again]
            )
        )
    )
    keys = keys[~again]
    if keys.empty:
        return Received(ledger.file, empty_frame(TIDY), no_symbols(), ledger.close())
    wide = keys.set_index([*index, "column"])[["value", "symbol"]].unstack("column")
    known = np.any(wide["value"].notna().to_numpy(dtype=bool), axis=1)
    wide = wide[known]
    table = wide.index.to_frame(index=False)
    for name in MEASURES:
        table[name] = wide["value"][name].to_numpy() if name in wide["value"] else np.nan
    table = table.assign(breakdown_topic=TOTAL, breakdown=TOTAL, source=ledger.file, basis="published_rates")
    marks = wide["symbol"].reset_index(drop=True).stack().rename("symbol").rename_axis(["row", "column"])
    symbols = marks[marks != ""].reset_index()
    return Received(ledger.file, table[list(TIDY)], symbols, ledger.close())


def _context(
    cells: pd.DataFrame, headers: dict[str, str], authorities: Authorities, ledger: Ledger
) -> Received:
    places, wrong = locate(cells.assign(time_period="999999"), ledger.file, authorities, headers)
    ledger.add(wrong)
    parsed = parse_column(_told(cells), file=ledger.file, column=headers["value"], kind=ANY)
    ledger.add(parsed.findings)
    ready = (places["area_code"] != "").to_numpy(dtype=bool)
    table = pd.concat([cells, places], axis=1).assign(value=parsed.values, source=ledger.file)
    table = table.loc[ready, list(_CONTEXT)].reset_index(drop=True)
    marks = parsed.symbols[ready]
    rows = np.flatnonzero(marks != "")
    symbols = pd.DataFrame({"row": rows, "column": "value", "symbol": marks[rows].astype(str)})
    return Received(ledger.file, table, symbols if len(rows) else no_symbols(), ledger.close(), CONTEXT)


def _told(cells: pd.DataFrame) -> pd.Series[str]:
    """The value, or the symbol of its own column where the value is blank."""
    value = cells["value"].fillna("")
    return value.where(value != "", cells["symbol"].fillna("")) if "symbol" in cells.columns else value
