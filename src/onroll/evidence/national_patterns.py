"""For whom in England: each group's risk beside its reference group, with the bounds that rounding leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from onroll.counts.characteristics import ROUNDED_TO
from onroll.evidence.families import Chances, chances, family_words
from onroll.evidence.question import Question
from onroll.evidence.ratio import WITHHELD, Sides, method_words
from onroll.evidence.table import finding
from onroll.statistics import published_bounds, rate_difference, ratios, relative_risk, risk_difference
from onroll.vocabulary import (
    CROSS_SECTION,
    DESCRIPTION,
    DESCRIPTIVE,
    MEASURES,
    NATION,
    RATE,
    RATE_RATIO,
    REFERENCE_GROUP,
    RELATIVE_RISK,
    ROUNDING_BOUNDS,
    TOTAL,
    WEAK,
    Measure,
    academic_year,
)
from onroll.vocabulary.records import EXCESS, YEARS_ABOVE

OBJECTIVE = "P7.1"
ROUNDED = f"counts printed to the nearest {ROUNDED_TO}"
HIDDEN, FEW = (1, 2), "a count of 1 or 2, withheld by the publisher"
BORROWED = {"sen_primary_need": "sen_provision"}
"""Topics of pupils with SEN: their groups are set beside the reference group of another topic, pupils without SEN."""
TOLD = ("suspended_pupil_rate", "permanent_exclusion_rate")


def national_rows(cells: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    """Rate and every rung of each group in the last year published, not after the one evaluated."""
    known = cells[cells["time_period"] <= question.year]
    if known.empty:
        return
    now = known["time_period"].max()
    for topic in sorted(set(known["breakdown_topic"]) - {TOTAL}):
        base = BORROWED.get(topic, topic)
        label = question.reference_groups[base]
        there = known[(known["breakdown_topic"] == base) & (known["breakdown"] == label)].set_index(
            "time_period"
        )
        groups = {str(name): rows for name, rows in known[known["breakdown_topic"] == topic].groupby("breakdown")
                  if (rows["time_period"] == now).any()}  # fmt: skip
        for measure in (MEASURES[one] for one in TOLD):
            past = {name: _past(rows, there, measure) for name, rows in groups.items() if name != label}
            ratios_of = _every_ratio(past, measure, question.confidence)
            told = {name: years[now] for name, years in past.items() if (name, now) in ratios_of}
            family = family_words(
                tuple(told), partial(_ratios, tuple(told.values()), measure), question
            )  # fmt: skip
            for name, rows in groups.items():
                cell = rows[rows["time_period"] == now].iloc[0]
                said = _said(topic, name, measure, cell)
                yield _level(cell, measure, said)
                if now in past.get(name, {}):
                    about = {
                        **said,
                        "comparator": REFERENCE_GROUP + label,
                        "design": CROSS_SECTION,
                        "strength": WEAK,
                    }
                    found = {year: ratios_of[name, year] for year in past[name] if (name, year) in ratios_of}
                    yield from _rungs(
                        past[name][now], now, found, measure, question, about, family.get(name, "")
                    )


def _past(rows: pd.DataFrame, there: pd.DataFrame, measure: Measure) -> dict[str, Sides]:
    """A group beside its reference group in each year in which both were published."""
    found: dict[str, Sides] = {}
    base = {str(year): other for year, other in there.iterrows()}
    for year, cell in rows.set_index("time_period").iterrows():
        if (other := base.get(str(year))) is not None:
            found[str(year)] = Sides(
                cell[measure.numerator], cell["pupils"], other[measure.numerator], other["pupils"]
            )
    return found


def _said(topic: str, name: str, measure: Measure, cell: pd.Series[Any]) -> dict[str, Any]:
    return {
        "indicator": f"{measure.id}_by_characteristic", "objective": OBJECTIVE, "time_period": cell["time_period"],
        "geographic_level": "National", "area": NATION, "breakdown_topic": topic, "breakdown": name,
        "source": cell["source"],
    }  # fmt: skip


def _level(cell: pd.Series[Any], measure: Measure, said: Mapping[str, Any]) -> dict[str, Any]:
    events, pupils = cell[measure.numerator], cell["pupils"]
    said = {**said, "statistic": RATE, "design": DESCRIPTION, "strength": DESCRIPTIVE}
    if pd.isna(events) or pd.isna(pupils):
        return finding(**said, note="cannot be computed: a count is withheld by the publisher")
    return finding(
        **said, estimate=measure.per * events / pupils, method="as printed", numerator=events, denominator=pupils,
        note=ROUNDED,
    )  # fmt: skip


def _every_ratio(
    past: Mapping[str, Mapping[str, Sides]], measure: Measure, confidence: float
) -> Mapping[tuple[str, str], Chances]:
    """The ratio of each group in each year in which it can be computed."""
    told = {
        (name, year): one for name, years in past.items() for year, one in years.items() if not one.why_not
    }
    found = _ratios(tuple(told.values()), measure, confidence) if told else ()
    return dict(zip(told, found, strict=True))


def _rungs(
    sides: Sides, now: str, found: Mapping[str, Chances], measure: Measure, question: Question,
    said: Mapping[str, Any], family: str,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The ratio with chance, the bounds over all counts that are printed so, the excess, the years above."""
    word = RELATIVE_RISK if measure.is_proportion else RATE_RATIO
    if now not in found:
        yield finding(**said, statistic=word, note=sides.why_not)
        if sides.why_not == WITHHELD and sides.other_events > 0:
            yield _bounds(sides, published_bounds.suppressed(*HIDDEN), said, FEW)
        return
    yield finding(
        **said, statistic=word, estimate=found[now].estimate, lower=found[now].lower, upper=found[now].upper,
        confidence=question.confidence, method=_method(measure), numerator=sides.events,
        denominator=sides.other_events, note="; ".join(part for part in (sides.words, ROUNDED, family) if part),
    )  # fmt: skip
    yield _bounds(sides, published_bounds.rounded(sides.events, ROUNDED_TO), said, ROUNDED)
    yield _excess(sides, measure, question, said)
    above = [academic_year(year) for year, one in found.items() if one.lower > 1]
    yield finding(
        **said, statistic=YEARS_ABOVE, estimate=float(len(above)), denominator=float(len(found)),
        method="years in which the whole interval lies above 1", note=", ".join(above) or "in none of them",
    )  # fmt: skip


