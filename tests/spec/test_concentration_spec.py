"""How few pupils and schools make half of all suspensions, on counts drawn by hand. All pupils are invented."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onroll.disclosure import release
from onroll.disclosure.own_records import Rules
from onroll.evidence.concentration import PUPILS, SCHOOLS, TOO_FEW, concentration_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import collect
from onroll.framework import load
from onroll.project import find_project
from onroll.vocabulary.records import MADE_BY, MAKING_HALF

HANDWORK = 1e-9  # arithmetic in the same numbers
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="", neighbours_id="",
    reference_groups={}, baseline=("201819",), pandemic=(), launch="202122", impact_pre=("201516",),
    change_pre=("201516",),
)  # fmt: skip


def cell(
    indicator: str, level: str, area: str, phase: str, topic: str, group: str, number: int
) -> dict[str, Any]:
    return {
        "indicator": indicator, "time_period": "202324", "time_identifier": "Academic year", "geographic_level": level,
        "area_code": area, "education_phase": phase, "breakdown_topic": topic, "breakdown": group, "numerator": number,
        "denominator": float("nan"),
    }  # fmt: skip


def rows(times: dict[int, int], schools: tuple[int, ...] = (), term: str = "") -> list[dict[str, Any]]:
    """``times``: pupils by how often each was suspended; ``schools``: suspensions of each school."""
    cells = [cell("suspensions_each", "Local authority", "801", "Total", "suspensions_each", str(each), pupils)
             for each, pupils in times.items()]  # fmt: skip
    cells += [cell("register_suspension_rate", "School", str(at), "State-funded secondary", "Total", "Total", number)
              for at, number in enumerate(schools)]  # fmt: skip
    indicators = load(find_project().root).indicators
    study = RecordsStudy(
        pd.DataFrame(cells), pd.DataFrame(), indicators, lambda table: f"own_{table}", {}, term
    )
    return list(concentration_rows(study, QUESTION))


def one(found: list[dict[str, Any]], indicator: str, statistic: str, group: str = "Total") -> dict[str, Any]:
    [row] = [
        row
        for row in found
        if (row["indicator"], row["statistic"], row["breakdown"]) == (indicator, statistic, group)
    ]
    return row


def test_half_by_hand() -> None:
    """Ten pupils with ten each have half of 200; a hundred had one each. Classes come in any order."""
    half = one(rows({10: 10, 1: 100}), PUPILS, MAKING_HALF)
    assert (half["numerator"], half["denominator"]) == (10, 110)
    assert half["estimate"] == pytest.approx(100 * 10 / 110, rel=HANDWORK)
    assert half["lower"] < half["estimate"] < half["upper"]
    top = one(rows({10: 10, 1: 100}), PUPILS, MADE_BY, "10%")
    # eleven pupils: ten with ten, one with one
    assert top["estimate"] == pytest.approx(100 * 101 / 200, rel=HANDWORK)


def test_where_all_are_alike_half_makes_half() -> None:
    assert one(rows({2: 60}), PUPILS, MAKING_HALF)["estimate"] == pytest.approx(50, rel=HANDWORK)


def test_schools_by_hand_and_without_an_interval() -> None:
    found = one(rows({1: 100}, (60, 20, 10, 5, 5, 0)), SCHOOLS, MAKING_HALF)
    # 50 of 100 suspensions are within the largest of five schools
    assert (found["numerator"], found["denominator"]) == (1, 5)
    assert "upper" not in found


def test_too_few_a_term_and_no_register() -> None:
    assert one(rows({1: 4, 2: 1}), PUPILS, MAKING_HALF)["note"] == TOO_FEW
    assert rows({1: 100}, term="Spring term") == []
    assert [row["indicator"] for row in rows({}, (3, 4))] == [SCHOOLS]


def test_fewer_than_ten_pupils_making_half_do_not_pass_the_door_and_schools_do() -> None:
    found = collect(rows({20: 5, 1: 100}, (60, 40)), {"own_exclusions": "own records"})
    shown = release(found, Rules(10, frozenset({PUPILS}), frozenset({SCHOOLS}))).frame
    half = shown[shown["statistic"] == MAKING_HALF].set_index("indicator")
    assert half.loc[PUPILS, "symbol"] == "c"
    assert pd.isna(half.loc[PUPILS, "estimate"])
    assert half.loc[SCHOOLS, "numerator"] == 1
