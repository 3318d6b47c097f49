"""The ladder as tables: a breakdown a table, a group a row, columns from the raw ratio to what could be seen at all."""

from __future__ import annotations

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.ladder import INDICATOR, TOPICS, UNRELIABLE, Line, lines
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.sentences.gap import is_mostly_apart
from onroll.presentation.sentences.ladder import NAMED, NO_RECORDS
from onroll.vocabulary import RELATIVE_RISK
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

COLUMNS = (
    "Group", "Suspended, of pupils on roll; in 100", "Times as likely", "Times as likely among pupils alike",
    "Of the gap, per 100: groups made up differently / same kind of pupils",
    "Of the gap, per 100: between schools / within schools", "Pupils fewer at equal risk", "Years above",
    "Rule of attention", "Smallest ratio that would show",
)  # fmt: skip
REFERENCE, NONE_LEFT, CANNOT = "the reference group", "–", "cannot be computed"
APART = "cannot be told: too many have nobody to be compared with"
RULE_WORDS = {True: "names it", False: "does not name it"}


def ladder(facts: Facts) -> tuple[Block, ...]:
    """A table for each breakdown that own records allow; a line where there is none."""
    found = [_table(facts, topic) for topic in TOPICS if lines(facts, topic)]
    if not found:
        return (Paragraph(NO_RECORDS),)
    note = (
        "In brackets: the interval. Parts of a gap are per 100 pupils; a part below 0 works against the gap; where some "
        "pupils have nobody to be compared with, their part stands third. Pupils fewer below 0 are pupils more. "
    )
    return (*found, Paragraph(text(note + records.MEANING), "note"))


def _table(facts: Facts, topic: str) -> Table:
    every = lines(facts, topic)
    rows = [_row(one) for one in every]
    base = records.level(facts, INDICATOR, topic, every[0].reference)
    empty = tuple(text(NONE_LEFT) for _ in COLUMNS[3:])
    rows.append((text(every[0].reference), _counts(base), text(REFERENCE), *empty))
    used = [one.row for each in every for one in (each.level, *each.rungs.values()) if one is not None]
    period = facts.brief.period
    caption = f"{TOPICS[topic]}, {period}: each group beside {every[0].others}, suspended at least once"
    return Table(caption, COLUMNS, tuple(rows), source(facts, used), tuple(range(1, len(COLUMNS))))


def _row(one: Line) -> tuple[Text, ...]:
    rule = one.known(RULE)
    named = RULE_WORDS[str(rule["note"]).startswith(NAMED)] if rule is not None else ""
    years = one.known(YEARS_ABOVE)
    return (
        text(one.name), _counts(one.level), span(one.known(RELATIVE_RISK), "ratio", one),
        span(one.known(ADJUSTED), "ratio", one), _parts(one, COMPOSITION, RATE_PART, PUPILS_APART),
        _parts(one, BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART), span(one.known(EXCESS), "count", one),
        without(one) if years is None else text(years.bind("count"), " of ", years.bind("count", "denominator")),
        without(one) if rule is None else text(f"{named}: ", rule.bind("ratio")),
        plain_ratio(one.known(DETECTABLE_RATIO), one),
    )  # fmt: skip


def _counts(level: Fact | None) -> Text:
    if level is None or not level.is_known:
        return text(records.WITHHELD if records.is_withheld(level) else records.NOT_AVAILABLE)
    return text(
        level.bind("count", "numerator"), " of ", level.bind("count", "denominator"), "; ", level.bind("rate")
    )


def _parts(one: Line, *rungs: str) -> Text:
    facts = [one.known(rung) for rung in rungs]
    first, second, third = facts
    if first is None or second is None:
        return without(one)
    if is_mostly_apart(one, rungs[2]):
        return text(APART)
    said = text(first.bind("rate"), " / ", second.bind("rate"))
    return said if third is None else text(*said, " / ", third.bind("rate"))


def span(fact: Fact | None, style: str, one: Line) -> Text:
    """A number with its interval, or what stands where there is none."""
    return without(one) if fact is None else text(fact.bind(style), *limits(fact, style))


def plain_ratio(fact: Fact | None, one: Line) -> Text:
    """A ratio without an interval, or what stands where there is none."""
    return without(one) if fact is None else text(fact.bind("ratio"))


def limits(fact: Fact, style: str) -> Text:
    """The interval of a number in brackets; nothing where it has none."""
    if fact["lower"] != fact["lower"]:
        return ()
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(" (", fact.bind(style, "lower"), between, fact.bind(style, "upper"), ")")


def without(one: Line) -> Text:
    """What stands where a rung has no number."""
    if any(fact["symbol"] == UNRELIABLE for fact in one.rungs.values()):
        return text("too unreliable to show")
    return text(records.WITHHELD if one.is_withheld else CANNOT)
