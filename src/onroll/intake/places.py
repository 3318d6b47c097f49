"""Places: which authority, region or nation a row speaks of, by code or by any name it goes under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from onroll.errors import DataError
from onroll.intake.files import read_sheet
from onroll.intake.findings import Findings, closest, per_row
from onroll.intake.regions import is_nation, plain_name, region_code
from onroll.vocabulary import NATION, NATION_CODE, REGIONS

_COLUMNS = ("geographic_level", "old_la_code", "new_la_code", "la_name", "region_code", "region_name",
            "country_code", "country_name", "time_period")  # fmt: skip
Reason = tuple[str, str, str]
_PARTS = ("region_code", "new_la_code", "old_la_code", "region_name", "la_name")
_UNNAMED = frozenset({"", "null", ".", "z", "x"})


@dataclass(frozen=True, slots=True)
class Place:
    """An authority, region or nation: its code (the three-digit one for an authority), name and region."""

    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Authorities:
    """The authorities of England, to be looked up by either code or by name and year.

    ``by_name`` holds several codes where a name passed from an authority to its successor; ``last`` is the
    last academic year of one that is no more.
    """

    places: Mapping[str, Place]
    by_code: Mapping[str, str]
    by_name: Mapping[str, tuple[str, ...]]
    first: Mapping[str, str]
    last: Mapping[str, str]

    def find(self, code: str, new_code: str, name: str, period: str) -> str | None:
        """The three-digit code of the authority meant, or None."""
        found = self.by_code.get(code) or self.by_code.get(new_code)
        return found or self.named(name, period)

    def named(self, name: str, period: str) -> str | None:
        """The code of the authority of this name in that year, or None."""
        codes = self.by_name.get(plain_name(name), ())
        alive = [c for c in codes if self.first[c] <= period <= (self.last[c] or "999999")]
        return next(iter(alive or codes), None)


def read_authorities(path: Path) -> Authorities:
    """Read ``authorities.csv`` of the published figures.

    Raises
    ------
    DataError
        If it cannot be opened or lacks a column.
    """
    frame = read_sheet(path).frame
    lacking = [c for c in ("old_la_code", "new_la_code", "la_name", "region_name") if c not in frame.columns]
    if lacking:
        raise DataError(
            f"{path.name}: the column {lacking[0]} is missing; it lists the authorities. Restore it."
        )
    return authorities_of(frame)


def authorities_of(frame: pd.DataFrame) -> Authorities:
    """Make the look-up from the authorities table: its codes, names, other codes and names, years."""
    places, by_code, by_name = {}, dict[str, str](), dict[str, tuple[str, ...]]()
    rows = frame.fillna("").astype(str).to_dict("records")
    for row in rows:
        code = str(row["old_la_code"])
        places[code] = Place(code, str(row["la_name"]), str(row["region_name"]))
        for other in (code, row["new_la_code"], *_listed(row, "other_new_la_codes")):
            by_code.setdefault(str(other), code)
        for name in (row["la_name"], *_listed(row, "other_names")):
            key = plain_name(str(name))
            by_name[key] = (*by_name.get(key, ()), code)
    by_code.pop("", None)
    first, last = (
        {str(row["old_la_code"]): str(row.get(f"{end}_year", "")) for row in rows}
        for end in ("first", "last")
    )
    return Authorities(
        MappingProxyType(places),
        MappingProxyType(by_code),
        MappingProxyType(by_name),
        MappingProxyType(first),
        MappingProxyType(last),
    )


def locate(
    keys: pd.DataFrame, file: str, authorities: Authorities, headers: Mapping[str, str]
) -> tuple[pd.DataFrame, Findings]:
    """Find the place of each row.

    Parameters
    ----------
    keys : DataFrame
        Canonical columns, any of the codes and names, ``geographic_level`` and ``time_period`` read already.
    file : str
        For the findings.
    authorities : Authorities
        The authorities that are known.
    headers : mapping
        The header received for each canonical column, for the findings.

    Returns
    -------
    DataFrame, Findings
        ``area_code``, ``area`` and ``region`` on the same index, blank where the place was not found.
    """
    columns = [column for column in _COLUMNS if column in keys.columns]
    groups = keys.groupby(columns, sort=False, dropna=False)
    which = groups.ngroup().to_numpy()
    unique = keys[columns].drop_duplicates()
    found = [_place_of(row, authorities) for row in unique.to_dict("records")]
    places = pd.DataFrame(
        [(f.code, f.name, f.region) if isinstance(f, Place) else ("", "", "") for f in found],
        columns=["area_code", "area", "region"], dtype="str",
    )  # fmt: skip
    laid = places.take(which).set_axis(keys.index)
    wrong = Findings()
    for number, reason in enumerate(found):
        if not isinstance(reason, Place):
            rows = keys.index[which == number]
            wrong += _told(file, reason, rows, authorities, headers)
    return laid, wrong


def _place_of(row: dict[object, object], authorities: Authorities) -> Place | Reason:
    """The place, or the check that failed with its value and column."""
    text = {str(column): str(value).strip() for column, value in row.items()}
    level = text["geographic_level"]
    if level != "Local authority":
        return _region_of(text, level)
    code, new = text.get("old_la_code", ""), text.get("new_la_code", "")
    name, period = text.get("la_name", ""), text.get("time_period", "")
    if all(part.casefold() in _UNNAMED for part in (code, new, name)):
        return ("no_place", "", "la_name")
    both = {authorities.by_code[one] for one in (code, new) if one in authorities.by_code}
    if len(both) > 1:
        return ("places_differ", f"{code} and {new}", "new_la_code")
    coded = authorities.find(code, new, "", period)
    named = authorities.named(name, period) if name else coded
    if (code and code not in authorities.by_code) or not (coded or named):
        column = "old_la_code" if code else "la_name" if name else "new_la_code"
        return ("unknown_place", text[column], column)
    same_name = plain_name(name) in authorities.by_name and coded in authorities.by_name[plain_name(name)]
    if coded and named and coded != named and not same_name:
        return ("places_differ", f"{code or new} and {name}", "la_name")
    return authorities.places[coded or named or ""]


def _region_of(text: dict[str, str], level: str) -> Place | Reason:
    parts = _PARTS if level == "Regional" else (*_PARTS, "country_code", "country_name")
    given = {part: text[part] for part in parts if text.get(part, "").casefold() not in _UNNAMED}
    if level == "National":
        strange = next((part for part in given if not is_nation(given[part])), None)
        return ("unknown_place", given[strange], strange) if strange else Place(NATION_CODE, NATION, "")
    for value in given.values():
        code = region_code(value)
        if code:
            return Place(code, REGIONS[code], REGIONS[code])
    first = next(iter(given), "")
    column = next((part for part in ("region_name", "la_name") if part in text), parts[0])
    return ("unknown_place", given[first], first) if first else ("no_place", "", column)


def _told(
    file: str, reason: Reason, rows: pd.Index[int], authorities: Authorities, headers: Mapping[str, str]
) -> Findings:
    check, value, column = reason
    expected, hint = "", ""
    if check == "unknown_place":
        names = [place.name for place in authorities.places.values()] + [NATION, *REGIONS.values()]
        hint = closest(value, [*names, *authorities.places])
        expected = "a code or name of data/published/authorities.csv, a region or England"
    header = headers.get(column, column)
    return per_row(check, file, rows, [value] * len(rows), column=header, expected=expected, hint=hint)


def _listed(row: Mapping[object, object], column: str) -> list[str]:
    return [part.strip() for part in str(row.get(column, "")).split(";") if part.strip()]
