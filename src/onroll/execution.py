"""Which notebooks a run needs, which are up to date, and what each one left in the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onroll.framework import Notebook
from onroll.framework.parameters import choose
from onroll.orchestration.jobs import ErrorCard, Job, Outcome
from onroll.orchestration.kernels import WarmProcess
from onroll.orchestration.runner import run_all
from onroll.project import Project
from onroll.provenance import code_fingerprint, fingerprint, sha256_of
from onroll.staging import Staging
from onroll.study import Study

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One notebook of a run: how it went, what it depends on (as a fingerprint), the files it left."""

    id: str
    status: str
    seconds: float
    fingerprint: str
    files: tuple[str, ...]
    card: ErrorCard | None = None

    def entry(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {
            "status": self.status, "seconds": round(self.seconds, 2), "fingerprint": self.fingerprint,
            "files": list(self.files),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked of the notebooks: ``only`` one of them (with what it needs), how many at a time, afresh."""

    only: str = ""
    jobs: int = 2
    force: bool = False
    data: str = ""


def run_notebooks(
    project: Project, study: Study, staging: Staging, earlier: Mapping[str, Any], wish: Wish, warm: WarmProcess,
    say: Say,
) -> list[Record]:  # fmt: skip
    """Run what is not up to date, take the rest from the last run; a record each, in the declared order.

    Parameters
    ----------
    earlier : mapping
        ``notebooks`` of the last run's manifest; empty where there is none.
    say : callable
        Called with a line for each notebook as it ends.
    """
    notebooks = notebooks_of(study)
    prints = _fingerprints(project, study, sha256_of(staging.folder / "evidence.csv"))
    records: dict[str, Record] = {}
    for one in notebooks:
        last = earlier.get(one.id, {})
        if _may_stay(one, study, prints[one.id], last, wish) and _has_files(staging.target, last):
            staging.carry_over(last["files"])
            records[one.id] = Record(one.id, "up to date", 0.0, last["fingerprint"], tuple(last["files"]))
            say(f"{one.id}: up to date")
    to_run = [one for one in notebooks if one.id not in records]
    jobs = [_job(project, one, study, staging.part(one.id), wish) for one in to_run]
    executed = staging.folder / "notebooks"
    executed.mkdir(exist_ok=True)

    def ended(outcome: Outcome) -> None:
        """Merge what the notebook left, record it, say so."""
        files: tuple[str, ...] = ()
        if outcome.is_good:
            _forget_folder(executed / f"{outcome.id}.ipynb")
            files = (f"notebooks/{outcome.id}.ipynb", *staging.merge(outcome.id))
        records[outcome.id] = Record(
            outcome.id, outcome.status, outcome.seconds, prints[outcome.id], files, outcome.card
        )
        say(f"{outcome.id}: {outcome.status} ({len(records)} of {len(notebooks)}, {outcome.seconds:.1f} s)")

    run_all(jobs, executed, cwd=project.root, workers=wish.jobs, report=ended, warm=warm)
    staging.close_parts()
    return [records[one.id] for one in notebooks]


def notebooks_of(study: Study) -> tuple[Notebook, ...]:
    """The notebooks of a year's evaluation, or of a termly report."""
    occasion = "term" if study.term else "year"
    return tuple(one for one in study.framework.notebooks if occasion in one.occasions)


def _fingerprints(project: Project, study: Study, evidence: str) -> dict[str, str]:
    """For each notebook, one fingerprint of all that it depends on, what it needs included."""
    prints: dict[str, str] = {}
    for one in notebooks_of(study):
        source = project.notebooks / one.file
        content = sha256_of(source) if source.is_file() else "missing"
        needs = [prints.get(need, "") for need in one.needs]
        prints[one.id] = fingerprint(
            one.id, content, evidence, code_fingerprint(), dict(study.choices), needs
        )
    return prints


def _may_stay(one: Notebook, study: Study, now: str, last: Mapping[str, Any], wish: Wish) -> bool:
    """Whether the last run's notebook serves again: unchanged, or not asked for."""
    if not last.get("files"):
        return False
    same = last["fingerprint"] == now
    if wish.only:
        asked = one.id == wish.only
        needed = one.id in study.framework.notebook(wish.only).needs
        return not asked and (same or not needed) and not (wish.force and needed)
    return same and not wish.force


def _has_files(target: Path, last: Mapping[str, Any]) -> bool:
    return all((target / file).is_file() for file in last["files"])


def _job(project: Project, one: Notebook, study: Study, part: Path, wish: Wish) -> Job:
    given: dict[str, object] = {"year": study.question.year, "data": wish.data, "run_folder": str(part)}
    given |= {name: study.choices[name] for name in one.choices}
    given |= {"term": study.term} if "term" in one.parameters else {}
    return Job(
        one.id,
        project.notebooks / one.file,
        choose(one.parameters, given),
        one.needs,
        one.seconds,
        one.memory_mb,
    )


def _forget_folder(executed: Path) -> None:
    """Leave the run's own folder out of an executed notebook, so that it runs again by hand anywhere."""
    from onroll.orchestration.libraries import nbformat

    notebook: Any = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    said = notebook.metadata.get("papermill", {})
    for name in ("input_path", "output_path"):
        said.pop(name, None)
    folder = said.get("parameters", {}).get("run_folder")
    if folder:
        said["parameters"]["run_folder"] = ""
        for cell in notebook.cells:
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.source = cell.source.replace(folder, "")
    nbformat.write(notebook, executed)  # type: ignore[no-untyped-call]
