"""Parameters: what a run or a notebook may be told, with its type, its default and its bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from onroll.errors import UsageError, did_you_mean, one_of
from onroll.framework.rules import OneOf, WrongKeyError, raw, year

TYPES = ("string", "number", "integer", "year", "boolean", "path")
Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``default`` and ``allowed`` are of its type once read; an empty default is not set."""

    type: Annotated[str, OneOf(TYPES)]
    default: Annotated[Value, raw]
    help: str
    allowed: tuple[Annotated[Value, raw], ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        written, allowed = str(self.default), tuple(str(value) for value in self.allowed)
        object.__setattr__(self, "allowed", tuple(self._typed(value, "allowed") for value in allowed))
        if written:
            object.__setattr__(self, "default", self._checked(self._typed(written, "default"), "default"))

    def parse(self, parameter: str, value: object) -> Value:
        """Read what was given for the parameter of that name, as text or already of its type.

        Raises
        ------
        UsageError
            If it is of another type, not allowed, or out of bounds; the message says what is allowed.
        """
        text = str(value).strip() if not isinstance(value, bool) else str(value).lower()
        if not text and self.default == "":
            return ""
        try:
            return self._checked(self._typed(text, parameter), parameter)
        except WrongKeyError as wrong:
            raise UsageError(f"{parameter} {wrong}") from None

    def _typed(self, text: str, key: str) -> Value:
        number = re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII)
        if self.type == "year":
            try:
                return year(text)
            except ValueError as error:
                raise WrongKeyError(key, str(error)) from None
        if self.type == "number" and number:
            return float(text)
        if self.type == "integer" and number and number[1] is None:
            return int(text)
        if self.type == "boolean" and text in ("true", "false"):
            return text == "true"
        if self.type in ("string", "path"):
            return text
        words = {"number": "a number", "integer": "a whole number", "boolean": "true or false"}[self.type]
        raise WrongKeyError(key, f"is '{text}'; it must be {words}")

    def _checked(self, value: Value, key: str) -> Value:
        if self.allowed and value not in self.allowed:
            hint = did_you_mean(str(value), map(str, self.allowed))
            raise WrongKeyError(key, f"is '{value}'; allowed are {one_of(self.allowed)}.{hint}")
        low, high = self.minimum, self.maximum
        if self.type in ("number", "integer") and not isinstance(value, str):
            if low is not None and value < low:
                raise WrongKeyError(key, f"is {value:g}; it must be at least {low:g}")
            if high is not None and value > high:
                raise WrongKeyError(key, f"is {value:g}; it must be at most {high:g}")
        return value


def choose(known: Mapping[str, Parameter], given: Mapping[str, object]) -> Mapping[str, Value]:
    """Every parameter's value: what was given, else its default. ``x_first`` may not come after ``x_last``.

    Raises
    ------
    UsageError
        If a name is not known, a value is not allowed, or two years are in the wrong order.
    """
    for unknown in [given_name for given_name in given if given_name not in known]:
        hint = did_you_mean(unknown, known)
        raise UsageError(f"there is no choice '{unknown}'; the choices are {one_of(known)}.{hint}")
    values = {
        each: parameter.parse(each, given[each]) if each in given else parameter.default
        for each, parameter in known.items()
    }
    for first in [each for each in values if each.endswith("_first")]:
        last = first.removesuffix("_first") + "_last"
        if str(values[first]) > str(values.get(last, "~")):
            raise UsageError(
                f"{first} is {values[first]}, after {last}, which is {values[last]}; put them in order"
            )
    return MappingProxyType(values)
