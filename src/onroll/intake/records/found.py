"""Found: what is wrong with the rows of the records, kept in the store and grouped when it is told."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from onroll.framework.contracts import Contracts
from onroll.intake.checks import CHECKS
from onroll.intake.findings import Finding, inert
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.telling import Teller

MOST_KEPT = 1_000_000
SHOWN_ROWS, SHOWN_VALUES, _EXAMPLES = 20, 12, 5


class Found:
    """Faulty cells and rows of all tables: counted in full, the first million of each kind in a sheet kept by row.

    ``times`` counts them by table, sheet, column and check.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        store.run(
            'CREATE TABLE found (tab VARCHAR, file INTEGER, row BIGINT, col VARCHAR, value VARCHAR, "check" VARCHAR)'
        )
        self.times: dict[tuple[str, int, str, str], int] = {}

    def add(self, table: str, column: str, check: str, query: str) -> None:
        """Keep what a query finds; it gives ``file, row, value``."""
        kept = self.store.one(
            f"INSERT INTO found SELECT {quoted(table)}, file, row, {quoted(column)}, value, {quoted(check)} FROM ({query})"
        )
        if not kept:
            return
        where = f'tab = {quoted(table)} AND col = {quoted(column)} AND "check" = {quoted(check)}'
        for file, times in self.store.rows(f"SELECT file, count(*) FROM found WHERE {where} GROUP BY file"):
            self.times[table, file, column, check] = times
            if times > MOST_KEPT:
                one = f"{where} AND file = {file}"
                last = self.store.one(
                    f"SELECT row FROM found WHERE {one} ORDER BY row LIMIT 1 OFFSET {MOST_KEPT - 1}"
                )
                self.store.run(f"DELETE FROM found WHERE {one} AND row > {last}")

    def forget(self, table: str, file: int, columns: Sequence[str], checks: Sequence[str]) -> list[int]:
        """Take the faults of some columns of a sheet back, as one cause is told for all of them; gives their rows."""
        where = (
            f"tab = {quoted(table)} AND file = {file} AND col IN ({', '.join(map(quoted, columns))}) "
            f'AND "check" IN ({", ".join(map(quoted, checks))})'
        )
        rows = [
            row for (row,) in self.store.rows(f"SELECT DISTINCT row FROM found WHERE {where} ORDER BY row")
        ]
        self.store.run(f"DELETE FROM found WHERE {where}")
        for key in [(table, file, column, check) for column in columns for check in checks]:
            self.times.pop(key, None)
        return rows

    def has_errors(self, table: str) -> bool:
        """Whether any of a table's cells or rows is an error."""
        return any(key[0] == table and CHECKS[key[3]].severity == "error" for key in self.times)

    def findings(self, contracts: Contracts, sheets: Sequence[Sheet]) -> list[Finding]:
        """Findings to tell, by sheet and first row: one for each value where there are few, else one with examples."""
        told: list[tuple[tuple[int, int], Finding]] = []
        for (table, file, column, check), times in sorted(self.times.items()):
            teller = Teller(contracts, table, column, check, *sheets[file])
            told += [
                ((file, one.rows[0]), one) for one in self._told(teller, (table, file, column, check), times)
            ]
        return [one for _, one in sorted(told, key=lambda pair: pair[0])]

    def _told(self, teller: Teller, key: tuple[str, int, str, str], times: int) -> Iterator[Finding]:
        table, file, column, check = key
        where = f'tab = {quoted(table)} AND file = {file} AND col = {quoted(column)} AND "check" = {quoted(check)}'
        values = self.store.rows(
            f"SELECT value, count(*) AS times, min(row, {SHOWN_ROWS}) FROM found WHERE {where} "
            f"GROUP BY value ORDER BY min(row) LIMIT {SHOWN_VALUES + 1}"
        )
        if len(values) <= SHOWN_VALUES and sum(one[1] for one in values) == times:
            for value, count, rows in values:
                yield teller.told(value, count, sorted(rows))
        else:
            query = f"SELECT row FROM found WHERE {where} ORDER BY row LIMIT {SHOWN_ROWS}"
            rows = [row for (row,) in self.store.rows(query)]
            yield teller.told_together([one[0] for one in values[:_EXAMPLES]], times, rows)

    def write_list(self, contracts: Contracts, sheets: Sequence[Sheet], out: Any) -> None:
        """Write one CSV row for each finding kept, in order of sheet and row, and how many of a kind were not kept."""
        writer = csv.writer(out, lineterminator="\n")
        tellers: dict[tuple[str, int, str, str], Teller] = {}
        query = (
            'SELECT tab, file, row, col, value, "check" FROM found ORDER BY file, row, col, "check", value'
        )
        for batch in self.store.batches(query):
            for table, file, row, column, value, check in zip(
                *(one.to_pylist() for one in batch.columns), strict=True
            ):
                key = (table, file, column, check)
                if key not in tellers:
                    tellers[key] = Teller(contracts, table, column, check, *sheets[file])
                name, *rest = tellers[key].cells(value)
                writer.writerow((name, row, *rest))
        for key, times in sorted(self.times.items()):
            if times > MOST_KEPT:
                one = Teller(contracts, key[0], key[2], key[3], *sheets[key[1]]).not_kept(times - MOST_KEPT)
                writer.writerow(inert(cell) for cell in one.cells())


Sheet = tuple[str, dict[str, str], int]
"""What a sheet is called, its headers by column, and how many cells its header has."""
