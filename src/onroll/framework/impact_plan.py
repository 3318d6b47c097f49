"""The part of the analysis plan on impact: the primary design, the choices of the multiverse, what words must earn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Annotated

from onroll.framework.rules import OneOf, WrongKeyError, Year
from onroll.vocabulary import MEASURES, PHASES
from onroll.vocabulary.impact import (
    CHECKS,
    CHOICE_COMPARATORS,
    CHOICE_DESIGNS,
    CHOICE_REGIMES,
    CHOICE_WINDOWS,
    PANEL,
)

Outcome = Annotated[str, OneOf(tuple(MEASURES))]
Phase = Annotated[str, OneOf(PHASES)]


@dataclass(frozen=True, slots=True)
class Choices:
    """What could as well have been chosen; every combination is computed. The first of each is the plan's own choice."""

    designs: tuple[Annotated[str, OneOf(tuple(CHOICE_DESIGNS))], ...]
    comparators: tuple[Annotated[str, OneOf(tuple(CHOICE_COMPARATORS))], ...]
    first_years: tuple[Year, ...]
    pandemic: tuple[Annotated[str, OneOf(tuple(CHOICE_REGIMES))], ...]
    after: tuple[Annotated[str, OneOf(tuple(CHOICE_WINDOWS))], ...]
    phases: tuple[Phase, ...]

    def __post_init__(self) -> None:
        for key in ("designs", "comparators", "first_years", "pandemic", "after", "phases"):
            given = getattr(self, key)
            if not given or len(set(given)) < len(given):
                raise WrongKeyError(key, "needs at least one choice, each once")


@dataclass(frozen=True, slots=True)
class ImpactPlan:
    """How impact is estimated and what a page may say of it.

    Attributes
    ----------
    primary : str
        The design whose estimate is the answer.
    outcomes, phases : tuple of str
        Each is estimated; the first phase is the one that is judged, over all outcomes together.
    multiplicity : str
        How allowance is made for the outcomes, which are one family: ``holm`` keeps even one false alarm among them
        unlikely. The thresholds of what stands out follow from its first step, so no other way is allowed.
    recent : int
        Authorities are compared with those that stood as high in so many years before the strategy.
    checks : tuple of str
        What has to be passed before a page may speak of an impact.
    false_alarms : float
        A design that was wrong more often than this in simulation may carry no verdict.
    coverage : tuple of float
        Least and largest coverage in simulation of an interval that may carry a verdict.
    as_high_share : float
        At most this share of the authorities that stood as high may have changed as far.
    agreement : float
        At least this share of choices must point the same way.
    choices : Choices
        The multiverse.
    """

    primary: Annotated[str, OneOf((PANEL,))]
    outcomes: tuple[Outcome, ...]
    phases: tuple[Phase, ...]
    multiplicity: Annotated[str, OneOf(("holm",))]
    recent: int
    checks: tuple[Annotated[str, OneOf(tuple(CHECKS))], ...]
    false_alarms: float
    coverage: tuple[float, ...]
    as_high_share: float
    agreement: float
    choices: Choices
    note: str = ""

    @property
    def fingerprint(self) -> str:
        """Of everything that a simulation of the designs rests on; the note is not part of it."""
        return hashlib.sha256(repr(replace(self, note="")).encode()).hexdigest()[:16]

    def together(self, confidence: float) -> float:
        """The level at which an outcome stands out whatever the others show: Holm's first step over all of them."""
        return 1.0 - (1.0 - confidence) / len(self.outcomes)

    def __post_init__(self) -> None:
        if self.recent < 0:
            raise WrongKeyError("recent", f"is {self.recent}; give a whole number of years, 0 or more")
        for key in ("false_alarms", "as_high_share", "agreement"):
            if not 0 < getattr(self, key) < 1:
                raise WrongKeyError(key, f"is {getattr(self, key):g}; it must lie between 0 and 1")
        if len(self.coverage) != 2 or not 0 < self.coverage[0] < self.coverage[1] <= 1:
            raise WrongKeyError("coverage", "needs the least and the largest, such as [0.93, 0.97]")
        if not self.outcomes or not self.phases:
            raise WrongKeyError("outcomes", "and phases need at least one each")
