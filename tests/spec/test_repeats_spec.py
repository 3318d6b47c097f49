"""Suspensions of own records and their repeats, on pupils drawn by hand. All pupils are invented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy, record_rows
from onroll.evidence.repeats import LEAST, OF_ENGLAND, OF_OWN, Spread, own_spread, together
from onroll.framework import load
from onroll.project import find_project
from onroll.statistics.ratios import rate_ratio
from onroll.statistics.repeat_events import repeat_rate

HANDWORK = 1e-9  # arithmetic in the same numbers
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="", neighbours_id="",
    reference_groups={}, baseline=("201819",), pandemic=(), launch="202122", impact_pre=("201516",),
    change_pre=("201516",),
)  # fmt: skip
GIRLS, BOYS = [40, 10, 2], [60, 25, 10, 5]
"""How many had one, two, three suspensions."""


def january(times: dict[str, list[int]], year: str = "202324") -> pd.DataFrame:
    """Cells of one school: for each sex so many pupils with 1, 2, 3 .. suspensions, a pupil a row."""
    rows = [
        {"time_period": year, "urn": 1, "la_code": "801", "education_phase": "State-funded secondary", "sex": sex,
         "suspended": 1, "suspensions": each, "suspensions_squared": each * each}
        for sex, counts in times.items() for each, pupils in enumerate(counts, 1) for _ in range(pupils)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def cells(counts: dict[str, tuple[int, int]], year: str = "202324") -> list[dict[str, Any]]:
    """Of the register: suspensions and pupils suspended of each sex, 1,000 on roll."""
    return [
        {"indicator": indicator, "time_period": year, "time_identifier": "Academic year",
         "geographic_level": "Local authority", "area_code": "801", "education_phase": "Total",
         "breakdown_topic": topic, "breakdown": group, "numerator": number, "denominator": 1000.0}
        for group, numbers in counts.items()
        for topic in ("Total" if group == "Total" else "sex",)
        for indicator, number in zip(("register_suspension_rate", "register_suspended_pupil_rate"), numbers, strict=True)
    ]  # fmt: skip


def rows_of(rows: list[dict[str, Any]], crossed: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    spells = pd.DataFrame(
        columns=["indicator", "time_period", "time_identifier", "geographic_level", "area_code", "education_phase",
                 "breakdown_topic", "breakdown", "days", "ended", "count"]
    )  # fmt: skip
    study = RecordsStudy(
        pd.DataFrame(rows), spells, load(find_project().root).indicators, lambda table: f"own_{table}", {},
        repeats=1.5, spread=own_spread(crossed),
    )  # fmt: skip
    return [row for row in record_rows(study, QUESTION) if row["indicator"] == "register_suspension_rate"]


def events(times: list[int]) -> int:
    return int(np.dot(times, np.arange(1, len(times) + 1)))


def test_a_groups_interval_is_that_of_its_own_pupils() -> None:
    both = events(GIRLS) + events(BOYS)
    rows = cells({"Total": (both, 152), "Female": (events(GIRLS), 52), "Male": (events(BOYS), 100)})
    found = {
        row["breakdown"]: row for row in rows_of(rows, {"202324": january({"Female": GIRLS, "Male": BOYS})})
    }
    for name, times in (("Female", GIRLS), ("Male", BOYS)):
        right = repeat_rate(times, 1000, per=100)
        assert (found[name]["estimate"], found[name]["lower"], found[name]["upper"]) == pytest.approx(
            (right.estimate, right.lower, right.upper), rel=HANDWORK
        )
        assert found[name]["method"] == f"Byar, dispersion {right.dispersion:.2f} {OF_OWN}"
    assert found["Total"]["method"].endswith(OF_OWN)


def test_where_too_few_are_known_englands_spread_is_used_and_said() -> None:
    few = [LEAST - 2, 1]
    rows = cells({"Female": (events(few), LEAST - 1)})
    [row] = rows_of(rows, {"202324": january({"Female": few})})
    assert row["method"] == f"Byar, dispersion {1.5 * events(few) / (LEAST - 1):.2f} {OF_ENGLAND}"
    [without] = rows_of(rows, {})
    assert without["method"] == row["method"]


def test_a_change_rests_on_the_spread_of_both_years() -> None:
    now, then = {"Male": BOYS}, {"Male": GIRLS}
    rows = cells({"Total": (events(BOYS), 100)}) + cells({"Total": (events(GIRLS), 52)}, "202223")
    found = rows_of(rows, {"202324": january(now), "202223": january(then, "202223")})
    [ratio] = [row for row in found if row["statistic"] == "rate ratio"]
    variance = sum(
        repeat_rate(times, 1000).dispersion / events(times)
        for times in (BOYS, GIRLS)  # type: ignore[operator]
    )
    wide = variance / (1 / events(BOYS) + 1 / events(GIRLS))
    right = rate_ratio(events(BOYS), 1000, reference_events=events(GIRLS), reference_exposure=1000, method="dispersed",
                       dispersion=wide)  # fmt: skip
    assert (ratio["lower"], ratio["upper"]) == pytest.approx((right.lower, right.upper), rel=HANDWORK)
    assert ratio["method"] == f"log ratio, dispersion {wide:.1f} {OF_OWN}"


def test_one_side_from_england_is_said_to_be_englands() -> None:
    assert together(Spread(2.0, OF_OWN), 8, Spread(4.0), 8) == Spread(3.0, OF_ENGLAND)
