"""Pupils suspended at least once: each counted once for the time and the place that a cell speaks of.

In an authority's total a pupil counts once in the year, and once in each term with a suspension, however many
schools suspended. By phase, and by school, a pupil suspended in two counts in both, as the Department's pupil
enrolments do; so phases may add up to more than the total. The pupil's group is that of the latest suspension.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from onroll.counts.cells import LOCAL_AUTHORITY, SCHOOL
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.spreading import (
    COUNTED_PHASES,
    NO_SCHOOL,
    PLACE,
    WIDE_KEYS,
    by_topic,
    group_breakdowns,
    over_areas,
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
    counted = suspended.filter(suspended.education_phase.isin(COUNTED_PHASES))
    of_total = counted.mutate(education_phase=ibis.literal(TOTAL))
    parts = []
    for times in (("time_period",), ("time_period", "term")):
        for rows in (of_total, suspended):
            parts.append(_pupils(rows, (*times, *PLACE), choices, topics))
    cube = engine.cache(ibis.union(*parts))
    keys = ("time_period", "time_identifier", *PLACE)
    wide = by_topic(cube, keys, PUPILS, group_breakdowns(topics)).mutate(
        geographic_level=ibis.literal(LOCAL_AUTHORITY), urn=ibis.literal(NO_SCHOOL, "int32")
    )
    found = [wide.select(*WIDE_KEYS, *PUPILS)]
    if choices.schools:
        words = {"geographic_level": SCHOOL, "breakdown_topic": TOTAL, "breakdown": TOTAL}
        for times in (("time_period",), ("time_period", "term")):
            own = _pupils(suspended, (*times, *PLACE, "urn"), choices, topics, with_group=False)
            named = own.mutate(**{name: ibis.literal(word) for name, word in words.items()})
            found.append(named.select(*WIDE_KEYS, *PUPILS))
    return ibis.union(*found)


def _pupils(
    rows: Table, keys: Sequence[str], choices: Choices, topics: Topics, *, with_group: bool = True
) -> Table:
    """Pupils by keys and by the group of the latest suspension, with ``time_identifier`` for ``term``."""
    code = rows["last"] * (1 << topics.bits) + rows[GROUP]
    ready = rows.mutate(code=code)
    each = ready.group_by(*keys, "pupil").aggregate(times=ready.suspensions.sum(), code=ready.code.max())
    group = {GROUP: each.code & ((1 << topics.bits) - 1)} if with_group else {}
    many = ibis.ifelse(each.times >= choices.rules.repeat_suspensions, 1, 0)
    flagged = each.mutate(many=many, **group)
    counts = flagged.group_by(*keys, *group).aggregate(
        suspended_pupils=flagged.count(), repeatedly_suspended=flagged.many.sum().cast("int64")
    )
    identifier = term_identifier(counts.term) if "term" in keys else ibis.literal(YEAR)
    named = counts.mutate(time_identifier=identifier)
    place = [key for key in keys if key != "term"]
    return named.select(*place, "time_identifier", *group, *PUPILS)


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
