"""Every objective of the strategy with its evidence, its rating and what is missing. Declared rules, read."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from onroll.framework import Framework, Indicator, Objective, RatingRule
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Table, Text, text
from onroll.vocabulary import BASELINE, RATE_RATIO, RELATIVE_RISK, STRENGTHS, TOTAL

NOT_RATED, GREEN, AMBER, RED = "Not rated", "Green", "Amber", "Red"
NO_EVIDENCE = "No evidence received"
OPEN_BELOW, OPEN_ABOVE = 0.9, 1.1
"""An interval beyond both leaves either side open, wherever its estimate leans."""
WORST_FIRST = (RED, AMBER, GREEN)
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
    """

    objective: Objective
    indicators: tuple[Indicator, ...]
    rows: int
    rating: str
    reason: Text
    strength: str
    missing: tuple[Indicator, ...]

    @property
    def has_evidence(self) -> bool:
        """Whether any row speaks to it."""
        return self.rows > 0


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
            "strength": one.strength or NO_EVIDENCE.lower(),
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
            text(one.rating if one.has_evidence else NO_EVIDENCE),
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
    rows = facts.where(objective=objective.id)
    known = rows.dropna(subset=["estimate"])
    present = set(known["indicator"])
    lacking = tuple(one for one in indicators if one.id not in present)
    order = list(STRENGTHS)
    strength = max((word for word in known["strength"] if word in order), key=order.index, default="")
    rating, reason = _rating(framework, facts, objective, indicators, bool(len(known)))
    return Standing(objective, indicators, len(known), rating, reason, strength, lacking)


def _rating(
    framework: Framework,
    facts: Facts,
    objective: Objective,
    indicators: tuple[Indicator, ...],
    has_rows: bool,
) -> tuple[str, Text]:
    if not has_rows:
        return NOT_RATED, text(f"{NO_EVIDENCE}.")
    if facts.brief.year in facts.brief.pandemic:
        return NOT_RATED, text("A pandemic year is shown and not rated: schools were closed to most pupils.")
    found = [
        (rule_rating(framework.rating_rules[one.rating], fact, framework.rating_terms.could_be), one, fact)
        for one in indicators
        if one.rating == "RATE" and (fact := _against_baseline(facts, one.id)) is not None
    ]
    if not found:
        return NOT_RATED, text(
            "The records that its rating rests on were not received; what was received is shown."
        )
    (rating, words), indicator, fact = min(found, key=lambda one: WORST_FIRST.index(one[0][0]))
    reason = text(
        f"{words}, resting on the {indicator.label[0].lower()}{indicator.label[1:]}: ", fact.bind("ratio"),
        " times the rate of the years before the strategy (interval ", fact.bind("ratio", "lower"), " to ",
        fact.bind("ratio", "upper"), "). ",
    )  # fmt: skip
    rest = [code for code in objective.rating if code != "RATE"]
    partly = text("The part of the rating that rests on the delivery record is not rated.") if rest else ()
    return rating, (*reason, *partly)


def _against_baseline(facts: Facts, indicator: str) -> Fact | None:
    """The ratio to the baseline with the widest interval, where it could be computed."""
    rows = facts.all(indicator=indicator, comparator=BASELINE, breakdown=TOTAL)
    known = [row for row in rows if row["statistic"] in (RATE_RATIO, RELATIVE_RISK) and row.is_known]
    return known[-1] if known else None


def rule_rating(rule: RatingRule, fact: Fact, could_be: str) -> tuple[str, str]:
    """Read the RATE rule against an interval: the rating, and the words for it with what it could be.

    Green when even the upper limit is below the rule's threshold, red when even the lower limit is above,
    amber between; amber says what it could be: the side the estimate leans to, or both where both are open.
    """
    green, red = rule.thresholds["green_upper_below"], rule.thresholds["red_lower_above"]
    if fact["upper"] < green:
        return GREEN, GREEN
    if fact["lower"] > red:
        return RED, RED
    is_open = fact["lower"] < OPEN_BELOW and fact["upper"] > OPEN_ABOVE
    other = f"{GREEN} or {RED}" if is_open else RED if fact["estimate"] > 1 else GREEN
    return AMBER, could_be.format(rating=AMBER, other=other)
