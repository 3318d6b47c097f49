"""Schools that changed: how they are put together, what is told, and that a planted change is found."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.question import Question
from onroll.evidence.school_change import school_change_rows
from onroll.evidence.school_panel import school_panel
from onroll.vocabulary import periods
from onroll.vocabulary.records import (
    CHARTER_BEFORE,
    CHARTER_BY_YEAR,
    CHARTER_CHANGE,
    CHARTER_RANK,
    CHARTER_SEEN,
    DOSE_RATIO,
    LATER_DOSE,
    OVER_SCHOOLS,
)

YEARS = periods("201516", "202324")
PANDEMIC = ("201920", "202021")
SECONDARY = "State-funded secondary"


def cell(school: int, year: str, indicator: str, numerator: float, denominator: float) -> dict[str, Any]:
    return {
        "indicator": indicator, "time_period": year, "time_identifier": "Academic year", "geographic_level": "School",
        "area_code": f"{school:06d}", "education_phase": SECONDARY, "breakdown_topic": "Total", "breakdown": "Total",
        "numerator": numerator, "denominator": denominator,
    }  # fmt: skip


def study_of(schools: int = 30, charter: float = 1.0, dose: float = 1.0, seed: int = 1) -> Any:
    """Schools of which a third signed in 2021/22 and a third in 2022/23; training moves what is suspended a year later."""
    rng = np.random.default_rng(seed)
    cells = []
    usual = rng.normal(np.log(0.06), 0.3, schools)
    trained = rng.uniform(0.1, 0.6, (schools, len(YEARS)))
    for school in range(schools):
        signed = {0: "202122", 1: "202223", 2: "999999"}[school % 3]
        for at, year in enumerate(YEARS):
            rate = np.exp(usual[school] + 0.05 * np.sin(at)) * (charter if year >= signed else 1.0)
            if at:
                rate *= dose ** (trained[school, at - 1] / 0.1)
            cells += [
                cell(school, year, "register_suspended_pupil_rate", float(rng.binomial(1000, rate)), 1000.0),
                cell(school, year, "charter_signed", float(year >= signed), 1.0),
                cell(school, year, "staff_trained_aces", round(200 * trained[school, at]), 200.0),
            ]
    indicators = {"register_suspended_pupil_rate": SimpleNamespace(objective="P7.1", table="exclusions")}
    return SimpleNamespace(
        cells=pd.DataFrame(cells), indicators=indicators, source=lambda table: f"own_{table}"
    )


def question(year: str = "202324") -> Question:
    return Question(
        year=year, area_code="821", area="Here", region="R", neighbours=(), neighbours_label="", neighbours_id="",
        reference_groups={}, baseline=periods("201617", "201819"), pandemic=PANDEMIC, launch="202122",
        impact_pre=periods("200607", "202021"), change_pre=periods("201617", "201819"),
    )  # fmt: skip


def rows_of(study: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in school_change_rows(study, question()):
        if row["breakdown"] == SECONDARY:
            found.setdefault(row["statistic"], []).append(row)
    return found


def test_the_panel_has_whole_schools_calm_years_and_the_first_year_of_the_charter() -> None:
    study = study_of()
    study.cells = study.cells[
        ~((study.cells["area_code"] == "000004") & (study.cells["time_period"] == "201718"))
    ]
    panel = school_panel(study, question(), SECONDARY)
    assert panel.years == tuple(year for year in YEARS if year not in PANDEMIC)
    assert (panel.schools, panel.left_out) == (29, 1)
    first = dict(zip(panel.school, panel.charter, strict=True))
    assert (first["000000"], first["000001"], first["000002"]) == (5.0, 6.0, np.inf)
    assert panel.calendar[:7].tolist() == [2015, 2016, 2017, 2018, 2021, 2022, 2023]
    assert set(panel.dose_year) == set(range(2015, 2024))


def test_a_year_is_not_seen_before_it_has_come() -> None:
    panel = school_panel(study_of(), question("202122"), SECONDARY)
    assert panel.years[-1] == "202122"
    assert set(panel.charter) == {5.0, np.inf}


def test_a_planted_change_is_found_and_none_is_not() -> None:
    strong, calm = rows_of(study_of(charter=0.5)), rows_of(study_of())
    [change], [rank] = strong[CHARTER_CHANGE], strong[CHARTER_RANK]
    assert change["upper"] < 0
    assert rank["estimate"] < 0.01
    assert calm[CHARTER_CHANGE][0]["lower"] < 0 < calm[CHARTER_CHANGE][0]["upper"]
    assert (change["numerator"], change["denominator"]) == (20.0, 30.0)
    assert calm[CHARTER_SEEN][0]["estimate"] > 0


def test_what_follows_more_training_is_found_and_what_comes_before_is_not() -> None:
    found = rows_of(study_of(dose=0.85))
    assert found[DOSE_RATIO][0]["lower"] < 0.85 < found[DOSE_RATIO][0]["upper"] < 1
    assert found[LATER_DOSE][0]["lower"] < 1 < found[LATER_DOSE][0]["upper"]


def test_with_few_schools_no_limits_are_told_that_rest_on_many() -> None:
    found = rows_of(study_of(schools=14))
    assert all("lower" not in row for row in found[CHARTER_BY_YEAR])
    assert "too few for a joint test" in found[CHARTER_BEFORE][0]["note"]
    assert np.isfinite(found[CHARTER_CHANGE][0]["lower"])


@pytest.mark.parametrize(
    ("schools", "signed", "why"),
    [(6, True, "and 10 are needed"), (20, False, "no school of the phase signed")],
)
def test_why_nothing_can_be_said_is_said(schools: int, signed: bool, why: str) -> None:
    study = study_of(schools=schools)
    if not signed:
        study.cells.loc[study.cells["indicator"] == "charter_signed", "numerator"] = 0.0
    assert why in rows_of(study)[CHARTER_CHANGE][0]["note"]


def test_everything_rests_on_all_schools_and_the_door_knows() -> None:
    assert set(rows_of(study_of())) <= OVER_SCHOOLS


def test_what_could_have_been_seen_follows_the_confidence_asked_for() -> None:
    study, seen = study_of(), {}
    for confidence in (0.8, 0.95):
        rows = school_change_rows(study, replace(question(), confidence=confidence))
        seen[confidence] = next(row["estimate"] for row in rows if row["statistic"] == CHARTER_SEEN)
    assert seen[0.8] / seen[0.95] == pytest.approx((1.281552 + 0.841621) / (1.959964 + 0.841621), rel=1e-6)
