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
from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.recognise import LOOKED_AT
from onroll.intake.records.streams import Stream, batches
from onroll.intake.sheets import Record
from onroll.intake.workbooks import cell_text, refuse_bomb

_FORMULA = re.compile(rb"<f[ >/]")
_MOST_FORMULAS = 1_000


def open_workbook(path: Path, name: str) -> list[Stream]:
    """Open an XLSX workbook: one stream a sheet that is not empty.

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
            formulas = _formulas(data) if _has_formulas(data) else {}
            streams = [_stream(sheet, name, formulas, len(book.worksheets) > 1) for sheet in book.worksheets]
    except DataError:
        raise
    except Exception:  # openpyxl raises what it meets: KeyError, ValueError, ParseError
        raise DataError(
            f"{shown(name, 120)}: the workbook is damaged. Open it in Excel and save it again."
        ) from None
    return [stream for stream in streams if stream.head or stream.findings]


def _stream(sheet: Any, name: str, formulas: dict[str, list[tuple[int, str]]], several: bool) -> Stream:
    called = f"{name} [{sheet.title}]" if several else name
    sheet.reset_dimensions()
    wrong = tuple(
        finding("formula", called, row=row, column=f"{letters} (column of the sheet)")
        for row, letters in formulas.get(sheet.title, ())
    )

    def body(header: int, width: int, out: list[Finding]) -> Iterator[Any]:
        below = (
            (number, (cells + [""] * width)[:width] if not any(cells[width:]) else cells)
            for number, cells in _rows(sheet)
            if number > header
        )
        try:
            yield from batches(called, below, width, out)
        except (KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError):
            words = "the workbook is damaged. Open it in Excel and save it again"
            out.append(finding("unreadable", called, value=words))

    return Stream(called, sheet.title, list(islice(_rows(sheet), LOOKED_AT + 1)), body, wrong)


def _rows(sheet: Any) -> Iterator[Record]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [cell_text(cell) for cell in row]
        if any(cell.strip() for cell in cells):
            yield number, cells


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [one for one in book.namelist() if one.startswith("xl/worksheets/")]
        return any(_FORMULA.search(book.read(one)) is not None for one in sheets)


def _formulas(data: bytes) -> dict[str, list[tuple[int, str]]]:
    """Cells that hold a formula and no value worked out, by sheet: row and column letters."""
    import openpyxl

    books = [
        openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=only) for only in (False, True)
    ]
    found: dict[str, list[tuple[int, str]]] = {}
    for sheet, values in zip(*(book.worksheets for book in books), strict=True):
        cells = found.setdefault(sheet.title, [])
        for row, worked_out in zip(sheet.iter_rows(), values.iter_rows(), strict=True):
            for cell, value in zip(row, worked_out, strict=True):
                if cell.data_type == "f" and value.value is None and len(cells) < _MOST_FORMULAS:
                    cells.append((cell.row, cell.column_letter))
    return found
