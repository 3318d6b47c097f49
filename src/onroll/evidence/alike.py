"""Among pupils alike: a group's ratio adjusted for what else its pupils are, and the parts of its gap.

Fitted on the pupils of the January census by school and all groups at once. Its raw numbers differ a little from the
register's, which counts pupils who came or went; so what is shown are adjusted ratios, and the *shares* of the gap,
laid on the register's gap. Neither can be set against the register to count pupils who were not there in January.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.ratio import Sides
from onroll.evidence.table import finding
from onroll.framework.plan import Disproportionality
from onroll.statistics import adjusted, decomposition, marginal
from onroll.statistics.design_matrix import Factor, design_matrix
from onroll.vocabulary.records import (
    ADJUSTED,
    BETWEEN_SCHOOLS,
    COMPOSITION,
    PUPILS_APART,
    RATE_PART,
    SCHOOLS_APART,
    TOPIC_LABELS,
    WITHIN_SCHOOLS,
)

PER = 100.0
LEAST_SHARE = 0.05
"""A gap of which less than this share of the larger risk is left is too small to be split."""
NO_GAP = "cannot be computed: there is hardly a gap to split"
OTHER_WAY = "cannot be computed: among pupils on roll in January the gap points the other way"
SCHOOL = "urn"


@dataclass(frozen=True, slots=True)
class Alike:
    """Cells of pupils of one year, and what the plan makes them alike in.

    Attributes
    ----------
    cells : DataFrame
        As ``counts.crossed`` makes them, of one year.
    plan : Disproportionality
    confidence : float
    """

    cells: pd.DataFrame
    plan: Disproportionality
    confidence: float
    _fitted: dict[str, marginal.Marginal | str] = field(default_factory=dict)

    def rows(
        self, topic: str, name: str, reference: str, sides: Sides, said: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """The adjusted ratio of a group, and the parts of its gap by kind of pupil and by school."""
        yield self._adjusted(topic, name, reference, said)
        alike = self._alike(topic)
        words = "pupils alike in " + ", ".join(TOPIC_LABELS[one] for one in alike)
        yield from self._parts(
            topic, name, reference, sides, said, alike, (COMPOSITION, RATE_PART, PUPILS_APART), words
        )
        yield from self._parts(
            topic, name, reference, sides, said, [SCHOOL], (BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART),
            "pupils of the same school",
        )  # fmt: skip

    def _alike(self, topic: str) -> list[str]:
        return [one for one in self.plan.alike if one != topic]

    def _adjusted(self, topic: str, name: str, reference: str, said: Mapping[str, Any]) -> dict[str, Any]:
        if topic not in self._fitted:
            self._fitted[topic] = self._fit(topic, reference)
        found = self._fitted[topic]
        if isinstance(found, str):
            return finding(**said, statistic=ADJUSTED, note=f"cannot be computed: {found}")
        if name not in found.labels:
            return finding(
                **said, statistic=ADJUSTED, note="cannot be computed: none of them on roll in January"
            )
        at = found.labels.index(name)
        if found.note[at]:
            return finding(**said, statistic=ADJUSTED, note=f"cannot be computed: {found.note[at]}")
        upper = float(found.upper[at])
        return finding(
            **said, statistic=ADJUSTED, estimate=float(found.estimate[at]), lower=float(found.lower[at]),
            upper=upper, method=found.method,
            note="pupils alike in " + ", ".join(TOPIC_LABELS[one] for one in self._alike(topic)),
        )  # fmt: skip

    def _fit(self, topic: str, reference: str) -> marginal.Marginal | str:
        """Relative risks with errors of schools, averaged over all pupils; or why there are none."""
        alike = self._alike(topic)
        sums = (
            self.cells.groupby([topic, *alike, SCHOOL], observed=True)[["pupils", "suspended"]]
            .sum()
            .reset_index()
        )
        factors = []
        for column in (topic, *alike):
            codes, labels = pd.factorize(sums[column], sort=True)
            named = [str(label) for label in labels]
            common = sums.groupby(column, observed=True)["pupils"].sum().idxmax()
            base = reference if column == topic else str(common)
            if base not in named:
                return f"{base} has no pupil on roll in January"
            factors.append(Factor(column, codes, named.index(base), named))
        try:
            model = adjusted.relative_risks(
                sums["suspended"], sums["pupils"], design_matrix(factors), school=sums[SCHOOL],
                separated="leave out", confidence=self.confidence,
            )  # fmt: skip
            return marginal.standardise(model, topic)
        except ValueError as wrong:
            return str(wrong)

    def _parts(
        self, topic: str, name: str, reference: str, sides: Sides, said: Mapping[str, Any], strata: Sequence[str],
        parts: tuple[str, str, str], words: str,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """Two parts of the gap and, where some pupils have nobody to be compared with, the rest."""
        split = self._split(topic, name, reference, strata)
        gap = PER * (sides.events / sides.pupils - sides.other_events / sides.other_pupils)
        why = self._why_not(split, gap, sides)
        if split is None or why:
            yield from (finding(**said, statistic=part, note=why) for part in parts[:2])
            return
        scale = gap / float(np.asarray(split.gap))
        shared = (
            f"share of the gap among pupils on roll in January, laid on the gap of {gap:.1f} per 100; {words}"
        )
        for part, known in zip(parts[:2], ("composition", "rate"), strict=True):
            estimate, *limits = (float(np.asarray(one)) * scale for one in split.part(known))
            yield finding(
                **said, statistic=part, estimate=estimate, lower=min(limits), upper=max(limits),
                method=f"{split.method}, per 100", note=shared,
            )  # fmt: skip
        rest = sum(float(np.asarray(split.part(known)[0])) for known in ("only here", "only there")) * scale
        if split.note:
            yield finding(
                **{**said, "confidence": float("nan")}, statistic=parts[2], estimate=rest,
                method=f"{split.method}, per 100", note=f"{float(np.asarray(split.apart)):.0%} of the group's pupils "
                "have nobody of the reference group to be compared with",
            )  # fmt: skip

    def _split(
        self, topic: str, name: str, reference: str, strata: Sequence[str]
    ) -> decomposition.Decomposition | None:
        own = self.cells[self.cells[topic].isin([name, reference])]
        if own[topic].nunique() < 2:
            return None
        sums = (
            own.groupby([*strata, topic], observed=True)[["suspended", "pupils"]].sum().unstack(fill_value=0)
        )
        return decomposition.kitagawa(
            sums["suspended"][name], sums["pupils"][name], sums["suspended"][reference], sums["pupils"][reference],
            variance="binomial", per=PER, confidence=self.confidence,
        )  # fmt: skip

    def _why_not(self, split: decomposition.Decomposition | None, gap: float, sides: Sides) -> str:
        """Why a gap cannot be split; empty when it can."""
        if split is None:
            return "cannot be computed: one of the groups has nobody on roll in January"
        there = float(np.asarray(split.gap))
        least = LEAST_SHARE * PER * max(sides.events / sides.pupils, sides.other_events / sides.other_pupils)
        if abs(gap) < least or abs(there) < least:
            return NO_GAP
        return OTHER_WAY if gap * there < 0 else ""
