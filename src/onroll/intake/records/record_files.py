"""Files of records: which sheets of a file are tables of the contracts, and which are left aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.loading import open_streams
from onroll.intake.records.mapping import ReadingRules
from onroll.intake.records.recognise import SHARE, Headings, Recognised, recognise
from onroll.intake.records.streams import Stream
from onroll.intake.records.templates import OWN_SHEETS


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that holds records: its path, what it is called, and its sheets with the table each is."""

    path: Path
    name: str
    sheets: tuple[tuple[Stream, Recognised], ...]
    findings: tuple[Finding, ...] = ()


def recognised_file(path: Path, name: str, headings: Headings, mapping: ReadingRules) -> RecordFile | None:
    """A file of records, or None if no sheet of it is a table of the contracts and no mapping says that one is.

    Raises
    ------
    DataError
        If it cannot be opened.
    """
    entry = mapping.of(path.name)
    sheets: list[tuple[Stream, Recognised]] = []
    aside: list[str] = []
    said: list[Finding] = []
    for stream in open_streams(path, name):
        if entry is None and stream.title in OWN_SHEETS:
            continue
        asked = entry is None or not entry.sheets or stream.title in entry.sheets
        found = recognise(name, stream.head, headings, entry) if asked else None
        if found is not None:
            sheets.append((stream, found))
        else:
            aside += [stream.title] if stream.title else []
            said += stream.findings
    kept = [one for one in sheets if not _is_a_remark(one[1], sheets, headings)]
    aside += [
        stream.title for stream, _ in sheets if (stream.title and stream not in [one for one, _ in kept])
    ]
    if not kept:
        if entry is None:
            return None
        where = f"in row {entry.header_row}" if entry.header_row else "in its first rows"
        words = f"{entry.file}: {shown(name, 120)} has no sheet with headers of {entry.table} {where}"
        said.append(finding("wrong_mapping", name, value=words))
    elif aside:
        said.append(finding("sheets_left_aside", name, value=", ".join(aside)))
    return RecordFile(path, name, tuple(kept), tuple(said))


def _is_a_remark(found: Recognised, sheets: Sequence[tuple[Stream, Recognised]], headings: Headings) -> bool:
    """Whether a sheet has few of a table's columns beside another that has them all, as a summary does."""
    needed = headings.contracts.tables[found.table].needed
    poor = len(found.lacking) > (1 - SHARE) * len(needed)
    return poor and any(other.table == found.table and not other.lacking for _, other in sheets)
