"""Run notebooks through papermill: what each needs first, several at once, each within its limits.

Papermill runs code that hides in a parameter's name, keeps a failed notebook with the offending value in
it, and writes while it runs. So names are checked before (``parameters.py``), a failed notebook is not
kept, and the finished one is written in one step.
"""

from __future__ import annotations

import logging
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from onroll.orchestration.jobs import (
    ErrorCard,
    Job,
    Outcome,
    card_for_death,
    card_for_error,
    card_for_loading,
    card_for_needs,
    card_for_time,
)
from onroll.orchestration.kernels import WarmProcess, kernel_manager

Report = Callable[[Outcome], None]
QUIET = ("papermill", "papermill.translators", "traitlets", "nbclient", "asyncio")


def run_all(
    jobs: Iterable[Job],
    out: Path,
    *,
    cwd: Path,
    workers: int = 2,
    report: Report = lambda outcome: None,
    warm: WarmProcess | None = None,
) -> tuple[Outcome, ...]:
    """Run every job after what it needs, up to ``workers`` at once; failures do not stop the others.

    Parameters
    ----------
    jobs : Job
        Their ``needs`` that are not among the jobs count as done.
    out : Path
        An existing folder for the executed notebooks; a failed one leaves nothing there.
    cwd : Path
        Where the kernels work: the project's root.
    workers : int, default 2
        Notebooks at a time, at least 1.
    report : callable
        Called with each outcome as it comes.
    warm : WarmProcess, optional
        One that was started early; otherwise one is started and ended here.

    Returns
    -------
    tuple of Outcome
        One a job, in the order of ``jobs``.
    """
    by_id = {job.id: job for job in jobs}
    order = TopologicalSorter({job.id: [n for n in job.needs if n in by_id] for job in by_id.values()})
    order.prepare()
    outcomes: dict[str, Outcome] = {}
    own = WarmProcess() if warm is None else warm
    try:
        with ThreadPoolExecutor(max(1, workers)) as pool:
            running: dict[Future[Outcome], str] = {}
            while order.is_active():
                for name in order.get_ready():
                    running[pool.submit(_run_if_ready, by_id[name], outcomes, out, cwd, own)] = name
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    name = running.pop(future)
                    outcomes[name] = future.result()
                    report(outcomes[name])
                    order.done(name)
    finally:
        if warm is None:
            own.close()
    return tuple(outcomes[name] for name in by_id)


def _run_if_ready(job: Job, outcomes: dict[str, Outcome], out: Path, cwd: Path, warm: WarmProcess) -> Outcome:
    missing = tuple(need for need in job.needs if need in outcomes and not outcomes[need].is_good)
    if missing:
        return Outcome(job.id, "not run", card=card_for_needs(job, missing))
    start = time.monotonic()
    card = _execute(job, out / f"{job.id}.ipynb", cwd, warm)
    seconds = time.monotonic() - start
    if card is not None:
        return Outcome(job.id, "failed", seconds, card)
    return Outcome(job.id, "done", seconds, outputs=(out / f"{job.id}.ipynb",))


def _execute(job: Job, target: Path, cwd: Path, warm: WarmProcess) -> ErrorCard | None:
    """Run one notebook; the card that says why not, or None when ``target`` has been written."""
    from onroll.orchestration.libraries import DeadKernelError, PapermillExecutionError, nbformat

    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    unreadable = _unreadable(job.path)
    if unreadable:
        return card_for_loading(job, unreadable)
    with tempfile.TemporaryDirectory(prefix="onroll-") as folder:
        manager = kernel_manager(warm, Path(folder), job.memory_mb)
        clock = _Clock(job.seconds, manager.pids)
        try:
            with clock:
                notebook = _papermill(job, cwd, manager)
        except PapermillExecutionError as error:
            cell = _where(job.path, error.source)
            return card_for_time(job) if clock.rang else card_for_error(job, cell, str(error.ename))
        except (DeadKernelError, RuntimeError, ConnectionError):
            return card_for_time(job) if clock.rang else card_for_death(job)
        partial = Path(folder) / target.name
        nbformat.write(notebook, partial)  # type: ignore[no-untyped-call]
        os.replace(_beside(partial, target), target)
    return None


def _unreadable(path: Path) -> str:
    """Why the file is no notebook that could be run; empty when it is one."""
    from onroll.orchestration.libraries import nbformat

    try:
        notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except FileNotFoundError:
        return "it is not there"
    except Exception as error:  # damaged JSON breaks the reader in many ways; all mean the same to a person
        return f"it could not be read as a notebook ({type(error).__name__})"
    return ""


def _papermill(job: Job, cwd: Path, manager: type[Any]) -> Any:
    from onroll.orchestration.libraries import papermill

    return papermill.execute_notebook(
        str(job.path),
        None,
        parameters=dict(job.parameters),
        kernel_name="onroll",
        language="python",
        progress_bar=False,
        kernel_manager_class=manager,
        resources={"metadata": {"path": str(cwd)}},
    )


def _beside(partial: Path, target: Path) -> Path:
    """Copy a finished file next to where it will stand, so that one rename puts it there whole."""
    beside = target.with_name(f".{target.name}.partial")
    beside.write_bytes(partial.read_bytes())
    return beside


def _where(path: Path, source: str) -> str:
    """Name the cell that stopped, by its number and the heading above it."""
    from onroll.orchestration.libraries import nbformat

    heading = ""
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = headings[-1].lstrip("# ") if headings else heading
        elif cell.source.strip() == source.strip():
            return f"cell {number}, under '{heading}'" if heading else f"cell {number}"
    return "the parameters cell"


class _Clock:
    """Kills the kernels in ``pids`` when the time is up, and remembers that it did."""

    def __init__(self, seconds: int, pids: list[int]) -> None:
        self.rang = False
        self._pids = pids
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def _ring(self) -> None:
        self.rang = True
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
