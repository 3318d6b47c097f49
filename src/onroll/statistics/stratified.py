"""Two groups compared within strata: Mantel and Haenszel's common measures, and stratified score limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics import _strata
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    choice,
    flag,
    given,
    normal_quantile,
    open_share,
    same_word,
    words,
)
from onroll.statistics._stratified_score import analyses
from onroll.statistics._tables import Limits, Tables, log_limits, where_known

MEASURES = ("odds_ratio", "relative_risk", "risk_difference")
VARIANCES = {
    "odds_ratio": ("robins-breslow-greenland",),
    "relative_risk": ("greenland-robins",),
    "risk_difference": ("sato", "greenland-robins"),
}
"""The variance formulas of each measure, the first by default."""
SCORED = ("risk_difference", "relative_risk")
WEIGHTS = ("miettinen-nurminen", "mantel-haenszel")


@dataclass(frozen=True, slots=True, eq=False)
class Stratified:
    """A measure common to all strata, with its interval. Arrays have the shape of what went in, less strata.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The common odds ratio, relative risk or risk difference.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        How it was done.
    measure : str
        ``"odds_ratio"``, ``"relative_risk"`` or ``"risk_difference"``.
    chi_square, p_value : float or ndarray
        Test of no difference in any stratum, one degree of freedom: Cochran's, Mantel and Haenszel's, or the
        square of the stratified score.
    strata : float or ndarray
        How many strata held both groups.
    note : str or ndarray of str
        Why an element has no estimate, or no limits; empty where it has both.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    measure: str
    chi_square: Figure
    p_value: Figure
    strata: Figure
    note: Words


def mantel_haenszel(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    measure: str = "odds_ratio",
    confidence: float = 0.95,
    variance: str | None = None,
    continuity: bool = False,
) -> Stratified:
    """Compare two groups within strata by one common odds ratio, relative risk or risk difference.

    Each stratum is weighted as Mantel and Haenszel have it, so small ones may be many. Limits are normal,
    for ratios on the log, with a variance that holds for many small strata too.

    Parameters
    ----------
    events, total, reference_events, reference_total : array_like, shape (..., strata)
        As for two groups without strata; the last axis is the strata (schools, years). A stratum may lack
        one of the groups, or be empty: it then says nothing. Axes before it are analyses of their own.
    measure : {"odds_ratio", "relative_risk", "risk_difference"}, default "odds_ratio"
        What is common to the strata.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    variance : str, optional
        ``"robins-breslow-greenland"`` for odds ratios; ``"greenland-robins"`` for relative risks;
        ``"sato"`` (the default) or ``"greenland-robins"``, which wants few large strata, for differences.
    continuity : bool, default False
        Take half an event off the difference that the test looks at (Yates) where it is half an event or more, as R
        does by default.

    Returns
    -------
    Stratified
        A ratio is 0 or ``inf`` where all its events are on one side; it then has no limits: 0 and ``inf``,
        and a ``note``. Nor has a difference, -1 and 1, where every stratum has only events or none. Where
        several analyses were given and one can have no estimate, that is NaN and the ``note`` says why.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, events are above their total, single numbers were
        given, a choice is not allowed, or the one analysis given can have no estimate.

    Notes
    -----
    The measure must be the same in all strata (``homogeneity`` asks whether the odds ratio is); otherwise it
    is a weighted mean that describes none of them. Within a stratum pupils must be independent.

    References
    ----------
    Mantel and Haenszel (1959), JNCI 22, 719-748; Robins, Breslow and Greenland (1986), Biometrics 42,
    311-323; Greenland and Robins (1985), Biometrics 41, 55-68; Sato (1989), Biometrics 45, 1323-1324.
    data/validation/P11_mantel_haenszel_ucb: R; tests/reference/stratified.R: R 4.2.2,
    ``mantelhaen.test``, metafor.

    Examples
    --------
    >>> men, women = [512, 353, 120], [89, 17, 202]
    >>> found = mantel_haenszel(men, [825, 560, 325], reference_events=women, reference_total=[108, 25, 593])
    >>> found.estimate, found.lower, found.upper
    (0.8195..., 0.6505..., 1.0323...)
    """
    tables = _strata.strata(events, total, reference_events, reference_total)
    level, common = open_share("confidence", confidence), choice("measure", measure, MEASURES)
    used = choice("variance", VARIANCES[common][0] if variance is None else variance, VARIANCES[common])
    estimate, error = _common(tables, common, used)
    note = _strata.notes(tables, estimate, error)
    _strata.refuse_single(note)
    ratio = common != "risk_difference"
    limits = log_limits(estimate, error, level) if ratio else _normal_limits(estimate, error, level)
    tested = _strata.cochran_mantel_haenszel(tables, flag("continuity", continuity))
    return _result(tables, (estimate, *limits), level, f"mantel-haenszel, {used}", common, tested, note)


