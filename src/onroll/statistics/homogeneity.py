"""Whether the strata agree: Breslow and Day's statistic, with Tarone's correction, beside the common odds ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics import _strata
from onroll.statistics._constrained import odds_held
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    given,
    open_share,
    same_word,
    words,
)
from onroll.statistics._tables import Tables, log_limits

METHOD = "breslow-day, tarone"
ONE_SIDED = "no statistic: the common odds ratio is 0 or has no bound"


@dataclass(frozen=True, slots=True, eq=False)
class Homogeneity:
    """Whether one odds ratio fits all strata. Arrays have the shape of what went in, less strata.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Mantel and Haenszel's odds ratio with its interval.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        How the strata were compared.
    breslow_day, tarone : float or ndarray
        Breslow and Day's statistic, and the same with Tarone's correction.
    df : float or ndarray
        Strata that say something of an odds ratio, less 1.
    p_value : float or ndarray
        Probability of so uneven strata were their odds ratios equal, by Tarone's statistic.
    note : str or ndarray of str
        Why an element has no estimate or no statistic; empty where it has both.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    breslow_day: Figure
    tarone: Figure
    df: Figure
    p_value: Figure
    note: Words


def homogeneity(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    confidence: float = 0.95,
) -> Homogeneity:
    """Ask whether the odds ratios of the strata are alike, beside the odds ratio common to them.

    Each stratum's events are compared with those that the common odds ratio would have led to, given its
    margins; the squared distances over their variances add up to a chi-square.

    Parameters
    ----------
    events, total, reference_events, reference_total : array_like, shape (..., strata)
        As for ``mantel_haenszel``: the last axis is the strata.
    confidence : float, default 0.95
        Coverage of the common odds ratio's interval, strictly between 0 and 1.

    Returns
    -------
    Homogeneity
        With one stratum that says something, statistics and ``df`` are 0 and the probability is 1. Where
        the common odds ratio is 0, ``inf`` or NaN the statistics and the probability are NaN, and the
        ``note`` says why.

    Raises
    ------
    ValueError
        As ``mantel_haenszel``.

    Notes
    -----
    The chi-square wants some five events in each stratum; with many small strata it sees too little. Strata
    without one of the groups, without events or with only events are left out.

    References
    ----------
    Breslow and Day (1980), IARC 32, 142; Tarone (1985), Biometrika 72, 91-95.
    tests/reference/stratified.R: R 4.2.2, metafor; statsmodels.

    Examples
    --------
    >>> found = homogeneity([512, 353, 120], [825, 560, 325], reference_events=[89, 17, 202],
    ...                     reference_total=[108, 25, 593])
    >>> found.breslow_day, found.df, found.p_value
    (16.155..., 2.0, 0.0003...)
    """
    tables = _strata.strata(events, total, reference_events, reference_total)
    level = open_share("confidence", confidence)
    estimate, error = _strata.common_odds_ratio(tables)
    note = _strata.notes(tables, estimate, error)
    _strata.refuse_single(note)
    lower, upper = log_limits(estimate, error, level)
    known = np.isfinite(estimate) & (estimate > 0)
    plain, corrected, df = _statistics(tables, np.where(known, estimate, 1.0))
    p_value = np.where(df > 0, special.chdtrc(np.maximum(df, 1.0), corrected), 1.0)
    shown = (np.where(known, figure, np.nan) for figure in (plain, corrected, p_value))
    breslow_day, tarone, probability = (given(figure) for figure in shown)
    return Homogeneity(
        estimate=given(estimate),
        lower=given(lower),
        upper=given(upper),
        confidence=level,
        method=words(same_word(METHOD, estimate.shape)),
        breslow_day=breslow_day,
        tarone=tarone,
        df=given(df),
        p_value=probability,
        note=words(np.where(known | np.isnan(estimate), note, ONE_SIDED)),
    )


def _statistics(tables: Tables, odds_ratio: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Breslow and Day's statistic, Tarone's, and the degrees of freedom."""
    events, rest = tables.x + tables.x0, tables.f + tables.f0
    says = _strata.compared(tables) & (events > 0) & (rest > 0)
    safe = Tables(*(np.where(says, array, dummy) for array, dummy in _with_dummies(tables)))
    cells = odds_held(safe, odds_ratio[..., None])
    variance = np.where(says, 1.0 / sum(1.0 / cell for cell in cells), 0.0)
    away = np.where(says, safe.x - cells[0], 0.0)
    plain = (away**2 / np.where(says, variance, 1.0)).sum(axis=-1)
    whole = variance.sum(axis=-1)
    correction = away.sum(axis=-1) ** 2 / np.where(whole > 0, whole, 1.0)
    return plain, np.maximum(plain - correction, 0.0), np.maximum(says.sum(axis=-1) - 1.0, 0.0)


def _with_dummies(tables: Tables) -> tuple[tuple[FloatArray, float], ...]:
    """The cells, each with what stands in for it where a stratum says nothing: 1 of 2 against 1 of 2."""
    return (tables.x, 1.0), (tables.n, 2.0), (tables.x0, 1.0), (tables.n0, 2.0)
