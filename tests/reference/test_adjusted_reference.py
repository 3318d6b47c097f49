"""Models on cells against the same models on rows of pupils: R (glm, sandwich, clubSandwich, MASS) and statsmodels."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from onroll.statistics.adjusted import AdjustedModel, linear, logistic, relative_risks, risk_differences
from onroll.statistics.adjusted_counts import event_rates, negative_binomial
from onroll.statistics.design_matrix import Design, Factor, Measure, design_matrix
from onroll.statistics.marginal import standardise

HERE = Path(__file__).parent
NEAR = 1e-8  # both sides solve the same equations to rounding
ONE_STEP = 5e-8  # R has the weights of the step before the last in its errors
BY_SEARCH = 2e-5  # R finds alpha (glm.nb) or all parameters (optim) by a search that ends at about this
CLUB = 0.01  # clubSandwich's root for a glm is another one: less than a hundredth apart here, see sandwich
KINDS = ("model", "HC0", "HC1", "CR0", "CR1", "CR1S", "CR2")


def read(name: str) -> dict[str, np.ndarray]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


def answers() -> dict[tuple[str, str], np.ndarray]:
    found: dict[tuple[str, str], list[float]] = {}
    with (HERE / "adjusted_models.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["model"], row["figure"]), []).append(float(row["value"]))
    return {key: np.array(values) for key, values in found.items()}


CELLS, ROWS, R = read("adjusted_cells.csv"), read("adjusted_frequencies.csv"), answers()


def design(of: dict[str, np.ndarray]) -> Design:
    return design_matrix([Factor("eth", of["eth"]), Measure("sex", of["sex"]), Factor("need", of["need"])])


def fitted(model: str, kind: str) -> AdjustedModel:
    school = CELLS["school"]
    if model == "event_rates":
        return event_rates(
            CELLS["times"],
            CELLS["pupils"],
            design(CELLS),
            squares=CELLS["squares"],
            school=school,
            errors=kind,
        )
    of: Callable[..., AdjustedModel] = {
        "logistic": logistic,
        "relative_risks": relative_risks,
        "risk_differences": risk_differences,
    }[model]
    return of(CELLS["event"], CELLS["pupils"], design(CELLS), school=school, errors=kind)


MODELS = ("logistic", "relative_risks", "risk_differences", "event_rates")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", KINDS)
def test_cells_have_the_errors_of_rows_of_pupils(model: str, kind: str) -> None:
    found = fitted(model, kind)
    np.testing.assert_allclose(found.estimate, R[model, "estimate"], rtol=NEAR)
    np.testing.assert_allclose(found.error, R[model, kind], rtol=ONE_STEP)
    if kind == "CR2":
        np.testing.assert_allclose(found.freedom, R[model, "CR2 freedom"], rtol=NEAR)


@pytest.mark.parametrize("model", ["logistic", "relative_risks", "event_rates"])
def test_clubsandwichs_other_root_differs_little(model: str) -> None:
    np.testing.assert_allclose(fitted(model, "CR2").error, R[model, "cr2_club"], rtol=CLUB)


def test_errors_of_cells_taken_for_single_draws_would_be_several_times_as_wrong() -> None:
    x, n = design(CELLS).columns, CELLS["pupils"]
    as_cells = sm.GLM(CELLS["event"], x, family=sm.families.Poisson(), offset=np.log(n)).fit(cov_type="HC0")
    ours = fitted("relative_risks", "HC0")
    np.testing.assert_allclose(as_cells.params, ours.estimate, rtol=1e-6)
    assert np.abs(np.log(as_cells.bse / ours.error)).max() > np.log(1.15)


@pytest.mark.parametrize("kind", ["HC0", "CR1S"])  # of a GLM statsmodels has HC1 without N / (N - p)
def test_statsmodels_on_rows_of_pupils(kind: str) -> None:
    k, n = CELLS["event"].astype(int), CELLS["pupils"].astype(int)
    many = np.concatenate([k, n - k])
    at = np.repeat(np.tile(np.arange(k.size), 2), many)
    y = np.repeat(np.repeat([1.0, 0.0], k.size), many)
    model = sm.GLM(y, design(CELLS).columns[at], family=sm.families.Binomial())
    grouped = {"groups": np.unique(CELLS["school"][at], return_inverse=True)[1]}
    asked = {"cov_type": "cluster", "cov_kwds": grouped} if kind == "CR1S" else {"cov_type": kind}
    rows = model.fit(tol=1e-14, **asked)
    ours = fitted("logistic", kind)
    np.testing.assert_allclose(ours.estimate, rows.params, rtol=NEAR)
    np.testing.assert_allclose(ours.error, rows.bse, rtol=NEAR)


def test_negative_binomial_on_rows_by_number_of_events() -> None:
    found = negative_binomial(ROWS["times"], ROWS["pupils"], design(ROWS), each=True, errors="model")
    name = "negative_binomial"
    np.testing.assert_allclose(found.estimate, R[name, "estimate"], rtol=BY_SEARCH)
    np.testing.assert_allclose(found.error, R[name, "model"], rtol=BY_SEARCH)
    np.testing.assert_allclose(found.alpha, R[name, "alpha"], rtol=BY_SEARCH)
    np.testing.assert_allclose(found.log_likelihood, R[name, "log_likelihood"], rtol=NEAR)


def test_negative_binomial_on_totals_has_size_pupils_over_alpha() -> None:
    found = negative_binomial(CELLS["times"], CELLS["pupils"], design(CELLS), errors="model")
    name = "negative_binomial totals"
    np.testing.assert_allclose(found.estimate, R[name, "estimate"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.alpha, R[name, "alpha"], rtol=1e-3)
    np.testing.assert_allclose(found.log_likelihood, R[name, "log_likelihood"], rtol=NEAR)


def test_event_rates_of_frequencies_are_those_of_sums_and_squares() -> None:
    one = event_rates(ROWS["times"], ROWS["pupils"], design(ROWS), each=True, errors="HC1")
    two = fitted("event_rates", "HC1")
    np.testing.assert_allclose(one.error, two.error, rtol=NEAR)


@pytest.mark.parametrize("over", ["all", "group"])
@pytest.mark.parametrize("kind", ["HC0", "CR0"])
def test_marginal_risks_and_their_errors(kind: str, over: str) -> None:
    found = standardise(fitted("logistic", kind), "eth", over=over)
    t = {"HC0": 1.959963984540054, "CR0": 2.200985160082949}[kind]  # R: qnorm(.975), qt(.975, 11)
    for level in (1, 2, 3):
        risk, reference, ratio_error, gap_error = R[f"marginal {kind} {over}", f"level {level}"]
        assert found.risk[level] == pytest.approx(risk, rel=NEAR)
        assert found.reference_risk[level] == pytest.approx(reference, rel=NEAR)
        assert found.estimate[level] == pytest.approx(risk / reference, rel=NEAR)
        assert np.log(found.upper[level] / found.estimate[level]) / t == pytest.approx(ratio_error, rel=NEAR)
        far = found.difference_upper[level] - found.difference[level]
        assert far / t == pytest.approx(gap_error, rel=NEAR)


def test_least_squares_of_a_panel_with_dummies_equals_means_taken_out() -> None:
    rng = np.random.default_rng(5)
    unit, year = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    x = ((unit < 5) & (year > 2)).astype(float)
    y = rng.normal(size=72) + 0.3 * x + rng.normal(size=12)[unit]
    parts = [Measure("x", x), Factor("year", year)]
    whole = linear(y, design_matrix([*parts, Factor("unit", unit)]), school=unit)
    taken = np.column_stack(
        [c - (np.bincount(unit, c) / 6)[unit] for c in design_matrix(parts, constant=False).columns.T]
    )
    within = linear(
        y - (np.bincount(unit, y) / 6)[unit],
        design_matrix([Measure(str(at), c) for at, c in enumerate(taken.T)], constant=False),
        school=unit,
        absorbed=12,
    )
    assert within.estimate[0] == pytest.approx(whole.estimate[1], rel=NEAR)
    assert within.error[0] == pytest.approx(whole.error[1], rel=NEAR)
    assert within.freedom[0] == pytest.approx(whole.freedom[1], rel=NEAR)
