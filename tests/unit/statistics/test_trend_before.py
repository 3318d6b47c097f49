"""A trend before treatment: what is no period, no base and no covariance is refused."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.trend_before import trend_before

EFFECTS, AT = [0.1, 0.2, 0.3], [-3, -2, 0]
VARIANCE = np.diag([0.1, 0.1, 0.1])
LOPSIDED = np.array([[0.1, 0.05, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1]])


def test_one_lead_by_hand() -> None:
    """The line through the base and one lead; F of one number is its square over its variance."""
    found = trend_before([0.4, 1.0], np.diag([0.04, 0.04]), [-3, 0], 60)
    assert found.estimate == pytest.approx(0.4 / -2)
    assert found.statistic == pytest.approx(0.16 / 0.04)
    assert trend_before([0.4, 1.0], np.diag([0.04, 0.04]), [-3.0, 0.0], 60) == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"relative": [-2, -1, 0]}, r"^relative\[1\] is -1; it is the base, .* leave its row out"),
        ({"relative": [-3, -2, 0], "base": -2}, r"^relative\[1\] is -2; it is the base"),
        ({"relative": [-2.5, -2, 0]}, r"^relative\[0\] is -2.5; give whole periods"),
        ({"relative": [-2, -2, 0]}, r"^relative\[0\] is -2; it stands there more than once"),
        ({"relative": -2}, r"^relative has shape \(\); give one period for each of 3 effects"),
        ({"covariance": 0.1}, r"^covariance has shape \(\); give \(3, 3\)"),
        ({"covariance": [0.1, 0.1, 0.1]}, r"^covariance has shape \(3,\); give \(3, 3\), such as np.diag"),
        ({"covariance": -VARIANCE}, r"^covariance\[0, 0\] is -0.1; a variance is above 0"),
        ({"covariance": np.diag([0.1, 0.0, 0.1])}, r"^covariance\[1, 1\] is 0; a variance is above 0"),
        ({"covariance": LOPSIDED}, r"^covariance\[0, 1\] is 0.05; it is another on the other side"),
        ({"base": 0}, r"^base is 0; give a whole number from"),
        ({"base": "-1"}, r"^base is '-1'; give a number"),
    ],
)
def test_refusals(asked: dict[str, object], message: str) -> None:
    given = {"effects": EFFECTS, "covariance": VARIANCE, "relative": AT, "units": 30, **asked}
    with pytest.raises(ValueError, match=message):
        trend_before(**given)  # type: ignore[arg-type]


def test_estimates_that_follow_from_each_other_are_no_test_and_say_so() -> None:
    found = trend_before([0.4, 0.2, 1.0], np.full((3, 3), 7.0), [-3, -2, 0], 60)
    assert "cannot be inverted" in found.note
    assert np.isnan(found.estimate)
