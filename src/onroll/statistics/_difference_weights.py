"""Weights of units and periods for a synthetic difference in differences, and the estimates made with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics.simplex import DUST, simplex_weights

SLIGHT = 1e-6
"""Ridge of the weights of periods, and of a plain synthetic control, in standard deviations: only a tie is settled."""
NEWTON = 50
"""Steps within which donors that are in settle; seldom more than ten are taken."""
THIN = 1e-6
"""A ridge below this share of the squares of the donors is too thin for Newton's steps to be exact."""
FIRST_STEPS, STEPS, SPARSE, STOP = 100, 10_000, 0.25, 1e-5
"""Frank and Wolfe's steps before small weights are dropped, and after; those below this share of the largest are
dropped; and the fall, in standard deviations, at which steps end: as in the published figures."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weights of the others and of the periods before, and three estimates."""

    units: FloatArray
    periods: FloatArray
    control: FloatArray
    ridge: float
    synthetic_difference: float
    synthetic_control: float
    difference: float


def weighted(own: FloatArray, others: FloatArray, pre: BoolArray, solver: str) -> Weighted:
    """Give one unit its weights on others, shape (periods, others), and the three estimates of its change.

    Weights of units bring the others' path before, up to a level, near the unit's, with a ridge of
    ``zeta^2 T0``, where zeta is the fourth root of the periods after times the spread of the others' steps; those
    of periods bring each of the others' level before near its level after.
    """
    before = others[pre]
    spread = float(np.diff(before, axis=0).std(ddof=1))
    units, periods, change = doubly_weighted(own, others, pre, solver)
    control = _weights(own[pre], before, SLIGHT * spread, STOP * spread, solver, level=False)
    apart, plain = own - others @ control, own - others.mean(1)
    return Weighted(
        units=units,
        periods=periods,
        control=control,
        ridge=float(_zeta(pre, spread) ** 2 * before.shape[0]),
        synthetic_difference=change,
        synthetic_control=float(apart[~pre].mean()),
        difference=float(plain[~pre].mean() - plain[pre].mean()),
    )


def doubly_weighted(
    own: FloatArray, others: FloatArray, pre: BoolArray, solver: str
) -> tuple[FloatArray, FloatArray, float]:
    """Weights of units and of periods, and the change they give: the synthetic difference alone."""
    before, after = others[pre], others[~pre]
    spread = float(np.diff(before, axis=0).std(ddof=1))
    stop = STOP * spread
    units = _weights(own[pre], before, _zeta(pre, spread), stop, solver, level=True)
    periods = _weights(after.mean(0), before.T, SLIGHT * spread, stop, solver, level=True)
    gap = own - others @ units
    return units, periods, float(gap[~pre].mean() - periods @ gap[pre])


def _zeta(pre: BoolArray, spread: float) -> float:
    return float((~pre).sum() ** 0.25 * spread)


def _weights(
    target: FloatArray, donors: FloatArray, zeta: float, stop: float, solver: str, *, level: bool
) -> FloatArray:
    """Weights on the simplex of least squares with a ridge of ``zeta^2`` times rows, with a free level or none."""
    y, d = (target - target.mean(), donors - donors.mean(0)) if level else (target, donors)
    ridge = zeta**2 * y.size
    if solver == "frank-wolfe":
        return _frank_wolfe(y, d, ridge, stop)
    share = _settled(y, d, ridge)
    if share is not None:
        return share
    held = np.sqrt(ridge) * np.eye(d.shape[1])
    return simplex_weights(np.append(y, np.zeros(d.shape[1])), np.vstack([d, held]))


def _settled(y: FloatArray, d: FloatArray, ridge: float) -> FloatArray | None:
    """The same weights by Newton's steps on the few rows instead of the many donors; None where they do not settle.

    With ``u = d w - y`` and a multiplier m, the best w is ``max(0, -(d'u + m) / ridge)``: a donor is in or out. For
    those that are in, u and m solve as many equations as there are rows, and one. It is right when the same are in again.
    """
    rows, many = d.shape
    if rows >= many or ridge <= THIN * float((d * d).sum()):
        return None
    is_in = np.ones(many, dtype=np.bool_)
    aim = np.append(y, 1.0)
    for _ in range(NEWTON):
        part = np.vstack([d[:, is_in], np.ones(int(is_in.sum()))])
        system = part @ part.T / ridge
        system[:rows, :rows] += np.eye(rows)
        try:
            solved = -np.linalg.solve(system, aim)
        except np.linalg.LinAlgError:
            return None
        share = -(solved[:rows] @ d + solved[rows]) / ridge
        if np.array_equal(share > 0, is_in):
            share = np.where(share > DUST, share, 0.0)
            return np.asarray(share / share.sum())
        is_in = share > 0
        if not is_in.any():
            return None
    return None


def _frank_wolfe(y: FloatArray, d: FloatArray, ridge: float, stop: float) -> FloatArray:
    """Walk towards one donor at a time until hardly anything is gained; drop small weights once on the way."""
    share = np.full(d.shape[1], 1.0 / d.shape[1])
    for steps in (FIRST_STEPS, STEPS):
        share = _walk(y, d, ridge, stop, share, steps)
        if steps == FIRST_STEPS:
            share = np.where(share > SPARSE * share.max(), share, 0.0)
            share = share / share.sum()
    share[share < DUST] = 0.0
    return np.asarray(share / share.sum())


def _walk(
    y: FloatArray, d: FloatArray, ridge: float, stop: float, share: FloatArray, steps: int
) -> FloatArray:
    """So many steps with the best length, or until a step gains less than ``stop`` squared a row."""
    last = np.inf
    for _ in range(steps):
        away = d @ share - y
        slope = d.T @ away + ridge * share
        towards = -share
        towards[int(slope.argmin())] += 1.0
        moved = d @ towards
        curve = float(moved @ moved + ridge * (towards @ towards))
        if curve <= 0:
            break
        share = share + float(np.clip(-(slope @ towards) / curve, 0.0, 1.0)) * towards
        away = d @ share - y
        value = float(away @ away + ridge * (share @ share)) / y.size
        if last - value <= stop**2:
            break
        last = value
    return share
