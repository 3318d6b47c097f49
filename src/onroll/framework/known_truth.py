"""What the designs gave where the truth was known: results of the simulation study that a verdict must answer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from onroll.framework.rules import Name, OneOf, WrongKeyError
from onroll.vocabulary import MEASURES
from onroll.vocabulary.impact import CHOICE_DESIGNS


@dataclass(frozen=True, slots=True)
class Truth:
    """One scenario for one outcome.

    Attributes
    ----------
    scenario, outcome : str
    ratio : float
        The true ratio of rates; 1 where nothing was done.
    runs : int
        Authorities simulated.
    stands_out : float
        Share of runs in which the change stood out by itself: false alarms where the ratio is 1, else power.
    coverage : float
        Share of runs whose interval held the true ratio.
    supported, unsure : float
        Share of runs whose verdict was evidence of an impact, and a change with open checks.
    wrong : float
        Share of runs whose verdict claimed an impact where there was none, or one in the wrong direction.
    """

    scenario: Name
    outcome: Annotated[str, OneOf(tuple(MEASURES))]
    ratio: float
    runs: int
    stands_out: float
    coverage: float
    supported: float
    unsure: float
    wrong: float

    def __post_init__(self) -> None:
        for key in ("stands_out", "coverage", "supported", "unsure", "wrong"):
            if not 0 <= getattr(self, key) <= 1:
                raise WrongKeyError(key, f"is {getattr(self, key):g}; a share lies between 0 and 1")
        if self.runs < 1 or self.ratio <= 0:
            raise WrongKeyError("runs", "must be 1 or more, and ratio above 0")


@dataclass(frozen=True, slots=True)
class DesignTruth:
    """One scenario for one design beside the primary: how often a change stood out, and its interval held the truth."""

    scenario: Name
    design: Annotated[str, OneOf(tuple(CHOICE_DESIGNS))]
    outcome: Annotated[str, OneOf(tuple(MEASURES))]
    ratio: float
    runs: int
    stands_out: float
    coverage: float

    def __post_init__(self) -> None:
        for key in ("stands_out", "coverage"):
            if not 0 <= getattr(self, key) <= 1:
                raise WrongKeyError(key, f"is {getattr(self, key):g}; a share lies between 0 and 1")
        if self.runs < 1 or self.ratio <= 0:
            raise WrongKeyError("runs", "must be 1 or more, and ratio above 0")


@dataclass(frozen=True, slots=True)
class KnownTruth:
    """The study: which plan and choices it was made with, what each scenario is, and its results, of other designs too."""

    plan: str
    seed: int
    scenarios: Mapping[Name, str]
    results: tuple[Truth, ...]
    designs: tuple[DesignTruth, ...] = ()
    choices: Mapping[Name, str] = field(default_factory=lambda: MappingProxyType({}))
    note: str = ""

    def is_about(self, plan: str, choices: Mapping[str, str]) -> bool:
        """Whether the study was made with this plan, by its fingerprint, and these choices; else it says nothing."""
        return self.plan == plan and dict(self.choices) == dict(choices)

    def of(self, outcome: str) -> tuple[Truth, ...]:
        """The results for one outcome."""
        return tuple(one for one in self.results if one.outcome == outcome)

    def of_design(self, design: str) -> tuple[DesignTruth, ...]:
        """The results of one design beside the primary, over all scenarios that were tried with it."""
        return tuple(one for one in self.designs if one.design == design)
