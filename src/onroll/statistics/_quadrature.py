"""Random intercepts integrated out by adaptive Gauss-Hermite quadrature, all groups at once.

A group's intercept is ``spread`` times a standard normal. Nodes sit about each group's own mode, so that a
dozen are enough. Derivatives are posterior means of those of the complete data (Louis 1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._inputs import FloatArray
from onroll.statistics._mixed_families import MixedFamily

STEPS, MODE_STEPS = 60, 60
CLOSE, FORETOLD, ROUNDING, SHORTEST = 1e-14, 1e-6, 1e-10, 1e-3
ROOT_TWO = float(np.sqrt(2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The likelihood at one set of parameters: value, slope and curvature, and where the groups are."""

    value: float
    slope: FloatArray
    information: FloatArray
    mode: FloatArray
    width: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """Parameters of greatest likelihood: coefficients, spread between groups, the point there."""

    beta: FloatArray
    spread: float
    point: Point


class Quadrature:
    """The likelihood of cells in groups, in columns that were made orthonormal."""

    def __init__(
        self, rows: CellRows, ids: NDArray[np.intp], x: FloatArray, family: MixedFamily, nodes: int
    ) -> None:
        order = np.argsort(ids, kind="stable")
        self.order, self.ids = order, ids[order]
        self.x, self.y, self.n, self.offset = x[order], rows.y[order], rows.n[order], rows.offset[order]
        self.starts = np.flatnonzero(np.concatenate([[True], np.diff(self.ids) > 0]))
        self.ends = np.append(self.starts[1:], self.ids.size)
        self.family = family
        self.at, weight = np.polynomial.hermite.hermgauss(nodes)
        self.log_weight = np.log(weight) + self.at**2 - 0.5 * np.log(np.pi)
        self.mode = np.zeros(self.starts.size)

    def sums(self, values: FloatArray) -> FloatArray:
        """Add up cells within groups, along the first axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))

    def modes(self, fixed: FloatArray, spread: float) -> tuple[FloatArray, FloatArray]:
        """Most likely standard intercept of each group, by Newton's steps kept between bounds; and its width."""
        u = np.clip(self.mode, -8.0, 8.0)
        low = -spread * self.sums(self.n * self.family.mean(fixed)) - 1.0
        high = spread * self.sums(self.y) + 1.0
        for _ in range(MODE_STEPS):
            mean, weight = self.family.moments(fixed + spread * u[self.ids])
            slope = spread * self.sums(self.y - self.n * mean) - u
            curve = 1.0 + spread**2 * self.sums(self.n * weight)
            low, high = np.where(slope > 0, u, low), np.where(slope < 0, u, high)
            there = u + slope / curve
            there = np.where((there < low) | (there > high), 0.5 * (low + high), there)
            moved, u = float(np.abs(there - u).max()), there
            if moved < 1e-10:
                break
        self.mode = u
        _, weight = self.family.moments(fixed + spread * u[self.ids])
        return u, 1.0 / np.sqrt(1.0 + spread**2 * self.sums(self.n * weight))

    def _integrated(
        self, beta: FloatArray, spread: float
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """Log-likelihood of each group; chances of the nodes, the nodes, linear predictors, modes, widths."""
        fixed = self.x @ beta + self.offset
        mode, width = self.modes(fixed, spread)
        node = mode[:, None] + ROOT_TWO * width[:, None] * self.at
        linear = fixed[:, None] + spread * node[self.ids]
        height = self.sums(self.family.likelihood(linear, self.y[:, None], self.n[:, None]))
        height += self.log_weight - 0.5 * node**2
        top = height.max(1)
        chance = np.exp(height - top[:, None])
        total = chance.sum(1)
        return np.log(width) + top + np.log(total), chance / total[:, None], node, linear, mode, width

    def point(self, beta: FloatArray, spread: float) -> Point:
        """Value, slope and information in coefficients and spread."""
        value, chance, node, linear, mode, width = self._integrated(beta, spread)
        mean, weight = self.family.moments(linear)
        left = self.y[:, None] - self.n[:, None] * mean
        score = np.empty((*node.shape, beta.size + 1))
        for group, (first, last) in enumerate(zip(self.starts, self.ends, strict=True)):
            score[group, :, :-1] = left[first:last].T @ self.x[first:last]
        score[:, :, -1] = node * self.sums(left)
        middle = (chance[:, :, None] * score).sum(1)
        weighed = (np.sqrt(chance)[:, :, None] * score).reshape(-1, beta.size + 1)
        spread_out = weighed.T @ weighed - middle.T @ middle
        likely = chance[self.ids] * self.n[:, None] * weight
        moment = [(likely * node[self.ids] ** power).sum(1) for power in (0, 1, 2)]
        information = np.empty(spread_out.shape)
        information[:-1, :-1] = self.x.T @ (self.x * moment[0][:, None])
        information[:-1, -1] = information[-1, :-1] = self.x.T @ moment[1]
        information[-1, -1] = moment[2].sum()
        return Point(float(value.sum()), middle.sum(0), information - spread_out, mode, width)

    def climb(self, beta: FloatArray, spread: float, hold: bool) -> Best:
        """Newton's steps to the greatest likelihood, from here; with ``hold`` at this spread."""
        free = beta.size if hold else beta.size + 1
        here, point = np.append(beta, spread), self.point(beta, spread)
        for _ in range(STEPS):
            step = np.zeros(here.size)
            step[:free] = _step(point.information[:free, :free], point.slope[:free])
            gain = float(step @ point.slope)
            if gain < CLOSE:
                break
            there, found = self._uphill(here, step, point)
            if found is point:
                break
            here, point = there, found
        return Best(here[:-1], abs(float(here[-1])), point)

    def _uphill(self, here: FloatArray, step: FloatArray, point: Point) -> tuple[FloatArray, Point]:
        """Go as much of the step as does not lose likelihood; stay where none does.

        A spread and its negative are one likelihood: a step past 0 goes on from the mirror image.
        """
        part = 1.0
        while part > SHORTEST:
            there = here + part * step
            there[-1] = abs(there[-1])
            found = self.point(there[:-1], float(there[-1]))
            if found.value >= point.value - ROUNDING * (1.0 + abs(point.value)):
                return there, found
            part *= 0.5
        return here, point

    def height(self, beta: FloatArray, spread: float) -> tuple[float, FloatArray]:
        """Greatest log-likelihood at this spread and its coefficients: the last step is foretold, not gone."""
        for _ in range(STEPS):
            point = self.point(beta, spread)
            step = _step(point.information[:-1, :-1], point.slope[:-1])
            gain = float(step @ point.slope[:-1])
            if gain < FORETOLD:
                return point.value + 0.5 * gain, beta + step
            there, found = self._uphill(np.append(beta, spread), np.append(step, 0.0), point)
            if found is point:
                break
            beta = there[:-1]
        return point.value, beta


def _step(information: FloatArray, slope: FloatArray) -> FloatArray:
    """Newton's step; uphill where the likelihood bends the wrong way."""
    bend, along = np.linalg.eigh(information)
    least = 1e-8 * max(float(np.abs(bend).max()), 1e-12)
    return np.asarray(along @ ((along.T @ slope) / np.maximum(np.abs(bend), least)))
