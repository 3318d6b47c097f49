"""Words of an authority's own records: where they are from, how their rows are named, what is told of them."""

from __future__ import annotations

from types import MappingProxyType

from onroll.vocabulary import PHASES

MADE_UP = "synthetic"
"""The origin of rows that rest on synthetic data; the others are ``published`` and ``own records``."""

SCHOOL = "School"
"""The geographic level of one school; its area is the school's name and number."""

TERM, CROSSED = "term", "; "
"""A topic by term; two topics at once are joined, ``term; sen_provision`` and ``Spring term; SEN support``."""

COUNT, MEDIAN_DAYS, WITHIN_SHARE = "count", "median days", "share within 28 days"

TOPIC_LABELS = MappingProxyType(
    {
        "Total": "all pupils",
        "education_phase": "phase",
        "sen_provision": "SEN provision",
        "ethnicity_major": "ethnic group",
        "ethnicity_minor": "ethnic group",
        "fsm": "free school meals",
        "sex": "sex",
        "national_curriculum_year": "year group",
        "reason": "reason",
        "staff_group": "staff group",
        "term": "term",
    }
)
"""How a page names the groups of a breakdown."""


def adds_up(topic: str, group: str) -> bool:
    """Whether a group is a part of its total: alternative provision and other phases apart are not."""
    return parts_of(topic)[-1] != "education_phase" or parts_of(group)[-1] in PHASES


def crossed(*parts: str) -> str:
    """Two topics, or two groups, as one: ``term; sen_provision``."""
    return CROSSED.join(parts)


def parts_of(topic: str) -> tuple[str, ...]:
    """The topics, or groups, that were crossed."""
    return tuple(topic.split(CROSSED))
