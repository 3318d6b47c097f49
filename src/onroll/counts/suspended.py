"""Pupils suspended at least once: each counted once for the time and the place that a cell speaks of.

In an authority's total a pupil counts once in the year, and once in each term with a suspension, however many
schools suspended. By phase, and by school, a pupil suspended in two counts in both, as the Department's pupil
enrolments do; so phases may add up to more than the total. The pupil's group is that of the latest suspension.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from onroll.counts.cells import LOCAL_AUTHORITY
from onroll.counts.choices import Choices
from onroll.counts.dates import period_of
from onroll.counts.engine import Engine
from onroll.counts.pupil_groups import term_name
from onroll.counts.spreading import (
    NO_SCHOOL,
    PLACE,
    WIDE_KEYS,
    by_topic,
    group_breakdowns,
    numbered,
    over_areas,
    over_schools,
    placed,
    term_identifier,
)
from onroll.counts.topics import GROUP, Topics
from onroll.vocabulary import TOTAL, YEAR

PUPILS = ("suspended_pupils", "repeatedly_suspended")
FIRST = "first_suspended"
_URN_BITS = 31


def suspended_pupils(events: Table, engine: Engine, choices: Choices, topics: Topics) -> Table:
    """Pupils with one suspension or more, and with many, as wide rows of ``PUPILS``."""
    suspended = events.filter(events.suspensions > 0)
    code = suspended["last"] * (1 << topics.bits) + suspended[GROUP]
    narrow = suspended.select("year", "at", "pupil", "urn", "suspensions", code=code)
    rows = engine.cache(numbered(narrow, engine))
    parts = []
    for times in (("year",), ("year", "at")):
        whole = _pupils(rows.filter(rows.whole.notnull()), times, "whole", choices, topics)
        named = placed(whole, engine, choices).mutate(education_phase=ibis.literal(TOTAL))
        own = placed(_pupils(rows, times, "place", choices, topics), engine, choices)
        parts += [named.select(own.columns), own]
    cube = engine.cache(ibis.union(*parts))
    keys = ("time_period", "time_identifier", *PLACE)
    wide = by_topic(cube, keys, PUPILS, group_breakdowns(topics)).mutate(
        geographic_level=ibis.literal(LOCAL_AUTHORITY), urn=ibis.literal(NO_SCHOOL, "int32")
    )
    found = [wide.select(*WIDE_KEYS, *PUPILS)]
    if choices.schools:
        for times in (("year",), ("year", "at")):
            each = _pupils(rows, times, "urn", choices, topics)
            found.append(over_schools(placed(each, engine, choices), PUPILS))
    return ibis.union(*found)


def _pupils(rows: Table, times: Sequence[str], place: str, choices: Choices, topics: Topics) -> Table:
    """Pupils by time, by the number of a place (as ``urn``) and by the group of the latest suspension."""
    each = rows.group_by(*times, "pupil", urn=rows[place]).aggregate(
        times=rows.suspensions.sum(), code=rows.code.max()
    )
    many = ibis.ifelse(each.times >= choices.rules.repeat_suspensions, 1, 0)
    flagged = each.mutate(many=many, **{GROUP: each.code & ((1 << topics.bits) - 1)})
    counts = flagged.group_by(*times, "urn", GROUP).aggregate(
        suspended_pupils=flagged.count(), repeatedly_suspended=flagged.many.sum().cast("int64")
    )
    identifier = term_identifier(term_name(counts["at"])) if "at" in times else ibis.literal(YEAR)
    named = counts.mutate(time_period=period_of(counts.year), time_identifier=identifier)
    return named.select("time_period", "time_identifier", "urn", GROUP, *PUPILS)


def first_suspensions(events: Table, engine: Engine, choices: Choices, topics: Topics) -> Table:
    """Pupils whose first suspension in the records fell in the year, as wide rows of ``first_suspended``.

    Suspensions before the records begin are not known, so the first years hold too many.
    """
    suspended = events.filter(events.suspensions > 0)
    code = suspended["first"] * (1 << _URN_BITS) + suspended.urn.cast("int64")
    coded = suspended.mutate(code=code)
    earliest = coded.group_by("pupil").aggregate(code=coded.code.min())
    found = coded.semi_join(earliest, ["pupil", "code"])
    keys = ("time_period", *PLACE, GROUP)
    counts = found.group_by(*keys).aggregate(first_suspended=found.count())
    cube = engine.cache(counts.mutate(time_identifier=ibis.literal(YEAR)))
    topic = by_topic(cube, ("time_period", "time_identifier", *PLACE), (FIRST,), group_breakdowns(topics))
    return over_areas(topic, (FIRST,))
