"""Charts of the impact analysis: the ratio of each outcome beside what could have been seen, and every other choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

from onroll.presentation.drawing import GREY, INK, OWN, RC, WIDTH, Chart, dots_canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES, Judged, judged
from onroll.presentation.numbers import in_words, ratio
from onroll.presentation.ratio_axis import ratio_axis
from onroll.presentation.wording import source_line
from onroll.vocabulary import MEASURES, PHASES
from onroll.vocabulary.impact import CHOICE_COMPARATORS, CHOICE_DESIGNS, MULTIVERSE, SPECIFICATION, SUPPORTED

COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]
BAND = "#DDE3E9"
ORDER = (PHASES[-1], PHASES[1], PHASES[0], *PHASES[2:-1])


def estimates(facts: Facts) -> Chart:
    """The ratio of each outcome and phase, the band in which it would not have stood out behind it."""
    every = [
        one
        for outcome in OUTCOMES
        for phase in ORDER
        if (one := judged(facts, outcome, phase)).ratio is not None
    ]
    drawn, axes = dots_canvas(len(every) + 1)
    for at, one in enumerate(every):
        _estimate(axes, one, -at)
    axes.set_yticks([-at for at in range(len(every))], [_name(one) for one in every], fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-len(every) + 0.4, 0.8)
    ratio_axis(axes, "x")
    axes.axvline(1, color=INK, linewidth=1, zorder=2)
    facts_of = [fact for one in every for fact in (one.ratio, one.visible) if fact is not None]
    rows = facts.frame.loc[[fact.row for fact in facts_of]]
    drawn.title = _title(facts, every)
    drawn.unit = (
        f"Rate since the launch as a multiple of what other authorities lead to expect, {facts.brief.period}; scale of "
        f"ratios, with {facts.brief.confidence:.0%} intervals"
    )
    drawn.unit += (
        f". Grey: would not have stood out with {in_words(len(OUTCOMES))} outcomes looked at together"
    )
    drawn.foot = "A dot within its grey band cannot be told from the changes of other authorities."
    if any(one.visible is None for one in every):
        drawn.foot += " Where the band fills the row nothing would have stood out, among so few others."
    said = "; ".join(
        f"{_name(one)} {ratio(one.ratio['estimate'])} ({ratio(one.ratio['lower'])} to {ratio(one.ratio['upper'])})"
        for one in every if one.ratio is not None
    )  # fmt: skip
    drawn.alt = f"Dot chart of ratios beside other authorities. {drawn.title}. {said}."
    return _signed(facts, drawn, rows)


def _title(facts: Facts, every: Sequence[Judged]) -> str:
    out = [one for one in every if _stands_out(one)]
    if any(one.level == SUPPORTED for one in every):
        return "There is evidence of an impact of the strategy"
    if every and all(one.visible is None for one in every):
        return "Beside so few other authorities no change, however large, could stand out"
    if not out:
        return "No change since the launch stands out from those of other authorities"
    return f"{len(out)} of {len(every)} changes stand out; none may be put down to the strategy"


def _stands_out(one: Judged) -> bool:
    """Whether the ratio lies beyond its band, with all outcomes looked at together."""
    if one.ratio is None or one.visible is None:
        return False
    return not one.visible["lower"] <= one.ratio["estimate"] <= one.visible["upper"]


def _name(one: Judged) -> str:
    phase = "all schools" if one.phase == PHASES[-1] else one.phase.removeprefix("State-funded ").lower()
    return f"{MEASURES[one.outcome].label}, {phase}"


def _estimate(axes: Axes, one: Judged, at: float) -> None:
    own, seen = one.ratio, one.visible
    assert own is not None
    if seen is None:
        axes.axhspan(at - 0.36, at + 0.36, color=BAND, linewidth=0)
    else:
        axes.fill_betweenx(
            [at - 0.36, at + 0.36], float(seen["lower"]), float(seen["upper"]), color=BAND, linewidth=0
        )
    axes.plot([float(own["lower"]), float(own["upper"])], [at, at], color=OWN, linewidth=2, zorder=4)
    axes.plot([float(own["estimate"])], [at], "o", color=OWN, markersize=7, zorder=5)


def choices(facts: Facts, outcome: str) -> Chart:
    """Every other way to put the question: ratios in order, and under them what was chosen."""
    every = _specifications(facts, outcome)
    rows = every.dropna(subset=["estimate"]).sort_values("estimate", kind="stable").reset_index(names="row")
    factors = _factors(rows)
    with mpl.rc_context(RC):
        lines = sum(len(levels) for _, levels, _ in factors)
        height = 3.1 + 0.19 * lines + 0.3 * len(factors)
        drawn = Chart(figsize=(WIDTH, height))
        top = drawn.add_axes((0.33, 1 - 2.5 / height, 0.64, 2.3 / height))
        marks = drawn.add_axes((0.33, 0.1 / height, 0.64, (height - 2.9) / height), sharex=top)
    place = range(len(rows))
    top.plot(place, rows["estimate"], "o", color=GREY, markersize=2.6, zorder=3)
    plan = _plan_choice(rows, every)
    about = judged(facts, outcome)
    interval = None if plan is None else _interval(about, float(rows["estimate"][plan]))
    if plan is not None:
        _plan_mark(top, plan, len(rows), float(rows["estimate"][plan]), interval)
    top.axhline(1, color=INK, linewidth=1)
    ratio_axis(top, "y")
    top.set_ylabel("Ratio, a scale of ratios", fontsize=9)
    top.tick_params(axis="x", length=0, labelbottom=False)
    _marks(marks, rows, factors)
    drawn.title = _choices_title(about, len(rows))
    drawn.unit = (
        f"{MEASURES[outcome].label} since the launch as a multiple of what others lead to expect: each dot a choice, in "
        "order; the marks under it say which"
    )
    if interval is not None:
        drawn.unit += f". The line is the {facts.brief.confidence:.0%} interval of the plan's own"
    elif plan is not None and about.ratio is not None:
        drawn.unit += f". This run departs from the plan's own, and finds {ratio(about.ratio['estimate'])}"
    drawn.alt = (
        f"Specification curve of {len(rows)} choices. {drawn.title}. Ratios from {ratio(rows['estimate'].min())} to "
        f"{ratio(rows['estimate'].max())}, in the middle {ratio(rows['estimate'].median())}."
    )
    drawn.foot = (
        "The choices rest on the same figures: that many agree is no proof, that they disagree is a warning."
    )
    drawn.numbers = _with_the_plan(facts, rows, interval)
    drawn.source = source_line(facts, rows)
    return drawn


def _choices_title(one: Judged, choices: int) -> str:
    share = one.agreement
    if share is None:
        return f"{choices} ways to put the question; the plan's own cannot be computed"
    so_many = f"{share['numerator']:.0f} of {share['denominator']:.0f} ways to put the question"
    if one.choices_differ:
        return f"Only {so_many} point the same way as the plan's: even the direction is open"
    return f"{so_many} point the same way as the plan's"


def _interval(one: Judged, value: float) -> Fact | None:
    """The plan's own with its interval; None where the run departs from the plan, so that its ratio is another."""
    return (
        one.ratio
        if one.ratio is not None and math.isclose(one.ratio["estimate"], value, rel_tol=1e-6)
        else None
    )


