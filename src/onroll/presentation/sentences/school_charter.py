"""Sentences on schools that signed the Charter: what could have been seen, what changed, how they stood, for whom."""

from __future__ import annotations

from collections.abc import Callable

from onroll.framework.known_truth_schools import LESS_STEADY, SIZE_UNSURE, STEADIER
from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_words, percent
from onroll.presentation.sentences.phrases import between, capital
from onroll.vocabulary import PHASES, RATE
from onroll.vocabulary.records import (
    APART,
    CHARTER_ALIKE,
    CHARTER_BEFORE,
    CHARTER_CHANGE,
    CHARTER_DEPARTURE,
    CHARTER_EFFECT_SIZE,
    CHARTER_LEVEL,
    CHARTER_RANGE,
    CHARTER_RANK,
    CHARTER_SCHOOLS,
    CHARTER_SEEN,
    CHARTER_SEEN_FORMULA,
    CHARTER_STOOD,
    CHARTER_TREND,
    CHARTER_WORD,
    HIGHER,
    LOWER,
    MOVING,
    NOT_HELD,
    NOT_OUT,
    OTHER_LEVEL,
)

INDICATOR = "register_suspended_pupil_rate"
ORDER = (PHASES[1], PHASES[0])
WORDS = {PHASES[0]: "primary schools", PHASES[1]: "secondary schools"}
NOTHING = text(
    "Nothing to tell here: no own records of schools were received. What is needed stands at the head of this page."
)
NEEDED = text(
    "This page is empty, since no own records were received in which schools can be compared over the years. It needs, for "
    "each school and year, the pupils on roll and the suspensions, and the date on which a school signed the Charter. Put "
    "the files into the folder data/raw, or name their folder beside `data` in the first cell of code, and run all cells "
    "again. `onroll templates` writes blank files to fill in; `onroll synthetic` makes up an authority to try the page on."
)
STEADY = {
    STEADIER: " From year to year these schools are steadier than the made ones on which the comparison was tried (the last "
    "tables of this page), so a smaller fall stands out here than there.",
    LESS_STEADY: " From year to year these schools are less steady than the made ones on which the comparison was tried "
    "(the last tables of this page), so a fall has to be larger here than there to stand out.",
}
"""Why what could have been seen here and what known truth says are not the same."""
UNSURE = (
    " How large it is, is less sure than the interval says: had schools signed because of how they stood, and had that gone "
    "unnoticed, such intervals would miss the truth more often than they promise (the last tables of this page)."
)
OF_100 = " pupils suspended for every 100"
STYLES = {PHASES[0]: ("fine_rate", "fine_size"), PHASES[1]: ("rate", "size")}
"""How a rate of a phase is printed, with its sign and without: few pupils of primary schools are suspended."""
BUT = {
    HIGHER: "But in the year before they signed, these schools stood higher than in their earlier years, and what stands "
    "high falls back by itself: the change cannot be told from that.",
    LOWER: "But in the year before they signed, these schools stood lower than in their earlier years, and what stands "
    "low rises again by itself: the change cannot be told from that.",
    OTHER_LEVEL: "But schools that signed suspend more, or fewer, pupils all along than those they are set beside, and "
    "schools of another level move otherwise: the change cannot be told from that.",
    MOVING: "But these schools were moving apart from the others before they signed: the change may be more of the same.",
}
"""Why a change that stands out is not left standing."""
RARE = 0.01
HEIGHT = {"more": "higher", "fewer": "lower"}
WITHOUT = "Schools chose when to sign: whatever made them sign may lie behind it."


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
    """A difference with its direction: ``0.6 fewer``."""
    return text(fact.bind(STYLES[phase][1], column), f" {more if fact[column] >= 0 else fewer}")


def span(fact: Fact, phase: str, **ways: str) -> Text:
    """Its interval in the same way: ``between 0.6 fewer and 1.8 more``."""
    low, high = (apart(fact, phase, column, **ways) for column in ("lower", "upper"))
    return text("between ", *low, " and ", *high)


