"""Sentences of the ladder: what schools did to whom beside whom, what the groups' make-up explains, what is left."""

from __future__ import annotations

from collections.abc import Callable

from onroll.framework import Framework
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.ladder import TOPICS, Line, every_line, lines
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import COUNTED
from onroll.vocabulary.records import (
    ADJUSTED,
    BETWEEN_SCHOOLS,
    COMPOSITION,
    DETECTABLE_RATIO,
    EXCESS,
    PUPILS_APART,
    RATE_PART,
    RULE,
    SCHOOLS_APART,
    WITHIN_SCHOOLS,
    YEARS_ABOVE,
)

NO_RECORDS = text("No own records were received in which groups of pupils can be compared.")
MUCH = 0.25
"""Where more of a gap than this concerns pupils who have nobody to be compared with, its other parts are not read out."""
NEXT_TO_NOTHING = 0.05
"""Parts of a gap, per 100, that print as 0.0."""
NAMED = "above in every year"


def more_often(facts: Facts) -> list[Text]:
    """A group a paragraph: how many of how many, beside the reference group, and among pupils alike."""
    return _of_those_above(facts, lambda one: text(*beside(one), *alike(one)), "No group was suspended")


def shortest(facts: Facts) -> Text:
    """The group that stands out most surely, in one sentence with pupils alike; empty where none does."""
    above = [one for one in every_line(facts) if one.is_above]
    if not above:
        return ()
    first = max(above, key=lambda one: float(one.raw["lower"]) if one.raw is not None else 0.0)
    return text(*beside(first), *alike(first))


def why_the_gap(facts: Facts) -> list[Text]:
    """A group a paragraph: what part of the gap its make-up explains, and what part lies between schools."""
    return _of_those_above(facts, gap_parts, "There is no gap to explain: no group was suspended")


def pupils_fewer(framework: Framework, facts: Facts) -> list[Text]:
    """A group a paragraph: pupils fewer at equal risk, years in which it was so, the rule of attention."""
    return _of_those_above(facts, lambda one: fewer(framework, one), "No group was suspended")


def less_often(facts: Facts) -> list[Text]:
    """One sentence a breakdown on the groups that schools suspended clearly less often."""
    found = []
    for topic in TOPICS:
        below = [one for one in lines(facts, topic) if one.is_below]
        if below:
            parts = [part for one in below for part in (*_short(one), "; ")][:-1]
            found.append(text("Schools suspended less often than ", *_whom(below[0]), ": ", *parts, "."))
    if not found and every_line(facts):
        return [text("No group was suspended clearly less often than its reference group.")]
    return found or [NO_RECORDS]


def not_told(facts: Facts) -> list[Text]:
    """Which groups cannot be told from their reference group, which are withheld, which cannot be compared."""
    every = every_line(facts)
    if not every:
        return [NO_RECORDS]
    said = []
    open_ones = [one for one in every if one.raw is not None and not (one.is_above or one.is_below)]
    if open_ones:
        parts = [part for one in open_ones for part in (*_would_show(one), "; ")][:-1]
        said.append(text(
            "No difference could be told for these groups, which is not to say that there is none: ", *parts, ".",
        ))  # fmt: skip
    held = [one.people for one in every if one.is_withheld]
    if held:
        said.append(text(f"Received, and withheld to protect pupils: {'; '.join(held)}."))
    gone = [one for one in every if one.raw is None and not one.is_withheld]
    said += [text(f"{_capital(one.people)}: {_why(one)}.") for one in gone]
    return said or [text("Every group could be compared with its reference group.")]


def beside(one: Line) -> Text:
    """How many of how many, in 100, on both sides, and how many times as often."""
    raw = one.raw
    if raw is None:
        return ()
    ratio = text(raw.bind("times"), " times as often (interval ", *_range(raw, "times"), ")")
    level, base = one.level, one.base
    if level is None or base is None or not (level.is_known and base.is_known):
        return text(
            f"Schools suspended {one.people} ",
            *ratio[:1],
            f" times as often as {one.others}",
            *ratio[2:],
            ".",
        )
    return text(
        "Schools suspended ", level.bind("count", "numerator"), " of ", level.bind("count", "denominator"),
        f" {one.people} at least once in {one.when}, ", level.bind("rate"), " in 100, and ",
        base.bind("count", "numerator"), " of ", base.bind("count", "denominator"), f" {one.others}, ",
        base.bind("rate"), " in 100: ", *ratio, ".",
    )  # fmt: skip


def alike(one: Line) -> Text:
    """The same among pupils alike; says so where nothing can be told there."""
    fact = one.known(ADJUSTED)
    if fact is None:
        note = one.rungs[ADJUSTED]["note"] if ADJUSTED in one.rungs else ""
        return text(f" How it is among pupils alike {_small(note)}.") if note.startswith("cannot") else ()
    said = text(f" Among {_and(fact['note'])}: ", fact.bind("times"), " times (", *_range(fact, "times"), ")")
    if fact["lower"] <= 1 <= fact["upper"]:
        return text(*said, ", so it cannot be told whether a difference remains among them.")
    return text(*said, ".")


