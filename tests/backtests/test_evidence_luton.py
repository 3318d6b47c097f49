"""The evidence for Luton 2023/24 and 2018/19 against figures printed elsewhere and simple arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from onroll.project import Project
from onroll.runs import Run, run_of
from onroll.study import Study, examine
from onroll.vocabulary import EVIDENCE_COLUMNS, RELEASED_COLUMNS, STATISTICS, STRENGTHS
from onroll.vocabulary.impact import IMPACT
from onroll.vocabulary.records import CONSISTENCY, LADDER

PRINTED = 5e-6  # published rates have five decimals
EXACT = 1e-9  # the same arithmetic done another way


@pytest.fixture(scope="module")
def run_2019(project: Project) -> Run:
    return run_of(examine(project, "2018/19"))


def one(run: Run, **about: str) -> pd.Series:
    found = run.evidence(**{"breakdown": "Total", **about})
    assert len(found) == 1, about
    return found.iloc[0]


def test_the_year_reported_is_the_latest_that_the_figures_hold(study: Study) -> None:
    assert study.question.year == "202324"
    assert study.is_latest


def test_columns_are_the_contract(run: Run) -> None:
    assert tuple(run.evidence().columns) == RELEASED_COLUMNS == (*EVIDENCE_COLUMNS, "symbol")
    assert set(run.evidence()["statistic"]) <= {*STATISTICS, *LADDER, *CONSISTENCY, *IMPACT}
    assert set(run.evidence()["strength"]) <= set(STRENGTHS)


@pytest.mark.parametrize(
    ("measure", "year", "count", "rate"),
    [
        ("suspension_rate", "202324", 2469, 6.07066),
        ("permanent_exclusion_rate", "202324", 41, 1.00809),
        ("suspension_rate", "201819", 1748, 4.58287),
        ("suspension_rate", "201617", 2228, 5.92695),
        ("permanent_exclusion_rate", "201718", 56, 1.48085),
    ],
)
def test_rates_of_the_authority(run: Run, measure: str, year: str, count: int, rate: float) -> None:
    row = one(run, indicator=measure, time_period=year, area="Luton", statistic="rate")
    assert row["numerator"] == count
    assert row["estimate"] == pytest.approx(rate, abs=PRINTED)
    assert row["lower"] < row["estimate"] < row["upper"]


@pytest.mark.parametrize(
    ("year", "rate"), [("201819", 5.3581), ("202223", 9.33458), ("202324", 11.30744), ("201617", 4.75839)]
)
def test_england_is_the_published_rate_but_for_two_tiny_authorities(run: Run, year: str, rate: float) -> None:
    row = one(run, indicator="suspension_rate", time_period=year, area="England", statistic="rate")
    assert row["estimate"] == pytest.approx(rate, abs=0.001)


def test_permanent_exclusions_56_to_51_is_p_070_and_only_a_fall_of_nearly_half_could_be_seen(
    run_2019: Run,
) -> None:
    about = {"indicator": "permanent_exclusion_rate", "comparator": "previous_year", "breakdown": "Total"}
    rows = run_2019.evidence(**about)
    assert list(rows["statistic"][:4]) == ["detectable fall", "detectable rise", "rate ratio", "p value"]
    fall, _, ratio, p = (rows.iloc[place] for place in range(4))
    assert 0.42 <= fall["estimate"] < 0.47
    exact = scipy.stats.binomtest(51, 107, 38142 / (38142 + 37816)).pvalue
    assert p["estimate"] == pytest.approx(exact, abs=EXACT)
    assert 0.6 < p["estimate"] < 0.71
    assert ratio["estimate"] == pytest.approx((51 / 38142) / (56 / 37816), rel=EXACT)
    assert ratio["lower"] < ratio["estimate"] < 1 < ratio["upper"]


def test_every_p_value_comes_after_a_detectable_change_and_an_estimate(run: Run) -> None:
    for comparator in ("previous_year", "baseline"):
        rows = run.evidence(comparator=comparator)
        for (_, _), group in rows.groupby(["indicator", "breakdown"], sort=False):
            words = list(group["statistic"])
            if "p value" in words:
                first = words.index("p value")
                assert words[first - 1] in ("rate ratio", "relative risk")
                assert "detectable fall" in words[:first]


def test_suspensions_are_never_judged_as_if_they_were_independent(run: Run) -> None:
    rows = run.evidence(indicator="suspension_rate")
    changes = rows[
        rows["statistic"].isin(["rate ratio", "p value"])
        & rows["comparator"].isin(["previous_year", "baseline"])
    ]
    assert len(changes)
    assert changes["method"].str.contains("dispersion").all()


def test_changes_by_hand(run: Run) -> None:
    row = run.evidence(
        indicator="permanent_exclusion_rate",
        comparator="previous_year",
        breakdown="Total",
        statistic="rate ratio",
    ).iloc[0]
    assert row["estimate"] == pytest.approx((41 / 40671) / (22 / 39879), rel=EXACT)
    low, high = (scipy.stats.beta.ppf(q, *shape) for q, shape in ((0.025, (41, 23)), (0.975, (42, 22))))
    odds = 40671 / 39879
    assert row["lower"] == pytest.approx(low / (1 - low) / odds, rel=1e-6)
    assert row["upper"] == pytest.approx(high / (1 - high) / odds, rel=1e-6)


@pytest.mark.slow
def test_neighbours_are_the_ten_of_the_model_chosen(project: Project, study: Study) -> None:
    assert study.question.neighbours == ("330", "871", "333", "380", "308", "335", "312", "831", "317", "874")
    other = examine(project, "202324", choices={"neighbours": "2025"})
    assert other.question.neighbours == ("871", "874", "331", "313", "312", "856", "307", "333", "852", "301")
    assert other.deviations == ("neighbours is 2025; the plan says 2021",)


def test_the_synthetic_control_gap_and_its_placebos(run: Run) -> None:
    rows = run.evidence(indicator="strategy_impact_suspension_rate", design="synthetic control with placebos")
    gaps = rows[rows["statistic"] == "gap"].set_index("time_period")["estimate"]
    assert gaps[["202122", "202223", "202324"]].round(1).tolist() == [-0.4, -1.8, -3.2]
    [share] = rows[rows["statistic"] == "placebo share"]["estimate"]
    [p] = rows[rows["statistic"] == "p value"]["estimate"]
    assert 0.5 < share < 0.65
    assert 0.5 < p < 0.65
    weights = rows[rows["statistic"] == "weight"]["estimate"]
    assert weights.between(0, 1).all()
    assert 0.98 < weights.sum() <= 1 + EXACT


def test_difference_in_differences_by_hand(run: Run, study: Study) -> None:
    row = run.evidence(indicator="strategy_impact_suspension_rate", statistic="ratio of rate ratios").iloc[0]
    annual = study.shipped.tables["exclusions_authority_annual"].table
    total = annual[(annual["education_phase"] == "Total")]
    rate = (total["suspension_count"] / total["pupil_headcount"]).to_numpy()
    wide = total.assign(rate=rate).pivot(index="area_code", columns="time_period", values="rate")
    years = ["201617", "201718", "201819", "202122", "202223", "202324"]
    complete = np.log(wide[years].dropna()).replace(-np.inf, np.nan).dropna()
    change = complete[years[3:]].mean(axis=1) - complete[years[:3]].mean(axis=1)
    gap = change["821"] - change.drop("821").mean()
    assert row["estimate"] == pytest.approx(np.exp(gap), rel=1e-9)


def test_limits_and_rank_of_the_second_opinion_are_one_rule(run: Run) -> None:
    for measure, none in (("suspension_rate", 1.0), ("permanent_exclusion_rate", 0.0)):
        rows = run.evidence(
            indicator=f"strategy_impact_{measure}", design="difference in differences with placebos"
        )
        rows = rows.set_index("statistic")
        found = rows.loc["ratio of rate ratios" if none else "difference in change"]
        seen, p = rows.loc["detectable gap"], rows.loc["p value", "estimate"]
        assert (found["lower"] <= none <= found["upper"]) == (p > 0.05)
        assert (seen["lower"] <= found["estimate"] <= seen["upper"]) == (p > 0.05)
        turn = np.log if none else np.asarray
        reach = turn(seen["upper"])
        assert -turn(seen["lower"]) == pytest.approx(reach, rel=1e-9)
        for limit in ("lower", "upper"):
            assert abs(turn(found[limit]) - turn(found["estimate"])) == pytest.approx(reach, rel=1e-9)


def test_sen_terms_stand_since_2019_20_and_ethnicity_where_published(run: Run) -> None:
    sen = run.evidence(indicator="suspension_rate_by_sen", statistic="rate")
    assert sorted(sen["time_period"].unique()) == ["201920", "202021", "202122", "202223", "202324"]
    assert len(sen) == 5 * 3 * 3
    autumn = sen[(sen["time_period"] == "202324") & (sen["breakdown"] == "SEN support, Spring term")].iloc[0]
    assert autumn["estimate"] == pytest.approx(4.249)
    groups = run.evidence(
        indicator="permanent_exclusion_rate_by_ethnicity", statistic="rate", time_period="202324"
    )
    assert dict(zip(groups["breakdown"], groups["numerator"], strict=True)) == {
        "Any other ethnic group": 0, "Asian / Asian British": 9,
        "Black / African / Caribbean / Black British": 11, "Mixed / Multiple ethnic groups": 11, "White": 9,
    }  # fmt: skip
    since = run.evidence(indicator="suspension_rate_by_ethnicity", statistic="rate", time_period="202425")
    assert since["numerator"].sum() == 2571, "what was published since stands beside the latest year"


def test_pandemic_years_are_in_the_evidence_and_in_no_baseline(run: Run, study: Study) -> None:
    rates = run.evidence(indicator="suspension_rate", area="Luton", statistic="rate", breakdown="Total")
    assert {"201920", "202021"} <= set(rates["time_period"])
    assert rates[rates["time_period"].isin(["201920", "202021"])]["note"].str.contains("pandemic").all()
    assert not set(study.question.baseline) & set(study.question.pandemic)


def test_what_cannot_be_computed_is_a_row_with_its_reason(run: Run) -> None:
    missing = run.evidence()[run.evidence()["estimate"].isna()]
    assert len(missing)
    assert (missing["note"].str.len() > 10).all()
    assert (missing["symbol"] == "x").all()


def test_a_year_before_the_launch_has_no_impact_and_says_so(run_2019: Run) -> None:
    rows = run_2019.evidence(indicator="strategy_impact_suspension_rate")
    assert rows["estimate"].isna().all()
    assert rows["note"].str.contains("before the strategy").all()
