"""What the authority's register says of a term or a year: how many, how often, what could have been seen, what changed."""

from __future__ import annotations

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.counts import CLOSE_ENOUGH
from onroll.vocabulary import DETECTABLE_FALL, RATE_RATIO, RELATIVE_RISK

FEW = 30
"""With fewer events than this on either side no ratio is said in a sentence."""
SUSPENSIONS, PUPILS, PERMANENT = (
    "register_suspension_rate", "register_suspended_pupil_rate", "register_permanent_exclusion_rate",
)  # fmt: skip
REGISTER = (SUSPENSIONS, PUPILS, PERMANENT)
_EVENTS = {SUSPENSIONS: "suspensions", PUPILS: "suspended pupils", PERMANENT: "permanent exclusions"}
_EVERY = {
    SUSPENSIONS: "for every 100 on roll",
    PUPILS: "in every 100 on roll",
    PERMANENT: "for every 1,000 on roll",
}


def happened(facts: Facts, indicator: str) -> Text:
    """How many and how often, and the same time a year before; says so where it is withheld, nothing without a row."""
    now, then = records.level(facts, indicator), records.level(facts, indicator, before=True)
    if now is None:
        return ()
    when = records.in_time(facts)
    if not now.is_known:
        return text(f"{_EVENTS[indicator].capitalize()} {when}: {_why_not(now)}.")
    count, every = now.bind("count", "numerator"), _EVERY[indicator]
    said = {
        SUSPENSIONS: text("Schools suspended pupils ", count, f" times {when}: "),
        PUPILS: text("They suspended ", count, f" different pupils at least once {when}: "),
        PERMANENT: text("There were ", count, f" permanent exclusions {when}: "),
    }[indicator]
    said = text(*said, now.bind("rate"), f" {every}", *_interval(now), ".")
    if then is None:
        return said
    if not then.is_known:
        return text(*said, f" The figure for the {records.earlier(facts)} is {_why_not(then)}.")
    return text(
        *said, f" {records.in_time(facts, before=True).capitalize()} it was ", then.bind("count", "numerator"), ", or ",
        then.bind("rate"), f" {every}.",
    )  # fmt: skip


def changed(facts: Facts, indicator: str) -> Text:
    """What fall could have been missed, and then what changed; nothing where a side is withheld."""
    seen = records.against(facts, indicator, DETECTABLE_FALL)
    found = next(
        (
            fact
            for word in (RATE_RATIO, RELATIVE_RISK)
            if (fact := records.against(facts, indicator, word)) is not None
        ),
        None,
    )
    if seen is None or found is None or not (seen.is_known and found.is_known):
        return ()
    events = _EVENTS[indicator]
    said = text(
        "From ", seen.bind("count", "denominator"), f" {events}, a fall of less than about ", seen.bind("percent"),
        " could well be missed.",
    )  # fmt: skip
    usual = "chance and repeat suspensions make" if "dispersion" in found["method"] else "chance makes"
    apart = found["lower"] > 1 + CLOSE_ENOUGH or found["upper"] < 1 - CLOSE_ENOUGH
    size = f"larger than {usual}" if apart else f"no larger than {usual}"
    if min(found["numerator"], found["denominator"]) < FEW:
        return text(
            *said, f" The difference between the two {'terms' if facts.brief.term else 'years'} is {size}."
        )
    return text(
        *said, " The rate is ", found.bind("ratio"), " times the earlier one (interval ", found.bind("ratio", "lower"),
        " to ", found.bind("ratio", "upper"), f"), a difference {size}.",
    )  # fmt: skip


def time_lost(facts: Facts) -> Text:
    """School days, and half days, lost to suspension."""
    days, halves = (
        records.level(facts, name) for name in ("days_lost_to_suspension", "sessions_lost_to_suspension")
    )
    if days is None and halves is None:
        return ()
    if days is None or not days.is_known:
        return text(f"School days lost to suspension {records.in_time(facts)}: {_why_not(days or halves)}.")
    said = text(
        "Suspensions took ", days.bind("count", "numerator"), f" school days {records.in_time(facts)}, ", days.bind("rate"),
        " for every 100 pupils on roll; a part of a day counts as a whole day here.",
    )  # fmt: skip
    if halves is None or not halves.is_known:
        return said
    return text(*said, " Counted in half days it was ", halves.bind("count", "numerator"), ".")


def repeats(facts: Facts) -> Text:
    """Pupils suspended three times or more, and how soon the next suspension followed."""
    often, spacing = (
        records.level(facts, "repeat_suspensions"),
        records.level(facts, "days_between_suspensions"),
    )
    said: Text = ()
    if often is not None and often.is_known:
        said = text(
            often.bind("count", "numerator"), f" pupils were suspended three times or more {records.in_time(facts)}: ",
            often.bind("rate"), " in every 1,000 on roll", *_interval(often), ".",
        )  # fmt: skip
    elif often is not None:
        said = text(f"Pupils suspended three times or more {records.in_time(facts)}: {_why_not(often)}.")
    if spacing is None or not spacing.is_known:
        return said
    return text(
        *said, " Half of all suspensions were followed by another of the same pupil within ", spacing.bind("count"),
        " days, those not followed by one counted as still waiting.",
    )  # fmt: skip


def transition_years(facts: Facts) -> Text:
    """Suspensions in Reception and Year 7, the years in which pupils arrive."""
    now = records.level(facts, "transition_year_suspension_rate")
    then = records.level(facts, "transition_year_suspension_rate", before=True)
    if now is None:
        return ()
    if not now.is_known:
        return text(f"Suspensions of pupils in Reception and Year 7: {_why_not(now)}.")
    said = text(
        "Schools suspended pupils in Reception and Year 7, the years in which pupils arrive, ",
        now.bind("count", "numerator"), " times: ", now.bind("rate"), " for every 100 on roll there", *_interval(now), ".",
    )  # fmt: skip
    if then is None or not then.is_known:
        return said
    return text(
        *said,
        f" {records.in_time(facts, before=True).capitalize()} it was ",
        then.bind("count", "numerator"),
        ".",
    )


def _interval(fact: Fact) -> Text:
    if fact["lower"] != fact["lower"]:
        return ()
    return text(" (interval ", fact.bind("rate", "lower"), " to ", fact.bind("rate", "upper"), ")")


def _why_not(fact: Fact | None) -> str:
    if records.is_withheld(fact):
        return "received, and withheld to protect pupils"
    return str(fact["note"]) if fact is not None and fact["note"] else records.NOT_AVAILABLE