def _ratios(every: Sequence[Sides], measure: Measure, confidence: float) -> Sequence[Chances]:
    """Ratios of many pairs at once: of pupils relative risks, of events rate ratios."""
    events, pupils, other_events, other_pupils = (
        np.array([getattr(one, name) for one in every])
        for name in ("events", "pupils", "other_events", "other_pupils")
    )
    if measure.is_proportion:
        return chances(relative_risk.relative_risk(
            events, pupils, reference_events=other_events, reference_total=other_pupils, confidence=confidence
        ))  # fmt: skip
    return chances(ratios.rate_ratio(
        events, pupils, reference_events=other_events, reference_exposure=other_pupils, confidence=confidence
    ))  # fmt: skip


def _method(measure: Measure) -> str:
    return "score (Miettinen-Nurminen)" if measure.is_proportion else method_words(1.0, "")


def _bounds(
    sides: Sides, events: published_bounds.Possible, said: Mapping[str, Any], why: str
) -> dict[str, Any]:
    """The ratio over all counts that fit what was printed."""
    pupils, other_events, other_pupils = (
        published_bounds.rounded(one, ROUNDED_TO)
        for one in (sides.pupils, sides.other_events, sides.other_pupils)
    )
    bounds = published_bounds.ratio_bounds(
        events, pupils, reference_events=other_events, reference_total=other_pupils
    )
    printed = sides.events / sides.pupils / (sides.other_events / sides.other_pupils)
    return finding(
        **said, statistic=ROUNDING_BOUNDS, estimate=bounds.estimate if np.isnan(printed) else printed,
        lower=bounds.lower, upper=bounds.upper, confidence=1.0, method=str(bounds.method),
        note=f"{why}; the ratio lies within for certain, apart from chance",
    )  # fmt: skip


def _excess(sides: Sides, measure: Measure, question: Question, said: Mapping[str, Any]) -> dict[str, Any]:
    """How many fewer, had the group the reference group's risk or rate."""
    if measure.is_proportion:
        risk = risk_difference.risk_difference(
            sides.events, sides.pupils, reference_events=sides.other_events, reference_total=sides.other_pupils,
            per=sides.pupils, confidence=question.confidence,
        )  # fmt: skip
        limits, method = (
            (risk.estimate, risk.lower, risk.upper),
            "risk difference times pupils, " + _method(measure),
        )
    else:
        rate = rate_difference.rate_difference(
            sides.events, sides.pupils, reference_events=sides.other_events, reference_exposure=sides.other_pupils,
            per=sides.pupils, confidence=question.confidence,
        )  # fmt: skip
        limits, method = (
            (rate.estimate, rate.lower, rate.upper),
            f"rate difference times pupils, {rate.method}",
        )
    estimate, lower, upper = limits
    about = f"{measure.events}, less as many as there would be at the reference group's rate; {ROUNDED}"
    return finding(
        **said, statistic=EXCESS, estimate=estimate, lower=lower, upper=upper, confidence=question.confidence,
        method=method, numerator=sides.events, denominator=sides.pupils, note=about,
    )  # fmt: skip
