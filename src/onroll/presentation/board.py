"""Two pages for the Board: what changed, for which children, how sure, what is not known, what to decide."""

from __future__ import annotations

from onroll.framework import Framework
from onroll.presentation import sentences, tables
from onroll.presentation.charts import available, chart
from onroll.presentation.closing import departures, foot
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Document, Heading, Paragraph, Rating, Text, text
from onroll.presentation.objectives import NOT_RATED, standings
from onroll.vocabulary import academic_year

SUSPENSIONS, PERMANENT = "suspension_rate", "permanent_exclusion_rate"


def board(framework: Framework, facts: Facts) -> Document:
    """Compose the Board's pages."""
    brief = facts.brief
    blocks: list[Block] = [
        *departures(facts),
        *_what_changed(framework, facts),
        *_for_whom(facts),
        *_how_sure(facts),
        *_unknown(framework, facts),
        *_decide(framework, facts),
    ]
    subtitle = f"For the {brief.board}: {brief.area}, academic year {academic_year(brief.year)}, from published figures"
    return Document("board", f"{brief.title}: what we know", subtitle, tuple(blocks), foot(facts))


def _what_changed(framework: Framework, facts: Facts) -> list[Block]:
    said: list[Block] = [Heading("What changed", anchor="changed")]
    for measure in (SUSPENSIONS, PERMANENT):
        said.append(Paragraph(sentences.happened(facts, measure), "lead"))
        seen, change = sentences.could_be_seen(facts, measure), sentences.since_last_year(facts, measure)
        if seen or change:
            said.append(Paragraph((*seen, " ", *change) if seen else change))
    said += _picture(facts, "suspension_rate_trend")
    said.append(tables.headline(facts))
    rated = [one for one in standings(framework, facts) if one.rating != NOT_RATED]
    said += [
        Rating(one.rating, (f"{one.objective.id}, {one.objective.label}: ", *one.reason)) for one in rated
    ]
    return said


def _for_whom(facts: Facts) -> list[Block]:
    found = [
        *sentences.sen(facts), *sentences.ethnicity(facts, SUSPENSIONS), *sentences.less_often(facts, SUSPENSIONS),
        *sentences.ethnicity(facts, PERMANENT), *sentences.less_often(facts, PERMANENT),
    ]  # fmt: skip
    said: list[Block] = [Heading("For which children", anchor="children")]
    if not found:
        return [*said, Paragraph(text("No figures by group of pupils were received for this year."))]
    closing = (
        "These are differences in what schools did, and a question to schools. Published figures cannot say how far "
        "age, phase or school explain them; pupil records could. Of many such comparisons, one in twenty stands out by "
        "chance alone."
    )
    return [
        *said,
        Bullets(tuple(found)),
        Paragraph(text(closing)),
        *_picture(facts, "suspension_rate_by_sen"),
    ]


def _how_sure(facts: Facts) -> list[Block]:
    said: list[Block] = [Heading("How sure are we that the strategy made a difference", anchor="sure")]
    said += [Paragraph(words) for words in sentences.impact(facts, SUSPENSIONS)]
    said += [Paragraph(words) for words in sentences.impact(facts, PERMANENT)[:1]]
    return said


def _unknown(framework: Framework, facts: Facts) -> list[Block]:
    every = standings(framework, facts)
    silent = [one for one in every if not one.has_evidence]
    words = text(
        f"Of the strategy's {len(every)} objectives, {len(every) - len(silent)} have any evidence and {len(silent)} "
        "have none: no survey answers, training returns, policy reviews or school records have been received. "
        "Published figures do not show informal exclusion, moves off roll, managed moves or what pupils and parents say."
    )
    return [Heading("What we do not know", anchor="unknown"), Paragraph(words)]


def _decide(framework: Framework, facts: Facts) -> list[Block]:
    wanted: dict[str, set[str]] = {}
    for one in standings(framework, facts):
        for indicator in one.missing:
            wanted.setdefault(indicator.table, set()).add(one.objective.id)
    most = sorted(wanted.items(), key=lambda item: (-len(item[1]), item[0]))[:4]
    items: list[Text] = [
        text(
            f"Which records to ask for first. {_named(name)} would speak to {len(ids)} of the "
            f"{len(framework.objectives)} objectives."
        )
        for name, ids in most[:1]
    ]
    items += [text(f"{_named(name)} would speak to {len(ids)}.") for name, ids in most[1:]]
    if any(sentences.ethnicity(facts, measure) for measure in (SUSPENSIONS, PERMANENT)) or sentences.sen(
        facts
    ):
        items.append(text("Which schools to ask about the differences above, and who offers them support."))
    return [Heading("For decision today", anchor="decide"), Bullets(tuple(items))]


def _named(table: str) -> str:
    return {
        "survey_answers": "The annual survey of schools, staff, parents and pupils",
        "training": "The training return",
        "policies": "The review of behaviour and inclusion policies",
        "principles_use": "The return on the Guiding Principles",
        "placements": "The record of moves and alternative provision",
        "exclusions": "The exclusions register",
        "delivery_log": "The Board's own log of what was delivered",
        "schools": "The register of schools",
        "roll": "The school census roll",
        "published": "Further published figures",
    }[table]


def _picture(facts: Facts, name: str) -> list[Block]:
    return [tables.picture(chart(facts, name))] if name in available(facts) else []
