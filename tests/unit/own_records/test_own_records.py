"""Own records of a study: counted, named by where they are from, and never told of before they are whole."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from onroll.counts.extent import Extent
from onroll.errors import DataError, UsageError
from onroll.own_records import unfinished
from onroll.project import Project
from onroll.study import Study, examine
from onroll.vocabulary import RATE, TOTAL
from onroll.vocabulary.records import MADE_UP, NO_PEOPLE, SCHOOL


@pytest.mark.slow
def test_the_register_agrees_with_the_truth_of_the_made_authority(made_study: Study, made_town: Path) -> None:
    truth = json.loads((made_town / "truth.json").read_text(encoding="utf-8"))
    totals = truth["years"]["202324"]["realised"]
    frame = made_study.released.frame
    for indicator, name in (
        ("register_suspension_rate", "suspensions"), ("register_suspended_pupil_rate", "suspended_pupils"),
    ):  # fmt: skip
        row = frame[
            (frame["indicator"] == indicator) & (frame["breakdown_topic"] == TOTAL) & (frame["statistic"] == RATE)
            & (frame["time_period"] == "202324") & (frame["comparator"] == "") & (frame["geographic_level"] != SCHOOL)
        ].iloc[0]  # fmt: skip
        assert row["numerator"] == totals[name]


@pytest.mark.slow
def test_every_row_of_made_records_says_that_they_are_synthetic(made_study: Study) -> None:
    own = made_study.own
    assert own is not None
    assert set(own.origins.values()) == {MADE_UP}
    assert all(words.startswith("Synthetic data") for words in own.sources.values())
    rows = made_study.released.frame
    assert rows["source"].str.startswith("synthetic_").sum() > 100


@pytest.mark.slow
def test_published_rows_are_the_same_with_and_without_own_records(made_study: Study, study: Study) -> None:
    rows = made_study.released.frame
    published = rows[~rows["source"].str.startswith("synthetic_")].reset_index(drop=True)
    assert published.equals(study.released.frame.reset_index(drop=True))


@pytest.mark.slow
def test_no_count_of_people_below_ten_passes_the_door(made_study: Study, made_term: Study) -> None:
    for one in (made_study, made_term):
        frame = one.released.frame
        own = frame[frame["source"].str.startswith("synthetic_")]
        people = own[~own["indicator"].isin(one.framework.disclosure.no_people)]
        people = people[~people["statistic"].isin(NO_PEOPLE)]
        for count in (people["numerator"], people["denominator"]):
            assert not ((count > 0) & (count < 10)).any()
        attacked = one.released.record()["attack"]
        assert attacked["hidden_counts"] > 0
        assert attacked["worked_out"] == 0


@pytest.mark.slow
def test_a_term_is_told_from_own_records_alone(made_term: Study) -> None:
    frame = made_term.released.frame
    assert frame["source"].str.startswith("synthetic_").all()
    assert frame["breakdown"].str.startswith("Spring term").all()
    assert set(frame["time_period"]) == {"202223", "202324"}
    assert not (frame["geographic_level"] == SCHOOL).any()


def test_a_year_that_has_not_ended_says_so() -> None:
    reach = Extent(
        frozenset({("202324", "Autumn term"), ("202324", "Spring term")}), frozenset(), dt.date(2024, 3, 31)
    )
    assert "end with its spring term" in unfinished(reach, "202324")
    assert unfinished(reach, "202223") == ""


def test_a_termly_report_needs_a_register(project: Project, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text(
        "urn,school_name,education_phase,la_code\n990001,Made-up Primary School,State-funded primary,821\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="onroll check"):
        examine(project, "202324", str(tmp_path), term="Spring")


def test_a_term_that_there_is_not_is_wrong_usage(project: Project, made_town: Path) -> None:
    with pytest.raises(UsageError, match="Autumn term"):
        examine(project, "202324", str(made_town), term="Winter")
