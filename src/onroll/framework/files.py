"""Files: the text of a declaration into a tree that knows its lines. No tag, no alias, no key twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from onroll.errors import DeclarationError, did_you_mean, one_of

DEEPEST = 20
LONGEST = 1_000_000
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value as written; ``plain`` when it stands without quotes."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    values: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys and their values; ``lines`` says where each key stands."""

    values: dict[str, Tree]
    lines: dict[str, int]
    line: int


Tree = Leaf | Items | Keys


def show(path: Where) -> str:
    """Write a path as people read it: ``priorities[2].objectives[1].id``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Document:
    """One declaration file: its name as shown in messages, its tree, and what is wrong with its text."""

    file: str
    tree: Tree
    problems: tuple[str, ...] = ()

    def line(self, path: Where) -> int:
        """The line on which a path stands; the nearest one above it when the path is not there."""
        tree, line = self.tree, self.tree.line
        for step in path:
            if isinstance(tree, Keys) and isinstance(step, str) and step in tree.values:
                line = tree.lines[step]
                tree = tree.values[step]
            elif isinstance(tree, Items) and isinstance(step, int) and step < len(tree.values):
                tree = tree.values[step]
                line = tree.line
            else:
                break
        return line

    def problem(self, path: Where, message: str) -> str:
        """A message that begins with the file and the line."""
        return f"{self.file}, line {self.line(path)}: {message}"

    @property
    def sha256(self) -> str:
        """A fingerprint of the content: comments, layout and the order of keys do not change it."""
        text = json.dumps(_bare(self.tree), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def open_document(path: Path, root: Path) -> Document:
    """Read one declaration file into its tree.

    Raises
    ------
    DeclarationError
        If the file is missing, empty, not UTF-8, too long, nested too deeply or not YAML.
    """
    file = path.relative_to(root).as_posix()
    text = _text(path, file)
    builder = _Builder(file)
    try:
        tree = builder.build(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DeclarationError(f"{file}{where}: this is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise DeclarationError(f"{file}: this is not YAML: {str(error).splitlines()[0]}") from None
    if tree is None or (isinstance(tree, Leaf) and not tree.text):
        raise DeclarationError(f"{file}: the file is empty; write its keys, or restore it from git")
    return Document(file, tree, tuple(builder.problems))


def _text(path: Path, file: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError:
        beside = sorted(other.name for other in path.parent.glob("*.y*ml"))
        there = f" The folder holds {one_of(beside)}." if beside else ""
        hint = did_you_mean(path.name, beside)
        raise DeclarationError(f"{file}: there is no such file; restore it from git.{there}{hint}") from None
    if len(raw) > LONGEST:
        raise DeclarationError(f"{file}: {len(raw)} bytes is too long for a declaration (at most {LONGEST})")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DeclarationError(
            f"{file}, line {line}: byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        ) from None


def _bare(tree: Tree) -> object:
    if isinstance(tree, Leaf):
        return " ".join(tree.text.split())
    if isinstance(tree, Items):
        return [_bare(value) for value in tree.values]
    return {key: _bare(value) for key, value in tree.values.items()}


class _Builder:
    """Turns YAML's events into a tree, keeping what is refused as problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[str] = []

    def build(self, events: Iterator[Any]) -> Tree | None:
        """The tree of the only document in a file, or None when there is none."""
        tree, documents = None, 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if (documents := documents + 1) > 1:
                    self._tell(event, "a second document starts here; one file is one declaration")
            elif isinstance(event, yaml.NodeEvent):
                found = self._tree(event, events, 0)
                tree = found if tree is None else tree
        return tree

    def _tell(self, event: Any, message: str) -> None:
        self.problems.append(f"{self.file}, line {event.start_mark.line + 1}: {message}")

    def _tree(self, event: Any, events: Iterator[Any], depth: int) -> Tree:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            self._tell(event, f"the alias '*{event.anchor}' is not allowed; write the value out again")
            return Leaf(f"*{event.anchor}", True, line)
        if event.tag is not None:
            self._tell(
                event, f"the tag '{event.tag}' is not allowed; leave it out, the key says what is meant"
            )
        if isinstance(event, yaml.ScalarEvent):
            return Leaf(event.value, not event.style, line)
        if depth >= DEEPEST:
            raise DeclarationError(f"{self.file}, line {line}: nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(events, line, depth + 1)
        return self._keys(events, line, depth + 1)

    def _items(self, events: Iterator[Any], line: int, depth: int) -> Items:
        values: list[Tree] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            values.append(self._tree(event, events, depth))
        return Items(tuple(values), line)

    def _keys(self, events: Iterator[Any], line: int, depth: int) -> Keys:
        values: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._tree(event, events, depth)
            value = self._tree(next(events), events, depth)
            if not isinstance(key, Leaf):
                self._tell(event, "a key must be one word, not a list or further keys")
            elif key.text in values:
                first = lines[key.text]
                self._tell(event, f"key '{key.text}' is given twice (first on line {first}); keep one")
            else:
                values[key.text], lines[key.text] = value, key.line
        return Keys(values, lines, line)
