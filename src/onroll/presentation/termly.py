"""The termly exclusions report to the Board: what happened, where, which pupils, what is not known, what to decide."""

from __future__ import annotations

from onroll.framework import Framework
from onroll.presentation import record_tables, records, tables
from onroll.presentation.charts import available, chart
from onroll.presentation.closing import departures, foot
from onroll.presentation.decisions import to_decide
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Document, Heading, Paragraph, Table, Text, text
from onroll.presentation.quality import LEFT_OUT, NOT_RECEIVED, USED, Quality
from onroll.presentation.sentences import differences as between
from onroll.presentation.sentences import register
from onroll.vocabulary import PHASES, SEN_PROVISIONS, TOTAL

AP = "Alternative provision"
SCHOOL_PHASES = (*(phase for phase in PHASES if phase != TOTAL), AP)
MOST_REASONS = 8
YEAR_GROUPS = (
    "Nursery first year",
    "Nursery second year",
    "Reception",
    *(f"Year {number}" for number in range(1, 15)),
)
REASONS = "suspension_reasons"
SAFEGUARDS = (
    "strategy_before_suspension", "principles_on_record", "part_time_timetables", "informal_absence_signal",
    "off_rolling_signal", "unexplained_roll_removals", "home_education_after_exclusion", "managed_moves",
    "managed_moves_lasting", "joiners_excluded_within_year",
)  # fmt: skip
SUPPORT = (
    "schools_flagged",
    "flagged_schools_offered_support",
    "flagged_schools_took_support",
    "days_flag_to_offer",
)
NOTHING = (
    "No register of exclusions was received that can be counted, so there is nothing to report. 'onroll check' says what "
    "was received and what is wrong with it."
)


def termly_exclusions(framework: Framework, facts: Facts, quality: Quality) -> Document:
    """Compose the report, of a term or of a year; it says so where no register was received."""
    brief = facts.brief
    blocks: list[Block] = [*departures(facts)]
    if any(records.level(facts, one) is not None for one in register.REGISTER):
        blocks += [
            *_happened(framework, facts), *_phases(framework, facts), *_pupils(framework, facts),
            *_lost(framework, facts), *_listed(framework, facts, SAFEGUARDS, "Safeguards", "safeguards", SIGNALS),
            *_listed(framework, facts, SUPPORT, "Support to schools with high rates", "support"),
        ]  # fmt: skip
    else:
        blocks.append(Paragraph(text(NOTHING), "lead"))
    blocks += [*_unknown(framework, facts, quality), *to_decide(framework, facts, quality)]
    subtitle = f"For the {brief.board}: {brief.area}, from the authority's own register and records"
    return Document(
        "termly-exclusions", f"Exclusions report, {brief.period}", subtitle, tuple(blocks), foot(facts)
    )


SIGNALS = (
    "A signal is a question to schools: most part-time timetables, absences and moves off roll are proper. No school is "
    "named in this report."
)


def _happened(framework: Framework, facts: Facts) -> list[Block]:
    said: list[Block] = [Heading("What happened", anchor="happened")]
    for one in register.REGISTER:
        first, then = register.happened(facts, one), register.changed(facts, one)
        if first:
            words = (*first, " ", *then) if then else first
            said.append(Paragraph(words, "lead" if one == register.SUSPENSIONS else "plain"))
    caption = "Number, and rate with its interval: now, a year before, and what changed"
    interval = (
        f"An interval holds the values that would be compatible with the figures; {facts.brief.confidence:.0%} of intervals "
        "made in this way hold the true one. The wider it is, the less is known."
    )
    note = [Paragraph(text(interval), "note")]
    note += [Paragraph(text(records.MEANING), "note")] if records.withheld_words(facts) else []
    return [*said, *_kept(record_tables.changes(framework, facts, register.REGISTER, caption)), *note]


def _phases(framework: Framework, facts: Facts) -> list[Block]:
    caption = "By phase: number, and rate with its interval"
    table = record_tables.groups(
        framework, facts, "education_phase", register.REGISTER, caption, SCHOOL_PHASES
    )
    if table is None:
        return [*_silent(facts, "education_phase", "phase")]
    note = (
        "Alternative provision and pupil referral units stand apart and are not in the totals. A pupil suspended in two "
        "phases counts in both."
    )
    change = record_tables.changes(
        framework, facts, (register.SUSPENSIONS,), "Suspensions by phase: now, a year before, and what changed",
        "education_phase", SCHOOL_PHASES[:3],
    )  # fmt: skip
    return [
        Heading("In which schools", anchor="schools"), table, *_kept(change), Paragraph(text(note), "note"),
    ]  # fmt: skip


