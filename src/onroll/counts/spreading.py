"""From rows to counts for every area, phase, time and group: the same few steps for each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import Table, Value

from onroll.counts.cells import LOCAL_AUTHORITY, SCHOOL
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.topics import GROUP, UNKNOWN, Topics
from onroll.vocabulary import PHASES, TERMS, TOTAL, YEAR

COUNTED_PHASES = PHASES[:-1]
"""Phases in an authority's total as the Department counts it; alternative provision stands apart."""
PLACE = ("la_code", "education_phase")
WIDE_KEYS = (
    "time_period", "time_identifier", "geographic_level", "la_code", "urn", "education_phase", "breakdown_topic",
    "breakdown",
)  # fmt: skip
NO_SCHOOL = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A breakdown topic: the column it is read from, what rows are grouped by, and the label of that."""

    name: str
    column: str
    key: Callable[[Value], Value]
    label: Callable[[Value], Value]


def of_column(name: str, column: str = "", codes: Mapping[str, str] | None = None) -> Breakdown:
    """The breakdown by a column of text: its labels, or codes that have labels. Null is ``Unknown``."""

    def label(value: Value) -> Value:
        known = value.fill_null(UNKNOWN)
        return known.cases(*codes.items(), else_=UNKNOWN) if codes else known

    return Breakdown(name, column or name, lambda value: value, label)


def placed(table: Table, engine: Engine, choices: Choices, urn: str = "urn") -> Table:
    """A table with ``la_code`` and ``education_phase`` of its school.

    A row without a school, or of one that is not on the register, belongs to the authority when exactly one is
    chosen, else to an unknown one; its phase is unknown.
    """
    schools = engine.table("schools")
    places = schools.select(
        place_urn=schools.urn, la_code=schools.la_code, education_phase=schools.education_phase
    )
    both = table.left_join(places, table[urn] == places.place_urn).drop("place_urn")
    whose = choices.authorities[0] if len(choices.authorities) == 1 else UNKNOWN
    both = both.mutate(
        la_code=both.la_code.fill_null(whose), education_phase=both.education_phase.fill_null(UNKNOWN)
    )
    return both.filter(both.la_code.isin(choices.authorities)) if choices.authorities else both


def numbered(table: Table, engine: Engine) -> Table:
    """A table with two numbers in place of words, so that millions of rows are grouped by little.

    ``place`` is the lowest school number of the same authority and phase, ``whole`` that of the authority's counted
    phases (null outside them). Each is a school of that place, so ``placed`` gives the words back; of a school that
    is not on the register both are null.
    """
    schools = engine.table("schools")
    in_total = schools.education_phase.isin(COUNTED_PHASES)
    lowest = ibis.ifelse(in_total, schools.urn, ibis.null("int32"))
    numbers = schools.select(
        number_urn=schools.urn,
        place=schools.urn.min().over(ibis.window(group_by=[schools.la_code, schools.education_phase])),
        whole=ibis.ifelse(
            in_total, lowest.min().over(ibis.window(group_by=schools.la_code)), ibis.null("int32")
        ),
    )
    return table.left_join(numbers, table.urn == numbers.number_urn).drop("number_urn")


def group_breakdowns(topics: Topics) -> tuple[Breakdown, ...]:
    """The breakdowns by the topics of the packed group."""
    return tuple(Breakdown(topic.name, GROUP, topic.within, topic.label) for topic in topics.each)


def by_topic(
    table: Table, keys: Sequence[str], sums: Sequence[str], breakdowns: Sequence[Breakdown]
) -> Table:
    """Sums by keys, in total and for each label of each topic: ``keys, breakdown_topic, breakdown, sums``."""
    columns = (*keys, "breakdown_topic", "breakdown", *sums)
    total = added(table, keys, sums)
    parts = [
        total.mutate(breakdown_topic=ibis.literal(TOTAL), breakdown=ibis.literal(TOTAL)).select(*columns)
    ]
    for topic in breakdowns:
        keyed = added(table.mutate(topic_key=topic.key(table[topic.column])), (*keys, "topic_key"), sums)
        named = keyed.mutate(breakdown_topic=ibis.literal(topic.name), breakdown=topic.label(keyed.topic_key))
        parts.append(named.select(*columns))
    return ibis.union(*parts)


def over_areas(counts: Table, sums: Sequence[str], phases: Sequence[str] | None = COUNTED_PHASES) -> Table:
    """Counts by authority and phase as wide rows, the authority's total added (over ``phases``, all when none)."""
    keys = ("time_period", "time_identifier", "la_code", "breakdown_topic", "breakdown")
    whole = counts if phases is None else counts.filter(counts.education_phase.isin(phases))
    total = added(whole, keys, sums).mutate(education_phase=ibis.literal(TOTAL))
    own = added(counts, (*keys, "education_phase"), sums)
    both = ibis.union(total.select(own.columns), own)
    return both.mutate(
        geographic_level=ibis.literal(LOCAL_AUTHORITY), urn=ibis.literal(NO_SCHOOL, "int32")
    ).select(*WIDE_KEYS, *sums)


