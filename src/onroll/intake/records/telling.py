"""Telling: a faulty cell in words for a person at a desk, with nothing by which a pupil is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from onroll.errors import did_you_mean, one_of
from onroll.framework.contracts import Column, Contracts
from onroll.intake.findings import Finding, finding, inert, shown
from onroll.intake.masking import last_three, mask
from onroll.intake.record_checks import RULE_CHECKS
from onroll.intake.records.parsing import in_use

_LONG_TEXT, _MOST_CODES = 24, 22
_EXPECTED = MappingProxyType(
    {
        "upn": "a pupil number: a check letter, eleven digits, and a digit or letter",
        "urn": "six digits",
        "laestab": "seven digits, such as 8211234",
        "la_code": "three digits, such as 821",
        "date": "a date such as 01/09/2023 or 2023-09-01",
        "period": "an academic year such as 2023/24",
        "flag": "Y or N",
        "number": "a number",
        "words": "at most 200 characters, no formula and no pupil number",
        "reference": "a reference of at most 60 characters, no pupil number",
        "person": "a reference of at most 60 characters",
        "item": "the id of an item, such as P4.7-W1",
    }
)
_SAYS_WHAT_IS_EXPECTED = frozenset(
    {"unknown_code", "not_a_date", "not_a_number", "not_whole", "out_of_bounds", "needed_blank", "wrong_upn",
     "wrong_form", "not_a_flag", "wrong_year", "date_out_of_range", "code_of_other_year"}
)  # fmt: skip
_OF_THE_ROW = ("ragged_row", "truncated")
_MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])[/.-](1[3-9]|2[0-9]|3[01])[/.-]([0-9]{2}|[0-9]{4})\b.*")
_NOTHING_SAID = frozenset(
    (
        "not",
        "known",
        "unknown",
        "applicable",
        "to",
        "be",
        "confirmed",
        "no",
        "data",
        "yet",
        "none",
        "na",
        "tbc",
        "yes",
        "or",
    )
)


remember = lru_cache(maxsize=4096)
"""Files repeat their faults; a table of other values each time may not fill the memory."""


class Teller:
    """Tells the faults of one kind in one column of one sheet.

    Parameters
    ----------
    name, headers, width : the sheet: what it is called, its headers by column, how many cells its header has
    """

    def __init__(
        self, contracts: Contracts, table: str, column: str, check: str, name: str, headers: Mapping[str, str],
        width: int,
    ) -> None:  # fmt: skip
        contract = contracts.tables[table]
        self.contracts, self.check, self.name = contracts, check, name
        self.column = contract.column(column) if column in contract.names else None
        self.header = headers.get(column, column)
        self.expected = f"{width}, as the header" if check in _OF_THE_ROW else ""
        if check in _SAYS_WHAT_IS_EXPECTED:
            self.expected = expected(self.column, contracts)
        self.hint, self.seen = remember(self._hint), remember(self.masked)
        self.cells = remember(self._cells)

    def told(self, value: str | None, times: int, rows: Sequence[int]) -> Finding:
        """One value, at one or many rows."""
        return self._finding(self.seen(value), self.hint(value or ""), times, rows)

    def _cells(self, value: str | None) -> tuple[object, ...]:
        """The cells of a list for one value, but its row, which stands second."""
        name, _, *rest = (inert(cell) for cell in self.told(value, 1, [0]).cells())
        return name, *rest

    def told_together(self, values: Sequence[str | None], times: int, rows: Sequence[int]) -> Finding:
        """Many values in one line, some of them as examples."""
        examples = list(dict.fromkeys(self.seen(value) for value in values if value))
        hint = next((hint for hint in map(self.hint, (value or "" for value in values)) if hint), "")
        return self._finding(", ".join(examples), hint, times, rows)

    def not_kept(self, times: int) -> Finding:
        """That there are more of this kind than were kept one by one."""
        return finding("too_many", self.name, column=self.header, value=f"{times:,}", expected=self.expected)

    def masked(self, value: str | None) -> str:
        """A value as a person may see it; what a rule says of a row is our own words, no text of the file."""
        return masked(value, None if self.check in RULE_CHECKS else self.column, self.contracts)

    def _finding(self, value: str, hint: str, times: int, rows: Sequence[int]) -> Finding:
        one = finding(self.check, self.name, row=rows[0] if len(rows) == 1 else None, column=self.header, value=value,
                      expected=self.expected, hint=hint)  # fmt: skip
        return replace(one, times=times, rows=tuple(rows))

    def _hint(self, value: str) -> str:
        if self.check == "not_a_date" and _MONTH_FIRST.fullmatch(value):
            return "If months come first in this file, write 'dates: month_first' in mapping.yaml."
        if self.check == "unknown_code" and self.column is not None and value and self.seen(value) == value:
            return did_you_mean(value, _spellings(self.column, self.contracts)).strip()
        return ""


def masked(value: str | None, column: Column | None, contracts: Contracts) -> str:
    """A value as a person may see it: no pupil number whole, no name, long texts by their length only."""
    if value is None:
        return ""
    text = mask(value, last_three)
    if column is None or text != value or column.type in ("upn", "person"):
        return shown(text)
    words = re.findall(r"[^\W\d_]{2,}", text)
    may_be_a_name = len(words) > 1 and not {word.lower() for word in words} <= _NOTHING_SAID
    near = bool(column.codes) and bool(did_you_mean(text, _spellings(column, contracts)))
    if len(text) > _LONG_TEXT or (may_be_a_name and not near):
        return f"a text of {len(text)} characters"
    return text


def expected(column: Column | None, contracts: Contracts, period: str = "") -> str:
    """What a column expects, in words; with a period, the codes of that academic year."""
    if column is None:
        return ""
    if column.codes:
        known = contracts.set_of(column)
        usable = in_use(known, period) if period else [one for one in known.codes if not one.renamed_to]
        codes = [one.code for one in usable]
        more = ["and others of the data dictionary"] if len(codes) > _MOST_CODES else []
        return one_of([*codes[:_MOST_CODES], *more])
    if column.type == "whole":
        low = 0 if column.min is None else column.min
        return f"a whole number from {low} to {column.max}" if column.max is not None else "a whole number"
    return _EXPECTED.get(column.type, "")


def _spellings(column: Column, contracts: Contracts) -> list[str]:
    return [word for one in contracts.set_of(column).codes for word in (one.code, *one.also, one.label)]
