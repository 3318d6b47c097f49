"""Ranks of a change among those of others: edges and messages."""

import numpy as np
import pytest

from onroll.statistics.beyond_trend import beyond_trend
from onroll.statistics.known_share import may_be_within
from onroll.statistics.one_treated_years import one_treated_years
from onroll.statistics.ranked_change import chance_variance, ranked_change
from onroll.statistics.ranked_power import formula_power, planted_power

CHANGE = np.append(-2.0, np.linspace(-1.0, 1.0, 39))
YEARS = [True] * 4 + [False] * 2


def panel(units: int = 40) -> np.ndarray:
    year, unit = np.arange(6)[:, None], np.arange(units)[None, :]
    return 100 + 10 * ((3 * year + 7 * unit + year * unit) % 5)


def test_nobody_moved_as_far() -> None:
    found = ranked_change(CHANGE, np.ones(40), 0)
    assert (found.share_others, found.p_value, found.expected) == (0.0, 1 / 40, 0.0)
    assert found.upper < 0


def test_the_same_height_for_all_takes_the_others_mean_away() -> None:
    moved = ranked_change(CHANGE + 0.5, np.ones(40), 0, height=np.zeros(40))
    assert moved.expected == pytest.approx(0.5)
    assert moved.estimate == pytest.approx(-2.0)


def test_too_few_others_for_the_level_have_no_limits() -> None:
    found = ranked_change(np.linspace(-1.0, 1.0, 12), np.ones(12), 0, confidence=0.95)
    assert np.isinf(found.reach)
    assert "no change, however large" in planted_power(found.score[1:], 1.0).note
    assert np.isinf(formula_power(found.score[1:], 1.0).estimate)


@pytest.mark.parametrize(
    ("said", "change", "noise", "treated", "height"),
    [
        ("shapes", CHANGE, np.ones(39), 0, None),
        ("shapes", CHANGE, np.ones(40), 0, np.ones(3)),
        ("give 10 or more", CHANGE[:9], np.ones(9), 0, None),
        ("treated is 40", CHANGE, np.ones(40), 40, None),
        (r"noise\[0\] is 0", CHANGE, np.append(0.0, np.ones(39)), 0, None),
        ("no other unit changed", np.append(1.0, np.zeros(39)), np.ones(40), 0, None),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    said: str, change: object, noise: object, treated: int, height: object
) -> None:
    with pytest.raises(ValueError, match=said):
        ranked_change(change, noise, treated, height=height)  # type: ignore[arg-type]


def test_a_unit_without_events_has_a_variance() -> None:
    events = np.array([[0.0, 5.0], [0.0, 5.0]])
    assert np.isfinite(chance_variance(events, np.full((2, 2), 100.0), np.array([True, False]))).all()


@pytest.mark.parametrize(
    ("said", "score", "spread"), [("9 or more", [1.0] * 8, 1.0), ("spread", [1.0] * 20, 0.0)]
)
def test_power_is_refused_for_too_few_or_no_spread(said: str, score: list[float], spread: float) -> None:
    with pytest.raises(ValueError, match=said):
        planted_power(score, spread)


def test_a_line_needs_three_periods_and_rising_times() -> None:
    table = panel()[:, :5].astype(float)
    with pytest.raises(ValueError, match="three or more"):
        beyond_trend(table, 0, [True, True, False, False, False, False])
    with pytest.raises(ValueError, match="each later than the last"):
        beyond_trend(table, 0, YEARS, at=[0, 1, 1, 2, 3, 4])


def test_years_need_times_that_rise_and_events_of_others() -> None:
    with pytest.raises(ValueError, match="each later than the last"):
        one_treated_years(panel(), np.full((6, 40), 1000.0), 0, YEARS, at=[5, 4, 3, 2, 1, 0])
    alone = panel()
    alone[2] = 0
    alone[2, 7] = 4
    with pytest.raises(ValueError, match="events in one unit only"):
        one_treated_years(alone, np.full((6, 40), 1000.0), 0, YEARS)


def test_one_year_before_leaves_nothing_to_test() -> None:
    found = one_treated_years(panel()[3:], np.full((3, 40), 1000.0), 0, [True, False, False])
    assert "nothing to test" in found.pre_trend.note
    assert found.effects.shape == (2,)


def test_a_promise_is_broken_only_beyond_chance() -> None:
    assert may_be_within(0.06, 100, 0.0, 0.05)
    assert not may_be_within(0.30, 100, 0.0, 0.05)
