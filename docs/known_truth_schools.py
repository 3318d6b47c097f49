"""The simulation study of schools: made authorities whose truth is known; writes evaluation/known_truth_schools.yaml.

python docs/known_truth_schools.py                        some ten minutes on one core
python docs/known_truth_schools.py --runs 20 --out FILE   a look
python docs/known_truth_schools.py --differences          only how often schools are said to differ, the rest kept

The last makes the same authorities from the same seeds, so the file is what a whole study would write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from onroll.evidence.question import Question
from onroll.evidence.school_charter import ROUNDING, Charter, charter_of, differed_before, word_of
from onroll.evidence.school_differences import difference_word, differences_of
from onroll.evidence.school_panel import SchoolPanel
from onroll.evidence.school_power import before_anybody_signed
from onroll.framework.known_truth_schools import SchoolTruth
from onroll.synthetic.school_years import SIZES, YEARS, MadeSchools, SchoolScenario, made_schools
from onroll.vocabulary import periods
from onroll.vocabulary.records import STOOD_OUT

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "evaluation" / "known_truth_schools.yaml"
SEED, RUNS = 20212, 600
SCENARIOS: Mapping[str, tuple[SchoolScenario, str]] = {
    "no_effect": (SchoolScenario(), "the Charter does nothing"),
    "fall_20": (SchoolScenario(ratio=0.8), "a fall of 20% at schools that signed"),
    "fall_40": (SchoolScenario(ratio=0.6), "a fall of 40% at schools that signed"),
    "few_schools": (SchoolScenario(ratio=0.6, reaches=0.25), "a fall of 40% at a quarter of the schools that signed"),
    "same_fall": (
        SchoolScenario(ratio=0.6, alike=True), "a fall of as many pupils at every school that signed, 40% of the mean rate",
    ),
    "rather_when_high": (
        SchoolScenario(stood_high=0.5), "the Charter does nothing; schools sign rather when their rate stands high",
    ),
    "return_to_usual": (
        SchoolScenario(stood_high=1.5), "the Charter does nothing; schools sign mostly when their rate stands high",
    ),
    "high_level": (
        SchoolScenario(high_level=1.0), "the Charter does nothing; schools sign that suspend more all along",
    ),
    "fall_after_high": (
        SchoolScenario(ratio=0.6, stood_high=0.5), "a fall of 40%; schools sign rather when their rate stands high",
    ),
}  # fmt: skip
DIFFERING = tuple(
    name for name, (one, _) in SCENARIOS.items() if one.ratio != 1 and (one.alike or one.reaches < 1)
)
BY_STANDING = tuple(name for name, (one, _) in SCENARIOS.items() if one.stood_high or one.high_level)


@dataclass(frozen=True, slots=True)
class Run:
    """What one made authority gave."""

    true_change: float
    stands_out: bool
    differed: bool
    covers: bool
    claimed: bool
    is_below: bool
    strays: float
    said_to_differ: bool


def question_of() -> Question:
    """The question about the last of the years, as an evaluation puts it."""
    return Question(
        year=YEARS[-1], area_code="M", area="made authority", region="made", neighbours=(), neighbours_label="",
        neighbours_id="", reference_groups={}, baseline=periods("201617", "201819"), pandemic=("201920", "202021"),
        launch="202122", impact_pre=periods("200607", "202021"), change_pre=periods("201617", "201819"),
    )  # fmt: skip


def panel_of(made: MadeSchools, phase: str) -> SchoolPanel:
    """Made schools as the comparison takes them."""
    schools, years = made.pupils.shape
    nothing = np.array([])
    return SchoolPanel(
        phase, YEARS, np.repeat([f"{at:03d}" for at in range(schools)], years), np.tile(np.arange(1, years + 1), schools),
        made.suspended.ravel(), made.pupils.ravel(), np.repeat(made.first + 1.0, years), nothing, nothing, nothing, 0,
    )  # fmt: skip


def one_run(seed: tuple[int, ...], scenario: SchoolScenario, phase: str) -> Run:
    """The chain from the schools' counts to the words, on one made authority."""
    made = made_schools(np.random.default_rng(seed), scenario, phase)
    panel, question = panel_of(made, phase), question_of()
    found = charter_of(panel, question)
    said, _ = word_of(panel, found, question)
    change, truth = found.change, made.true_change
    return Run(
        truth, found.stands_out, bool(differed_before(panel, found, question)), change.lower <= truth <= change.upper,
        said == STOOD_OUT, change.estimate < 0, before_anybody_signed(panel).strays,
        differ(panel, question, found),
    )  # fmt: skip


