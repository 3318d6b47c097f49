"""Models and intervals of disproportionality beside the ordinary way: rows of pupils, loops over tables. Invented data."""

from __future__ import annotations

import importlib.util
import math
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import confint_proportions_2indep

from onroll.statistics.adjusted import AdjustedModel, relative_risks
from onroll.statistics.design_matrix import Factor, design_matrix
from onroll.statistics.funnel import proportion_funnel
from onroll.statistics.odds_ratio import odds_ratio
from onroll.statistics.relative_risk import relative_risk

PUPILS, QUICK_PUPILS, SCHOOLS = 1_000_000, 20_000, 300
LEVELS = {"ethnicity": 5, "sen": 3, "fsm": 2, "sex": 2}
TABLES, LOOPED, QUICK_TABLES = 1_000_000, 500, 50
COEFFICIENTS, ERRORS = 1e-8, 1e-7
"""Both ways maximise one likelihood to the last digits; their sandwiches differ by the order of sums only."""
LIMITS = 1e-4
"""statsmodels looks for score limits to four digits."""
pytestmark = pytest.mark.slow


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def pupils(request: pytest.FixtureRequest) -> pd.DataFrame:
    """A row a pupil: groups, school, whether suspended; risks differ by group and by school."""
    many = QUICK_PUPILS if request.config.getoption("benchmark_disable") else PUPILS
    drawn = np.random.default_rng(4)
    rows = pd.DataFrame({name: drawn.integers(0, levels, many) for name, levels in LEVELS.items()})
    rows["school"] = drawn.integers(0, SCHOOLS, many)
    effects = -3.2 + 0.15 * rows["ethnicity"] + 0.5 * rows["sen"] + 0.4 * rows["fsm"] + 0.3 * rows["sex"]
    rates = np.exp(effects + drawn.normal(0, 0.3, SCHOOLS)[rows["school"]])
    rows["suspended"] = (drawn.random(many) < rates).astype(float)
    return rows


def from_cells(pupils: pd.DataFrame) -> AdjustedModel:
    """Ours, the counting of the rows into cells with it."""
    names, shape = [*LEVELS, "school"], (*LEVELS.values(), SCHOOLS)
    at = np.ravel_multi_index([pupils[name].to_numpy() for name in names], shape)
    size = np.bincount(at, minlength=math.prod(shape))
    there = np.flatnonzero(size)
    events = np.bincount(at, pupils["suspended"].to_numpy(), math.prod(shape))[there]
    codes = dict(zip(names, np.unravel_index(there, shape), strict=True))
    design = design_matrix([Factor(name, codes[name]) for name in LEVELS])
    return relative_risks(events, size[there], design, school=codes["school"], errors="CR1")


def from_rows(pupils: pd.DataFrame) -> Any:
    """statsmodels on the rows: the same modified Poisson model, errors by school."""
    design = np.column_stack(
        [np.ones(len(pupils)), *(pupils[name] == one for name, levels in LEVELS.items() for one in range(1, levels))]
    ).astype(float)  # fmt: skip
    model = GLM(pupils["suspended"].to_numpy(), design, family=Poisson())
    groups = pupils["school"].to_numpy()
    return model.fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": groups})


def test_an_adjusted_model_beside_statsmodels_on_rows(benchmark: Any, pupils: pd.DataFrame) -> None:
    ours, theirs = benchmark(from_cells, pupils), from_rows(pupils)
    np.testing.assert_allclose(ours.estimate, theirs.params, rtol=COEFFICIENTS, atol=COEFFICIENTS)
    # CR1 is schools over schools less one; statsmodels multiplies pupils less one over pupils less columns (CR1S).
    also = np.sqrt((len(pupils) - 1) / (len(pupils) - len(theirs.params)))
    np.testing.assert_allclose(ours.error * also, theirs.bse, rtol=ERRORS)
    if not benchmark.disabled:
        times = seconds(lambda: from_rows(pupils)) / seconds(lambda: from_cells(pupils))
        print(f"\n{times:,.0f} times as fast as statsmodels on {len(pupils):,} rows")
        assert times > 40


