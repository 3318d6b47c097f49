"""A sheet: the cells of a file as text, with the row each stands in. None has been given a meaning yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pandas as pd

from onroll.intake.findings import Finding, Findings, finding

Record = tuple[int, list[str]]
BATCH = 50_000
LIMIT = 512 * 1024 * 1024
LIMIT_WORDS = "512 MB"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells as received: every column text, blank for an empty cell, indexed by the row's number in Excel."""

    name: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: Findings = field(default_factory=Findings)


def tabulate(name: str, records: Iterable[Record], *, pad: bool = False) -> Sheet:
    """Lay records (row number, cells) out as a sheet; the first is the header.

    Rows with too few or too many cells are left out and reported. With ``pad`` short rows are filled with
    blanks, as a workbook does not store the empty cells at the end of a row.
    """
    rows = iter(records)
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    if not any(header):
        return Sheet(name, findings=Findings((finding("empty_file", name),)))
    wrong = _header_findings(name, header)
    if wrong:
        return Sheet(name, findings=Findings(wrong))
    frame, ragged = _fill(name, header, rows, pad)
    if frame.empty and not ragged:
        ragged.append(finding("header_only", name, row=1))
    return Sheet(name, frame, Findings(tuple(ragged)))


def from_arrow(name: str, table: Any) -> Sheet:
    """Make a sheet of an Arrow table whose columns are text; its first row is numbered 2."""
    wrong = _header_findings(name, [str(column).strip() for column in table.column_names])
    if wrong or not table.num_columns:
        return Sheet(name, findings=Findings(wrong or (finding("empty_file", name),)))
    frame = table.to_pandas().set_axis(pd.RangeIndex(2, table.num_rows + 2), axis=0)
    said = () if table.num_rows else (finding("header_only", name, row=1),)
    return Sheet(name, frame, Findings(said))


def empty_frame(columns: Iterable[str] = ()) -> pd.DataFrame:
    """A frame of text columns without a row."""
    return pd.DataFrame({column: pd.Series([], dtype="str") for column in columns})


def _header_findings(name: str, header: list[str]) -> tuple[Finding, ...]:
    seen: set[str] = set()
    wrong: list[Finding] = []
    for number, cell in enumerate(header, start=1):
        key = cell.casefold()
        if not cell:
            wrong.append(finding("blank_header", name, row=1, value=number))
        elif key in seen:
            wrong.append(finding("duplicate_header", name, row=1, column=cell, value=cell))
        seen.add(key)
    return tuple(wrong)


def _fill(
    name: str, header: list[str], rows: Iterator[Record], pad: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    import pyarrow as pa

    width, ragged = len(header), list[Finding]()
    last: Record = (1, header)
    tables: list[Any] = []
    schema = pa.schema([("row", pa.int64()), *((column, pa.string()) for column in header)])
    while batch := list(islice(rows, BATCH)):
        last = batch[-1]
        kept = [(number, _padded(cells, width) if pad else cells) for number, cells in batch]
        ragged += [_ragged(name, number, len(cells), width) for number, cells in kept if len(cells) != width]
        kept = [record for record in kept if len(record[1]) == width]
        columns = list(zip(*(cells for _, cells in kept), strict=True)) if kept else [()] * width
        arrays = [pa.array([number for number, _ in kept], pa.int64())]
        arrays += [pa.array(column, pa.string()) for column in columns]
        tables.append(pa.Table.from_arrays(arrays, schema=schema))
    if ragged and ragged[-1].row == last[0] and len(last[1]) < width:
        ragged[-1] = finding(
            "truncated", name, row=last[0], value=len(last[1]), expected=f"{width}, as the header"
        )
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    return table.to_pandas().set_index("row"), ragged


def _padded(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells + [""] * (width - len(cells))


def _ragged(name: str, row: int, found: int, width: int) -> Finding:
    return finding("ragged_row", name, row=row, value=found, expected=f"{width}, as the header")
