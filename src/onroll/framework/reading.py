"""Reading: a declaration's tree into frozen dataclasses. The dataclass is the contract; nothing is guessed.

A field's type says what may stand there: text, numbers, true or false, ``tuple[X, ...]`` for lists,
``Mapping[K, X]`` for named things, another dataclass for further keys. ``Annotated`` adds the rules of
`onroll.framework.rules`. Numbers stand without quotes; an id or a text may not stand twice in one list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from onroll.errors import DeclarationError, did_you_mean, one_of
from onroll.framework.files import Document, Items, Keys, Leaf, Tree, Where, open_document, show
from onroll.framework.rules import Rule, WrongKeyError, raw, short

T = TypeVar("T")
BROKEN = object()


def read(path: Path, root: Path, kind: type[T]) -> tuple[T, Document]:
    """Read one file into a dataclass; all that is wrong with the file is told at once.

    Raises
    ------
    DeclarationError
        One line a problem: the file, the line, the key, the value, the way out.
    """
    document = open_document(path, root)
    reader = _Reader(document)
    value = reader.value(kind, document.tree, ())
    if reader.problems:
        raise DeclarationError("\n".join(reader.problems))
    return cast(T, value), document


@cache
def _wanted(kind: type) -> dict[str, tuple[str, Any, bool]]:
    """Key -> field, type, required. A field named as one of Python's words ends in _, its key does not."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name.rstrip("_"): (
            field.name,
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems = list(document.problems)

    def tell(self, path: Where, message: str) -> object:
        self.problems.append(self.document.problem(path, message))
        return BROKEN

    def value(self, kind: Any, tree: Tree, path: Where) -> object:
        """Read one value as the kind that its field declares, and note what is wrong with it."""
        rules: tuple[Rule, ...] = ()
        if get_origin(kind) is Annotated:
            kind, *found = get_args(kind)
            rules = tuple(found)
        choices = [choice for choice in get_args(kind) if choice is not NoneType]
        if NoneType in get_args(kind) and len(choices) == 1:
            return self.value(choices[0], tree, path)
        if is_dataclass(kind):
            return self._record(cast(type, kind), tree, path)
        if get_origin(kind) is tuple:
            return self._list(choices[0], tree, path)
        if get_origin(kind) is Mapping:
            return self._named(choices[0], choices[1], tree, path)
        return self._leaf(kind, rules, tree, path)

    def _shape(self, path: Where, wanted: str, tree: Tree) -> object:
        found = {Leaf: "text", Items: "a list", Keys: "further keys"}[type(tree)]
        shown = f" '{short(tree.text)}'" if isinstance(tree, Leaf) else ""
        what = f"key '{show(path)}'" if path else "the file"
        return self.tell(path, f"{what} must be {wanted}, found {found}{shown}")

    def _record(self, kind: type, tree: Tree, path: Where) -> object:
        wanted = _wanted(kind)
        if not isinstance(tree, Keys):
            return self._shape(path, f"keys and values ({one_of(wanted)})", tree)
        before = len(self.problems)
        for key in tree.values:
            if key not in wanted:
                shown, hint = show((*path, key)), did_you_mean(key, wanted)
                self.tell((*path, key), f"unknown key '{shown}'; known keys are {one_of(wanted)}.{hint}")
        values = {}
        for key, (field, its_kind, required) in wanted.items():
            if key in tree.values:
                values[field] = self.value(its_kind, tree.values[key], (*path, key))
            elif required:
                self.tell(path, f"key '{show((*path, key))}' is missing; known keys are {one_of(wanted)}")
        if len(self.problems) > before:
            return BROKEN
        try:
            return kind(**values)
        except WrongKeyError as wrong:
            return self.tell((*path, wrong.key), f"key '{show((*path, wrong.key))}' {wrong}")

    def _list(self, kind: Any, tree: Tree, path: Where) -> object:
        if not isinstance(tree, Items):
            return self._shape(path, "a list", tree)
        values = tuple(self.value(kind, value, (*path, at)) for at, value in enumerate(tree.values))
        first: dict[str, int] = {}
        for at, value in enumerate(values):
            key = next((word for word in ("id", "code") if hasattr(value, word)), None)
            label = getattr(value, key) if key else value
            if isinstance(label, str) and label in first:
                here: Where = (*path, at, key) if key else (*path, at)
                self.tell(
                    here, f"key '{show(here)}' repeats '{label}', first at {show((*path, first[label]))}"
                )
            elif isinstance(label, str):
                first[label] = at
        return values

    def _named(self, key_kind: Any, kind: Any, tree: Tree, path: Where) -> object:
        if not isinstance(tree, Keys):
            return self._shape(path, "names, each with its value", tree)
        values = {}
        for key, value in tree.values.items():
            at = (*path, key)
            if self.value(key_kind, Leaf(key, True, tree.lines[key]), at) is not BROKEN:
                values[key] = self.value(kind, value, at)
        return MappingProxyType(values)

    def _leaf(self, kind: Any, rules: tuple[Rule, ...], tree: Tree, path: Where) -> object:
        if not isinstance(tree, Leaf):
            return self._shape(path, _WORDS.get(kind, "text"), tree)
        if kind in _WORDS:
            found = _plain(kind, tree)
            return self._shape(path, _WORDS[kind], tree) if found is None else found
        text = tree.text if raw in rules else " ".join(tree.text.split())
        if not text and raw not in rules:
            return self.tell(path, f"key '{show(path)}' is empty; give it a value or leave the key out")
        try:
            for rule in rules:
                text = rule(text)
        except ValueError as error:
            return self.tell(path, f"key '{show(path)}' {error}")
        return text


_WORDS: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false"}


def _plain(kind: Any, leaf: Leaf) -> int | float | bool | None:
    if not leaf.plain:
        return None
    if kind is bool:
        return {"true": True, "false": False}.get(leaf.text)
    pattern = r"-?\d{1,15}" if kind is int else r"-?\d{1,15}(\.\d{1,15})?"
    return kind(leaf.text) if re.fullmatch(pattern, leaf.text, re.ASCII) else None
