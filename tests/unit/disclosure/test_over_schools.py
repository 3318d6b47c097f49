"""Rules 8 and 9: figures that rest on all schools of a phase, and charts that rest on all terms of a baseline."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onroll.disclosure.door import release
from onroll.disclosure.over_schools import few_small
from onroll.disclosure.own_records import Rules
from onroll.evidence.table import collect, finding

PUPILS, SUSPENSIONS = "register_suspended_pupil_rate", "register_suspension_rate"
SECONDARY = "State-funded secondary"
ORIGINS = {"own_exclusions": "own records"}


def row(**about: Any) -> dict[str, Any]:
    usual = {
        "indicator": PUPILS, "time_period": "202324", "geographic_level": "Local authority", "area": "Here",
        "breakdown_topic": "education_phase", "breakdown": SECONDARY, "source": "own_exclusions",
    }  # fmt: skip
    return finding(**(usual | about))


def rate(k: int, n: int, **about: Any) -> dict[str, Any]:
    return row(statistic="rate", estimate=100 * k / n, numerator=float(k), denominator=float(n), **about)


def let_through(rows: list[dict[str, Any]], few: frozenset[tuple[str, str]] = frozenset()) -> pd.DataFrame:
    return release(collect(rows, ORIGINS), Rules(10, frozenset({PUPILS}), few_small=few)).frame


def schools(counts: list[int], phase: str = SECONDARY) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": PUPILS, "time_period": "202324", "time_identifier": "Academic year", "geographic_level": "School",
            "education_phase": phase, "breakdown_topic": "Total", "numerator": counts, "denominator": 1000.0,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "is_few"),
    [([40] * 12, False), ([40] * 11 + [4], True), ([40] * 3 + [4] * 9, True), ([40] * 2 + [4] * 10, False),
     ([40] * 11 + [0], False), ([40] * 11 + [996], True)],
)  # fmt: skip
def test_few_small_schools_are_those_that_could_be_solved_for(counts: list[int], is_few: bool) -> None:
    assert few_small(schools(counts), 10) == (frozenset({("202324", SECONDARY)}) if is_few else frozenset())


OVER = row(
    statistic="median odds ratio", comparator="other_schools", estimate=1.41421, lower=1.2345, upper=1.7654
)


def test_what_rests_on_all_schools_is_told_to_two_decimals_though_its_phase_is_withheld() -> None:
    frame = let_through([rate(3, 900), OVER])
    assert list(frame["symbol"]) == ["c", ""]
    assert frame.iloc[1][["estimate", "lower", "upper"]].tolist() == [1.41, 1.23, 1.77]


def test_with_few_small_schools_it_is_withheld_in_that_year_and_so_is_every_change() -> None:
    few = frozenset({("202324", SECONDARY)})
    earlier = OVER | {"time_period": "202223"}
    change = OVER | {"statistic": "change in variance between schools", "time_period": "202223"}
    frame = let_through([rate(900, 9000), OVER, earlier, change], few)
    assert list(frame["symbol"]) == ["", "c", "", "c"]


def test_a_school_keeps_its_own_rate_and_its_limits_are_coarse_or_gone() -> None:
    school = {"geographic_level": "School", "area": "A school (1)"}
    place = row(**school, statistic="place in the funnel", comparator="other_schools", estimate=4.567891, lower=1.23456,
                upper=9.87654, numerator=50.0, denominator=1094.0)  # fmt: skip
    other = rate(60, 1000, geographic_level="School", area="Another (2)")
    rows = [rate(110, 2094), rate(50, 1094, **school), other, place]
    shown = let_through(rows).iloc[3]
    assert (shown["estimate"], shown["lower"], shown["upper"]) == (4.567891, 1.23, 9.88)
    assert let_through(rows, frozenset({("202324", SECONDARY)})).iloc[3]["symbol"] == "c"


def test_the_place_of_a_withheld_school_is_withheld() -> None:
    named = [{"geographic_level": "School", "area": f"School ({at})"} for at in range(3)]
    rows = [rate(94, 3000), rate(4, 1000, **named[0]), rate(40, 1000, **named[1]), rate(50, 1000, **named[2])]
    place = row(**named[0], statistic="place in the funnel", comparator="other_schools", estimate=0.4, lower=0.1,
                upper=9.0, numerator=4.0, denominator=1000.0)  # fmt: skip
    frame = let_through([*rows, place])
    assert frame.iloc[4]["symbol"] == "c"
    assert frame.iloc[4][["estimate", "lower", "upper", "numerator"]].isna().all()


def chart(counts: list[int]) -> list[dict[str, Any]]:
    """A year and its terms, their chart, and its level; the last term is no part of the baseline."""
    terms = ("Autumn term", "Spring term", "Summer term")
    rows = [rate(sum(counts), 9000, indicator=SUSPENSIONS, breakdown_topic="Total", breakdown="Total")]
    rows += [
        rate(k, 9000, indicator=SUSPENSIONS, breakdown_topic="term", breakdown=term)
        for k, term in zip(counts, terms, strict=True)
    ]
    rows += [
        rate(k, 9000, indicator=SUSPENSIONS, breakdown_topic="term", breakdown=term, comparator="terms_before")
        | {"statistic": "place in the chart" if term == terms[-1] else "baseline of the chart", "lower": 0.1, "upper": 9.0}
        for k, term in zip(counts, terms, strict=True)
    ]  # fmt: skip
    level = row(indicator=SUSPENSIONS, statistic="level of the chart", comparator="terms_before", estimate=0.5,
                breakdown_topic="Total", breakdown="Total")  # fmt: skip
    return [*rows, level]


@pytest.mark.parametrize(
    ("counts", "charted"),
    [([40, 50, 60], ["", "", "", ""]), ([4, 50, 60], ["c", "c", "c", "c"]), ([40, 50, 6], ["", "", "c", ""])],
)
def test_a_chart_goes_with_a_term_of_its_baseline_and_not_with_a_later_one(
    counts: list[int], charted: list[str]
) -> None:
    assert list(let_through(chart(counts)).iloc[4:]["symbol"]) == charted
