"""Effect sizes beside R (effect_sizes.R: lme4, noncentral t), the formulas for equal schools, and schools drawn."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.effect_sizes import clustered_effect, standardised_difference

HERE = Path(__file__).resolve().parent
FIT = 1e-6  # lme4's search over the ratio of standard deviations ends there
PROFILE = 1e-4  # lme4 takes profile limits from a spline
PRINTED = 5e-5  # printed to four decimals
SMALL = 0.03  # Hedges's mean of a ratio is a little large: no correction for few pupils is in it
TAIL = 1e-8  # two libraries' noncentral t

Rows = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def rows() -> Rows:
    with (HERE / "effect_sizes_rows.csv").open(newline="") as file:
        every = list(csv.DictReader(file))
    return {
        name: np.array([row[name] if name == "school" else float(row[name]) for row in every])
        for name in every[0]
    }


@pytest.mark.parametrize("fit", ["ses", "nothing"])
def test_restricted_likelihood_is_that_of_lme4(rows: Rows, fit: str) -> None:
    with (HERE / "effect_sizes.csv").open(newline="") as file:
        r = {row["figure"]: float(row["value"]) for row in csv.DictReader(file) if row["fit"] == fit}
    known = rows["ses"] if fit == "ses" else None
    found = clustered_effect(rows["maths"], rows["catholic"], rows["school"], covariates=known)
    assert found.difference.estimate == pytest.approx(r["difference"], rel=FIT)
    assert found.error[1] == pytest.approx(r["error"], rel=FIT)
    assert found.coefficients[0] == pytest.approx(r["intercept"], rel=FIT)
    assert found.school_variance == pytest.approx(r["school"], rel=FIT)
    assert found.pupil_variance == pytest.approx(r["pupil"], rel=FIT)
    assert -2.0 * found.log_likelihood == pytest.approx(r["reml"], rel=1e-10)
    assert (found.difference.lower, found.difference.upper) == pytest.approx(
        (r["lower"], r["upper"]), rel=PROFILE
    )


def test_limits_of_single_pupils_are_those_of_noncentral_t() -> None:
    with (HERE / "effect_sizes_noncentral.csv").open(newline="") as file:
        cases = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    d, n1, n0, lower, upper = (
        np.array([one[name] for one in cases]) for name in ("d", "n1", "n0", "lower", "upper")
    )
    found = standardised_difference(d, 1.0, n1, reference_mean=0.0, reference_sd=1.0, reference_size=n0)
    shrunk = np.where(d == 0, 1.0, np.asarray(found.estimate) / np.where(d == 0, 1.0, d))
    for ours, theirs in ((found.lower, lower), (found.upper, upper)):
        kept = d != 0
        np.testing.assert_allclose((np.asarray(ours) / shrunk)[kept], theirs[kept], rtol=TAIL, atol=TAIL)


def test_the_correction_by_hand() -> None:
    """Hedges (1981): gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)), at 2 and 4 degrees of freedom."""
    for each, correction in ((2, 1 / np.sqrt(np.pi)), (3, np.sqrt(2 / np.pi))):
        found = standardised_difference(
            1.0, 1.0, each, reference_mean=0, reference_sd=1.0, reference_size=each
        )
        assert found.estimate == pytest.approx(correction, rel=1e-12)


def test_equal_schools_have_the_formulas_for_equal_schools() -> None:
    """Hedges (2007), equal sizes: n pupils in each of M schools, N in all."""
    rng = np.random.default_rng(4)
    schools, n = 12, 9
    school = np.repeat(np.arange(schools), n)
    y = rng.normal(size=schools)[school] + rng.normal(size=schools * n)
    found = clustered_effect(y, school < 6, school)
    pupils, rho = schools * n, found.intraclass
    first = (pupils / (pupils / 2) ** 2) * (1 + (n - 1) * rho)
    within = found.difference.estimate / np.sqrt(found.pupil_variance)
    total = found.difference.estimate / np.sqrt(found.pupil_variance + found.school_variance)
    total *= np.sqrt(1 - 2 * (n - 1) * rho / (pupils - 2))
    assert found.within.estimate == pytest.approx(within)
    assert found.estimate == pytest.approx(
        total
    )  # as eefAnalytics has it: Hedges's factor, the model's variances
    parts = [y[school < 6], y[school >= 6]]
    pooled = np.sqrt(sum(((one - one.mean()) ** 2).sum() for one in parts) / (pupils - 2))
    hedges = (parts[0].mean() - parts[1].mean()) / pooled * np.sqrt(1 - 2 * (n - 1) * rho / (pupils - 2))
    assert found.hedges.estimate == pytest.approx(hedges)
    of_model = found.difference.estimate / np.sqrt(found.pupil_variance + found.school_variance)
    assert found.hedges.estimate == pytest.approx(of_model, rel=1e-6)  # what the factor is there for
    assert (found.hedges.lower + found.hedges.upper) / 2 == pytest.approx(hedges)
    of_within = first / (1 - rho) + within**2 / (2 * (pupils - schools))
    top = (
        (pupils - 2) * (1 - rho) ** 2 + n * (pupils - 2 * n) * rho**2 + 2 * (pupils - 2 * n) * rho * (1 - rho)
    )
    of_total = first + total**2 * top / (2 * (pupils - 2) * ((pupils - 2) - 2 * (n - 1) * rho))
    assert ((found.within.upper - found.within.lower) / 2 / 1.959963984540054) ** 2 == pytest.approx(
        of_within
    )
    assert ((found.upper - found.lower) / 2 / 1.959963984540054) ** 2 == pytest.approx(of_total)
    of_hedges = of_total + (hedges**2 - total**2) * top / (
        2 * (pupils - 2) * ((pupils - 2) - 2 * (n - 1) * rho)
    )
    half = (found.hedges.upper - found.hedges.lower) / 2
    assert (half / 1.959963984540054) ** 2 == pytest.approx(of_hedges)


def test_the_two_total_effects_of_a_small_trial() -> None:
    """Twenty pupils of four schools, by an independent check: 1.3371 with the factor twice, 1.7244 of Hedges."""
    y = [1, 2, 3, 2, 1, 5, 6, 5, 7, 6, 6, 7, 6, 8, 7, 9, 10, 9, 11, 10]
    school = np.repeat(np.arange(4), 5)
    found = clustered_effect(y, school > 1, school)
    assert found.estimate == pytest.approx(1.3371, abs=PRINTED)
    assert found.hedges.estimate == pytest.approx(1.7244, abs=PRINTED)


def test_covariates_are_taken_from_outcomes_before_hedges(rows: Rows) -> None:
    """The same as of outcomes from which the covariate's part is taken by hand; pupils' means, not those of the model."""
    found = clustered_effect(rows["maths"], rows["catholic"], rows["school"], covariates=rows["ses"])
    freed = rows["maths"] - found.coefficients[2] * rows["ses"]
    by_hand = clustered_effect(freed, rows["catholic"], rows["school"])
    assert found.hedges.estimate == pytest.approx(by_hand.hedges.estimate, rel=1e-3)


@pytest.mark.slow
def test_hedges_finds_the_difference_that_was_drawn() -> None:
    """Six schools of fifteen: the mean over trials is the truth."""
    rng = np.random.default_rng(21)
    school, times = np.repeat(np.arange(6), 15), 300
    group = (school < 3) * 1.0
    told = np.zeros(times)
    for at in range(times):
        y = 0.8 * group + rng.normal(0, np.sqrt(0.2), 6)[school] + rng.normal(0, np.sqrt(0.8), 90)
        told[at] = clustered_effect(y, group, school).hedges.estimate
    assert told.mean() == pytest.approx(0.8, abs=3 * told.std() / np.sqrt(times) + SMALL)


@pytest.mark.slow
def test_limits_cover_in_many_schools() -> None:
    rng = np.random.default_rng(13)
    sizes = rng.integers(8, 40, 60)
    school = np.repeat(np.arange(60), sizes)
    group = (np.arange(60) < 30).astype(float)
    inside = {"total": 0, "within": 0, "difference": 0}
    times = 150
    for _ in range(times):
        y = 0.4 * group[school] + rng.normal(0, 0.5, 60)[school] + rng.normal(size=school.size)
        found = clustered_effect(y, group[school], school)
        inside["total"] += found.lower <= 0.4 / np.sqrt(1.25) <= found.upper
        inside["within"] += found.within.lower <= 0.4 <= found.within.upper
        inside["difference"] += found.difference.lower <= 0.4 <= found.difference.upper
    for name, many in inside.items():
        assert 0.89 <= many / times <= 0.985, name


@pytest.mark.slow
def test_limits_of_single_pupils_cover() -> None:
    rng = np.random.default_rng(14)
    many = 20_000
    one, other = rng.normal(0.5, 1, (many, 7)), rng.normal(0, 1, (many, 12))
    found = standardised_difference(
        one.mean(1), one.std(1, ddof=1), 7, reference_mean=other.mean(1), reference_sd=other.std(1, ddof=1),
        reference_size=12,
    )  # fmt: skip
    shrunk = np.asarray(found.estimate) / np.asarray(found.uncorrected)
    covered = np.mean((found.lower / shrunk <= 0.5) & (found.upper / shrunk >= 0.5))
    assert 0.945 <= covered <= 0.955
    assert np.mean(found.estimate) == pytest.approx(0.5, abs=0.02)
