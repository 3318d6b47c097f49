"""The main job, joining the rooms: study, notebooks, documents, one run written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from onroll.errors import OnrollError, UsageError
from onroll.execution import Record, Wish, run_notebooks
from onroll.framework import DisclosurePolicy, Framework, load
from onroll.framework.parameters import choose
from onroll.orchestration.kernels import WarmProcess
from onroll.presentation.html import page
from onroll.presentation.index import index
from onroll.presentation.workbook import write_workbook
from onroll.project import Project, find_project
from onroll.provenance import (
    code_fingerprint,
    crate,
    fingerprint,
    inputs,
    is_whole,
    outputs,
    sha256_of,
    stamp,
    versions,
)
from onroll.reception import received_folder
from onroll.run_files import write_run_basis, write_whole
from onroll.runs import Run, brief_of, open_run, run_of, today
from onroll.staging import Staging, recover
from onroll.study import Study
from onroll.study import examine as study_of
from onroll.validation.beside import Certifying
from onroll.vocabulary import time_period

Say = Callable[[str], None]


class NotebooksFailedError(OnrollError):
    """Some notebooks did not finish; the last good run is untouched and the rest can be looked at."""


def examine(
    year: str = "",
    *,
    data: str = "",
    term: str = "",
    run_folder: str = "",
    root: str | Path | None = None,
    **choices: object,
) -> Run:
    """Look at a year by hand: check, count, compute and disclose, with nothing written.

    Parameters
    ----------
    year : str
        ``2023/24`` or ``202324``; empty for the latest year of the figures.
    data : str
        Folder with files received; empty for the project's own.
    term : str
        ``Spring``, or ``latest``, for a term of own records; empty for the year.
    run_folder : str
        Set by the runner: the folder where this notebook's part of a run is written.
    **choices
        Choices of the analysis plan by name, such as ``neighbours="2025"``.

    Raises
    ------
    OnrollError
        If a declaration, a file received, the year or a choice cannot be used; the message says why.

    Examples
    --------
    >>> run = examine("2023/24", neighbours="2025")  # doctest: +SKIP
    """
    project = find_project(None if root is None else Path(root))
    if run_folder:
        part = Path(run_folder)
        return open_run(part.parent.parent, project, into=part)
    return run_of(study_of(project, year, data, choices, term))


def evaluate(
    year: str = "", *, term: str = "", data: str = "", out: str | Path = "", only: str = "", jobs: int = 2,
    force: bool = False,
    root: str | Path | None = None, say: Say = lambda line: None, **choices: object,
) -> Run:  # fmt: skip
    """Evaluate a year: the same as ``onroll evaluate``.

    Parameters
    ----------
    year, term, data, **choices
        As ``examine``; with a term it is the termly report that is made.
    out : str or Path
        Folder of the run; empty for ``evaluation/runs/<time period>``, or ``<time period>_<term>``.
    only : str
        One notebook's id: it and what it needs are run, the others are taken from the last run.
    jobs : int
        Notebooks at a time, at least 1.
    force : bool
        Run everything, up to date or not.
    say : callable
        Called with each line of progress.

    Returns
    -------
    Run
        The run, written whole.

    Raises
    ------
    OnrollError
        If it could not be made; the last good run is then untouched.
    """
    began = time.monotonic()
    project = find_project(None if root is None else Path(root))
    framework = load(project.root)
    wish = _wish(framework, only, jobs, force, data)
    key = _key(project, framework, data, {**choices, "term": term} if term else choices)
    done = (
        None
        if force or only or term
        else _up_to_date(project, str(out), time_period(year) if year else "", key)
    )
    if done is not None:
        say(f"up to date: {done / 'index.html'}")
        return open_run(done, project)
    if out:
        _target(project, str(out), "")
    say("checking, counting and computing")
    warm, certifying = WarmProcess(), Certifying(project.root)
    try:
        study = study_of(project, year, data, choices, term)
        for line in study.warnings:
            say(f"warning: {line}")
        with Staging(_target(project, str(out), _name(study))) as staging:
            _make(project, study, staging, wish, warm, certifying, say, key, began)
            staging.keep()
    finally:
        warm.close()
        certifying.close()
    say(f"done in {time.monotonic() - began:.1f} s: {staging.target / 'index.html'}")
    return open_run(staging.target, project)


def _name(study: Study) -> str:
    """What a run's folder is called: the time period, and the term of a termly report."""
    return f"{study.question.year}_{study.term.split()[0].lower()}" if study.term else study.question.year


def _wish(framework: Framework, only: str, jobs: int, force: bool, data: str) -> Wish:
    if jobs < 1:
        raise UsageError(f"--jobs is {jobs}; give at least 1")
    if only:
        framework.notebook(only)
    return Wish(only, jobs, force, data)


