"""Placements: managed moves, fair access, alternative provision, medical tuition, home and specialist education.

A placement counts in the year in which it began, one that ended in a return in the year of its end, one that must
be looked after in the year of the last day of the records. It counts at the school the pupil came from (fair
access: the school the pupil went to) and in the group the pupil had on the roll that fits best.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, IntegerValue, Table, Value

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.dates import day_of, number, period_of, term_of, year_of
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES
from onroll.counts.pupil_groups import groups_at, roll_of, term_number
from onroll.counts.roll import as_number
from onroll.counts.schools import period
from onroll.counts.spacing import spell_rows
from onroll.counts.spreading import placed
from onroll.counts.topics import GROUP, Topics
from onroll.counts.wide import group_breakdowns, spread

MOVE, FAIR, PROVISION, MEDICAL, HOME, SPECIALIST = (
    "managed_move", "fair_access", "alternative_provision", "medical_tuition", "home_education", "specialist",
)  # fmt: skip
RETURNED, PANEL = "mainstream", "pupil_placement_panel"
BEGUN = (
    "moves", "moves_due", "moves_lasting", "moves_followed", "moves_excluded", "placed", "baselined", "ambitious",
    "target_due", "target_met",
    "home_after_exclusion",
)  # fmt: skip
BACK = ("returns", "by_move", "decisions", "by_panel", "joiners", "joiners_excluded")
KEPT = ("at_home", "contacted", "in_specialist", "watched")
UNLISTED = "unlisted"
MEASURES = (
    Measure("managed_moves", "moves"),
    Measure("managed_moves_lasting", "moves_lasting", "moves_due"),
    Measure("managed_moves_excluded_within_year", "moves_excluded", "moves_followed"),
    Measure("placements_with_baseline", "baselined", "placed"),
    Measure("placements_with_ambitious_target", "ambitious", "placed"),
    Measure("placements_met_target", "target_met", "target_due"),
    Measure("home_education_after_exclusion", "home_after_exclusion"),
    Measure("returns_by_managed_move", "by_move", "returns"),
    Measure("readiness_decided_by_panel", "by_panel", "decisions"),
    Measure("joiners_excluded_within_year", "joiners_excluded", "joiners"),
    Measure("home_education_contacted", "contacted", "at_home"),
    Measure("specialist_placements_monitored", "watched", "in_specialist"),
    Measure("pupils_with_unlisted_providers", UNLISTED),
)


def placement_spells(engine: Engine, choices: Choices, topics: Topics) -> Table:
    """Every placement with its days as numbers, its place and the pupil's group; kept."""
    rows = engine.table("placements")
    own = rows.filter(rows.record == "spell")
    first = own.start_date.fill_null(own.referral_date)
    where = ibis.ifelse(
        own.kind == FAIR, own.urn_to.fill_null(own.urn_from), own.urn_from.fill_null(own.urn_to)
    )
    timed = own.mutate(
        urn=where,
        year=year_of(first),
        at=term_number(term_of(first)),
        start=day_of(own.start_date),
        end=day_of(own.end_date),
        referral=day_of(own.referral_date),
    )
    timed = timed.filter(first.notnull())
    roll = roll_of(timed.select("pupil").distinct(), engine, topics)
    asked = timed.select("pupil", "year", "at", urn=timed.urn.fill_null(0))
    who = groups_at(asked, roll, topics).rename(p="pupil", u="urn", y="year", t="at")
    met = timed.inner_join(
        who,
        [timed.pupil == who.p, timed.urn.fill_null(0) == who.u, timed.year == who.y, timed["at"] == who.t],
    ).drop("p", "u", "y", "t", "time_period")
    ready = met.mutate(
        time_period=period_of(met.year), term=term_of(met.start_date.fill_null(met.referral_date))
    )
    return engine.cache(placed(ready, engine, choices))


