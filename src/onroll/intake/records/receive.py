"""Receiving: an authority's own records, from the files as they were sent to tidy tables that can be counted."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType, TracebackType

from onroll.errors import DataError
from onroll.framework.contracts import Contract, Contracts
from onroll.intake.findings import Finding, Findings, finding, shown
from onroll.intake.records.found import Found
from onroll.intake.records.links import check_key, check_links
from onroll.intake.records.loading import Loaded, load, open_streams, prepare
from onroll.intake.records.mapping import ReadingRules
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.recognise import Recognised, recognise
from onroll.intake.records.rules import rule_queries
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.streams import Stream
from onroll.intake.records.tidy import DERIVED, tidy_name
from onroll.intake.records.typed import calendar, type_table

MADE_UP_FIRST, MADE_UP_LAST = 990000, 999999


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that holds records: its path, what it is called, and its sheets with the table each is."""

    path: Path
    name: str
    sheets: tuple[tuple[Stream, Recognised], ...]


@dataclass(slots=True)
class Records:
    """Records received and checked, until ``close``.

    Attributes
    ----------
    tables : mapping
        Tidy Parquet file of each table without an error; a table that is not here was not sent or has errors.
    rows : mapping
        How many rows each table sent has, those with errors too.
    findings : Findings
        Everything found, grouped.
    files : int
        How many files they came in.
    is_synthetic : bool
        Whether every school is of the made-up range, 990000 to 999999.
    """

    tables: Mapping[str, Path]
    rows: Mapping[str, int]
    findings: Findings
    files: int
    is_synthetic: bool
    _store: Store
    _found: Found
    _loaded: Loaded
    _contracts: Contracts

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the private copy of the records."""
        self._store.close()

    def write_list(self, path: Path) -> None:
        """Write every finding as CSV, one row each; pupil numbers never whole."""
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([field.name for field in fields(Finding)][:8])
            self.add_to_list(out)

    def add_to_list(self, out: object) -> None:
        """Write every finding on a row or cell to an open CSV file."""
        self._found.write_list(self._contracts, self._loaded.names, self._loaded.headers, out)


def recognised_file(
    path: Path, name: str, contracts: Contracts, mapping: ReadingRules, *, asked: bool = False
) -> RecordFile | None:
    """A file of records, or None if no sheet of it is a table of the contracts.

    Raises
    ------
    DataError
        If it cannot be opened.
    """
    entry = mapping.of(name)
    sheets = []
    for stream in open_streams(path, name):
        if entry is not None and entry.sheets and stream.title not in entry.sheets:
            continue
        found = recognise(name, [cells for _, cells in stream.head], contracts, entry)
        if found is not None:
            sheets.append((stream, found))
    return RecordFile(path, name, tuple(sheets)) if sheets or asked else None


def receive(
    files: Sequence[RecordFile], contracts: Contracts, mapping: ReadingRules, key: Key, la_code: str = ""
) -> Records:
    """Check records and make them tidy; every fault of every file is found before this returns.

    Parameters
    ----------
    files : sequence of RecordFile
        What ``recognised_file`` gave.
    key : Key
        Turns pupil numbers into pseudonyms.
    la_code : str
        The authority's code; empty where schools of many authorities are expected.

    Returns
    -------
    Records
        To be closed when counting is over.
    """
    if mapping.version not in (0, *(one.version for one in contracts.versions.versions)):
        raise DataError(
            f"mapping.yaml: version {mapping.version} of the contracts is not known; the present one is "
            f"{contracts.versions.current}"
        )
    store = Store()
    try:
        found, loaded = Found(store), Loaded()
        prepare(store, contracts)
        calendar(store)
        for file in files:
            _load(store, contracts, file, mapping, loaded)
        _check(store, contracts, found, loaded, key, la_code)
        return _made(store, contracts, found, loaded, len(files))
    except BaseException:
        store.close()
        raise


def _load(
    store: Store, contracts: Contracts, file: RecordFile, mapping: ReadingRules, loaded: Loaded
) -> None:
    for stream, recognised in file.sheets:
        try:
            load(store, contracts, stream, recognised, mapping.of(file.name), loaded)
        except DataError as problem:
            words = str(problem).removeprefix(f"{shown(file.name, 120)}: ")
            loaded.findings.append(finding("unreadable", file.name, value=words))


def _check(store: Store, contracts: Contracts, found: Found, loaded: Loaded, key: Key, la_code: str) -> None:
    queries = rule_queries(la_code)
    for contract in contracts.tables.values():
        loaded.findings += type_table(store, contracts, contract, found, key)
    for contract in contracts.tables.values():
        if contract.id not in loaded.tables:
            continue
        check_key(store, contract, found)
        loaded.findings += check_links(store, contracts, contract, found)
        for rule in contract.rules:
            found.add(contract.id, queries[rule].column, rule, queries[rule].query)


def _made(store: Store, contracts: Contracts, found: Found, loaded: Loaded, files: int) -> Records:
    wrong = {
        table
        for name, table in zip(loaded.names, loaded.tables, strict=True)
        if any(item.severity == "error" and item.file == shown(name, 120) for item in loaded.findings)
    }
    tables, rows, unused = {}, {}, []
    for contract in contracts.tables.values():
        rows[contract.id] = store.one(f"SELECT count(*) FROM t_{contract.id}")
        if contract.id in wrong or found.has_errors(contract.id):
            unused.append(finding("unused_table", contract.id, value=contract.label.lower()))
        elif rows[contract.id]:
            tables[contract.id] = _written(store, contract)
    made_up = store.one(
        f"SELECT coalesce(bool_and(urn BETWEEN {MADE_UP_FIRST} AND {MADE_UP_LAST}), false) FROM t_schools "
        "WHERE urn IS NOT NULL"
    )
    told = found.findings(contracts, loaded.names, loaded.headers)
    findings = Findings((*loaded.findings, *told, *unused))
    return Records(
        MappingProxyType(tables), MappingProxyType(rows), findings, files, bool(made_up), store, found, loaded,
        contracts,
    )  # fmt: skip


def _written(store: Store, contract: Contract) -> Path:
    path = store.tidy / f"{contract.id}.parquet"
    names = [tidy_name(one) for one in contract.columns] + [name for name, _ in DERIVED.get(contract.id, ())]
    store.run(
        f"COPY (SELECT {', '.join(names)} FROM t_{contract.id}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return path
