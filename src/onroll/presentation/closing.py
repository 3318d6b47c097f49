"""What every document says at its end: sources, licence, run, and where it departs from the plan."""

from __future__ import annotations

from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Paragraph, Text, text
from onroll.vocabulary import PUBLISHED

SYNTHETIC = (
    "Synthetic data. The pupils, schools and records behind these figures were made from a seed; no real child, school or "
    "family is in them. They show how the report works and say nothing about any place."
)
PARTLY_SYNTHETIC = (
    "Part of this page is synthetic data. Each table and chart names its source. Those of the Department for Education "
    "are real; those marked as synthetic data were made from a seed, with no real child, school or family in them, and say "
    "nothing about any place."
)
PROTECTED = (
    "Figures from the authority's own records are protected: a count from 1 to 9 is withheld, with every figure from which "
    "it could be worked out."
)


def foot(facts: Facts) -> tuple[Text, ...]:
    """Sources, licence and run."""
    brief = facts.brief
    status = PROTECTED if brief.has_own_records else "Every figure on this page is already public."
    public = () if brief.term else (brief.licence,)
    checked = f" The statistics were checked: {brief.checked} (certificate.csv)." if brief.checked else ""
    return (
        text(" ".join((*public, status))),
        text(
            f"Made {brief.made} by onroll, run {brief.run}. The numbers are in evidence.csv of the same run.{checked}"
        ),
    )


def made_up(facts: Facts) -> list[Text]:
    """Whether what is shown is real or made up, in a line."""
    if facts.brief.is_synthetic:
        return [text(PARTLY_SYNTHETIC if PUBLISHED in facts.brief.origins else SYNTHETIC)]
    if facts.brief.has_own_records:
        return [text("Nothing here is made up: figures are published, or from the authority's own records.")]
    return [text("Nothing here is made up: all figures are published. No own records were received.")]


def departures(facts: Facts) -> tuple[Block, ...]:
    """Warnings at the top: synthetic data named as such, and where the run departs from the analysis plan."""
    words = PARTLY_SYNTHETIC if PUBLISHED in facts.brief.origins else SYNTHETIC
    made_up = (Paragraph(text(words), "warning"),) if facts.brief.is_synthetic else ()
    return (*made_up, *from_the_plan(facts))


def from_the_plan(facts: Facts) -> tuple[Block, ...]:
    """A warning that names every choice in which this run departs from the analysis plan; nothing where it does not."""
    said = "; ".join(facts.brief.deviations)
    return (Paragraph(text(f"This run departs from the analysis plan: {said}."), "warning"),) if said else ()
