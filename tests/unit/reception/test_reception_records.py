"""The folder received, checked with all that the project knows: what stops an evaluation and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from onroll.errors import DataError
from onroll.framework import load
from onroll.intake.records.pseudonyms import FOLDER
from onroll.project import Project
from onroll.reception import check, checked_or_stop, received_folder

GOOD = "upn,urn,category,start_date,sessions,reason_1\nA000000000000,990001,SUSP,2023-11-06,2,PP\n"
PUBLISHED = (
    "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
    "perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate\n"
    "202425,Academic year,Local authority,821,Luton,Total,40000,40,0.1,2400,6.0,1200,3.0\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys"))
    made = tmp_path / "received"
    made.mkdir()
    return made


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_records_and_published_figures_are_told_apart(folder: Path, project: Project) -> None:
    put(folder, "exclusions.csv", GOOD)
    put(folder, "published.csv", PUBLISHED)
    with check(folder, project) as checked:
        assert [one.name for one in checked.received] == ["published.csv"]
        assert checked.records is not None
        assert set(checked.records.tables) == {"exclusions"}
        assert not checked.findings.errors
    assert not checked.records.tables["exclusions"].exists(), "closing deletes the private copy"


def test_the_authority_of_the_strategy_is_the_one_expected(folder: Path, project: Project) -> None:
    put(
        folder,
        "schools.csv",
        "urn,school_name,education_phase,la_code\n990001,A,Special,821\n990002,B,Special,822\n",
    )
    with check(folder, project) as checked:
        assert [(one.check, one.row) for one in checked.findings] == [("school_of_another_authority", 3)]


def test_errors_in_own_records_leave_their_table_out_and_do_not_stop(folder: Path, project: Project) -> None:
    put(folder, "exclusions.csv", GOOD.replace(",2,", ",-2,"))
    put(folder, "schools.csv", "urn,school_name,education_phase,la_code\n990001,A,Special,821\n")
    with checked_or_stop(folder, project, load(project.root)) as checked:
        assert checked.records is not None
        assert set(checked.records.tables) == {"schools"}
        assert "unused_table" in {one.check for one in checked.findings.warnings}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("published.csv", PUBLISHED.replace("6.0", "<5"), "susp_rate"),
        ("mapping.yaml", "files:\n  - {file: x, table: rolls}\n", "mapping.yaml"),
    ],
)
def test_a_faulty_published_file_or_mapping_stops_with_one_line(
    folder: Path, project: Project, name: str, text: str, words: str
) -> None:
    put(folder, "exclusions.csv", GOOD)
    put(folder, name, text)
    with pytest.raises(DataError, match=words) as told:
        checked_or_stop(folder, project, load(project.root))
    assert "\n" not in str(told.value)


def test_an_empty_folder_named_by_hand_is_told_and_the_projects_own_is_none(
    folder: Path, tmp_path: Path, project: Project
) -> None:
    with pytest.raises(DataError, match="there is no file in it"):
        received_folder(project, str(folder))
    put(folder, "exclusions.csv", GOOD)
    assert received_folder(project, str(folder)) == folder
    assert received_folder(Project(tmp_path), "") is None


def test_a_key_that_cannot_be_had_is_one_line(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "exclusions.csv", GOOD)
    monkeypatch.setenv(FOLDER, str(folder / "keys"))
    with pytest.raises(DataError, match=f"Set {FOLDER} to a folder apart from it"):
        check(folder, project)
