"""Ratings: the declared rules read against the evidence, with the numbers they rest on and what could tip them."""

from __future__ import annotations

from collections.abc import Iterator

from onroll.framework import Framework, Indicator, Objective, RatingRule
from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.vocabulary import BASELINE, RATE_RATIO, RELATIVE_RISK, TOTAL
from onroll.vocabulary.records import MADE_UP

NOT_RATED, GREEN, AMBER, RED = "Not rated", "Green", "Amber", "Red"
OPEN_BELOW, OPEN_ABOVE = 0.9, 1.1
"""An interval beyond both leaves either side open, wherever its estimate leans."""
WORST_FIRST = (RED, AMBER, GREEN)
BY_SHARE = ("COV", "COV12", "COV24", "DONE", "TIME")
"""Rules that compare one share of own records with two thresholds."""
NO_FIGURE = "What its rating rests on is withheld, or has no figure yet; what may be shown is shown."

Found = tuple[str, float, Text, str]
"""A rating, the share that led to it (the lower the worse), the words for it, and the rule's code."""


def rating_of(
    framework: Framework, facts: Facts, objective: Objective, indicators: tuple[Indicator, ...]
) -> tuple[str, Text]:
    """The rating of an objective with evidence, and why: the worst of what its rules say of its indicators."""
    if facts.brief.term:
        return NOT_RATED, text("A term is shown and not rated; a year is.")
    if facts.brief.year in facts.brief.pandemic:
        return NOT_RATED, text("A pandemic year is shown and not rated: schools were closed to most pupils.")
    found = [
        *_by_rate(framework, facts, indicators),
        *_by_share(framework, facts, [one for one in indicators if one.rating in objective.rating]),
    ]
    if not found:
        return NOT_RATED, text(NO_FIGURE)
    rating, _, reason, _ = min(found, key=lambda one: (WORST_FIRST.index(one[0]), one[1]))
    codes = {code for *_, code in found}
    rest = [framework.rating_rules[code].label for code in objective.rating if code not in codes]
    partly = "".join(f" The part '{label[0].lower()}{label[1:]}' is not rated." for label in rest)
    wanted = [one for one in indicators if one.rating in codes.intersection(BY_SHARE)]
    known = [code for *_, code in found if code in BY_SHARE]
    some = " Other indicators of it have no figure." if len(wanted) > len(known) else ""
    return rating, text(*reason, partly + some) if partly + some else reason


def _by_rate(framework: Framework, facts: Facts, indicators: tuple[Indicator, ...]) -> Iterator[Found]:
    for one in indicators:
        fact = _against_baseline(facts, one.id) if one.rating == "RATE" else None
        if fact is None:
            continue
        rating, words = rule_rating(framework.rating_rules["RATE"], fact, framework.rating_terms.could_be)
        yield rating, 0.0, text(
            f"{words}, resting on the {_small(one.label)}: ", fact.bind("ratio"),
            " times the rate of the years before the strategy (interval ", fact.bind("ratio", "lower"), " to ",
            fact.bind("ratio", "upper"), ").",
        ), "RATE"  # fmt: skip


def _by_share(framework: Framework, facts: Facts, indicators: list[Indicator]) -> Iterator[Found]:
    for one in indicators:
        if one.rating not in BY_SHARE or one.kind != "proportion" or one.table == "survey_answers":
            continue
        fact = records.level(facts, one.id)
        rule = framework.rating_rules[one.rating]
        if (
            fact is None
            or not fact.is_known
            or fact["denominator"] < rule.thresholds.get("replies_at_least", 1)
        ):
            continue
        share = float(fact["numerator"] / fact["denominator"])
        rating = share_rating(rule, share)
        most = "at most " if one.id in records.AT_MOST else ""
        if most and rating != RED:
            continue
        made_up = " Synthetic data." if str(fact["source"]).startswith(MADE_UP) else ""
        yield rating, share, text(
            f"{rating}, resting on '{_small(one.label)}': {most}", fact.bind("count", "numerator"), " of ",
            fact.bind("count", "denominator"), f".{made_up}",
        ), one.rating  # fmt: skip


def share_rating(rule: RatingRule, share: float) -> str:
    """Read a rule of two thresholds against a share from 0 to 1.

    Every case on a register counts, so the silent and the no are one.
    """
    if share >= rule.thresholds["green_at_least"]:
        return GREEN
    return AMBER if share >= rule.thresholds["amber_at_least"] else RED


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


def _small(label: str) -> str:
    return f"{label[0].lower()}{label[1:]}"
