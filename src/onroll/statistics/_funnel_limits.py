"""Funnel limits about a target, without overdispersion: what a unit of this size shows by chance alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy import special

from onroll.statistics import rates
from onroll.statistics._count_tails import (
    Limits,
    about,
    binomial_above,
    binomial_below,
    poisson_above,
    poisson_below,
    usual_counts,
)
from onroll.statistics._inputs import FloatArray, normal_quantile

CountLimits = Callable[[FloatArray, FloatArray, float], Limits]


def binomial_counts(target: FloatArray, total: FloatArray, confidence: float) -> Limits:
    """Outermost counts that are still usual under a binomial, each tail at most half of what is left."""
    tail, mean = (1.0 - confidence) / 2.0, total * target
    where = about(mean, mean * (1.0 - target), tail)
    return usual_counts(binomial_below, binomial_above, tail, where, total, target)


def score_counts(target: FloatArray, total: FloatArray, confidence: float) -> Limits:
    """Counts that the score test of the target would not set apart, as PHE draws them; from 0 to the total."""
    mean = target * total
    half = normal_quantile(confidence) * np.sqrt(mean * (1.0 - target))
    return np.maximum(mean - half, 0.0), np.minimum(mean + half, total)


def poisson_counts(expected: FloatArray, confidence: float) -> Limits:
    """Outermost counts that are still usual under Poisson, each tail at most half of what is left."""
    tail = (1.0 - confidence) / 2.0
    return usual_counts(poisson_below, poisson_above, tail, about(expected, expected, tail), expected)


def chi_square_counts(expected: FloatArray, confidence: float) -> Limits:
    """Exact limits of a count as large as is expected: what PHE and the SHMI draw."""
    tail = (1.0 - confidence) / 2.0
    some = expected > 0
    lower = special.gammaincinv(np.where(some, expected, 1.0), tail)
    return np.where(some, lower, 0.0), np.asarray(special.gammainccinv(expected + 1.0, tail))


def byar_counts(expected: FloatArray, confidence: float) -> Limits:
    """Byar's limits of a count as large as is expected."""
    lower, upper = rates._byar_limits(expected, confidence)
    return np.asarray(lower), np.asarray(upper)


OF_PROPORTIONS: Mapping[str, CountLimits] = MappingProxyType(
    {"exact": binomial_counts, "score": score_counts}
)
OF_COUNTS: Mapping[str, Callable[[FloatArray, float], Limits]] = MappingProxyType(
    {"exact": poisson_counts, "chi-square": chi_square_counts, "byar": byar_counts}
)
