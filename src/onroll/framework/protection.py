"""What may be shown: the disclosure policies, and which of them holds for data of which origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from onroll.framework.rules import Name, OneOf, WrongKeyError
from onroll.vocabulary import ETHNICITY_MAJOR, SEN_PROVISIONS
from onroll.vocabulary.records import ETHNICITY_MAJOR_OF, FSM_GROUPS, SEXES

ORIGINS = ("published", "received", "synthetic")
HIDEABLE = ("count", "rate", "proportion", "ratio", "difference", "share", "total")
ROUNDINGS = ("none", "nearest_5", "nearest_10")
ZEROS = ("shown", "hidden")
PSEUDONYMS = ("rotated_by_year", "kept")
KEPT = (*SEN_PROVISIONS, *FSM_GROUPS, *SEXES, *ETHNICITY_MAJOR, *dict.fromkeys(ETHNICITY_MAJOR_OF))
"""Groups that may be named as hidden last."""


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """One policy. ``minimum_count`` 0 means that nothing is hidden.

    ``hides`` lists what is hidden beside a small count, because the count could be worked out from it.
    ``mark`` is what a reader sees beside a figure released under the policy.
    """

    id: Name
    label: str
    minimum_count: int
    zero: Annotated[str, OneOf(ZEROS)]
    hides: tuple[Annotated[str, OneOf(HIDEABLE)], ...]
    rounding: Annotated[str, OneOf(ROUNDINGS)]
    mark: str
    licence: str = ""
    attribution: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.minimum_count < 0:
            raise WrongKeyError(
                "minimum_count", f"is {self.minimum_count}; it must be 0 (hide nothing) or more"
            )
        if bool(self.minimum_count) != bool(self.hides):
            raise WrongKeyError("hides", "must list what is hidden exactly when minimum_count is above 0")

    @property
    def suppresses(self) -> bool:
        """Whether it hides anything."""
        return self.minimum_count > 0


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The policies, and the policy by which data of each origin are released unless a run says otherwise.

    ``pseudonyms`` says how long the key lasts that turns pupil numbers into pseudonyms: ``rotated_by_year`` makes a
    new one each academic year, ``kept`` uses one for good. ``rests_on`` names, for an indicator of events, the one that
    counts the pupils behind them. ``no_people`` are indicators that count schools, meetings or reports. ``counts_unshown``
    are fitted on the pupils of January: their counts decide what is hidden and are shown nowhere. ``kept``
    are groups that are hidden to protect another group only where no other is left.
    """

    policies: tuple[DisclosurePolicy, ...]
    default_policy: Mapping[Annotated[str, OneOf(ORIGINS)], str]
    pseudonyms: Annotated[str, OneOf(PSEUDONYMS)] = PSEUDONYMS[0]
    rests_on: Mapping[Name, Name] = field(default_factory=dict)
    no_people: tuple[Name, ...] = ()
    counts_unshown: tuple[Name, ...] = ()
    kept: tuple[Annotated[str, OneOf(KEPT)], ...] = ()

    def __post_init__(self) -> None:
        known = [policy.id for policy in self.policies]
        for origin in ORIGINS:
            chosen = self.default_policy.get(origin)
            if chosen not in known:
                found = f"has '{chosen}' for" if chosen else "names no policy for"
                raise WrongKeyError(
                    "default_policy", f"{found} {origin} data; allowed are {', '.join(known)}"
                )

    def policy(self, policy: str) -> DisclosurePolicy:
        """The policy of that id; raises KeyError when none is declared."""
        return {known.id: known for known in self.policies}[policy]

    def for_origin(self, origin: str) -> DisclosurePolicy:
        """The policy for data of one origin: published, received or synthetic."""
        return self.policy(self.default_policy[origin])
