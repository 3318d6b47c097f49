"""Contracts: what each table of an authority's own records must hold, declared once.

Validation, the data dictionary, the templates and the synthetic data are all made from these objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from onroll.errors import one_of
from onroll.framework.rules import Form, Name, OneOf, WrongKeyError

COLUMN_TYPES = (
    "upn", "person", "urn", "laestab", "la_code", "date", "period", "code", "flag", "whole", "number", "words",
    "reference", "item", "answer",
)  # fmt: skip
RECORD_TABLES = (
    "schools", "roll", "exclusions", "placements", "training", "principles_use", "policies", "survey_answers",
    "delivery_log",
)  # fmt: skip
RULES = (
    "closed_before_opened", "school_of_another_authority", "one_main_registration", "sessions_within_possible",
    "left_before_entry", "need_without_sen", "suspension_has_sessions", "permanent_has_no_sessions",
    "reasons_in_order", "reason_given_twice", "one_reason_before_2020_21", "days_in_a_year",
    "suspended_after_permanent", "two_permanent_in_a_year", "overlapping_suspensions", "date_in_term",
    "review_before_start", "spell_has_start", "review_has_date", "review_without_spell", "ended_before_started",
    "started_before_referral", "outcome_without_target", "trained_above_in_post", "twelve_above_twenty_four",
    "date_in_academic_year", "done_without_date", "done_before_year", "open_after_year_11",
)  # fmt: skip
Period = Annotated[str, Form(r"[0-9]{6}", "a time period such as 202021")]


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a set: its label, the academic years in which it holds, and other ways of writing it."""

    code: str
    label: str
    from_: Period = ""
    to: Period = ""
    also: tuple[str, ...] = ()
    renamed_to: str = ""
    group: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The codes that may stand in a column."""

    id: Name
    label: str
    source: str
    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        known = [code.code for code in self.codes]
        spelled: dict[str, str] = {}
        for code in self.codes:
            if code.renamed_to and code.renamed_to not in known:
                raise WrongKeyError(
                    "codes", f"{code.code} is renamed to '{code.renamed_to}'; codes are {one_of(known)}"
                )
            for spelling in (code.code, *code.also):
                other = spelled.setdefault(squeezed(spelling), code.code)
                if other != code.code:
                    raise WrongKeyError("codes", f"'{spelling}' stands for {other} and for {code.code}")

    def labels(self) -> dict[str, str]:
        """Code to label, in the order declared."""
        return {code.code: code.label for code in self.codes}


@dataclass(frozen=True, slots=True)
class CodeSets:
    """The file of all code sets."""

    id: Name
    about: str
    source: str
    sets: tuple[CodeSet, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands in it, whether it must, and other headers under which it is known.

    ``needed`` columns must be there and may not be blank. ``min`` and ``max`` bound whole numbers, both included.
    """

    name: Name
    type: Annotated[str, OneOf(COLUMN_TYPES)]
    about: str
    needed: bool = False
    codes: str = ""
    min: int | None = None
    max: int | None = None
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.type == "code") != bool(self.codes):
            raise WrongKeyError(
                "codes", f"is '{self.codes}' in a column of type {self.type}; only a code column has a set"
            )


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of another table that must be there; ``at`` names the date at which they must hold."""

    columns: tuple[str, ...]
    table: Annotated[str, OneOf(RECORD_TABLES)]
    at: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """What one table must hold. ``file_names`` are how the names of its files begin."""

    id: Annotated[str, OneOf(RECORD_TABLES)]
    label: str
    one_row: str
    sent_by: str
    file_names: tuple[str, ...]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    links: tuple[Link, ...] = ()
    rules: tuple[Annotated[str, OneOf(RULES)], ...] = ()

    def __post_init__(self) -> None:
        names = self.names
        for key, wanted in (("key", self.key), *(("links", link.columns) for link in self.links)):
            for name in wanted:
                if name not in names:
                    raise WrongKeyError(key, f"names '{name}'; columns are {one_of(names)}")
        spelled: dict[str, str] = {}
        for column in self.columns:
            for spelling in (column.name, *column.also):
                other = spelled.setdefault(squeezed(spelling), column.name)
                if other != column.name:
                    raise WrongKeyError("columns", f"'{spelling}' stands for {other} and for {column.name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(column.name for column in self.columns if column.needed)

    def column(self, name: str) -> Column:
        """One column by name."""
        return self.columns[self.names.index(name)]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the contracts and what was new in it."""

    version: int
    date: str
    about: str


@dataclass(frozen=True, slots=True)
class Step:
    """How one table of an older version is read as the next: old column to new, factors, columns left behind."""

    from_: int
    table: Annotated[str, OneOf(RECORD_TABLES)]
    rename: Mapping[str, str]
    multiply: Mapping[str, int]
    drop: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """The file of versions."""

    id: Name
    about: str
    current: int
    versions: tuple[Version, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Contracts:
    """All contracts, by table in the order of ``RECORD_TABLES``, with the code sets they name."""

    tables: Mapping[str, Contract]
    codes: Mapping[str, CodeSet]
    versions: Versions
    files: tuple[str, ...]

    def set_of(self, column: Column) -> CodeSet:
        """The code set of a code column."""
        return self.codes[column.codes]


def squeezed(text: str) -> str:
    """A header or code as it is compared: lower case letters and digits, nothing else (a ``+`` counts)."""
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter == "+")
