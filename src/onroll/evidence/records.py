"""Evidence from an authority's own records: cells and spells made one row a finding.

The rows name their groups so that every sum can be seen: ``Total``; a phase; a group of pupils; a term (topic ``term``);
a group in a term (topic ``term; sen_provision``). Rows of schools carry their phase, to which they add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides, method_words, ratio_of
from onroll.evidence.repeats import Key, Spread, key_of, scaled_spread, together
from onroll.evidence.table import finding
from onroll.framework import Indicator
from onroll.statistics import detectable, durations, proportions, rates
from onroll.vocabulary import (
    BEFORE_AFTER,
    DESCRIPTION,
    DESCRIPTIVE,
    DETECTABLE_FALL,
    PREVIOUS_YEAR,
    RATE,
    RATE_RATIO,
    RELATIVE_RISK,
    TOTAL,
    WEAK,
    YEAR,
    previous,
)
from onroll.vocabulary.records import COUNT, MEDIAN_DAYS, SCHOOL, TERM, WIDER

PHASE = "education_phase"
REPEATED = ("register_suspension_rate",)
TIME_LOST = ("days_lost_to_suspension", "sessions_lost_to_suspension")
NO_INTERVAL = "a total of days or sessions, of which many come from one suspension: no interval is given"
COMPARED = ("register_suspension_rate", "register_suspended_pupil_rate", "register_permanent_exclusion_rate")
YEAR_ONLY = ("first_suspensions_by_year_group",)
"""The first suspension of the year: in a term it would not be the first."""
BY_SCHOOL = ("register_suspension_rate", "register_suspended_pupil_rate", "register_permanent_exclusion_rate")
NOBODY = "cannot be computed: nobody, or nothing, of whom it could be a share"
NO_ROLL = "cannot be computed: no roll was received for this time"
ABOVE = "cannot be computed: more are counted than they are counted over"
NO_END = "cannot be computed: too few have ended"


@dataclass(frozen=True, slots=True)
class RecordsStudy:
    """What rows are made from, and for which time.

    Attributes
    ----------
    cells, spells : DataFrame
        As ``counts.cells`` makes them.
    indicators : mapping
        The declared indicators by id; cells of others are not told.
    source : callable
        The source of a table's rows.
    schools : mapping
        School number, as text, to the name shown.
    term : str
        Empty for a year, else the term, such as ``Spring term``.
    repeats : float
        Turns suspensions per suspended pupil into the dispersion of suspensions, as England's pupils have it.
    spread : mapping
        The dispersion of suspensions over the records' own pupils, where it is known.
    """

    cells: pd.DataFrame
    spells: pd.DataFrame
    indicators: Mapping[str, Indicator]
    source: Callable[[str], str]
    schools: Mapping[str, str]
    term: str = ""
    repeats: float = 1.0
    spread: Mapping[Key, Spread] = field(default_factory=dict)

    def of_term(self, term: str) -> RecordsStudy:
        """The same for one term."""
        return replace(self, term=term)


def record_rows(study: RecordsStudy, question: Question) -> Iterator[dict[str, Any]]:
    """Every row that own records give for a year or a term, and for the same time of the year before."""
    cells = named(study.cells, study, question)
    for indicator, rows in cells.groupby("indicator", sort=True, observed=True):
        declared = study.indicators[str(indicator)]
        yield from _levels(rows, declared, study, question)
        if indicator in COMPARED:
            yield from _changes(rows, declared, study, question)
    spells = named(study.spells, study, question)
    keys = ["indicator", "time_period", "geographic_level", "area", "topic", "group"]
    for key, rows in spells.groupby(keys, sort=True, observed=True):
        yield _median(dict(zip(keys, key, strict=True)), rows, study, question)


def past_rows(study: RecordsStudy, question: Question, first: str) -> Iterator[dict[str, Any]]:
    """Rates of the authority and its phases, by year and term, from a first year up to those ``record_rows`` tells.

    Charts of terms and their limits rest on them, and what they rest on has to pass the door with them.
    """
    cells, until = study.cells, previous(question.year)
    plain = cells[
        cells["indicator"].isin(COMPARED) & (cells["breakdown_topic"] == TOTAL)
        & (cells["geographic_level"] != SCHOOL) & cells["time_period"].between(first, until, inclusive="left")
    ]  # fmt: skip
    for year, of_year in plain.groupby("time_period", sort=True, observed=True):
        own = named(of_year, study, replace(question, year=str(year)))
        for indicator, rows in own.groupby("indicator", sort=True, observed=True):
            yield from _levels(rows, study.indicators[str(indicator)], replace(study, cells=plain), question)


def named(table: pd.DataFrame, study: RecordsStudy, question: Question) -> pd.DataFrame:
    """The rows told of: their time and place chosen, topic and group named as the door and the pages know them."""
    years = (question.year, previous(question.year))
    keep = table["time_period"].isin(years) & table["indicator"].isin(study.indicators)
    is_year = table["time_identifier"] == YEAR
    if study.term:
        keep &= (table["time_identifier"] == study.term) & (table["geographic_level"] != SCHOOL)
    else:
        keep &= is_year | (table["geographic_level"] != SCHOOL)
    keep &= is_year | ~table["indicator"].isin(YEAR_ONLY)
    keep &= (table["breakdown_topic"] == TOTAL) | (table["education_phase"] == TOTAL)
    keep &= ~table["breakdown_topic"].isin(WIDER) | (is_year & table["indicator"].isin(COMPARED))
    keep &= (table["geographic_level"] != SCHOOL) | table["indicator"].isin(BY_SCHOOL)
    keep &= (table["geographic_level"] != SCHOOL) | (table["time_period"] == question.year)
    found = table[keep].copy()
    has_topic = found["breakdown_topic"] != TOTAL
    has_phase = found["education_phase"] != TOTAL
    topic = found["breakdown_topic"].where(has_topic, found["education_phase"].where(~has_phase, PHASE))
    group = found["breakdown"].where(has_topic, found["education_phase"])
    in_term = found["time_identifier"] != YEAR
    alone = in_term & (topic == TOTAL)
    time = found["time_identifier"].astype("str")
    crossed_topic, crossed_group = TERM + "; " + topic.astype("str"), time + "; " + group.astype("str")
    found["topic"] = topic.astype("str").where(~in_term, crossed_topic.where(~alone, TERM))
    found["group"] = group.astype("str").where(~in_term, crossed_group.where(~alone, time))
    is_school = found["geographic_level"] == SCHOOL
    found["area"] = found["area_code"].astype("str").map(study.schools).where(is_school, question.area)
    return found


def _levels(
    rows: pd.DataFrame, declared: Indicator, study: RecordsStudy, question: Question
) -> Iterator[dict[str, Any]]:
    pupils = _repeat_dispersion(rows, study)
    for cell in rows.itertuples(index=False):
        yield _level(cell, declared, study, question, pupils)


def _repeat_dispersion(rows: pd.DataFrame, study: RecordsStudy) -> Mapping[Key, Spread]:
    """For each cell of suspensions how much more than independent events they scatter, from those of each pupil."""
    indicator = str(rows["indicator"].iloc[0])
    if indicator not in REPEATED:
        return {}
    cells = study.cells
    suspensions, pupils = (cells[cells["indicator"] == name] for name in COMPARED[:2])
    return {**scaled_spread(suspensions, pupils, study.repeats), **study.spread}


def _level(
    cell: Any,
    declared: Indicator,
    study: RecordsStudy,
    question: Question,
    pupils: Mapping[Key, Spread],
) -> dict[str, Any]:
    said = _said(cell, declared, study) | {"numerator": float(cell.numerator)}
    if declared.kind == "count":
        return finding(**said, statistic=COUNT, estimate=float(cell.numerator), method="count")
    over = cell.denominator
    why = NO_ROLL if pd.isna(over) else NOBODY if over <= 0 else ""
    if not why and declared.kind == "proportion" and cell.numerator > over:
        why = ABOVE
    if why:
        return finding(**said, statistic=RATE, note=why)
    said["denominator"] = float(over)
    if declared.kind == "proportion":
        share = proportions.proportion(cell.numerator, over, per=declared.per, confidence=question.confidence)
        return finding(**said, statistic=RATE, estimate=share.estimate, lower=share.lower, upper=share.upper,
                       confidence=question.confidence, method="Wilson")  # fmt: skip
    if declared.id in TIME_LOST:
        estimate = declared.per * float(cell.numerator) / float(over)
        return finding(**said, statistic=RATE, estimate=estimate, method="sum", note=NO_INTERVAL)
    spread = pupils.get(key_of(cell), Spread())
    found = rates.rate(
        cell.numerator, over, per=declared.per, confidence=question.confidence, dispersion=spread.wide
    )
    words = {"byar": "Byar", "exact": "exact Poisson"}.get(str(found.method), str(found.method))
    words += f", dispersion {spread.wide:.2f} {spread.because}" if spread.wide > 1 else ""
    return finding(**said, statistic=RATE, estimate=found.estimate, lower=found.lower, upper=found.upper,
                   confidence=question.confidence, method=words)  # fmt: skip


def _said(cell: Any, declared: Indicator, study: RecordsStudy) -> dict[str, Any]:
    return {
        "indicator": declared.id, "objective": declared.objective,
        "time_period": cell.time_period, "geographic_level": cell.geographic_level, "area": cell.area,
        "breakdown_topic": cell.topic, "breakdown": cell.group, "design": DESCRIPTION, "strength": DESCRIPTIVE,
        "source": study.source(declared.table),
    }  # fmt: skip


def _changes(
    rows: pd.DataFrame, declared: Indicator, study: RecordsStudy, question: Question
) -> Iterator[dict[str, Any]]:
    """This time against the same time of the year before, in total and by phase; what could have been seen first."""
    simple = rows[(rows["breakdown_topic"] == TOTAL) & (rows["geographic_level"] != SCHOOL)]
    now = simple[simple["time_period"] == question.year]
    then = simple[simple["time_period"] == previous(question.year)]
    wide = _repeat_dispersion(rows, study)
    for pair in now.merge(then, on=["topic", "group"], suffixes=("", "_then")).itertuples(index=False):
        counts: Any = (pair.numerator, pair.denominator, pair.numerator_then, pair.denominator_then)
        sides = Sides(*(float(one) for one in counts))
        said = _said(pair, declared, study) | {
            "comparator": PREVIOUS_YEAR, "confidence": question.confidence, "design": BEFORE_AFTER, "strength": WEAK,
        }  # fmt: skip
        word = RELATIVE_RISK if declared.kind == "proportion" else RATE_RATIO
        if sides.why_not:
            yield finding(**said, statistic=word, note=sides.why_not)
            continue
        spread = _of_both(pair, wide)
        seen = detectable.detectable_change(
            sides.other_events, exposure_ratio=sides.pupils / sides.other_pupils, dispersion=spread.wide,
            confidence=question.confidence, power=question.power,
        )  # fmt: skip
        yield finding(**said, statistic=DETECTABLE_FALL, estimate=seen.fall, method=str(seen.method),
                      numerator=sides.events, denominator=sides.other_events)  # fmt: skip
        result = ratio_of(sides, wide=spread.wide, confidence=question.confidence)
        yield finding(
            **said, statistic=word, estimate=result.estimate, lower=result.lower, upper=result.upper,
            method=method_words(spread.wide, spread.because), numerator=sides.events,
            denominator=sides.other_events, note=sides.words,
        )  # fmt: skip


def _of_both(pair: Any, wide: Mapping[Key, Spread]) -> Spread:
    """The dispersion of a ratio: that of both times, where both are known."""
    now = key_of(pair)
    one, other = (wide.get((year, *now[1:]), Spread()) for year in (pair.time_period, pair.time_period_then))
    if not (pair.numerator > 0 and pair.numerator_then > 0):
        return one
    return together(one, float(pair.numerator), other, float(pair.numerator_then))


def _median(
    key: Mapping[str, Any], rows: pd.DataFrame, study: RecordsStudy, question: Question
) -> dict[str, Any]:
    declared = study.indicators[str(key["indicator"])]
    found = durations.median(
        rows["days"].to_numpy(),
        rows["ended"].to_numpy(dtype=bool),
        rows["count"].to_numpy(),
        confidence=question.confidence,
    )
    said = {
        "indicator": declared.id, "objective": declared.objective,
        "time_period": key["time_period"], "geographic_level": key["geographic_level"], "area": key["area"],
        "breakdown_topic": key["topic"], "breakdown": key["group"], "statistic": MEDIAN_DAYS, "design": DESCRIPTION,
        "strength": DESCRIPTIVE, "source": study.source(declared.table), "numerator": float(found.ended),
        "denominator": float(found.ended + found.censored), "method": found.method,
    }  # fmt: skip
    if found.estimate == float("inf"):
        return finding(**said, note=NO_END)
    upper = found.upper if found.upper < float("inf") else float("nan")
    return finding(
        **said, estimate=found.estimate, lower=found.lower, upper=upper, confidence=question.confidence,
        note="" if upper == upper else "the upper limit lies beyond what was seen",
    )  # fmt: skip
