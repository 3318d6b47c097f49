"""Combinations of groups as pages ask for them, the sentences and the table made of them."""

from __future__ import annotations

from dataclasses import dataclass

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.families import stands_out
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.phrases import between, capital
from onroll.vocabulary import EHC_PLAN, ETHNICITY_WORDS, NO_SEN, SEN_SUPPORT
from onroll.vocabulary.records import (
    BETWEEN_COMBINATIONS,
    BEYOND_PARTS,
    COMBINATION_RATE,
    OF_SINGLE_GROUPS,
    TOO_SMALL,
    TOPIC_LABELS,
    parts_of,
)

INDICATOR = "suspended_by_combination"
NOTHING = text("No own records were received from which combinations of groups can be compared.")
FIRST = 3
NOT_WHY = (
    "This says which pupils schools suspended, not why. Rates are drawn in towards what the groups one by one lead to, the "
    "more the fewer pupils there are, so that a few suspensions do not make a finding."
)
OTHERS = (
    "All others that can be shown are as their groups one by one would lead one to expect, when allowance is made for all "
    "combinations looked at together. Where one is far above, those that share most of its groups come out lower for it."
)
WORDS = {
    EHC_PLAN: "an Education, health and care plan", SEN_SUPPORT: "SEN support", NO_SEN: "no SEN provision",
    "Male": "boys", "Female": "girls", "Eligible for free school meals": "eligible for free school meals",
    "Not eligible for free school meals": "not eligible for free school meals",
}  # fmt: skip
COLUMNS = ("Combination", "Pupils", "Suspended at least once, in 100", "Odds beside what its groups lead to")


TOO_FEW = "too few to tell"
SMALL = f"Combinations of {TOO_SMALL} are left out: a model would tell what their groups lead to, not what happened to them."


@dataclass(frozen=True, slots=True)
class Combination:
    """Pupils who share several groups.

    Attributes
    ----------
    topics, groups : tuple of str
        The breakdowns that were crossed, and the group in each.
    rate, beyond : Fact
        Its rate, and its odds beside what its groups one by one lead to.
    """

    topics: tuple[str, ...]
    groups: tuple[str, ...]
    rate: Fact
    beyond: Fact | None

    @property
    def is_shown(self) -> bool:
        """Whether it has numbers that say something: of fewer than 100 pupils the model tells its groups, not its own."""
        return self.rate.is_known and not str(self.rate["note"]).startswith(TOO_SMALL)

    @property
    def is_small(self) -> bool:
        """Whether it came through the door and is of too few pupils to say anything of its own."""
        return self.rate.is_known and not self.is_shown

    @property
    def is_higher(self) -> bool:
        """Whether it stands out above what its groups lead to, among all combinations."""
        return self.beyond is not None and bool(self.beyond["lower"] > 1) and stands_out(self.beyond)

    @property
    def is_lower(self) -> bool:
        """Whether it stands out below what its groups lead to, among all combinations."""
        return self.beyond is not None and bool(self.beyond["upper"] < 1) and stands_out(self.beyond)

    @property
    def people(self) -> str:
        """As a sentence names it: ``boys with SEN support, recorded as White, eligible for free school meals``."""
        named = dict(zip(self.topics, self.groups, strict=True))
        head = WORDS[named["sex"]] if "sex" in named else "pupils"
        with_ = f" with {WORDS[named['sen_provision']]}" if "sen_provision" in named else ""
        rest = [f"recorded as {ETHNICITY_WORDS.get(name, name)}" for topic, name in named.items()
                if topic.startswith("ethnicity")]  # fmt: skip
        rest += [WORDS[named["fsm"]]] if "fsm" in named else []
        return ", ".join([head + with_, *rest])


def combinations(facts: Facts) -> tuple[Combination, ...]:
    """Every combination, the highest rate first, those withheld last."""
    rows = facts.all(indicator=INDICATOR, time_period=facts.brief.year)
    beyond = {str(one["breakdown"]): one for one in rows if one["statistic"] == BEYOND_PARTS}
    found = [
        Combination(parts_of(str(one["breakdown_topic"])), parts_of(str(one["breakdown"])), one,
                    beyond.get(str(one["breakdown"])))
        for one in rows if one["statistic"] == COMBINATION_RATE
    ]  # fmt: skip
    return tuple(
        sorted(found, key=lambda one: (-float(one.rate["estimate"]) if one.is_shown else 1.0, one.groups))
    )


