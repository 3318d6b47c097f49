"""Appendix G, the implementation evaluation: every objective with its evidence, or that there is none."""

from __future__ import annotations

from onroll.framework import Framework
from onroll.presentation import (
    concentration,
    impact_designs,
    impact_tables,
    record_tables,
    records,
    sentences,
    tables,
)
from onroll.presentation.charts import available, chart
from onroll.presentation.closing import departures, foot
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Document, Heading, Paragraph, Rating, Table, Text, text
from onroll.presentation.objectives import NO_EVIDENCE, WAITING, Standing, glance, standings
from onroll.presentation.quality import Quality
from onroll.presentation.quality_tables import quality_blocks
from onroll.presentation.sentences import consistency, judged, judged_checks, ladder
from onroll.vocabulary import (
    BASELINE,
    MEASURES,
    PREVIOUS_YEAR,
    SEN_BY_TERM,
    STRENGTHS,
    SYMBOL_MEANINGS,
    academic_year,
)

CHARTS_OF_RECORDS = {
    "suspensions_by_group": "P7.1", "training_coverage": "P3.1", "alternative_provision": "P6.3",
}  # fmt: skip
"""Charts of own records, each with the objective under which it stands."""


def appendix_g(framework: Framework, facts: Facts, quality: Quality) -> Document:
    """Compose the evaluation."""
    brief, strategy = facts.brief, framework.strategy
    every = standings(framework, facts)
    blocks: list[Block] = [
        *departures(facts),
        *_summary(framework, facts, every),
        *_reading(framework, facts),
    ]
    for priority in strategy.priorities:
        blocks.append(
            Heading(f"Priority {priority.number}: {priority.name}", anchor=f"priority-{priority.number}")
        )
        blocks.append(Paragraph(text(priority.text), "quotation"))
        for one in every:
            if one.objective in priority.objectives:
                blocks += _objective(framework, facts, one)
    blocks += _focus_areas(framework, facts)
    blocks += quality_blocks(framework, facts, quality)
    blocks += _methods(framework, facts)
    subtitle = (
        f"Implementation evaluation (Appendix G) for {academic_year(brief.year)}, {brief.area}. The strategy's own "
        "form for this evaluation was not found; this one is reconstructed from its objectives."
    )
    return Document(
        "appendix-g", f"{brief.title}: evaluation", subtitle, tuple(blocks), foot(facts), contents=True
    )


def _summary(framework: Framework, facts: Facts, every: tuple[Standing, ...]) -> list[Block]:
    measures = list(MEASURES)
    said = [sentences.happened(facts, measure) for measure in measures]
    said += [judged.verdict(facts, measure) for measure in measures]
    have = sum(one.has_evidence for one in every)
    held = sum(not one.has_evidence and bool(one.withheld) for one in every)
    kept = f" Of {held}, all that was received is withheld to protect pupils." if held else ""
    lead = text(
        f"{have} of {len(every)} objectives have evidence this year; {len(every) - have - held} have none.{kept}"
    )
    return [
        Heading("Summary", anchor="summary"), Paragraph(lead, "lead"),
        *(Paragraph(words) for words in said), glance(framework, facts),
    ]  # fmt: skip


def _reading(framework: Framework, facts: Facts) -> list[Block]:
    brief = facts.brief
    items = tuple(text(f"{word}: {meaning}.") for word, meaning in STRENGTHS.items())
    symbols = "; ".join(f"{symbol} {meaning}" for symbol, meaning in SYMBOL_MEANINGS.items())
    return [
        Heading("How to read this", anchor="reading"),
        Paragraph(text("Strength of evidence, from the weakest:")),
        Bullets(items),
        Paragraph(text(
            f"An interval holds {brief.confidence:.0%} of what would be compatible with the figures. Ratings follow "
            f"rules that are {framework.rating_terms.status}; an amber rating says to which side it could tip. "
            f"Symbols in the tables: {symbols}."
        )),
    ]  # fmt: skip


def _objective(framework: Framework, facts: Facts, one: Standing) -> list[Block]:
    blocks: list[Block] = [
        Heading(
            f"{one.objective.id} {one.objective.label}", 3, f"objective-{one.objective.id.replace('.', '-')}"
        ),
        Paragraph(text(one.objective.text), "quotation"),
    ]
    if not one.has_evidence and not one.withheld:
        blocks.append(Rating(one.state, text("What would speak to it. ", *_listed(one), ".")))
        return blocks
    strength = f" Strength: {one.strength}." if one.strength else ""
    blocks.append(Rating(one.rating, (*one.reason, strength)))
    indicators = {indicator.id for indicator in one.indicators}
    if "suspension_rate" in indicators:
        blocks += _rates(framework, facts)
    if "suspension_rate_by_sen" in indicators:
        blocks += _groups(facts)
    blocks += _of_records(framework, facts, one)
    if one.missing:
        blocks.append(Paragraph(text("No figure for these. ", *_listed(one), "."), "note"))
    return blocks


