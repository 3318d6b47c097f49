from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.funnel import POSITIONS, position, proportion_funnel, rate_funnel, ratio_funnel
from onroll.statistics.overdispersion import overdispersion

SAME = 1e-9  # the same arithmetic in another order


@pytest.mark.parametrize(("n", "target"), [(1, 0.3), (20, 0.05), (137, 0.4), (2000, 0.97)])
def test_exact_limits_of_a_proportion_are_where_the_binomial_tail_passes_half(n: int, target: float) -> None:
    found = proportion_funnel(np.arange(n + 1), n, target=target)
    every = np.arange(n + 1)
    for code, tail in ((1, 0.025), (2, 0.001)):
        above, below = stats.binom.sf(every - 1, n, target) <= tail, stats.binom.cdf(every, n, target) <= tail
        np.testing.assert_array_equal(np.asarray(found.position) >= code, above)
        np.testing.assert_array_equal(np.asarray(found.position) <= -code, below)


@pytest.mark.parametrize("mean", [0.02, 0.7, 9.3, 812.5])
def test_exact_limits_of_a_rate_are_where_poissons_tail_passes_half(mean: float) -> None:
    every = np.arange(int(3 * mean + 12))
    found = rate_funnel(every, 50.0, target=mean / 50.0)
    np.testing.assert_array_equal(np.asarray(found.position) >= 1, stats.poisson.sf(every - 1, mean) <= 0.025)
    np.testing.assert_array_equal(np.asarray(found.position) <= -2, stats.poisson.cdf(every, mean) <= 0.001)


def test_byars_limits_are_near_those_of_the_chi_square() -> None:
    byar = ratio_funnel([30, 200], [30.0, 200.0], method="byar")
    chi = ratio_funnel([30, 200], [30.0, 200.0], method="chi-square")
    np.testing.assert_allclose(byar.lower, chi.lower, rtol=2e-3)
    np.testing.assert_allclose(byar.outer_upper, chi.outer_upper, rtol=2e-3)


def test_square_root_limits_are_squared_again() -> None:
    """FunnelPlotR leaves them on the root (issue 33): 1 +- z s there, (1 +- z s) ** 2 here."""
    found = ratio_funnel([25, 90], [25.0, 100.0], method="square root")
    z, s = stats.norm.ppf(0.975), 0.5 / np.sqrt([25.0, 100.0])
    np.testing.assert_allclose(found.lower, (1 - z * s) ** 2, rtol=SAME)
    np.testing.assert_allclose(found.upper, (1 + z * s) ** 2, rtol=SAME)


def test_a_lower_limit_that_passes_0_is_0_and_does_not_turn_round() -> None:
    found = proportion_funnel([0, 1, 200], [3, 2, 600], method="arcsine")
    assert np.asarray(found.outer_lower)[:2].tolist() == [0.0, 0.0]
    assert np.asarray(found.outer_upper)[:2].tolist()[1] == 1.0
    assert np.abs(np.asarray(found.position)).max() <= 1


def test_one_school_is_its_own_target_and_the_note_says_so() -> None:
    one = proportion_funnel(7, 50, method="arcsine", spread="additive")
    assert (type(one.estimate), type(one.position), one.position) == (float, int, 0)
    assert "own figure" in str(one.note)
    assert one.spread is not None
    assert (one.spread.estimate, one.spread.tau2) == (1.0, 0.0)
    assert "fewer than two units" in one.spread.note


@pytest.mark.parametrize("method", ["exact", "score", "arcsine"])
def test_no_event_anywhere_is_said_and_nobody_is_outside(method: str) -> None:
    found = proportion_funnel([0, 0], [30, 50], method=method)
    assert np.asarray(found.position).tolist() == [0, 0]
    assert np.asarray(found.upper).tolist() == [0.0, 0.0]
    assert "no event anywhere" in np.asarray(found.note)[0]


@pytest.mark.parametrize("method", ["exact", "chi-square", "byar", "square root", "log"])
def test_no_event_anywhere_is_said_of_rates_too(method: str) -> None:
    found = rate_funnel([0, 0], [30, 50], method=method)
    assert np.asarray(found.position).tolist() == [0, 0]
    assert "no event anywhere" in np.asarray(found.note)[1]


@pytest.mark.parametrize("method", ["exact", "score", "arcsine"])
def test_nothing_but_events_is_said(method: str) -> None:
    found = proportion_funnel([30, 50], [30, 50], method=method)
    assert np.asarray(found.position).tolist() == [0, 0]
    assert "nothing but events" in np.asarray(found.note)[0]


