"""What a notebook may ask for by name: tables, and topics that are said in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from onroll.framework import Framework
from onroll.presentation import (
    closing,
    concentration,
    consistency_tables,
    impact_designs,
    impact_tables,
    intersections,
    ladder_tables,
    own_line,
    practice,
    published_tables,
    quality_tables,
    school_change_tables,
    sentences,
    tables,
)
from onroll.presentation.facts import Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Block, Paragraph, Text, text
from onroll.presentation.objectives import glance
from onroll.presentation.quality import Quality
from onroll.presentation.records import withheld_words
from onroll.presentation.sentences import (
    another_cause,
    consistency,
    differences,
    judged,
    judged_checks,
    ladder,
    published_ladder,
    register,
    school_change,
    school_charter,
    steady,
    years,
)
from onroll.vocabulary import BASELINE, PREVIOUS_YEAR


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer may draw on: the declarations, the released evidence, the quality of what was received."""

    framework: Framework
    facts: Facts
    quality: Quality


Blocks = tuple[Block, ...]
NO_FINDINGS = text("Nothing was found wrong in what was received, or nothing was received.")
NO_REASONS = text("No reasons of suspensions can be shown.")


def _lines(said: list[Text], otherwise: Text) -> Blocks:
    return tuple(Paragraph(line) for line in said or [otherwise])


def _findings(asked: Asked) -> Blocks:
    table = quality_tables.findings(asked.quality)
    return (Paragraph(NO_FINDINGS),) if table is None else (table,)


def _received(asked: Asked) -> Blocks:
    if asked.quality.is_empty:
        return (Paragraph(quality_tables.NOTHING), quality_tables.received(asked.quality))
    return (quality_tables.received(asked.quality),)


TABLES: Mapping[str, Callable[[Asked], Blocks]] = MappingProxyType(
    {
        "headline": lambda a: (tables.headline(a.facts),),
        "by_phase": lambda a: (tables.by_phase(a.facts),),
        "change_since_last_year": lambda a: (tables.changes(a.facts, PREVIOUS_YEAR),),
        "change_since_baseline": lambda a: (tables.changes(a.facts, BASELINE),),
        "beside_others": lambda a: (tables.beside(a.facts),),
        "impact_power": lambda a: impact_designs.power(a.facts),
        "impact_designs": lambda a: impact_designs.designs(a.facts, a.framework.plan.impact.primary),
        "impact_as_high": lambda a: impact_designs.as_high(a.facts),
        "own_line": lambda a: own_line.table(a.facts),
        "impact_estimates": lambda a: impact_tables.estimates(a.facts),
        "school_change": lambda a: school_change_tables.schools(a.facts),
        "known_truth_of_schools": lambda a: school_change_tables.known_truth(a.framework.known_schools),
        "impact_checks": lambda a: impact_tables.checks(a.facts, a.framework.plan.scales),
        "known_truth": lambda a: impact_tables.known_truth(a.framework.known_truth, a.framework.plan.impact.fingerprint),
        "synthetic_control_donors": lambda a: (tables.donors(a.facts),),
        "sources": lambda a: (tables.sources(a.facts),),
        "objectives": lambda a: (glance(a.framework, a.facts),),
        "received": _received,
        "ladder": lambda a: ladder_tables.ladder(a.facts),
        "published_ratios": lambda a: published_tables.published_ladder(a.facts),
        "england_ratios": lambda a: published_tables.england_ladder(a.facts),
        "schools_apart": lambda a: consistency_tables.places(a.facts),
        "schools_over_years": lambda a: consistency_tables.spreads(a.facts),
        "charts_of_terms_and_years": lambda a: consistency_tables.charts(a.facts),
        "among_authorities": lambda a: consistency_tables.among_all(a.facts),
        "combinations": lambda a: intersections.table(a.facts),
        "findings": _findings,
        "what_rests_on_it": lambda a: (quality_tables.rests_on(a.framework, a.facts, a.quality),),
        "training_by_staff_group": lambda a: practice.by_staff_group(a.framework, a.facts),
        "training_lapsing_by_topic": lambda a: practice.lapsing(a.framework, a.facts, "training_topic"),
        "training_lapsing_by_staff_group": lambda a: practice.lapsing(a.framework, a.facts, "staff_group"),
        **{name: partial(lambda asked, which: practice.subject(asked.framework, asked.facts, which), which=name)
           for name in practice.SUBJECTS},
    }
)  # fmt: skip


def _of_both(facts: Facts, say: Callable[[Facts, str], Text]) -> list[Text]:
    """What is said of suspensions and of permanent exclusions, where there is anything to say."""
    said = (say(facts, measure) for measure in ("suspension_rate", "permanent_exclusion_rate"))
    return [words for words in said if words]


