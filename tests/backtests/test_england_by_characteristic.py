"""England by what pupils are, 2016/17: what the Department printed of it comes out of the shipped counts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onroll.runs import Run

PRINTED_1 = 0.05  # ratios and rates that the release says to one decimal


@pytest.fixture(scope="module")
def rows(run: Run) -> pd.DataFrame:
    found = run.evidence()
    return found[found["indicator"].str.endswith("_by_characteristic")]


def one(found: pd.DataFrame, indicator: str, group: str, statistic: str) -> Any:
    keep = (found["indicator"] == f"{indicator}_by_characteristic") & (found["breakdown"] == group)
    (row,) = found[keep & (found["statistic"] == statistic)].itertuples()
    return row


@pytest.mark.slow
def test_black_caribbean_pupils_beside_white_british(rows: pd.DataFrame) -> None:
    """The release: permanently excluded nearly three times as often (0.28% against 0.10%), 2.8."""
    ratio = one(rows, "permanent_exclusion_rate", "Black Caribbean", "rate ratio")
    assert ratio.comparator == "reference group: White British"
    assert ratio.estimate == pytest.approx(2.8, abs=PRINTED_1)
    assert (ratio.numerator, ratio.denominator) == (260, 5470)
    bounds = one(rows, "permanent_exclusion_rate", "Black Caribbean", "bounds from rounding")
    lowest, highest = (257.5 / 92597.5) / (5472.5 / 5439702.5), (262.5 / 92592.5) / (5467.5 / 5439707.5)
    assert lowest - 1e-9 <= bounds.lower < bounds.estimate < bounds.upper <= highest + 1e-9
    assert bounds.upper - bounds.lower > 0.04, "260 may have been 258 or 262"


def test_rates_as_printed(rows: pd.DataFrame) -> None:
    assert one(rows, "permanent_exclusion_rate", "Black Caribbean", "rate").estimate == pytest.approx(
        2.8, abs=PRINTED_1
    )
    assert one(rows, "suspended_pupil_rate", "Gypsy or Roma", "rate").estimate == pytest.approx(
        8.54, abs=0.005
    )


def test_primary_needs_are_set_beside_pupils_without_sen(rows: pd.DataFrame) -> None:
    ratio = one(rows, "suspended_pupil_rate", "Social, emotional and mental health", "relative risk")
    assert ratio.comparator == "reference group: No SEN"
    assert ratio.estimate > 10


def test_every_group_is_there_once_and_the_year_is_named(rows: pd.DataFrame) -> None:
    assert set(rows["time_period"]) == {"201617"}
    assert not rows.duplicated(["indicator", "breakdown_topic", "breakdown", "comparator", "statistic"]).any()
    assert (rows["geographic_level"] == "National").all()
