"""Who may import whom: the contracts of pyproject.toml hold, and they bite when somebody breaks them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LAW = "The law of imports is in pyproject.toml ([tool.importlinter]), the reasons are in ARCHITECTURE.md."
BREACHES = {
    "a table in statistics": ("statistics/rates.py", "import pandas", "Statistics know numbers only"),
    "our words in statistics": (
        "statistics/rates.py",
        "import onroll.errors",
        "Statistics know numbers only",
    ),
    "evidence in a chart": (
        "presentation/charts.py",
        "import onroll.evidence.table",
        "Presentation sees only what",
    ),
    "counts in a table": (
        "presentation/tables.py",
        "import onroll.counts.groups",
        "Presentation sees only what",
    ),
    "a picture in evidence": ("evidence/levels.py", "import matplotlib.pyplot", "Evidence draws nothing"),
    "counting at intake": ("intake/files.py", "import onroll.counts.published", "Intake counts nothing"),
    "data in a declaration": ("framework/plan.py", "import pandas", "Declarations are read without data"),
    "a library in the words": (
        "vocabulary/__init__.py",
        "import numpy",
        "The words need the standard library only",
    ),
    "looking back": ("disclosure/door.py", "import onroll.presentation.html", "Data flow one way"),
    "a module without a place": ("utils.py", "", "Data flow one way"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_law_of_imports_is_kept(root: Path) -> None:
    found = lint(root)
    assert found.returncode == 0, f"{found.stdout}\n{LAW} Move the code to the room that may do this."


@pytest.fixture(scope="module")
def told(root: Path, source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each contract where all the breaches are in one copy of the code."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(source, folder / "src" / "onroll", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", folder)
    for file, line, _ in BREACHES.values():
        with (folder / "src" / "onroll" / file).open("a", encoding="utf-8") as broken:
            broken.write(f"\n{line}\n")
    found = lint(folder)
    assert found.returncode == 1, f"nothing was stopped. {LAW}\n{found.stdout}{found.stderr}"
    parts = re.split(r"^(.+)\n-{4,}$", found.stdout, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_seen(breach: str, told: dict[str, str]) -> None:
    """By the contract that forbids it, which names the import, or the module without a place."""
    file, line, contract = BREACHES[breach]
    said = "".join(words for title, words in told.items() if title.startswith(contract))
    module = "onroll." + file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    brought = line.removeprefix("import ").removesuffix(".pyplot")  # a library is known by its first name
    expected = rf"- +{module} -> {brought} \(" if line else rf"- {module}\n"
    assert re.search(expected, said), f"'{contract}' did not stop {breach}. {LAW}\n{said}"


def test_the_words_import_only_what_python_brings(imported: dict[str, tuple[set[str], set[str]]]) -> None:
    for module in ("errors", "vocabulary", "project"):
        libraries = imported[module][1]
        assert libraries == set(), (
            f"{module}.py imports {sorted(libraries)}: it may use the standard library only"
        )


def test_statistics_import_numpy_and_scipy_only(imported: dict[str, tuple[set[str], set[str]]]) -> None:
    rooms, libraries = imported["statistics"]
    assert rooms == set(), f"statistics imports {sorted(rooms)}: arrays in, results out, no other room"
    foreign = libraries - {"numpy", "scipy", "statsmodels", "diff_diff", "pandas"}
    assert not foreign, (
        f"statistics imports {sorted(foreign)}: numpy, scipy and statsmodels are what it may use, and diff-diff with "
        "the tables it asks for in one module, as pyproject.toml has it"
    )
