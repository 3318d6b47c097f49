"""Sentences of the ladder: what schools did to whom beside whom, what the groups' make-up explains, what is left."""

from __future__ import annotations

from collections.abc import Callable

from onroll.framework import Framework
from onroll.presentation.facts import Facts
from onroll.presentation.families import together
from onroll.presentation.ladder import TOPICS, Line, every_line, lines
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import COUNTED
from onroll.presentation.sentences.gap import gap_parts
from onroll.presentation.sentences.phrases import between, capital, with_and
from onroll.vocabulary.records import (
    ADJUSTED,
    DETECTABLE_RATIO,
    EXCESS,
    RULE,
    YEARS_ABOVE,
)

NO_RECORDS = text("No own records were received in which groups of pupils can be compared.")
NAMED = "above in every year"


def more_often(facts: Facts) -> list[Text]:
    """A group a paragraph: how many of how many, beside the reference group, and among pupils alike."""
    said = _of_those_above(facts, lambda one: text(*beside(one), *alike(one)), "No group was suspended")
    words = _looked_at(facts)
    return [*said, words] if words else said


def _looked_at(facts: Facts) -> Text:
    """How many groups of each breakdown are looked at together, where there are many."""
    found = []
    for topic, label in TOPICS.items():
        many = next((words for one in lines(facts, topic) if one.raw and (words := together(one.raw))), "")
        if many:
            found.append(f"{label[0].lower() if not label.startswith('SEN') else label[0]}{label[1:]} {many}")
    if not found:
        return ()
    return text(
        "Named are the groups that stand out when allowance is made for all groups of a breakdown looked at together: "
        f"{'; '.join(found)}."
    )


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
    apart = [one for one in every if one.is_apart_alone]
    open_ones = [
        one for one in every if one.raw is not None and not (one.is_above or one.is_below or one in apart)
    ]
    if apart:
        parts = [part for one in apart for part in (*_would_show(one), "; ")][:-1]
        said.append(text(
            "By themselves these groups would stand apart from their reference group, but not when allowance is made for "
            "all groups of their kind looked at together: ", *parts, ".",
        ))  # fmt: skip
    if open_ones:
        parts = [part for one in open_ones for part in (*_would_show(one), "; ")][:-1]
        said.append(text(
            "No difference could be told for these groups, which is not to say that there is none: ", *parts, ".",
        ))  # fmt: skip
    held = [one.people for one in every if one.is_withheld]
    if held:
        said.append(text(
            f"Received, and withheld to protect pupils: {'; '.join(held)}. The difference of a withheld group may be "
            "the largest of all, or none.",
        ))  # fmt: skip
    gone = [one for one in every if one.raw is None and not one.is_withheld]
    said += [text(f"{capital(one.people)}: {_why(one)}.") for one in gone]
    return said or [text("Every group could be compared with its reference group.")]


def beside(one: Line) -> Text:
    """How many of how many, in 100, on both sides, and how many times as often."""
    raw = one.raw
    if raw is None:
        return ()
    ratio = text(raw.bind("times"), " times as often (interval ", *between(raw, "times"), ")")
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
    said = text(
        f" Among {with_and(fact['note'])}: ", fact.bind("times"), " times (", *between(fact, "times"), ")"
    )
    if fact["lower"] <= 1 <= fact["upper"]:
        return text(*said, ", so it cannot be told whether a difference remains among them.")
    return text(*said, ".")


def fewer(framework: Framework, one: Line) -> Text:
    """Pupils fewer at the reference group's risk, in how many years the gap was there, the rule of attention."""
    excess, years, rule = (one.known(rung) for rung in (EXCESS, YEARS_ABOVE, RULE))
    said: Text = ()
    if excess is not None:
        said = text(
            f"Had schools suspended {one.people} as seldom as {one.others}, ", excess.bind("count"),
            " fewer of them would have been suspended (interval ", *between(excess, "count"), ").",
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
        f" The rule of attention {verb} this group: beside all other pupils it was ", rule.bind("ratio"),
        f" times as often, and the rule asks for more than {_times(plan.threshold)} in each of "
        f"{COUNTED[plan.years]} years.",
    )  # fmt: skip


def _of_those_above(facts: Facts, say: Callable[[Line], Text], otherwise: str) -> list[Text]:
    every = every_line(facts)
    if not every:
        return [NO_RECORDS]
    said = [words for one in every if one.is_above and (words := say(one))]
    return said or [text(f"{otherwise} clearly more often than its reference group.")]


def _short(one: Line) -> Text:
    raw = one.raw
    assert raw is not None
    ratio = text(raw.bind("times"), " times as often (", *between(raw, "times"), ")")
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
        said = text(f"{one.people}, ", raw.bind("times"), " times as often (", *between(raw, "times"))
    if least is None:
        return text(*said, ")")
    if raw["estimate"] < 1:
        return text(*said, "; with so few pupils only a large difference would show)")
    return text(*said, "; a ratio below ", least.bind("times"), " would often be missed)")


def _why(one: Line) -> str:
    notes = (str(fact["note"]) for fact in one.rungs.values() if fact["note"])
    return next(notes, "not available")


def _times(threshold: str) -> str:
    return {"2": "twice", "3": "three times"}.get(threshold, f"{threshold} times")


def _small(note: str) -> str:
    return f"{note[0].lower()}{note[1:]}"
