"""The slope index: by hand, by another least squares, and what is said when it cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.inequality_slope import TRANSFORMS, inequality_slope

VALUES, ERRORS, PUPILS = [0.12, 0.09, 0.08, 0.05], [0.01] * 4, [100, 300, 200, 400]


def test_a_straight_line_is_found_whatever_the_pupils() -> None:
    share = np.array(PUPILS) / 1000
    rank = np.cumsum(share) - share / 2
    found = inequality_slope(0.2 - 0.15 * rank, ERRORS, PUPILS)
    np.testing.assert_allclose([found.estimate, found.bottom, found.top], [-0.15, 0.2, 0.05])
    assert found.relative == pytest.approx(0.25)


def test_it_is_weighted_least_squares() -> None:
    share = np.array(PUPILS) / 1000
    rank = np.cumsum(share) - share / 2
    slope, bottom = np.polyfit(rank, VALUES, 1, w=np.sqrt(share))
    found = inequality_slope(VALUES, ERRORS, PUPILS)
    np.testing.assert_allclose([found.estimate, found.bottom], [slope, bottom], rtol=1e-12)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_analytic_limits_are_near_simulated_ones(transform: str) -> None:
    one, other = (
        inequality_slope(VALUES, [0.004] * 4, PUPILS, transform=transform, method=method)
        for method in ("analytic", "simulation")
    )
    near = 0.03 * (one.upper - one.lower)  # of the simulation's own error, and of the bend of the transform
    np.testing.assert_allclose([one.lower, one.upper], [other.lower, other.upper], atol=near)
    near = 0.03 * (one.relative_upper - one.relative_lower)
    np.testing.assert_allclose(
        [one.relative_lower, one.relative_upper], [other.relative_lower, other.relative_upper], atol=near
    )


def test_a_bottom_that_cannot_be_told_from_nothing_has_no_bound() -> None:
    found = inequality_slope([0.01, 0.05, 0.09], [0.02] * 3, [1, 1, 1])
    assert (found.relative_lower, found.relative_upper) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"values": [0.1, 0.2], "standard_errors": [1, 1], "population": [1, 1]}, "values has 2 groups"),
        ({"standard_errors": [0, 1, 1, 1]}, r"standard_errors\[0\] is 0"),
        ({"population": [0, 1, 1, 1]}, r"population\[0\] is 0"),
        ({"values": [0, 0.1, 0.2, 0.3], "transform": "log"}, r"values\[0\] is 0; transform='log'"),
        ({"values": [1, 0.1, 0.2, 0.3], "transform": "logit"}, r"values\[0\] is 1; transform='logit'"),
        ({"values": [0, 0.1, 0.2, 0.3], "transform": "sqrt"}, r"values\[0\] is 0; transform='sqrt'"),
        ({"values": [0.9, 0.4, 0.1, 0.001], "transform": "sqrt"}, "fitted top end, its root, is -"),
        ({"transform": "cube"}, "choose one of none, log, logit, sqrt"),
        ({"method": "simulation", "repeats": 9}, "repeats is 9"),
    ],
)
def test_what_cannot_be_is_said(bad: dict[str, object], words: str) -> None:
    given = {"values": VALUES, "standard_errors": ERRORS, "population": PUPILS} | bad
    with pytest.raises(ValueError, match=words):
        inequality_slope(**given)  # type: ignore[arg-type]


def test_many_areas_are_the_same_as_one_at_a_time() -> None:
    many = inequality_slope([VALUES, VALUES[::-1]], ERRORS, PUPILS, transform="log")
    for at, values in enumerate((VALUES, VALUES[::-1])):
        one = inequality_slope(values, ERRORS, PUPILS, transform="log")
        assert one.relative_upper == pytest.approx(many.relative_upper[at], rel=1e-14)


def test_a_bottom_end_that_rounding_left_of_0_has_no_relative_index() -> None:
    with pytest.raises(ValueError, match="a relative index cannot be taken over 0"):
        inequality_slope([0.5, 1.5, 2.5], [0.1] * 3, [1] * 3)