def told(facts: Facts) -> list[Text]:
    """Which combinations schools suspended most, whether any is more than its groups lead to, what is withheld."""
    every = combinations(facts)
    if not every:
        note = next((str(one["note"]) for one in facts.all(indicator=INDICATOR) if one["note"]), "")
        return [text(f"Combinations of groups {note}.")] if note.startswith("cannot") else [NOTHING]
    shown = [one for one in every if one.is_shown]
    of = _listed([TOPIC_LABELS[topic] for topic in every[0].topics])
    if not shown:
        return [
            text(f"Every combination of {of} is withheld to protect pupils, or too small to say anything of.")
        ]
    said = [text(f"Pupils are looked at by {of} at once. ", *_differences(facts))]
    most = [part for one in shown[:FIRST] for part in (*_rate(one), "; ")][:-1]
    said.append(text("Of the combinations that can be shown, schools suspended most often ", *most, "."))
    said += [*_beyond(shown), text(NOT_WHY)]
    if any(one.is_small for one in every):
        said.append(text(SMALL))
    return [*said, text(records.MEANING)] if any(not one.rate.is_known for one in every) else said


def _differences(facts: Facts) -> Text:
    about = {"indicator": INDICATOR, "time_period": facts.brief.year}
    share, parts = (facts.one(statistic=name, **about) for name in (BETWEEN_COMBINATIONS, OF_SINGLE_GROUPS))
    if share is None or not share.is_known:
        return ()
    said = text(
        "Of all differences in whether a pupil was suspended ", share.bind("percent"), " (interval ",
        *between(share, "percent"), ") lie between combinations; the rest lie between pupils of the same combination.",
    )  # fmt: skip
    if parts is None or not parts.is_known or parts["estimate"] < 0:
        return said
    return text(
        *said, " The groups one by one, added up, account for ", parts.bind("percent"), " of what lies between.",
    )  # fmt: skip


def _beyond(shown: list[Combination]) -> list[Text]:
    """Where a combination is higher, or lower, than its groups one by one lead to, and where not."""
    higher, lower = ([one for one in shown if getattr(one, name)] for name in ("is_higher", "is_lower"))
    said = []
    for found, word in ((higher, "more"), (lower, "less")):
        parts = [part for one in found for part in (*_odds(one), "; ")][:-1]
        if parts:
            said.append(
                text(
                    f"Suspended {word} often than their groups one by one would lead one to expect: ",
                    *parts,
                    ".",
                )
            )
    if not said:
        return [text(
            "No combination that can be shown was suspended clearly more or less often than its groups one by one would "
            "lead one to expect, when allowance is made for all combinations looked at together."
        )]  # fmt: skip
    return [*said, text(OTHERS)]


def _rate(one: Combination) -> Text:
    return text(f"{one.people}, ", one.rate.bind("rate"), " in 100 (", *between(one.rate, "rate"), ")")


def _odds(one: Combination) -> Text:
    assert one.beyond is not None
    return text(
        *_rate(one), ", ", one.beyond.bind("times"), " times the odds (", *between(one.beyond, "times"), ")"
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def table(facts: Facts) -> tuple[Block, ...]:
    """A combination a row, the highest rate first; a line where there is none."""
    every = combinations(facts)
    if not every:
        return (Paragraph(NOTHING),)
    rows = [
        (
            text(capital(one.people)),
            text(str(one.rate["note"]).partition(";")[0] if one.rate.is_known else records.WITHHELD),
            *((text(TOO_FEW),) * 2 if one.is_small else (_number(one.rate, "rate"), _number(one.beyond, "ratio"))),
        )
        for one in every
    ]  # fmt: skip
    used = [fact.row for one in every for fact in (one.rate, one.beyond) if fact is not None]
    caption = f"Combinations of groups, {facts.brief.period}: pupils suspended at least once, from a model of all at once"
    return (
        Table(caption, COLUMNS, tuple(rows), source(facts, used), (2, 3)),
        Paragraph(text(f"In brackets: the interval. {NOT_WHY} {records.MEANING}"), "note"),
    )


def _number(fact: Fact | None, style: str) -> Text:
    if fact is None or not fact.is_known:
        return text(records.WITHHELD if records.is_withheld(fact) else records.NOT_AVAILABLE)
    return text(fact.bind(style), " (", *between(fact, style), ")")
