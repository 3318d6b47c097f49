"""What must hold of any interrupted series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import interrupted_series

NEAR = 1e-7  # two fits that end by their own step rules
series = st.lists(st.integers(1, 400), min_size=14, max_size=30)
rates = st.lists(st.floats(-50, 50), min_size=14, max_size=30).filter(lambda one: np.ptp(one) > 1e-3)


@settings(max_examples=15, deadline=None)
@given(
    series,
    st.sampled_from(["poisson", "quasi-poisson"]),
    st.sampled_from(["model", "newey-west"]),
    st.booleans(),
)
def test_the_estimate_is_inside_and_wider_confidence_is_wider(
    events: list[int], family: str, errors: str, slope: bool
) -> None:
    asked = {"family": family, "errors": errors, "slope_change": slope}
    narrow, wide = (interrupted_series(events, 7, confidence=one, **asked) for one in (0.8, 0.99))  # type: ignore[arg-type]
    assert wide.lower <= narrow.lower <= narrow.estimate <= narrow.upper <= wide.upper
    assert narrow.prevented is not None
    assert narrow.prevented.lower <= narrow.prevented.estimate <= narrow.prevented.upper


@settings(max_examples=15, deadline=None)
@given(series, st.floats(0.01, 1e5))
def test_the_unit_of_exposure_is_nothing(events: list[int], unit: float) -> None:
    one, other = interrupted_series(events, 7), interrupted_series(events, 7, exposure=unit)
    assert other.estimate == pytest.approx(one.estimate, rel=NEAR)
    assert other.upper == pytest.approx(one.upper, rel=NEAR)
    np.testing.assert_allclose(one.fitted, other.fitted, rtol=NEAR)


@settings(max_examples=15, deadline=None)
@given(series, st.randoms(use_true_random=False))
def test_swapping_series_and_comparison_inverts_the_ratio(events: list[int], random: object) -> None:
    other = [1 + random.randrange(300) for _ in events]  # type: ignore[attr-defined]
    one, turned = (
        interrupted_series(events, 7, comparison=other),
        interrupted_series(other, 7, comparison=events),
    )
    assert one.estimate == pytest.approx(1 / turned.estimate, rel=NEAR)
    assert one.lower == pytest.approx(1 / turned.upper, rel=NEAR)


@settings(max_examples=15, deadline=None)
@given(series)
def test_fitted_events_before_and_after_sum_to_those_seen(events: list[int]) -> None:
    found = interrupted_series(events, 7)
    assert found.fitted[:7].sum() == pytest.approx(sum(events[:7]), rel=NEAR)
    assert found.fitted[7:].sum() == pytest.approx(sum(events[7:]), rel=NEAR)


@settings(max_examples=15, deadline=None)
@given(rates, st.sampled_from(["newey-west", "model"]), st.floats(-1e3, 1e3), st.floats(0.1, 100))
def test_rates_move_and_stretch(rate: list[float], errors: str, moved: float, times: float) -> None:
    one = interrupted_rates(rate, 7, errors=errors)
    other = interrupted_rates(moved + times * np.array(rate), 7, errors=errors)
    near = 1e-6 * times * max(1.0, abs(moved), float(np.ptp(rate)))
    assert other.estimate == pytest.approx(times * one.estimate, abs=near)
    assert other.upper == pytest.approx(times * one.upper, abs=near)
    assert one.lower <= one.estimate <= one.upper
