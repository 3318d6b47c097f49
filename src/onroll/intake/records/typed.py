"""Typed: the text of the records made into values, column by column; what cannot be read is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa

from onroll.framework.contracts import Column, Contract, Contracts
from onroll.intake.findings import Finding, finding
from onroll.intake.records.changes import Change
from onroll.intake.records.found import Found
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.texts import IDENTIFIERS, joined, parse
from onroll.intake.records.tidy import DERIVED, tidy_name, tidy_schema

FIRST_YEAR, LAST_YEAR = 1980, 2120
_MOST_SAID = 6


def easter_sunday(year: int) -> dt.date:
    """Easter Sunday of a year, by the Gregorian computus (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def calendar(store: Store) -> None:
    """A table of Easter Sundays and the macros that give the academic year and the term of a date."""
    years = range(FIRST_YEAR, LAST_YEAR)
    table = pa.table({"year": list(years), "sunday": [easter_sunday(year) for year in years]})
    store.keep("easter", table.schema, table.to_batches())
    begins = "(year(d) - CASE WHEN month(d) < 8 THEN 1 ELSE 0 END)"
    store.run(f"CREATE MACRO period_of(d) AS printf('%04d%02d', {begins}, ({begins} + 1) % 100)")
    store.run(
        "CREATE MACRO term_of(d, sunday) AS CASE WHEN d IS NULL THEN NULL WHEN month(d) >= 8 THEN 'Autumn' "
        "WHEN d <= sunday THEN 'Spring' ELSE 'Summer' END"
    )


def type_table(
    store: Store, contracts: Contracts, contract: Contract, changes: Sequence[Change], found: Found, key: Key
) -> list[Finding]:
    """Make ``t_<table>`` of ``raw_<table>``, and ``m_<column>`` of every column; returns what was assumed."""
    said: list[Finding] = []
    own = {one.name: [each for each in changes if each.column == one.name] for one in contract.columns}
    for column in contract.columns:
        parse(store, contract, column, own[column.name], key)
        checks, assumed = store.rows(
            f"SELECT coalesce(list_sort(list(DISTINCT fault) FILTER (fault IS NOT NULL)), []), count(said) > 0 "
            f"FROM m_{column.name}"
        )[0]
        _faults(store, contract, column, own[column.name], checks, found)
        if assumed:
            said.append(_assumed(store, contract, column, own[column.name]))
    values = [f"m{at}.value AS {tidy_name(one)}" for at, one in enumerate(contract.columns)]
    joins = [
        f"LEFT JOIN m_{one.name} m{at} ON {joined(one, own[one.name], f'm{at}')}"
        for at, one in enumerate(contract.columns)
    ]
    derived, easter = [], ""
    for name, source in DERIVED.get(contract.id, ()):
        whole = f"term_of({source}, easter.sunday)" if name == "term" else f"period_of({source})"
        derived.append(f", {whole} AS {name}")
        easter = f"LEFT JOIN easter ON easter.year = year({source})" if name == "term" else easter
    path = quoted(str(store.folder / f"t_{contract.id}.parquet"))
    store.run(
        f"COPY (SELECT typed.* {''.join(derived)} FROM (SELECT r.file, r.row, {', '.join(values)} "
        f"FROM raw_{contract.id} r {' '.join(joins)}) typed {easter}) TO {path} (FORMAT parquet)"
    )
    store.run(f"CREATE VIEW t_{contract.id} AS SELECT * FROM read_parquet({path})")
    _codes_of_other_years(store, contracts, contract, own, found)
    return said


def empty_table(store: Store, contract: Contract) -> None:
    """Make ``t_<table>`` of a table that was not sent."""
    form = tidy_schema(contract)
    form = pa.schema([("file", pa.int32()), ("row", pa.int64()), *form])
    store.keep(f"t_{contract.id}", form, form.empty_table().to_batches())


def forget_texts(store: Store, contract: Contract) -> None:
    """Drop the parsed texts of a table's columns."""
    for column in contract.columns:
        store.run(f"DROP TABLE m_{column.name}")


def _faults(
    store: Store,
    contract: Contract,
    column: Column,
    changes: Sequence[Change],
    checks: Sequence[str],
    found: Found,
) -> None:
    value = f"r.{column.name}"
    if column.type in IDENTIFIERS:
        value = f"'...' || right({value}, 3) || ' (' || length({value}) || ' characters)'"
    for check in checks:
        told = "''" if check == "formula" else value
        found.add(
            contract.id, column.name, check,
            f"SELECT r.file, r.row, {told} AS value FROM raw_{contract.id} r "
            f"JOIN m_{column.name} m ON {joined(column, changes, 'm')} WHERE m.fault = '{check}'",
        )  # fmt: skip
    if column.needed:
        found.add(
            contract.id, column.name, "needed_blank",
            f"SELECT file, row, '' AS value FROM raw_{contract.id} WHERE {column.name} IS NULL",
        )  # fmt: skip


def _assumed(store: Store, contract: Contract, column: Column, changes: Sequence[Change]) -> Finding:
    """What was assumed in reading the column, with how many rows it touched."""
    rows = store.rows(
        f"SELECT m.said, count(*) FROM raw_{contract.id} r JOIN m_{column.name} m ON {joined(column, changes, 'm')} "
        "WHERE m.said IS NOT NULL GROUP BY m.said ORDER BY count(*) DESC, m.said"
    )
    words = "; ".join(
        f"{said} ({times:,} row{'' if times == 1 else 's'})" for said, times in rows[:_MOST_SAID]
    )
    more = f"; and {len(rows) - _MOST_SAID:,} more" if len(rows) > _MOST_SAID else ""
    return finding("read_as", contract.id, column=column.name, value=f"{words}{more}")


def _codes_of_other_years(
    store: Store, contracts: Contracts, contract: Contract, changes: dict[str, list[Change]], found: Found
) -> None:
    """Codes that were not in use in the academic year of their row."""
    source = next((of for name, of in DERIVED.get(contract.id, ()) if name == "time_period"), "time_period")
    if source not in contract.names:
        return
    year = "d.value" if source == "time_period" else "period_of(d.value)"
    dated = joined(contract.column(source), changes[source], "d")
    for column in contract.columns:
        if not column.codes or not any(one.from_ or one.to for one in contracts.set_of(column).codes):
            continue
        if store.one(f"SELECT count(*) FROM m_{column.name} WHERE first <> '' OR last <> ''"):
            query = (
                f"SELECT r.file, r.row, r.{column.name} AS value FROM raw_{contract.id} r "
                f"JOIN m_{column.name} m ON {joined(column, changes[column.name], 'm')} "
                f"JOIN m_{source} d ON {dated} WHERE "
                f"((m.first <> '' AND {year} < m.first) OR (m.last <> '' AND {year} > m.last)) AND "
            )
            found.add(contract.id, column.name, "code_of_other_year", f"{query} m.written = m.value")
            found.add(contract.id, column.name, "renamed_code", f"{query} m.written <> m.value")
