"""What the tests of the house share: where it is, which files belong to it, how its modules import each other."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "onroll"
MADE = {".git", ".venv", ".tools", "runs", "build", "dist", "__pycache__", ".hypothesis", ".benchmarks"}
CACHES = ("_cache", ".egg-info", ".ipynb_checkpoints")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def source() -> Path:
    return SOURCE


@pytest.fixture(scope="session")
def belonging() -> list[Path]:
    """Every file that is, or would be, committed; a copy without git is walked instead."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        return sorted({ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()})
    return sorted(_walked())


def _walked() -> Iterator[Path]:
    for folder, below, files in os.walk(ROOT):
        below[:] = [name for name in below if name not in MADE and not name.endswith(CACHES)]
        for name in files:
            yield Path(folder) / name


@pytest.fixture(scope="session")
def modules() -> list[Path]:
    found = sorted(SOURCE.rglob("*.py"))
    assert len(found) > 60, "the modules of src/onroll were not found: are you in a source checkout?"
    return found


@pytest.fixture(scope="session")
def imported(modules: list[Path]) -> dict[str, tuple[set[str], set[str]]]:
    """For each room and top-level module: the rooms it imports, and the libraries that are not Python's own."""
    import sys

    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in modules:
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        rooms, libraries = found.setdefault(room, (set(), set()))
        for name in _names(ast.parse(path.read_text(encoding="utf-8"))):
            first, *rest = name.split(".")
            if first == "onroll":
                rooms |= {rest[0]} - {room} if rest else set()
            elif first not in sys.stdlib_module_names:
                libraries.add(first)
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                (f"{node.module}.{alias.name}" for alias in node.names)
                if node.module == "onroll"
                else [node.module]
            )
