"""What is said of how alike schools are and how steady terms are, on counts drawn by hand. All pupils are invented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.evidence.among_authorities import authority_rows
from onroll.evidence.funnels import TOO_FEW, school_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.school_spread import spread_rows
from onroll.evidence.steady_terms import term_rows
from onroll.evidence.steady_years import year_rows
from onroll.framework import load
from onroll.framework.plan import Consistency, FalseAlarms
from onroll.project import find_project
from onroll.vocabulary import TERMS
from onroll.vocabulary.records import (
    CHART_BASELINE,
    CHART_LEVEL,
    CHART_PLACE,
    FALSE_ALARMS,
    MEDIAN_ODDS_RATIO,
    MEDIAN_ODDS_RATIO_ALIKE,
    OUTSIDE,
    OUTSIDE_ALIKE,
    OUTSIDE_BY_CHANCE,
    OVERDISPERSION,
    PLACE,
    PLACE_ALIKE,
    VARIANCE_CHANGE,
    VARIANCE_CHANGE_ALIKE,
)

PLAN = Consistency(
    ("sen_provision",), 10, "winsorised", 0.05, ("beyond", "shift"), FalseAlarms(0.4, 0.4, 0.2)
)
QUESTION = Question(
    year="202324", area_code="801", area="Here", region="East", neighbours=(), neighbours_label="", neighbours_id="",
    reference_groups={}, baseline=("201617", "201718", "201819"), pandemic=("201920", "202021"), launch="202122",
    impact_pre=("201516",), change_pre=("201516",), consistency=PLAN,
)  # fmt: skip
HANDWORK = 1e-9  # arithmetic in the same numbers
SECONDARY = "State-funded secondary"
YEARS = ("201617", "201718", "201819", "201920", "202021", "202122", "202223", "202324")


def cell(**about: Any) -> dict[str, Any]:
    usual = {
        "indicator": "register_suspended_pupil_rate", "time_period": "202324", "time_identifier": "Academic year",
        "geographic_level": "School", "area_code": "1", "education_phase": SECONDARY, "breakdown_topic": "Total",
        "breakdown": "Total", "numerator": 0, "denominator": 0,
    }  # fmt: skip
    return usual | about


def study(cells: Iterable[dict[str, Any]]) -> RecordsStudy:
    indicators = load(find_project().root).indicators
    return RecordsStudy(
        pd.DataFrame(list(cells)), pd.DataFrame(), indicators, lambda table: f"own_{table}", {}
    )


def schools(counts: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    return [cell(area_code=str(at), numerator=k, denominator=n) for at, (k, n) in enumerate(counts)]


def of_schools(counts: Sequence[tuple[int, int]], january: pd.DataFrame | None = None) -> pd.DataFrame:
    crossed = {} if january is None else {"202324": january}
    return pd.DataFrame(school_rows(study(schools(counts)), crossed, QUESTION))


def one(rows: pd.DataFrame, statistic: str, **about: str) -> Any:
    found = rows[rows["statistic"] == statistic]
    if not about:
        found = found[~found["note"].isin([TOO_FEW])]
    for column, value in about.items():
        found = found[found[column] == value]
    assert len(found) == 1, (statistic, len(found))
    return found.iloc[0]


def january(rows: list[tuple[int, str, int, int]]) -> pd.DataFrame:
    """``school, SEN, pupils, suspended`` of January's pupils."""
    table = pd.DataFrame(rows, columns=["urn", "sen_provision", "pupils", "suspended"])
    return table.assign(education_phase=SECONDARY, time_period="202324")


def test_schools_alike_are_all_within_and_scatter_no_more_than_chance() -> None:
    rows = of_schools([(50, 1000)] * 12)
    assert one(rows, OUTSIDE)["estimate"] == one(rows, OUTSIDE_BY_CHANCE)["estimate"] == 0
    assert one(rows, OVERDISPERSION)["estimate"] == pytest.approx(0, abs=1e-12)
    place = rows[rows["statistic"] == PLACE]
    assert set(place["note"]) == {"within the limits"}
    assert place["estimate"].to_numpy() == pytest.approx(np.full(12, 5.0), rel=HANDWORK)
    assert ((place["lower"] < 5) & (place["upper"] > 5)).all()


