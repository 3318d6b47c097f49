"""The analysis plan: what will be estimated, how, and against what, written before the data are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from onroll.errors import one_of
from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.parameters import Parameter, Value, choose
from onroll.framework.rules import Form, Name, OneOf, WrongKeyError, Year
from onroll.vocabulary import ETHNICITY_MAJOR, MEASURES, PHASES, SEN_PROVISIONS
from onroll.vocabulary.records import ETHNICITY_MAJOR_OF, FSM_GROUPS, SEXES

DESIGNS = ("authority_panel", "synthetic_control", "difference_in_differences")
TREATMENTS = ("shown_apart",)
FSM, SEX, YEAR_GROUP = "fsm", "sex", "national_curriculum_year"
GROUPS = {
    "sen_provision": SEN_PROVISIONS, "ethnicity_major": ETHNICITY_MAJOR, "education_phase": PHASES,
    "ethnicity_minor": tuple(ETHNICITY_MAJOR_OF), FSM: FSM_GROUPS, SEX: SEXES,
}  # fmt: skip
COMPARED = ("sen_provision", "ethnicity_major", "ethnicity_minor", FSM, SEX)
ALIKE = ("sen_provision", FSM, SEX, YEAR_GROUP)
OUTERMOST = ("winsorised", "truncated", "kept")
RULES = ("beyond", "shift", "trend")
MULTIPLICITY = ("holm", "benjamini-hochberg")
"""How allowance is made for many groups: against even one false alarm, or for the share of false alarms."""
Outcome = Annotated[str, OneOf(tuple(MEASURES))]


@dataclass(frozen=True, slots=True)
class Design:
    """A comparison strong enough, or not, to speak of the strategy's effect, and the years it uses."""

    id: Annotated[str, OneOf(DESIGNS)]
    label: str
    outcomes: tuple[Outcome, ...]
    pre_first: Year
    pre_last: Year
    post_first: Year
    comparator: str
    note: str = ""

    def __post_init__(self) -> None:
        if not self.pre_first <= self.pre_last < self.post_first:
            years = f"{self.pre_first}, {self.pre_last} and {self.post_first}"
            raise WrongKeyError(
                "pre_first", f"makes {years}; the years before end before the years after begin"
            )


@dataclass(frozen=True, slots=True)
class RegimeRule:
    """How years under other conditions are treated."""

    regime: str
    treatment: Annotated[str, OneOf(TREATMENTS)]
    words: str


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """The group within a breakdown against which the others are compared."""

    breakdown: Annotated[str, OneOf(tuple(GROUPS))]
    group: str
    why: str

    def __post_init__(self) -> None:
        allowed = GROUPS.get(self.breakdown, ())
        if self.group not in allowed:
            raise WrongKeyError(
                "group", f"is '{self.group}'; of {self.breakdown} allowed are {one_of(allowed)}"
            )


@dataclass(frozen=True, slots=True)
class Disproportionality:
    """Which groups of pupils are compared, with whom alike they are made, and the rule that is applied to them.

    ``threshold`` and ``progress`` are decimal numbers as text, so that a ratio at the threshold is not above it.
    ``multiplicity`` names how allowance is made for the groups of a breakdown, which are looked at together;
    ``intersections`` names the breakdowns that are crossed to see combinations of groups, none when empty.
    """

    groups: tuple[Annotated[str, OneOf(COMPARED)], ...]
    alike: tuple[Annotated[str, OneOf(ALIKE)], ...]
    threshold: Annotated[str, Form(r"\d+(\.\d+)?", "a ratio, such as 2 or 1.5")]
    least_events: int
    least_pupils: int
    years: int
    progress: Annotated[str, Form(r"\d+(\.\d+)?", "a fall of the ratio in a year, such as 0.05")]
    multiplicity: Annotated[str, OneOf(MULTIPLICITY)] = "holm"
    intersections: tuple[Annotated[str, OneOf(COMPARED)], ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.intersections) == 1 or len(set(self.intersections)) < len(self.intersections):
            raise WrongKeyError(
                "intersections", "needs two breakdowns or more, each once; leave it out for none"
            )
        for key in ("least_events", "least_pupils", "years"):
            if getattr(self, key) < 1:
                raise WrongKeyError(key, f"is {getattr(self, key)}; give a whole number of 1 or more")
        if float(self.threshold) < 1:
            raise WrongKeyError(
                "threshold", f"is {self.threshold}; a ratio of 1 is no difference: give 1 or more"
            )


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How many false alarms are accepted in one yearly evaluation, by what is watched."""

    schools: float
    terms: float
    published: float

    def __post_init__(self) -> None:
        for key in ("schools", "terms", "published"):
            if not 0 < getattr(self, key) <= 5:
                raise WrongKeyError(
                    key, f"is {getattr(self, key):g}; give false alarms a year, above 0 and 5 at most"
                )

    @property
    def whole(self) -> float:
        """The one budget over all that is watched."""
        return self.schools + self.terms + self.published


@dataclass(frozen=True, slots=True)
class Consistency:
    """How schools are held against one another and terms against the terms before."""

    alike: tuple[Annotated[str, OneOf(ALIKE)], ...]
    least_schools: int
    outermost: Annotated[str, OneOf(OUTERMOST)]
    outermost_share: float
    rules: tuple[Annotated[str, OneOf(RULES)], ...]
    false_alarms: FalseAlarms
    note: str = ""

    def __post_init__(self) -> None:
        if self.least_schools < 3:
            raise WrongKeyError("least_schools", f"is {self.least_schools}; give a whole number of 3 or more")
        if not 0 <= self.outermost_share < 0.5:
            raise WrongKeyError(
                "outermost_share", f"is {self.outermost_share:g}; give a share from 0 to below 0.5"
            )


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number on which a wording turns, and what it decides."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """A method the objectives name by its code."""

    code: Annotated[str, Form(r"A[1-9]\d?", "the code of an analysis, such as A8")]
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan. ``choices`` are what a run may change; each change is a departure the report lists.

    ``scales`` says where the primary design stands on scales of evidence that others use, whatever it finds.
    """

    version: int
    estimand: str
    primary_outcome: Outcome
    secondary_outcomes: tuple[Outcome, ...]
    comparator: str
    baseline: str
    designs: tuple[Design, ...]
    regimes: tuple[RegimeRule, ...]
    reference_groups: tuple[ReferenceGroup, ...]
    disproportionality: Disproportionality
    consistency: Consistency
    impact: ImpactPlan
    confidence: float
    power: float
    wording: Mapping[Name, Threshold]
    choices: Mapping[Name, Parameter]
    analyses: tuple[Analysis, ...]
    scales: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in ("confidence", "power"):
            value = getattr(self, key)
            if not 0 < value < 1:
                raise WrongKeyError(key, f"is {value:g}; it must lie between 0 and 1")

    def design(self, design: str) -> Design:
        """The design of that id; raises KeyError when none is declared."""
        return {known.id: known for known in self.designs}[design]

    def reference_group(self, breakdown: str) -> str:
        """The group the others of a breakdown are compared with; raises KeyError when none is declared."""
        return {known.breakdown: known.group for known in self.reference_groups}[breakdown]

    def choose(self, given: Mapping[str, object] | None = None) -> Mapping[str, Value]:
        """Every choice's value: what a run gave (``--set NAME=VALUE``), else its default.

        Raises
        ------
        UsageError
            If a name or a value is not one the plan allows.
        """
        return choose(self.choices, given or {})
