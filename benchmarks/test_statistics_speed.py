"""Our statistics beside a loop over the well-known function that gives the same: equal answers first, then the ratio."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from onroll.statistics.placebos import placebos
from onroll.statistics.proportions import proportion
from onroll.statistics.ratios import rate_ratio

Array = NDArray[np.float64]


def ratio(benchmark: Any, ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """How many times as long the loop takes; 0 when only the answers are compared (--benchmark-disable)."""
    if benchmark.disabled:
        return 0.0
    taken = []
    for each in (ours, theirs):
        start = time.perf_counter()
        each()
        taken.append(time.perf_counter() - start)
    found = taken[1] / taken[0]
    benchmark.extra_info["times as fast as the loop"] = round(found, 1)
    print(f"\n{found:,.0f} times as fast as the loop")
    return found


@pytest.fixture(scope="module")
def cells() -> tuple[Array, Array, Array, Array]:
    """Events and pupils of 2,000 pairs of cells, from none to some thousand events."""
    drawn = np.random.default_rng(20211)
    pupils, before = (
        drawn.integers(500, 60_000, 2000).astype(float),
        drawn.integers(500, 60_000, 2000).astype(float),
    )
    rates = 10 ** drawn.uniform(-4, -1, 2000)
    return drawn.poisson(rates * pupils) + 1.0, pupils, drawn.poisson(rates * before).astype(float), before


def test_exact_rate_ratios(benchmark: Any, cells: tuple[Array, Array, Array, Array]) -> None:
    events, pupils, before, exposure = cells

    def ours() -> Any:
        return rate_ratio(events, pupils, reference_events=before, reference_exposure=exposure)

    def theirs() -> Array:
        rows = []
        for y, e, y0, e0 in zip(events, pupils, before, exposure, strict=True):
            test = stats.binomtest(int(y), int(y + y0), e / (e + e0))
            limits = test.proportion_ci(0.95, method="exact")
            odds = [p / (1 - p) if p < 1 else np.inf for p in limits]
            rows.append([odds[0] * e0 / e, odds[1] * e0 / e, test.pvalue])
        return np.array(rows)

    found, loop = benchmark(ours), theirs()
    np.testing.assert_allclose(found.lower, loop[:, 0], rtol=1e-8)
    np.testing.assert_allclose(found.upper, loop[:, 1], rtol=1e-8)
    np.testing.assert_allclose(found.p_value, loop[:, 2], rtol=1e-6, atol=1e-12)
    assert benchmark.disabled or ratio(benchmark, ours, theirs) > 5


def test_wilson_proportions(benchmark: Any, cells: tuple[Array, Array, Array, Array]) -> None:
    events, pupils = cells[:2]

    def ours() -> Any:
        return proportion(events, pupils)

    def theirs() -> Array:
        return np.array(
            [proportion_confint(y, e, method="wilson") for y, e in zip(events, pupils, strict=True)]
        )

    found, loop = benchmark(ours), theirs()
    np.testing.assert_allclose(found.lower, loop[:, 0], rtol=1e-9)
    np.testing.assert_allclose(found.upper, loop[:, 1], rtol=1e-9)
    assert benchmark.disabled or ratio(benchmark, ours, theirs) > 5


@pytest.fixture(scope="module")
def panel() -> tuple[Array, Array]:
    """Fifteen years before and three after, for sixty authorities that share two trends."""
    drawn = np.random.default_rng(20212)
    years = np.arange(18.0)[:, None]
    trends = np.hstack([0.3 * years, 2 * np.sin(years / 3)])
    outcomes = 5 + trends @ drawn.uniform(0, 1, (2, 60)) + drawn.normal(0, 0.4, (18, 60))
    return outcomes, np.arange(18) < 15


def test_placebos_of_a_synthetic_control(benchmark: Any, panel: tuple[Array, Array]) -> None:
    outcomes, pre = panel
    units = range(outcomes.shape[1])

    def slsqp(unit: int) -> tuple[float, float]:
        """Root mean square gap before and mean gap after, by the optimiser most programs use."""
        pool = outcomes[:, [other for other in units if other not in (unit, 0)]]
        own, count = outcomes[:, unit], pool.shape[1]
        solved = optimize.minimize(
            lambda w: ((pool[pre] @ w - own[pre]) ** 2).sum(),
            np.full(count, 1 / count),
            jac=lambda w: 2 * pool[pre].T @ (pool[pre] @ w - own[pre]),
            bounds=[(0, 1)] * count,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(count)},
            method="SLSQP",
            options={"ftol": 1e-12, "maxiter": 500},
        )
        gaps = own - pool @ solved.x
        return float(np.sqrt((gaps[pre] ** 2).mean())), float(gaps[~pre].mean())

    def ours() -> Any:
        return placebos(outcomes, 0, pre)

    def theirs() -> Array:
        return np.array([slsqp(unit) for unit in units])

    found, loop = benchmark(ours), theirs()
    assert (found.pre_rmspe <= loop[:, 0] + 1e-7).all(), (
        "the loop fits a unit better: ours is then not the best fit"
    )
    np.testing.assert_allclose(found.pre_rmspe, loop[:, 0], atol=1e-4)
    np.testing.assert_allclose(found.mean_gap, loop[:, 1], atol=2e-2)
    assert benchmark.disabled or ratio(benchmark, ours, theirs) > 5
