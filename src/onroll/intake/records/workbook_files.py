"""Workbooks of records: every sheet a stream, read row by row, formulas never taken for values."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from onroll.errors import DataError
from onroll.intake.files import read_bytes
from onroll.intake.findings import finding, shown
from onroll.intake.records.recognise import LOOKED_AT
from onroll.intake.records.streams import Heard, Stream, UnsafeError, batches
from onroll.intake.sheets import Record
from onroll.intake.workbooks import cell_text, refuse_bomb

FORMULA = "\ufffcformula"
"""What stands in the text of a cell that holds a formula and no value worked out."""
MOST_SHEET_ROWS = 1_048_576
_FORMULA = re.compile(rb"<f[ >/]")
_CHUNK, _OVERLAP = 1 << 20, 8
_DAMAGED = "the workbook is damaged. Open it in Excel and save it again."


def open_workbook(path: Path, name: str) -> list[Stream]:
    """Open an XLSX workbook: one stream a sheet that is not empty; hidden sheets are left aside and said.

    Raises
    ------
    DataError
        If it is no workbook, is protected, damaged, or unpacks to more than is safe.
    """
    import openpyxl

    data = read_bytes(path, name)
    refuse_bomb(name, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            formulas = None
            if _has_formulas(data):
                formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
            streams = [
                _stream(sheet, None if formulas is None else formulas[sheet.title], name, len(sheets) > 1)
                for sheet in sheets
            ]
    except UnsafeError as problem:
        raise UnsafeError(f"{shown(name, 120)}: {problem}. Ask the sender for a CSV file.") from None
    except DataError:
        raise
    except Exception:  # openpyxl raises what it meets: KeyError, ValueError, ParseError
        raise DataError(f"{shown(name, 120)}: {_DAMAGED}") from None
    if hidden:
        said = (finding("hidden_sheets", name, value=", ".join(hidden)),)
        streams.append(Stream(name, "", [], lambda header, width, places, heard: iter(()), None, said))
    return [stream for stream in streams if stream.head or stream.findings]


def _stream(sheet: Any, formulas: Any, name: str, several: bool) -> Stream:
    called = f"{name} [{sheet.title}]" if several else name
    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()

    def body(header: int, width: int, places: tuple[int, ...], heard: Heard) -> Iterator[Any]:
        """The rows below the header, short ones filled up; damage met on the way is heard."""
        below = (
            (number, (cells + [""] * width)[:width] if not any(cells[width:]) else cells)
            for number, cells in _rows(sheet, formulas)
            if number > header
        )
        try:
            yield from batches(below, width, places, heard)
        except Exception:  # as above; and zipfile's own when a sheet breaks off
            heard.findings.append(finding("unreadable", called, value=_DAMAGED))

    return Stream(called, sheet.title, list(islice(_rows(sheet, formulas), LOOKED_AT + 1)), body)


def _rows(sheet: Any, formulas: Any) -> Iterator[Record]:
    plain = sheet.iter_rows(values_only=True)
    both = ((row, ()) for row in plain) if formulas is None else zip(plain, formulas.iter_rows(), strict=True)
    for number, (row, written) in enumerate(both, start=1):
        if number > MOST_SHEET_ROWS:
            raise UnsafeError("more rows than a sheet can have")
        cells = [cell_text(value) for value in row]
        for place, cell in enumerate(written):
            if cell.data_type == "f" and row[place] is None:
                cells[place] = FORMULA
        if any(cell.strip() for cell in cells):
            yield number, cells


def _has_formulas(data: bytes) -> bool:
    """Whether any sheet holds a formula: looked for in the packed text, a piece at a time."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                with book.open(name) as sheet:
                    tail = b""
                    while part := sheet.read(_CHUNK):
                        if _FORMULA.search(tail + part):
                            return True
                        tail = part[-_OVERLAP:]
    return False