@pytest.mark.skipif(
    importlib.util.find_spec("pyfixest") is None, reason="pyfixest is not installed: pip install pyfixest"
)
def test_an_adjusted_model_beside_pyfixest(benchmark: Any, pupils: pd.DataFrame) -> None:
    import pyfixest

    formula = "suspended ~ " + " + ".join(f"C({name})" for name in LEVELS)

    def theirs() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pyfixest.fepois(formula, data=pupils, vcov={"CRV1": "school"}, iwls_tol=1e-12)

    ours, fitted = benchmark(from_cells, pupils), theirs()
    np.testing.assert_allclose(ours.estimate, fitted.coef().to_numpy(), rtol=COEFFICIENTS, atol=COEFFICIENTS)
    if not benchmark.disabled:
        times = seconds(theirs) / seconds(lambda: from_cells(pupils))
        print(f"\n{times:,.0f} times as fast as pyfixest on {len(pupils):,} rows")
        assert times > 10


def test_a_million_score_intervals_beside_a_loop(benchmark: Any) -> None:
    many = QUICK_TABLES if benchmark.disabled else TABLES
    drawn = np.random.default_rng(5)
    totals, others = drawn.integers(50, 5_000, many), drawn.integers(50, 5_000, many)
    risks = drawn.uniform(0.02, 0.3, (2, many))
    events, other_events = drawn.binomial(totals, risks[0]) + 1, drawn.binomial(others, risks[1]) + 1

    def ours() -> Any:
        return relative_risk(events, totals, reference_events=other_events, reference_total=others)

    def theirs(some: int) -> list[tuple[float, float]]:
        return [
            confint_proportions_2indep(
                events[at], totals[at], other_events[at], others[at], method="score", compare="ratio", correction=True
            )
            for at in range(some)
        ]  # fmt: skip

    found = benchmark.pedantic(ours, rounds=1, iterations=1)
    looped = min(LOOPED, many)
    loop = np.array(theirs(looped))
    np.testing.assert_allclose(found.lower[:looped], loop[:, 0], rtol=LIMITS)
    np.testing.assert_allclose(found.upper[:looped], loop[:, 1], rtol=LIMITS)
    if not benchmark.disabled:
        times = seconds(lambda: theirs(looped)) / looped * many / seconds(ours)
        print(f"\n{times:,.0f} times as fast as a loop over {many:,} tables")
        assert times > 100


def test_a_million_conditional_odds_ratios_beside_a_loop(benchmark: Any) -> None:
    many, looped = (QUICK_TABLES, QUICK_TABLES) if benchmark.disabled else (TABLES, LOOPED)
    drawn = np.random.default_rng(6)
    totals, others = drawn.integers(20, 400, many), drawn.integers(20, 1_500, many)
    risks = drawn.uniform(0.02, 0.1, (2, many))
    events, other_events = drawn.binomial(totals, risks[0]) + 1, drawn.binomial(others, risks[1]) + 1

    def ours(method: str = "mid-p") -> Any:
        return odds_ratio(
            events, totals, reference_events=other_events, reference_total=others, method=method
        )

    def theirs() -> list[tuple[float, float]]:
        found = []
        for x, n, x0, n0 in zip(events[:looped], totals, other_events, others, strict=False):
            interval = stats.contingency.odds_ratio([[x, n - x], [x0, n0 - x0]]).confidence_interval()
            found.append((interval.low, interval.high))
        return found

    benchmark.pedantic(ours, rounds=1, iterations=1)
    exact, loop = ours("exact"), np.array(theirs())
    np.testing.assert_allclose(exact.lower[:looped], loop[:, 0], rtol=ERRORS)
    np.testing.assert_allclose(exact.upper[:looped], loop[:, 1], rtol=ERRORS)
    if not benchmark.disabled:
        times = seconds(theirs) / looped * many / seconds(ours)
        print(f"\n{times:,.0f} times as fast as a loop over {many:,} tables")
        assert times > 100


def test_exact_limits_of_a_million_schools_beside_scipy(benchmark: Any) -> None:
    many = QUICK_TABLES if benchmark.disabled else TABLES
    drawn = np.random.default_rng(7)
    totals = drawn.integers(50, 2_000, many)
    events = drawn.binomial(totals, 0.06)

    def theirs() -> tuple[Any, Any]:
        return stats.binom.ppf(0.025, totals, 0.06), stats.binom.isf(0.025, totals, 0.06)

    found = benchmark.pedantic(lambda: proportion_funnel(events, totals, target=0.06), rounds=1, iterations=1)
    low, high = theirs()
    np.testing.assert_array_equal(np.rint(found.lower * totals), low)
    np.testing.assert_array_equal(np.rint(found.upper * totals), high)
    if not benchmark.disabled:
        times = seconds(theirs) / seconds(lambda: proportion_funnel(events, totals, target=0.06))
        print(f"\n{times:,.1f} times as fast as scipy's quantiles, with two pairs of limits, not one")
        assert times > 1
