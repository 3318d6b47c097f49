"""Charts of terms and of years: a level and limits from a baseline before the strategy, and what lies outside since.

Rows of places have the term's own rate as their estimate; lower and upper are the chart's limits, not its interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from onroll.evidence.table import finding
from onroll.statistics import control_charts, false_alarms, run_rules, watch_limits
from onroll.vocabulary import (
    TOTAL,
    academic_year,
)
from onroll.vocabulary.records import (
    CHART_BASELINE,
    CHART_LEVEL,
    CHART_PLACE,
    TERM,
    crossed,
)

PHASE = "education_phase"
INSIDE, ABOVE, BELOW = "within the limits", "above the limits", "below the limits"
ON_ONE_SIDE, ONE_WAY = "in a run of {n} on one side of the level", "in a run of {n} each further the same way"
OF_BASELINE, OF_PANDEMIC = "baseline", "pandemic year, shown apart"


@dataclass(frozen=True, slots=True)
class Series:
    """Events over what could have produced them, term by term or year by year, the oldest first."""

    times: tuple[tuple[str, str], ...]
    events: np.ndarray[Any, Any]
    exposure: np.ndarray[Any, Any]
    baseline: int
    pandemic: tuple[str, ...]

    @property
    def apart(self) -> np.ndarray[Any, Any]:
        """Points of pandemic years."""
        return np.array([year in self.pandemic for year, _ in self.times])

    @property
    def watched(self) -> np.ndarray[Any, Any]:
        """Points after the baseline, outside the pandemic: those that may be signals."""
        return np.asarray((np.arange(len(self.times)) >= self.baseline) & ~self.apart)


@dataclass(frozen=True, slots=True)
class Charted:
    """Centre and limits of every point, and what is said of it."""

    centre: float
    value: np.ndarray[Any, Any]
    lower: np.ndarray[Any, Any]
    upper: np.ndarray[Any, Any]
    said: tuple[str, ...]
    method: str
    note: str


def frequent(series: Series, budget: false_alarms.AlarmBudget, per: float, *, is_share: bool) -> Charted:
    """Rates (or shares), limits by how the baseline itself scatters from point to point (Laney)."""
    draw = control_charts.p_chart if is_share else control_charts.u_chart
    sure = false_alarms.for_short_baseline(budget.confidence, series.baseline)
    chart = draw(
        series.events,
        series.exposure,
        limits="laney",
        baseline=series.baseline,
        per=per,
        confidence=sure,
    )
    parted, shift = replace(chart, segment=_parts(series)), shift_of(budget)
    rules = tuple(rule for rule, run in (("beyond", 1), ("shift", shift), ("trend", budget.trend)) if run)
    marked = run_rules.run_rules(parted, rules, shift=max(shift, 2), trend=max(budget.trend, 3))
    said = []
    for at, watched in enumerate(series.watched):
        words = [(BELOW, INSIDE, ABOVE)[int(chart.position[at]) + 1]]
        for rule, run, text in (("shift", shift, ON_ONE_SIDE), ("trend", budget.trend, ONE_WAY)):
            if watched and rule in marked.rules and marked.signals[marked.rules.index(rule), at]:
                words.append(text.format(n=run))
        said.append("; ".join(words))
    return Charted(
        float(chart.estimate[0]), chart.value, chart.lower, chart.upper, tuple(said),
        f"{'P' if is_share else 'U'} chart, limits by moving range (Laney), widened for the short baseline", str(chart.note),
    )  # fmt: skip


def shift_of(budget: false_alarms.AlarmBudget) -> int:
    """How long a run on one side has to be: one longer than at a known level, for a short baseline's may lie aside."""
    return budget.shift + 1 if budget.shift else 0


def _parts(series: Series) -> np.ndarray[Any, Any]:
    """Baseline, pandemic and the rest apart, so that no run goes on through the pandemic."""
    kind = np.where(np.arange(len(series.times)) < series.baseline, 0, np.where(series.apart, 1, 2))
    steps = [0, *(int(one != other) for one, other in pairwise(kind))]
    return np.cumsum(steps)


def rare(series: Series, budget: false_alarms.AlarmBudget, per: float, *, is_share: bool) -> Charted:
    """Rare events: exact limits of counts that allow for how few the baseline rests on."""
    events, exposure = series.events[: series.baseline].sum(), series.exposure[: series.baseline].sum()
    points = len(series.times)
    found = watch_limits.watch_limits(
        events, exposure, series.exposure, budget=(1.0 - budget.confidence) * points
    )
    place = np.where(series.events > found.upper, 2, np.where(series.events < found.lower, 0, 1))
    return Charted(
        float(per * events / exposure), per * series.events / series.exposure, per * found.lower / series.exposure,
        per * found.upper / series.exposure, tuple((BELOW, INSIDE, ABOVE)[int(one)] for one in place),
        "counts, exact limits that allow for the baseline's own chance", "",
    )  # fmt: skip


def chart_rows(
    chart: Charted, series: Series, said: Mapping[str, Any], phase: str, budget: false_alarms.AlarmBudget
) -> Iterator[dict[str, Any]]:
    """The level, then every point."""
    yield _level(chart, series, said, budget)
    for at, (year, term) in enumerate(series.times):
        topic = (TERM, term) if phase == TOTAL else (crossed(TERM, PHASE), crossed(term, phase))
        about = {"time_period": year} | (
            dict(zip(("breakdown_topic", "breakdown"), topic, strict=True)) if term else {}
        )
        yield _point(chart, series, {**said, **about}, at, budget)


def _level(
    chart: Charted, series: Series, said: Mapping[str, Any], budget: false_alarms.AlarmBudget
) -> dict[str, Any]:
    first, last = series.times[0][0], series.times[series.baseline - 1][0]
    spans = f"baseline {academic_year(first)} to {academic_year(last)}, {series.baseline} points"
    return finding(
        **said, statistic=CHART_LEVEL, estimate=chart.centre, method=chart.method, confidence=budget.confidence,
        numerator=float(series.events[: series.baseline].sum()), note="; ".join(filter(None, (spans, chart.note))),
    )  # fmt: skip


def _point(
    chart: Charted, series: Series, said: Mapping[str, Any], at: int, budget: false_alarms.AlarmBudget
) -> dict[str, Any]:
    in_baseline = at < series.baseline
    also = OF_BASELINE if in_baseline else OF_PANDEMIC if series.apart[at] else ""
    return finding(
        **said, statistic=CHART_BASELINE if in_baseline else CHART_PLACE, estimate=float(chart.value[at]),
        lower=float(chart.lower[at]), upper=float(chart.upper[at]), confidence=budget.confidence, method=chart.method,
        numerator=float(series.events[at]), denominator=float(series.exposure[at]),
        note="; ".join(filter(None, (chart.said[at], also))),
    )  # fmt: skip