def _ethnicity(facts: Facts) -> list[Text]:
    return [
        words
        for measure in ("suspension_rate", "permanent_exclusion_rate")
        for words in (*sentences.ethnicity(facts, measure), *sentences.less_often(facts, measure))
    ]


def _register(facts: Facts) -> list[Text]:
    said = (say(facts, one) for one in register.REGISTER for say in (register.happened, register.changed))
    return [words for words in said if words]


def _withheld(facts: Facts) -> list[Text]:
    words = withheld_words(facts)
    return [words] if words else [text("No figure made from records is withheld.")]


TOPICS: Mapping[str, Callable[[Asked], list[Text]]] = MappingProxyType(
    {
        "suspensions": lambda a: [sentences.happened(a.facts, "suspension_rate")],
        "suspended_pupils": lambda a: [sentences.happened(a.facts, "suspended_pupil_rate")],
        "permanent_exclusions": lambda a: [sentences.happened(a.facts, "permanent_exclusion_rate")],
        "what_could_be_seen": lambda a: _of_both(a.facts, sentences.could_be_seen),
        "since_last_year": lambda a: _of_both(a.facts, sentences.since_last_year),
        "since_baseline": lambda a: _of_both(a.facts, sentences.baseline_change),
        "sen": lambda a: sentences.sen(a.facts),
        "ethnicity": lambda a: _ethnicity(a.facts),
        "impact": lambda a: sentences.impact(a.facts),
        "verdict": lambda a: [judged.verdict(a.facts, outcome) for outcome in OUTCOMES],
        "verdict_checks": lambda a: judged_checks.checks(a.facts, "suspension_rate"),
        "verdict_checks_on_pupils": lambda a: judged_checks.checks(a.facts, "suspended_pupil_rate"),
        "verdict_checks_on_permanent_exclusions": lambda a: judged_checks.checks(
            a.facts, "permanent_exclusion_rate"
        ),
        "verdict_together": lambda a: [judged.shortest(a.facts)],
        "impact_years_before": lambda a: years.years_before(a.facts),
        "another_cause": lambda a: another_cause.another_cause(a.facts),
        "own_line_could_be_seen": lambda a: own_line.could_be_seen(a.facts),
        "own_line_beside_others": lambda a: own_line.beside(a.facts),
        "impact_could_be_seen": lambda a: judged.could_be_seen(a.facts),
        "impact_on_permanent_exclusions": lambda a: sentences.impact(a.facts, "permanent_exclusion_rate"),
        "register": lambda a: _register(a.facts),
        "differences": lambda a: differences.differences(a.facts),
        "suspended_more_often": lambda a: ladder.more_often(a.facts),
        "why_the_gap": lambda a: ladder.why_the_gap(a.facts),
        "pupils_fewer": lambda a: ladder.pupils_fewer(a.framework, a.facts),
        "fewer_published": lambda a: published_ladder.fewer_published(a.facts),
        "in_england": lambda a: published_ladder.in_england(a.facts),
        "how_few": lambda a: concentration.told(a.facts),
        "combinations": lambda a: intersections.told(a.facts),
        "suspended_less_often": lambda a: ladder.less_often(a.facts),
        "not_told_apart": lambda a: ladder.not_told(a.facts),
        "how_far_schools_differ": lambda a: consistency.how_far_apart(a.facts),
        "schools_more_alike": lambda a: consistency.has_it_changed(a.facts),
        "schools_apart": lambda a: consistency.who_stands_apart(a.facts),
        "terms_watched": lambda a: steady.terms(a.facts),
        "years_watched": lambda a: steady.years(a.facts),
        "among_authorities": lambda a: consistency.among_all(a.facts),
        "false_alarms": lambda a: consistency.false_alarms(a.facts),
        "consistency_not_told": lambda a: consistency.not_told(a.facts),
        "charter_could_be_seen": lambda a: school_charter.could_be_seen(a.facts),
        "charter": lambda a: school_charter.charter(a.facts),
        "charter_before": lambda a: school_charter.before(a.facts),
        "charter_for_whom": lambda a: school_charter.for_whom(a.facts),
        "charter_effect_size": lambda a: school_charter.effect_size(a.facts),
        "training_and_suspensions": lambda a: school_change.training(a.facts),
        "training": lambda a: practice.training(a.facts),
        "placements": lambda a: practice.reviews(a.facts),
        "withheld": lambda a: _withheld(a.facts),
        "what_is_synthetic": lambda a: closing.made_up(a.facts),
        "how_files_were_read": lambda a: quality_tables.readings(a.quality),
        "what_to_ask_for": lambda a: quality_tables.to_ask(a.framework, a.quality),
    }
)