def _pupils(framework: Framework, facts: Facts) -> list[Block]:
    said: list[Block] = [Heading("Which pupils", anchor="pupils")]
    if found := between.differences(facts):
        said += [Bullets(tuple(found)), Paragraph(text(between.QUESTION))]
    if "suspensions_by_group" in available(facts):
        said.append(tables.picture(chart(facts, "suspensions_by_group")))
    orders = {"sen_provision": SEN_PROVISIONS, "national_curriculum_year": YEAR_GROUPS}
    silent: list[str] = []
    for topic, label in {**between.TOPICS, "national_curriculum_year": "year group"}.items():
        table = record_tables.groups(
            framework, facts, topic, register.REGISTER, f"By {label}: number, and rate with its interval",
            orders.get(topic, ()),
        )  # fmt: skip
        if table is None:
            silent += [label] if records.groups(facts, register.SUSPENSIONS, topic) else []
        else:
            said.append(table)
    if silent:
        said.append(
            Paragraph(
                text(f"By {' and by '.join(silent)}: received, and withheld to protect pupils."), "note"
            )
        )
    return said


def _lost(framework: Framework, facts: Facts) -> list[Block]:
    said = [words for words in (
        register.time_lost(facts), register.repeats(facts), register.transition_years(facts),
    ) if words]  # fmt: skip
    table = reasons(facts)
    if not said and table is None:
        return []
    return [
        Heading("Days lost, repeat suspensions, reasons", anchor="lost"),
        *(Paragraph(words) for words in said), *_kept(table),
    ]  # fmt: skip


def reasons(facts: Facts, most: int = MOST_REASONS) -> Table | None:
    """The reasons named most often, with the share of suspensions that name them; None where none can be shown."""
    named = {
        name: records.level(facts, REASONS, "reason", name)
        for name in records.groups(facts, REASONS, "reason")
    }
    known = {
        name: fact
        for name, fact in named.items()
        if fact is not None and fact.is_known and fact["numerator"] > 0
    }
    shown = sorted(known, key=lambda name: -float(known[name]["numerator"]))[:most]
    if not shown:
        return None
    rows = tuple(
        (text(name), text(known[name].bind("count", "numerator")),
         text(known[name].bind("count"), "% (", known[name].bind("count", "lower"), " to ",
              known[name].bind("count", "upper"), ")"))
        for name in shown
    )  # fmt: skip
    caption = "Reasons named most often: suspensions that name them, and their share (interval)"
    note = "A suspension may name up to three reasons, so the shares add up to more than 100%. "
    source = record_tables.source(facts, [known[name].row for name in shown])
    return Table(caption, ("Reason", "Suspensions", "Share of suspensions"), rows, note + source, (1, 2))


def _listed(
    framework: Framework, facts: Facts, ids: tuple[str, ...], heading: str, anchor: str, note: str = ""
) -> list[Block]:
    table = record_tables.indicators(framework, facts, ids, f"{heading}: number, and rate or share")
    lacking = record_tables.lacking(framework, facts, ids)
    said: list[Block] = [Heading(heading, anchor=anchor), *_kept(table)]
    said += [Paragraph(text(note), "note")] if note and table is not None else []
    return [*said, *((Paragraph(lacking, "note"),) if lacking else ())]


def _unknown(framework: Framework, facts: Facts, quality: Quality) -> list[Block]:
    by = {
        status: [one.label for one in quality.tables if one.status == status]
        for status in (USED, LEFT_OUT, NOT_RECEIVED)
    }
    items: list[Text] = []
    if by[LEFT_OUT]:
        items.append(text(f"Received, and left out because of errors: {_joined(by[LEFT_OUT])}."))
    if by[NOT_RECEIVED]:
        items.append(text(f"Not received: {_joined(by[NOT_RECEIVED])}."))
    items.append(text(
        "Exclusions that nobody recorded, and what pupils and families say about them, are not in a register. A change from "
        "one year to the next says nothing about why."
    ))  # fmt: skip
    if held := records.withheld_words(facts):
        items.append(held)
    return [Heading("What we do not know", anchor="unknown"), Bullets(tuple(items))]


def _silent(facts: Facts, topic: str, label: str) -> list[Block]:
    if not records.groups(facts, register.SUSPENSIONS, topic):
        return []
    return [Paragraph(text(f"By {label}: received, and withheld to protect pupils."), "note")]


def _joined(labels: list[str]) -> str:
    return ", ".join(f"{label[0].lower()}{label[1:]}" for label in labels)


def _kept(table: Table | None) -> list[Block]:
    return [] if table is None else [table]
