"""Decompositions against R and statsmodels, and their intervals by simulation with known truth.

The CSV files were written by oaxaca.R; R is not needed to run the tests. Das Gupta's own examples are in
data/validation/P08_kitagawa_dasgupta.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.oaxaca import OaxacaBlinder

from onroll.statistics.decomposition import das_gupta_structure, kitagawa
from onroll.statistics.oaxaca import rows_of_cells, three_fold, two_fold

HERE = Path(__file__).parent
R_ESTIMATE = 1e-9  # lm by QR, glm to epsilon 1e-14
R_ERROR = 1e-8  # sandwich on those
OTHER_LIBRARY = 1e-8  # pinv on unscaled columns
Z = 1.959963984540054
RUNS = 6_000
NOISE = 0.011  # four standard errors of a coverage near 0.95 in so many runs


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


ROWS = {
    key: np.array([float(row[key]) for row in read("oaxaca_rows.csv")]) for key in read("oaxaca_rows.csv")[0]
}
FEATURES = np.column_stack([ROWS["a"], ROWS["b"]])


def coverage(lower: object, upper: object, truth: object) -> np.ndarray:
    lower, upper = np.asarray(lower), np.asarray(upper)
    slack = 1e-12  # a part that is 0 in every run is covered by its interval of no width
    return ((lower <= np.asarray(truth) + slack) & (np.asarray(truth) - slack <= upper)).mean(0)


def comparable(row: dict[str, str]) -> bool:
    """R adds the two groups as independent; a school holds pupils of both, so that only parts of one compare."""
    return row["cluster"] == "0" or row["part"].startswith("explained")


# Oaxaca-Blinder ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [row for row in read("oaxaca_parts.csv") if comparable(row)],
    ids=lambda row: "-".join(list(row.values())[:3]),
)
def test_parts_and_robust_errors_are_those_of_r(row: dict[str, str]) -> None:
    given = {
        "outcome": ROWS["y"] if row["link"] == "identity" else ROWS["event"],
        "features": FEATURES,
        "group": ROWS["group"],
        "link": row["link"],
        "cluster": ROWS["school"] if row["cluster"] == "1" else None,
    }
    if row["part"].startswith("explained"):
        found = two_fold(**given, coefficients=row["part"].removeprefix("explained_at_"))  # type: ignore[arg-type]
        estimate, _, upper = found.part("explained")
    else:
        three = three_fold(**given)  # type: ignore[arg-type]
        named = (
            three.part("coefficients") if row["part"] == "coefficients" else (three.gap, 0, three.gap_upper)
        )
        estimate, _, upper = named
    assert estimate == pytest.approx(float(row["estimate"]), rel=R_ESTIMATE)
    assert (upper - estimate) / Z == pytest.approx(float(row["error"]), rel=R_ERROR)


@pytest.mark.parametrize("coefficients", ["pooled", "neumark", "cotton", "reimers"])
def test_parts_are_those_of_statsmodels(coefficients: str) -> None:
    """statsmodels takes the group coded 0 first, and spells Neumark its own way."""
    first = 1 - ROWS["group"]
    other = OaxacaBlinder(
        ROWS["y"], np.column_stack([ROWS["group"], FEATURES]), 0, hasconst=False, swap=False
    )
    three = three_fold(ROWS["y"], FEATURES, first)
    np.testing.assert_allclose([*three.estimate, three.gap], other.three_fold().params, rtol=OTHER_LIBRARY)
    unexplained, explained, _ = other.two_fold(two_fold_type=coefficients.replace("neu", "nue")).params
    found = two_fold(ROWS["y"], FEATURES, first, coefficients=coefficients)
    np.testing.assert_allclose(found.estimate, [explained, unexplained], rtol=OTHER_LIBRARY)


@pytest.mark.slow
@pytest.mark.parametrize("link", ["identity", "logit"])
def test_sampled_pupils_are_covered(link: str) -> None:
    """Truth: the same cells with ten million times the pupils."""
    rng = np.random.default_rng(8)
    kinds = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    features, group = np.tile(kinds, (2, 1)), np.repeat([1, 0], 4)
    shares = np.array([0.3, 0.2, 0.2, 0.3, 0.5, 0.2, 0.2, 0.1])
    chance = np.array([0.1, 0.2, 0.2, 0.4, 0.08, 0.15, 0.12, 0.25])
    million = np.round(shares * np.repeat([400, 900], 4) * 1e6)

    def parts(events: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, ...]:
        some = total > 0
        y, x, here, w = rows_of_cells(events[some], total[some], features[some], group[some])
        found = two_fold(y, x, here, weights=w, link=link, roll="sampled")
        return (
            np.append(found.lower, found.gap_lower),
            np.append(found.upper, found.gap_upper),
            np.append(found.estimate, found.gap),
        )

    truth = parts(np.round(million * chance), million)[2]
    limits = []
    for _ in range(1500):
        total = np.concatenate([rng.multinomial(400, shares[:4]), rng.multinomial(900, shares[4:])])
        limits.append(parts(rng.binomial(total, chance), total.astype(float))[:2])
    lower, upper = (np.array(side) for side in zip(*limits, strict=True))
    np.testing.assert_allclose(coverage(lower, upper, truth), 0.95, atol=0.025)


# Kitagawa, Das Gupta ----------------------------------------------------------------------------------


def schools(seed: int, least: int) -> tuple[np.ndarray, ...]:
    """Forty schools: pupils and chances of a small group and of a large one."""
    rng = np.random.default_rng(seed)
    return (
        rng.integers(least, 60, 40) * 1.0,
        rng.integers(5, 300, 40) * 1.0,
        rng.uniform(0.02, 0.15, 40),
        rng.uniform(0.01, 0.08, 40),
    )


def truth_of(n: np.ndarray, n0: np.ndarray, r: np.ndarray, r0: np.ndarray) -> np.ndarray:
    found = kitagawa(np.round(n * r * 1e9), n * 1e9, np.round(n0 * r0 * 1e9), n0 * 1e9)
    return np.append(found.estimate, found.gap)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("times", [0.3, 1.0])
def test_gap_within_and_between_thin_schools_is_covered(seed: int, times: float) -> None:
    n, n0, r, r0 = schools(seed, least=0)
    rng = np.random.default_rng(seed + 100)
    y, y0 = rng.poisson(n * r * times, (RUNS, 40)), rng.poisson(n0 * r0 * times, (RUNS, 40))
    found = kitagawa(y, n, y0, n0)
    truth = truth_of(n, n0, r * times, r0 * times)
    np.testing.assert_allclose(np.append(found.estimate.mean(0), np.mean(found.gap)), truth, atol=1e-3)
    covered = np.append(
        coverage(found.lower, found.upper, truth[:4]), coverage(found.gap_lower, found.gap_upper, truth[4])
    )
    assert np.all(covered > 0.93 - NOISE), covered


@pytest.mark.slow
def test_delta_limits_cover_where_schools_are_not_thin() -> None:
    n, n0, r, r0 = schools(5, least=30)
    rng = np.random.default_rng(6)
    y, y0 = rng.poisson(n * r, (RUNS, 40)), rng.poisson(n0 * r0, (RUNS, 40))
    found = kitagawa(y, n, y0, n0, method="delta")
    truth = truth_of(n, n0, r, r0)
    np.testing.assert_allclose(coverage(found.lower, found.upper, truth[:4])[:2], 0.95, atol=0.015)


@pytest.mark.slow
@pytest.mark.parametrize("variance", ["poisson", "binomial"])
def test_sampled_rolls_are_covered(variance: str) -> None:
    n, n0, r, r0 = schools(7, least=8)
    rng = np.random.default_rng(8)
    share, share0 = n / n.sum(), n0 / n0.sum()
    m, m0 = rng.multinomial(1500, share, RUNS), rng.multinomial(4000, share0, RUNS)
    draw = rng.poisson if variance == "poisson" else None
    y, y0 = (draw(m * r), draw(m0 * r0)) if draw else (rng.binomial(m, r), rng.binomial(m0, r0))
    found = kitagawa(y, m, y0, m0, roll="sampled", variance=variance)
    covered = coverage(found.lower, found.upper, truth_of(share, share0, r, r0)[:4])
    assert np.all(covered[:2] > 0.94 - NOISE), covered
    assert np.all(covered[:2] < 0.98), covered


@pytest.mark.slow
def test_repeated_events_are_covered_with_their_dispersion() -> None:
    n, n0, r, r0 = schools(9, least=20)
    rng = np.random.default_rng(10)
    shares, each = np.array([0.7, 0.2, 0.1]), np.array([1, 2, 4])
    mean, phi = shares @ each, (shares @ each**2) / (shares @ each)
    y, y0 = (
        (rng.poisson((pupils * chance)[:, None] * shares, (RUNS, 40, 3)) @ each)
        for pupils, chance in ((n, r), (n0, r0))
    )
    found = kitagawa(y, n, y0, n0, dispersion=phi, reference_dispersion=phi)
    truth = truth_of(n, n0, r * mean, r0 * mean)
    covered = coverage(found.lower, found.upper, truth[:4])[:2]
    assert np.all(covered > 0.94 - NOISE), covered
    blind = kitagawa(y, n, y0, n0)
    assert np.all(coverage(blind.lower, blind.upper, truth[:4])[:2] < 0.91)


@pytest.mark.slow
def test_a_cross_classified_structure_is_covered() -> None:
    rng = np.random.default_rng(11)
    n, r = rng.integers(30, 200, (3, 3, 4)) * 1.0, rng.uniform(0.05, 0.2, (3, 3, 4))
    truth = das_gupta_structure(np.round(n * r * 1e7), n * 1e7).estimate
    limits = []
    for _ in range(1500):
        found = das_gupta_structure(rng.poisson(n * r), n)
        limits.append((found.lower[1:], found.upper[1:]))
    lower, upper = (np.array(side) for side in zip(*limits, strict=True))
    np.testing.assert_allclose(coverage(lower, upper, truth[1:]), 0.95, atol=0.025)
