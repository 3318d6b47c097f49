"""A made authority's folder: written beside its place, whole or not at all, table by table as parts are made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from onroll.errors import UsageError, one_of
from onroll.framework.contracts import Contract, Contracts

FORMS = ("csv", "parquet")
TRUTH, README = "truth.json", "README.txt"
KEPT = ("README.md", ".gitignore")
"""Files that a made folder may hold beside ours; they stay."""
_TYPES = {"urn": pa.int32(), "date": pa.date32(), "whole": pa.int32(), "number": pa.float64()}


def received_schema(contract: Contract) -> pa.Schema:
    """Names and types of a table as an authority sends it: numbers and dates as such, all else as text."""
    return pa.schema([(one.name, _TYPES.get(one.type, pa.string())) for one in contract.columns])


class Folder:
    """The folder in the making, ``<out>.part``. Leaving the block without ``keep`` removes it.

    Raises
    ------
    UsageError
        If the form is unknown, or ``out`` holds files that no made authority wrote.
    """

    def __init__(self, out: Path, contracts: Contracts, form: str) -> None:
        if form not in FORMS:
            raise UsageError(f"form '{form}' is not known; forms are {one_of(FORMS)}")
        refuse_others(out)
        self.out, self.form, self.contracts = out, form, contracts
        self.path = out.with_name(f"{out.name}.part")
        self.rows: dict[str, int] = {}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Folder:
        try:
            shutil.rmtree(self.path, ignore_errors=True)
            self.path.mkdir(parents=True)
        except OSError as error:
            raise UsageError(f"cannot write to {self.out}: {error.strerror or error}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, table: str, rows: pa.Table, period: str = "") -> None:
        """Add rows to a table's file, in the contract's columns; with a period, to that year's file."""
        name = f"{table}_{period}" if period else table
        schema = received_schema(self.contracts.tables[table])
        whole = rows.select(schema.names).cast(schema)
        if name not in self._writers:
            self._writers[name] = self._open(name, schema)
            self.rows[f"{name}.{self.form}"] = 0
        self._writers[name].write_table(whole)
        self.rows[f"{name}.{self.form}"] += len(whole)

    def say(self, name: str, text: str) -> None:
        """Write a text file."""
        (self.path / name).write_text(text, encoding="utf-8")

    def close(self) -> None:
        """Close every table's file."""
        while self._writers:
            self._writers.popitem()[1].close()

    def keep(self) -> None:
        """Put the folder in its place; what an earlier made authority wrote there goes."""
        self.close()
        for name in KEPT:
            if (self.out / name).is_file():
                shutil.copy2(self.out / name, self.path / name)
        before = self.out.with_name(f"{self.out.name}.before")
        shutil.rmtree(before, ignore_errors=True)
        if self.out.exists():
            self.out.rename(before)
        self.path.rename(self.out)
        shutil.rmtree(before, ignore_errors=True)

    def _open(self, name: str, schema: pa.Schema) -> Any:
        path = self.path / f"{name}.{self.form}"
        if self.form == "parquet":
            return pa.parquet.ParquetWriter(path, schema, compression="zstd")
        options = pa.csv.WriteOptions(quoting_style="none", quoting_header="none", batch_size=16_384)
        return pa.csv.CSVWriter(path, schema, write_options=options)


def refuse_others(out: Path) -> None:
    """Refuse a folder that holds anything a made authority did not write.

    Raises
    ------
    UsageError
        If ``out`` is a file, or holds other files than ours.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"'{out}' is a file; name a new or empty folder")
    there = {path.name for path in out.iterdir()} - set(KEPT)
    strange = sorted(there - _ours(out))
    if strange:
        raise UsageError(
            f"'{out}' holds '{strange[0]}', which no made authority wrote; name a new or empty folder"
        )


def _ours(out: Path) -> set[str]:
    try:
        truth = json.loads((out / TRUTH).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {TRUTH, README, *truth["files"]} if truth.get("synthetic") is True else set()
