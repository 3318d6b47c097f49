"""Strata weighted to a standard population: the sums a standardised rate is made of, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._count_limits import poisson_limits
from onroll.statistics._inputs import FloatArray, StrArray, at_least_zero, counts, refuse, together

METHODS = ("dobson", "gamma")
EMPTY = ("refuse", "leave out")
FEW = 10
"""Below so many events PHE publishes no directly standardised rate."""


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """What is left when strata are summed. ``heaviest`` is what one event more could add to the rate."""

    rate: FloatArray
    variance: FloatArray
    heaviest: FloatArray
    events: FloatArray
    exposure: FloatArray
    covered: FloatArray
    note: StrArray


def rows(arrays: dict[str, FloatArray]) -> list[FloatArray]:
    """Broadcast to one shape whose last axis is the strata, at least one."""
    found = together(arrays)
    if found[0].ndim == 0 or found[0].shape[-1] == 0:
        names = " and ".join(arrays)
        raise ValueError(f"{names} have shape {found[0].shape}; give one number for each stratum")
    return found


def strata(
    events: ArrayLike, exposure: ArrayLike, weights: ArrayLike, variance: ArrayLike | None, empty: str
) -> Strata:
    """Check strata and weights and sum them."""
    given_counts = counts("events", events)
    y, n, w, v = rows(
        {
            "events": given_counts,
            "exposure": at_least_zero("exposure", exposure),
            "weights": at_least_zero("weights", weights),
            "variance": given_counts if variance is None else at_least_zero("variance", variance),
        }
    )
    refuse(
        "events",
        y,
        (y > 0) & (n == 0),
        "its exposure is 0: events need pupils, join the stratum with another",
    )
    refuse("variance", v, (v > 0) & (y == 0), "there is no event it could be the variance of")
    refuse("variance", v, (v == 0) & (y > 0), "events vary: give the sum of squares over pupils")
    if empty == "refuse":
        wrong = (n == 0) & (w > 0)
        refuse(
            "exposure", n, wrong, "the standard has pupils there: join strata, or ask for empty='leave out'"
        )
    used = (n > 0) & (w > 0)
    share = np.where(used, w, 0.0)
    whole, left = w.sum(-1), share.sum(-1)
    refuse("sum of weights", left, left == 0, "give weights above 0 for strata that have pupils")
    a = share / np.where(used, n, 1.0) / left[..., None]
    total = np.where(used, y, 0.0).sum(-1)
    return Strata(
        rate=(a * y).sum(-1),
        variance=(a * a * v).sum(-1),
        heaviest=a.max(-1),
        events=total,
        exposure=np.where(used, n, 0.0).sum(-1),
        covered=left / whole,
        note=_note(total, left / whole),
    )


def weighted_limits(sums: Strata, confidence: float, method: str) -> tuple[FloatArray, FloatArray, StrArray]:
    """Limits of the weighted rate by either method; with no weighted event those of the heaviest stratum."""
    tail = (1.0 - confidence) / 2.0
    some = sums.variance > 0
    rate, variance = np.where(some, sums.rate, 1.0), np.where(some, sums.variance, 1.0)
    if method == "gamma":
        lower = special.gammaincinv(rate * rate / variance, tail) * variance / rate
        more, wider = sums.rate + sums.heaviest, sums.variance + sums.heaviest**2
        upper = special.gammainccinv(more * more / wider, tail) * wider / more
        return np.where(some, lower, 0.0), upper, np.full(rate.shape, "gamma")
    low, high, used = poisson_limits(sums.events, confidence)
    root = np.sqrt(variance / np.maximum(sums.events, 1.0))
    none = sums.heaviest * special.gammainccinv(1.0, tail)
    return (
        np.where(some, np.maximum(rate - root * (sums.events - low), 0.0), 0.0),
        np.where(some, rate + root * (high - sums.events), none),
        np.where(some & (used == "byar"), "dobson, byar", "dobson, exact"),
    )


def _note(events: FloatArray, covered: FloatArray) -> StrArray:
    """What to know of each element."""
    few = np.where(events == 0, "no event", np.where(events < FEW, f"fewer than {FEW} events", ""))
    left_out = np.where(covered < 1.0, "strata without pupils left out", "")
    both = np.where((few != "") & (left_out != ""), "; ", "")
    return np.strings.add(np.strings.add(few, both), left_out)
