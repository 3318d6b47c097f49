"""Every declared check is met by a file that triggers it, at its row and column; a new one without is a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onroll.intake.checks import CHECKS
from onroll.intake.record_checks import CELL_CHECKS, READ_CHECKS, RULE_CHECKS

Case = tuple[Callable[[Any], object], int | None, str]
HEADER_WITH_FORMULA = ["urn", "school_name", "education_phase", "la_code", "open_date"]


def cell(table: str, column: str, value: object, **others: object) -> Case:
    """One faulty cell in row 2 of a table."""
    return lambda office: office.put(table, {column: value, **others}), 2, column


def second(table: str, column: str, first: dict[str, object], then: dict[str, object]) -> Case:
    """A second row, row 3, that does not go with the first."""
    return lambda office: office.put(table, first, then), 3, column


def with_roll(office: Any, roll: dict[str, object], exclusion: dict[str, object]) -> None:
    office.put("schools")
    office.put("roll", roll)
    office.put("exclusions", exclusion)


CELLS: dict[str, Case] = {
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
    "formula": (
        lambda office: office.book(
            "schools.xlsx", {"s": [HEADER_WITH_FORMULA, [990001, "A", "Special", 801, "=TODAY()"]]}
        ),
        2,
        "open_date",
    ),
    "unknown_school": (lambda office: (office.put("schools"), office.put("training", {"urn": 990002})), 2, "urn"),
    "pupil_not_on_roll": (
        lambda office: with_roll(office, {"entry_date": "2024-01-08"}, {"start_date": "2023-11-06"}), 2, "upn"
    ),
    "pupil_unknown": (
        lambda office: (office.put("roll"), office.put("placements", {"upn": "R000000000012"})), 2, "upn"
    ),
    "unused_table": (lambda office: office.put("exclusions", {"sessions": -3}), None, ""),
    "no_link": (lambda office: office.put("training"), None, ""),
}  # fmt: skip
PERMANENT = {"category": "PERM", "sessions": ""}
RULES: dict[str, Case] = {
    "closed_before_opened": cell("schools", "close_date", "2010-01-01", open_date="2011-01-01"),
    "school_of_another_authority": cell("schools", "la_code", "802"),
    "one_main_registration": second("roll", "enrolment_status", {}, {"urn": 990002, "enrolment_status": "M"}),
    "sessions_within_possible": cell(
        "roll", "sessions_authorised", 90, sessions_possible=100, sessions_unauthorised=20
    ),
    "left_before_entry": cell("roll", "left_date", "2020-01-01", entry_date="2020-02-01"),
    "need_without_sen": cell("roll", "sen_type", "SEMH"),
    "suspension_has_sessions": cell("exclusions", "sessions", "", review="GB"),
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
    "two_permanent_in_a_year": second(
        "exclusions", "category", PERMANENT, {**PERMANENT, "start_date": "2024-02-05"}
    ),
    "overlapping_suspensions": second(
        "exclusions", "start_date", {"sessions": 20}, {"start_date": "2023-11-13", "sessions": 2}
    ),
    "date_in_term": cell("exclusions", "start_date", "2023-11-05"),
    "review_before_start": cell("exclusions", "review_date", "2023-11-03"),
    "spell_has_start": cell("placements", "start_date", "", referral_date="2023-11-01"),
    "review_has_date": second("placements", "review_date", {}, {"record": "review", "start_date": "", "below_target": "Y"}),
    "review_without_spell": second(
        "placements", "placement_id", {}, {"placement_id": "P2", "record": "review", "review_date": "2023-12-01"}
    ),
    "ended_before_started": cell("placements", "end_date", "2023-11-01"),
    "started_before_referral": cell("placements", "start_date", "2023-11-06", referral_date="2023-11-20"),
    "outcome_without_target": cell("placements", "outcome", 7.5),
    "trained_above_in_post": cell("training", "trained_24_months", 11),
    "twelve_above_twenty_four": cell("training", "trained_12_months", 6),
    "date_in_academic_year": cell("principles_use", "decision_date", "2023-08-10"),
    "done_without_date": cell("delivery_log", "done_date", "", due_date="2023-12-01"),
    "done_before_year": cell("delivery_log", "done_date", "2022-01-15"),
}  # fmt: skip
MAPPING = "files:\n  - {file: 'exclusions*', table: exclusions"


def doubled(office: Any) -> None:
    rows = office.rows("exclusions")
    office.text("exclusions.csv", "\n".join(",".join([*row, row[1]]) for row in rows))


def lines_of(table: str, *more: str) -> Callable[[Any], object]:
    """A table with further lines under it."""
    return lambda office: office.text(
        f"{table}.csv", "\n".join([*(",".join(row) for row in office.rows(table)), *more])
    )


READS: dict[str, Case] = {
    "read_as": cell("exclusions", "start_date", "06/11/2023"),
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
    "too_many": (lambda office: None, None, ""),
}  # fmt: skip
UPN = "A000000000000"


def hidden(office: Any) -> None:
    import openpyxl

    path = office.book("schools.xlsx", {"s": office.rows("schools"), "old": office.rows("schools")})
    book = openpyxl.load_workbook(path)
    book["old"].sheet_state = "hidden"
    book.save(path)


def swapped(office: Any) -> None:
    rows = office.rows("exclusions", *({"upn": 990001, "urn": upn} for upn in (UPN, UPN, UPN)))
    office.text("exclusions.csv", "\n".join(",".join(row) for row in rows))


def test_every_declared_check_has_a_file_that_triggers_it() -> None:
    assert CELLS.keys() == CELL_CHECKS.keys()
    assert RULES.keys() == RULE_CHECKS.keys()
    assert READS.keys() == READ_CHECKS.keys()


@pytest.mark.parametrize("check", [*CELLS, *RULES, *(one for one in READS if one != "too_many")])
def test_a_check_speaks_of_its_row_and_column_and_of_nothing_else(office: Any, check: str) -> None:
    make, row, column = (CELLS | RULES | READS)[check]
    make(office)
    found = [one for one in office.check().findings if one.check == check]
    assert [(one.row, one.column) for one in found] == [(row, column)] if check != "read_as" else found
    assert {one.severity for one in found} == {CHECKS[check].severity}
    grave = [one.check for one in office.check().findings if one.severity == "error"]
    assert set(grave) <= ({"out_of_bounds"} if check == "unused_table" else {check}), "another error is told for the same cause"
