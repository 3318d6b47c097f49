"""What can be planted: a closed list of effects, each with its default, its bounds and its meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from onroll.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Effect:
    """One planted effect. ``default`` is None where the published figures decide unless a value is given."""

    default: float | None
    low: float
    high: float
    meaning: str


FROM = "202122"
"""The first academic year in which the Charter can change anything."""
EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "strategy_suspensions": Effect(
            1.0,
            0.1,
            10.0,
            "rate ratio of suspensions at a school in terms that begin after it signed the Charter",
        ),
        "strategy_permanent": Effect(
            1.0,
            0.0,
            10.0,
            "rate ratio of permanent exclusions at a school that had signed the Charter by January",
        ),
        "charter_share": Effect(
            0.6, 0.0, 1.0, "share of schools that sign the Charter, from September 2021 to July 2023"
        ),
        "implementation_dose": Effect(
            1.0,
            0.1,
            10.0,
            "rate ratio of suspensions per unit of implementation score (0 to 4), from 2021/22",
        ),
        "black_caribbean": Effect(
            1.7, 0.1, 20.0, "rate ratio of Black Caribbean pupils to White British, other things equal"
        ),
        "mixed_white_black_caribbean": Effect(
            1.6,
            0.1,
            20.0,
            "rate ratio of White and Black Caribbean pupils to White British, other things equal",
        ),
        "gypsy_roma": Effect(
            2.5, 0.1, 20.0, "rate ratio of Gypsy or Roma pupils to White British, other things equal"
        ),
        "sen_support": Effect(
            None,
            0.1,
            50.0,
            "rate ratio of SEN support to No SEN, other things equal; else as published by phase",
        ),
        "ehc_plan": Effect(
            None,
            0.1,
            50.0,
            "rate ratio of EHC plan to No SEN, other things equal; else as published by phase",
        ),
        "fsm": Effect(
            2.2,
            0.1,
            20.0,
            "rate ratio of pupils eligible for free school meals to others, other things equal",
        ),
        "boys": Effect(1.9, 0.1, 20.0, "rate ratio of boys to girls, other things equal"),
        "school_spread": Effect(0.45, 0.0, 2.0, "standard deviation of the logarithm of schools' rates"),
        "off_rolling": Effect(
            0.0,
            0.0,
            1.0,
            "chance in Years 9 to 11 of leaving the roll unrecorded after two suspensions in a year",
        ),
        "informal": Effect(0.1, 0.0, 1.0, "share of schools that use code C as informal absence"),
    }
)


def chosen(effects: Mapping[str, float]) -> dict[str, float | None]:
    """Every effect's value: the one given, else its default.

    Raises
    ------
    UsageError
        If a name is not declared, or a value is out of its bounds; the message lists what may be planted.
    """
    listed = "; ".join(f"{name} ({one.low:g} to {one.high:g})" for name, one in EFFECTS.items())
    for name, value in effects.items():
        if name not in EFFECTS:
            raise UsageError(
                f"effect '{name}' cannot be planted.{did_you_mean(name, EFFECTS)} Effects are {listed}"
            )
        bounds = EFFECTS[name]
        if not (math.isfinite(value) and bounds.low <= value <= bounds.high):
            raise UsageError(
                f"effect '{name}' is {value:g}; give a value from {bounds.low:g} to {bounds.high:g}. Effects are {listed}"
            )
    return {name: float(effects[name]) if name in effects else one.default for name, one in EFFECTS.items()}
