"""The chart of schools that signed the Charter: how they changed beside others, by years since they signed."""

from __future__ import annotations

import math
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes

from onroll.presentation.drawing import GREY, INK, OWN, Chart, stacked_canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.numbers import FORMATS
from onroll.presentation.sentences.school_phrases import INDICATOR, ORDER, STYLES, WORDS, known, word
from onroll.presentation.wording import source_line
from onroll.vocabulary.records import CHARTER_BY_YEAR, CHARTER_CHANGE, NOT_OUT, STOOD_OUT

NAME, BASE = "charter_by_year", -1
"""The chart, and the year against which the others are set."""
COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]


def by_year(facts: Facts) -> Chart:
    """A panel a phase: the change of each year before and since signing, beside schools that had not signed."""
    panels = [(phase, found) for phase in ORDER if (found := _rows(facts, phase))]
    drawn, every = stacked_canvas(len(panels), 2.6)
    means = [known(facts, CHARTER_CHANGE, phase) for phase, _ in panels]
    for axes, (phase, found), mean in zip(every, panels, means, strict=True):
        _panel(axes, found, mean)
        axes.set_ylabel("More or fewer pupils\nsuspended for every 100", fontsize=9)
        axes.set_title(WORDS[phase].capitalize(), loc="left", fontsize=9.5, fontweight="bold", color=INK)
    every[-1].set_xlabel("Years since the school signed the Charter, the pandemic years left out")
    shown = [
        (phase, fact) for (phase, found), mean in zip(panels, means, strict=True)
        for fact in (*found, *([] if mean is None else [mean]))
    ]  # fmt: skip
    rows = facts.frame.loc[[fact.row for _, fact in shown]]
    drawn.title = _title(facts, [phase for phase, _ in panels])
    drawn.unit = (
        "Change in pupils suspended for every 100, beside schools that had not signed, years up to "
        f"{facts.brief.period}; intervals of single years where schools are many"
    )
    said = " ".join(
        f"{WORDS[phase].capitalize()}: {', '.join(_said(fact, phase) for at, fact in shown if at == phase)}."
        for phase, _ in panels
    )
    drawn.alt = f"Dot chart of changes by years since signing. {said}"
    drawn.foot = (
        "Left of the line they had not signed: squares away from 0 there cannot be the Charter's. The open square is the "
        "last year before, against which all others are set. The shaded band is the mean since signing and its interval: "
        "where it holds 0, no change can be told."
    )
    drawn.numbers = (
        rows[COLUMNS]
        .assign(choice=[_when(fact) for _, fact in shown], style=[STYLES[phase][0] for phase, _ in shown])
        .reset_index()
    )
    drawn.source = source_line(facts, rows)
    return drawn


def has_years(facts: Facts) -> bool:
    """Whether there is anything to draw."""
    return any(_rows(facts, phase) for phase in ORDER)


def _rows(facts: Facts, phase: str) -> list[Fact]:
    found = facts.all(
        indicator=INDICATOR, statistic=CHARTER_BY_YEAR, breakdown=phase, time_period=facts.brief.year
    )
    return [fact for fact in found if fact.is_known]


def _years(fact: Fact) -> int:
    return int(str(fact["note"]).split(" ")[0])


def _when(fact: Fact) -> str:
    """The year in words: ``3 years before they signed``; or that it is the mean of those since."""
    if fact["statistic"] == CHARTER_CHANGE:
        return "mean since they signed"
    years = _years(fact)
    if not years:
        return "the year they signed"
    return f"{abs(years)} {'year' if abs(years) == 1 else 'years'} {'after' if years > 0 else 'before'} they signed"


def _said(fact: Fact, phase: str) -> str:
    return f"{_when(fact)} {FORMATS[STYLES[phase][0]](fact['estimate'])}"


def _title(facts: Facts, phases: list[str]) -> str:
    """What may be said of the change, phase by phase where it differs; what is drawn where nothing may be said yet."""
    found = {phase: words for phase in phases if (words := _finding(facts, phase))}
    if len(found) < len(phases):
        return "How schools changed beside others before and after they signed the Charter"
    if len(set(found.values())) == 1:
        return f"Beside others, {found[phases[0]]} at schools that signed the Charter"
    return "After they signed the Charter: " + "; ".join(
        f"{WORDS[phase]}, {words}" for phase, words in found.items()
    )


def _finding(facts: Facts, phase: str) -> str:
    change, (said, _) = known(facts, CHARTER_CHANGE, phase), word(facts, phase)
    if change is None or not said:
        return ""
    if said == STOOD_OUT:
        return f"{'more' if change['estimate'] > 0 else 'fewer'} pupils were suspended"
    return "no change stands out" if said == NOT_OUT else "a change stands out that may not be the Charter's"


def _panel(axes: Axes, found: list[Fact], mean: Fact | None) -> None:
    """A square or dot a year, up and down alike; the mean since signing as a band behind them."""
    at = [_years(fact) for fact in found]
    for place, fact in zip(at, found, strict=True):
        colour = OWN if place >= 0 else GREY
        if not pd.isna(fact["lower"]):
            axes.plot([place, place], [fact["lower"], fact["upper"]], color=colour, linewidth=1.8, zorder=3)
        axes.plot(
            [place], [fact["estimate"]], "o" if place >= 0 else "s", color=colour, markersize=6, zorder=4
        )
    axes.axhline(0, color=INK, linewidth=1)
    axes.plot([BASE], [0], "s", markerfacecolor="white", markeredgecolor=GREY, markersize=6, zorder=4)
    axes.axvline(-0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)))
    axes.text(-0.45, 1.02, "signed", transform=axes.get_xaxis_transform(), fontsize=8.5, color=INK)
    if mean is not None:
        _band(axes, mean, max(at) + 0.4)
    reach = max(abs(end) for end in axes.get_ylim())
    axes.set_ylim(-reach, reach)
    ticks = sorted({*at, BASE})
    axes.set_xticks(ticks, [f"{place:+d}".replace("-", "−") if place else "0" for place in ticks])


def _band(axes: Axes, mean: Fact, end: float) -> None:
    between = [-0.5, end]
    axes.plot(between, [mean["estimate"]] * 2, color=OWN, linewidth=1.2, linestyle=(0, (4, 2)), zorder=2)
    if math.isfinite(mean["lower"]) and math.isfinite(mean["upper"]):
        axes.fill_between(between, mean["lower"], mean["upper"], color=OWN, alpha=0.12, linewidth=0, zorder=1)


CHARTER_CHARTS = MappingProxyType({NAME: (by_year, has_years)})
