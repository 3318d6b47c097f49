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
from onroll.evidence.table import finding
from onroll.statistics import detectable, dispersion, ratios
from onroll.vocabulary import (
    BEFORE_AFTER,
    CROSS_SECTION,
    DETECTABLE_FALL,
    DETECTABLE_RISE,
    MEASURES,
    NEXT_YEAR,
    P_VALUE,
    RATE_RATIO,
    RELATIVE_RISK,
    TOTAL,
    WEAK,
    Measure,
)


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


def change_rows(
    pair: Pair, measure: Measure, question: Question, spread: dispersion.Dispersion | None
) -> Iterator[dict[str, Any]]:
    """Detectable fall and rise, then the ratio, then its p value; for few events also the widened ratio.

    ``spread`` is how much more than chance other authorities moved over the same years; none was asked for
    when it is missing.
    """
    then = pair.then[measure.numerator]
    if pd.isna(then) or pd.isna(pair.now[measure.numerator]):
        yield _row(
            pair,
            measure,
            question,
            statistic=_ratio_word(measure),
            note="cannot be computed: a count is withheld",
        )
        return
    wide = max(1.0, spread.estimate) if spread is not None else 1.0
    is_few = measure.id == "permanent_exclusion_rate"
    if then > 0:
        yield from _detectable(pair, measure, question, 1.0 if is_few else wide)
    yield from _ratio(
        pair, measure, question, "exact" if is_few or wide == 1.0 else "dispersed", wide, spread
    )
    if is_few and wide > 1.0:
        yield from _ratio(pair, measure, question, "dispersed", wide, spread)


def next_year_rows(
    pair: Pair, measure: Measure, question: Question, spread: dispersion.Dispersion | None
) -> Iterator[dict[str, Any]]:
    """What fall or rise from this year to the next would stand out, on a roll of the same size."""
    if pd.isna(pair.now[measure.numerator]) or pair.now[measure.numerator] == 0:
        return
    ahead = replace(pair, then=pair.now, comparator=NEXT_YEAR)
    is_few = measure.id == "permanent_exclusion_rate"
    wide = 1.0 if is_few or spread is None else max(1.0, spread.estimate)
    yield from _detectable(ahead, measure, question, wide)


def spread_of(
    now: pd.DataFrame, then: pd.DataFrame, measure: Measure, phase: str, without: str
) -> dispersion.Dispersion | None:
    """How much more than chance the other authorities' counts moved between two sets of cells."""
    both = now[now["education_phase"] == phase].merge(
        then[then["education_phase"] == phase], on="area_code", suffixes=("_now", "_then")
    )
    both = both[both["area_code"] != without].dropna(
        subset=[f"{measure.numerator}_now", f"{measure.numerator}_then"]
    )
    whole = (both[f"{measure.numerator}_now"] % 1 == 0) & (both[f"{measure.numerator}_then"] % 1 == 0)
    both = both[whole & (both["pupils_now"] > 0) & (both["pupils_then"] > 0)]
    if len(both) < 10:
        return None
    return dispersion.paired_dispersion(
        both[f"{measure.numerator}_now"].to_numpy(), both["pupils_now"].to_numpy(),
        both[f"{measure.numerator}_then"].to_numpy(), both["pupils_then"].to_numpy(),
    )  # fmt: skip


