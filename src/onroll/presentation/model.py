"""The document model: a title and blocks. HTML is made of it now; PDF and DOCX will be made of the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from onroll.presentation.facts import Bound

Inline = str | Bound
Text = tuple[Inline, ...]


def text(*parts: Inline) -> Text:
    """A run of words and bound numbers."""
    return tuple(parts)


def plain(parts: Text) -> str:
    """The same as it is read."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 to 4; level 1 is the document's title. ``anchor`` is its id in the page."""

    words: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``role`` is one of ``plain``, ``lead``, ``note``, ``quotation``, ``warning``, ``source``."""

    words: Text
    role: str = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption. The first cell of each row heads the row; ``columns`` head the columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    source: str = ""
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: its finding as a title, its alternative text, the drawing, and its numbers as a table.

    A tall one, with many lines of text, is printed larger.
    """

    id: str
    title: str
    unit: str
    alt: str
    svg: bytes
    numbers: Table
    source: str
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating in words; the colour only repeats the word."""

    word: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another file of the run, with what is behind it."""

    target: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """A list of links."""

    items: tuple[Link, ...]


Block = Heading | Paragraph | Bullets | Table | Picture | Rating | Links


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. ``foot`` is said at its end: sources, licence, run."""

    id: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    foot: tuple[Text, ...] = ()
    language: str = "en-GB"
    contents: bool = field(default=False)
