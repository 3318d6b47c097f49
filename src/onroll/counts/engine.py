"""The engine that counts: DuckDB here, Spark where one machine is too small, both behind the same Ibis tables."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.spark import spark_session
from onroll.errors import DataError, UsageError, one_of
from onroll.framework.contracts import RECORD_TABLES, Contracts
from onroll.intake.records.tidy import tidy_schema

DUCKDB = "duckdb"
URLS = ("duckdb", "local[2]", "spark://host:7077", "sc://host:15002")
Source = str | Path | Sequence[str | Path]


class Engine:
    """Tidy tables on an engine: ask for a table, keep an expression that is used again, fetch a result.

    Made by ``open_engine``. ``contracts`` are those the tables were made by.
    """

    def __init__(self, backend: Any, contracts: Contracts, sources: Mapping[str, tuple[str, ...]]) -> None:
        self._backend = backend
        self._sources = MappingProxyType(dict(sources))
        self._tables: dict[str, Table] = {}
        self._kept: list[Any] = []
        self._whole: dict[str, pa.Table] = {}
        self.contracts = contracts

    def has(self, name: str) -> bool:
        """Whether the table was handed over."""
        return _known(name) in self._sources

    def holds(self, name: str) -> bool:
        """Whether the table was handed over and has rows."""
        return self.has(name) and self.fetch(self.table(name).limit(1)).num_rows > 0

    def table(self, name: str) -> Table:
        """A tidy table, columns as ``tidy_schema`` has them; one that was not handed over has no rows.

        Raises
        ------
        UsageError
            If no such table is declared.
        DataError
            If its files cannot be read or lack a column.
        """
        if _known(name) not in self._tables:
            schema = ibis.Schema.from_pyarrow(tidy_schema(self.contracts.tables[name]))
            found = self._read(name) if self.has(name) else self._empty(name, schema)
            if missing := [column for column in schema if column not in found.columns]:
                raise DataError(
                    f"{name}: column '{missing[0]}' is not in its Parquet files; "
                    "hand over the tidy form that `onroll check` writes"
                )
            self._tables[name] = found.select(
                **{column: found[column].cast(kind) for column, kind in schema.items()}
            )
        return self._tables[name]

    def whole(self, name: str) -> pa.Table:
        """A small table, fetched once, in no order."""
        if name not in self._whole:
            self._whole[name] = self.fetch(self.table(name))
        return self._whole[name]

    def cache(self, expression: Table) -> Table:
        """Work an expression out once and keep it until the engine closes."""
        kept = expression.cache()
        self._kept.append(kept)
        return kept

    @contextmanager
    def stage(self) -> Iterator[None]:
        """What is kept inside is let go at the end, so that the next part of the work has the memory."""
        before = len(self._kept)
        try:
            yield
        finally:
            self._let_go(before)

    def _let_go(self, first: int = 0) -> None:
        for kept in reversed(self._kept[first:]):
            with suppress(Exception):  # an engine that has failed cannot drop its tables
                kept.release()
        del self._kept[first:]
        pa.default_memory_pool().release_unused()

    def fetch(self, expression: Table) -> pa.Table:
        """The rows of an expression, in no order."""
        schema = expression.schema().to_pyarrow()
        if self._backend.name == "pyspark":  # ibis would go through pandas
            return self._backend._session.sql(self._backend.compile(expression)).toArrow().cast(schema)
        return self._backend.to_pyarrow(expression).cast(schema)

    def _read(self, name: str) -> Table:
        paths = list(self._sources[name])
        try:
            if self._backend.name != "pyspark":
                return self._backend.read_parquet(paths, table_name=f"tidy_{name}")
            self._backend._session.read.parquet(*paths).createOrReplaceTempView(f"tidy_{name}")
            return self._backend.table(f"tidy_{name}")
        except ImportError:  # a library that is half installed says nothing about the files
            raise
        except Exception as wrong:  # each engine has errors of its own
            raise DataError(
                f"{name}: {one_of(Path(path).name for path in paths)} cannot be read as Parquet "
                f"({type(wrong).__name__}); hand over the tidy form that `onroll check` writes"
            ) from wrong

    def _empty(self, name: str, schema: ibis.Schema) -> Table:
        if self._backend.name != "pyspark":
            return self._backend.create_table(f"tidy_{name}", schema=schema, temp=True)
        nothing = self._backend._session.createDataFrame([], _spark_schema(schema))
        nothing.createOrReplaceTempView(f"tidy_{name}")
        return self._backend.table(f"tidy_{name}")

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()


@contextmanager
def open_engine(
    tables: str | Path | Mapping[str, Source],
    contracts: Contracts,
    url: str = DUCKDB,
    *,
    memory: str = "4GB",
    threads: int = 2,
    scratch: Path | None = None,
) -> Iterator[Engine]:
    """Open an engine on tidy tables.

    Parameters
    ----------
    tables : path or mapping
        A folder with one ``<table>.parquet`` (a file, or a folder of them) a table, or paths by table; a path may
        be a file, a folder, a pattern with ``*`` or an address that the engine knows.
    contracts : Contracts
        What the tables hold.
    url : str
        ``duckdb`` (embedded; works on disk what memory does not hold), ``local[2]``, ``spark://...``, or
        ``sc://...`` for Spark Connect.
    memory : str
        Most the engine may hold, such as ``4GB`` (of Spark: the driver). The process holds up to 1 GB beside it.
    threads : int
        Processors that DuckDB may use; for Spark the address says it.
    scratch : path, optional
        Folder for what memory does not hold; without it a private one. What is left there is removed.

    Raises
    ------
    UsageError
        If the address is unknown, a table is not declared or not there, or Spark or Java is not installed.
    """
    sources = _sources(tables)
    own = Path(tempfile.mkdtemp(prefix="counting-", dir=scratch))
    try:
        with _backend(url, memory, threads, own) as backend, Engine(backend, contracts, sources) as engine:
            yield engine
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _known(name: str) -> str:
    if name not in RECORD_TABLES:
        raise UsageError(f"there is no table '{name}'; tables are {one_of(RECORD_TABLES)}")
    return name


def _sources(tables: str | Path | Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """The paths of each table that is there."""
    if isinstance(tables, Mapping):
        listed = {_known(name): [given] if isinstance(given, str | Path) else list(given)
                  for name, given in tables.items()}  # fmt: skip
        return {name: tuple(map(_path, given)) for name, given in listed.items() if given}
    folder = Path(tables)
    if not folder.is_dir():
        raise UsageError(f"folder '{folder.name}' is not there; give the folder of the tidy tables")
    named = ((name, folder / f"{name}{ending}") for name in RECORD_TABLES for ending in (".parquet", ""))
    return {name: (_path(path),) for name, path in named if path.exists()}


def _path(given: str | Path) -> str:
    text = str(given)
    if "://" in text or "*" in text:
        return text
    if not Path(text).exists():
        raise UsageError(f"'{Path(text).name}' is not there; give a Parquet file, a folder or a pattern")
    return f"{text}/*.parquet" if Path(text).is_dir() else text


@contextmanager
def _backend(url: str, memory: str, threads: int, scratch: Path) -> Iterator[Any]:
    if url == DUCKDB:
        settings = {
            "memory_limit": memory, "threads": threads, "temp_directory": str(scratch),
            "preserve_insertion_order": False,
        }  # fmt: skip
        backend = ibis.duckdb.connect(**settings)
        backend.settings["enable_progress_bar"] = False  # it would stand in the way of what a program prints
        try:
            yield backend
        finally:
            backend.disconnect()
        return
    if not url.startswith(("local", "spark://", "sc://")):
        raise UsageError(f"engine '{url}' is unknown; write one such as {one_of(URLS)}")
    session, is_ours = spark_session(url, memory, scratch)
    try:
        yield ibis.pyspark.connect(session)
    finally:
        if is_ours:
            session.stop()


def _spark_schema(schema: ibis.Schema) -> str:
    kinds = {"int32": "int", "int64": "bigint", "float64": "double", "string": "string", "date": "date",
             "boolean": "boolean"}  # fmt: skip
    return ", ".join(f"`{column}` {kinds[str(kind)]}" for column, kind in schema.items())
