"""For which pupils: rates of groups beside a named reference group."""

from __future__ import annotations

from onroll.presentation.facts import Bound, Fact, Facts
from onroll.presentation.families import hedge
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import for_every
from onroll.vocabulary import (
    ETHNICITY_WORDS,
    RATE,
    RATE_RATIO,
    SEN_BY_TERM,
    academic_year,
)


def sen(facts: Facts) -> list[Text]:
    """The latest term of the year by SEN provision: rate and ratio against the reference group."""
    indicator, reference = "suspension_rate_by_sen", facts.brief.reference_groups["sen_provision"]
    rows = facts.where(
        indicator=indicator, statistic=RATE_RATIO, time_period=facts.brief.year, breakdown_topic=SEN_BY_TERM
    )
    if rows.empty:
        return []
    term = rows["breakdown"].str.rsplit(", ", n=1).str[1].max()
    out = []
    for group, words in (("SEN support", "pupils with SEN support"),
                         ("Education, health and care plan", "pupils with an Education, health and care plan")):  # fmt: skip
        about = {"indicator": indicator, "time_period": facts.brief.year, "breakdown": f"{group}, {term}"}
        level, against = facts.one(statistic=RATE, **about), facts.one(statistic=RATE_RATIO, **about)
        base = facts.one(**{**about, "breakdown": f"{reference}, {term}", "statistic": RATE})
        if level is None or against is None or base is None or not against.is_known:
            continue
        out.append(text(
            f"In the {term.lower()} of {academic_year(facts.brief.year)} schools suspended {words} ", level.bind("rate"),
            " times for every 100", *_base(level), f", and pupils with {reference.replace('No', 'no')} ",
            base.bind("rate"), " times", *_base(base), ": ", against.bind("times"), " times as often (interval ",
            against.bind("times", "lower"), " to ", against.bind("times", "upper"), ").",
        ))  # fmt: skip
    return out


def ethnicity(facts: Facts, measure: str, most: int = 3) -> list[Text]:
    """Groups whose rate stands clearly above the reference group's, the furthest first."""
    indicator, reference = f"{measure}_by_ethnicity", facts.brief.reference_groups["ethnicity_major"]
    about = {"indicator": indicator, "time_period": facts.brief.year}
    found = [fact for fact in facts.all(statistic=RATE_RATIO, **about) if fact.is_known and fact["lower"] > 1]
    base = facts.one(statistic=RATE, breakdown=reference, **about)
    out = []
    for fact in sorted(found, key=lambda one: -one["estimate"])[:most]:
        level = facts.one(statistic=RATE, breakdown=fact["breakdown"], **about)
        if level is None or base is None:
            continue
        verb = "suspended" if measure == "suspension_rate" else "permanently excluded"
        group, base_group = (
            f"pupils recorded as {ETHNICITY_WORDS[name]}" for name in (fact["breakdown"], reference)
        )
        out.append(text(
            f"Schools {verb} {group} ", level.bind("rate"), f" times {for_every(measure)} (",
            level.bind("count", "numerator"), " for ", level.bind("count", "denominator"), f" pupils), {base_group} ",
            base.bind("rate"), " times (", base.bind("count", "numerator"), " for ", base.bind("count", "denominator"),
            "): ", fact.bind("times"), " times the rate (interval ", fact.bind("times", "lower"), " to ",
            fact.bind("times", "upper"), f"){hedge(fact)}.",
        ))  # fmt: skip
    return out


def less_often(facts: Facts, measure: str) -> list[Text]:
    """Groups whose rate stands clearly below the reference group's, in one sentence."""
    indicator, reference = f"{measure}_by_ethnicity", facts.brief.reference_groups["ethnicity_major"]
    rows = facts.all(indicator=indicator, statistic=RATE_RATIO, time_period=facts.brief.year)
    found = [fact for fact in rows if fact.is_known and fact["upper"] < 1]
    if not found:
        return []
    verb = "suspended" if measure == "suspension_rate" else "permanently excluded"
    parts: list[str | Bound] = [
        f"Less often {verb} than pupils recorded as {ETHNICITY_WORDS[reference]} were pupils recorded as "
    ]
    for place, fact in enumerate(sorted(found, key=lambda one: float(one["estimate"]))):
        parts += [
            " and as " if place else "", f"{ETHNICITY_WORDS[fact['breakdown']]} (", fact.bind("times"),
            " times the rate, interval ", fact.bind("times", "lower"), " to ", fact.bind("times", "upper"),
            f"{hedge(fact)})",
        ]  # fmt: skip
    return [text(*parts, ".")]


def _base(level: Fact) -> Text:
    """How many, out of how many, where pupils could be estimated."""
    if level["numerator"] != level["numerator"]:
        return ()
    return text(
        " (about ", level.bind("count", "numerator"), " for about ", level.bind("count", "denominator"), ")"
    )
