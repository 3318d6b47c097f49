"""What each command does: it reads what was asked, calls the library and prints."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Timer
from typing import Any

from onroll.errors import UsageError
from onroll.vocabulary import time_period

PATIENCE = 2.0
"""Seconds of work that need no word."""
TOWN, ENGLAND = 41_000, 8_500_000
LARGEST = 1_000_000
"""More pupils than this are not one authority's: they are made as England is."""


def evaluate(asked: argparse.Namespace) -> int:
    """Evaluate a year."""
    from onroll.evaluation import evaluate

    if asked.data:
        _folder(asked.data)
    run = evaluate(
        asked.year, data=asked.data, out=asked.out, only=asked.only, jobs=asked.jobs, force=asked.force,
        say=_say, **_choices(asked.set),
    )  # fmt: skip
    assert run.year
    return 0


def termly(asked: argparse.Namespace) -> int:
    """Make the termly report."""
    from onroll.evaluation import evaluate

    if asked.data:
        _folder(asked.data)
    year, term = _term(asked.term)
    run = evaluate(
        year, term=term, data=asked.data, out=asked.out, jobs=asked.jobs, force=asked.force, say=_say
    )
    assert run.year
    return 0


def _term(asked: str) -> tuple[str, str]:
    """Year and term of ``2023/24 Spring``; the last term of the records where nothing is asked."""
    if not asked.strip():
        return "", "latest"
    year, term = r"(?P<year>\d{4}/?\d{2})", r"(?P<term>autumn|spring|summer)(\s+term)?"
    orders = (rf"\s*{year}\s+{term}\s*", rf"\s*{term}\s+{year}\s*")
    found = next(filter(None, (re.fullmatch(order, asked, re.IGNORECASE) for order in orders)), None)
    if found is None:
        raise UsageError(f"--term '{asked}': write a year and a term, such as --term \"2023/24 Spring\"")
    return found["year"], found["term"].capitalize()


def synthetic(asked: argparse.Namespace) -> int:
    """Make an authority from a seed."""
    from onroll.framework import load
    from onroll.framework.contract_files import load_contracts
    from onroll.project import find_project
    from onroll.synthetic import Made, make_authority

    project = find_project()
    authority = load(project.root).strategy.authority
    is_england = asked.england or (asked.pupils or 0) > LARGEST
    made = Made("", "England") if is_england else Made(authority.old_la_code, authority.name)
    is_there = (Path(asked.out) / "truth.json").is_file()
    truth = make_authority(
        Path(asked.out), load_contracts(project.root), project.published, authority=made, seed=asked.seed,
        pupils=(ENGLAND if is_england else TOWN) if asked.pupils is None else asked.pupils, first=time_period(asked.first),
        last=time_period(asked.last),
        effects=_effects(asked.effect), defects=asked.defects, form=asked.form or ("parquet" if is_england else "csv"),
        censuses=("Spring",) if is_england else ("Autumn", "Spring", "Summer"), say=_say,
    )  # fmt: skip
    if is_there:
        print(f"The authority that was made earlier in {asked.out} was replaced")
    print(f"Synthetic data made from seed {truth.seed}, no real child or school: {asked.out}")
    return 0


def _effects(given: Sequence[str]) -> dict[str, float]:
    effects: dict[str, float] = {}
    for setting in given:
        name, equals, value = setting.partition("=")
        try:
            effects[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise UsageError(
                f"--effect {setting}: write it as NAME=VALUE, such as --effect strategy_suspensions=0.8"
            )
    return effects


def templates(asked: argparse.Namespace) -> int:
    """Write the blank templates."""
    from onroll.framework.contract_files import load_contracts
    from onroll.intake.records.templates import write_templates
    from onroll.project import find_project

    written = write_templates(load_contracts(find_project().root), Path(asked.out))
    print(f"{_many(len(written), 'template')} in {asked.out}")
    return 0


def check(asked: argparse.Namespace) -> int:
    """Check a folder; 1 if anything is an error."""
    from onroll.project import find_project
    from onroll.reception import check

    if asked.data:
        _folder(asked.data)
    if asked.list:
        _can_be_written(Path(asked.list))
    project = find_project()
    folder = Path(asked.data) if asked.data else project.received
    with _patiently() as say, check(folder, project, say=say) as checked:
        for severity in ("error", "warning", "note"):
            for line in checked.findings.of(severity).lines():
                print(f"{severity}: {line}")
        if asked.list:
            checked.write_list(Path(asked.list))
            print(f"The full list is in {asked.list}")
        files = len(checked.received) + (0 if checked.records is None else checked.records.files)
        errors, warnings = checked.findings.count("error"), checked.findings.count("warning")
    print(f"{_many(files, 'file')} checked: {_many(errors, 'error')}, {_many(warnings, 'warning')}")
    return 1 if errors else 0


def validate(asked: argparse.Namespace) -> int:
    """Recompute published answers; 1 if one does not agree."""
    from onroll.project import find_project
    from onroll.validation import certificate

    found = certificate(find_project().root, asked.cases)
    for line in found.lines(every=asked.figures):
        print(line)
    return 0 if found.agreeing == found.figures else 1


def compare(asked: argparse.Namespace) -> int:
    """Say what differs between two runs."""
    from onroll.comparison import compare

    for line in compare(*asked.runs).lines(asked.most):
        print(line)
    return 0


def workbench(asked: argparse.Namespace) -> int:
    """Open JupyterLab."""
    from onroll.project import find_project
    from onroll.workbench import open_workbench

    return open_workbench(find_project(), asked.options)


def _say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def _patiently() -> Iterator[Callable[[str], None]]:
    """Progress on stderr, as plain lines: what is being done when work has taken two seconds, and all after it."""
    last: list[str] = []
    is_long, one_at_a_time = Event(), Lock()

    def say(line: str) -> None:
        with one_at_a_time:
            last[:] = [line]
            if is_long.is_set():
                print(line, file=sys.stderr, flush=True)

    def begin() -> None:
        with one_at_a_time:
            is_long.set()
            for line in last:
                print(line, file=sys.stderr, flush=True)

    timer = Timer(PATIENCE, begin)
    timer.daemon = True
    timer.start()
    try:
        yield say
    finally:
        timer.cancel()


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _folder(named: str) -> None:
    """A folder given by hand must be there: a mistyped name is wrong usage, not an empty year."""
    if not Path(named).exists():
        raise UsageError(f"--data {named}: there is no such folder")


def _can_be_written(file: Path) -> None:
    """The list must have a folder to lie in, before an hour's check and not after it."""
    if file.is_dir():
        raise UsageError(f"--list {file}: this is a folder; name a CSV file in it")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"--list {file}: there is no folder {file.parent}; make it, or name another")
    if not os.access(file.absolute().parent, os.W_OK):
        raise UsageError(f"--list {file}: the folder {file.parent} may not be written to; name another")


def _choices(settings: Sequence[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {setting}: write it as NAME=VALUE, such as --set neighbours=2025")
        if name in ("year", "data", "out", "only", "jobs", "force", "root", "say"):
            raise UsageError(f"--set {name}: give this with --{name}")
        chosen[name] = value
    return chosen