def differ(panel: SchoolPanel, question: Question, charter: Charter | None = None) -> bool:
    """Whether the page would say that it went otherwise at some schools; how they stood is asked only if it matters."""
    found = differences_of(panel, question)
    if found.p_value > 1 - question.confidence + ROUNDING:
        return False
    charter = charter or charter_of(panel, question)
    return difference_word(panel, charter, found, question)[0] == STOOD_OUT


def differences_again(whole: dict[str, Any]) -> dict[str, Any]:
    """A study that was made, with how often its schools are said to differ."""
    names = list(SCENARIOS)
    for one in whole["results"]:
        scenario, phase = SCENARIOS[one["scenario"]][0], one["phase"]
        seeds = [(SEED, names.index(one["scenario"]), run) for run in range(one["runs"])]
        made = (made_schools(np.random.default_rng(seed), scenario, phase) for seed in seeds)
        told = [differ(panel_of(each, phase), question_of()) for each in made]
        one["said_to_differ"] = round(float(np.mean(told)), 4)
        sys.stderr.write(f"{phase}, {one['scenario']}: {one['said_to_differ']:.1%} of {one['runs']}\n")
    return {**whole, "differing": list(DIFFERING)}


def results(runs: int) -> Iterator[tuple[SchoolTruth, float]]:
    """Every scenario, phase by phase, and how far its schools stray from year to year before anybody signs."""
    for phase in SIZES:
        for at, (name, (scenario, _)) in enumerate(SCENARIOS.items()):
            found = [one_run((SEED, at, run), scenario, phase) for run in range(runs)]
            sys.stderr.write(f"{phase}, {name}: {runs} made authorities\n")
            yield summed(name, phase, scenario, found), float(np.median([one.strays for one in found]))


def summed(name: str, phase: str, scenario: SchoolScenario, found: list[Run]) -> SchoolTruth:
    """Shares of the runs of one scenario."""

    def share(values: list[bool]) -> float:
        """Of the runs, to four decimals."""
        return round(float(np.mean(values)), 4) if values else 0.0

    wrong = [one.claimed and (scenario.ratio == 1 or one.is_below != (scenario.ratio < 1)) for one in found]
    judged = [one.covers for one in found if not one.differed]
    return SchoolTruth(
        name, phase, scenario.ratio, round(float(np.mean([one.true_change for one in found])), 4), len(found),
        share([one.stands_out for one in found]), share([one.claimed for one in found]),
        share([one.differed for one in found]), len(judged), share(judged), share(wrong),
        share([one.said_to_differ for one in found]),
    )  # fmt: skip


def study(runs: int) -> dict[str, Any]:
    """The whole study as it is written."""
    every = list(results(runs))
    found = [{name: getattr(one, name) for name in SchoolTruth.__dataclass_fields__} for one, _ in every]
    strays = {phase: [far for one, far in every if one.phase == phase] for phase in SIZES}
    sizes = "; ".join(f"{phase}: {one.schools} schools" for phase, one in SIZES.items())
    return {
        "confidence": question_of().confidence, "seed": SEED,
        "scenarios": {name: words for name, (_, words) in SCENARIOS.items()}, "results": found,
        "note": f"{sizes}; rates differ, wander and rise by 40% in all schools; docs/known_truth_schools.py.",
        "by_standing": list(BY_STANDING),
        "strays": {phase: round(float(np.mean(one)), 4) for phase, one in strays.items()}, "differing": list(DIFFERING),
    }  # fmt: skip


def main() -> None:
    """Run the study and write its results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="a scenario and phase")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument(
        "--differences", action="store_true", help="only how often schools are said to differ"
    )
    asked = parser.parse_args()
    whole = (
        differences_again(yaml.safe_load(FILE.read_text(encoding="utf-8")))
        if asked.differences
        else study(asked.runs)
    )
    head = "# Made by docs/known_truth_schools.py: what comparing schools gave where the truth was known. Synthetic.\n"
    asked.out.write_text(
        head + yaml.dump(whole, sort_keys=False, allow_unicode=True, width=118), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
