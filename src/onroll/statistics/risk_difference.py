"""Risk differences: the proportion of one group less that of another, with score, Newcombe or legacy limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics import _mover, _score
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    choice,
    given,
    normal_quantile,
    one_above_zero,
    open_share,
    same_word,
    words,
)
from onroll.statistics._tables import (
    Limits,
    Tables,
    normal_probability,
    score_bound,
    score_probability,
    two_by_two,
)

METHODS = ("miettinen-nurminen", "mee", "newcombe", "wald", "agresti-caffo")


@dataclass(frozen=True, slots=True, eq=False)
class RiskDifference:
    """A risk difference with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The proportion of the group less that of the reference, times ``per``: between ``-per`` and ``per``.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used.
    p_value : float or ndarray
        Two-sided probability of so uneven an outcome were the two proportions equal.
    events, total, reference_events, reference_total : float or ndarray
        What went in.
    per : float
        1 for a difference of proportions, 100 for percentage points.
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
    per: float


def risk_difference(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "miettinen-nurminen",
) -> RiskDifference:
    """Compare two proportions by their difference, with an interval.

    Score limits are the differences that a score test would not set apart from the one seen; Newcombe puts
    each group's Wilson limits together; Wald and Agresti-Caffo are normal intervals, as older reports have.

    Parameters
    ----------
    events, reference_events : array_like
        How many (pupils suspended at least once): whole numbers from 0 to the group's total.
    total, reference_total : array_like
        Out of how many (pupils on roll): whole numbers of 1 or more. No pupil is in both groups.
    per : float, default 1.0
        1 gives a difference of proportions, 100 percentage points; above 0.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"miettinen-nurminen", "mee", "newcombe", "wald", "agresti-caffo"}, default "miettinen-nurminen"
        The score limits with the variance times N / (N - 1), or without (Mee); Newcombe's square-and-add
        (his method 10, MOVER); the normal interval with the variances seen; the same after one event and
        one non-event were added to each group.

    Returns
    -------
    RiskDifference
        Always finite, and within ``-per`` and ``per``. Wald's interval has no width where each group has
        no event or only events; the others do.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, a total is 0, events are above their total, or
        ``confidence``, ``per`` or ``method`` is not allowed.

    Notes
    -----
    Each pupil must be counted once at most, and one must not make another likelier: pupils of one school
    are more alike than that. Swapping the groups changes the signs only. The probability is that of the
    score test for the first three methods (without the factor but for the first), that of the method's own
    error for the other two. Agresti-Caffo's interval lies about their own difference, and can leave out the
    estimate at 0 or all events and a low confidence. docs/coverage.md says how often each method covers.

    References
    ----------
    Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226; Mee (1984), Biometrics 40, 1175-1176;
    Newcombe (1998), Statistics in Medicine 17, 873-890; Agresti and Caffo (2000), American Statistician 54,
    280-288. data/validation/P01_two_by_two_ci: published examples; tests/reference/two_by_two.R: R 4.2.2,
    ``prop.test`` (Wald); the score test inverted by brute force.

    Examples
    --------
    >>> found = risk_difference(5, 56, reference_events=0, reference_total=29)
    >>> found.estimate, found.lower, found.upper
    (0.0892..., -0.0325..., 0.1933...)
    >>> risk_difference(2, 150, reference_events=60, reference_total=9000, per=100).upper
    4.0662...
    """
    tables = two_by_two(events, total, reference_events, reference_total)
    scale = one_above_zero("per", per)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    lower, upper, p_value = _limits(tables, level, used)
    return RiskDifference(
        estimate=given(_difference(tables) * scale),
        lower=given(np.maximum(lower, -1.0) * scale),
        upper=given(np.minimum(upper, 1.0) * scale),
        confidence=level,
        method=words(same_word(used, tables.x.shape)),
        p_value=given(p_value),
        events=given(tables.x),
        total=given(tables.n),
        reference_events=given(tables.x0),
        reference_total=given(tables.n0),
        per=scale,
    )


def _difference(tables: Tables) -> FloatArray:
    """One proportion less the other, as one quotient of whole numbers."""
    return np.asarray((tables.x * tables.n0 - tables.x0 * tables.n) / (tables.n * tables.n0))


def _limits(tables: Tables, confidence: float, method: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Both limits, and the probability that goes with them."""
    if method in ("wald", "agresti-caffo"):
        return _normal_limits(tables, confidence, 0.0 if method == "wald" else 1.0)
    corrected = method == "miettinen-nurminen"
    p_value = score_probability(tables, corrected)
    if method == "newcombe":
        return *_mover.risk_difference_limits(tables, confidence), p_value
    return *_score_limits(tables, score_bound(tables, confidence, corrected)), p_value


def _score_limits(tables: Tables, bound: FloatArray) -> Limits:
    """Lower limits of the tables as they are and swapped; the latter with the sign changed is the upper limit."""
    flat, bounds, shape = tables.flat(), bound.ravel(), bound.shape
    lower, upper = (_score.risk_difference_lower(one, bounds) for one in (flat, flat.swapped()))
    return lower.reshape(shape), -upper.reshape(shape)


def _normal_limits(
    tables: Tables, confidence: float, added: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Normal limits, with something added to all four counts."""
    x, n, x0, n0 = tables.x + added, tables.n + 2.0 * added, tables.x0 + added, tables.n0 + 2.0 * added
    error = np.sqrt(x * (n - x) / n**3 + x0 * (n0 - x0) / n0**3)
    centre, far = _difference(Tables(x, n, x0, n0)), normal_quantile(confidence) * error
    return centre - far, centre + far, normal_probability(centre, error)
