"""Texts: each different text of a column parsed once, with its value, its fault and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from onroll.framework.contracts import Column, Contract, Contracts
from onroll.intake.records.changes import Change
from onroll.intake.records.identifiers import FORM, pseudonymised
from onroll.intake.records.parsing import PLAIN_DIGITS, SQUEEZED, parser, spellings
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.store import Store, quoted
from onroll.intake.records.workbook_files import FORMULA

IDENTIFIERS = ("upn", "person")
_AS_WRITTEN = ("words", "reference")
# Hyphens and blanks of word processors are read as the plain ones, marks without a width are passed over.
_ODD = "\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\u2007\u2009\u202f\u200b\u200c\u200d\u2060\ufeff"
_PLAIN = f"trim(translate(v, '{_ODD}', '------    '))"
_DAY_FIRST, _MONTH_FIRST = "dates were read as day/month/year", "dates were read as month/day/year"


def make_spellings(store: Store, contracts: Contracts) -> None:
    """Make ``spellings``: of every code set each way of writing a code, and the code it is read as."""
    form = ("code_set", "spelled", "code", "first", "last", "written")
    rows = [(one.id, *row) for one in contracts.codes.values() for row in spellings(one)]
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(form)})
    store.keep("spellings", table.schema, table.to_batches())


def parse(store: Store, contract: Contract, column: Column, changes: Sequence[Change], key: Key) -> None:
    """Make ``m_<column>``: ``how``, ``raw``, ``value``, ``fault``, ``said``, and for codes their years."""
    texts = f"SELECT DISTINCT 0 AS how, {column.name} AS raw FROM raw_{contract.id} WHERE {column.name} IS NOT NULL"
    if changes:
        texts = texts.replace("0 AS how", f"{how_of(changes)} AS how")
    if column.type in IDENTIFIERS:
        batches = pseudonymised(column, store.batches(plain(column, texts)), key)
        store.keep(f"m_{column.name}", FORM, batches)
    else:
        store.run(f"CREATE OR REPLACE TABLE m_{column.name} AS {parsed(contract, column, texts, changes)}")


def plain(column: Column, texts: str) -> str:
    """The query that gives ``how``, ``raw`` and the plain text ``v`` of an identifier."""
    bare = f"upper(replace({_PLAIN}, ' ', ''))" if column.type == "upn" else "v"
    return f"SELECT how, raw, {bare} AS v FROM (SELECT how, raw, raw AS v FROM ({texts}))"


def how_of(changes: Sequence[Change]) -> str:
    """How the texts of a row are changed, as SQL: 0 where they are parsed as they stand."""
    sheets = ", ".join(str(one.how) for one in changes)
    return f"CASE WHEN how IN ({sheets}) THEN how ELSE 0 END"


def joined(column: Column, changes: Sequence[Change], alias: str) -> str:
    """On what a row ``r`` is joined with the parsed texts of a column."""
    on = f"r.{column.name} = {alias}.raw"
    return f"{on} AND {alias}.how = {how_of(changes).replace('how IN', 'r.how IN').replace('THEN how', 'THEN r.how')}" \
        if changes else on  # fmt: skip


def parsed(contract: Contract, column: Column, texts: str, changes: Sequence[Change] = ()) -> str:
    """The query that parses what a query of ``how`` and ``raw`` gives, by the rules of one column."""
    source = f"SELECT how, raw, raw AS v FROM ({texts})"
    if changes:
        cases = " ".join(f"WHEN {one.how} THEN {one.text}" for one in changes)
        source = f"SELECT how, raw, CASE how {cases} ELSE v END AS v FROM ({source})"
    if column.type not in _AS_WRITTEN:
        source = f"SELECT how, raw, {_PLAIN} AS v FROM ({source})"
    formula = f"raw = {quoted(FORMULA)}"
    if column.codes:
        spelled = f"CASE WHEN {PLAIN_DIGITS} THEN {SQUEEZED} END"
        return (
            f"SELECT how, raw, code AS value, first, last, written, "
            f"CASE WHEN {formula} THEN 'formula' WHEN code IS NULL THEN 'unknown_code' END AS fault, "
            f"CASE WHEN upper(raw) <> upper(code) THEN raw || ' was read as ' || code END AS said "
            f"FROM (SELECT how, raw, {spelled} AS spelled FROM ({source})) LEFT JOIN "
            f"(FROM spellings WHERE code_set = '{column.codes}') USING (spelled)"
        )
    rules = parser(column, long_ago=contract.id == "schools")
    said = f"CAST({rules.said} AS VARCHAR)"
    swapped = ", ".join(str(one.how) for one in changes if one.month_first)
    if swapped:
        said = f"CASE WHEN how IN ({swapped}) THEN replace({said}, '{_DAY_FIRST}', '{_MONTH_FIRST}') ELSE {said} END"
    return (
        f"SELECT how, raw, CASE WHEN NOT {formula} THEN CAST({rules.value} AS {rules.type}) END AS value, "
        f"CASE WHEN {formula} THEN 'formula' ELSE CAST({rules.fault} AS VARCHAR) END AS fault, {said} AS said "
        f"FROM (SELECT how, raw, v, {rules.step} AS p FROM ({source}))"
    )
