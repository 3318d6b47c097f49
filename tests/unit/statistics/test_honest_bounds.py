"""Honest bounds: what must come out, edges, words."""

from __future__ import annotations

import warnings
from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics.honest_bounds import breakdown, honest_bounds
from onroll.statistics.staggered import staggered_adoption

EXACT = 1e-6  # a bisection, and a critical value by quadrature
EFFECTS, MATRIX = np.array([0.05, -0.02, 1.0, 1.3]), 0.01 * (np.eye(4) + 0.4)


def test_with_no_departure_after_the_limits_are_those_of_parallel_trends() -> None:
    """Then there is one unknown and no inequality about changes before: the hybrid test is the usual one."""
    found = honest_bounds(EFFECTS, MATRIX, 2, 0.0)
    assert (found.lower, found.upper) == pytest.approx(
        (found.parallel_lower, found.parallel_upper), abs=EXACT
    )
    error = np.sqrt(MATRIX[2:, 2:].sum()) / 2
    assert found.parallel_lower == pytest.approx(1.15 - 1.959963984540054 * error)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]
    assert type(found.lower) is float
    assert type(found.note) is str


def test_almost_without_error_the_limits_are_the_largest_change_before_times_what_is_allowed() -> None:
    """Change of -0.07 and 0.02 before; the second effect can be off by two changes of the largest size."""
    found = honest_bounds(EFFECTS, 1e-10 * np.eye(4), 2, 1.5, weights=[0.0, 1.0])
    assert (found.lower, found.upper) == pytest.approx((1.3 - 2 * 1.5 * 0.07, 1.3 + 2 * 1.5 * 0.07), abs=1e-3)


def test_effects_far_in_the_tails_are_no_trouble() -> None:
    found = honest_bounds(EFFECTS * 1e4, MATRIX, 2, [0.0, 1.0, 50.0])
    assert np.isfinite([found.lower, found.upper]).all()
    assert np.all(np.diff(found.lower) < 0)


def test_a_straight_line_that_goes_on_is_taken_off_by_smoothness_of_none() -> None:
    line = np.array([-2.0, -1.0, 1.0, 2.0])
    found = honest_bounds(0.3 * line + [0, 0, 2.0, 2.0], 0.01 * np.eye(4), 2, 0.0, restriction="smoothness")
    assert (found.lower + found.upper) / 2 == pytest.approx(2.0, abs=1e-6)
    assert found.estimate == pytest.approx(2.0 + 0.3 * 1.5)


def test_at_the_breakdown_a_limit_is_0() -> None:
    at = breakdown(EFFECTS, MATRIX, 2)
    assert honest_bounds(EFFECTS, MATRIX, 2, at).lower == pytest.approx(0.0, abs=1e-3)
    assert breakdown(-EFFECTS, MATRIX, 2) == pytest.approx(at, rel=1e-3)


def test_there_is_no_breakdown_where_0_is_within_anyhow() -> None:
    assert breakdown(EFFECTS * 0.01, MATRIX, 2) == 0.0
    assert breakdown(EFFECTS * 0.01, MATRIX, 2, restriction="smoothness") == 0.0


@pytest.mark.slow
def test_at_the_breakdown_of_smoothness_a_limit_is_0() -> None:
    at = breakdown(EFFECTS, MATRIX, 2, restriction="smoothness")
    found = honest_bounds(EFFECTS, MATRIX, 2, at, restriction="smoothness")
    assert found.lower == pytest.approx(0.0, abs=1e-3)


def test_what_staggered_adoption_finds_by_periods_since_treatment_goes_in_as_it_is() -> None:
    unit, period = np.repeat(np.arange(45), 6), np.tile(np.arange(1, 7), 45)
    first = np.array([0, 4, 5])[unit % 3]
    y = np.random.default_rng(3).normal(size=270) + 5.0 * ((first > 0) & (period >= first))
    since = staggered_adoption(y, unit, period, first, base="universal").since_treatment
    assert since.at.tolist() == [-4, -3, -2, 0, 1, 2]
    found = honest_bounds(since.effects, since.covariance, 3, [0.0, 0.5, 1.0])
    assert np.all((found.lower < 5.0) & (found.upper > 5.0))
    assert found.lower[0] > 0


def test_one_effect_before_and_one_after_are_enough() -> None:
    found = honest_bounds([0.1, 1.0], 0.01 * np.eye(2), 1, [0.5, 1.0])
    assert found.lower.shape == (2,)
    assert found.note.tolist() == ["", ""]


def test_nothing_of_the_library_s_warnings_is_heard() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        honest_bounds([0.1, 0.3, 1.0], 0.01 * np.eye(3), 2, 0.05, restriction="smoothness")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"effects": [1.0]}, "two or more"),
        ({"effects": [1.0, 2.0, 3.0]}, r"covariance \(4, 4\)"),
        ({"covariance": np.zeros((4, 4))}, "without variance"),
        ({"covariance": np.ones((4, 4))}, "without variance"),
        ({"covariance": np.eye(4) + np.triu(np.ones((4, 4)), 1)}, "not symmetric"),
        ({"pre": 0}, "from 1 to 3, that some effects are before and some after"),
        ({"pre": 4}, "from 1 to 3"),
        ({"departure": -0.1}, "0 or more"),
        ({"departure": np.nan}, "departure"),
        ({"restriction": "none"}, "relative magnitude, smoothness"),
        ({"weights": [1.0]}, "one for each of 2 effects after"),
        ({"weights": [0.0, 0.0]}, "not all 0"),
        ({"confidence": 0.0}, "confidence"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object], complaint: str) -> None:
    asked: dict[str, object] = {"effects": EFFECTS, "covariance": MATRIX, "pre": 2, "departure": 1.0}
    with pytest.raises(ValueError, match=complaint):
        honest_bounds(**(asked | change))  # type: ignore[arg-type]
