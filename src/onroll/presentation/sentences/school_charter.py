"""Sentences on schools that signed the Charter: what could have been seen, what changed, how they stood, for whom."""

from __future__ import annotations

from onroll.framework.known_truth_schools import LESS_STEADY, SIZE_UNSURE, STEADIER
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between, capital
from onroll.presentation.sentences.school_phrases import (
    HEIGHT,
    INDICATOR,
    ORDER,
    STYLES,
    WORDS,
    apart,
    compared,
    each,
    known,
    row,
    shuffled,
    so_often,
    span,
    stood_at,
    why,
    word,
)
from onroll.vocabulary import RATE
from onroll.vocabulary.records import (
    APART,
    CHARTER_ALIKE,
    CHARTER_BEFORE,
    CHARTER_CHANGE,
    CHARTER_DEPARTURE,
    CHARTER_EFFECT_SIZE,
    CHARTER_LEVEL,
    CHARTER_RANK,
    CHARTER_SCHOOLS,
    CHARTER_SEEN,
    CHARTER_SEEN_FORMULA,
    CHARTER_STOOD,
    CHARTER_TREND,
    HIGHER,
    LOWER,
    MOVING,
    NOT_HELD,
    NOT_OUT,
    OTHER_LEVEL,
    STOOD_OUT,
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
UNTOLD = "it cannot be told that it went better at one school than at another."
HOW_FAR = (
    "How far they lie apart, and where another school would lie, is not told: schools wander so far by themselves that "
    "only large differences are found, and what is found then looks larger than it is."
)
WITHOUT = "Schools chose when to sign: whatever made them sign may lie behind it."


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
        fact.bind("count", "denominator"), " schools that did suspended ",
        *compared(fact, phase, " pupils for every 100"), " the change of those that had not signed yet leads to expect (",
        *span(fact, phase), "); ", *shuffled(rank, "a change as large"), ". ",
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
            "in the year before they signed, schools that did stood ",
            *stood_at(stood, phase, beside="in their own earlier years"), ", beside schools that had not signed (",
            *span(stood, phase, **HEIGHT), "). ",
        )  # fmt: skip
    told += text(
        "Over all years before, their rate was ", *stood_at(level, phase, beside="that of the others"), " (",
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
    alike, (said, because) = known(facts, CHARTER_ALIKE, phase), word(facts, phase, CHARTER_ALIKE)
    if not fact.is_known or alike is None:
        return why(phase, fact)
    told = text(
        f"{capital(WORDS[phase])}: over ", fact.bind("count", "numerator"), " schools that signed, each set beside those "
        "that had not yet, the mean is ", *apart(fact, phase), " pupils suspended for every 100 (",
        *span(fact, phase), "). Once a change by the same share at every school is taken out, ",
        *shuffled(alike, "schools as far apart", "leave"),
    )  # fmt: skip
    if said == STOOD_OUT:
        return text(*told, f": it went otherwise at some schools than at others. {HOW_FAR}")
    if said == APART:
        return text(
            *told, ". That is rare, but schools that signed differed before they did, and then shuffled dates are no "
            f"measure of chance: {UNTOLD}",
        )  # fmt: skip
    if said == NOT_HELD:
        return text(
            *told, f". That is rare, but this comparison may not carry a claim: {because}. So {UNTOLD}"
        )
    return text(*told, f": {UNTOLD}")


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
