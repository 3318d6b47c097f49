"""What the comparison of schools gave where the truth was known: a study that its words must answer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from onroll.framework.rules import Name, OneOf, WrongKeyError
from onroll.vocabulary import PHASES


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

    def __post_init__(self) -> None:
        for key in ("stands_out", "claimed", "differed", "coverage", "wrong"):
            if not 0 <= getattr(self, key) <= 1:
                raise WrongKeyError(key, f"is {getattr(self, key):g}; a share lies between 0 and 1")
        if self.runs < 1 or self.ratio <= 0:
            raise WrongKeyError("runs", "must be 1 or more, and ratio above 0")


@dataclass(frozen=True, slots=True)
class KnownSchools:
    """The study: with what confidence it was made, what each scenario is, and its results."""

    confidence: float
    seed: int
    scenarios: Mapping[Name, str]
    results: tuple[SchoolTruth, ...]
    note: str = ""

    def of(self, phase: str) -> tuple[SchoolTruth, ...]:
        """The results for one phase."""
        return tuple(one for one in self.results if one.phase == phase)
