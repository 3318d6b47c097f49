"""Odds ratios: the odds of one group over those of another, with conditional, score, MOVER or legacy limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics import _odds_ratio_limits as limits
from onroll.statistics._inputs import Figure, StrArray, Words, choice, given, open_share, reasons, words
from onroll.statistics._tables import (
    NO_ERROR,
    NO_EVENT,
    NO_NON_EVENT,
    Tables,
    refuse_single,
    two_by_two,
    where_known,
)

METHODS = tuple(limits.LIMITS)


@dataclass(frozen=True, slots=True, eq=False)
class OddsRatio:
    """An odds ratio with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The odds of the group over those of the reference; ``inf`` where it has no bound above.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used, element by element.
    p_value : float or ndarray
        Two-sided probability of so uneven an outcome were the two odds equal.
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


def odds_ratio(
    events: ArrayLike,
    total: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_total: ArrayLike,
    confidence: float = 0.95,
    method: str = "mid-p",
) -> OddsRatio:
    """Compare the odds of two groups by their ratio, with an interval.

    Given both margins the group's events have one parameter, the odds ratio: exact and mid-p limits are
    those of that distribution. Score limits invert a score test; MOVER puts Wilson limits together; Woolf
    and Gart spread the log ratio, as older reports do.

    Parameters
    ----------
    events, reference_events : array_like
        How many (pupils suspended at least once): whole numbers from 0 to the group's total.
    total, reference_total : array_like
        Out of how many (pupils on roll): whole numbers of 1 or more. No pupil is in both groups.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : str, default "mid-p"
        ``"exact"``: Fisher's and Cornfield's conditional limits; ``"mid-p"``: the same with half the chance
        of what was seen left out; ``"miettinen-nurminen"``: score limits with the variance times
        N / (N - 1); ``"score"``: without; ``"score-corrected"``: without, and with Cornfield's correction
        for continuity; ``"mover"``; ``"woolf"``; ``"gart"``: Woolf's after half was added to all four counts.

    Returns
    -------
    OddsRatio
        ``estimate`` is that of conditional likelihood for exact and mid-p, the cross-product ratio otherwise.
        It and ``lower`` are 0 where the group has no event or all of the reference are events, it and
        ``upper`` are ``inf`` the other way round; the other limit is finite. Woolf then has no limits: 0
        and ``inf``, and the ``note`` says so. Where all of one group are events MOVER compares the odds
        against, and where none of the other are too, takes the ratio of Wilson limits: ``method`` says which.
        Where no pupil or every pupil of both groups is an event and arrays were given, estimate and
        probability are NaN, the limits 0 and ``inf``, and the ``note`` says that no ratio can be computed.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, a total is 0, events are above their total,
        ``confidence`` or ``method`` is not allowed, or single numbers were given that have no odds ratio.

    Notes
    -----
    An odds ratio is not a relative risk, and is further from 1 unless the events are rare. Each pupil must
    be counted once at most, and one must not make another likelier. Swapping the groups turns each interval
    into its inverse. Exact limits cover at least as often as asked; docs/coverage.md says how often each
    method covers. The probability is Fisher's (as R has it) for exact, twice the smaller tail for mid-p, that
    of the score test for score and MOVER, that of the log ratio's error for Woolf and Gart (whose interval
    lies about his own ratio, and can leave out the estimate at a low confidence). Work of exact and mid-p
    grows with the spread of the table (at most half the root of its smallest cell), and tables that are alike
    are worked out once: a million tables of schools take some seconds, as do a thousand of ten million pupils
    each.

    References
    ----------
    Fisher (1935), JRSS 98, 39-82; Cornfield (1956), 3rd Berkeley Symposium 4, 135-148; Miettinen and
    Nurminen (1985), Statistics in Medicine 4, 213-226; Fagerland and Newcombe (2013), Statistics in Medicine
    32, 2823-2836; Woolf (1955), Annals of Human Genetics 19, 251-253; Gart (1966), Biometrics 22, 900-905.
    data/validation/P01_two_by_two_ci: published examples; tests/reference/two_by_two.R: R 4.2.2,
    ``fisher.test``, epitools (mid-p, Woolf); scipy's noncentral hypergeometric in the tests.

    Examples
    --------
    >>> found = odds_ratio(7, 34, reference_events=1, reference_total=34, method="exact")
    >>> found.estimate, found.lower, found.upper, found.p_value
    (8.329..., 0.9732..., 396.9..., 0.0544...)
    >>> odds_ratio([3, 0], 400, reference_events=[0, 2], reference_total=20).upper
    array([       inf, 0.168...])
    """
    tables = two_by_two(events, total, reference_events, reference_total)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    note = _note(tables, used)
    refuse_single(note, tables)
    found = limits.LIMITS[used](tables.flat(), level)
    estimate, lower, upper, p_value = (array.reshape(tables.x.shape) for array in found.figures)
    return OddsRatio(
        estimate=given(estimate),
        lower=given(lower),
        upper=given(upper),
        confidence=level,
        method=words(found.method.reshape(tables.x.shape)),
        p_value=given(where_known(p_value, estimate)),
        events=given(tables.x),
        total=given(tables.n),
        reference_events=given(tables.x0),
        reference_total=given(tables.n0),
        note=words(note),
    )


def _note(tables: Tables, method: str) -> StrArray:
    """Why there is no ratio, or no limits."""
    none, every = (tables.x == 0) & (tables.x0 == 0), (tables.f == 0) & (tables.f0 == 0)
    cells = (tables.x, tables.f, tables.x0, tables.f0)
    no_error = np.any([cell == 0 for cell in cells], axis=0) & (method == "woolf")
    return reasons(none.shape, (none, NO_EVENT), (every, NO_NON_EVENT), (no_error, NO_ERROR))
