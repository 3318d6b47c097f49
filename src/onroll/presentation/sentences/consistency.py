"""Sentences on how alike schools are: what moving school would mean, who stands apart, whether it has changed."""

from __future__ import annotations

from onroll.presentation.consistency import (
    COMPARED,
    INDICATOR,
    PERMANENT,
    SUSPENSIONS,
    alarms,
    authorities,
    funnel,
    over_schools,
    side,
    why_none,
)
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_words
from onroll.vocabulary import MEASURES, OTHER_AUTHORITIES, academic_year
from onroll.vocabulary.records import (
    CHART_LEVEL,
    MEDIAN_ODDS_RATIO,
    MEDIAN_ODDS_RATIO_ALIKE,
    OUTSIDE,
    OUTSIDE_ALIKE,
    OUTSIDE_BY_CHANCE,
    VARIANCE_CHANGE,
    VARIANCE_CHANGE_ALIKE,
)

NO_RECORDS = text("No own records were received from which schools can be compared.")
NOT_ADJUSTED = (
    " This compares schools as they are; schools whose pupils are of another kind can differ for that reason alone, "
    "which is why it is looked at again among pupils alike."
)


def how_far_apart(facts: Facts) -> list[Text]:
    """A phase a paragraph: what it would mean for a pupil to go to another school."""
    found = [words for phase in COMPARED if (words := _apart(facts, phase))]
    return found or [NO_RECORDS]


def _apart(facts: Facts, phase: str) -> Text:
    label, now = COMPARED[phase], over_schools(facts, phase, MEDIAN_ODDS_RATIO)
    if now is None or not now.is_known:
        return ()
    said = text(*_moved(now, label), ".")
    if now["lower"] <= 1:
        said = text(
            *said,
            f" An interval that begins at 1 means that {label} may be no less alike than chance makes them.",
        )
    alike = over_schools(facts, phase, MEDIAN_ODDS_RATIO_ALIKE)
    if alike is None:
        return said
    if not alike.is_known:
        return text(*said, f" How it is among pupils alike {alike['note']}.")
    kinds = str(alike["note"]).partition(";")[0].removeprefix("pupils alike in ")
    return text(
        *said, f" Among pupils alike in {_and(kinds)} it is ", alike.bind("ratio"), " times (", *_range(alike), ").",
    )  # fmt: skip


def _moved(now: Fact, label: str) -> Text:
    return text(
        f"Take any two of the {label}: at the one with the higher rate a pupil's odds of being suspended are, in the "
        "middle case, ", now.bind("ratio"), " times those at the other (interval ", *_range(now), ")",
    )  # fmt: skip


def shortest(facts: Facts) -> Text:
    """For the Board: the phase with most suspensions, and whether it has become more alike."""
    phase = next(iter(COMPARED))
    now = over_schools(facts, phase, MEDIAN_ODDS_RATIO)
    if now is None or not now.is_known:
        return ()
    said = text("Consistency between schools. ", *_moved(now, COMPARED[phase]), ".")
    change = over_schools(facts, phase, VARIANCE_CHANGE)
    return (
        said
        if change is None or not change.is_known
        else text(*said, " ", _direction(facts, change, COMPARED[phase]))
    )


def _direction(facts: Facts, change: Fact, label: str) -> str:
    then = academic_year(facts.brief.baseline[-1])
    if change["upper"] < 0:
        return f"{label.capitalize()} have become more alike since {then}."
    if change["lower"] > 0:
        return f"{label.capitalize()} have become less alike since {then}."
    return f"Whether {label} have become more or less alike since {then} cannot be told."


def has_it_changed(facts: Facts) -> list[Text]:
    """A phase a paragraph: then, now, and whether the difference can be told from chance."""
    found = [words for phase in COMPARED if (words := _changed(facts, phase))]
    return found or [NO_RECORDS]


def _changed(facts: Facts, phase: str) -> Text:
    label, then = COMPARED[phase], facts.brief.baseline[-1]
    change = over_schools(facts, phase, VARIANCE_CHANGE)
    before, now = (over_schools(facts, phase, MEDIAN_ODDS_RATIO, year) for year in (then, facts.brief.year))
    if change is None:
        return ()
    if not change.is_known or before is None or now is None or not (before.is_known and now.is_known):
        return text(f"Whether {label} have become more alike {change['note'] or 'is withheld'}.")
    said = text(
        f"{label.capitalize()}: ", before.bind("ratio"), f" times in {academic_year(then)} (", *_range(before), ") and ",
        now.bind("ratio"), f" times in {academic_year(facts.brief.year)} (", *_range(now), "). ",
        _direction(facts, change, label),
    )  # fmt: skip
    alike = over_schools(facts, phase, VARIANCE_CHANGE_ALIKE)
    if alike is None or not alike.is_known:
        return said
    same = (change["lower"] > 0, change["upper"] < 0) == (alike["lower"] > 0, alike["upper"] < 0)
    return text(
        *said, " The same holds among pupils alike." if same else " Among pupils alike this does not hold."
    )


