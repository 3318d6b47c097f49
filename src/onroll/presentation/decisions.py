"""What the Board is asked to decide: questions that follow from the evidence, and from what was not received."""

from __future__ import annotations

from onroll.framework import Framework
from onroll.presentation import records
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Heading, Paragraph, Text, text
from onroll.presentation.quality import LEFT_OUT, NOT_RECEIVED, Quality
from onroll.presentation.sentences import differences as between

NO_QUESTION = "Nothing in this report asks for a decision."


def to_decide(framework: Framework, facts: Facts, quality: Quality) -> list[Block]:
    """The questions, each with the number it rests on."""
    items = [*from_records(facts), *_groups(facts), *_records(framework, quality)]
    asked: Block = Bullets(tuple(items)) if items else Paragraph(text(NO_QUESTION))
    return [Heading("For decision today", anchor="decide"), asked]


def from_records(facts: Facts) -> list[Text]:
    """What the records ask: support not yet offered, part-time timetables, principles not on record."""
    return [*_support(facts), *_timetables(facts), *_before(facts)]


def _support(facts: Facts) -> list[Text]:
    offered = records.level(facts, "flagged_schools_offered_support")
    if offered is None or not offered.is_known or offered["numerator"] >= offered["denominator"]:
        return []
    return [text(
        "Who offers support to the flagged schools that have had no offer: ", offered.bind("count", "numerator"), " of ",
        offered.bind("count", "denominator"), " have had one.",
    )]  # fmt: skip


def _groups(facts: Facts) -> list[Text]:
    found = [between.TOPICS[topic] for topic in between.TOPICS if between.apart(facts, topic)]
    if not found:
        return []
    return [
        text(f"Which schools to ask about the differences by {_listed(found)}, and who offers them support.")
    ]


def _timetables(facts: Facts) -> list[Text]:
    found = records.level(facts, "part_time_timetables")
    if found is None or not found.is_known or not found["numerator"] > 0:
        return []
    return [text(
        "Who checks that each of the ", found.bind("count", "numerator"),
        " part-time timetables has an end date and a plan back to full time.",
    )]  # fmt: skip


def _before(facts: Facts) -> list[Text]:
    found = records.level(facts, "principles_on_record")
    if found is None or not found.is_known or found["numerator"] >= found["denominator"]:
        return []
    return [text(
        "What keeps schools from putting the Guiding Principles on record before a decision: ",
        found.bind("count", "numerator"), " of ", found.bind("count", "denominator"), " decisions had them on record.",
    )]  # fmt: skip


def _records(framework: Framework, quality: Quality) -> list[Text]:
    out = []
    for one in quality.tables:
        ids = {name for indicator in framework.indicators.values() if indicator.table == one.table
               for name in indicator.objectives}  # fmt: skip
        if one.status in (NOT_RECEIVED, LEFT_OUT) and ids:
            verb = "sends" if one.status == NOT_RECEIVED else "corrects"
            out.append(
                (
                    len(ids),
                    f"Who {verb} the records '{one.label}', and by when: objectives of the strategy rest on them.",
                )
            )
    return [text(words) for _, words in sorted(out, key=lambda one: -one[0])[:2]]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
