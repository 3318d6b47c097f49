"""What must hold of any staggered adoption."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.staggered import staggered_adoption

NEAR = 1e-7  # the same means from rows in another order or unit of measure
UNIT, PERIOD = np.repeat(np.arange(14), 5), np.tile(np.arange(1, 6), 14)
FIRST = np.repeat(np.array([0, 0, 0, 3, 3, 4, 4])[np.arange(14) % 7], 5)
seeds = st.integers(0, 2**32 - 1)
controls = st.sampled_from(["not yet treated", "never treated"])
bases = st.sampled_from(["varying", "universal"])


def drawn(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=70)


@settings(max_examples=10, deadline=None)
@given(seeds, controls, bases)
def test_the_order_of_rows_is_nothing(seed: int, control: str, base: str) -> None:
    y, order = drawn(seed), np.random.default_rng(seed).permutation(70)
    one = staggered_adoption(y, UNIT, PERIOD, FIRST, control=control, base=base)
    other = staggered_adoption(y[order], UNIT[order], PERIOD[order], FIRST[order], control=control, base=base)
    assert (other.estimate, other.error, other.before.p_value) == pytest.approx(
        (one.estimate, one.error, one.before.p_value), rel=NEAR
    )


@settings(max_examples=10, deadline=None)
@given(seeds, st.floats(-5, 5), st.floats(0.1, 50))
def test_levels_of_units_and_periods_are_nothing_and_units_of_measure_carry(
    seed: int, level: float, times: float
) -> None:
    y = drawn(seed)
    one = staggered_adoption(y, UNIT, PERIOD, FIRST)
    other = staggered_adoption(times * y + level * UNIT - level * PERIOD**2, UNIT, PERIOD, FIRST)
    assert (other.estimate, other.upper) == pytest.approx(
        (times * one.estimate, times * one.upper), rel=1e-6, abs=1e-9
    )


@settings(max_examples=10, deadline=None)
@given(seeds, st.floats(-3, 3))
def test_an_effect_alike_everywhere_comes_out_as_so_much_more(seed: int, effect: float) -> None:
    y, under = drawn(seed), (FIRST > 0) & (PERIOD >= FIRST)
    one, other = (staggered_adoption(y + more * under, UNIT, PERIOD, FIRST) for more in (0.0, effect))
    assert other.estimate - one.estimate == pytest.approx(effect, abs=NEAR)
    np.testing.assert_allclose(other.by_period.effects - one.by_period.effects, effect, atol=NEAR)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_confidence_widens_and_holds_the_estimate(seed: int) -> None:
    y = drawn(seed)
    narrow, wide = (staggered_adoption(y, UNIT, PERIOD, FIRST, confidence=level) for level in (0.8, 0.95))
    for a, b in ((narrow, wide), (narrow.by_cohort, wide.by_cohort)):
        assert b.lower <= a.lower <= a.estimate <= a.upper <= b.upper


@settings(max_examples=10, deadline=None)
@given(seeds, controls, bases)
def test_given_covariates_a_change_that_goes_with_them_is_nothing_and_so_is_order(
    seed: int, control: str, base: str
) -> None:
    rng = np.random.default_rng(seed)
    unit, period = np.repeat(np.arange(70), 5), np.tile(np.arange(1, 6), 70)
    first, x = (
        np.repeat(np.array([0, 0, 0, 3, 3, 4, 4])[np.arange(70) % 7], 5),
        np.repeat(rng.normal(size=70), 5),
    )
    y, order = rng.normal(size=350), rng.permutation(350)
    one = staggered_adoption(y, unit, period, first, covariates=x, control=control, base=base)
    rows = (column[order] for column in (y + 3.0 * x * period**2, unit, period, first))
    other = staggered_adoption(*rows, covariates=x[order], control=control, base=base)
    np.testing.assert_allclose(one.effects, other.effects, atol=1e-6)
    np.testing.assert_allclose(one.effect_errors, other.effect_errors, atol=1e-6)
    assert one.lower <= one.estimate <= one.upper