def so_often(power: float) -> str:
    """The power asked for, as people say it: ``eight of ten``."""
    tenths = round(10 * power)
    return f"{in_words(tenths)} of ten" if abs(10 * power - tenths) < 1e-9 else f"{percent(power)} of all"


def so_many(rank: Fact) -> Text:
    """A share of shuffles; a rare one in words, since the share told is rounded."""
    return text("fewer than one in a hundred" if rank["estimate"] < RARE else rank.bind("percent"))


def word(facts: Facts, phase: str) -> tuple[str, str]:
    """What may be said of the change, and why no more."""
    fact = known(facts, CHARTER_WORD, phase)
    said, _, because = str(fact["note"]).partition(": ") if fact is not None else ("", "", "")
    return said, because


def could_be_seen(facts: Facts) -> list[Text]:
    """A phase a sentence: the smallest change that stands out, tried and by formula; told before any estimate."""
    said = [_seen(facts, phase) for phase in ORDER if row(facts, CHARTER_CHANGE, phase) is not None]
    return [words for words in said if words] or [NEEDED]


def _seen(facts: Facts, phase: str) -> Text:
    tried, formula = known(facts, CHARTER_SEEN, phase), known(facts, CHARTER_SEEN_FORMULA, phase)
    change = row(facts, CHARTER_CHANGE, phase)
    if tried is None:
        return why(phase, tried or change) if change is not None else ()
    said = text(
        f"{capital(WORDS[phase])}: ", tried.bind("count", "numerator"), " of ", tried.bind("count", "denominator"),
        " schools signed. A fall was written into these very records at dates dealt out anew: it stood out in "
        f"{so_often(facts.brief.power)} tries only where it was ", tried.bind(STYLES[phase][0]), OF_100, " or more",
    )  # fmt: skip
    if formula is not None:
        said += text(
            "; by the formula, from how schools differed and how steady they were before anybody signed, it is ",
            formula.bind(STYLES[phase][0]),
        )  # fmt: skip
    now = facts.one(
        indicator=INDICATOR, statistic=RATE, breakdown=phase, time_period=facts.brief.year,
        breakdown_topic="education_phase",
    )  # fmt: skip
    usual = () if now is None or not now.is_known else text(
        f" In {facts.brief.period} ", now.bind(STYLES[phase][0]), " of every 100 pupils were suspended.",
    )  # fmt: skip
    steady = next((words for note, words in STEADY.items() if note in str(tried["note"])), "")
    return text(*said, ". A smaller one is missed more often.", *usual, steady)


def charter(facts: Facts) -> list[Text]:
    """A phase a paragraph: the change of schools that signed, whether it stands out, and whether it may stand."""
    return each(facts, CHARTER_CHANGE, _charter)


def _charter(facts: Facts, phase: str, fact: Fact) -> Text:
    rank, (said, because) = known(facts, CHARTER_RANK, phase), word(facts, phase)
    if not fact.is_known or rank is None or not said:
        return why(phase, fact)
    told = text(
        f"{capital(WORDS[phase])}: after they signed the Charter, the ", fact.bind("count", "numerator"), " of ",
        fact.bind("count", "denominator"), " schools that did suspended ", *apart(fact, phase), " pupils for every 100 than "
        "the change of those that had not signed yet leads to expect (", *span(fact, phase), "); ", *so_many(rank),
        " of shuffles of who signed when give a change as large. ",
    )  # fmt: skip
    if said == NOT_OUT:
        return text(*told, "It cannot be told that signing goes with any change.")
    told = text(*told, "That stands out. ")
    if said == APART:
        return text(*told, BUT[because])
    if said == NOT_HELD:
        return text(*told, f"But this comparison may not carry a claim: {because}.")
    unsure = UNSURE if because == SIZE_UNSURE else ""
    return text(*told, f"No difference in how they stood before was found. {WITHOUT}{unsure}")


def before(facts: Facts) -> list[Text]:
    """A phase a paragraph: how schools that signed stood before, and what would have to be so to explain the change."""
    return each(facts, CHARTER_CHANGE, _before)


