"""The document model as one accessible HTML file that needs nothing else: no script, no outside request."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from onroll.presentation.facts import Bound
from onroll.presentation.model import Block, Document, Heading, Text


def page(document: Document) -> str:
    """The whole file."""
    return (
        _environment().get_template("document.html").render(document=document, headings=_headings(document))
    )


def fragment(block: Block) -> str:
    """One block, as a notebook shows it."""
    template = _environment().get_template("blocks.html")
    return str(template.module.block(block))  # type: ignore[attr-defined]


def style() -> str:
    """The project's style sheet."""
    return _read("style.css")


def _headings(document: Document) -> list[Heading]:
    return [block for block in document.blocks if isinstance(block, Heading) and block.anchor]


def _words(words: Text) -> Markup:
    """Words escaped; numbers as ``<data>`` elements that name their cell of ``evidence.csv``."""
    return Markup("").join(_number(part) if isinstance(part, Bound) else escape(part) for part in words)


def _number(number: Bound) -> Markup:
    return Markup('<data value="{}" data-row="{}" data-column="{}" data-style="{}">{}</data>').format(
        repr(number.value), number.row, number.column, number.style, number.text
    )


def _picture(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def _read(name: str) -> str:
    return (files("onroll.presentation") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words=_words, picture=_picture)
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    environment.globals["style"] = Markup(_read("style.css"))
    return environment
