"""Sentences on a gap: what goes with how the groups are made up, what with their schools, and what remains."""

from __future__ import annotations

from onroll.presentation.facts import Fact
from onroll.presentation.ladder import Line
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between, capital, with_and
from onroll.vocabulary.records import (
    ADJUSTED,
    BETWEEN_SCHOOLS,
    COMPOSITION,
    PUPILS_APART,
    RATE_PART,
    SCHOOLS_APART,
    WITHIN_SCHOOLS,
)

MUCH = 0.25
"""Where more of a gap than this concerns pupils who have nobody to be compared with, its other parts are not read out."""
NEXT_TO_NOTHING = 0.05
"""Parts of a gap, per 100, that print as 0.0."""


def gap_parts(one: Line) -> Text:
    """What part of the gap goes with how the groups are made up, and what with the schools they attend."""
    if one.level is None or one.base is None or not (one.level.is_known and one.base.is_known):
        return ()
    said = text(
        f"{capital(one.people)}, ", one.level.bind("rate"), f" in 100, beside {one.others}, ", one.base.bind("rate"),
        " in 100.",
    )  # fmt: skip
    kinds = with_and(_of_kind(one.rungs.get(COMPOSITION)))
    said += _split(one, (COMPOSITION, RATE_PART, PUPILS_APART), (
        f" goes with differences between the two groups in {kinds}", " remains between pupils alike in these",
        " How far the make-up of the group explains it cannot be told: too many of its pupils have nobody of the reference "
        "group who is alike.",
    ))  # fmt: skip
    said += _unsure(one)
    return said + _split(one, (BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART), (
        " goes with the different schools that the two groups attend", " remains between pupils of the same school",
        " How far schools explain it cannot be told: too many of its pupils are in schools with nobody of the reference "
        "group.",
    ))  # fmt: skip


def is_mostly_apart(one: Line, rung: str) -> bool:
    """Whether so much of a gap concerns pupils with nobody to be compared with that its other parts say nothing."""
    apart, level, base = one.known(rung), one.level, one.base
    if apart is None or level is None or base is None or not (level.is_known and base.is_known):
        return False
    return abs(float(apart["estimate"])) > MUCH * abs(float(level["estimate"] - base["estimate"]))


def _split(one: Line, rungs: tuple[str, str, str], words: tuple[str, str, str]) -> Text:
    first, second = one.known(rungs[0]), one.known(rungs[1])
    if first is None or second is None:
        return ()
    if is_mostly_apart(one, rungs[2]):
        return text(words[2])
    return text(
        *_made_of(first, words[0]),
        " ",
        second.bind("rate"),
        " (",
        *between(second, "rate"),
        ")",
        words[1],
        ".",
    )


def _unsure(one: Line) -> Text:
    """Said where the ratio among pupils alike, whose interval allows for schools, may be 1."""
    ratio, part = one.known(ADJUSTED), one.known(RATE_PART)
    if ratio is None or part is None or not ratio["lower"] <= 1 <= ratio["upper"]:
        return ()
    if part["lower"] <= 0 <= part["upper"]:
        return ()
    return text(
        " That anything remains is not sure: allowing for pupils of one school being treated alike, it could be chance."
    )


def _made_of(fact: Fact, words: str) -> Text:
    if abs(float(fact["estimate"])) < NEXT_TO_NOTHING:
        return text(f" Next to nothing of this gap{words};")
    limits = text(" (", *between(fact, "rate"), ")")
    if fact["lower"] < 0 < fact["upper"]:
        return text(" It cannot be told that any of this gap, ", fact.bind("rate"), *limits, f",{words};")
    if fact["estimate"] < 0:
        return text(" This gap is smaller by ", fact.bind("size"), f" than it would be, which{words};")
    return text(" Of this gap ", fact.bind("rate"), *limits, f"{words};")


def _of_kind(fact: Fact | None) -> str:
    """``SEN provision, sex, year group`` of a note that ends in ``pupils alike in ...``."""
    return "" if fact is None else str(fact["note"]).rpartition("alike in ")[2]
