"""Published figures: DfE exclusions files with old or new headers, and the long LAIT form, made tidy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from onroll.intake.breakdowns import break_down
from onroll.intake.columns import (
    FILTERS,
    MEASURES,
    TIDY,
    WIDE,
    header_findings,
    is_old,
    kind_of,
    matched,
    unknown_file,
)
from onroll.intake.consistency import consistent
from onroll.intake.files import read_sheet
from onroll.intake.findings import Findings, finding
from onroll.intake.keys import read_keys
from onroll.intake.lait import read_long
from onroll.intake.places import Authorities
from onroll.intake.received import OTHER, Ledger, Received, no_symbols
from onroll.intake.sheets import Sheet, empty_frame
from onroll.intake.values import COUNT, PROPORTION, RATE, Parsed, parse_column
from onroll.vocabulary import SYMBOLS, SYMBOLS_TO_201617, TOTAL

_Lenient = Mapping[str, npt.NDArray[np.bool_]]
LAST_ESTIMATE = "200910"
_KINDS = {name: COUNT if name.endswith(("_count", "headcount")) else RATE for name in MEASURES}
_KINDS["suspended_pupil_rate"] = PROPORTION


def read_published(path: Path, authorities: Authorities, name: str | None = None) -> Received:
    """Read one published file, of whichever form it is.

    Raises
    ------
    DataError
        If the file cannot be opened. What is wrong inside it is in the findings instead.
    """
    return tidy_sheet(read_sheet(path, name), authorities)


def tidy_sheet(
    sheet: Sheet, authorities: Authorities, *, source: str = "", basis: str = "published", check: bool = True
) -> Received:
    """Make a sheet of published figures tidy.

    Parameters
    ----------
    sheet : Sheet
        Text cells.
    authorities : Authorities
        The authorities that are known.
    source : str
        What the ``source`` column says; the sheet's name if not given.
    basis : str
        What the ``basis`` column says where the sheet has none.
    check : bool
        Whether the rows are checked against themselves; not needed where the file is proved by its hash.
    """
    headers = [str(column) for column in sheet.frame.columns]
    if not headers:
        return _nothing(sheet)
    kind = kind_of(headers)
    if kind == "long":
        return read_long(sheet, authorities)
    if kind == "other_figures":
        return _nothing(sheet, Findings((finding("other_figures", sheet.name),)))
    if kind == "unknown":
        return _nothing(sheet, Findings((unknown_file(sheet.name, headers),)))
    wrong = Findings(tuple(header_findings(sheet.name, headers)))
    if wrong.errors:
        return _nothing(sheet, wrong)
    said = {"source": source or sheet.name, "basis": basis}
    return _read_wide(sheet, authorities, wrong, said, check)


def _nothing(sheet: Sheet, more: Findings | None = None) -> Received:
    return Received(sheet.name, empty_frame(TIDY), no_symbols(), sheet.findings + (more or Findings()), OTHER)


def _read_wide(
    sheet: Sheet, authorities: Authorities, wrong: Findings, said: Mapping[str, str], check: bool
) -> Received:
    ledger = Ledger(sheet.name, [sheet.findings, wrong])
    headers = {name: given[0] for name, given in matched(map(str, sheet.frame.columns), WIDE).items()}
    cells = sheet.frame[list(headers.values())].set_axis(list(headers), axis=1)
    keys, ready = read_keys(cells, headers, authorities, ledger)
    groups, unknown = break_down(cells[[c for c in cells.columns if c in FILTERS]], sheet.name, headers)
    ledger.add(unknown)
    ready = ready & ~cells.index.isin([item.row for item in unknown])
    numbers, marks = _read_measures(cells, headers, _lenient(keys, groups), is_old(headers), ledger)
    table = pd.concat([keys, groups, numbers], axis=1).assign(
        source=pd.Series(said["source"], index=cells.index, dtype="str"),
        basis=cells.get("basis", pd.Series(said["basis"], index=cells.index, dtype="str")),
    )
    table = table.loc[ready, list(TIDY)]
    if check:
        ledger.add(consistent(table, sheet.name, {**_own(TIDY), **headers}, rounded=is_old(headers)))
    symbols = _symbols(marks, ready)
    return Received(sheet.name, table.reset_index(drop=True), symbols, ledger.close())


def _read_measures(
    cells: pd.DataFrame, headers: Mapping[str, str], lenient: _Lenient, old: bool, ledger: Ledger
) -> tuple[pd.DataFrame, dict[str, npt.NDArray[np.object_]]]:
    """The seven measures as floats, and the symbols of those that the file has."""
    numbers, marks = {}, {}
    for name in MEASURES:
        if name not in headers:
            numbers[name] = np.full(len(cells), np.nan)
            continue
        parsed: Parsed = parse_column(
            cells[name],
            file=ledger.file,
            column=headers[name],
            kind=_KINDS[name],
            symbols=SYMBOLS_TO_201617 if old else SYMBOLS,
            lenient=lenient.get(name),
        )
        ledger.add(parsed.findings)
        numbers[name], marks[name] = parsed.values, parsed.symbols
    return pd.DataFrame(numbers, index=cells.index), marks


def _lenient(keys: pd.DataFrame, groups: pd.DataFrame) -> _Lenient:
    """Where permanent counts are estimates, and where a share is of a group whose pupils change."""
    return {
        "permanent_exclusion_count": (keys["time_period"] <= LAST_ESTIMATE).to_numpy(dtype=bool),
        "suspended_pupil_rate": (groups["breakdown_topic"] != TOTAL).to_numpy(dtype=bool),
    }


def _symbols(marks: Mapping[str, npt.NDArray[np.object_]], ready: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """One row a symbol, by the row of the tidy table."""
    parts = [no_symbols()]
    for column, symbols in marks.items():
        kept = symbols[ready]
        rows = np.flatnonzero(kept != "")
        if len(rows):
            parts.append(pd.DataFrame({"row": rows, "column": column, "symbol": kept[rows].astype(str)}))
    return pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]


def _own(columns: tuple[str, ...]) -> dict[str, str]:
    return {column: column for column in columns}
