"""What schools and the Council do: training, the Guiding Principles, delivery, support, alternative provision."""

from __future__ import annotations

from types import MappingProxyType

from onroll.framework import Framework
from onroll.presentation import record_tables, records
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Paragraph, Text, text

SUBJECTS = MappingProxyType(
    {
        "training": ("Staff and governors trained in the last 24 months", (
            "staff_trained_attachment", "staff_trained_trauma", "staff_trained_aces", "staff_trained_deescalation",
            "staff_trained_restorative_practice", "staff_trained_resilience", "governors_trained",
            "governors_trained_relationships",
        )),
        "principles": ("The Guiding Principles before decisions, and in minutes", (
            "principles_on_record", "principles_in_panel_minutes", "panel_minutes_confirmed",
            "strategy_before_suspension", "principles_collection_returned",
        )),
        "registers": ("What schools have signed, named and joined", (
            "charter_signed", "transitions_lead_on_register", "fair_access_on_register", "self_audited_within_year",
            "peer_audited_within_year",
        )),
        "delivery": ("The delivery calendar: due and done", (
            "termly_reports_presented", "board_actions_finished", "strategy_sessions_held", "schools_at_strategy_sessions",
            "annual_survey_held", "families_surveys_held", "families_results_shared", "training_collection_returned",
            "training_returns_consistent", "training_returns_with_governors", "principles_report_made",
            "principles_examples_shared", "contract_visits_held", "providers_safeguarding_audited",
        )),
        "support": ("Support to schools with high rates", (
            "schools_flagged", "flagged_schools_offered_support", "flagged_schools_took_support", "days_flag_to_offer",
        )),
        "placements": ("Placements in alternative provision", (
            "placements_with_baseline", "placements_with_ambitious_target", "placements_met_target", "below_target_helped",
            "reviews_within_six_weeks", "pupils_with_unlisted_providers",
        )),
        "returns": ("The way back to school", (
            "readiness_decided_by_panel", "returns_by_managed_move", "managed_moves", "managed_moves_lasting",
            "managed_moves_excluded_within_year",
            "joiners_excluded_within_year", "days_to_return_from_medical_tuition", "fair_access_placements",
            "fair_access_days",
        )),
        "home_and_specialist": ("Home education, and specialist placements", (
            "home_education_after_exclusion", "home_education_contacted", "specialist_placements_monitored",
        )),
    }
)  # fmt: skip
"""What a page can show as a table: its caption and its indicators."""


def subject(framework: Framework, facts: Facts, name: str) -> tuple[Block, ...]:
    """The table of a subject, what is withheld in it, and in one line what no record speaks to."""
    caption, ids = SUBJECTS[name]
    period = facts.brief.period
    table = record_tables.indicators(framework, facts, ids, f"{caption}, {period}")
    lacking = record_tables.lacking(framework, facts, ids)
    said: list[Block] = [] if table is None else [table]
    if any(records.is_withheld(records.level(facts, one)) for one in ids):
        said.append(Paragraph(text(records.MEANING), "note"))
    return (*said, *((Paragraph(lacking, "note"),) if lacking else ()))


def lapsing(framework: Framework, facts: Facts, topic: str) -> tuple[Block, ...]:
    """Whose training lapses within a year, by ``staff_group`` or ``training_topic``."""
    words = {"staff_group": "staff group", "training_topic": "topic"}[topic]
    caption = f"Training that lapses within a year, by {words}: number, and share of those trained"
    table = record_tables.groups(framework, facts, topic, ("training_lapsing",), caption)
    return (Paragraph(text("No training return was received.")),) if table is None else (table,)


def by_staff_group(framework: Framework, facts: Facts) -> tuple[Block, ...]:
    """Training coverage of each staff group, a topic a column."""
    _, ids = SUBJECTS["training"]
    topics = tuple(one for one in ids if one.startswith("staff_trained"))
    half = (topics[:3], topics[3:])
    found = (
        record_tables.groups(
            framework, facts, "staff_group", part, f"Trained within two years, by staff group ({place} of 2)"
        )
        for place, part in enumerate(half, start=1)
    )
    return tuple(one for one in found if one is not None) or (
        Paragraph(text("No training return was received.")),
    )


def training(facts: Facts) -> list[Text]:
    """Coverage of staff and of governors beside what the strategy asks, and what lapses next."""
    said = []
    about = (
        ("staff_trained_trauma", "staff", "trauma"),
        (
            "governors_trained",
            "governors",
            "attachment, trauma and adverse childhood experiences, all three,",
        ),
    )
    for name, who, what in about:
        fact = records.level(facts, name)
        if fact is not None and fact.is_known and name in records.AT_MOST:
            said.append(text(
                "Of ", fact.bind("count", "denominator"), f" {who} in post, at most ", fact.bind("count", "numerator"),
                f" were trained on {what} in the last 24 months: schools give numbers topic by topic, so the fewest on any "
                "topic is the most there can be on all three.",
            ))  # fmt: skip
        elif fact is not None and fact.is_known:
            said.append(text(
                "Of ", fact.bind("count", "denominator"), f" {who} in post, ", fact.bind("count", "numerator"),
                f" were trained on {what} in the last 24 months: ", fact.bind("count"), "% (interval ",
                fact.bind("count", "lower"), " to ", fact.bind("count", "upper"), ").",
            ))  # fmt: skip
    fact = records.level(facts, "training_lapsing")
    if fact is not None and fact.is_known:
        said.append(text(
            "Training lapses after 24 months. Of ", fact.bind("count", "denominator"),
            " trainings that count now, one for each person and topic, ", fact.bind("count", "numerator"),
            " lapse within the next year: ", fact.bind("count"), "%.",
        ))  # fmt: skip
    return said


def reviews(facts: Facts) -> list[Text]:
    """Six-weekly reviews and outcomes of placements, with their base."""
    said = []
    for name, words in (
        ("placements_with_baseline", " placements in alternative provision had a baseline measure: "),
        ("reviews_within_six_weeks", " reviews due were held within six weeks of the last: "),
        ("placements_met_target", " placements that ended with a target reached it: "),
    ):
        fact = records.level(facts, name)
        if fact is not None and fact.is_known:
            said.append(text(
                fact.bind("count", "numerator"), " of ", fact.bind("count", "denominator"), words, fact.bind("count"),
                "% (interval ", fact.bind("count", "lower"), " to ", fact.bind("count", "upper"), ").",
            ))  # fmt: skip
        elif records.is_withheld(fact):
            said.append(
                text(f"How many{words.rstrip(': ')} was received, and is withheld to protect pupils.")
            )
    return said
