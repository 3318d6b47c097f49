"""The strategy's calendar: what was due and what was done, flags and the offers that answer them.

Something is due unless its result is still awaited, and done when it says so, was taken up or has a day on which
it was done. An entry without a school belongs to the authority.
"""

from __future__ import annotations

from types import MappingProxyType

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.dates import day_of
from onroll.counts.engine import Engine
from onroll.counts.roll import as_number
from onroll.counts.schools import returned
from onroll.counts.spacing import spell_rows
from onroll.counts.spreading import placed
from onroll.counts.wide import spread

ACTIVITIES = MappingProxyType(
    {
        "termly_reports_presented": ("termly_report",),
        "annual_survey_held": ("annual_survey",),
        "principles_report_made": ("principles_report",),
        "strategy_sessions_held": ("strategy_session",),
        "families_surveys_held": ("parent_survey", "pupil_survey"),
        "families_results_shared": ("results_shared",),
        "contract_visits_held": ("contract_visit",),
        "providers_safeguarding_audited": ("provider_audit",),
        "board_actions_finished": ("board_action",),
    }
)
"""Indicators that are "done of due", and the activities they are counted from."""
AUDITS = MappingProxyType(
    {"self_audited_within_year": "provision_audit", "peer_audited_within_year": "peer_audit"}
)
SESSION, FLAG, OFFER, EXAMPLE = "strategy_session", "school_flagged", "support_offer", "example_shared"
DUE = tuple(f"{kind}_{name}" for name in ACTIVITIES for kind in ("due", "done"))
SCHOOL = (
    *(f"{kind}_{name}" for name in AUDITS for kind in ("due", "done")),
    "flagged",
    "offered",
    "offers",
    "taken",
)
MEASURES = (
    *(Measure(name, f"done_{name}", f"due_{name}") for name in (*ACTIVITIES, *AUDITS)),
    Measure("principles_examples_shared", "examples"),
    Measure("schools_flagged", "flagged"),
    Measure("flagged_schools_offered_support", "offered", "flagged"),
    Measure("flagged_schools_took_support", "taken", "offers"),
    Measure("schools_at_strategy_sessions", "attended", "eligible"),
)


def delivery_counts(eligible: Table, engine: Engine, choices: Choices) -> list[pa.Table]:
    """Wide rows of the calendar: what was due, what schools did, and who came to a session."""
    log = _read(engine)
    attended = log.filter((log.activity == SESSION) & log.urn.notnull() & (log.done > 0))
    return [
        _due(log, engine, choices),
        _of_schools(log, engine, choices),
        returned(eligible, attended, "attended", engine, choices),
    ]


def days_to_offer(engine: Engine, choices: Choices) -> Table:
    """Days from a school's flag to the offer that answers it; a flag without one is followed to the last day."""
    log = _read(engine)
    flags, first = log.filter((log.activity == FLAG) & log.day.notnull()), _first_offers(log)
    both = flags.left_join(first, flags.entry_id == first.about)
    last = day_of(ibis.literal(choices.received_to))
    days = ibis.greatest(both.offer_day.fill_null(last) - both.day, 0)
    spells = both.select("time_period", "urn", days=days, ended=both.offer_day.notnull())
    return spell_rows("days_flag_to_offer", placed(spells, engine, choices))


def _read(engine: Engine) -> Table:
    rows = engine.table("delivery_log")
    is_done = rows.done_date.notnull() | rows.result.isin(("done", "taken_up"))
    return rows.mutate(
        done=as_number(is_done),
        due=as_number(is_done | (rows.result != "waiting")),
        day=day_of(rows.done_date.fill_null(rows.due_date)),
    )


def _first_offers(log: Table) -> Table:
    offers = log.filter((log.activity == OFFER) & log.about_entry.notnull())
    return offers.group_by(about=offers.about_entry).aggregate(
        offer_day=offers.day.min(), taken=as_number(offers.result == "taken_up").max()
    )


def _due(log: Table, engine: Engine, choices: Choices) -> pa.Table:
    """What the calendar held due and done. Sessions attended by a school are not sessions held, an action is
    finished only by its date.
    """
    columns = {
        "examples": (log.activity == EXAMPLE).ifelse(log.done * log.people.fill_null(1), 0).cast("int64")
    }
    for name, activities in ACTIVITIES.items():
        is_it = log.activity.isin(activities)
        if name == "strategy_sessions_held":
            is_it = is_it & log.urn.isnull()
        in_time = log.done
        if name == "board_actions_finished":
            in_time = log.done * as_number((log.done_date <= log.due_date).fill_null(True))
        columns[f"due_{name}"] = as_number(is_it) * log.due
        columns[f"done_{name}"] = as_number(is_it) * in_time
    ready = log.select("time_period", "term", "urn", **columns)
    return spread(ready, engine, choices, (*DUE, "examples"))


def _of_schools(log: Table, engine: Engine, choices: Choices) -> pa.Table:
    """Schools, each once a term: audits due and held, flags, offers that answer them and offers taken up."""
    offers = _first_offers(log)
    both = log.left_join(offers, log.entry_id == offers.about)
    is_flag = both.activity == FLAG
    columns = {
        "flagged": as_number(is_flag),
        "offered": as_number(is_flag & both.about.notnull()),
        "offers": as_number(is_flag & both.about.notnull()),
        "taken": as_number(is_flag & (both.taken > 0)),
    }
    for name, activity in AUDITS.items():
        columns[f"due_{name}"] = as_number(both.activity == activity) * both.due
        columns[f"done_{name}"] = as_number(both.activity == activity) * both.done
    flags = both.filter(both.urn.notnull()).select("time_period", "term", "urn", **columns)
    each = flags.group_by("time_period", "term", "urn").aggregate(
        **{name: flags[name].max() for name in SCHOOL}
    )
    return spread(each, engine, choices, SCHOOL)
