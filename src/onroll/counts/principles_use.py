"""The Guiding Principles: used before decisions by schools, recorded by panels, collected each year."""

from __future__ import annotations

import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.roll import as_number
from onroll.counts.schools import returned
from onroll.counts.wide import spread

DECISIONS = ("suspension", "permanent_exclusion")
PANELS = ("placement_panel", "fair_access_panel")
IN_TIME = ("before", "at")
YEARLY_RETURN = "yearly_return"
SUMS = ("decisions", "on_record", "panel_cases", "minuted", "second_read", "confirmed")
MEASURES = (
    Measure("principles_on_record", "on_record", "decisions"),
    Measure("principles_in_panel_minutes", "minuted", "panel_cases"),
    Measure("panel_minutes_confirmed", "confirmed", "second_read"),
    Measure("principles_collection_returned", "principles_returned", "eligible"),
)


def principles_counts(eligible: Table, engine: Engine, choices: Choices) -> list[pa.Table]:
    """Wide rows: decisions and panel cases by year and term, and which schools made the yearly return.

    A decision of which it is not known whether the principles were used counts as one without; a panel case
    without a word on the minutes as one not minuted.
    """
    rows = engine.table("principles_use")
    is_decision, is_panel = rows.decision.isin(DECISIONS), rows.decision.isin(PANELS)
    flags = rows.select(
        "time_period",
        "term",
        "urn",
        decisions=as_number(is_decision),
        on_record=as_number(is_decision & rows.principles_used.isin(IN_TIME)),
        panel_cases=as_number(is_panel),
        minuted=as_number(is_panel & rows.in_minutes),
        second_read=as_number(is_panel & rows.second_reader.notnull()),
        confirmed=as_number(is_panel & rows.second_reader),
    )
    returns = rows.filter(rows.decision == YEARLY_RETURN)
    return [
        spread(flags, engine, choices, SUMS),
        returned(eligible, returns, "principles_returned", engine, choices),
    ]