def _key(project: Project, framework: Framework, data: str, choices: Mapping[str, object]) -> str:
    """One fingerprint of all that goes into a run: figures, files received, declarations, notebooks, code."""
    folder = received_folder(project, data)
    received = () if folder is None or not folder.is_dir() else (p for p in folder.rglob("*") if p.is_file())
    files = [(entry["path"], entry["sha256"]) for entry in inputs(project, received)]
    term = choices.get("term", "")
    choices = {name: value for name, value in choices.items() if name != "term"}
    notebooks = [(path.name, sha256_of(path)) for path in sorted(project.notebooks.glob("*.ipynb"))]
    return fingerprint(
        code_fingerprint(),
        files,
        dict(choose(framework.plan.choices, choices)),
        notebooks,
        versions(),
        term,
    )


def _up_to_date(project: Project, out: str, year: str, key: str) -> Path | None:
    """The run that was made of the very same, if it is whole; without a year, that of the latest year."""
    folders = (
        [Path(out)] if out else [project.runs / year] if year else sorted(project.runs.glob("[12]?????"))
    )
    for folder in folders:
        recover(folder)
        manifest = read_manifest(folder)
        asked = manifest.get("year") == year if year else manifest.get("is_latest", False)
        if asked and manifest.get("key") == key and is_whole(folder, manifest):
            return folder
    return None


def _target(project: Project, out: str, year: str) -> Path:
    target = Path(out).absolute() if out else project.runs / year
    if target.exists() and not target.is_dir():
        raise UsageError(f"--out {out}: this is a file; name a folder for the run")
    if target.is_dir() and any(target.iterdir()) and not (target / "manifest.json").is_file():
        raise UsageError(
            f"--out {out or target}: the folder is not empty and holds no run; name a new or empty one"
        )
    return target


def read_manifest(folder: Path) -> dict[str, Any]:
    """A run's manifest; empty where there is none or it cannot be read."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest


def _make(
    project: Project,
    study: Study,
    staging: Staging,
    wish: Wish,
    warm: WarmProcess,
    certifying: Certifying,
    say: Say,
    key: str,
    began: float,
) -> None:
    """Write the whole run into the staging folder; raise when a notebook did not finish."""
    folder, run_id = staging.folder, f"{study.question.year}-{key[:8]}"
    certified = certifying.result()
    write_whole(folder / "certificate.csv", _csv(certified.table()))
    brief = replace(brief_of(study, run_id, today()), checked=certified.summary)
    write_run_basis(folder, study.released, brief, _policies(study), study.quality)
    run = open_run(folder, project)
    computed = time.monotonic() - began
    earlier = read_manifest(staging.target).get("notebooks", {})
    records = run_notebooks(project, study, staging, earlier, wish, warm, say)
    say("writing tables and documents")
    write_whole(folder / "objectives.csv", run.objectives().to_csv(index=False, lineterminator="\n").encode())
    write_workbook(folder / "tables.xlsx", study.framework, run.facts)
    failed = [record.card for record in records if record.card is not None]
    write_whole(folder / "index.html", page(index(study.framework, run.facts, failed)).encode())
    timings = {"computing": round(computed, 2), "all": round(time.monotonic() - began, 2)}
    _describe(project, study, folder, run_id, key, records, timings)
    if failed:
        aside = staging.set_aside()
        for card in failed:
            for line in card.lines():
                say(line)
        raise NotebooksFailedError(
            f"{len(failed)} of {len(records)} notebooks did not finish, so the last good run is as it was. "
            f"What did finish, with the reasons, is in {aside / 'index.html'}"
        )


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _policies(study: Study) -> list[DisclosurePolicy]:
    """The policies that the release went by, the strictest last."""
    declared = study.framework.disclosure
    found = [] if study.term else [declared.for_origin("published")]
    if study.own is not None:
        found.append(declared.for_origin("synthetic" if study.own.is_synthetic else "received"))
    return found


def _describe(
    project: Project, study: Study, folder: Path, run_id: str, key: str, records: list[Record],
    timings: Mapping[str, float],
) -> None:  # fmt: skip
    framework = study.framework
    manifest = {
        "run": run_id, "key": key, "year": study.question.year, "term": study.term,
        "is_latest": study.is_latest, "made": stamp(),
        "title": framework.strategy.title, "area": study.question.area, "versions": versions(),
        "code_sha256": code_fingerprint(), "parameters": dict(study.choices),
        "plan": {"sha256": framework.plan_sha256, "deviations": list(study.deviations)},
        "seed": "no random numbers are used", "inputs": inputs(project, study.files),
        "notebooks": {record.id: record.entry() for record in records},
        "timings": dict(timings), "outputs": outputs(folder),
    }  # fmt: skip
    licence = next(iter(study.shipped.cards.values())).licence
    described = crate(manifest, f"{framework.strategy.title}: evaluation {run_id}", licence)
    write_whole(folder / "ro-crate-metadata.json", (json.dumps(described, indent=1) + "\n").encode())
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())
