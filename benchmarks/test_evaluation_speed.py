"""A whole evaluation from nothing, beside the same notebooks run one after the other in kernels of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import papermill
import pytest

from onroll import framework
from onroll.workbench import write_kernel

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def evaluate(out: Path) -> float:
    """The command as a person gives it; into an empty folder, so nothing is up to date."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "onroll", "evaluate", "--year", "2023/24", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def one_by_one(out: Path) -> float:
    """The notebooks through plain papermill: each starts its kernel, imports, reads, computes and draws."""
    start = time.perf_counter()
    for notebook in framework.load(ROOT).notebooks:
        papermill.execute_notebook(
            ROOT / "notebooks" / notebook.file, out / notebook.file, parameters={"year": "202324"},
            kernel_name="onroll", cwd=ROOT, progress_bar=False,
        )  # fmt: skip
    return time.perf_counter() - start


def test_a_whole_evaluation(benchmark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if benchmark.disabled:
        pytest.skip("where nothing is timed, this is the run that tests/notebooks/test_whole_run.py looks at")
    taken = benchmark.pedantic(evaluate, args=(tmp_path / "run",), rounds=1)
    assert (tmp_path / "run" / "manifest.json").is_file()
    write_kernel(tmp_path / "jupyter")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setitem(os.environ, "MPLBACKEND", "agg")
    (tmp_path / "plain").mkdir()
    plain = one_by_one(tmp_path / "plain")
    benchmark.extra_info["share of the time one by one"] = round(taken / plain, 2)
    print(f"\na whole evaluation takes {taken / plain:.0%} of the time of its notebooks one by one")
    assert taken < plain, "forked kernels, shared evidence and parallel notebooks no longer gain anything"
