"""The charts, each one finding. They draw released evidence and say it: title, alternative text, numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from onroll.errors import UsageError, did_you_mean, one_of
from onroll.presentation import wording
from onroll.presentation.concentration import CURVE, curve, has_curve
from onroll.presentation.drawing import INK, OWN, STYLES, Chart, canvas, end_labels, shade, years_axis
from onroll.presentation.facts import Facts
from onroll.presentation.forest import PANELS, forest
from onroll.presentation.forest import available as of_forests
from onroll.presentation.funnel_chart import FUNNELS
from onroll.presentation.funnel_chart import available as of_funnels
from onroll.presentation.heat_map import NAME as HEAT_MAP
from onroll.presentation.heat_map import has_cells, heat_map
from onroll.presentation.impact_charts import IMPACT_CHARTS
from onroll.presentation.impact_charts import available as of_impact
from onroll.presentation.impact_years import YEARS_CHARTS
from onroll.presentation.numbers import in_ten
from onroll.presentation.ratio_axis import ratio_axis
from onroll.presentation.record_charts import RECORD_CHARTS
from onroll.presentation.record_charts import available as of_records
from onroll.presentation.school_change_chart import CHARTER_CHARTS
from onroll.presentation.spread_chart import SPREADS
from onroll.presentation.spread_chart import available as of_spreads
from onroll.presentation.steady_chart import STEADY
from onroll.presentation.steady_chart import available as of_steady
from onroll.vocabulary import (
    ETHNICITY_SHORT,
    GAP,
    MEAN_GAP,
    MEASURES,
    PHASES,
    PLACEBO_DISTANCE,
    PLACEBO_GAP,
    PLACEBO_SHARE,
    RATE,
    RATE_RATIO,
    SEN_BY_TERM,
    SEN_PROVISIONS,
    SYNTHETIC_CONTROL,
    SYNTHETIC_RATE,
    TOTAL,
    academic_year,
)

NUMBER_COLUMNS = ["time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]


def chart(facts: Facts, name: str) -> Chart:
    """Draw one chart by its name.

    Raises
    ------
    UsageError
        If there is no chart of that name, or the evidence it draws was not received.
    """
    every = {
        **CHARTS, **RECORD_CHARTS, **FORESTS, **FUNNELS, **STEADY, **SPREADS, **IMPACT_CHARTS, **TOGETHER,
    }  # fmt: skip
    if name not in every:
        raise UsageError(
            f"no chart is called '{name}'; charts are {one_of(every)}.{did_you_mean(name, every)}"
        )
    if name not in available(facts):
        raise UsageError(f"chart '{name}' has no evidence to draw in this run")
    drawn: Chart = every[name](facts)
    drawn.id = name
    return drawn


@lru_cache(maxsize=4)
def available(facts: Facts) -> tuple[str, ...]:
    """Names of the charts for which this run has evidence."""
    published = tuple(
        name for name, needs in NEEDS.items() if len(facts.where(**needs).dropna(subset=["estimate"])) > 1
    )
    together = tuple(name for name, (_, there) in IF_THERE.items() if there(facts))
    others = (of_records, of_forests, of_funnels, of_steady, of_spreads, of_impact)
    return (*published, *(name for there in others for name in there(facts)), *together)


def _finish(facts: Facts, drawn: Chart, rows: pd.DataFrame, title: str, unit: str, alt: str) -> Chart:
    drawn.title, drawn.unit, drawn.alt = title, unit, alt
    drawn.numbers = rows[NUMBER_COLUMNS].reset_index()
    drawn.source = wording.source_line(facts, rows)
    return drawn


def _trend(measure_id: str) -> Callable[[Facts], Chart]:
    def draw(facts: Facts) -> Chart:
        """The authority, England and the neighbours over all years, with the authority's interval."""
        brief, measure = facts.brief, MEASURES[measure_id]
        rows = facts.where(indicator=measure_id, statistic=RATE, breakdown=TOTAL).dropna(subset=["estimate"])
        areas = [brief.area, "England", brief.neighbours_label]
        rows = rows[rows["area"].isin(areas)]
        years = sorted(rows["time_period"].unique())
        place = {year: number for number, year in enumerate(years)}
        drawn, axes = canvas()
        ends = {}
        for area, style in zip(areas, ("own", "first", "second"), strict=True):
            line = rows[rows["area"] == area].sort_values("time_period")
            if line.empty:
                continue
            x = line["time_period"].map(place)
            axes.plot(x, line["estimate"], label=area, **STYLES[style])
            if style == "own":
                axes.fill_between(x, line["lower"], line["upper"], color=OWN, alpha=0.18, linewidth=0)
            label = "Neighbours" if style == "second" else area
            ends[label] = (x.iloc[-1], line["estimate"].iloc[-1], str(STYLES[style]["color"]))
        own_upper = rows[rows["area"] == brief.area]["upper"].max()
        axes.set_ylim(bottom=0, top=float(max(rows["estimate"].max(), own_upper)) * 1.12)
        years_axis(axes, years, brief.pandemic, brief.launch)
        end_labels(axes, ends, axes.get_ylim()[1] * 0.075)
        title, alt = wording.trend(facts, measure_id)
        unit = f"{measure.unit[0].upper()}{measure.unit[1:]}; the band is {brief.area}'s {brief.confidence:.0%} interval"
        return _finish(facts, drawn, rows, title, unit, alt)

    return draw


