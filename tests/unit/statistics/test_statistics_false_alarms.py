from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.control_charts import ControlChart, xmr_chart
from onroll.statistics.false_alarms import alarm_budget, for_short_baseline
from onroll.statistics.run_rules import run_rules
from onroll.statistics.watch_limits import count_limits, watch_limits

SCHOOLS, GROUPS, MONTHS = 60, 12, 36


def test_one_chart_of_one_point_is_the_usual_test() -> None:
    found = alarm_budget(1, 1, budget=0.05, rules=["beyond"])
    assert found.z == pytest.approx(stats.norm.isf(0.025))
    assert found.confidence == pytest.approx(0.95)
    assert (found.shift, found.trend) == (0, 0)


def test_a_series_too_short_for_a_run_gets_a_length_it_cannot_reach() -> None:
    found = alarm_budget(1, 1)
    assert found.shift > 1
    assert found.trend > 1
    assert found.alarms <= 1.0


def test_more_charts_need_wider_limits_and_longer_runs() -> None:
    few, many = alarm_budget(10, MONTHS), alarm_budget(1000, MONTHS)
    assert many.z > few.z
    assert many.shift > few.shift
    assert many.alarms <= 1.0
    assert many.lower <= many.estimate <= many.upper


def test_the_chance_of_any_keeps_within_its_budget() -> None:
    found = alarm_budget(200, 24, budget=0.1, measure="any")
    assert found.upper <= 0.1
    assert found.upper > 0.03


@pytest.mark.parametrize("total", [None, 400])
def test_exact_alarms_are_those_of_adding_up_all_outcomes(total: int | None) -> None:
    mean = np.array([0.3, 2.0, 11.0, 60.0])
    found = count_limits(mean, total=total, budget=0.2)
    law = [stats.poisson(m) if total is None else stats.binom(total, m / total) for m in mean]
    every = np.arange(400)
    outside = [
        1 - one.pmf(every[(every >= a) & (every <= b)]).sum()
        for one, a, b in zip(law, found.lower, found.upper, strict=True)
    ]
    assert found.alarms == pytest.approx(sum(outside), rel=1e-6)
    assert found.any_alarm == pytest.approx(1 - np.prod(1 - np.array(outside)), rel=1e-6)
    assert found.alarms <= 0.2


def test_the_common_tail_could_not_be_larger() -> None:
    """A tail two thousandths larger would break the budget, or change no limit."""
    mean = np.linspace(0.5, 40, 200)
    found = count_limits(mean, budget=1.0)
    tail = (1 - found.confidence) / 2 * 1.002
    upper = stats.poisson.isf(tail * (1 + 1e-9), mean)
    lower = stats.poisson.ppf(tail * (1 + 1e-9), mean)
    alarms = (stats.poisson.sf(upper, mean) + stats.poisson.cdf(lower - 1, mean)).sum()
    assert alarms > 1.0 or (np.array_equal(upper, found.upper) and np.array_equal(lower, found.lower))


def test_a_baseline_gives_limits_of_the_binomial_given_the_sum() -> None:
    found = watch_limits(40, 24.0, 1.0, budget=0.05)
    every = np.arange(80)
    above = stats.binom.sf(every - 1, every + 40, 1 / 25) <= 0.025
    assert found.upper == every[above].min() - 1
    assert found.lower == 0


def test_a_baseline_without_an_event_still_has_a_limit() -> None:
    found = watch_limits(0, 12.0, 1.0, budget=0.01)
    assert found.lower == 0
    assert (
        stats.binom.sf(found.upper, found.upper + 1, 1 / 13)
        <= 0.005
        < stats.binom.sf(found.upper - 1, found.upper, 1 / 13)
    )


def test_the_watch_takes_a_baseline_a_chart_and_many_points() -> None:
    found = watch_limits([[3], [40]], 24, np.ones(6), budget=1.0)
    assert found.upper.shape == (2, 6)
    assert found.alarms == pytest.approx(1.0)


