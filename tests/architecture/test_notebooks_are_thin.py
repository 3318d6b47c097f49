"""Notebooks are thin: one question, one parameters cell, one call, then prose and single calls. No result typed."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from onroll import framework

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LINES = 12
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.Try,
    ast.With, ast.AsyncWith, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.If, ast.Delete,
)  # fmt: skip
NOT_RESULTS = re.compile(
    r"`[^`]*`|\b(?:19|20)\d\d/\d\d\b|\b[PF]\d{1,2}(?:\.\d{1,2})?\b|\b(?:100|1,000)\b|\]\([^)]*\)"
)
Defaults = Mapping[str, object]


def problems(notebook: Any, title: str, question: str, defaults: Defaults) -> list[str]:
    """What is wrong with one notebook, each with its cell and the way out."""
    cells = list(enumerate(notebook["cells"], 1))
    return [
        *_opening(notebook, title, question), *_kernel(notebook), *_parameters(cells, defaults),
        *(line for number, cell in cells if cell["cell_type"] == "code" for line in _code(number, cell)),
        *(line for number, cell in cells if cell["cell_type"] == "markdown" for line in _prose(number, cell)),
    ]  # fmt: skip


def _opening(notebook: Any, title: str, question: str) -> Iterator[str]:
    first = notebook["cells"][0]
    if first["cell_type"] != "markdown" or not _source(first).startswith(f"# {title}\n\n**{question}**"):
        yield f"cell 1 must begin with '# {title}' and '**{question}**', as notebooks/notebooks.yaml has them"
    headings = [
        line
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
        for line in _source(cell).splitlines()
        if line.startswith("# ")
    ]
    if len(headings) != 1:
        yield f"there are {len(headings)} first headings (# ...); there is one title, parts of it begin with ##"


def _kernel(notebook: Any) -> Iterator[str]:
    said = notebook["metadata"].get("kernelspec", {})
    if said.get("name") != "onroll" or said.get("language", "python") != "python":
        yield f"the kernel is '{said.get('name')}'; it must be 'onroll', which 'onroll workbench' brings"


def _parameters(cells: list[tuple[int, Any]], defaults: Defaults) -> Iterator[str]:
    tagged = [(number, cell) for number, cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        yield f"{len(tagged)} cells are tagged 'parameters'; there is exactly one"
        return
    number, cell = tagged[0]
    written: dict[str, object] = {}
    for node in ast.parse(_source(cell)).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            written[node.targets[0].id] = ast.literal_eval(node.value)
        else:
            yield f"cell {number}: only 'name = value' may stand in the parameters cell"
    if written != dict(defaults):
        yield (
            f"cell {number}: its parameters are {written}; notebooks/notebooks.yaml and evaluation/analysis_plan.yaml "
            f"say {dict(defaults)}"
        )
    handed = {
        word.arg if word.arg == getattr(word.value, "id", None) else f"{word.arg} (as something else)"
        for _, other in cells
        if other["cell_type"] == "code"
        for node in ast.walk(ast.parse(_source(other)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "on.examine"
        for word in [
            *node.keywords,
            *(ast.keyword(arg=ast.unparse(given), value=given) for given in node.args),
        ]
    }
    if handed != set(defaults):
        yield f"on.examine is told {sorted(handed)}; it must be told every parameter: {sorted(defaults)}"


def _code(number: int, cell: Any) -> Iterator[str]:
    if cell.get("outputs") or cell.get("execution_count"):
        yield f"cell {number} holds outputs: clear the outputs of all cells and save"
    code = _source(cell)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, FORBIDDEN):
            yield f"cell {number}: {type(node).__name__} belongs in src/onroll, with a name and a test"
        if isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) != "import onroll as on":
            yield f"cell {number}: '{ast.unparse(node)}'; a notebook imports onroll as on and nothing else"
    handing_on = re.compile(r"\s+(\w+)=\1,|\s+year,")
    lines = [line for line in code.splitlines() if line.strip() and not handing_on.fullmatch(line)]
    if len(lines) > LINES and "parameters" not in cell["metadata"].get("tags", []):
        yield f"cell {number} has {len(lines)} lines; above {LINES} give the work a name in src/onroll"


def _prose(number: int, cell: Any) -> Iterator[str]:
    for typed in re.findall(r"\d[\d.,]*%?", NOT_RESULTS.sub(" ", _source(cell))):
        yield f"cell {number}: '{typed}' is typed; let run.say(...) give numbers, they change with the year"


def _source(cell: Any) -> str:
    return "".join(cell["source"])


@pytest.fixture(scope="module")
def declared() -> dict[str, framework.Notebook]:
    return {notebook.file: notebook for notebook in framework.load(ROOT).notebooks}


def _defaults(notebook: framework.Notebook) -> dict[str, object]:
    return {name: parameter.default for name, parameter in notebook.parameters.items()}


def _told(file: str, declared: Mapping[str, framework.Notebook]) -> tuple[Any, str, str, dict[str, object]]:
    one = declared[file]
    return json.loads((NOTEBOOKS / file).read_text(encoding="utf-8")), one.title, one.question, _defaults(one)


def test_every_notebook_is_declared_and_every_declared_one_is_there(
    declared: dict[str, framework.Notebook],
) -> None:
    there = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    assert there == set(declared), "notebooks/ and notebooks/notebooks.yaml must name the same files"


@pytest.mark.parametrize("file", sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_is_thin(file: str, declared: dict[str, framework.Notebook]) -> None:
    found = problems(*_told(file, declared))
    assert not found, f"{file}\n" + "\n".join(found)


@pytest.mark.parametrize("file", sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_is_valid(file: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / file, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    identities = [cell.get("id") for cell in notebook.cells]
    assert None not in identities, f"{file}: a cell has no id; save it with a current JupyterLab"
    assert len(set(identities)) == len(identities), f"{file}: two cells have one id"


def _set_code(line: str) -> Callable[[Any], None]:
    return lambda notebook: notebook["cells"][-1].update(source=line)


def _set_prose(line: str) -> Callable[[Any], None]:
    return lambda notebook: notebook["cells"][3].update(source=line)


def _store_output(notebook: Any) -> None:
    notebook["cells"][-1]["execution_count"] = 3


def _change_default(notebook: Any) -> None:
    notebook["cells"][1]["source"] = "".join(notebook["cells"][1]["source"]).replace("0.95", "0.9")


def _forget_a_parameter(notebook: Any) -> None:
    notebook["cells"][2]["source"] = "".join(notebook["cells"][2]["source"]).replace(
        "    confidence=confidence,\n", ""
    )


def _lose_the_tag(notebook: Any) -> None:
    notebook["cells"][1]["metadata"] = {}


def _other_kernel(notebook: Any) -> None:
    notebook["metadata"]["kernelspec"]["name"] = "python3"


def _other_question(notebook: Any) -> None:
    notebook["cells"][0]["source"] = "# Suspensions and permanent exclusions\n\nSome figures."


@pytest.mark.parametrize(
    ("breach", "complaint"),
    [
        (_set_code("import pandas as pd"), "imports onroll as on and nothing else"),
        (_set_code("from onroll import statistics"), "imports onroll as on and nothing else"),
        (_set_code("for one in run.figures:\n    run.show(one)"), "For belongs in src/onroll"),
        (_set_code("[run.show(one) for one in run.figures]"), "ListComp belongs in src/onroll"),
        (_set_code("def show():\n    return run"), "FunctionDef belongs in src/onroll"),
        (_set_code("show = lambda: run"), "Lambda belongs in src/onroll"),
        (_set_code("try:\n    run\nexcept Exception:\n    run"), "Try belongs in src/onroll"),
        (_set_code("run\n" * 13), "has 13 lines"),
        (_set_prose("## Suspensions\n\nThere were 2,469."), "'2,469.' is typed"),
        (_set_prose("## Suspensions\n\nThey rose by 25%."), "'25%' is typed"),
        (_set_prose("# Another title"), "there are 2 first headings"),
        (_store_output, "holds outputs"),
        (_change_default, "its parameters are"),
        (_forget_a_parameter, "on.examine is told"),
        (_lose_the_tag, "0 cells are tagged"),
        (_other_kernel, "the kernel is 'python3'"),
        (_other_question, "cell 1 must begin with"),
    ],
)
def test_a_breach_is_seen(
    breach: Callable[[Any], None], complaint: str, declared: dict[str, framework.Notebook]
) -> None:
    notebook, *rest = _told("10_exclusions.ipynb", declared)
    broken = copy.deepcopy(notebook)
    breach(broken)
    assert complaint in "\n".join(problems(broken, *rest))
