"""Detectable change: held against the power of the exact and mid-p tests, added up outcome by outcome."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.detectable import detectable_change, exact_power

MID_P = 0.04  # the documented nearness of a mid-p test's power, from ten expected events on
EXACT_SHORT = 0.13  # the documented caution of the exact test at ten


@pytest.mark.parametrize("base", [10.0, 20.0, 56.0, 162.0])
def test_the_power_asked_is_the_power_had(base: float) -> None:
    found = detectable_change(base)
    for mean in (found.lower_events, found.upper_events):
        assert exact_power(base, mean, method="mid-p") == pytest.approx(0.8, abs=MID_P)
        assert 0.8 - EXACT_SHORT < exact_power(base, mean) < 0.8


def test_one_year_after_three() -> None:
    found = detectable_change(168, exposure_ratio=1 / 3, power=0.9)
    assert found.lower_events == pytest.approx(56 * (1 - found.fall))
    assert found.upper_events == pytest.approx(56 * (1 + found.rise))
    chance = exact_power(168, found.lower_events, exposure_ratio=1 / 3, method="mid-p")
    assert chance == pytest.approx(0.9, abs=MID_P)
    assert detectable_change(56).fall > found.fall > detectable_change(168).fall


def test_dispersion_counts_as_so_many_times_fewer_events() -> None:
    assert detectable_change(168, dispersion=3).fall == pytest.approx(detectable_change(56).fall)


def test_estimate_is_the_fall_and_the_limits_are_the_changes_between_which_nothing_shows() -> None:
    found = detectable_change(56)
    assert (found.estimate, found.lower, found.upper) == (found.fall, -found.fall, found.rise)
    assert (found.power, found.confidence, found.method) == (0.8, 0.95, "square root")


def test_not_even_a_fall_to_none() -> None:
    found = detectable_change([3, 4])
    assert list(found.fall) == [1.0, pytest.approx(0.99991, abs=1e-4)]
    assert list(found.method) == ["square root: not even a fall to none", "square root"]
    assert found.lower_events[0] == 0.0
    assert np.all(found.rise > 1)


def test_size_of_the_exact_test_is_within_what_is_asked() -> None:
    for base in (2.0, 15.0, 60.0):
        assert exact_power(base, base) <= 0.05
        assert exact_power(base, base, confidence=0.8) <= 0.2
    assert exact_power(60.0, 60.0) > 0.03


def test_exact_power_of_a_later_period_with_no_event() -> None:
    """None now against y0 then is set apart, at equal exposure, from six on: 2 * 0.5^6 = 0.031."""
    assert exact_power(8.0, 0.0) == pytest.approx(stats.poisson.sf(5, 8.0), rel=1e-12)


@pytest.mark.parametrize(
    ("given", "how", "message"),
    [
        (0, {}, r"^reference_events is 0; give a number above 0$"),
        ([5, -2], {}, r"^reference_events\[1\] is -2; give a number above 0$"),
        (5, {"exposure_ratio": 0}, r"^exposure_ratio is 0; give a number above 0$"),
        (5, {"dispersion": float("nan")}, r"^dispersion is nan; give a finite number"),
        (5, {"power": 1.0}, r"^power is 1.0; give one number strictly between 0 and 1"),
        (5, {"power": 0.02}, r"^power is 0.02; give more than 0.025, which no change at all has$"),
        (5, {"confidence": 1.5}, r"^confidence is 1.5; "),
        (5, {"method": "exact"}, r"^method is 'exact'; choose one of square root$"),
    ],
)
def test_refusals(given: object, how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        detectable_change(given, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "how", "message"),
    [
        ((0, 1), {}, r"^reference_mean is 0; give a number above 0$"),
        ((1, -1), {}, r"^mean is -1; give a number above 0$"),
        ((1, 1), {"exposure_ratio": -1}, r"^exposure_ratio is -1; "),
        ((1, 1), {"method": "score"}, r"^method is 'score'; choose one of exact, mid-p$"),
    ],
)
def test_refusals_of_exact_power(given: tuple[float, float], how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exact_power(*given, **how)  # type: ignore[arg-type]