def placement_counts(spells: Table, engine: Engine, choices: Choices, topics: Topics) -> list[pa.Table]:
    """Wide rows of placements begun, ended in a return, and going on at the last day of the records."""
    return [
        _spread(_begun(spells, engine, choices), BEGUN, engine, choices, topics),
        _spread(_returns(spells, engine, choices), BACK, engine, choices, topics),
        _spread(_going_on(spells, choices), KEPT, engine, choices, topics),
        _spread(_unlisted(spells), (UNLISTED,), engine, choices, topics),
    ]


def _spread(rows: Table, sums: Sequence[str], engine: Engine, choices: Choices, topics: Topics) -> pa.Table:
    kept = rows.select("time_period", "term", "urn", GROUP, *sums)
    return spread(kept, engine, choices, sums, group_breakdowns(topics))


def _begun(spells: Table, engine: Engine, choices: Choices) -> Table:
    """Placements begun by the last day of the records, as flags."""
    rules, last = choices.rules, number(choices.received_to)
    own = spells.filter(spells.start.notnull() & (spells.start <= last))
    own = _flagged(own, _soon_after_exclusion(own, engine, rules.home_education_days), "after_exclusion")
    moved = own.filter(own.kind == MOVE)
    own = _flagged(own, _excluded_after(moved, moved.start, engine, rules.year_days), "excluded_since")
    is_move, is_placed = own.kind == MOVE, own.kind == PROVISION
    is_due = is_move & (own.start <= last - rules.lasting_days)
    is_followed = is_move & (own.start <= last - rules.year_days)
    lasts = own.end.isnull() | (own.end - own.start >= rules.lasting_days) | (own.end_result == "stayed")
    has_target = is_placed & own.target.notnull() & own.end.notnull()
    return own.mutate(
        moves=as_number(is_move),
        moves_due=as_number(is_due),
        moves_lasting=as_number(is_due & lasts),
        moves_followed=as_number(is_followed),
        moves_excluded=as_number(is_followed) * own.excluded_since,
        placed=as_number(is_placed),
        baselined=as_number(is_placed & (own.baseline.notnull() | own.baseline_date.notnull())),
        ambitious=as_number(is_placed & own.target.notnull() & own.target_ambitious),
        target_due=as_number(has_target),
        target_met=as_number(has_target & (own.outcome >= own.target)),
        home_after_exclusion=as_number(own.kind == HOME) * own.after_exclusion,
    )


def fair_places(spells: Table, engine: Engine, choices: Choices) -> pa.Table:
    """Fair access placements begun, at the school the pupil went to, as wide rows; phases in totals as for rates."""
    own = spells.filter((spells.kind == FAIR) & (spells.start <= number(choices.received_to)))
    rows = own.select("time_period", "urn", fair_places=ibis.literal(1, "int64"))
    return spread(rows, engine, choices, ("fair_places",), phases=COUNTED_PHASES)


def _returns(spells: Table, engine: Engine, choices: Choices) -> Table:
    """Placements that ended with a return to a mainstream school, in the year and term of the return."""
    rules, last = choices.rules, number(choices.received_to)
    own = spells.filter((spells.kind == PROVISION) & (spells.end_result == RETURNED) & (spells.end <= last))
    moves = spells.filter(spells.kind == MOVE).select(mover="pupil", moved="start")
    both = own.select("placement_id", "pupil", "end").inner_join(moves, [own.pupil == moves.mover])
    near = both.filter((both.moved - both.end).abs() <= rules.return_move_days)
    flagged = _flagged(own, near, "moved_back")
    flagged = _flagged(flagged, _excluded_after(own, own.end, engine, rules.year_days), "excluded_again")
    is_known = flagged.decided_by.notnull()
    is_followed = flagged.end <= last - rules.year_days
    return flagged.mutate(
        time_period=period_of(year_of(flagged.end_date)),
        term=term_of(flagged.end_date),
        returns=ibis.literal(1, "int64"),
        by_move=flagged.moved_back,
        decisions=as_number(is_known),
        by_panel=as_number(flagged.decided_by == PANEL),
        joiners=as_number(is_followed),
        joiners_excluded=as_number(is_followed) * flagged.excluded_again,
    )


