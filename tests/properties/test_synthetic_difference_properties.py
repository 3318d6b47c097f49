"""What must hold of any synthetic difference in differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.synthetic_difference import synthetic_difference

NEAR = 1e-5  # weights with next to no ridge move a little with rounding
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    periods, units = int(rng.integers(6, 13)), int(rng.integers(5, 12))
    pre = np.arange(periods) < rng.integers(3, periods - 1)
    return np.cumsum(rng.normal(size=(periods, units)), axis=0), pre


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_weights_meet_the_conditions_of_the_minimum(seed: int) -> None:
    table, pre = drawn(seed)
    found = synthetic_difference(table, 0, pre)
    before = table[pre, 1:] - table[pre, 1:].mean(0)
    own, share = table[pre, 0] - table[pre, 0].mean(), found.unit_weights[1:]
    slope = before.T @ (before @ share - own) + found.ridge * share
    least = slope.min()
    assert (slope[share > 1e-6] - least).max() <= NEAR * max(1.0, np.abs(slope).max())


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(-100, 100), st.floats(0.01, 100))
def test_levels_of_units_are_nothing_and_the_unit_of_measure_carries(
    seed: int, level: float, times: float
) -> None:
    table, pre = drawn(seed)
    moved = times * table + level * np.arange(table.shape[1])
    one, other = synthetic_difference(table, 0, pre), synthetic_difference(moved, 0, pre)
    scale = times * (1.0 + abs(one.estimate) + abs(level) / times)
    assert other.estimate == pytest.approx(times * one.estimate, abs=NEAR * scale)
    assert other.difference.estimate == pytest.approx(times * one.difference.estimate, abs=NEAR * scale)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_the_order_of_the_others_is_nothing_and_confidence_widens(seed: int) -> None:
    table, pre = drawn(seed)
    order = np.append(0, 1 + np.random.default_rng(seed).permutation(table.shape[1] - 1))
    one, other = (
        synthetic_difference(table, 0, pre),
        synthetic_difference(table[:, order], 0, pre, confidence=0.8),
    )
    assert other.estimate == pytest.approx(one.estimate, abs=NEAR)
    assert other.error == pytest.approx(one.error, abs=NEAR)
    assert one.lower <= other.lower + NEAR
    assert other.lower <= other.estimate <= other.upper <= one.upper + NEAR
    assert one.range_lower <= other.range_lower + NEAR


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(-50, 50))
def test_an_effect_put_in_comes_out(seed: int, effect: float) -> None:
    table, pre = drawn(seed)
    moved = table.copy()
    moved[~pre, 0] += effect
    one, other = synthetic_difference(table, 0, pre), synthetic_difference(moved, 0, pre)
    for name in ("synthetic_control", "difference"):
        assert getattr(other, name).estimate == pytest.approx(getattr(one, name).estimate + effect, abs=1e-8)
    assert other.estimate == pytest.approx(one.estimate + effect, abs=1e-8)
