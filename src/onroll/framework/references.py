"""References: whether what one declaration names is declared by another. Each check yields problems."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from onroll.errors import did_you_mean, one_of
from onroll.framework.comparisons import ComparatorFile, RatingTerms
from onroll.framework.files import Document, Where, show
from onroll.framework.indicators import NO_RATING, Indicator, IndicatorFile
from onroll.framework.notebooks import NotebookFile, circle
from onroll.framework.plan import Plan
from onroll.framework.strategy import Strategy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a file declares, with the document that knows its lines."""

    it: T
    document: Document

    def unknown(self, path: Where, named: str, known: Collection[str], what: str) -> Iterator[str]:
        """A problem when the name at a path is not among those known."""
        if named not in known:
            hint = did_you_mean(named, known)
            message = f"names {what} '{named}', which is not declared; declared are {one_of(known)}.{hint}"
            yield self.problem(path, message)

    def problem(self, path: Where, message: str) -> str:
        """A problem at a path of this file."""
        return self.document.problem(path, f"key '{show(path)}' {message}")


@dataclass(frozen=True, slots=True)
class Declarations:
    """Every file read, before the references between them are checked."""

    strategy: Read[Strategy]
    indicators: tuple[Read[IndicatorFile], ...]
    ratings: Read[RatingTerms]
    comparators: Read[ComparatorFile]
    plan: Read[Plan]
    notebooks: Read[NotebookFile]

    @property
    def each_indicator(self) -> Iterator[tuple[Read[IndicatorFile], Where, Indicator]]:
        """Every indicator with its file and its place there."""
        for file in self.indicators:
            for at, indicator in enumerate(file.it.indicators):
                yield file, ("indicators", at), indicator

    @property
    def rules(self) -> list[str]:
        """The codes of the rating rules."""
        return [rule.code for rule in self.ratings.it.rules]

    @property
    def comparator_ids(self) -> list[str]:
        """The ids of the comparators."""
        return [comparator.id for comparator in self.comparators.it.comparators]


def problems(all_: Declarations) -> Iterator[str]:
    """Everything that is wrong between the files."""
    yield from _strategy(all_)
    yield from _focus_areas(all_)
    yield from _indicators(all_)
    yield from _plan(all_)
    yield from _agreement(all_)
    yield from _notebooks(all_)


def _strategy(all_: Declarations) -> Iterator[str]:
    file = all_.strategy
    analyses = [analysis.code for analysis in all_.plan.it.analyses]
    for p, priority in enumerate(file.it.priorities):
        for o, objective in enumerate(priority.objectives):
            here: Where = ("priorities", p, "objectives", o)
            for at, code in enumerate(objective.rating):
                yield from file.unknown((*here, "rating", at), code, all_.rules, "rating rule")
            for at, code in enumerate(objective.analyses):
                yield from file.unknown((*here, "analyses", at), code, analyses, "analysis")


def _focus_areas(all_: Declarations) -> Iterator[str]:
    file = all_.strategy
    objectives = [objective.id for objective in file.it.objectives]
    naming = {indicator.id: indicator.focus_areas for _, _, indicator in all_.each_indicator}
    for a, area in enumerate(file.it.focus_areas):
        for at, objective in enumerate(area.objectives):
            here: Where = ("focus_areas", a, "objectives", at)
            yield from file.unknown(here, objective, objectives, "objective")
        for at, indicator in enumerate(area.indicators):
            here = ("focus_areas", a, "indicators", at)
            yield from file.unknown(here, indicator, naming, "indicator")
            if area.id not in naming.get(indicator, (area.id,)):
                yield file.problem(here, f"names '{indicator}', which does not name {area.id}; add it there")


