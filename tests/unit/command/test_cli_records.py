"""The commands for own records: what they print, how they end, and that no pupil number leaves them whole."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from onroll.cli import main

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
        (["termly", "--term", "Spring"], "2023/24 Spring"),
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
