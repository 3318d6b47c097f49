"""What each rung of the ladder says, on counts drawn by hand. All pupils are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.alike import NO_GAP, Alike
from onroll.evidence.ladder import NOT_PUPILS, ladder_rows
from onroll.evidence.question import Question
from onroll.evidence.ratio import Sides
from onroll.evidence.records import RecordsStudy
from onroll.framework import load
from onroll.framework.plan import Disproportionality
from onroll.project import find_project
from onroll.vocabulary.records import (
    ADJUSTED,
    BETWEEN_SCHOOLS,
    COMPOSITION,
    DETECTABLE_RATIO,
    EXCESS,
    RATE_PART,
    RULE,
    WITHIN_SCHOOLS,
    YEARS_ABOVE,
)

PLAN = Disproportionality(("sex",), ("sen_provision",), "2", 10, 30, 3, "0.05")
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="",
    neighbours_id="", reference_groups={"sex": "Female"}, baseline=("201819",), pandemic=(), launch="202122",
    impact_pre=("201516",), change_pre=("201516",), disproportionality=PLAN,
)  # fmt: skip
HANDWORK = 1e-9  # arithmetic in the same numbers


def cells(rows: list[tuple[str, str, str, int, int]]) -> pd.DataFrame:
    """``year, topic, group, suspended, pupils`` as cells of the register."""
    return pd.DataFrame(
        [
            {
                "indicator": "register_suspended_pupil_rate", "time_period": year, "time_identifier": "Academic year",
                "geographic_level": "Local authority", "area_code": "801", "education_phase": "Total",
                "breakdown_topic": topic, "breakdown": group, "numerator": suspended, "denominator": pupils,
            }
            for year, topic, group, suspended, pupils in rows
        ]
    )  # fmt: skip


def year(period: str, girls: tuple[int, int], boys: tuple[int, int]) -> list[tuple[str, str, str, int, int]]:
    both = tuple(one + other for one, other in zip(girls, boys, strict=True))
    return [
        (period, "sex", "Female", *girls), (period, "sex", "Male", *boys),
        (period, "sex", "Unknown", 0, 3), (period, "Total", "Total", both[0], both[1] + 3),
    ]  # fmt: skip


def rungs(
    rows: list[tuple[str, str, str, int, int]], alike: Alike | None = None, question: Question = QUESTION
) -> dict[str, dict[str, Any]]:
    indicators = load(find_project().root).indicators
    study = RecordsStudy(cells(rows), pd.DataFrame(), indicators, lambda table: f"own_{table}", {})
    found = list(ladder_rows(study, alike, question))
    assert {row["breakdown"] for row in found} <= {"Male"}, "unknown is no group to compare"
    return {row["statistic"]: row for row in found}


def test_ratio_excess_years_and_rule() -> None:
    rows = year("202122", (30, 1000), (75, 1000)) + year("202223", (30, 1000), (40, 1000))
    found = rungs(rows + year("202324", (30, 1000), (90, 1200)))
    assert found["relative risk"]["estimate"] == pytest.approx(2.5, rel=HANDWORK)
    assert found["relative risk"]["lower"] > 1
    # 1,200 boys at the girls' 3 in 100 would be 36
    assert found[EXCESS]["estimate"] == pytest.approx(90 - 36, rel=HANDWORK)
    assert (found[YEARS_ABOVE]["estimate"], found[YEARS_ABOVE]["denominator"]) == (2, 3)
    assert found[YEARS_ABOVE]["note"] == "2021/22, 2023/24"
    # against all others: 30 of the 1,003 who are not boys; 4 in 100 in the middle year is not twice 2.99
    assert found[RULE]["estimate"] == pytest.approx((90 / 1200) / (30 / 1003), rel=HANDWORK)
    assert found[RULE]["note"] == "not above in every year of the row; this year above"
    assert found[DETECTABLE_RATIO]["estimate"] > 1.5
    assert found["relative risk"]["comparator"] == "reference group: Female"


def test_the_rule_names_a_group_that_was_above_in_every_year() -> None:
    rows = [row for period in ("202122", "202223", "202324") for row in year(period, (30, 1000), (75, 1000))]
    assert rungs(rows)[RULE]["note"].startswith("above in every year of the row")


def test_a_threshold_that_is_met_exactly_is_not_passed() -> None:
    def met(period: str) -> list[tuple[str, str, str, int, int]]:
        return [(period, "sex", "Female", 30, 1000), (period, "sex", "Male", 60, 1000),
                (period, "Total", "Total", 90, 2000)]  # fmt: skip

    rows = [row for period in ("202122", "202223", "202324") for row in met(period)]
    assert rungs(rows)[RULE]["note"] == "not above in every year of the row; this year not above"


def test_what_cannot_be_computed_says_why() -> None:
    assert rungs(year("202324", (0, 1000), (20, 1000)))["relative risk"]["note"].startswith(
        "cannot be computed"
    )
    assert rungs(year("202324", (10, 1000), (20, 15)))["relative risk"]["note"] == NOT_PUPILS
    first = rungs(year("202324", (30, 1000), (75, 1000)))
    assert first[YEARS_ABOVE]["denominator"] == 1
    assert first[RULE]["note"].startswith(("fewer years", "a year of the row could not be compared"))


def test_a_term_and_a_plan_without_groups_have_no_ladder() -> None:
    rows = year("202324", (30, 1000), (75, 1000))
    assert rungs(rows, question=replace(QUESTION, disproportionality=None)) == {}


def january(rows: list[tuple[int, str, str, int, int]]) -> pd.DataFrame:
    """``school, sex, SEN, pupils, suspended``."""
    return pd.DataFrame(rows, columns=["urn", "sex", "sen_provision", "pupils", "suspended"])


def parts(table: pd.DataFrame, sides: Sides) -> dict[str, dict[str, Any]]:
    said = {"indicator": "x", "confidence": 0.95}
    return {
        row["statistic"]: row for row in Alike(table, PLAN, 0.95).rows("sex", "Male", "Female", sides, said)
    }


def test_a_gap_that_is_all_composition_and_one_that_is_all_between_schools() -> None:
    """Boys have SEN more often; within each kind of pupil the risks are equal. Only the kind differs, not the school."""
    table = january([(1, "Male", "K", 400, 40), (1, "Male", "N", 600, 12),
                     (1, "Female", "K", 100, 10), (1, "Female", "N", 900, 18)])  # fmt: skip
    found = parts(table, Sides(52, 1000, 28, 1000))
    assert found[COMPOSITION]["estimate"] == pytest.approx(2.4, rel=HANDWORK)
    assert found[RATE_PART]["estimate"] == pytest.approx(0, abs=1e-12)
    assert found[WITHIN_SCHOOLS]["estimate"] == pytest.approx(2.4, rel=HANDWORK)
    assert found[BETWEEN_SCHOOLS]["estimate"] == pytest.approx(0, abs=1e-12)


def test_parts_are_shares_laid_on_the_gap_of_the_register() -> None:
    """The register's gap is twice that of January: so are the parts, and they add up to it."""
    table = january([(1, "Male", "K", 400, 80), (1, "Male", "N", 600, 12), (2, "Male", "N", 50, 5),
                     (1, "Female", "K", 100, 10), (1, "Female", "N", 900, 18), (2, "Female", "N", 60, 1)])  # fmt: skip
    gap = 97 / 1050 - 29 / 1060
    once, twice = (
        parts(table, Sides(29 / 1060 * 1e6 + k * gap * 1e6, 1e6, 29 / 1060 * 1e6, 1e6)) for k in (1, 2)
    )
    for pair in ((COMPOSITION, RATE_PART), (BETWEEN_SCHOOLS, WITHIN_SCHOOLS)):
        assert sum(once[one]["estimate"] for one in pair) == pytest.approx(100 * gap)
        assert twice[pair[0]]["estimate"] == pytest.approx(2 * once[pair[0]]["estimate"])
        assert all(once[one]["lower"] <= once[one]["estimate"] <= once[one]["upper"] for one in pair)


