"""Loading: the rows of every file laid down as text, one table for each contract, total rows left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from onroll.errors import DataError
from onroll.framework.contracts import Contract, Contracts, squeezed
from onroll.intake.files import ending_of
from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.mapping import MONTH_FIRST, FileMapping
from onroll.intake.records.parsing import SQUEEZED
from onroll.intake.records.recognise import Recognised
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.stored_files import open_parquet
from onroll.intake.records.streams import Stream, schema
from onroll.intake.records.text_files import open_text
from onroll.intake.records.workbook_files import open_workbook

_PERIOD_IN_TITLE = r"(?:19|20)[0-9]{2} *[-/_] *(?:20)?[0-9]{2}|20[0-9]{4}"
_SWAPPED = r"'^([0-9]{1,2})[/.-]([0-9]{1,2})([/.-])', '\2/\1\3'"
_TOTAL = r"'^(grand |sub)?totals?\b'"


@dataclass(slots=True)
class Loaded:
    """What was laid down: for each sheet its name, table, headers by column, and all that was found on the way."""

    names: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def open_streams(path: Path, name: str) -> list[Stream]:
    """The sheets of a file of records.

    Raises
    ------
    DataError
        If the file cannot be opened.
    """
    if ending_of(path) == ".parquet":
        return [open_parquet(path, name)]
    if ending_of(path) == ".xlsx":
        return open_workbook(path, name)
    try:
        return [open_text(path, name)]
    except PermissionError:
        raise DataError(
            f"{shown(name, 120)}: no permission to read it. Ask its owner, or close it in Excel."
        ) from None


def prepare(store: Store, contracts: Contracts) -> None:
    """Make an empty text table for every contract."""
    for contract in contracts.tables.values():
        columns = ", ".join(f"{name} VARCHAR" for name in contract.names)
        store.run(f"CREATE TABLE raw_{contract.id} (file INTEGER, row BIGINT, {columns})")


def load(
    store: Store,
    contracts: Contracts,
    stream: Stream,
    found: Recognised,
    mapping: FileMapping | None,
    loaded: Loaded,
) -> None:
    """Lay the rows of one sheet down, and note how it was read."""
    contract = contracts.tables[found.table]
    number, header = stream.head[found.header]
    said = loaded.findings
    said += stream.findings
    constants = _constants(contract, found, mapping, stream)
    said += _headers(contract, found, stream.name, number, constants)
    at = len(loaded.names)
    loaded.names.append(stream.name)
    loaded.tables.append(contract.id)
    loaded.headers.append({column: header[place].strip() for column, place in found.columns.items()})
    if any(item.severity == "error" for item in said if item.file == stream.name and item.check != "formula"):
        return
    width = len(header)
    late: list[Finding] = []
    store.keep("sheet", schema(width), stream.body(number, width, late))
    said += late
    _leave_out_totals(store, stream.name, found, contract, said)
    chosen = ", ".join(_expression(contract, one, found, mapping, constants) for one in contract.names)
    somewhere = " OR ".join(f"trim(c{place}) <> ''" for place in found.columns.values())
    store.run(f"INSERT INTO raw_{contract.id} SELECT {at}, row, {chosen} FROM sheet WHERE {somewhere}")
    if not store.one(f"SELECT count(*) FROM raw_{contract.id} WHERE file = {at}") and not late:
        said.append(finding("header_only", stream.name, row=number))
    store.run("DROP TABLE sheet")


def _constants(
    contract: Contract, found: Recognised, mapping: FileMapping | None, stream: Stream
) -> dict[str, str]:
    """Values for columns that the sheet lacks: from the mapping, or the year in the sheet's or the file's name."""
    given = dict(mapping.values) if mapping is not None else {}
    if "time_period" in contract.names and "time_period" not in found.columns and "time_period" not in given:
        for title in (stream.title, stream.name.rsplit("/", 1)[-1]):
            years = re.findall(_PERIOD_IN_TITLE, title)
            if len(years) == 1:
                given["time_period"] = re.sub(r"[ _]", "", years[0])
                break
    return {name: value for name, value in given.items() if name not in found.columns}


def _headers(
    contract: Contract, found: Recognised, name: str, number: int, constants: Mapping[str, str]
) -> list[Finding]:
    said = []
    if number > 1:
        said.append(finding("header_found", name, row=number, value=number))
    if found.twice:
        said.append(finding("two_headers", name, row=number, value=", ".join(found.twice)))
    for column in contract.needed:
        if column not in found.columns and column not in constants:
            spelled = [column, *contract.column(column).also][:4]
            hint = f"It may be called {', '.join(spelled)}."
            said.append(finding("missing_column", name, row=number, value=column, hint=hint))
    if found.step is not None:
        was = "; ".join(
            [f"{old} became {new}" for old, new in found.step.rename.items()]
            + [
                f"{one} was multiplied by {by}"
                for one, by in found.step.multiply.items()
                if one in found.columns
            ]
        )
        said.append(finding("older_version", name, value=f"{found.step.from_} of the contract: {was}"))
    if found.spare:
        said.append(finding("columns_not_kept", name, row=number, value=", ".join(found.spare[:12])))
    for column, value in constants.items():
        said.append(finding("read_as", name, value=f"{column} was read as {value} in every row"))
    return said


def _leave_out_totals(
    store: Store, name: str, found: Recognised, contract: Contract, said: list[Finding]
) -> None:
    """Total rows, and notes below the table that fill one cell only, are no records."""
    first = "coalesce(" + ", ".join(
        f"nullif(trim(c{place}), '')" for place in sorted(found.columns.values())[:4]
    ) + ", '')"  # fmt: skip
    lone = "false"
    if len(contract.needed) > 2 and len(found.columns) > 2:
        filled = " + ".join(f"(trim(c{place}) <> '')::INTEGER" for place in found.columns.values())
        lone = f"({filled}) = 1"
    odd = f"regexp_matches(lower({first}), {_TOTAL}) OR {lone}"
    rows = [row for (row,) in store.rows(f"SELECT row FROM sheet WHERE {odd} ORDER BY row LIMIT 101")]
    if len(rows) > 100:
        return
    for row in rows:
        said.append(finding("total_rows", name, row=row))
    if rows:
        store.run(f"DELETE FROM sheet WHERE row IN ({', '.join(map(str, rows))})")


def _expression(
    contract: Contract,
    column: str,
    found: Recognised,
    mapping: FileMapping | None,
    constants: Mapping[str, str],
) -> str:
    if column not in found.columns:
        return quoted(constants[column]) if column in constants else "NULL"
    text = f"trim(c{found.columns[column]})"
    is_date = contract.column(column).type == "date"
    if is_date and mapping is not None and mapping.dates == MONTH_FIRST:
        text = f"regexp_replace({text}, {_SWAPPED})"
    if mapping is not None and column in mapping.codes:
        cases = " ".join(
            f"WHEN {SQUEEZED.replace('v,', f'{text},', 1)} = {quoted(squeezed(value))} THEN {quoted(code)}"
            for value, code in mapping.codes[column].items()
        )
        text = f"CASE {cases} ELSE {text} END"
    if found.step is not None and column in found.step.multiply:
        by = found.step.multiply[column]
        text = f"coalesce(CAST(TRY_CAST({text} AS DOUBLE) * {by} AS VARCHAR), {text})"
    return text
