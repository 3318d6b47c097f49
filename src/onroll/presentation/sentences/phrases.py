"""Small parts of sentences: an interval, a list, a capital."""

from __future__ import annotations

from onroll.presentation.facts import Fact
from onroll.presentation.model import Text, text


def between(fact: Fact, style: str) -> Text:
    """The interval of a row: ``1.8 to 2.2``."""
    return text(fact.bind(style, "lower"), " to ", fact.bind(style, "upper"))


def capital(words: str) -> str:
    """The same with a capital, for the head of a sentence."""
    return f"{words[0].upper()}{words[1:]}"


def with_and(listed: str) -> str:
    """``sex, year group`` as ``sex and year group``."""
    head, comma, tail = listed.rpartition(", ")
    return f"{head} and {tail}" if comma else listed