def test_on_the_log_a_school_without_an_event_stays_out_of_the_spread() -> None:
    found = ratio_funnel(
        [0, 30, 12, 44], [4.0, 25.0, 20.0, 30.0], method="log", spread="additive", outer="kept"
    )
    assert found.spread is not None
    assert found.spread.units == 3
    assert "half an event" in np.asarray(found.note)[0]
    assert np.asarray(found.estimate)[0] == 0.0
    assert np.isfinite(found.score).all()


def test_spread_widens_limits_by_what_it_adds_or_multiplies() -> None:
    x, e = np.array([10, 60, 35, 80, 5]), np.array([30.0, 30, 30, 30, 30])
    wide = ratio_funnel(x, e, method="log", spread="multiplicative", outer="kept")
    assert wide.spread is not None
    phi = np.mean((np.log(x / e) * np.sqrt(e)) ** 2)
    assert wide.spread.estimate == pytest.approx(phi, rel=SAME)
    half = stats.norm.ppf(0.975) * np.sqrt(phi / e)
    np.testing.assert_allclose(wide.upper, np.exp(half), rtol=SAME)
    added = ratio_funnel(x, e, method="log", spread="additive", outer="kept")
    assert added.spread is not None
    tau2 = (5 * phi - 4) / (5 * 30 - 30)  # equal weights of 30: their sum less the sum of squares over it
    assert added.spread.tau2 == pytest.approx(tau2, rel=SAME)
    np.testing.assert_allclose(
        added.lower, np.exp(-stats.norm.ppf(0.975) * np.sqrt(1 / 30 + tau2)), rtol=SAME
    )


def test_positions_have_words_and_a_limit_is_inside() -> None:
    codes = np.asarray(position([1, 2, 3, 4, 5, 6, 7], 3, 5, 2, 6))
    assert codes.tolist() == [-2, -1, 0, 0, 0, 1, 2]
    assert {POSITIONS[int(code)] for code in codes} == set(POSITIONS.values())


def test_no_word_of_a_funnel_calls_a_school_significant() -> None:
    assert not any("significant" in word for word in POSITIONS.values())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion_funnel([3], [2]), r"events\[0\] is 3; events cannot pass the total"),
        (lambda: proportion_funnel([1], [2], target=1.0), "target is 1; give a number above 0 and below 1"),
        (lambda: rate_funnel([1], [2], target=0), "target is 0; give a number above 0"),
        (
            lambda: proportion_funnel([1, 1], [2, 9], spread="additive"),
            "units spread on a scale: choose arcsine",
        ),
        (
            lambda: rate_funnel([1], [2], confidence=0.999),
            "outer_confidence is 0.998; give more than confidence",
        ),
        (lambda: rate_funnel([[1, 2]], 2, method="log", spread="additive"), "give one funnel at a time"),
        (lambda: rate_funnel([1, 2], 5, target=[1, 2, 3]), "shapes do not fit"),
        (lambda: ratio_funnel([1], [0.0]), r"exposure\[0\] is 0"),
        (lambda: overdispersion([1, 2], 1, share=0.5), "share is 0.5; give one number from 0"),
        (lambda: overdispersion([1, 2], 0), "standard_error is 0"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_spread_of_two_thirds_of_normal_is_not_drawn_in_below_one() -> None:
    found = overdispersion(np.zeros(8), 1.0)
    assert (found.estimate, found.at_least_one, found.tau2) == (0.0, 1.0, 0.0)


@pytest.mark.slow
def test_limits_with_spread_hold_the_share_they_say() -> None:
    """Seed 7: schools with true log ratios of spread 0.2; limits of known spread hold 95 and 99.8 %."""
    rng = np.random.default_rng(7)
    expected = rng.uniform(60, 400, 60)
    outside, tau2 = [], []
    for _ in range(600):
        seen = rng.poisson(expected * np.exp(rng.normal(0, 0.2, 60)))
        found = ratio_funnel(seen, expected, method="log", spread="additive", outer="kept")
        assert found.spread is not None
        outside.append(np.abs(np.asarray(found.position)) >= 1)
        tau2.append(found.spread.tau2)
    assert np.mean(tau2) == pytest.approx(0.04, rel=0.05)
    assert 0.04 < np.mean(outside) < 0.06


@pytest.mark.slow
def test_a_million_schools_are_quick() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(1, 2000, 1_000_000)
    found = proportion_funnel(rng.binomial(n, 0.05), n, target=0.05)
    share = np.mean(np.abs(np.asarray(found.position)) >= 1)
    assert 0.01 < share <= 0.05  # exact limits: never oftener than asked