def _of_records(framework: Framework, facts: Facts, one: Standing) -> list[Block]:
    """What own records say of an objective: a line an indicator, now and the year before, withheld ones named."""
    caption = f"{one.objective.id}, from records: number, and rate with its interval"
    table = record_tables.indicators(framework, facts, [each.id for each in one.indicators], caption)
    if table is None:
        return []
    pictures = [name for name, objective in CHARTS_OF_RECORDS.items() if objective == one.objective.id]
    return [table, *(block for name in pictures for block in _picture(facts, name))]


def _listed(one: Standing) -> Text:
    """What was not received, by the table it would come in."""
    by_table: dict[str, list[str]] = {}
    for indicator in one.missing:
        label = f"{indicator.label[0].lower()}{indicator.label[1:]}"
        by_table.setdefault(indicator.table.replace("_", " "), []).append(label)
    return text(". ".join(f"In {table}: {', '.join(labels)}" for table, labels in by_table.items()))


def _rates(framework: Framework, facts: Facts) -> list[Block]:
    blocks: list[Block] = [Heading("How many and how often", 4)]
    for name in MEASURES:
        blocks.append(Paragraph(sentences.happened(facts, name)))
        blocks += _picture(facts, f"{name}_trend")
    blocks += [tables.headline(facts), tables.by_phase(facts), *_picture(facts, "suspension_rate_by_phase")]
    blocks.append(Heading("What could be seen, and what changed", 4))
    for measure in MEASURES.values():
        said = (
            sentences.could_be_seen(facts, measure.id), sentences.since_last_year(facts, measure.id),
            sentences.baseline_change(facts, measure.id),
        )  # fmt: skip
        spaced = tuple(part for words in said if words for part in (" ", *words))
        if spaced:
            blocks.append(Paragraph((f"{measure.label}.", *spaced)))
    blocks += [tables.changes(facts, PREVIOUS_YEAR), tables.changes(facts, BASELINE), tables.beside(facts)]
    blocks += _schools_alike(facts)
    blocks += [Heading("Did the strategy make a difference", 4), *impact_designs.power(facts)]
    for name in MEASURES:
        blocks += [
            Paragraph(words) for words in (judged.verdict(facts, name), *judged_checks.checks(facts, name))
        ]
    blocks += [
        *_picture(facts, "impact_estimates"),
        *impact_tables.estimates(facts),
        *impact_tables.checks(facts, framework.plan.scales),
    ]
    blocks += _picture(facts, "impact_choices_suspension_rate")
    blocks.append(Heading("A second opinion: other designs", 4))
    blocks += impact_designs.designs(facts, framework.plan.impact.primary)
    for name in ("suspension_rate", "permanent_exclusion_rate"):
        blocks += [Paragraph(words) for words in sentences.impact(facts, name)]
    blocks += [*_picture(facts, "synthetic_control"), *_picture(facts, "synthetic_control_placebos")]
    return [*blocks, tables.donors(facts)]


def _schools_alike(facts: Facts) -> list[Block]:
    """What own records say of consistency between schools, the strategy's aim; nothing without them."""
    said = consistency.shortest(facts)
    if not said:
        return []
    more = " The notebook on consistency between schools has every phase and year, and which schools and terms stand apart."
    return [
        Heading("Consistency between schools, from records", 4),
        Paragraph(text(*said, more)),
        *_picture(facts, "odds_ratio_between_schools"),
    ]