def over_schools(table: Table, sums: Sequence[str]) -> Table:
    """Totals of each school as wide rows, of a table that has ``urn`` and ``time_identifier``; null is no school."""
    keys = ("time_period", "time_identifier", *PLACE, "urn")
    words = {"geographic_level": SCHOOL, "breakdown_topic": TOTAL, "breakdown": TOTAL}
    named = added(table.filter(table.urn.notnull()), keys, sums)
    named = named.mutate(**{name: ibis.literal(word) for name, word in words.items()})
    return named.select(*WIDE_KEYS, *sums)


def over_times(table: Table, keys: Sequence[str], sums: Sequence[str]) -> Table:
    """Counts by term as counts by term and by year: ``term`` becomes ``time_identifier``."""
    year = added(table, keys, sums).mutate(time_identifier=ibis.literal(YEAR))
    termly = table.filter(table.term.notnull()).mutate(time_identifier=term_identifier(table.term))
    return ibis.union(year, added(termly, (*keys, "time_identifier"), sums).select(year.columns))


def added(table: Table, keys: Sequence[str], sums: Sequence[str]) -> Table:
    """Sums of whole numbers by keys."""
    return table.group_by(*keys).aggregate(**{name: table[name].sum().cast("int64") for name in sums})


def term_identifier(term: Value) -> Value:
    """``Autumn term`` of ``Autumn``."""
    return term.cases(*[(name.removesuffix(" term"), name) for name in TERMS], else_=ibis.null("string"))


def spread(
    rows: Table,
    engine: Engine,
    choices: Choices,
    sums: Sequence[str],
    breakdowns: Sequence[Breakdown] = (),
    phases: Sequence[str] | None = None,
) -> Table:
    """Counts of additive rows for every time, area and topic, as wide rows.

    Parameters
    ----------
    rows : Table
        ``time_period, term, urn, la_code, education_phase``, the columns of the breakdowns and the whole
        numbers to add. Without ``term`` there are years only, without ``urn`` no schools.
    sums : sequence of str
        The columns to add.
    breakdowns : sequence of Breakdown, optional
        The topics to break down by.
    phases : sequence of str, optional
        Phases that make up an authority's total; all when none are given.
    """
    if "term" not in rows.columns:
        rows = rows.mutate(term=ibis.null("string"))
    times = ("time_period", "term", *PLACE)
    cube = engine.cache(added(rows, (*times, *dict.fromkeys(topic.column for topic in breakdowns)), sums))
    topics = engine.cache(by_topic(cube, times, sums, breakdowns))
    keys = ("time_period", *PLACE, "breakdown_topic", "breakdown")
    areas = over_areas(over_times(topics, keys, sums), sums, phases)
    if not (choices.schools and "urn" in rows.columns):
        return areas
    own = placed(added(rows, ("time_period", "term", "urn"), sums), engine, choices)
    return ibis.union(areas, over_schools(over_times(own, ("time_period", *PLACE, "urn"), sums), sums))


def stacked(parts: Sequence[Table], sums: Sequence[str]) -> Table:
    """Wide rows of several origins side by side; a column that an origin does not have adds nothing."""
    padded = [
        part.mutate(**{name: ibis.null("int64") for name in sums if name not in part.columns}).select(
            *WIDE_KEYS, *sums
        )
        for part in parts
    ]
    return added(ibis.union(*padded), WIDE_KEYS, sums)


def with_area(wide: Table) -> Table:
    """Wide rows with ``area_code``: the authority's code, or the school's number as text."""
    is_school = wide.geographic_level == SCHOOL
    return wide.mutate(area_code=ibis.ifelse(is_school, wide.urn.cast("string"), wide.la_code)).drop(
        "la_code", "urn"
    )
