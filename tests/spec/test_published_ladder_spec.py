"""The ladder on published figures, on tables drawn by hand: what events can say, what terms can say, what neither can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from onroll.evidence.national_patterns import national_rows
from onroll.evidence.patterns import ethnicity_rows, sen_rows
from onroll.evidence.published_ladder import OF_EVENTS, OF_TERMS
from onroll.evidence.question import Question
from onroll.framework.plan import Disproportionality
from onroll.vocabulary import ETHNICITY_MAJOR, TOTAL
from onroll.vocabulary.records import DETECTABLE_RATIO, EXCESS, RULE, STANDS_NOT_OUT, STANDS_OUT, YEARS_ABOVE

ASIAN, BLACK, MIXED, WHITE, _ = ETHNICITY_MAJOR
PLAN = Disproportionality(("ethnicity_major",), (), "2", 10, 30, 3, "0.05", "holm")
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="", neighbours_id="",
    reference_groups={"sen_provision": "No SEN", "ethnicity_major": "White", "fsm": "Not"}, baseline=("201819",),
    pandemic=(), launch="202122", impact_pre=("201516",), change_pre=("201516",), disproportionality=PLAN,
)  # fmt: skip
HANDWORK = 1e-9  # arithmetic in the same numbers
Counts = dict[str, tuple[int, int, int]]


def of_year(year: str, counts: Counts) -> list[dict[str, Any]]:
    """Group: pupils, suspensions, permanent exclusions."""
    return [
        {"time_period": year, "area_code": "801", "area": "Here", "breakdown": group, "pupils": float(pupils),
         "suspension_count": float(often), "permanent_exclusion_count": float(gone), "source": "drawn"}
        for group, (pupils, often, gone) in counts.items()
    ]  # fmt: skip


NOW: Counts = {
    WHITE: (10_000, 700, 10),
    MIXED: (4_000, 420, 20),
    BLACK: (4_000, 290, 9),
    TOTAL: (18_000, 1_410, 39),
}


def rungs(rows: list[dict[str, Any]], measure: str, group: str, **more: Any) -> dict[str, dict[str, Any]]:
    found = ethnicity_rows(
        pd.DataFrame(rows), more.pop("question", QUESTION), more.pop("repeats", 1.0), **more
    )
    return {
        row["statistic"]: row for row in found
        if row["indicator"] == f"{measure}_by_ethnicity" and row["breakdown"] == group and row.get("comparator")
        and row["time_period"] == (more.get("until") or "202324")
    }  # fmt: skip


def test_suspensions_fewer_at_an_equal_rate_allow_for_repeats() -> None:
    once, often = (
        rungs(of_year("202324", NOW), "suspension_rate", MIXED, repeats=wide) for wide in (1.0, 4.0)
    )
    # 4,000 pupils at 7 in 100 would be suspended 280 times
    assert once[EXCESS]["estimate"] == often[EXCESS]["estimate"] == pytest.approx(420 - 280, rel=HANDWORK)
    width = [one[EXCESS]["upper"] - one[EXCESS]["lower"] for one in (once, often)]
    assert 1.8 < width[1] / width[0] < 2.2, "four times the variance is twice the width"
    assert "dispersion 4.0 for repeat suspensions" in often[EXCESS]["method"]
    assert often[DETECTABLE_RATIO]["estimate"] > once[DETECTABLE_RATIO]["estimate"] > 1


def test_the_rule_counts_pupils_and_not_suspensions() -> None:
    found = rungs(of_year("202324", NOW), "suspension_rate", MIXED)[RULE]
    assert found["note"] == OF_EVENTS
    assert "estimate" not in found


def test_the_rule_on_permanent_exclusions_says_what_it_rests_on_and_waits_for_three_years() -> None:
    one = rungs(of_year("202324", NOW), "permanent_exclusion_rate", MIXED)[RULE]
    # against all others: 19 of 14,000
    assert one["estimate"] == pytest.approx((20 / 4_000) / (19 / 14_000), rel=HANDWORK)
    assert one["note"].startswith(
        "fewer years than the rule asks; this year above; rests on permanent exclusions"
    )
    rows = [row for year in ("202122", "202223", "202324") for row in of_year(year, NOW)]
    assert rungs(rows, "permanent_exclusion_rate", MIXED)[RULE]["note"].startswith(
        "above in every year of the row"
    )
    few = rungs(rows, "permanent_exclusion_rate", BLACK)[RULE]
    assert "too few events in the group" in few["note"]
    without = [row for row in rows if row["breakdown"] != TOTAL]
    assert "no total was published" in rungs(without, "permanent_exclusion_rate", MIXED)[RULE]["note"]


def test_years_above_count_the_years_there_are_and_later_ones_only_when_asked() -> None:
    rows = of_year("202324", NOW) + of_year("202425", {**NOW, MIXED: (4_000, 285, 5)})
    assert rungs(rows, "suspension_rate", MIXED)[YEARS_ABOVE]["denominator"] == 1
    later = rungs(rows, "suspension_rate", MIXED, until="202425")[YEARS_ABOVE]
    assert (later["estimate"], later["denominator"], later["note"]) == (1, 2, "2023/24")


def test_a_group_stands_out_among_all_that_are_looked_at_together() -> None:
    """322 of 4,000 beside 700 of 10,000 is apart by itself (p 0.04) and not as one of two; 420 is in both ways."""
    for often, words in ((420, STANDS_OUT), (322, STANDS_NOT_OUT)):
        rows = of_year("202324", {**NOW, MIXED: (4_000, often, 20)})
        found = rungs(rows, "suspension_rate", MIXED)["rate ratio"]
        assert f"{words}, allowing for 2 groups looked at together (Holm)" in found["note"]
    assert found["lower"] > 1, "by itself it would"
    alone = rungs([row for row in rows if row["breakdown"] != BLACK], "suspension_rate", MIXED)["rate ratio"]
    assert "looked at together" not in alone["note"]
    unplanned = rungs(rows, "suspension_rate", MIXED, question=replace(QUESTION, disproportionality=None))
    assert "looked at together" not in unplanned["rate ratio"]["note"]
    assert RULE not in unplanned


def sen(rates: dict[str, tuple[float, float]], terms: tuple[str, ...] = ("Autumn term",)) -> pd.DataFrame:
    """Group: suspensions and pupils suspended per 100; 2,000 pupils with support, 10,000 without."""
    size = {"No SEN": 10_000.0, "SEN support": 2_000.0}
    return pd.DataFrame([
        {"time_period": "202324", "time_identifier": term, "breakdown": group, "pupils": size[group], "source": "drawn",
         "suspension_rate": often, "suspended_pupil_rate": once, "permanent_exclusion_rate": 0.0,
         "suspension_count": round(often * size[group] / 100), "suspended_pupil_count": round(once * size[group] / 100),
         "permanent_exclusion_count": 0.0}
        for term in terms for group, (often, once) in rates.items()
    ])  # fmt: skip


def test_by_term_the_ratio_is_that_of_the_printed_rates_within_what_rounding_leaves() -> None:
    table = sen({"No SEN": (1.613, 1.2), "SEN support": (4.068, 3.1)}, ("Autumn term", "Spring term"))
    rows = [row for row in sen_rows(table, QUESTION, 0.0) if row.get("comparator")]
    found = {row["statistic"]: row for row in rows
             if row["indicator"] == "suspension_rate_by_sen" and "Spring" in row["breakdown"]}  # fmt: skip
    ratio, bounds = found["rate ratio"], found["bounds from rounding"]
    assert ratio["estimate"] == pytest.approx(4.068 / 1.613, rel=HANDWORK)
    assert ratio["lower"] < ratio["estimate"] < ratio["upper"]
    assert bounds["lower"] == pytest.approx(4.0675 / 1.6135, rel=1e-6)
    assert bounds["upper"] == pytest.approx(4.0685 / 1.6125, rel=1e-6)
    assert (found[YEARS_ABOVE]["estimate"], found[YEARS_ABOVE]["denominator"]) == (2, 2)
    assert found[YEARS_ABOVE]["method"].startswith("terms")
    pupils = {row["statistic"]: row for row in rows if row["indicator"] == "suspended_pupil_rate_by_sen"}
    assert pupils[RULE]["note"] == OF_TERMS
    none = [row for row in rows if row["indicator"] == "permanent_exclusion_rate_by_sen"]
    assert {row["statistic"] for row in none} == {"rate ratio"}, "no ratio, and so no rung beyond it"


def england(year: str, eligible: tuple[float, float], other: tuple[float, float]) -> pd.DataFrame:
    rows = [("Eligible", *eligible), ("Not", *other)]
    return pd.DataFrame([
        {"time_period": year, "breakdown_topic": "fsm", "breakdown": name, "pupils": pupils, "source": "drawn",
         "permanent_exclusion_count": gone, "suspended_pupil_count": 100.0}
        for name, pupils, gone in rows
    ])  # fmt: skip


def test_england_has_its_excess_its_years_and_bounds_where_a_count_is_withheld() -> None:
    table = pd.concat([england("201516", (10_000.0, 10.0), (50_000.0, 50.0)),
                       england("201617", (10_000.0, 30.0), (50_000.0, 50.0))])  # fmt: skip
    rows = [row for row in national_rows(table, QUESTION) if row.get("comparator")]
    found = {row["statistic"]: row for row in rows if row["indicator"].startswith("permanent")}
    assert found[EXCESS]["estimate"] == pytest.approx(30 - 10, rel=HANDWORK)
    assert (found[YEARS_ABOVE]["estimate"], found[YEARS_ABOVE]["note"]) == (1, "2016/17")
    held = england("201617", (10_000.0, float("nan")), (50_000.0, 50.0))
    rows = [row for row in national_rows(held, QUESTION) if row["indicator"].startswith("permanent")]
    bounds = next(row for row in rows if row["statistic"] == "bounds from rounding")
    # 1 of at most 10,002 over 52 of at least 49,998; 2 of at least 9,998 over 48 of at most 50,002
    assert bounds["lower"] == pytest.approx((1 / 10_002) / (52 / 49_998), rel=1e-3)
    assert bounds["upper"] == pytest.approx((2 / 9_998) / (48 / 50_002), rel=1e-3)
    assert "1 or 2" in bounds["note"]
