"""Tables of schools that changed: every figure of the two phases side by side, and what known truth gave."""

from __future__ import annotations

from onroll.framework.known_truth_schools import ENOUGH, NEAR, KnownSchools, SchoolTruth
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.numbers import FORMATS
from onroll.presentation.record_tables import source
from onroll.presentation.records import is_withheld
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.sentences.phrases import capital
from onroll.presentation.sentences.school_phrases import NOTHING, ORDER, STYLES, WORDS, row, so_many
from onroll.vocabulary.records import (
    CHARTER_ALIKE,
    CHARTER_BEFORE,
    CHARTER_CHANGE,
    CHARTER_DEPARTURE,
    CHARTER_EFFECT_SIZE,
    CHARTER_LEVEL,
    CHARTER_RANK,
    CHARTER_SCHOOLS,
    CHARTER_SEEN,
    CHARTER_SEEN_FORMULA,
    CHARTER_STOOD,
    CHARTER_TREND,
    CHARTER_WORD,
    DOSE_E_VALUE,
    DOSE_RATIO,
    LATER_DOSE,
)

NONE = text("–")
FEWEST = 30
"""Runs for a share of them."""
NOTHING_DONE = "no_effect"
"""The scenario in which the Charter does nothing and schools sign at any time."""
FIGURES = (
    (CHARTER_SEEN, "rate", "Change that would have stood out, tried on these records, per 100"),
    (CHARTER_SEEN_FORMULA, "rate", "The same by the formula"),
    (CHARTER_CHANGE, "rate", "Change with the Charter, per 100"),
    (CHARTER_RANK, "percent", "Shuffles that give as large a change"),
    (CHARTER_WORD, "", "What may be said of it"),
    (CHARTER_EFFECT_SIZE, "ratio", "Effect size, standard deviations of single pupils"),
    (CHARTER_STOOD, "rate", "How high schools stood in the year before they signed, per 100 (90%)"),
    (CHARTER_LEVEL, "rate", "Their level over all years before, per 100 (90%)"),
    (CHARTER_BEFORE, "probability", "Joint test of the years before (p)"),
    (CHARTER_TREND, "rate", "Trend a year that this test would have seen, per 100"),
    (CHARTER_DEPARTURE, "ratio", "Times the largest change before that would explain the change"),
    (CHARTER_SCHOOLS, "rate", "Mean over schools of their own change, per 100"),
    (CHARTER_ALIKE, "percent", "Shuffles that leave schools as far apart"),
    (DOSE_RATIO, "ratio", "Times as many suspended after more training"),
    (LATER_DOSE, "ratio", "The same before more training, where there is nothing to find"),
    (DOSE_E_VALUE, "ratio", "E-value, and of its limit"),
)
"""Every figure in the order of the page: the statistic, how it is printed, and what it is called."""


def schools(facts: Facts) -> tuple[Block, ...]:
    """Every figure of secondary and primary schools, in the order of the page."""
    every = [(name, style, [row(facts, one, phase) for phase in ORDER]) for one, style, name in FIGURES]
    used = [fact.row for _, _, found in every for fact in found if fact is not None]
    if not used:
        return (Paragraph(NOTHING),)
    rows = tuple(
        (text(name), *(_shown(fact, STYLES[phase][0] if style == "rate" else style)
                       for fact, phase in zip(found, ORDER, strict=True)))
        for name, style, found in every if any(fact is not None for fact in found)
    )  # fmt: skip
    caption = f"Schools that changed beside schools that did not, {facts.brief.period}"
    columns = ("Figure, in brackets the interval", *(capital(WORDS[phase]) for phase in ORDER))
    return (Table(caption, columns, rows, source(facts, used), (1, 2)),)


def _shown(fact: Fact | None, style: str) -> Text:
    if fact is None:
        return NONE
    if is_withheld(fact):
        return text("withheld")
    if not fact.is_known or not style:
        return text(str(fact["note"]))
    if style == "percent":
        return so_many(fact)
    if fact["lower"] != fact["lower"]:
        return text(fact.bind(style))
    if fact["upper"] != fact["upper"]:
        return text(fact.bind(style), " (", fact.bind(style, "lower"), ")")
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(fact.bind(style), " (", fact.bind(style, "lower"), between, fact.bind(style, "upper"), ")")


