"""Suspensions and permanent exclusions of the authority's own register, by term, phase, group and school.

Events count at the school that excluded, in the term of the first day, with the SEN provision that the register
gives at the time (else the roll's). An authority's total holds primary, secondary and special schools;
alternative provision stands as a phase by itself. Lunchtime exclusions are never counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from onroll.counts.cells import Measure, melted, summed
from onroll.counts.choices import Choices
from onroll.counts.dates import day_of, first_year, period_of
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES, places_of
from onroll.counts.pupil_groups import groups_at, roll_of, term_name, term_number
from onroll.counts.roll import BASE, as_number
from onroll.counts.spreading import added, at_places, placed
from onroll.counts.suspended import FIRST, PUPILS, first_suspensions, suspended_pupils
from onroll.counts.topics import GROUP, YEAR_GROUP, Topics, with_sen
from onroll.counts.wide import (
    WIDE_KEYS,
    areas_of,
    fetched,
    group_breakdowns,
    spread_large,
    stacked,
    with_area,
)
from onroll.counts.words import stands_in
from onroll.framework.contracts import CodeSet

SUSPENSION, PERMANENT, ANY = "SUSP", "PERM", "any"
EVENTS = (
    "suspensions", "permanent_exclusions", "sessions", "school_days", "strategy_known", "strategy_before",
)  # fmt: skip
TRANSITION = "transition_year_suspension_rate"
MEASURES = (
    Measure("register_suspension_rate", "suspensions", "pupils"),
    Measure("register_suspended_pupil_rate", "suspended_pupils", "pupils"),
    Measure("register_permanent_exclusion_rate", "permanent_exclusions", "pupils"),
    Measure("repeat_suspensions", "repeatedly_suspended", "pupils"),
    Measure("days_lost_to_suspension", "school_days", "pupils"),
    Measure("sessions_lost_to_suspension", "sessions", "pupils"),
    Measure("strategy_before_suspension", "strategy_before", "strategy_known"),
)


@dataclass(frozen=True, slots=True)
class Register:
    """The register made ready: ``events`` (rows added up a pupil, school and term) and the roll of its pupils."""

    events: Table
    roll: Table


def register(engine: Engine, choices: Choices, topics: Topics) -> Register:
    """Events of each pupil at each school in each term, with the pupil's group; kept.

    ``events`` has ``time_period, term`` and their numbers ``year, at``, ``pupil, urn, la_code, education_phase``,
    ``group``, the counts ``EVENTS`` and the numbers of the first and last day on which a suspension began (null
    without one).
    """
    rows = engine.table("exclusions")
    counted = rows.filter(rows.category.isin((SUSPENSION, PERMANENT)))
    is_suspension = counted.category == SUSPENSION
    sessions = counted.sessions.fill_null(0).cast("int64") * as_number(is_suspension)
    day = is_suspension.ifelse(day_of(counted.start_date), None)
    ready = counted.select(
        "pupil", "urn", "sen_provision",
        year=first_year(counted.time_period),
        at=term_number(counted.term),
        suspensions=as_number(is_suspension),
        permanent_exclusions=1 - as_number(is_suspension),
        sessions=sessions,
        school_days=((sessions + 1) / 2).floor().cast("int64"),
        strategy_known=as_number(is_suspension & counted.strategy_before.notnull()),
        strategy_before=as_number(is_suspension & counted.strategy_before),
        day=day,
    )  # fmt: skip
    keys = ("year", "at", "pupil", "urn", "sen_provision")
    sums = {name: ready[name].sum().cast("int64") for name in EVENTS}
    each = ready.group_by(*keys).aggregate(**sums, first=ready.day.min(), last=ready.day.max())
    each = engine.cache(each)
    roll = roll_of(each.select("pupil").distinct(), engine, topics)
    who = groups_at(each, roll, topics).rename(p="pupil", u="urn", y="year", t="at", roll_group=GROUP)
    met = each.inner_join(
        who, [each.pupil == who.p, each.urn == who.u, each.year == who.y, each["at"] == who.t]
    )
    group = with_sen(met.roll_group, topics, met.sen_provision)
    words = {"time_period": period_of(met.year), "term": term_name(met["at"])}
    named = met.select("year", "at", "pupil", "urn", *EVENTS, "first", "last", **words, **{GROUP: group})
    return Register(engine.cache(placed(named, engine, choices)), roll)


def wide_exclusions(
    made: Register, base: pa.Table, carried: pa.Table, engine: Engine, choices: Choices, topics: Topics
) -> pa.Table:
    """Every count of the register beside the roll it rests on, as wide rows with ``area_code``.

    ``pupils`` is null where no census was received, 0 where one was and the group has nobody on it.
    """
    columns = (*BASE, *EVENTS, *PUPILS, FIRST)
    breakdowns = group_breakdowns(topics)
    events = spread_large(made.events, engine, choices, EVENTS, breakdowns)
    pupils = suspended_pupils(made.events, engine, choices, topics)
    first = first_suspensions(made.events, engine, choices, topics)
    whole = stacked((base.select([*WIDE_KEYS, *BASE]), events, pupils, first), columns)
    has_base = stands_in(whole, carried, ("time_period", "time_identifier", "la_code"))
    for name in BASE:
        over = pc.if_else(has_base, pc.fill_null(whole[name], 0), None)
        whole = whole.set_column(whole.column_names.index(name), name, over)
    return with_area(whole)


def exclusion_cells(wide: pa.Table, topics: Topics, choices: Choices) -> list[pa.Table]:
    """The indicators of the register, of the rows that ``wide_exclusions`` gives."""
    years = topics[YEAR_GROUP].codes
    first = Measure("first_suspensions_by_year_group", FIRST, "pupils", only=(YEAR_GROUP,))
    transition = melted(wide, [Measure(TRANSITION, "suspensions", "pupils", only=(YEAR_GROUP,))])
    named = pa.array([years[code] for code in choices.rules.transition_years])
    transition = transition.filter(pc.is_in(transition["breakdown"], named))
    return [melted(wide, [*MEASURES, first]), transition, summed(transition, TRANSITION, YEAR_GROUP)]


def reason_cells(engine: Engine, choices: Choices) -> pa.Table:
    """How many suspensions name each reason, of all suspensions; a suspension may name three.

    A reason that was valid in the year and named by nobody is a cell of 0.
    """
    rows = engine.table("exclusions")
    own = rows.filter(rows.category == SUSPENSION)
    second, third = own.reason_2, own.reason_3
    is_new = (third != own.reason_1) & (third != second).fill_null(True)
    slots = (
        own.select("time_period", "term", "urn", reason=ibis.literal(ANY), suspensions=ibis.literal(1)),
        own.select("time_period", "term", "urn", reason=own.reason_1, suspensions=ibis.literal(1)),
        own.select(
            "time_period", "term", "urn", reason=second, suspensions=as_number(second != own.reason_1)
        ),
        own.select("time_period", "term", "urn", reason=third, suspensions=as_number(is_new)),
    )
    every = [added(slot, ("time_period", "term", "urn", "reason"), ("suspensions",)) for slot in slots]
    counts = fetched(at_places(ibis.union(*every), engine), ("urn", "reason"), ("suspensions",), engine)
    reasons = engine.contracts.codes["exclusion_reason"]
    nothing = pa.scalar(0, pa.int64())
    for code in (ANY, *reasons.labels()):
        named = pc.if_else(pc.equal(counts["reason"], code), counts["suspensions"], nothing)
        counts = counts.append_column(f"reason_{code}", named)
    columns = [name for name in counts.column_names if name.startswith("reason_")]
    wide = with_area(areas_of(counts, places_of(engine, choices), columns, phases=COUNTED_PHASES))
    return pa.concat_tables(_reason(wide, code, label, reasons) for code, label in reasons.labels().items())


def _reason(wide: pa.Table, code: str, label: str, reasons: CodeSet) -> pa.Table:
    """One reason's cells, in the years in which it may be given or was."""
    name = f"reason_{code}"
    declared = next(each for each in reasons.codes if each.code == code)
    period = wide["time_period"]
    valid = pc.and_(
        pc.greater_equal(period, declared.from_ or "000000"), pc.less_equal(period, declared.to or "999999")
    )
    kept = wide.filter(pc.or_(valid, pc.greater(wide[name], 0)))
    return melted(kept, [Measure("suspension_reasons", name, f"reason_{ANY}", "reason", label)])
