"""Recognising: which table a sheet is, which row is its header, and which header stands for which column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onroll.framework.contracts import Contract, Contracts, Step, squeezed
from onroll.intake.records.mapping import FileMapping

LOOKED_AT = 30
_SHARE = 0.6


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
    step : Step or None
        Set when the headers are of an older version of the contract.
    """

    table: str
    header: int
    columns: Mapping[str, int]
    twice: tuple[str, ...]
    spare: tuple[str, ...]
    step: Step | None = None


def recognise(
    name: str, rows: Sequence[Sequence[str]], contracts: Contracts, mapping: FileMapping | None = None
) -> Recognised | None:
    """Find table and header among the first rows of a sheet; None if it is no table of the contracts.

    Parameters
    ----------
    name : str
        The file's name: a name that begins like the table's decides between two that fit.
    rows : sequence of rows
        The first rows as text.
    mapping : FileMapping, optional
        What ``mapping.yaml`` says of the file; its table and header row are taken as they stand.
    """
    tables = [contracts.tables[mapping.table]] if mapping is not None else list(contracts.tables.values())
    at = range(min(len(rows), LOOKED_AT))
    if mapping is not None and mapping.header_row:
        at = range(mapping.header_row - 1, mapping.header_row)
    best: tuple[tuple[bool, bool, float, int], Recognised] | None = None
    for contract in tables:
        for index in (one for one in at if one < len(rows)):
            found = _matched(contract, rows[index], contracts, mapping, index)
            score = _score(contract, found, name)
            fits = score[0] or (score[1] and len(found.columns) >= 2) or score[2] >= _SHARE
            if (fits or (mapping is not None and mapping.header_row)) and (best is None or score > best[0]):
                best = score, found
    return None if best is None else best[1]


def named_like(name: str, contract: Contract) -> bool:
    """Whether a file's name begins as the contract's files do."""
    stem = squeezed(name.rsplit("/", 1)[-1].split(".")[0].split("[")[0])
    return any(stem.startswith(squeezed(word)) for word in contract.file_names)


def _score(contract: Contract, found: Recognised, name: str) -> tuple[bool, bool, float, int]:
    needed = [column for column in contract.needed if column in found.columns]
    whole = len(needed) == len(contract.needed)
    named = named_like(name, contract)
    return (
        whole and (named or len(contract.needed) > 2),
        named,
        len(needed) / len(contract.needed),
        len(found.columns),
    )


def _matched(
    contract: Contract, cells: Sequence[str], contracts: Contracts, mapping: FileMapping | None, index: int
) -> Recognised:
    step = _older(contract, cells, contracts)
    spelled = {squeezed(word): one.name for one in contract.columns for word in one.also}
    if step is not None:
        spelled |= {squeezed(old): new for old, new in step.rename.items()}
    spelled |= {squeezed(one.name): one.name for one in contract.columns}
    if mapping is not None:
        spelled |= {squeezed(header): column for header, column in mapping.columns.items()}
    left_out = {squeezed(header) for header in mapping.leave_out} if mapping is not None else set()
    columns: dict[str, int] = {}
    twice, spare = [], []
    for place, cell in enumerate(cells):
        column = None if squeezed(cell) in left_out else spelled.get(squeezed(cell))
        if column is None:
            spare += [cell.strip()] if cell.strip() else []
        elif column in columns:
            twice += [cells[columns[column]].strip(), cell.strip()]
        else:
            columns[column] = place
    return Recognised(contract.id, index, columns, tuple(dict.fromkeys(twice)), tuple(spare), step)


def _older(contract: Contract, cells: Sequence[str], contracts: Contracts) -> Step | None:
    """The step from an older version, if a header is known to that version alone."""
    present = {squeezed(word) for one in contract.columns for word in (one.name, *one.also)}
    headers = {squeezed(cell) for cell in cells}
    for step in contracts.versions.steps:
        if step.table == contract.id and any(
            squeezed(old) in headers and squeezed(old) not in present for old in step.rename
        ):
            return step
    return None