def _groups(facts: Facts) -> list[Block]:
    year = academic_year(facts.brief.year)
    blocks: list[Block] = [Heading("By SEN provision", 4)]
    blocks += [Bullets(tuple(sentences.sen(facts)))] if sentences.sen(facts) else []
    blocks += _picture(facts, "suspension_rate_by_sen")
    for measure in MEASURES.values():
        indicator = f"{measure.id}_by_sen"
        if len(facts.where(indicator=indicator, time_period=facts.brief.year, breakdown_topic=SEN_BY_TERM)):
            blocks.append(
                tables.groups(facts, indicator, f"{measure.label} by SEN provision and term, {year}")
            )
    blocks.append(Heading("By ethnic group", 4))
    said = [
        *sentences.ethnicity(facts, "suspension_rate"),
        *sentences.ethnicity(facts, "permanent_exclusion_rate"),
        *sentences.less_often(facts, "suspension_rate"),
        *sentences.less_often(facts, "permanent_exclusion_rate"),
    ]
    if not len(facts.where(indicator="suspension_rate_by_ethnicity", time_period=facts.brief.year)):
        return [*blocks, Paragraph(text(f"No figures by ethnic group were received for {year}."))]
    blocks += [Bullets(tuple(said))] if said else []
    blocks += _picture(facts, "suspension_ratio_by_ethnicity")
    for measure_id in ("suspension_rate", "permanent_exclusion_rate"):
        caption = f"{MEASURES[measure_id].label} by major ethnic group, {year}"
        blocks.append(tables.groups(facts, f"{measure_id}_by_ethnicity", caption))
    note = "The groups do not add to the total; the rest is unclassified."
    return [*blocks, Paragraph(text(note), "note"), *_alike(facts)]


def _alike(facts: Facts) -> list[Block]:
    """What own records say of groups as they are and among pupils alike; nothing without them."""
    said = ladder.shortest(facts)
    if not said:
        return []
    more = " The notebook on who is suspended more often has every group and what goes with its gap."
    return [
        Heading("Among pupils alike, from records", 4),
        Paragraph(text(*said, more)),
        *_picture(facts, "ratios_by_group"),
        *_picture(facts, "suspended_by_combination"),
        *([Paragraph(words)] if (words := concentration.shortest(facts)) else []),
    ]


def _focus_areas(framework: Framework, facts: Facts) -> list[Block]:
    rows, tables_of = [], []
    for area in framework.uncovered_focus_areas:
        indicators = framework.indicators_of(area.id)
        ids = [indicator.id for indicator in indicators]
        table = record_tables.indicators(framework, facts, ids, f"{area.id} {area.label}, from records")
        there = records.present(facts, ids)
        held_up = any(one.table in records.waiting(facts) for one in indicators)
        none = WAITING if held_up else NO_EVIDENCE
        state = f"{len(there)} of {len(ids)} indicators, below" if there else none
        wanted = "; ".join(one.label for one in indicators if one.id not in there)
        rows.append((text(f"{area.id} {area.label}"), text(area.text), text(state), text(wanted)))
        tables_of += [] if table is None else [table]
    columns = ("Focus area", "In the strategy's words", "Evidence", "What would speak to it")
    return [
        Heading("Focus areas without an objective", anchor="focus-areas"),
        Paragraph(text("The strategy names these areas of focus and sets no objective for them.")),
        Table("Focus areas without an objective of their own", columns, tuple(rows)),
        *tables_of,
    ]


def _methods(framework: Framework, facts: Facts) -> list[Block]:
    brief, plan = facts.brief, framework.plan
    pandemic = " and ".join(academic_year(year) for year in brief.pandemic)
    items = (
        text(f"Estimand: {plan.estimand}"),
        text(f"Pandemic years ({pandemic}) are shown apart, and are never a baseline. Suspensions in them are few "
             "because schools were closed to most pupils."),
        text("Intervals of suspension rates are widened because one pupil can be suspended many times: by how "
             "unevenly suspensions fell on pupils in England, scaled to suspensions per suspended pupil here; from own "
             "records by how unevenly they fell on the group's own pupils, where twenty or more were suspended."),
        text("Where a group is said to stand out, allowance is made for all groups of its breakdown that can be compared, "
             "looked at together (Holm)."),
        text("Intervals of changes are widened by how much the same change varied over the other authorities."),
        text("Counts from 2015/16 on are the one set of whole numbers that fits the published five-decimal rates."),
        text("The Department's figures were taken from public copies of its files, each named on its source card in "
             "data/published."),
        text("Pupil referral units and alternative provision are outside all rates of suspension and exclusion. Figures on "
             "placements, their reviews and the way back are about them."),
        *(text(f"{design.label}: {design.note}") for design in plan.designs),
        text(f"Fingerprint of the analysis plan: {framework.plan_sha256[:16]}."),
    )  # fmt: skip
    sources = tuple(text(f"{line}.") for line in dict.fromkeys(brief.sources.values()))
    return [
        Heading("Methods, limits and sources", anchor="methods"),
        Bullets(items), Heading("Sources", 3), Bullets(sources),
    ]  # fmt: skip


def _picture(facts: Facts, name: str) -> list[Block]:
    return [tables.picture(chart(facts, name))] if name in available(facts) else []
