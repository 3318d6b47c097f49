"""Parquet files of records: opened by their columns, read in batches as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onroll.errors import DataError
from onroll.intake.findings import finding, shown
from onroll.intake.records.streams import MOST_ROWS, Heard, Stream, numbered

_BATCH = 200_000
_DAMAGED = "the Parquet file is damaged or holds lists. Ask the sender for a CSV file."


def open_parquet(path: Path, name: str) -> Stream:
    """Open a Parquet file as a stream of text; a whole number stored as a float is written without its point.

    Raises
    ------
    DataError
        If it is no Parquet file, holds nested columns or more rows than are read.
    """
    import pyarrow.parquet as pq

    try:
        stored = pq.ParquetFile(path)
        columns = [str(one).strip() for one in stored.schema_arrow.names]
        if any(pa.types.is_nested(field.type) for field in stored.schema_arrow):
            raise pa.ArrowInvalid("nested")
    except PermissionError:
        raise DataError(f"{shown(name, 120)}: no permission to read it. Ask its owner.") from None
    except (pa.ArrowException, OSError, ValueError):
        raise DataError(f"{shown(name, 120)}: {_DAMAGED}") from None
    if stored.metadata.num_rows > MOST_ROWS:
        raise DataError(f"{shown(name, 120)}: more than {MOST_ROWS:,} rows. Send it in parts.")

    def body(header: int, width: int, places: tuple[int, ...], heard: Heard) -> Iterator[pa.RecordBatch]:
        """The rows below the header as text; a file that breaks off while it is read is heard."""
        del width
        try:
            texts = (_as_text(batch, places) for batch in stored.iter_batches(batch_size=_BATCH))
            yield from numbered(texts, header + 1, places, heard.rows)
        except (pa.ArrowException, OSError, ValueError):
            heard.findings.append(finding("unreadable", name, value=_DAMAGED))

    return Stream(name, "", [(1, columns)], body)


def _as_text(batch: pa.RecordBatch, places: tuple[int, ...]) -> Any:
    columns = []
    for place in places:
        column = batch.column(place)
        plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        columns.append(pc.fill_null(pc.cast(plain, pa.string()), ""))
    return pa.RecordBatch.from_arrays(columns, names=[f"c{place}" for place in places])
