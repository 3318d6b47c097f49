"""Makes the files that are made from others: ``python docs/generate.py public_names`` or ``environment``.

``tests/architecture`` compares what this makes with what is there.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "onroll"
ROOMS = ("framework", "disclosure")
"""Rooms whose public names are those their ``__init__`` lists."""
MODULES = ("vocabulary", "errors")
"""Modules all of whose functions and classes are public."""
OPENING = """\
# Public names

Made from the code by `make docs`; a test compares the two. These names can be relied on: a rename keeps the old
name for one release with a warning. Names that are not here may change without notice. Each is imported from the
room it lives in, such as `from onroll.statistics.rates import rate`.
"""


def public_names() -> str:
    """The page of public names: each with the first line of what its docstring says."""
    parts = [
        OPENING,
        "## `onroll`\n",
        _table(_top()),
        "## `onroll.runs.Run`\n",
        _table(_methods("runs.py", "Run")),
    ]
    for path in sorted((SOURCE / "statistics").glob("[!_]*.py")):
        parts += [f"## `onroll.statistics.{path.stem}`\n", _table(_defined(path))]
    for room in ROOMS:
        parts += [f"## `onroll.{room}`\n", _table(_exported(room))]
    for module in MODULES:
        parts += [f"## `onroll.{module}`\n", _table(_defined(SOURCE / f"{module}.py"))]
    return "\n".join(parts)


def environment() -> str:
    """The conda environment: Python and pip from conda-forge, everything else from the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = project["requires-python"].removeprefix(">=")
    return f"""\
# Made by `make environment`. For Windows, and for those who use conda: the README has the steps. pip cannot install
# the project itself beside files checked by hash, so that is a command of its own:
# python -m pip install --no-deps --no-build-isolation -e .
name: {project["name"]}
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python={python}
  - pip
  - pip:
      - -r requirements.lock
"""


def _top() -> Iterator[tuple[str, str]]:
    package = import_module("onroll")
    for name in sorted(package.__all__, key=str.lower):
        if name == "__version__":
            yield name, "The version of this package."
        else:
            found = getattr(package, name)
            where = getattr(found, "__module__", None)
            yield name, _first(found.__doc__) + (f" Lives in `{where}`." if where else "")


def _exported(room: str) -> Iterator[tuple[str, str]]:
    package = import_module(f"onroll.{room}")
    for name in sorted(package.__all__, key=str.lower):
        yield name, _first(getattr(package, name).__doc__)


def _methods(file: str, owner: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner).body
    yield from _public(body)


def _defined(path: Path) -> Iterator[tuple[str, str]]:
    yield from _public(ast.parse(path.read_text(encoding="utf-8")).body)


def _public(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, _first(ast.get_docstring(node))


def _first(words: str | None) -> str:
    """What a docstring says first, on one line, as Markdown."""
    paragraph = " ".join((words or "").strip().split("\n\n")[0].split())
    return paragraph.replace("``", "`").replace("|", "\\|")


def _table(names: Iterator[tuple[str, str]]) -> str:
    rows = [f"| `{name}` | {words} |" for name, words in names]
    return "\n".join(["| name | what |", "|---|---|", *rows, ""])


MADE: dict[str, tuple[str, Callable[[], str]]] = {
    "public_names": ("docs/public_names.md", public_names),
    "environment": ("environment.yml", environment),
}


if __name__ == "__main__":
    for asked in sys.argv[1:] or MADE:
        file, make = MADE[asked]
        (ROOT / file).write_text(make(), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{file}\n")
