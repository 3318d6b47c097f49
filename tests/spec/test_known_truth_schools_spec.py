"""The simulation study of schools: its targets are kept, and a small part of it run again gives the same."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from onroll.evidence.school_charter import FALSE_CLAIMS, unreliable
from onroll.evidence.school_differences import SEEN, differences_unreliable
from onroll.framework import load
from onroll.framework.known_truth_schools import NEAR, KnownSchools
from onroll.synthetic.school_years import LEVEL, SIGNING, SIZES, YEARS, SchoolScenario, made_schools
from onroll.vocabulary import PHASES

ROOT = Path(__file__).parents[2]
PUPILS_A_SCHOOL = {
    PHASES[1]: 934.0,
    PHASES[0]: 279.0,
}  # England 2016/17: DfE, 3,223,090 in 3,451 and 4,689,660 in 16,837
CALM = (("201516", "201617", "201718", "201819"), ("202122", "202223", "202324"))
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


def test_intervals_hold_the_truth_as_often_as_they_promise_where_schools_sign_at_any_time(
    known: KnownSchools,
) -> None:
    """95 in 100, from 93 to 97, wherever something happened in proportion; as many at every school is the wider side."""
    dealt = [one for one in known.results if one.scenario not in known.by_standing]
    assert {"no_effect", "fall_20", "fall_40", "few_schools", "same_fall"} == {one.scenario for one in dealt}
    for one in dealt:
        assert one.coverage >= known.confidence - NEAR, one
        assert one.coverage <= known.confidence + NEAR or one.scenario == "same_fall", one


def test_scenarios_in_which_dates_are_not_dealt_out_are_told_apart(
    known: KnownSchools, study_file: ModuleType
) -> None:
    assert known.by_standing == study_file.BY_STANDING
    for name in known.by_standing:
        assert study_file.SCENARIOS[name][0].stood_high or study_file.SCENARIOS[name][0].high_level


def test_schools_are_said_to_differ_though_they_do_not_no_more_than_once_in_twenty(
    known: KnownSchools, study_file: ModuleType
) -> None:
    assert known.differing == study_file.DIFFERING == ("few_schools", "same_fall")
    for one in known.results:
        assert one.said_to_differ is not None, one
        assert one.said_to_differ <= FALSE_CLAIMS or one.scenario in known.differing, one
    for phase in PHASES[:2]:
        seen = max(one.said_to_differ or 0.0 for one in known.of(phase) if one.scenario in known.differing)
        why = differences_unreliable(known, phase, known.confidence)
        assert (f"found in {seen:.0%} of made authorities at most" in why) == (seen < SEEN)


def scatter(events: np.ndarray, pupils: np.ndarray) -> np.ndarray:
    """Variance of each authority's rate about its own usual and the year's, beyond chance, as a share of it squared."""
    expected = pupils * events.sum(axis=0) / pupils.sum(axis=0)
    expected *= (events.sum(axis=1) / expected.sum(axis=1))[:, None]
    years = events.shape[1]
    beyond = (events - expected) ** 2 * years / (years - 1) - expected * (1 - expected / pupils)
    return np.asarray((beyond / expected**2).mean(axis=1))


def published(phase: str, years: tuple[str, ...]) -> float:
    """What a single school adds to an authority's scatter, by real authorities: the part that falls with their size."""
    table = pd.read_csv(ROOT / "data" / "published" / "exclusions_authority_annual.csv", dtype=str)
    table = table[(table["education_phase"] == phase) & table["time_period"].isin(years)]
    wide = {
        name: table.assign(value=pd.to_numeric(table[name], errors="coerce"))
        .pivot(index="old_la_code", columns="time_period", values="value")
        for name in ("one_plus_susp", "headcount")
    }  # fmt: skip
    events, pupils = wide["one_plus_susp"], wide["headcount"]
    steady = pupils.max(axis=1) < 1.15 * pupils.min(axis=1)  # others were split, joined, or a school came
    keep = events.notna().all(axis=1) & steady & (events.mean(axis=1) >= 5)
    seen, rolls = events[keep].to_numpy(), pupils[keep].to_numpy()
    schools, found = rolls.mean(axis=1) / PUPILS_A_SCHOOL[phase], scatter(seen, rolls)
    found = np.minimum(
        found, np.quantile(found, 0.98)
    )  # one authority's mistake in one year is not how schools move
    weight = schools.clip(1, 30)
    both = np.column_stack([weight, weight / schools])
    return float(np.linalg.lstsq(both, found * weight, rcond=None)[0][1])


@pytest.mark.parametrize("phase", PHASES[:2])
def test_made_schools_stray_from_year_to_year_as_published_rates_say(phase: str) -> None:
    """An authority of so many made schools, its schools added up: between the calm years before the pandemic and after."""
    made = [made_schools(np.random.default_rng((6, at)), SchoolScenario(), phase) for at in range(200)]
    events, pupils = (
        np.array([getattr(one, name).sum(axis=0)[: SIGNING[0]] for one in made])
        for name in ("suspended", "pupils")
    )
    ours = float(scatter(events, pupils).mean()) * SIZES[phase].schools
    low, high = sorted(published(phase, years) for years in CALM)
    assert low < ours < high


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
    assert one.said_to_differ is not None
    assert agrees(sum(run.said_to_differ for run in found), RUNS, one.said_to_differ, one.runs)
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
    fall = 0.4 * 100 * size.share * 1.3 * np.exp(LEVEL**2 / 2)
    assert np.mean([one.true_change for one in made]) == pytest.approx(-fall, rel=0.25)


def test_a_fall_may_be_as_many_pupils_at_every_school() -> None:
    made = made_schools(np.random.default_rng(1), SchoolScenario(ratio=0.9, alike=True), PHASES[1])
    under = np.arange(len(YEARS))[None, :] >= made.first[:, None]
    for year in SIGNING:
        falls = made.change[under[:, year], year]
        assert falls == pytest.approx(falls[0])
        assert falls[0] < 0
