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
from onroll.evidence.school_charter import charter_of, differed_before, size_unsure, unreliable, word_of
from onroll.evidence.school_differences import difference_word, differences_of, differences_unreliable
from onroll.evidence.school_expected import expected_rates
from onroll.evidence.school_panel import school_panel
from onroll.evidence.school_power import before_anybody_signed, stray_words
from onroll.framework.known_truth_schools import LESS_STEADY, SIZE_UNSURE, STEADIER, KnownSchools, SchoolTruth
from onroll.vocabulary import periods
from onroll.vocabulary.records import (
    APART,
    CHARTER_ALIKE,
    CHARTER_BEFORE,
    CHARTER_BY_YEAR,
    CHARTER_CHANGE,
    CHARTER_DEPARTURE,
    CHARTER_EFFECT_SIZE,
    CHARTER_RANK,
    CHARTER_SCHOOLS,
    CHARTER_SEEN,
    CHARTER_SEEN_FORMULA,
    CHARTER_TREND,
    CHARTER_WORD,
    DOSE_RATIO,
    HIGHER,
    LATER_DOSE,
    MOVING,
    NO_PEOPLE,
    NOT_HELD,
    NOT_OUT,
    OVER_SCHOOLS,
    STOOD_OUT,
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


def test_of_one_or_two_schools_that_signed_nothing_is_told() -> None:
    study = study_of()
    late = (study.cells["indicator"] == "charter_signed") & (study.cells["area_code"].astype(int) > 2)
    study.cells.loc[late, "numerator"] = 0.0
    found = rows_of(study)
    assert "2 schools signed the Charter within these years, and 3" in found[CHARTER_CHANGE][0]["note"]
    assert CHARTER_RANK not in found


def test_everything_rests_on_all_schools_and_the_door_knows() -> None:
    told = set(rows_of(study_of(schools=60, charter=0.5)))
    assert told <= OVER_SCHOOLS
    assert told <= NO_PEOPLE


def test_what_could_have_been_seen_follows_the_confidence_asked_for() -> None:
    study, seen = study_of(), {}
    for confidence in (0.8, 0.95):
        rows = school_change_rows(study, replace(question(), confidence=confidence))
        seen[confidence] = next(row["estimate"] for row in rows if row["statistic"] == CHARTER_SEEN)
    # Normal limits would give 0.758; shuffles of 30 schools are near them.
    assert seen[0.8] / seen[0.95] == pytest.approx((1.281552 + 0.841621) / (1.959964 + 0.841621), rel=0.1)


def test_power_is_told_before_any_estimate_and_both_ways() -> None:
    rows = [row for row in school_change_rows(study_of(), question()) if row["breakdown"] == SECONDARY]
    assert [row["statistic"] for row in rows[:3]] == [CHARTER_SEEN, CHARTER_SEEN_FORMULA, CHARTER_CHANGE]
    tried, formula = rows[0]["estimate"], rows[1]["estimate"]
    assert formula == pytest.approx(tried, rel=0.5)  # of the same order: schools that only scatter by chance
    assert (rows[0]["numerator"], rows[0]["denominator"]) == (20.0, 30.0)


def test_what_the_formula_rests_on_is_what_was_planted() -> None:
    """Rates of 6% times e^N(0, 0.3) of 1,000 pupils, all of a school's level lasting."""
    before = before_anybody_signed(school_panel(study_of(schools=300), question(), SECONDARY))
    share = 0.06 * np.exp(0.3**2 / 2)
    between = share**2 * (np.exp(0.3**2) - 1)
    assert before.pupils == pytest.approx(1000)
    assert before.sd == pytest.approx(100 * np.sqrt(share * (1 - share)), rel=0.05)
    assert before.icc == pytest.approx(between / (share * (1 - share)), rel=0.3)
    assert before.lasting > 0.9


def test_an_effect_size_is_the_change_in_standard_deviations_of_pupils() -> None:
    study = study_of(charter=0.5)
    rows, sd = rows_of(study), before_anybody_signed(school_panel(study, question(), SECONDARY)).sd
    for column in ("estimate", "lower", "upper"):
        assert rows[CHARTER_EFFECT_SIZE][0][column] * sd == pytest.approx(rows[CHARTER_CHANGE][0][column])


def test_a_change_may_stand_or_not_and_why() -> None:
    assert rows_of(study_of(charter=0.5))[CHARTER_WORD][0]["note"] == STOOD_OUT
    assert rows_of(study_of())[CHARTER_WORD][0]["note"] == NOT_OUT
    panel = school_panel(study_of(charter=0.5), question(), SECONDARY)
    suspended = panel.events.copy()
    for school, first in enumerate(panel.first):
        if np.isfinite(first):
            suspended[school, int(first) - 1] *= 1.6
    high = replace(panel, suspended=suspended.ravel())
    assert word_of(high, charter_of(high, question()), question()) == (APART, HIGHER)


def known(by_standing: tuple[str, ...] = (), **cells: float) -> KnownSchools:
    truth = {"stands_out": 0.05, "claimed": 0.05, "differed": 0.2, "coverage": 0.95, "wrong": 0.05, **cells}
    one = SchoolTruth("none", SECONDARY, 1.0, 0.0, 600, judged=480, **truth)
    return KnownSchools(0.95, 1, {"none": "nothing was done"}, (one,), "", by_standing, {SECONDARY: 0.3})


def test_a_design_that_claimed_too_much_where_nothing_was_done_carries_no_claim() -> None:
    assert unreliable(known(), SECONDARY, 0.95) == ""
    assert "12% of made authorities: nothing was done" in unreliable(known(wrong=0.12), SECONDARY, 0.95)
    assert "not tried" in unreliable(known(), SECONDARY, 0.9)
    panel = school_panel(study_of(charter=0.5), question(), SECONDARY)
    asked = replace(question(), known_schools=known(wrong=0.12))
    assert word_of(panel, charter_of(panel, asked), asked)[0] == NOT_HELD


def test_a_design_whose_intervals_miss_where_dates_are_dealt_out_carries_no_claim() -> None:
    """93% is the target: 0.88 of 480 is below it beyond chance, 0.92 is not, and too wide is no reason for silence."""
    assert "held the truth in 88% of made authorities: nothing was done" in unreliable(
        known(coverage=0.88), SECONDARY, 0.95
    )
    assert unreliable(known(coverage=0.92), SECONDARY, 0.95) == ""
    assert unreliable(known(coverage=0.99), SECONDARY, 0.95) == ""


def test_where_schools_sign_by_how_they_stand_a_missed_interval_makes_the_size_unsure_and_no_more() -> None:
    narrow, kept = known(("none",), coverage=0.88), known(("none",))
    assert unreliable(narrow, SECONDARY, 0.95) == ""
    assert (size_unsure(narrow, SECONDARY), size_unsure(kept, SECONDARY), size_unsure(None, SECONDARY)) == (
        SIZE_UNSURE, "", "",
    )  # fmt: skip
    panel = school_panel(study_of(charter=0.5), question(), SECONDARY)
    asked = replace(question(), known_schools=narrow)
    assert word_of(panel, charter_of(panel, asked), asked) == (STOOD_OUT, SIZE_UNSURE)


def test_many_schools_that_moved_apart_differed_before_and_few_are_not_asked() -> None:
    for schools, words in ((60, MOVING), (30, "")):
        panel = school_panel(study_of(schools=schools, seed=3), question(), SECONDARY)
        assert differed_before(panel, charter_of(panel, question()), question()) == ""
        drift = np.where(np.isfinite(panel.first)[:, None], 1 + 0.12 * np.arange(len(panel.years)), 1.0)
        apart = replace(panel, suspended=(panel.events * drift).round().ravel())
        unseen = replace(charter_of(apart, question()), stood={})
        assert differed_before(apart, unseen, question()) == words


def test_what_rate_is_expected_of_a_school_puts_chance_aside() -> None:
    """Schools of 6% times e^N(0, 0.3) of 1,000 pupils differ by far more than chance; of 20 pupils they hardly do."""
    panel = school_panel(study_of(schools=300), question(), SECONDARY)
    since = np.arange(len(panel.years))[None, :] >= panel.first[:, None]
    large = expected_rates(panel)
    assert np.corrcoef(large[since], panel.rates[since])[0, 1] == pytest.approx(1.0)
    assert (
        0.75 < large[since].std() / panel.rates[since].std() < 0.95
    )  # a variance of 4.0 of which 0.6 is chance
    rng = np.random.default_rng(1)
    few = replace(
        panel,
        pupils=np.full_like(panel.pupils, 20.0),
        suspended=rng.binomial(20, 0.06, panel.pupils.size) * 1.0,
    )
    assert expected_rates(few)[since].std() < 0.3 * few.rates[since].std()
    assert (expected_rates(few) >= 0).all()
    nobody = replace(panel, suspended=np.zeros_like(panel.suspended))
    assert (expected_rates(nobody) == 1).all()


def test_how_far_schools_stray_is_what_was_planted_and_chance_is_none_of_it() -> None:
    """Each school and year times e^N(0, 0.3): a standard deviation of 0.307 of what is usual."""
    panel = school_panel(study_of(schools=300), question(), SECONDARY)
    assert before_anybody_signed(panel).strays < 0.06
    moved = np.exp(0.3 * np.random.default_rng(2).normal(size=panel.suspended.size) - 0.045)
    strayed = before_anybody_signed(replace(panel, suspended=(panel.suspended * moved).round())).strays
    assert strayed == pytest.approx(np.sqrt(np.exp(0.3**2) - 1), rel=0.1)


@pytest.mark.parametrize(("strays", "words"), [(0.05, STEADIER), (0.3, ""), (0.25, ""), (0.9, LESS_STEADY)])
def test_schools_steadier_than_those_of_the_study_are_told(strays: float, words: str) -> None:
    before = replace(before_anybody_signed(school_panel(study_of(), question(), SECONDARY)), strays=strays)
    assert stray_words(before, SECONDARY, replace(question(), known_schools=known())) == words
    assert stray_words(before, SECONDARY, question()) == ""


def test_schools_differ_where_only_some_changed_and_do_not_where_none_did() -> None:
    some = study_of(schools=60)
    fell = (some.cells["indicator"] == "register_suspended_pupil_rate") & (
        some.cells["time_period"] >= "202122"
    )
    fell &= some.cells["area_code"].astype(int).mod(6).eq(0)
    some.cells.loc[fell, "numerator"] = (0.3 * some.cells.loc[fell, "numerator"]).round()
    apart, calm = rows_of(some), rows_of(study_of(schools=60))
    assert apart[CHARTER_ALIKE][0]["estimate"] < 0.01 < calm[CHARTER_ALIKE][0]["estimate"]
    assert (apart[CHARTER_ALIKE][0]["note"], calm[CHARTER_ALIKE][0]["note"]) == (STOOD_OUT, NOT_OUT)
    row = apart[CHARTER_SCHOOLS][0]
    assert row["lower"] < row["estimate"] < row["upper"] < 0
    assert (row["numerator"], row["denominator"]) == (40.0, 60.0)


def test_the_same_share_at_every_school_is_no_difference_between_them() -> None:
    """Half of what each would have suspended: in pupils that is far more at some schools, and no more than that."""
    for seed in (1, 2, 3):
        [row] = rows_of(study_of(schools=60, charter=0.5, seed=seed))[CHARTER_ALIKE]
        assert row["estimate"] > 0.05


def test_nobody_is_told_that_schools_differ_by_a_design_that_says_so_too_often_or_was_not_tried() -> None:
    """5% is the target: 0.12 of 600 is above it beyond chance, 0.06 is not; where schools do differ any share may be."""
    assert differences_unreliable(None, SECONDARY, 0.95) == ""
    assert "was not tried" in differences_unreliable(known(), SECONDARY, 0.95)
    assert "not tried" in differences_unreliable(known(said_to_differ=0.06), SECONDARY, 0.9)
    often = known(said_to_differ=0.12)
    assert "in 12% of made authorities: nothing was done" in differences_unreliable(often, SECONDARY, 0.95)
    for wrong, right, words in ((0.06, 0.6, ""), (0.06, 0.12, "found in 12% of made authorities at most")):
        calm = known(said_to_differ=wrong).results[0]
        some = replace(calm, scenario="some", said_to_differ=right)
        both = replace(often, results=(calm, some), differing=("some",))
        told = differences_unreliable(both, SECONDARY, 0.95)
        assert words in told
        assert bool(told) == bool(words)


def test_of_schools_that_differed_before_nothing_is_said_of_how_they_differ() -> None:
    panel = school_panel(study_of(schools=60), question(), SECONDARY)
    found = replace(differences_of(panel, question()), p_value=0.01)
    charter = charter_of(panel, question())
    level = replace(charter.stood["level"], lower=0.5, upper=1.5, estimate=1.0)
    charter = replace(charter, stood={"level": replace(level, lower=-0.5)})
    assert difference_word(panel, charter, found, question()) == (STOOD_OUT, "")
    apart = replace(charter, stood={"level": level})
    assert difference_word(panel, apart, found, question())[0] == APART
    asked = replace(question(), known_schools=known(said_to_differ=0.12))
    assert difference_word(panel, charter, found, asked)[0] == NOT_HELD


def test_of_few_that_signed_nothing_is_said_of_how_they_differ() -> None:
    study = study_of(schools=14)
    late = (study.cells["indicator"] == "charter_signed") & (study.cells["area_code"].astype(int) > 4)
    study.cells.loc[late, "numerator"] = 0.0
    assert (
        "4 schools that signed can be set beside others, and 5" in rows_of(study)[CHARTER_SCHOOLS][0]["note"]
    )


def test_with_many_schools_the_years_before_say_what_they_could_have_seen_and_what_would_explain_a_change() -> (
    None
):
    strong, calm = rows_of(study_of(schools=60, charter=0.5)), rows_of(study_of(schools=60))
    assert strong[CHARTER_TREND][0]["estimate"] > 0
    assert strong[CHARTER_DEPARTURE][0]["estimate"] > 0
    assert "nothing that would have to be explained" in calm[CHARTER_DEPARTURE][0]["note"]
    assert CHARTER_DEPARTURE not in rows_of(study_of(charter=0.5))
