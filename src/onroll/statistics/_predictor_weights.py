"""Weights of others by predictors, and the search for how much each predictor counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from onroll.statistics._inputs import BoolArray, FloatArray, numbers
from onroll.statistics._masks import mask
from onroll.statistics._panel import Panel
from onroll.statistics.simplex import simplex_weights

MOST_TRIES = 20_000
LEAST = 1e-12
"""A predictor of a smaller share counts for nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Where one search for the importance of predictors ended.

    Attributes
    ----------
    start : str
        "regression", "equal", or "given" where nothing was searched.
    loss : float
        Mean squared gap in the periods fitted on.
    estimate : float
        Mean gap after.
    importance : ndarray, shape (predictors,)
        Summing to 1.
    weights : ndarray, shape (others,)
        Of the others, without the unit itself.
    """

    start: str
    loss: float
    estimate: float
    importance: FloatArray
    weights: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A unit's scaled predictors and outcomes beside those of others, for the periods fitted on and those after."""

    own_predictors: FloatArray
    predictors: FloatArray
    own_fitted: FloatArray
    fitted: FloatArray
    own_after: FloatArray
    after: FloatArray

    def weights(self, importance: FloatArray) -> FloatArray:
        """Weights that bring the others' predictors nearest, each counted by its importance."""
        root = np.sqrt(importance)
        return simplex_weights(root * self.own_predictors, root[:, None] * self.predictors)

    def loss(self, importance: FloatArray) -> float:
        """Mean squared gap that this importance leads to."""
        gap = self.own_fitted - self.fitted @ self.weights(importance)
        return float(gap @ gap) / gap.size

    def lowest_loss(self) -> float:
        """Mean squared gap of the best weights whatever the predictors: no importance leads below."""
        gap = self.own_fitted - self.fitted @ simplex_weights(self.own_fitted, self.fitted)
        return float(gap @ gap) / gap.size

    def ended(self, start: str, importance: FloatArray) -> Search:
        """What an importance leads to."""
        weights = self.weights(importance)
        after = float((self.own_after - self.after @ weights).mean())
        return Search(start, self.loss(importance), after, importance, weights)


def search(task: Task, start: str) -> Search:
    """Change the importance of predictors, one after the other and along what helped, until the loss falls no more."""
    begun = _by_regression(task) if start == "regression" else np.ones(task.own_predictors.size)

    def loss(raw: FloatArray) -> float:
        """Loss at any numbers, their size taken for importance."""
        size = np.abs(raw)
        return task.loss(size / size.sum()) if size.sum() > LEAST else float("inf")

    found = optimize.minimize(
        loss, begun / begun.sum(), method="Powell", options={"maxfev": MOST_TRIES, "maxiter": MOST_TRIES}
    )
    size = np.abs(found.x)
    share = size / size.sum()
    return task.ended(start, np.where(share > LEAST, share, 0.0))


def _by_regression(task: Task) -> FloatArray:
    """Squared slopes of the outcomes on all predictors, added up over periods."""
    every = np.column_stack([task.own_predictors, task.predictors]).T
    outcomes = np.column_stack([task.own_fitted, task.fitted]).T
    slopes = np.linalg.lstsq(np.column_stack([np.ones(len(every)), every]), outcomes, rcond=None)[0][1:]
    squares = np.asarray((slopes**2).sum(1), dtype=np.float64)
    return squares if squares.sum() > 0 else np.ones(squares.size)


def checked_predictors(value: ArrayLike, data: Panel) -> FloatArray:
    """One row a predictor, one column a unit."""
    known, units = numbers("predictors", value), data.outcomes.shape[1]
    if known.ndim != 2 or known.shape[1] != units or not known.shape[0]:
        raise ValueError(
            f"predictors have shape {known.shape}; give (predictors, {units}), one column a unit"
        )
    for at in np.flatnonzero(np.ptp(known, axis=1) == 0):
        raise ValueError(
            f"predictors[{at}] is {known[at, 0]:g} for all units; it tells nothing: leave it out"
        )
    return known


def checked_fitted_on(value: ArrayLike | None, data: Panel) -> BoolArray:
    """Periods before that the importance is searched on."""
    if value is None:
        return data.pre
    used = mask("fitted_on", value, data.pre.size)
    if not used.any():
        raise ValueError("fitted_on is False throughout; give True for some periods before treatment")
    if np.any(used & ~data.pre):
        at = int(np.argmax(used & ~data.pre))
        raise ValueError(
            f"fitted_on[{at}] is True and the period after treatment; give periods before treatment only"
        )
    return used


def checked_importance(value: ArrayLike | None, many: int) -> FloatArray | None:
    """Shares that sum to 1."""
    if value is None:
        return None
    share = numbers("importance", value)
    if share.shape != (many,) or np.any(share < 0) or not share.any():
        raise ValueError(f"importance has shape {share.shape}; give {many} numbers of 0 or more, not all 0")
    return np.asarray(share / share.sum())
