"""Parquet files of records: opened by their columns, read by the engine that keeps the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onroll.errors import DataError
from onroll.intake.findings import Finding, shown
from onroll.intake.records.streams import Stream, numbered

_BATCH = 200_000


def open_parquet(path: Path, name: str) -> Stream:
    """Open a Parquet file as a stream of text; a whole number stored as a float is written without its point.

    Raises
    ------
    DataError
        If it is no Parquet file or holds nested columns.
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
        words = "the Parquet file is damaged or holds lists. Ask the sender for a CSV file."
        raise DataError(f"{shown(name, 120)}: {words}") from None

    def body(header: int, width: int, out: list[Finding]) -> Iterator[pa.RecordBatch]:
        del out
        texts = (_as_text(batch) for batch in stored.iter_batches(batch_size=_BATCH))
        yield from numbered(texts, header + 1, width)

    return Stream(name, "", [(1, columns)], body)


def _as_text(batch: pa.RecordBatch) -> Any:
    columns = []
    for column in batch.columns:
        plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        columns.append(pc.fill_null(pc.cast(plain, pa.string()), ""))
    return pa.RecordBatch.from_arrays(columns, names=[f"c{place}" for place in range(len(columns))])