def _before(facts: Facts, phase: str, change: Fact) -> Text:
    stood, level = known(facts, CHARTER_STOOD, phase), known(facts, CHARTER_LEVEL, phase)
    if not change.is_known or level is None:
        return ()
    told = text(f"{capital(WORDS[phase])}: ")
    if stood is not None:
        told += text(
            "in the year before they signed, schools that did stood ", *apart(stood, phase, **HEIGHT),
            " for every 100 than in their own earlier years, beside schools that had not signed (",
            *span(stood, phase, **HEIGHT), "). ",
        )  # fmt: skip
    told += text(
        "Over all years before, their rate was ", *apart(level, phase, **HEIGHT), " than that of the others (",
        *span(level, phase, **HEIGHT), "). ",
    )  # fmt: skip
    return told + _joint(facts, phase) + _departure(facts, phase)


def _joint(facts: Facts, phase: str) -> Text:
    joint, trend = known(facts, CHARTER_BEFORE, phase), known(facts, CHARTER_TREND, phase)
    if joint is None:
        return text("Schools are too few to test year by year whether they were moving apart before. ")
    said = text("All years before taken together, a difference as large arises by chance with probability ",
                joint.bind("probability"), "; ")  # fmt: skip
    if trend is None:
        return said
    return said + text(
        f"in {so_often(facts.brief.power)} tries that test would have seen schools that moved apart by ",
        trend.bind(STYLES[phase][0]), " or more a year; less is missed more often. ",
    )  # fmt: skip


def _departure(facts: Facts, phase: str) -> Text:
    said, _ = word(facts, phase)
    if said == NOT_OUT:
        return text("The change does not stand out, so there is nothing that would have to be explained.")
    times = known(facts, CHARTER_DEPARTURE, phase)
    if times is None:
        return ()
    if times["estimate"] == 0:
        return text(
            "Taken year by year the change does not stand clear of 0, even if schools would have moved alike: no departure "
            "at all is needed to explain it."
        )
    return text(
        "Had schools not moved alike, they would have had to move apart by ", times.bind("ratio"), " times the largest "
        "change between two years before they signed to explain it away.",
    )  # fmt: skip


def for_whom(facts: Facts) -> list[Text]:
    """A phase a paragraph: how far schools differ in their own change; no school is named."""
    return each(facts, CHARTER_SCHOOLS, _for_whom)


def _for_whom(facts: Facts, phase: str, fact: Fact) -> Text:
    spread, alike = known(facts, CHARTER_RANGE, phase), known(facts, CHARTER_ALIKE, phase)
    if not fact.is_known or spread is None or alike is None:
        return why(phase, fact)
    told = text(
        f"{capital(WORDS[phase])}: over ", fact.bind("count", "numerator"), " schools that signed, each set beside those "
        "that had not yet, the mean is ", *apart(fact, phase), " pupils suspended for every 100. ",
    )  # fmt: skip
    if alike["estimate"] > 1 - facts.brief.confidence:
        told += text(
            "They differ by no more than schools differ from one year to another without it (probability ",
            alike.bind("probability"), "): it cannot be told that it went better at one school than at another. ",
        )  # fmt: skip
    else:
        told += text(
            "They differ by more than schools do from one year to another without it (probability ",
            alike.bind("probability"), "; standard deviation ", spread.bind(STYLES[phase][0]), "). ",
        )  # fmt: skip
    return told + text("At another such school it would most likely lie ", *span(spread, phase), ".")


def effect_size(facts: Facts) -> list[Text]:
    """A phase a sentence: the change in standard deviations of single pupils, and what that means."""
    return each(facts, CHARTER_EFFECT_SIZE, _effect_size)


def _effect_size(facts: Facts, phase: str, fact: Fact) -> Text:
    if not fact.is_known:
        return why(phase, fact)
    return text(
        f"{capital(WORDS[phase])}: divided by how far single pupils lie apart, the change with the Charter is ",
        fact.bind("ratio"), " standard deviations (", *between(fact, "ratio"), "). Reports of trials call that "
        "an effect size; here it is the same change in another unit, with the same doubts.",
    )  # fmt: skip
