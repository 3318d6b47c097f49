"""Limits of sums of stratum rates, some added and some taken away, when strata are thin."""

from __future__ import annotations

import numpy as np
from scipy import special

from onroll.statistics._inputs import FloatArray

Distances = tuple[FloatArray, FloatArray]
"""Squared distances of the limits below and above a sum."""


def gamma_distances(
    weights: FloatArray, events: FloatArray, variance: FloatArray, one_more: FloatArray, confidence: float
) -> Distances:
    """How far the limits of ``sum of weights * events`` lie from it, squared, last axis the strata.

    What is added and what is taken away are two sums of one sign. Each has the limits of a gamma of its mean and
    variance, the upper with one event more of mean weight (Tiwari's form of Fay and Feuer's); the two are
    joined by MOVER. ``variance`` is that of the events, ``one_more`` by how much an event adds to them.
    """
    tail = (1.0 - confidence) / 2.0
    below, above = np.zeros(weights.shape[:-1]), np.zeros(weights.shape[:-1])
    for sign in (1.0, -1.0):
        low, high = _one_sign(np.maximum(sign * weights, 0.0), events, variance, one_more, tail)
        below, above = below + (low if sign > 0 else high), above + (high if sign > 0 else low)
    return below, above


def _one_sign(
    weights: FloatArray, events: FloatArray, variance: FloatArray, one_more: FloatArray, tail: float
) -> Distances:
    """Squared distances of the gamma limits of a sum whose weights are all 0 or more."""
    value, spread = (weights * events).sum(-1), (weights**2 * variance).sum(-1)
    strata = np.maximum((one_more > 0).sum(-1), 1)
    more = value + (weights * one_more).sum(-1) / strata
    wider = spread + ((weights * one_more) ** 2).sum(-1) / strata
    return (
        (value - _gamma(special.gammaincinv, value, spread, tail)) ** 2,
        (_gamma(special.gammainccinv, more, wider, tail) - value) ** 2,
    )


def _gamma(inverse: np.ufunc, mean: FloatArray, variance: FloatArray, tail: float) -> FloatArray:
    """A tail point of the gamma of this mean and variance; the mean itself where there is no variance."""
    found = np.array(mean)
    some = np.asarray((variance > 0) & (mean > 0))
    m, v = mean[some], variance[some]
    found[some] = inverse(m * m / v, tail) * v / m
    return found
