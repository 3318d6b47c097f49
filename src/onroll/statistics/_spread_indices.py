"""Indices of segregation with their gradient in every cell, and what each would be by lot.

An index that does not change when all counts are doubled has, for pupils drawn one by one, the variance
``sum of count * gradient squared``: its gradients, weighted by the counts, add up to 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from onroll.statistics._inputs import FloatArray, refuse

Parts = tuple[FloatArray, FloatArray, FloatArray]
"""Gradient in the group's count, in the others' and in that of all pupils, by unit."""


def summed(table: FloatArray, areas: NDArray[np.intp]) -> FloatArray:
    """Pupils by area and group, from those by school and group."""
    found = np.zeros((int(areas.max()) + 1, *table.shape[:-2], table.shape[-1]))
    np.add.at(found, areas, np.moveaxis(table, -2, 0))
    return np.moveaxis(found, 0, -2)


def many_groups(table: FloatArray, areas: NDArray[np.intp], index: str) -> tuple[FloatArray, FloatArray]:
    """M or H between areas, and its gradient in each cell of the schools that make them up."""
    by_areas = summed(table, areas)
    pupils = table.sum((-1, -2))[..., None, None]
    by_area, by_group = by_areas.sum(-1, keepdims=True), by_areas.sum(-2, keepdims=True)
    logs = special.xlogy(
        1.0, np.where(by_areas > 0, by_areas * pupils / np.where(by_areas > 0, by_area * by_group, 1.0), 1.0)
    )
    m = (by_areas * logs).sum((-1, -2)) / pupils[..., 0, 0]
    m = np.maximum(m, 0.0)
    gradient = (logs[..., areas, :] - m[..., None, None]) / pupils
    if index == "mutual information":
        return m, gradient
    share = by_group / pupils
    entropy = -special.xlogy(share, share).sum((-1, -2))
    refuse("entropy of the groups", entropy, entropy <= 0, "all pupils are of one group: H is not defined")
    log_share = np.log(np.where(share > 0, share, 1.0))
    e = entropy[..., None, None]
    return m / entropy, (gradient - (m / entropy)[..., None, None] * (-log_share - e) / pupils) / e


def many_groups_by_lot(table: FloatArray, index: str) -> FloatArray:
    """First order of M by lot: (units - 1)(groups - 1) over twice the pupils, of those not empty."""
    units = (table.sum(-1) > 0).sum(-1)
    by_group = table.sum(-2)
    pupils = by_group.sum(-1)
    m = np.asarray((units - 1.0) * ((by_group > 0).sum(-1) - 1.0) / (2.0 * pupils))
    if index == "mutual information":
        return m
    share = by_group / pupils[..., None]
    return np.asarray(m / -special.xlogy(share, share).sum(-1))


def dissimilarity(a: FloatArray, b: FloatArray, t: FloatArray) -> tuple[FloatArray, Parts]:
    """Half the summed distance between where the group is and where the others are."""
    whole_a, whole_b = a.sum(-1, keepdims=True), b.sum(-1, keepdims=True)
    gap = a / whole_a - b / whole_b
    side = np.sign(gap)
    in_a = (side - (side * a).sum(-1, keepdims=True) / whole_a) / whole_a / 2.0
    in_b = -(side - (side * b).sum(-1, keepdims=True) / whole_b) / whole_b / 2.0
    return np.abs(gap).sum(-1) / 2.0, (in_a, in_b, np.zeros(t.shape))


def gorard(a: FloatArray, b: FloatArray, t: FloatArray) -> tuple[FloatArray, Parts]:
    """Half the summed distance between where the group is and where all pupils are."""
    value, (in_a, in_all, nothing) = dissimilarity(a, t, t)
    return value, (in_a, nothing, in_all)


def isolation(a: FloatArray, b: FloatArray, t: FloatArray) -> tuple[FloatArray, Parts]:
    """Share of the own group among the pupils of a pupil's school."""
    value, (in_a, in_same, in_all) = exposure(a, a, t)
    return value, (in_a + in_same, np.zeros(t.shape), in_all)


