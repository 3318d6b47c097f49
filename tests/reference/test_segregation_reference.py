"""What segregation would be by lot, and the intervals, by simulation; M and H by another library's entropy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.segregation import INDICES, random_allocation, segregation

RUNS = 5_000
NOISE = 0.012  # four standard errors of a coverage near 0.95 in so many runs


def other(index: str) -> int | None:
    return 1 if index == "exposure" else None


def coverage(lower: object, upper: object, truth: float) -> float:
    return float(np.mean((np.asarray(lower) <= truth) & (truth <= np.asarray(upper))))


def test_m_is_scipys_entropies() -> None:
    table = np.random.default_rng(1).integers(0, 40, (15, 4))
    within = [stats.entropy(row) * row.sum() for row in table if row.sum()]
    whole = stats.entropy(table.sum(0))
    assert segregation(table).estimate == pytest.approx(whole - sum(within) / table.sum(), rel=1e-12)
    assert segregation(table, index="theil").estimate == pytest.approx(
        1 - sum(within) / table.sum() / whole, rel=1e-12
    )


@pytest.mark.slow
@pytest.mark.parametrize("index", INDICES)
def test_the_expected_value_is_that_by_lot(index: str) -> None:
    rng = np.random.default_rng(2)
    sizes = rng.integers(40, 200, 25)
    table = np.column_stack([rng.binomial(sizes, 0.25), np.zeros(25, int)])
    table[:, 1] = sizes - table[:, 0]
    expected = float(np.asarray(segregation(table, index=index, other=other(index)).expected))
    by_lot = random_allocation(table, index=index, other=other(index), repeats=2000)
    exact = index in ("isolation", "exposure")
    tolerance = 4 * by_lot.std() / np.sqrt(by_lot.size) + (0 if exact else 0.02 * expected)
    assert by_lot.mean() == pytest.approx(expected, abs=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("index", "chance", "pupils", "bounds"),
    [
        ("mutual information", "taken out", 1000, (0.935, 0.96)),
        ("theil", "taken out", 1000, (0.935, 0.96)),
        ("mutual information", "kept", 1000, (0.75, 0.87)),  # thirty pupils a school: as the page says
        ("mutual information", "kept", 20_000, (0.93, 0.96)),
        ("dissimilarity", "kept", 5000, (0.93, 0.96)),
        ("gorard", "kept", 5000, (0.93, 0.96)),
        ("isolation", "kept", 5000, (0.925, 0.96)),
        ("exposure", "kept", 5000, (0.925, 0.96)),
    ],
)
def test_intervals_cover(index: str, chance: str, pupils: int, bounds: tuple[float, float]) -> None:
    rng = np.random.default_rng(7)
    chances = rng.dirichlet([1, 3], 30) * rng.integers(50, 200, 30)[:, None]
    chances /= chances.sum()
    truth = segregation(np.round(chances * 1e12), index=index, other=other(index)).estimate
    drawn = rng.multinomial(pupils, chances.ravel(), RUNS).reshape(-1, 30, 2)
    found = segregation(drawn, index=index, other=other(index), chance=chance)
    assert (
        bounds[0] - NOISE < coverage(found.lower, found.upper, float(np.asarray(truth))) < bounds[1] + NOISE
    )
