"""The store: a private DuckDB database in which records are checked, gone when the reading is over."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

PREFIX = "onroll-records-"
MEMORY, THREADS = "2GB", 2
_SILENT = "SET enable_progress_bar = false"


class Store:
    """An embedded database with a private folder (only its owner may look into it) for what does not fit memory.

    Used as a context: the folder and all in it are deleted at the end. What a killed process left is deleted by the
    next one.
    """

    def __init__(self, memory: str = MEMORY, threads: int = THREADS) -> None:
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.tidy = self.folder / "tidy"
        self.tidy.mkdir()
        try:
            self.connection = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": memory, "threads": threads, "temp_directory": str(self.folder / "spill"),
                    "autoinstall_known_extensions": False, "autoload_known_extensions": False,
                    "preserve_insertion_order": False,
                },
            )  # fmt: skip
            self.connection.execute(_SILENT)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and delete the folder."""
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tidy_path(self, table: str) -> Path:
        """Where the tidy table is written."""
        return self.tidy / f"{table}.parquet"

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement."""
        self.connection.execute(statement, list(values))

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query that has few."""
        return self.connection.execute(query, list(values)).fetchall()

    def one(self, query: str) -> Any:
        """The first cell of the first row."""
        found = self.rows(query)
        return found[0][0] if found else None

    def table(self, query: str) -> pa.Table:
        """The rows of a query that has few, as Arrow holds them."""
        return self.connection.execute(query).to_arrow_table()

    def batches(self, query: str, size: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of a query that may have many."""
        with self.connection.cursor() as reading:
            reading.execute(_SILENT)
            yield from reading.execute(query).to_arrow_reader(size)

    def keep(self, name: str, form: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """Make a small table of batches."""
        reader = pa.RecordBatchReader.from_batches(form, batches)
        self.connection.register("incoming", reader)
        try:
            self.run(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming")
        finally:
            self.connection.unregister("incoming")


def sweep() -> None:
    """Delete the folders of processes that are no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not _is_in_use(folder, int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def repeated(columns: str, rows: str) -> str:
    """The condition, as SQL, that a row of ``rows`` may share its columns with another: quick, and seldom too wide."""
    return (
        f"hash({columns}) IN (SELECT hash({columns}) AS same FROM {rows} GROUP BY same HAVING count(*) > 1)"
    )


def _is_in_use(folder: Path, process: int) -> bool:
    """Whether the process lives; where it cannot be asked (Windows), whether a file of the folder is open."""
    try:
        if os.name == "posix":
            os.kill(process, 0)
        else:
            folder.rename(folder.with_name(f"{folder.name}-"))
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return os.name == "posix"
