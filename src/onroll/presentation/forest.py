"""Forests of ratios: a line a group, the ratio as it is and among pupils alike, beside a named reference group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from onroll.presentation.drawing import GREY, INK, OWN, Chart, dots_canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.ladder import (
    FSM,
    MAJOR,
    MINOR,
    PUBLISHED,
    SEN,
    SEX,
    TOPICS,
    Line,
    england,
    lines,
    published,
)
from onroll.presentation.numbers import ratio, times
from onroll.presentation.wording import source_line
from onroll.vocabulary import EHC_PLAN, ETHNICITY_SHORT
from onroll.vocabulary.records import ADJUSTED

NUMBER_COLUMNS = [
    "indicator", "time_period", "area", "breakdown", "comparator", "statistic", "estimate", "lower", "upper",
]  # fmt: skip
TICKS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 10, 20)
WIDEST = 2.0
"""An interval is drawn at most this many times beyond the outermost ratio; where it goes on, an arrow says so."""
SHORT = MappingProxyType(
    {
        EHC_PLAN: "EHC plan",
        "Eligible for free school meals": "Eligible for free meals",
        "Male": "Boys",
        **ETHNICITY_SHORT,
    }
)
WHITE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
TO_LEFT, TO_RIGHT, UP = "<", ">", 0.17


@dataclass(frozen=True, slots=True)
class Panel:
    """The groups that share a reference group, under one heading."""

    heading: str
    groups: tuple[Line, ...]

    @property
    def drawn(self) -> list[Line]:
        """Groups with a ratio above 0 to draw."""
        return [one for one in self.groups if one.raw is not None and one.raw["estimate"] > 0]


def _own(*topics: str) -> Callable[[Facts], list[Panel]]:
    return lambda facts: [Panel(TOPICS[topic], found) for topic in topics if (found := lines(facts, topic))]


def _published(facts: Facts) -> list[Panel]:
    panels = ((heading, published(facts, indicator)) for indicator, heading in PUBLISHED.items())
    return [Panel(heading + _term(found[0].when), found) for heading, found in panels if found]


def _england(facts: Facts) -> list[Panel]:
    """Permanent exclusions of England by ethnic group: the last year in which they were published one by one."""
    found = england(facts, "permanent_exclusion_rate_by_characteristic", MINOR)
    return [Panel(f"Permanent exclusions, England, {found[0].when}", found)] if found else []


def _term(when: str) -> str:
    """The term of a published figure that came by term: ``, summer term``."""
    return f", {when.removeprefix('the ').partition(' of ')[0]}" if when.startswith("the ") else ""


PANELS: MappingProxyType[str, Callable[[Facts], list[Panel]]] = MappingProxyType(
    {
        "ratios_by_group": _own(SEN, FSM, SEX, MAJOR),
        "ratios_by_ethnic_group": _own(MINOR),
        "published_ratios_by_group": _published,
        "england_by_ethnic_group": _england,
    }
)


def forest(facts: Facts, name: str) -> Chart:
    """Draw one forest by its name."""
    panels = [panel for panel in PANELS[name](facts) if panel.drawn]
    is_own = name.startswith("ratios_by")
    drawn, axes = dots_canvas(sum(1.25 + len(panel.drawn) for panel in panels).__ceil__())
    left, right = _limits(panels)
    axes.set_xscale("log")
    axes.set_xlim(left, right)
    ticks = [tick for tick in TICKS if left < tick < right]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axvline(1, color=INK, linewidth=1, zorder=2)
    labels: list[tuple[float, str]] = []
    at = 0.0
    for panel in panels:
        _head(axes, panel, at, right)
        for one in panel.drawn:
            at -= 1
            labels.append((at, SHORT.get(one.name, one.name)))
            _draw(axes, one, at)
        at -= 1.25
    axes.set_yticks([place for place, _ in labels], [label for _, label in labels], fontsize=9.5)
    out = [one.is_above or one.is_below for panel in panels for one in panel.drawn]
    for label, stands_out in zip(axes.get_yticklabels(), out, strict=True):
        label.set_fontweight("bold" if stands_out else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at + 0.6, 0.6)
    if is_own:
        _key(axes)
    drawn.foot = _not_drawn(panels)
    return _finish(facts, drawn, panels, is_own)


def _limits(panels: Sequence[Panel]) -> tuple[float, float]:
    """Where the axis begins and ends: all ratios, 1, and intervals as far as they do not crowd out the rest."""
    facts = [fact for panel in panels for one in panel.drawn for fact in _of(one)]
    low, high = (end(float(fact["estimate"]) for fact in facts) for end in (min, max))
    left = max(min(float(fact["lower"]) for fact in facts), min(low, 1) / WIDEST)
    right = min(max(float(fact["upper"]) for fact in facts), max(high, 1) * WIDEST)
    return min(left, 0.8) * 0.92, max(right, 1.3) * 1.08


def _of(one: Line) -> list[Fact]:
    return [fact for fact in (one.raw, one.known(ADJUSTED)) if fact is not None and fact["estimate"] > 0]


def _head(axes: Axes, panel: Panel, at: float, right: float) -> None:
    """The panel's heading at the left, and what 1 means in it beside the line at 1."""
    axes.text(
        -0.4, at, panel.heading, transform=axes.get_yaxis_transform(), fontsize=9.5, fontweight="bold", color=INK,
        va="center", zorder=4, bbox=WHITE,
    )  # fmt: skip
    words = f"1 = as often as {panel.groups[0].others}"
    axes.text(
        1,
        at,
        words,
        transform=axes.get_yaxis_transform(),
        va="center",
        ha="right",
        fontsize=8.5,
        color=GREY,
        zorder=4,
        bbox=WHITE,
    )


