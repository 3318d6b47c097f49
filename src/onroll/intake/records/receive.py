"""Receiving: an authority's own records, from the files as they were sent to tidy tables that can be counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

import pyarrow as pa

from onroll.errors import DataError
from onroll.framework.contracts import Contract, Contracts
from onroll.intake.findings import Findings, finding, shown
from onroll.intake.records.found import Found, Sheet
from onroll.intake.records.links import check_key, check_links
from onroll.intake.records.loading import Loaded, load, make_texts
from onroll.intake.records.mapping import ReadingRules
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.recognise import Headings
from onroll.intake.records.record_files import RecordFile
from onroll.intake.records.rules import rule_queries
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.swapped import check_swapped
from onroll.intake.records.texts import make_spellings
from onroll.intake.records.tidy import tidy_schema
from onroll.intake.records.typed import calendar, empty_table, forget_texts, type_table

MADE_UP_FIRST, MADE_UP_LAST = 990000, 999999
Say = Callable[[str], None]


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
    of_files : Findings
        Those of them that are of a file or sheet, and not of a cell or row.
    files : int
        How many files they came in.
    is_synthetic : bool
        Whether every school is of the made-up range, 990000 to 999999.
    """

    tables: Mapping[str, Path]
    rows: Mapping[str, int]
    findings: Findings
    of_files: Findings
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

    @property
    def sent_in(self) -> Mapping[str, str]:
        """The table that each file or sheet holds, by what findings call it."""
        return {
            shown(name, 120): table
            for name, table in zip(self._loaded.names, self._loaded.tables, strict=True)
        }

    @property
    def sent(self) -> frozenset[str]:
        """The tables that were sent."""
        return frozenset(self._loaded.tables)

    def add_to_list(self, out: object) -> None:
        """Write every finding on a row or cell to an open CSV file."""
        self._found.write_list(self._contracts, _sheets(self._loaded), out)


def receive(
    files: Sequence[RecordFile], contracts: Contracts, mapping: ReadingRules, key: Key, la_code: str = "",
    say: Say = lambda _: None,
) -> Records:  # fmt: skip
    """Check records and make them tidy; every fault of every file is found before this returns.

    Parameters
    ----------
    files : sequence of RecordFile
        What ``recognised_file`` gave.
    key : Key
        Turns pupil numbers into pseudonyms.
    la_code : str
        The authority's code; empty where schools of many authorities are expected.
    say : callable, optional
        Told of progress: each file as it is read, each table as it is checked.

    Returns
    -------
    Records
        To be closed when counting is over.
    """
    store = Store()
    try:
        found, loaded, headings = Found(store), Loaded(), Headings(contracts, mapping.version)
        calendar(store)
        make_spellings(store, contracts)
        for file in files:
            say(f"reading {shown(file.name, 120)}")
            loaded.findings += file.findings
            _load(store, headings, file, mapping, loaded, found)
        make_texts(store, loaded)
        _check(store, contracts, found, loaded, key, la_code, say)
        return _made(store, contracts, found, loaded, len(files))
    except BaseException:
        store.close()
        raise


def _load(
    store: Store, headings: Headings, file: RecordFile, mapping: ReadingRules, loaded: Loaded, found: Found
) -> None:
    for stream, recognised in file.sheets:
        try:
            load(store, headings, stream, recognised, mapping.of(file.path.name), loaded, found)
        except DataError as problem:
            words = str(problem).removeprefix(f"{shown(file.name, 120)}: ")
            loaded.findings.append(finding("unreadable", stream.name, value=words))


def _check(
    store: Store, contracts: Contracts, found: Found, loaded: Loaded, key: Key, la_code: str, say: Say
) -> None:
    queries = rule_queries(la_code)
    names = dict(enumerate(loaded.names))
    known = pa.table({"file": list(names), "name": [shown(name, 120) for name in names.values()]})
    store.keep("sheets", known.schema, known.to_batches())
    sent = [contract for contract in contracts.tables.values() if contract.id in loaded.laid]
    for contract in contracts.tables.values():
        if contract not in sent:
            empty_table(store, contract)
    for contract in sent:
        say(f"checking {contract.label.lower()}")
        loaded.findings += type_table(store, contracts, contract, loaded, found, key)
        loaded.findings += check_swapped(store, contract, found, names)
        forget_texts(store, contract)
    for contract in sent:
        check_key(store, contract, found)
        loaded.findings += check_links(store, contracts, contract, found, loaded.tables)
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
    of_files = Findings((*loaded.findings, *unused))
    told = Findings((*loaded.findings, *found.findings(contracts, _sheets(loaded)), *unused))
    return Records(
        MappingProxyType(tables), MappingProxyType(rows), told, of_files, files, bool(made_up), store, found, loaded,
        contracts,
    )  # fmt: skip


def _sheets(loaded: Loaded) -> list[Sheet]:
    return list(zip(loaded.names, loaded.headers, loaded.widths, strict=True))


def _written(store: Store, contract: Contract) -> Path:
    """The tidy table of a typed one; one that was translated is written already."""
    path = store.tidy_path(contract.id)
    if not path.exists():
        names = ", ".join(tidy_schema(contract).names)
        store.run(
            f"COPY (SELECT {names} FROM t_{contract.id}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
    return path
