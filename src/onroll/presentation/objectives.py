"""Every objective of the strategy with its evidence, its rating and what is missing. Declared rules, read."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from onroll.framework import Framework, Indicator, Objective
from onroll.presentation.facts import Facts
from onroll.presentation.model import Table, Text, text
from onroll.presentation.ratings import NOT_RATED, rating_of
from onroll.presentation.records import HIDDEN, waiting
from onroll.vocabulary import STRENGTHS

NO_EVIDENCE = "No evidence received"
WAITING = "Received and checked, not counted yet"
ALL_WITHHELD = "Received, and withheld to protect pupils"
COLUMNS = (
    "id", "priority", "text", "indicators", "evidence_rows", "rating", "rating_reason", "strength", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one objective stands.

    Attributes
    ----------
    rating : str
        ``Green``, ``Amber``, ``Red`` or ``Not rated``.
    reason : Text
        Why, with numbers bound to the evidence; says so where the rating could tip.
    strength : str
        The strongest word of ``vocabulary.STRENGTHS`` among the rows; empty without evidence.
    missing : tuple of Indicator
        Indicators for which nothing was received.
    withheld : tuple of Indicator
        Indicators for which records were received and nothing may be shown.
    is_waiting : bool
        Whether a table that speaks to it was received from which nothing is counted yet.
    """

    objective: Objective
    indicators: tuple[Indicator, ...]
    rows: int
    rating: str
    reason: Text
    strength: str
    missing: tuple[Indicator, ...]
    withheld: tuple[Indicator, ...] = ()
    is_waiting: bool = False

    @property
    def has_evidence(self) -> bool:
        """Whether any row that may be shown speaks to it."""
        return self.rows > 0

    @property
    def state(self) -> str:
        """Its rating, or why it can have none: nothing was received, or nothing may be shown."""
        if self.has_evidence:
            return self.rating
        return ALL_WITHHELD if self.withheld else WAITING if self.is_waiting else NO_EVIDENCE


def standings(framework: Framework, facts: Facts) -> tuple[Standing, ...]:
    """One standing an objective, in the strategy's order."""
    return tuple(_standing(framework, facts, objective) for objective in framework.objectives)


def objectives_table(framework: Framework, facts: Facts) -> pd.DataFrame:
    """The same as a table, one row an objective, columns ``COLUMNS``: ``objectives.csv``."""
    rows = [
        {
            "id": one.objective.id,
            "priority": one.objective.id.split(".")[0].lstrip("P"),
            "text": one.objective.text,
            "indicators": "; ".join(indicator.id for indicator in one.indicators),
            "evidence_rows": one.rows,
            "rating": one.rating,
            "rating_reason": "".join(part if isinstance(part, str) else part.text for part in one.reason),
            "strength": one.strength or one.state.lower(),
            "missing": "; ".join(missing(one)),
        }
        for one in standings(framework, facts)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def glance(framework: Framework, facts: Facts) -> Table:
    """Every objective in a line: rating, strength of evidence, rows."""
    rows = tuple(
        (
            text(f"{one.objective.id} {one.objective.label}"),
            text(one.state),
            text(one.strength or "none"),
            text(f"{one.rows:,}"),
        )
        for one in standings(framework, facts)
    )
    columns = ("Objective", "Rating", "Strength of evidence", "Rows of evidence")
    return Table("Every objective at a glance", columns, rows, "", (3,))


def missing(standing: Standing) -> tuple[str, ...]:
    """What was not received, as an indicator and the table it would come in."""
    return tuple(f"{one.label} ({one.table.replace('_', ' ')})" for one in standing.missing)


def _standing(framework: Framework, facts: Facts, objective: Objective) -> Standing:
    indicators = framework.indicators_of(objective.id)
    named = {one.id: facts.all(indicator=one.id) for one in indicators}
    known = [fact for fact in facts.all(objective=objective.id) if fact.is_known]
    shown = {name for name, own in named.items() if any(fact.is_known for fact in own)}
    present = shown.union(str(fact["indicator"]) for fact in known)
    held = {name for name, own in named.items() if any(fact["symbol"] == HIDDEN for fact in own)} - present
    lacking = tuple(one for one in indicators if one.id not in present | held)
    withheld = tuple(one for one in indicators if one.id in held)
    is_waiting = any(one.table in waiting(facts) for one in indicators)
    order = list(STRENGTHS)
    strengths = (str(fact["strength"]) for fact in known)
    strength = max((word for word in strengths if word in order), key=order.index, default="")
    if len(known):
        rating, reason = rating_of(framework, facts, objective, indicators)
    else:
        why = ALL_WITHHELD if withheld else WAITING if is_waiting else NO_EVIDENCE
        rating, reason = NOT_RATED, text(f"{why}.")
    return Standing(
        objective, indicators, len(known), rating, reason, strength, lacking, withheld, is_waiting
    )
