"""What change with the Charter could have been seen: by formula from the years before, and by planting changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.school_panel import PER, SchoolPanel
from onroll.evidence.table import finding
from onroll.statistics.adoption_power import adoption_power
from onroll.statistics.impact_power import staggered_power
from onroll.vocabulary.records import CHARTER_SEEN, CHARTER_SEEN_FORMULA

MOST = 0.999
"""A school's own part may not stay wholly what it is, for the formula."""


@dataclass(frozen=True, slots=True)
class Before:
    """Pupils and schools in the years before anybody signed.

    Attributes
    ----------
    pupils : float
        Of a school in a year, harmonic mean.
    sd : float
        Standard deviation over single pupils, schools and all, in pupils suspended for every 100.
    icc : float
        Share of that variance that lies between schools in one year.
    lasting : float
        How far a school's own part goes with itself from one year to the next.
    """

    pupils: float
    sd: float
    icc: float
    lasting: float


def before_anybody_signed(panel: SchoolPanel) -> Before:
    """Measure pupils and schools in the years before the first school signed.

    Raises
    ------
    ValueError
        If no pupil was suspended in these years, or there is one year only.
    """
    years = int(panel.first[panel.signed].min())
    suspended, pupils = (one[panel.had_not_signed][:, :years] for one in (panel.events, panel.rolls))
    share = float(suspended.sum() / pupils.sum())
    if years < 2 or not 0 < share < 1:
        raise ValueError("two years before any school signed are needed, and pupils suspended in them")
    variance, size = share * (1 - share), float(1.0 / (1.0 / pupils).mean())
    apart = suspended / pupils - (suspended / pupils).mean(axis=0)
    free = apart.shape[0] - 1.0
    between = float((apart**2).sum() / years / free)
    together = float((apart[:, 1:] * apart[:, :-1]).sum() / (years - 1) / free)
    icc = max((between / variance - 1.0 / size) / (1.0 - 1.0 / size), 0.0)
    lasting = min(max(together / (icc * variance), 0.0), MOST) if icc > 0 else 0.0
    return Before(size, PER * float(np.sqrt(variance)), icc, lasting)


def power_rows(panel: SchoolPanel, said: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """The smallest change that stands out as often as the plan's power asks, both ways."""
    schools = {"numerator": float(panel.signed.sum()), "denominator": float(panel.had_not_signed.sum())}
    tried = adoption_power(
        panel.rates, panel.first[panel.had_not_signed], confidence=question.confidence, power=question.power
    )
    yield finding(
        **said, **schools, statistic=CHARTER_SEEN, estimate=tried.estimate, confidence=question.confidence,
        method=tried.method, note=tried.note or f"stands out in {question.power:.0%} of studies",
    )  # fmt: skip
    try:
        yield _by_formula(panel, {**said, **schools}, question)
    except ValueError as wrong:
        yield finding(**said, statistic=CHARTER_SEEN_FORMULA, note=f"cannot be computed: {wrong}")


def _by_formula(panel: SchoolPanel, said: Mapping[str, Any], question: Question) -> dict[str, Any]:
    before, dates = before_anybody_signed(panel), panel.first[panel.signed]
    begun, many = np.unique(dates, return_counts=True)
    found = staggered_power(
        many, begun + 1, int(panel.had_not_signed.sum() - many.sum()), len(panel.years), before.pupils, sd=before.sd,
        icc=before.icc, autocorrelation=before.lasting, confidence=question.confidence, power=question.power,
    )  # fmt: skip
    told = (
        f"{before.pupils:.0f} pupils a school, {before.icc:.3f} of the variance between schools, {before.lasting:.2f} of it "
        "lasting from year to year, as in the years before anybody signed"
    )
    return finding(
        **said, statistic=CHARTER_SEEN_FORMULA, estimate=found.estimate, confidence=question.confidence,
        method=f"formula: {found.method}", note="; ".join(part for part in (told, found.note) if part),
    )  # fmt: skip
