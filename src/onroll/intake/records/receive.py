"""Receiving: an authority's own records, from the files as they were sent to tidy tables that can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

from onroll.errors import DataError
from onroll.framework.contracts import Contract, Contracts
from onroll.intake.findings import Finding, Findings, finding, shown
from onroll.intake.records.found import Found, Sheet
from onroll.intake.records.links import check_key, check_links
from onroll.intake.records.loading import Loaded, load, make_texts, open_streams
from onroll.intake.records.mapping import ReadingRules
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.recognise import SHARE, Headings, Recognised, recognise
from onroll.intake.records.rules import rule_queries
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.streams import Stream
from onroll.intake.records.swapped import check_swapped
from onroll.intake.records.texts import make_spellings
from onroll.intake.records.tidy import tidy_schema
from onroll.intake.records.typed import calendar, forget_texts, type_table

MADE_UP_FIRST, MADE_UP_LAST = 990000, 999999
OWN_SHEETS = ("Read me", "Codes")
"""Sheets of the templates that hold no records; they need no word."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that holds records: its path, what it is called, and its sheets with the table each is."""

    path: Path
    name: str
    sheets: tuple[tuple[Stream, Recognised], ...]
    findings: tuple[Finding, ...] = ()


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


def recognised_file(path: Path, name: str, headings: Headings, mapping: ReadingRules) -> RecordFile | None:
    """A file of records, or None if no sheet of it is a table of the contracts and no mapping says that one is.

    Raises
    ------
    DataError
        If it cannot be opened.
    """
    entry = mapping.of(name)
    sheets: list[tuple[Stream, Recognised]] = []
    aside: list[str] = []
    said: list[Finding] = []
    for stream in open_streams(path, name):
        asked = entry is None or not entry.sheets or stream.title in entry.sheets
        found = recognise(name, stream.head, headings, entry) if asked else None
        if found is not None:
            sheets.append((stream, found))
        else:
            aside += [stream.title] if stream.title and stream.title not in OWN_SHEETS else []
            said += stream.findings
    kept = [one for one in sheets if not _is_a_remark(one[1], sheets, headings)]
    aside += [
        stream.title for stream, _ in sheets if (stream.title and stream not in [one for one, _ in kept])
    ]
    if not kept:
        if entry is None:
            return None
        where = f"in row {entry.header_row}" if entry.header_row else "in its first rows"
        words = f"{entry.file}: {shown(name, 120)} has no sheet with headers of {entry.table} {where}"
        said.append(finding("wrong_mapping", name, value=words))
    elif aside:
        said.append(finding("sheets_left_aside", name, value=", ".join(aside)))
    return RecordFile(path, name, tuple(kept), tuple(said))


def _is_a_remark(found: Recognised, sheets: Sequence[tuple[Stream, Recognised]], headings: Headings) -> bool:
    """Whether a sheet has few of a table's columns beside another that has them all, as a summary does."""
    needed = headings.contracts.tables[found.table].needed
    poor = len(found.lacking) > (1 - SHARE) * len(needed)
    return poor and any(other.table == found.table and not other.lacking for _, other in sheets)


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
    store = Store()
    try:
        found, loaded, headings = Found(store), Loaded(), Headings(contracts, mapping.version)
        calendar(store)
        make_spellings(store, contracts)
        for file in files:
            loaded.findings += file.findings
            _load(store, headings, file, mapping, loaded, found)
        make_texts(store, contracts, loaded)
        _check(store, contracts, found, loaded, key, la_code)
        return _made(store, contracts, found, loaded, len(files))
    except BaseException:
        store.close()
        raise


def _load(
    store: Store, headings: Headings, file: RecordFile, mapping: ReadingRules, loaded: Loaded, found: Found
) -> None:
    for stream, recognised in file.sheets:
        try:
            load(store, headings, stream, recognised, mapping.of(file.name), loaded, found)
        except DataError as problem:
            words = str(problem).removeprefix(f"{shown(file.name, 120)}: ")
            loaded.findings.append(finding("unreadable", stream.name, value=words))


def _check(store: Store, contracts: Contracts, found: Found, loaded: Loaded, key: Key, la_code: str) -> None:
    queries = rule_queries(la_code)
    names = dict(enumerate(loaded.names))
    store.run("CREATE TABLE sheets (file INTEGER, name VARCHAR)")
    for at, name in names.items():
        store.run("INSERT INTO sheets VALUES (?, ?)", (at, shown(name, 120)))
    for contract in contracts.tables.values():
        changes = [one for one in loaded.changes if one.table == contract.id]
        loaded.findings += type_table(store, contracts, contract, changes, found, key)
        loaded.findings += check_swapped(store, contract, found, names)
        forget_texts(store, contract)
    for contract in contracts.tables.values():
        check_key(store, contract, found)
        if contract.id in loaded.tables:
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
    path = store.tidy / f"{contract.id}.parquet"
    names = ", ".join(tidy_schema(contract).names)
    store.run(
        f"COPY (SELECT {names} FROM t_{contract.id}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return path
