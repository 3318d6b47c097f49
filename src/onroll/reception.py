"""Reception: the folder of what was received, checked with everything the project knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onroll.errors import DataError
from onroll.framework import Framework, load
from onroll.framework.contract_files import load_contracts
from onroll.intake.checking import Checked, Desk, check_folder, files_in
from onroll.intake.findings import Findings
from onroll.intake.records.pseudonyms import read_key
from onroll.project import Project

Say = Callable[[str], None]


def check(
    folder: Path, project: Project, framework: Framework | None = None, say: Say = lambda _: None
) -> Checked:
    """Check a folder: published figures and own records. ``say`` is told, line by line, what is being done.

    Returns
    -------
    Checked
        To be closed, or used as a context: it holds a private copy of the records.

    Raises
    ------
    DataError
        If the folder is missing or empty, or the key of the pseudonyms cannot be had.
    """
    files_in(folder)
    known = load(project.root) if framework is None else framework
    key = read_key(known.disclosure.pseudonyms, folder)
    desk = Desk(load_contracts(project.root), key, known.strategy.authority.old_la_code)
    return check_folder(folder, project.published, desk, say)


def received_folder(project: Project, data: str) -> Path | None:
    """The folder with what was received; None where the project's own is empty.

    Raises
    ------
    DataError
        If a folder was named and is missing, empty or not to be read.
    """
    if data:
        files_in(Path(data))
        return Path(data)
    try:
        files_in(project.received)
    except DataError:
        return None
    return project.received


def checked_or_stop(folder: Path, project: Project, framework: Framework) -> Checked:
    """Check a folder, and stop with one clear line when a published file in it cannot be used.

    Errors in own records do not stop: their table is left out and its objectives say so.

    Raises
    ------
    DataError
        If any finding of a published or unknown file is an error; the first is quoted.
    """
    checked = check(folder, project, framework)
    errors = Findings(tuple(item for one in checked.received for item in one.findings)).errors
    if errors:
        checked.close()
        more = {1: "", 2: " There is 1 more error."}.get(
            len(errors), f" There are {len(errors) - 1:,} more errors."
        )
        raise DataError(f"{errors[0].line()}{more} 'onroll check --data {folder}' lists everything.")
    return checked
