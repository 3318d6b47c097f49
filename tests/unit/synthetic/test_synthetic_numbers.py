"""Pupil numbers, school days and planted effects: the small parts, against answers from outside."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from onroll.errors import UsageError
from onroll.synthetic.calendar import day_number, easter, school_year, to_date
from onroll.synthetic.effects import EFFECTS, chosen
from onroll.synthetic.upn import check_letter, upns


def test_the_check_letter_is_that_of_a_number_worked_out_by_hand() -> None:
    # 801200001001: 8*2 + 0*3 + 1*4 + 2*5 + 0 + 0 + 0 + 0 + 1*10 + 0 + 0 + 1*13 = 53; 53 mod 23 = 7; the eighth letter is H
    assert check_letter("801200001001") == "H"


def test_many_numbers_are_written_as_one_by_one() -> None:
    numbers = np.random.default_rng(3).integers(0, 10**12, 500)
    expected = [check_letter(f"{number:012d}") + f"{number:012d}" for number in numbers]
    assert upns(numbers).to_pylist() == expected


@pytest.mark.parametrize(
    ("year", "day"), [(2016, "2016-03-27"), (2019, "2019-04-21"), (2024, "2024-03-31"), (2038, "2038-04-25")]
)
def test_easter_is_that_of_the_almanac(year: int, day: str) -> None:
    assert easter(year).isoformat() == day


@pytest.mark.parametrize("start", range(2006, 2040))
def test_terms_keep_to_the_departments_and_hold_only_school_days(start: int) -> None:
    year = school_year(f"{start}{(start + 1) % 100:02d}")
    days = [to_date(day) for day in year.days]
    assert 183 <= len(days) <= 197
    assert all(day.weekday() < 5 and day.month != 8 for day in days)
    assert not [day for day in days if (day.month, day.day) >= (12, 25) or (day.month, day.day) == (1, 1)]
    assert days[year.last[0]] < date(start + 1, 1, 1) <= days[year.first[1]]
    assert days[year.last[1]] <= easter(start + 1) < days[year.first[2]]
    assert np.isin(year.census, year.days).all()
    assert [int(term) for term in np.searchsorted(year.last, np.searchsorted(year.days, year.census))] == [
        0,
        1,
        2,
    ]


def test_days_are_counted_from_1970() -> None:
    assert day_number(date(1970, 1, 2)) == 1
    assert to_date(day_number(date(2024, 2, 29))) == date(2024, 2, 29)


def test_an_effect_that_is_not_declared_is_told_with_the_list() -> None:
    with pytest.raises(
        UsageError, match=r"effect 'boyz' cannot be planted\. Did you mean 'boys'\?.*off_rolling \(0 to 1\)"
    ):
        chosen({"boyz": 2.0})


@pytest.mark.parametrize(("name", "value"), [("charter_share", 1.2), ("boys", 0.0), ("fsm", float("nan"))])
def test_an_effect_out_of_bounds_is_told_with_them(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=rf"effect '{name}' is .*; give a value from"):
        chosen({name: value})


def test_defaults_lie_within_their_bounds() -> None:
    values = chosen({})
    assert set(values) == set(EFFECTS)
    assert all(
        value is None or EFFECTS[name].low <= value <= EFFECTS[name].high for name, value in values.items()
    )
