"""A run is written beside the last good one and takes its place in one step, or leaves it as it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from onroll.errors import UsageError


class Staging:
    """A folder in the making, next to ``target``. Leaving the block without ``keep`` removes it.

    Two renames put it in place; if the machine stops between them, the next run puts the last good one back.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.with_name(f".{target.name}.{os.getpid()}.partial")
        self._previous = target.with_name(f".{target.name}.previous")

    def __enter__(self) -> Staging:
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            recover(self.target)
            self.folder.mkdir()
        except OSError as error:
            raise UsageError(f"cannot write a run to {self.target}: {error.strerror or error}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self) -> None:
        """Put the folder in the target's place."""
        _swap(self.folder, self.target, self._previous)

    def set_aside(self) -> Path:
        """Keep what could be made under another name, ``<target>.failed``; the target stays as it was."""
        aside = self.target.with_name(f"{self.target.name}.failed")
        _swap(self.folder, aside, aside.with_name(f".{aside.name}.previous"))
        return aside

    def part(self, name: str) -> Path:
        """A new folder in which one notebook writes what it makes."""
        folder = self.folder / "parts" / name
        folder.mkdir(parents=True)
        return folder

    def merge(self, name: str) -> tuple[str, ...]:
        """Move what a notebook wrote into the run; the paths, from the run's folder."""
        part = self.folder / "parts" / name
        files = [path.relative_to(part) for path in sorted(part.rglob("*")) if path.is_file()]
        for file in files:
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (part / file).replace(self.folder / file)
        return tuple(file.as_posix() for file in files)

    def carry_over(self, files: Iterable[str]) -> None:
        """Take files unchanged from the last good run."""
        for file in files:
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.target / file, self.folder / file)

    def close_parts(self) -> None:
        """Remove what failed notebooks left behind."""
        shutil.rmtree(self.folder / "parts", ignore_errors=True)


def recover(target: Path) -> None:
    """Clear up after runs that were killed, and put the last good one back if one died between two renames."""
    previous = target.with_name(f".{target.name}.previous")
    if previous.is_dir() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    for left in target.parent.glob(f".{target.name}.*.partial"):
        pid = left.name.split(".")[-2]
        if not (pid.isdigit() and _lives(int(pid))):
            shutil.rmtree(left, ignore_errors=True)


def _swap(new: Path, target: Path, previous: Path) -> None:
    shutil.rmtree(previous, ignore_errors=True)
    if target.exists():
        target.rename(previous)
    new.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
