"""Random intercepts integrated out by adaptive Gauss-Hermite quadrature, all groups at once.

A group's intercept is ``spread`` times a standard normal. Nodes sit about each group's own mode, so that a
dozen are enough. Derivatives are posterior means of those of the complete data (Louis 1982).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._inputs import FloatArray
from onroll.statistics._mixed_families import MixedFamily

STEPS, MODE_STEPS = 60, 60
CELLS = 1024
"""Cells worked out at a time: with their nodes they stay in the processor's own memory."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some whole groups, so many that what is worked out for them stays near at hand; places within the block."""

    groups: slice
    cells: slice
    ids: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    def sums(self, values: FloatArray) -> FloatArray:
        """Add up cells within groups, along the first axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))


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
        self.blocks = tuple(self._blocks())
        self.family = family
        self.at, weight = np.polynomial.hermite.hermgauss(nodes)
        self.log_weight = np.log(weight) + self.at**2 - 0.5 * np.log(np.pi)
        self.mode = np.zeros(self.starts.size)

    def _blocks(self) -> Iterator[Block]:
        """Cut the groups into blocks of about ``CELLS`` cells."""
        first = 0
        while first < self.starts.size:
            begin = self.starts[first]
            last = max(first + 1, int(np.searchsorted(self.ends, begin + CELLS, side="right")))
            end = self.ends[last - 1]
            yield Block(
                slice(first, last),
                slice(begin, end),
                self.ids[begin:end] - first,
                self.starts[first:last] - begin,
                self.ends[first:last] - begin,
            )
            first = last

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

    def point(self, beta: FloatArray, spread: float) -> Point:
        """Value, slope and information in coefficients and spread."""
        fixed = self.x @ beta + self.offset
        mode, width = self.modes(fixed, spread)
        value, slope = 0.0, np.zeros(beta.size + 1)
        information = np.zeros((beta.size + 1, beta.size + 1))
        for block in self.blocks:
            node = mode[block.groups, None] + ROOT_TWO * width[block.groups, None] * self.at
            part = self._of_block(block, fixed[block.cells], spread, node)
            value += part[0] + float(np.log(width[block.groups]).sum())
            slope += part[1]
            information += part[2]
        return Point(value, slope, information, mode, width)

    def _of_block(
        self, block: Block, fixed: FloatArray, spread: float, node: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """What the groups of a block add to value (but for widths), slope and information."""
        x, y, n = self.x[block.cells], self.y[block.cells, None], self.n[block.cells, None]
        own = node[block.ids]
        likelihood, mean, weight = self.family.all_at_once(fixed[:, None] + spread * own, y, n)
        height = block.sums(likelihood) + self.log_weight - 0.5 * node**2
        top = height.max(1)
        chance = np.exp(height - top[:, None])
        total = chance.sum(1)
        chance /= total[:, None]
        left = y - n * mean
        score = np.empty((*node.shape, x.shape[1] + 1))
        for group, (first, last) in enumerate(zip(block.starts, block.ends, strict=True)):
            score[group, :, :-1] = left[first:last].T @ x[first:last]
        score[:, :, -1] = node * block.sums(left)
        weighed = chance[:, :, None] * score
        middle = weighed.sum(1)
        spread_out = weighed.reshape(-1, score.shape[2]).T @ score.reshape(-1, score.shape[2])
        information = middle.T @ middle - 0.5 * (spread_out + spread_out.T)
        likely = chance[block.ids] * (n * weight)
        information[:-1, :-1] += x.T @ (x * likely.sum(1)[:, None])
        likely *= own
        crossed = x.T @ likely.sum(1)
        information[:-1, -1] += crossed
        information[-1, :-1] += crossed
        information[-1, -1] += float((likely * own).sum())
        return float((top + np.log(total)).sum()), middle.sum(0), information

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

    def height(self, beta: FloatArray, spread: float) -> tuple[float, FloatArray, FloatArray]:
        """Greatest log-likelihood at this spread, its coefficients, and how these move with the spread.

        The last step is foretold, not gone.
        """
        for _ in range(STEPS):
            point = self.point(beta, spread)
            step = _step(point.information[:-1, :-1], point.slope[:-1])
            gain = float(step @ point.slope[:-1])
            if gain < FORETOLD:
                return point.value + 0.5 * gain, beta + step, moving(point)
            there, found = self._uphill(np.append(beta, spread), np.append(step, 0.0), point)
            if found is point:
                break
            beta = there[:-1]
        return point.value, beta, np.zeros(beta.size)


def moving(point: Point) -> FloatArray:
    """How the best coefficients move with the spread."""
    return -_step(point.information[:-1, :-1], point.information[:-1, -1])


def _step(information: FloatArray, slope: FloatArray) -> FloatArray:
    """Newton's step; uphill where the likelihood bends the wrong way."""
    bend, along = np.linalg.eigh(information)
    least = 1e-8 * max(float(np.abs(bend).max()), 1e-12)
    return np.asarray(along @ ((along.T @ slope) / np.maximum(np.abs(bend), least)))