def _with_the_plan(facts: Facts, rows: pd.DataFrame, interval: Fact | None) -> pd.DataFrame:
    """The numbers of every choice, and of the plan's own with the interval that is drawn."""
    choice = rows["design"] + ", " + rows["comparator"] + "; " + rows["method"]
    numbers = rows[["row", *COLUMNS]].assign(choice=choice)
    if interval is None:
        return numbers
    own = facts.frame.loc[[interval.row]].reset_index(names="row")[["row", *COLUMNS]]
    return pd.concat([own.assign(choice="the plan's own, with its interval"), numbers], ignore_index=True)


def _plan_mark(axes: Axes, at: int, of: int, value: float, interval: Fact | None) -> None:
    """The plan's own choice with its interval, named where the rising curve leaves room: under it, or above on the right."""
    if interval is not None:
        axes.plot([at, at], [interval["lower"], interval["upper"]], color=OWN, linewidth=2, zorder=4)
    axes.plot([at], [value], "D", color=OWN, markersize=8, zorder=5)
    under = at < 0.6 * of
    axes.annotate(
        "the plan's own", (at, value), xytext=(9, -16) if under else (-9, 10), textcoords="offset points",
        ha="left" if under else "right", fontsize=9, color=OWN, fontweight="bold",
    )  # fmt: skip


