"""Comparators (who else, or which years before) and the rules that turn evidence into a rating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from onroll.framework.rules import Form, Name, OneOf, WrongKeyError, Year
from onroll.vocabulary import COMPARATOR_KINDS

RuleCode = Annotated[str, Form(r"[A-Z][A-Z0-9]*", "a code in capitals, such as COV24")]
STATUSES = ("to be confirmed by the Board", "confirmed by the Board")


@dataclass(frozen=True, slots=True)
class Comparator:
    """Who or what the authority is compared with.

    ``model`` is the year of a neighbours model; ``first`` and ``last`` bound the authority's own years.
    """

    id: Name
    kind: Annotated[str, OneOf(COMPARATOR_KINDS)]
    label: str
    model: Annotated[str, Form(r"20\d\d", "the year of the model, such as 2021")] | None = None
    first: Year | None = None
    last: Year | None = None
    note: str = ""

    def __post_init__(self) -> None:
        self._belongs("model", "neighbours", self.model)
        self._belongs("first", "own_years", self.first)
        self._belongs("last", "own_years", self.last)
        if self.first and self.last and self.first > self.last:
            raise WrongKeyError(
                "first", f"is {self.first}, after last, which is {self.last}; put them in order"
            )

    def _belongs(self, key: str, kind: str, value: str | None) -> None:
        if self.kind == kind and value is None:
            raise WrongKeyError(key, f"is missing; a comparator of kind {kind} needs it")
        if self.kind != kind and value is not None:
            raise WrongKeyError(
                key, f"is '{value}', but only a comparator of kind {kind} has one; leave it out"
            )


@dataclass(frozen=True, slots=True)
class ComparatorFile:
    """The file of comparators."""

    comparators: tuple[Comparator, ...]


@dataclass(frozen=True, slots=True)
class RatingRule:
    """When evidence is green, amber, red, or not rated, in words; the numbers are in ``thresholds``.

    ``is_rated`` is false where only the figure is shown.
    """

    code: RuleCode
    label: str
    applies_to: str
    green: str = ""
    amber: str = ""
    red: str = ""
    not_rated: str = ""
    is_rated: bool = True
    thresholds: Mapping[Name, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for key in ("green", "amber", "red"):
            if self.is_rated and not getattr(self, key):
                raise WrongKeyError(key, "is missing; a rule that rates says when each colour is given")


@dataclass(frozen=True, slots=True)
class RatingTerms:
    """The rules and what holds for all of them.

    ``could_be`` is the wording when an interval crosses a threshold, with {rating} and {other} to fill in.
    """

    status: Annotated[str, OneOf(STATUSES)]
    could_be: str
    never_alone: str
    fewest_pupil_or_parent_replies: int
    fewest_staff_replies: int
    rules: tuple[RatingRule, ...]
