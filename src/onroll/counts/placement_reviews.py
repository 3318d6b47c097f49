"""Six-weekly reviews of pupils in alternative provision: held in time, and help where a pupil fell behind."""

from __future__ import annotations

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.dates import day_of, period_of, term_of, year_of
from onroll.counts.engine import Engine
from onroll.counts.placements import PROVISION
from onroll.counts.roll import as_number
from onroll.counts.topics import GROUP, Topics
from onroll.counts.wide import group_breakdowns, spread

SUMS = ("reviews_due", "reviews_in_time", "below_target", "helped")
MEASURES = (
    Measure("reviews_within_six_weeks", "reviews_in_time", "reviews_due"),
    Measure("below_target_helped", "helped", "below_target"),
)
_PLACED = ("placement_id", "urn", GROUP)


def review_counts(spells: Table, engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    """Reviews due and held in time as wide rows of ``SUMS``.

    A review held is due once, in time when it came within six weeks of the one before (the first: of the start). A
    placement that went on for more than six weeks after its last review, to its end or the last day of the records,
    has one more review due, which was not held; it counts where it fell due, so that a placement nobody closed does not
    weigh on every year after.
    """
    rows = engine.table("placements")
    last_day, limit = choices.received_to, choices.rules.review_days
    own = spells.filter((spells.kind == PROVISION) & spells.start.notnull())
    held = rows.filter((rows.record == "review") & (rows.review_date <= last_day))
    reviews = held.select(
        of_id=held.placement_id, date=held.review_date, day=day_of(held.review_date),
        is_below=as_number(held.below_target), is_helped=as_number(held.help_given),
    )  # fmt: skip
    both = own.select(*_PLACED, "start").inner_join(reviews, own.placement_id == reviews.of_id)
    order = ibis.window(group_by="placement_id", order_by=["day", "is_below", "is_helped"])
    chained = both.mutate(before=both.day.lag().over(order))
    met = chained.mutate(since=chained.day - chained.before.fill_null(chained.start))
    there = met.select(
        *_PLACED, "date", reviews_due=ibis.literal(1, "int64"),
        reviews_in_time=as_number(met.since <= limit),
        below_target=met.is_below, helped=met.is_below * met.is_helped,
    )  # fmt: skip
    zero = {name: ibis.literal(0, "int64") for name in SUMS[1:]}
    latest = reviews.group_by("of_id").aggregate(latest=reviews.date.max())
    ends = own.select(*_PLACED, "start_date", ended=ibis.least(own.end_date.fill_null(last_day), last_day))
    open_ = ends.left_join(latest, ends.placement_id == latest.of_id)
    open_ = open_.mutate(since=open_.latest.fill_null(open_.start_date))
    open_ = open_.filter(day_of(open_.ended) - day_of(open_.since) > limit)
    fell_due = (open_.since + ibis.interval(days=limit)).cast("date")
    missed = open_.select(*_PLACED, date=fell_due, reviews_due=ibis.literal(1, "int64"), **zero)
    every = ibis.union(there, missed)
    dated = every.mutate(time_period=period_of(year_of(every.date)), term=term_of(every.date))
    ready = dated.select("time_period", "term", "urn", GROUP, *SUMS)
    return spread(ready, engine, choices, SUMS, group_breakdowns(topics))
