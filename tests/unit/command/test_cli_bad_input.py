"""What a person at a desk meets when something is wrong: one clear line, exit 1 or 2, never a traceback."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from onroll.cli import main

GOOD = (
    "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
    "perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate\n"
    "202425,Academic year,Local authority,821,Luton,Total,40000,40,0.1,2400,6.0,1200,3.0\n"
    "202425,Academic year,Local authority,330,Birmingham,Total,180000,200,0.11111,18000,10.0,9000,5.0\n"
)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return captured.out + captured.err


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    return main(["check", "--data", str(folder)]), said(capsys)


def put(folder: Path, text: str, name: str = "published.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, GOOD)
    code, words = check(tmp_path, capsys)
    assert (code, words.strip()) == (0, "1 file checked: 0 errors, 0 warnings")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text[:-31], "published.csv, row 3"),
        (lambda text: text.replace(",", ";"), "published.csv"),
        (lambda text: text + text.splitlines()[1] + "\n", "row 4"),
        (lambda text: text.replace("202425", "2024-25", 1), "row 2, column time_period"),
        (lambda text: text.replace("821,Luton", "999,Atlantis"), "row 2"),
        (lambda text: text.replace("old_la_code,", "").replace("821,", "", 1), "published.csv"),
        (lambda text: text.replace(",6.0,", ",<5,"), "row 2, column susp_rate: '<5'"),
        (lambda text: text.replace("headcount", "hedcount"), "headcount"),
        (lambda text: "", "published.csv"),
    ],
    ids=[
        "truncated", "semicolons", "duplicated key", "year in the wrong form", "unknown authority",
        "column missing in rows", "not a number", "missing column", "empty file",
    ],
)  # fmt: skip
def test_a_bad_file_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: object, expected: str
) -> None:
    put(tmp_path, change(GOOD))  # type: ignore[operator]
    code, words = check(tmp_path, capsys)
    assert code == 1
    assert expected in words
    assert "error" in words.splitlines()[-1]


def test_half_a_gzip_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "published.csv.gz").write_bytes(gzip.compress(GOOD.encode())[:-20])
    code, words = check(tmp_path, capsys)
    assert code == 1
    assert "published.csv.gz" in words


@pytest.mark.parametrize("command", [["check"], ["evaluate"]])
def test_an_empty_folder_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    code, words = main([*command, "--data", str(tmp_path)]), said(capsys)
    assert code in (1, 2)
    assert "there is no file in it" in words
    assert len(words.strip().splitlines()) <= 2


@pytest.mark.parametrize("command", [["check"], ["evaluate"]])
def test_a_folder_that_is_not_there_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    code, words = main([*command, "--data", "no/such/folder"]), said(capsys)
    assert code in (1, 2)
    assert "there is no such folder" in words


def test_a_folder_without_permission_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refused)
    code, words = check(tmp_path, capsys)
    assert code == 1
    assert "no permission" in words


@pytest.mark.slow
def test_evaluating_bad_data_stops_with_the_first_error_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", GOOD.replace(",6.0,", ",abc,"))
    code, words = (
        main(["evaluate", "--data", str(tmp_path / "in"), "--out", str(tmp_path / "out")]),
        said(capsys),
    )
    assert code == 1
    assert "row 2, column susp_rate: 'abc'" in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["evaluate", "--year", "2023"], "write it as 2023/24 or 202324"),
        (["evaluate", "--year", "2023/25"], "after 2023 comes 2023/24"),
        (["evaluate", "--year", "1999/00"], "there are 2006/07 to 2023/24"),
        (["evaluate", "--set", "neighbors=2021"], "Did you mean 'neighbours'?"),
        (["evaluate", "--set", "neighbours=1999"], "allowed are 2021, 2025"),
        (["evaluate", "--set", "confidence=95"], "at most 0.999"),
        (["evaluate", "--set", "confidence"], "NAME=VALUE"),
        (["evaluate", "--set", "year=1;import os"], "--year"),
        (["evaluate", "--set", "x;open('PWNED','w')=1"], "there is no choice"),
        (["evaluate", "--set", "__class__=1"], "there is no choice"),
        (["evaluate", "--only", "99_nothing"], "notebook '99_nothing' is not declared"),
        (["evaluate", "--jobs", "0"], "at least 1"),
        (["evaluate", "--jobs", "many"], "invalid int value"),
        (["compare", "202324"], "required"),
        (["compare", "nowhere", "202324"], "no run at 'nowhere'"),
        (["evalute"], "invalid choice"),
        ([], "required"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = main(arguments), said(capsys)
    assert code == 2
    assert expected in words
    assert [line.startswith("onroll: ") for line in words.strip().splitlines()][-1]
    assert words.count("onroll: ") == 1


@pytest.mark.slow
def test_a_folder_that_is_no_run_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious.txt").write_text("keep me", encoding="utf-8")
    code, words = main(["evaluate", "--out", str(tmp_path)]), said(capsys)
    assert code == 2
    assert "holds no run" in words
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "keep me"


@pytest.mark.parametrize("command", ["evaluate", "check", "compare", "workbench"])
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"example: onroll {command}" in said(capsys)
