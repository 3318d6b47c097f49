"""The simulation study: the whole chain on made authorities whose truth is known; writes evaluation/known_truth.yaml.

python docs/known_truth.py                        some forty minutes on one core
python docs/known_truth.py --runs 20 --out FILE   a look
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from onroll.evidence.authority_panel import panel_rows
from onroll.evidence.designs import ranked_by
from onroll.evidence.impact_panel import cut, whole
from onroll.evidence.multiverse import multiverse_rows
from onroll.evidence.question import Question
from onroll.evidence.verdict import verdict_rows
from onroll.framework import load
from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.known_truth import DesignTruth, KnownTruth, Truth
from onroll.statistics.multiplicity import adjust
from onroll.synthetic.panel import Scenario, made_panel
from onroll.vocabulary import P_VALUE, RELATIVE_CHANGE, periods
from onroll.vocabulary.impact import AUTHORITY_PANEL, SUPPORTED, UNSURE, VERDICT

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "evaluation" / "known_truth.yaml"
SEED = 20211
PANDEMIC, LAUNCH, FIRST, LAST = ("201920", "202021"), "202122", "200607", "202324"
SCENARIOS: Mapping[str, tuple[Scenario, str]] = {
    "no_effect": (Scenario(), "nothing was done, in any of 150 authorities"),
    "fall_10": (Scenario(ratio=0.9), "a fall of 10%"),
    "fall_20": (Scenario(ratio=0.8), "a fall of 20%"),
    "fall_40": (Scenario(ratio=0.6), "a fall of 40%"),
    "few_schools": (Scenario(ratio=0.6, share=0.2), "a fall of 40% at a fifth of the secondary schools"),
    "return_to_usual": (
        Scenario(stood_high=0.1), "nothing was done, in one of the tenth of authorities that stood highest just before",
    ),
    "pandemic_dip": (
        Scenario(dip=0.4, uneven=0.15),
        "nothing was done; a deep dip in the pandemic that authorities came out of unevenly",
    ),
    "national_rise": (Scenario(national=1.6), "nothing was done; rates rose by 60% in every authority"),
    "fall_after_high": (Scenario(ratio=0.6, stood_high=0.1), "a fall of 40% where the rate had stood high"),
}  # fmt: skip


DESIGNS_IN, DESIGNS_OF, DESIGNS_RUNS = (
    ("no_effect", "fall_40", "return_to_usual", "pandemic_dip", "national_rise"), "suspension_rate", 200,
)  # fmt: skip
"""Where the designs beside the primary are tried, for which outcome, and on how many of the panels."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one made authority gave for one outcome."""

    stands_out: bool
    covers: bool
    verdict: str
    is_below: bool


def question_of(plan: ImpactPlan, code: str, region: str) -> Question:
    """The question about the treated authority of a made panel, as an evaluation puts it."""
    place = int(code[1:])
    return Question(
        year=LAST, area_code=code, area=f"made authority {code}", region=region,
        neighbours=tuple(f"M{(place + step) % 150:03d}" for step in range(7, 77, 7)), neighbours_label="", neighbours_id="",
        reference_groups={}, baseline=periods("201617", "201819"), pandemic=PANDEMIC, launch=LAUNCH,
        impact_pre=periods(FIRST, "202021"), change_pre=periods("201617", "201819"), impact=plan,
    )  # fmt: skip


def made(seed: tuple[int, ...], scenario: Scenario, plan: ImpactPlan) -> tuple[pd.DataFrame, Question]:
    """One made panel and the question about its treated authority."""
    rng = np.random.default_rng(seed)
    cells, code = made_panel(rng, scenario, launch=LAUNCH, first=FIRST, last=LAST, pandemic=PANDEMIC)
    region = str(cells.loc[cells["area_code"] == code, "region"].iloc[0])
    return cells, question_of(plan, code, region)


def designs_run(seed: tuple[int, ...], scenario: Scenario, plan: ImpactPlan) -> dict[str, tuple[bool, bool]]:
    """Each design beside the primary on one made panel: did the change stand out, did its interval hold the truth."""
    cells, question = made(seed, scenario, plan)
    chosen = cut(whole(cells, DESIGNS_OF), question.calm_pre, question.after, question.area_code)
    found = {
        design: ranked_by(chosen, design, plan.recent, question.confidence)
        for design in plan.choices.designs
        if design != plan.primary
    }
    return {
        design: (
            one.p_value <= 1 - question.confidence,
            bool(one.lower <= scenario.true_ratio <= one.upper),
        )
        for design, one in found.items()
    }


