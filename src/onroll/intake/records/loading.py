"""Loading: the sheets of every file laid down as text in the store, with all that was assumed in reading them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from onroll.errors import DataError
from onroll.framework.contracts import Contract
from onroll.intake.files import ending_of
from onroll.intake.findings import Finding, closest, finding, shown
from onroll.intake.records.changes import Change, changes_of, given_values
from onroll.intake.records.found import Found
from onroll.intake.records.laying import Laid, Sheet, header_labels
from onroll.intake.records.mapping import FileMapping
from onroll.intake.records.recognise import Headings, Recognised
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.stored_files import open_parquet
from onroll.intake.records.streams import Heard, NotPlainError, Stream
from onroll.intake.records.text_files import open_text
from onroll.intake.records.workbook_files import open_workbook

_MOST_NAMED = 12


@dataclass(slots=True)
class Loaded:
    """What was laid down: for each sheet its name, table, headers by column and width; and all that was found.

    ``laid`` has the Parquet files of each table, ``changes`` what is done to texts before they are parsed.
    """

    names: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    laid: dict[str, list[Path]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


def open_streams(path: Path, name: str) -> list[Stream]:
    """The sheets of a file of records.

    Raises
    ------
    DataError
        If the file cannot be opened.
    """
    try:
        if not path.is_file():
            raise DataError(
                f"{shown(name, 120)}: this is not an ordinary file. Name a file that holds a table."
            )
        if ending_of(path) == ".parquet":
            return [open_parquet(path, name)]
        if ending_of(path) == ".xlsx":
            return open_workbook(path, name)
        return [open_text(path, name)]
    except PermissionError:
        raise DataError(
            f"{shown(name, 120)}: no permission to read it. Ask its owner, or close it in Excel."
        ) from None


def make_texts(store: Store, loaded: Loaded) -> None:
    """Make ``raw_<table>`` of each table laid down: ``file``, ``row``, ``how`` and the contract's columns as text."""
    for table, files in loaded.laid.items():
        listed = ", ".join(quoted(str(path)) for path in files)
        store.run(f"CREATE VIEW raw_{table} AS SELECT * FROM read_parquet([{listed}])")


def load(
    store: Store, headings: Headings, stream: Stream, found: Recognised, mapping: FileMapping | None, loaded: Loaded,
    faults: Found,
) -> None:  # fmt: skip
    """Lay the rows of one sheet down, and note how it was read."""
    contract = headings.contracts.tables[found.table]
    number, header = stream.head[found.header]
    at = len(loaded.names)
    loaded.names.append(stream.name)
    loaded.tables.append(contract.id)
    loaded.headers.append({column: header[place].strip() for column, place in found.columns.items()})
    loaded.widths.append(len(header))
    constants = given_values(contract, found, mapping, stream)
    said = [*stream.findings, *_headers(contract, found, stream.name, number, header, constants)]
    loaded.findings += said
    if any(item.severity == "error" for item in said):
        return
    changes = list(changes_of(headings.contracts, contract, found, header, mapping, at + 1))
    loaded.changes += changes
    sheet = Sheet(
        contract.names, found, constants, header_labels(found, header, headings), at, at + 1 if changes else 0
    )
    laid = _laid(sheet, stream, number, len(header), store, len(contract.needed) > 2)
    loaded.laid.setdefault(contract.id, []).extend(laid.files)
    loaded.findings += _left_out(stream.name, number, laid)
    _ragged(store, contract, at, len(header), laid.heard, faults)


def _laid(sheet: Sheet, stream: Stream, number: int, width: int, store: Store, lone_rows: bool) -> Laid:
    if stream.quick is not None:
        try:
            return sheet.lay(stream.quick, number, width, store.folder, lone_rows)
        except NotPlainError:
            pass
    return sheet.lay(stream.careful, number, width, store.folder, lone_rows)


def _headers(
    contract: Contract, found: Recognised, name: str, number: int, header: list[str], constants: Mapping[str, str]
) -> Iterator[Finding]:  # fmt: skip
    if number > 1:
        yield finding("header_found", name, row=number, value=number)
    if found.twice:
        yield finding("two_headers", name, row=number, value=", ".join(found.twice))
    lacking = [column for column in found.lacking if column not in constants]
    for column in lacking:
        spelled = [column, *contract.column(column).also]
        hint = closest(column, found.spare) or f"It may be called {', '.join(spelled[:4])}."
        yield finding("missing_column", name, row=number, value=column, hint=hint)
    if found.step is not None:
        was = [f"{old} became {new}" for old, new in found.step.rename.items() if new in found.columns]
        was += [
            f"{one} was multiplied by {by}" for one, by in found.step.multiply.items() if one in found.columns
        ]
        yield finding("older_version", name, value=f"{found.step.from_} of the contract: {'; '.join(was)}")
    if lacking or found.twice:
        return
    others = [
        f"{header[place].strip()} as {column}"
        for column, place in found.columns.items()
        if header[place].strip().lower() != column
    ]
    if others and found.step is None:
        yield finding("renamed_header", name, row=number, value=_named(others))
    if found.spare:
        yield finding("columns_not_kept", name, row=number, value=_named(list(found.spare)))
    for column, value in constants.items():
        yield finding("read_as", name, value=f"{column} was read as {value} in every row")


def _named(words: list[str]) -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return f"{', '.join(words[:_MOST_NAMED])}{more}"


def _left_out(name: str, header: int, laid: Laid) -> Iterator[Finding]:
    yield from laid.heard.findings
    for kind, times in laid.left_out.times.items():
        rows = laid.left_out.rows[kind]
        one = finding(kind, name, row=rows[0] if times == 1 else None)
        yield replace(one, times=times, rows=tuple(rows))
    if not laid.rows and not laid.heard.findings and not laid.heard.rows:
        yield finding("header_only", name, row=header)


def _ragged(store: Store, contract: Contract, file: int, width: int, heard: Heard, faults: Found) -> None:
    """Rows with too few or too many cells; the last one, if it is short, means that the file was cut."""
    aside = heard.left_out
    rows = [(row, cells) for row, cells in zip(heard.rows, heard.cells, strict=True) if row not in aside]
    if not rows:
        return
    table = pa.table(
        {
            "row": pa.array([row for row, _ in rows], pa.int64()),
            "cells": pa.array([cells for _, cells in rows], pa.int32()),
        }
    )
    store.keep("ragged", table.schema, table.to_batches())
    cut = heard.last if heard.is_cut(width) else 0
    for check, which in (("ragged_row", f"row <> {cut}"), ("truncated", f"row = {cut}")):
        query: Any = f"SELECT {file} AS file, row, CAST(cells AS VARCHAR) AS value FROM ragged WHERE {which}"
        faults.add(contract.id, "", check, query)
    store.run("DROP TABLE ragged")
