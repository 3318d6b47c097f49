"""Funnels: each school, or authority, by its size, between limits that widen as it gets smaller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from onroll.presentation.consistency import COMPARED, Funnel, Unit, authorities, funnel, side
from onroll.presentation.drawing import GREY, INK, OWN, Chart, stacked_canvas
from onroll.presentation.facts import Facts
from onroll.presentation.numbers import rate, ratio
from onroll.presentation.wording import source_line
from onroll.vocabulary import MEASURES
from onroll.vocabulary.records import PLACE, PLACE_ALIKE

COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]
MARKS = {1: "^", 0: "o", -1: "v"}
FEWEST = 3
"""Fewer units than this are no funnel."""
USUAL, CHANCE = "usual\ndifferences", "chance\nalone"


def _panels(facts: Facts, statistic: str) -> list[Funnel]:
    every = (funnel(facts, phase, statistic) for phase in COMPARED)
    return [one for one in every if len(one.units) >= FEWEST]


def schools(facts: Facts, statistic: str) -> Chart:
    """A panel a phase: schools that may be shown, unnamed, by their pupils on roll."""
    panels = _panels(facts, statistic)
    drawn, every = stacked_canvas(len(panels), 3.3)
    for axes, one in zip(every, panels, strict=True):
        level = (
            1.0 if statistic == PLACE_ALIKE else None if one.level is None else float(one.level["estimate"])
        )
        _limits(
            axes, one.units, level, "as many as\nexpected" if statistic == PLACE_ALIKE else "all together"
        )
        for unit in one.units:
            _mark(axes, unit, OWN if side(unit.place) or side(unit.by_chance) else GREY)
        axes.set_title(one.label.capitalize(), loc="left", fontsize=9.5, fontweight="bold", color=INK)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_formatter(lambda at, _: f"{at:,.0f}")
    every[-1].set_xlabel("Pupils on roll")
    drawn.foot = _not_drawn(facts, statistic)
    what = (
        "Pupils suspended at least once, as a multiple of what pupils of the same kind would lead to expect"
        if statistic == PLACE_ALIKE
        else "Pupils suspended at least once, for every 100 on roll"
    )
    return _finish(facts, drawn, panels, _title(facts, panels, statistic), f"{what}, {facts.brief.period}")


def among_authorities(facts: Facts, measure: str) -> Chart:
    """All authorities of England, this one named."""
    one, about = authorities(facts, measure), MEASURES[measure]
    drawn, (axes,) = stacked_canvas(1, 3.6)
    _limits(axes, one.units, None if one.level is None else float(one.level["estimate"]), "England")
    for unit in one.units:
        is_own = unit.name == facts.brief.area
        _mark(axes, unit, OWN if is_own else "#9AA1A6", 9 if is_own else 4.5)
        if is_own:
            axes.annotate(
                unit.name, (unit.size, float(unit.place["estimate"])), xytext=(9, -4), textcoords="offset points",
                color=OWN, fontweight="bold", fontsize=10, zorder=7,
                path_effects=[withStroke(linewidth=3, foreground="white")],
            )  # fmt: skip
    axes.set_xscale("log")
    ticks = [at for at in (5_000, 10_000, 20_000, 50_000, 100_000, 200_000) if at > one.units[0].size * 0.8]
    axes.set_xticks(ticks, [f"{at:,}" for at in ticks])
    axes.minorticks_off()
    axes.set_xlabel("Pupils on roll, a scale of ratios")
    axes.set_ylim(bottom=0)
    drawn.foot = "A triangle lies outside the usual differences between authorities."
    own = next((unit for unit in one.units if unit.name == facts.brief.area), None)
    where = {1: "above", 0: "within", -1: "below"}[side(None if own is None else own.place)]
    title = f"{facts.brief.area} lies {where} the range of usual differences between authorities"
    unit_words = f"{about.unit[0].upper()}{about.unit[1:]}, every authority of England, {facts.brief.period}"
    return _finish(facts, drawn, [one], title, unit_words)


def _limits(axes: Axes, units: Sequence[Unit], level: float | None, name: str) -> None:
    """Limits by size, named at their right end."""
    sizes = [unit.size for unit in units]
    ends: list[tuple[float, str]] = []
    for facts_of, style, words in (
        ([unit.place for unit in units], (0, (5, 2)), USUAL),
        ([unit.by_chance for unit in units], (0, (1, 1.5)), CHANCE),
    ):
        if any(fact is None or not fact.is_known for fact in facts_of):
            continue
        for limit in ("lower", "upper"):
            line = [float(fact[limit]) for fact in facts_of if fact is not None]
            axes.plot(sizes, line, color=GREY, linewidth=1.2, linestyle=style, zorder=2)
            ends.append((line[-1], words if limit == "upper" else ""))
    if level is not None:
        axes.axhline(level, color=INK, linewidth=1, zorder=2)
        ends.append((level, name))
    _named(axes, ends)


def _named(axes: Axes, ends: Sequence[tuple[float, str]]) -> None:
    low, high = axes.get_ylim()
    room, last = 0.13 * (high - min(low, 0)), float("-inf")
    for at, words in sorted(end for end in ends if end[1]):
        last = max(at, last + room)
        axes.annotate(
            words, (1.01, last), xycoords=axes.get_yaxis_transform(), fontsize=8.5, color=INK, va="center",
            annotation_clip=False, linespacing=1.05,
        )  # fmt: skip


def _mark(axes: Axes, unit: Unit, colour: str, size: float = 6.5) -> None:
    """A circle within the limits, a triangle that points to where it lies outside, a diamond outside chance alone."""
    where = side(unit.place)
    mark = "D" if not where and side(unit.by_chance) else MARKS[where]
    axes.plot(
        [unit.size], [float(unit.place["estimate"])], mark, color=colour, markersize=size + (2 if where else 0),
        zorder=6 if colour == OWN else 4, clip_on=False,
    )  # fmt: skip


def _title(facts: Facts, panels: Sequence[Funnel], statistic: str) -> str:
    gone = sum(funnel(facts, phase).hidden for phase in COMPARED)
    return _found(panels, statistic) + (f"; {gone} schools cannot be shown" if gone else "")


def _found(panels: Sequence[Funnel], statistic: str) -> str:
    out = sum(side(unit.place) != 0 for one in panels for unit in one.units)
    by_chance = sum(side(unit.by_chance) != 0 for one in panels for unit in one.units)
    if statistic == PLACE_ALIKE:
        return f"Among pupils alike {out or 'no'} school{'' if out == 1 else 's'} shown stand{'s' if out == 1 else ''} apart"
    if out:
        return f"{out} school{'' if out == 1 else 's'} shown stand{'s' if out == 1 else ''} apart from the others"
    if by_chance:
        return "Schools differ by more than chance, and none shown stands apart"
    return "Schools shown differ no more than chance would have them"


def _not_drawn(facts: Facts, statistic: str) -> str:
    gone = [
        f"{one.hidden} {one.label}" for phase in COMPARED if (one := funnel(facts, phase)).hidden
    ]  # fmt: skip
    said = f"Withheld to protect pupils, not drawn: {', '.join(gone)}. " if gone else ""
    diamonds = " A diamond lies outside what chance alone allows." if statistic == PLACE else ""
    return (
        f"{said}Schools are not named here.{diamonds} A triangle would lie outside the usual differences too."
    )


def _finish(facts: Facts, drawn: Chart, panels: Sequence[Funnel], title: str, unit: str) -> Chart:
    used = [unit.place.row for one in panels for unit in one.units]
    rows = facts.frame.loc[used]
    drawn.title, drawn.unit = title, unit
    drawn.alt = f"Funnel plot. {title}. {' '.join(_said(facts, one) for one in panels)} {drawn.foot}".strip()
    drawn.numbers = _numbers(facts, rows)
    drawn.source = source_line(facts, rows)
    return drawn


def _said(facts: Facts, one: Funnel) -> str:
    style: Callable[[float], str] = ratio if one.units[0].place["statistic"] == PLACE_ALIKE else rate
    values = [float(unit.place["estimate"]) for unit in one.units]
    said = f"{one.label.capitalize()}: {len(values)} shown, from {style(min(values))} to {style(max(values))}"
    above, below = (sum(side(unit.place) == way for unit in one.units) for way in (1, -1))
    said += f"; {above} above and {below} below the range of usual differences"
    own = next((unit for unit in one.units if unit.name == facts.brief.area), None)
    if own is not None:
        limits = f"{style(float(own.place['lower']))} to {style(float(own.place['upper']))}"
        said += f"; {own.name} {style(float(own.place['estimate']))}, limits for its size {limits}"
    return f"{said}."


def _numbers(facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    """What is drawn; a school is told by its place in the order of size, not by its name."""
    table = rows[COLUMNS].reset_index()
    if str(rows["indicator"].iloc[0]).startswith("register"):
        table["area"] = [f"school {at}" for at in range(1, len(table) + 1)]
    return table


FUNNELS: MappingProxyType[str, Callable[[Facts], Any]] = MappingProxyType(
    {
        "schools_funnel": partial(schools, statistic=PLACE),
        "schools_ratio_among_pupils_alike": partial(schools, statistic=PLACE_ALIKE),
        **{
            f"{measure}_among_authorities": partial(among_authorities, measure=measure)
            for measure in MEASURES
        },
    }
)


def available(facts: Facts) -> tuple[str, ...]:
    """Names of the funnels that have enough units to draw."""
    if facts.brief.term:
        return ()
    own = [
        name
        for name, statistic in zip(FUNNELS, (PLACE, PLACE_ALIKE), strict=False)
        if _panels(facts, statistic)
    ]
    others = [
        f"{measure}_among_authorities"
        for measure in MEASURES
        if len(authorities(facts, measure).units) >= FEWEST
    ]
    return (*own, *others)
