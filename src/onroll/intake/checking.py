"""Checking: every file of a folder against its contract, with everything found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from onroll.errors import DataError
from onroll.framework.contracts import Contracts
from onroll.intake.checks import CHECKS
from onroll.intake.columns import kind_of
from onroll.intake.files import ALSO_TEXT, ENDINGS, ending_of
from onroll.intake.findings import LISTED, Findings, finding, shown
from onroll.intake.masking import mask
from onroll.intake.places import Authorities, read_authorities
from onroll.intake.published import read_published
from onroll.intake.received import OTHER, Received, no_symbols
from onroll.intake.records.mapping import NAME as MAPPING
from onroll.intake.records.mapping import ReadingRules, read_mapping
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.receive import Records, Say, receive
from onroll.intake.records.recognise import Headings, named_like
from onroll.intake.records.record_files import RecordFile, recognised_file
from onroll.intake.records.streams import UnsafeError
from onroll.intake.sheets import empty_frame

BESIDE = (MAPPING, "truth.json")
_SPREADSHEETS = (".xls", ".xlsb", ".xlsm", ".ods", ".tsv", ".numbers")
_LONGEST_HEADER = 400


@dataclass(frozen=True, slots=True)
class Desk:
    """What own records are read with: their contracts, the key of the pseudonyms, the authority's code."""

    contracts: Contracts
    key: Key
    la_code: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder held: the published figures, the own records, and all findings in order of file.

    Used as a context, or closed: the private copy of the records is deleted then.
    """

    received: tuple[Received, ...]
    findings: Findings
    records: Records | None = None

    def __enter__(self) -> Checked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the private copy of the records."""
        if self.records is not None:
            self.records.close()

    def write_list(self, path: Path) -> None:
        """Write every finding as CSV, one row each, none lost; the file is there whole or not at all."""
        plain = Findings(tuple(item for one in self.received for item in one.findings))
        if self.records is not None:
            plain += self.records.of_files
        part = path.with_name(f"{path.name}.part")
        try:
            plain.write_csv(part)
            if self.records is not None:
                with part.open("a", encoding="utf-8", newline="") as out:
                    self.records.add_to_list(out)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def check_folder(
    folder: Path, published_root: Path, desk: Desk | None = None, say: Say = lambda _: None
) -> Checked:
    """Check every file of a folder and of the folders in it, however deep.

    Parameters
    ----------
    folder : Path
        Hidden files and README files are passed over.
    published_root : Path
        The project's own published figures, for ``authorities.csv``.
    desk : Desk, optional
        Without it files of own records are not known.
    say : callable, optional
        Told of progress in reading and checking own records, a line at a time.

    Raises
    ------
    DataError
        If the folder is missing, is a file, may not be read, or has no file in it.
    """
    paths = [path for path in files_in(folder) if path.name not in BESIDE]
    authorities = read_authorities(published_root / "authorities.csv")
    received: list[Received] = []
    rules, headings = ReadingRules(), None
    if desk is not None:
        rules, wrong = read_mapping(folder, desk.contracts)
        headings = Headings(desk.contracts, rules.version)
        received += [_unread(MAPPING, Findings(wrong))] if wrong else []
    can_read, records = not received, list[RecordFile]()
    for path in paths:
        name = mask(path.relative_to(folder).as_posix())
        if _is_own_list(path):
            received.append(_unread(name, Findings((finding("own_list", name),))))
            continue
        try:
            own = None if headings is None else _own_records(path, name, headings, rules)
        except UnsafeError as problem:
            received.append(_unreadable(name, problem))
            continue
        first = None if own is None else _first_of_it(path, records)
        if own is None:
            received.append(_check_file(path, name, authorities, headings))
        elif first is not None:
            received.append(_unread(name, Findings((finding("repeated_file", name, value=first.name),))))
        else:
            records.append(own)
    found = Findings(tuple(item for one in received for item in one.findings))
    if desk is None or not records or not can_read:
        return Checked(tuple(received), found)
    own_records = receive(records, desk.contracts, rules, desk.key, desk.la_code, say)
    return Checked(tuple(received), found + own_records.findings, own_records)


