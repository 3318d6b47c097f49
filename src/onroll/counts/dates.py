"""Days as whole numbers: academic years, terms and school days by arithmetic that every engine does alike.

A day is the number of days since 1 January 1970. Academic years begin on 1 August, as the Department counts them.
"""

from __future__ import annotations

import datetime as dt

import ibis
from ibis.expr.types import IntegerValue, StringValue, Value

_EPOCH = dt.date(1970, 1, 1)
_FIRST_YEAR, _LAST_YEAR = 1990, 2060


def number(day: dt.date) -> int:
    """The number of a day."""
    return (day - _EPOCH).days


def day_of(date: Value) -> IntegerValue:
    """The number of a date in a table; null stays null."""
    return date.delta(ibis.date(1970, 1, 1), unit="day").cast("int64")


def first_year(time_period: Value) -> IntegerValue:
    """The calendar year in which an academic year begins: 2023 of ``202324``."""
    return time_period.substr(0, 4).cast("int64")


def period_of(year: Value) -> StringValue:
    """The time period of the academic year that begins in a calendar year: ``202324`` of 2023."""
    after = ((year + 1) % 100).cast("string")
    return year.cast("string") + ibis.ifelse(after.length() < 2, ibis.literal("0") + after, after)


def year_of(date: Value) -> IntegerValue:
    """The calendar year in which the academic year of a date begins."""
    return (date.year() - ibis.ifelse(date.month() < 8, 1, 0)).cast("int64")


def last_day(year: Value) -> IntegerValue:
    """The number of 31 July that ends the academic year begun in a calendar year (1968 to 2098)."""
    ends = year + 1
    return (ends - 1970) * 365 + ((ends - 1968) / 4).floor().cast("int64") + 211


def end_of_suspension(start: Value, sessions: Value) -> IntegerValue:
    """The last day of a suspension: so many half days from its start, weekends left out, holidays not known.

    A start on a Saturday or Sunday is taken for the Monday after.
    """
    weekday = (start + 3) % 7
    monday = start + ibis.ifelse(weekday > 4, 7 - weekday, 0)
    before = ((sessions + 1) / 2).floor().cast("int64") - 1
    reached = ibis.ifelse(weekday > 4, 0, weekday) + before
    return monday + before + 2 * (reached / 5).floor().cast("int64")


def term_of(date: Value) -> StringValue:
    """The term of a date: Autumn from 1 August, Spring from 1 January, Summer from Easter Monday to 31 July."""
    sundays = [(year, number(easter(year))) for year in range(_FIRST_YEAR, _LAST_YEAR)]
    is_spring = day_of(date) <= date.year().cast("int64").cases(*sundays, else_=0)
    before_august = ibis.ifelse(is_spring, "Spring", "Summer")
    return ibis.ifelse(
        date.isnull(), ibis.null("string"), ibis.ifelse(date.month() < 8, before_august, "Autumn")
    )


def easter(year: int) -> dt.date:
    """Easter Sunday of a year (Gregorian calendar, the anonymous algorithm of 1876).

    Examples
    --------
    >>> easter(2024)
    datetime.date(2024, 3, 31)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)