def test_one_school_among_alike_ones_stands_apart_and_schools_that_differ_widen_the_limits() -> None:
    alone = of_schools([(50, 1000)] * 11 + [(120, 1000)])
    assert (one(alone, OUTSIDE)["estimate"], one(alone, OUTSIDE)["numerator"]) == (1, 1)
    assert one(alone, PLACE, area="11")["note"] == "above the limits"
    differing = of_schools([(20, 1000), (90, 1000)] * 6)
    assert one(differing, OUTSIDE_BY_CHANCE)["estimate"] == 12
    assert one(differing, OUTSIDE)["estimate"] == 0
    assert one(differing, OVERDISPERSION)["estimate"] > 10


def test_a_small_school_without_a_suspension_is_not_below_its_limits() -> None:
    """Of 320 pupils about two would be expected: none is nothing unusual, whatever a scale makes of it."""
    rows = of_schools([(14, 2000)] * 20 + [(0, 320)])
    assert one(rows, PLACE, area="20")["lower"] == 0
    assert one(rows, PLACE, area="20")["note"] == "within the limits"


def test_fewer_schools_than_the_plan_asks_for_and_permanent_exclusions_say_why() -> None:
    rows = of_schools([(50, 1000)] * 9)
    assert one(rows, OUTSIDE, breakdown=SECONDARY)["note"] == (
        "cannot be computed: 9 schools, and the plan asks for 10 or more"
    )
    assert one(rows, OUTSIDE, breakdown="Total")["note"] == TOO_FEW
    assert not (rows["statistic"] == PLACE).any()


def test_what_the_pupils_are_like_accounts_for_a_school_that_stands_apart() -> None:
    """Pupils with SEN support are suspended ten times as often everywhere; one school has mostly such pupils."""
    table = january([row for at in range(11) for row in ((at, "K", 100, 20), (at, "N", 900, 18))]
                    + [(11, "K", 800, 160), (11, "N", 200, 4)])  # fmt: skip
    rows = of_schools([(38, 1000)] * 11 + [(164, 1000)], table)
    assert one(rows, OUTSIDE)["estimate"] == 1
    assert one(rows, OUTSIDE_ALIKE)["estimate"] == 0
    ratios = rows[rows["statistic"] == PLACE_ALIKE]["estimate"].to_numpy()
    assert ratios == pytest.approx(np.ones(12), rel=HANDWORK)
    assert rows[rows["statistic"] == PLACE_ALIKE][["numerator", "denominator"]].isna().all(axis=None)


def test_the_expected_number_is_the_phases_share_of_every_kind_of_pupil() -> None:
    """A school of 100 pupils with SEN, 20 in 100 of whom are suspended, expects 20; it has 30."""
    table = january([(at, "K", 100, 19) for at in range(10)] + [(10, "K", 100, 30)])
    rows = of_schools([(19, 100)] * 10 + [(30, 100)], table)
    assert one(rows, PLACE_ALIKE, area="10")["estimate"] == pytest.approx(30 / 20, rel=HANDWORK)


def spreads(years: dict[str, pd.DataFrame], question: Question = QUESTION) -> pd.DataFrame:
    return pd.DataFrame(spread_rows(study(schools([(1, 100)])), years, question))


