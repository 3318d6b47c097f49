"""The ladder on published figures as tables: Luton's groups by year or term, and England's by what pupils are."""

from __future__ import annotations

from collections.abc import Sequence

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.ladder import (
    ENGLAND,
    ENGLISH_TOPICS,
    PUBLISHED,
    UNRELIABLE,
    Line,
    england,
    published,
    years_published,
)
from onroll.presentation.ladder_tables import (
    CANNOT,
    NONE_LEFT,
    REFERENCE,
    RULE_WORDS,
    limits,
    plain_ratio,
    span,
)
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.sentences.ladder import NAMED
from onroll.vocabulary import ROUNDING_BOUNDS
from onroll.vocabulary.records import DETECTABLE_RATIO, EXCESS, RULE, YEARS_ABOVE

NOTHING = "No published figures by group were received for this year."
TOO_SHORT = "not yet: too few years"
NOTE = (
    "In brackets: the interval; that of suspensions allows for pupils suspended more than once. Fewer at an equal rate is "
    "what there would be less had the group the reference group's rate; below 0 it is more. The rule of attention counts "
    "pupils of whole years: it cannot be applied to suspensions, which are events, nor to figures by term. It is applied to "
    "permanent exclusions, of which a pupil has nearly always one, and asks for three years."
)
ROUNDING = (
    "What rounding leaves: the ratio lies between these two for certain, whatever counts stand behind the printed figures; "
    "chance comes on top."
)


def published_ladder(facts: Facts) -> tuple[Block, ...]:
    """A table for each published measure and year, from the rate to the smallest ratio that would show."""
    found: list[Block] = []
    for indicator, heading in PUBLISHED.items():
        for year in years_published(facts, indicator):
            every = published(facts, indicator, year)
            if every:
                found.append(_table(facts, heading, every))
    if not found:
        return (Paragraph(text(NOTHING)),)
    return (*found, Paragraph(text(f"{NOTE} {ROUNDING}"), "note"))


def england_ladder(facts: Facts) -> tuple[Block, ...]:
    """England by what pupils are, a table for each measure; a line where there are no such figures."""
    found: list[Block] = []
    for indicator, heading in ENGLAND.items():
        every = [(label, england(facts, indicator, topic)) for topic, label in ENGLISH_TOPICS.items()]
        if any(lines for _, lines in every):
            found.append(_england(facts, heading, every))
    return (*found, Paragraph(text(ROUNDING), "note")) if found else (Paragraph(text(NOTHING)),)


def _table(facts: Facts, heading: str, every: Sequence[Line]) -> Table:
    per, unit = _units(heading)
    by_term = any(ROUNDING_BOUNDS in one.rungs for one in every)
    columns = (
        "Group", f"For every {per} pupils of the group", "Times the rate of the reference group",
        *(("What rounding leaves",) if by_term else ()), f"{unit} fewer at an equal rate",
        f"{'Terms' if by_term else 'Years'} above", "Rule of attention", "Smallest ratio that would show",
    )  # fmt: skip
    rows = [
        (
            text(one.name), _rate(one.level), span(one.raw, "ratio", one), *((_bounds(one),) if by_term else ()),
            span(one.known(EXCESS), "count", one), _times(one.known(YEARS_ABOVE)), _rule(one.rungs.get(RULE)),
            plain_ratio(one.known(DETECTABLE_RATIO), one),
        )
        for one in every
    ]  # fmt: skip
    last = tuple(text(NONE_LEFT) for _ in columns[3:])
    rows.append((text(every[0].reference), _rate(every[0].base), text(REFERENCE), *last))
    caption = f"{heading}, {every[0].when}: published"
    return Table(caption, columns, tuple(rows), source(facts, _used(every)), tuple(range(1, len(columns))))


def _england(facts: Facts, heading: str, every: Sequence[tuple[str, Sequence[Line]]]) -> Table:
    per, unit = _units(heading)
    columns = (
        "Group", "Beside", f"For every {per} pupils", "Times as often", "What rounding leaves",
        f"{unit} fewer at an equal rate", "Years above",
    )  # fmt: skip
    rows = [
        (
            text(f"{label}: {one.name}"), text(one.reference), _rate(one.level), span(one.raw, "ratio", one),
            _bounds(one), span(one.known(EXCESS), "count", one), _times(one.known(YEARS_ABOVE)),
        )
        for label, lines in every for one in lines
    ]  # fmt: skip
    lines = [one for _, group in every for one in group]
    caption = f"{heading} in England, {lines[0].when}, by what pupils are: published"
    return Table(caption, columns, tuple(rows), source(facts, _used(lines)), tuple(range(2, len(columns))))


def _units(heading: str) -> tuple[str, str]:
    """What rates are out of, and what is counted."""
    if heading.startswith("Permanent"):
        return "1,000", "Permanent exclusions"
    return "100", "Pupils" if heading.startswith("Pupils") else "Suspensions"


def _used(every: Sequence[Line]) -> list[int]:
    return [
        one.row for each in every for one in (each.level, each.base, *each.rungs.values()) if one is not None
    ]


def _rate(level: Fact | None) -> Text:
    if level is None or not level.is_known:
        return text(records.NOT_AVAILABLE)
    return text(level.bind("rate"), *limits(level, "rate"))


def _bounds(one: Line) -> Text:
    fact = one.known(ROUNDING_BOUNDS)
    if fact is None:
        return text(CANNOT)
    if fact["upper"] != fact["upper"]:
        return text(fact.bind("ratio", "lower"), " or more")
    return text(fact.bind("ratio", "lower"), f"{NO_BREAK}to{NO_BREAK}", fact.bind("ratio", "upper"))


def _times(fact: Fact | None) -> Text:
    if fact is None:
        return text(CANNOT)
    return text(fact.bind("count"), " of ", fact.bind("count", "denominator"))


def _rule(fact: Fact | None) -> Text:
    """Whether the rule names the group, or why it cannot be applied: in short, the note has it in full."""
    if fact is None or str(fact["note"]).startswith(CANNOT) or fact["symbol"] == UNRELIABLE:
        return text("cannot be applied")
    if str(fact["note"]).startswith("fewer years"):
        ratio = text("; this year ", fact.bind("ratio")) if fact.is_known else ()
        return text(TOO_SHORT, *ratio)
    if not fact.is_known:
        return text("too few to compare")
    return text(f"{RULE_WORDS[str(fact['note']).startswith(NAMED)]}: ", fact.bind("ratio"))