def exposure(a: FloatArray, b: FloatArray, t: FloatArray) -> tuple[FloatArray, Parts]:
    """Share of the others among the pupils of a pupil's school."""
    whole, size = a.sum(-1, keepdims=True), np.maximum(t, 1.0)
    met = b / size
    value = (a * met).sum(-1) / whole[..., 0]
    in_a = (met - value[..., None]) / whole
    return value, (in_a, a / size / whole, -a * met / size / whole)


def to_cells(parts: Parts, table: FloatArray, group: int, other: int | None) -> FloatArray:
    """Gradient in each cell from that in the group's, the others' and all pupils' counts."""
    in_a, in_b, in_all = parts
    gradient = np.zeros(table.shape) + in_all[..., None]
    if other is None:
        gradient += in_b[..., None]
        gradient[..., group] += in_a - in_b
    else:
        gradient[..., other] += in_b
        gradient[..., group] += in_a
    return gradient


def dissimilarity_by_lot(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """D by lot among the pupils of the two groups."""
    size = a + b
    share = a.sum(-1, keepdims=True) / size.sum(-1, keepdims=True)
    return np.asarray(
        _mean_distance(size, share).sum(-1) / (2.0 * size.sum(-1) * (share * (1.0 - share))[..., 0])
    )


def gorard_by_lot(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """GS by lot."""
    share = a.sum(-1, keepdims=True) / t.sum(-1, keepdims=True)
    return np.asarray(_mean_distance(t, share).sum(-1) / (2.0 * a.sum(-1)))


def isolation_by_lot(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """The share of the others in one's own group, and oneself: exact."""
    whole, pupils = a.sum(-1), t.sum(-1)
    schools = (t > 0).sum(-1)
    others = np.where(pupils > 1, (whole - 1.0) / np.maximum(pupils - 1.0, 1.0), 0.0)
    return np.asarray((schools + (pupils - schools) * others) / pupils)


def exposure_by_lot(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """The share of the other group among all but oneself, for the schoolmates that are not oneself: exact."""
    pupils, schools = t.sum(-1), (t > 0).sum(-1)
    return np.asarray((pupils - schools) / pupils * b.sum(-1) / np.maximum(pupils - 1.0, 1.0))


def by_lot(table: FloatArray, repeats: int, rng: np.random.Generator) -> FloatArray:
    """Tables of the same margins with pupils put in by lot, first axis the repeats."""
    units, groups = table.shape
    unit = np.repeat(np.arange(units), table.sum(1).astype(np.intp))
    group = np.repeat(np.arange(groups), table.sum(0).astype(np.intp))
    drawn = np.empty((repeats, units, groups))
    for i in range(repeats):
        cells = np.bincount(unit * groups + rng.permutation(group), minlength=units * groups)
        drawn[i] = cells.reshape(units, groups)
    return drawn


def _mean_distance(size: FloatArray, share: FloatArray) -> FloatArray:
    """Mean distance of a binomial count from its mean (de Moivre), drawn in for schools that are not small."""
    n, p = size, np.broadcast_to(share, size.shape)
    at = np.minimum(np.floor(n * p) + 1.0, n)
    log_chance = (
        special.gammaln(n + 1.0) - special.gammaln(at + 1.0) - special.gammaln(n - at + 1.0)
        + special.xlogy(at, p) + special.xlog1py(n - at, -p)
    )  # fmt: skip
    whole = size.sum(-1, keepdims=True)
    drawn_in = np.sqrt(np.maximum(whole - n, 0.0) / np.maximum(whole - 1.0, 1.0))
    return np.where(n > 0, 2.0 * at * (1.0 - p) * np.exp(log_chance) * drawn_in, 0.0)
