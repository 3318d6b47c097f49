"""Between-school variance of rare events beside plain integration on a fine grid: what quadrature must not get wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from onroll.statistics.design_matrix import design_matrix
from onroll.statistics.mixed import random_intercept

GRID = np.linspace(-9, 9, 4001)
BY_GRID = 2e-3
"""Fifteen nodes against four thousand: a few ten-thousandths of the variance apart with so few events."""
AMONG_NODES = 1e-3
"""From 25 nodes on nothing that is printed moves."""
SEEDS = (4, 5, 8)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Forty schools with hardly an event each, as permanent exclusions are."""
    rng = np.random.default_rng(seed)
    pupils = rng.integers(150, 900, 40)
    return rng.binomial(pupils, special.expit(-7 + 1.5 * rng.normal(size=40))), pupils


def by_grid(events: np.ndarray, pupils: np.ndarray) -> float:
    """The variance of greatest likelihood, each school's intercept integrated over the grid."""
    weight = np.log(np.exp(-(GRID**2) / 2)) - special.logsumexp(-(GRID**2) / 2)

    def lost(at: np.ndarray) -> float:
        linear = at[0] + np.exp(at[1]) * GRID[:, None]
        height = events * linear - pupils * np.logaddexp(0, linear) + weight[:, None]
        return -float(special.logsumexp(height, axis=0).sum())

    found = optimize.minimize(
        lost, [-7.0, 0.3], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}
    )
    return float(np.exp(2 * found.x[1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_variance_of_rare_events_is_that_of_plain_integration(seed: int) -> None:
    events, pupils = drawn(seed)
    found = random_intercept(events, pupils, design_matrix([], cells=40), np.arange(40))
    assert np.ravel(found.estimate)[0] == pytest.approx(by_grid(events, pupils), rel=BY_GRID)


@pytest.mark.parametrize("family", ["logistic", "poisson"])
def test_more_nodes_move_nothing(family: str) -> None:
    events, pupils = drawn(SEEDS[0])
    found = [
        float(np.ravel(random_intercept(
            events, pupils, design_matrix([], cells=40), np.arange(40), family=family, nodes=nodes
        ).estimate)[0])
        for nodes in (25, 41, 61)
    ]  # fmt: skip
    np.testing.assert_allclose(found, found[-1], rtol=AMONG_NODES)
