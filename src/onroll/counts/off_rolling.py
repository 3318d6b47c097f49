"""Pupils suspended in a year who are on no roll the year after and of whom no record says why.

It is a question to schools, not a verdict: a pupil may have moved away properly. "The authority" is all the roll
that was handed over, so with England's a move to another authority is seen.
"""

from __future__ import annotations

import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.dates import first_year
from onroll.counts.engine import Engine
from onroll.counts.exclusions import Register
from onroll.counts.pupil_groups import term_number
from onroll.counts.roll import as_number
from onroll.counts.topics import GROUP, YEAR_GROUP, Topics
from onroll.counts.wide import group_breakdowns, spread_large

SUMS = ("suspended_before", "lost_from_roll")
MEASURES = (Measure("off_rolling_signal", "lost_from_roll", "suspended_before"),)


def off_rolling(made: Register, engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    """Suspended pupils of Years 1 to 10, and those lost from the roll, as wide rows of ``SUMS``.

    Of each pupil and year the school of the latest suspension counts. The next census is the first that was
    received of the following year; years without one are not counted. A pupil is accounted for by a roll row of the
    year or the next that says where the pupil went, by a placement begun in either, or by a permanent exclusion.
    """
    latest = _latest(made.events, topics)
    year_group = topics[YEAR_GROUP]
    own = latest.filter(
        (latest[GROUP] & year_group.mask).isin(year_group.values(choices.rules.off_rolling_years))
    )
    roll = engine.table("roll")
    first = roll.group_by(next_year=first_year(roll.time_period)).aggregate(
        first=term_number(roll.term).min()
    )
    first = engine.cache(first)
    asked = own.semi_join(first.mutate(year=first.next_year - 1), "year")
    seen = made.roll.inner_join(
        first, [made.roll.year == first.next_year, made.roll.census == first["first"]]
    )
    here = seen.select("pupil", year=seen.year - 1)
    left = made.roll.filter(made.roll.has_left == 1)
    gone = left.select("pupil", "year").union(left.select("pupil", year=left.year - 1))
    permanent = made.events.filter(made.events.permanent_exclusions > 0).select("pupil", "year")
    known = here.union(gone).union(permanent).union(_placed_pupils(engine)).distinct()
    known = known.rename(known_pupil="pupil", known_year="year")
    both = asked.left_join(known, [asked.pupil == known.known_pupil, asked.year == known.known_year])
    rows = both.select(
        "time_period", "urn", GROUP,
        suspended_before=as_number(both.pupil.notnull()), lost_from_roll=as_number(both.known_pupil.isnull()),
    )  # fmt: skip
    return spread_large(rows, engine, choices, SUMS, group_breakdowns(topics))


def _latest(events: Table, topics: Topics) -> Table:
    """Each suspended pupil once a year, at the school and in the group of the latest suspension."""
    own = events.filter(events.suspensions > 0)
    coded = own.mutate(code=(own["last"] << 31) + own.urn.cast("int64"))
    keys = ("time_period", "year", "pupil")
    last = coded.group_by(*keys).aggregate(code=coded.code.max())
    found = coded.semi_join(last, [*keys, "code"])
    return found.group_by(*keys, "urn").aggregate(**{GROUP: found[GROUP].min()})


def _placed_pupils(engine: Engine) -> Table:
    """Pupils with a placement begun in the year or the next."""
    rows = engine.table("placements")
    spells = rows.filter((rows.record == "spell") & rows.time_period.notnull())
    begun = first_year(spells.time_period)
    return spells.select("pupil", year=begun).union(spells.select("pupil", year=begun - 1))
