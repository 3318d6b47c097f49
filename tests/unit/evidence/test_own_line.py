"""The authority's own line: its numbers by statsmodels, what it could have seen, what others did, and why there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from onroll.evidence.authority_panel import panel_rows
from onroll.evidence.impact_panel import GAPS, NO_EVENT, NO_EVENT_AFTER, TOO_EARLY
from onroll.evidence.own_line import (
    ALL_PANDEMIC,
    COUNTS,
    NO_LOGARITHM,
    NO_YEAR,
    TOO_FEW,
    own_line_rows,
)
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.statistics.impact_power import series_power
from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import interrupted_series
from onroll.study import Study
from onroll.synthetic.panel import Scenario, made_panel
from onroll.vocabulary import RELATIVE_CHANGE, WEAK, periods
from onroll.vocabulary.impact import (
    E_VALUE,
    OTHERS_OUT,
    OTHERS_STEP,
    OWN_LINES,
    OWN_SEEN,
    OWN_STEP,
    PRAIS_WINSTEN,
    QUASI_POISSON,
)

PANDEMIC = ("201920", "202021")
EXACT = 1e-7  # two libraries, each stopping when its steps are this small
OUTCOME = "permanent_exclusion_rate"
EVENTS = "permanent_exclusion_count"


@pytest.fixture(scope="module")
def plan(study: Study) -> ImpactPlan:
    return study.framework.plan.impact


@pytest.fixture(scope="module")
def made() -> tuple[pd.DataFrame, str]:
    """Twelve of the made authorities, one of which fell to a quarter."""
    cells, code = made_panel(
        np.random.default_rng(3), Scenario(ratio=0.25), launch="202122", first="200607", last="202324", pandemic=PANDEMIC
    )  # fmt: skip
    kept = [*sorted(set(cells["area_code"]) - {code})[:11], code]
    return cells[cells["area_code"].isin(kept)], code


def question_of(code: str, plan: ImpactPlan, **other: Any) -> Question:
    question = Question(
        year="202324", area_code=code, area="Here", region="made region 1", neighbours=(), neighbours_label="",
        neighbours_id="", reference_groups={}, baseline=periods("201617", "201819"), pandemic=PANDEMIC,
        launch="202122", impact_pre=periods("200607", "202021"), change_pre=periods("201617", "201819"), impact=plan,
    )  # fmt: skip
    return replace(question, **other)


def rows_of(cells: pd.DataFrame, question: Question, plan: ImpactPlan) -> list[dict[str, Any]]:
    """The rows about one outcome."""
    every = own_line_rows(cells, question, plan)
    return [row for row in every if row["indicator"] == f"strategy_impact_{OUTCOME}"]


def total(cells: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Events and pupils of some authorities by calm year."""
    chosen = cells[(cells["education_phase"] == "Total") & cells["area_code"].isin(codes)]
    sums = chosen.groupby("time_period")[[EVENTS, "pupils"]].sum()
    return sums[~sums.index.isin(PANDEMIC)]


def by_statsmodels(table: pd.DataFrame) -> tuple[float, float, float]:
    """Ratio of the step with its limits, by t."""
    began = np.array([int(year[:4]) for year in table.index])
    x = np.column_stack([np.ones(len(table)), began, began >= 2021])
    family = sm.families.Poisson()
    fit = sm.GLM(table[EVENTS].to_numpy(), x, family, offset=np.log(table["pupils"].to_numpy())).fit(
        scale="X2"
    )
    half = stats.t.ppf(0.975, len(table) - 3) * fit.bse[2]
    low, high = fit.params[2] - half, fit.params[2] + half
    return float(np.exp(fit.params[2])), float(np.exp(low)), float(np.exp(high))


def test_the_step_is_that_of_statsmodels(plan: ImpactPlan, made: tuple[pd.DataFrame, str]) -> None:
    cells, code = made
    rows = rows_of(cells, question_of(code, plan), plan)
    steps = {row["design"]: row for row in rows if row["statistic"] == OWN_STEP}
    assert tuple(steps) == OWN_LINES
    one = steps[QUASI_POISSON]
    wanted = by_statsmodels(total(cells, [code]))
    assert (one["estimate"], one["lower"], one["upper"]) == pytest.approx(wanted, rel=EXACT)
    assert {row["strength"] for row in rows} == {WEAK}
    for row in steps.values():
        assert 0.08 < row["estimate"] < 0.6
        assert row["lower"] < row["estimate"] < row["upper"] < 1


