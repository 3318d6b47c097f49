"""Two pages for the Board: what changed, for which children, how sure, what is not known, what to decide."""

from __future__ import annotations

from onroll.framework import Framework
from onroll.presentation import concentration, impact_tables, record_tables, records, sentences, tables
from onroll.presentation.charts import available, chart
from onroll.presentation.closing import departures, foot
from onroll.presentation.decisions import NO_QUESTION, from_records
from onroll.presentation.facts import Facts
from onroll.presentation.judged import all_judged
from onroll.presentation.model import Block, Bullets, Document, Heading, Paragraph, Rating, Text, text
from onroll.presentation.objectives import standings
from onroll.presentation.quality import LEFT_OUT, NOT_RECEIVED, USED, Quality
from onroll.presentation.ratings import NOT_RATED, WORST_FIRST
from onroll.presentation.sentences import consistency, judged, judged_checks, ladder
from onroll.vocabulary import academic_year

BESIDE = (
    "A rate can rise and yet lie below what the rise of others leads to expect. The years since the launch are set beside "
    "those before the pandemic. What stands out must pass further checks to be called evidence, and then of one authority "
    "beside others, no more."
)
SUSPENSIONS, PERMANENT = "suspension_rate", "permanent_exclusion_rate"
OF_RECORDS = (
    "staff_trained_trauma", "governors_trained", "principles_on_record", "repeat_suspensions",
    "part_time_timetables", "reviews_within_six_weeks", "flagged_schools_offered_support",
)  # fmt: skip
"""What the Board sees of own records on its two pages: one line for each of the strategy's aims."""


def board(framework: Framework, facts: Facts, quality: Quality) -> Document:
    """Compose the Board's pages."""
    brief = facts.brief
    blocks: list[Block] = [
        *departures(facts),
        *_what_changed(framework, facts),
        *_for_whom(facts),
        *_how_sure(facts),
        *_records(framework, facts),
        *_unknown(framework, facts, quality),
        *_decide(framework, facts, quality),
    ]
    rests_on = "from published figures"
    if records.has_rows(facts):
        rests_on += " and synthetic records" if brief.is_synthetic else " and the authority's own records"
    subtitle = f"For the {brief.board}: {brief.area}, academic year {academic_year(brief.year)}, {rests_on}"
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
    told = [one for one in rated if SUSPENSIONS in {indicator.id for indicator in one.indicators}]
    said += [
        Rating(one.rating, (f"{one.objective.id}, {one.objective.label}: ", *one.reason)) for one in told
    ]
    if len(rated) > len(told):
        made_up = ", most of them on synthetic data," if facts.brief.is_synthetic else ""
        words = ", ".join(
            f"{sum(one.rating == word for one in rated)} {word.lower()}" for word in WORST_FIRST
        )
        said.append(
            Paragraph(
                text(f"Of {len(rated)} objectives that could be rated{made_up} {words}; Appendix G says why.")
            )
        )
    return said


def _for_whom(facts: Facts) -> list[Block]:
    found = [
        *sentences.sen(facts), *sentences.ethnicity(facts, SUSPENSIONS), *sentences.less_often(facts, SUSPENSIONS),
        *sentences.ethnicity(facts, PERMANENT), *sentences.less_often(facts, PERMANENT),
    ]  # fmt: skip
    said: list[Block] = [Heading("For which children", anchor="children")]
    if not found:
        return [*said, Paragraph(text("No figures by group of pupils were received for this year."))]
    alike, schools, few = ladder.shortest(facts), consistency.shortest(facts), concentration.shortest(facts)
    few = text(" ", *few) if few and alike else few
    origin = "From synthetic records" if facts.brief.is_synthetic else "From records"
    explained = "alone cannot say how far age, phase or school explain them" if alike else (
        "cannot say how far age, phase or school explain them; pupil records could"
    )  # fmt: skip
    closing = (
        f"These are differences in what schools did, and a question to schools. Published figures {explained}. Of many such "
        "comparisons one in twenty stands out by chance, so it is said where a group does not among all groups of its kind."
    )
    return [
        *said,
        Bullets(tuple(found)),
        *([Paragraph(text(f"{origin}. ", *alike, *few))] if alike or few else []),
        *([Paragraph(text(f"{origin}. ", *schools))] if schools else []),
        Paragraph(text(closing)),
        *([] if records.has_rows(facts) else _picture(facts, "suspension_rate_by_sen")),
    ]


def _how_sure(facts: Facts) -> list[Block]:
    said: list[Block] = [Heading("How sure are we that the strategy made a difference", anchor="sure")]
    said.append(Paragraph(judged.shortest(facts), "lead"))
    if any(one.ratio is not None for one in all_judged(facts)):
        said += [Paragraph(text(BESIDE)), impact_tables.in_short(facts)]
        said += [Paragraph(words) for words in judged_checks.in_short(facts, SUSPENSIONS)]
    return said


def _records(framework: Framework, facts: Facts) -> list[Block]:
    """What own records add, in one table; the rest is in Appendix G."""
    if not records.has_rows(facts):
        return []
    whose = "Synthetic records" if facts.brief.is_synthetic else "The authority's own records"
    table = record_tables.indicators(framework, facts, OF_RECORDS, f"{whose}, {facts.brief.period}")
    if table is None:
        return []
    heading = "What the records of schools and the Council add"
    return [Heading(heading, anchor="records"), table, Paragraph(text(records.MEANING), "note")]


def _unknown(framework: Framework, facts: Facts, quality: Quality) -> list[Block]:
    every = standings(framework, facts)
    shown = sum(one.has_evidence for one in every)
    held = sum(not one.has_evidence and bool(one.withheld) for one in every)
    said = f"Of the strategy's {len(every)} objectives, {shown} have any evidence and {len(every) - shown - held} have none"
    said += f"; of {held} all that was received is withheld to protect pupils" if held else ""
    if quality.is_empty:
        said += ": no survey answers, training returns, policy reviews or school records have been received."
    else:
        gone = [
            f"{one.label[0].lower()}{one.label[1:]}"
            for one in quality.tables
            if one.status in (NOT_RECEIVED, LEFT_OUT)
        ]
        said += f". Not received, or left out because of errors: {', '.join(gone)}." if gone else "."
    if not records.has_rows(facts):
        said += (
            " Published figures do not show informal exclusion, moves off roll, managed moves or what pupils and parents "
            "say."
        )
    else:
        said += " No record shows exclusions that nobody recorded."
    return [Heading("What we do not know", anchor="unknown"), Paragraph(text(said))]


def _decide(framework: Framework, facts: Facts, quality: Quality) -> list[Block]:
    there = {one.table for one in quality.tables if one.status == USED}
    wanted: dict[str, set[str]] = {}
    for one in standings(framework, facts):
        for indicator in (each for each in one.missing if each.table not in there):
            wanted.setdefault(indicator.table, set()).add(one.objective.id)
    most = sorted(wanted.items(), key=lambda item: (-len(item[1]), item[0]))[: 1 if there else 4]
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
    items += from_records(facts)[:2]
    asked: Block = Bullets(tuple(items)) if items else Paragraph(text(NO_QUESTION))
    return [Heading("For decision today", anchor="decide"), asked]


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