def _draw(axes: Axes, one: Line, at: float) -> None:
    """The raw ratio above, filled; the adjusted one below it, open; both with their intervals."""
    pair = _of(one)
    for number, fact in enumerate(pair):
        is_open = number > 0
        place = at if len(pair) == 1 else at - UP if is_open else at + UP
        colour = GREY if is_open else OWN
        left, right = axes.get_xlim()
        start, end = max(float(fact["lower"]), left), min(float(fact["upper"]), right)
        axes.hlines(place, start, end, color=colour, linewidth=1.4, zorder=3)
        for limit, edge, mark in ((fact["lower"], left, TO_LEFT), (fact["upper"], right, TO_RIGHT)):
            if (limit < edge) if mark == TO_LEFT else (limit > edge):
                axes.scatter([edge], [place], marker=mark, color=colour, s=20, zorder=4, clip_on=False)
        axes.plot(
            [float(fact["estimate"])], [place], "o", mfc="white" if is_open else colour, mec=colour, markersize=6,
            zorder=5,
        )  # fmt: skip
        axes.annotate(
            times(float(fact["estimate"])), (1.02, place), xycoords=axes.get_yaxis_transform(), fontsize=8,
            color=colour, va="center", annotation_clip=False,
        )  # fmt: skip


def _key(axes: Axes) -> None:
    marks = [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="-",
            color=OWN,
            mfc=OWN,
            markersize=6,
            label="all pupils of the group",
        ),
        Line2D(
            [],
            [],
            marker="o",
            linestyle="-",
            color=GREY,
            mfc="white",
            markersize=6,
            label="among pupils alike",
        ),
    ]
    axes.legend(
        handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=8.5,
        borderaxespad=0.1,
    )  # fmt: skip


def _not_drawn(panels: Sequence[Panel]) -> str:
    """Under the axis: which groups are not drawn, and why."""
    gone = [
        (one, one.name + (f" ({panel.heading.partition(' by ')[0].lower()})" if one.topic in PUBLISHED else ""))
        for panel in panels for one in panel.groups if one not in panel.drawn
    ]  # fmt: skip
    held = [name for one, name in gone if one.is_withheld]
    none = [name for one, name in gone if one.raw is not None]
    rest = [name for _, name in gone if name not in (*held, *none)]
    said = (
        ("Withheld to protect pupils, not drawn", held), ("None counted, not drawn", none),
        ("Cannot be computed, not drawn", rest),
    )  # fmt: skip
    return " ".join(f"{why}: {', '.join(names)}." for why, names in said if names)


def _title(panels: Sequence[Panel]) -> str:
    """The group that stands out most surely, the one with the highest lower limit, in words."""
    above = [one for panel in panels for one in panel.drawn if one.is_above]
    if not above:
        return "No group stands clearly above its reference group"
    first = max(above, key=lambda one: float(one.raw["lower"]) if one.raw is not None else 0)
    assert first.raw is not None
    verb = "permanently excluded" if first.topic.startswith("permanent") else "suspended"
    where = "In England schools" if "_by_characteristic" in first.topic else "Schools"
    return f"{where} {verb} {first.people} {times(float(first.raw['estimate']))} times as often as {first.others}"


def _said(panels: Sequence[Panel]) -> str:
    said = []
    for panel in panels:
        each = []
        for one in panel.drawn:
            first, *second = (
                f"{ratio(f['estimate'])} ({ratio(f['lower'])} to {ratio(f['upper'])})" for f in _of(one)
            )
            each.append(f"{one.name} {first}" + (f", among pupils alike {second[0]}" if second else ""))
        said.append(f"{panel.heading}, against {panel.groups[0].others}: {'; '.join(each)}.")
    return " ".join(said)


def _finish(facts: Facts, drawn: Chart, panels: Sequence[Panel], is_own: bool) -> Chart:
    used = [fact.row for panel in panels for one in panel.drawn for fact in _of(one)]
    rows = facts.frame.loc[used]
    what = "How many times as likely to be suspended at least once" if is_own else "How many times the rate"
    drawn.title = _title(panels)
    drawn.unit = (
        f"{what}, beside the reference group, {_when(panels, facts)}; scale of ratios, with "
        f"{facts.brief.confidence:.0%} intervals. Bold: stands out among all groups of its panel looked at together"
    )
    drawn.alt = f"Dot chart of ratios with intervals. {_said(panels)} {drawn.foot}".strip()
    drawn.numbers = rows[NUMBER_COLUMNS].reset_index()
    drawn.source = source_line(facts, rows)
    return drawn


def _when(panels: Sequence[Panel], facts: Facts) -> str:
    """The year drawn: that of the run, or the last one published."""
    whens = {one.when for panel in panels for one in panel.drawn if not one.when.startswith("the ")}
    return whens.pop() if len(whens) == 1 else facts.brief.period


def available(facts: Facts) -> tuple[str, ...]:
    """Names of the forests that have a ratio to draw."""
    return tuple(name for name, panels in PANELS.items() if any(panel.drawn for panel in panels(facts)))
