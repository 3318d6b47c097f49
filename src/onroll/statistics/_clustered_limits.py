"""Effect sizes of schools allotted whole, with their limits: formulas for schools of unequal size (Hedges 2007)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onroll.statistics._inputs import FloatArray


@dataclass(frozen=True, slots=True)
class Sized:
    """A number with its limits."""

    estimate: float
    lower: float
    upper: float


def within_effect(
    difference: float, alike: float, own: FloatArray, reference: FloatArray, far: float
) -> Sized:
    """A difference in standard deviations within schools; ``own`` and ``reference`` are pupils of each school."""
    pupils, schools = own.sum() + reference.sum(), own.size + reference.size
    between = _spread(own, reference, alike) / (1.0 - alike)
    return _sized(difference, between + difference**2 / (2.0 * (pupils - schools)), far)


def total_effect(
    difference: float, alike: float, own: FloatArray, reference: FloatArray, far: float
) -> Sized:
    """A difference in total standard deviations, with Hedges's factor for pupils of a school being alike.

    The factor belongs to a standard deviation of all pupils pooled over the groups, in which schools of a group differ
    less than schools do.
    """
    free = float(own.sum() + reference.sum()) - 2.0
    shared = sum(_typical(one) * (one.size - 1.0) for one in (own, reference))
    square = sum(_squares(one) for one in (own, reference))
    # of the squares within groups, what is between schools falls short by this share of its variance
    size = difference * np.sqrt(1.0 - alike * (free - shared) / free)
    noise = free * (1.0 - alike) ** 2 + square * alike**2 + 2.0 * shared * alike * (1.0 - alike)
    weight = noise / (2.0 * free * (free - alike * (free - shared)))
    return _sized(float(size), _spread(own, reference, alike) + float(size**2 * weight), far)


def _spread(own: FloatArray, reference: FloatArray, alike: float) -> float:
    """Variance of the difference of means, in total variances."""
    n1, n0 = own.sum(), reference.sum()
    pupils = n1 + n0
    mean_size = n0 * (own**2).sum() / (n1 * pupils) + n1 * (reference**2).sum() / (n0 * pupils)
    return float(pupils / (n1 * n0) * (1.0 + (mean_size - 1.0) * alike))


def _typical(sizes: FloatArray) -> float:
    """The size that schools of a group have in the expected squares between them."""
    whole = sizes.sum()
    return float((whole**2 - (sizes**2).sum()) / (whole * (sizes.size - 1.0)))


def _squares(sizes: FloatArray) -> float:
    """What the variance of the squares between schools is made of."""
    whole, second, third = sizes.sum(), (sizes**2).sum(), (sizes**3).sum()
    return float(second + second**2 / whole**2 - 2.0 * third / whole)


def _sized(estimate: float, variance: float, far: float) -> Sized:
    """Normal limits."""
    half = far * float(np.sqrt(variance))
    return Sized(float(estimate), float(estimate - half), float(estimate + half))
