"""What designs would see: by hand, what makes it larger and smaller, words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from onroll.statistics.impact_power import (
    one_treated_power,
    series_power,
    staggered_power,
    two_groups_power,
)

BY_HAND = 1e-9  # the same arithmetic
BEFORE = np.random.default_rng(4).poisson(80, size=(7, 30))
OVER = np.full((7, 30), 1000.0)


def test_two_groups_by_hand() -> None:
    found = two_groups_power(12, 20, 100, icc=0.1, autocorrelation=0.8)
    of_school, of_pupils = 0.1 * (1 - 0.8), 0.9 / 100
    assert found.error == pytest.approx(np.sqrt(2 * (of_school + of_pupils) * (1 / 12 + 1 / 20)), abs=BY_HAND)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]
    assert (found.lower, found.upper) == (-found.estimate, found.estimate)


def test_one_cohort_beside_as_many_never_treated_by_hand() -> None:
    """Two periods, no autocorrelation: the difference of two changes, each of two independent means."""
    found = staggered_power([30], [2], 30, 2, 50, icc=0.2, autocorrelation=0.0)
    assert found.error == pytest.approx(np.sqrt(2 * (0.2 + 0.8 / 50) * 2 / 30), abs=BY_HAND)
    assert found.estimate == pytest.approx((1.959963984540054 + 0.8416212335729143) * found.error)


def test_what_stays_of_a_school_makes_a_smaller_change_visible() -> None:
    for of in (
        lambda r: two_groups_power(10, 10, 50, icc=0.2, autocorrelation=r),
        lambda r: staggered_power([20, 20], [3, 4], 20, 5, 50, icc=0.2, autocorrelation=r),
    ):
        assert of(0.9).estimate < of(0.5).estimate < of(0.0).estimate


def test_the_same_pupils_help() -> None:
    other, same = (
        two_groups_power(10, 10, 50, icc=0.2, autocorrelation=0.5, same_pupils=p) for p in (0.0, 0.7)
    )
    assert same.estimate < other.estimate


def test_a_series_that_drags_or_may_bend_shows_less() -> None:
    plain = series_power(30, 15, sd=1.0, autocorrelation=0.0).estimate
    assert plain < series_power(30, 15, sd=1.0, autocorrelation=0.4).estimate
    assert plain < series_power(30, 15, sd=1.0, autocorrelation=0.0, slope_change=True).estimate
    assert series_power(30, 15, sd=3.0, autocorrelation=0.0).estimate == pytest.approx(3 * plain)


def test_a_unit_ten_times_as_large_shows_a_smaller_fall() -> None:
    larger = BEFORE.copy()
    larger[:, 0] *= 10
    over = OVER.copy()
    over[:, 0] *= 10
    small, large = one_treated_power(BEFORE, OVER, 0, 2), one_treated_power(larger, over, 0, 2)
    assert large.estimate < small.estimate
    assert (1 + small.lower) * (1 + small.upper) == pytest.approx(1.0)
    assert small.lower == -small.estimate


def test_more_power_and_confidence_need_a_larger_change() -> None:
    for of in (
        lambda **k: one_treated_power(BEFORE, OVER, 0, 1, **k),
        lambda **k: two_groups_power(5, 5, 50, icc=0.2, autocorrelation=0.5, **k),
        lambda **k: staggered_power([9], [3], 9, 5, 50, icc=0.2, autocorrelation=0.5, **k),
        lambda **k: series_power(20, 10, sd=1.0, autocorrelation=0.2, **k),
    ):
        assert of(confidence=0.9).estimate <= of().estimate < of(power=0.95).estimate


def test_too_few_units_and_schools_are_told() -> None:
    few = one_treated_power(BEFORE[:, :12], OVER[:, :12], 0, 1)
    assert (few.estimate, few.upper) == (1.0, np.inf)
    assert "too few other units" in few.note
    assert (
        "27 schools, 9 of them treated"
        in staggered_power([4, 5], [3, 4], 18, 5, 50, icc=0.1, autocorrelation=0.5).note
    )
    assert staggered_power([20, 20], [3, 4], 20, 5, 50, icc=0.1, autocorrelation=0.5).note == ""


def test_cells_without_a_control_are_in_no_average() -> None:
    """The later cohort and the earlier one's last periods have none left: one cell remains."""
    found = staggered_power([30, 30], [2, 3], 0, 4, 50, icc=0.2, autocorrelation=0.0)
    assert found.error == pytest.approx(
        staggered_power([30], [2], 30, 2, 50, icc=0.2, autocorrelation=0.0).error
    )


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (lambda: two_groups_power(1, 9, 50, icc=0.1, autocorrelation=0.5), "treated_schools"),
        (lambda: two_groups_power(9, 9, 0, icc=0.1, autocorrelation=0.5), "pupils"),
        (lambda: two_groups_power(9, 9, 50, icc=1.0, autocorrelation=0.5), "icc is 1; give a share"),
        (lambda: two_groups_power(9, 9, 50, icc=0.1, autocorrelation=-0.1), "autocorrelation"),
        (lambda: two_groups_power(9, 9, 50, icc=0.1, autocorrelation=0.1, power=0.05), "power is 0.05"),
        (lambda: staggered_power([5], [1], 5, 4, 50, icc=0.1, autocorrelation=0.5), "its own period, from 2"),
        (lambda: staggered_power([5, 5], [3, 3], 5, 4, 50, icc=0.1, autocorrelation=0.5), "its own period"),
        (lambda: staggered_power([0], [3], 5, 4, 50, icc=0.1, autocorrelation=0.5), "one or more schools"),
        (
            lambda: staggered_power([5], [3], 0, 4, 50, icc=0.1, autocorrelation=0.5),
            "no cohort has a control",
        ),
        (lambda: series_power(1, 9, sd=1.0, autocorrelation=0.0), "before"),
        (lambda: series_power(2, 1, sd=1.0, autocorrelation=0.0), "4 or more are needed"),
        (lambda: series_power(9, 9, sd=1.0, autocorrelation=1.0), "below 1"),
        (lambda: series_power(9, 9, sd=0.0, autocorrelation=0.0), "sd"),
        (lambda: series_power(9, 9, sd=1.0, autocorrelation=0.0, left_out=-1), "left_out"),
        (lambda: one_treated_power(BEFORE, OVER, 0, 6), "2 before a pretended date and 6 after it need 8"),
        (lambda: one_treated_power(BEFORE, OVER, 0, 0), "after"),
        (lambda: one_treated_power(BEFORE, OVER, 0, 1, dates=0), "dates"),
        (lambda: one_treated_power(BEFORE, OVER[:, 1:], 0, 1), "exposure"),
        (lambda: one_treated_power(5, 5, 0, 1), "events have 0 periods"),
    ],
)
def test_what_cannot_be_is_refused_in_words(asked: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        asked()
