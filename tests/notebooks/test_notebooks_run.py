"""Every notebook runs from top to bottom as a person would run it: a plain kernel, nothing installed for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onroll.workbench import write_kernel

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
pytestmark = pytest.mark.slow


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
        sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=120", "-p", "no:cacheprovider",
        f"--rootdir={ROOT}", str(notebook),
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, jupyter: dict[str, str]) -> None:
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
