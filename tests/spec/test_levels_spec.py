"""What a rate row says, on drawn tables of invented authorities."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from onroll.counts.published import all_sources, over_years, repeat_dispersion, summed
from onroll.evidence.changes import Pair, change_rows, next_year_rows, spread_of
from onroll.evidence.levels import level_rows
from onroll.evidence.patterns import sen_rows
from onroll.evidence.question import Question
from onroll.vocabulary import MEASURES, TOTAL

QUESTION = Question(
    year="202324", area_code="901", area="Northborough", region="Midshire", neighbours=("902",),
    neighbours_label="Neighbours", neighbours_id="statistical_neighbours_2021",
    reference_groups={"sen_provision": "No SEN", "ethnicity_major": "White"},
    baseline=("201617", "201718", "201819"), pandemic=("201920", "202021"), launch="202122",
    impact_pre=("201617", "201718", "201819"), change_pre=("201617", "201718", "201819"),
)  # fmt: skip


def drawn(table: str) -> pd.DataFrame:
    """A table as it is drawn below: columns apart by |, a dot where the publisher withheld a count."""
    frame = pd.read_csv(
        io.StringIO(table.replace(" ", "")), sep="|", dtype={"time_period": str, "area_code": str}
    )
    frame = frame.loc[:, ~frame.columns.str.startswith("Unnamed")]
    for column in ("pupils", "suspension_count", "suspended_pupil_count", "permanent_exclusion_count"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    return frame.assign(education_phase=TOTAL, region="Midshire", source="invented")


CELLS = drawn(
    """
    time_period|area_code|area        |pupils|suspension_count|suspended_pupil_count|permanent_exclusion_count
    201819     |901      |Northborough|10000 |400             |250                  |12
    202021     |901      |Northborough|10000 |150             |110                  |3
    202223     |901      |Northborough|10000 |500             |300                  |.
    202324     |901      |Northborough|10000 |620             |330                  |6
    202324     |902      |Southborough|20000 |900             |500                  |10
    """
)


def rows(measure: str, **said: Any) -> list[dict[str, Any]]:
    own = CELLS[CELLS["area_code"] == "901"]
    return list(level_rows(own, MEASURES[measure], QUESTION, level="Local authority", **said))


def test_a_rate_is_in_the_unit_people_read() -> None:
    found = {row["time_period"]: row for row in rows("suspension_rate")}
    assert found["202324"]["estimate"] == pytest.approx(6.2)
    assert (found["202324"]["numerator"], found["202324"]["denominator"]) == (620, 10000)
    assert {row["time_period"]: row for row in rows("permanent_exclusion_rate")}["202324"][
        "estimate"
    ] == pytest.approx(0.6)


def test_an_interval_holds_its_rate_and_repeat_suspensions_widen_it() -> None:
    narrow, wide = rows("suspension_rate")[-1], rows("suspension_rate", dispersion=3.0)[-1]
    for row in (narrow, wide):
        assert row["lower"] < row["estimate"] < row["upper"]
    assert wide["upper"] - wide["lower"] > 1.6 * (narrow["upper"] - narrow["lower"])
    assert "3.00 for repeat suspensions" in wide["method"]


def test_a_pandemic_year_is_there_and_says_so() -> None:
    [row] = [row for row in rows("suspension_rate") if row["time_period"] == "202021"]
    assert "pandemic year" in row["note"]
    assert row["estimate"] == pytest.approx(1.5)


def test_a_withheld_count_is_a_row_that_says_why() -> None:
    [row] = [row for row in rows("permanent_exclusion_rate") if row["time_period"] == "202223"]
    assert "estimate" not in row
    assert row["note"].startswith("cannot be computed: the publisher withheld")


def test_a_count_that_is_an_estimate_gets_no_interval() -> None:
    cells = CELLS[CELLS["time_period"] == "202324"].head(1).assign(permanent_exclusion_count=6.5)
    [row] = level_rows(cells, MEASURES["permanent_exclusion_rate"], QUESTION, level="Local authority")
    assert row["estimate"] == pytest.approx(0.65)
    assert "lower" not in row
    assert "no interval" in row["note"]


def test_a_sum_with_a_withheld_count_is_missing_not_smaller() -> None:
    together = summed(
        pd.concat([CELLS, CELLS[CELLS["area_code"] == "902"].assign(time_period="202223")]),
        ["901", "902"],
        "Both",
    )
    found = together.set_index("time_period")
    assert found.loc["202324", "permanent_exclusion_count"] == 16
    assert pd.isna(found.loc["202223", "permanent_exclusion_count"])
    assert found.loc["202223", "suspension_count"] == 1400


def test_an_area_with_a_year_missing_has_no_sum_over_the_years() -> None:
    both = over_years(CELLS, ("202223", "202324"))
    assert list(both["area_code"]) == ["901"]
    assert both["suspension_count"].tolist() == [1120]


def test_repeat_dispersion_by_hand() -> None:
    # Three pupils with one suspension, one with three: sum n^2 = 12, sum n = 6, pupils 4.
    per_pupil = pd.DataFrame({"suspensions_each": [1.0, 3.0], "pupils": [3.0, 1.0]})
    assert repeat_dispersion(per_pupil) == (2.0, 1.5)


def pair(now: str, then: str) -> Pair:
    own = CELLS[CELLS["area_code"] == "901"].set_index("time_period")
    return Pair(
        own.loc[now], own.loc[then], TOTAL, "previous_year", "before and after", "invented", "against then"
    )


def test_what_could_be_seen_stands_before_what_was_found() -> None:
    said = list(change_rows(pair("202324", "201819"), MEASURES["permanent_exclusion_rate"], QUESTION, None))
    assert [row["statistic"] for row in said] == [
        "detectable fall",
        "detectable rise",
        "rate ratio",
        "p value",
    ]
    assert said[2]["estimate"] == pytest.approx(0.5)


def test_a_withheld_count_makes_one_row_that_says_so() -> None:
    [row] = change_rows(pair("202324", "202223"), MEASURES["permanent_exclusion_rate"], QUESTION, None)
    assert row["note"] == "cannot be computed: a count is withheld or was not given"


def test_pupils_suspended_are_compared_as_relative_risk_not_rate_ratio() -> None:
    said = list(change_rows(pair("202324", "201819"), MEASURES["suspended_pupil_rate"], QUESTION, None))
    assert said[2]["statistic"] == "relative risk"


def test_next_year_takes_this_year_for_its_reference() -> None:
    said = list(next_year_rows(pair("202324", "201819"), MEASURES["suspension_rate"], QUESTION, None))
    assert {row["comparator"] for row in said} == {"next_year"}
    assert {row["denominator"] for row in said} == {620}


def test_spread_needs_ten_other_authorities() -> None:
    now, then = over_years(CELLS, ("202324",)), over_years(CELLS, ("201819",))
    assert spread_of(now, then, MEASURES["suspension_rate"], TOTAL, "901") is None


def test_a_group_of_which_all_must_be_there_has_no_sum_without_one_of_them() -> None:
    found = summed(CELLS, ["901", "902"], "Both", whole=True).set_index("time_period")
    assert found.loc["202324", "suspension_count"] == 1520
    assert pd.isna(found.loc["202223", "suspension_count"])


def test_a_year_that_lacks_most_of_the_roll_has_no_sum() -> None:
    later = CELLS[CELLS["area_code"] == "901"].tail(1).assign(time_period="202425")
    found = summed(pd.concat([CELLS, later]), ["901", "902"], "Both").set_index("time_period")
    assert pd.isna(found.loc["202425", "suspension_count"])


def test_every_source_of_a_sum_is_named_once() -> None:
    mixed = CELLS.assign(source=["a", "a", "b", "b; a", "c"])
    assert all_sources(mixed["source"]) == "a; b; c"
    assert summed(mixed, ["901", "902"], "Both").set_index("time_period").loc["202324", "source"] == "b; a; c"


def test_a_term_without_its_reference_group_has_rates_and_no_ratio() -> None:
    cells = pd.DataFrame(
        {
            "time_period": "202324", "time_identifier": "Autumn term", "area": "Northborough",
            "breakdown": ["SEN support"], "suspension_rate": 4.0, "suspended_pupil_rate": 2.0,
            "permanent_exclusion_rate": 0.1, "pupils": 1000.0, "suspension_count": 40.0,
            "suspended_pupil_count": 20.0, "permanent_exclusion_count": 1.0, "source": "invented",
        }
    )  # fmt: skip
    assert {row["statistic"] for row in sen_rows(cells, QUESTION, 2.0)} == {"rate"}
