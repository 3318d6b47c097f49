"""Counts that are watched: outermost usual ones at a tail, and the exact false alarms of all points together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onroll.statistics import _count_tails as tails
from onroll.statistics._inputs import BoolArray, FloatArray, choice, one_above_zero

MEASURES = ("expected", "any")
NEAR = 1e-3
"""How near, as a share of itself, the common tail is found."""
FEWEST = 1e-15
"""Tails below it are not told apart from none."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What is expected at each point: Poisson, binomial of a total, or given the sum with a baseline's events."""

    mean: FloatArray
    total: FloatArray | None = None
    before: FloatArray | None = None
    share: FloatArray | None = None

    def flat(self) -> Watched:
        """All points in one row."""
        return self.part(np.ones(self.mean.shape, dtype=np.bool_))

    def part(self, where: BoolArray) -> Watched:
        """Some of the points."""
        given = (self.mean, self.total, self.before, self.share)
        return Watched(*(None if array is None else array[where] for array in given))  # type: ignore[arg-type]

    def below(self, k: FloatArray) -> FloatArray:
        """Probability of ``k`` or fewer."""
        if self.before is not None and self.share is not None:
            return tails.given_sum_below(k, self.before, self.share)
        if self.total is not None:
            return tails.binomial_below(k, self.total, self.mean / self.total)
        return tails.poisson_below(k, self.mean)

    def above(self, k: FloatArray) -> FloatArray:
        """Probability of ``k`` or more."""
        if self.before is not None and self.share is not None:
            return tails.given_sum_above(k, self.before, self.share)
        if self.total is not None:
            return tails.binomial_above(k, self.total, self.mean / self.total)
        return tails.poisson_above(k, self.mean)


def watched_counts(watched: Watched, tail: float) -> tails.Limits:
    """The outermost counts whose own tail is more than ``tail``."""
    mean = watched.mean
    if watched.before is not None and watched.share is not None:
        where = tails.about(mean, mean / (1.0 - watched.share), tail)
        return tails.usual_counts(
            tails.given_sum_below, tails.given_sum_above, tail, where, watched.before, watched.share
        )
    if watched.total is not None:
        share = mean / watched.total
        where = tails.about(mean, mean * (1.0 - share), tail)
        return tails.usual_counts(
            tails.binomial_below, tails.binomial_above, tail, where, watched.total, share
        )
    return tails.usual_counts(
        tails.poisson_below, tails.poisson_above, tail, tails.about(mean, mean, tail), mean
    )


def expected_alarms(watched: Watched, lower: FloatArray, upper: FloatArray) -> tuple[float, float]:
    """Expected number of points outside, and the chance of one or more were they independent."""
    chance = watched.below(lower - 1.0) + watched.above(upper + 1.0)
    return float(chance.sum()), float(-np.expm1(np.log1p(-np.minimum(chance, 1.0 - FEWEST)).sum()))


def common_tail(watched: Watched, budget: float, measure: str) -> float:
    """The largest tail for which all points together keep within the budget, to a thousandth of itself.

    Between two tails only points whose limits differ are looked at again.
    """
    flat = watched.flat()
    which = 0 if measure == "expected" else 1
    low = max(min(budget / flat.mean.size / 2.0, 0.25), FEWEST) * (1.0 - 1e-9)
    inner, high = watched_counts(flat, low), min(2.0 * low, 0.5)
    outer = watched_counts(flat, high)
    while expected_alarms(flat, *outer)[which] <= budget and high < 0.5:
        low, inner, high = high, outer, min(2.0 * high, 0.5)
        outer = watched_counts(flat, high)
    while high - low > NEAR * low:
        middle = np.sqrt(low * high)
        open_ = (inner[0] != outer[0]) | (inner[1] != outer[1])
        between = inner[0].copy(), inner[1].copy()
        if open_.any():
            between[0][open_], between[1][open_] = watched_counts(flat.part(open_), middle)
        if expected_alarms(flat, *between)[which] <= budget:
            low, inner = float(middle), between
        else:
            high, outer = float(middle), between
    return low


def checked_budget(budget: float, measure: str) -> float:
    """A number above 0, below 1 where it is a chance."""
    value = one_above_zero("budget", budget)
    if choice("measure", measure, MEASURES) == "any" and value >= 1.0:
        raise ValueError(
            f"budget is {budget!r}; a chance of any alarm is below 1: give 0.05, or measure='expected'"
        )
    return value


def refuse_none(name: str, points: FloatArray) -> None:
    """Raise where there is no point to watch."""
    if not points.size:
        raise ValueError(f"{name} has shape {points.shape}; give one point to watch or more")
