"""Panels beside R (panel_differences.R: lm with dummies, clubSandwich, pf), statsmodels, and every draw fitted anew."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.panel_differences import event_study, two_way_fixed_effects, wild_cluster_bootstrap
from onroll.statistics.wild_bootstrap import WEBB

HERE = Path(__file__).resolve().parent
NEAR = 1e-8  # least squares of a few hundred columns in R against columns with means taken out here
SLOPE = 1e-7  # two searches for a power of 0.8, and two libraries' noncentral F

Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def rows() -> Columns:
    source = HERE.parents[1] / "data" / "validation" / "P28_cluster_cr2_mpdta" / "mpdta.csv"
    with source.open(newline="", encoding="utf-8") as file:
        every = [row for at, row in enumerate(csv.DictReader(file), 1) if at % 11]
    whole = {name: np.array([float(row[name]) for row in every]) for name in every[0]}
    kept = np.isin(whole["countyreal"], np.unique(whole["countyreal"])[:120])
    some = {name: column[kept] for name, column in whole.items()}
    first = some["first.treat"]
    return some | {
        "treated": ((first > 0) & (some["year"] >= first)).astype(float),
        "first": np.where(first > 0, first, np.inf),
    }


def wanted(fit: str) -> dict[str, float]:
    with (HERE / "panel_differences.csv").open(newline="") as file:
        return {row["figure"]: float(row["value"]) for row in csv.DictReader(file) if row["fit"] == fit}


def test_two_way_fixed_effects_of_a_panel_with_gaps(rows: Columns) -> None:
    r = wanted("two-way")
    for kind in ("CR1", "CR1S", "CR2"):
        found = two_way_fixed_effects(
            rows["lemp"], rows["countyreal"], rows["year"], rows["treated"], errors=kind
        )
        assert found.estimate == pytest.approx(r["treated"], rel=NEAR)
        assert found.error == pytest.approx(r[f"{kind} error"], rel=NEAR)
    assert found.freedom == pytest.approx(r["CR2 freedom"], rel=NEAR)


def test_event_study_with_its_test_and_the_trend_it_would_find(rows: Columns) -> None:
    r = wanted("event study")
    found = event_study(rows["lemp"], rows["countyreal"], rows["year"], rows["first"])
    for at, since in enumerate(found.relative):
        assert found.effects[at] == pytest.approx(r[f"effect {since}"], rel=NEAR)
        assert found.effect_errors[at] == pytest.approx(r[f"error {since}"], rel=NEAR)
    assert (found.estimate, found.error) == pytest.approx(
        (r["mean after"], r["error of mean after"]), rel=NEAR
    )
    assert found.pre_trend.statistic == pytest.approx(r["F"], rel=NEAR)
    assert found.pre_trend.p_value == pytest.approx(r["p"], rel=NEAR)
    assert found.pre_trend.detectable_slope == pytest.approx(r["slope"], rel=SLOPE)
    assert found.pre_trend.bias == pytest.approx(r["bias"], rel=SLOPE)


def test_two_way_fixed_effects_beside_statsmodels_with_dummies() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    unit, period = np.repeat(np.arange(14), 6), np.tile(np.arange(6), 14)
    kept = rng.random(84) > 0.15
    dose = np.where((unit < 6) & (period >= 3), 1.0, 0.0)
    y = rng.normal(size=84) + unit * 0.3 + period**2 + 0.7 * dose
    unit, period, dose, y = unit[kept], period[kept], dose[kept], y[kept]
    x = np.column_stack([dose, unit[:, None] == np.arange(14), period[:, None] == np.arange(1, 6)])
    theirs = sm.OLS(y, x.astype(float)).fit(cov_type="cluster", cov_kwds={"groups": unit}, use_t=True)
    found = two_way_fixed_effects(y, unit, period, dose)
    assert found.estimate == pytest.approx(theirs.params[0], rel=NEAR)
    assert found.error == pytest.approx(theirs.bse[0], rel=NEAR)
    assert (found.lower, found.upper) == pytest.approx(tuple(theirs.conf_int()[0]), rel=NEAR)


def test_each_draw_of_the_wild_bootstrap_is_the_t_of_a_fit_with_dummies() -> None:
    rng = np.random.default_rng(8)
    unit, period = np.repeat(np.arange(8), 5), np.tile(np.arange(5), 8)
    dose = np.where((unit < 3) & (period >= 3), 1.0, 0.0)
    y = rng.normal(size=40) + 0.5 * unit + 0.9 * dose
    effects = np.column_stack([unit[:, None] == np.arange(8), period[:, None] == np.arange(1, 5)]).astype(
        float
    )

    def t_of(values: np.ndarray) -> float:
        x = np.column_stack([dose, effects])
        bread = np.linalg.inv(x.T @ x)
        b = bread @ x.T @ values
        e = values - x @ b
        score = np.array([x[unit == one].T @ e[unit == one] for one in range(8)])
        return float(b[0] / np.sqrt((bread @ score.T @ score @ bread)[0, 0]))

    fitted = effects @ np.linalg.lstsq(effects, y, rcond=None)[0]
    draws = np.random.default_rng(3).choice(np.concatenate([-WEBB, WEBB]), (8, 299))
    t = np.array([t_of(fitted + (y - fitted) * draw[unit]) for draw in draws.T])
    found = wild_cluster_bootstrap(y, unit, period, dose, repeats=299, seed=3)
    assert found.p_value == pytest.approx((1 + np.count_nonzero(np.abs(t) >= abs(t_of(y)))) / 300)


@pytest.mark.slow
def test_the_wild_bootstrap_covers_where_t_of_clusters_does_not() -> None:
    rng = np.random.default_rng(12)
    unit, period = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    dose = np.where((unit < 4) & (period >= 2), 1.0, 0.0)
    wild = 0
    times = 400
    for _ in range(times):
        y = np.cumsum(rng.normal(size=(10, 4)), axis=1).ravel()
        one = wild_cluster_bootstrap(y, unit, period, dose, repeats=399)
        wild += one.lower <= 0 <= one.upper
    assert 0.925 <= wild / times <= 0.985


@pytest.mark.slow
def test_the_pre_trend_test_finds_its_detectable_slope_as_often_as_it_says() -> None:
    rng = np.random.default_rng(21)
    units = 60
    unit, period = np.repeat(np.arange(units), 7), np.tile(np.arange(7), units)
    first = np.where(unit < units // 2, 4.0, np.inf)
    study = [
        event_study(rng.normal(size=7 * units), unit, period, first).pre_trend.detectable_slope
        for _ in range(60)
    ]
    slope = float(np.median(study))
    trend = np.where(unit < units // 2, slope * period, 0.0)
    found = [
        event_study(trend + rng.normal(size=7 * units), unit, period, first).pre_trend.p_value < 0.05
        for _ in range(400)
    ]
    assert 0.72 <= np.mean(found) <= 0.88
