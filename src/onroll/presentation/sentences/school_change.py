"""Sentences on schools that changed: those that signed the Charter, and what followed years of more training."""

from __future__ import annotations

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between
from onroll.vocabulary import PHASES
from onroll.vocabulary.records import (
    CHARTER_BEFORE,
    CHARTER_CHANGE,
    CHARTER_RANK,
    CHARTER_SEEN,
    DOSE_E_VALUE,
    DOSE_RATIO,
    LATER_DOSE,
)

INDICATOR = "register_suspended_pupil_rate"
ORDER = (PHASES[1], PHASES[0])
WORDS = {PHASES[0]: "primary schools", PHASES[1]: "secondary schools"}
NOTHING = text("No own records were received in which schools can be compared over the years.")
ALONE = 0.10
"""A test of the years before that is below this says that schools moved apart before they signed."""


def row(facts: Facts, statistic: str, phase: str) -> Fact | None:
    """A row about the schools of a phase."""
    return facts.one(
        indicator=INDICATOR,
        statistic=statistic,
        breakdown=phase,
        time_period=facts.brief.year,
        breakdown_topic="education_phase",
    )


def charter(facts: Facts) -> list[Text]:
    """A phase a paragraph: what could have been seen, the change of schools that signed, whether it stands out."""
    return _each(facts, CHARTER_CHANGE, _charter)


def training(facts: Facts) -> list[Text]:
    """A phase a paragraph: pupils suspended after a year of more training, and before one."""
    return _each(facts, DOSE_RATIO, _training)


def _each(facts: Facts, statistic: str, say: object) -> list[Text]:
    assert callable(say)
    found = [(phase, row(facts, statistic, phase)) for phase in ORDER]
    said = [say(facts, phase, fact) for phase, fact in found if fact is not None]
    return [words for words in said if words] or [NOTHING]


def _why(phase: str, fact: Fact) -> Text:
    schools = WORDS[phase]
    if records.is_withheld(fact):
        return text(f"{schools.capitalize()}: withheld, since it rests on few schools with small numbers.")
    return text(f"{schools.capitalize()}: {fact['note']}.")


def _charter(facts: Facts, phase: str, fact: Fact) -> Text:
    seen, rank = row(facts, CHARTER_SEEN, phase), row(facts, CHARTER_RANK, phase)
    if not fact.is_known or seen is None or rank is None or not (seen.is_known and rank.is_known):
        return _why(phase, fact)
    said = text(
        f"{WORDS[phase].capitalize()}: a change of ", seen.bind("rate"), " pupils suspended for every 100 would have "
        "stood out in eight of ten. After they signed the Charter, the ", fact.bind("count", "numerator"), " of ",
        fact.bind("count", "denominator"), " schools that did changed by ", fact.bind("rate"), " (",
        *between(fact, "rate"), ") beside those that had not signed yet; ", rank.bind("percent"),
        " of shuffles of who signed when give a change as large. ",
    )  # fmt: skip
    before = row(facts, CHARTER_BEFORE, phase)
    if rank["estimate"] > 1 - facts.brief.confidence:
        return text(*said, "It cannot be told that signing goes with any change.")
    if before is None or not before.is_known:
        return text(
            *said,
            "It stands out; whether these schools were moving apart before they signed cannot be tested with so few.",
        )
    if before["estimate"] < ALONE:
        return text(*said, "It stands out, but these schools were moving apart before they signed.")
    return text(
        *said, "It stands out, and no difference in the years before was found. Schools chose when to sign: whatever made "
        "them sign may lie behind it.",
    )  # fmt: skip


def _training(facts: Facts, phase: str, fact: Fact) -> Text:
    later, strength = row(facts, LATER_DOSE, phase), row(facts, DOSE_E_VALUE, phase)
    if not fact.is_known:
        return _why(phase, fact)
    said = text(
        f"{WORDS[phase].capitalize()}: after a year in which ten in a hundred more of their staff were trained, schools "
        "suspended ", fact.bind("ratio"), " times as many pupils as after other years (", *between(fact, "ratio"), "). ",
    )  # fmt: skip
    if later is not None and later.is_known:
        said += text(
            "Before such a year, when training can have done nothing yet, it was ", later.bind("ratio"), " times (",
            *between(later, "ratio"), "). ",
        )  # fmt: skip
    if fact["lower"] <= 1 <= fact["upper"]:
        return text(*said, "It cannot be told that the two go together.")
    if later is None or not later.is_known or not later["lower"] <= 1 <= later["upper"]:
        return text(
            *said,
            "The two go together, and so do years that training cannot have touched: it says nothing of training.",
        )
    if strength is None or not strength.is_known:
        return text(*said, "The two go together; that is an association.")
    return text(
        *said, "The two go together. That is an association: something that goes with both ", strength.bind("ratio"),
        " times as strongly would explain it away.",
    )  # fmt: skip