def _by_phase(facts: Facts) -> Chart:
    """The authority's suspension rate by phase, each phase its own panel and scale of years."""
    brief = facts.brief
    rows = facts.where(indicator="suspension_rate", statistic=RATE, area=brief.area).dropna(
        subset=["estimate"]
    )
    rows = rows[rows["breakdown"].isin(PHASES[:3])]
    years = sorted(rows["time_period"].unique())
    place = {year: number for number, year in enumerate(years)}
    drawn, axes = canvas()
    ends = {}
    for phase, style in zip(PHASES[:3], ("second", "own", "third"), strict=True):
        line = rows[rows["breakdown"] == phase].sort_values("time_period")
        if line.empty:
            continue
        x = line["time_period"].map(place)
        axes.plot(x, line["estimate"], **STYLES[style])
        axes.fill_between(
            x, line["lower"], line["upper"], color=STYLES[style]["color"], alpha=0.15, linewidth=0
        )
        label = phase.replace("State-funded ", "").capitalize()
        ends[label] = (x.iloc[-1], line["estimate"].iloc[-1], str(STYLES[style]["color"]))
    axes.set_ylim(bottom=0, top=float(rows["upper"].max()) * 1.05)
    years_axis(axes, years, brief.pandemic, brief.launch)
    end_labels(axes, ends, axes.get_ylim()[1] * 0.06)
    title, alt = wording.by_phase(facts)
    return _finish(
        facts, drawn, rows, title, f"Suspensions per 100 pupils on roll, {brief.area}, with intervals", alt
    )


def _by_sen(facts: Facts) -> Chart:
    """Suspension rate by SEN provision and term; terms as they follow each other."""
    brief = facts.brief
    rows = facts.where(indicator="suspension_rate_by_sen", statistic=RATE, breakdown_topic=SEN_BY_TERM)
    rows = rows.dropna(subset=["estimate"])
    split = rows["breakdown"].str.rsplit(", ", n=1, expand=True)
    rows = rows.assign(group=split[0], term=split[1])
    order = rows[["time_period", "term"]].drop_duplicates().sort_values(["time_period", "term"])
    place = {tuple(pair): number for number, pair in enumerate(order.itertuples(index=False, name=None))}
    drawn, axes = canvas()
    ends = {}
    for group, style in zip(SEN_PROVISIONS, ("second", "own", "third"), strict=True):
        line = rows[rows["group"] == group].sort_values(["time_period", "term"])
        if line.empty:
            continue
        x = [place[pair] for pair in zip(line["time_period"], line["term"], strict=True)]
        axes.plot(x, line["estimate"], **STYLES[style])
        axes.fill_between(
            x, line["lower"], line["upper"], color=STYLES[style]["color"], alpha=0.15, linewidth=0
        )
        label = "EHC plan" if group == SEN_PROVISIONS[0] else group
        ends[label] = (x[-1], line["estimate"].iloc[-1], str(STYLES[style]["color"]))
    labels = [f"{term[:3]} {academic_year(year)}" for year, term in place]
    axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right", fontsize=8.5)
    axes.set_ylim(bottom=0)
    inside = [number for (year, _), number in place.items() if year in brief.pandemic]
    shade(axes, inside)
    axes.set_xlim(-0.4, len(labels) - 0.6)
    end_labels(axes, ends, axes.get_ylim()[1] * 0.06)
    title, alt = wording.by_sen(facts)
    unit = f"Suspensions per 100 pupils with that provision, by term, {brief.area}, with intervals"
    return _finish(facts, drawn, rows, title, unit, alt)


def _by_ethnicity(facts: Facts) -> Chart:
    """A forest of rate ratios by ethnic group against the reference group, on a ratio scale."""
    rows = facts.where(
        indicator="suspension_rate_by_ethnicity", statistic=RATE_RATIO, time_period=facts.brief.year
    ).dropna(subset=["estimate"])
    rows = rows.sort_values("estimate")
    drawn, axes = canvas(height=2.6)
    y = range(len(rows))
    low, high = rows["estimate"] - rows["lower"], rows["upper"] - rows["estimate"]
    axes.errorbar(rows["estimate"], list(y), xerr=[low, high], fmt="o", color=OWN, capsize=3, markersize=7)
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_yticks(list(y), [ETHNICITY_SHORT[name] for name in rows["breakdown"]])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    ratio_axis(axes, "x")
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    title, alt, unit = wording.by_ethnicity(facts)
    return _finish(facts, drawn, rows, title, unit, alt)


