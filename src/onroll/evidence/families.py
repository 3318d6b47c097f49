"""Groups that are looked at together: which still stand out when allowance is made for how many they are.

Of twenty groups that do not differ, one stands out by chance. So the groups of a breakdown are one family, declared in
the plan, and whether a group is said to stand out is asked of the family as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from onroll.evidence.question import Question
from onroll.statistics import multiplicity, ratios, relative_risk
from onroll.vocabulary.records import STANDS_NOT_OUT, STANDS_OUT

METHOD_NAMES = MappingProxyType({"holm": "Holm", "benjamini-hochberg": "Benjamini-Hochberg"})


@dataclass(frozen=True, slots=True)
class Chances:
    """A ratio with its interval and its probability."""

    estimate: float
    lower: float
    upper: float
    p_value: float


def chances(found: relative_risk.RelativeRisk | ratios.RateRatio) -> tuple[Chances, ...]:
    """Each of the ratios computed together; one where it was a single one."""
    figures = np.array([found.estimate, found.lower, found.upper, found.p_value], dtype=np.float64)
    return tuple(Chances(*map(float, row)) for row in figures.reshape(4, -1).T)


def family_words(
    members: Sequence[str],
    ratios_at: Callable[[float], Sequence[Chances]],
    question: Question,
    kind: str = "groups",
) -> Mapping[str, str]:
    """For each group what its note says of the family; nothing where a group is looked at alone.

    Parameters
    ----------
    members : sequence of str
        The groups that can be compared.
    ratios_at : callable
        Their ratios at a confidence, in the same order.
    question : Question
        The confidence asked, and the plan that names the method.
    kind : str
        What the members are called.
    """
    plan = question.disproportionality
    if plan is None or len(members) < 2:
        return dict.fromkeys(members, "")
    level = multiplicity.simultaneous_confidence(members, confidence=question.confidence)
    found = ratios_at(level)
    family = multiplicity.adjust(
        [one.estimate for one in found], [one.lower for one in found], [one.upper for one in found],
        [one.p_value for one in found], members=members, confidence=question.confidence, method=plan.multiplicity,
    )  # fmt: skip
    allowing = f", allowing for {len(members)} {kind} looked at together ({METHOD_NAMES[family.method]})"
    return {
        name: (STANDS_OUT if value <= 1 - question.confidence else STANDS_NOT_OUT) + allowing
        for name, value in zip(members, family.adjusted_p_value, strict=True)
    }
