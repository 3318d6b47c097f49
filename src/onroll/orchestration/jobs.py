"""What is to be run and what came of it: a job a notebook, an outcome a job, an error card a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WHY_NO_MESSAGE = "What the cell said is not kept, because an error message may quote a pupil's record."
LOOK_INSIDE = "Open the notebook with 'onroll workbench' and run it to that cell to see more."


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to run: ``needs`` are the ids that must be done first, limits are for the whole of it."""

    id: str
    path: Path
    parameters: Mapping[str, object]
    needs: tuple[str, ...] = ()
    seconds: int = 120
    memory_mb: int = 2048


@dataclass(frozen=True, slots=True)
class ErrorCard:
    """Why a notebook is missing, in words that may be shown: never the message, never the data."""

    notebook: str
    cell: str
    cause: str
    advice: str

    def lines(self) -> tuple[str, ...]:
        """The card as it is printed."""
        return (f"{self.notebook}: {self.cell}", f"  why: {self.cause}", f"  what to do: {self.advice}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: ``done``, ``failed``, ``not run`` (what it needs failed) or ``up to date``."""

    id: str
    status: str
    seconds: float = 0.0
    card: ErrorCard | None = None
    outputs: tuple[Path, ...] = field(default=())

    @property
    def is_good(self) -> bool:
        """Whether those that need this one may go on."""
        return self.status in ("done", "up to date")


def card_for_error(job: Job, cell: str, error_name: str) -> ErrorCard:
    """The card for a cell that raised an error of this class."""
    if error_name == "MemoryError":
        cause = f"it needed more than its limit of {job.memory_mb:,} MB of memory"
        advice = "Raise memory_mb for this notebook in notebooks/notebooks.yaml, or ask for fewer years."
        return ErrorCard(job.id, cell, cause, advice)
    return ErrorCard(job.id, cell, f"the cell stopped with {error_name}. {WHY_NO_MESSAGE}", LOOK_INSIDE)


def card_for_time(job: Job) -> ErrorCard:
    """The card for a notebook that ran out of time."""
    return ErrorCard(
        job.id,
        "the whole notebook",
        f"it took longer than its limit of {job.seconds:,} seconds and was stopped",
        "Raise seconds for this notebook in notebooks/notebooks.yaml, or run it alone with --only.",
    )


def card_for_death(job: Job) -> ErrorCard:
    """The card for a notebook whose kernel ended by itself."""
    return ErrorCard(
        job.id,
        "the whole notebook",
        f"its kernel ended unexpectedly, most often for want of memory (limit {job.memory_mb:,} MB)",
        "Close other programs and run again, or raise memory_mb in notebooks/notebooks.yaml.",
    )


def card_for_needs(job: Job, missing: tuple[str, ...]) -> ErrorCard:
    """The card for a notebook that was not begun."""
    return ErrorCard(
        job.id, "not begun", f"it needs {' and '.join(missing)}, which did not finish", "Mend that one first."
    )


def card_for_loading(job: Job, reason: str) -> ErrorCard:
    """The card for a notebook that could not be opened or has no parameters cell."""
    return ErrorCard(job.id, "the notebook's file", reason, f"Put back {job.path.name} from the project.")
