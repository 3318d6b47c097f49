"""A heat map of combinations: shade and number in each cell, hatched where withheld, marked where beyond its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from onroll.presentation.drawing import GREY, INK, RC, WIDTH, Chart
from onroll.presentation.facts import Facts
from onroll.presentation.intersections import Combination, combinations
from onroll.presentation.numbers import rate, rounded
from onroll.presentation.wording import source_line
from onroll.vocabulary import EHC_PLAN, ETHNICITY_MAJOR, ETHNICITY_SHORT, NO_SEN, SEN_SUPPORT

NAME = "suspended_by_combination"
SHADES = LinearSegmentedColormap.from_list("shades", ["#F4F7FA", "#8FB0CC", "#12436D"])
DARK = 0.72
"""From this shade on the number in a cell is white."""
SHORT: Mapping[str, str] = MappingProxyType(
    {
        **ETHNICITY_SHORT, EHC_PLAN: "EHC plan", "Male": "Boys", "Female": "Girls",
        "Eligible for free school meals": "free meals", "Not eligible for free school meals": "no free meals",
    }
)  # fmt: skip
ORDER = {
    name: at for at, name in enumerate((NO_SEN, SEN_SUPPORT, EHC_PLAN, *ETHNICITY_MAJOR, "Female", "Male"))
}
HIGHER, LOWER = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
LINE = 0.32
ENDS = 4
"""So many of the highest and of the lowest stand in the alternative text; all stand in the table."""
COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]


def heat_map(facts: Facts) -> Chart:
    """Draw every combination: the first and last breakdown across, those between them down."""
    every = combinations(facts)
    across, down = _sides(every)
    chart, axes = _canvas(len(down))
    found = {one.groups: one for one in every}
    most = max(float(one.rate["estimate"]) for one in every if one.is_shown)
    for (y, row), (x, column) in product(enumerate(down), enumerate(across)):
        groups = (column[0], *row, column[1]) if len(column) > 1 else (*row, column[0])
        _cell(axes, found.get(groups), x, y, most)
    _label(axes, across, down)
    return _finish(facts, chart, every)


def _sides(every: Sequence[Combination]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What stands across and what stands down, each in order."""
    levels = [sorted({one.groups[at] for one in every}, key=lambda name: (ORDER.get(name, 99), name))
              for at in range(len(every[0].topics))]  # fmt: skip
    if len(levels) < 3:
        return [(name,) for name in levels[-1]], [(name,) for name in levels[0]]
    return list(product(levels[0], levels[-1])), list(product(*levels[1:-1]))


def _canvas(rows: int) -> tuple[Chart, Axes]:
    with mpl.rc_context(RC):
        height = 1.1 + LINE * rows
        chart = Chart(figsize=(WIDTH, height))
        axes = chart.add_axes((0.24, 0.08 / height, 0.75, 1 - 0.75 / height))
        axes.grid(visible=False)
    return chart, axes


def _cell(axes: Axes, one: Combination | None, x: int, y: int, most: float) -> None:
    if one is None:
        axes.text(x, y, "nobody", ha="center", va="center", fontsize=8, color=GREY)
        return
    if not one.is_shown:
        box = Rectangle(
            (x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor="#A9AFB3", hatch="////", linewidth=0
        )
        axes.add_patch(box)
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor="white", linewidth=2))
        return
    value = float(one.rate["estimate"])
    axes.add_patch(
        Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=SHADES(value / most), edgecolor="white", linewidth=1)
    )
    mark = f" {HIGHER}" if one.is_higher else f" {LOWER}" if one.is_lower else ""
    axes.text(
        x, y, rate(value) + mark, ha="center", va="center", fontsize=9.5, fontweight="bold" if mark else "normal",
        color="white" if value / most > DARK else INK,
    )  # fmt: skip


def _label(axes: Axes, across: Sequence[tuple[str, ...]], down: Sequence[tuple[str, ...]]) -> None:
    """Names at the left and above; a wider gap where the first name changes."""
    axes.set_xlim(-0.5, len(across) - 0.5)
    axes.set_ylim(len(down) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(across)), [_short(one[-1:]) for one in across], fontsize=9)
    axes.set_yticks(range(len(down)), [_short(one) for one in down], fontsize=9)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    firsts = [one[0] for one in across] if len(across[0]) > 1 else []
    for name in dict.fromkeys(firsts):
        places = [at for at, first in enumerate(firsts) if first == name]
        axes.annotate(_short((name,)), (sum(places) / len(places), -0.5), xytext=(0, 20), textcoords="offset points",
                      ha="center", va="bottom", fontsize=9.5, fontweight="bold", color=INK)  # fmt: skip
    for lines, draw in (
        (firsts, axes.axvline),
        ([one[0] for one in down] if len(down[0]) > 1 else [], axes.axhline),
    ):
        for at, (one, other) in enumerate(pairwise(lines)):
            if one != other:
                draw(at + 0.5, color="white", linewidth=5)


def _short(names: Sequence[str]) -> str:
    return ", ".join(SHORT.get(name, name) for name in names)


def _finish(facts: Facts, chart: Chart, every: Sequence[Combination]) -> Chart:
    shown = [one for one in every if one.is_shown]
    higher = [one for one in shown if one.is_higher]
    rows = facts.frame.loc[[one.rate.row for one in shown]]
    chart.title = (
        f"Of combinations that can be shown, schools suspended {shown[0].people} most often: "
        f"{rounded(float(shown[0].rate['estimate']))} in 100"
    )
    if higher:
        chart.title = f"Schools suspended {higher[0].people} more often than their groups one by one lead to"
    chart.unit = (
        f"Pupils suspended at least once for every 100 of the combination, {facts.brief.period}; from a model"
    )
    marks = f"{HIGHER} more, {LOWER} less than its groups one by one lead to. "
    chart.foot = (marks if any(one.is_higher or one.is_lower for one in shown) else "") + (
        "Hatched: withheld to protect pupils, or too few to tell." if len(shown) < len(every) else ""
    )
    first, last = shown[:ENDS], shown[max(ENDS, len(shown) - ENDS) :]
    said = f"Highest: {_each(first)}." + (f" Lowest: {_each(last)}." if last else "")
    chart.alt = (
        f"Heat map of combinations of groups, suspended in 100. {chart.title}. {said} {chart.foot}".strip()
    )
    chart.numbers = rows[COLUMNS].rename_axis("row").reset_index()
    chart.source = source_line(facts, rows)
    return chart


def _each(some: Sequence[Combination]) -> str:
    return "; ".join(f"{one.people} {rate(float(one.rate['estimate']))}" for one in some)


def has_cells(facts: Facts) -> bool:
    """Whether there are two combinations or more to draw."""
    return sum(one.is_shown for one in combinations(facts)) > 1
