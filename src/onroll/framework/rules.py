"""Rules: what one value of a declaration must be. Each is a function from the text to the value.

A rule raises `ValueError` with the words that follow the key's name in the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from typing import Annotated

from onroll.errors import UsageError, did_you_mean, one_of
from onroll.vocabulary import time_period

Rule = Callable[[str], str]


class WrongKeyError(ValueError):
    """Raised by a dataclass's own check: the key that is wrong, and the words that follow its name."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def short(text: str) -> str:
    """A value as a message shows it: whole, or its beginning."""
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a closed list."""

    allowed: tuple[str, ...]

    def __call__(self, text: str) -> str:
        """The text, when the list has it."""
        if text not in self.allowed:
            hint = did_you_mean(text, self.allowed)
            raise ValueError(f"is '{short(text)}'; allowed are {one_of(self.allowed)}.{hint}")
        return text


@dataclass(frozen=True, slots=True)
class Form:
    """Text of one form, which ``words`` describe."""

    pattern: str
    words: str

    def __call__(self, text: str) -> str:
        """The text, when it has the form."""
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(f"is '{short(text)}'; it must be {self.words}")
        return text


def raw(text: str) -> str:
    """Keep the text as it is written, empty or not."""
    return text


def name(text: str) -> str:
    """A name that may also stand in Python, in small letters."""
    if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", text) is None:
        raise ValueError(
            f"is '{short(text)}', which is not a name; use small letters, digits and _, such as school_visits"
        )
    if iskeyword(text):
        raise ValueError(
            f"is '{short(text)}', which is a word of Python's own; use another name, such as {text}_by_school"
        )
    return text


def year(text: str) -> str:
    """An academic year, kept as its time period."""
    try:
        return time_period(text)
    except UsageError:
        raise ValueError(f"is '{short(text)}', not an academic year; write 2021/22 as 202122") from None


Name = Annotated[str, name]
Year = Annotated[str, year]
ObjectiveId = Annotated[str, Form(r"P[1-9]\d?\.[1-9]\d?", "the id of an objective, such as P4.7")]
FocusAreaId = Annotated[str, Form(r"F[1-9]\d?", "the id of a focus area, such as F4")]
