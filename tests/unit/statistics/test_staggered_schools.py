"""Few units that begin at different times: how they stood, what would be seen, unit by unit, and the trend before."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from onroll.statistics.adoption_before import adoption_before
from onroll.statistics.adoption_permutation import adoption_permutation
from onroll.statistics.adoption_power import adoption_power
from onroll.statistics.event_study import event_study
from onroll.statistics.meta_analysis import meta_analysis
from onroll.statistics.trend_before import trend_before
from onroll.statistics.unit_changes import unit_changes, unit_differences

SAME = 1e-9  # sums of the same numbers in another order
UNITS, PERIODS = 14, 7
DATES = np.array([4.0] * 4 + [5.0] * 3 + [6.0] * 2 + [np.inf] * 5)
Array = np.ndarray[Any, Any]


def panel(seed: int, drift: float = 0.3) -> Array:
    rng = np.random.default_rng(seed)
    return np.asarray(
        rng.normal(6, 2, (UNITS, 1)) + drift * rng.normal(size=(UNITS, PERIODS)).cumsum(axis=1)
        + rng.normal(size=(UNITS, PERIODS))
    )  # fmt: skip


def by_hand(table: Array, first: Array) -> float:
    """Heights of units that begin less the mean height of those that have not, averaged over those that begin."""
    apart = []
    for unit, begun in enumerate(first):
        if np.isfinite(begun):
            at = int(begun)
            height = table[:, at - 1] - table[:, : at - 1].mean(axis=1)
            apart.append(height[unit] - height[first > begun].mean())
    return float(np.mean(apart))


def test_height_and_its_rank_are_those_of_all_dates() -> None:
    table, first = panel(1)[:6, :5], np.array([3.0, 3.0, 4.0, np.inf, np.inf, np.inf])
    found = adoption_before(table, first, shuffles=9999)
    assert found.estimate == pytest.approx(by_hand(table, first), abs=SAME)
    every = np.array([by_hand(table, np.array(order)) for order in set(permutations(first.tolist()))])
    share = float((np.abs(every) >= abs(found.estimate) - SAME).mean())
    assert found.p_value == pytest.approx(share, abs=0.02)  # four errors of 9,999 shuffles


def test_units_that_stood_high_or_are_of_another_level_are_told() -> None:
    table = panel(2)
    calm = adoption_before(table, DATES)
    assert calm.lower <= 0 <= calm.upper
    high = table.copy()
    for unit, begun in enumerate(DATES):
        if np.isfinite(begun):
            high[unit, int(begun) - 1] += 5.0
    stood = adoption_before(high, DATES)
    assert stood.lower > 0
    assert stood.p_value < 0.05
    level = adoption_before(table + 9.0 * np.isfinite(DATES)[:, None], DATES, standing="level")
    assert level.lower > 0
    assert adoption_before(table + 9.0 * np.isfinite(DATES)[:, None], DATES).estimate == pytest.approx(
        calm.estimate, abs=1e-6
    )


def test_who_began_at_once_stood_nowhere() -> None:
    with pytest.raises(ValueError, match="nobody stood anywhere"):
        adoption_before(panel(3), np.where(np.arange(UNITS) < 5, 1.0, np.inf))


@pytest.mark.slow
def test_what_is_said_to_be_seen_is_seen_so_often() -> None:
    """Falls of that size, planted at dates dealt out in fresh panels, stand out in eight of ten."""
    seen, rng = [], np.random.default_rng(8)
    for run in range(150):
        table, first = panel(100 + run), rng.permutation(DATES)
        fall = adoption_power(table, first, planted=60, shuffles=199, seed=run).estimate
        dealt = rng.permutation(DATES)
        under = np.arange(PERIODS)[None, :] >= dealt[:, None]
        seen.append(adoption_permutation(table - fall * under, dealt, shuffles=199, seed=run).p_value <= 0.05)
    assert 0.68 <= np.mean(seen) <= 0.90  # 0.8 of 150, and 60 planted


def test_what_would_be_seen_does_not_follow_from_what_was_found() -> None:
    under = np.arange(PERIODS)[None, :] >= DATES[:, None]
    calm, moved = (adoption_power(panel(4) + change * under, DATES, planted=50) for change in (0.0, -8.0))
    assert moved.estimate == pytest.approx(calm.estimate, rel=1e-6)
    assert calm.upper == calm.estimate == -calm.lower


def test_more_power_or_confidence_asks_for_more() -> None:
    table = panel(5)
    usual = adoption_power(table, DATES).estimate
    assert adoption_power(table, DATES, power=0.95).estimate > usual
    assert adoption_power(table, DATES, confidence=0.8).estimate < usual


def test_too_few_ways_to_deal_show_nothing() -> None:
    found = adoption_power(panel(6)[:4], np.array([4.0, np.inf, np.inf, np.inf]))
    assert np.isinf(found.estimate)
    assert "no change of any size" in found.note


def test_changes_unit_by_unit_average_to_the_change_with_treatment() -> None:
    """Where all begin at once: each unit weighs the same in both."""
    table, first = panel(7), np.where(np.arange(UNITS) < 6, 4.0, np.inf)
    own = unit_changes(table, first)
    assert own.unit.tolist() == list(range(6))
    assert own.estimate.mean() == pytest.approx(
        adoption_permutation(table, first, shuffles=99).estimate, abs=SAME
    )
    assert (own.error > 0).all()


def test_a_unit_of_twice_the_scale_has_the_larger_error() -> None:
    scale = np.where(np.arange(UNITS) == 0, 2.0, 1.0)
    own = unit_changes(panel(7), DATES, scale=scale)
    assert own.error[0] > 1.5 * own.error[1]


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 0.4])
def test_units_that_do_not_differ_are_seldom_said_to(drift: float) -> None:
    rare = []
    for seed in range(300):
        own = unit_changes(panel(1000 + seed, drift), DATES)
        alone = np.sqrt(own.error**2 - own.shared_error**2)
        rare.append(meta_analysis(own.estimate, alone).q_p_value <= 0.05)
    assert np.mean(rare) <= 0.09  # 5% of 300, errors estimated


def test_bad_scale_and_still_units_are_refused() -> None:
    with pytest.raises(ValueError, match="scale has shape"):
        unit_changes(panel(7), DATES, scale=[1.0, 2.0])
    with pytest.raises(ValueError, match="do not move at all"):
        unit_changes(np.ones((UNITS, PERIODS)), DATES)


def test_the_trend_before_is_the_event_studys() -> None:
    table = panel(9)
    first = np.where(np.arange(UNITS) < 7, 4.0, np.inf)
    study = event_study(
        table.ravel(), np.repeat(np.arange(UNITS), PERIODS), np.tile(np.arange(PERIODS), UNITS), np.repeat(first, PERIODS)
    )  # fmt: skip
    found = trend_before(study.effects, study.covariance, study.relative, UNITS)
    assert found.statistic == pytest.approx(study.pre_trend.statistic, rel=1e-9)
    assert found.p_value == pytest.approx(study.pre_trend.p_value, rel=1e-9)
    assert found.detectable == pytest.approx(study.pre_trend.detectable_slope, rel=1e-9)
    assert found.lower <= found.estimate <= found.upper


def test_a_straight_trend_is_given_back() -> None:
    at = np.array([-4, -3, -2, 0, 1])
    found = trend_before(0.5 * (at + 1.0), 0.01 * np.eye(5), at, 60)
    assert found.estimate == pytest.approx(0.5)
    assert found.bias == pytest.approx(1.5 * found.detectable)


def test_without_a_period_before_there_is_no_test() -> None:
    found = trend_before([1.0, 2.0], np.eye(2), [0, 1], 60)
    assert found.p_value == 1.0
    assert np.isnan(found.estimate)
    assert found.note


def test_what_changes_share_is_that_of_those_they_are_set_beside() -> None:
    """All begin at once, units alike: the covariance of two changes is the variance of the mean of the others."""
    first = np.where(np.arange(UNITS) < 6, 6.0, np.inf)
    own = unit_changes(panel(7), first)
    one = 2.0 * (own.at_once + own.per_period)  # of a difference of two neighbouring periods
    assert own.error == pytest.approx(np.full(6, np.sqrt(one * (1 + 1 / 8))), rel=1e-9)
    assert own.shared_error == pytest.approx(np.sqrt(one / 8), rel=1e-9)


def test_a_shared_error_widens_the_limits_and_leaves_the_spread() -> None:
    y, s = [0.1, 0.5, 0.9, 0.3, 1.4], [0.2, 0.1, 0.2, 0.1, 0.3]
    alone, shared = meta_analysis(y, s), meta_analysis(y, s, shared_error=0.5)
    assert shared.error**2 == pytest.approx(alone.error**2 + 0.25)
    assert (shared.estimate, shared.spread, shared.q) == (alone.estimate, alone.spread, alone.q)
    assert shared.predicted_upper > alone.predicted_upper


@pytest.mark.slow
def test_the_mean_over_units_is_held_as_often_as_it_says() -> None:
    """Nothing was done, five units are left to compare with: within what 400 studies allow."""
    held = []
    for seed in range(400):
        own = unit_changes(panel(5000 + seed, 0.0), DATES)
        alone = np.sqrt(own.error**2 - own.shared_error**2)
        found = meta_analysis(own.estimate, alone, shared_error=own.shared_error)
        held.append(found.lower <= 0 <= found.upper)
    assert 0.91 <= np.mean(held) <= 0.99


def test_units_that_differ_are_ranked_as_all_dates_rank_them() -> None:
    """Five units, two begin: every way of dealing the dates by hand, with the mean taken out."""
    table, first = panel(8)[:6], np.array([3.0, 3.0, 5.0, np.inf, np.inf, np.inf])
    table[0, 3:] -= 3.0
    found = unit_differences(table, first, shuffles=9999)
    still = table - found.estimate * (np.arange(PERIODS)[None, :] >= first[:, None])
    squares = [_apart(still, np.array(deal)) for deal in sorted(set(permutations(first.tolist())))]
    every = np.mean(np.array(squares) >= _apart(still, first) * (1 - 1e-9))
    assert found.p_value == pytest.approx(every, abs=0.02)  # shuffles of 60 ways
    assert found.treated == 3


def _apart(table: np.ndarray, first: np.ndarray) -> float:
    """Mean square of own changes about their mean, unit by unit and period by period."""
    own = []
    for unit in np.flatnonzero(np.isfinite(first)):
        start = int(first[unit])
        seen = [at for at in range(start, PERIODS) if (first > at).any()]
        steps = [
            table[unit, at]
            - table[unit, start - 1]
            - np.mean((table[:, at] - table[:, start - 1])[first > at])
            for at in seen
        ]
        own.append(np.mean(steps))
    return float(np.var(own))


def test_the_mean_over_units_is_that_of_their_own_changes() -> None:
    table = panel(7)
    own = unit_changes(table, DATES)
    found = unit_differences(table, DATES, shuffles=199)
    assert found.estimate == pytest.approx(own.estimate.mean(), abs=SAME)
    assert found.lower < found.estimate < found.upper
    assert found.treated == own.unit.size
    with pytest.raises(ValueError, match="scale has shape"):
        unit_differences(table, DATES, scale=[1.0, 2.0])


def test_a_change_as_the_pattern_says_is_no_difference_and_without_the_pattern_it_is_one() -> None:
    pattern = np.broadcast_to(np.where(np.arange(UNITS) % 3 == 0, 30.0, 10.0)[:, None], (UNITS, PERIODS))
    change = pattern * (np.arange(PERIODS)[None, :] >= DATES[:, None])
    with_it, without = (
        [
            unit_differences(panel(300 + at) - change, DATES, shuffles=399, pattern=one).p_value
            for at in range(40)
        ]
        for one in (pattern, 1.0)
    )
    assert np.mean(np.array(with_it) <= 0.05) <= 0.15  # 5% of forty, and three standard errors
    assert np.mean(np.array(without) <= 0.05) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 0.4])
def test_units_that_wander_otherwise_are_seldom_said_to_differ_and_their_mean_is_held(drift: float) -> None:
    """Units that stray by up to eight times as far as others, and drift: what an error the same for all cannot know."""
    rare, held, stray = [], [], np.exp(np.linspace(-1.0, 1.0, UNITS))[:, None]
    for seed in range(400):
        order = np.random.default_rng(seed).permutation(UNITS)
        found = unit_differences(panel(7000 + seed, drift) * stray[order], DATES, shuffles=399, seed=seed)
        rare.append(found.p_value <= 0.05)
        held.append(found.lower <= 0 <= found.upper)
    assert np.mean(rare) <= 0.08  # 5% of 400, and three standard errors
    assert np.mean(held) >= 0.92
