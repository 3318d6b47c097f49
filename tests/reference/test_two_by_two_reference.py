"""Two proportions, one proportion, strata and families against R, statsmodels, published answers, and brute force."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, special, stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from onroll.statistics.homogeneity import homogeneity
from onroll.statistics.multiplicity import adjust
from onroll.statistics.odds_ratio import odds_ratio
from onroll.statistics.proportions import proportion
from onroll.statistics.relative_risk import relative_risk
from onroll.statistics.risk_difference import risk_difference
from onroll.statistics.stratified import mantel_haenszel, stratified_score

HERE = Path(__file__).parent
R_CLOSED = 1e-11  # relative: closed formulas of R, printed to 16 digits
R_SEARCHED = (
    1e-8  # relative: R sums up tails at each step of its search; 10 million pupils cost it some digits
)
R_FISHER = 1e-2  # relative: fisher.test stops its search at 1e-4, absolute, of the odds ratio or its inverse
R_TAILS = 1e-6  # relative: R's own lgamma loses digits at 10 million
BRUTE = 1e-7  # relative: a numerical maximum within a numerical root
STATSMODELS_SCORE = 1e-6  # relative: its own search

POINTS = np.loadtxt(
    """7 34 1 34
       5 56 0 29
       0 29 5 56
       3 400 0 20
       0 20 3 400
       150 9000 2 60
       24 73 53 65
       10 10 9 10
       4 7 7 7
       1 1 3 9
       5 5 5 5
       6 6 0 4""".splitlines()
)
RATIOS = {"miettinen-nurminen": True, "koopman": False}
DIFFERENCES = {"miettinen-nurminen": True, "mee": False}
ODDS = {"miettinen-nurminen": True, "score": False}


def columns(name: str) -> dict[str, np.ndarray]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        key: np.array([float("nan" if row[key] == "NA" else row[key]) for row in rows]) for key in rows[0]
    }


def close(found: object, wanted: object, tolerance: float) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=tolerance, atol=1e-300)


# R ------------------------------------------------------------------------------------------------


def compared(
    function: Callable[..., object], method: str, level: float
) -> tuple[object, dict[str, np.ndarray]]:
    every = columns("two_by_two.csv")
    at = every["confidence"] == level
    r = {name: column[at] for name, column in every.items()}
    assert at.sum() == 15
    found = function(
        r["events"],
        r["total"],
        reference_events=r["reference_events"],
        reference_total=r["reference_total"],
        confidence=level,
        method=method,
    )
    return found, r


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_conditional_odds_ratio_is_that_of_the_noncentral_hypergeometric_in_r(level: float) -> None:
    found, r = compared(odds_ratio, "exact", level)
    close(found.estimate, r["conditional_estimate"], R_SEARCHED)
    close(found.lower, r["exact_lower"], R_SEARCHED)
    close(found.upper, r["exact_upper"], R_SEARCHED)
    close(found.lower, r["fisher_lower"], R_FISHER)
    close(found.upper, r["fisher_upper"], R_FISHER)
    close(found.p_value, r["fisher_p"], R_TAILS)
    found, r = compared(odds_ratio, "mid-p", level)
    close(found.lower, r["midp_lower"], R_SEARCHED)
    close(found.upper, r["midp_upper"], R_SEARCHED)
    close(found.p_value, r["midp_p"], R_TAILS)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_legacy_limits_are_those_of_epitools_and_prop_test(level: float) -> None:
    found, r = compared(risk_difference, "wald", level)
    np.testing.assert_allclose(found.lower, r["wald_lower"], rtol=R_CLOSED, atol=1e-15)
    np.testing.assert_allclose(found.upper, r["wald_upper"], rtol=R_CLOSED, atol=1e-15)
    for function, method, name in ((relative_risk, "katz", "katz"), (odds_ratio, "woolf", "woolf")):
        found, r = compared(function, method, level)
        known = ~np.isnan(r[f"{name}_lower"])
        assert known.sum() == 8
        close(found.lower[known], r[f"{name}_lower"][known], R_CLOSED)
        close(found.upper[known], r[f"{name}_upper"][known], R_CLOSED)


def test_score_probability_is_that_of_prop_test() -> None:
    for function, method in ((relative_risk, "koopman"), (risk_difference, "mee"), (odds_ratio, "score")):
        found, r = compared(function, method, 0.95)
        close(found.p_value, r["score_p"], R_SEARCHED)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_jeffreys_and_midp_of_one_proportion_are_those_of_r(level: float) -> None:
    r = columns("proportion_limits.csv")
    at = r["confidence"] == level
    assert at.sum() == 11
    for method, name, tolerance in (("jeffreys", "jeffreys", 1e-10), ("mid-p", "midp", R_SEARCHED)):
        found = proportion(r["events"][at], r["total"][at], confidence=level, method=method)
        close(found.lower, r[f"{name}_lower"][at], tolerance)
        close(found.upper, r[f"{name}_upper"][at], tolerance)


def strata(name: str) -> dict[str, list[float]]:
    keys = ("events", "total", "reference_events", "reference_total")
    with (HERE / "strata.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == name]
    return {key: [float(row[key]) for row in rows] for key in keys}


def wanted(name: str) -> dict[str, float]:
    with (HERE / "stratified.csv").open(newline="", encoding="utf-8") as file:
        return {row["figure"]: float(row["value"]) for row in csv.DictReader(file) if row["set"] == name}


SETS = ("ucb", "bcg", "mehrotra", "rare")


@pytest.mark.parametrize("name", SETS)
def test_mantel_haenszel_is_that_of_r_and_metafor(name: str) -> None:
    r, data = wanted(name), strata(name)
    for measure, short in (("odds_ratio", "OR"), ("relative_risk", "RR"), ("risk_difference", "RD")):
        found = mantel_haenszel(**data, measure=measure)
        close(found.estimate, r[f"metafor_{short}"], R_CLOSED)
        close(found.lower, r[f"metafor_{short}_lower"], 1e-10)
        close(found.upper, r[f"metafor_{short}_upper"], 1e-10)
        close(found.chi_square, r["chi_square_plain"], 1e-10)
        close(found.p_value, r["p_value_plain"], 1e-10)
    corrected = mantel_haenszel(**data, continuity=True)
    close(corrected.chi_square, r["chi_square_corrected"], 1e-10)
    close(corrected.lower, r["odds_ratio_lower"], 1e-10)
    close(corrected.upper, r["odds_ratio_upper"], 1e-10)


@pytest.mark.parametrize("name", SETS)
def test_homogeneity_is_that_of_metafor_and_statsmodels(name: str) -> None:
    r, data = wanted(name), strata(name)
    found = homogeneity(**data)
    close(found.breslow_day, r["breslow_day"], 1e-9)
    close(found.tarone, r["tarone"], 1e-9)
    close(found.p_value, r["tarone_p"], 1e-9)
    assert found.df == r["df"]
    x, n, x0, n0 = (np.array(column) for column in data.values())
    says = (x + x0 > 0) & (x + x0 < n + n0)
    other = StratifiedTable(np.array([[x, n - x], [x0, n0 - x0]])[:, :, says])
    close(found.breslow_day, other.test_equal_odds().statistic, 1e-8)
    close(found.tarone, other.test_equal_odds(adjust=True).statistic, 1e-8)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("measure", ["risk_difference", "relative_risk"])
def test_stratified_score_with_mantel_haenszel_weights_is_the_cochran_test(name: str, measure: str) -> None:
    found = stratified_score(**strata(name), measure=measure, weights="mantel-haenszel")
    close(found.chi_square, wanted(name)["chi_square_plain"], 1e-10)


def test_greenland_and_robins_variance_of_a_difference_is_the_binomial_one() -> None:
    x, n, x0, n0 = (np.array(column) for column in strata("bcg").values())
    p, p0, weight = x / n, x0 / n0, n * n0 / (n + n0)
    error = np.sqrt((weight**2 * (p * (1 - p) / n + p0 * (1 - p0) / n0)).sum()) / weight.sum()
    found = mantel_haenszel(**strata("bcg"), measure="risk_difference", variance="greenland-robins")
    close(found.upper - found.estimate, stats.norm.ppf(0.975) * error, 1e-10)


def test_adjusted_probabilities_are_those_of_r_and_statsmodels() -> None:
    r = columns("adjusted.csv")
    members = [str(i) for i in range(r["p"].size)]
    for method, column, other in (("holm", "holm", "holm"), ("benjamini-hochberg", "bh", "fdr_bh")):
        found = adjust(r["p"], r["p"], r["p"], r["p"], members=members, method=method)
        close(found.adjusted_p_value, r[column], 1e-12)
        close(found.adjusted_p_value, multipletests(r["p"], method=other)[1], 1e-12)


# other libraries and published answers --------------------------------------------------------------


def test_relative_risk_score_is_that_of_statsmodels() -> None:
    """The one score interval of statsmodels that was found right."""
    for x, n, x0, n0 in ((7, 34, 1, 34), (8, 15, 4, 15), (24, 73, 53, 65), (150, 9000, 2, 60)):
        for method, correction in (("miettinen-nurminen", True), ("koopman", False)):
            other = confint_proportions_2indep(
                x, n, x0, n0, compare="ratio", method="score", correction=correction
            )
            found = relative_risk(x, n, reference_events=x0, reference_total=n0, method=method)
            close((found.lower, found.upper), other, STATSMODELS_SCORE)


PUBLISHED: list[tuple[Callable[..., object], str, tuple[int, ...], float, float, float]] = [
    # Fagerland and Newcombe 2013, to three decimals
    (relative_risk, "mover", (29, 55, 11, 11), 0.398, 0.761, 5e-4),
    (relative_risk, "mover", (7, 18, 1, 18), 1.277, 40.751, 5e-4),
    (relative_risk, "miettinen-nurminen", (29, 55, 11, 11), 0.397, 0.742, 5e-4),
    (relative_risk, "miettinen-nurminen", (7, 18, 1, 18), 1.296, 42.544, 5e-4),
    (odds_ratio, "mover", (24, 73, 53, 65), 0.050, 0.242, 5e-4),
    (odds_ratio, "mover", (7, 18, 1, 18), 1.395, 75.890, 5e-4),
    (odds_ratio, "miettinen-nurminen", (24, 73, 53, 65), 0.050, 0.245, 5e-4),
    (odds_ratio, "miettinen-nurminen", (29, 55, 11, 11), 0, 0.417, 5e-4),
    (odds_ratio, "miettinen-nurminen", (7, 18, 1, 18), 1.416, 76.428, 5e-4),
    # Gart and Nam 1988, Gart and Thomas 1982, Cornfield 1956
    (relative_risk, "koopman", (6, 10, 6, 20), 0.844, 4.594, 5e-4),
    (odds_ratio, "score", (28, 51, 71, 230), 1.476, 5.035, 5e-4),
    (odds_ratio, "score-corrected", (3, 14, 60, 92), 0.0296, 0.6228, 1e-4),  # Cornfield took 3.841
]


@pytest.mark.parametrize(("function", "method", "cells", "lower", "upper", "half"), PUBLISHED)
def test_published_limits(
    function: Callable[..., object],
    method: str,
    cells: tuple[int, ...],
    lower: float,
    upper: float,
    half: float,
) -> None:
    """As collected in the tests of ratesci."""
    x, n, x0, n0 = cells
    found = function(x, n, reference_events=x0, reference_total=n0, method=method)
    assert abs(found.lower - lower) <= half
    assert abs(found.upper - upper) <= half


def test_newcombes_single_proportions() -> None:
    found = proportion([15, 0, 1], [148, 20, 29], method="mid-p")  # Newcombe 1998, to four decimals
    np.testing.assert_allclose(found.lower, [0.0601, 0, 0.0017], atol=5e-5)
    np.testing.assert_allclose(found.upper, [0.1581, 0.1391, 0.1585], atol=5e-5)


# brute force: the likelihood maximised, the score inverted, all by scipy ----------------------------


def likelihood_held(cells: np.ndarray, pair: Callable[[float], tuple[float, float]]) -> tuple[float, float]:
    """The two proportions of greatest likelihood on a curve ``pair(u)``, ``u`` from 0 to 1."""
    x, n, x0, n0 = cells

    def loss(u: float) -> float:
        p, p0 = pair(u)
        terms = (
            special.xlogy(x, p),
            special.xlogy(n - x, 1 - p),
            special.xlogy(x0, p0),
            special.xlogy(n0 - x0, 1 - p0),
        )
        return -float(sum(terms))

    grid = np.linspace(0, 1, 401)
    best = int(np.argmin([loss(u) for u in grid]))
    ends = grid[max(best - 1, 0)], grid[min(best + 1, 400)]
    found = optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-14})
    return pair(min((float(found.x), *ends), key=loss))


def on_curve(measure: str, value: float) -> Callable[[float], tuple[float, float]]:
    def difference(u: float) -> tuple[float, float]:
        low, high = max(0.0, -value), min(1.0, 1.0 - value)
        p0 = low + u * (high - low)
        return min(max(p0 + value, 0.0), 1.0), p0

    def ratio(u: float) -> tuple[float, float]:
        p0 = u * min(1.0, 1.0 / value)
        return min(value * p0, 1.0), p0

    return difference if measure == "difference" else ratio


def brute_score(cells: np.ndarray, measure: str, value: float, corrected: bool) -> float:
    x, n, x0, n0 = cells
    p, p0 = likelihood_held(cells, on_curve(measure, value))
    times = value if measure == "ratio" else 1.0
    distance = x / n - times * x0 / n0 - (value if measure == "difference" else 0.0)
    spread = p * (1 - p) / n + times**2 * p0 * (1 - p0) / n0
    factor = (n + n0) / (n + n0 - 1) if corrected else 1.0
    return distance / np.sqrt(max(spread, 1e-300) * factor)


Z = stats.norm.ppf(0.975)


@pytest.mark.parametrize("cells", POINTS)
@pytest.mark.parametrize("measure", ["ratio", "difference"])
def test_score_limits_are_where_a_score_by_brute_force_is_the_normal_deviate(
    cells: np.ndarray, measure: str
) -> None:
    x, n, x0, n0 = cells
    function = relative_risk if measure == "ratio" else risk_difference
    for method, corrected in (RATIOS if measure == "ratio" else DIFFERENCES).items():
        found = function(x, n, reference_events=x0, reference_total=n0, method=method)
        ends = (0.0, np.inf) if measure == "ratio" else (-1.0, 1.0)
        for limit, deviate, end in zip((found.lower, found.upper), (Z, -Z), ends, strict=True):
            if limit == end:
                assert found.estimate == end
            else:
                # the maximum is known to some 1e-8 of the proportion, the score to as much
                assert abs(brute_score(cells, measure, limit, corrected) - deviate) < 2e-5


@pytest.mark.parametrize("cells", POINTS)
def test_odds_ratio_score_limits_are_cornfields(cells: np.ndarray) -> None:
    """The cell that keeps the margins, by brentq; its distance over its error is the normal deviate."""
    x, n, x0, n0 = cells
    if x + x0 in (0, n + n0):
        return
    for method, corrected in ODDS.items():
        found = odds_ratio(x, n, reference_events=x0, reference_total=n0, method=method)
        factor = (n + n0) / (n + n0 - 1) if corrected else 1.0
        for limit, deviate in ((found.lower, Z), (found.upper, -Z)):
            if limit in (0.0, np.inf):
                assert found.estimate == limit
                continue
            low, high = max(0, x + x0 - n0), min(n, x + x0)

            def unbalanced(a: float, target: float = limit) -> float:
                return a * (n0 - x - x0 + a) - target * (n - a) * (x + x0 - a)

            a = optimize.brentq(unbalanced, low, high, xtol=1e-15)
            spread = 1 / (1 / a + 1 / (n - a) + 1 / (x + x0 - a) + 1 / (n0 - x - x0 + a))
            assert (x - a) / np.sqrt(spread * factor) == pytest.approx(deviate, rel=BRUTE)


@pytest.mark.parametrize("cells", POINTS)
def test_exact_limits_leave_the_tail_of_scipys_noncentral_hypergeometric(cells: np.ndarray) -> None:
    x, n, x0, n0 = cells
    if x + x0 in (0, n + n0):
        return
    found = odds_ratio(x, n, reference_events=x0, reference_total=n0, method="exact")
    if found.lower > 0:
        assert stats.nchypergeom_fisher.sf(x - 1, n + n0, n, x + x0, found.lower) == pytest.approx(
            0.025, rel=BRUTE
        )
    if found.upper < np.inf:
        assert stats.nchypergeom_fisher.cdf(x, n + n0, n, x + x0, found.upper) == pytest.approx(
            0.025, rel=BRUTE
        )


def brute_stratified(data: dict[str, list[float]], measure: str, value: float) -> float:
    """Miettinen and Nurminen's stratified score, their weights found by turns, all maxima numerical."""
    cells = np.array(list(data.values())).T
    held = np.array([likelihood_held(row, on_curve(measure, value)) for row in cells])
    x, n, x0, n0 = cells.T
    p, p0 = held.T
    weight = n * n0 / (n + n0)
    for _ in range(200):
        r, r0 = (weight * p).sum() / weight.sum(), (weight * p0).sum() / weight.sum()
        if measure == "difference":  # their equation for the difference
            weight = 1 / ((r * (1 - r)) / (r0 * (1 - r0)) / n + 1 / n0)
        else:  # and for the ratio
            weight = 1 / ((1 - r) / (1 - r0) / n + value / n0)
    times = value if measure == "ratio" else 1.0
    distance = x / n - times * x0 / n0 - (value if measure == "difference" else 0.0)
    factor = (n + n0) / (n + n0 - 1)
    spread = (p * (1 - p) / n + times**2 * p0 * (1 - p0) / n0) * factor
    return float((weight * distance).sum() / np.sqrt((weight**2 * spread).sum()))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(
    ("measure", "short"), [("risk_difference", "difference"), ("relative_risk", "ratio")]
)
def test_stratified_score_limits_are_where_a_score_by_brute_force_is_the_normal_deviate(
    name: str, measure: str, short: str
) -> None:
    data = strata(name)
    found = stratified_score(**data, measure=measure)
    for value, deviate in ((found.lower, Z), (found.estimate, 0.0), (found.upper, -Z)):
        assert abs(brute_stratified(data, short, value) - deviate) < 2e-5
