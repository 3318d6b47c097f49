"""Checking: every file of a folder against its contract, with everything found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from onroll.errors import DataError
from onroll.framework.contracts import Contracts
from onroll.intake.columns import kind_of
from onroll.intake.files import ENDINGS, ending_of
from onroll.intake.findings import Findings, finding, shown
from onroll.intake.places import Authorities, read_authorities
from onroll.intake.published import read_published
from onroll.intake.received import OTHER, Received, no_symbols
from onroll.intake.records.mapping import NAME as MAPPING
from onroll.intake.records.mapping import ReadingRules, read_mapping
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.receive import RecordFile, Records, receive, recognised_file
from onroll.intake.sheets import empty_frame

BESIDE = (MAPPING, "truth.json")


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
        """Write every finding as CSV, one row each, none lost."""
        grouped = set() if self.records is None else set(self.records.findings.items)
        plain = Findings(tuple(item for item in self.findings if item not in grouped or not item.rows))
        plain.write_csv(path)
        if self.records is not None:
            with path.open("a", encoding="utf-8", newline="") as out:
                self.records.add_to_list(out)


def check_folder(folder: Path, published_root: Path, desk: Desk | None = None) -> Checked:
    """Check every file of a folder and of the folders in it.

    Parameters
    ----------
    folder : Path
        Hidden files and README files are passed over.
    published_root : Path
        The project's own published figures, for ``authorities.csv``.
    desk : Desk, optional
        Without it files of own records are not known.

    Raises
    ------
    DataError
        If the folder is missing, is a file, may not be read, has no file in it, or its mapping is broken.
    """
    paths = [path for path in files_in(folder) if path.name not in BESIDE]
    authorities = read_authorities(published_root / "authorities.csv")
    rules = ReadingRules() if desk is None else read_mapping(folder, desk.contracts)
    received, records = [], []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        own = None if desk is None else _own_records(path, name, desk.contracts, rules)
        if own is None:
            received.append(_check_file(path, name, authorities))
        else:
            records.append(own)
    found = Findings(tuple(item for one in received for item in one.findings))
    if desk is None or not records:
        return Checked(tuple(received), found)
    own_records = receive(records, desk.contracts, rules, desk.key, desk.la_code)
    return Checked(tuple(received), found + own_records.findings, own_records)


def _own_records(path: Path, name: str, contracts: Contracts, rules: ReadingRules) -> RecordFile | None:
    """The file as own records, or None where it is something else or cannot be opened."""
    if ending_of(path) is None:
        return None
    try:
        file = recognised_file(path, name, contracts, rules)
    except (DataError, OSError):
        return None
    published = file is not None and any(
        kind_of([cell for cell in stream.head[found.header][1] if cell]) != "unknown"
        for stream, found in file.sheets
    )
    return None if published else file


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and, one level down, of the folders in it, sorted by name.

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
        inside = [path for path in sorted(folder.iterdir()) if _counts(path)]
        paths = [path for path in inside if not path.is_dir()]
        for below in (path for path in inside if path.is_dir()):
            paths += [path for path in below.iterdir() if _counts(path) and not path.is_dir()]
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


def _counts(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and not path.name.lower().startswith("readme")


def _check_file(path: Path, name: str, authorities: Authorities) -> Received:
    if ending_of(path) is None and not path.is_symlink():
        return _unread(name, Findings((finding("not_a_table", name, value=path.suffix or path.name),)))
    try:
        return read_published(path, authorities, name)
    except DataError as problem:
        words = str(problem).removeprefix(f"{shown(name, 120)}: ")
        return _unread(name, Findings((finding("unreadable", name, value=words),)))


def _unread(name: str, findings: Findings) -> Received:
    return Received(name, empty_frame(), no_symbols(), findings, OTHER)
