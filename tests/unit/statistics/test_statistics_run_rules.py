from __future__ import annotations

import itertools
from math import factorial

import numpy as np
import pytest
from scipy import stats

from onroll.statistics import _run_chances as chance_of
from onroll.statistics.control_charts import ControlChart, u_chart, xmr_chart
from onroll.statistics.run_rules import ANHOEJ, RULES, USUAL, run_rules

SAME = 1e-12  # sums of the same fractions


def chart(value: list[float]) -> ControlChart:
    """A chart about 0 with limits at -3 and 3, frozen on a baseline made so: the points of interest follow."""
    start = [1.0, -1.0] * 6
    found = xmr_chart([*start, *value], rebase=[12], baseline=None)
    part = slice(12, None)
    size = len(value)
    return ControlChart(
        np.zeros(size), np.full(size, -3.0), np.full(size, 3.0), found.confidence, "xmr", found.value[part],
        found.position[part], np.zeros(size, dtype=np.intp), found.in_baseline[part], "",
    )  # fmt: skip


@pytest.mark.parametrize(("n", "k"), [*itertools.product(range(3, 8), [3, 4, 5])])
def test_the_chance_of_a_trend_is_that_of_all_orders(n: int, k: int) -> None:
    def trends(order: tuple[int, ...]) -> bool:
        steps = np.sign(np.diff(order))
        return any(abs(steps[i : i + k - 1].sum()) == k - 1 for i in range(n - k + 1))

    seen = sum(trends(order) for order in itertools.permutations(range(n))) / factorial(n)
    assert chance_of.one_way(n, k) == pytest.approx(seen, abs=SAME)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 11])
@pytest.mark.parametrize("k", [2, 3, 7])
def test_the_chance_of_a_shift_is_that_of_all_coins(n: int, k: int) -> None:
    runs = (
        any(len(set(c[i : i + k])) == 1 for i in range(n - k + 1)) for c in itertools.product("ab", repeat=n)
    )
    assert chance_of.one_side(n, k) == pytest.approx(sum(runs) / 2**n, abs=SAME)


@pytest.mark.parametrize("n", [2, 3, 4, 6])
def test_the_chance_of_two_of_three_is_that_of_all_places(n: int) -> None:
    far = 0.2
    weight = {"A": far, "a": 0.5 - far, "b": 0.5 - far, "B": far}

    def near(three: tuple[str, ...]) -> bool:
        same = all(c in "Aa" for c in three) or all(c in "Bb" for c in three)
        return same and sum(c in "AB" for c in three) >= 2

    seen = sum(
        np.prod([weight[c] for c in row])
        for row in itertools.product(weight, repeat=n)
        if any(near(row[i : i + 3]) for i in range(n - 2))
    )
    assert chance_of.two_of_three(n, far) == pytest.approx(float(seen), abs=SAME)


def test_anhoejs_limits_are_those_of_his_table() -> None:
    """Anhoej and Olesen 2014: 24 points, longest run 8, crossings 8; 12 points, 7 and 3; 10 points, 6 and 2."""
    assert [chance_of.longest_limit(n) for n in (10, 12, 24)] == [6, 7, 8]
    assert [chance_of.crossings_limit(n) for n in (10, 12, 24)] == [2, 3, 8]
    assert chance_of.few_crossings(24) == pytest.approx(stats.binom.cdf(7, 23, 0.5))


def test_a_shift_marks_all_points_of_the_run_and_one_short_of_it_none() -> None:
    found = run_rules(chart([-1.0, *[1.0] * 8, -1.0, *[-0.5] * 6, 1.0]), ["shift"])
    assert np.flatnonzero(found.signals[0]).tolist() == list(range(1, 9))
    assert np.flatnonzero(run_rules(chart([*[1.0] * 7, -1.0]), ["shift"]).signals).tolist() == []
    assert run_rules(chart([*[1.0] * 7, -1.0]), ["shift"], shift=7).signals[0].sum() == 7


