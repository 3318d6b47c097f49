"""Recognising: which table a sheet is, which row is its header, and which header stands for which column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onroll.framework.contracts import Contract, Contracts, Step, squeezed
from onroll.intake.records.mapping import FileMapping
from onroll.intake.sheets import Record

LOOKED_AT = 30
_REMARK = re.compile(r"\([^()]*\)")
SHARE = 0.6
"""Of the needed columns: with fewer a sheet is not taken for a table unless its file is named like it."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The headers under which the columns of all contracts are known, squeezed, by table.

    ``version`` is that of the contracts which the files are said to keep to, 0 where nothing is said.
    """

    contracts: Contracts
    version: int = 0
    spelled: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for contract in self.contracts.tables.values():
            also = {squeezed(word): one.name for one in contract.columns for word in one.also}
            self.spelled[contract.id] = also | {squeezed(name): name for name in contract.names}

    def step(self, contract: Contract, headers: set[str]) -> Step | None:
        """The step from an older version: the one said, or where a header is known to that version alone."""
        known = self.spelled[contract.id]
        there = {known[one] for one in headers if one in known}
        for step in (one for one in self.contracts.versions.steps if one.table == contract.id):
            telling = [
                old
                for old, new in step.rename.items()
                if squeezed(old) in headers and squeezed(old) not in known and new not in there
            ]
            if telling or self.version == step.from_:
                return step
        return None


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet that was recognised.

    Attributes
    ----------
    table : str
        The contract it is read by.
    header : int
        Which of the rows looked at is the header, from 0.
    columns : mapping
        Contract column to the place (from 0) of the header that stands for it.
    twice : tuple of str
        Headers of which more than one stands for the same column.
    spare : tuple of str
        Headers that stand for no column.
    lacking : tuple of str
        Needed columns for which there is no header.
    step : Step or None
        Set when the headers are of an older version of the contract.
    """

    table: str
    header: int
    columns: Mapping[str, int]
    twice: tuple[str, ...]
    spare: tuple[str, ...]
    lacking: tuple[str, ...]
    step: Step | None = None


def recognise(
    name: str, rows: Sequence[Record], headings: Headings, mapping: FileMapping | None = None
) -> Recognised | None:
    """Find table and header among the first rows of a sheet; None if it is no table of the contracts.

    Parameters
    ----------
    name : str
        The file's name: a name that begins like the table's decides between two that fit.
    rows : sequence of records
        The first rows that are not blank, with their numbers.
    mapping : FileMapping, optional
        What ``mapping.yaml`` says of the file; its table and header row are taken as they stand.
    """
    tables = list(headings.contracts.tables.values())
    asked = 0
    if mapping is not None:
        tables, asked = [headings.contracts.tables[mapping.table]], mapping.header_row
    best: tuple[tuple[bool, bool, float, int], Recognised] | None = None
    for index, (number, cells) in enumerate(rows[:LOOKED_AT]):
        if asked not in (0, number):
            continue
        keys = [_key(cell, headings) for cell in cells]
        for contract in tables:
            found = _matched(contract, cells, keys, headings, mapping, index)
            score = _score(contract, found, name)
            fits = score[0] or (score[1] and len(found.columns) >= 2) or score[2] >= SHARE
            if (fits or asked) and (best is None or score > best[0]):
                best = score, found
    return None if best is None else best[1]


def _key(header: str, headings: Headings) -> str:
    """A header as it is compared; a remark in brackets is passed over where the whole is not known."""
    whole = squeezed(header)
    if "(" not in header or any(whole in known for known in headings.spelled.values()):
        return whole
    return squeezed(_REMARK.sub("", header))


def named_like(name: str, contract: Contract) -> bool:
    """Whether a file's name begins as the contract's files do."""
    stem = squeezed(name.rsplit("/", 1)[-1].split(".")[0].split("[")[0])
    return any(stem.startswith(squeezed(word)) for word in contract.file_names)


def _score(contract: Contract, found: Recognised, name: str) -> tuple[bool, bool, float, int]:
    named = bool(found.columns) and named_like(name, contract)
    return (
        not found.lacking and (named or len(contract.needed) > 2),
        named,
        1 - len(found.lacking) / len(contract.needed),
        len(found.columns),
    )


def _matched(
    contract: Contract, cells: Sequence[str], keys: Sequence[str], headings: Headings, mapping: FileMapping | None,
    index: int,
) -> Recognised:  # fmt: skip
    step = headings.step(contract, set(keys))
    spelled = headings.spelled[contract.id]
    if step is not None:
        spelled = spelled | {squeezed(old): new for old, new in step.rename.items()}
    if mapping is not None:
        spelled = spelled | {squeezed(header): column for header, column in mapping.columns.items()}
    left_out = {squeezed(header) for header in mapping.leave_out} if mapping is not None else set()
    columns: dict[str, int] = {}
    twice, spare = [], []
    for place, (cell, key) in enumerate(zip(cells, keys, strict=True)):
        column = None if key in left_out else spelled.get(key)
        if column is None:
            spare += [cell.strip()] if cell.strip() else []
        elif column in columns:
            twice += [cells[columns[column]].strip(), cell.strip()]
        else:
            columns[column] = place
    lacking = tuple(column for column in contract.needed if column not in columns)
    return Recognised(contract.id, index, columns, tuple(dict.fromkeys(twice)), tuple(spare), lacking, step)
