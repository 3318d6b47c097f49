"""The declarations as one frozen whole, and the questions others ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from onroll.errors import UsageError, did_you_mean, one_of
from onroll.framework.comparisons import Comparator, RatingRule, RatingTerms
from onroll.framework.indicators import Indicator
from onroll.framework.known_truth import KnownTruth
from onroll.framework.known_truth_schools import KnownSchools
from onroll.framework.notebooks import Notebook
from onroll.framework.plan import Plan
from onroll.framework.protection import Disclosure
from onroll.framework.strategy import FocusArea, Objective, Priority, Strategy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Framework:
    """All that is declared, every reference between its files checked.

    ``plan_sha256`` is the fingerprint of the plan's content (comments and layout do not change it);
    ``files`` are the declarations read, as paths from the project's folder.
    """

    strategy: Strategy
    indicators: Mapping[str, Indicator]
    rating_terms: RatingTerms
    rating_rules: Mapping[str, RatingRule]
    comparators: Mapping[str, Comparator]
    disclosure: Disclosure
    plan: Plan
    plan_sha256: str
    known_truth: KnownTruth
    known_schools: KnownSchools
    notebooks: tuple[Notebook, ...]
    files: tuple[str, ...]

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """Every objective, in the strategy's order."""
        return self.strategy.objectives

    @property
    def uncovered_focus_areas(self) -> tuple[FocusArea, ...]:
        """The focus areas that no objective of the strategy carries."""
        return tuple(area for area in self.strategy.focus_areas if not area.objectives)

    def objective(self, objective_id: str) -> Objective:
        """The objective of that id.

        Raises
        ------
        UsageError
            If the strategy has none of that id; the message lists those it has.
        """
        return _find("objective", objective_id, {known.id: known for known in self.objectives})

    def priority(self, number: int) -> Priority:
        """The priority of that number, from 1."""
        return _find(
            "priority", str(number), {str(known.number): known for known in self.strategy.priorities}
        )

    def focus_area(self, area_id: str) -> FocusArea:
        """The focus area of that id."""
        return _find("focus area", area_id, {known.id: known for known in self.strategy.focus_areas})

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator of that id."""
        return _find("indicator", indicator_id, self.indicators)

    def comparator(self, comparator_id: str) -> Comparator:
        """The comparator of that id."""
        return _find("comparator", comparator_id, self.comparators)

    def notebook(self, notebook_id: str) -> Notebook:
        """The notebook of that id."""
        return _find("notebook", notebook_id, {known.id: known for known in self.notebooks})

    def indicators_of(self, which: str) -> tuple[Indicator, ...]:
        """The indicators of an objective (P4.7) or of a focus area (F4); none is an answer too.

        Raises
        ------
        UsageError
            If the strategy has no such objective or focus area.
        """
        asked = self.focus_area(which).id if which.startswith("F") else self.objective(which).id
        every = self.indicators.values()
        return tuple(each for each in every if asked in each.objectives or asked in each.focus_areas)


def _find(what: str, asked: str, known: Mapping[str, T]) -> T:
    if asked not in known:
        hint = did_you_mean(asked, known)
        raise UsageError(f"{what} '{asked}' is not declared; declared are {one_of(known)}.{hint}")
    return known[asked]
