"""Sentences of the ladder on published figures: how many fewer at an equal rate, for how long, and England beside it."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.families import hedge
from onroll.presentation.ladder import (
    ENGLAND,
    FSM,
    MINOR,
    PUBLISHED,
    SEN,
    Line,
    england,
    published,
    years_published,
)
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import ratio
from onroll.presentation.sentences.phrases import between
from onroll.vocabulary import ROUNDING_BOUNDS
from onroll.vocabulary.records import EXCESS, YEARS_ABOVE

ESTIMATED = "pupils are estimated"
MOST = 3
NOTHING = text("No published figures by group were received for this year.")


def fewer_published(facts: Facts) -> list[Text]:
    """A group a paragraph, where it stands above: events fewer at an equal rate, years or terms above."""
    found = []
    for indicator in PUBLISHED:
        for year in years_published(facts, indicator):
            every = published(facts, indicator, year)
            above = [one for one in every if one.raw is not None and one.raw["lower"] > 1]
            found += [words for one in above if (words := _fewer(one))]
            if every and not above:
                verb = _verb(indicator)[0]
                found.append(
                    text(f"No group was {verb} clearly more often than {every[0].others} in {every[0].when}.")
                )
    return found or [NOTHING]


def _verb(indicator: str) -> tuple[str, str]:
    """What schools did, and what it is counted in."""
    is_permanent = indicator.startswith("permanent")
    return ("permanently excluded", "permanent exclusions") if is_permanent else ("suspended", "suspensions")


def _fewer(one: Line) -> Text:
    is_permanent = one.topic.startswith("permanent")
    verb, events = (
        ("permanently excluded", "permanent exclusions") if is_permanent else ("suspended", "suspensions")
    )
    excess, times, raw = one.known(EXCESS), one.known(YEARS_ABOVE), one.raw
    said = text(f"Had schools {verb} {one.people} at the rate of {one.others}, ")
    if excess is None or raw is None:
        return ()
    said += text(
        f"there would have been {_about(excess)}", excess.bind("count"), f" fewer {events} in {one.when} (interval ",
        *between(excess, "count"), "). Their rate was ", *_rates(one), raw.bind("times"), " times as high (",
        *between(raw, "times"), f"){hedge(raw)}.",
    )  # fmt: skip
    above = () if times is None else _above(times, " The whole interval lay above in ")
    return text(*said, *above, ".") if above else said


def _about(excess: Fact) -> str:
    """``about `` where the number of pupils behind it is an estimate."""
    return "about " if ESTIMATED in str(excess["note"]) else ""


def _rates(one: Line) -> Text:
    """The two rates, with events and pupils where these were published."""
    if one.level is None or one.base is None or not (one.level.is_known and one.base.is_known):
        return ()
    per = "1,000" if one.topic.startswith("permanent") else "100"
    return text(*_rate(one.level, per), " against ", *_rate(one.base, per), ", ")


def _rate(level: Fact, per: str) -> Text:
    said = text(level.bind("rate"), f" for every {per}")
    if ESTIMATED in str(level["note"]) or level["numerator"] != level["numerator"]:
        return said
    return text(
        *said, " (", level.bind("count", "numerator"), " of ", level.bind("count", "denominator"), ")"
    )


def _above(times: Fact, words: str) -> Text:
    unit = "terms" if str(times["method"]).startswith("terms") else "years"
    if times["denominator"] == 1:
        return text(" Only one year is published") if times["estimate"] == 1 else ()
    return text(words, times.bind("count"), " of ", times.bind("count", "denominator"), f" {unit} published")


def in_england(facts: Facts) -> list[Text]:
    """The groups furthest above in England, by ethnic group, SEN provision and free school meals, a group a paragraph."""
    found = []
    for indicator in reversed(tuple(ENGLAND)):
        verb = _verb(indicator)[0]
        for topic in (MINOR, SEN, FSM):
            above = [one for one in england(facts, indicator, topic) if one.is_above]
            found += [_england(one, verb) for one in above[:MOST]]
    return [words for words in found if words] or [
        text("No figures of England by what pupils are were published.")
    ]


def _england(one: Line, verb: str) -> Text:
    raw, bounds, excess, times = (
        one.raw,
        one.known(ROUNDING_BOUNDS),
        one.known(EXCESS),
        one.known(YEARS_ABOVE),
    )
    if raw is None or excess is None or times is None:
        return ()
    least = "" if verb.startswith("permanent") else " at least once"
    limits: Text = text(" (interval ", *between(raw, "ratio"))
    if bounds is not None and ratio(bounds["lower"]) != ratio(bounds["upper"]):
        limits += text("; rounding leaves ", *between(bounds, "ratio"))
    return text(
        f"In England in {one.when} schools {verb} {one.people}{least} ", raw.bind("times"),
        f" times as often as {one.others}", *limits, "), and the interval lay above in ", times.bind("count"), " of ",
        times.bind("count", "denominator"), " years. Their rate was ", *_rates(one)[:-1],
        ". At an equal rate there would have been ", excess.bind("count"), " fewer (", *between(excess, "count"), ").",
    )  # fmt: skip
