"""Sentences on schools that changed: what followed years of more training. The Charter has a module of its own."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between
from onroll.presentation.sentences.school_phrases import WORDS, each, row, why
from onroll.vocabulary.records import DOSE_E_VALUE, DOSE_RATIO, LATER_DOSE

NARROW = "80 to 90 times in 100"
"""What the evidence notes where schools are so few that the interval is too narrow."""


def training(facts: Facts) -> list[Text]:
    """A phase a paragraph: pupils suspended after a year of more training, and before one."""
    return each(facts, DOSE_RATIO, _training)


def _training(facts: Facts, phase: str, fact: Fact) -> Text:
    later, strength = row(facts, LATER_DOSE, phase), row(facts, DOSE_E_VALUE, phase)
    if not fact.is_known:
        return why(phase, fact)
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
    if NARROW in str(fact["note"]):
        return text(
            *said, "The interval leaves out 1, but among so few schools such intervals miss the truth too often: it cannot "
            "be told that the two go together.",
        )  # fmt: skip
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