def _going_on(spells: Table, choices: Choices) -> Table:
    """Children in home or specialist education on the last day, and those seen within a year of it."""
    last = number(choices.received_to)
    own = spells.filter((spells.start <= last) & (spells.end.isnull() | (spells.end > last)))
    is_home, is_special = own.kind == HOME, own.kind == SPECIALIST
    since = last - choices.rules.year_days
    return own.mutate(
        time_period=ibis.literal(period(choices.received_to)),
        term=ibis.null("string"),
        at_home=as_number(is_home),
        contacted=as_number(is_home & _between(own.last_contact, since, last)),
        in_specialist=as_number(is_special),
        watched=as_number(is_special & _between(own.monitored, since, last)),
    )


def _unlisted(spells: Table) -> Table:
    """Each pupil placed with a provider that is not on the list, once a year, at the lowest school number."""
    own = spells.filter((spells.kind == PROVISION) & (spells.provider_listed == False))  # noqa: E712 an expression
    keys = ("time_period", "pupil")
    lowest = own.group_by(*keys).aggregate(lowest=own.placement_id.min())
    one = own.inner_join(lowest, [own.time_period == lowest.time_period, own.placement_id == lowest.lowest])
    return one.mutate(term=ibis.null("string"), unlisted=ibis.literal(1, "int64"))


def _between(date: Value, first: int, last: int) -> BooleanValue:
    return (day_of(date) >= first) & (day_of(date) <= last)


def _exclusion_days(engine: Engine) -> Table:
    rows = engine.table("exclusions")
    counted = rows.filter(rows.category.isin(("SUSP", "PERM")))
    return counted.select(excluded=counted.pupil, day=day_of(counted.start_date))


def _soon_after_exclusion(spells: Table, engine: Engine, days: int) -> Table:
    own = spells.filter(spells.kind == HOME).select("placement_id", "pupil", "start")
    excluded = _exclusion_days(engine)
    both = own.inner_join(excluded, [own.pupil == excluded.excluded])
    return both.filter((both.start >= both.day) & (both.start - both.day <= days))


def _excluded_after(spells: Table, since: IntegerValue, engine: Engine, days: int) -> Table:
    """Spells whose pupil was suspended or excluded after a day of the spell, and within so many days of it."""
    own, excluded = spells.select("placement_id", "pupil", since=since), _exclusion_days(engine)
    both = own.inner_join(excluded, [own.pupil == excluded.excluded])
    return both.filter((both.day > both.since) & (both.day <= both.since + days))


def _flagged(rows: Table, found: Table, name: str) -> Table:
    """Rows with 1 under a name where their placement is among those found, else 0."""
    ids = found.select(found_id="placement_id").distinct()
    both = rows.left_join(ids, rows.placement_id == ids.found_id)
    return both.mutate(**{name: as_number(both.found_id.notnull())}).drop("found_id")


def placement_days(spells: Table, choices: Choices) -> list[Table]:
    """Spells: from referral to the first day (fair access), from referral to the return (medical tuition).

    Those who wait, or are still out, are followed to the last day of the records; one that ended otherwise than in
    a return is followed to its end. Days are calendar days.
    """
    last = number(choices.received_to)
    fair = spells.filter((spells.kind == FAIR) & spells.referral.notnull())
    waited = fair.mutate(
        days=ibis.greatest(fair.start.fill_null(last) - fair.referral, 0), ended=fair.start.notnull()
    )
    medical = spells.filter(spells.kind == MEDICAL)
    since = medical.referral.fill_null(medical.start)
    out = medical.mutate(
        days=ibis.greatest(medical.end.fill_null(last) - since, 0),
        ended=(medical.end.notnull() & (medical.end_result == RETURNED)).fill_null(False),
    )
    return [spell_rows("fair_access_days", waited), spell_rows("days_to_return_from_medical_tuition", out)]
