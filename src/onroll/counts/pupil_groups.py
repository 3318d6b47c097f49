"""Who an excluded pupil is: the pupil's row of the roll that fits an exclusion best.

The same school comes first, then the nearest census of the year, then a main registration. What is left equal is
settled by the lower group number, so that no engine and no order of rows can answer otherwise. A pupil who is on no
roll of the year is of unknown groups, and is counted.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from onroll.counts.dates import first_year
from onroll.counts.engine import Engine
from onroll.counts.roll import MAIN_REGISTRATIONS, as_number
from onroll.counts.topics import GROUP, Topics

_NUMBERS = (("Autumn", 0), ("Spring", 1), ("Summer", 2))
KNOWN_DESTINATIONS = ("school", "away", "home_education", "provision", "finished", "excluded", "died")


def term_number(term: Value) -> IntegerValue:
    """0, 1 or 2 of Autumn, Spring or Summer."""
    return term.cases(*_NUMBERS, else_=1).cast("int64")


def term_name(number: Value) -> StringValue:
    """Autumn, Spring or Summer of 0, 1 or 2."""
    return number.cases(*[(at, name) for name, at in _NUMBERS], else_=ibis.null("string"))


def roll_of(pupils: Table, engine: Engine, topics: Topics) -> Table:
    """Every row of the roll of some pupils, narrow, kept: for each exclusion and each pupil who comes or goes.

    ``pupil, urn, year`` (in which the academic year begins), ``census`` (0 to 2), ``sub`` (1 unless a main
    registration), ``group``, ``has_left`` (1 when the row says where the pupil went).
    """
    roll = engine.table("roll").semi_join(pupils, "pupil")
    narrow = roll.select(
        "pupil",
        "urn",
        year=first_year(roll.time_period),
        census=term_number(roll.term),
        sub=1 - as_number(roll.enrolment_status.isin(MAIN_REGISTRATIONS)),
        has_left=as_number(roll.left_to.isin(KNOWN_DESTINATIONS)),
        **{GROUP: topics.packed(roll)},
    )
    return engine.cache(narrow)


def groups_at(events: Table, roll: Table, topics: Topics) -> Table:
    """The group of each pupil at each event: ``pupil, urn, year, at`` (term number), ``group``.

    Parameters
    ----------
    events : Table
        ``pupil, urn, year, at``; each combination is answered once.
    roll : Table
        As ``roll_of`` gives it.
    topics : Topics
        How groups are packed.
    """
    asked = events.select("pupil", "urn", "year", "at").distinct()
    rows = roll.select(
        on_pupil=roll.pupil, on_urn=roll.urn, on_year=roll.year, census=roll.census, sub=roll["sub"],
        of_group=roll[GROUP],
    )  # fmt: skip
    both = asked.left_join(rows, [asked.pupil == rows.on_pupil, asked.year == rows.on_year])
    away = ibis.ifelse(both.on_urn == both.urn, 0, 1)
    apart = (both.census - both["at"]).abs()
    order = (away * 4 + apart) * 2 + both["sub"]
    fits = both.mutate(code=order.cast("int64") * (1 << topics.bits) + both.of_group)
    best = fits.group_by("pupil", "urn", "year", "at").aggregate(code=fits.code.min())
    known = (best.code & ((1 << topics.bits) - 1)).fill_null(topics.unknown)
    return best.select("pupil", "urn", "year", "at", **{GROUP: known})
