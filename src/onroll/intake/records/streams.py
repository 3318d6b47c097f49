"""Streams: the cells of a sheet in batches, so that a file larger than memory can be read.

A stream is read twice at most: its first rows to recognise it, then the rows below its header. Rows keep the number
that Excel gives them. Rows with too few or too many cells are left out and reported by number, never quoted.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from onroll.errors import DataError
from onroll.intake.findings import Finding
from onroll.intake.sheets import Record

MOST_ROWS = 100_000_000
TOTAL = r"(?i)^(grand |sub-?)?totals?\b"
"""How the first filled cell of a total begins."""
_FEWEST_COLUMNS = 3
_IS_TOTAL = re.compile(TOTAL)
_IS_TEXT = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}")
_BATCH = 50_000


class UnsafeError(DataError):
    """A file that unpacks to more than is safe: nothing else may try to open it."""


class NotPlainError(Exception):
    """The quick reader is not sure of the rows: the careful one has to read them."""


@dataclass(slots=True)
class Heard:
    """What the reading of a sheet found: findings, and the rows that have not as many cells as the header."""

    findings: list[Finding] = field(default_factory=list)
    rows: array[int] = field(default_factory=lambda: array("q"))
    cells: array[int] = field(default_factory=lambda: array("i"))
    last: int = 0
    aside: dict[str, list[int]] = field(default_factory=lambda: {"total_rows": [], "lone_cell": []})

    def ragged(self, row: int, cells: Sequence[str], width: int) -> None:
        """Note a row with too few or too many cells; a short one that is a total or a remark stands aside."""
        self.rows.append(row)
        self.cells.append(len(cells))
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(cells) >= width or width < _FEWEST_COLUMNS or not filled:
            return
        if _IS_TOTAL.match(filled[0]):
            self.aside["total_rows"].append(row)
        elif len(filled) == 1 and cells[0].strip() and _IS_TEXT.search(filled[0]):
            self.aside["lone_cell"].append(row)

    @property
    def left_out(self) -> set[int]:
        """The short rows that are totals or remarks."""
        return {row for rows in self.aside.values() for row in rows}

    def is_cut(self, width: int) -> bool:
        """Whether the last row has too few cells, as in a file that was cut short."""
        is_last_short = bool(self.rows) and self.rows[-1] == self.last and self.cells[-1] < width
        return is_last_short and self.last not in self.left_out


Body = Callable[[int, int, tuple[int, ...], Heard], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Stream:
    """One sheet of one file.

    Attributes
    ----------
    name : str
        What findings call it: the file, and the sheet in brackets where there are several.
    title : str
        The sheet's own title, empty for a CSV file.
    head : list of records
        The first rows with their numbers.
    careful : callable
        Given the header's row number and width, and the places of the cells wanted: batches of ``row`` (int64) and
        ``c<place>`` (text), blank cells as empty text; what is found on the way goes to what was ``Heard``.
    quick : callable, optional
        The same at many times the speed; raises ``NotPlainError`` where it is not sure.
    findings : tuple of Finding
        What was found on opening.
    """

    name: str
    title: str
    head: list[Record]
    careful: Body
    quick: Body | None = None
    findings: tuple[Finding, ...] = ()


def schema(places: Iterable[int]) -> pa.Schema:
    """The columns of a batch: the row's number and the cells wanted."""
    return pa.schema([("row", pa.int64()), *((f"c{place}", pa.string()) for place in places)])


def batches(
    records: Iterable[Record], width: int, places: tuple[int, ...], heard: Heard
) -> Iterator[pa.RecordBatch]:
    """Batches of records; short rows of a workbook are expected to be filled up already."""
    rows = iter(records)
    form = schema(places)
    while part := list(islice(rows, _BATCH)):
        heard.last = part[-1][0]
        kept = []
        for number, cells in part:
            if len(cells) == width:
                kept.append((number, cells))
            else:
                heard.ragged(number, cells, width)
        arrays = [pa.array([number for number, _ in kept], pa.int64())]
        arrays += [pa.array([cells[place] for _, cells in kept], pa.string()) for place in places]
        yield pa.RecordBatch.from_arrays(arrays, schema=form)


def numbered(
    read: Iterable[Any], first: int, places: tuple[int, ...], skipped: array[int]
) -> Iterator[pa.RecordBatch]:
    """Give the batches of an Arrow reader their row numbers, from ``first`` on; ``skipped`` rows are not in them."""
    form, row, passed = schema(places), first, 0
    for batch in read:
        size = batch.num_rows
        out = np.array(skipped[passed:], dtype=np.int64)
        numbers = np.arange(row, row + size + len(out), dtype=np.int64)
        if len(out):
            numbers = numbers[~np.isin(numbers, out)][:size]
        if size:
            row = int(numbers[-1]) + 1
            passed += int(np.searchsorted(out, row))
        yield pa.RecordBatch.from_arrays([pa.array(numbers), *batch.columns], schema=form)
