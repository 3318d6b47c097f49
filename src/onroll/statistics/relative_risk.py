"""Relative risks: the proportion of one group over that of another, with score, MOVER or legacy limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics import _mover, _score
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    choice,
    given,
    open_share,
    reasons,
    same_word,
    words,
)
from onroll.statistics._tables import (
    NO_ERROR,
    NO_EVENT,
    Limits,
    Tables,
    inverse,
    log_limits,
    normal_probability,
    over,
    refuse_single,
    risk_ratio,
    score_bound,
    score_probability,
    two_by_two,
    where_known,
)

METHODS = ("miettinen-nurminen", "koopman", "mover", "katz", "walter")
LOG_METHODS = ("katz", "walter")


@dataclass(frozen=True, slots=True, eq=False)
class RelativeRisk:
    """A relative risk with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The proportion of the group over that of the reference; ``inf`` where it has no bound above.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used.
    p_value : float or ndarray
        Two-sided probability of so uneven an outcome were the two proportions equal.
    events, total, reference_events, reference_total : float or ndarray
        What went in.
    note : str or ndarray of str
        Why an element has no estimate, or no limits; empty where it has both.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    p_value: Figure
    events: Figure
    total: Figure
    reference_events: Figure
    reference_total: Figure
    note: Words


def relative_risk(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    confidence: float = 0.95,
    method: str = "miettinen-nurminen",
) -> RelativeRisk:
    """Compare two proportions by their ratio, with an interval.

    Score limits are the ratios that a score test would not set apart from the one seen; MOVER puts each
    group's Wilson limits together; Katz and Walter spread the log ratio, as older reports do.

    Parameters
    ----------
    events, reference_events : array_like
        How many (pupils suspended at least once): whole numbers from 0 to the group's total.
    total, reference_total : array_like
        Out of how many (pupils on roll): whole numbers of 1 or more. No pupil is in both groups.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"miettinen-nurminen", "koopman", "mover", "katz", "walter"}, default "miettinen-nurminen"
        The score limits with the variance times N / (N - 1), or without; MOVER; the log ratio with its
        large-sample error (Katz); the same with half an event added to all four counts (Walter).

    Returns
    -------
    RelativeRisk
        ``estimate`` and ``lower`` are 0 where the group has no event, ``estimate`` and ``upper`` are ``inf``
        where the reference has none; the other limit is finite. Katz then has no limits, nor has Walter
        where all of both are events: they are 0 and ``inf``, and the ``note`` says so. Where neither group
        has an event and arrays were given, estimate and probability are NaN, the limits 0 and ``inf``,
        and the ``note`` says that no ratio can be computed.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, a total is 0, events are above their total,
        ``confidence`` or ``method`` is not allowed, or single numbers were given and none is an event.

    Notes
    -----
    Each pupil must be counted once at most, and one must not make another likelier: pupils of one school
    are more alike than that. Swapping the groups turns each interval into its inverse. The probability is
    that of the score test for the first three methods (without the factor but for the first), of the log
    ratio's error for the other two. docs/coverage.md says how often each method covers when counts are few.

    References
    ----------
    Koopman (1984), Biometrics 40, 513-517; Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226;
    Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359; Katz et al. (1978), Biometrics
    34, 469-474; Walter (1975), Biometrika 62, 371-374. data/validation/P01_two_by_two_ci: published examples;
    tests/reference/two_by_two.R: R 4.2.2, epitools (Katz); the score test inverted by brute force.

    Examples
    --------
    >>> few = relative_risk(0, 20, reference_events=3, reference_total=400)
    >>> few.estimate, few.lower, few.upper
    (0.0, 0.0, 23.671...)
    >>> relative_risk([7, 0], 34, reference_events=[1, 0], reference_total=34).lower
    array([1.208..., 0.        ])
    """
    tables = two_by_two(events, total, reference_events, reference_total)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    note = _note(tables, used)
    refuse_single(note, tables)
    estimate, (lower, upper, p_value) = risk_ratio(tables), _limits(tables, level, used)
    return RelativeRisk(
        estimate=given(estimate),
        lower=given(lower),
        upper=given(upper),
        confidence=level,
        method=words(same_word(used, tables.x.shape)),
        p_value=given(where_known(p_value, estimate)),
        events=given(tables.x),
        total=given(tables.n),
        reference_events=given(tables.x0),
        reference_total=given(tables.n0),
        note=words(note),
    )


def _note(tables: Tables, method: str) -> StrArray:
    """Why there is no ratio, or no limits."""
    none, all_events = (tables.x == 0) & (tables.x0 == 0), (tables.f == 0) & (tables.f0 == 0)
    no_error = all_events & (method in LOG_METHODS)
    if method == "katz":
        no_error = no_error | (tables.x == 0) | (tables.x0 == 0)
    return reasons(none.shape, (none, NO_EVENT), (no_error, NO_ERROR))


def _limits(tables: Tables, confidence: float, method: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Both limits, and the probability that goes with them."""
    if method in LOG_METHODS:
        return _log_limits(tables, confidence, 0.0 if method == "katz" else 0.5)
    corrected = method == "miettinen-nurminen"
    p_value = score_probability(tables, corrected)
    if method == "mover":
        return *_mover.relative_risk_limits(tables, confidence), p_value
    return *_score_limits(tables, score_bound(tables, confidence, corrected)), p_value


def _score_limits(tables: Tables, bound: FloatArray) -> Limits:
    """Lower limits of the tables as they are and swapped; the inverse of the latter is the upper limit."""
    flat, bounds, shape = tables.flat(), bound.ravel(), bound.shape
    lower, upper = (_score.relative_risk_lower(one, bounds) for one in (flat, flat.swapped()))
    return lower.reshape(shape), inverse(upper).reshape(shape)


def _log_limits(tables: Tables, confidence: float, added: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Limits about the log ratio, with something added to all four counts; never short of the estimate."""
    x, n, x0, n0 = (array + added for array in (tables.x, tables.n, tables.x0, tables.n0))
    # 1 / x - 1 / n, from the count without the event, so that nothing cancels
    error = np.sqrt(over(tables.f, x * n) + over(tables.f0, x0 * n0))
    error = np.where((x > 0) & (x0 > 0) & (error > 0), error, np.inf)
    ratio = risk_ratio(Tables(x, n, x0, n0))
    lower, upper = log_limits(ratio, error, confidence)
    p_value = normal_probability(np.log(np.where(np.isfinite(error), ratio, 1.0)), error)
    return np.where(tables.x == 0, 0.0, lower), np.where(tables.x0 == 0, np.inf, upper), p_value
