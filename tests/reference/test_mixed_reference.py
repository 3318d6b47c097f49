"""Random intercepts against lme4, refitted with tight tolerances (tests/reference/mixed_models.R)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, special, stats

from onroll.statistics.between_schools import variance_by_year
from onroll.statistics.design_matrix import Design, Factor, Measure, design_matrix
from onroll.statistics.intersections import maihda
from onroll.statistics.mixed import MixedModel, crossed_intercepts, random_intercept

HERE = Path(__file__).parent
BETA = 2e-5  # lme4's optimiser ends within this of the maximum
ERROR = 2e-3  # lme4 has standard errors from finite differences of its deviance
VARIANCE = 1e-4
LIMIT = 1e-4  # R: uniroot on optim


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CELLS = {
    key: np.array([float(row[key]) for row in read("mixed_cells.csv")]) for key in read("mixed_cells.csv")[0]
}
R: dict[tuple[str, str], dict[str, float]] = {}
for _row in read("mixed_models.csv"):
    R.setdefault((_row["model"], _row["figure"]), {})[_row["column"]] = float(_row["value"])


def main_effects() -> Design:
    return design_matrix(
        [Factor("eth", CELLS["eth"]), Measure("sex", CELLS["sex"]), Measure("need", CELLS["need"])]
    )


def null() -> Design:
    return design_matrix([], cells=CELLS["pupils"].size)


def one(model: str) -> MixedModel:
    kind, how = model.split()
    group = "school" if kind == "school" else "stratum"
    design = null() if kind == "null" else main_effects()
    if how == "poisson":
        return random_intercept(
            CELLS["times"], CELLS["pupils"], design, CELLS[group], family="poisson", nodes=25
        )
    return random_intercept(CELLS["event"], CELLS["pupils"], design, CELLS[group], method=how, nodes=25)


def agree(found: MixedModel, model: str, kinds: tuple[str, ...]) -> None:
    np.testing.assert_allclose(found.beta, list(R[model, "beta"].values()), rtol=BETA, atol=BETA)
    np.testing.assert_allclose(found.beta_error, list(R[model, "beta_error"].values()), rtol=ERROR)
    for at, kind in enumerate(kinds):
        assert found.estimate[at] == pytest.approx(R[model, "variance"][kind], rel=VARIANCE)
        theirs = R[model, f"effect {kind}"]
        order = [str(int(group)) for group in found.groups[at]]
        np.testing.assert_allclose(found.effect[at], [theirs[group] for group in order], atol=2e-4)
        errors = R[model, f"effect_error {kind}"]
        np.testing.assert_allclose(found.effect_error[at], [errors[group] for group in order], rtol=2e-4)
    if (model, "log_likelihood") in R:
        assert found.log_likelihood == pytest.approx(R[model, "log_likelihood"][""], abs=1e-6)


@pytest.mark.parametrize(
    "model", ["null quadrature", "null laplace", "main quadrature", "school quadrature", "school poisson"]
)
def test_one_random_intercept(model: str) -> None:
    agree(one(model), model, ("school" if model.startswith("school") else "stratum",))


def test_crossed_random_intercepts() -> None:
    found = crossed_intercepts(
        CELLS["event"], CELLS["pupils"], main_effects(), CELLS["stratum"], CELLS["school"]
    )
    agree(found, "crossed laplace", ("stratum", "school"))


def test_the_order_of_crossed_groups_is_nothing() -> None:
    sides = CELLS["stratum"], CELLS["school"]
    one_way = crossed_intercepts(CELLS["event"], CELLS["pupils"], main_effects(), *sides)
    other = crossed_intercepts(CELLS["event"], CELLS["pupils"], main_effects(), *sides[::-1])
    np.testing.assert_allclose(one_way.estimate, other.estimate[::-1], rtol=1e-5)
    np.testing.assert_allclose(one_way.upper, other.upper[::-1], rtol=1e-3)


@pytest.mark.parametrize("model", ["null quadrature", "school quadrature"])
def test_profile_limits(model: str) -> None:
    found, theirs = one(model), R[model, "variance_limits"]
    assert found.lower[0] == pytest.approx(theirs["lower"], rel=LIMIT)
    assert found.upper[0] == pytest.approx(theirs["upper"], rel=LIMIT)


def test_maihda_is_the_two_models() -> None:
    dimensions = [Factor(name, CELLS[name].astype(int)) for name in ("eth", "sex", "need")]
    found = maihda(CELLS["event"], CELLS["pupils"], dimensions, nodes=25)
    before, after = (R[f"{model} quadrature", "variance"]["stratum"] for model in ("null", "main"))
    assert found.estimate == pytest.approx(before / (before + np.pi**2 / 3), rel=VARIANCE)
    assert found.pcv == pytest.approx(1 - after / before, rel=VARIANCE)


def test_the_likelihood_is_the_integral() -> None:
    """Brute force: one group after the other summed over a fine grid, the whole maximised by a simplex."""
    grid = np.linspace(-10, 10, 4001)  # sums over it are integrals to rounding: the integrand ends flat
    k, n = np.array([2.0, 9, 4, 15, 1, 8]), np.array([50.0, 60, 40, 80, 45, 70])

    def minus(parameters: np.ndarray) -> float:
        constant, spread = parameters

        eta = constant + spread * grid
        height = k[:, None] * eta - n[:, None] * np.logaddexp(0, eta) + stats.norm.logpdf(grid)
        return -float((special.logsumexp(height, axis=1) + np.log(grid[1] - grid[0])).sum())

    best = optimize.minimize(
        minus, [-2.2, 0.5], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11}
    )
    found = random_intercept(k, n, design_matrix([], cells=6), np.arange(6), nodes=31)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-8)
    assert found.beta[0] == pytest.approx(best.x[0], abs=1e-5)
    assert found.estimate[0] == pytest.approx(best.x[1] ** 2, rel=1e-4)
    assert found.median_ratio()[0] == pytest.approx(
        np.exp(np.sqrt(2) * abs(best.x[1]) * special.ndtri(0.75)), rel=1e-4
    )


def test_years_are_fitted_one_by_one_and_against_a_common_variance() -> None:
    year = np.where(CELLS["eth"] < 2, 2023, 2024)
    design = design_matrix([Measure("sex", CELLS["sex"])])
    found = variance_by_year(CELLS["event"], CELLS["pupils"], design, CELLS["school"], year)
    for at, when in enumerate((2023, 2024)):
        own = year == when
        alone = random_intercept(
            CELLS["event"][own],
            CELLS["pupils"][own],
            design_matrix([Measure("sex", CELLS["sex"][own])]),
            CELLS["school"][own],
        )
        assert found.estimate[at] == pytest.approx(alone.estimate[0], rel=1e-6)
        assert found.upper[at] == pytest.approx(alone.upper[0], rel=1e-5)
    # the common variance: every year's schools as groups of their own, years with all their columns
    joint = random_intercept(
        CELLS["event"],
        CELLS["pupils"],
        design_matrix(
            [Measure("sex", CELLS["sex"]), Factor("year", year, 2023)], interactions=[("sex", "year")]
        ),
        CELLS["school"] + 1000 * (year == 2024),
    )
    assert found.common == pytest.approx(joint.estimate[0], rel=1e-3)
    alone_sum = sum(
        random_intercept(
            CELLS["event"][year == when],
            CELLS["pupils"][year == when],
            design_matrix([Measure("sex", CELLS["sex"][year == when])]),
            CELLS["school"][year == when],
        ).log_likelihood
        for when in (2023, 2024)
    )
    assert found.chi_square == pytest.approx(2 * (alone_sum - joint.log_likelihood), abs=1e-5)