def test_others_are_added_up_and_looked_at_one_by_one(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str]
) -> None:
    cells, code = made
    rows = rows_of(cells, question_of(code, plan), plan)
    others = sorted(set(cells["area_code"]) - {code})
    together = next(row for row in rows if row["statistic"] == OTHERS_STEP)
    wanted = by_statsmodels(total(cells, others))
    assert (together["estimate"], together["lower"], together["upper"]) == pytest.approx(wanted, rel=EXACT)
    assert together["denominator"] == len(others)
    alone = next(row for row in rows if row["statistic"] == OTHERS_OUT)
    limits = [by_statsmodels(total(cells, [other])) for other in others]
    assert alone["denominator"] == len(others)
    assert alone["numerator"] == sum(not low <= 1 <= high for _, low, high in limits)


def test_others_without_an_event_after_are_told_and_stop_nothing(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str]
) -> None:
    cells, code = made
    cells = cells.copy()
    cells.loc[(cells["area_code"] != code) & (cells["time_period"] >= "202122"), EVENTS] = 0.0
    rows = rows_of(cells, question_of(code, plan), plan)
    together = next(row for row in rows if row["statistic"] == OTHERS_STEP)
    assert together["note"].startswith("cannot be computed: ")
    assert OTHERS_OUT not in {row["statistic"] for row in rows}
    assert sum("estimate" in row for row in rows if row["statistic"] == OWN_STEP) == len(OWN_LINES)


def test_what_could_have_been_seen_comes_first_and_from_the_years_before_alone(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str]
) -> None:
    cells, code = made
    question = question_of(code, plan)
    seen = rows_of(cells, question, plan)[0]
    assert seen["statistic"] == OWN_SEEN
    before = total(cells, [code]).loc[:"201819"]
    x = sm.add_constant(np.arange(len(before)))
    left = sm.OLS(np.log((before[EVENTS] + 0.5) / before["pupils"]).to_numpy(), x).fit()
    e = left.resid
    alike = max(0.0, float(e[1:] @ e[:-1] / (e @ e)))
    power = series_power(13, 3, sd=float(np.sqrt(left.scale)), autocorrelation=alike, left_out=2)
    assert -np.log(seen["lower"]) == pytest.approx(power.estimate, rel=EXACT)
    assert seen["lower"] * seen["upper"] == pytest.approx(1.0)
    later = cells.copy()
    later.loc[later["time_period"] >= "202122", EVENTS] *= 3
    assert rows_of(later, question, plan)[0] == seen


@pytest.mark.parametrize(
    ("from_year", "until", "events", "why"),
    [
        ("202122", "202324", 0.0, NO_EVENT_AFTER),
        ("200607", "201819", 0.0, NO_EVENT),
        ("201011", "201011", np.nan, GAPS.format("2010/11")),
        ("200607", "201415", np.nan, TOO_FEW.format(5, 4)),
    ],
)
def test_a_line_that_cannot_be_drawn_says_why(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str], from_year: str, until: str, events: float, why: str
) -> None:
    cells, code = made
    cells = cells.copy()
    cells.loc[(cells["area_code"] == code) & cells["time_period"].between(from_year, until), EVENTS] = events
    [row] = rows_of(cells, question_of(code, plan), plan)
    assert "estimate" not in row
    assert row["note"].startswith(why)


def test_a_younger_authority_has_the_line_of_its_own_years(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str]
) -> None:
    cells, code = made
    cells = cells[(cells["area_code"] != code) | (cells["time_period"] >= "201112")]
    rows = rows_of(cells, question_of(code, plan), plan)
    step = next(row for row in rows if row["design"] == QUASI_POISSON and row["statistic"] == OWN_STEP)
    assert step["estimate"] == pytest.approx(by_statsmodels(total(cells, [code]))[0], rel=EXACT)
    assert step["note"].startswith("2011/12 to 2023/24")


