"""Pupils on roll: what every rate rests on, and what the roll itself says of part-time and absent pupils.

The base is that of the Department: registrations with status C or M at the January census (term Spring). A term's
rate rests on that term's census where the authority sent one for the year, else on January's.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import BooleanValue, Table, Value

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices, Rules
from onroll.counts.dates import first_year
from onroll.counts.engine import Engine
from onroll.counts.places import Places, places_of
from onroll.counts.spreading import added, numbered
from onroll.counts.topics import GROUP, Topics
from onroll.counts.wide import (
    WIDE_KEYS,
    by_topic,
    group_breakdowns,
    over_areas,
    over_schools,
    spread,
    stacked,
)
from onroll.counts.words import as_words, stands_in, summed_up, with_words
from onroll.vocabulary import TERMS, YEAR

MAIN_REGISTRATIONS = ("C", "M")
JANUARY = "Spring"
BASE = ("pupils", "older_pupils")
SIGNALS = ("part_time_known", "part_time", "sessions_known", "informal_absence")
UNEXPLAINED = "unexplained_removals"
_LEFT_UNKNOWN = "unknown"
MEASURES = (
    Measure("part_time_timetables", "part_time", "part_time_known"),
    Measure("informal_absence_signal", "informal_absence", "sessions_known"),
    Measure("unexplained_roll_removals", UNEXPLAINED, "older_pupils"),
)


def as_number(condition: Value) -> Value:
    """1 where a condition holds, 0 where it does not or is not known."""
    return ibis.ifelse(condition.fill_null(False), 1, 0).cast("int64")


def base(engine: Engine, choices: Choices, topics: Topics) -> tuple[pa.Table, pa.Table]:
    """The roll, counted once: by authority, phase and group of pupils, and by school.

    Both have ``time_period, term`` (of the census) and ``urn``, of the school or of a school of the place, and the
    counts ``BASE`` and ``SIGNALS``; the first has ``group`` too. A pupil with two main registrations counts at both
    schools, as in the Department's headcount.
    """
    roll = engine.table("roll")
    main = roll.filter(roll.enrolment_status.isin(MAIN_REGISTRATIONS))
    codes = [topic.column for topic in topics.each]
    narrow = main.select("time_period", "term", "urn", *codes, **_signals(main, choices.rules))
    there = numbered(narrow, engine)
    grouped = engine.cache(_headcount(there, ("time_period", "term", "place", *codes), SIGNALS))
    is_older = narrow_years(grouped, choices.rules.removal_years)
    packed = grouped.select(
        "time_period", "term", "pupils", *SIGNALS, urn=grouped.place, **{GROUP: topics.packed(grouped)},
        older_pupils=ibis.ifelse(is_older, grouped.pupils, 0),
    )  # fmt: skip
    groups = as_words(engine.fetch(added(packed, ("time_period", "term", "urn", GROUP), (*BASE, *SIGNALS))))
    older = as_number(narrow_years(main, choices.rules.removal_years))
    own = main.select("time_period", "term", "urn", **_signals(main, choices.rules), older_pupils=older)
    schools = engine.fetch(_headcount(own, ("time_period", "term", "urn"), ("older_pupils", *SIGNALS)))
    return groups, as_words(schools)


def _headcount(rows: Table, keys: Sequence[str], flags: Sequence[str]) -> Table:
    """Rows by keys as ``pupils``, and those among them that are flagged."""
    sums = {name: rows[name].sum().cast("int64") for name in flags}
    return rows.group_by(*keys).aggregate(pupils=rows.count(), **sums)


def narrow_years(roll: Table, years: Sequence[str]) -> BooleanValue:
    """Whether a row of the roll is of one of these year groups."""
    return roll.year_group.isin(years)


def _signals(roll: Table, rules: Rules) -> dict[str, Value]:
    """Part-time and absence signals of a row of the roll, 0 or 1."""
    away = roll.sessions_b.fill_null(0).cast("int64") + roll.sessions_c.fill_null(0).cast("int64")
    is_known = roll.sessions_possible > 0
    return {
        "part_time_known": as_number(roll.part_time.notnull()),
        "part_time": as_number(roll.part_time),
        "sessions_known": as_number(is_known),
        "informal_absence": as_number(
            is_known & (away * 100 >= roll.sessions_possible.cast("int64") * rules.informal_percent)
        ),
    }


def wide_base(engine: Engine, choices: Choices, topics: Topics) -> tuple[pa.Table, pa.Table]:
    """The base as wide rows of ``BASE`` and ``SIGNALS``, and which rates it can carry.

    The second table, ``time_period, time_identifier, la_code``, has a row for each year and term of each authority
    for which a census was received.
    """
    groups, schools = base(engine, choices, topics)
    sums = (*BASE, *SIGNALS)
    places = places_of(engine, choices)
    sent = _sent(places.of(schools))
    long = by_topic(groups, ("time_period", "term", "urn"), sums, group_breakdowns(topics))
    parts = [over_areas(_at_times(long, places, sent), places, sums)]
    if choices.schools:
        parts.append(over_schools(_at_times(schools, places, sent), places, sums))
    return pa.concat_tables(parts), sent.select(["time_period", "time_identifier", "la_code"])


def _sent(schools: pa.Table) -> pa.Table:
    """The census that each year and term of an authority rests on: its own where one was sent, else January's."""
    censuses = summed_up(schools, ("time_period", "la_code", "term"), ())
    january = censuses.filter(pc.equal(censuses["term"], JANUARY))
    parts = [with_words(january, time_identifier=YEAR)]
    for identifier in TERMS:
        own = censuses.filter(pc.equal(censuses["term"], identifier.removesuffix(" term")))
        instead = january.filter(pc.invert(stands_in(january, own, ("time_period", "la_code"))))
        parts.append(with_words(pa.concat_tables([own, instead]), time_identifier=identifier))
    return pa.concat_tables(parts)


