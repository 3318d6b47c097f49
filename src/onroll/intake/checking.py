"""Checking: every file of a folder against its contract, with everything found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onroll.errors import DataError
from onroll.intake.files import ENDINGS, ending_of
from onroll.intake.findings import Findings, finding, shown
from onroll.intake.places import Authorities, read_authorities
from onroll.intake.published import read_published
from onroll.intake.received import OTHER, Received, no_symbols
from onroll.intake.sheets import empty_frame


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder held: one ``Received`` a file that could be opened, and all findings in order of file."""

    received: tuple[Received, ...]
    findings: Findings


def check_folder(folder: Path, published_root: Path) -> Checked:
    """Check every file of a folder and of the folders in it.

    Parameters
    ----------
    folder : Path
        Hidden files and README files are passed over.
    published_root : Path
        The project's own published figures, for ``authorities.csv``.

    Raises
    ------
    DataError
        If the folder is missing, is a file, may not be read, or has no file in it.
    """
    paths = files_in(folder)
    authorities = read_authorities(published_root / "authorities.csv")
    received = tuple(_check_file(path, path.relative_to(folder).as_posix(), authorities) for path in paths)
    return Checked(received, Findings(tuple(item for one in received for item in one.findings)))


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
