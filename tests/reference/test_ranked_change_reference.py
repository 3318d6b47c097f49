"""Ranked changes, lines gone on and years one by one against fits with statsmodels and simulations with known truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from onroll.statistics._count_panel import count_panel, each_treated, levels_without_each
from onroll.statistics.beyond_trend import beyond_trend
from onroll.statistics.one_treated import one_treated
from onroll.statistics.one_treated_years import one_treated_years
from onroll.statistics.ranked_change import ranked_change
from onroll.statistics.ranked_power import formula_power, planted_power

FIT = 1e-7  # both iterate; each stops at about 1e-9
EXACT = 1e-10  # the same least squares by another way
ERRORS = 4.0  # standard errors of a simulated share, with the seed fixed


def made(rng: np.random.Generator, units: int, slope: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Counts of units that scatter about their own level more than Poisson, the first with a slope of its own."""
    pupils = rng.integers(5_000, 60_000, units)[None, :] * np.ones((9, 1))
    level = np.exp(rng.normal(-3.5, 0.4, units))[None, :] * np.exp(rng.normal(0, 0.1, 9))[:, None]
    level = level * rng.gamma(60.0, 1 / 60.0, (9, units))
    level[:, 0] *= np.exp(slope * (np.arange(9) - 5))
    return rng.poisson(pupils * level), pupils


PRE = np.arange(9) < 6


def test_levels_are_those_of_a_poisson_regression_without_the_unit() -> None:
    events, pupils = made(np.random.default_rng(1), 12)
    levels = levels_without_each(count_panel(events, pupils, 0, PRE))
    for unit in (0, 4):
        kept = [one for one in range(12) if one not in (0, unit)]
        rows = pd.DataFrame(
            {"events": events[:, kept].ravel(), "pupils": pupils[:, kept].ravel(),
             "year": np.repeat(np.arange(9), len(kept)), "unit": np.tile(kept, 9)}
        )  # fmt: skip
        fit = smf.glm(
            "events ~ C(year) + C(unit)", rows, family=sm.families.Poisson(), offset=np.log(rows["pupils"])
        ).fit(tol=1e-12)
        years = np.array([0.0] + [fit.params[f"C(year)[T.{year}]"] for year in range(1, 9)])
        assert np.log(levels[:, unit] / levels[0, unit]) == pytest.approx(years, abs=FIT)


def test_a_line_gone_on_is_least_squares_with_a_step_for_each_period_after() -> None:
    rng = np.random.default_rng(2)
    table, at = rng.normal(size=(9, 6)), np.array([0.0, 1, 2, 3, 4, 5, 8, 9, 10])
    found = beyond_trend(table, 2, PRE, at=at)
    steps = np.array([
        sm.OLS(table[:, unit], np.column_stack([np.ones(9), at, np.eye(9)[:, ~PRE]])).fit().params[2:].mean()
        for unit in range(6)
    ])  # fmt: skip
    others = [0, 1, 3, 4, 5]
    assert found[2] == pytest.approx(steps[2] - steps[others].mean(), abs=EXACT)
    assert found[0] == pytest.approx(steps[0] - steps[[1, 3, 4, 5]].mean(), abs=EXACT)


def test_the_primary_design_is_its_changes_ranked() -> None:
    events, pupils = made(np.random.default_rng(3), 60)
    whole = one_treated(events, pupils, 0, PRE)
    change, noise = each_treated(count_panel(events, pupils, 0, PRE))
    again = ranked_change(change, noise, 0, height=whole.height)
    assert (again.p_value, np.exp(again.upper)) == (whole.p_value, whole.upper)
    assert again.spread == pytest.approx(whole.spread, abs=EXACT)
    sized = planted_power(whole.score[1:], float(whole.spread[0]))
    assert -sized.lower > np.log(whole.detectable_rise)


def test_what_is_planted_stands_out_as_often_as_is_said() -> None:
    rng = np.random.default_rng(4)
    score = rng.standard_t(6, 149)
    seen = planted_power(score, 0.2, power=0.80)

    def share(change: float) -> float:
        """How often a change planted in one of the others is further out than the others' own usual."""
        limit = np.sort(np.abs(score))[int(np.ceil(150 * 0.95 - 1e-9)) - 1]
        return float((np.abs(score + change / 0.2) > limit).mean())

    for change, less in ((seen.lower, seen.lower * 0.97), (seen.upper, seen.upper * 0.97)):
        assert share(change * 1.0001) >= 0.80
        assert share(less) < 0.80 + 2 / 149


def test_formula_and_planting_agree_where_others_are_normal() -> None:
    score = np.random.default_rng(5).normal(size=20_000)
    planted, formula = planted_power(score, 0.3), formula_power(score, 0.3)
    assert planted.upper == pytest.approx(formula.upper, rel=0.02)
    assert formula.upper == pytest.approx(0.3 * (1.959964 + 0.841621), rel=0.02)


@pytest.mark.slow
def test_the_joint_test_of_the_years_before_is_right_as_often_as_it_says() -> None:
    rng, runs = np.random.default_rng(6), 250
    p = np.array([
        one_treated_years(*made(rng, 50), 0, PRE).pre_trend.p_value for _ in range(runs)
    ])  # fmt: skip
    for level in (0.1, 0.3):
        assert (p <= level).mean() == pytest.approx(level, abs=ERRORS * np.sqrt(level * (1 - level) / runs))


@pytest.mark.slow
def test_the_drift_that_it_says_it_finds_is_found_four_times_in_five() -> None:
    rng, runs = np.random.default_rng(7), 200
    slope = float(np.mean([
        one_treated_years(*made(rng, 50), 0, PRE).pre_trend.detectable_slope for _ in range(60)
    ]))  # fmt: skip
    seen = [one_treated_years(*made(rng, 50, slope), 0, PRE).pre_trend.p_value <= 0.05 for _ in range(runs)]
    assert np.mean(seen) == pytest.approx(
        0.80, abs=0.08 + ERRORS * np.sqrt(0.16 / runs)
    )  # sizes differ from run to run


@pytest.mark.slow
def test_intervals_by_year_hold_the_truth() -> None:
    rng, runs, step = np.random.default_rng(8), 150, np.log(0.7)
    held = []
    for _ in range(runs):
        events, pupils = made(rng, 50)
        events[6:, 0] = rng.binomial(events[6:, 0], 0.7)
        found = one_treated_years(events, pupils, 0, PRE)
        held.append([*((found.effect_lower <= 0) & (found.effect_upper >= 0))[found.is_before],
                     *((found.effect_lower <= step) & (found.effect_upper >= step))[~found.is_before],
                     found.lower <= step <= found.upper])  # fmt: skip
    assert np.mean(held) == pytest.approx(0.95, abs=ERRORS * np.sqrt(0.95 * 0.05 / runs))
