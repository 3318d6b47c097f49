"""Ranked changes: what must hold whatever the changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.statistics.beyond_trend import beyond_trend
from onroll.statistics.ranked_change import ranked_change
from onroll.statistics.ranked_power import planted_power

NEAR = 1e-9
changes = st.lists(st.floats(-3, 3).map(lambda value: round(value, 6)), min_size=25, max_size=60).filter(
    lambda drawn: np.ptp(drawn[1:]) > 0.1
)


@given(changes, st.floats(0.1, 10))
def test_the_unit_of_the_change_is_nothing(drawn: list[float], times: float) -> None:
    noise = np.linspace(0.5, 2.0, len(drawn))
    one, scaled = ranked_change(drawn, noise, 0), ranked_change(np.array(drawn) * times, noise, 0)
    assert scaled.estimate == pytest.approx(one.estimate * times, rel=NEAR, abs=NEAR)
    assert scaled.reach == pytest.approx(one.reach * times, rel=1e-6, abs=NEAR)


@given(changes)
def test_the_interval_leaves_nothing_out_where_the_rank_does_not(drawn: list[float]) -> None:
    found = ranked_change(drawn, np.ones(len(drawn)), 0, confidence=0.9)
    if found.p_value <= 0.1 - NEAR:
        assert found.lower >= -NEAR or found.upper <= NEAR
    if found.lower > NEAR or found.upper < -NEAR:
        assert found.p_value <= 0.1 + NEAR


@given(changes)
def test_the_sign_turned_turns_all(drawn: list[float]) -> None:
    one, other = (ranked_change(np.array(drawn) * way, np.ones(len(drawn)), 0) for way in (1, -1))
    assert (other.lower, other.upper, other.p_value) == pytest.approx((-one.upper, -one.lower, one.p_value))
    up, down = (planted_power(found.score[1:], 1.0) for found in (one, other))
    assert (down.lower, down.upper) == pytest.approx((-up.upper, -up.lower))


@given(changes)
def test_more_power_asks_for_a_larger_change(drawn: list[float]) -> None:
    score = ranked_change(drawn, np.ones(len(drawn)), 0).score[1:]
    assert planted_power(score, 1.0, power=0.9).upper >= planted_power(score, 1.0, power=0.6).upper


@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(-5, 5))
def test_a_line_of_ones_own_is_taken_away(seed: int, level: float, slope: float) -> None:
    table = np.random.default_rng(seed).normal(size=(8, 5))
    bent = table.copy()
    bent[:, 1] += level + slope * np.arange(8)
    pre = np.arange(8) < 5
    assert beyond_trend(bent, 1, pre) == pytest.approx(beyond_trend(table, 1, pre), abs=1e-8)
