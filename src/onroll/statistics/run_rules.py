"""Rules for what is odd in a control chart, each with how often a steady series would break it by chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from onroll.statistics import _run_chances as chance_of
from onroll.statistics import _runs
from onroll.statistics._chart_result import ControlChart
from onroll.statistics._inputs import BoolArray, FloatArray, normal_quantile, of_kind, several, whole

USUAL = ("beyond", "shift", "trend", "two of three")
"""NHS England's four."""
ANHOEJ = ("longest run", "crossings")
"""Anhoej's two, which need no limits: an alternative to the runs among the four."""
RULES = (*USUAL, *ANHOEJ)


@dataclass(frozen=True, slots=True, eq=False)
class RunRules:
    """What the rules find in charts, and how often they would find it in a steady series.

    Attributes
    ----------
    estimate : float
        Chance that a steady series of this length breaks one or more of the rules, were they unrelated.
    lower, upper : float
        What that chance cannot be below or above however the rules hang together.
    confidence : float
        1: the bounds are certain for a steady series, with independent points about a known centre.
    method : str
        The rules, joined.
    rules : tuple of str
        Rules in the order of the arrays.
    chance : ndarray, shape (rules,)
        The chance of each rule for itself.
    signals : ndarray of bool, shape (..., rules, points)
        The points that a rule marks: all of the run, not only its last.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    rules: tuple[str, ...]
    chance: FloatArray
    signals: BoolArray


def run_rules(
    chart: ControlChart, rules: Sequence[str] = USUAL, *, shift: int = 8, trend: int = 6
) -> RunRules:
    """Mark what is odd in charts, and say how often a steady series would be marked by chance.

    Each segment of a chart is looked at by itself. The chances are exact: runs are followed point by point
    over all that could have come before.

    Parameters
    ----------
    chart : ControlChart
        One chart or many.
    rules : sequence of {"beyond", "shift", "trend", "two of three", "longest run", "crossings"}
        Outside the limits; ``shift`` points on end on one side of the centre; ``trend`` points each above
        the one before, or below; two of three on end beyond two thirds of the way to a limit, all three on
        that side. Or Anhoej's: the longest run longer than log2(n) + 3, rounded; fewer crossings of the
        centre than all but 5 % of fair coins have. Their n leaves out points on the centre.
    shift : int, default 8
        7 or 8 are usual; two or more.
    trend : int, default 6
        6 or 7 are usual; three or more.

    Returns
    -------
    RunRules
        A point on the centre ends a run. Segments too short for a rule are never marked by it.

    Raises
    ------
    ValueError
        If a rule is not known or named twice, or a length is too small.

    Notes
    -----
    The chances hold where points are independent and as likely above the centre as below; counts that are
    few are neither: take Anhoej's on the median, or limits by
    ``watch_limits``. Where limits and centre
    rest on the points themselves they are somewhat off: runs are then rarer, points beyond are oftener.
    The more rules, the more false alarms: four over 24 months mark one steady series in five.

    References
    ----------
    Western Electric (1956); Nelson (1984), Journal of Quality Technology 16, 237-239; NHS England, Making
    Data Count; Anhoej and Olesen (2014), PLoS ONE 9, e113825. Chances are checked by going through all
    orders and all coins.

    Examples
    --------
    >>> from onroll.statistics.control_charts import xmr_chart
    >>> months = [10, 12, 9, 11, 10, 13, 9, 12, 15, 16, 14, 15, 17, 16, 15, 16]
    >>> found = run_rules(xmr_chart(months, baseline=8), ["beyond", "shift"])
    >>> found.signals[1].nonzero()[0]
    array([ 7,  8,  9, 10, 11, 12, 13, 14, 15])
    >>> found.chance
    array([0.042..., 0.039...])
    """
    of_kind("chart", chart, ControlChart, "a chart, as xmr_chart or p_chart makes it")
    named = several("rules", rules, RULES)
    shift, trend = whole("shift", shift, 2), whole("trend", trend, 3)
    far = float(special.ndtr(-normal_quantile(chart.confidence) * 2.0 / 3.0))
    parts = [chart.segment == number for number in np.unique(chart.segment)]
    lengths = [int(part.sum()) for part in parts]
    by_length: Mapping[str, Callable[[int], float]] = {
        "beyond": lambda n: chance_of.beyond(n, chart.confidence),
        "shift": lambda n: chance_of.one_side(n, shift),
        "trend": lambda n: chance_of.one_way(n, trend),
        "two of three": lambda n: chance_of.two_of_three(n, far),
        "longest run": lambda n: chance_of.one_side(n, chance_of.longest_limit(n) + 1),
        "crossings": chance_of.few_crossings,
    }
    chance = np.array([1.0 - np.prod([1.0 - by_length[rule](n) for n in lengths]) for rule in named])
    signals = np.zeros((*chart.value.shape[:-1], len(named), chart.value.shape[-1]), dtype=np.bool_)
    for part in parts:
        series = _runs.Series(
            *(line[..., part] for line in (chart.value, chart.estimate, chart.lower, chart.upper))
        )
        for place, rule in enumerate(named):
            signals[..., place, part] = _MARK[rule](series, shift if rule == "shift" else trend)
    return RunRules(
        estimate=float(1.0 - np.prod(1.0 - chance)),
        lower=float(chance.max()),
        upper=float(min(chance.sum(), 1.0)),
        confidence=1.0,
        method=", ".join(named),
        rules=named,
        chance=chance,
        signals=signals,
    )


_MARK: Mapping[str, Callable[[_runs.Series, int], BoolArray]] = MappingProxyType(
    {
        "beyond": lambda series, _: _runs.beyond(series),
        "shift": _runs.one_side,
        "trend": _runs.one_way,
        "two of three": lambda series, _: _runs.two_of_three(series),
        "longest run": lambda series, _: _runs.longest(series),
        "crossings": lambda series, _: _runs.few_crossings(series),
    }
)
