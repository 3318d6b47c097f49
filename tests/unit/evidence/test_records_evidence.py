"""Evidence from own records: cells drawn by hand, rows as a reader would work them out."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from onroll.evidence.question import Question
from onroll.evidence.records import NO_INTERVAL, NO_ROLL, NOBODY, RecordsStudy, record_rows
from onroll.framework import load
from onroll.statistics import proportions, rates
from onroll.study import Study
from onroll.vocabulary import DETECTABLE_FALL, PREVIOUS_YEAR, RATE, RATE_RATIO, TOTAL, YEAR
from onroll.vocabulary.records import COUNT, MEDIAN_DAYS, SCHOOL

NEAR = 1e-12  # the same function called with the same numbers
CELL = (
    "indicator", "time_period", "time_identifier", "geographic_level", "area_code", "education_phase",
    "breakdown_topic", "breakdown", "numerator", "denominator",
)  # fmt: skip


@pytest.fixture(scope="module")
def question(study: Study) -> Question:
    return study.question


def _cell(indicator: str, numerator: int, denominator: float = 40_000, **other: str) -> tuple[Any, ...]:
    said = {
        "time_period": "202324", "time_identifier": YEAR, "geographic_level": "Local authority", "area_code": "821",
        "education_phase": TOTAL, "breakdown_topic": TOTAL, "breakdown": TOTAL, **other,
    }  # fmt: skip
    return (indicator, *(said[name] for name in CELL[1:8]), numerator, denominator)


def _rows(
    question: Question, *cells: tuple[Any, ...], spells: list[tuple[Any, ...]] | None = None, term: str = ""
) -> pd.DataFrame:
    frame = pd.DataFrame(list(cells), columns=list(CELL))
    spell = pd.DataFrame(spells or [], columns=[*CELL[:8], "days", "ended", "count"])
    indicators = load(_root()).indicators
    study = RecordsStudy(frame, spell, indicators, lambda table: f"own_{table}", {"990001": "One"}, term, 2.0)
    return pd.DataFrame(list(record_rows(study, question)))


def _root() -> Any:
    from pathlib import Path

    return Path(__file__).resolve().parents[3]


def test_a_rate_is_widened_by_how_often_each_pupil_was_suspended(question: Question) -> None:
    rows = _rows(
        question, _cell("register_suspension_rate", 2400), _cell("register_suspended_pupil_rate", 1200)
    )
    row = rows[(rows["indicator"] == "register_suspension_rate") & (rows["statistic"] == RATE)].iloc[0]
    wide = rates.rate(
        2400, 40_000, per=100, confidence=question.confidence, dispersion=4.0
    )  # 2.0 for each of 2 a pupil
    assert row["estimate"] == pytest.approx(6.0, abs=NEAR)
    assert (row["lower"], row["upper"]) == pytest.approx((wide.lower, wide.upper), abs=NEAR)
    assert row["source"] == "own_exclusions"
    assert row["method"] == "Byar, dispersion 4.00 for repeat suspensions"


def test_a_share_of_pupils_has_wilson_limits(question: Question) -> None:
    row = _rows(question, _cell("register_suspended_pupil_rate", 1200)).iloc[0]
    share = proportions.proportion(1200, 40_000, per=100, confidence=question.confidence)
    assert (row["estimate"], row["lower"], row["upper"]) == pytest.approx(
        (share.estimate, share.lower, share.upper), abs=NEAR
    )


def test_phases_groups_terms_and_both_are_named_so_that_sums_can_be_seen(question: Question) -> None:
    name = "register_suspended_pupil_rate"
    rows = _rows(
        question,
        _cell(name, 10, education_phase="Special"),
        _cell(name, 20, breakdown_topic="sen_provision", breakdown="SEN support"),
        _cell(name, 30, time_identifier="Spring term"),
        _cell(
            name, 40, time_identifier="Spring term", breakdown_topic="sen_provision", breakdown="SEN support"
        ),
        _cell(name, 50, 600, geographic_level=SCHOOL, area_code="990001", education_phase="Special"),
    )
    named = rows.set_index("numerator")[["geographic_level", "area", "breakdown_topic", "breakdown"]]
    assert named.loc[10].tolist() == ["Local authority", question.area, "education_phase", "Special"]
    assert named.loc[20].tolist()[2:] == ["sen_provision", "SEN support"]
    assert named.loc[30].tolist()[2:] == ["term", "Spring term"]
    assert named.loc[40].tolist()[2:] == ["term; sen_provision", "Spring term; SEN support"]
    assert named.loc[50].tolist() == [SCHOOL, "One", "education_phase", "Special"]


def test_a_group_within_a_phase_is_not_told(question: Question) -> None:
    name = "register_suspended_pupil_rate"
    rows = _rows(
        question,
        _cell(name, 10, education_phase="Special", breakdown_topic="fsm", breakdown="Eligible"),
        _cell(name, 12),
    )
    assert rows["numerator"].tolist() == [12]


def test_a_term_has_its_own_rows_alone_and_no_schools(question: Question) -> None:
    name = "register_suspended_pupil_rate"
    rows = _rows(
        question,
        _cell(name, 30, time_identifier="Spring term"),
        _cell(name, 60),
        _cell(name, 50, 600, geographic_level=SCHOOL, area_code="990001", time_identifier="Spring term"),
        term="Spring term",
    )
    assert rows["numerator"].tolist() == [30]


def test_the_same_time_of_the_year_before_is_compared_and_what_could_be_seen_comes_first(
    question: Question,
) -> None:
    name = "register_permanent_exclusion_rate"
    rows = _rows(question, _cell(name, 51), _cell(name, 56, time_period="202223"))
    compared = rows[rows["comparator"] == PREVIOUS_YEAR]
    assert compared["statistic"].tolist() == [DETECTABLE_FALL, RATE_RATIO]
    ratio = compared.iloc[1]
    assert ratio["estimate"] == pytest.approx(51 / 56, abs=NEAR)
    assert ratio["lower"] < 1 < ratio["upper"]
    assert "51 of 40,000 on roll against 56 of 40,000" in ratio["note"]


def test_days_lost_have_no_interval_and_say_why(question: Question) -> None:
    row = _rows(question, _cell("days_lost_to_suspension", 6000)).iloc[0]
    assert row["estimate"] == pytest.approx(15.0, abs=NEAR)
    assert math.isnan(row.get("lower", float("nan")))
    assert row["note"] == NO_INTERVAL


def test_counts_are_told_as_counts(question: Question) -> None:
    row = _rows(question, _cell("managed_moves", 14, float("nan"))).iloc[0]
    assert (row["statistic"], row["estimate"]) == (COUNT, 14)


@pytest.mark.parametrize(("over", "why"), [(float("nan"), NO_ROLL), (0, NOBODY)])
def test_what_cannot_be_computed_says_why(question: Question, over: float, why: str) -> None:
    row = _rows(question, _cell("register_suspended_pupil_rate", 3, over)).iloc[0]
    assert row["note"] == why


def test_more_counted_than_there_are_is_no_share(question: Question) -> None:
    row = _rows(question, _cell("register_suspended_pupil_rate", 30, 20)).iloc[0]
    assert "more are counted" in row["note"]


def test_days_are_told_as_a_median_with_how_many_ended(question: Question) -> None:
    keys = _cell("fair_access_days", 0)[:8]
    rows = _rows(question, spells=[(*keys, 10, True, 6), (*keys, 20, True, 3), (*keys, 90, False, 2)])
    row = rows.iloc[0]
    assert (row["statistic"], row["estimate"], row["numerator"], row["denominator"]) == (
        MEDIAN_DAYS,
        10,
        9,
        11,
    )
    assert "Kaplan-Meier" in row["method"]


def test_an_indicator_nobody_declared_is_not_told(question: Question) -> None:
    assert _rows(question, _cell("made_up_here", 30)).empty
