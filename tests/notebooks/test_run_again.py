"""What is run again and what is not; a run is written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

import onroll as on
from onroll import evaluation
from onroll.errors import OnrollError
from onroll.framework import load
from onroll.provenance import is_whole
from onroll.study import Study

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("certified")]

PROMISED = (
    "index.html", "report/appendix-g.html", "report/board.html", "evidence.csv", "objectives.csv", "tables.xlsx",
    "disclosure.json", "manifest.json", "ro-crate-metadata.json", "certificate.csv",
)  # fmt: skip


FEW = ("10_exclusions", "50_practice", "91_board")
"""One that will fail, one that does not need it and one that does."""


@pytest.fixture
def answered(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a copy of the project asks has been answered, but for its notebooks; which are run again is the question."""
    monkeypatch.setattr(evaluation, "study_of", lambda copy, *_: replace(study, framework=load(copy.root)))


def run_of(project: Path) -> Path:
    return project / "evaluation" / "runs" / "202324"


def manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_what_is_up_to_date_is_not_run_again(whole: tuple[Path, list[str]]) -> None:
    project, lines = whole[0], []
    before = manifest(run_of(project))["made"]
    on.evaluate("2023/24", root=project, say=lines.append)
    assert len(lines) == 1
    assert lines[0].startswith("up to date: ")
    assert manifest(run_of(project))["made"] == before


@pytest.mark.usefixtures("answered")
def test_one_changed_notebook_is_run_alone(
    own_project: Callable[..., Path], whole: tuple[Path, list[str]], tmp_path: Path
) -> None:
    project = own_project(tmp_path)
    shutil.copytree(run_of(whole[0]), run_of(project))
    path = project / "notebooks" / "00_start_here.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("# Start here", "# Begin here"), encoding="utf-8"
    )
    lines: list[str] = []
    on.evaluate("2023/24", root=project, say=lines.append)
    assert [line.split(":")[0] for line in lines if ": done (" in line] == ["00_start_here"]
    others = {name for name in manifest(run_of(whole[0]))["notebooks"] if name != "00_start_here"}
    assert {line.split(":")[0] for line in lines if line.endswith(": up to date")} == others
    assert is_whole(run_of(project), manifest(run_of(project)))


@pytest.mark.usefixtures("answered")
def test_a_failing_notebook_leaves_the_last_run_and_a_card_and_the_others(
    own_project: Callable[..., Path], whole: tuple[Path, list[str]], tmp_path: Path
) -> None:
    project = own_project(tmp_path, *FEW)
    shutil.copytree(run_of(whole[0]), run_of(project))
    path = project / "notebooks" / "10_exclusions.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[-2].source = "raise ValueError('A123456789012 was suspended')"
    nbformat.write(book, path)
    before = {name: (run_of(project) / name).read_bytes() for name in PROMISED}
    lines: list[str] = []
    with pytest.raises(OnrollError, match="2 of 3 notebooks did not finish"):
        on.evaluate("2023/24", root=project, say=lines.append, force=True)
    assert {name: (run_of(project) / name).read_bytes() for name in PROMISED} == before
    failed = run_of(project).with_name("202324.failed")
    page = (failed / "index.html").read_text(encoding="utf-8")
    assert "10_exclusions, cell" in page
    assert "ValueError" in page
    assert (failed / "notebooks" / "50_practice.ipynb").is_file()
    assert not (failed / "notebooks" / "10_exclusions.ipynb").exists()
    everything = b"".join(path.read_bytes() for path in failed.rglob("*") if path.is_file())
    assert b"A123456789012" not in everything
    assert "A123456789012" not in "".join(lines)


@pytest.mark.parametrize("moment", [0.5, 3.0, 5.0])
def test_killed_midway_the_last_good_run_is_untouched_and_the_next_one_succeeds(
    own_project: Callable[..., Path], whole: tuple[Path, list[str]], tmp_path: Path, moment: float
) -> None:
    project = own_project(tmp_path)
    shutil.copytree(run_of(whole[0]), run_of(project))
    before = manifest(run_of(project))
    environment = {**os.environ, "ONROLL_ROOT": str(project)}
    process = subprocess.Popen(
        [sys.executable, "-m", "onroll", "evaluate", "--year", "2023/24", "--force"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(moment)
    if process.poll() is not None:
        pytest.skip("the run was quicker than the kill")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert manifest(run_of(project)) == before
    assert is_whole(run_of(project), before)
    on.evaluate("2023/24", root=project)
    assert sorted(path.name for path in run_of(project).parent.iterdir()) == ["202324"]
