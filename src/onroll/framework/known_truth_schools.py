"""What the comparison of schools gave where the truth was known: a study that its words must answer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from onroll.framework.rules import Name, OneOf, WrongKeyError
from onroll.vocabulary import PHASES

NEAR, ENOUGH = 0.02, 100
"""How far the share of intervals that hold the truth may lie from their confidence, and intervals for a word on it."""
SIZE_UNSURE = "its size is less sure than the interval says"
"""What is added to a change that may stand where intervals are too narrow if schools signed because of how they stood."""

STEADIER, LESS_STEADY = (
    "schools are steadier from year to year than those of the study",
    "schools are less steady from year to year than those of the study",
)
"""How schools of an authority compare with the made ones of the study."""


@dataclass(frozen=True, slots=True)
class SchoolTruth:
    """One scenario for schools of one phase.

    Attributes
    ----------
    scenario, phase : str
    ratio : float
        The true ratio of rates at schools that the Charter reaches; 1 where it does nothing.
    change : float
        The mean true change of schools that signed, in pupils suspended for every 100.
    runs : int
        Made authorities.
    stands_out, claimed : float
        Share of runs whose change stood out, and of those that a page would leave standing.
    differed : float
        Share of runs in which schools that signed were found to have differed before.
    judged : int
        Runs in which they were not.
    coverage : float
        Share of these whose interval held the true change.
    wrong : float
        Share of runs that claimed a change where there was none, or one in the wrong direction.
    said_to_differ : float, optional
        Share of runs whose page would say that it went otherwise at some schools than at others; None where not tried.
    """

    scenario: Name
    phase: Annotated[str, OneOf(PHASES)]
    ratio: float
    change: float
    runs: int
    stands_out: float
    claimed: float
    differed: float
    judged: int
    coverage: float
    wrong: float
    said_to_differ: float | None = None

    def __post_init__(self) -> None:
        for key in ("stands_out", "claimed", "differed", "coverage", "wrong"):
            if not 0 <= getattr(self, key) <= 1:
                raise WrongKeyError(key, f"is {getattr(self, key):g}; a share lies between 0 and 1")
        if self.said_to_differ is not None and not 0 <= self.said_to_differ <= 1:
            raise WrongKeyError("said_to_differ", f"is {self.said_to_differ:g}; a share lies between 0 and 1")
        if self.runs < 1 or self.ratio <= 0:
            raise WrongKeyError("runs", "must be 1 or more, and ratio above 0")


@dataclass(frozen=True, slots=True)
class KnownSchools:
    """The study: with what confidence it was made, what each scenario is, and its results.

    Attributes
    ----------
    confidence : float
    seed : int
    scenarios : mapping
        Each scenario in words.
    results : tuple of SchoolTruth
    note : str
    by_standing : tuple of str
        Scenarios in which schools sign because of how they stand, so that dates are not as good as dealt out.
    strays : mapping
        How far made schools of a phase stray from their own usual from year to year beyond chance, as a share of it.
    differing : tuple of str
        Scenarios in which the change is not the same share of each school's rate, so that schools do differ.
    """

    confidence: float
    seed: int
    scenarios: Mapping[Name, str]
    results: tuple[SchoolTruth, ...]
    note: str = ""
    by_standing: tuple[Name, ...] = ()
    strays: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    differing: tuple[Name, ...] = ()

    def of(self, phase: str) -> tuple[SchoolTruth, ...]:
        """The results for one phase."""
        return tuple(one for one in self.results if one.phase == phase)

    def too_narrow(self, phase: str) -> tuple[SchoolTruth, ...]:
        """Scenarios whose intervals hold the truth more seldom than they promise, of those with enough of them."""
        return tuple(one for one in self._judged(phase) if one.coverage < self.confidence - NEAR)

    def too_wide(self, phase: str) -> tuple[SchoolTruth, ...]:
        """Those whose intervals hold it more often."""
        return tuple(one for one in self._judged(phase) if one.coverage > self.confidence + NEAR)

    def _judged(self, phase: str) -> tuple[SchoolTruth, ...]:
        return tuple(one for one in self.of(phase) if one.judged >= ENOUGH)
