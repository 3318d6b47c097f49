"""Relative magnitude beside the linear programmes themselves, drawn critical values, and a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from onroll.statistics._relative_bounds import Inequalities, inequalities
from onroll.statistics.honest_bounds import honest_bounds

NEAR = 1e-6  # a linear programme stops within 1e-7
DRAWN = 0.05  # the 0.995 quantile of 100,000 draws has an error of 0.015 of a standard deviation
SIZE, FIRST = 0.05, 0.005
DRAWS = 150
LEAST = int(
    stats.binom.ppf(0.02, DRAWS, 0.95)
)  # so few of 95 in 100 are held by chance in one of fifty studies


def problem(seed: int, pre: int, post: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(pre + post, pre + post)) * 0.1 + 0.1 * np.eye(pre + post)
    return rng.normal(size=pre + post) * 0.3, root @ root.T, rng.normal(size=post)


class Programme:
    """The moment inequalities of one change before and sign, as the papers write them; solved, not thought about."""

    def __init__(self, effects, covariance, pre, weights, times, at, sign) -> None:
        after = effects.size - pre
        path = np.vstack([np.eye(pre, effects.size), np.zeros(effects.size), np.eye(effects.size)[pre:]])
        change = np.diff(path, axis=0)
        most = times * sign * change[at]
        rows = np.vstack([way * step - most for step in change[pre:] for way in (1.0, -1.0)])
        turn = np.linalg.qr(np.column_stack([weights, np.eye(after)]))[0]
        nuisance = turn[:, 1:after]  # directions that leave the weighted effect as it is
        self.base = weights / (weights @ weights)
        self.rows, self.effects, self.own = rows, effects, rows[:, pre:]
        self.free = self.own @ nuisance
        self.sigma = rows @ covariance @ rows.T
        self.spread = np.sqrt(np.diag(self.sigma))

    def moments(self, value: float) -> np.ndarray:
        return self.rows @ self.effects - self.own @ self.base * value

    def largest(self, moments: np.ndarray) -> tuple[float, np.ndarray]:
        """The smallest bound that some other effects bring all inequalities under, and its dual."""
        cost = np.concatenate([[1.0], np.zeros(self.free.shape[1])])
        found = optimize.linprog(
            cost, A_ub=-np.column_stack([self.spread, self.free]), b_ub=-moments, bounds=(None, None)
        )
        assert found.status == 0
        return float(found.fun), -found.ineqlin.marginals

    def kept(self, value: float, bound: float) -> bool:
        """The hybrid test, where it is conditional by walking out from the statistic until its dual changes."""
        moments = self.moments(value)
        top, dual = self.largest(moments)
        if top > bound:
            return False
        variance = dual @ self.sigma @ dual
        along = self.sigma @ dual / variance
        rest = moments - along * top

        def holds(at: float) -> bool:
            return self.largest(rest + along * at)[0] <= at + 1e-7

        low, high = self.edge(holds, top, -1), min(self.edge(holds, top, 1), bound)
        second = (SIZE - FIRST) / (1 - FIRST)
        of = stats.truncnorm(low / np.sqrt(variance), high / np.sqrt(variance), scale=np.sqrt(variance))
        return bool(top <= max(0.0, of.ppf(1 - second)))

    @staticmethod
    def edge(holds, start: float, way: int) -> float:
        inside, outside = start, start + way * 50.0
        if holds(outside):
            return way * np.inf
        for _ in range(30):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if holds(middle) else (inside, middle)
        return inside


def pairs(seed: int, pre: int, post: int, times: float) -> list[tuple[Inequalities, Programme]]:
    effects, covariance, weights = problem(seed, pre, post)
    ours = list(inequalities(effects, covariance, pre, weights, times))
    theirs = [
        Programme(effects, covariance, pre, weights, times, at, sign)
        for at in range(pre)
        for sign in (1.0, -1.0)
    ]
    return list(zip(ours, theirs, strict=True))


@pytest.mark.parametrize(("pre", "post", "times"), [(1, 1, 1.0), (2, 3, 0.7), (3, 4, 2.0), (2, 2, 0.0)])
def test_the_largest_of_the_extreme_points_is_the_optimum_of_the_linear_programme(
    pre: int, post: int, times: float
) -> None:
    for seed in range(4):
        for ours, theirs in pairs(seed, pre, post, times):
            for value in np.linspace(-2.0, 2.0, 5):
                mine = float(ours.statistics(np.array([value])).max())
                optimum = theirs.largest(theirs.moments(value))[0]
                # with nothing allowed a programme keeps inequalities of 0 <= 0, whose statistic is 0
                assert (mine if times else max(mine, 0.0)) == pytest.approx(optimum, abs=NEAR)


@pytest.mark.parametrize(
    ("pre", "post", "times"),
    [
        (1, 2, 0.5),
        pytest.param(2, 3, 1.0, marks=pytest.mark.slow),
        pytest.param(3, 2, 0.3, marks=pytest.mark.slow),
    ],
)
def test_the_test_of_each_effect_is_that_of_the_linear_programmes(pre: int, post: int, times: float) -> None:
    kept = []
    for ours, theirs in pairs(12, pre, post, times):
        bound = ours.least_favourable(FIRST)
        for value in ours.effect + np.linspace(-8.0, 8.0, 11) * np.sqrt(ours.both[0, 0]):
            kept.append(bool(ours.kept(np.array([value]), bound, SIZE)[0]))
            assert kept[-1] == theirs.kept(float(value), bound)
    assert 0.1 < np.mean(kept) < 0.9


@pytest.mark.parametrize("times", [0.0, 0.5, 2.0])
def test_the_least_favourable_bound_is_that_of_many_draws(times: float) -> None:
    for ours, _ in pairs(3, 2, 3, times):
        drawn = np.random.default_rng(1).multivariate_normal(np.zeros(2), ours.both, size=100_000)
        quantile = np.quantile((drawn @ ours.points.T).max(1), 1 - FIRST)
        assert ours.least_favourable(FIRST) == pytest.approx(quantile, rel=DRAWN)


@pytest.mark.slow
@pytest.mark.parametrize("bends", [(0.0, 0.0), (0.4, 1.0), (0.4, -1.0)])
def test_limits_hold_the_truth_where_the_restriction_does(bends: tuple[float, float]) -> None:
    """Trends part by ``size`` at most before, and by ``share`` of what is allowed at every step after."""
    size, share = bends
    rng, held = np.random.default_rng(23), 0
    matrix = 0.02 * (np.eye(5) + 0.5)
    apart = np.concatenate(
        [[-size, 0.2 * size], share * size * np.arange(1, 4)]
    )  # largest change before: 1.2 size
    apart[2:] *= 1.2
    for _ in range(DRAWS):
        effects = rng.multivariate_normal(apart + np.array([0, 0, 1, 1, 1]), matrix)
        found = honest_bounds(effects, matrix, 2, 1.0)
        held += found.lower <= 1.0 <= found.upper
    assert held >= LEAST
