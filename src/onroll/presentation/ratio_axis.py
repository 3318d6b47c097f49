"""The axis of ratios: a logarithmic scale whose labels leave each other room."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

TICKS = (1, 10, 0.1, 100, 0.01, 2, 0.5, 5, 0.2, 20, 0.05, 50, 0.02, 3, 0.33, 1.5, 0.75)
"""What may be labelled, the first before the last where there is not room for all; 1 always is."""
POINTS = 72
GLYPH, LINE, BETWEEN = 0.6, 1.0, 0.5
"""A figure's width, a label's height and the room between two labels, as shares of the size of the letters."""


def ratio_axis(axes: Axes, which: str) -> None:
    """Make an axis, ``x`` or ``y``, one of ratios: limits stay as they are, and as many labels as there is room for."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    ticks = spread(low, high, _length(axes, which), along=which == "x")
    axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()


def spread(low: float, high: float, length: float, *, along: bool) -> list[float]:
    """Ticks from ``low`` to ``high`` whose labels do not touch on an axis so many letters long; 1 is always one of them.

    ``along`` says that labels stand beside each other, where long ones take more room, not above each other.
    """
    kept: list[float] = [TICKS[0]]
    for tick in TICKS[1:]:
        if low <= tick <= high and all(
            length * abs(math.log(tick / other)) / math.log(high / low) >= _room(tick, other, along=along)
            for other in kept
        ):
            kept.append(tick)
    return sorted(kept)


def _room(tick: float, other: float, *, along: bool) -> float:
    """How far apart the middles of two labels must be, in letters."""
    return BETWEEN + (GLYPH * (len(f"{tick:g}") + len(f"{other:g}")) / 2 if along else LINE)


def _length(axes: Axes, which: str) -> float:
    """How long an axis is, in letters of its labels."""
    box, figure = axes.get_position(), axes.figure.get_figure(root=True)
    assert figure is not None
    wide, high = figure.get_size_inches()
    inches = box.width * wide if which == "x" else box.height * high
    axis = axes.xaxis if which == "x" else axes.yaxis
    return float(inches * POINTS / axis.get_ticklabels()[0].get_fontsize())