def test_a_point_on_the_centre_ends_a_shift_but_anhoej_passes_over_it() -> None:
    values = [1.0, 1, 1, 1, 0, 1, 1, 1, 1, -1]
    assert not run_rules(chart(values), ["shift"], shift=6).signals.any()
    found = run_rules(chart([*values, -1, 1]), ["longest run"])  # eight of eleven useful: more than 6
    assert np.flatnonzero(found.signals[0]).tolist() == [0, 1, 2, 3, 5, 6, 7, 8]


def test_a_trend_is_six_points_each_beyond_the_last() -> None:
    found = run_rules(chart([0.0, -1, 0, 0.5, 1, 1.5, 2, 1]), ["trend"])
    assert np.flatnonzero(found.signals[0]).tolist() == [1, 2, 3, 4, 5, 6]
    assert not run_rules(chart([0.0, 1, 1, 2, 2.2, 2.4, 2.5]), ["trend"]).signals.any()


def test_two_of_three_are_marked_if_all_three_are_on_that_side() -> None:
    found = run_rules(chart([0.5, 2.5, 0.5, 2.2, -1, 2.5, -0.5, 2.5]), ["two of three"])
    assert np.flatnonzero(found.signals[0]).tolist() == [1, 3]


def test_points_beyond_are_marked_and_too_few_crossings_mark_all() -> None:
    assert np.flatnonzero(run_rules(chart([0.0, 3.5, 3.0, -4]), ["beyond"]).signals[0]).tolist() == [1, 3]
    assert run_rules(chart([1.0] * 6 + [-1.0] * 6), ["crossings"]).signals.all()
    assert not run_rules(chart([1.0, -1.0] * 6), ["crossings"]).signals.any()


def test_each_segment_is_looked_at_by_itself_and_many_charts_at_once() -> None:
    rng = np.random.default_rng(4)
    counted = rng.poisson(20, (5, 30))
    many = run_rules(u_chart(counted, 1.0, rebase=[14]), RULES)
    one = run_rules(u_chart(counted[3], 1.0, rebase=[14]), RULES)
    np.testing.assert_array_equal(many.signals[3], one.signals)
    parts = [chance_of.one_side(n, 8) for n in (14, 16)]
    assert one.chance[1] == pytest.approx(1 - (1 - parts[0]) * (1 - parts[1]))
    assert one.lower <= one.estimate <= one.upper


@pytest.mark.slow
def test_steady_series_are_marked_as_often_as_said() -> None:
    """Seed 11: forty thousand normal series of 24 points about a known centre."""
    rng = np.random.default_rng(11)
    value = rng.normal(0, 1, (40_000, 24))
    shape = value.shape
    known = ControlChart(
        np.zeros(shape), np.full(shape, -3.0), np.full(shape, 3.0), 0.9973002039367398, "known", value,
        np.zeros(shape, dtype=np.int8), np.zeros(24, dtype=np.intp), np.ones(24, dtype=np.bool_), "",
    )  # fmt: skip
    found = run_rules(known, RULES)
    seen = found.signals.any(-1).mean(0)
    np.testing.assert_allclose(seen, found.chance, atol=4 * 0.5 / 200)
    np.testing.assert_allclose(seen, found.chance, rtol=0.1)
    four = run_rules(known, USUAL)
    assert four.lower <= four.signals.any((-1, -2)).mean() <= four.upper


@pytest.mark.parametrize(
    ("rules", "kind", "message"),
    [
        (["zone"], {}, "rules is 'zone'; choose one of beyond"),
        ([], {}, "name one or more, each once"),
        (["shift", "shift"], {}, "name one or more, each once"),
        (["shift"], {"shift": 1}, "shift is 1; give a whole number of 2"),
        (["trend"], {"trend": 2.5}, "trend is 2.5; give a whole number of 3"),
    ],
)
def test_what_cannot_be_is_refused_in_words(rules: list[str], kind: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run_rules(chart([1.0, 2.0, 0.5]), rules, **kind)


def test_anhoejs_two_go_without_limits() -> None:
    assert set(ANHOEJ).isdisjoint(USUAL)
    assert set(ANHOEJ) < set(RULES)
