"""One ratio of two counts, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from onroll.statistics import ratios
from onroll.vocabulary import RATE_RATIO, RELATIVE_RISK, Measure

WITHHELD = "cannot be computed: a count is withheld or was not given"
NO_PUPILS = "cannot be computed: no pupils on roll are given"
AN_ESTIMATE = "cannot be computed: a count is the publisher's own estimate, not a whole number"
NO_EVENT = "cannot be computed: none happened on the side it is compared with"


@dataclass(frozen=True, slots=True)
class Sides:
    """Events and pupils on roll of one side, and of the side it is compared with."""

    events: float
    pupils: float
    other_events: float
    other_pupils: float

    @property
    def why_not(self) -> str:
        """Why no ratio can be had of them; empty when one can."""
        counts = (self.events, self.other_events)
        if any(math.isnan(count) for count in counts):
            return WITHHELD
        if not (self.pupils > 0 and self.other_pupils > 0):
            return NO_PUPILS
        if any(count % 1 for count in counts):
            return AN_ESTIMATE
        return NO_EVENT if self.other_events == 0 else ""

    @property
    def words(self) -> str:
        """Both sides with their rolls, so that the ratio can be worked out again from its row."""
        return (
            f"{self.events:,.0f} of {self.pupils:,.0f} on roll against {self.other_events:,.0f} of "
            f"{self.other_pupils:,.0f}"
        )


def ratio_word(measure: Measure) -> str:
    """Rates of events have a rate ratio, proportions of pupils a relative risk."""
    return RELATIVE_RISK if measure.is_proportion else RATE_RATIO


def ratio_of(sides: Sides, *, wide: float, confidence: float) -> ratios.RateRatio:
    """The ratio with its interval: exact, or widened by a dispersion above 1. Ask ``why_not`` first."""
    shared: dict[str, Any] = {
        "reference_events": sides.other_events,
        "reference_exposure": sides.other_pupils,
    }
    if wide > 1:
        return ratios.rate_ratio(
            sides.events, sides.pupils, **shared, confidence=confidence, method="dispersed", dispersion=wide
        )
    return ratios.rate_ratio(sides.events, sides.pupils, **shared, confidence=confidence)


def method_words(wide: float, because: str) -> str:
    """How a ratio's interval was made: ``exact conditional``, or widened and because of what."""
    return f"log ratio, dispersion {wide:.1f} {because}" if wide > 1 else "exact conditional"
