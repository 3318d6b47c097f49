"""The chart of how the authority moved away from others, year by year, before the strategy and since."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes

from onroll.presentation.drawing import GREY, INK, OWN, Chart, stacked_canvas, years_axis
from onroll.presentation.facts import Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.numbers import ratio
from onroll.presentation.ratio_axis import ratio_axis
from onroll.presentation.wording import source_line
from onroll.vocabulary import MEASURES, academic_year, periods
from onroll.vocabulary.impact import YEAR_APART, YEAR_BY_YEAR

NAME = "impact_year_by_year"
COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]


def year_by_year(facts: Facts) -> Chart:
    """A panel an outcome: the ratio of each year to the last before the strategy, beside all other authorities."""
    found = {outcome: rows for outcome in OUTCOMES if len(rows := _rows(facts, outcome))}
    every = pd.concat(found.values())
    years = periods(str(every["time_period"].min()), facts.brief.year)
    drawn, panels = stacked_canvas(len(found), 2.9)
    for axes, (outcome, rows) in zip(panels, found.items(), strict=True):
        _panel(axes, rows, years, facts)
        axes.set_title(
            MEASURES[outcome].label, loc="left", fontsize=9.5, fontweight="bold", color=INK, pad=16
        )
        if axes is not panels[-1]:
            axes.tick_params(axis="x", labelbottom=False)
    base = str(every["note"].iloc[0]).removeprefix("beside ")
    drawn.title = _title(every, facts)
    drawn.unit = (
        f"Rate as a multiple of what other authorities' change from {base} leads to expect; scale of ratios, with "
        f"{facts.brief.confidence:.0%} intervals"
    )
    drawn.alt = f"Dot charts by year. {drawn.title}. " + " ".join(
        f"{MEASURES[outcome].label}: {', '.join(_said(row) for row in rows.to_dict('records'))}."
        for outcome, rows in found.items()
    )
    drawn.foot = (
        f"All are beside {base}, the last calm year before. Dots far from 1 before the strategy cannot be the strategy's; "
        "of so many comparisons some leave out 1 by chance. The pandemic years are left out."
    )
    drawn.numbers, drawn.source = every[COLUMNS].reset_index(names="row"), source_line(facts, every)
    return drawn


def _title(every: pd.DataFrame, facts: Facts) -> str:
    is_apart, is_since = (
        (every["lower"] > 1) | (every["upper"] < 1),
        every["time_period"] >= facts.brief.launch,
    )
    (since, of_since), (before, of_before) = (
        (int(is_apart[rows].sum()), int(rows.sum())) for rows in (is_since, ~is_since)
    )
    if not since and not before:
        return f"In no single year did {facts.brief.area} stand apart from other authorities"
    counted = f"{since} of {of_since} comparisons since the launch, and {before} of {of_before} before it, leave out 1"
    return f"Each year by itself: {counted}"


def has_years(facts: Facts) -> bool:
    """Whether there is anything to draw."""
    return any(len(_rows(facts, outcome)) > 1 for outcome in OUTCOMES)


def _rows(facts: Facts, outcome: str) -> pd.DataFrame:
    about = {"indicator": f"strategy_impact_{outcome}", "statistic": YEAR_APART, "design": YEAR_BY_YEAR}
    return facts.where(**about).dropna(subset=["estimate"])


def _said(row: dict[object, object]) -> str:
    return f"{academic_year(str(row['time_period']))} {ratio(float(str(row['estimate'])))}"


def _panel(axes: Axes, rows: pd.DataFrame, years: tuple[str, ...], facts: Facts) -> None:
    for row in rows.to_dict("records"):
        place = years.index(str(row["time_period"]))
        is_since = str(row["time_period"]) >= facts.brief.launch
        colour = OWN if is_since else GREY
        axes.plot([place, place], [row["lower"], row["upper"]], color=colour, linewidth=1.8, zorder=3)
        axes.plot([place], [row["estimate"]], "o" if is_since else "s", color=colour, markersize=6, zorder=4)
    base = str(rows["note"].iloc[0]).removeprefix("beside ")
    axes.plot(
        [[academic_year(year) for year in years].index(base)], [1], "x", color=INK, markersize=7, zorder=4
    )
    axes.axhline(1, color=INK, linewidth=1)
    ratio_axis(axes, "y")
    years_axis(axes, years, facts.brief.pandemic, facts.brief.launch)


YEARS_CHARTS = MappingProxyType({NAME: (year_by_year, has_years)})