def test_no_gap_is_not_split() -> None:
    table = january([(1, "Male", "K", 500, 25), (1, "Female", "K", 500, 25)])
    assert parts(table, Sides(50, 1000, 50, 1000))[COMPOSITION]["note"] == NO_GAP


def test_the_adjusted_ratio_finds_what_was_planted_and_the_raw_one_does_not() -> None:
    """Boys are 1.5 times as likely within each kind; they have SEN more often, so the raw ratio is higher."""
    rng = np.random.default_rng(3)
    rows = []
    for school in range(1, 41):
        level = 0.02 * np.exp(0.3 * rng.standard_normal())
        for sex, ratio, share in (("Male", 1.5, 0.4), ("Female", 1.0, 0.1)):
            for sen, times, part in (("K", 4.0, share), ("N", 1.0, 1 - share)):
                pupils = int(400 * part)
                rows.append((school, sex, sen, pupils, int(rng.binomial(pupils, level * ratio * times))))
    table = january(rows)
    sums = table.groupby("sex")[["suspended", "pupils"]].sum()
    raw = (sums.loc["Male", "suspended"] / sums.loc["Male", "pupils"]) / (
        sums.loc["Female", "suspended"] / sums.loc["Female", "pupils"]
    )
    sides = Sides(*map(float, (*sums.loc["Male"], *sums.loc["Female"])))
    found = parts(table, sides)[ADJUSTED]
    assert raw > 2.2
    assert found["lower"] < 1.5 < found["upper"]
    assert found["upper"] < raw
