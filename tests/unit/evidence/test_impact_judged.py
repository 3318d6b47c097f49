"""Impact as evidence: cuts of the panel, choices, checks and verdicts, on a made panel with a known truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.authority_panel import panel_rows
from onroll.evidence.impact_panel import (
    ENDED,
    FEW_CHOSEN,
    GAPS,
    NO_EVENT,
    NO_EVENT_AFTER,
    NO_FIGURES,
    NO_YEARS,
    TOO_EARLY,
    YOUNGER,
    cut,
    whole,
)
from onroll.evidence.judged import judged_rows
from onroll.evidence.multiverse import every_choice, multiverse_rows
from onroll.evidence.question import Question
from onroll.evidence.verdict import Checked, held, level, verdict_rows
from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.known_truth import KnownTruth, Truth
from onroll.statistics.one_treated import one_treated
from onroll.study import Study
from onroll.synthetic.panel import Scenario, made_panel
from onroll.vocabulary import P_VALUE, RELATIVE_CHANGE, SENSITIVITY, periods
from onroll.vocabulary.impact import (
    AGREEMENT,
    AUTHORITY_PANEL,
    CHECK,
    CHECKS,
    DRIVER,
    FAILED,
    HEIGHT,
    NOT_MADE,
    PASSED,
    RAW_CHANGE,
    SPECIFICATION,
    STANDS,
    STOOD_AS_HIGH,
    SUPPORTED,
    UNSURE,
    UNTOLD,
    VERDICT,
)

SAME = 1e-12  # the row is the result, nothing computed in between
PANDEMIC = ("201920", "202021")
CALM = tuple(year for year in periods("200607", "202021") if year not in PANDEMIC)
AFTER = periods("202122", "202324")


@pytest.fixture(scope="module")
def plan(study: Study) -> ImpactPlan:
    return study.framework.plan.impact


def panel(scenario: Scenario, seed: int = 1) -> tuple[pd.DataFrame, str]:
    rng = np.random.default_rng(seed)
    return made_panel(rng, scenario, launch="202122", first="200607", last="202324", pandemic=PANDEMIC)


def question_of(code: str, plan: ImpactPlan) -> Question:
    question = Question(
        year="202324", area_code=code, area="Here", region="made region 1",
        neighbours=tuple(f"M{at:03d}" for at in range(40, 55)), neighbours_label="",
        neighbours_id="", reference_groups={}, baseline=periods("201617", "201819"), pandemic=PANDEMIC,
        launch="202122", impact_pre=periods("200607", "202021"), change_pre=periods("201617", "201819"), impact=plan,
    )  # fmt: skip
    known = KnownTruth(plan.fingerprint, 1, {}, tuple(
        Truth("no_effect", outcome, 1.0, 1000, 0.05, 0.95, 0.0, 0.0, 0.0) for outcome in plan.outcomes
    ), choices=question.impact_choices)  # fmt: skip
    return replace(question, known_truth=known)


def test_a_cut_has_no_gaps_and_says_what_is_wrong() -> None:
    cells, code = panel(Scenario())
    figures = whole(cells, "suspension_rate")
    good = cut(figures, CALM, AFTER, code)
    assert (good.why, good.events.shape, good.left_out) == ("", (16, 150), 0)
    assert good.codes[good.treated] == code
    assert cut(figures, CALM, (), code).why == TOO_EARLY
    assert cut(figures, ("200506", *CALM), AFTER, code).why == NO_YEARS.format("2005/06")
    assert cut(figures, CALM, AFTER, code, among={"M001"}).why == FEW_CHOSEN.format(1, 19)
    gone = cells.copy()
    gone.loc[(gone["area_code"] == "M009") & (gone["time_period"] == "201011"), "suspension_count"] = np.nan
    less = cut(whole(gone, "suspension_rate"), CALM, AFTER, "M009")
    assert less.why == GAPS.format("2010/11")
    assert cut(whole(gone, "suspension_rate"), CALM, AFTER, "M010").left_out == 1
    assert cut(figures, CALM, AFTER, "M999").why == NO_FIGURES
    own = cells["area_code"] == "M009"
    for kept, why in (
        (cells["time_period"] >= "200910", YOUNGER.format("2009/10")),
        (cells["time_period"] <= "202223", ENDED.format("2022/23")),
    ):
        assert cut(whole(cells[~own | kept], "suspension_rate"), CALM, AFTER, "M009").why == why
    none = cells.copy()
    none.loc[(none["area_code"] == "M009") & (none["time_period"] < "202122"), "suspension_count"] = 0.0
    assert cut(whole(none, "suspension_rate"), CALM, AFTER, "M009").why == NO_EVENT
    late = cells.copy()
    late.loc[(late["area_code"] == "M009") & (late["time_period"] >= "202122"), "suspension_count"] = 0.0
    assert cut(whole(late, "suspension_rate"), CALM, AFTER, "M009").why == NO_EVENT_AFTER
    assert cut(whole(late, "suspension_rate"), CALM, AFTER, "M010").why == ""


def test_without_an_event_after_every_choice_says_why_and_none_is_a_ratio(plan: ImpactPlan) -> None:
    cells, code = panel(Scenario())
    cells.loc[
        (cells["area_code"] == code) & (cells["time_period"] >= "202122"), "permanent_exclusion_count"
    ] = 0.0
    question = question_of(code, plan)
    rows = [row for row in multiverse_rows(cells, question, plan) if "permanent" in row["indicator"]]
    assert rows
    assert all("estimate" not in row or np.isnan(row["estimate"]) for row in rows)
    assert {row["note"] for row in rows if row["breakdown"] == "Total"} == {NO_EVENT_AFTER}


def test_the_rows_are_those_of_the_primary_design(plan: ImpactPlan) -> None:
    cells, code = panel(Scenario(ratio=0.5))
    rows = list(panel_rows(cells, question_of(code, plan), plan))
    figures = cut(whole(cells, "suspension_rate"), CALM, AFTER, code)
    found = one_treated(figures.events, figures.pupils, figures.treated, figures.pre, recent=plan.recent)
    mine = {
        row["statistic"]: row
        for row in rows
        if row["indicator"].endswith("suspension_rate") and row["breakdown"] == "Total"
    }
    assert mine[RELATIVE_CHANGE]["estimate"] == pytest.approx(found.estimate, rel=SAME)
    assert mine[RELATIVE_CHANGE]["lower"] == pytest.approx(found.lower, rel=SAME)
    assert mine[P_VALUE]["estimate"] == found.p_value
    assert mine[RELATIVE_CHANGE]["numerator"] == figures.events[~figures.pre, figures.treated].sum()
    assert "the pandemic years left out" in mine[RELATIVE_CHANGE]["note"]
    assert {row["breakdown"] for row in rows} == set(plan.phases)
    assert {row["indicator"] for row in rows} == {f"strategy_impact_{one}" for one in plan.outcomes}


def test_a_year_before_the_launch_has_no_estimate_and_says_why(plan: ImpactPlan) -> None:
    cells, code = panel(Scenario())
    early = replace(question_of(code, plan), year="201819")
    rows = list(panel_rows(cells[cells["time_period"] <= "201819"], early, plan))
    assert {row["note"] for row in rows} == {TOO_EARLY}


def test_every_choice_is_a_row_and_the_plan_s_own_comes_first(plan: ImpactPlan) -> None:
    cells, code = panel(Scenario(ratio=0.5))
    question, only = question_of(code, plan), replace(plan, outcomes=("suspension_rate",))
    rows = list(multiverse_rows(cells, question, only))
    every = [
        row for row in rows if row["statistic"] == SPECIFICATION and row["comparator"] != "other_authorities"
    ]
    assert (
        len(every)
        == len(every_choice(plan.choices))
        == len({(r["design"], r["comparator"], r["method"], r["breakdown"]) for r in every})
    )
    main = next(row for row in panel_rows(cells, question, only) if row["statistic"] == RELATIVE_CHANGE)
    assert every[0]["estimate"] == pytest.approx(main["estimate"], rel=SAME)
    share = next(row for row in rows if row["statistic"] == AGREEMENT)
    known = [row["estimate"] for row in every if not row["note"]]
    assert share["denominator"] == len(known)
    assert share["numerator"] == sum((one < 1) == (known[0] < 1) for one in known)
    drivers = {row["comparator"]: row["estimate"] for row in rows if row["statistic"] == DRIVER}
    assert set(drivers) == {"design", "comparators", "first year", "pandemic", "years after", "phase"}
    assert all(0 <= one <= 1 for one in drivers.values())


def test_a_choice_that_cannot_be_computed_says_why(plan: ImpactPlan) -> None:
    cells, code = panel(Scenario())
    question = replace(question_of(code, plan), neighbours=("M001", "M002"))
    rows = [
        row for row in multiverse_rows(cells, question, plan) if row["comparator"] == "statistical neighbours"
    ]
    assert rows
    assert all(np.isnan(row["estimate"]) and row["note"].startswith("cannot be computed") for row in rows)


@pytest.fixture(scope="module")
def large_fall(plan: ImpactPlan) -> tuple[Question, list[dict[str, Any]]]:
    """A made authority whose rate fell to a quarter: what is asked, and every row."""
    cells, code = panel(Scenario(ratio=0.25), 3)
    question = question_of(code, plan)
    return question, judged_rows(cells, question)


@pytest.mark.slow
def test_a_large_fall_is_supported_and_nothing_done_is_not(
    plan: ImpactPlan, large_fall: tuple[Question, list[dict[str, Any]]]
) -> None:
    cells, code = panel(Scenario(), 3)
    nothing_done = judged_rows(cells, question_of(code, plan))
    for rows, expected in ((large_fall[1], SUPPORTED), (nothing_done, UNTOLD)):
        verdicts = {row["indicator"]: row for row in rows if row["statistic"] == VERDICT}
        found = verdicts["strategy_impact_suspended_pupil_rate"]
        assert found["note"] == expected
        checks = [row for row in rows if row["statistic"] == CHECK and row["indicator"] == found["indicator"]]
        assert [row["method"] for row in checks] == list(CHECKS)
        assert found["estimate"] == sum(row["note"].startswith(PASSED) for row in checks)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([PASSED] * 5, SUPPORTED), ([FAILED, *[PASSED] * 4], UNTOLD), ([PASSED, NOT_MADE, *[PASSED] * 3], UNSURE),
        ([PASSED] * 4 + [FAILED], UNSURE), ([NOT_MADE, *[PASSED] * 4], UNTOLD),
    ],
)  # fmt: skip
def test_an_impact_needs_every_check(results: list[str], expected: str) -> None:
    assert level([Checked(name, result) for name, result in zip(CHECKS, results, strict=True)]) == expected


@pytest.mark.parametrize(
    ("coverage", "wrong", "expected"),
    [
        (0.95, 0.01, PASSED),
        (0.90, 0.01, FAILED),
        (0.99, 0.0, FAILED),
        (0.95, 0.08, FAILED),
        (0.935, 0.055, PASSED),
    ],
)
def test_a_design_that_broke_its_promise_where_the_truth_was_known_carries_no_verdict(
    plan: ImpactPlan, coverage: float, wrong: float, expected: str
) -> None:
    known = [Truth("no_effect", "suspension_rate", 1.0, 2000, 0.05, coverage, 0.0, 0.0, wrong)]
    assert held(known, plan).result == expected
    assert held([], plan).result == NOT_MADE


@pytest.mark.slow
def test_results_of_another_plan_do_not_count(
    plan: ImpactPlan, large_fall: tuple[Question, list[dict[str, Any]]]
) -> None:
    question, found = large_fall
    assert question.known_truth is not None
    before = [row for row in found if row["statistic"] not in (CHECK, VERDICT)]
    rows = list(verdict_rows(before, question, plan, replace(question.known_truth, plan="another")))
    checks = [row for row in rows if row["statistic"] == CHECK and row["method"] == "held_in_simulation"]
    assert checks
    assert all(row["note"].startswith(NOT_MADE) for row in checks)
    assert SUPPORTED not in {row["note"] for row in rows if row["statistic"] == VERDICT}


def rows_with(
    as_high: tuple[float, float], earlier: tuple[float, float], share: float
) -> list[dict[str, Any]]:
    about = {
        "indicator": "strategy_impact_suspension_rate", "breakdown": "Total", "design": AUTHORITY_PANEL, "objective": "P7.1",
        "time_period": "202324", "geographic_level": "Local authority", "area": "Here", "breakdown_topic": "Total",
        "comparator": "other_authorities", "source": "made",
    }  # fmt: skip
    return [
        about | {"statistic": RELATIVE_CHANGE, "estimate": 0.5},
        about | {"statistic": P_VALUE, "estimate": 0.001},
        about | {"statistic": STOOD_AS_HIGH, "numerator": as_high[0], "denominator": as_high[1]},
        about | {"statistic": SENSITIVITY, "estimate": 1.0, "lower": earlier[0], "upper": earlier[1]},
        about
        | {
            "statistic": AGREEMENT,
            "estimate": share,
            "denominator": 100.0,
            "design": "every defensible choice",
        },
    ]


@pytest.mark.parametrize(
    ("rows", "failing"),
    [
        (rows_with((0, 20), (0.8, 1.2), 0.9), set()),
        (rows_with((5, 20), (0.8, 1.2), 0.9), {"return_to_usual"}),
        (rows_with((0, 5), (0.8, 1.2), 0.9), {"return_to_usual"}),
        (rows_with((0, 20), (1.1, 1.3), 0.9), {"earlier_date"}),
        (rows_with((0, 20), (0.8, 1.2), 0.7), {"choices_agree"}),
    ],
)
def test_each_check_turns_on_its_own_number(
    rows: list[dict[str, Any]], failing: set[str], plan: ImpactPlan
) -> None:
    question = question_of("M001", plan)
    assert question.known_truth is not None
    found = list(verdict_rows(rows, question, plan, question.known_truth))
    not_passed = {
        row["method"] for row in found if row["statistic"] == CHECK and not row["note"].startswith(PASSED)
    }
    assert not_passed == failing
    assert found[-1]["note"] == (UNSURE if failing else SUPPORTED)
    assert STANDS not in not_passed


@pytest.mark.parametrize(
    ("height", "raw", "result"),
    [(0.8, 0.5, PASSED), (0.8, 1.5, NOT_MADE), (1.2, 0.5, FAILED), (1.2, 1.5, FAILED)],
)
def test_what_stood_low_has_no_height_to_fall_from_and_may_rise_by_itself(
    height: float, raw: float, result: str, plan: ImpactPlan
) -> None:
    """Those that stood as high changed as far here, which says something only of one that stood high itself."""
    rows = rows_with((5, 20), (0.8, 1.2), 0.9)
    own = [
        rows[0] | {"statistic": HEIGHT, "estimate": height},
        rows[0] | {"statistic": RAW_CHANGE, "estimate": raw},
    ]
    other = rows[0] | {"statistic": HEIGHT, "estimate": 2.0, "area": "There"}
    question = question_of("M001", plan)
    assert question.known_truth is not None
    found = list(verdict_rows([*rows, *own, other], question, plan, question.known_truth))
    [check] = [row for row in found if row["statistic"] == CHECK and row["method"] == "return_to_usual"]
    assert str(check["note"]).startswith(result)


@pytest.mark.parametrize(
    "change",
    [
        {"impact_comparators": "similar_rate"},
        {"impact_pre": periods("201112", "202021")},
        {"confidence": 0.9},
    ],
)
def test_a_study_made_with_other_choices_carries_no_verdict(plan: ImpactPlan, change: dict[str, Any]) -> None:
    question = replace(question_of("M001", plan), **change)
    assert question.known_truth is not None
    found = list(verdict_rows(rows_with((0, 20), (0.8, 1.2), 0.9), question, plan, question.known_truth))
    not_made = {row["method"] for row in found if str(row["note"]).startswith(NOT_MADE)}
    assert not_made == {"held_in_simulation"}
    assert found[-1]["note"] == UNSURE