def beside_rows(pair: Pair, question: Question, repeats: float) -> Iterator[dict[str, Any]]:
    """The authority against others in one year, every measure; the others are without the authority."""
    for measure in MEASURES.values():
        events, others = pair.now[measure.numerator], pair.then[measure.numerator]
        if pd.isna(events) or pd.isna(others) or others == 0:
            yield _row(
                pair,
                measure,
                question,
                statistic=_ratio_word(measure),
                note="cannot be computed: a count is withheld or none happened",
            )
            continue
        wide = repeats if measure.id == "suspension_rate" else 1.0
        result = ratios.rate_ratio(
            events, pair.now["pupils"], reference_events=others, reference_exposure=pair.then["pupils"],
            confidence=question.confidence, method="dispersed" if wide > 1 else "exact",
            **({"dispersion": wide} if wide > 1 else {}),
        ) if events > 0 or wide == 1 else None  # fmt: skip
        if result is None:
            yield _row(
                pair,
                measure,
                question,
                statistic=_ratio_word(measure),
                note="cannot be computed: no event in the authority",
            )
            continue
        method = (
            f"log ratio, dispersion {wide:.2f} for repeat suspensions" if wide > 1 else "exact conditional"
        )
        yield _row(
            pair, measure, question, statistic=_ratio_word(measure), estimate=result.estimate, lower=result.lower,
            upper=result.upper, method=method, numerator=events, denominator=others, note=pair.note,
        )  # fmt: skip


def _ratio_word(measure: Measure) -> str:
    return RELATIVE_RISK if measure.is_proportion else RATE_RATIO


def _detectable(pair: Pair, measure: Measure, question: Question, wide: float) -> Iterator[dict[str, Any]]:
    then = pair.then[measure.numerator]
    seen = detectable.detectable_change(
        then, exposure_ratio=pair.now["pupils"] / pair.then["pupils"], dispersion=wide,
        confidence=question.confidence, power=question.power,
    )  # fmt: skip
    told = f"what could have been seen with power {question.power:.0%}: a change smaller than this is likely to be missed"
    method = seen.method if wide == 1.0 else f"{seen.method}, dispersion {wide:.1f}"
    for statistic, share in ((DETECTABLE_FALL, seen.fall), (DETECTABLE_RISE, seen.rise)):
        yield _row(
            pair,
            measure,
            question,
            statistic=statistic,
            estimate=share,
            method=method,
            denominator=then,
            note=told,
        )


def _ratio(
    pair: Pair,
    measure: Measure,
    question: Question,
    how: str,
    wide: float,
    spread: dispersion.Dispersion | None,
) -> Iterator[dict[str, Any]]:
    now, then = pair.now[measure.numerator], pair.then[measure.numerator]
    if (now == 0 and then == 0) or (how == "dispersed" and 0 in (now, then)):
        yield _row(
            pair,
            measure,
            question,
            statistic=_ratio_word(measure),
            note="cannot be computed: no event in one of the periods",
        )
        return
    result = ratios.rate_ratio(
        now, pair.now["pupils"], reference_events=then, reference_exposure=pair.then["pupils"],
        confidence=question.confidence, method=how, **({"dispersion": wide} if how == "dispersed" else {}),
    )  # fmt: skip
    method, note = "exact conditional", pair.note
    if how == "dispersed" and spread is not None:
        method = f"log ratio, dispersion {wide:.1f} from the same change in {spread.pairs} other authorities"
    said = {"method": method, "numerator": now, "denominator": then, "note": note}
    yield _row(
        pair,
        measure,
        question,
        statistic=_ratio_word(measure),
        estimate=result.estimate,
        lower=result.lower,
        upper=result.upper,
        **said,
    )
    yield _row(pair, measure, question, statistic=P_VALUE, estimate=result.p_value, **said)


def _row(pair: Pair, measure: Measure, question: Question, **said: Any) -> dict[str, Any]:
    return finding(
        indicator=measure.id, objective=OBJECTIVE, time_period=question.year, geographic_level="Local authority",
        area=question.area, breakdown_topic=TOTAL if pair.phase == TOTAL else "education_phase",
        breakdown=pair.phase, comparator=pair.comparator, confidence=question.confidence,
        design=pair.design, strength=WEAK, source=pair.source, **said,
    )  # fmt: skip


__all__ = [
    "BEFORE_AFTER",
    "CROSS_SECTION",
    "Pair",
    "beside_rows",
    "change_rows",
    "next_year_rows",
    "spread_of",
]
