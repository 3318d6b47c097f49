"""Notebooks: order, limits, error cards, nothing half-written, and no pupil's value anywhere."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from onroll.orchestration.jobs import Job, Outcome
from onroll.orchestration.kernels import WarmProcess
from onroll.orchestration.runner import run_all

SECRET = "A123456789012"  # has the form of a pupil's number; it must appear nowhere


@pytest.fixture(scope="module")
def warm() -> WarmProcess:
    process = WarmProcess()
    yield process
    process.close()


def notebook(folder: Path, name: str, *cells: str, heading: str = "A question") -> Path:
    book = nbformat.v4.new_notebook()
    book.cells.append(nbformat.v4.new_markdown_cell(f"# {heading}"))
    parameters = nbformat.v4.new_code_cell('year = ""')
    parameters.metadata["tags"] = ["parameters"]
    book.cells.append(parameters)
    book.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    book.metadata["kernelspec"] = {"name": "onroll", "display_name": "onroll", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(book, path)
    return path


def go(
    tmp_path: Path, warm: WarmProcess, *jobs: Job, workers: int = 2
) -> tuple[dict[str, Outcome], Path, list[str]]:
    out, ended = tmp_path / "out", []
    out.mkdir()
    outcomes = run_all(
        jobs, out, cwd=tmp_path, workers=workers, report=lambda outcome: ended.append(outcome.id), warm=warm
    )
    return {outcome.id: outcome for outcome in outcomes}, out, ended


@pytest.mark.slow
def test_parameters_arrive_and_are_recorded(tmp_path: Path, warm: WarmProcess) -> None:
    job = Job("one", notebook(tmp_path, "one", "print(year)"), {"year": '2023/24"; print("x'})
    outcomes, out, _ = go(tmp_path, warm, job)
    assert outcomes["one"].status == "done"
    book = nbformat.read(out / "one.ipynb", as_version=4)
    assert book.cells[-1].outputs[0].text == '2023/24"; print("x\n'
    assert book.metadata["papermill"]["parameters"]["year"] == '2023/24"; print("x'


@pytest.mark.slow
def test_a_notebook_waits_for_what_it_needs(tmp_path: Path, warm: WarmProcess) -> None:
    slow = Job("slow", notebook(tmp_path, "slow", "import time; time.sleep(0.6)"), {"year": ""})
    after = Job("after", notebook(tmp_path, "after", "1"), {"year": ""}, needs=("slow",))
    beside = Job("beside", notebook(tmp_path, "beside", "1"), {"year": ""})
    outcomes, _, ended = go(tmp_path, warm, after, slow, beside)
    assert ended.index("slow") < ended.index("after")
    assert all(outcome.status == "done" for outcome in outcomes.values())


@pytest.mark.slow
def test_a_failed_notebook_is_not_kept_names_its_cell_and_never_says_the_value(
    tmp_path: Path, warm: WarmProcess
) -> None:
    bad = Job(
        "bad",
        notebook(tmp_path, "bad", "x = 1", f"raise KeyError('{SECRET}')", heading="Which pupils"),
        {"year": ""},
    )
    good = Job("good", notebook(tmp_path, "good", "2"), {"year": ""})
    needs = Job("needs", notebook(tmp_path, "needs", "3"), {"year": ""}, needs=("bad",))
    outcomes, out, _ = go(tmp_path, warm, bad, good, needs)
    assert [outcomes[name].status for name in ("bad", "good", "needs")] == ["failed", "done", "not run"]
    card = outcomes["bad"].card
    assert card is not None
    assert card.cell == "cell 4, under 'Which pupils'"
    assert "KeyError" in card.cause
    assert SECRET not in repr(outcomes)
    assert [path.name for path in sorted(out.iterdir())] == ["good.ipynb"]
    missing = outcomes["needs"].card
    assert missing is not None
    assert "it needs bad" in missing.cause


@pytest.mark.slow
def test_an_endless_notebook_is_stopped_at_its_time(tmp_path: Path, warm: WarmProcess) -> None:
    job = Job("endless", notebook(tmp_path, "endless", "while True: pass"), {"year": ""}, seconds=2)
    began = time.monotonic()
    outcomes, out, _ = go(tmp_path, warm, job)
    card = outcomes["endless"].card
    assert card is not None
    assert "limit of 2 seconds" in card.cause
    assert time.monotonic() - began < 30
    assert list(out.iterdir()) == []


@pytest.mark.slow
def test_a_hungry_notebook_meets_its_memory_limit(tmp_path: Path, warm: WarmProcess) -> None:
    job = Job("hungry", notebook(tmp_path, "hungry", "x = bytearray(10**9)"), {"year": ""}, memory_mb=300)
    card = go(tmp_path, warm, job)[0]["hungry"].card
    assert card is not None
    assert "300 MB" in card.cause


@pytest.mark.slow
def test_a_kernel_that_dies_leaves_a_card_and_the_others_finish(tmp_path: Path, warm: WarmProcess) -> None:
    dies = Job("dies", notebook(tmp_path, "dies", "import os; os.kill(os.getpid(), 9)"), {"year": ""})
    good = Job("good", notebook(tmp_path, "good", "1"), {"year": ""})
    outcomes, _, _ = go(tmp_path, warm, dies, good)
    card = outcomes["dies"].card
    assert card is not None
    assert "ended unexpectedly" in card.cause
    assert outcomes["good"].status == "done"


@pytest.mark.parametrize("content", ["", "not json", '{"cells": 3}', "[]"])
def test_a_damaged_notebook_is_a_card(tmp_path: Path, warm: WarmProcess, content: str) -> None:
    path = tmp_path / "damaged.ipynb"
    path.write_text(content, encoding="utf-8")
    card = go(tmp_path, warm, Job("damaged", path, {"year": ""}))[0]["damaged"].card
    assert card is not None
    assert "could not be read as a notebook" in card.cause
    assert "damaged.ipynb" in card.advice


@pytest.mark.slow
def test_kernels_that_start_together_do_not_wait_for_each_other(tmp_path: Path, warm: WarmProcess) -> None:
    jobs = [Job(f"n{i}", notebook(tmp_path, f"n{i}", "1"), {"year": ""}) for i in range(6)]
    outcomes, _, _ = go(tmp_path, warm, *jobs, workers=3)
    assert {outcome.status for outcome in outcomes.values()} == {"done"}


@pytest.mark.slow
def test_kernels_keep_to_one_thread_and_die_with_the_process_that_starts_them(tmp_path: Path) -> None:
    process = WarmProcess()
    cell = "import os; open('pid', 'w').write(str(os.getpid())); print(os.environ['OMP_NUM_THREADS'])"
    outcomes, out, _ = go(tmp_path, process, Job("one", notebook(tmp_path, "one", cell), {"year": ""}))
    assert outcomes["one"].status == "done"
    assert nbformat.read(out / "one.ipynb", as_version=4).cells[-1].outputs[0].text == "1\n"
    process.close()
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.slow
def test_where_forking_is_not_to_be_had_notebooks_still_run_and_keep_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onroll.orchestration.kernels.can_fork", lambda: False)
    cold = WarmProcess()
    good = Job("good", notebook(tmp_path, "good", "print(year)"), {"year": "x"})
    endless = Job("endless", notebook(tmp_path, "endless", "while True: pass"), {"year": ""}, seconds=6)
    outcomes, out, _ = go(tmp_path, cold, good, endless)
    assert outcomes["good"].status == "done"
    assert nbformat.read(out / "good.ipynb", as_version=4).cells[-1].outputs[0].text == "x\n"
    card = outcomes["endless"].card
    assert card is not None
    assert "limit of 6 seconds" in card.cause
    cold.close()


def test_notebooks_are_read_without_the_grammar_that_takes_seconds() -> None:
    """It is left out while the libraries are imported, and there for whoever asks for it afterwards."""
    code = (
        "import sys, onroll.orchestration.libraries; from importlib.util import find_spec; "
        "assert 'jsonschema' in sys.modules and 'lark' not in sys.modules and find_spec('rfc3987_syntax')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
