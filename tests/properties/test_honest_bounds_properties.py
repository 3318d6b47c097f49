"""What must hold of any honest bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.honest_bounds import honest_bounds

NEAR = 1e-6  # the same test in another unit: bisections stop elsewhere
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 8))
    return rng.normal(size=5), root @ root.T / 40


@settings(max_examples=10, deadline=None)
@given(seeds, st.floats(0.01, 100))
def test_units_of_measure_carry_and_signs_turn_round(seed: int, times: float) -> None:
    effects, matrix = drawn(seed)
    one = honest_bounds(effects, matrix, 2, 1.0)
    other = honest_bounds(-times * effects, times**2 * matrix, 2, 1.0)
    assert (-other.upper, -other.lower) == pytest.approx(
        (times * one.lower, times * one.upper), rel=NEAR, abs=NEAR
    )


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_the_more_may_depart_the_wider(seed: int) -> None:
    effects, matrix = drawn(seed)
    found = honest_bounds(effects, matrix, 2, [0.0, 0.5, 1.0, 2.0])
    assert np.all(np.diff(found.lower) <= NEAR)
    assert np.all(np.diff(found.upper) >= -NEAR)
    assert np.all((found.lower < found.estimate) & (found.estimate < found.upper))


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_confidence_widens(seed: int) -> None:
    effects, matrix = drawn(seed)
    narrow, wide = (honest_bounds(effects, matrix, 2, 1.0, confidence=level) for level in (0.8, 0.95))
    assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_smoothness_carries_units_and_moves_with_the_effects(seed: int) -> None:
    effects, matrix = drawn(seed)
    one = honest_bounds(effects, matrix, 2, 0.0, restriction="smoothness")
    other = honest_bounds(7 * effects + [0, 0, 3, 3, 3], 49 * matrix, 2, 0.0, restriction="smoothness")
    assert (other.lower, other.upper) == pytest.approx((7 * one.lower + 3, 7 * one.upper + 3), rel=1e-5)
