"""Schools on the register: who signed the Charter, who has a transitions lead, who takes part in fair access.

A school is eligible in a year when it was open on its last day (or on the last day of the records). The register
says when the Charter was signed; a transitions lead and fair access it knows for the present only, so these are
counted in the last year alone. A blank is no.
"""

from __future__ import annotations

import datetime as dt

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.roll import as_number
from onroll.counts.wide import spread
from onroll.vocabulary import periods, previous

SUMS = ("eligible", "charter", "present_eligible", "transitions_lead", "fair_access")
MEASURES = (
    Measure("charter_signed", "charter", "eligible"),
    Measure("transitions_lead_on_register", "transitions_lead", "present_eligible"),
    Measure("fair_access_on_register", "fair_access", "present_eligible"),
)


def period(day: dt.date) -> str:
    """The time period of a day: academic years begin on 1 August."""
    first = day.year - (day.month < 8)
    return f"{first}{(first + 1) % 100:02d}"


def years_counted(engine: Engine, choices: Choices) -> tuple[str, ...]:
    """The years from the first in the roll or the register of exclusions to the last day of the records."""
    last = period(choices.received_to)
    known = [
        engine.fetch(engine.table(name).aggregate(first=engine.table(name).time_period.min()))["first"][
            0
        ].as_py()
        for name in ("roll", "exclusions")
    ]
    return periods(min([year for year in known if year], default=last), last)


def eligible_schools(engine: Engine, choices: Choices) -> Table:
    """Schools open at the end of each year: ``time_period, urn`` and the register's own."""
    register = engine.table("schools")
    parts = []
    for year in years_counted(engine, choices):
        day = min(dt.date(int(previous(year, -1)[:4]), 7, 31), choices.received_to)
        opened = register.open_date.isnull() | (register.open_date <= day)
        shut = (register.close_date <= day).fill_null(False)
        there = register.filter(opened & ~shut).mutate(
            time_period=ibis.literal(year),
            has_charter=as_number(register.charter_signed <= day),
            is_present=ibis.literal(int(year == period(choices.received_to))),
        )
        parts.append(there)
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return every.filter(every.la_code.isin(choices.authorities)) if choices.authorities else every


def school_counts(eligible: Table, engine: Engine, choices: Choices) -> pa.Table:
    """The register's counts as wide rows of ``SUMS``."""
    rows = eligible.select(
        "time_period", "urn",
        eligible=ibis.literal(1, "int64"),
        charter=eligible.has_charter,
        present_eligible=eligible.is_present.cast("int64"),
        transitions_lead=eligible.is_present * as_number(eligible.transitions_lead),
        fair_access=eligible.is_present * as_number(eligible.fair_access),
    )  # fmt: skip
    return spread(rows, engine, choices, SUMS)


def returned(eligible: Table, returns: Table, name: str, engine: Engine, choices: Choices) -> pa.Table:
    """Eligible schools and those among them that made a return in the year: ``eligible`` and ``name``.

    ``returns`` has ``time_period, urn``, a row or more for each school that made one.
    """
    made = returns.select(made_period=returns.time_period, made_urn=returns.urn).distinct()
    both = eligible.left_join(made, [eligible.time_period == made.made_period, eligible.urn == made.made_urn])
    rows = both.select(
        "time_period", "urn",
        eligible=ibis.literal(1, "int64"), **{name: as_number(both.made_urn.notnull())},
    )  # fmt: skip
    return spread(rows, engine, choices, ("eligible", name))
