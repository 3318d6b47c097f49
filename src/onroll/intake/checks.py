"""Checks: every kind of finding, declared once, with the words it is told in."""

from __future__ import annotations

from types import MappingProxyType

from onroll.intake.record_checks import CELL as _CELL
from onroll.intake.record_checks import FILE as _FILE
from onroll.intake.record_checks import RECORD_CHECKS, Check

_EXPORT = "Open it in Excel and save it as 'CSV UTF-8 (comma delimited)'."
CHECKS = MappingProxyType(
    {
        **RECORD_CHECKS,
        "unreadable": Check("error", "{value}", ""),
        "empty_file": Check("error", "the file is empty", _FILE),
        "header_only": Check("warning", "there is a header and no row under it", "If rows were meant, ask."),
        "wrong_delimiter": Check("error", "columns are parted by a {value}", _EXPORT),
        "duplicate_header": Check(
            "error", "the header '{value}' stands twice", "Rename or delete one of them."
        ),
        "blank_header": Check("error", "column {value} has no header", "Name the column or delete it."),
        "encoding": Check("warning", "the text is {value}, read as that", _EXPORT),
        "nul_byte": Check("error", "there is a NUL byte: the file is damaged", _FILE),
        "open_quote": Check("error", "a quotation mark opens here and is never closed properly", _FILE),
        "ragged_row": Check(
            "error", "the row has {value} cells", "Look for a comma or quotation mark too many."
        ),
        "truncated": Check("error", "the last row has {value} cells: the file was cut short", _FILE),
        "other_sheets": Check(
            "warning", "the sheets {value} were left aside", "Save each as a file if it counts."
        ),
        "not_a_table": Check(
            "warning", "'{value}' is no table, left aside", "Nothing to do if that was meant."
        ),
        "other_figures": Check("warning", "published figures of another kind, left aside", "Nothing to do."),
        "other_measures": Check("warning", "{value} other measures were left aside", "Nothing to do."),
        "unknown_file": Check(
            "error", "the file is none that is known here", "Check that the right file was sent."
        ),
        "missing_column": Check("error", "the column {value} is missing", "Add it or ask the sender."),
        "two_columns": Check("error", "the columns {value} mean the same", "Delete one of them."),
        "unknown_column": Check("warning", "the column is not used here", "Nothing to do if that was meant."),
        "not_a_number": Check("error", "'{value}' is not a number", _CELL),
        "below_zero": Check("error", "'{value}' is below 0", _CELL),
        "not_whole": Check("error", "'{value}' is not a whole number", _CELL),
        "above_100": Check("error", "'{value}' is above 100, a share of pupils cannot be", _CELL),
        "blank": Check("warning", "the cell is blank, read as x (not available)", "Write why it is blank."),
        "group_above_100": Check(
            "warning",
            "'{value}' is above 100: more pupils suspended than the group had at the census",
            "Read it with its small group in mind.",
        ),
        "wrong_year": Check("error", "'{value}' is not an academic year", _CELL),
        "unknown_time": Check("error", "'{value}' is not a year or a term", _CELL),
        "unknown_level": Check("error", "'{value}' is not a geographic level", _CELL),
        "other_level": Check("warning", "rows of level '{value}' were left aside", "Nothing to do."),
        "unknown_phase": Check("error", "'{value}' is not an education phase", _CELL),
        "unknown_sen": Check("error", "'{value}' is not a kind of SEN provision", _CELL),
        "blank_group": Check("error", "the cell is blank", _CELL),
        "unknown_place": Check("error", "'{value}' is not a place we know", _CELL),
        "places_differ": Check("error", "code and name are of two places: {value}", _CELL),
        "no_place": Check("warning", "the row names no place, left aside", _CELL),
        "duplicate_key": Check(
            "error", "the row speaks of the same as {value}", "Delete one of the two rows."
        ),
        "above_headcount": Check("error", "{value}: more pupils than on roll", "Look for swapped columns."),
        "nobody_on_roll": Check(
            "warning", "{value}: pupils suspended where nobody is on roll", "Make no rate of this row."
        ),
        "above_suspensions": Check(
            "error", "{value}: more pupils than suspensions", "Look for swapped columns."
        ),
        "rate_differs": Check(
            "warning", "'{value}' is not count / headcount x 100", "Look at the three cells."
        ),
    }
)
