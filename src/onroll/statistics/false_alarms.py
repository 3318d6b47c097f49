"""One budget of false alarms for all schools, groups and months watched: limits that keep within it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics import _run_chances as chance_of
from onroll.statistics._alarm_counts import MEASURES, checked_budget
from onroll.statistics._inputs import choice, open_share, several, whole

RULES = ("beyond", "shift", "trend")
MOST_POINTS = 2000
"""Runs are followed point by point: longer series would take minutes."""
OF_MOVING_RANGE = 0.62
"""Degrees of freedom of a mean moving range, for each of its ranges."""


@dataclass(frozen=True, slots=True)
class AlarmBudget:
    """Limits and run lengths for a whole family of charts.

    Attributes
    ----------
    estimate : float
        Chance of one or more false alarms in the family with what was chosen, were the rules unrelated.
    lower, upper : float
        What that chance cannot be below or above however the rules of a chart hang together.
    confidence : float
        The confidence to give each chart: of each point's limits.
    method : str
        ``"expected"`` or ``"any"``: what the budget is of.
    budget : float
        What was asked.
    alarms : float
        Expected number of false alarms; an alarm is a chart that a rule marks.
    charts, points : int
        The family.
    z : float
        The limits in standard errors.
    shift, trend : int
        Run lengths for ``run_rules``; 0 where the rule was not asked.
    chance : tuple of float
        The chance of each rule in one chart, in the order asked.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    budget: float
    alarms: float
    charts: int
    points: int
    z: float
    shift: int
    trend: int
    chance: tuple[float, ...]


def alarm_budget(
    charts: int,
    points: int,
    *,
    budget: float = 1.0,
    measure: str = "expected",
    rules: Sequence[str] = RULES,
) -> AlarmBudget:
    """Choose limits and run lengths so that all charts together keep within one budget of false alarms.

    Each rule in each chart gets the same share. Limits follow from the share of a point, run lengths are
    the shortest whose exact chance is no more than the share of a chart.

    Parameters
    ----------
    charts, points : int
        How many charts (schools times groups), each of how many points: 1 or more, 2,000 points at most.
    budget : float, default 1.0
        False alarms expected in all charts over all points, above 0; or the chance of one or more, below 1.
    measure : {"expected", "any"}, default "expected"
        Which of the two.
    rules : sequence of {"beyond", "shift", "trend"}
        Those that will be used.

    Returns
    -------
    AlarmBudget
        Run lengths that a series of so few points cannot reach mean that the rule never marks.

    Raises
    ------
    ValueError
        If a number is out of its bounds or a rule not known.

    Notes
    -----
    For points that are independent and normal about a known level. Charts must be independent of one another
    for ``any`` to be exact, not for the bound to hold. Groups of one school share pupils and months: the
    expected number holds all the same. Where counts are small take ``watch_limits.count_limits`` or
    ``watch_limits.watch_limits``.

    References
    ----------
    Bonferroni's bound; runs as in ``run_rules``. A simulation of sixty schools and twelve groups is a test.

    Examples
    --------
    >>> family = alarm_budget(60 * 12, 36, budget=1.0)
    >>> family.z, family.shift, family.trend
    (4.3624..., 16, 9)
    """
    charts, points = whole("charts", charts, 1), whole("points", points, 1, MOST_POINTS)
    asked, used = checked_budget(budget, measure), choice("measure", measure, MEASURES)
    named = several("rules", rules, RULES)
    share = asked / charts if used == "expected" else -float(np.expm1(np.log1p(-asked) / charts))
    each = min(share / len(named), 0.5)
    confidence = 1.0 - each / points
    shift = _shortest(chance_of.one_side, points, each, 2) if "shift" in named else 0
    trend = _shortest(chance_of.one_way, points, each, 3) if "trend" in named else 0
    chances = {
        "beyond": chance_of.beyond(points, confidence),
        "shift": chance_of.one_side(points, shift) if shift else 0.0,
        "trend": chance_of.one_way(points, trend) if trend else 0.0,
    }
    found = tuple(chances[rule] for rule in named)
    return AlarmBudget(
        estimate=_of_any(1.0 - math.prod(1.0 - each_rule for each_rule in found), charts),
        lower=_of_any(max(found), charts),
        upper=_of_any(min(sum(found), 1.0), charts),
        confidence=confidence,
        method=used,
        budget=asked,
        alarms=charts * sum(found),
        charts=charts,
        points=points,
        z=-float(special.ndtri(each / points / 2.0)),
        shift=shift,
        trend=trend,
        chance=found,
    )


def for_short_baseline(confidence: float, points: int) -> float:
    """Give the confidence to ask a chart for, so that limits on a baseline of few points keep what is wanted.

    Level and moving range of few points are uncertain themselves: a point to come, set against them, follows a
    t distribution with fewer degrees of freedom than points. Its limits are told as those of a normal.

    Parameters
    ----------
    confidence : float
        Share of a steady series' points that are to stay within the limits, strictly between 0 and 1.
    points : int
        Points of the baseline, three or more.

    Returns
    -------
    float
        Larger than ``confidence``, and nearer to it the more points there are; below 1 by at least what a float can tell.

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1, or there are fewer than three points.

    Notes
    -----
    For points that are independent and about normal; the mean moving range is taken as a chi of 0.62 degrees of freedom
    for each range. The points to come share one baseline: of charts that are wrong, one is wrong often.

    References
    ----------
    Roes, Does and Schurink (1993), Journal of Quality Technology 25, 188-198. A simulation is a test.

    Examples
    --------
    >>> round(for_short_baseline(0.95, 9), 4), round(for_short_baseline(0.95, 100), 4)
    (0.9902, 0.9546)
    """
    level = open_share("confidence", confidence)
    points = whole("points", points, 3)
    free = OF_MOVING_RANGE * (points - 1.0)
    drawn = np.sqrt(2.0 / free) * np.exp(special.gammaln((free + 1.0) / 2.0) - special.gammaln(free / 2.0))
    z = special.stdtrit(free, (1.0 + level) / 2.0) * drawn * np.sqrt(1.0 + 1.0 / points)
    return min(1.0 - 2.0 * float(special.ndtr(-z)), 1.0 - 2.0**-53)


def _shortest(chance: chance_of.Chance, points: int, share: float, least: int) -> int:
    """The shortest run whose chance is no more than the share."""
    return next(k for k in range(least, max(points + 1, least) + 1) if chance(points, k) <= share)


def _of_any(chance: float, charts: int) -> float:
    """Of one or more charts, if each has this chance and they are independent."""
    return float(-np.expm1(charts * np.log1p(-chance))) if chance < 1.0 else 1.0
