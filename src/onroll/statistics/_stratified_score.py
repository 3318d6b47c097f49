"""Miettinen and Nurminen's score limits over strata: one score of all strata, inverted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from onroll.statistics._constrained import Pair, difference_held, ratio_held
from onroll.statistics._inputs import FloatArray, normal_quantile
from onroll.statistics._roots import rising_root
from onroll.statistics._strata import compared, everyone
from onroll.statistics._tables import Tables

FLOOR = 1e-100
"""Added to a common variance, so that strata can be weighted where it is 0."""
ROUNDS = 100
SETTLED = 1e-14
FARTHEST = 45.0
"""No log ratio is sought beyond this: e to the 45 is more pupils than there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The common measure of each analysis, its limits, and the squared score of no difference."""

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    squared: FloatArray


def analyses(tables: Tables, measure: str, weights: str, confidence: float) -> Scored:
    """Every analysis (all axes but the last) that has an estimate; for the others NaN, and limits at the ends."""
    ratio, shape = measure == "relative_risk", tables.x.shape[:-1]
    rows = Tables(*(array.reshape(-1, array.shape[-1]) for array in _cells(tables)))
    both = compared(rows)
    used = Tables(*(np.where(both, array, 0.0) for array in _cells(rows)))
    some, some0 = used.x.sum(axis=-1) > 0, used.x0.sum(axis=-1) > 0
    can = np.asarray(both.any(axis=-1) & (some | some0 | (not ratio)))
    ends = (0.0, np.inf) if ratio else (-1.0, 1.0)
    estimate, lower, upper, squared = (np.full(can.shape, end) for end in (np.nan, *ends, 0.0))
    if can.any():
        chosen = used.at(can)
        found = _limits(chosen, ratio, weights, confidence)
        if ratio:
            found = [np.exp(each) for each in found]
            none, none0 = ~some[can], ~some0[can]
            centre = np.where(none, 0.0, np.where(none0, np.inf, found[0]))
            found = [centre, np.where(none, 0.0, found[1]), np.where(none0, np.inf, found[2])]
        estimate[can], lower[can], upper[can] = found
        squared[can] = score(chosen, np.zeros(int(can.sum())), ratio, weights) ** 2
    return Scored(*(array.reshape(shape) for array in (estimate, lower, upper, squared)))


def _cells(tables: Tables) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return tables.x, tables.n, tables.x0, tables.n0


def _limits(tables: Tables, ratio: bool, weights: str, confidence: float) -> list[FloatArray]:
    """Where the score is 0, and where it is the normal deviate on either side: differences, or log ratios."""
    size = tables.x.shape[0]
    low, high = (np.full(size, end) for end in ((-FARTHEST, FARTHEST) if ratio else (-1.0, 1.0)))

    def rising_from(deviate: float) -> Callable[..., FloatArray]:
        return lambda at, *cells: deviate - score(Tables(*cells), at, ratio, weights)

    z = normal_quantile(confidence)
    return [rising_root(rising_from(far), low, high, *_cells(tables)) for far in (0.0, z, -z)]


def score(tables: Tables, at: FloatArray, ratio: bool, weights: str) -> FloatArray:
    """The weighted distance of all strata from the measure held, over its standard error."""
    held, both = at[:, None], compared(tables)
    n, n0, total = np.where(both, tables.n, 1.0), np.where(both, tables.n0, 1.0), everyone(tables)
    tables = Tables(tables.x, n, tables.x0, n0)
    times = np.exp(held) if ratio else np.ones_like(held)
    group, reference = (ratio_held if ratio else difference_held)(tables, held)
    spread = group[0] * group[1] / n + times**2 * reference[0] * reference[1] / n0
    spread = np.maximum(spread, 0.0) * total / np.maximum(total - 1.0, 1.0)
    shift = tables.x / n - times * (tables.x0 / n0) - (0.0 if ratio else held)
    weight = np.where(both, n * n0 / total, 0.0)
    weight = weight / weight.sum(axis=-1, keepdims=True)
    if weights == "miettinen-nurminen":
        weight = _settled(weight, group, reference, (n, n0), times if ratio else None)
    distance, error = (weight * shift).sum(axis=-1), np.sqrt((weight**2 * spread).sum(axis=-1))
    near = error > 0
    far = np.where(distance == 0, 0.0, np.copysign(np.inf, distance))
    return np.where(near, distance / np.where(near, error, 1.0), far)


def _settled(
    weight: FloatArray,
    group: Pair,
    reference: Pair,
    sizes: tuple[FloatArray, FloatArray],
    times: FloatArray | None,
) -> FloatArray:
    """Weights inverse to the variance at the weighted mean proportions, found by turns until they settle."""
    there = weight > 0
    for _ in range(ROUNDS):
        (p, q), (p0, q0) = (
            ((weight * one).sum(axis=-1, keepdims=True), (weight * two).sum(axis=-1, keepdims=True))
            for one, two in (group, reference)
        )
        a, b = (p * q, p0 * q0) if times is None else (q, times * q0)
        new = np.where(there, 1.0 / ((a + FLOOR) / sizes[0] + (b + FLOOR) / sizes[1]), 0.0)
        new = new / new.sum(axis=-1, keepdims=True)
        moved, weight = np.max(np.abs(new - weight)), new
        if moved <= SETTLED:
            break
    return weight
