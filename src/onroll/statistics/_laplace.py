"""One or two crossed random intercepts by Laplace's approximation, with its exact slope.

The inner problem (most likely intercepts of all groups together) has two diagonal blocks and one that joins
them; the larger diagonal is taken out first, so that no matrix is larger than the smaller kind of group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from onroll.statistics._cell_rows import CellRows, sums
from onroll.statistics._inputs import FloatArray
from onroll.statistics._mixed_families import MixedFamily

MODE_STEPS = 100
SLOPE = 1e-6
DIFFERENCE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Curvature of the inner problem: two diagonals, what joins them, what is left of the second block."""

    first: FloatArray
    joined: FloatArray
    inverse: FloatArray
    log_size: float

    def solve(self, one: FloatArray, two: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Intercepts that the curvature turns into these two sides."""
        second = self.inverse @ (two - self.joined.T @ (one / self.first))
        return (one - self.joined @ second) / self.first, second


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """The inner problem solved: standard intercepts, height, and what slopes are made of."""

    first: FloatArray
    second: FloatArray
    height: float
    left: FloatArray
    weight: FloatArray
    mean: FloatArray
    blocks: Blocks


class Laplace:
    """The approximate likelihood; parameters are coefficients, then the spread of each kind of group.

    With one kind of group the second is a single group whose spread is held at 0.
    """

    def __init__(
        self,
        rows: CellRows,
        kinds: tuple[NDArray[np.intp], NDArray[np.intp]],
        x: FloatArray,
        family: MixedFamily,
    ) -> None:
        self.x, self.y, self.n, self.offset = x, rows.y, rows.n, rows.offset
        self.family = family
        sizes = [int(ids.max()) + 1 for ids in kinds]
        self.turned = sizes[1] > sizes[0]
        self.ids = (kinds[1], kinds[0]) if self.turned else kinds
        self.sizes = (sizes[1], sizes[0]) if self.turned else (sizes[0], sizes[1])
        self.pair = self.ids[0] * self.sizes[1] + self.ids[1]
        self.start = (np.zeros(self.sizes[0]), np.zeros(self.sizes[1]))

    def _ordered(self, spreads: FloatArray) -> tuple[float, float]:
        one, two = float(spreads[0]), float(spreads[1])
        return (two, one) if self.turned else (one, two)

    def added(self, kind: int, values: FloatArray) -> FloatArray:
        """Add up cells within the groups of one kind."""
        return sums(self.ids[kind], values, self.sizes[kind])

    def _blocks(self, weight: FloatArray, one: float, two: float) -> Blocks:
        first = 1.0 + one**2 * self.added(0, weight)
        joined: FloatArray = (
            one * two * sums(self.pair, weight, self.sizes[0] * self.sizes[1]).reshape(self.sizes)
        )
        rest = np.diag(1.0 + two**2 * self.added(1, weight)) - joined.T @ (joined / first[:, None])
        triangle = np.linalg.cholesky(rest)
        half: FloatArray = np.asarray(np.linalg.inv(triangle), dtype=np.float64)
        size = float(np.log(first).sum() + 2.0 * np.log(np.diag(triangle)).sum())
        return Blocks(first, joined, half.T @ half, size)

    def _height(
        self, fixed: FloatArray, one: float, two: float, u: FloatArray, v: FloatArray
    ) -> tuple[float, FloatArray]:
        linear = fixed + one * u[self.ids[0]] + two * v[self.ids[1]]
        inside = float(self.family.likelihood(linear, self.y, self.n).sum())
        return inside - 0.5 * float(u @ u + v @ v), linear

    def inner(self, beta: FloatArray, spreads: FloatArray) -> Inner:
        """Most likely intercepts by Newton's steps, halved until uphill."""
        one, two = self._ordered(spreads)
        fixed = self.x @ beta + self.offset
        u, v = self.start
        height, linear = self._height(fixed, one, two, u, v)
        for _ in range(MODE_STEPS):
            mean, weight = self.family.moments(linear)
            left, weight = self.y - self.n * mean, self.n * weight
            blocks = self._blocks(weight, one, two)
            slope = one * self.added(0, left) - u, two * self.added(1, left) - v
            step = blocks.solve(*slope)
            gain = float(slope[0] @ step[0] + slope[1] @ step[1])
            if gain < 1e-18:
                break
            part = 1.0
            while part > 1e-8:
                found, there = self._height(fixed, one, two, u + part * step[0], v + part * step[1])
                if found >= height - 1e-12 * (1.0 + abs(height)):
                    break
                part *= 0.5
            u, v, height, linear = u + part * step[0], v + part * step[1], found, there
        self.start = (u, v)
        return Inner(u, v, height, left, weight, mean, blocks)

    def value(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and its slope."""
        beta, spreads = parameters[:-2], parameters[-2:]
        at = self.inner(beta, spreads)
        one, two = self._ordered(spreads)
        blocks, ids = at.blocks, self.ids
        shared = (blocks.joined / blocks.first[:, None]) @ blocks.inverse
        own = 1.0 / blocks.first + (shared * blocks.joined / blocks.first[:, None]).sum(1)
        own_first, between = own[ids[0]], -shared[ids]
        own_second = np.diag(blocks.inverse)[ids[1]]
        spread_out = one**2 * own_first + two**2 * own_second + 2.0 * one * two * between
        bent = at.weight * self.family.bend(at.mean) * spread_out
        a, b = blocks.solve(one * self.added(0, bent), two * self.added(1, bent))
        back = at.weight * (one * a[ids[0]] + two * b[ids[1]])
        slope = np.empty(parameters.size)
        slope[:-2] = self.x.T @ (at.left - 0.5 * (bent - back))
        found = []
        for mode, moved, kind, straight in (
            (at.first, a, 0, one * own_first + two * between),
            (at.second, b, 1, two * own_second + one * between),
        ):
            u = mode[ids[kind]]
            found.append(
                float(u @ (at.left - 0.5 * (bent - back)) - at.weight @ straight)
                - 0.5 * float(moved @ self.added(kind, at.left))
            )
        slope[-2:] = found[::-1] if self.turned else found
        return at.height - 0.5 * blocks.log_size, slope

    def climb(
        self,
        start: FloatArray,
        free: NDArray[np.bool_],
        covariance: FloatArray | None = None,
        slope: float = SLOPE,
    ) -> tuple[FloatArray, float]:
        """Greatest likelihood over the parameters that are free, the others held; a covariance shows the way."""
        whole = np.array(start, dtype=np.float64)

        def downhill(part: FloatArray) -> tuple[float, FloatArray]:
            """Less the likelihood and its slope over the free parameters; no end where it cannot be had."""
            whole[free] = part
            try:
                value, slope = self.value(whole)
            except np.linalg.LinAlgError:
                return np.inf, np.zeros(part.size)
            if not (np.isfinite(value) and np.all(np.isfinite(slope))):
                return np.inf, np.zeros(part.size)
            return -value, -slope[free]

        options = {"gtol": slope, "maxiter": 300, "hess_inv0": covariance}
        with np.errstate(all="ignore"):  # what is tried far out is no number, and is turned away from
            found = optimize.minimize(downhill, whole[free], jac=True, method="BFGS", options=options)
        whole[free] = found.x
        return whole, float(-found.fun)

    def information(self, best: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
        """Curvature at the best, from differences of the slope."""
        rows = []
        for at in np.flatnonzero(free):
            step = np.zeros(best.size)
            step[at] = DIFFERENCE
            rows.append((self.value(best - step)[1] - self.value(best + step)[1])[free] / (2.0 * DIFFERENCE))
        curve = np.array(rows)
        return 0.5 * (curve + curve.T)
