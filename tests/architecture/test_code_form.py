"""The form of the code: documented, typed, in pieces one can hold in the head, each room tested."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULE_LINES, FUNCTION_LINES = 300, 50
Function = ast.FunctionDef | ast.AsyncFunctionDef


def problems(code: str, name: str) -> list[str]:
    """What is wrong with one module, each with the way out."""
    tree = ast.parse(code)
    return [*_size(code, tree, name), *_documented(tree, name), *_typed(tree, name)]


def _size(code: str, tree: ast.Module, name: str) -> Iterator[str]:
    lines = len(code.splitlines())
    if lines > MODULE_LINES:
        yield f"{name} has {lines} lines; above {MODULE_LINES} split it by what its parts are about"
    for function in _functions(tree):
        documented = ast.get_docstring(function, clean=False) or ""
        assert function.end_lineno is not None
        length = function.end_lineno - function.lineno + 1 - len(documented.splitlines())
        if length > FUNCTION_LINES:
            yield (
                f"{name}:{function.lineno} {function.name} has {length} lines without its docstring; "
                f"above {FUNCTION_LINES} give its steps names of their own"
            )


def _documented(tree: ast.Module, name: str) -> Iterator[str]:
    if ast.get_docstring(tree) is None:
        yield f"{name} has no first line: say what the module is, in one sentence"
    for node, owner in _public(tree):
        if ast.get_docstring(node) is None:
            yield f"{name}:{node.lineno} {owner}{node.name} has no docstring: say what it is or does"


def _typed(tree: ast.Module, name: str) -> Iterator[str]:
    for node, owner in _public(tree):
        if isinstance(node, ast.ClassDef):
            continue
        said = node.args
        every = [*said.posonlyargs, *said.args, *said.kwonlyargs, *filter(None, [said.vararg, said.kwarg])]
        untyped = [one.arg for one in every if one.annotation is None and one.arg not in ("self", "cls")]
        if node.returns is None:
            untyped.append("what comes back")
        if untyped:
            yield f"{name}:{node.lineno} {owner}{node.name}: give a type to {', '.join(untyped)}"


def _functions(tree: ast.Module) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _public(tree: ast.Module) -> Iterator[tuple[Function | ast.ClassDef, str]]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node, ""
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, Function) and not part.name.startswith("_"):
                    yield part, f"{node.name}."


def test_every_module_is_documented_typed_and_short(modules: list[Path], root: Path) -> None:
    named = {path: path.relative_to(root).as_posix() for path in modules}
    found = [
        line for path, name in named.items() for line in problems(path.read_text(encoding="utf-8"), name)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("x = 1", "has no first line"),
        ('"""One."""\ndef say() -> None: ...', "say has no docstring"),
        ('"""One."""\nclass Say: ...', "Say has no docstring"),
        ('"""One."""\nclass Say:\n    """Two."""\n    def it(self) -> None: ...', "Say.it has no docstring"),
        ('"""One."""\ndef say(a, *b, c: int) -> None:\n    """Two."""', "give a type to a, b"),
        ('"""One."""\ndef say():\n    """Two."""', "give a type to what comes back"),
        ('"""One."""\n' + "x = 1\n" * 300, "has 301 lines"),
        ('"""One."""\ndef _long() -> None:\n' + "    x = 1\n" * 50, "has 51 lines without its docstring"),
    ],
)
def test_a_breach_of_form_is_seen(code: str, complaint: str) -> None:
    assert complaint in "\n".join(problems(code, "one.py"))


def test_what_is_in_form_passes() -> None:
    assert problems('"""One."""\ndef say(a: int) -> None:\n    """Two."""\ndef _own(a): ...', "one.py") == []


WITHIN_A_RUN = {
    "execution": "on.evaluate(",
    "staging": "on.evaluate(",
    "evaluation": "on.evaluate(",
    "comparison": "on.compare(",
}
"""Rooms that only a whole run goes through, and the call in a test that makes or compares one."""


def test_every_room_is_met_by_a_test(modules: list[Path], root: Path, source: Path) -> None:
    files = [path for path in (root / "tests").rglob("test_*.py") if "architecture" not in path.parts]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in files)
    rooms = {path.relative_to(source).parts[0].removesuffix(".py") for path in modules} - {"__init__"}
    calls = {
        room: (f"onroll.{room}", f"onroll import {room}", WITHIN_A_RUN.get(room, f"onroll.{room}"))
        for room in rooms
    }
    unmet = sorted(room for room, ways in calls.items() if not any(way in tests for way in ways))
    assert not unmet, f"no test imports onroll.{', onroll.'.join(unmet)}: begin with tests/unit/{unmet[0]}/"
