"""One treated authority against one Poisson regression a unit (statsmodels), and against known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from onroll.statistics.one_treated import one_treated

FIT = (
    1e-8  # both maximise the same likelihood; statsmodels stops at a relative change of 1e-8 in the deviance
)
RUNS = 400
SIZE = (0.025, 0.085)  # 5% of 400 runs: between these in 99.9 of 100 studies
COVER = (0.915, 0.975)
FEW_RUNS, FEW_COVER = 300, 0.91  # 0.95 of 300 less three standard errors


def panel(rng: np.random.Generator, periods: int, units: int, spread: float) -> tuple[Any, Any]:
    size = np.exp(rng.normal(10.5, 0.6, units)) * np.ones((periods, 1))
    level = rng.normal(-3.5, 0.4, units)
    shock = np.zeros((periods, units))
    shock[0] = rng.normal(0, spread, units)
    for at in range(1, periods):
        shock[at] = 0.85 * shock[at - 1] + rng.normal(0, spread * np.sqrt(1 - 0.85**2), units)
    return np.exp(level + shock) * size, size


def refitted(events: Any, size: Any, unit: int, pre: Any) -> float:
    """The step of one unit by an ordinary Poisson regression with dummies."""
    periods, units = events.shape
    time, place = np.divmod(np.arange(events.size), units)
    design = np.column_stack([
        *(place == at for at in range(units)), *(time == at for at in range(1, periods)), (place == unit) & ~pre[time],
    ]).astype(float)  # fmt: skip
    fitted = sm.GLM(events.ravel(), design, family=sm.families.Poisson(), offset=np.log(size.ravel()))
    return float(fitted.fit(tol=1e-14, maxiter=200).params[-1])


@pytest.mark.parametrize("seed", [1, 2])
def test_every_change_is_that_of_its_own_regression(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, size = panel(rng, 6, 11, 0.3)
    events, pre = rng.poisson(mean), np.array([True, True, True, True, False, False])
    found = one_treated(events, size, 2, pre)
    rest = [at for at in range(11) if at != 2]
    assert found.change[2] == pytest.approx(refitted(events, size, 2, pre), abs=FIT)
    for at, unit in enumerate(rest):
        alone = refitted(events[:, rest], size[:, rest], at, pre)
        assert found.change[unit] == pytest.approx(alone, abs=FIT)


@pytest.mark.slow
@pytest.mark.parametrize("is_high", [False, True])
def test_false_alarms_and_coverage_are_as_said(is_high: bool) -> None:
    """Also where the treated is one of those that stood highest just before: regression to the mean."""
    rng, pre, effect = np.random.default_rng(7), np.arange(16) < 13, 0.7
    rejected = covered = 0
    for _ in range(RUNS):
        mean, size = panel(rng, 16, 100, 0.25)
        stood = np.log(mean[10:13] / size[10:13]).mean(axis=0) - np.log(mean[:10] / size[:10]).mean(axis=0)
        treated = int(rng.choice(np.argsort(-stood)[:10])) if is_high else 0
        rejected += one_treated(rng.poisson(mean), size, treated, pre, recent=3).p_value <= 0.05
        mean[~pre, treated] *= effect
        found = one_treated(rng.poisson(mean), size, treated, pre, recent=3)
        covered += found.lower <= effect <= found.upper
    assert SIZE[0] <= rejected / RUNS <= SIZE[1]
    assert COVER[0] <= covered / RUNS <= COVER[1]


@pytest.mark.slow
@pytest.mark.parametrize("others", [(50, 3_000), (2, 3_000), (2, 50)])
@pytest.mark.parametrize("spread", [0.0, 0.2])
@pytest.mark.parametrize(("level", "effect"), [(1, 0.5), (2, 1.0), (5, 0.2), (5, 3.0), (20, 0.5), (100, 0.2)])
def test_limits_of_few_events_hold_the_truth(
    others: tuple[int, int], spread: float, level: int, effect: float
) -> None:
    """A year's events of the treated from 1 up, also where all others have many more, or some none at all."""
    rng, pre, held = np.random.default_rng(11), np.arange(7) < 5, 0
    for _ in range(FEW_RUNS):
        mean = np.exp(rng.uniform(*np.log(others), 100)) * np.exp(rng.normal(0, spread, (7, 100)))
        mean[:, 0] *= level / mean[:, 0].mean()
        mean[~pre, 0] *= effect
        events = rng.poisson(mean)
        events[rng.integers(7), events.sum(axis=0) == 0] = 1
        found = one_treated(events, np.full(mean.shape, 1_000.0), 0, pre)
        held += found.lower <= effect <= found.upper
    assert held / FEW_RUNS >= FEW_COVER
