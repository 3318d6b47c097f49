"""Pupils on roll: what every rate rests on, and what the roll itself says of part-time and absent pupils.

The base is that of the Department: registrations with status C or M at the January census (term Spring). A term's
rate rests on that term's census where the authority sent one for the year, else on January's.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices, Rules
from onroll.counts.dates import first_year
from onroll.counts.engine import Engine
from onroll.counts.spreading import (
    PLACE,
    WIDE_KEYS,
    added,
    by_topic,
    group_breakdowns,
    numbered,
    over_areas,
    over_schools,
    placed,
    spread,
    stacked,
)
from onroll.counts.topics import GROUP, Topics
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


def base(engine: Engine, choices: Choices, topics: Topics) -> tuple[Table, Table]:
    """The roll, counted once: by authority, phase and group of pupils, and by school.

    Both have ``time_period, term`` (of the census), ``la_code, education_phase``, then ``group`` or ``urn``, and the
    counts ``BASE`` and ``SIGNALS``. A pupil with two main registrations counts at both schools, as in the
    Department's headcount.
    """
    roll = engine.table("roll")
    main = roll.filter(roll.enrolment_status.isin(MAIN_REGISTRATIONS))
    codes = [topic.column for topic in topics.each]
    narrow = main.select("time_period", "term", "urn", *codes, **_signals(main, choices.rules))
    keys = ("time_period", "term", *PLACE)
    there = numbered(narrow, engine)
    counted = {"pupils": there.count()} | {name: there[name].sum().cast("int64") for name in SIGNALS}
    grouped = engine.cache(there.group_by("time_period", "term", "place", *codes).aggregate(**counted))
    raw = placed(grouped, engine, choices, "place")
    packed = raw.mutate(**{GROUP: topics.packed(raw)})
    is_older = raw.year_group.isin(choices.rules.removal_years)
    groups = packed.mutate(older_pupils=ibis.ifelse(is_older, packed.pupils, 0)).select(
        *keys, GROUP, *BASE, *SIGNALS
    )
    groups = engine.cache(added(groups, (*keys, GROUP), (*BASE, *SIGNALS)))
    older = as_number(narrow_years(main, choices.rules.removal_years))
    own = main.select("time_period", "term", "urn", **_signals(main, choices.rules), older_pupils=older)
    sums = {"pupils": own.count()} | {
        name: own[name].sum().cast("int64") for name in ("older_pupils", *SIGNALS)
    }
    schools = own.group_by("time_period", "term", "urn").aggregate(**sums)
    return groups, engine.cache(placed(schools, engine, choices))


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


def wide_base(engine: Engine, choices: Choices, topics: Topics) -> tuple[Table, Table]:
    """The base as wide rows of ``BASE`` and ``SIGNALS``, and which rates it can carry.

    The second table, ``time_period, time_identifier, la_code``, has a row for each year and term of each authority
    for which a census was received.
    """
    groups, schools = base(engine, choices, topics)
    sums = (*BASE, *SIGNALS)
    long = engine.cache(by_topic(groups, ("time_period", "term", *PLACE), sums, group_breakdowns(topics)))
    sent = _sent(schools)
    parts = [over_areas(_at_times(long, sent), sums)]
    if choices.schools:
        parts.append(over_schools(_at_times(schools, sent), sums))
    return engine.cache(ibis.union(*parts)), engine.cache(_carried(sent))


def _sent(schools: Table) -> Table:
    """Which censuses each authority sent for each year: ``sent_Autumn`` and so on, 0 or 1."""
    flags = {f"sent_{_census(term)}": as_number(schools.term == _census(term)).max() for term in TERMS}
    return schools.group_by(sent_period=schools.time_period, sent_la=schools.la_code).aggregate(**flags)


def _census(identifier: str) -> str:
    return identifier.removesuffix(" term")


def _at_times(counts: Table, sent: Table) -> Table:
    """Counts at each census as the base of each term and of the year."""
    known = counts.join(sent, [counts.time_period == sent.sent_period, counts.la_code == sent.sent_la])
    parts = [known.filter(known.term == JANUARY).mutate(time_identifier=ibis.literal(YEAR))]
    for identifier in TERMS:
        own = _census(identifier)
        instead = (known.term == JANUARY) & (known[f"sent_{own}"] == 0)
        parts.append(
            known.filter((known.term == own) | instead).mutate(time_identifier=ibis.literal(identifier))
        )
    return ibis.union(*parts)


def _carried(sent: Table) -> Table:
    """The years and terms for which an authority's rates have a base."""
    january = sent[f"sent_{JANUARY}"]
    parts = []
    for identifier in (YEAR, *TERMS):
        flag = january if identifier == YEAR else january + sent[f"sent_{_census(identifier)}"]
        parts.append(
            sent.filter(flag > 0).select(
                time_period=sent.sent_period, time_identifier=ibis.literal(identifier), la_code=sent.sent_la
            )
        )
    return ibis.union(*parts)


def removals(engine: Engine, choices: Choices, topics: Topics) -> Table:
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
    return spread(
        placed(rows, engine, choices), engine, choices, (UNEXPLAINED,), group_breakdowns(topics), phases=None
    )


def roll_counts(engine: Engine, choices: Choices, topics: Topics, wide: Table) -> Table:
    """Everything the roll says by itself, as wide rows: a census is its own term, January's is the year's."""
    kept = wide.filter((wide.part_time_known + wide.sessions_known) > 0)
    signals = kept.select(*WIDE_KEYS, *SIGNALS)
    older = wide.filter((wide.older_pupils > 0) & (wide.time_identifier == YEAR)).select(
        *WIDE_KEYS, "older_pupils"
    )
    columns = (*SIGNALS, "older_pupils", UNEXPLAINED)
    return stacked((signals, older, removals(engine, choices, topics)), columns)
