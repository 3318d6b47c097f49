"""Departures: where a run leaves the analysis plan, and the plan the one that its designs were tried with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onroll.framework.declared import Framework
from onroll.vocabulary import academic_year

UNTRIED = (
    "its part on impact is not the one that the designs were tried with on made data, so that no change is told as "
    "evidence of an impact until docs/known_truth.py has been run again"
)


def departures(framework: Framework, chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Every departure in words, to be shown on each page: choices that are not the plan's, and an untried plan."""
    plan = framework.plan.choices
    changed = tuple(
        f"{name} is {_shown(plan[name].type, value)}; the plan says {_shown(plan[name].type, plan[name].default)}"
        for name, value in chosen.items()
        if value != plan[name].default
    )
    is_tried = framework.known_truth.plan == framework.plan.impact.fingerprint
    return changed if is_tried else (*changed, UNTRIED)


def _shown(kind: str, value: object) -> str:
    return academic_year(str(value)) if kind == "year" and value else str(value)
