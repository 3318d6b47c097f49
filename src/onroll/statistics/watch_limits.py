"""Limits of counts that are watched, all points of all charts within one budget of false alarms."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from onroll.statistics._alarm_counts import (
    Watched,
    checked_budget,
    common_tail,
    expected_alarms,
    refuse_none,
    watched_counts,
)
from onroll.statistics._inputs import FloatArray, above_zero, counts, refuse, together

MOST_TIMES = 1e9
"""A baseline is no less than this part of what is watched."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchLimits:
    """Limits of counts for every point watched.

    Attributes
    ----------
    estimate : ndarray
        The count expected at each point.
    lower, upper : ndarray
        The outermost counts that are no alarm.
    confidence : float
        Of each point's limits, at least.
    method : str
        ``"known level"`` or ``"level from a baseline"``, and what the budget is of.
    alarms : float
        Expected number of false alarms in the family: exact for a known level, a bound else.
    any_alarm : float
        Chance of one or more: exact for a known level and independent points, a bound else.
    budget : float
        What was asked.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    alarms: float
    any_alarm: float
    budget: float


def count_limits(
    expected: ArrayLike, *, total: ArrayLike | None = None, budget: float = 1.0, measure: str = "expected"
) -> WatchLimits:
    """Give exact limits of counts whose level is known, all points together within one budget.

    One tail probability serves all; it is the largest for which the false alarms of all points, added up
    exactly, keep within the budget. What small counts cannot use, larger ones get.

    Parameters
    ----------
    expected : array_like, any shape
        Events expected at each point of each chart, above 0.
    total : array_like, optional
        Out of how many, where events are pupils counted once: binomial tails, Poisson's if left out.
    budget, measure
        As for ``false_alarms.alarm_budget``.

    Returns
    -------
    WatchLimits
        ``lower`` is 0 where no fall can be an alarm.

    Raises
    ------
    ValueError
        If an expected count is not above 0, not below its total, or the budget is out of its bounds.

    Notes
    -----
    The level must be known, or rest on very many events; else take ``watch_limits``.

    References
    ----------
    Exact tails; checked by adding up all outcomes, and by simulation.

    Examples
    --------
    >>> watched = count_limits([0.5, 4.0, 30.0], budget=0.05)
    >>> watched.lower, watched.upper
    (array([ 0.,  0., 19.]), array([ 2.,  9., 43.]))
    """
    mean = above_zero("expected", expected)
    n = None if total is None else above_zero("total", counts("total", total))
    if n is not None:
        mean, n = together({"expected": mean, "total": n})
        refuse("expected", mean, mean >= n, "give less than the total, or leave total out")
    refuse_none("expected", mean)
    asked, used = checked_budget(budget, measure), measure
    watched = Watched(mean, n)
    tail = common_tail(watched, asked, used)
    lower, upper = watched_counts(watched, tail)
    alarms, any_alarm = expected_alarms(watched, lower, upper)
    return WatchLimits(mean, lower, upper, 1.0 - 2.0 * tail, f"known level, {used}", alarms, any_alarm, asked)


def watch_limits(
    baseline_events: ArrayLike,
    baseline_exposure: ArrayLike,
    exposure: ArrayLike,
    *,
    budget: float = 1.0,
    measure: str = "expected",
) -> WatchLimits:
    """Give limits of counts to come, where the level rests on a baseline of few events, within one budget.

    Given the sum of baseline and new count, the new count is binomial whatever the level is: limits are the
    outermost counts whose exact tail is more than a point's share, so the budget holds at any level.

    Parameters
    ----------
    baseline_events : array_like
        Events of each chart's baseline: whole numbers of 0 or more; broadcast against ``exposure``.
    baseline_exposure : array_like
        What could have produced them, above 0.
    exposure : array_like
        The same for each point to be watched, above 0. A chart's baseline has its own last axis of 1.
    budget, measure
        As for ``false_alarms.alarm_budget``.

    Returns
    -------
    WatchLimits
        ``alarms`` and ``any_alarm`` are bounds; counts being whole, there will be fewer.

    Raises
    ------
    ValueError
        If a count or exposure is out of its bounds.

    Notes
    -----
    Events must be Poisson. Points of one chart share a baseline and are wrong together; the expected number
    of alarms holds all the same, and so does the bound of the chance of any.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31, 313-323. A simulation at several levels is a test.

    Examples
    --------
    >>> limits = watch_limits([[3], [40]], 24, [1, 1, 1], budget=0.05)
    >>> limits.upper[:, 0]
    array([2., 6.])
    """
    shapes = {
        "baseline_events": counts("baseline_events", baseline_events),
        "baseline_exposure": above_zero("baseline_exposure", baseline_exposure),
        "exposure": above_zero("exposure", exposure),
    }
    before, there, here = together(shapes)
    refuse_none("baseline_events", before)
    refuse(
        "exposure", here, here > MOST_TIMES * there, "so many times the baseline's: give a longer baseline"
    )
    asked, used = checked_budget(budget, measure), measure
    share = min(asked / before.size, 0.5)
    lower, upper = watched_counts(
        Watched(here / there * before, None, before, here / (here + there)), share / 2.0
    )
    return WatchLimits(
        estimate=before / there * here,
        lower=lower,
        upper=upper,
        confidence=1.0 - share,
        method=f"level from a baseline, {used}",
        alarms=share * before.size,
        any_alarm=min(share * before.size, 1.0),
        budget=asked,
    )
