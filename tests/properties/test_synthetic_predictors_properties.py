"""What must hold of any synthetic control by predictors, and of any hull."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.synthetic_predictors import synthetic_predictors

NEAR = 1e-6  # exact weights, but for rounding
PRE = np.arange(8) < 5
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(8, 7)), axis=0), rng.normal(size=(3, 7))


@settings(max_examples=15, deadline=None)
@given(seeds, st.floats(0.01, 100), st.floats(-100, 100))
def test_units_of_predictors_and_of_outcomes_carry(seed: int, times: float, moved: float) -> None:
    table, traits = drawn(seed)
    share = [0.5, 0.3, 0.2]
    one = synthetic_predictors(table, traits, 0, PRE, importance=share)
    other = synthetic_predictors(times * table, times * traits + moved, 0, PRE, importance=share)
    np.testing.assert_allclose(other.weights, one.weights, atol=NEAR)
    assert other.estimate == pytest.approx(times * one.estimate, abs=NEAR * times * (1 + abs(moved)))


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_wider_confidence_is_wider_and_no_importance_beats_the_lowest_loss(seed: int) -> None:
    table, traits = drawn(seed)
    narrow, wide = (
        synthetic_predictors(table, traits, 0, PRE, start="equal", confidence=one) for one in (0.5, 0.9)
    )
    assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper
    assert narrow.loss >= narrow.lowest_loss * (1 - NEAR)
    assert narrow.estimate == wide.estimate


@settings(max_examples=50, deadline=None)
@given(seeds, st.floats(0.01, 100), st.floats(-100, 100))
def test_hull_moves_with_the_unit_and_more_donors_bring_it_nearer(
    seed: int, times: float, moved: float
) -> None:
    table, _ = drawn(seed)
    one, other = donor_hull(table, 0, PRE), donor_hull(times * table + moved, 0, PRE)
    assert other.estimate == pytest.approx(times * one.estimate, abs=NEAR * times * (1 + abs(moved)))
    assert one.outside.tolist() == other.outside.tolist()
    fewer = donor_hull(table[:, :5], 0, PRE)
    assert one.estimate <= fewer.estimate + NEAR
    assert one.lower <= one.estimate <= one.upper
    assert one.estimate >= np.sqrt((one.beyond**2).mean()) - NEAR