def test_a_model_that_cannot_do_it_says_so_and_the_others_go_on(
    plan: ImpactPlan, made: tuple[pd.DataFrame, str]
) -> None:
    cells, code = made
    for year, events, why in (("201213", 0.0, NO_LOGARITHM), ("201920", np.nan, NO_YEAR)):
        other = cells.copy()
        other.loc[(other["area_code"] == code) & (other["time_period"] == year), EVENTS] = events
        rows = rows_of(other, question_of(code, plan), plan)
        steps = {row["design"]: row for row in rows if row["statistic"] == OWN_STEP}
        assert steps.pop(PRAIS_WINSTEN)["note"] == why
        assert all("estimate" in row for row in steps.values())


def test_without_years_after_there_is_no_line(plan: ImpactPlan, made: tuple[pd.DataFrame, str]) -> None:
    cells, code = made
    [early] = rows_of(cells, question_of(code, plan, year="201819"), plan)
    assert early["note"] == TOO_EARLY
    inside = question_of(code, plan, year="202021", launch="201920", impact_pre=periods("200607", "201819"))
    [row] = rows_of(cells, inside, plan)
    assert row["note"] == ALL_PANDEMIC


@pytest.mark.parametrize("ratio", [0.25, 1.0])
def test_the_strength_of_another_cause_is_that_of_the_ratio_and_its_nearer_limit(
    plan: ImpactPlan, ratio: float
) -> None:
    cells, code = made_panel(
        np.random.default_rng(3), Scenario(ratio=ratio), launch="202122", first="200607", last="202324", pandemic=PANDEMIC
    )  # fmt: skip
    rows = [row for row in panel_rows(cells, question_of(code, plan), plan) if row["breakdown"] == "Total"]
    for outcome in plan.outcomes:
        mine = {row["statistic"]: row for row in rows if row["indicator"] == f"strategy_impact_{outcome}"}
        found, strength = mine[RELATIVE_CHANGE], mine[E_VALUE]

        def needed(one: float) -> float:
            """VanderWeele and Ding (2017), by hand."""
            up = max(one, 1 / one)
            return up + np.sqrt(up * (up - 1))

        assert strength["estimate"] == pytest.approx(needed(found["estimate"]))
        nearest = found["upper"] if found["estimate"] < 1 else found["lower"]
        is_in = found["lower"] <= 1 <= found["upper"]
        assert strength["lower"] == pytest.approx(1.0 if is_in else needed(nearest))


def test_where_limits_have_no_end_no_cause_is_needed_for_them(plan: ImpactPlan) -> None:
    cells, code = made_panel(
        np.random.default_rng(3), Scenario(), launch="202122", first="200607", last="202324", pandemic=PANDEMIC
    )  # fmt: skip
    rows = list(panel_rows(cells, question_of(code, plan, confidence=0.999), plan))
    strengths = [row for row in rows if row["statistic"] == E_VALUE]
    assert len(strengths) == len(plan.outcomes)
    assert {row["lower"] for row in strengths} == {1.0}


@pytest.mark.slow
def test_intervals_of_so_short_a_series_are_much_too_narrow_where_years_are_alike() -> None:
    """What the page says of the four models: eighteen years, three after, each keeping 0.6 of the one before."""
    rng, draws, keeps = np.random.default_rng(1), 300, 0.6
    year = np.arange(18)
    after, window, roll = year >= 15, np.isin(year, [13, 14]), np.full(18, 40_000.0)
    held = dict.fromkeys(OWN_LINES, 0)
    for _ in range(draws):
        strays = rng.normal(size=18)
        for at in year[1:]:
            strays[at] = keeps * strays[at - 1] + np.sqrt(1 - keeps**2) * strays[at]
        events = rng.poisson(1200 * np.exp(0.03 * year + 0.2 * strays)).astype(float)
        for model, (family, errors) in COUNTS.items():
            found = interrupted_series(
                events, after, exposure=roll, window=window, in_window="left out", family=family, errors=errors,
                distribution="t",
            )  # fmt: skip
            held[model] += found.lower <= 1 <= found.upper
        rates = interrupted_rates(np.log(events / roll), after, window=window, errors="prais-winsten")
        held[PRAIS_WINSTEN] += rates.lower <= 0 <= rates.upper
    assert all(0.55 < many / draws < 0.85 for many in held.values())
