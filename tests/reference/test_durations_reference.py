"""Durations against R's survival package: ``durations.R`` made ``durations.csv``."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.statistics import durations

TOLERANCE = 1e-9  # both are days of the data or the middle of two of them; R prints ten digits
HERE = Path(__file__).parent
CASES = {
    "a": ([3, 5, 9, 12, 20, 20, 33], [1, 1, 0, 1, 1, 0, 0], [2, 1, 3, 4, 2, 1, 5]),
    "b": (list(range(1, 13)), [1] * 12, [5, 3, 8, 1, 9, 2, 4, 4, 7, 3, 1, 2]),
    "c": ([10, 20, 30, 40], [1, 1, 1, 1], [1, 1, 1, 1]),
    "d": ([7, 14, 21, 28, 56, 90], [1, 1, 1, 1, 1, 0], [11, 23, 40, 31, 12, 60]),
}
with (HERE / "durations.csv").open(encoding="utf-8") as _file:
    ROWS = list(csv.DictReader(_file))


def _number(text: str) -> float:
    return math.inf if text == "NA" else float(text)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['case']}-{row['share']}" for row in ROWS])
def test_quantiles_are_those_of_r(row: dict[str, str]) -> None:
    days, ended, count = CASES[row["case"]]
    found = durations.median(days, np.array(ended, bool), count, share=float(row["share"]))
    for name in ("estimate", "lower", "upper"):
        assert getattr(found, name) == pytest.approx(_number(row[name]), abs=TOLERANCE), name


spells = st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.integers(1, 50)), min_size=1, max_size=25)


@given(spells)
def test_the_curve_falls_within_its_limits_and_order_is_nothing(rows: list[tuple[int, bool, int]]) -> None:
    days, ended, count = zip(*rows, strict=True)
    one = durations.curve(days, ended, count)
    assert np.all(np.diff(one.surviving) <= 0)
    known = np.isfinite(one.lower)
    assert np.all(one.lower[known] <= one.surviving[known] + TOLERANCE)
    assert np.all(one.upper[known] >= one.surviving[known] - TOLERANCE)
    other = durations.curve(days[::-1], ended[::-1], count[::-1])
    np.testing.assert_array_equal(one.surviving, other.surviving)


@given(spells)
def test_without_censoring_the_median_is_the_middle_of_the_days(rows: list[tuple[int, bool, int]]) -> None:
    days, _, count = zip(*rows, strict=True)
    found = durations.median(days, [True] * len(days), count)
    assert found.estimate == pytest.approx(float(np.median(np.repeat(days, count))), abs=TOLERANCE)


def test_what_has_not_ended_has_no_median() -> None:
    found = durations.median([5, 9], [False, False], [3, 4])
    assert (found.estimate, found.ended, found.censored) == (math.inf, 0, 7)


def test_days_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="days"):
        durations.median([-1], [True], [1])
