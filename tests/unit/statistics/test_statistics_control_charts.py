from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.control_charts import THREE_SIGMA, p_chart, u_chart, xmr_chart
from onroll.statistics.rare_event_charts import g_chart, t_chart

PRINTED = 5e-5  # limits printed to four decimals
CANS = [
    12,
    15,
    8,
    10,
    4,
    7,
    16,
    9,
    14,
    10,
    5,
    6,
    17,
    12,
    22,
    8,
    10,
    5,
    13,
    11,
    20,
    18,
    24,
    15,
    9,
    12,
    7,
    13,
    9,
    6,
]
"""Montgomery, Introduction to Statistical Quality Control, 7.2: cans that leak in samples of fifty."""


def test_p_limits_are_montgomerys() -> None:
    """He prints 0.2313, 0.0524, 0.4102; without samples 15 and 23: 0.2150, 0.0407, 0.3893."""
    chart = p_chart(CANS, 50)
    printed = [chart.estimate[0], chart.lower[0], chart.upper[0]]
    np.testing.assert_allclose(printed, [0.2313, 0.0524, 0.4102], atol=PRINTED)
    assert np.flatnonzero(chart.position).tolist() == [14, 22]
    without = p_chart(np.delete(CANS, [14, 22]), 50)
    np.testing.assert_allclose(
        [without.estimate[0], without.lower[0], without.upper[0]], [0.2150, 0.0407, 0.3893], atol=PRINTED
    )


def test_u_limits_of_equal_exposure_are_montgomerys_c_chart() -> None:
    """516 in 26 samples: 19.85, limits 6.48 and 33.22; he takes 3 times the root of 19.85."""
    counted = np.full(26, 20)
    counted[:4] = 19
    chart = u_chart(counted, 1.0)
    np.testing.assert_allclose(
        [chart.estimate[0], chart.lower[0], chart.upper[0]], [19.85, 6.48, 33.22], atol=1e-2
    )


def test_limits_in_full_by_hand() -> None:
    """Mean 12, moving ranges 2, 4, 2 with mean 8/3: 12 -+ 2.66 * 8/3."""
    chart = xmr_chart([12, 14, 10, 12])
    assert chart.upper[0] == pytest.approx(12 + 2.66 * 8 / 3)
    assert chart.lower[3] == pytest.approx(12 - 2.66 * 8 / 3)


def test_limits_are_frozen_on_the_baseline_and_begin_anew_where_told() -> None:
    series = [5.0, 6, 5, 6, 9, 9, 20, 21, 20, 21]
    chart = xmr_chart(series, rebase=[6], baseline=4)
    assert np.unique(chart.estimate[:6]).tolist() == [5.5]
    assert np.unique(chart.estimate[6:]).tolist() == [20.5]
    assert chart.in_baseline.tolist() == [True] * 4 + [False] * 2 + [True] * 4
    assert chart.segment.tolist() == [0] * 6 + [1] * 4
    assert chart.position.tolist() == [0] * 4 + [1, 1] + [0] * 4
    assert "limits rest on 4 points" in str(chart.note)


def test_many_charts_are_each_as_if_alone() -> None:
    rng = np.random.default_rng(2)
    x, n = rng.poisson(9, (3, 4, 15)), rng.integers(50, 90, (3, 4, 15))
    for limits in ("sigma", "exact", "laney"):
        many = u_chart(x, n, limits=limits, baseline=12)
        one = u_chart(x[1, 2], n[1, 2], limits=limits, baseline=12)
        np.testing.assert_array_equal(many.upper[1, 2], one.upper)
        assert np.shape(many.note) == (3, 4)


def test_laneys_limits_of_huge_totals_are_those_of_single_figures() -> None:
    """Laney 2002: with totals so large that the binomial scatters no more, P' is the XmR of the proportions."""
    rng = np.random.default_rng(5)
    n = np.full(24, 10_000_000)
    x = np.rint(n * rng.normal(0.2, 0.01, 24))
    laney, single = p_chart(x, n, limits="laney"), xmr_chart(x / n, screened=False)
    np.testing.assert_allclose(laney.upper, single.upper, rtol=2e-4)  # 3 / 1.128 is 2.6596, not 2.66
    assert np.abs(p_chart(x, n).position).mean() > 0.8


def test_laneys_limits_of_plain_binomials_are_about_the_binomials() -> None:
    rng = np.random.default_rng(6)
    x = rng.binomial(400, 0.2, 2000)
    ratio = (p_chart(x, 400, limits="laney").upper[0] - 0.2) / (p_chart(x, 400).upper[0] - 0.2)
    assert ratio == pytest.approx(1.0, rel=0.05)


