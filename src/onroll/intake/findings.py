"""Findings: what is wrong with a file, one line each, in words for the person who can put it right."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from onroll.errors import did_you_mean
from onroll.intake.checks import CHECKS
from onroll.intake.masking import mask

SHOWN_ROWS = 20
SHOWN_CHARACTERS = 40
_HINT, _REMEMBERED = 600, 4096
_LONG = (
    "unreadable", "missing_column", "read_as", "renamed_header", "wrong_mapping", "columns_not_kept", "unused_table",
    "older_version", "two_headers", "duplicate_key", "repeated_file", "hidden_sheets", "sheets_left_aside",
)  # fmt: skip


LISTED = ("file", "row", "column", "value", "expected", "action", "severity", "check", "what")
"""The columns of the full list."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one cell, row or file.

    ``row`` is the row as Excel numbers it (the header is row 1), or None where the finding is of the whole
    file; ``column`` is the header as received, or empty; ``check`` is a key of ``CHECKS``. A finding that was
    made at ``times`` rows at once names the first of them in ``rows``.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str
    action: str
    severity: str
    check: str
    times: int = 1
    rows: tuple[int, ...] = ()

    @property
    def what(self) -> str:
        """What is wrong, in words."""
        return CHECKS[self.check].says.replace("{value}", self.value).rstrip(".")

    @property
    def says(self) -> str:
        """What is wrong, what was expected and what to do, without the place."""
        wanted = f"{self.what}; expected {self.expected}." if self.expected else f"{self.what}."
        return f"{wanted} {self.action}".strip()

    def cells(self) -> tuple[str | int | None, ...]:
        """What the full list shows of it, as ``LISTED``."""
        return (
            self.file, self.row, self.column, self.value, self.expected, self.action, self.severity, self.check,
            self.what,
        )  # fmt: skip

    def line(self) -> str:
        """The finding in one line, place first."""
        rows = self.rows or (() if self.row is None else (self.row,))
        return f"{_place(self, rows, self.times - len(rows) if rows else 0)}: {self.says}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings in the order they were made; add two with ``+``."""

    items: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, other: Findings) -> Findings:
        return Findings(self.items + other.items)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be put right before the figures are used."""
        return tuple(item for item in self.items if item.severity == "error")

    def of(self, severity: str) -> Findings:
        """Those of one severity: ``error``, ``warning``, or ``note`` (how a file was read)."""
        return Findings(tuple(item for item in self.items if item.severity == severity))

    def count(self, severity: str) -> int:
        """How many cells, rows or files of one severity were found."""
        return sum(item.times for item in self.items if item.severity == severity)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be looked at; the figures can be used."""
        return tuple(item for item in self.items if item.severity == "warning")

    def lines(self) -> list[str]:
        """The list to print: the same finding on many rows is one line, and no kind takes over 20 rows."""
        kinds: dict[tuple[str, str, str], list[Finding]] = {}
        for item in self.items:
            kinds.setdefault((item.file, item.column, item.check), []).append(item)
        return [
            line
            for kind in kinds.values()
            for line in (
                (item.line() for item in kind) if any(item.rows for item in kind) else _kind_lines(kind)
            )
        ]

    def write_csv(self, path: Path) -> None:
        """Write the full list, none lost, safe to open in a spreadsheet (no cell begins a formula)."""
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(LISTED)
            for item in self.items:
                rows = item.rows or (item.row,)
                for row in rows:
                    cells = (item.file, row, *item.cells()[2:])
                    writer.writerow([inert(cell) for cell in cells])


def finding(
    check: str,
    file: str,
    *,
    row: int | None = None,
    column: str = "",
    value: object = "",
    expected: str = "",
    hint: str = "",
) -> Finding:
    """Make a finding of a declared kind; the value is shown short and with control characters escaped."""
    kind = CHECKS[check]
    action = f"{shown(hint, _HINT).strip()} {kind.action}".strip()
    limit = 300 if check in _LONG else SHOWN_CHARACTERS
    return Finding(
        shown(file, 120), row, shown(column), shown(value, limit), expected, action, kind.severity, check
    )


def per_row(
    check: str,
    file: str,
    rows: Iterable[int],
    values: Iterable[object],
    *,
    column: str = "",
    expected: str = "",
    hint: str = "",
) -> Findings:
    """One finding a row, all of one kind."""
    return Findings(
        tuple(
            finding(check, file, row=row, column=column, value=value, expected=expected, hint=hint)
            for row, value in zip(rows, values, strict=True)
        )
    )


def shown(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    """A value fit to print: pupil numbers masked, control characters escaped, cut at the limit with three dots."""
    return _shown(str(value), limit)


@lru_cache(maxsize=_REMEMBERED)
def _shown(text: str, limit: int) -> str:
    text = mask(text)
    text = text if len(text) <= limit else f"{_whole_words(text, limit)}..."
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _whole_words(text: str, limit: int) -> str:
    """The beginning of a text, cut between words where there are any."""
    words, space, _ = text[: limit + 1].rpartition(" ")
    return words.rstrip(" ,;") if space and len(words) > limit // 2 else text[:limit]


def closest(value: str, allowed: Iterable[str]) -> str:
    """A hint at the nearest allowed word, or nothing."""
    return did_you_mean(value, allowed).strip()


def _place(item: Finding, rows: Sequence[int], more: int = 0) -> str:
    parts = [item.file]
    if rows:
        extra = f" and {more:,} more rows" if more else ""
        parts.append(f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}{extra}")
    if item.column:
        parts.append(f"column {item.column}")
    return ", ".join(parts)


def _kind_lines(kind: list[Finding]) -> Iterator[str]:
    first, more = kind[:SHOWN_ROWS], len(kind) - SHOWN_ROWS
    same: dict[str, list[Finding]] = {}
    for item in first:
        same.setdefault(item.says, []).append(item)
    alike = more > 0 and len(same) == 1 and len({item.says for item in kind}) == 1
    for says, items in same.items():
        rows = [item.row for item in items if item.row is not None]
        yield f"{_place(items[0], rows, more if alike else 0)}: {says}"
    if more > 0 and not alike:
        yield f"{_place(kind[0], [])}: and {more:,} more rows like these."


def inert(value: object) -> object:
    """A cell of a list that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
