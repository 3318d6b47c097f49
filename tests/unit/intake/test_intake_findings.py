from __future__ import annotations

import csv
from pathlib import Path

from onroll.intake.checks import CHECKS
from onroll.intake.findings import Findings, finding, per_row, shown
from onroll.intake.values import EXPECTED


def test_a_finding_is_one_line_with_place_value_expectation_and_the_way_out() -> None:
    found = finding("not_a_number", "file.csv", row=12, column="susp_rate", value="<5", expected=EXPECTED)
    assert found.line() == (
        "file.csv, row 12, column susp_rate: '<5' is not a number; expected a number or one of z, x, c, low, "
        "k, u, :, ~, ., -. Correct the cell or ask the sender."
    )


def test_a_long_value_is_cut_and_control_characters_are_escaped() -> None:
    assert shown("a" * 41) == "a" * 40 + "..."
    assert shown("a\x1b[31m\nb\u202e") == "a\\x1b[31m\\nb\\u202e"
    assert "\n" not in finding("not_a_number", "f.csv\n", row=2, column="a\rb", value="\n").line()


def test_the_same_finding_on_thousands_of_rows_is_one_line_and_none_is_lost(tmp_path: Path) -> None:
    rows = range(2, 3434)
    found = per_row("not_a_number", "f.csv", rows, ["n/a"] * len(rows), column="susp_rate", expected=EXPECTED)
    (line,) = found.lines()
    assert line.startswith(
        "f.csv, rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 "
    )
    assert "21 and 3,412 more rows, column susp_rate: 'n/a' is not a number" in line
    found.write_csv(tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as full:
        assert len(list(csv.reader(full))) == 1 + 3432


def test_different_values_of_one_kind_are_twenty_lines_and_a_count() -> None:
    found = per_row(
        "not_a_number", "f.csv", range(2, 102), map(str, range(100)), column="c", expected="a word"
    )
    lines = found.lines()
    assert len(lines) == 21
    assert (
        lines[0]
        == "f.csv, row 2, column c: '0' is not a number; expected a word. " + CHECKS["not_a_number"].action
    )
    assert lines[-1] == "f.csv, column c: and 80 more rows like these."


def test_errors_and_warnings_are_told_apart() -> None:
    both = Findings((finding("blank", "f.csv", row=2), finding("empty_file", "f.csv")))
    assert [item.check for item in both.errors] == ["empty_file"]
    assert [item.check for item in both.warnings] == ["blank"]
    assert len(both + both) == 4


def test_the_full_list_cannot_start_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    Findings((finding("not_a_number", "f.csv", row=2, column="=c", value="=1+1"),)).write_csv(
        tmp_path / "all.csv"
    )
    text = (tmp_path / "all.csv").read_text(encoding="utf-8")
    assert ",'=c,'=1+1," in text


def test_every_check_says_what_to_do_or_carries_its_own_words() -> None:
    for name, check in CHECKS.items():
        assert check.severity in ("error", "warning", "note"), name
        assert check.action or name == "unreadable" or check.severity == "note"
