"""Known truth: coverage of CR2 with eight schools, and whether variances and their change are found again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.adjusted import logistic
from onroll.statistics.between_schools import variance_by_year
from onroll.statistics.design_matrix import Factor, Measure, design_matrix
from onroll.statistics.intersections import maihda
from onroll.statistics.marginal import standardise
from onroll.statistics.mixed import random_intercept

pytestmark = pytest.mark.slow
DRAWS, MANY = 400, 100_000
RARE = 1 / 250


def least(draws: int) -> int:
    """How many intervals of so many hold the truth at least, in all but one of 250 studies, where 95 in 100 do."""
    return int(stats.binom.ppf(RARE, draws, 0.95))


def eight_schools(
    rng: np.random.Generator, spread: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cells of 8 schools, group and phase; half the schools have more of the group; truth: log odds 0.5."""
    school, group, phase = (one.ravel() for one in np.meshgrid(np.arange(8), [0, 1], [0, 1], indexing="ij"))
    share = np.where(school % 2 == 0, 0.5, 0.2)
    pupils = np.round(60 * np.where(group == 1, share, 1 - share)) + school
    chance = 1 / (1 + np.exp(-(-1.5 + 0.5 * group + 0.3 * phase + rng.normal(0, spread, 8)[school])))
    return rng.binomial(pupils.astype(int), chance), pupils, school, group, phase


def held(errors: str) -> int:
    """How many limits of the group's coefficient hold what the model would find among very many schools."""
    rng, inside = np.random.default_rng(20241128), 0
    truth = marginal_truth()
    for _ in range(DRAWS):
        events, pupils, school, group, phase = eight_schools(rng, 0.6)
        design = design_matrix([Factor("group", group), Factor("phase", phase)])
        low, high = logistic(events, pupils, design, school=school, errors=errors).coefficient("group: 1")[1:]
        inside += low <= truth <= high
    return inside


@cache
def marginal_truth() -> float:
    """The coefficient that a model without schools tends to: fitted to the mean chance of many draws of schools."""
    drawn = np.random.default_rng(7).normal(0, 0.6, 100_000)
    _, pupils, _, group, phase = eight_schools(np.random.default_rng(7), 0.0)
    odds = -1.5 + 0.5 * group + 0.3 * phase
    chance = np.array([np.mean(1 / (1 + np.exp(-(one + drawn)))) for one in odds])
    design = design_matrix([Factor("group", group), Factor("phase", phase)])
    return float(
        logistic(np.round(chance * pupils * MANY), pupils * MANY, design, errors="model").estimate[1]
    )


def test_cr2_covers_with_eight_schools_where_errors_of_pupils_do_not() -> None:
    assert held("CR2") >= least(DRAWS)
    assert held("HC1") < 0.93 * DRAWS


def test_standardised_ratios_cover_with_eight_schools() -> None:
    rng, inside = np.random.default_rng(20241129), 0
    for _ in range(DRAWS):
        events, pupils, school, group, phase = eight_schools(rng, 0.0)
        design = design_matrix([Factor("group", group), Factor("phase", phase)])
        found = standardise(logistic(events, pupils, design, school=school), "group")
        chance = [1 / (1 + np.exp(-(-1.5 + 0.5 * one + 0.3 * phase))) for one in (0, 1)]
        truth = (chance[1] @ pupils) / (chance[0] @ pupils)
        inside += found.lower[1] <= truth <= found.upper[1]
    assert inside >= least(DRAWS)


def test_the_spread_between_schools_is_found_again_and_its_limits_cover() -> None:
    rng, found, inside = np.random.default_rng(20241130), [], 0
    draws, schools, spread = 100, 60, 0.5
    for _ in range(draws):
        pupils = rng.integers(60, 300, schools).astype(float)
        chance = 1 / (1 + np.exp(-(-2.5 + rng.normal(0, spread, schools))))
        fit = random_intercept(
            rng.binomial(pupils.astype(int), chance),
            pupils,
            design_matrix([], cells=schools),
            np.arange(schools),
        )
        found.append(fit.estimate[0])
        inside += fit.lower[0] <= spread**2 <= fit.upper[0]
    # maximum likelihood is about 1 / 60 low; the mean of 100 has an error of about 0.006
    assert np.mean(found) == pytest.approx(spread**2, abs=0.02)
    assert least(draws) <= inside < draws


def test_no_variance_is_answered_by_zero_in_about_half_of_draws() -> None:
    rng, none, low_p = np.random.default_rng(20241201), 0, 0
    for _ in range(300):
        pupils = np.full(40, 150.0)
        fit = random_intercept(
            rng.binomial(150, 0.15, 40), pupils, design_matrix([], cells=40), np.arange(40)
        )
        none += fit.estimate[0] == 0
        low_p += fit.p_value[0] <= 0.05
    assert 0.45 <= none / 300 <= 0.66
    assert low_p / 300 <= 0.085


def test_pcv_is_found_again() -> None:
    """Main effects with variance 0.30 over strata and interactions with 0.10: three quarters are explained."""
    rng, found = np.random.default_rng(20241202), []
    a, b, c = (one.ravel() for one in np.meshgrid(np.arange(10), np.arange(4), np.arange(3), indexing="ij"))
    effects = [np.linspace(-1, 1, many) for many in (10, 4, 3)]
    main = sum(effect[codes] for effect, codes in zip(effects, (a, b, c), strict=True))
    main = main * np.sqrt(0.30 / main.var())
    for _ in range(60):
        eta = -1.0 + main + rng.normal(0, np.sqrt(0.10), main.size)
        pupils = np.full(main.size, 200.0)
        events = rng.binomial(200, 1 / (1 + np.exp(-eta)))
        found.append(maihda(events, pupils, [Factor("a", a), Factor("b", b), Factor("c", c)]).pcv)
    # maximum likelihood takes the 14 main effects out of 120 strata: the variance left is about 0.1 too low
    assert np.mean(found) == pytest.approx(0.75, abs=0.05)


def test_a_change_between_years_is_covered() -> None:
    rng, inside, draws = np.random.default_rng(20241203), 0, 75
    school, year = np.tile(np.arange(50), 2), np.repeat([1, 2], 50)
    truth = 0.7**2 - 0.4**2
    for _ in range(draws):
        spread = np.where(year == 1, 0.4, 0.7)
        pupils = np.full(100, 150.0)
        events = rng.binomial(150, 1 / (1 + np.exp(-(-1.8 + spread * rng.normal(size=100)))))
        found = variance_by_year(events, pupils, design_matrix([], cells=100), school, year)
        inside += found.change_lower <= truth <= found.change_upper
    assert inside >= least(draws)


def test_cells_of_a_large_authority_are_quick() -> None:
    """Nothing is asserted of the clock but an order of magnitude: hundreds of times slower would be rows."""
    from time import perf_counter

    rng, many = np.random.default_rng(1), 25_000
    school, kind, sex = rng.integers(0, 75, many), rng.integers(0, 9, many), rng.integers(0, 2, many)
    pupils = rng.integers(1, 4, many).astype(float)
    events = rng.binomial(pupils.astype(int), 0.05 + 0.01 * kind)
    design = design_matrix(
        [Factor("kind", kind), Factor("sex", sex), Measure("year", rng.integers(0, 5, many))]
    )
    start = perf_counter()
    found = logistic(events, pupils, design, school=school)
    assert found.schools == 75
    assert perf_counter() - start < 10.0