def who_stands_apart(facts: Facts) -> list[Text]:
    """A phase a paragraph: schools outside chance, and outside usual differences, as they are and among pupils alike."""
    found = [words for phase in COMPARED if (words := _outside(facts, phase))]
    return [*found, text(NOT_ADJUSTED.strip())] if found else [NO_RECORDS]


def _outside(facts: Facts, phase: str) -> Text:
    label = COMPARED[phase]
    chance, usual, alike = (
        over_schools(facts, phase, one) for one in (OUTSIDE_BY_CHANCE, OUTSIDE, OUTSIDE_ALIKE)
    )
    if chance is None or usual is None or not (chance.is_known and usual.is_known):
        return ()
    said = text(
        "Of ", chance.bind("count", "denominator"), f" {label}, ", *_out(chance),
        " lie outside what chance alone allows for their size; if there were only chance, about one in twenty would. "
        "Outside what chance and the usual differences between schools allow: ", *_out(usual),
    )  # fmt: skip
    if alike is not None and alike.is_known:
        said = text(*said, "; among pupils alike: ", *_out(alike))
    hidden = funnel(facts, phase).hidden
    held = (
        f" {in_words(hidden).capitalize()} of them are withheld to protect pupils and not drawn."
        if hidden
        else ""
    )
    return text(*said, f".{held}")


def _out(out: Fact) -> Text:
    """How many units are outside: ``none``, ``5 (of them 1 above)``."""
    if not out["estimate"]:
        return text("none")
    return text(out.bind("count"), " (of them ", out.bind("count", "numerator"), " above)")


def among_all(facts: Facts) -> list[Text]:
    """Where the authority lies among all authorities of England, measure by measure."""
    found = []
    for measure in MEASURES.values():
        own = next(
            (one.place for one in authorities(facts, measure.id).units if one.name == facts.brief.area), None
        )
        out = facts.one(indicator=measure.id, statistic=OUTSIDE, comparator=OTHER_AUTHORITIES)
        if own is None or out is None or not out.is_known:
            continue
        where = {1: "above", 0: "within", -1: "below"}[side(own)]
        found.append(text(
            f"{measure.label}: {facts.brief.area} had ", own.bind("count", "numerator"), f" {measure.events}, ",
            own.bind("rate"), f" per {measure.per:,} on roll, {where} what chance and the usual differences between "
            "authorities allow for its size (", own.bind("rate", "lower"), " to ", own.bind("rate", "upper"), "). Of ",
            out.bind("count", "denominator"), " authorities ", out.bind("count"), " lie outside, of them ",
            out.bind("count", "numerator"), " above.",
        ))  # fmt: skip
    return found or [text("There are no published figures of all authorities for this year.")]


def false_alarms(facts: Facts) -> list[Text]:
    """How many false alarms a year are to be expected with these limits, by what is watched."""
    said = []
    what = {
        INDICATOR: "among schools",
        SUSPENSIONS: "in the charts of terms",
        "suspension_rate": "in published figures",
    }
    for one in alarms(facts):
        said += [text(one.bind("rate"), f" {what[str(one['indicator'])]}")]
    if not said:
        return [text("Nothing is watched.")]
    parts = [part for words in said for part in (*words, ", ")][:-1]
    return [text(
        "Where many schools and terms are watched some stand out by chance. All limits on this page follow from one "
        "budget of false alarms a year, set down in the plan when charts of a made authority had been seen. At most so "
        "many are to be expected if nothing has changed: ",
        *parts, ". Schools that differ from each other in an uneven way, a few by much, bring more.",
    )]  # fmt: skip


def not_told(facts: Facts) -> list[Text]:
    """What cannot be computed, and why, as the rows say it."""
    asked = (
        (INDICATOR, MEDIAN_ODDS_RATIO), (INDICATOR, MEDIAN_ODDS_RATIO_ALIKE), (INDICATOR, VARIANCE_CHANGE),
        (PERMANENT, OUTSIDE), (SUSPENSIONS, CHART_LEVEL), (PERMANENT, CHART_LEVEL), ("suspension_rate", CHART_LEVEL),
    )  # fmt: skip
    names = {INDICATOR: "Differences between schools", PERMANENT: "Permanent exclusions", SUSPENSIONS: "Terms",
             "suspension_rate": "Published figures by term"}  # fmt: skip
    lines = dict.fromkeys(
        f"{names[indicator]}, {why}."
        for indicator, statistic in asked
        for why in why_none(facts, indicator, statistic)
    )
    return [text(line) for line in lines] or [text("Everything that the plan asks for could be computed.")]


def _and(listed: str) -> str:
    head, comma, tail = listed.rpartition(", ")
    return f"{head} and {tail}" if comma else listed


def _range(fact: Fact) -> Text:
    return text(fact.bind("ratio", "lower"), " to ", fact.bind("ratio", "upper"))
