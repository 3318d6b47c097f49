"""Combinations of groups with the truth known: what was planted is found, and nothing where nothing was planted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.disclosure import release
from onroll.disclosure.own_records import Rules
from onroll.evidence.intersections import INDICATOR, intersection_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import collect
from onroll.framework import load
from onroll.framework.plan import Disproportionality
from onroll.project import find_project
from onroll.vocabulary.records import (
    BETWEEN_COMBINATIONS,
    BEYOND_PARTS,
    COMBINATION_RATE,
    ITS_PARTS,
    OF_SINGLE_GROUPS,
)

TOPICS = ("sen_provision", "ethnicity_major", "fsm", "sex")
GROUPS = (("No SEN", "Education, health and care plan", "SEN support"), ("White", "Asian / Asian British", "Mixed"),
          ("Eligible", "Not eligible"), ("Female", "Male"))  # fmt: skip
PLAN = Disproportionality(("sex",), ("fsm",), "2", 10, 30, 3, "0.05", "holm", TOPICS)
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="", neighbours_id="",
    reference_groups={}, baseline=("201819",), pandemic=(), launch="202122", impact_pre=("201516",),
    change_pre=("201516",), disproportionality=PLAN,
)  # fmt: skip
ADDS = {
    "SEN support": 0.8,
    "Education, health and care plan": 0.5,
    "Mixed": 0.3,
    "Eligible": 0.6,
    "Male": 0.5,
}
PLANTED = ("SEN support", "Mixed", "Eligible", "Male")
BEYOND = 3.0
"""Times the odds beyond the sum of its parts that is planted in one combination."""


def pupils(each: Callable[[tuple[str, ...]], int], beyond: float, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for groups in product(*GROUPS):
        odds = np.exp(-3.2 + sum(ADDS.get(name, 0.0) for name in groups)) * (
            beyond if groups == PLANTED else 1.0
        )
        many = each(groups)
        rows.append({**dict(zip(TOPICS, groups, strict=True)), "urn": 1, "pupils": many,
                     "suspended": int(rng.binomial(many, odds / (1 + odds)))})  # fmt: skip
    return pd.DataFrame(rows)


def found(cells: pd.DataFrame | None, question: Question = QUESTION) -> list[dict[str, Any]]:
    indicators = load(find_project().root).indicators
    study = RecordsStudy(pd.DataFrame(), pd.DataFrame(), indicators, lambda table: f"own_{table}", {})
    return list(intersection_rows(study, cells, question))


def of(rows: list[dict[str, Any]], statistic: str) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(row["breakdown"].split("; ")): row for row in rows if row["statistic"] == statistic}


def test_what_is_planted_in_one_combination_is_found_there_and_no_other_is_higher() -> None:
    rows = found(pupils(lambda _: 1500, BEYOND))
    beyond = of(rows, BEYOND_PARTS)
    assert beyond[PLANTED]["lower"] > 1
    assert 1.5 < beyond[PLANTED]["estimate"] < BEYOND, "drawn in, and on the right side"
    assert beyond[PLANTED]["comparator"] == ITS_PARTS
    others = {groups: row for groups, row in beyond.items() if groups != PLANTED}
    out = {
        groups
        for groups, row in beyond.items()
        if "; stands out, allowing for 36 combinations" in row["note"]
    }
    assert PLANTED in out
    assert not [groups for groups, row in others.items() if row["lower"] > 1 and groups in out]
    low = [groups for groups, row in others.items() if row["upper"] < 1 and groups in out]
    shared = [sum(one == other for one, other in zip(groups, PLANTED, strict=True)) for groups in low]
    assert all(many >= 2 for many in shared), (
        "the sum of groups is pulled up, so those that share most come out low"
    )
    [share] = of(rows, BETWEEN_COMBINATIONS).values()
    [parts] = of(rows, OF_SINGLE_GROUPS).values()
    assert 0 < share["lower"] < share["estimate"] < share["upper"] < 1
    assert 0.5 < parts["estimate"] < 1


def test_where_groups_only_add_up_no_combination_is_beyond_its_parts() -> None:
    beyond = of(found(pupils(lambda _: 1500, 1.0)), BEYOND_PARTS)
    assert all("does not stand out, allowing for 36 combinations" in row["note"] for row in beyond.values())


def test_rates_are_between_what_was_seen_and_what_groups_lead_to_and_small_ones_borrow() -> None:
    cells = pupils(lambda groups: 12 if groups == PLANTED else 1500, BEYOND)
    rates = of(found(cells), COMBINATION_RATE)
    row = rates[PLANTED]
    assert row["denominator"] == 12
    assert row["lower"] <= row["estimate"] <= row["upper"]
    seen = 100 * row["numerator"] / 12
    odds = np.exp(-3.2 + sum(ADDS[name] for name in PLANTED))
    assert abs(row["estimate"] - 100 * odds / (1 + odds)) < abs(seen - 100 * odds / (1 + odds)) + 3
    assert row["note"].startswith("fewer than 100 pupils")
    assert rates["No SEN", "White", "Not eligible", "Female"]["note"].startswith("1,000 pupils or more")


def test_small_combinations_do_not_pass_the_door_and_no_count_is_shown() -> None:
    cells = pupils(lambda groups: 40 if "Mixed" in groups else 1500, 1.0)
    rows = found(cells)
    rules = Rules(10, frozenset({INDICATOR}), unshown=frozenset({INDICATOR}))
    released = release(collect(rows, {"own_exclusions": "own records"}), rules)
    shown = released.frame
    small = {groups for groups, row in of(rows, COMBINATION_RATE).items() if 0 < row["numerator"] < 10}
    assert small
    for row in shown.itertuples():
        if tuple(row.breakdown.split("; ")) in small:
            assert (row.symbol, row.method) == ("c", "")
            assert np.isnan(row.estimate)
    assert shown[["numerator", "denominator"]].isna().all(axis=None)
    assert shown["estimate"].notna().sum() > 20
    assert released.record()["attack"]["worked_out"] == 0


def test_unknown_groups_are_left_out_and_what_cannot_be_fitted_says_why() -> None:
    cells = pupils(lambda _: 500, 1.0)
    unknown = cells.assign(sex="Unknown", pupils=50, suspended=50)
    plain, more = (of(found(table), COMBINATION_RATE) for table in (cells, pd.concat([cells, unknown])))
    assert {key: row["estimate"] for key, row in plain.items()} == {
        key: row["estimate"] for key, row in more.items()
    }
    [row] = found(cells.head(1))
    assert row["note"].startswith("cannot be computed: ")
    assert found(None) == []


@pytest.mark.parametrize("named", [("sex",), ("sex", "sex")])
def test_a_plan_with_one_breakdown_or_one_twice_is_refused(named: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="two breakdowns or more, each once"):
        Disproportionality(("sex",), ("fsm",), "2", 10, 30, 3, "0.05", "holm", named)
