"""Indicators: what is counted for an objective, over what, for whom, against whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from onroll.errors import one_of
from onroll.framework.rules import FocusAreaId, Form, Name, ObjectiveId, OneOf, WrongKeyError
from onroll.vocabulary import (
    BREAKDOWNS,
    INDICATOR_KINDS,
    POLARITIES,
    PUBLISHED_BASE,
    PUBLISHED_COUNTS,
    TABLES,
)

NO_RATING = "none"
PER = (1, 100, 1000)
# Who answers an item, by the letters of its id. Officers (A) keep the authority's records (D): one source.
RESPONDENTS = MappingProxyType(
    {
        "L": "school and setting leads", "W": "staff", "G": "governors", "TL": "transitions leads",
        "F": "further education leads", "T": "teacher training providers", "A": "records", "D": "records",
        "X": "panel chairs", "C": "parents and carers", "Y": "young people", "K": "children",
        "R": "policy raters", "V": "visitors and second readers",
    }
)  # fmt: skip
# The same for items that belong to no objective: WF3 is staff on focus area F3, PX16 a survey of families.
OTHER_INSTRUMENTS = MappingProxyType(
    {
        "LF": "L", "WF": "W", "CF": "C", "YF": "Y", "DF": "D", "PX": "C", "YX": "Y", "KX": "K", "RP": "R",
    }
)  # fmt: skip
ITEM = rf"P\d+\.\d+-({'|'.join(RESPONDENTS)})\d+|({'|'.join(OTHER_INSTRUMENTS)})\d+[a-z]?"
ItemId = Annotated[str, Form(ITEM, "the id of an item, such as P4.7-W1 or PX16")]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing an objective, or a focus area without objectives, is judged by.

    ``kind`` chooses the statistic; ``numerator`` and ``denominator`` say in words what is counted over what
    (for the published table they are its column names); ``per`` is the number on which a rate speaks.
    ``items`` are the questions and records it is made from, ``rating`` the rule that colours it, or none.
    """

    id: Name
    label: str
    kind: Annotated[str, OneOf(INDICATOR_KINDS)]
    table: Annotated[str, OneOf(TABLES)]
    numerator: str
    per: int
    polarity: Annotated[str, OneOf(POLARITIES)]
    objectives: tuple[ObjectiveId, ...] = ()
    focus_areas: tuple[FocusAreaId, ...] = ()
    denominator: str | None = None
    breakdowns: tuple[Annotated[str, OneOf(BREAKDOWNS)], ...] = ()
    comparators: tuple[str, ...] = ()
    rating: str = NO_RATING
    items: tuple[ItemId, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.objectives or self.focus_areas):
            raise WrongKeyError(
                "objectives", "names nothing; give an objective or, under focus_areas, a focus area"
            )
        if self.per not in PER:
            raise WrongKeyError("per", f"is {self.per}; allowed are {one_of(PER)}")
        if self.kind == "count":
            if self.denominator is not None or self.per != 1:
                raise WrongKeyError(
                    "kind", "is 'count', which is over nothing; drop the denominator and write per: 1"
                )
        elif self.denominator is None:
            raise WrongKeyError("denominator", f"is missing; a {self.kind} says over what it is taken")
        if self.table == "published":
            self._check_published()

    @property
    def objective(self) -> str:
        """The objective that its rows of evidence name, the first of several; empty for a focus area's."""
        return self.objectives[0] if self.objectives else ""

    def _check_published(self) -> None:
        if self.numerator not in PUBLISHED_COUNTS:
            allowed = one_of(PUBLISHED_COUNTS)
            raise WrongKeyError(
                "numerator", f"is '{self.numerator}'; of the published table allowed are {allowed}"
            )
        if self.denominator != PUBLISHED_BASE:
            raise WrongKeyError(
                "denominator", f"is '{self.denominator}'; the published table has {PUBLISHED_BASE}"
            )

    @property
    def sources(self) -> tuple[str, ...]:
        """Who or what it rests on, each once: published figures, the respondents of its items, or records."""
        if self.table == "published":
            return ("published figures",)
        found = [re.fullmatch(ITEM, item) for item in self.items]
        letters = [match[1] or OTHER_INSTRUMENTS[match[2]] for match in found if match]
        named = tuple(dict.fromkeys(RESPONDENTS[letter] for letter in letters))
        return named or ("records",)


@dataclass(frozen=True, slots=True)
class IndicatorFile:
    """One file of indicators; ``id`` is the file's name without its ending."""

    id: Name
    about: str
    indicators: tuple[Indicator, ...]
