"""Laying down: the rows of one sheet as text in a Parquet file of the store, with what is no record left out.

Only the columns of the contract are laid down, trimmed, a blank as null. A column that the sheet lacks is null, or has
the one value that the mapping or the sheet's title gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onroll.framework.contracts import squeezed
from onroll.intake.records.recognise import Headings, Recognised
from onroll.intake.records.streams import TOTAL, Body, Heard

_MOST_LONE = 100
_SHOWN = 20
_LABELS = 4
"""A total or a repeated header is known by the first cells of the row."""
TEXT = pa.dictionary(pa.int32(), pa.string())
"""Each different text of a batch once: what is done to texts is done to few."""


@dataclass(slots=True)
class LeftOut:
    """Rows that are no records: how many of each kind, and the first of them."""

    times: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, kind: str, rows: Sequence[int]) -> None:
        """Note rows of one kind."""
        if rows:
            self.times[kind] = self.times.get(kind, 0) + len(rows)
            self.rows.setdefault(kind, []).extend(rows[: _SHOWN - len(self.rows.get(kind, []))])


@dataclass(slots=True)
class Laid:
    """What was laid down of a sheet: its files, how many rows, and what was left out or heard."""

    files: list[Path]
    rows: int
    left_out: LeftOut
    heard: Heard


class Sheet:
    """One sheet on its way into the store.

    Parameters
    ----------
    names : columns of the contract, in order
    found : the sheet as it was recognised
    constants : value of every row for columns that the sheet lacks
    labels : for each of the first columns, the lower-case texts that are its header
    file, how : numbers that stand in every row: the sheet, and how its texts are changed before they are parsed
    """

    def __init__(
        self, names: Sequence[str], found: Recognised, constants: Mapping[str, str], labels: Mapping[int, pa.Array],
        file: int, how: int,
    ) -> None:  # fmt: skip
        self.names, self.found, self.constants, self.labels = names, found, constants, labels
        self.file, self.how = file, how
        self.places = tuple(sorted({*found.columns.values(), 0}))
        self.schema = pa.schema(
            [
                ("file", pa.int32()),
                ("row", pa.int64()),
                ("how", pa.int32()),
                *((name, TEXT) for name in names),
            ]
        )

    def lay(self, body: Body, header: int, width: int, folder: Path, lone_rows: bool) -> Laid:
        """Write the rows of a body; ``lone_rows`` says whether a row with one cell only can be a note."""
        import pyarrow.parquet as pq

        laid = Laid([], 0, LeftOut(), Heard())
        main, aside = (folder / f"sheet{self.file}{end}.parquet" for end in ("", "_lone"))
        alone, first = 0, list[int]()
        settings = {"compression": "snappy", "write_statistics": False, "store_schema": False}
        with (
            pq.ParquetWriter(main, self.schema, **settings) as out,
            pq.ParquetWriter(aside, self.schema, **settings) as lone,
        ):
            for batch in body(header, width, self.places, laid.heard):
                kept, single = self._sorted(batch, laid.left_out, lone_rows)
                laid.rows += kept.num_rows
                alone += single.num_rows
                first += single.column("row").slice(0, _MOST_LONE).to_pylist() if alone <= _MOST_LONE else []
                out.write_batch(kept)
                lone.write_batch(single)
        for kind, rows in laid.heard.aside.items():
            laid.left_out.add(kind, rows)
        laid.files.append(main)
        if alone > _MOST_LONE:
            laid.files.append(aside)
            laid.rows += alone
        else:
            laid.left_out.add("lone_cell", first)
            aside.unlink()
        return laid

    def _sorted(
        self, batch: pa.RecordBatch, left_out: LeftOut, lone_rows: bool
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """The records of a batch, and the rows of which one cell only is filled; totals and headers are noted."""
        cells = {place: _trimmed(batch.column(f"c{place}")) for place in self.places}
        own = [cells[place] for place in self.found.columns.values()]
        filled = pc.cast(pc.is_valid(own[0]), pa.int16())
        for cell in own[1:]:
            filled = pc.add(filled, pc.cast(pc.is_valid(cell), pa.int16()))
        blank = pc.equal(filled, 0)
        header, total = self._header(cells), self._total(cells)
        for kind, mask in (("repeated_header", header), ("total_rows", pc.and_not(total, blank))):
            left_out.add(kind, batch.column("row").filter(mask).to_pylist())
        record = pc.invert(pc.or_(blank, pc.or_(header, total)))
        whole = self._whole(batch.column("row"), cells)
        if not lone_rows or len(own) < 3:
            return whole.filter(record), whole.slice(0, 0)
        single = pc.equal(filled, 1)
        return whole.filter(pc.and_not(record, single)), whole.filter(pc.and_(record, single))

    def _total(self, cells: Mapping[int, Any]) -> Any:
        """Rows whose first filled cell begins as a total does."""
        found = pa.scalar(False)
        for place in reversed(self.places[:_LABELS]):
            begins = _of_texts(cells[place], lambda texts: pc.match_substring_regex(texts, TOTAL))
            found = pc.coalesce(begins, found)
        return found

    def _header(self, cells: Mapping[int, Any]) -> Any:
        """Rows in which the first columns hold their own headers again."""
        found = None
        for place, words in self.labels.items():
            same = _of_texts(cells[place], partial(_is_one_of, words=words))
            found = same if found is None else pc.and_(found, same)
        return pc.fill_null(found, False)

    def _whole(self, rows: Any, cells: Mapping[int, Any]) -> pa.RecordBatch:
        size = len(rows)
        file, how = (pa.repeat(pa.scalar(one, pa.int32()), size) for one in (self.file, self.how))
        texts = []
        for name in self.names:
            if name in self.found.columns:
                texts.append(cells[self.found.columns[name]])
            elif name in self.constants:
                texts.append(pa.repeat(pa.scalar(self.constants[name]), size).dictionary_encode())
            else:
                texts.append(pa.nulls(size, TEXT))
        return pa.RecordBatch.from_arrays([file, rows, how, *texts], schema=self.schema)


def _trimmed(cells: pa.Array) -> pa.DictionaryArray:
    """The texts of a column, trimmed; a blank is null."""
    coded = cells.dictionary_encode()
    texts = pc.utf8_trim_whitespace(coded.dictionary)
    unlike = texts.filter(pc.not_equal(texts, "")).unique()
    return pa.DictionaryArray.from_arrays(pc.index_in(texts, unlike).take(coded.indices), unlike)


def _of_texts(cells: pa.DictionaryArray, asked: Callable[[pa.Array], Any]) -> Any:
    """What is asked of each text of a column, for each of its cells."""
    return asked(cells.dictionary).take(cells.indices)


def _is_one_of(texts: pa.Array, words: pa.Array) -> pa.Array:
    return pc.is_in(pc.utf8_lower(texts), value_set=words)


def header_labels(found: Recognised, header: Sequence[str], headings: Headings) -> dict[int, pa.Array]:
    """For the first two columns read, the lower-case texts by which a repeated header is known."""
    labels = {}
    for column, place in sorted(found.columns.items(), key=lambda item: item[1])[:2]:
        contract = headings.contracts.tables[found.table]
        words = {column, *contract.column(column).also, header[place].strip(), header[place].strip().lower()}
        labels[place] = pa.array(sorted({word.lower() for word in words if squeezed(word)}), pa.string())
    return labels