def _synthetic(facts: Facts) -> Chart:
    """The authority beside its synthetic control."""
    brief, indicator = facts.brief, "strategy_impact_suspension_rate"
    model = facts.where(indicator=indicator, statistic=SYNTHETIC_RATE)
    own = facts.where(indicator="suspension_rate", statistic=RATE, area=brief.area, breakdown=TOTAL)
    own = own[own["time_period"].isin(model["time_period"])]
    years = sorted(model["time_period"].unique())
    place = {year: number for number, year in enumerate(years)}
    drawn, axes = canvas()
    ends = {}
    for label, line, style in ((brief.area, own, "own"), ("Synthetic\ncontrol", model, "second")):
        line = line.sort_values("time_period")
        x = line["time_period"].map(place)
        axes.plot(x, line["estimate"], **STYLES[style])
        ends[label] = (x.iloc[-1], line["estimate"].iloc[-1], str(STYLES[style]["color"]))
    axes.set_ylim(bottom=0, top=1.1 * max(own["estimate"].max(), model["estimate"].max()))
    years_axis(axes, years, brief.pandemic, brief.launch)
    end_labels(axes, ends, axes.get_ylim()[1] * 0.07)
    (title, alt), others = wording.synthetic(facts), _others_as_far(facts, indicator)
    title += ", but not unusually far" if others else ""
    unit = f"Suspensions per 100 pupils on roll{others}"
    return _finish(facts, drawn, pd.concat([own, model]), title, unit, alt)


def _others_as_far(facts: Facts, indicator: str) -> str:
    """How many others moved as far, where that is more than few, as the text has it."""
    about, usual = {"indicator": indicator, "design": SYNTHETIC_CONTROL}, facts.brief.stands_out
    ranks = (facts.one(**about, statistic=one) for one in (PLACEBO_SHARE, PLACEBO_DISTANCE))
    many = [rank["estimate"] for rank in ranks if rank is not None and rank["estimate"] > usual]
    return f"; {in_ten(many[0])} others moved as far from theirs" if many else ""


def _placebos(facts: Facts) -> Chart:
    """How far each other authority moved from its own synthetic control, and where this one stands."""
    indicator = "strategy_impact_suspension_rate"
    others = facts.where(indicator=indicator, statistic=PLACEBO_GAP)
    own = facts.where(indicator=indicator, statistic=MEAN_GAP)
    drawn, axes = canvas(height=3.0)
    axes.hist(others["estimate"], bins=30, color="#C9CED2", edgecolor="white")
    value = own["estimate"].iloc[0]
    axes.axvline(value, color=OWN, linewidth=2.6)
    top = axes.get_ylim()[1]
    axes.text(value, top * 1.02, facts.brief.area, color=OWN, ha="center", va="bottom", fontweight="bold")
    axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (2, 2)))
    axes.set_xlabel("Mean distance from the synthetic control since the launch, per 100 pupils")
    axes.set_ylabel("Authorities")
    title, alt, unit = wording.placebos(facts)
    rows = pd.concat([own, others])
    return _finish(facts, drawn, rows, title, unit, alt)


CHARTS: MappingProxyType[str, Callable[[Facts], Any]] = MappingProxyType(
    {
        "suspension_rate_trend": _trend("suspension_rate"),
        "suspended_pupil_rate_trend": _trend("suspended_pupil_rate"),
        "permanent_exclusion_rate_trend": _trend("permanent_exclusion_rate"),
        "suspension_rate_by_phase": _by_phase,
        "suspension_rate_by_sen": _by_sen,
        "suspension_ratio_by_ethnicity": _by_ethnicity,
        "synthetic_control": _synthetic,
        "synthetic_control_placebos": _placebos,
    }
)
NEEDS: MappingProxyType[str, dict[str, str]] = MappingProxyType(
    {
        **{f"{measure}_trend": {"indicator": measure, "statistic": RATE} for measure in MEASURES},
        "suspension_rate_by_phase": {"indicator": "suspension_rate", "breakdown_topic": "education_phase"},
        "suspension_rate_by_sen": {"indicator": "suspension_rate_by_sen", "statistic": RATE},
        "suspension_ratio_by_ethnicity": {
            "indicator": "suspension_rate_by_ethnicity",
            "statistic": RATE_RATIO,
        },
        "synthetic_control": {"indicator": "strategy_impact_suspension_rate", "statistic": GAP},
        "synthetic_control_placebos": {
            "indicator": "strategy_impact_suspension_rate",
            "statistic": PLACEBO_GAP,
        },
    }
)
FORESTS: MappingProxyType[str, Callable[[Facts], Chart]] = MappingProxyType(
    {name: partial(forest, name=name) for name in PANELS}
)
IF_THERE: MappingProxyType[str, tuple[Callable[[Facts], Chart], Callable[[Facts], bool]]] = MappingProxyType(
    {CURVE: (curve, has_curve), HEAT_MAP: (heat_map, has_cells), **CHARTER_CHARTS, **YEARS_CHARTS}
)
TOGETHER = MappingProxyType({name: draw for name, (draw, _) in IF_THERE.items()})
NAMES = (*CHARTS, *RECORD_CHARTS, *FORESTS, *FUNNELS, *STEADY, *SPREADS, *IMPACT_CHARTS, *TOGETHER)
