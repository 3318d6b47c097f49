"""Dose and response: known answers, what is left out, words."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics.dose_response import dose_response, later_dose
from onroll.statistics.evalue import e_value

EXACT = 1e-9  # Newton's steps on counts that fit a ratio without rest
SCHOOL, YEAR = np.repeat(np.arange(12), 5), np.tile(np.arange(2019, 2024), 12)
SCORE = ((5 * SCHOOL + 3 * YEAR + SCHOOL * YEAR) % 3).astype(float)


def off(years: int) -> np.ndarray:
    """The score of the same school so many years off, 0 where there is none."""
    known = dict(zip(zip(SCHOOL, YEAR, strict=True), SCORE, strict=True))
    return np.array([known.get((s, y + years), 0.0) for s, y in zip(SCHOOL, YEAR, strict=True)])


def asked(events: np.ndarray, **change: object) -> dict[str, object]:
    return {
        "events": events, "exposure": 400.0, "school": SCHOOL, "year": YEAR, "dose": SCORE, "dose_school": SCHOOL,
        "dose_year": YEAR,
    } | change  # fmt: skip


DOUBLED = 64.0 * (1 + SCHOOL % 3) * 0.5 ** off(-1) * 2.0 ** (YEAR - 2019)


def test_events_that_halve_with_each_unit_of_last_year_s_dose_give_one_half() -> None:
    found = dose_response(**asked(DOUBLED))  # type: ignore[arg-type]
    assert found.estimate == pytest.approx(0.5, abs=EXACT)
    assert found.lower == pytest.approx(0.5, abs=1e-6)
    assert (found.rows, found.schools, found.years, found.rows_without_dose) == (48, 12, 4, 12)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_the_e_value_is_that_of_the_ratio_and_its_limits() -> None:
    rng = np.random.default_rng(1)
    found = dose_response(**asked(rng.poisson(DOUBLED / 8)))  # type: ignore[arg-type]
    wanted = e_value(found.estimate, found.lower, found.upper)
    assert (found.e_value, found.e_value_limit) == (wanted.estimate, wanted.limit)
    assert "12 schools: too few" in found.note


def test_a_gap_in_years_is_not_bridged() -> None:
    seen = ~((YEAR == 2021) & (SCHOOL < 6))
    found = dose_response(
        **asked(DOUBLED, dose=SCORE[seen], dose_school=SCHOOL[seen], dose_year=YEAR[seen])  # type: ignore[arg-type]
    )
    assert (found.rows, found.rows_without_dose) == (42, 18)
    assert found.estimate == pytest.approx(0.5, abs=EXACT)


def test_what_tells_nothing_is_left_out_and_counted() -> None:
    events = DOUBLED.copy()
    events[SCHOOL == 3] = 0.0
    events[YEAR == 2022] = 0.0
    keep = (SCHOOL != 5) | (YEAR == 2020)
    some = {
        name: np.asarray(column)[keep]
        for name, column in asked(events).items()
        if name in ("events", "school", "year")
    }
    found = dose_response(**(asked(events) | some))  # type: ignore[arg-type]
    assert (found.schools_without_events, found.schools_of_one_year, found.years_without_events) == (1, 1, 1)
    assert (found.schools, found.years, found.rows) == (10, 3, 30)
    assert found.estimate == pytest.approx(0.5, abs=EXACT)


def test_the_dose_of_the_year_after_shows_what_was_there_before_it() -> None:
    events = 64.0 * (1 + SCHOOL % 3) * 2.0 ** off(1)
    assert later_dose(**asked(events)).estimate == pytest.approx(2.0, abs=EXACT)  # type: ignore[arg-type]


def test_beside_the_earlier_dose_the_later_has_nothing_to_say_of_its_work() -> None:
    found = later_dose(**asked(DOUBLED), beside_earlier=True)  # type: ignore[arg-type]
    assert found.estimate == pytest.approx(1.0, abs=EXACT)
    assert found.rows == 36


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"events": DOUBLED + 0.5}, "whole number"),
        ({"exposure": 0.0}, "exposure"),
        ({"exposure": [1.0, 2.0]}, "exposure has shape"),
        ({"school": SCHOOL[1:]}, "school has shape"),
        ({"year": YEAR + 0.5}, "year is not whole"),
        ({"year": np.full(60, 2020)}, "school has two rows of one year"),
        ({"dose_year": np.full(60, 2020)}, "dose_school has two rows of one dose_year"),
        ({"dose_year": YEAR + 20}, "no row has a dose of its own school -1 year"),
        ({"dose": np.full(60, np.nan)}, "dose"),
        ({"dose": []}, "give one a row"),
        ({"dose": np.full(60, 2.0)}, "never moves within a school"),
        ({"dose": YEAR.astype(float)}, "never moves within a school"),
        ({"dose": SCHOOL.astype(float)}, "never moves within a school"),
        ({"events": DOUBLED * (SCHOOL == 4)}, "schools left with events and doses are 1;"),
        ({"events": DOUBLED * (SCHOOL < 2)}, "are 2; errors of schools need 3 or more"),
        ({"events": DOUBLED * 0.0}, "no school has an event"),
        ({"events": 5.0 * (off(-1) == 2.0)}, "outright"),
        ({"confidence": 1.5}, "confidence"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dose_response(**(asked(DOUBLED) | change))  # type: ignore[arg-type]


def test_few_schools_say_how_often_their_limits_hold_and_a_ratio_without_rest_that_they_have_no_width() -> (
    None
):
    found = dose_response(**asked(DOUBLED))  # type: ignore[arg-type]
    assert "12 schools: too few" in found.note
    assert "hold 80 to 90 times in 100" in found.note
    assert found.note.endswith(NO_WIDTH)


def test_a_dose_that_moved_in_one_school_has_no_limits() -> None:
    events = np.random.default_rng(1).poisson(DOUBLED / 8)
    found = dose_response(**asked(events, dose=np.where(SCHOOL == 4, SCORE, 1.0)))  # type: ignore[arg-type]
    assert (found.lower, found.upper, found.e_value_limit) == (0.0, np.inf, 1.0)
    assert found.note.startswith("the dose moved in one school only")
    assert found.estimate > 0


def test_schools_that_were_split_or_merged_are_counted() -> None:
    events = np.random.default_rng(1).poisson(DOUBLED / 8)
    grown = 400.0 * np.where((SCHOOL < 2) & (YEAR >= 2022), 1.6, 1.0) * (1 + 0.1 * (YEAR - 2019))
    note = dose_response(**asked(events, exposure=grown)).note  # type: ignore[arg-type]
    assert "exposure of 2 schools grows by a half or shrinks by a third, or more" in note
    unlike = 400.0 * (1 + SCHOOL)  # schools of unlike size jump from row to row, not within
    assert "exposure" not in dose_response(**asked(events, exposure=unlike)).note  # type: ignore[arg-type]


def test_a_unit_of_dose_that_nobody_has_more_of_is_named() -> None:
    events = np.random.default_rng(2).poisson(30, SCHOOL.size)
    with pytest.raises(
        ValueError, match=r"^dose has so small a unit that the log of the ratio .* larger unit$"
    ):
        dose_response(events, 500, SCHOOL, YEAR, SCORE * 1e-6, SCHOOL, YEAR)
