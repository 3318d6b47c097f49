"""Generalised linear models fitted to cells by scoring, in columns made orthonormal so that no scale matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._families import Family
from onroll.statistics._inputs import FloatArray

STEPS = 100
CLOSE, STALLED = 1e-20, 1e-11
"""Squared step in standard errors at which a fit has ended; and below which it may end when it shrinks no more."""
FEWEST_EVENTS = 1e-4
"""Fewer expected events than this along a direction are none: its coefficient has no bound."""
DEPENDENT = 1e-9
"""A column of which less than this is left when others are taken out depends on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fit: coefficients, and per cell the mean of a pupil, its information and the factor of its score.

    The score of a pupil with outcome y is its columns times ``pull * (y - mean)``.
    """

    beta: FloatArray
    mean: FloatArray
    information: FloatArray
    pull: FloatArray
    root: FloatArray
    log_likelihood: float

    @property
    def bread(self) -> FloatArray:
        """Inverse of the information: ``root`` times its transpose."""
        return np.asarray(self.root @ self.root.T)


def orthonormal(rows: CellRows) -> FloatArray:
    """Give the matrix that makes the columns orthonormal over pupils; raise where one depends on others."""
    scale = np.abs(rows.x).max(0)
    scale = np.where(scale > 0, scale, 1.0)
    weighted = rows.x / scale * np.sqrt(rows.n)[:, None]
    triangle = np.linalg.qr(weighted, mode="r") if len(weighted) >= weighted.shape[1] else weighted
    _, r, order = linalg.qr(triangle, mode="economic", pivoting=True)
    size = np.linalg.norm(triangle, axis=0)
    left = np.zeros(len(order))
    left[: min(r.shape)] = np.abs(np.diag(r))
    lost = [rows.names[at] for at, one in zip(order, left, strict=True) if one <= DEPENDENT * size[at]]
    if lost:
        raise ValueError(
            f"{', '.join(lost)}: always 0, or the sum of other columns; nothing can tell them apart: leave a "
            "column out, join levels, or choose another reference"
        )
    return np.asarray(np.linalg.inv(triangle) / scale[:, None])


def fit(rows: CellRows, family: Family, start: FloatArray | None = None) -> Fitted:
    """Maximise the likelihood by scoring, each step halved until it is uphill."""
    if family.name != "linear" and (not rows.y.any() or (family.zero_one and np.array_equal(rows.y, rows.n))):
        raise ValueError("events: no event, or every pupil has one, in all cells; there is nothing to model")
    turn = orthonormal(rows)
    z = rows.x @ turn
    b = (
        _start(rows, family, z)
        if start is None
        else np.asarray(np.linalg.solve(turn, start), dtype=np.float64)
    )
    best = float(family.likelihood(z @ b + rows.offset, rows.y, rows.n).sum())
    last = np.inf
    for _ in range(STEPS):
        step, gain = _step(rows, family, z, turn, b)
        b, best = _uphill(rows, family, z, b, step, best)
        if gain < CLOSE or (gain < STALLED and gain >= 0.5 * last):
            return _fitted(rows, family, z, turn, b, best)
        last = gain
    raise ValueError(
        f"the {family.name} model has not settled in {STEPS} steps; join levels or leave columns out"
    )


def _start(rows: CellRows, family: Family, z: FloatArray) -> FloatArray:
    """Coefficients nearest to every pupil having the mean of all."""
    share = float(rows.y.sum() / rows.n.sum())
    if family.name == "linear":
        linear = share
    elif family.name == "probit":
        linear = float(special.ndtri(share))
    elif family.name == "logistic":
        linear = float(special.logit(share))
    else:
        linear = float(np.log(rows.y.sum()) - np.log((rows.n * np.exp(rows.offset)).sum()))
    return np.asarray(z.T @ (rows.n * linear))


def _step(
    rows: CellRows, family: Family, z: FloatArray, turn: FloatArray, b: FloatArray
) -> tuple[FloatArray, float]:
    """Scoring step, and its squared length in standard errors; raise where nothing is left to tell a direction.

    Columns are orthonormal over pupils, so that the information along a direction, times the pupils, is no
    less than the events (or non-events) there are to tell it by.
    """
    mean, slope, variance = family.moments(z @ b + rows.offset)
    pull = slope / np.maximum(variance, 1e-300)
    score = z.T @ (pull * (rows.y - rows.n * mean))
    known, along = np.linalg.eigh(z.T @ (z * (rows.n * pull * slope)[:, None]))
    if known[0] * rows.n.sum() < FEWEST_EVENTS:
        raise _run_off(rows, family, turn @ along[:, 0])
    step = along @ ((along.T @ score) / known)
    return np.asarray(step), float(step @ score)


def _uphill(
    rows: CellRows, family: Family, z: FloatArray, b: FloatArray, step: FloatArray, best: float
) -> tuple[FloatArray, float]:
    """Go as much of the step as does not lose likelihood; rounding is no loss."""
    part = 1.0
    for _ in range(40):
        there = b + part * step
        found = float(family.likelihood(z @ there + rows.offset, rows.y, rows.n).sum())
        if found >= best - 1e-10 * (1.0 + abs(best)):
            return there, found
        part *= 0.5
    return b, best


def _run_off(rows: CellRows, family: Family, direction: FloatArray) -> ValueError:
    """Name the columns whose coefficients have no bound."""
    size = np.abs(direction) * np.abs(rows.x).max(0)
    named = [name for name, one in zip(rows.names, size, strict=True) if one > 0.3 * size.max()]
    return ValueError(
        f"{', '.join(named[:8])}: these columns tell without fail that some pupils have no event, or that all "
        f"have one; a {family.name} model has no answer: join levels, or choose another reference"
    )


def _fitted(
    rows: CellRows, family: Family, z: FloatArray, turn: FloatArray, b: FloatArray, best: float
) -> Fitted:
    """Gather what errors and predictions are made of."""
    mean, slope, variance = family.moments(z @ b + rows.offset)
    pull = slope / np.maximum(variance, 1e-300)
    information = rows.n * pull * slope
    inner = np.linalg.cholesky(z.T @ (z * information[:, None]))
    root = turn @ np.linalg.inv(inner).T
    return Fitted(turn @ b, mean, information, pull, root, best)
