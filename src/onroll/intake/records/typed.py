"""Typed: the text of the records made into values, column by column; what cannot be read is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from onroll.framework.contracts import Column, Contract, Contracts
from onroll.intake.findings import Finding, finding
from onroll.intake.records.changes import Change
from onroll.intake.records.found import Found
from onroll.intake.records.loading import Loaded
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.texts import IDENTIFIERS, joined, parse
from onroll.intake.records.tidy import DERIVED, tidy_name, tidy_schema
from onroll.intake.records.translating import MOST_TEXT, Meaning, meaning, write_translated

FIRST_YEAR, LAST_YEAR = 1980, 2120
_MOST_SAID = 6
_WORKED_OUT = MappingProxyType({"time_period": "period_of({date})", "term": "term_of({date}, easter.sunday)"})


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
    store: Store, contracts: Contracts, contract: Contract, loaded: Loaded, found: Found, key: Key
) -> list[Finding]:
    """Make ``t_<table>`` of ``raw_<table>``, and ``m_<column>`` of every column; returns what was assumed."""
    said: list[Finding] = []
    changes = [one for one in loaded.changes if one.table == contract.id]
    own = {one.name: [each for each in changes if each.column == one.name] for one in contract.columns}
    most = 0
    for column in contract.columns:
        parse(store, contract, column, own[column.name], key)
        checks, assumed, length = store.rows(
            "SELECT coalesce(list_sort(list(DISTINCT fault) FILTER (fault IS NOT NULL)), []), count(said) > 0, "
            f"coalesce(sum(strlen(raw)), 0) FROM m_{column.name}"
        )[0]
        most = max(most, length)
        _faults(store, contract, column, own[column.name], checks, found)
        if assumed:
            said.append(_assumed(store, contract, column, own[column.name]))
    _blanks(store, contract, found)
    path = store.folder / f"t_{contract.id}.parquet"
    if most <= MOST_TEXT:
        write_translated(
            loaded.laid[contract.id],
            list(_meanings(store, contract, own)),
            path,
            store.tidy_path(contract.id),
        )
    else:
        _write_joined(store, contract, own, path)
    store.run(f"CREATE VIEW t_{contract.id} AS SELECT * FROM read_parquet({quoted(str(path))})")
    _codes_of_other_years(store, contracts, contract, own, found)
    return said


def _meanings(store: Store, contract: Contract, own: Mapping[str, Sequence[Change]]) -> Iterator[Meaning]:
    for column in contract.columns:
        hows = [one.how for one in own[column.name]]
        yield meaning(store, tidy_name(column), column.name, f"FROM m_{column.name}", hows)
    for name, source in DERIVED.get(contract.id, ()):
        query = (
            f"SELECT how, raw, {_WORKED_OUT[name].format(date='value')} AS value "
            f"FROM m_{source} LEFT JOIN easter ON easter.year = year(value)"
        )
        yield meaning(store, name, source, query, [one.how for one in own[source]])


def _write_joined(store: Store, contract: Contract, own: Mapping[str, Sequence[Change]], path: Path) -> None:
    """Write the typed table by joins of all texts with their values."""
    values = [f"m{at}.value AS {tidy_name(one)}" for at, one in enumerate(contract.columns)]
    joins = [
        f"LEFT JOIN m_{one.name} m{at} ON {joined(one, own[one.name], f'm{at}')}"
        for at, one in enumerate(contract.columns)
    ]
    derived, easter = [], ""
    for name, source in DERIVED.get(contract.id, ()):
        derived.append(f", {_WORKED_OUT[name].format(date=source)} AS {name}")
        easter = f"LEFT JOIN easter ON easter.year = year({source})"
    store.run(
        f"COPY (SELECT typed.* {''.join(derived)} FROM (SELECT r.file, r.row, {', '.join(values)} "
        f"FROM raw_{contract.id} r {' '.join(joins)}) typed {easter}) TO {quoted(str(path))} (FORMAT parquet)"
    )


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


def _blanks(store: Store, contract: Contract, found: Found) -> None:
    """Needed cells that are blank, looked for in the columns that have any."""
    needed = [column.name for column in contract.columns if column.needed]
    blank = ", ".join(f"count(*) - count({name})" for name in needed)
    for name, times in zip(needed, store.rows(f"SELECT {blank} FROM raw_{contract.id}")[0], strict=True):
        if times:
            query = f"SELECT file, row, '' AS value FROM raw_{contract.id} WHERE {name} IS NULL"
            found.add(contract.id, name, "needed_blank", query)


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
    first, last = store.rows(
        f"SELECT coalesce(min({year}), ''), coalesce(max({year}), '') FROM m_{source} d"
    )[0]
    dated = joined(contract.column(source), changes[source], "d")
    for column in contract.columns:
        if not column.codes or not any(one.from_ or one.to for one in contracts.set_of(column).codes):
            continue
        outside = f"m.first > '{first}' OR (m.last <> '' AND m.last < '{last}')"
        if store.one(f"SELECT count(*) FROM m_{column.name} m WHERE {outside}"):
            query = (
                f"SELECT r.file, r.row, r.{column.name} AS value FROM raw_{contract.id} r "
                f"JOIN m_{column.name} m ON {joined(column, changes[column.name], 'm')} "
                f"JOIN m_{source} d ON {dated} WHERE "
                f"((m.first <> '' AND {year} < m.first) OR (m.last <> '' AND {year} > m.last)) AND "
            )
            found.add(contract.id, column.name, "code_of_other_year", f"{query} m.written = m.value")
            found.add(contract.id, column.name, "renamed_code", f"{query} m.written <> m.value")
