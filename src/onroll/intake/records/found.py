"""Found: what is wrong with the rows of the records, kept in the store and grouped when it is told."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from onroll.errors import did_you_mean, one_of
from onroll.framework.contracts import Column, Contracts
from onroll.intake.checks import CHECKS
from onroll.intake.findings import PUPIL_NUMBER, Finding, finding, shown
from onroll.intake.records.parsing import in_use
from onroll.intake.records.store import Store, quoted

MOST_KEPT = 100_000
SHOWN_ROWS, SHOWN_VALUES = 20, 12
_LONG_TEXT = 24
_EXPECTED = {
    "upn": "a pupil number of 13 characters with its check letter, such as A000000000000 is not",
    "urn": "six digits",
    "laestab": "seven digits, such as 8211234",
    "la_code": "three digits, such as 821",
    "date": "a date such as 01/09/2023 or 2023-09-01",
    "period": "an academic year such as 2023/24",
    "flag": "Y or N",
    "number": "a number",
    "words": "words, no formula and no pupil number",
    "reference": "a reference of at most 60 characters, no pupil number",
    "person": "a reference of at most 60 characters",
    "item": "the id of an item, such as P4.7-W1",
}


class Found:
    """Faulty cells and rows of all tables: counted in full, the first 100,000 of each kind kept by row."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.run(
            'CREATE TABLE found (tab VARCHAR, file INTEGER, row BIGINT, col VARCHAR, value VARCHAR, "check" VARCHAR)'
        )
        self.times: dict[tuple[str, int, str, str], int] = {}

    def add(self, table: str, column: str, check: str, query: str) -> None:
        """Keep what a query finds; it gives ``file, row, value``."""
        self.store.run(f"CREATE OR REPLACE TEMP TABLE hit AS {query}")
        for file, times in self.store.rows("SELECT file, count(*) FROM hit GROUP BY file ORDER BY file"):
            key = (table, file, column, check)
            self.times[key] = self.times.get(key, 0) + times
            self.store.run(
                f"INSERT INTO found SELECT {quoted(table)}, file, row, {quoted(column)}, value, {quoted(check)} "
                f"FROM hit WHERE file = {file} ORDER BY row LIMIT {MOST_KEPT}"
            )
        self.store.run("DROP TABLE hit")

    def has_errors(self, table: str) -> bool:
        """Whether any of a table's cells or rows is an error."""
        return any(key[0] == table and CHECKS[key[3]].severity == "error" for key in self.times)

    def findings(
        self, contracts: Contracts, names: Sequence[str], headers: Sequence[Any]
    ) -> Iterator[Finding]:
        """Findings to tell: one for each value where there are few, else one with examples."""
        for (table, file, column, check), times in sorted(self.times.items()):
            where = f'tab = {quoted(table)} AND file = {file} AND col = {quoted(column)} AND "check" = {quoted(check)}'
            values = self.store.rows(
                f"SELECT value, count(*), list(row ORDER BY row)[1:{SHOWN_ROWS}] FROM found WHERE {where} "
                f"GROUP BY value ORDER BY min(row) LIMIT {SHOWN_VALUES + 1}"
            )
            declared = _declared(contracts, table, column)
            called = headers[file].get(column, column)
            kept = sum(one[1] for one in values)
            if len(values) <= SHOWN_VALUES and kept == times:
                for value, count, rows in values:
                    yield _told(contracts, declared, check, names[file], called, value, count, rows)
            else:
                rows = [row for (row,) in self.store.rows(
                    f"SELECT row FROM found WHERE {where} ORDER BY row LIMIT {SHOWN_ROWS}")]  # fmt: skip
                examples = ", ".join(masked(value, declared) for value, _, _ in values[:5] if value)
                yield _told(contracts, declared, check, names[file], called, examples, times, rows)

    def write_list(
        self, contracts: Contracts, names: Sequence[str], headers: Sequence[Any], out: Any
    ) -> None:
        """Write one CSV row for each finding kept, in order of file and row."""
        writer = csv.writer(out, lineterminator="\n")
        query = 'SELECT tab, file, row, col, value, "check" FROM found ORDER BY file, row, col'
        for batch in self.store.batches(query):
            for table, file, row, column, value, check in zip(
                *(one.to_pylist() for one in batch.columns), strict=True
            ):
                declared = _declared(contracts, table, column)
                one = _told(
                    contracts,
                    declared,
                    check,
                    names[file],
                    headers[file].get(column, column),
                    value,
                    1,
                    [row],
                )
                cells = (
                    one.file,
                    row,
                    one.column,
                    one.value,
                    one.expected,
                    one.action,
                    one.severity,
                    one.check,
                )
                writer.writerow(
                    [f"'{cell}" if str(cell)[:1] in "=+-@" and str(cell) else cell for cell in cells]
                )


def masked(value: str | None, column: Column | None) -> str:
    """A value as a person may see it: pupil numbers never whole, long texts by their length only."""
    if value is None:
        return ""
    if column is not None and column.type in ("upn", "person"):
        return f"...{value[-3:]} ({len(value)} characters)"
    text = PUPIL_NUMBER.sub(lambda match: f"...{match[0][-3:]}", value)
    if column is not None and column.type != "words" and len(text) > _LONG_TEXT and " " in text:
        return f"a text of {len(text)} characters"
    return text


def expected(column: Column | None, contracts: Contracts, period: str = "") -> str:
    """What a column expects, in words."""
    if column is None:
        return ""
    if column.codes:
        known = contracts.set_of(column)
        codes = [one.code for one in (in_use(known, period) if period else known.codes) if not one.renamed_to]
        shown_codes = codes if len(codes) <= 22 else [*codes[:22], "and others of the data dictionary"]
        return (
            f"{'' if len(codes) > 22 else 'one of '}{', '.join(shown_codes)}"
            if len(codes) > 22
            else one_of(codes)
        )
    if column.type == "whole":
        low = 0 if column.min is None else column.min
        return f"a whole number from {low} to {column.max}" if column.max is not None else "a whole number"
    return _EXPECTED.get(column.type, "").replace(", such as A000000000000 is not", "")


def _declared(contracts: Contracts, table: str, column: str) -> Column | None:
    contract = contracts.tables[table]
    return contract.column(column) if column in contract.names else None


_OF_CELL = frozenset(
    {"unknown_code", "not_a_date", "not_a_number", "not_whole", "out_of_bounds", "needed_blank", "wrong_upn",
     "wrong_form", "not_a_flag", "wrong_year", "date_out_of_range"}
)  # fmt: skip


def _told(
    contracts: Contracts, column: Column | None, check: str, name: str, header: str, value: str | None, times: int,
    rows: Sequence[int],
) -> Finding:  # fmt: skip
    wanted, hint = "", ""
    if check in _OF_CELL:
        wanted = expected(column, contracts)
    if check == "unknown_code" and column is not None and value:
        hint = did_you_mean(value, [one.code for one in contracts.set_of(column).codes]).strip()
    said = masked(value, column) if times == 1 or check not in ("wrong_upn",) else value
    one = finding(check, name, row=rows[0] if len(rows) == 1 else None, column=shown(header), value=said or "",
                  expected=wanted, hint=hint)  # fmt: skip
    return Finding(one.file, one.row, one.column, one.value, one.expected, one.action, one.severity, one.check,
                   times, tuple(rows))  # fmt: skip
