"""From sums by school or place to wide rows for every area, phase, time and group: the same few steps for each table.

The engine adds the records up; from here on there are sums only, small enough for memory, and every engine's sums
take the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from onroll.counts.cells import LOCAL_AUTHORITY, SCHOOL
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES, Places, places_of
from onroll.counts.spreading import added, at_places
from onroll.counts.topics import GROUP, UNKNOWN, Topics
from onroll.counts.words import as_words, filled, in_one_piece, summed_up, with_words, worded
from onroll.vocabulary import TERMS, TOTAL, YEAR
from onroll.vocabulary.records import WIDER

WIDE_KEYS = (
    "time_period", "time_identifier", "geographic_level", "la_code", "urn", "education_phase", "breakdown_topic",
    "breakdown",
)  # fmt: skip
NO_SCHOOL = 0
_TERM_IDENTIFIERS = {name.removesuffix(" term"): name for name in TERMS}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A breakdown topic: the column it is read from, the label of each value, and the bits of the value if packed."""

    name: str
    column: str
    labels: Mapping[Any, str] | None = None
    mask: int | None = None
    otherwise: str = UNKNOWN

    def keyed(self, table: pa.Table) -> pa.ChunkedArray:
        """What rows are grouped by."""
        values = table[self.column]
        return values if self.mask is None else pc.bit_wise_and(values, self.mask)

    def labelled(self, keys: pa.ChunkedArray) -> pa.DictionaryArray:
        """The words of what rows were grouped by. Null, and what has no label, is ``otherwise``."""
        if self.labels is None:
            return filled(keys, self.otherwise)
        return worded(keys, self.labels, self.otherwise)


def of_column(name: str, column: str = "", codes: Mapping[str, str] | None = None) -> Breakdown:
    """The breakdown by a column of text: its labels, or codes that have labels. Null is ``Unknown``."""
    return Breakdown(name, column or name, codes)


def group_breakdowns(topics: Topics) -> tuple[Breakdown, ...]:
    """The breakdowns by the topics of the packed group."""
    found = []
    for topic in topics.each:
        found.append(Breakdown(topic.name, GROUP, topic.by_number, topic.mask, topic.otherwise))
        if topic.name in WIDER:
            found.append(
                Breakdown(WIDER[topic.name][0], GROUP, topic.wider_by_number, topic.mask, topic.otherwise)
            )
    return tuple(found)


def by_topic(
    table: pa.Table, keys: Sequence[str], sums: Sequence[str], breakdowns: Sequence[Breakdown]
) -> pa.Table:
    """Sums by keys, in total and for each label of each topic: ``keys, breakdown_topic, breakdown, sums``."""
    columns = [*keys, "breakdown_topic", "breakdown", *sums]
    total = summed_up(table, keys, sums)
    parts = [with_words(total, breakdown_topic=TOTAL, breakdown=TOTAL).select(columns)]
    for topic in breakdowns:
        rows = summed_up(table.append_column("topic_key", topic.keyed(table)), [*keys, "topic_key"], sums)
        named = rows.append_column("breakdown", topic.labelled(rows["topic_key"]))
        if topic.labels is not None:  # several keys may have one label
            named = summed_up(named, [*keys, "breakdown"], sums)
        parts.append(with_words(named, breakdown_topic=topic.name).select(columns))
    return pa.concat_tables(parts)


def over_times(table: pa.Table, keys: Sequence[str], sums: Sequence[str]) -> pa.Table:
    """Counts by term as counts by term and by year: ``term`` becomes ``time_identifier``."""
    year = with_words(summed_up(table, keys, sums), time_identifier=YEAR)
    if "term" not in table.column_names:
        return year
    terms = summed_up(table.filter(pc.is_valid(table["term"])), [*keys, "term"], sums)
    return pa.concat_tables([year, with_identifier(terms).select(year.column_names)])


def with_identifier(table: pa.Table) -> pa.Table:
    """A table with ``term`` (Autumn) as ``time_identifier`` (Autumn term)."""
    words = worded(table["term"], _TERM_IDENTIFIERS, UNKNOWN)
    return table.drop_columns("term").append_column("time_identifier", words)


def over_areas(
    counts: pa.Table, places: Places, sums: Sequence[str], phases: Sequence[str] | None = COUNTED_PHASES
) -> pa.Table:
    """Counts of schools or places by authority and phase as wide rows, the total (over ``phases``, or all) added."""
    keys = ["time_period", "time_identifier", "la_code", "breakdown_topic", "breakdown"]
    there = places.of(counts)
    counted = there if phases is None else there.filter(pc.is_in(there["education_phase"], pa.array(phases)))
    total = with_words(summed_up(counted, keys, sums), education_phase=TOTAL)
    own = summed_up(there, [*keys, "education_phase"], sums)
    return of_authorities(pa.concat_tables([total.select(own.column_names), own]), sums)


