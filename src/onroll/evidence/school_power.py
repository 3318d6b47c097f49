"""What change with the Charter could have been seen: by formula from the years before, and by planting changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.evidence.question import Question
from onroll.evidence.school_panel import PER, SchoolPanel
from onroll.evidence.table import finding
from onroll.framework.known_truth_schools import LESS_STEADY, STEADIER
from onroll.statistics.adoption_power import adoption_power
from onroll.statistics.impact_power import staggered_power
from onroll.vocabulary.records import CHARTER_SEEN, CHARTER_SEEN_FORMULA

MOST = 0.999
"""A school's own part may not stay wholly what it is, for the formula."""
ALIKE = 1.5
"""How many times as far as others schools may stray from year to year and be called alike."""
Counts = np.ndarray[Any, Any]


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
    strays : float
        Standard deviation of a school's rate about its own usual, beyond chance, as a share of it: what all schools did in
        a year is taken out.
    """

    pupils: float
    sd: float
    icc: float
    lasting: float
    strays: float


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
    return Before(size, PER * float(np.sqrt(variance)), icc, lasting, _strays(suspended, pupils))


def _strays(suspended: Counts, pupils: Counts) -> float:
    """How far counts lie from a level a school and a level a year, beyond chance, as a share of what is expected."""
    schools, years = suspended.shape
    expected = pupils * suspended.sum(axis=1, keepdims=True) / pupils.sum(axis=1, keepdims=True)
    expected = expected * suspended.sum(axis=0) / expected.sum(axis=0)
    free = (schools - 1) * (years - 1) / (schools * years)
    by_chance = expected * (1 - np.minimum(expected / pupils, 1.0))
    beyond = ((suspended - expected) ** 2).sum() / free - by_chance.sum()
    return float(np.sqrt(max(beyond, 0.0) / (expected**2).sum()))


def stray_words(before: Before, phase: str, question: Question) -> str:
    """Whether schools are steadier from year to year than the made ones of the study, or less so; empty if much the same."""
    made = None if question.known_schools is None else question.known_schools.strays.get(phase)
    if made is None or made / ALIKE <= before.strays <= made * ALIKE:
        return ""
    return STEADIER if before.strays < made else LESS_STEADY


def power_rows(panel: SchoolPanel, said: Mapping[str, Any], question: Question) -> Iterator[dict[str, Any]]:
    """The smallest change that stands out as often as the plan's power asks, both ways."""
    schools = {"numerator": float(panel.signed.sum()), "denominator": float(panel.had_not_signed.sum())}
    tried = adoption_power(
        panel.rates, panel.first[panel.had_not_signed], confidence=question.confidence, power=question.power
    )
    note = tried.note or f"stands out in {question.power:.0%} of studies"
    try:
        before = before_anybody_signed(panel)
        words = stray_words(before, panel.phase, question)
        formula = _by_formula(panel, before, {**said, **schools}, question)
    except ValueError as wrong:
        words = ""
        formula = finding(**said, statistic=CHARTER_SEEN_FORMULA, note=f"cannot be computed: {wrong}")
    yield finding(
        **said, **schools, statistic=CHARTER_SEEN, estimate=tried.estimate, confidence=question.confidence,
        method=tried.method, note="; ".join(part for part in (note, words) if part),
    )  # fmt: skip
    yield formula


def _by_formula(
    panel: SchoolPanel, before: Before, said: Mapping[str, Any], question: Question
) -> dict[str, Any]:
    dates = panel.first[panel.signed]
    begun, many = np.unique(dates, return_counts=True)
    found = staggered_power(
        many, begun + 1, int(panel.had_not_signed.sum() - many.sum()), len(panel.years), before.pupils, sd=before.sd,
        icc=before.icc, autocorrelation=before.lasting, confidence=question.confidence, power=question.power,
    )  # fmt: skip
    told = (
        f"{before.pupils:.0f} pupils a school, {before.icc:.3f} of the variance between schools, {before.lasting:.2f} of it "
        f"lasting from year to year; beyond chance a school strays by {before.strays:.0%} of its usual rate; all as in the "
        "years before anybody signed"
    )
    return finding(
        **said, statistic=CHARTER_SEEN_FORMULA, estimate=found.estimate, confidence=question.confidence,
        method=f"formula: {found.method}", note="; ".join(part for part in (told, found.note) if part),
    )  # fmt: skip
