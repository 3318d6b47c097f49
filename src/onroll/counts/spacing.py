"""The time between suspensions: from the end of one to the start of the same pupil's next within the year.

The end is worked out from the half days, weekends left out. A pupil who is not suspended again is followed to the
31 July that ends the year, or to the last day the records speak of; such a spell is counted as not ended.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from onroll.counts.cells import LOCAL_AUTHORITY, SPELL_SCHEMA
from onroll.counts.choices import Choices
from onroll.counts.dates import day_of, end_of_suspension, first_year, last_day, number
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES
from onroll.counts.spreading import placed
from onroll.vocabulary import TOTAL, YEAR


def suspension_spacing(engine: Engine, choices: Choices) -> Table:
    """Spells of ``days_between_suspensions``, columns as ``SPELL_SCHEMA``."""
    rows = engine.table("exclusions")
    own = rows.filter(rows.category == "SUSP")
    start = day_of(own.start_date)
    timed = own.select(
        "time_period", "pupil", "urn", start=start, end=end_of_suspension(start, own.sessions.fill_null(1))
    )
    following = ibis.window(group_by=["time_period", "pupil"], order_by=["start", "end", "urn"])
    chained = timed.mutate(following=timed.start.lead().over(following))
    until = ibis.least(last_day(first_year(chained.time_period)), number(choices.received_to))
    ended = chained.following.notnull()
    days = ibis.greatest(chained.following.fill_null(until) - chained.end, 0)
    spells = chained.select("time_period", "urn", days=days, ended=ended)
    return spell_rows("days_between_suspensions", placed(spells, engine, choices), COUNTED_PHASES)


def spell_rows(indicator: str, spells: Table, phases: Sequence[str] | None = None) -> Table:
    """Spells as a histogram of days, by authority and phase and in total (over ``phases``, all when none)."""
    counted = spells if phases is None else spells.filter(spells.education_phase.isin(phases))
    both = ibis.union(
        counted.mutate(education_phase=ibis.literal(TOTAL)).select(*_COLUMNS), spells.select(*_COLUMNS)
    )
    grouped = both.group_by(*_COLUMNS).aggregate(count=both.count())
    words = {
        "indicator": indicator, "time_identifier": YEAR, "geographic_level": LOCAL_AUTHORITY,
        "breakdown_topic": TOTAL, "breakdown": TOTAL,
    }  # fmt: skip
    named = grouped.mutate(
        **{name: ibis.literal(word) for name, word in words.items()},
        area_code=grouped.la_code,
        days=grouped.days.cast("int32"),
    )
    return named.select(*SPELL_SCHEMA.names)


_COLUMNS = ("time_period", "la_code", "education_phase", "days", "ended")
