"""How alike schools are, against the truth of made authorities: what was planted for each school is found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from onroll.evidence.funnels import school_rows
from onroll.evidence.question import Question
from onroll.evidence.school_spread import spread_rows
from onroll.framework import Framework, load
from onroll.framework.contract_files import load_contracts
from onroll.own_records import OwnRecords, count
from onroll.project import Project
from onroll.reception import checked_or_stop
from onroll.synthetic import Made, make_authority
from onroll.vocabulary.records import (
    MEDIAN_ODDS_RATIO_ALIKE,
    OUTSIDE,
    OUTSIDE_BY_CHANCE,
    PLACE_ALIKE,
)

pytestmark = pytest.mark.slow
SECONDARY, YEAR = "State-funded secondary", "202324"
SPREADS = (0.0, 0.45, 0.9)
LEAST = 0.9
"""With some eighty pupils suspended a school, chance spreads log ratios by about 0.11; against 0.45 that leaves 0.97."""


def question(framework: Framework) -> Question:
    return Question(
        year=YEAR, area_code="821", area="Luton", region="East of England", neighbours=(), neighbours_label="",
        neighbours_id="", reference_groups={}, baseline=("201617", "201718", "201819"), pandemic=(), launch="202122",
        impact_pre=("201516",), change_pre=("201516",), consistency=framework.plan.consistency,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> dict[float, tuple[pd.DataFrame, Any]]:
    """For each planted spread between schools the rows of one year, and what was planted at each school."""
    framework, contracts = load(project.root), load_contracts(project.root)
    said = {}
    for spread in SPREADS:
        folder = tmp_path_factory.mktemp("truth") / "town"
        make_authority(
            folder, contracts, project.root / "data" / "published", authority=Made("821", "Luton"), seed=11,
            pupils=41_000, first=YEAR, last=YEAR, effects={"school_spread": spread},
        )  # fmt: skip
        own = counted(folder, project, framework)
        rows = [*school_rows(own.study, own.crossed, question(framework))]
        rows += spread_rows(own.study, own.crossed, question(framework))
        said[spread] = pd.DataFrame(rows), json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return said


def counted(folder: Path, project: Project, framework: Framework) -> OwnRecords:
    checked = checked_or_stop(folder, project, framework)
    try:
        assert checked.records is not None
        return count(checked.records, framework, load_contracts(project.root), 1.0)
    finally:
        checked.close()


def of_secondary(rows: pd.DataFrame, statistic: str) -> pd.DataFrame:
    return rows[(rows["statistic"] == statistic) & (rows["breakdown"] == SECONDARY)]


def test_schools_that_were_made_alike_are_found_alike(found: dict[float, tuple[pd.DataFrame, Any]]) -> None:
    rows, _ = found[0.0]
    ratio = of_secondary(rows, MEDIAN_ODDS_RATIO_ALIKE).iloc[0]
    assert ratio["lower"] == pytest.approx(1, abs=0.02)
    assert ratio["upper"] < 1.25
    assert of_secondary(rows, OUTSIDE).iloc[0]["estimate"] == 0


def test_the_wider_the_planted_spread_the_larger_the_median_odds_ratio(
    found: dict[float, tuple[pd.DataFrame, Any]],
) -> None:
    ratios = [of_secondary(found[spread][0], MEDIAN_ODDS_RATIO_ALIKE).iloc[0] for spread in SPREADS]
    estimates = [one["estimate"] for one in ratios]
    assert estimates == sorted(estimates)
    assert ratios[2]["lower"] > ratios[0]["upper"]
    outside = [of_secondary(found[spread][0], OUTSIDE_BY_CHANCE).iloc[0]["estimate"] for spread in SPREADS]
    assert outside[2] > outside[0]


@pytest.mark.parametrize("spread", SPREADS[1:])
def test_schools_stand_where_they_were_planted(
    found: dict[float, tuple[pd.DataFrame, Any]], spread: float
) -> None:
    rows, truth = found[spread]
    own = of_secondary(rows, PLACE_ALIKE)
    numbers = own["area"].str.extract(r"\((\d+)\)")[0]
    planted = numbers.map(truth["schools"]["rate_ratio"])
    assert len(own) >= 10
    assert stats.pearsonr(np.log(own["estimate"]), np.log(planted)).statistic > LEAST
