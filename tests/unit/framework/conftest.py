"""A small whole project of another authority, so that messages can be compared word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from onroll import framework
from onroll.errors import DeclarationError

STRATEGY = """\
authority: {name: Elsewhere, old_la_code: "999", new_la_code: E06999999, region: North}
title: A strategy
year: 2020
launch: 202021
launch_note: It began in September.
board: {name: The Board, abbreviation: TB}
services: []
source: {document: A strategy, publisher: Elsewhere, year: 2020, terms: Quoted.}
vision: All are welcome.
mission: To look again.
beliefs: [Everyone can learn.]
focus_areas:
  - {id: F1, label: Charter, text: A charter., objectives: [P1.1]}
  - {id: F2, label: Voice, text: A voice., objectives: [], indicators: [voice_heard]}
priorities:
  - number: 1
    name: Commitment
    text: To commit.
    objectives:
      - id: P1.1
        label: Charter
        text: All schools sign.
        rating: [COV]
        unit: school
        direction: up
        sources: [Register]
        analyses: [A1]
regimes:
  - {id: pandemic, label: Pandemic, years: [201920, 202021]}
"""
INDICATORS = """\
id: one
about: Everything
indicators:
  - id: charter_signed
    label: Schools that signed
    objectives: [P1.1]
    kind: proportion
    table: schools
    numerator: schools that signed
    denominator: schools on the register
    per: 100
    polarity: higher_is_better
    breakdowns: [education_phase]
    comparators: [england]
    rating: COV
    items: [P1.1-D1]
  - id: voice_heard
    label: Pupils who are heard
    focus_areas: [F2]
    kind: count
    table: survey_answers
    numerator: pupils who answer yes
    per: 1
    polarity: higher_is_better
    items: [YF4]
"""
RATINGS = """\
status: to be confirmed by the Board
could_be: "{rating} (could be {other})"
never_alone: No.
fewest_pupil_or_parent_replies: 10
fewest_staff_replies: 5
rules:
  - {code: COV, label: Some, applies_to: All., green: Most., amber: Some., red: Few., thresholds: {most: 0.9}}
"""
COMPARATORS = """\
comparators:
  - {id: england, kind: nation, label: England}
  - {id: baseline, kind: own_years, label: before, first: 201617, last: 201819}
"""
DISCLOSURE = """\
policies:
  - id: open
    label: Open
    minimum_count: 0
    zero: shown
    hides: []
    rounding: none
    mark: public
default_policy: {published: open, received: open, synthetic: open}
"""
PLAN = """\
version: 1
estimand: The difference.
primary_outcome: suspension_rate
secondary_outcomes: []
comparator: england
baseline: baseline
designs:
  - id: synthetic_control
    label: Synthetic control
    outcomes: [suspension_rate]
    pre_first: 200607
    pre_last: 201920
    post_first: 202021
    comparator: england
regimes:
  - {regime: pandemic, treatment: shown_apart, words: Shown apart.}
reference_groups:
  - {breakdown: sen_provision, group: No SEN, why: The largest.}
confidence: 0.95
power: 0.8
wording: {}
choices:
  baseline_first: {type: year, default: 201617, help: The first.}
  baseline_last: {type: year, default: 201819, help: The last.}
  confidence: {type: number, default: 0.95, minimum: 0.8, maximum: 0.999, help: How sure.}
  neighbours: {type: string, default: "2021", allowed: ["2021", "2025"], help: Which model.}
analyses:
  - {code: A1, label: Coverage, words: How many.}
consistency:
  alike: [sex]
  least_schools: 10
  outermost: winsorised
  outermost_share: 0.1
  rules: [beyond]
  false_alarms: {schools: 0.5, terms: 0.3, published: 0.2}
disproportionality:
  groups: [sen_provision]
  alike: [sex]
  threshold: "2"
  least_events: 10
  least_pupils: 30
  years: 3
  progress: "0.05"
impact:
  primary: authority_panel
  outcomes: [suspension_rate]
  phases: [Total]
  multiplicity: holm
  recent: 3
  checks: [stands_out]
  false_alarms: 0.05
  coverage: [0.93, 0.97]
  as_high_share: 0.1
  agreement: 0.8
  choices:
    designs: [authority_panel]
    comparators: [all]
    first_years: [200607]
    pandemic: [left_out]
    after: [all]
    phases: [Total]
"""
KNOWN_TRUTH = """\
plan: none
seed: 1
scenarios: {no_effect: nothing was done}
results:
  - {scenario: no_effect, outcome: suspension_rate, ratio: 1.0, runs: 9, stands_out: 0.0, coverage: 1.0,
     supported: 0.0, unsure: 0.0, wrong: 0.0}
"""
KNOWN_SCHOOLS = """\
confidence: 0.95
seed: 1
scenarios: {no_effect: nothing was done}
results:
  - {scenario: no_effect, phase: State-funded primary, ratio: 1.0, change: 0.0, runs: 9, stands_out: 0.0, claimed: 0.0,
     differed: 0.0, judged: 9, coverage: 1.0, wrong: 0.0}
"""
NOTEBOOKS = """\
parameters:
  year: {type: year, default: "", help: The year.}
notebooks:
  - {id: 10_first, file: 10_first.ipynb, title: First, question: What?, for: board}
  - id: 20_second
    file: 20_second.ipynb
    title: Second
    question: Why?
    for: researcher
    needs: [10_first]
    choices: [confidence]
"""
FILES = {
    "evaluation/strategy.yaml": STRATEGY,
    "evaluation/indicators/one.yaml": INDICATORS,
    "evaluation/rating_rules.yaml": RATINGS,
    "evaluation/comparators.yaml": COMPARATORS,
    "evaluation/disclosure.yaml": DISCLOSURE,
    "evaluation/analysis_plan.yaml": PLAN,
    "evaluation/known_truth.yaml": KNOWN_TRUTH,
    "evaluation/known_truth_schools.yaml": KNOWN_SCHOOLS,
    "notebooks/notebooks.yaml": NOTEBOOKS,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def told(project: Path) -> Callable[[str, str, str], str]:
    """Replace a text that stands once in a file, load, and give back the message."""

    def change(name: str, old: str, new: str) -> str:
        text = (project / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        (project / name).write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(DeclarationError) as caught:
            framework.load(project)
        return str(caught.value)

    return change


@pytest.fixture(scope="session")
def ours() -> framework.Framework:
    """The declarations that ship with the project."""
    return framework.load(Path(__file__).parents[3])
