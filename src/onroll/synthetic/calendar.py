"""School days of an academic year: three terms, their holidays and their census days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
TERMS = ("Autumn", "Spring", "Summer")
_MONDAY, _TUESDAY, _THURSDAY, _FRIDAY = 0, 1, 3, 4
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The calendar of one academic year. Days are counted from 1 January 1970.

    ``days`` are the school days in order (int32, about 190), ``first`` and ``last`` the places of each term's
    first and last day among them, ``census`` the day of each term's census.
    """

    period: str
    days: Array
    first: tuple[int, int, int]
    last: tuple[int, int, int]
    census: tuple[int, int, int]

    @property
    def start(self) -> int:
        """The calendar year in which it begins."""
        return int(self.period[:4])

    def place(self, day: Array) -> Array:
        """The place among the school days of the last one before each day; -1 before the first."""
        return np.searchsorted(self.days, day, side="left") - 1


def school_year(period: str) -> SchoolYear:
    """The calendar of a time period such as ``202324``.

    Terms follow the Department: spring ends by Easter Sunday, summer begins after it.
    """
    year = int(period[:4])
    spring_end = min(easter(year + 1) - timedelta(days=3), _on_or_before(date(year + 1, 4, 8), _FRIDAY))
    summer = max(_on_or_after(spring_end + timedelta(days=15), _MONDAY), easter(year + 1) + timedelta(days=2))
    spans = (
        (_on_or_after(date(year, 9, 2), _TUESDAY), _on_or_before(date(year, 12, 21), _FRIDAY)),
        (_on_or_after(date(year + 1, 1, 4), _MONDAY), spring_end),
        (summer, _on_or_before(date(year + 1, 7, 23), _FRIDAY)),
    )
    may_day = _on_or_after(date(year + 1, 5, 1), _MONDAY)
    breaks = (
        _week(_on_or_before(date(year, 10, 30), _MONDAY)),
        _week(_on_or_after(date(year + 1, 2, 11), _MONDAY)),
        _week(_on_or_before(date(year + 1, 5, 31), _MONDAY)) | {may_day},
    )
    terms = [_school_days(*span, off) for span, off in zip(spans, breaks, strict=True)]
    ends = np.cumsum([len(days) for days in terms])
    first = (0, int(ends[0]), int(ends[1]))
    last = (int(ends[0]) - 1, int(ends[1]) - 1, int(ends[2]) - 1)
    census = (
        _on_or_after(date(year, 10, 1), _THURSDAY),
        _on_or_after(date(year + 1, 1, 15), _THURSDAY),
        _on_or_after(date(year + 1, 5, 15), _THURSDAY),
    )
    return SchoolYear(
        period,
        np.concatenate(terms),
        first,
        last,
        (day_number(census[0]), day_number(census[1]), day_number(census[2])),
    )


def easter(year: int) -> date:
    """Easter Sunday of a year (Gregorian calendar, the anonymous algorithm of 1876)."""
    golden, century, within = year % 19, year // 100, year % 100
    correction = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (within // 4) - correction - within % 4) % 7
    late = (golden + 11 * correction + 22 * weekday) // 451
    month, day = divmod(correction + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def day_number(day: date) -> int:
    """Days from 1 January 1970."""
    return (day - _EPOCH).days


def to_date(number: int) -> date:
    """The date so many days after 1 January 1970."""
    return _EPOCH + timedelta(days=int(number))


def _school_days(first: date, last: date, off: set[date]) -> Array:
    span = (first + timedelta(days=more) for more in range((last - first).days + 1))
    return np.array(
        [day_number(day) for day in span if day.weekday() <= _FRIDAY and day not in off], np.int32
    )


def _week(monday: date) -> set[date]:
    return {monday + timedelta(days=more) for more in range(5)}


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)
