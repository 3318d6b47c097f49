"""How far schools of a phase differ, drawn over the years: as they are, and among pupils alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from matplotlib.axes import Axes

from onroll.presentation.consistency import (
    COMPARED,
    over_schools,
    years_of,
)
from onroll.presentation.drawing import GREY, INK, OWN, Chart, stacked_canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.funnel_chart import COLUMNS
from onroll.presentation.numbers import ratio, times
from onroll.presentation.steady_chart import time_axis
from onroll.presentation.wording import source_line
from onroll.vocabulary import academic_year, periods
from onroll.vocabulary.records import MEDIAN_ODDS_RATIO, MEDIAN_ODDS_RATIO_ALIKE

MOST_DRAWN = 1.3
"""An upper limit is drawn at most this many times as high as the highest ratio."""
APART = 0.13


def spread(facts: Facts) -> Chart:
    """Median odds ratios of each phase over the years, as schools are and among pupils alike."""
    phases = [phase for phase in COMPARED if len(years_of(facts, phase, MEDIAN_ODDS_RATIO)) > 1]
    raw = {phase: years_of(facts, phase, MEDIAN_ODDS_RATIO) for phase in phases}
    alike = {phase: years_of(facts, phase, MEDIAN_ODDS_RATIO_ALIKE) for phase in phases}
    every = [str(one["time_period"]) for found in raw.values() for one in found]
    years = list(periods(min(every), max(every)))
    drawn, panels = stacked_canvas(len(phases), 2.7)
    for axes, phase in zip(panels, phases, strict=True):
        for found, is_open in ((raw[phase], False), (alike[phase], True)):
            _spans(axes, found, years, is_open=is_open)
        both = (*raw[phase], *alike[phase])
        highest = max(float(one["estimate"]) for one in both)
        top = min(max(float(one["upper"]) for one in both), MOST_DRAWN * highest + 0.5)
        axes.set_ylim(0.95, top * 1.03)
        axes.axhline(1, color=INK, linewidth=1, zorder=2)
        axes.text(
            1.01,
            1,
            "schools\nalike",
            transform=axes.get_yaxis_transform(),
            fontsize=8.5,
            color=INK,
            va="center",
        )
        time_axis(
            facts,
            axes,
            [(year, "") for year in years],
            is_last=axes is panels[-1],
            is_first=axes is panels[0],
        )
        axes.set_title(
            COMPARED[phase].capitalize(), loc="left", fontsize=9.5, fontweight="bold", color=INK, pad=16
        )
    return _finish(facts, drawn, raw, alike)


def _finish(
    facts: Facts, drawn: Chart, raw: Mapping[str, tuple[Fact, ...]], alike: Mapping[str, tuple[Fact, ...]]
) -> Chart:
    phases = tuple(raw)
    drawn.foot = (
        "Filled: all pupils. Open: among pupils alike, for the last year of the baseline and this year."
    )
    rows = facts.frame.loc[[one.row for found in (*raw.values(), *alike.values()) for one in found]]
    drawn.title = _spread_title(facts, phases)
    drawn.unit = (
        "How many times the odds of being suspended are at the school with the higher rate of two, in the middle case, "
        f"with {facts.brief.confidence:.0%} intervals"
    )
    said = "; ".join(
        f"{COMPARED[phase]} {academic_year(str(one['time_period']))} {ratio(float(one['estimate']))} "
        f"({ratio(float(one['lower']))} to {ratio(float(one['upper']))})"
        for phase in phases for one in (raw[phase][0], raw[phase][-1])
    )  # fmt: skip
    drawn.alt = f"Dot chart of median odds ratios by year. {drawn.title}. {said}. {drawn.foot}"
    drawn.numbers, drawn.source = rows[COLUMNS].reset_index(), source_line(facts, rows)
    return drawn


def _spans(axes: Axes, found: Sequence[Fact], years: Sequence[str], *, is_open: bool) -> None:
    colour, shift = (GREY, APART) if is_open else (OWN, -APART)
    for one in found:
        at = years.index(str(one["time_period"])) + shift
        axes.vlines(at, float(one["lower"]), float(one["upper"]), color=colour, linewidth=1.5, zorder=3)
        axes.plot(
            [at],
            [float(one["estimate"])],
            "o",
            mfc="white" if is_open else colour,
            mec=colour,
            markersize=6.5,
            zorder=5,
        )


def _spread_title(facts: Facts, phases: Sequence[str]) -> str:
    """What can be said of the phase in which most pupils are suspended."""
    now = over_schools(facts, phases[0], MEDIAN_ODDS_RATIO)
    label = COMPARED[phases[0]]
    if now is None or not now.is_known:
        return f"How far {label} differ, year by year"
    if now["lower"] <= 1:
        return f"It cannot be told that {label} differ by more than chance"
    return f"Between two {label}, the odds of being suspended typically differ {times(float(now['estimate']))} times"


SPREADS: MappingProxyType[str, Callable[[Facts], Any]] = MappingProxyType(
    {"odds_ratio_between_schools": spread}
)


def available(facts: Facts) -> tuple[str, ...]:
    """Names of the charts that have more than one year to draw."""
    is_there = any(len(years_of(facts, phase, MEDIAN_ODDS_RATIO)) > 1 for phase in COMPARED)
    return tuple(SPREADS) if is_there and not facts.brief.term else ()
