"""The simulation study: it belongs to the plan as it is, keeps the targets, and gives the same when run again."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from onroll.framework import Framework, load
from onroll.framework.known_truth import KnownTruth, Truth
from onroll.synthetic.panel import MOVES, SECONDARY, Scenario, made_panel

ROOT = Path(__file__).parents[2]
PANDEMIC = ("201920", "202021")
NEAR = 0.06  # of a scatter: 150 made authorities, and the published one is of another hundred and fifty
RUNS, RARE = 12, 1e-4  # a share of twelve runs lies this far from the study's in one of ten thousand studies


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load(ROOT)


@pytest.fixture(scope="module")
def study_file() -> ModuleType:
    spec = importlib.util.spec_from_file_location("known_truth_study", ROOT / "docs" / "known_truth.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_study_belongs_to_the_plan_as_it_is(framework: Framework, study_file: ModuleType) -> None:
    known, plan = framework.known_truth, framework.plan.impact
    assert known.plan == plan.fingerprint, "run docs/known_truth.py again: the plan of impact was changed"
    assert set(known.scenarios) == set(study_file.SCENARIOS)
    assert {(one.scenario, one.outcome) for one in known.results} == {
        (scenario, outcome) for scenario in known.scenarios for outcome in plan.outcomes
    }
    for one in known.results:
        assert one.ratio == pytest.approx(study_file.SCENARIOS[one.scenario][0].true_ratio, abs=1e-4)


def test_the_study_has_the_choices_of_the_plan_and_all_its_designs(
    framework: Framework, study_file: ModuleType
) -> None:
    known, plan = framework.known_truth, framework.plan.impact
    defaults = {name: choice.default for name, choice in framework.plan.choices.items()}
    assert known.is_about(plan.fingerprint, study_file.question_of(plan, "M000", "").impact_choices)
    defaults |= {"launch": framework.strategy.launch, "years_since": "3"}
    assert {name: str(defaults[name]) for name in known.choices} == dict(known.choices)
    assert {(one.design, one.scenario) for one in known.designs} == {
        (design, scenario)
        for design in plan.choices.designs if design != plan.primary
        for scenario in study_file.DESIGNS_IN
    }  # fmt: skip


def test_targets_are_kept_or_the_design_may_carry_no_verdict(framework: Framework) -> None:
    """False claims of an impact at most one in twenty, intervals that hold the truth as often as they say."""
    known, plan = framework.known_truth, framework.plan.impact
    for outcome in plan.outcomes:
        for one in known.of(outcome):
            if one.ratio == 1:
                assert one.supported <= plan.false_alarms, one
            assert one.wrong <= plan.false_alarms, one


def test_a_larger_fall_is_seen_more_often(framework: Framework) -> None:
    for outcome in framework.plan.impact.outcomes:
        by_name = {one.scenario: one.supported for one in framework.known_truth.of(outcome)}
        assert by_name["no_effect"] <= by_name["fall_20"] <= by_name["fall_40"]


def share_agrees(found: int, known: Truth, share: float) -> bool:
    """Whether so many of these runs may be of the same share as in the study."""
    return agrees(found, known.runs, share)


def agrees(found: int, studied: int, share: float) -> bool:
    """The same, of so many studied; a share of none in the study is not taken for never."""
    runs, expected = RUNS, (share * studied + 0.5) / (studied + 1)
    low, high = stats.binom.cdf(found, runs, expected), stats.binom.sf(found - 1, runs, expected)
    return bool(min(low, high) > RARE)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no_effect", "fall_40", "return_to_usual"])
def test_a_few_runs_again_give_what_the_study_says(
    framework: Framework, study_file: ModuleType, name: str
) -> None:
    plan, scenario = framework.plan.impact, study_file.SCENARIOS[name][0]
    tried = KnownTruth(plan.fingerprint, 1, {}, tuple(
        Truth("none", outcome, 1.0, 1000, 0.05, 0.95, 0.0, 0.0, 0.0) for outcome in plan.outcomes
    ), choices=study_file.question_of(plan, "M000", "").impact_choices)  # fmt: skip
    runs = [study_file.one_run((99, at), scenario, plan, tried) for at in range(RUNS)]
    for one in framework.known_truth.results:
        if one.scenario == name:
            found = [run[one.outcome] for run in runs]
            assert share_agrees(sum(each.covers for each in found), one, one.coverage)
            assert share_agrees(sum(each.stands_out for each in found), one, one.stands_out)
            assert share_agrees(
                sum(each.verdict == "evidence of an impact" for each in found), one, one.supported
            )


@pytest.mark.slow
def test_a_few_runs_of_the_other_designs_give_what_the_study_says(
    framework: Framework, study_file: ModuleType
) -> None:
    plan, scenario = framework.plan.impact, study_file.SCENARIOS["return_to_usual"][0]
    runs = [study_file.designs_run((98, at), scenario, plan) for at in range(RUNS)]
    for one in framework.known_truth.designs:
        if one.scenario == "return_to_usual":
            for at, share in enumerate((one.stands_out, one.coverage)):
                assert agrees(sum(run[one.design][at] for run in runs), one.runs, share), one


def test_the_same_seed_gives_the_same_run(framework: Framework, study_file: ModuleType) -> None:
    plan, known = framework.plan.impact, framework.known_truth
    one, other = (study_file.one_run((1, 2, 3), Scenario(), plan, known) for _ in range(2))
    assert one == other


def test_a_made_panel_is_what_it_says() -> None:
    cells, code = made_panel(
        np.random.default_rng(5),
        Scenario(ratio=0.5),
        launch="202122",
        first="200607",
        last="202324",
        pandemic=PANDEMIC,
    )
    assert set(cells["source"]) == {"made_panel"}
    whole = cells.pivot_table(
        index=["time_period", "area_code"], columns="education_phase", values="suspension_count"
    )
    assert (whole["Total"] == whole["State-funded primary"] + whole["State-funded secondary"]).all()
    rates = logs(cells)
    treated = rates[code]
    others = rates.drop(columns=code).mean(axis="columns")
    apart = treated - others
    assert np.exp(apart.loc["202122":].mean() - apart.loc["201617":"201819"].mean()) < 0.8


def test_made_authorities_scatter_as_the_published_ones_do() -> None:
    """How far authorities stray from their own usual, and how much of that is left a year later."""
    made, _ = made_panel(
        np.random.default_rng(6),
        Scenario(),
        launch="202122",
        first="200607",
        last="202324",
        pandemic=PANDEMIC,
    )
    table = pd.read_csv(
        ROOT / "data" / "published" / "exclusions_authority_annual.csv", dtype={"time_period": str}
    )
    names = {
        "suspension": "suspension_count",
        "one_plus_susp": "suspended_pupil_count",
        "headcount": "pupils",
    }
    real = table.rename(columns=names | {"old_la_code": "area_code"})
    for column in ("suspension_count", "suspended_pupil_count"):
        ours, theirs = (scatter(logs(cells, column)) for cells in (made, real))
        assert ours[0] == pytest.approx(theirs[0], abs=NEAR)
        assert ours[1] == pytest.approx(theirs[1], abs=2 * NEAR)
    assert set(MOVES) == {"suspension_count", "suspended_pupil_count", "permanent_exclusion_count"}
    assert SECONDARY == "State-funded secondary"


def logs(cells: pd.DataFrame, column: str = "suspension_count") -> pd.DataFrame:
    """Log rates of all schools, years by authorities that have every year."""
    total = cells[cells["education_phase"] == "Total"]
    wide = {
        name: total.assign(value=pd.to_numeric(total[name], errors="coerce"))
        .pivot(index="time_period", columns="area_code", values="value").dropna(axis="columns")
        for name in (column, "pupils")
    }  # fmt: skip
    shared = wide[column].columns.intersection(wide["pupils"].columns)
    return np.log((wide[column][shared] + 0.5) / wide["pupils"][shared])


def scatter(rates: pd.DataFrame) -> tuple[float, float]:
    """Standard deviation about the authority's and the year's usual, and correlation with the year after."""
    left = rates.to_numpy() - rates.to_numpy().mean(axis=0)
    left = left - left.mean(axis=1)[:, None]
    return float(left.std()), float((left[1:] * left[:-1]).mean() / (left**2).mean())
