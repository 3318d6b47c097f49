"""Small parts of sentences: an interval, a list, a capital."""

from __future__ import annotations

from onroll.presentation.facts import Fact
from onroll.presentation.model import Text, text

MANIFOLD = 5.0
"""A rise to so many times or more is told as a multiple, not in percent."""


def between(fact: Fact, style: str) -> Text:
    """The interval of a row: ``1.8 to 2.2``."""
    return text(fact.bind(style, "lower"), " to ", fact.bind(style, "upper"))


def fall_or_rise(fact: Fact) -> Text:
    """The limits of a row of ratios as changes: ``a fall of 55% or a rise of 121%``; a very large rise as a multiple."""
    down = text("a fall of ", fact.bind("fall", "lower"), " or ")
    if fact["upper"] < MANIFOLD:
        return text(*down, "a rise of ", fact.bind("rise", "upper"))
    return text(*down, "a rise to ", fact.bind("fold", "upper"), " times")


def capital(words: str) -> str:
    """The same with a capital, for the head of a sentence."""
    return f"{words[0].upper()}{words[1:]}"


def with_and(listed: str) -> str:
    """``sex, year group`` as ``sex and year group``."""
    head, comma, tail = listed.rpartition(", ")
    return f"{head} and {tail}" if comma else listed