def _specifications(facts: Facts, outcome: str) -> pd.DataFrame:
    rows = facts.where(indicator=f"strategy_impact_{outcome}", statistic=SPECIFICATION)
    return rows[rows["design"] != MULTIVERSE]


def _factors(rows: pd.DataFrame) -> list[tuple[str, list[str], Any]]:
    """What was chosen: heading, levels in the plan's order, and the level of each row."""
    parts = rows["method"].str.split("; ", expand=True)
    phase = (
        rows["breakdown"]
        .where(rows["breakdown"] != PHASES[-1], "all schools")
        .str.removeprefix("State-funded ")
    )
    found = [
        ("Design", rows["design"], list(CHOICE_DESIGNS.values())),
        ("Compared with", rows["comparator"], list(CHOICE_COMPARATORS.values())),
        ("Years before from", parts[0].str.removeprefix("years before from "), None),
        ("Pandemic years", parts[1].str.removeprefix("pandemic years "), None),
        ("Years after", parts[2], None),
        ("Schools", phase, None),
    ]
    return [
        (name, [one for one in (order or sorted(set(of)))if one in set(of)], of.to_numpy()) for name, of, order in found
    ]  # fmt: skip


def _marks(axes: Axes, rows: pd.DataFrame, factors: Sequence[tuple[str, list[str], Any]]) -> None:
    ticks, at = [], 0.0
    for name, levels, of in factors:
        ticks.append((at, name, True))
        at -= 1
        for level in levels:
            where = [place for place in range(len(rows)) if of[place] == level]
            axes.plot(where, [at] * len(where), "|", color=OWN, markersize=6, markeredgewidth=0.7)
            ticks.append((at, level, False))
            at -= 1
        at -= 0.4
    axes.set_yticks([place for place, _, _ in ticks], [_short(label) for _, label, _ in ticks], fontsize=8)
    for label, (_, _, is_heading) in zip(axes.get_yticklabels(), ticks, strict=True):
        label.set_fontweight("bold" if is_heading else "normal")
    axes.tick_params(axis="both", length=0, labelbottom=False)
    axes.grid(visible=False)
    axes.set_ylim(at + 0.4, 0.8)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _short(level: str) -> str:
    return (
        level.replace("panel, beside authorities that stood as high", "panel, beside those as high")
        .replace("authorities with a similar rate before", "a similar rate before")
        .replace("synthetic difference in differences", "synthetic difference")
    )


def _plan_choice(rows: pd.DataFrame, every: pd.DataFrame) -> int | None:
    """Where the plan's own choice stands, the first of all that were tried; None where it cannot be computed."""
    at = rows.index[rows["row"] == every.index.min()]
    return int(at[0]) if len(at) else None


def _signed(facts: Facts, drawn: Chart, rows: pd.DataFrame) -> Chart:
    drawn.numbers, drawn.source = rows[COLUMNS].reset_index(), source_line(facts, rows)
    return drawn


ESTIMATES = "impact_estimates"
IMPACT_CHARTS: MappingProxyType[str, Callable[[Facts], Chart]] = MappingProxyType(
    {ESTIMATES: estimates}
    | {f"impact_choices_{outcome}": partial(choices, outcome=outcome) for outcome in OUTCOMES}
)


def available(facts: Facts) -> tuple[str, ...]:
    """Those of them that this run has evidence for."""
    there = tuple(
        ESTIMATES for _ in [0] if any(judged(facts, outcome).ratio is not None for outcome in OUTCOMES)
    )
    return there + tuple(
        f"impact_choices_{one}" for one in OUTCOMES if _specifications(facts, one)["estimate"].count() > 1
    )
