"""Labels of an axis of ratios leave each other room, on a wide scale as on a narrow one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.transforms import Bbox

from onroll.presentation.drawing import dots_canvas, stacked_canvas
from onroll.presentation.ratio_axis import TICKS, ratio_axis, spread

RATIOS = st.floats(math.log(1e-3), math.log(1e3))


@given(
    st.tuples(RATIOS, RATIOS).filter(lambda ends: abs(ends[0] - ends[1]) > 0.01),
    st.floats(5, 60),
    st.booleans(),
)
def test_one_is_always_labelled_and_nothing_outside_the_limits(
    ends: tuple[float, float], length: float, along: bool
) -> None:
    low, high = math.exp(min(ends)), math.exp(max(ends))
    ticks = spread(low, high, length, along=along)
    assert 1 in ticks
    assert ticks == sorted(set(ticks))
    assert all(low <= tick <= high for tick in ticks if tick != 1)


def test_fewer_are_labelled_where_there_is_less_room() -> None:
    assert spread(0.4, 2.5, 40, along=False) == [0.5, 0.75, 1, 1.5, 2]
    wide = spread(0.03, 30, 14, along=False)
    assert {0.1, 1, 10} <= set(wide)
    assert not {0.75, 1.5} & set(wide)
    assert len(spread(0.03, 30, 6, along=True)) < len(wide) < len(spread(0.03, 30, 40, along=True))
    assert len(spread(1e-3, 1e3, 1000, along=True)) == len(TICKS)


@pytest.mark.parametrize("which", ["x", "y"])
@pytest.mark.parametrize(("low", "high"), [(0.03, 30), (0.3, 3), (0.7, 1.2), (0.008, 2)])
def test_labels_as_they_are_drawn_do_not_touch(which: str, low: float, high: float) -> None:
    drawn, axes = dots_canvas(6) if which == "x" else stacked_canvas(1, 2.9)
    axes = axes if which == "x" else axes[0]
    axes.plot([low, high], [low, high])
    ratio_axis(axes, which)
    drawn.canvas.draw()
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axis.get_view_interval()
    boxes: list[Bbox] = [
        label.get_window_extent() for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        if limits[0] <= place <= limits[1]
    ]  # fmt: skip
    assert boxes
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
