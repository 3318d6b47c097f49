"""Excel workbooks and Parquet files, from the bytes to a sheet, never larger than memory allows."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from onroll.errors import DataError
from onroll.intake.findings import Findings, finding, shown
from onroll.intake.sheets import LIMIT, LIMIT_WORDS, Record, Sheet, from_arrow, tabulate

_BOMB_RATIO, _BOMB_BYTES = 200, 20 * 1024 * 1024
_CELL_BYTES = 16


def read_workbook(name: str, data: bytes) -> Sheet:
    """Read the first sheet of an XLSX workbook that is not empty; other sheets are left aside and named.

    Raises
    ------
    DataError
        If it is no workbook, is protected by a password, or would unpack to more than the limit.
    """
    refuse_bomb(name, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _first_sheet(name, data)
    except DataError:
        raise
    except Exception:  # openpyxl raises what it meets: KeyError, ValueError, ParseError
        raise DataError(
            f"{shown(name, 120)}: the workbook is damaged. Open it in Excel and save it again."
        ) from None


def read_parquet(name: str, data: bytes) -> Sheet:
    """Read a Parquet file into a sheet; a whole number stored as a float is written without its point.

    Raises
    ------
    DataError
        If it is no Parquet file, holds nested columns, or would unpack to more than the limit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        stored = pq.ParquetFile(io.BytesIO(data))
        cells = stored.metadata.num_rows * max(stored.metadata.num_columns, 1)
        if cells * _CELL_BYTES > LIMIT:
            raise DataError(f"{shown(name, 120)}: larger than {LIMIT_WORDS} when unpacked. Send it in parts.")
        table = stored.read()
        table.validate(full=True)
        columns = [_as_text(table.column(number)) for number in range(table.num_columns)]
        return from_arrow(name, pa.table(columns, names=table.column_names))
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        words = "the Parquet file is damaged or holds lists. Ask the sender for a CSV file."
        raise DataError(f"{shown(name, 120)}: {words}") from None


def refuse_bomb(name: str, data: bytes) -> None:
    """Refuse what is no workbook, or one that unpacks to more than is safe.

    Raises
    ------
    DataError
        With the way out.
    """
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        words = "this is not an XLSX workbook, or a password protects it. Save it again without a password."
        raise DataError(f"{shown(name, 120)}: {words}") from None
    total = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if total > LIMIT or (total > _BOMB_BYTES and total / packed > _BOMB_RATIO):
        words = f"the workbook unpacks to {total / 1024**2:,.0f} MB, more than is safe. Save it as CSV."
        raise DataError(f"{shown(name, 120)}: {words}")


def _first_sheet(name: str, data: bytes) -> Sheet:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    filled = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        if any(any(cell_text(cell) for cell in row) for row in sheet.iter_rows(values_only=True)):
            filled.append(sheet)
    if not filled:
        return Sheet(name, findings=Findings((finding("empty_file", name),)))
    read = tabulate(name, _rows(filled[0]), pad=True)
    others = ", ".join(sheet.title for sheet in filled[1:])
    said = (finding("other_sheets", name, value=others),) if others else ()
    return Sheet(name, read.frame, read.findings + Findings(said))


def _rows(sheet: Any) -> Iterator[Record]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [cell_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def cell_text(value: object) -> str:
    """A cell's value as text: whole numbers without a point, dates as ISO, an empty cell as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def _as_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return pc.fill_null(pc.cast(column, pa.string()), "")
