"""Checks of an authority's own records: how grave each is, and the words it is told in."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding: how grave it is, what it says of the value, and what to do about it.

    ``severity`` is ``error`` (the table is not used), ``warning`` (look at it) or ``note`` (how a file was read).
    """

    severity: str
    says: str
    action: str


CELL = "Correct the cell or ask the sender."
FILE = "Ask the sender for the file again."
_ROW = "Correct the row or ask the sender."
_LOOK = "Look at the record; it is counted as it stands."
CELL_CHECKS = MappingProxyType(
    {
        "unknown_code": Check("error", "'{value}' is no code of this column", CELL),
        "code_of_other_year": Check("error", "'{value}' was not in use in the year of the record", CELL),
        "renamed_code": Check(
            "warning",
            "'{value}' had been renamed by then; it was read as the new code",
            "Use the new code next time.",
        ),
        "not_a_date": Check("error", "'{value}' is not a date", CELL),
        "date_out_of_range": Check("error", "'{value}' cannot be a date of these records", CELL),
        "out_of_bounds": Check("error", "'{value}' is out of bounds", CELL),
        "needed_blank": Check("error", "the cell is blank and must not be", CELL),
        "wrong_upn": Check("error", "'{value}' is not a pupil number", CELL),
        "wrong_form": Check("error", "'{value}' has the wrong form", CELL),
        "not_a_flag": Check("error", "'{value}' is neither yes nor no", CELL),
        "formula": Check(
            "error", "the cell holds a formula without a value", "Paste the values in place of the formulas."
        ),
        "unknown_school": Check(
            "error",
            "school {value} is not among the schools sent",
            "Add it to schools, or correct the number.",
        ),
        "pupil_not_on_roll": Check(
            "warning",
            "the pupil is on no roll of the school at that time",
            "Check school and date. It is counted; the pupil's groups are taken from another roll or shown as not known.",
        ),
        "pupil_unknown": Check(
            "warning", "the pupil is on no roll that was sent", "Check the pupil number. It is counted."
        ),
        "unused_table": Check(
            "warning", "nothing is counted from {value}", "Correct the errors above; other tables are used."
        ),
        "no_link": Check(
            "note", "{value} was not sent, so it was not looked up", "Send it too if you have it."
        ),
    }
)
RULE_CHECKS = MappingProxyType(
    {
        "closed_before_opened": Check("error", "it closed on {value}, before it opened", _ROW),
        "school_of_another_authority": Check(
            "warning",
            "the school is of authority {value}",
            "Nothing to do if that was meant; it is left out of the authority's totals.",
        ),
        "one_main_registration": Check(
            "warning",
            "the pupil has more than one main registration at this census ({value})",
            "Mark the second as S (subsidiary). Until then the pupil is counted at each.",
        ),
        "sessions_within_possible": Check(
            "error", "{value} sessions of absence, more than the possible ones", CELL
        ),
        "left_before_entry": Check("error", "the pupil left on {value}, before joining", _ROW),
        "need_without_sen": Check("warning", "a type of need ({value}) without SEN provision", _LOOK),
        "suspension_has_sessions": Check(
            "error", "a suspension without a number of sessions", "Give the half days lost, at least 1."
        ),
        "permanent_has_no_sessions": Check(
            "warning",
            "a permanent exclusion with {value} sessions; they are not counted",
            "Leave the cell blank.",
        ),
        "reasons_in_order": Check(
            "warning", "a later reason is given and an earlier one is blank", "Move the reasons up."
        ),
        "reason_given_twice": Check(
            "warning", "reason {value} is given twice", "Delete one of them; it is counted once."
        ),
        "one_reason_before_2020_21": Check(
            "error", "more than one reason ({value}) before 2020/21, when one was recorded", CELL
        ),
        "days_in_a_year": Check(
            "warning",
            "{value} school days of suspension in one academic year, over all schools",
            "The limit in law is 45. Tell the schools concerned.",
        ),
        "suspended_after_permanent": Check(
            "warning",
            "a suspension after a permanent exclusion in the same year ({value})",
            "Check the dates, or record the reinstatement.",
        ),
        "two_permanent_in_a_year": Check(
            "warning",
            "a second permanent exclusion of the same pupil in one academic year ({value})",
            "Check that it is not the same one twice.",
        ),
        "overlapping_suspensions": Check(
            "warning",
            "it begins before the suspension of {value} has ended",
            "Check the dates and the sessions.",
        ),
        "date_in_term": Check("warning", "{value} is not a school day: a weekend, August or Christmas", CELL),
        "review_before_start": Check("error", "the review of {value} is earlier than the exclusion", CELL),
        "spell_has_start": Check(
            "warning",
            "a placement without a first day",
            "Give the day, or leave it if the pupil is still waiting.",
        ),
        "review_has_date": Check("error", "a review without its day", "Give the day of the review."),
        "review_without_spell": Check("error", "the review belongs to no placement that was sent", _ROW),
        "ended_before_started": Check("error", "it ended on {value}, before it began", _ROW),
        "started_before_referral": Check("warning", "it began on {value}, before the referral", _LOOK),
        "outcome_without_target": Check(
            "warning", "an outcome ({value}) without a target to hold it against", _LOOK
        ),
        "open_after_year_11": Check(
            "warning",
            "no last day, though the pupil was in Year 11 in {value}, before the latest roll",
            "Give the last day. Until then it counts as going on.",
        ),
        "trained_above_in_post": Check("error", "{value} people trained, more than are in post", CELL),
        "twelve_above_twenty_four": Check("error", "{value} trained in 12 months, more than in 24", CELL),
        "date_in_academic_year": Check("warning", "{value} is outside term", _LOOK),
        "done_without_date": Check(
            "warning", "it is marked as done and has no date", "Give the day it was done."
        ),
        "done_before_year": Check(
            "warning", "it was done on {value}, more than a year before it was due", CELL
        ),
    }
)
READ_CHECKS = MappingProxyType(
    {
        "repeated_file": Check(
            "warning", "it repeats {value}, byte for byte, and was left aside", "Delete one of the two files."
        ),
        "own_list": Check("note", "a list of findings that 'onroll check' wrote, left aside", ""),
        "read_as": Check("note", "{value}", ""),
        "header_found": Check(
            "note", "row {value} was taken as the header; what stands above it was left out", ""
        ),
        "total_rows": Check("note", "the row is a total and was left out", ""),
        "repeated_header": Check("note", "the header stands here again; the row was left out", ""),
        "lone_cell": Check(
            "warning",
            "the row has one cell only, was taken for a remark and left out",
            "If it is a record, fill it.",
        ),
        "columns_not_kept": Check("note", "the columns {value} are not kept", ""),
        "renamed_header": Check("note", "headers were read as the contract's: {value}", ""),
        "hidden_sheets": Check(
            "warning", "the hidden sheets {value} were not read", "Unhide them in Excel if they count."
        ),
        "sheets_left_aside": Check(
            "note", "the sheets {value} are no tables of the contracts and were left out", ""
        ),
        "older_version": Check(
            "warning", "the file is of version {value}", "Use the present template next time."
        ),
        "unknown_version": Check(
            "error",
            "version {value} of the contracts is not known",
            "Write the version of the template used.",
        ),
        "wrong_mapping": Check("error", "{value}", "Correct mapping.yaml; until then no records are read."),
        "two_headers": Check(
            "error",
            "the headers {value} mean the same column",
            "Delete one, or name the right one in mapping.yaml.",
        ),
        "swapped_columns": Check(
            "error",
            "the columns {value} look swapped",
            "Put their headers right; their cells were not told one by one.",
        ),
        "too_many": Check(
            "error",
            "{value} more rows of this kind are counted and not listed",
            "Ask the sender for the file again.",
        ),
    }
)
RECORD_CHECKS = MappingProxyType({**CELL_CHECKS, **RULE_CHECKS, **READ_CHECKS})
