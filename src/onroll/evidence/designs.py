"""Every design of the plan turned into one number: the log of a ratio of rates, of one unit or of each in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from onroll.evidence.impact_panel import Cut
from onroll.statistics.beyond_trend import beyond_trend
from onroll.statistics.one_treated import one_treated
from onroll.statistics.ranked_change import chance_variance, ranked_change
from onroll.statistics.simplex import simplex_weights
from onroll.statistics.synthetic_difference import synthetic_change
from onroll.vocabulary.impact import (
    CHOICE_DESIGNS,
    CONTROL,
    DIFFERENCE,
    PANEL,
    PANEL_AS_IT_IS,
    SERIES,
    SYNTHETIC_DIFFERENCE,
)

HALF = 0.5
"""Put to each count before logs are taken, so that a year without an event has one."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ratio of rates with its permutation interval; the others' standardised changes, and the treated's spread in logs."""

    estimate: float
    lower: float
    upper: float
    share_others: float
    p_value: float
    score: Array
    spread: float
    note: str = ""


def ratio_by(chosen: Cut, design: str, recent: int) -> float:
    """The ratio of rates by one design. Raises ``ValueError`` with the reason where there is none."""
    if design in PANELS:
        return one_treated(
            chosen.events, chosen.pupils, chosen.treated, chosen.pre, recent=PANELS[design](recent)
        ).estimate
    return float(np.exp(ONE[design](chosen, chosen.treated, _others(chosen))))


def ranked_by(chosen: Cut, design: str, recent: int, confidence: float) -> Ranked:
    """The ratio by one design, ranked among those that the same design finds in each other authority."""
    others = _others(chosen)
    if design in PANELS:
        one = one_treated(
            chosen.events, chosen.pupils, chosen.treated, chosen.pre, recent=PANELS[design](recent), confidence=confidence
        )  # fmt: skip
        return Ranked(one.estimate, one.lower, one.upper, one.share_others, one.p_value, one.score[others],
                      float(one.spread[chosen.treated]), one.note)  # fmt: skip
    change = np.empty(len(chosen.codes))
    change[chosen.treated] = ONE[design](chosen, chosen.treated, others)
    for unit in others:
        change[unit] = ONE[design](chosen, int(unit), others[others != unit])
    noise = chance_variance(chosen.events, chosen.pupils, chosen.pre)
    found = ranked_change(change, noise, chosen.treated, confidence=confidence)
    estimate, lower, upper = (float(np.exp(one)) for one in (found.estimate, found.lower, found.upper))
    return Ranked(estimate, lower, upper, found.share_others, found.p_value, found.score[others],
                  float(found.spread[chosen.treated]))  # fmt: skip


def _others(chosen: Cut) -> Array:
    return np.delete(np.arange(len(chosen.codes)), chosen.treated)


def _log_rates(chosen: Cut, unit: int, others: Array) -> Array:
    """Log rates of the unit, first, and the others."""
    of = np.append(unit, others)
    return np.asarray(np.log((chosen.events[:, of] + HALF) / chosen.pupils[:, of]))


def _difference(chosen: Cut, unit: int, others: Array) -> float:
    rates = _log_rates(chosen, unit, others)
    change = rates[~chosen.pre].mean(axis=0) - rates[chosen.pre].mean(axis=0)
    return float(change[0] - change[1:].mean())


def _control(chosen: Cut, unit: int, others: Array) -> float:
    rates = chosen.events / chosen.pupils
    own, pool = rates[:, unit], rates[:, others]
    weights = simplex_weights(own[chosen.pre], pool[chosen.pre])
    due = float((pool[~chosen.pre] @ weights).sum())
    least = HALF / float(chosen.pupils[~chosen.pre, unit].mean())
    if due <= 0:
        raise ValueError("no events after by the authorities like it")
    return float(np.log(max(float(own[~chosen.pre].sum()), least) / due))


def _synthetic_difference(chosen: Cut, unit: int, others: Array) -> float:
    return synthetic_change(_log_rates(chosen, unit, others), 0, chosen.pre)


def _series(chosen: Cut, unit: int, others: Array) -> float:
    return float(beyond_trend(_log_rates(chosen, unit, others), 0, chosen.pre, at=chosen.at)[0])


PANELS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {PANEL: lambda recent: recent, PANEL_AS_IT_IS: lambda _: 0}
)
"""Designs that rank by themselves: over how many last years before the height is looked at."""
ONE: Mapping[str, Callable[[Cut, int, Array], float]] = MappingProxyType(
    {
        DIFFERENCE: _difference,
        CONTROL: _control,
        SYNTHETIC_DIFFERENCE: _synthetic_difference,
        SERIES: _series,
    }
)
"""How each other design turns a panel into a log ratio of rates for one unit beside others."""
assert set(PANELS) | set(ONE) == set(CHOICE_DESIGNS)
