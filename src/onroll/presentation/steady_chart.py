"""Charts of what is steady: terms and years with a level and limits from before the strategy, spreads over the years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

from matplotlib.axes import Axes

from onroll.presentation.consistency import (
    Series,
    side,
    term_series,
    when,
    year_series,
)
from onroll.presentation.drawing import (
    GREY,
    INK,
    MADE_UP_PLACE,
    OWN,
    Chart,
    is_made_up,
    shade,
    stacked_canvas,
)
from onroll.presentation.facts import Facts
from onroll.presentation.funnel_chart import COLUMNS, MARKS
from onroll.presentation.numbers import in_words, rate
from onroll.presentation.wording import source_line
from onroll.vocabulary import academic_year


def by_term(facts: Facts) -> Chart:
    """Suspensions and permanent exclusions, term by term."""
    return _steady(facts, term_series(facts), "term")


def by_year(facts: Facts) -> Chart:
    """The published measures, year by year."""
    return _steady(facts, year_series(facts), "year")


def _steady(facts: Facts, every: Sequence[Series], kind: str) -> Chart:
    drawn, panels = stacked_canvas(len(every), 2.5)
    times = sorted({when(one) for series in every for one in series.points})
    place = {time: at for at, time in enumerate(times)}
    for axes, series in zip(panels, every, strict=True):
        _panel(axes, series, place)
        time_axis(facts, axes, times, is_last=axes is panels[-1], is_first=axes is panels[0])
    held = [f"{one.hidden} of {one.label[0].lower()}{one.label[1:]}" for one in every if one.hidden]
    drawn.foot = (
        f"{kind.capitalize()}s withheld to protect pupils, not drawn: {'; '.join(held)}. " if held else ""
    )
    drawn.foot += "A triangle, since the strategy began, lies outside the limits; a square is in a run."
    title = _steady_title(every, kind, facts.brief.launch)
    rows = facts.frame.loc[[one.row for series in every for one in series.drawn]]
    drawn.title, drawn.source = title, source_line(facts, rows)
    place_name = MADE_UP_PLACE if is_made_up(drawn.source) else facts.brief.area
    drawn.unit = (
        f"Rates by {kind}, {place_name}; dashed: limits that a steady series keeps within, from the "
        f"{kind}s before the strategy"
    )
    drawn.alt = f"Control charts by {kind}. {title}. {' '.join(map(_steady_said, every))} {drawn.foot}"
    drawn.numbers = rows[COLUMNS].reset_index()
    return drawn


def _panel(axes: Axes, series: Series, place: dict[tuple[str, str], int]) -> None:
    at = [place[when(one)] for one in series.drawn]
    value = [float(one["estimate"]) for one in series.drawn]
    gone = [place[when(one)] for one in series.points if not one.is_known]
    whole = sorted([*zip(at, value, strict=True), *((x, float("nan")) for x in gone)])
    axes.plot([x for x, _ in whole], [y for _, y in whole], color=OWN, linewidth=1.4, zorder=3)
    for x, one in zip(at, series.drawn, strict=True):
        is_signal = one in series.signals
        mark = MARKS[side(one)] if is_signal and side(one) else "s" if is_signal else "o"
        axes.plot(
            [x],
            [float(one["estimate"])],
            mark,
            color=OWN,
            markersize=8 if is_signal else 4,
            zorder=5,
            clip_on=False,
        )
    level = float(series.level["estimate"])
    axes.axhline(level, color=INK, linewidth=1, zorder=2)
    limits = [(name, [float(one[name]) for one in series.drawn]) for name in ("lower", "upper")]
    for _, line in limits:
        axes.plot(at, line, color=GREY, linewidth=1.1, linestyle=(0, (5, 2)), drawstyle="steps-mid", zorder=2)
    axes.set_ylim(0, 1.12 * max(*value, *limits[1][1]))
    above = axes.get_yaxis_transform()
    for where, words in (
        (level, "level before"),
        (limits[1][1][-1], "upper limit"),
        (limits[0][1][-1], "lower limit"),
    ):
        axes.text(1.01, where, words, transform=above, fontsize=8.5, color=INK, va="center")
    axes.set_title(
        f"{series.label}, {series.unit}", loc="left", fontsize=9.5, fontweight="bold", color=INK, pad=16
    )


def time_axis(
    facts: Facts, axes: Axes, times: Sequence[tuple[str, str]], *, is_last: bool, is_first: bool
) -> None:
    """Years under the last panel; the pandemic shaded and the launch marked in all, named in the first."""
    brief = facts.brief
    years = list(dict.fromkeys(year for year, _ in times))
    middle = [sum(at for at, (one, _) in enumerate(times) if one == year) / sum(one == year for one, _ in times)
              for year in years]  # fmt: skip
    labels = [academic_year(year) for year in years] if is_last else [""] * len(years)
    axes.set_xticks(middle, labels, rotation=45, ha="right", fontsize=9)
    axes.set_xlim(-0.6, len(times) - 0.4)
    inside = [at for at, (year, _) in enumerate(times) if year in brief.pandemic]
    if is_first:
        shade(axes, inside)
    elif inside:
        axes.axvspan(min(inside) - 0.5, max(inside) + 0.5, color="#E3E6E8", zorder=0)
    first = next((at for at, (year, _) in enumerate(times) if year >= brief.launch), None)
    if first is not None and brief.launch in years:
        axes.axvline(first - 0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        if is_first:
            axes.text(
                first - 0.35,
                1.02,
                "strategy begins",
                transform=axes.get_xaxis_transform(),
                fontsize=8.5,
                color=INK,
            )


def _steady_title(every: Sequence[Series], kind: str, launch: str) -> str:
    found = [one for one in every if one.signals]
    unseen = dict.fromkeys(one.label.partition(",")[0].lower() for one in every if one.withheld_since(launch))
    if not found and unseen:
        return (
            f"No {kind} shown stands outside what was usual before; {' and '.join(unseen)} cannot be judged"
        )
    if not found:
        return f"Since the strategy began no {kind} stands outside what was usual before"
    first = found[0]
    number = len(first.signals)
    words = in_words(number)
    ways = {side(one) for one in first.signals} - {0}
    where = {frozenset({1}): "above", frozenset({-1}): "below"}.get(frozenset(ways), "outside")
    verb = f"{kind}s since the strategy began lie" if number > 1 else f"{kind} since the strategy began lies"
    return f"{first.label}: {words} {verb} {where} what was usual before"


def _steady_said(series: Series) -> str:
    said = f"{series.label}: level {rate(float(series.level['estimate']))} {series.unit}"
    out = [f"{' '.join(filter(None, (when(one)[1], academic_year(when(one)[0]))))} {rate(float(one['estimate']))}"
           for one in series.signals]  # fmt: skip
    return f"{said}; signals: {', '.join(out)}." if out else f"{said}; no signal."


STEADY: MappingProxyType[str, Callable[[Facts], Any]] = MappingProxyType(
    {"terms_watched": by_term, "years_watched": by_year}
)


def available(facts: Facts) -> tuple[str, ...]:
    """Names of the charts that have something to draw."""
    if facts.brief.term:
        return ()
    has = {"terms_watched": bool(term_series(facts)), "years_watched": bool(year_series(facts))}
    return tuple(name for name, is_there in has.items() if is_there)
