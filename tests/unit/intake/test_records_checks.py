"""Every declared check is met by a file that triggers it, at its row and column; a new one without is a failure."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onroll.intake.checks import CHECKS
from onroll.intake.findings import LISTED, Findings
from onroll.intake.record_checks import CELL_CHECKS, READ_CHECKS, RULE_CHECKS

Rows = tuple[str, list[dict[str, object]], int, str]


def cell(table: str, column: str, value: object, **others: object) -> Rows:
    """One row of a table, with a faulty cell."""
    return table, [{column: value, **others}], 0, column


def second(table: str, column: str, first: dict[str, object], then: dict[str, object]) -> Rows:
    """Two rows of the same pupil, of which the second does not go with the first."""
    return table, [first, then], 1, column


PERMANENT = {"category": "PERM", "sessions": ""}
ROWS: dict[str, Rows] = {
    "unknown_code": cell("exclusions", "category", "EXCL"),
    "code_of_other_year": cell("exclusions", "reason_1", "OT"),
    "renamed_code": cell("exclusions", "category", "FIXD"),
    "not_a_date": cell("exclusions", "start_date", "31/02/2023"),
    "date_out_of_range": cell("exclusions", "start_date", "2203-11-06"),
    "out_of_bounds": cell("exclusions", "sessions", -3),
    "needed_blank": cell("roll", "ethnicity", ""),
    "wrong_upn": cell("roll", "upn", "B000000000000"),
    "wrong_form": cell("roll", "urn", "99001"),
    "not_a_flag": cell("roll", "fsm_eligible", "maybe"),
    "closed_before_opened": cell("schools", "close_date", "2010-01-01", open_date="2011-01-01"),
    "school_of_another_authority": cell("schools", "la_code", "802"),
    "one_main_registration": second("roll", "enrolment_status", {}, {"urn": 990099, "enrolment_status": "M"}),
    "sessions_within_possible": cell(
        "roll", "sessions_authorised", 90, sessions_possible=100, sessions_unauthorised=20
    ),
    "left_before_entry": cell("roll", "left_date", "2020-01-01", entry_date="2020-02-01"),
    "need_without_sen": cell("roll", "sen_type", "SEMH"),
    "suspension_has_sessions": cell("exclusions", "sessions", ""),
    "permanent_has_no_sessions": cell("exclusions", "sessions", 4, category="PERM"),
    "reasons_in_order": cell("exclusions", "reason_2", "", reason_3="BU"),
    "reason_given_twice": cell("exclusions", "reason_2", "PP"),
    "one_reason_before_2020_21": cell("exclusions", "reason_2", "BU", start_date="2019-11-05"),
    "days_in_a_year": second(
        "exclusions", "sessions", {"sessions": 60}, {"start_date": "2024-03-05", "sessions": 32, "urn": 990002}
    ),
    "suspended_after_permanent": second(
        "exclusions", "start_date", PERMANENT, {"start_date": "2023-11-20", "sessions": 2}
    ),
    "two_permanent_in_a_year": second("exclusions", "category", PERMANENT, {**PERMANENT, "start_date": "2024-02-05"}),
    "overlapping_suspensions": second(
        "exclusions", "start_date", {"sessions": 20}, {"start_date": "2023-11-13", "sessions": 2}
    ),
    "date_in_term": cell("exclusions", "start_date", "2023-11-05"),
    "review_before_start": cell("exclusions", "review_date", "2023-11-03"),
    "spell_has_start": cell("placements", "start_date", "", referral_date="2023-11-01"),
    "review_has_date": second("placements", "review_date", {}, {"record": "review", "start_date": ""}),
    "review_without_spell": cell("placements", "placement_id", "P99", record="review", review_date="2023-12-01"),
    "ended_before_started": cell("placements", "end_date", "2023-11-01"),
    "started_before_referral": cell("placements", "start_date", "2023-11-06", referral_date="2023-11-20"),
    "outcome_without_target": cell("placements", "outcome", 7.5),
    "trained_above_in_post": cell("training", "trained_24_months", 11),
    "twelve_above_twenty_four": cell("training", "trained_12_months", 6),
    "date_in_academic_year": cell("principles_use", "decision_date", "2023-08-10"),
    "done_without_date": cell("delivery_log", "done_date", ""),
    "done_before_year": cell("delivery_log", "done_date", "2022-01-15"),
}  # fmt: skip
"""Faults of cells and rows. Each case is a pupil, school or entry of its own in one file a table."""
APART = ({"schools"}, {"roll"}, {"exclusions", "placements", "training", "principles_use", "delivery_log"})
"""Tables that are looked up are sent apart, so that the lookups stay silent."""


def own(table: str, number: int, upn: Callable[[int], str]) -> dict[str, object]:
    """What tells the rows of one case from those of the others."""
    ids: dict[str, dict[str, object]] = {
        "schools": {"urn": 990100 + number}, "training": {"urn": 990100 + number}, "roll": {"upn": upn(number)},
        "exclusions": {"upn": upn(number)}, "placements": {"upn": upn(number), "placement_id": f"P{number}"},
        "principles_use": {"case_id": f"C{number}"}, "delivery_log": {"entry_id": f"E{number}"},
    }  # fmt: skip
    return ids[table]


@pytest.mark.parametrize("tables", APART, ids=["schools", "roll", "the others"])
def test_every_fault_is_told_once_at_its_row_and_column_and_nothing_else(
    office: Any, pupil: Callable[[int], str], tables: set[str]
) -> None:
    sheets: dict[str, list[dict[str, object]]] = {table: [] for table in tables}
    expected = []
    for number, (check, (table, rows, faulty, column)) in enumerate(ROWS.items(), start=1):
        if table in tables:
            expected.append(
                (f"{table}.csv", len(sheets[table]) + faulty + 2, column, check, CHECKS[check].severity)
            )
            sheets[table] += [own(table, number, pupil) | row for row in rows]
    for table, rows in sheets.items():
        office.put(table, *rows)
    found = [
        (one.file, row, one.column, one.check, one.severity)
        for one in office.check().findings
        for row in one.rows
    ]
    assert sorted(found) == sorted(expected)


Case = tuple[Callable[[Any], object], int | None, str]
UPN = "A000000000000"
HEADER_WITH_FORMULA = ["urn", "school_name", "education_phase", "la_code", "open_date"]


def with_roll(office: Any, exclusion: dict[str, object], **roll: object) -> None:
    office.put("schools")
    office.put("roll", roll)
    office.put("exclusions", exclusion)


def left_open(office: Any) -> None:
    """A spell without end of a pupil whose Year 11 is over; one of a pupil who is in Year 11 still is none."""
    office.put("roll", {"time_period": "202223", "year_group": "11"}, {"upn": UPN, "year_group": "11"})
    office.put(
        "placements",
        {"start_date": "2023-01-09"},
        {"placement_id": "P2", "upn": UPN, "start_date": "2023-01-09"},
    )


OTHERS: dict[str, Case] = {
    "formula": (
        lambda office: office.book(
            "schools.xlsx", {"s": [HEADER_WITH_FORMULA, [990001, "A", "Special", 801, "=TODAY()"]]}
        ),
        2,
        "open_date",
    ),
    "unknown_school": (lambda office: (office.put("schools"), office.put("training", {"urn": 990002})), 2, "urn"),
    "pupil_not_on_roll": (
        lambda office: with_roll(office, {"start_date": "2023-11-06"}, entry_date="2024-01-08"), 2, "upn"
    ),
    "pupil_unknown": (
        lambda office: (office.put("roll"), office.put("placements", {"upn": "R000000000012"})), 2, "upn"
    ),
    "open_after_year_11": (lambda office: left_open(office), 2, "end_date"),
    "unused_table": (lambda office: office.text("training.csv", "urn,topic,in_post,staff_group"), None, ""),
    "no_link": (lambda office: office.put("training"), None, ""),
}  # fmt: skip
"""Faults that need more than the rows of one table."""
MAPPING = "files:\n  - {file: 'exclusions*', table: exclusions"


def lines_of(table: str, *more: str) -> Callable[[Any], object]:
    """A table with further lines under it."""
    return lambda office: office.text(
        f"{table}.csv", "\n".join([*(",".join(row) for row in office.rows(table)), *more])
    )


def twice(office: Any) -> None:
    """A file and its copy under another name."""
    office.put("exclusions")
    office.put("exclusions", name="exclusions_copy.csv")


READS: dict[str, Case] = {
    "own_list": (lambda office: office.text("list.csv", f"{','.join(LISTED)}\n"), None, ""),
    "repeated_file": (twice, None, ""),
    "read_as": (lambda office: office.put("policies", {"rated_on": "10/01/2024"}), None, "rated_on"),
    "header_found": (
        lambda office: office.book("schools.xlsx", {"s": [["Our schools"], *office.rows("schools")]}), 2, ""
    ),
    "total_rows": (lines_of("exclusions", "Total,,,,2,"), 3, ""),
    "repeated_header": (
        lines_of("exclusions", "upn,urn,category,start_date,sessions,reason_1"), 3, ""
    ),
    "lone_cell": (lines_of("exclusions", "Printed on Monday,,,,,"), 3, ""),
    "columns_not_kept": (lambda office: office.text("training.csv", "\n".join(
        ",".join([*row, "x"]) for row in office.rows("training"))), 1, ""),
    "renamed_header": (
        lambda office: office.text("schools.csv", "URN,Name,Phase,LA\n990001,Acorn,Special,801\n"), 1, ""
    ),
    "hidden_sheets": (lambda office: hidden(office), None, ""),
    "sheets_left_aside": (
        lambda office: office.book("schools.xlsx", {"s": office.rows("schools"), "notes": [["hello"]]}), None, ""
    ),
    "older_version": (lambda office: office.text(
        "exclusions.csv", f"upn,urn,exclusion_type,exclusion_date,days,reason\n{UPN},990001,SUSP,06/11/2023,2,PP\n"
    ), None, ""),
    "unknown_version": (
        lambda office: (office.put("exclusions"), office.text("mapping.yaml", "version: 9\n")), None, ""
    ),
    "wrong_mapping": (
        lambda office: (office.put("exclusions"), office.text("mapping.yaml", f"{MAPPING}, header: 1}}\n")), None, ""
    ),
    "two_headers": (lambda office: office.text(
        "schools.csv", "urn,school_name,establishment name,education_phase,la_code\n990001,A,A,Special,801\n"
    ), 1, ""),
    "swapped_columns": (lambda office: swapped(office), None, ""),
}  # fmt: skip


def hidden(office: Any) -> None:
    import openpyxl

    path = office.book("schools.xlsx", {"s": office.rows("schools"), "old": office.rows("schools")})
    book = openpyxl.load_workbook(path)
    book["old"].sheet_state = "hidden"
    book.save(path)


def swapped(office: Any) -> None:
    office.put("exclusions", *({"upn": 990001, "urn": UPN} for _ in range(3)))


def test_every_declared_check_has_a_file_that_triggers_it() -> None:
    assert (ROWS | OTHERS).keys() == (CELL_CHECKS | RULE_CHECKS).keys()
    assert READS.keys() | {"too_many"} == READ_CHECKS.keys()


@pytest.mark.parametrize("check", [*OTHERS, *READS])
def test_a_check_speaks_of_its_place_and_of_nothing_else(office: Any, check: str) -> None:
    make, row, column = (OTHERS | READS)[check]
    make(office)
    found = office.check().findings
    assert {(one.row, one.column, one.severity) for one in found if one.check == check} >= {
        (row, column, CHECKS[check].severity)
    }
    graver = [one.check for one in found if one.severity == "error" and one.check != check]
    assert graver == (["missing_column"] * 2 if check == "unused_table" else [])


def test_what_is_above_a_million_is_counted_and_said(
    office: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("onroll.intake.records.found.MOST_KEPT", 3)
    office.put("exclusions", *({"sessions": 90 + number} for number in range(1, 11)))
    checked = office.check()
    assert checked.findings.count("error") == 10 + 9, "ten sessions out of bounds, nine rows that stand twice"
    checked.write_list(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as out:
        listed = [(row["check"], row["value"]) for row in csv.DictReader(out) if row["severity"] == "error"]
    assert listed.count(("too_many", "7")) == 1
    assert [one for one in listed if one[0] == "out_of_bounds"] == [
        ("out_of_bounds", str(n)) for n in (91, 92, 93)
    ]


def test_the_same_rows_in_two_files_are_told_once_each_with_the_other_place(
    office: Any, pupil: Callable[[int], str]
) -> None:
    rows: list[dict[str, object]] = [{"upn": pupil(at), "sessions": 60} for at in (1, 2)]
    office.put("exclusions", *rows)
    office.put(
        "exclusions", *reversed(rows), name="exclusions_again.csv"
    )  # the same bytes would be one file sent twice
    found = [
        (one.file, one.check, one.value, one.rows)
        for one in office.check().findings
        if one.check != "no_link"
    ]
    assert found == [
        ("exclusions_again.csv", "duplicate_key", "row 3 of exclusions.csv", (2,)),
        ("exclusions_again.csv", "duplicate_key", "row 2 of exclusions.csv", (3,)),
        ("exclusions", "unused_table", "suspensions and permanent exclusions", ()),
    ], "neither overlaps nor the 45 days are told of rows that stand twice"


def test_thousands_of_faults_are_one_line_and_all_in_the_list(
    office: Any, pupil: Callable[[int], str], tmp_path: Path
) -> None:
    office.put("exclusions", *({"upn": pupil(at), "sessions": 90 + at} for at in range(1, 2001)))
    checked = office.check()
    (line,) = Findings(checked.findings.errors).lines()
    assert line.startswith("exclusions.csv, rows 2, 3, 4,")
    assert "21 and 1,980 more rows, column sessions: '91, 92, 93, 94, 95' is out of bounds" in line
    checked.write_list(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as out:
        rows = [row for row in csv.DictReader(out) if row["check"] == "out_of_bounds"]
    assert [int(row["row"]) for row in rows] == list(range(2, 2002))
