"""Charts: what is drawn is what stands beside them, and what they say in words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from onroll.errors import UsageError
from onroll.presentation.charts import CHARTS
from onroll.presentation.numbers import rate
from onroll.runs import Run, Shown

DRAWN = 1e-9  # a number drawn is the number in the table, bit for bit but for the way it is stored


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_line_drawn_is_in_the_numbers_beside_it(run: Run, name: str) -> None:
    chart = run.figure(name)
    [axes] = chart.axes
    held = chart.numbers["estimate"].to_numpy()
    lines = [line for line in axes.lines if len(line.get_ydata()) > 2]
    for line in lines if "ratio" not in name else ():
        for value in np.asarray(line.get_ydata(), dtype=float):
            assert np.abs(held - value).min() < DRAWN
    if name == "synthetic_control_placebos":
        assert sum(bar.get_height() for bar in axes.patches) == len(held) - 1
    elif name == "suspension_ratio_by_ethnicity":
        drawn = sorted(axes.containers[0].lines[0].get_xdata())
        assert drawn == pytest.approx(sorted(held), abs=DRAWN)
    else:
        assert lines


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_the_numbers_are_rows_of_the_evidence(run: Run, name: str) -> None:
    evidence = run.evidence()
    for row in run.figure(name).numbers.to_dict("records"):
        assert evidence.loc[row["row"], "estimate"] == row["estimate"]
        assert evidence.loc[row["row"], "area"] == row["area"]


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_chart_says_its_finding_unit_source_and_alternative(run: Run, name: str) -> None:
    chart = run.figure(name)
    assert 3 <= len(chart.title.split()) <= 12, chart.title
    assert len(chart.alt) > 60
    assert re.search(r"\d", chart.alt)
    assert chart.unit
    assert "Department for Education" in chart.source
    assert "Already public" in chart.source
    assert run.id in chart.source


def test_the_alternative_text_holds_the_numbers_of_the_finding(run: Run) -> None:
    rows = run.evidence(
        indicator="suspension_rate", statistic="rate", breakdown="Total", time_period="202324"
    )
    alt = run.figure("suspension_rate_trend").alt
    for area in ("Luton", "England"):
        assert rate(float(rows[rows["area"] == area]["estimate"].iloc[0])) in alt


def test_a_drawing_is_the_same_bytes_for_the_same_numbers(run: Run) -> None:
    assert run.figure("suspension_rate_trend").svg() == run.figure("suspension_rate_trend").svg()


def test_pictures_of_one_chart_leave_each_other_as_they_are(run: Run) -> None:
    drawn, again = run.figure("suspension_rate_trend"), run.figure("suspension_rate_trend")
    first = (drawn.svg(), drawn.png(), drawn.svg(alone=False))
    assert first == (*reversed((again.svg(alone=False), again.png(), again.svg())),)
    assert first == (drawn.svg(), drawn.png(), drawn.svg(alone=False))


def test_what_is_added_to_a_drawn_chart_is_in_its_picture(run: Run) -> None:
    drawn = run.figure("suspension_rate_trend")
    width, _ = size(drawn.svg())
    drawn.axes[0].annotate("added by hand", (1.6, 0.5), xycoords="axes fraction", annotation_clip=False)
    drawn.png()
    assert size(drawn.svg())[0] > width + 100


def test_the_picture_for_a_page_leaves_out_what_stands_beside_it_and_no_letter_of_what_stays(
    run: Run,
) -> None:
    drawn = run.figure("suspension_rate_trend")
    drawn.foot = "Quizzically: " + drawn.title  # letters that were first written in the title
    alone, on_page = drawn.svg().decode(), drawn.svg(alone=False).decode()
    title, foot = (f"<!-- {words[:20]}" for words in (drawn.title, drawn.foot))
    assert title in alone
    assert title not in on_page
    assert foot in on_page
    asked, there = (set(re.findall(rf'{name}="#?([\w-]+)"', on_page)) for name in ("xlink:href", "id"))
    assert asked <= there
    assert on_page.count("<g") == on_page.count("</g>")
    heights = [float(re.search(r'height="([\d.]+)pt"', one)[1]) for one in (alone, on_page)]
    assert heights[1] < heights[0] - 30


def size(picture: bytes) -> tuple[float, float]:
    """Width and height of an SVG in points."""
    found = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    assert found is not None
    return float(found[1]), float(found[2])


def test_an_unknown_chart_is_a_clear_line(run: Run) -> None:
    with pytest.raises(UsageError, match=r"no chart is called 'suspension_trend'.*Did you mean"):
        run.figure("suspension_trend")


def test_what_a_notebook_shows_holds_the_numbers_and_no_script(run: Run) -> None:
    shown = run.show("suspension_rate_trend")
    assert isinstance(shown, Shown)
    html = shown._repr_html_()
    assert "<table>" in html
    assert "<script" not in html
    assert 'alt="Line chart.' in html


def test_bars_and_lines_start_at_zero(run: Run) -> None:
    for name in CHARTS:
        if "ratio" not in name:
            assert run.figure(name).axes[0].get_ylim()[0] == 0
