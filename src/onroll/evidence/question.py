"""What an evaluation asks: the year, the authority, with whom it is compared, and over which years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.known_truth import KnownTruth
from onroll.framework.known_truth_schools import KnownSchools
from onroll.framework.plan import Consistency, Disproportionality
from onroll.vocabulary import periods
from onroll.vocabulary.impact import ALL_OTHERS


@dataclass(frozen=True, slots=True)
class Question:
    """The choices behind every row of one evaluation; each may be changed by name with ``--set``.

    Attributes
    ----------
    year : str
        The time period evaluated, ``202324``.
    area_code, area, region : str
        The authority: DfE code, name, region.
    neighbours, neighbours_label : tuple of str, str
        DfE codes of the statistical neighbours, and which model they are of.
    neighbours_id : str
        Their comparator's id in the declarations.
    reference_groups : mapping
        Breakdown to the group that its other groups are compared with.
    baseline : tuple of str
        The authority's own years before the strategy, added together.
    pandemic : tuple of str
        Years shown apart and never used as a baseline.
    launch : str
        The first time period in which the strategy was in force.
    impact_pre, change_pre : tuple of str
        Years before the strategy for the synthetic control, and for the difference in differences.
    impact_comparators : str
        Which other authorities every design of impact compares with: all, statistical neighbours, region, similar rate.
    confidence, power : float
        Coverage of every interval; power behind every detectable change.
    disproportionality : Disproportionality, optional
        Which groups are compared, alike in what, and by which rule.
    consistency : Consistency, optional
        How schools are held against one another, and how many false alarms are accepted.
    impact : ImpactPlan, optional
        How impact is estimated, what could as well have been chosen, and what words must earn.
    known_truth : KnownTruth, optional
        What the designs gave in simulation, which a verdict must answer to.
    known_schools : KnownSchools, optional
        What the comparison of schools gave in simulation.
    dispersion : str
        ``other_authorities`` widens changes by how other authorities' counts moved; ``none`` does not.
    """

    year: str
    area_code: str
    area: str
    region: str
    neighbours: tuple[str, ...]
    neighbours_label: str
    neighbours_id: str
    reference_groups: Mapping[str, str]
    baseline: tuple[str, ...]
    pandemic: tuple[str, ...]
    launch: str
    impact_pre: tuple[str, ...]
    change_pre: tuple[str, ...]
    impact_comparators: str = ALL_OTHERS
    confidence: float = 0.95
    power: float = 0.80
    dispersion: str = "other_authorities"
    disproportionality: Disproportionality | None = None
    consistency: Consistency | None = None
    impact: ImpactPlan | None = None
    known_truth: KnownTruth | None = None
    known_schools: KnownSchools | None = None

    @property
    def impact_choices(self) -> Mapping[str, str]:
        """What a simulation of the designs rests on besides the plan, in words: choices by parameter, and the launch."""
        return {
            "impact_comparators": self.impact_comparators, "impact_first": self.impact_pre[0],
            "impact_last": self.impact_pre[-1], "confidence": f"{self.confidence:g}", "launch": self.launch,
            "years_since": str(len(self.after)),
        }  # fmt: skip

    @property
    def calm_pre(self) -> tuple[str, ...]:
        """The years before the strategy that a comparison learns from, the pandemic left out."""
        return tuple(year for year in self.impact_pre if year not in self.pandemic)

    @property
    def after(self) -> tuple[str, ...]:
        """The years since the launch, up to the year evaluated; none when the year lies before it."""
        return periods(self.launch, self.year) if self.year >= self.launch else ()