def stratified_score(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    measure: str = "risk_difference",
    confidence: float = 0.95,
    weights: str = "miettinen-nurminen",
) -> Stratified:
    """Compare two groups within strata by one common risk difference or relative risk, with score limits.

    The limits are the values that Miettinen and Nurminen's score, added up over strata, would not set
    apart from what was seen; the estimate is where that score is 0.

    Parameters
    ----------
    events, total, reference_events, reference_total : array_like, shape (..., strata)
        As for ``mantel_haenszel``.
    measure : {"risk_difference", "relative_risk"}, default "risk_difference"
        What is common to the strata.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    weights : {"miettinen-nurminen", "mantel-haenszel"}, default "miettinen-nurminen"
        Inverse to the variance at the common proportions, found by turns; or ``n n0 / (n + n0)``, with
        which the test is Cochran's, Mantel and Haenszel's.

    Returns
    -------
    Stratified
        With one stratum, the limits of ``risk_difference`` or ``relative_risk``. A relative risk is 0 with
        ``lower`` 0, or ``inf`` with ``upper`` ``inf``, where all events are on one side; where there are
        none it cannot be computed: see ``mantel_haenszel``.

    Raises
    ------
    ValueError
        As ``mantel_haenszel``.

    Notes
    -----
    As for ``mantel_haenszel``, but rare events and few strata are no trouble.

    References
    ----------
    Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226. The outside check is a second
    computation in the tests, by numerical maximisation; with Mantel-Haenszel weights, R's ``mantelhaen.test``.

    Examples
    --------
    >>> found = stratified_score([21, 11, 8], [464, 165, 69], reference_events=[26, 25, 11],
    ...                          reference_total=[453, 174, 70], measure="relative_risk")
    >>> found.estimate, found.lower, found.upper
    (0.6518..., 0.4457..., 0.9515...)
    """
    tables = _strata.strata(events, total, reference_events, reference_total)
    level, common = open_share("confidence", confidence), choice("measure", measure, SCORED)
    used = choice("weights", weights, WEIGHTS)
    found = analyses(tables, common, used, level)
    note = _strata.notes(tables, found.estimate, np.zeros_like(found.estimate))
    _strata.refuse_single(note)
    tested = found.squared, np.asarray(special.chdtrc(1.0, found.squared))
    figures = (found.estimate, found.lower, found.upper)
    return _result(tables, figures, level, f"stratified score, {used} weights", common, tested, note)


def _common(tables: Tables, measure: str, variance: str) -> _strata.Common:
    if measure == "odds_ratio":
        return _strata.common_odds_ratio(tables)
    if measure == "relative_risk":
        return _strata.common_relative_risk(tables)
    return _strata.common_risk_difference(tables, sato=variance == "sato")


def _normal_limits(estimate: FloatArray, error: FloatArray, confidence: float) -> Limits:
    """Limits of a difference, within -1 and 1."""
    known = np.isfinite(error)
    far = normal_quantile(confidence) * np.where(known, error, 0.0)
    lower, upper = np.maximum(estimate - far, -1.0), np.minimum(estimate + far, 1.0)
    return np.where(known, lower, -1.0), np.where(known, upper, 1.0)


def _result(
    tables: Tables,
    figures: tuple[FloatArray, FloatArray, FloatArray],
    confidence: float,
    method: str,
    measure: str,
    tested: tuple[FloatArray, FloatArray],
    note: StrArray,
) -> Stratified:
    estimate, lower, upper = figures
    return Stratified(
        estimate=given(estimate),
        lower=given(lower),
        upper=given(upper),
        confidence=confidence,
        method=words(same_word(method, estimate.shape)),
        measure=measure,
        chi_square=given(where_known(tested[0], estimate)),
        p_value=given(where_known(tested[1], estimate)),
        strata=given(_strata.compared(tables).sum(axis=-1).astype(np.float64)),
        note=words(note),
    )
