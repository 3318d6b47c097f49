"""What designs would see, beside statsmodels, matrices written out, and studies simulated and analysed as they will be."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower

from onroll.statistics._design_errors import staggered_weights
from onroll.statistics.impact_power import (
    one_treated_power,
    series_power,
    staggered_power,
    two_groups_power,
)
from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.one_treated import one_treated
from onroll.statistics.panel_differences import two_groups
from onroll.statistics.staggered import staggered_adoption

SEARCHED = 1e-6  # two searches for a power of 0.8 by two noncentral distributions
EXACT = 1e-9  # the same sums
DRAWS = 300
WITHIN = 3 * np.sqrt(0.8 * 0.2 / DRAWS)  # three errors of a share of 0.80: 0.069


@pytest.mark.parametrize(("treated", "comparison"), [(5, 5), (12, 30)])
def test_schools_without_anything_alike_are_a_t_test(treated: int, comparison: int) -> None:
    """Two pupils a school and period, nothing of schools: a change has the variance of a pupil."""
    wanted = TTestIndPower().solve_power(nobs1=treated, ratio=comparison / treated, alpha=0.05, power=0.8)
    found = two_groups_power(treated, comparison, 2.0, icc=0.0, autocorrelation=0.0)
    assert found.estimate == pytest.approx(wanted, rel=SEARCHED)


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.6])
@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_a_series_is_least_squares_with_its_whole_covariance(rho: float, bent: bool, left_out: int) -> None:
    time = np.append(np.arange(13.0), np.arange(13.0, 20.0) + left_out)
    step = np.arange(20) >= 13
    x = np.column_stack([np.ones(20), time, step, step * (time - 12 - left_out)])[:, : 4 if bent else 3]
    matrix = 2.5**2 * rho ** np.abs(np.subtract.outer(time, time)) if rho else 2.5**2 * np.eye(20)
    wanted = np.sqrt(np.linalg.inv(x.T @ np.linalg.inv(matrix) @ x)[2, 2])
    found = series_power(13, 7, sd=2.5, autocorrelation=rho, left_out=left_out, slope_change=bent)
    assert found.error == pytest.approx(wanted, rel=EXACT)
    assert found.freedom == 20 - x.shape[1]


def test_the_weights_of_cohorts_are_those_of_the_estimate() -> None:
    rng = np.random.default_rng(2)
    cohort = np.repeat([3, 4, 6, 0], [5, 7, 4, 6])
    y = rng.normal(size=(22, 6))
    found = staggered_adoption(
        y.ravel(), np.repeat(np.arange(22), 6), np.tile(np.arange(1, 7), 22), np.repeat(cohort, 6)
    )
    means = np.array([y[cohort == one].mean(0) for one in (3, 4, 6, 0)])
    weights = staggered_weights(np.array([5, 7, 4]), np.array([3, 4, 6]), 6, 6)
    assert float((weights * means).sum()) == pytest.approx(found.estimate, abs=EXACT)


def schools(
    rng: np.random.Generator, many: int, periods: int, icc: float, lasting: float, pupils: int
) -> np.ndarray:
    """Means of schools whose own part decays from period to period."""
    own = rng.normal(size=(many, periods))
    for at in range(1, periods):
        own[:, at] = lasting * own[:, at - 1] + np.sqrt(1 - lasting**2) * own[:, at]
    return np.sqrt(icc) * own + rng.normal(size=(many, periods)) * np.sqrt((1 - icc) / pupils)


@pytest.mark.slow
def test_two_groups_see_that_change_four_times_in_five() -> None:
    rng, seen = np.random.default_rng(31), 0
    change = two_groups_power(16, 16, 60, icc=0.15, autocorrelation=0.6).estimate
    school, after = np.repeat(np.arange(32), 2), np.tile([0, 1], 32)
    group = (school < 16) * 1
    for _ in range(DRAWS):
        y = schools(rng, 32, 2, 0.15, 0.6, 60).ravel() + change * group * after
        found = two_groups(y, group, after, cluster=school)
        seen += not found.lower <= 0 <= found.upper
    assert seen / DRAWS == pytest.approx(0.8, abs=WITHIN)


@pytest.mark.slow
def test_staggered_adoption_sees_that_change_four_times_in_five() -> None:
    rng, seen = np.random.default_rng(32), 0
    change = staggered_power([30, 30], [3, 5], 40, 6, 60, icc=0.15, autocorrelation=0.6).estimate
    first = np.repeat(np.repeat([3, 5, 0], [30, 30, 40]), 6)
    unit, period = np.repeat(np.arange(100), 6), np.tile(np.arange(1, 7), 100)
    under = (first > 0) & (period >= first)
    for _ in range(DRAWS):
        found = staggered_adoption(
            schools(rng, 100, 6, 0.15, 0.6, 60).ravel() + change * under, unit, period, first
        )
        seen += not found.lower <= 0 <= found.upper
    assert seen / DRAWS == pytest.approx(0.8, abs=WITHIN)


@pytest.mark.slow
def test_a_series_shows_that_step_four_times_in_five() -> None:
    rng, seen = np.random.default_rng(33), 0
    change = series_power(120, 60, sd=1.0, autocorrelation=0.3).estimate
    for _ in range(DRAWS):
        noise = rng.normal(size=180)
        for at in range(1, 180):
            noise[at] = 0.3 * noise[at - 1] + np.sqrt(1 - 0.09) * noise[at]
        found = interrupted_rates(
            noise + 0.02 * np.arange(180) + change * (np.arange(180) >= 120), 120, errors="prais-winsten"
        )
        seen += not found.lower <= 0 <= found.upper
    assert seen / DRAWS == pytest.approx(0.8, abs=WITHIN)


@pytest.mark.slow
def test_one_treated_sees_that_fall_four_times_in_five() -> None:
    """Years vary by themselves by a fifth; the fall is the mean of what thirty panels before say, two dates each."""
    rng, seen = np.random.default_rng(34), 0
    size = rng.integers(800, 4000, 60) * 1.0

    def drawn(periods: int, fall: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        rate = 0.05 * np.exp(0.3 * rng.normal(size=60) + 0.15 * rng.normal(size=(periods, 60)))
        rate[14:, 0] *= 1 - fall
        return rng.poisson(rate * size), np.broadcast_to(size, (periods, 60))

    far = np.mean([np.log1p(-one_treated_power(*drawn(14), 0, 2, dates=2).estimate) for _ in range(30)])
    fall = float(-np.expm1(far))
    for _ in range(DRAWS):
        found = one_treated(*drawn(16, fall), 0, np.arange(16) < 14)
        seen += not found.lower <= 1 <= found.upper
    assert seen / DRAWS == pytest.approx(0.8, abs=WITHIN)
