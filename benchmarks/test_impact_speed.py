"""Impact: a permutation over all authorities beside one regression for each, and a multiverse within a minute."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from onroll.evidence.judged import judged_rows
from onroll.evidence.multiverse import every_choice
from onroll.evidence.question import Question
from onroll.framework import load
from onroll.statistics.one_treated import one_treated
from onroll.synthetic.panel import Scenario, made_panel
from onroll.vocabulary import periods

SAME = 1e-8
"""Both maximise one likelihood; statsmodels is asked for 1e-12 in the deviance."""
LEAST_RATIO = 20.0
REFITTED, QUICK_REFITTED = 15, 2
"""Of 150 authorities so many are refitted, and the time is scaled: all of them take minutes."""


def counts(units: int = 150, periods: int = 16) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(4)
    size = np.exp(rng.normal(10.5, 0.6, units)) * np.ones((periods, 1))
    rate = np.exp(rng.normal(-3.5, 0.4, units) + rng.normal(0, 0.3, (periods, units)))
    return rng.poisson(rate * size), size, np.arange(periods) < periods - 3


def one_by_one(events: Any, size: Any, units: range, pre: Any) -> list[float]:
    """What a user would do: a Poisson regression with dummies for each authority as the treated."""
    periods, number = events.shape
    time, place = np.divmod(np.arange(events.size), number)
    dummies = [*(place == at for at in range(number)), *(time == at for at in range(1, periods))]
    found = []
    for unit in units:
        design = np.column_stack([*dummies, (place == unit) & ~pre[time]]).astype(float)
        model = sm.GLM(events.ravel(), design, family=sm.families.Poisson(), offset=np.log(size.ravel()))
        found.append(float(model.fit(tol=1e-12).params[-1]))
    return found


@pytest.mark.slow
def test_permutation_beside_one_regression_an_authority(benchmark: Any) -> None:
    events, size, pre = counts()
    found = benchmark.pedantic(one_treated, (events, size, 0, pre), rounds=3)
    many = REFITTED if benchmark.enabled else QUICK_REFITTED
    began = perf_counter()
    refitted = one_by_one(events[:, 1:], size[:, 1:], range(many), pre)
    loop = (perf_counter() - began) * (events.shape[1] - 1) / many
    np.testing.assert_allclose(found.change[1 : many + 1], refitted, atol=SAME)
    if benchmark.enabled:
        ratio = loop / benchmark.stats.stats.min
        print(
            f"\npermutation over {events.shape[1]} authorities: {ratio:,.0f} times as fast as a loop of regressions"
        )
        assert ratio >= LEAST_RATIO


@pytest.mark.slow
def test_all_designs_and_every_choice(benchmark: Any) -> None:
    """Prints the time; what is asked is 500 choices and 150 placebos within a minute on two cores."""
    framework = load(Path(__file__).resolve().parents[1])
    plan, pandemic = framework.plan.impact, ("201920", "202021")
    cells, code = made_panel(
        np.random.default_rng(1),
        Scenario(),
        launch="202122",
        first="200607",
        last="202324",
        pandemic=pandemic,
    )
    question = Question(
        year="202324", area_code=code, area="Here", region="made region 1", neighbours_label="", neighbours_id="",
        neighbours=tuple(f"M{at:03d}" for at in range(40, 55)), reference_groups={}, launch="202122", pandemic=pandemic,
        baseline=periods("201617", "201819"), impact_pre=periods("200607", "202021"),
        change_pre=periods("201617", "201819"), impact=plan, known_truth=framework.known_truth,
    )  # fmt: skip
    rows = benchmark.pedantic(judged_rows, (cells, question), rounds=1)
    choices = len(every_choice(plan.choices)) * len(plan.outcomes)
    assert len(rows) > choices
    if benchmark.enabled:
        seconds = benchmark.stats.stats.min
        print(f"\n{choices} choices and the primary design with 149 placebos: {seconds:.1f} s")