def gap_parts(one: Line) -> Text:
    """What part of the gap goes with how the groups are made up, and what with the schools they attend."""
    if one.level is None or one.base is None or not (one.level.is_known and one.base.is_known):
        return ()
    gap = float(one.level["estimate"] - one.base["estimate"])
    said = text(
        f"{_capital(one.people)}, ", one.level.bind("rate"), f" in 100, beside {one.others}, ", one.base.bind("rate"),
        " in 100.",
    )  # fmt: skip
    kinds = _and(_of_kind(one.rungs.get(COMPOSITION)))
    said += _split(one, gap, (COMPOSITION, RATE_PART, PUPILS_APART), (
        f" goes with differences between the two groups in {kinds}", " remains between pupils alike in these",
        " How far the make-up of the group explains it cannot be told: too many of its pupils have nobody of the reference "
        "group who is alike.",
    ))  # fmt: skip
    return said + _split(one, gap, (BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART), (
        " goes with the different schools that the two groups attend", " remains between pupils of the same school",
        " How far schools explain it cannot be told: too many of its pupils are in schools with nobody of the reference "
        "group.",
    ))  # fmt: skip


def fewer(framework: Framework, one: Line) -> Text:
    """Pupils fewer at the reference group's risk, in how many years the gap was there, the rule of attention."""
    excess, years, rule = (one.known(rung) for rung in (EXCESS, YEARS_ABOVE, RULE))
    said: Text = ()
    if excess is not None:
        said = text(
            f"Had schools suspended {one.people} as seldom as {one.others}, ", excess.bind("count"),
            " fewer of them would have been suspended (interval ", *_range(excess, "count"), ").",
        )  # fmt: skip
    if years is not None:
        said += text(
            " The whole interval lay above the reference group in ", years.bind("count"), " of ",
            years.bind("count", "denominator"), " years.",
        )  # fmt: skip
    plan = framework.plan.disproportionality
    if rule is None or plan is None:
        return said
    verb = "names" if str(rule["note"]).startswith(NAMED) else "does not name"
    return said + text(
        f" The rule of attention {verb} this group: beside all other pupils it was ", rule.bind("times"),
        f" times as often, and the rule asks for more than {_times(plan.threshold)} in each of "
        f"{COUNTED[plan.years]} years.",
    )  # fmt: skip


def _split(one: Line, gap: float, rungs: tuple[str, str, str], words: tuple[str, str, str]) -> Text:
    first, second = one.known(rungs[0]), one.known(rungs[1])
    if first is None or second is None:
        return ()
    apart = one.known(rungs[2])
    if apart is not None and abs(float(apart["estimate"])) > MUCH * abs(gap):
        return text(words[2])
    return text(
        *_made_of(first, words[0]),
        " ",
        second.bind("rate"),
        " (",
        *_range(second, "rate"),
        ")",
        words[1],
        ".",
    )


def _made_of(fact: Fact, words: str) -> Text:
    if abs(float(fact["estimate"])) < NEXT_TO_NOTHING:
        return text(f" Next to nothing of this gap{words};")
    limits = text(" (", *_range(fact, "rate"), ")")
    if fact["lower"] < 0 < fact["upper"]:
        return text(" It cannot be told that any of this gap, ", fact.bind("rate"), *limits, f",{words};")
    if fact["estimate"] < 0:
        return text(" This gap is smaller by ", fact.bind("size"), f" than it would be, which{words};")
    return text(" Of this gap ", fact.bind("rate"), *limits, f"{words};")


def _of_those_above(facts: Facts, say: Callable[[Line], Text], otherwise: str) -> list[Text]:
    every = every_line(facts)
    if not every:
        return [NO_RECORDS]
    said = [words for one in every if one.is_above and (words := say(one))]
    return said or [text(f"{otherwise} clearly more often than its reference group.")]


def _short(one: Line) -> Text:
    raw = one.raw
    assert raw is not None
    ratio = text(raw.bind("times"), " times as often (", *_range(raw, "times"), ")")
    if one.level is None or not one.level.is_known:
        return text(f"{one.people}, ", *ratio)
    return text(
        one.level.bind("count", "numerator"),
        " of ",
        one.level.bind("count", "denominator"),
        f" {one.people}, ",
        *ratio,
    )


def _whom(one: Line) -> Text:
    """The reference group with its counts."""
    if one.base is None or not one.base.is_known:
        return text(one.others)
    base = one.base
    return text(
        f"{one.others} (", base.bind("count", "numerator"), " of ", base.bind("count", "denominator"), ")"
    )


def _would_show(one: Line) -> Text:
    raw, least = one.raw, one.known(DETECTABLE_RATIO)
    assert raw is not None
    if raw["estimate"] == 0 and one.level is not None and one.level.is_known:
        said = text("none of ", one.level.bind("count", "denominator"), f" {one.people} (at most ",
                    raw.bind("times", "upper"), " times as often")  # fmt: skip
    else:
        said = text(f"{one.people}, ", raw.bind("times"), " times as often (", *_range(raw, "times"))
    if least is None:
        return text(*said, ")")
    return text(*said, "; a ratio below ", least.bind("times"), " would often be missed)")


def _why(one: Line) -> str:
    notes = (str(fact["note"]) for fact in one.rungs.values() if fact["note"])
    return next(notes, "not available")


def _of_kind(fact: Fact | None) -> str:
    """``SEN provision, sex, year group`` of a note that ends in ``pupils alike in ...``."""
    return "" if fact is None else str(fact["note"]).rpartition("alike in ")[2]


def _and(listed: str) -> str:
    head, comma, tail = listed.rpartition(", ")
    return f"{head} and {tail}" if comma else listed


def _times(threshold: str) -> str:
    return {"2": "twice", "3": "three times"}.get(threshold, f"{threshold} times")


def _range(fact: Fact, style: str) -> Text:
    return text(fact.bind(style, "lower"), " to ", fact.bind(style, "upper"))


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _small(note: str) -> str:
    return f"{note[0].lower()}{note[1:]}"
