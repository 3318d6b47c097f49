"""mapping.yaml: how what does not keep to the templates is read, every fault of it told; older versions migrate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

UPN = "A000000000000"


def register(office: Any, mapping: str, text: str = "") -> None:
    office.text(
        "register.csv",
        text or f"Our register\n\nNo,Pupil,Where,What,When,Half,Why\n1,{UPN},990001,FT,11/06/2023,2,FGT\n",
    )
    office.text("mapping.yaml", mapping)


WHOLE = """
files:
  - file: REGISTER*
    table: exclusions
    header_row: 3
    dates: month_first
    columns: {Pupil: upn, Where: urn, What: category, When: start_date, Half: sessions, Why: reason_1}
    codes:
      category: {FT: SUSP}
      reason_1: {fgt: PP}
    leave_out: ['No']
"""


def test_a_register_with_words_of_its_own_is_read_as_the_mapping_says(office: Any) -> None:
    register(office, WHOLE)
    assert office.found() == []
    (row,) = office.tidy("exclusions")
    assert (row["category"], row["reason_1"], row["start_date"]) == ("SUSP", "PP", dt.date(2023, 11, 6))
    assert "dates were read as month/day/year (1 row)" in office.lines()
    assert "FT was read as SUSP (1 row)" in office.lines()


def test_a_faulty_cell_is_quoted_as_it_stands_in_the_file(office: Any) -> None:
    register(
        office, WHOLE, f"No,x\n\nNo,Pupil,Where,What,When,Half,Why\n1,{UPN},990001,FT,25/12/2023,2,FGT\n"
    )
    assert office.found() == [("not_a_date", 4, "When", "25/12/2023")]


def test_a_value_for_every_row_and_chosen_sheets(office: Any) -> None:
    rows = [row[2:] for row in office.rows("roll")]
    office.book("roll.xlsx", {"In": rows, "Out": rows})
    office.text(
        "mapping.yaml",
        "files:\n  - {file: roll.xlsx, table: roll, sheets: [In], values: {time_period: 2023/24, term: Spring}}\n",
    )
    assert office.found() == []
    assert [(row["time_period"], row["term"]) for row in office.tidy("roll")] == [("202324", "Spring")]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("files: [", "mapping.yaml"),
        ("files:\n  - {file: a, table: rolls}\n", "Did you mean 'roll'?"),
        ("files:\n  - {file: a, table: roll, colums: {}}\n", "colums"),
        ("files:\n  - {file: a, table: roll, columns: {X: nobody}}\n", "roll has no column 'nobody'; columns are time"),
        ("files:\n  - {file: a, table: roll, codes: {sex: {Z: Q}}}\n", "'Q' is no code of sex; codes are F, M, U"),
        ("files:\n  - {file: a, table: roll, codes: {upn: {Z: Q}}}\n", "column 'upn' has no codes"),
        ("files:\n  - {file: a, table: roll, header_row: -1}\n", "header_row is -1"),
        ("version: 9\n", "version 9 of the contracts is not known"),
        ("files:\n  - {file: roll.csv, table: roll, header_row: 7}\n", "no sheet with headers of roll in row 7"),
    ],
)  # fmt: skip
def test_a_faulty_mapping_is_told_and_nothing_is_guessed(office: Any, mapping: str, words: str) -> None:
    office.put("roll")
    office.text("mapping.yaml", mapping)
    checked = office.check()
    assert checked.records is None or not checked.records.tables
    assert words in office.lines()
    assert {one.check for one in checked.findings.errors} <= {"wrong_mapping", "unknown_version"}


def test_all_faults_of_a_mapping_are_told_at_once(office: Any) -> None:
    office.put("roll")
    office.text(
        "mapping.yaml",
        "files:\n  - {file: a, table: roll, columns: {X: one, Y: two}, codes: {upn: {A: B}}}\n",
    )
    assert len(office.check().findings.errors) == 3


V1 = f"upn,urn,exclusion_type,exclusion_date,days,reason,comment\n{UPN},990001,SUSP,06/11/2023,2.5,PP,said something\n"


def test_a_register_of_version_1_counts_days_and_is_read_in_sessions_with_a_message(office: Any) -> None:
    office.text("exclusions.csv", V1)
    ((check, _, _, words),) = office.found()
    assert check == "older_version"
    assert words.startswith("1 of the contract: exclusion_type became category")
    assert "sessions was multiplied by 2" in words
    assert [row["sessions"] for row in office.tidy("exclusions")] == [5]


def test_a_faulty_number_of_days_is_quoted_in_days(office: Any) -> None:
    office.text("exclusions.csv", V1.replace("2.5", "60"))
    assert ("out_of_bounds", 2, "days", "60") in office.found()


def test_days_beside_sessions_are_a_spare_column_and_not_an_older_version(office: Any) -> None:
    office.text("exclusions.csv", V1.replace("comment", "sessions").replace("said something", "5"))
    assert office.found() == []
    assert [row["sessions"] for row in office.tidy("exclusions")] == [5]


def test_a_declared_version_is_taken_at_its_word(office: Any) -> None:
    office.put("training")
    office.text("mapping.yaml", "version: 1\n")
    assert [one[0] for one in office.found()] == ["older_version"]
