"""The commands for own records: what they print, how they end, and that no pupil number leaves them whole."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from onroll.cli import main
from onroll.cli.commands import _term

pytestmark = pytest.mark.slow  # the command from files to pages

PUPIL_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Z][0-9]{11}[0-9A-Z](?![0-9A-Za-z])")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faulty") / "town"
    arguments = [
        "synthetic",
        "--out",
        str(folder),
        "--pupils",
        "2500",
        "--first",
        "2022/23",
        "--seed",
        "3",
        "--defects",
    ]
    assert main(arguments) == 0
    return folder


def test_a_made_authority_meets_its_contracts(made_town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data", str(made_town)]) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out


def test_faults_are_told_with_place_and_no_pupil_number(
    faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = tmp_path / "all.csv"
    assert main(["check", "--data", str(faulty), "--list", str(every)]) == 1
    told = capsys.readouterr().out
    assert re.search(r"error: exclusions\.csv, row \d+, column \w+: ", told)
    listed = every.read_text(encoding="utf-8")
    assert not PUPIL_NUMBER.search(told)
    assert not PUPIL_NUMBER.search(listed)
    sent = (faulty / "exclusions.csv").read_text(encoding="utf-8")
    assert PUPIL_NUMBER.search(sent), "the pattern must be able to find one"


def test_the_list_has_every_fault_that_the_count_names(
    faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = tmp_path / "all.csv"
    main(["check", "--data", str(faulty), "--list", str(every)])
    found = re.search(r"(\d+) errors, (\d+) warnings", capsys.readouterr().out)
    assert found is not None
    with every.open(encoding="utf-8") as file:
        severities = [row["severity"] for row in csv.DictReader(file)]
    assert (severities.count("error"), severities.count("warning")) == (int(found[1]), int(found[2]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["synthetic", "--out", "x", "--effect", "kindness=1"], "Effects are"),
        (["synthetic", "--out", "x", "--effect", "boys"], "NAME=VALUE"),
        (["synthetic", "--out", "x", "--effect", "boys=900"], "boys"),
        (["synthetic", "--out", "x", "--first", "2015/17"], "academic year"),
        (["synthetic", "--out", "x", "--pupils", "0"], "pupils 0 cannot be made"),
        (["check", "--data", "not-there"], "no such folder"),
        (["check", "--list", "not-there/list.csv"], "there is no folder not-there"),
        (["check", "--list", "."], "this is a folder"),
        (["termly", "--term", "Spring"], "2023/24 Spring"),
        (["termly", "--term", "spring 2023/24", "--data", "not-there"], "no such folder"),
        (["termly", "--term", "2023/24 Winter"], "2023/24 Spring"),
        (["termly", "--term", "2023/24 Spring", "--data", "not-there"], "no such folder"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [str(tmp_path / "x") if one == "x" else one for one in arguments]
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert words in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["synthetic", "--out", str(tmp_path), "--pupils", "1000"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "folder" in capsys.readouterr().err


def test_templates_are_written_for_every_table(tmp_path: Path) -> None:
    assert main(["templates", "--out", str(tmp_path / "t")]) == 0
    assert len(list((tmp_path / "t").glob("*.xlsx"))) == 9


@pytest.mark.parametrize(
    "asked", ["2023/24 Spring", "spring 2023/24", "Spring term 202324", " 202324 spring term "]
)
def test_a_term_may_be_written_in_either_order(asked: str) -> None:
    year, term = _term(asked)
    assert (year.replace("/", ""), term) == ("202324", "Spring")


def test_a_list_in_the_folder_of_the_data_is_left_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "placements.csv").write_text(
        "placement_id,record,kind,upn,start_date\nP1,spell,managed_move,A000000000000,2023-11-06\n"
        "P1,review,,,\n",
        encoding="utf-8",
    )
    listed = tmp_path / "list.csv"
    assert main(["check", "--data", str(tmp_path), "--list", str(listed)]) == 1
    once = listed.read_text(encoding="utf-8")
    rows = list(csv.DictReader(once.splitlines()))
    assert "a review without its day" in {row["what"] for row in rows}
    assert all(row["what"] for row in rows)
    capsys.readouterr()
    assert main(["check", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "note: list.csv: a list of findings that 'onroll check' wrote, left aside." in told
    assert "error: list.csv" not in told
    listed.write_text(once.replace(",", ";"), encoding="utf-8-sig")
    assert main(["check", "--data", str(tmp_path)]) == 1
    assert "error: list.csv" not in capsys.readouterr().out


def test_a_file_that_is_not_known_is_told_every_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "register.csv").write_text("colour,size\nred,2\n", encoding="utf-8")
    assert main(["check", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    for table in ("schools", "roll", "exclusions", "placements", "training", "principles_use", "policies",
                  "survey_answers", "delivery_log"):  # fmt: skip
        assert table in told
