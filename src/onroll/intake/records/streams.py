"""Streams: the cells of a sheet in batches, so that a file larger than memory can be read.

A stream is read twice at most: its first rows to recognise it, then the rows below its header. Rows keep the number
that Excel gives them. Rows with too few or too many cells are left out and reported by number, never quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from onroll.intake.findings import Finding, finding
from onroll.intake.sheets import BATCH, Record

MOST_RAGGED = 10_000


@dataclass(slots=True)
class Ragged:
    """Rows that have not as many cells as the header: the first ones by number, all of them counted."""

    name: str
    width: int
    rows: list[tuple[int, int]] = field(default_factory=list)
    times: int = 0
    last: int = 0

    def add(self, row: int, cells: int) -> None:
        """Note one row."""
        self.times += 1
        if len(self.rows) < MOST_RAGGED:
            self.rows.append((row, cells))

    def findings(self) -> list[Finding]:
        """One finding a row, the last one as a cut file, and how many more there are."""
        expected = f"{self.width}, as the header"
        found = []
        for row, cells in self.rows:
            check = "truncated" if row == self.last and cells < self.width else "ragged_row"
            found.append(finding(check, self.name, row=row, value=cells, expected=expected))
        if self.times > len(self.rows):
            found.append(finding("too_many", self.name, value=f"{len(self.rows):,}"))
        return found


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
    body : callable
        Given the header's row number and width: batches of ``row`` (int64) and ``c0``, ``c1``, ... (text), blank cells
        as empty text; findings are appended to the list given.
    findings : tuple of Finding
        What was found on opening.
    """

    name: str
    title: str
    head: list[Record]
    body: Callable[[int, int, list[Finding]], Iterator[pa.RecordBatch]]
    findings: tuple[Finding, ...] = ()


def schema(width: int) -> pa.Schema:
    """The columns of a batch: the row's number and its cells."""
    return pa.schema([("row", pa.int64()), *((f"c{place}", pa.string()) for place in range(width))])


def batches(name: str, records: Iterable[Record], width: int, out: list[Finding]) -> Iterator[pa.RecordBatch]:
    """Batches of records; short rows of a workbook are expected to be filled up already."""
    ragged = Ragged(name, width)
    rows = iter(records)
    form = schema(width)
    while part := list(islice(rows, BATCH)):
        ragged.last = part[-1][0]
        kept = []
        for number, cells in part:
            if len(cells) == width:
                kept.append((number, cells))
            else:
                ragged.add(number, len(cells))
        columns = list(zip(*(cells for _, cells in kept), strict=True)) if kept else [()] * width
        arrays = [pa.array([number for number, _ in kept], pa.int64())]
        arrays += [pa.array(column, pa.string()) for column in columns]
        yield pa.RecordBatch.from_arrays(arrays, schema=form)
    out += ragged.findings()


def numbered(read: Any, first: int, width: int) -> Iterator[pa.RecordBatch]:
    """Give the batches of an Arrow reader their row numbers, from ``first`` on."""
    form, row = schema(width), first
    for batch in read:
        numbers = pa.array(np.arange(row, row + batch.num_rows, dtype=np.int64))
        yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=form)
        row += batch.num_rows
