"""Pupils suspended at least once: each counted once for the time and the place that a cell speaks of.

In an authority's total a pupil counts once in the year, and once in each term with a suspension, however many
schools suspended. By phase, and by school, a pupil suspended in two counts in both, as the Department's pupil
enrolments do; so phases may add up to more than the total. The pupil's group is that of the latest suspension.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.choices import Choices
from onroll.counts.dates import period_of
from onroll.counts.engine import Engine
from onroll.counts.places import PLACE, places_of
from onroll.counts.pupil_groups import term_name
from onroll.counts.spreading import numbered
from onroll.counts.topics import GROUP, Topics
from onroll.counts.wide import (
    by_topic,
    group_breakdowns,
    of_authorities,
    over_schools,
    spread_large,
    with_identifier,
)
from onroll.counts.words import as_words, with_words
from onroll.vocabulary import TOTAL, YEAR

PUPILS = ("suspended_pupils", "repeatedly_suspended")
FIRST = "first_suspended"
_URN_BITS = 31


def suspended_pupils(events: Table, engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    """Pupils with one suspension or more, and with many, as wide rows of ``PUPILS``."""
    suspended = events.filter(events.suspensions > 0)
    code = suspended["last"] * (1 << topics.bits) + suspended[GROUP]
    narrow = suspended.select("year", "at", "pupil", "urn", "suspensions", code=code)
    rows = engine.cache(numbered(narrow, engine))
    places = places_of(engine, choices)
    parts, schools = [], []
    for times in (("year",), ("year", "at")):
        whole = _pupils(rows.filter(rows.whole.notnull()), times, "whole", engine, choices, topics)
        named = places.of(whole).drop_columns("education_phase")
        own = places.of(_pupils(rows, times, "place", engine, choices, topics))
        parts += [with_words(named, education_phase=TOTAL).select(own.column_names), own]
        if choices.schools:
            schools.append(_pupils(rows, times, "urn", engine, choices, topics))
    keys = ("time_period", "time_identifier", *PLACE)
    wide = by_topic(pa.concat_tables(parts), keys, PUPILS, group_breakdowns(topics))
    each = [over_schools(table, places, PUPILS) for table in schools]
    return pa.concat_tables([of_authorities(wide, PUPILS), *each])


def _pupils(
    rows: Table, times: Sequence[str], place: str, engine: Engine, choices: Choices, topics: Topics
) -> pa.Table:
    """Pupils by time, by the number of a place (as ``urn``) and by the group of the latest suspension."""
    each = rows.group_by(*times, "pupil", urn=rows[place]).aggregate(
        times=rows.suspensions.sum(), code=rows.code.max()
    )
    many = ibis.ifelse(each.times >= choices.rules.repeat_suspensions, 1, 0)
    flagged = each.mutate(many=many, **{GROUP: each.code & ((1 << topics.bits) - 1)})
    counts = flagged.group_by(*times, "urn", GROUP).aggregate(
        suspended_pupils=flagged.count(), repeatedly_suspended=flagged.many.sum().cast("int64")
    )
    named = counts.mutate(time_period=period_of(counts.year))
    if "at" not in times:
        year = as_words(engine.fetch(named.select("time_period", "urn", GROUP, *PUPILS)))
        return with_words(year, time_identifier=YEAR)
    termly = named.mutate(term=term_name(named["at"]))
    return with_identifier(
        as_words(engine.fetch(termly.select("time_period", "term", "urn", GROUP, *PUPILS)))
    )


def first_suspensions(events: Table, engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    """Pupils whose first suspension in the records fell in the year, as wide rows of ``first_suspended``.

    Suspensions before the records begin are not known, so the first years hold too many.
    """
    suspended = events.filter(events.suspensions > 0)
    code = suspended["first"] * (1 << _URN_BITS) + suspended.urn.cast("int64")
    coded = suspended.mutate(code=code)
    earliest = coded.group_by("pupil").aggregate(code=coded.code.min())
    found = coded.semi_join(earliest, ["pupil", "code"])
    rows = found.select("time_period", "urn", GROUP, first_suspended=ibis.literal(1, "int64"))
    return spread_large(rows, engine, choices, (FIRST,), group_breakdowns(topics), schools=False)