def _indicators(all_: Declarations) -> Iterator[str]:
    objectives = [objective.id for objective in all_.strategy.it.objectives]
    areas = {area.id: area.indicators for area in all_.strategy.it.focus_areas}
    first: dict[str, str] = {}
    for file, here, indicator in all_.each_indicator:
        if indicator.id in first:
            yield file.problem((*here, "id"), f"repeats '{indicator.id}', first in {first[indicator.id]}")
        first.setdefault(indicator.id, file.document.file)
        for at, objective in enumerate(indicator.objectives):
            yield from file.unknown((*here, "objectives", at), objective, objectives, "objective")
        for at, area in enumerate(indicator.focus_areas):
            yield from file.unknown((*here, "focus_areas", at), area, areas, "focus area")
            if indicator.id not in areas.get(area, (indicator.id,)):
                strategy = all_.strategy.document.file
                message = f"names {area}, which does not list '{indicator.id}'; add it in {strategy}"
                yield file.problem((*here, "focus_areas", at), message)
        for at, comparator in enumerate(indicator.comparators):
            yield from file.unknown((*here, "comparators", at), comparator, all_.comparator_ids, "comparator")
        for at, item in enumerate(indicator.items):
            if item.startswith("P") and "-" in item:
                objective = item.partition("-")[0]
                yield from file.unknown((*here, "items", at), objective, objectives, "an item of objective")
        if indicator.rating != NO_RATING:
            allowed = [*all_.rules, NO_RATING]
            yield from file.unknown((*here, "rating"), indicator.rating, allowed, "rating rule")


def _plan(all_: Declarations) -> Iterator[str]:
    file, plan = all_.plan, all_.plan.it
    yield from file.unknown(("comparator",), plan.comparator, all_.comparator_ids, "comparator")
    yield from file.unknown(("baseline",), plan.baseline, all_.comparator_ids, "comparator")
    for at, design in enumerate(plan.designs):
        here: Where = ("designs", at, "comparator")
        yield from file.unknown(here, design.comparator, all_.comparator_ids, "comparator")
    regimes = [regime.id for regime in all_.strategy.it.regimes]
    for at, rule in enumerate(plan.regimes):
        yield from file.unknown(("regimes", at, "regime"), rule.regime, regimes, "regime")


def _agreement(all_: Declarations) -> Iterator[str]:
    """Years that are written in two files are the same in both."""
    file, plan = all_.plan, all_.plan.it
    launch = all_.strategy.it.launch
    for at, design in enumerate(plan.designs):
        if design.post_first != launch:
            strategy = all_.strategy.document.file
            message = f"is {design.post_first}, but the launch in {strategy} is {launch}; make them agree"
            yield file.problem(("designs", at, "post_first"), message)
    baseline = {known.id: known for known in all_.comparators.it.comparators}.get(plan.baseline)
    for end in ("first", "last"):
        choice = plan.choices.get(f"baseline_{end}")
        expected = getattr(baseline, end, None)
        if choice and expected and choice.default != expected:
            comparators = all_.comparators.document.file
            message = (
                f"is {choice.default}, but '{plan.baseline}' in {comparators} has {expected}; make them agree"
            )
            yield file.problem(("choices", f"baseline_{end}", "default"), message)


def _notebooks(all_: Declarations) -> Iterator[str]:
    file, notebooks = all_.notebooks, all_.notebooks.it.notebooks
    ids = [notebook.id for notebook in notebooks]
    for n, notebook in enumerate(notebooks):
        for at, need in enumerate(notebook.needs):
            yield from file.unknown(("notebooks", n, "needs", at), need, ids, "notebook")
        for at, choice in enumerate(notebook.choices):
            choices = all_.plan.it.choices
            yield from file.unknown(("notebooks", n, "choices", at), choice, choices, "choice of the plan")
        for own in notebook.parameters:
            if own in file.it.parameters or own in notebook.choices:
                message = "is already a parameter of every notebook, or a choice; give it another name"
                yield file.problem(("notebooks", n, "parameters", own), message)
    if waiting := circle(notebooks):
        chain = " needs ".join(waiting)
        here: Where = ("notebooks", ids.index(waiting[0]), "needs")
        yield file.problem(here, f"makes notebooks wait for one another: {chain}; take one of them out")
