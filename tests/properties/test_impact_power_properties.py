"""What must hold of what any design would see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.impact_power import (
    DesignPower,
    one_treated_power,
    series_power,
    staggered_power,
    two_groups_power,
)

NEAR = 1e-9  # the same arithmetic in another unit
shares, sizes = st.floats(0, 0.95), st.integers(2, 60)


def each(many: int, icc: float, lasting: float, sd: float = 1.0, **asked: float) -> list[DesignPower]:
    return [
        two_groups_power(many, many, 40, sd=sd, icc=icc, autocorrelation=lasting, **asked),
        staggered_power([many, many], [3, 5], many, 6, 40, sd=sd, icc=icc, autocorrelation=lasting, **asked),
        series_power(2 * many, many, sd=sd, autocorrelation=lasting, **asked),
    ]


@settings(max_examples=30, deadline=None)
@given(sizes, shares, shares, st.floats(0.01, 1000))
def test_the_unit_of_measure_carries(many: int, icc: float, lasting: float, sd: float) -> None:
    for one, other in zip(each(many, icc, lasting), each(many, icc, lasting, sd), strict=True):
        assert other.estimate == pytest.approx(sd * one.estimate, rel=NEAR)


@settings(max_examples=30, deadline=None)
@given(sizes, shares, shares)
def test_more_schools_and_periods_see_a_smaller_change(many: int, icc: float, lasting: float) -> None:
    for fewer, more in zip(each(many, icc, lasting), each(2 * many, icc, lasting), strict=True):
        assert more.estimate < fewer.estimate
        assert more.lower == -more.upper


@settings(max_examples=30, deadline=None)
@given(sizes, shares, shares)
def test_power_and_confidence_ask_for_a_larger_change(many: int, icc: float, lasting: float) -> None:
    usual = each(many, icc, lasting)
    for other in (each(many, icc, lasting, power=0.9), each(many, icc, lasting, confidence=0.99)):
        assert all(a.estimate < b.estimate for a, b in zip(usual, other, strict=True))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_other_units_is_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    events, over = rng.poisson(60, size=(6, 24)), np.full((6, 24), 500.0)
    order = np.append(0, 1 + rng.permutation(23))
    one, other = one_treated_power(events, over, 0, 1), one_treated_power(events[:, order], over, 0, 1)
    assert other.estimate == pytest.approx(one.estimate, rel=1e-6)
    assert 0 < one.estimate < 1 < 1 + one.upper
