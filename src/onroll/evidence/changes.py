"""What changed and how it compares: against the authority's own years, and against others in one year.

Before any change stands what change could have been seen. Suspensions are not independent events and
authorities' counts move by more than chance, so their changes are widened by how much the other
authorities' counts moved over the same years. Permanent exclusions are few: their exact ratio comes first,
and the widened one stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from onroll.evidence.levels import OBJECTIVE
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides, method_words, ratio_of, ratio_word
from onroll.evidence.table import finding
from onroll.statistics import detectable, dispersion
from onroll.vocabulary import (
    DETECTABLE_FALL,
    DETECTABLE_RISE,
    MEASURES,
    NEXT_YEAR,
    P_VALUE,
    TOTAL,
    WEAK,
    Measure,
)

FEWEST_PAIRS = 10
"""With fewer other authorities than this their scatter says too little to widen anything by."""
LIKELY_MISSED = "what could have been seen with power {power:.0%}: a smaller change is likely to be missed"


@dataclass(frozen=True, slots=True)
class Pair:
    """An authority's cell and the cell it is compared with, and how both are named in the rows."""

    now: pd.Series[Any]
    then: pd.Series[Any]
    phase: str
    comparator: str
    design: str
    source: str
    note: str = ""

    def sides(self, measure: Measure) -> Sides:
        """Events and pupils of both cells."""
        numerator = measure.numerator
        return Sides(self.now[numerator], self.now["pupils"], self.then[numerator], self.then["pupils"])

    def row(self, measure: Measure, question: Question, **said: Any) -> dict[str, Any]:
        """One row about this pair."""
        return finding(
            indicator=measure.id, objective=OBJECTIVE, time_period=question.year,
            geographic_level="Local authority", area=question.area,
            breakdown_topic=TOTAL if self.phase == TOTAL else "education_phase", breakdown=self.phase,
            comparator=self.comparator, confidence=question.confidence, design=self.design, strength=WEAK,
            source=self.source, **said,
        )  # fmt: skip


Spread = dispersion.Dispersion | None
"""How much more than chance other authorities moved; None where nobody asked or too few can say."""


def change_rows(pair: Pair, measure: Measure, question: Question, spread: Spread) -> Iterator[dict[str, Any]]:
    """Detectable fall and rise, then the ratio, then its p value; for few events also the widened ratio."""
    sides = pair.sides(measure)
    if sides.why_not:
        yield pair.row(measure, question, statistic=ratio_word(measure), note=sides.why_not)
        return
    yield from _detectable(pair, measure, question, spread)
    wide = _width(spread)
    because = f"from the same change in {spread.pairs} other authorities" if spread is not None else ""
    for width in sorted({1.0, wide}) if measure.is_rare else (wide,):
        result = ratio_of(sides, wide=width, confidence=question.confidence)
        said = {
            "method": method_words(width, because), "numerator": sides.events, "denominator": sides.other_events,
            "note": f"{sides.words}; {pair.note}",
        }  # fmt: skip
        yield pair.row(
            measure, question, statistic=ratio_word(measure), estimate=result.estimate, lower=result.lower,
            upper=result.upper, **said,
        )  # fmt: skip
        yield pair.row(measure, question, statistic=P_VALUE, estimate=result.p_value, **said)


def next_year_rows(
    pair: Pair, measure: Measure, question: Question, spread: Spread
) -> Iterator[dict[str, Any]]:
    """What fall or rise from this year to the next would stand out, on a roll of the same size."""
    ahead = replace(pair, then=pair.now, comparator=NEXT_YEAR)
    if not ahead.sides(measure).why_not:
        yield from _detectable(ahead, measure, question, spread)


def beside_rows(pair: Pair, question: Question, repeats: float) -> Iterator[dict[str, Any]]:
    """The authority against others in one year, every measure; the others are without the authority."""
    for measure in MEASURES.values():
        sides, word = pair.sides(measure), ratio_word(measure)
        if sides.why_not:
            yield pair.row(measure, question, statistic=word, note=sides.why_not)
            continue
        wide = repeats if measure.repeats else 1.0
        result = ratio_of(sides, wide=wide, confidence=question.confidence)
        yield pair.row(
            measure, question, statistic=word, estimate=result.estimate, lower=result.lower, upper=result.upper,
            method=method_words(wide, "for repeat suspensions"), numerator=sides.events,
            denominator=sides.other_events, note=f"{sides.words}; {pair.note}",
        )  # fmt: skip


def spread_of(now: pd.DataFrame, then: pd.DataFrame, measure: Measure, phase: str, without: str) -> Spread:
    """How much more than chance the other authorities' counts moved between two sets of cells."""
    first, second = (
        table[(table["education_phase"] == phase) & (table["area_code"] != without) & (table["pupils"] > 0)]
        for table in (now, then)
    )
    both = first.merge(second, on="area_code", suffixes=("_now", "_then"))
    events, reference = both[f"{measure.numerator}_now"], both[f"{measure.numerator}_then"]
    both = both[(events % 1 == 0) & (reference % 1 == 0)]
    if len(both) < FEWEST_PAIRS:
        return None
    return dispersion.paired_dispersion(
        both[f"{measure.numerator}_now"].to_numpy(), both["pupils_now"].to_numpy(),
        both[f"{measure.numerator}_then"].to_numpy(), both["pupils_then"].to_numpy(),
    )  # fmt: skip


def _width(spread: Spread) -> float:
    return 1.0 if spread is None else max(1.0, spread.estimate)


def _detectable(pair: Pair, measure: Measure, question: Question, spread: Spread) -> Iterator[dict[str, Any]]:
    sides, wide = pair.sides(measure), 1.0 if measure.is_rare else _width(spread)
    seen = detectable.detectable_change(
        sides.other_events, exposure_ratio=sides.pupils / sides.other_pupils, dispersion=wide,
        confidence=question.confidence, power=question.power,
    )  # fmt: skip
    method = str(seen.method) if wide == 1.0 else f"{seen.method}, dispersion {wide:.1f}"
    for statistic, share in ((DETECTABLE_FALL, seen.fall), (DETECTABLE_RISE, seen.rise)):
        yield pair.row(
            measure, question, statistic=statistic, estimate=share, method=method,
            denominator=sides.other_events, note=LIKELY_MISSED.format(power=question.power),
        )  # fmt: skip
