"""Phrases of sentences on schools that changed: rows of a phase, differences with their direction, shares of shuffles."""

from __future__ import annotations

from collections.abc import Callable

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import FORMATS, in_words, percent
from onroll.presentation.sentences.phrases import capital
from onroll.vocabulary import PHASES
from onroll.vocabulary.records import CHARTER_WORD

INDICATOR = "register_suspended_pupil_rate"
ORDER = (PHASES[1], PHASES[0])
WORDS = {PHASES[0]: "primary schools", PHASES[1]: "secondary schools"}
NOTHING = text(
    "Nothing to tell here: no own records of schools were received. What is needed stands at the head of this page."
)
STYLES = {PHASES[0]: ("fine_rate", "fine_size"), PHASES[1]: ("rate", "size")}
"""How a rate of a phase is printed, with its sign and without: few pupils of primary schools are suspended."""
RARE, USUAL = 0.01, 0.995
HEIGHT = {"more": "higher", "fewer": "lower"}


def row(facts: Facts, statistic: str, phase: str) -> Fact | None:
    """A row about the schools of a phase."""
    return facts.one(
        indicator=INDICATOR, statistic=statistic, breakdown=phase, time_period=facts.brief.year,
        breakdown_topic="education_phase",
    )  # fmt: skip


def known(facts: Facts, statistic: str, phase: str) -> Fact | None:
    """The same where it has an estimate."""
    found = row(facts, statistic, phase)
    return found if found is not None and found.is_known else None


def each(facts: Facts, statistic: str, say: Callable[[Facts, str, Fact], Text]) -> list[Text]:
    """A phase a paragraph, each from its row of a statistic."""
    found = [(phase, row(facts, statistic, phase)) for phase in ORDER]
    said = [say(facts, phase, fact) for phase, fact in found if fact is not None]
    return [words for words in said if words] or [NOTHING]


def why(phase: str, fact: Fact) -> Text:
    """Why nothing can be told."""
    schools = capital(WORDS[phase])
    if records.is_withheld(fact):
        return text(f"{schools}: withheld, since it rests on few schools with small numbers.")
    return text(f"{schools}: {fact['note']}.")


def apart(
    fact: Fact, phase: str, column: str = "estimate", *, more: str = "more", fewer: str = "fewer"
) -> Text:
    """A difference with its direction: ``0.6 fewer``; one that is printed as nothing has none."""
    size = fact.bind(STYLES[phase][1], column)
    return (
        text(size)
        if is_nothing(fact, phase, column)
        else text(size, f" {more if fact[column] >= 0 else fewer}")
    )


def is_nothing(fact: Fact, phase: str, column: str = "estimate") -> bool:
    """Whether a difference is printed as 0."""
    printed = FORMATS[STYLES[phase][1]]
    return printed(float(fact[column])) == printed(0.0)


def compared(fact: Fact, phase: str, what: str) -> Text:
    """A difference up to what it is beside: ``0.6 fewer pupils than``, ``as many pupils as`` where it is printed as 0."""
    return text(f"as many{what} as") if is_nothing(fact, phase) else text(*apart(fact, phase), f"{what} than")


def stood_at(fact: Fact, phase: str, *, beside: str) -> Text:
    """How high schools stood beside something: ``0.6 higher for every 100 than``, or ``as high as``."""
    if is_nothing(fact, phase):
        return text(f"as high as {beside}")
    return text(*apart(fact, phase, **HEIGHT), f" for every 100 than {beside}")


def span(fact: Fact, phase: str, **ways: str) -> Text:
    """Its interval in the same way: ``between 0.6 fewer and 1.8 more``."""
    low, high = (apart(fact, phase, column, **ways) for column in ("lower", "upper"))
    return text("between ", *low, " and ", *high)


def so_often(power: float) -> str:
    """The power asked for, as people say it: ``eight of ten``."""
    tenths = round(10 * power)
    return f"{in_words(tenths)} of ten" if abs(10 * power - tenths) < 1e-9 else f"{percent(power)} of all"


def so_many(rank: Fact) -> Text:
    """A share of shuffles; a rare one, and nearly all, in words, since the share told is rounded."""
    if rank["estimate"] >= USUAL:
        return text("every one" if rank["estimate"] == 1 else "nearly all")
    return text("fewer than one in a hundred" if rank["estimate"] < RARE else rank.bind("percent"))


def shuffled(rank: Fact, what: str, verb: str = "give") -> Text:
    """How many shuffles give something: ``4% of shuffles of who signed when give ...``."""
    if rank["estimate"] == 1:
        return text(f"every shuffle of who signed when {verb}s {what}")
    return text(*so_many(rank), f" of shuffles of who signed when {verb} {what}")


def word(facts: Facts, phase: str, of: str = CHARTER_WORD) -> tuple[str, str]:
    """What may be said of the change, or of how schools differ in it, and why no more."""
    fact = known(facts, of, phase)
    said, _, because = str(fact["note"]).partition(": ") if fact is not None else ("", "", "")
    return said, because