def _first_of_it(path: Path, records: Sequence[RecordFile]) -> RecordFile | None:
    """The file received before that holds the very same bytes."""
    size = path.stat().st_size
    alike = [one for one in records if one.path.stat().st_size == size]
    digest = _digest(path) if alike else b""
    return next((one for one in alike if _digest(one.path) == digest), None)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _is_own_list(path: Path) -> bool:
    """Whether a file is a list of findings, as written here or saved again by a spreadsheet."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_HEADER).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    cells = [cell.strip(' "\r\n') for cell in re.split("[,;\t]", first)]
    return tuple(cells[: len(LISTED) - 1]) == LISTED[:-1]


def _own_records(path: Path, name: str, headings: Headings, rules: ReadingRules) -> RecordFile | None:
    """The file as own records, or None where it is something else or cannot be opened."""
    if ending_of(path) is None and path.suffix.lower() not in ALSO_TEXT:
        return None
    try:
        file = recognised_file(path, name, headings, rules)
    except UnsafeError:
        raise
    except (DataError, OSError):
        return None
    published = file is not None and any(
        kind_of([cell for cell in stream.head[found.header][1] if cell]) != "unknown"
        for stream, found in file.sheets
    )
    return None if published else file


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and of the folders in it, however deep, sorted by their path below it.

    A folder that is met again, as by a link to one above it, is passed over.

    Raises
    ------
    DataError
        If the folder is missing, is a file, may not be read, or has no file in it.
    """
    where = shown(folder, 200)
    try:
        if not folder.exists():
            raise DataError(
                f"{where}: there is no such folder. Check the name, or make it and put the files in."
            )
        if not folder.is_dir():
            raise DataError(f"{where}: this is a file where a folder is expected. Name the folder it is in.")
        here = folder.resolve()
        paths = list(_files_below(folder, {here, *here.parents}))
    except PermissionError:
        raise DataError(f"{where}: no permission to read it. Ask its owner for access.") from None
    except (OSError, RuntimeError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "it cannot be opened"
        raise DataError(f"{where}: {words}. Name an ordinary folder.") from None
    if not paths:
        raise DataError(
            f"{where}: there is no file in it. Put the files received in it ({', '.join(ENDINGS)})."
        )
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _files_below(folder: Path, met: set[Path]) -> Iterator[Path]:
    inside = [path for path in sorted(folder.iterdir()) if _counts(path)]
    for path in inside:
        if not path.is_dir():
            yield path
        elif path.resolve() not in met:
            met.add(path.resolve())
            yield from _files_below(path, met)


def _counts(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and not path.name.lower().startswith("readme")


def _check_file(path: Path, name: str, authorities: Authorities, headings: Headings | None) -> Received:
    if ending_of(path) is None and not path.is_symlink():
        if path.suffix.lower() in _SPREADSHEETS:
            words = f"files of this kind ({path.suffix}) are not read. Save it as CSV or XLSX."
            return _unread(name, Findings((finding("unreadable", name, value=words),)))
        return _unread(name, Findings((finding("not_a_table", name, value=path.suffix or name),)))
    try:
        read = read_published(path, authorities, name)
    except DataError as problem:
        return _unreadable(name, problem)
    return read if headings is None else replace(read, findings=_with_hints(read.findings, name, headings))


def _with_hints(found: Findings, name: str, headings: Headings) -> Findings:
    """Of a file that is not known, name the tables; if it has the name of one, say which columns it lacks."""
    tables = headings.contracts.tables.values()
    like = next((one for one in tables if named_like(name, one)), None)
    if like is None:
        own = f"a table of own records ({', '.join(one.id for one in tables)}), or "
        words = f"{CHECKS['unknown_file'].action} For own records use the templates, or name the table in mapping.yaml."
    else:
        own = ""
        words = (
            f"It is named like {like.id}, whose columns {', '.join(like.needed)} were not found in its first rows. "
            "Use the template, or name the headers in mapping.yaml."
        )
    told = (
        replace(one, expected=own and f"{own}{one.expected}", action=words)
        if one.check == "unknown_file"
        else one
        for one in found
    )
    return Findings(tuple(told))


def _unreadable(name: str, problem: DataError) -> Received:
    words = str(problem).removeprefix(f"{shown(name, 120)}: ")
    return _unread(name, Findings((finding("unreadable", name, value=words),)))


def _unread(name: str, findings: Findings) -> Received:
    return Received(name, empty_frame(), no_symbols(), findings, OTHER)
