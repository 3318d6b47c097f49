"""What every document says at its end: sources, licence, run, and where it departs from the plan."""

from __future__ import annotations

from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Paragraph, Text, text


def foot(facts: Facts) -> tuple[Text, ...]:
    """Sources, licence and run."""
    brief = facts.brief
    return (
        text(f"{brief.licence} Every figure on this page is already public."),
        text(
            f"Made {brief.made} by onroll, run {brief.run}. The numbers are in evidence.csv of the same run."
        ),
    )


def departures(facts: Facts) -> tuple[Block, ...]:
    """A warning where the run departs from the analysis plan; nothing where it does not."""
    if not facts.brief.deviations:
        return ()
    said = "; ".join(facts.brief.deviations)
    return (Paragraph(text(f"This run departs from the analysis plan: {said}."), "warning"),)
