"""What must hold of any dose and response."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.dose_response import DoseResponse, dose_response, later_dose

NEAR = 1e-7  # the same maximum from rows in another order or unit
SCHOOL, YEAR = np.repeat(np.arange(8), 5), np.tile(np.arange(5), 8)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.poisson(12, size=40) + 1, rng.normal(size=40)


def both(
    events: np.ndarray, dose: np.ndarray, exposure: float = 100.0, level: float = 0.95
) -> list[DoseResponse]:
    return [
        of(events, exposure, SCHOOL, YEAR, dose, SCHOOL, YEAR, confidence=level)
        for of in (dose_response, later_dose)
    ]


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_order_of_rows_is_nothing(seed: int) -> None:
    events, dose = drawn(seed)
    a, b = np.random.default_rng(seed).permutation(40), np.random.default_rng(seed + 1).permutation(40)
    one = dose_response(events, 9.0, SCHOOL, YEAR, dose, SCHOOL, YEAR)
    other = dose_response(events[a], 9.0, SCHOOL[a], YEAR[a], dose[b], SCHOOL[b], YEAR[b])
    assert (other.estimate, other.error) == pytest.approx((one.estimate, one.error), rel=NEAR)


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0.01, 100), st.floats(-50, 50))
def test_the_unit_and_zero_of_a_dose_carry(seed: int, times: float, zero: float) -> None:
    events, dose = drawn(seed)
    for one, other in zip(both(events, dose), both(events, zero + times * dose), strict=True):
        assert times * other.log_ratio == pytest.approx(one.log_ratio, rel=1e-6, abs=1e-9)
        assert times * other.error == pytest.approx(one.error, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_dose_turned_round_inverts_the_ratio(seed: int) -> None:
    events, dose = drawn(seed)
    for one, other in zip(both(events, dose), both(events, -dose), strict=True):
        assert (1 / other.upper, 1 / other.lower) == pytest.approx((one.lower, one.upper), rel=NEAR)


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0.01, 1e5))
def test_what_events_are_counted_over_is_only_a_level(seed: int, exposure: float) -> None:
    events, dose = drawn(seed)
    for one, other in zip(both(events, dose), both(events, dose, exposure), strict=True):
        assert other.estimate == pytest.approx(one.estimate, rel=NEAR)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_confidence_widens_and_holds_the_estimate(seed: int) -> None:
    events, dose = drawn(seed)
    for narrow, wide in zip(both(events, dose, level=0.8), both(events, dose), strict=True):
        assert wide.lower < narrow.lower < narrow.estimate < narrow.upper < wide.upper
