"""Confidence sets where changes after are at most so many times the largest change before: the hybrid test inverted.

For one change before, taken for the largest, and one sign of it, the restriction is a polyhedron. With ``u`` the
weighted effect less its true value and ``d`` the change before, signed, the inequalities from which other effects are
taken out have few extreme points: ``(u - a d) / n``, ``(-u - a d) / m``, and ``-d`` over the errors of each period.
So neither the linear programme nor its least favourable critical value has to be searched or drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy import optimize, special

from onroll.statistics._inputs import BoolArray, FloatArray

FIRST_STEP = 0.1
"""Share of the size that the least favourable test has; the conditional test has the rest."""
GRID, HALVINGS = 400, 35
"""Values tried between the ends of the least favourable set, and halvings of the outermost step."""
SAME = 1e-10
"""Two inequalities that move together to within this do not bound one another."""
NODES, FAR = 200, 9.0
"""Gauss-Legendre nodes, and standard deviations over which they are spread."""


@dataclass(frozen=True, eq=False)
class Inequalities:
    """Extreme points for one change before: what each has of the effect and of the change, and their covariance.

    ``points`` are (points, 2), the first two of which hold the effect; ``both`` is (2, 2).
    """

    points: FloatArray
    effect: float
    change: float
    both: FloatArray

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance of the extreme points' statistics, (points, points)."""
        return np.asarray(self.points @ self.both @ self.points.T)

    def statistics(self, value: FloatArray) -> FloatArray:
        """Each extreme point's statistic at each value of the effect, (values, points)."""
        moved = np.column_stack([self.effect - value, np.full(value.size, self.change)])
        return np.asarray(moved @ self.points.T)

    def least_favourable(self, size: float) -> float:
        """The bound that the largest statistic passes with this chance where every inequality holds without room."""
        spread = np.sqrt(np.einsum("ij,jk,ik->i", self.points, self.both, self.points))
        high = float(spread.max() * -special.ndtri(size / len(self.points)))
        return float(optimize.brentq(lambda bound: self._within(bound) - (1.0 - size), 0.0, 1.01 * high))

    def _within(self, bound: float) -> float:
        """Chance that no statistic passes a bound: over the change, of the effect given it."""
        of_change = float(np.sqrt(self.both[1, 1]))
        lean = self.both[0, 1] / self.both[1, 1]
        rest = float(np.sqrt(max(self.both[0, 0] - lean * self.both[0, 1], 0.0)))
        falls = -self.points[2:, 1].min(initial=0.0)
        lowest = max(-FAR, -bound / falls / of_change) if falls > 0 else -FAR
        if lowest >= FAR:
            return 0.0
        node, weight = _nodes()
        deviate = lowest + (FAR - lowest) * (node + 1.0) / 2.0
        change = deviate * of_change
        (up, with_up), (down, with_down) = self.points[:2]
        above = (bound - with_up * change) / up - lean * change
        below = (bound - with_down * change) / down - lean * change
        inside = np.maximum(special.ndtr(above / rest) - special.ndtr(below / rest), 0.0)
        density = np.exp(-(deviate**2) / 2.0) / np.sqrt(2.0 * np.pi)
        return float(weight @ (inside * density)) * (FAR - lowest) / 2.0

    def kept(self, value: FloatArray, bound: float, size: float) -> BoolArray:
        """Whether the hybrid test keeps each value: below the bound, and not far out given where the others stand."""
        every = self.statistics(value)
        top = every.argmax(1)
        largest = every[np.arange(value.size), top]
        variance = self.covariance[top, top]
        spread, lean = np.sqrt(variance), self.covariance[top] / variance[:, None]
        rest, room = every - lean * largest[:, None], 1.0 - lean
        free = np.abs(room) <= SAME
        meets = rest / np.where(free, 1.0, room)
        low = np.where(free | (room < 0), -np.inf, meets).max(1)
        high = np.minimum(np.where(free | (room > 0), np.inf, meets).min(1), bound)
        second = size * (1.0 - FIRST_STEP) / (1.0 - size * FIRST_STEP)
        chance = _beyond(largest / spread, np.minimum(low, largest) / spread, high / spread)
        return np.asarray((largest <= bound) & ((largest <= 0) | (chance >= second)))


@cache
def _nodes() -> tuple[FloatArray, FloatArray]:
    """Made once."""
    return np.polynomial.legendre.leggauss(NODES)


