"""Parsing: how the text of one column becomes a value, as one SQL expression a type of column.

Each kind of column is parsed once for every different text in it. The expressions read the text ``v`` and give
``value``, ``fault`` (a check, null where the text can be read) and ``said`` (what was assumed, null if nothing).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from onroll.framework.contracts import Code, CodeSet, Column, squeezed

EARLIEST, LONG_AGO = "1990-01-01", "1500-01-01"
CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PUPIL_NUMBER = f"[{CHECK_LETTERS}][0-9]{{11}}[0-9{CHECK_LETTERS}]"
LONGEST_ANSWER, LONGEST_REFERENCE, LONGEST_WORDS = 40, 60, 200
_TIME = r"([ T][0-9:.]+ ?([AaPp][Mm]|Z|[+-][0-9:]+)?)?"


@dataclass(frozen=True, slots=True)
class Parser:
    """SQL for one type of column over the text ``v`` and over ``p``, which ``step`` makes of it first."""

    type: str
    value: str
    fault: str
    said: str = "NULL"
    step: str = "NULL"


def parser(column: Column, *, long_ago: bool = False, today: dt.date | None = None) -> Parser:
    """The parser of a column that is not a code.

    Parameters
    ----------
    long_ago : bool
        Whether its dates may be centuries old, as the opening of a school.
    today : date, optional
        The day of reading: a date more than a year after it is out of range.
    """
    latest = (today or dt.date.today()) + dt.timedelta(days=366)
    makers: dict[str, Callable[[], Parser]] = {
        "urn": lambda: _form("INTEGER", r"[0-9]{6}(\.0+)?", "TRY_CAST(TRY_CAST(v AS DOUBLE) AS INTEGER)"),
        "laestab": lambda: _form("VARCHAR", r"[0-9]{3}/?[0-9]{4}", "replace(v, '/', '')"),
        "la_code": lambda: _form("VARCHAR", r"[0-9]{3}", "v"),
        "item": lambda: _form("VARCHAR", r"[A-Za-z][A-Za-z0-9_.-]{0,39}", "v"),
        "date": lambda: _date(LONG_AGO if long_ago else EARLIEST, latest),
        "period": lambda: _period(latest),
        "flag": _flag,
        "whole": lambda: _whole(column),
        "number": _number,
        "words": lambda: _words(LONGEST_WORDS),
        "reference": lambda: _words(LONGEST_REFERENCE),
        "answer": lambda: Parser("VARCHAR", f"CASE WHEN length(v) <= {LONGEST_ANSWER} THEN v END", "NULL",
                                 f"CASE WHEN length(v) > {LONGEST_ANSWER} THEN 'open answers were not kept' END"),
    }  # fmt: skip
    return makers[column.type]()


def spellings(codes: CodeSet) -> list[tuple[str, str, str, str, str]]:
    """Each way of writing a code: as compared, the code it is read as, its first and last year, the code written."""
    rows = []
    for code in codes.codes:
        for written in dict.fromkeys(squeezed(word) for word in (code.code, *code.also)):
            rows.append((written, code.renamed_to or code.code, code.from_, code.to, code.code))
    return rows


def in_use(codes: CodeSet, period: str) -> list[Code]:
    """The codes that hold in a year, renamed ones left out."""
    return [
        one
        for one in codes.codes
        if not one.renamed_to and (not one.from_ or one.from_ <= period) and (not one.to or one.to >= period)
    ]


_CODE = r"regexp_replace(v, '([0-9])[.]0+$', '\1')"
SQUEEZED = rf"lower(regexp_replace({_CODE}, '[^\p{{L}}\p{{N}}+]', '', 'g'))"
"""A code as it is compared, see ``squeezed``; a whole number with a point is the number."""
PLAIN_DIGITS = rf"(regexp_matches(v, '\p{{L}}') OR regexp_full_match({_CODE}, '[0-9]+'))"
"""Whether a text can be compared so: digits with a sign or a mark between them would become another number."""


def _form(kind: str, pattern: str, value: str) -> Parser:
    fits = f"regexp_full_match(v, '{pattern}')"
    return Parser(kind, f"CASE WHEN {fits} THEN {value} END", f"CASE WHEN NOT {fits} THEN 'wrong_form' END")


def _date(earliest: str, latest: dt.date) -> Parser:
    british = rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}){_TIME}"
    short = rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{2}}){_TIME}"
    serial = "[1-7][0-9]{4}([.][0-9]+)?"
    named = (
        "([A-Za-z]{3,9},? )?([0-9]{1,2})(st|nd|rd|th)?[ /-]([A-Za-z]{3})[A-Za-z]{0,6}[ /-]([0-9]{4}|[0-9]{2})"
    )
    year = f"lpad(regexp_extract(v, '{named}', 5), 4, '20')"
    day = rf"""CASE
        WHEN regexp_full_match(v, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}{_TIME}')
            THEN TRY_CAST(regexp_extract(v, '^[0-9]+-[0-9]+-[0-9]+') AS DATE)
        WHEN regexp_full_match(v, '{british}') THEN TRY_CAST(regexp_replace(v, '^{british}$', '\3-\2-\1') AS DATE)
        WHEN regexp_full_match(v, '{short}') THEN TRY_CAST(regexp_replace(v, '^{short}$', '20\3-\2-\1') AS DATE)
        WHEN regexp_full_match(v, '(19|20)[0-9]{{6}}') THEN try_strptime(v, '%Y%m%d')::DATE
        WHEN regexp_full_match(v, '{named}') THEN try_strptime(regexp_extract(v, '{named}', 2) || ' '
            || regexp_extract(v, '{named}', 4) || ' ' || {year}, '%d %b %Y')::DATE
        WHEN regexp_full_match(v, '{serial}')
            THEN DATE '1899-12-30' + TRY_CAST(floor(TRY_CAST(v AS DOUBLE)) AS INTEGER)
        END"""
    within = f"p BETWEEN DATE '{earliest}' AND DATE '{latest.isoformat()}'"
    fault = f"CASE WHEN p IS NULL THEN 'not_a_date' WHEN NOT ({within}) THEN 'date_out_of_range' END"
    said = rf"""CASE WHEN NOT coalesce({within}, false) THEN NULL
        WHEN regexp_full_match(v, '{serial}') THEN 'numbers of Excel were read as dates'
        WHEN regexp_full_match(v, '{short}') THEN 'years of two digits were read as 20..'
        WHEN regexp_full_match(v, '{british}') THEN 'dates were read as day/month/year' END"""
    return Parser("DATE", f"CASE WHEN {within} THEN p END", fault, said, day)


def _period(latest: dt.date) -> Parser:
    form = r"([0-9]{2})([0-9]{2})[/ -]*([0-9]{2})?([0-9]{2})"
    parts = [f"TRY_CAST(nullif(regexp_extract(v, '^{form}$', {at}), '') AS INTEGER)" for at in range(1, 5)]
    year = f"({parts[0]} * 100 + {parts[1]})"
    follows = f"(({parts[1]} + 1) % 100 = {parts[3]} AND coalesce({parts[2]} = ({year} + 1) // 100, true))"
    right = f"coalesce(regexp_full_match(v, '{form}') AND {follows}, false)"
    within = f"{year} BETWEEN {EARLIEST[:4]} AND {latest.year}"
    written = f"printf('%04d%02d', {year}, {parts[3]})"
    fault = f"CASE WHEN NOT {right} THEN 'wrong_year' WHEN NOT ({within}) THEN 'date_out_of_range' END"
    return Parser("VARCHAR", f"CASE WHEN {right} AND {within} THEN {written} END", fault)


def _flag() -> Parser:
    yes, no = "('y', 'yes', 'true', 't', '1', '1.0')", "('n', 'no', 'false', 'f', '0', '0.0')"
    return Parser(
        "BOOLEAN",
        f"CASE WHEN lower(v) IN {yes} THEN true WHEN lower(v) IN {no} THEN false END",
        f"CASE WHEN lower(v) NOT IN {yes} AND lower(v) NOT IN {no} THEN 'not_a_flag' END",
    )


def _whole(column: Column) -> Parser:
    number = "TRY_CAST(replace(v, ',', '') AS DOUBLE)"
    is_number = r"regexp_full_match(v, '-?[0-9]{1,3}(,[0-9]{3})*([.][0-9]+)?|-?[0-9]{1,15}([.][0-9]+)?')"
    low = -(2**31) if column.min is None else column.min
    high = 2**31 - 1 if column.max is None else column.max
    fault = f"""CASE WHEN NOT {is_number} THEN 'not_a_number' WHEN {number} <> floor({number}) THEN 'not_whole'
        WHEN {number} NOT BETWEEN {low} AND {high} THEN 'out_of_bounds' END"""
    return Parser("INTEGER", f"CASE WHEN ({fault}) IS NULL THEN CAST({number} AS INTEGER) END", fault)


def _number() -> Parser:
    is_number = r"regexp_full_match(v, '-?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)')"
    return Parser(
        "DOUBLE", f"CASE WHEN {is_number} THEN TRY_CAST(v AS DOUBLE) END",
        f"CASE WHEN NOT {is_number} THEN 'not_a_number' END",
    )  # fmt: skip


def _words(longest: int) -> Parser:
    """Names and references. What begins a formula, is too long or is a pupil's number has the wrong form."""
    wrong = f"(length(v) > {longest} OR regexp_matches(v, '^[=@+]') OR regexp_matches(upper(v), '\\b{PUPIL_NUMBER}\\b'))"
    return Parser("VARCHAR", f"CASE WHEN NOT {wrong} THEN v END", f"CASE WHEN {wrong} THEN 'wrong_form' END")
