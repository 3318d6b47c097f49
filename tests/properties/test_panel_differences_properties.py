"""What must hold of any difference in a panel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.panel_differences import (
    event_study,
    two_groups,
    two_way_fixed_effects,
    wild_cluster_bootstrap,
)

NEAR = 1e-7  # the same least squares from rows in another order or unit
UNIT, PERIOD = np.repeat(np.arange(6), 5), np.tile(np.arange(5), 6)
TREATED = np.where((UNIT < 2) & (PERIOD >= 3), 1.0, 0.0)
FIRST = np.where(UNIT < 2, 3.0, np.inf)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=30)


@settings(max_examples=12, deadline=None)
@given(seeds, st.sampled_from(["CR0", "CR1", "CR1S", "CR2"]))
def test_the_order_of_rows_is_nothing(seed: int, errors: str) -> None:
    y, order = drawn(seed), np.random.default_rng(seed).permutation(30)
    one = two_way_fixed_effects(y, UNIT, PERIOD, TREATED, errors=errors)
    other = two_way_fixed_effects(y[order], UNIT[order], PERIOD[order], TREATED[order], errors=errors)
    assert (other.estimate, other.lower) == pytest.approx((one.estimate, one.lower), rel=NEAR)


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(-5, 5), st.floats(0.1, 50))
def test_levels_of_units_and_periods_are_nothing_and_units_of_measure_carry(
    seed: int, level: float, times: float
) -> None:
    y = drawn(seed)
    one = two_way_fixed_effects(y, UNIT, PERIOD, TREATED)
    other = two_way_fixed_effects(times * y + level * UNIT - level * PERIOD**2, UNIT, PERIOD, TREATED)
    assert (other.estimate, other.upper) == pytest.approx((times * one.estimate, times * one.upper), rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_confidence_widens_and_holds_the_estimate(seed: int) -> None:
    y = drawn(seed)
    for of in (
        lambda level: two_way_fixed_effects(y, UNIT, PERIOD, TREATED, confidence=level),
        lambda level: event_study(y, UNIT, PERIOD, FIRST, confidence=level),
        lambda level: two_groups(y, UNIT < 2, PERIOD > 2, confidence=level),
        lambda level: wild_cluster_bootstrap(y, UNIT, PERIOD, TREATED, repeats=199, confidence=level),
    ):
        narrow, wide = of(0.8), of(0.95)
        assert wide.lower <= narrow.lower <= narrow.estimate <= narrow.upper <= wide.upper


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_swapping_groups_turns_the_sign(seed: int) -> None:
    y = drawn(seed)
    one, other = two_groups(y, UNIT < 2, PERIOD > 2), two_groups(y, UNIT >= 2, PERIOD > 2)
    assert (one.estimate, one.lower) == pytest.approx((-other.estimate, -other.upper), rel=NEAR)


@settings(max_examples=12, deadline=None)
@given(seeds, st.sampled_from([-3, -2]))
def test_another_base_moves_effects_by_one_number(seed: int, base: int) -> None:
    y = drawn(seed)
    usual, other = (event_study(y, UNIT, PERIOD, FIRST, base=one) for one in (-1, base))
    first, second = (dict(zip(one.relative.tolist(), one.effects, strict=True)) for one in (usual, other))
    for since in (0, 1):
        assert second[since] == pytest.approx(first[since] - first[base], abs=NEAR)
    assert other.pre_trend.statistic == pytest.approx(usual.pre_trend.statistic, rel=1e-5)
