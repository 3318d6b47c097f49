"""The budget of false alarms: with nothing odd drawn in, no more stands out a year than the plan accepts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.funnels import school_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.steady import Series, frequent
from onroll.framework import Framework, load
from onroll.project import Project
from onroll.statistics import false_alarms
from onroll.vocabulary import TERMS
from onroll.vocabulary.records import OUTSIDE

pytestmark = pytest.mark.slow
TOWNS, CHARTS = 250, 1500
NOISE = 0.06  # two standard errors of the mean of so many towns
YEARS = ("201617", "201718", "201819", "201920", "202021", "202122", "202223", "202324")


@pytest.fixture(scope="module")
def framework(project: Project) -> Framework:
    return load(project.root)


def outside(framework: Framework, spread: float, rng: np.random.Generator) -> float:
    """How many schools of a made town stand outside, whose log odds differ by a normal spread and nothing else."""
    rows = []
    for phase, share, sizes in (
        ("State-funded secondary", 0.075, rng.integers(800, 1450, 14)),
        ("State-funded primary", 0.007, rng.integers(220, 640, 56)),
    ):
        odds = share / (1 - share) * np.exp(spread * rng.standard_normal(len(sizes)))
        for at, (pupils, one) in enumerate(zip(sizes, odds, strict=True)):
            rows.append(
                (phase, f"{phase[13]}{at}", int(rng.binomial(pupils, one / (1 + one))), float(pupils))
            )
    cells = pd.DataFrame(rows, columns=["education_phase", "area_code", "numerator", "denominator"]).assign(
        indicator="register_suspended_pupil_rate", time_period="202324", time_identifier="Academic year",
        geographic_level="School", breakdown_topic="Total", breakdown="Total",
    )  # fmt: skip
    study = RecordsStudy(cells, pd.DataFrame(), framework.indicators, lambda table: table, {})
    question = Question(
        year="202324", area_code="1", area="Here", region="", neighbours=(), neighbours_label="", neighbours_id="",
        reference_groups={}, baseline=YEARS[:3], pandemic=YEARS[3:5], launch="202122", impact_pre=(), change_pre=(),
        consistency=framework.plan.consistency,
    )  # fmt: skip
    found = pd.DataFrame(school_rows(study, {}, question))
    return float(found.loc[found["statistic"] == OUTSIDE, "estimate"].sum())


@pytest.mark.parametrize("spread", [0.0, 0.36])
def test_schools_that_differ_as_usual_are_seldom_outside(framework: Framework, spread: float) -> None:
    rng = np.random.default_rng(7)
    alarms = np.mean([outside(framework, spread, rng) for _ in range(TOWNS)])
    # every school is looked at twice, as it is and among pupils alike: half of the budget is for the first look
    assert alarms <= framework.plan.consistency.false_alarms.schools / 2 + NOISE


def test_a_steady_chart_of_terms_is_seldom_marked(framework: Framework) -> None:
    plan, rng = framework.plan.consistency, np.random.default_rng(8)
    charts = 5
    budget = false_alarms.alarm_budget(charts, 9, budget=plan.false_alarms.terms, rules=plan.rules)
    times = tuple((year, term) for year in YEARS for term in TERMS)
    marked = []
    for _ in range(CHARTS):
        events = rng.poisson(700 * np.exp(0.15 * rng.standard_normal(24))).astype(float)
        series = Series(times, events, np.full(24, 40_000.0), 9, YEARS[3:5])
        chart = frequent(series, budget, 100.0, is_share=False)
        said = [words for words, watched in zip(chart.said, series.watched, strict=True) if watched]
        beyond = any("above" in words or "below" in words for words in said)
        marked.append(beyond + any("on one side" in words for words in said))
    assert np.mean(marked) <= plan.false_alarms.terms / charts + 0.02