def _beyond(at: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Chance that a standard normal between two limits passes a value there; in logarithms, for the tails."""
    here, floor, ceiling = (special.log_ndtr(-one) for one in (at, low, np.maximum(high, at)))
    width = -np.expm1(np.minimum(ceiling - floor, 0.0))
    part = -np.expm1(np.minimum(ceiling - here, 0.0))
    return np.where(width > 0, np.exp(here - floor) * part / np.where(width > 0, width, 1.0), 1.0)


def inequalities(
    effects: FloatArray, covariance: FloatArray, pre: int, weights: FloatArray, times: float
) -> Iterator[Inequalities]:
    """One for each change before, the last to the base, and each sign of it."""
    after = effects.size - pre
    steps = np.zeros((after, effects.size))
    steps[np.arange(after), pre + np.arange(after)] = 1.0
    steps[np.arange(1, after), pre + np.arange(after - 1)] = -1.0
    reach = np.cumsum(weights[::-1])[::-1]
    target = np.concatenate([np.zeros(pre), weights])
    for at in range(pre):
        for sign in (1.0, -1.0):
            change = np.zeros(effects.size)
            change[at] = -sign
            if at + 1 < pre:
                change[at + 1] = sign
            up, down = (_spread(way * steps - times * change, covariance) for way in (1.0, -1.0))
            ahead, back = np.maximum(reach, 0.0), np.maximum(-reach, 0.0)
            most = times * np.abs(reach).sum()
            one, other = float(ahead @ up + back @ down), float(ahead @ down + back @ up)
            points = [[1.0 / one, -most / one], [-1.0 / other, -most / other]]
            if times > 0:
                points += [[0.0, -2.0 * times / both] for both in up + down]
            rows = np.vstack([target, change])
            yield Inequalities(
                np.array(points), float(target @ effects), float(change @ effects), rows @ covariance @ rows.T
            )


def _spread(rows: FloatArray, covariance: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows)))


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """One polyhedron with the bound of its least favourable test, and the ends between which that keeps effects."""

    one: Inequalities
    size: float
    bound: float
    ends: tuple[float, float]

    def kept(self, value: FloatArray) -> BoolArray:
        """Whether the hybrid test keeps each value."""
        return self.one.kept(value, self.bound, self.size)


def relative_set(
    effects: FloatArray,
    covariance: FloatArray,
    pre: int,
    weights: FloatArray,
    times: float,
    size: float,
    ways: tuple[int, ...] = (-1, 1),
) -> tuple[float, float]:
    """The lowest and highest effect that any of the polyhedra keeps; the first above the second where none does.

    With one way alone (-1 down, 1 up) the other is not looked for, and is the same effect.
    """
    tried = [_tried(one, size) for one in inequalities(effects, covariance, pre, weights, times)]
    found = [outermost(tried, way) for way in ways]
    if np.isinf(found[0]):
        return np.inf, -np.inf
    return found[0], found[-1]


def _tried(one: Inequalities, size: float) -> Tried:
    """The polyhedron with its least favourable test, which keeps nothing where the first end is above the second."""
    bound = one.least_favourable(size * FIRST_STEP)
    (up, with_up), (down, with_down) = one.points[:2]
    low = one.effect + (with_up * one.change - bound) / up
    high = one.effect + (with_down * one.change - bound) / down
    return Tried(one, size, bound, (low, high))


def outermost(every: Sequence[Tried], way: int) -> float:
    """The effect farthest down (-1) or up (1) that any polyhedron keeps; infinitely far the other way where none does.

    Those that reach farthest come first, so that of most others their ends already say that they add nothing.
    """
    place, best = (way + 1) // 2, -way * np.inf
    for tried in sorted(every, key=lambda one: -way * one.ends[place]):
        if tried.ends[0] > tried.ends[1]:
            continue
        if way * (tried.ends[place] - best) <= 0:
            break
        value = np.linspace(*tried.ends, GRID + 1)
        kept = np.flatnonzero(tried.kept(value))
        if kept.size:
            best = _farther(tried, value, int(kept[-place]), way, best)
    return best


def _farther(tried: Tried, value: FloatArray, at: int, way: int, best: float) -> float:
    """The farther of the best so far and where between a value that is kept and the next that is not the test turns."""
    inside = float(value[at])
    outside = float(value[at + way]) if 0 <= at + way < value.size else inside
    if way * (outside - best) <= 0:
        return best
    for _ in range(HALVINGS if outside != inside else 0):
        middle = (inside + outside) / 2.0
        if tried.kept(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return inside if way * (inside - best) > 0 else best
