"""The project's folder: where the declarations, the figures and the notebooks are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from onroll.errors import UsageError

MARK = Path("evaluation") / "strategy.yaml"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a strategy declared in it. Everything is found from ``root``."""

    root: Path

    @property
    def published(self) -> Path:
        """The published figures that ship with the project, a source card each."""
        return self.root / "data" / "published"

    @property
    def received(self) -> Path:
        """Where the authority puts what it receives; never committed."""
        return self.root / "data" / "raw"

    @property
    def notebooks(self) -> Path:
        """The notebooks and their declaration."""
        return self.root / "notebooks"

    @property
    def runs(self) -> Path:
        """One folder a run; git ignores it."""
        return self.root / "evaluation" / "runs"


def find_project(start: Path | None = None) -> Project:
    """Find the project from ``ONROLL_ROOT``, from a folder or one above it, or from the source checkout.

    Raises
    ------
    UsageError
        If none of them holds ``evaluation/strategy.yaml``.
    """
    given = os.environ.get("ONROLL_ROOT", "")
    if given:
        if not (Path(given) / MARK).is_file():
            raise UsageError(f"ONROLL_ROOT is '{given}', which has no {MARK.as_posix()}")
        return Project(Path(given).resolve())
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents[1:3]):
        if (folder / MARK).is_file():
            return Project(folder)
    raise UsageError(
        f"no {MARK.as_posix()} here or above: run onroll inside the project's folder, or set ONROLL_ROOT"
    )