def _at_times(counts: pa.Table, places: Places, sent: pa.Table) -> pa.Table:
    """Counts at each census as the base of each term and of the year that rest on it."""
    there, parts = places.of(counts), []
    for identifier in (YEAR, *TERMS):
        rests = sent.filter(pc.equal(sent["time_identifier"], identifier))
        known = there.filter(stands_in(there, rests, ("time_period", "la_code", "term")))
        parts.append(with_words(known, time_identifier=identifier))
    return pa.concat_tables(parts).drop_columns(["term", "la_code", "education_phase"])


def removals(engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    """Pupils off roll without a known next place, as wide rows of ``unexplained_removals``.

    A pupil of Years 9 to 11 whose row has a leaving date and no destination, who stands in the same year on no
    roll without a leaving date, and on no roll of the year after. Each pupil counts once a year, at the school
    with the lowest number when there are several.
    """
    roll = engine.table("roll")
    gone = roll.filter(
        roll.enrolment_status.isin(MAIN_REGISTRATIONS)
        & roll.left_date.notnull()
        & (roll.left_to.fill_null(_LEFT_UNKNOWN) == _LEFT_UNKNOWN)
        & narrow_years(roll, choices.rules.removal_years)
    )
    packed = gone.select("time_period", "pupil", "urn", **{GROUP: topics.packed(gone)})
    last = packed.mutate(code=packed.urn.cast("int64") * (1 << topics.bits) + packed[GROUP])
    lowest = last.group_by("time_period", "pupil").aggregate(code=last.code.min())
    each = lowest.mutate(first=first_year(lowest.time_period))
    there = roll.select(
        there=roll.pupil, year=first_year(roll.time_period), stays=as_number(roll.left_date.isnull())
    )
    seen = there.semi_join(each, there.there == each.pupil)
    met = each.left_join(seen, each.pupil == seen.there)
    is_known = ((met.year == met["first"]) & (met.stays == 1)) | (met.year == met["first"] + 1)
    found = met.group_by("time_period", "pupil", "code").aggregate(known=as_number(is_known).max())
    rest = found.filter(found.known == 0)
    rows = rest.select(
        "time_period",
        urn=(rest.code >> topics.bits).cast("int32"),
        **{GROUP: rest.code & ((1 << topics.bits) - 1), UNEXPLAINED: ibis.literal(1, "int64")},
    )
    return spread(rows, engine, choices, (UNEXPLAINED,), group_breakdowns(topics))


def roll_counts(engine: Engine, choices: Choices, topics: Topics, wide: pa.Table) -> pa.Table:
    """Everything the roll says by itself, as wide rows: a census is its own term, January's is the year's."""
    kept = wide.filter(pc.greater(pc.add(wide["part_time_known"], wide["sessions_known"]), 0))
    is_year = pc.equal(wide["time_identifier"], YEAR)
    older = wide.filter(pc.and_(pc.greater(wide["older_pupils"], 0), is_year))
    parts = (
        kept.select([*WIDE_KEYS, *SIGNALS]),
        older.select([*WIDE_KEYS, "older_pupils"]),
        removals(engine, choices, topics),
    )
    return stacked(parts, (*SIGNALS, "older_pupils", UNEXPLAINED))