def of_authorities(table: pa.Table, sums: Sequence[str]) -> pa.Table:
    """Counts of authorities and phases as wide rows."""
    return with_words(table, geographic_level=LOCAL_AUTHORITY, urn=NO_SCHOOL).select([*WIDE_KEYS, *sums])


def over_schools(table: pa.Table, places: Places, sums: Sequence[str]) -> pa.Table:
    """Totals of each school as wide rows, of a table that has ``urn`` and ``time_identifier``; null is no school."""
    there = summed_up(
        table.filter(pc.is_valid(table["urn"])), ["time_period", "time_identifier", "urn"], sums
    )
    named = with_words(there, geographic_level=SCHOOL, breakdown_topic=TOTAL, breakdown=TOTAL)
    return places.of(named).select([*WIDE_KEYS, *sums])


def spread(
    rows: Table,
    engine: Engine,
    choices: Choices,
    sums: Sequence[str],
    breakdowns: Sequence[Breakdown] = (),
    phases: Sequence[str] | None = None,
    schools: bool = True,
) -> pa.Table:
    """Counts of additive rows for every time, area and topic, as wide rows.

    Parameters
    ----------
    rows : Table
        ``time_period, term, urn``, the columns of the breakdowns and the whole numbers to add. Without ``term``
        there are years only.
    sums : sequence of str
        The columns to add.
    breakdowns : sequence of Breakdown, optional
        The topics to break down by.
    phases : sequence of str, optional
        Phases that make up an authority's total; all when none are given.
    schools : bool, default True
        Whether schools have rows of their own, where the choices ask for them.
    """
    columns = dict.fromkeys(topic.column for topic in breakdowns)
    counts = fetched(rows, ("urn", *columns), sums, engine)
    places = places_of(engine, choices)
    areas = areas_of(counts, places, sums, breakdowns, phases)
    return (
        pa.concat_tables([areas, schools_of(counts, places, sums)]) if schools and choices.schools else areas
    )


def spread_large(
    rows: Table,
    engine: Engine,
    choices: Choices,
    sums: Sequence[str],
    breakdowns: Sequence[Breakdown],
    schools: bool = True,
) -> pa.Table:
    """The same for millions of rows, phases in totals as for rates: areas and schools are added up apart."""
    columns = dict.fromkeys(topic.column for topic in breakdowns)
    places = places_of(engine, choices)
    by_place = at_places(rows, engine)
    wide = areas_of(
        fetched(by_place, ("urn", *columns), sums, engine), places, sums, breakdowns, COUNTED_PHASES
    )
    if not (schools and choices.schools):
        return wide
    return pa.concat_tables([wide, schools_of(fetched(rows, ("urn",), sums, engine), places, sums)])


def fetched(rows: Table, keys: Sequence[str], sums: Sequence[str], engine: Engine) -> pa.Table:
    """Sums of rows by their time and by keys, in memory."""
    times = [name for name in ("time_period", "term") if name in rows.columns]
    return as_words(engine.fetch(added(rows, (*times, *keys), sums)))


def areas_of(
    counts: pa.Table,
    places: Places,
    sums: Sequence[str],
    breakdowns: Sequence[Breakdown] = (),
    phases: Sequence[str] | None = None,
) -> pa.Table:
    """Sums by time and school, or place, as wide rows of authorities and phases."""
    times = [name for name in ("time_period", "term") if name in counts.column_names]
    topics = by_topic(counts, [*times, "urn"], sums, breakdowns)
    keys = ["time_period", "urn", "breakdown_topic", "breakdown"]
    return over_areas(over_times(topics, keys, sums), places, sums, phases)


def schools_of(counts: pa.Table, places: Places, sums: Sequence[str]) -> pa.Table:
    """Sums by time and school as wide rows of schools."""
    return over_schools(over_times(counts, ["time_period", "urn"], sums), places, sums)


def stacked(parts: Sequence[pa.Table], sums: Sequence[str]) -> pa.Table:
    """Wide rows of several origins side by side; a column that an origin does not have adds nothing."""
    padded = []
    for part in parts:
        for name in sums:
            if name not in part.column_names:
                part = part.append_column(name, pa.nulls(len(part), pa.int64()))
        padded.append(part.select([*WIDE_KEYS, *sums]))
    return summed_up(pa.concat_tables(padded), WIDE_KEYS, sums)


def with_area(wide: pa.Table) -> pa.Table:
    """Wide rows with ``area_code``: the authority's code, or the school's number as text."""
    is_school = pc.equal(wide["geographic_level"], SCHOOL)
    there = wide.filter(pc.invert(is_school))
    schools = wide.filter(is_school)
    numbers = as_words(schools.select(["urn"]).cast(pa.schema([("urn", pa.string())])))["urn"]
    both = [there.append_column("area_code", there["la_code"]), schools.append_column("area_code", numbers)]
    return in_one_piece(pa.concat_tables(both)).drop_columns(["la_code", "urn"])