def one_run(seed: tuple[int, ...], scenario: Scenario, plan: ImpactPlan, known: KnownTruth) -> dict[str, Run]:
    """The chain from cells to verdict on one made panel."""
    cells, question = made(seed, scenario, plan)
    only = replace(plan, phases=plan.phases[:1])
    rows = list(panel_rows(cells, question, only))
    p = {row["indicator"]: row["estimate"] for row in rows if row["statistic"] == P_VALUE}
    values = np.array(list(p.values()))
    smallest = adjust(values, values, values, values, members=list(p)).adjusted_p_value.min()
    if smallest <= 1 - question.confidence:  # else no verdict goes further than that it cannot be told
        rows += multiverse_rows(cells, question, plan)
    verdicts = {
        row["indicator"]: row["note"]
        for row in verdict_rows(rows, question, plan, known)
        if row["statistic"] == VERDICT
    }
    found = {}
    for row in rows:
        if row["statistic"] == RELATIVE_CHANGE and row["design"] == AUTHORITY_PANEL and "estimate" in row:
            name = str(row["indicator"]).removeprefix("strategy_impact_")
            found[name] = Run(
                p[row["indicator"]] <= 1 - question.confidence,
                bool(row["lower"] <= scenario.true_ratio <= row["upper"]),
                verdicts[row["indicator"]], bool(row["estimate"] < 1),
            )  # fmt: skip
    return found


def runs_of(scenario: Scenario) -> int:
    """More where nothing was done, or the rate had stood high: false claims are rarer than what is found."""
    return 600 if scenario.true_ratio == 1 or scenario.stood_high < 1 else 300


def results(plan: ImpactPlan, runs: int, workers: int) -> Iterator[Truth]:
    """Every scenario, outcome by outcome."""
    nothing_known = KnownTruth(plan.fingerprint, SEED, {}, tuple(
        Truth("none", outcome, 1.0, 1000, 0.05, 0.95, 0.0, 0.0, 0.0) for outcome in plan.outcomes
    ), choices=question_of(plan, "M000", "").impact_choices)  # fmt: skip
    with ProcessPoolExecutor(workers) as pool:
        for at, (name, (scenario, _)) in enumerate(SCENARIOS.items()):
            many = runs or runs_of(scenario)
            jobs = [
                pool.submit(one_run, (SEED, at, run), scenario, plan, nothing_known) for run in range(many)
            ]
            every = [job.result() for job in jobs]
            print(f"{name}: {many} made authorities", file=sys.stderr, flush=True)
            for outcome in plan.outcomes:
                yield summed(name, outcome, scenario, [one[outcome] for one in every if outcome in one])


def designs_results(plan: ImpactPlan, runs: int, workers: int) -> Iterator[DesignTruth]:
    """The designs beside the primary, scenario by scenario, on the first of the same panels."""
    many = min(runs, DESIGNS_RUNS) if runs else DESIGNS_RUNS
    with ProcessPoolExecutor(workers) as pool:
        for at, (name, (scenario, _)) in enumerate(SCENARIOS.items()):
            if name not in DESIGNS_IN:
                continue
            jobs = [pool.submit(designs_run, (SEED, at, run), scenario, plan) for run in range(many)]
            every = [job.result() for job in jobs]
            print(f"{name}: {many} made authorities by every design", file=sys.stderr, flush=True)
            for design in every[0]:
                stood, held = np.mean([one[design] for one in every], axis=0)
                yield DesignTruth(
                    name, design, DESIGNS_OF, round(scenario.true_ratio, 4), many, round(float(stood), 4),
                    round(float(held), 4),
                )  # fmt: skip


def summed(name: str, outcome: str, scenario: Scenario, found: list[Run]) -> Truth:
    """Shares of the runs of one scenario."""
    truth = scenario.true_ratio
    wrong = [one.verdict == SUPPORTED and (truth == 1 or one.is_below != (truth < 1)) for one in found]

    def share(values: list[bool]) -> float:
        return round(float(np.mean(values)), 4)

    return Truth(
        name, outcome, round(truth, 4), len(found), share([one.stands_out for one in found]),
        share([one.covers for one in found]), share([one.verdict == SUPPORTED for one in found]),
        share([one.verdict == UNSURE for one in found]), share(wrong),
    )  # fmt: skip


def main() -> None:
    """Run the study and write its results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=0, help="a scenario; the study's own when left out")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args()
    plan = load(ROOT).plan.impact
    found = [_plain(one) for one in results(plan, asked.runs, asked.workers)]
    beside = [_plain(one) for one in designs_results(plan, asked.runs, asked.workers)]
    choices = dict(question_of(plan, "M000", "").impact_choices)
    whole: dict[str, Any] = {
        "plan": plan.fingerprint, "seed": SEED, "scenarios": {name: words for name, (_, words) in SCENARIOS.items()},
        "results": found, "designs": beside, "choices": choices,
        "note": "Made panels of 150 authorities, 2006/07 to 2023/24, as the published one scatters; docs/known_truth.py.",
    }  # fmt: skip
    head = "# Made by docs/known_truth.py: what the designs gave where the truth was known. Synthetic data, no real place.\n"
    asked.out.write_text(
        head + yaml.dump(whole, sort_keys=False, allow_unicode=True, width=118), encoding="utf-8"
    )


def _plain(one: Truth | DesignTruth) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


if __name__ == "__main__":
    main()