def town(spread: float, seed: int, schools: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for school in range(schools):
        odds = 0.05 / 0.95 * np.exp(spread * rng.standard_normal())
        for sen, times, pupils in (("K", 3.0, 200), ("N", 1.0, 800)):
            share = odds * times / (1 + odds * times)
            rows.append((school, sen, pupils, int(rng.binomial(pupils, share))))
    return january(rows)


def test_schools_alike_have_a_median_odds_ratio_of_one() -> None:
    same = january([(at, sen, 500, k) for at in range(12) for sen, k in (("K", 50), ("N", 25))])
    rows = spreads({"202324": same})
    assert one(rows, MEDIAN_ODDS_RATIO)["estimate"] == pytest.approx(1)
    assert one(rows, MEDIAN_ODDS_RATIO_ALIKE)["estimate"] == pytest.approx(1)
    assert one(rows, VARIANCE_CHANGE)["note"].startswith("cannot be computed: no census of 2018/19")
    assert one(rows, VARIANCE_CHANGE_ALIKE)["note"].startswith("cannot be computed: no census of 2018/19")


def test_the_planted_spread_is_found_and_so_is_its_fall() -> None:
    """Schools' log odds spread by 0.6 before and by 0.1 now; a median odds ratio is exp(0.954 times the spread)."""
    rows = spreads({"201819": town(0.6, 1), "202324": town(0.1, 2)})
    for statistic in (MEDIAN_ODDS_RATIO, MEDIAN_ODDS_RATIO_ALIKE):
        for year, spread in (("201819", 0.6), ("202324", 0.1)):
            found = one(rows, statistic, time_period=year)
            assert found["lower"] < np.exp(0.9539 * spread) < found["upper"], (statistic, year)
    for statistic in (VARIANCE_CHANGE, VARIANCE_CHANGE_ALIKE):
        assert one(rows, statistic)["upper"] < 0


def test_groups_of_whom_nobody_was_suspended_are_left_out_and_said() -> None:
    table = town(0.5, 3)
    nobody = january([(school, "E", 50, 0) for school in range(40)])
    rows = spreads({"202324": pd.concat([table, nobody])})
    assert "5% of pupils are of a kind of which nobody" in one(rows, MEDIAN_ODDS_RATIO_ALIKE)["note"]
    assert one(rows, MEDIAN_ODDS_RATIO_ALIKE)["estimate"] > 1


def test_a_year_in_which_nobody_was_suspended_says_so() -> None:
    rows = spreads({"202021": town(0.5, 3).assign(suspended=0), "202324": town(0.5, 3)})
    assert (
        one(rows, MEDIAN_ODDS_RATIO, time_period="202021")["note"]
        == "cannot be computed: no pupil was suspended"
    )


def by_term(
    counts: dict[str, tuple[int, int, int]], indicator: str = "register_suspension_rate"
) -> list[dict[str, Any]]:
    return [
        cell(indicator=indicator, time_period=year, time_identifier=term, geographic_level="Local authority",
             education_phase="Total", numerator=k, denominator=10_000)
        for year, three in counts.items() for term, k in zip(TERMS, three, strict=True)
    ]  # fmt: skip


STEADY = dict.fromkeys(YEARS, (210, 190, 200))


def charted(
    counts: dict[str, tuple[int, int, int]], question: Question = QUESTION, **about: str
) -> pd.DataFrame:
    return pd.DataFrame(term_rows(study(by_term(counts, **about)), question))


def test_a_steady_series_has_no_signal_and_its_level_is_the_baselines() -> None:
    rows = charted(STEADY)
    level = one(rows, CHART_LEVEL)
    assert level["estimate"] == pytest.approx(2.0, rel=HANDWORK)
    assert level["note"].startswith("baseline 2016/17 to 2018/19, 9 points")
    assert (rows["statistic"] == CHART_BASELINE).sum() == 9
    assert (
        not rows["note"]
        .str.contains("above|below|in a run", na=False)[rows["statistic"] == CHART_PLACE]
        .any()
    )


def test_a_term_outside_is_told_a_pandemic_one_is_shown_apart_and_ends_no_run() -> None:
    rows = charted(STEADY | {"201920": (200, 150, 0), "202324": (210, 190, 400)})
    place = rows[rows["statistic"] == CHART_PLACE].set_index(["time_period", "breakdown"])["note"]
    assert place["202324", "Summer term"] == "above the limits"
    assert place["201920", "Summer term"] == "below the limits; pandemic year, shown apart"


def test_a_long_run_on_one_side_is_told_though_every_term_is_within() -> None:
    rows = charted(STEADY | dict.fromkeys(("202122", "202223", "202324"), (206, 207, 205)))
    since = rows[(rows["statistic"] == CHART_PLACE) & (rows["time_period"] >= "202122")]
    assert since["note"].str.startswith("within the limits; in a run of").all()


def test_without_the_terms_of_the_baseline_or_after_it_there_is_no_chart() -> None:
    late = {year: STEADY[year] for year in YEARS[2:]}
    assert "not every term of the baseline" in one(charted(late), CHART_LEVEL)["note"]
    few = dict.fromkeys(YEARS, (4, 5, 3))
    assert "fewer than 5 a term in the baseline" in one(charted(few), CHART_LEVEL)["note"]
    early = {year: STEADY[year] for year in YEARS[:3]}
    assert "no term after the baseline" in one(charted(early), CHART_LEVEL)["note"]


def test_permanent_exclusions_have_exact_limits_and_say_why_no_time_between() -> None:
    counts = dict.fromkeys(YEARS, (12, 10, 11)) | {"202324": (12, 10, 40)}
    rows = charted(counts, indicator="register_permanent_exclusion_rate")
    last = rows[(rows["statistic"] == CHART_PLACE)].iloc[-1]
    assert (last["note"], last["numerator"]) == ("above the limits", 40)
    assert any("each one's date" in note for note in rows["note"])


def test_the_budget_is_one_and_the_limits_follow_from_it() -> None:
    assert PLAN.false_alarms.whole == pytest.approx(1.0)
    of_one, of_four = (of_schools([(50, 1000)] * (12 * times)) for times in (1, 4))
    assert one(of_one, FALSE_ALARMS)["estimate"] == pytest.approx(0.4)
    assert one(of_four, FALSE_ALARMS)["confidence"] > one(of_one, FALSE_ALARMS)["confidence"]
    width = [rows[rows["statistic"] == PLACE]["upper"].iloc[0] for rows in (of_one, of_four)]
    assert width[1] > width[0]
    alarms = one(charted(STEADY), FALSE_ALARMS)
    assert 0 < alarms["estimate"] <= 0.4


def published(counts: dict[str, int], area: str = "801", name: str = "Here") -> list[dict[str, Any]]:
    return [
        {
            "time_period": year, "area_code": area, "area": name, "region": "East", "education_phase": "Total",
            "pupils": 40_000.0, "suspension_count": float(k), "suspended_pupil_count": k / 2 // 1,
            "permanent_exclusion_count": float(k // 50), "source": "exclusions_authority_annual",
        }
        for year, k in counts.items()
    ]  # fmt: skip


def test_an_authority_among_others_and_its_years() -> None:
    rng = np.random.default_rng(4)
    others = [
        row
        for at in range(30)
        for row in published({"202324": int(2000 + 200 * rng.standard_normal())}, str(at), f"A{at}")
    ]
    rows = pd.DataFrame(authority_rows(pd.DataFrame(others + published({"202324": 6000})), QUESTION))
    own = one(rows, PLACE, area="Here", indicator="suspension_rate")
    assert own["note"] == "above the limits"
    assert own["objective"] == "P7.1"
    assert own["estimate"] == pytest.approx(15.0, rel=HANDWORK)
    assert one(rows, OUTSIDE, indicator="suspension_rate")["numerator"] == 1


def test_published_years_against_those_before_and_too_few_of_them() -> None:
    before = {f"20{y:02d}{y + 1:02d}": 2000 + 40 * (-1) ** y for y in range(6, 19)}
    counts = before | {"201920": 900, "202021": 800, "202122": 2000, "202223": 2030, "202324": 4000}
    rows = pd.DataFrame(year_rows(pd.DataFrame(published(counts)), QUESTION))
    own = rows[(rows["indicator"] == "suspension_rate") & (rows["statistic"] == CHART_PLACE)].set_index(
        "time_period"
    )
    assert own.loc["202324", "note"] == "above the limits"
    assert own.loc["202223", "note"] == "within the limits"
    assert own.loc["202021", "note"] == "below the limits; pandemic year, shown apart"
    few = {year: k for year, k in counts.items() if year >= "201617"}
    rows = pd.DataFrame(year_rows(pd.DataFrame(published(few)), QUESTION))
    assert rows["note"].str.contains("fewer than 8 whole years on end up to 2018/19").sum() == 3


def test_without_a_plan_nothing_is_said() -> None:
    silent = replace(QUESTION, consistency=None)
    assert not list(school_rows(study(schools([(5, 100)])), {}, silent))
    assert not list(spread_rows(study(schools([(5, 100)])), {}, silent))
    assert not list(term_rows(study(by_term(STEADY)), silent))
