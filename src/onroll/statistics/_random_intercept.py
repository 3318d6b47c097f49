"""Pupils in schools: a linear model with a level of its own for each school, by restricted likelihood.

At a given ratio of the variance between schools to that of pupils everything is closed; the ratio is where the slope of
the profile is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from onroll.statistics._inputs import FloatArray
from onroll.statistics._profile import allowed_drop

GRID = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 49)])
"""Ratios looked at before the best is closed in on."""
DEPENDENT, NOTHING_LEFT = 1e-9, 1e-20


@dataclass(frozen=True, slots=True, eq=False)
class RandomIntercept:
    """Coefficients with covariance and profile limits, and the variances between schools and of pupils."""

    b: FloatArray
    covariance: FloatArray
    lower: FloatArray
    upper: FloatArray
    school_variance: float
    pupil_variance: float
    log_likelihood: float


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the profile is made of: columns orthonormal over all pupils, the outcome what they leave, then sums by school.

    ``rest`` is the squares of what is left, ``free`` the pupils, less columns where the likelihood is ``restricted``.
    """

    rest: float
    free: int
    pupils: FloatArray
    y: FloatArray
    x: FloatArray
    restricted: bool = True

    def at(self, ratio: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Shift of the coefficients, their information, and the weighted squares left, at each ratio of variances."""
        drawn = ratio[:, None] / (1.0 + ratio[:, None] * self.pupils)
        information = np.eye(self.x.shape[1]) - np.einsum("ls,si,sj->lij", drawn, self.x, self.x)
        score = -(drawn * self.y) @ self.x
        shift: FloatArray = np.asarray(
            np.linalg.solve(information, score[..., None])[..., 0], dtype=np.float64
        )
        return shift, information, np.asarray(self.rest - drawn @ self.y**2 - (score * shift).sum(-1))

    def likelihood(self, ratio: float) -> float:
        """Log-likelihood, restricted or not."""
        _, information, left = self.at(np.array([ratio]))
        size = self.free * (np.log(2.0 * np.pi * left[0] / self.free) + 1.0)
        known = np.linalg.slogdet(information[0])[1] if self.restricted else 0.0
        return -0.5 * float(size + np.log1p(ratio * self.pupils).sum() + known)

    def slope(self, ratio: FloatArray) -> FloatArray:
        """Derivative of the log-likelihood by the ratio."""
        shift, information, left = self.at(ratio)
        steep = 1.0 / (1.0 + ratio[:, None] * self.pupils) ** 2
        gain = self.free * (steep * (self.y - shift @ self.x.T) ** 2).sum(-1) / left
        if self.restricted:
            leverage = np.einsum("si,lij,sj->ls", self.x, np.linalg.inv(information), self.x)
            gain = gain + (steep * leverage).sum(-1)
        return np.asarray(0.5 * (gain - (self.pupils / (1.0 + ratio[:, None] * self.pupils)).sum(-1)))

    def best(self) -> float:
        """The ratio of greatest likelihood; 0 where schools differ no more than their pupils make them."""
        steps = self.slope(GRID)
        turns = np.flatnonzero((steps[:-1] > 0) & (steps[1:] <= 0))

        def one(ratio: float) -> float:
            """Slope at one ratio."""
            return float(self.slope(np.array([ratio]))[0])

        found = [float(optimize.brentq(one, GRID[at], GRID[at + 1], xtol=1e-14, rtol=1e-12)) for at in turns]
        ends = [0.0] * bool(steps[0] <= 0) + [float(GRID[-1])] * bool(steps[-1] > 0)
        every = [*ends, *found]
        return every[0] if len(every) == 1 else max(every, key=self.likelihood)


def random_intercept(
    y: FloatArray, x: FloatArray, school: NDArray[np.intp], names: tuple[str, ...], confidence: float
) -> RandomIntercept:
    """Fit; ``x`` has the constant, ``school`` numbers schools from 0. Raise where it cannot be told."""
    q, r = np.linalg.qr(x)
    size, scale = np.abs(np.diag(r)), np.linalg.norm(x, axis=0)
    if lost := [
        name for name, left, all_ in zip(names, size, scale, strict=True) if left <= DEPENDENT * all_
    ]:
        raise ValueError(f"{', '.join(lost)}: always the same, or the sum of other columns; leave it out")
    ordinary = q.T @ y
    rest = y - q @ ordinary
    sums = _sums(rest, q, school)
    if sums.rest <= NOTHING_LEFT * max(float(y @ y), 1e-300):
        raise ValueError("outcome is told by the columns without rest; there is nothing to model")
    within = y - (np.bincount(school, y) / sums.pupils)[school]
    if within @ within <= NOTHING_LEFT * max(float(y @ y), 1e-300):
        raise ValueError("outcome is the same for all pupils of a school; compare schools, not pupils")
    ratio = sums.best()
    if ratio >= GRID[-1]:
        raise ValueError("outcome hardly differs between pupils of a school; compare schools, not pupils")
    shift, information, left = (part[0] for part in sums.at(np.array([ratio])))
    variance = float(left) / sums.free
    back = linalg.solve_triangular(r, np.eye(len(r)))
    covariance = np.asarray(variance * (back @ np.linalg.inv(information) @ back.T))
    drop = allowed_drop(confidence)
    limits = [
        _limits(rest, np.delete(x, at, axis=1), x[:, at], school, float(np.sqrt(covariance[at, at])), drop)
        for at in range(len(names))
    ]
    middle = back @ ordinary
    return RandomIntercept(
        b=np.asarray(back @ (ordinary + shift)),
        covariance=covariance,
        lower=middle + np.array([one for one, _ in limits]),
        upper=middle + np.array([other for _, other in limits]),
        school_variance=ratio * variance,
        pupil_variance=variance,
        log_likelihood=sums.likelihood(ratio) - float(np.log(size).sum()),
    )


def _sums(rest: FloatArray, q: FloatArray, school: NDArray[np.intp], *, restricted: bool = True) -> Sums:
    """Sums of what is left of the outcome, and of orthonormal columns."""
    return Sums(
        rest=float(rest @ rest),
        free=rest.size - (q.shape[1] if restricted else 0),
        pupils=np.asarray(np.bincount(school), dtype=np.float64),
        y=np.asarray(np.bincount(school, rest), dtype=np.float64),
        x=np.column_stack([np.bincount(school, column) for column in q.T]).astype(np.float64),
        restricted=restricted,
    )


def _limits(
    y: FloatArray, x: FloatArray, own: FloatArray, school: NDArray[np.intp], error: float, drop: float
) -> tuple[float, float]:
    """Values of one coefficient whose best likelihood, not restricted, is ``drop`` below the greatest."""
    q, _ = np.linalg.qr(x)
    rest, column = y - q @ (q.T @ y), own - q @ (q.T @ own)
    free, moved = _sums(rest, q, school, restricted=False), _sums(column, q, school, restricted=False)
    cross = float(rest @ column)

    def likelihood(value: float) -> float:
        """Greatest likelihood with the coefficient held."""
        held = replace(
            free, rest=free.rest - 2.0 * value * cross + value**2 * moved.rest, y=free.y - value * moved.y
        )
        return held.likelihood(held.best())

    every = np.linalg.qr(np.column_stack([x, own]))[0]
    whole = _sums(y - every @ (every.T @ y), every, school, restricted=False)
    ratio = whole.best()
    floor = whole.likelihood(ratio) - drop
    best = _generalised(free, moved, cross, ratio)

    def edge(step: float) -> float:
        """Where the likelihood passes the floor on one side."""
        far = step
        while likelihood(best + far) > floor:
            far *= 2.0
        ends = sorted((best, best + far))
        return float(
            optimize.brentq(lambda value: likelihood(value) - floor, *ends, xtol=1e-8 * error, rtol=1e-10)
        )

    return edge(-2.0 * error), edge(2.0 * error)


def _generalised(free: Sums, moved: Sums, cross: float, ratio: float) -> float:
    """The coefficient that fits best at a ratio of variances."""
    drawn = ratio / (1.0 + ratio * free.pupils)
    information = np.eye(free.x.shape[1]) - free.x.T @ (free.x * drawn[:, None])
    y, d = -free.x.T @ (drawn * free.y), -free.x.T @ (drawn * moved.y)
    solved = np.linalg.solve(information, d)
    top = cross - drawn @ (free.y * moved.y) - y @ solved
    return float(top / (moved.rest - drawn @ moved.y**2 - d @ solved))