def test_exact_limits_of_a_chart_are_tails_of_the_poisson() -> None:
    chart = u_chart([2, 1, 0, 3, 2, 1, 0, 2, 1, 3, 2, 1], 1.0, limits="exact")
    mean, tail = 1.5, (1 - THREE_SIGMA) / 2
    assert stats.poisson.sf(chart.upper[0], mean) <= tail < stats.poisson.sf(chart.upper[0] - 1, mean)
    assert chart.lower[0] == 0
    assert chart.note == ""


def test_few_events_are_said() -> None:
    few = u_chart([2, 1, 0, 3, 2, 1, 0, 2, 1, 3, 2, 1], 1.0)
    assert "fewer than 5 events expected a point" in str(few.note)
    none = p_chart(np.zeros(12), 40)
    assert "no event where the limits rest" in str(none.note)
    assert none.upper.tolist() == [0.0] * 12


def test_points_all_alike_are_said() -> None:
    chart = xmr_chart(np.full(12, 3.0))
    assert chart.position.tolist() == [0] * 12
    assert "alike" in str(chart.note)


def test_no_limit_below_what_cannot_be() -> None:
    assert xmr_chart([0, 5, 0, 5]).lower[0] < 0
    assert xmr_chart([0, 5, 0, 5], lowest=0).lower[0] == 0


def test_g_limits_are_tails_of_the_geometric() -> None:
    chart = g_chart([20, 35, 12, 60, 8, 41])
    p, tail = 1 / (1 + 176 / 6), (1 - THREE_SIGMA) / 2
    top = chart.upper[0]
    assert stats.geom.sf(top + 1, p) <= tail < stats.geom.sf(top, p)  # scipy counts the event too
    sigma = g_chart([20, 35, 12, 60, 8, 41], limits="sigma")
    assert sigma.upper[0] == pytest.approx(176 / 6 + 3 * stats.geom.std(p))


def test_t_limits_are_those_of_the_power_brought_back() -> None:
    times = np.array([3.0, 8, 1, 15, 6, 2, 9, 4])
    single = xmr_chart(times ** (1 / 3.6), screened=False)
    chart = t_chart(times)
    np.testing.assert_allclose(chart.upper, single.upper**3.6, rtol=2e-3)  # 2.66 for 3 / 1.128
    exact = t_chart(times, limits="exact")
    assert exact.upper[0] == pytest.approx(stats.expon.isf((1 - THREE_SIGMA) / 2, scale=6))
    assert exact.lower[0] == pytest.approx(stats.expon.ppf((1 - THREE_SIGMA) / 2, scale=6))


@pytest.mark.slow
def test_steady_series_pass_their_limits_about_as_often_as_said() -> None:
    """Seed 8: levels known from 4000 points; 0.0027 outside, but for what Nelson's power leaves."""
    rng = np.random.default_rng(8)
    normal = xmr_chart(rng.normal(0, 1, (50, 4000)), screened=False)
    assert np.abs(normal.position).mean() == pytest.approx(0.0027, rel=0.15)
    times = t_chart(rng.exponential(30, (50, 4000)))
    assert 0 < np.abs(times.position).mean() < 0.0027
    between = g_chart(rng.geometric(0.05, (50, 4000)) - 1)
    assert 0.0005 < np.abs(between.position).mean() <= 0.0028
    sigma = g_chart(rng.geometric(0.05, (50, 4000)) - 1, limits="sigma")
    assert np.mean(sigma.position == 1) == pytest.approx(0.018, rel=0.1)
    assert not np.any(sigma.position == -1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xmr_chart(3.0), "value is one number; give a series"),
        (lambda: xmr_chart([3.0]), "rest on 1 point; give two or more"),
        (lambda: xmr_chart([1, 2, 3, 4], rebase=[3]), "limits from point 3 on rest on 1 point"),
        (lambda: xmr_chart([1, 2, 3, 4], rebase=[9]), r"rebase\[0\] is 9; give rising places from 1 to 3"),
        (lambda: xmr_chart([1, 2, 3, 4, 5], rebase=[3, 2]), r"rebase\[1\] is 2"),
        (
            lambda: xmr_chart([1, 2, 3], baseline=1),
            "baseline is 1; give a whole number of 2 or more, or None",
        ),
        (lambda: p_chart([5, 2], 3), r"events\[0\] is 5; .*u_chart"),
        (lambda: u_chart([5, -2], 3), r"events\[1\] is -2"),
        (lambda: p_chart([1, 2], 3, limits="wide"), "limits is 'wide'; choose one of sigma, exact, laney"),
        (lambda: t_chart([1, -2]), r"time\[1\] is -2"),
        (lambda: g_chart([1.5, 2]), r"between\[0\] is 1.5"),
        (lambda: g_chart(4), "between is one number"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("lowest", [float("nan"), 12.5])
def test_a_lowest_that_values_lie_below_is_refused(lowest: float) -> None:
    with pytest.raises(ValueError, match="give a number that no value is below"):
        xmr_chart([12, 14, 11, 13], lowest=lowest)
