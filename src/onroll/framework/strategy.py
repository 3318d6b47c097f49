"""The strategy: the authority, its board, what it believes, its priorities and objectives, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from onroll.framework.rules import FocusAreaId, Form, Name, ObjectiveId, OneOf, WrongKeyError, Year

DIRECTIONS = ("up", "down")


@dataclass(frozen=True, slots=True)
class Authority:
    """The local authority as the Department for Education names and codes it."""

    name: str
    old_la_code: Annotated[str, Form(r"\d{3}", "three digits, such as 821")]
    new_la_code: Annotated[str, Form(r"E\d{8}", "E and eight digits, such as E06000032")]
    region: str


@dataclass(frozen=True, slots=True)
class Body:
    """The board, or a service, and the letters it goes by."""

    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """Where the quoted words come from, and on what terms they are quoted."""

    document: str
    publisher: str
    year: int
    terms: str


@dataclass(frozen=True, slots=True)
class Regime:
    """Years under other conditions, such as a pandemic."""

    id: Name
    label: str
    years: tuple[Year, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class FocusArea:
    """One of the areas the strategy says it will focus on, and the objectives that carry it.

    Where no objective does, ``objectives`` is empty and ``indicators`` names those that measure it.
    """

    id: FocusAreaId
    label: str
    text: str
    objectives: tuple[ObjectiveId, ...]
    indicators: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """One bullet of the strategy: ``text`` is quoted, ``label`` is ours and short enough for a table.

    ``rating`` names rules in rating_rules.yaml, ``analyses`` methods in analysis_plan.yaml; ``direction`` is
    where the strategy wants its measure to go.
    """

    id: ObjectiveId
    label: str
    text: str
    rating: tuple[str, ...]
    unit: str
    direction: Annotated[str, OneOf(DIRECTIONS)]
    sources: tuple[str, ...]
    analyses: tuple[str, ...]

    @property
    def priority(self) -> int:
        """The number of the priority it belongs to."""
        return int(self.id[1:].partition(".")[0])

    @property
    def is_for_all_schools(self) -> bool:
        """Whether it asks something of every school, so that one source alone cannot show it."""
        return self.text.startswith(("All schools", "All school "))


@dataclass(frozen=True, slots=True)
class Priority:
    """One of the strategy's priorities, quoted, with its objectives in the strategy's order."""

    number: int
    name: str
    text: str
    objectives: tuple[Objective, ...]

    def __post_init__(self) -> None:
        for at, objective in enumerate(self.objectives, start=1):
            expected = f"P{self.number}.{at}"
            if objective.id != expected:
                raise WrongKeyError(
                    "objectives", f"has '{objective.id}' where '{expected}' comes next; keep their order"
                )


@dataclass(frozen=True, slots=True)
class Strategy:
    """The whole strategy. ``launch`` is the first academic year in force, ``launch_note`` says why."""

    authority: Authority
    title: str
    year: int
    launch: Year
    launch_note: str
    board: Body
    services: tuple[Body, ...]
    source: Quotation
    vision: str
    mission: str
    beliefs: tuple[str, ...]
    focus_areas: tuple[FocusArea, ...]
    priorities: tuple[Priority, ...]
    regimes: tuple[Regime, ...] = ()

    def __post_init__(self) -> None:
        numbers = [priority.number for priority in self.priorities]
        if numbers != list(range(1, len(numbers) + 1)):
            found = ", ".join(map(str, numbers))
            raise WrongKeyError(
                "priorities", f"are numbered {found or 'not at all'}; number them 1, 2, 3 in order"
            )
        areas = [area.id for area in self.focus_areas]
        if areas != [f"F{at}" for at in range(1, len(areas) + 1)]:
            raise WrongKeyError("focus_areas", f"have the ids {', '.join(areas)}; use F1, F2, F3 in order")

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """Every objective, in the strategy's order."""
        return tuple(objective for priority in self.priorities for objective in priority.objectives)

    def regime(self, regime: str) -> Regime:
        """The regime of that id; raises KeyError when none is declared."""
        return {known.id: known for known in self.regimes}[regime]