def known_truth(known: KnownSchools) -> tuple[Block, ...]:
    """What the comparison gave on made authorities whose truth is known: synthetic data, named as such."""
    columns = (
        "What truly happened", "True change, per 100", "Stood out", "Schools found to differ before",
        "Change left standing", "Intervals that held the truth, where not found to differ", "Claimed wrongly",
        "Said that schools differ in their change",
    )  # fmt: skip
    blocks: list[Block] = []
    for phase in ORDER:
        rows = tuple(
            (
                text(known.scenarios.get(one.scenario, one.scenario)),
                text(FORMATS[STYLES[phase][0]](one.change)), text(f"{one.stands_out:.1%}"), text(f"{one.differed:.1%}"),
                text(f"{one.claimed:.1%}"), text(f"{one.coverage:.1%}") if one.judged >= FEWEST else NONE,
                text(f"{one.wrong:.1%}"), NONE if one.said_to_differ is None else text(f"{one.said_to_differ:.1%}"),
            )
            for one in known.of(phase)
        )  # fmt: skip
        if rows:
            caption = f"{capital(WORDS[phase])}: what the comparison said where the truth was known"
            many = min(one.runs for one in known.of(phase))
            said = (
                f"Each row: {many:,} made authorities. Source: Synthetic data, no real place; "
                f"evaluation/known_truth_schools.yaml. {known.note}"
            )
            blocks.append(Table(caption, columns, rows, said, tuple(range(1, len(columns)))))
            blocks.append(Paragraph(_kept(known, phase), "note"))
    return (*blocks, Paragraph(_how_steady(known), "note")) if known.strays else tuple(blocks)


def _kept(known: KnownSchools, phase: str) -> Text:
    """Whether the comparison keeps its promises: false claims, and how often intervals hold the truth."""
    wrong = max(one.wrong for one in known.of(phase))
    words = (
        f"{capital(WORDS[phase])}: a change was left standing wrongly in {wrong:.1%} of made authorities at most. "
        f"{_held(known, phase)} Scenarios with fewer than {ENOUGH} intervals left to judge are not counted."
    )
    nothing = next((one.differed for one in known.of(phase) if one.scenario == NOTHING_DONE), None)
    if nothing is not None:
        words += (
            f" With nothing done, schools are found to have differed before in {nothing:.0%}: that look is made in several "
            "ways, each of which errs now and then, and it errs towards saying nothing of the Charter."
        )
    return text(words + _differ(known, phase))


def _differ(known: KnownSchools, phase: str) -> str:
    """How often schools were said to differ in their change though they did not, and how often where they did."""
    tried = [one for one in known.of(phase) if one.said_to_differ is not None]
    alike = [float(one.said_to_differ or 0) for one in tried if one.scenario not in known.differing]
    apart = [
        f"{one.said_to_differ:.1%} (“{known.scenarios[one.scenario]}”)"
        for one in tried if one.scenario in known.differing
    ]  # fmt: skip
    if not alike:
        return " How often it says that schools differ in their change was not tried."
    words = f" Schools were said to differ in their change though they did not in {max(alike):.1%} at most"
    where = (
        f"; where they did, in {' and in '.join(apart)}: not to find a difference says little"
        if apart
        else ""
    )
    return f"{words}{where}."


def _held(known: KnownSchools, phase: str) -> str:
    """Which scenarios have intervals that hold the truth more seldom, or more often, than they promise."""
    target = f"between {known.confidence - NEAR:.0%} and {known.confidence + NEAR:.0%}"
    missed = [
        f"too {kind} in {' and in '.join(_told(known, one) for one in found)}"
        for kind, found in (("narrow", known.too_narrow(phase)), ("wide", known.too_wide(phase))) if found
    ]  # fmt: skip
    if not missed:
        return f"In every scenario intervals held the truth {target} of the time, as they are to."
    return (
        f"Intervals are to hold the truth {target} of the time, and did, but for these: {'; '.join(missed)}."
    )


def _told(known: KnownSchools, one: SchoolTruth) -> str:
    return f"“{known.scenarios[one.scenario]}” ({one.coverage:.1%} of {one.judged})"


def _how_steady(known: KnownSchools) -> Text:
    """How far made schools stray from year to year, and why made records show smaller falls."""
    each = " and ".join(
        f"{known.strays[phase]:.0%} ({WORDS[phase]})" for phase in ORDER if phase in known.strays
    )
    return text(
        f"From year to year these made schools stray from their own usual rate by {each} of it, beyond chance; that lies "
        "between what published rates of whole authorities say of the years before the pandemic and of those after it. "
        "Records of a made authority (`onroll synthetic`) stray by chance alone: smaller falls stand out in them than in "
        "these tables, and than in records of real schools."
    )
