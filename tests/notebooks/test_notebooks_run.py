"""Every notebook runs from top to bottom as a person would run it; one of them and a broken one in a plain kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from onroll import evaluation
from onroll.framework import load
from onroll.framework.parameters import choose
from onroll.project import Project
from onroll.study import Study
from onroll.workbench import write_kernel

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
pytestmark = pytest.mark.slow
AS_WRITTEN = 'year = ""'


@pytest.fixture
def jupyter(tmp_path: Path) -> dict[str, str]:
    """Surroundings of its own for Jupyter, with the project's kernel in them: nobody's settings, nobody's ports."""
    write_kernel(tmp_path / "data")
    own = {
        "JUPYTER_PATH": tmp_path / "data", "JUPYTER_RUNTIME_DIR": tmp_path / "runtime",
        "JUPYTER_CONFIG_DIR": tmp_path / "config", "JUPYTER_DATA_DIR": tmp_path / "own", "IPYTHONDIR": tmp_path / "ipython",
    }  # fmt: skip
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ONROLL_"))
    }
    return {**surroundings, "MPLBACKEND": "agg", **{name: str(folder) for name, folder in own.items()}}


def nbval(notebook: Path, surroundings: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "pytest", "-p", "no:nbval", "-p", "nbval.plugin", "--nbval-lax",
        "--nbval-cell-timeout=120", "-p", "no:cacheprovider", f"--rootdir={ROOT}", str(notebook),
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def studies(project: Project) -> Iterator[None]:
    """A question that several notebooks ask is answered once, also where one names a choice of the plan that another
    leaves to it: the answer is theirs to read only."""
    choices = load(project.root).plan.choices
    answered: dict[str, Study] = {}
    ask = evaluation.study_of

    def words(
        project: Project,
        year: str = "",
        data: str = "",
        chosen: Mapping[str, object] | None = None,
        term: str = "",
    ) -> str:
        """The question as the study understands it."""
        return repr((project.root, year, data, sorted(choose(choices, chosen or {}).items()), term))

    def once(*question: Any) -> Study:
        """The answer, made when it is first asked for."""
        asked = words(*question)
        if asked not in answered:
            answered[asked] = ask(*question)
        return answered[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "study_of", once)
        yield


def shown(notebook: Path, year: str) -> int:
    """Ask for a year in its first cell, run it in a shell without a name of its own or another's, and count what its
    cells show; what one shows is formatted as a kernel formats it."""
    shell, many = InteractiveShell(), 0
    cells = nbformat.read(notebook, as_version=4).cells
    assert sum(AS_WRITTEN in cell.source for cell in cells) == 1, (
        f"{notebook.name} asks for no year, or for several"
    )
    for cell in cells:
        if cell.cell_type == "code":
            source = cell.source.replace(AS_WRITTEN, f'year = "{year}"')
            done = shell.run_cell(source)
            done.raise_error()
            if done.result is not None:
                formatted, _ = shell.display_formatter.format(done.result)
                assert any(formatted.values()), source
                many += 1
    return many


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("year", ["", "2006/07", "2018/19", "2021/22"])
@pytest.mark.usefixtures("studies")
def test_a_notebook_runs_from_top_to_bottom(
    year: str, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is written, and for the first year of the figures, one of the baseline and the first of the strategy; one
    of the pandemic is run whole by test_whole_run."""
    monkeypatch.chdir(ROOT)
    assert shown(notebook, year) > 1, f"{notebook.name} shows nothing"


def test_a_notebook_runs_in_a_plain_kernel(jupyter: dict[str, str]) -> None:
    """Nothing is installed for the kernel; the notebook that draws most kinds of chart."""
    notebook = ROOT / "notebooks" / "10_exclusions.ipynb"
    found = nbval(notebook, jupyter, ROOT)
    assert found.returncode == 0, (
        f"{notebook.name} does not run from top to bottom; open it with 'onroll workbench' and choose Run All Cells\n"
        f"{found.stdout}{found.stderr}"
    )
    assert "passed" in found.stdout.splitlines()[-1]


def test_a_notebook_that_stops_is_seen(jupyter: dict[str, str], tmp_path: Path) -> None:
    source = (ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8")
    broken = tmp_path / "broken.ipynb"
    broken.write_text(
        source.replace("import onroll as on", "raise SystemError('as planned')"), encoding="utf-8"
    )
    found = nbval(broken, jupyter, tmp_path)
    assert found.returncode == 1
    assert "as planned" in found.stdout
