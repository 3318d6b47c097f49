"""What must hold of any effect size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.effect_sizes import clustered_effect, standardised_difference

NEAR = 1e-6  # two searches for the ratio of variances
seeds = st.integers(0, 2**32 - 1)
numbers = st.floats(-50, 50)
spreads = st.floats(0.1, 50)
sizes = st.integers(2, 5000)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(8), rng.integers(2, 12, 8))
    return rng.normal(size=8)[school] + rng.normal(size=school.size), (school < 4).astype(float), school


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_schools_swapping_turns_the_sign_and_limits_hold_the_estimate(seed: int) -> None:
    y, group, school = drawn(seed)
    one, other = clustered_effect(y, group, school), clustered_effect(y, 1 - group, school, confidence=0.8)
    assert one.estimate == pytest.approx(-other.estimate, rel=NEAR, abs=NEAR)
    for wide, narrow in ((one, other), (one.within, other.within), (one.difference, other.difference)):
        assert wide.lower <= wide.estimate <= wide.upper
        assert -wide.upper <= narrow.lower + NEAR
        assert narrow.upper <= -wide.lower + NEAR


@settings(max_examples=5, deadline=None)
@given(seeds, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_of_the_outcome_is_nothing(seed: int, times: float, moved: float) -> None:
    y, group, school = drawn(seed)
    one, other = clustered_effect(y, group, school), clustered_effect(times * y + moved, group, school)
    assert other.estimate == pytest.approx(one.estimate, rel=1e-4, abs=1e-5)
    assert other.difference.upper == pytest.approx(times * one.difference.upper, rel=1e-4, abs=1e-5 * times)


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_the_likelihood_is_highest_at_the_ratio_found(seed: int) -> None:
    """The restricted likelihood written out with the whole covariance of pupils."""
    y, group, school = drawn(seed)
    found = clustered_effect(y, group, school)
    x, same = np.column_stack([np.ones(y.size), group]), (school[:, None] == school).astype(float)

    def likelihood(between: float, within: float) -> float:
        v = between * same + within * np.eye(y.size)
        a = np.linalg.inv(v)
        e = y - x @ np.linalg.solve(x.T @ a @ x, x.T @ a @ y)
        parts = np.linalg.slogdet(v)[1] + np.linalg.slogdet(x.T @ a @ x)[1] + e @ a @ e
        return float(-0.5 * (parts + (y.size - 2) * np.log(2 * np.pi)))

    best = likelihood(found.school_variance, found.pupil_variance)
    assert best == pytest.approx(found.log_likelihood, rel=1e-9)
    for more in (0.9, 1.1):
        assert (
            likelihood(found.school_variance * more + 1e-4 * (more > 1), found.pupil_variance) <= best + 1e-9
        )
        assert likelihood(found.school_variance, found.pupil_variance * more) <= best + 1e-9


@settings(max_examples=25, deadline=None)
@given(numbers, spreads, sizes, numbers, spreads, sizes)
def test_single_pupils(m1: float, s1: float, n1: int, m0: float, s0: float, n0: int) -> None:
    one = standardised_difference(m1, s1, n1, reference_mean=m0, reference_sd=s0, reference_size=n0)
    turned = standardised_difference(m0, s0, n0, reference_mean=m1, reference_sd=s1, reference_size=n1)
    narrow = standardised_difference(
        m1, s1, n1, reference_mean=m0, reference_sd=s0, reference_size=n0, confidence=0.5
    )
    assert np.isfinite([one.estimate, one.lower, one.upper]).all()
    assert abs(one.estimate) <= abs(one.uncorrected)
    assert one.lower <= narrow.lower <= narrow.upper <= one.upper
    assert (one.estimate, one.lower) == pytest.approx((-turned.estimate, -turned.upper), rel=1e-6, abs=1e-9)