@pytest.mark.slow
def test_the_budget_holds_for_counts_whose_level_is_known() -> None:
    """Seed 21: 720 charts of 36 months, levels from a tenth of an event to thirty; one alarm a run at most."""
    rng = np.random.default_rng(21)
    mean = np.exp(rng.uniform(np.log(0.1), np.log(30), (SCHOOLS * GROUPS, 1))) * np.ones(MONTHS)
    found = count_limits(mean, budget=1.0)
    alarms = [((x < found.lower) | (x > found.upper)).sum() for x in (rng.poisson(mean) for _ in range(2000))]
    error = np.std(alarms) / np.sqrt(2000)
    assert np.mean(alarms) <= 1.0 + 3 * error
    assert np.mean(alarms) == pytest.approx(found.alarms, abs=4 * error)
    assert found.alarms > 0.98  # what small counts cannot use, others get


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.2, 2.0, 20.0])
def test_the_budget_holds_where_the_level_rests_on_a_baseline(level: float) -> None:
    """Seed 22: limits from 24 months before, 720 charts of 36 months; a known-level rule would not hold."""
    rng = np.random.default_rng(22)
    alarms, naive = [], []
    for _ in range(60):
        before = rng.poisson(24 * level, (SCHOOLS * GROUPS, 1))
        seen = rng.poisson(level, (SCHOOLS * GROUPS, MONTHS))
        found = watch_limits(before, 24.0, np.ones(MONTHS), budget=5.0)
        alarms.append(((seen < found.lower) | (seen > found.upper)).sum())
        taken = count_limits(np.maximum(before, 0.5) / 24 * np.ones(MONTHS), budget=5.0)
        naive.append(((seen < taken.lower) | (seen > taken.upper)).sum())
    assert np.mean(alarms) <= 5.0 + 3 * np.std(alarms) / np.sqrt(60)
    assert np.mean(naive) > 6.0


@pytest.mark.slow
def test_the_budget_of_all_three_rules_holds_for_normal_points() -> None:
    """Seed 23: limits and run lengths of the family, 300 times 720 steady charts of 36 points."""
    rng = np.random.default_rng(23)
    family = alarm_budget(SCHOOLS * GROUPS, MONTHS, budget=1.0)
    shape = (300 * SCHOOLS * GROUPS, MONTHS)
    value = rng.normal(0, 1, shape)
    edge = np.full(shape, family.z)
    chart = ControlChart(
        np.zeros(shape), -edge, edge, family.confidence, "known", value, np.zeros(shape, dtype=np.int8),
        np.zeros(MONTHS, dtype=np.intp), np.ones(MONTHS, dtype=np.bool_), "",
    )  # fmt: skip
    found = run_rules(chart, ["beyond", "shift", "trend"], shift=family.shift, trend=family.trend)
    marked = found.signals.any(-1).sum() / 300
    assert marked <= 1.0 + 3 * np.sqrt(1.0 / 300)
    assert marked == pytest.approx(family.alarms, abs=4 * np.sqrt(1.0 / 300))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: alarm_budget(0, 3), "charts is 0"),
        (lambda: alarm_budget(3, -2), "points is -2"),
        (lambda: alarm_budget(3, 2, budget=0), "budget is 0"),
        (lambda: alarm_budget(3, 2, budget=1.0, measure="any"), "a chance of any alarm is below 1"),
        (lambda: alarm_budget(3, 2, rules=["crossings"]), "rules is 'crossings'"),
        (lambda: alarm_budget(3, 2, rules=[]), "name one or more"),
        (lambda: count_limits([0.0]), r"expected\[0\] is 0"),
        (lambda: count_limits([5.0], total=4), r"expected\[0\] is 5; give less than the total"),
        (lambda: watch_limits(-1, 1, 1), "baseline_events is -1"),
        (lambda: watch_limits(1, 1, 0), "exposure is 0"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


@pytest.mark.parametrize(("points", "confidence"), [(9, 0.95), (9, 0.9956), (13, 0.989), (30, 0.99)])
def test_a_short_baseline_keeps_what_is_wanted_of_the_next_point(points: int, confidence: float) -> None:
    rng = np.random.default_rng(points)
    drawn = rng.standard_normal((100_000, points + 1))
    asked = for_short_baseline(confidence, points)
    chart = xmr_chart(drawn, baseline=points, screened=False, confidence=asked)
    kept = float(np.mean(chart.position[:, -1] == 0))
    # the chi of the moving range is an approximation on the safe side; a standard error of the simulation is 0.0007
    assert confidence - 0.001 <= kept <= confidence + 0.6 * (1 - confidence)


def test_the_longer_the_baseline_the_less_is_added_and_too_short_is_refused() -> None:
    asked = [for_short_baseline(0.99, points) for points in (3, 9, 30, 1000)]
    assert asked == sorted(asked, reverse=True)
    assert 0.99 < asked[-1] < 0.9905
    assert for_short_baseline(0.999999, 3) < 1
    for points in (2, 4.5):
        with pytest.raises(ValueError, match="points is"):
            for_short_baseline(0.95, points)  # type: ignore[arg-type]
