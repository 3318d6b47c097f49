"""Combinations of groups and how suspensions fall on pupils, on a page: what is said, drawn and withheld."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from onroll.disclosure.door import reopened
from onroll.evidence.table import collect, finding
from onroll.framework import Framework
from onroll.presentation import concentration, intersections
from onroll.presentation.heat_map import HIGHER
from onroll.presentation.model import Table, plain
from onroll.runs import Run

TOPIC = "sen_provision; ethnicity_major; fsm; sex"
FSM, NOT = "Eligible for free school meals", "Not eligible for free school meals"
FAMILY = "stands out, allowing for 4 combinations looked at together (Holm)"
ROWS: tuple[tuple[str, float, float, str], ...] = (
    (f"SEN support; White; {FSM}; Male", 14.6, 2.1, FAMILY),
    (f"SEN support; White; {NOT}; Male", 6.7, 1.0, f"does not {FAMILY.replace('stands', 'stand')}"),
    (f"No SEN; White; {NOT}; Female", 2.0, 1.2, f"does not {FAMILY.replace('stands', 'stand')}"),
)
HELD = f"No SEN; White; {FSM}; Female"
SMALL = f"No SEN; White; {FSM}; Male"


def said(indicator: str, topic: str, group: str, **more: Any) -> dict[str, Any]:
    return {
        "indicator": indicator, "objective": "P5.2", "time_period": "202324", "geographic_level": "Local authority",
        "area": "Luton", "breakdown_topic": topic, "breakdown": group, "source": "synthetic_exclusions",
        "design": "description", "strength": "descriptive", **more,
    }  # fmt: skip


def rows() -> list[dict[str, Any]]:
    name = intersections.INDICATOR
    found = [
        finding(**said(name, "Total", "Total"), statistic="share between combinations", estimate=0.09, lower=0.06,
                upper=0.14),
        finding(**said(name, "Total", "Total"), statistic="share explained by single groups", estimate=0.8),
        finding(**said(name, TOPIC, HELD), statistic="rate of a combination", note="withheld"),
        finding(**said(name, TOPIC, SMALL), statistic="rate of a combination", estimate=2.8, lower=1.1, upper=6.3,
                note="fewer than 100 pupils; drawn in"),
        finding(**said(name, TOPIC, HELD, comparator="its parts"), statistic="beyond its parts", note="withheld"),
    ]  # fmt: skip
    for group, rate, odds, family in ROWS:
        found.append(finding(**said(name, TOPIC, group), statistic="rate of a combination", estimate=rate, lower=rate - 1,
                             upper=rate + 1, note="100 to 499 pupils; drawn in"))  # fmt: skip
        found.append(finding(**said(name, TOPIC, group, comparator="its parts"), statistic="beyond its parts",
                             estimate=odds, lower=odds - 0.1, upper=odds + 0.3, note=f"why; {family}"))  # fmt: skip
    pupils, schools = concentration.PUPILS, concentration.SCHOOLS
    found += [
        finding(**said("register_suspension_rate", "Total", "Total"), statistic="rate", estimate=6.0, numerator=2394.0,
                denominator=40671.0),
        finding(**said(pupils, "Total", "Total"), statistic="fewest making half", estimate=24.4, lower=22.9, upper=26.0,
                numerator=339.0, denominator=1386.0),
        finding(**said(schools, "Total", "Total"), statistic="fewest making half", estimate=8.8, numerator=6.0,
                denominator=68.0),
    ]  # fmt: skip
    found += [finding(**said(pupils, "most_suspended", f"{top}%"), statistic="share of suspensions", estimate=share,
                      lower=share - 2, upper=share + 2, numerator=13.86 * top, denominator=1386.0)
              for top, share in ((10, 30.0), (50, 71.0), (90, 94.0))]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def town(run: Run, framework: Framework) -> Run:
    frame = collect(rows(), {"synthetic_exclusions": "synthetic"}).frame.assign(symbol="")
    frame.loc[frame["note"] == "withheld", "symbol"] = "c"
    together = pd.concat([run.facts.frame, frame[run.facts.frame.columns]], ignore_index=True)
    source = {"synthetic_exclusions": "Synthetic data made from a seed, no real child or school: exclusions"}
    brief = replace(
        run.facts.brief, origins=("published", "synthetic"), sources={**run.facts.brief.sources, **source}
    )
    return Run(framework, reopened(together, {"withheld": []}), brief)


def test_how_few_is_said_with_its_base(town: Run) -> None:
    words = repr(town.say("how_few"))
    assert (
        "Of 2,394 suspensions in 2023/24 half were of 339 pupils, 24% (interval 23 to 26) of the 1,386 pupils"
        in words
    )
    assert "had 30% (28 to 32) of all suspensions" in words
    assert "6 of the 68 schools that suspended anybody" in words


def test_combinations_say_where_they_are_beyond_their_parts_and_where_not(town: Run) -> None:
    words = repr(town.say("combinations"))
    assert "9% (interval 6% to 14%) lie between combinations" in words
    assert "account for 80% of what lies between" in words
    assert (
        "Suspended more often than their groups one by one would lead one to expect: boys with SEN support, recorded as "
        "White, eligible for free school meals, 14.6 in 100 (13.6 to 15.6), 2.1 times the odds (2.0 to 2.4)."
        in words
    )
    assert (
        "girls with no SEN provision, recorded as White, not eligible" not in words.partition("expect: ")[2]
    )
    assert "when allowance is made for all combinations looked at together" in words
    assert "This says which pupils schools suspended, not why." in words
    assert "It does not say whether there were any." in words


def test_the_heat_map_has_a_number_in_each_cell_and_hatches_what_is_withheld(town: Run) -> None:
    chart = town.figure("suspended_by_combination")
    [axes] = chart.axes
    written = [one.get_text() for one in axes.texts]
    assert f"14.6 {HIGHER}" in written
    assert {"6.7", "2.0"} <= set(written)
    assert sum(isinstance(one, Rectangle) and one.get_hatch() is not None for one in axes.patches) == 2
    assert written.count("nobody") == 3, "combinations in which nobody was are not hatched"
    assert "Hatched: withheld to protect pupils, or too few to tell" in chart.foot
    assert chart.title.startswith(
        "Schools suspended boys with SEN support, recorded as White, eligible for free school"
    )
    assert sorted(chart.numbers["estimate"]) == [2.0, 6.7, 14.6]


def test_the_curve_goes_through_its_numbers_and_marks_half(town: Run) -> None:
    chart = town.figure("suspensions_concentrated")
    assert chart.title == "Half of all suspensions were of 24% of the pupils suspended"
    line = next(one for one in chart.axes[0].lines if one.get_marker() == "o")
    assert list(line.get_xydata()[1]) == [10.0, 30.0]
    assert "10% of them had 30%" in chart.alt


def test_the_table_has_every_combination_and_says_withheld(town: Run) -> None:
    [table] = [block for block in town.table("combinations").blocks if isinstance(block, Table)]
    cells = [[plain(cell) for cell in row] for row in table.rows]
    assert len(cells) == 5
    assert cells[0][1:] == ["100 to 499 pupils", "14.6 (13.6 to 15.6)", "2.10 (2.00 to 2.40)"]
    assert ["withheld"] * 3 in [row[1:] for row in cells]
    assert ["fewer than 100 pupils", "too few to tell", "too few to tell"] in [row[1:] for row in cells]


def test_a_combination_of_few_pupils_is_not_told_by_its_model(town: Run) -> None:
    said = repr(town.say("combinations"))
    assert "2.8" not in said
    assert "Combinations of fewer than 100 pupils are left out" in said
    assert 2.8 not in set(town.figure("suspended_by_combination").numbers["estimate"])


def test_without_own_records_there_is_no_combination_and_no_curve(run: Run) -> None:
    assert repr(run.say("combinations")).startswith("No own records")
    assert repr(run.say("how_few")).startswith("No own records")
    assert not {"suspended_by_combination", "suspensions_concentrated"} & set(run.figures)
    assert repr(run.show("suspended_by_combination")).startswith("No chart")
