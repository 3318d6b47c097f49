"""Typed: the text of the records made into values, column by column; what cannot be read is found."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from onroll.framework.contracts import Column, Contract, Contracts
from onroll.intake.findings import Finding, finding
from onroll.intake.records.found import Found
from onroll.intake.records.parsing import SQUEEZED, parser, spellings
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.store import Store
from onroll.intake.records.tidy import DERIVED, tidy_name

_IDENTIFIERS = ("upn", "person")
FIRST_YEAR, LAST_YEAR = 1980, 2120


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
    store: Store, contracts: Contracts, contract: Contract, found: Found, key: Key
) -> list[Finding]:
    """Make ``t_<table>`` of ``raw_<table>``; returns what was assumed on the way."""
    said: list[Finding] = []
    for column in contract.columns:
        _parse(store, contracts, contract, column, key)
        _faults(store, contract, column, found)
        said += _assumed(store, contract, column)
    values = [f"m{at}.value AS {tidy_name(one)}" for at, one in enumerate(contract.columns)]
    joins = [
        f"LEFT JOIN m_{one.name} m{at} ON r.{one.name} = m{at}.raw" for at, one in enumerate(contract.columns)
    ]
    store.run(
        f"CREATE TABLE typed AS SELECT r.file, r.row, {', '.join(values)} FROM raw_{contract.id} r {' '.join(joins)}"
    )
    derived, easter = [], ""
    for name, source in DERIVED.get(contract.id, ()):
        whole = f"term_of({source}, easter.sunday)" if name == "term" else f"period_of({source})"
        derived.append(f", {whole} AS {name}")
        easter = f"LEFT JOIN easter ON easter.year = year({source})" if name == "term" else easter
    store.run(f"CREATE TABLE t_{contract.id} AS SELECT typed.* {''.join(derived)} FROM typed {easter}")
    store.run("DROP TABLE typed")
    _codes_of_other_years(store, contracts, contract, found)
    for column in contract.columns:
        store.run(f"DROP TABLE m_{column.name}")
    return said


def _parse(store: Store, contracts: Contracts, contract: Contract, column: Column, key: Key) -> None:
    """``m_<column>``: each different text of the column with its value, fault and what was assumed."""
    texts = f"SELECT DISTINCT {column.name} AS v FROM raw_{contract.id} WHERE {column.name} <> ''"
    name = f"m_{column.name}"
    if column.codes:
        rows = spellings(contracts.set_of(column))
        names = ("spelled", "code", "first", "last", "written")
        table = pa.table({one: [row[at] for row in rows] for at, one in enumerate(names)})
        store.keep("spellings", table.schema, table.to_batches())
        store.run(
            f"CREATE OR REPLACE TABLE {name} AS SELECT v AS raw, code AS value, first, last, written, "
            f"CASE WHEN code IS NULL THEN 'unknown_code' END AS fault, "
            f"CASE WHEN upper(v) <> upper(code) THEN v || ' was read as ' || code END AS said "
            f"FROM (SELECT v, {SQUEEZED} AS spelled FROM ({texts})) LEFT JOIN spellings USING (spelled)"
        )
        return
    how = parser(column, long_ago=contract.id == "schools")
    store.run(
        f"CREATE OR REPLACE TABLE {name} AS SELECT v AS raw, CAST({how.value} AS {how.type}) AS value, "
        f"CAST({how.fault} AS VARCHAR) AS fault, CAST({how.said} AS VARCHAR) AS said FROM ({texts})"
    )
    if column.type in _IDENTIFIERS:
        _hash(store, name, key)


def _hash(store: Store, name: str, key: Key) -> None:
    """Put pseudonyms in the place of the identifiers."""
    form = pa.schema([("identifier", pa.string()), ("pseudonym", pa.int64())])

    def hashed() -> object:
        for batch in store.batches(f"SELECT DISTINCT value FROM {name} WHERE value IS NOT NULL"):
            own = batch.column(0)
            yield pa.RecordBatch.from_arrays([own, pa.array(key.pseudonyms(own.to_pylist()))], schema=form)

    store.keep("hashed", form, list(hashed()))  # type: ignore[call-overload]
    store.run(
        f"CREATE OR REPLACE TABLE {name} AS SELECT raw, pseudonym AS value, fault, said "
        f"FROM {name} LEFT JOIN hashed ON value = identifier"
    )
    store.run("DROP TABLE hashed")


def _faults(store: Store, contract: Contract, column: Column, found: Found) -> None:
    checks = store.rows(f"SELECT DISTINCT fault FROM m_{column.name} WHERE fault IS NOT NULL ORDER BY fault")
    for (check,) in checks:
        found.add(
            contract.id, column.name, check,
            f"SELECT r.file, r.row, r.{column.name} AS value FROM raw_{contract.id} r "
            f"JOIN m_{column.name} m ON r.{column.name} = m.raw WHERE m.fault = '{check}'",
        )  # fmt: skip
    if column.needed:
        found.add(
            contract.id, column.name, "needed_blank",
            f"SELECT file, row, '' AS value FROM raw_{contract.id} WHERE {column.name} = ''",
        )  # fmt: skip


def _assumed(store: Store, contract: Contract, column: Column) -> list[Finding]:
    """What was assumed in reading the column, with how many rows it touched."""
    rows = store.rows(
        f"SELECT m.said, count(*) FROM raw_{contract.id} r JOIN m_{column.name} m ON r.{column.name} = m.raw "
        "WHERE m.said IS NOT NULL GROUP BY m.said ORDER BY count(*) DESC, m.said"
    )
    if not rows:
        return []
    words = "; ".join(f"{said} ({times:,} row{'' if times == 1 else 's'})" for said, times in rows[:6])
    more = f"; and {len(rows) - 6:,} more" if len(rows) > 6 else ""
    return [finding("read_as", contract.id, column=column.name, value=f"{words}{more}")]


def _codes_of_other_years(store: Store, contracts: Contracts, contract: Contract, found: Found) -> None:
    """Codes that were not in use in the academic year of their row."""
    dated = "time_period" in contract.names or any(
        one == "time_period" for one, _ in DERIVED.get(contract.id, ())
    )
    if not dated:
        return
    for column in contract.columns:
        if column.codes and any(one.from_ or one.to for one in contracts.set_of(column).codes):
            query = (
                f"SELECT r.file, r.row, r.{column.name} AS value FROM raw_{contract.id} r "
                f"JOIN m_{column.name} m ON r.{column.name} = m.raw "
                f"JOIN t_{contract.id} t ON t.file = r.file AND t.row = r.row WHERE "
                "((m.first <> '' AND t.time_period < m.first) OR (m.last <> '' AND t.time_period > m.last)) AND "
            )
            found.add(contract.id, column.name, "code_of_other_year", f"{query} m.written = m.value")
            found.add(contract.id, column.name, "renamed_code", f"{query} m.written <> m.value")
