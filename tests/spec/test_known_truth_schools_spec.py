"""The simulation study of schools: its targets are kept, and a small part of it run again gives the same."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

from onroll.evidence.school_charter import FALSE_CLAIMS, unreliable
from onroll.framework import load
from onroll.framework.known_truth_schools import KnownSchools
from onroll.synthetic.school_years import LEVEL, SIZES, YEARS, SchoolScenario, made_schools
from onroll.vocabulary import PHASES

ROOT = Path(__file__).parents[2]
RUNS, RARE = 40, 1e-4  # a share of forty runs lies this far from the study's in one of ten thousand studies


@pytest.fixture(scope="module")
def known() -> KnownSchools:
    return load(ROOT).known_schools


@pytest.fixture(scope="module")
def study_file() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "known_truth_of_schools", ROOT / "docs" / "known_truth_schools.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_scenario_was_run_for_both_phases(known: KnownSchools, study_file: ModuleType) -> None:
    assert {(one.scenario, one.phase) for one in known.results} == {
        (name, phase) for name in study_file.SCENARIOS for phase in PHASES[:2]
    }
    assert known.confidence == load(ROOT).plan.confidence
    assert dict(known.scenarios) == {name: words for name, (_, words) in study_file.SCENARIOS.items()}


def test_no_change_is_left_standing_wrongly_more_than_once_in_twenty(known: KnownSchools) -> None:
    assert {one.scenario for one in known.results if one.ratio == 1} > {"return_to_usual", "high_level"}
    for one in known.results:
        assert one.wrong <= FALSE_CLAIMS, one
    for phase in PHASES[:2]:
        assert unreliable(known, phase, known.confidence) == ""


def test_without_looking_at_how_schools_stood_it_would_be_far_more(known: KnownSchools) -> None:
    """What the check before is for: schools that sign when they stand high make a change out of nothing."""
    high = [one for one in known.results if one.scenario == "return_to_usual"]
    assert all(one.stands_out > 2 * FALSE_CLAIMS > one.wrong for one in high)


def test_a_larger_fall_is_seen_more_often(known: KnownSchools) -> None:
    for phase in PHASES[:2]:
        by_name = {one.scenario: one.claimed for one in known.of(phase)}
        assert by_name["no_effect"] < by_name["fall_20"] < by_name["fall_40"]


def agrees(found: int, many: int, share: float, runs: int) -> bool:
    """Whether so many may be of the same share; a share of none in the study is not taken for never."""
    expected = (share * runs + 0.5) / (runs + 1)
    low, high = stats.binom.cdf(found, many, expected), stats.binom.sf(found - 1, many, expected)
    return bool(min(low, high) > RARE)


@pytest.mark.slow
@pytest.mark.parametrize("phase", PHASES[:2])
@pytest.mark.parametrize("name", ["no_effect", "fall_40", "return_to_usual"])
def test_a_few_runs_again_give_what_the_study_says(
    known: KnownSchools, study_file: ModuleType, name: str, phase: str
) -> None:
    scenario = study_file.SCENARIOS[name][0]
    found = [study_file.one_run((99, at), scenario, phase) for at in range(RUNS)]
    [one] = [one for one in known.of(phase) if one.scenario == name]
    assert agrees(sum(run.stands_out for run in found), RUNS, one.stands_out, one.runs)
    assert agrees(sum(run.claimed for run in found), RUNS, one.claimed, one.runs)
    assert agrees(sum(run.differed for run in found), RUNS, one.differed, one.runs)
    judged = [run.covers for run in found if not run.differed]
    assert agrees(sum(judged), len(judged), one.coverage, one.judged) or not judged


def test_the_same_seed_gives_the_same_run(study_file: ModuleType) -> None:
    one, other = (study_file.one_run((1, 2), SchoolScenario(ratio=0.6), PHASES[1]) for _ in range(2))
    assert one == other


def test_made_schools_are_what_they_say() -> None:
    made = [made_schools(np.random.default_rng(at), SchoolScenario(ratio=0.6), PHASES[1]) for at in range(60)]
    size = SIZES[PHASES[1]]
    assert made[0].suspended.shape == (size.schools, len(YEARS))
    assert all(np.isfinite(one.first).sum() == 8 for one in made)  # six of ten of fourteen
    before = np.concatenate([(one.suspended / one.pupils)[:, :4].mean(axis=1) for one in made])
    assert np.exp(np.log(before + 1e-4).mean()) == pytest.approx(size.share, rel=0.15)
    assert np.log(before + 1e-4).std() == pytest.approx(LEVEL, rel=0.25)
    assert np.mean([one.true_change for one in made]) == pytest.approx(
        -0.4 * 100 * 0.07 * 1.3 * 1.15, rel=0.25
    )
