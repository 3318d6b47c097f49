"""Interrupted series beside R (interrupted_series.R: glm, MASS::glm.nb, sandwich, nlme) and statsmodels."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import InterruptedSeries, interrupted_series

HERE = Path(__file__).resolve().parent
NEAR = 1e-8  # both fits end when nothing moves; what is left is rounding
NEGATIVE_BINOMIAL = 1e-5  # MASS ends its search for theta early
RHO = 1e-6  # nlme's numerical likelihood at a given rho


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    with (HERE / "interrupted_series_rows.csv").open(newline="") as file:
        every = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in every]) for name in every[0]}


def wanted(fit: str) -> dict[str, float]:
    with (HERE / "interrupted_series.csv").open(newline="") as file:
        return {row["figure"]: float(row["value"]) for row in csv.DictReader(file) if row["fit"] == fit}


def term(found: InterruptedSeries, name: str) -> tuple[float, float]:
    at = found.names.index(name)
    return float(found.coefficients[at]), float(found.error[at])


def agree(found: InterruptedSeries, fit: str, near: float, **names: str) -> None:
    r = wanted(fit)
    for theirs, ours in names.items():
        assert term(found, ours) == pytest.approx((r[theirs], r[f"error of {theirs}"]), rel=near), theirs


def front(rows: dict[str, np.ndarray], **more: object) -> InterruptedSeries:
    return interrupted_series(rows["front"], rows["law"] > 0, exposure=rows["kms"], season=12, **more)  # type: ignore[arg-type]


def test_a_window_with_a_level_of_its_own_and_a_season_of_dummies(rows: dict[str, np.ndarray]) -> None:
    asked = {"harmonics": "dummies", "window": rows["window"] > 0, "slope_change": True}
    found = front(rows, **asked)
    agree(found, "quasi", NEAR, law="step", slope="slope change", window="window 1")
    r = wanted("quasi")
    assert (found.dispersion, found.deviance) == pytest.approx((r["dispersion"], r["deviance"]), rel=NEAR)
    alike = front(rows, errors="newey-west", lag=4, **asked)
    agree(alike, "quasi newey-west", NEAR, law="step", slope="slope change")


def test_a_window_left_out(rows: dict[str, np.ndarray]) -> None:
    found = front(rows, window=rows["window"] > 0, in_window="left out")
    agree(found, "left out", NEAR, law="step", time="trend")


def test_negative_binomial(rows: dict[str, np.ndarray]) -> None:
    found = front(rows, family="negative binomial")
    agree(found, "negative binomial", NEGATIVE_BINOMIAL, law="step", time="trend")
    assert found.alpha == pytest.approx(wanted("negative binomial")["alpha"], rel=NEGATIVE_BINOMIAL)


def test_a_comparison(rows: dict[str, np.ndarray]) -> None:
    r = wanted("controlled")
    found = front(
        rows,
        comparison=rows["rear"],
        comparison_exposure=rows["kms"],
        window=rows["window"] > 0,
        slope_change=True,
    )
    assert np.log(found.estimate) == pytest.approx(r["own:law"], rel=NEAR)
    half = np.log(found.upper / found.lower) / 2 / 1.959963984540054
    assert half == pytest.approx(r["error of own:law"], rel=NEAR)
    assert found.slope_change is not None
    assert np.log(found.slope_change.estimate) == pytest.approx(r["own:slope"], rel=NEAR)
    assert found.dispersion == pytest.approx(r["dispersion"], rel=NEAR)
    own = front(rows, comparison=rows["rear"], comparison_exposure=rows["kms"], harmonics=1, season_of="own")
    assert np.log(own.estimate) == pytest.approx(wanted("controlled own season")["own:law"], rel=NEAR)


def test_rates(rows: dict[str, np.ndarray]) -> None:
    rate = 1e4 * rows["front"] / rows["kms"]
    found = interrupted_rates(rate, rows["law"] > 0, season=12, harmonics="dummies", slope_change=True, lag=5)
    agree(found, "rate newey-west", NEAR, law="step", slope="slope change")
    assert found.durbin_watson == pytest.approx(wanted("rate newey-west")["durbin watson"], rel=NEAR)
    freed = interrupted_rates(rate, rows["law"] > 0, errors="prais-winsten")
    agree(freed, "prais-winsten", RHO, law="step", time="trend")
    assert freed.rho == pytest.approx(wanted("prais-winsten")["rho"], rel=RHO)


def test_newey_west_beside_statsmodels(rows: dict[str, np.ndarray]) -> None:
    import statsmodels.api as sm

    found = front(rows, harmonics=2, errors="newey-west", lag=6)
    time = np.arange(1.0, 193.0)
    waves = [wave(2 * np.pi * k * time / 12) for wave in (np.sin, np.cos) for k in (1, 2)]
    x = np.column_stack([np.ones(192), time, rows["law"], *waves])
    theirs = sm.GLM(rows["front"], x, sm.families.Poisson(), offset=np.log(rows["kms"])).fit(
        tol=1e-14, maxiter=200, cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": True}
    )
    np.testing.assert_allclose(found.coefficients, theirs.params, rtol=NEAR)
    np.testing.assert_allclose(found.error, theirs.bse, rtol=NEAR)
