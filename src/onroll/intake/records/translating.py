"""Translating: the texts of a table exchanged for their values, where its columns have few different texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from onroll.intake.records.store import Store

MOST_TEXT = 4 << 20
"""Bytes of different texts in a column; with more of them the store joins texts and values, as it may spill."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a typed column holds for the texts of a column: by how they are read, texts and the value of each."""

    name: str
    column: str
    values: Mapping[int, tuple[pa.Array, pa.Array]]

    def of(self, cells: pa.DictionaryArray, how: int) -> pa.Array:
        """The value of each cell of a sheet."""
        import pyarrow.compute as pc

        texts, values = self.values.get(how, self.values[0])
        return values.take(pc.index_in(cells.dictionary, texts)).take(cells.indices)


def meaning(store: Store, name: str, column: str, query: str, hows: Iterable[int]) -> Meaning:
    """Read a meaning; the query gives ``how, raw, value``, ``hows`` are the sheets whose texts are changed first."""
    values = {}
    for how in {0, *hows}:
        found = store.table(f"SELECT raw, value FROM ({query}) WHERE how = {how}")
        texts, value = (one.combine_chunks() for one in found.columns)
        values[how] = texts, value.dictionary_encode() if pa.types.is_string(value.type) else value
    return Meaning(name, column, values)


def write_translated(files: Sequence[Path], meanings: Sequence[Meaning], typed: Path, tidy: Path) -> None:
    """Write two tables of the sheets laid down, a row group at a time: the values with ``file`` and ``row``, and alone."""
    import pyarrow.parquet as pq

    columns = sorted({one.column for one in meanings})
    form = [(one.name, one.values[0][1].type) for one in meanings]
    schema = pa.schema([("file", pa.int32()), ("row", pa.int64()), *form])
    alone = [name for name, _ in form]
    with (
        pq.ParquetWriter(typed, schema, store_schema=False, write_statistics=False) as whole,
        pq.ParquetWriter(tidy, pa.schema(form), store_schema=False, compression="zstd") as values,
    ):
        for laid in (pq.ParquetFile(file, read_dictionary=columns) for file in files):
            for at in range(laid.num_row_groups):
                rows = laid.read_row_group(at, use_threads=False).combine_chunks()
                if rows.num_rows:
                    batch = rows.to_batches()[0]
                    how = batch.column("how")[0].as_py()
                    cells = [one.of(batch.column(one.column), how) for one in meanings]
                    batch = pa.RecordBatch.from_arrays(
                        [batch.column("file"), batch.column("row"), *cells], schema=schema
                    )
                    whole.write_batch(batch)
                    values.write_batch(batch.select(alone))
