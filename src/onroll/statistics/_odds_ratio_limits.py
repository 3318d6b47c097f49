"""Estimate, limits and probability of an odds ratio, by each of the methods of ``odds_ratio``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from onroll.statistics import _conditional, _hypergeometric, _mover, _score
from onroll.statistics._distinct import distinct
from onroll.statistics._inputs import FloatArray, StrArray, normal_quantile
from onroll.statistics._tables import (
    Tables,
    cross_product_ratio,
    inverse,
    log_limits,
    normal_probability,
    score_bound,
    score_probability,
)

SLICE = 2**15
"""Tables worked on at once: few enough for what is known of each to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Estimate, lower, upper and probability of each table, and what was used."""

    figures: tuple[FloatArray, FloatArray, FloatArray, FloatArray]
    method: StrArray


def _conditional_limits(tables: Tables, confidence: float, method: str) -> Found:
    """By the conditional distribution: each distinct table once, a slice of them at a time."""
    (x, n, x0, n0), which = distinct(tables.x, tables.n, tables.x0, tables.n0)
    figures = np.empty((4, x.size))
    for start in range(0, x.size, SLICE):
        part = slice(start, start + SLICE)
        figures[:, part] = _conditional_figures(
            Tables(x[part], n[part], x0[part], n0[part]), confidence, method
        )
    estimate, lower, upper, p_value = figures[:, which]
    return Found((estimate, lower, upper, p_value), np.full(tables.x.shape, method))


def _conditional_figures(tables: Tables, confidence: float, method: str) -> tuple[FloatArray, ...]:
    """Estimate, limits and probability of one slice."""
    own, tail, bound = (
        1.0 if method == "exact" else 0.5,
        (1.0 - confidence) / 2.0,
        normal_quantile(confidence) ** 2,
    )
    p_value = _hypergeometric.fisher(tables) if method == "exact" else _hypergeometric.two_sided_midp(tables)
    return *_conditional.conditional(tables, tail, own, bound), p_value


def _score_limits(tables: Tables, confidence: float, method: str) -> Found:
    corrected = method == "miettinen-nurminen"
    bound, correction = (
        score_bound(tables, confidence, corrected),
        0.5 if method == "score-corrected" else 0.0,
    )
    lower, upper = (_score.odds_ratio_lower(one, bound, correction) for one in (tables, tables.swapped()))
    figures = (cross_product_ratio(tables), lower, inverse(upper), score_probability(tables, corrected))
    return Found(figures, np.full(tables.x.shape, method))


def _mover_limits(tables: Tables, confidence: float) -> Found:
    lower, upper, method = _mover.odds_ratio_limits(tables, confidence)
    return Found((cross_product_ratio(tables), lower, upper, score_probability(tables, False)), method)


def _log_limits(tables: Tables, confidence: float, method: str) -> Found:
    """Limits about the log ratio, with something added to all four counts; never short of the estimate."""
    added = 0.5 if method == "gart" else 0.0
    cells = [cell + added for cell in (tables.x, tables.f, tables.x0, tables.f0)]
    known = np.all([cell > 0 for cell in cells], axis=0)
    x, f, x0, f0 = (np.where(known, cell, 1.0) for cell in cells)
    error = np.where(known, np.sqrt(1.0 / x + 1.0 / f + 1.0 / x0 + 1.0 / f0), np.inf)
    ratio, estimate = x * f0 / (f * x0), cross_product_ratio(tables)
    lower, upper = log_limits(ratio, error, confidence)
    nowhere = np.isnan(estimate)
    lower = np.where((estimate == 0) | nowhere, 0.0, lower)
    upper = np.where(np.isinf(estimate) | nowhere, np.inf, upper)
    figures = (estimate, lower, upper, normal_probability(np.log(ratio), error))
    return Found(figures, np.full(tables.x.shape, method))


LIMITS: Mapping[str, Callable[[Tables, float], Found]] = {
    "exact": partial(_conditional_limits, method="exact"),
    "mid-p": partial(_conditional_limits, method="mid-p"),
    "miettinen-nurminen": partial(_score_limits, method="miettinen-nurminen"),
    "score": partial(_score_limits, method="score"),
    "score-corrected": partial(_score_limits, method="score-corrected"),
    "mover": _mover_limits,
    "woolf": partial(_log_limits, method="woolf"),
    "gart": partial(_log_limits, method="gart"),
}
