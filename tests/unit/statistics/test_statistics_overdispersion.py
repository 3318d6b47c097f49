"""Overdispersion at the edge: no unit off the target, and sizes that cannot be squared."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.overdispersion import AT_TARGET, TOO_FEW, overdispersion


@pytest.mark.parametrize("score", [[0, 0, 0], [0.0] * 20, [1e-200] * 3])
def test_units_on_the_target_have_no_limits_and_it_is_said(score: list[float]) -> None:
    found = overdispersion(score, 0.1)
    assert (found.estimate, found.tau2, found.at_least_one) == (0.0, 0.0, 1.0)
    assert np.isnan([found.lower, found.upper]).all()
    assert found.note == AT_TARGET


@pytest.mark.parametrize(
    ("score", "error", "message"),
    [
        ([1e200, 1, 2], 0.1, r"score\[0\] is 1e\+200; .*give it in another unit"),
        ([1, 2, 3], 1e-200, "standard_error is 1e-200; .*give it in another unit"),
        ([1, 2, 3], [1, 1e300, 1], r"standard_error\[1\] is 1e\+300"),
        ([1, np.nan, 3], 1.0, r"score\[1\] is nan"),
        ([1, 2], [1, 0], r"standard_error\[1\] is 0; give a number above 0"),
        ([1, 2, 3], [1, 1], "shapes do not fit together"),
    ],
)
def test_what_cannot_be_weighed_is_refused(score: list[float], error: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        overdispersion(score, error)  # type: ignore[arg-type]


def test_the_unit_of_the_errors_changes_the_variance_alone() -> None:
    score, error = [-4.0, 1.0, 0.5, 3.0], np.array([0.1, 0.2, 0.1, 0.3])
    one, found = overdispersion(score, error), overdispersion(score, 1e-20 * error)
    assert found.estimate == one.estimate
    assert found.tau2 == pytest.approx(1e-40 * one.tau2)


def test_fewer_than_two_units_have_no_spread() -> None:
    assert [overdispersion(score, 0.1).note for score in ([], [1.0])] == [TOO_FEW] * 2
