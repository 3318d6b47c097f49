"""Mixed models fitted: one random intercept by quadrature or Laplace's approximation, two crossed by Laplace's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._cell_rows import CellRows, sums
from onroll.statistics._generalised_linear import Fitted, fit
from onroll.statistics._inputs import FloatArray
from onroll.statistics._laplace import SLOPE, Laplace
from onroll.statistics._mixed_edges import bent_right, covariance_of, refuse_without_bound, spread_limits
from onroll.statistics._mixed_families import MIXED, MixedFamily
from onroll.statistics._quadrature import Quadrature, moving

ZERO = 1e-4
"""A spread below this is 0: so small a one moves no chance by a ten-thousandth of itself."""
ROUGH = 1e-4
"""Slope, in standard errors, at which a search for a limit may end: the likelihood is then right to 1e-8."""
Profile = Callable[[float], float]


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """A fit in the columns as given.

    Attributes
    ----------
    beta, covariance : ndarray
        Coefficients and their covariance, spreads estimated too.
    spreads : ndarray, shape (kinds,)
        Standard deviations between groups.
    limits : ndarray, shape (kinds, 2)
        Profile limits of the spreads.
    log_likelihood : float
    without : ndarray, shape (kinds,)
        Log-likelihood without each kind.
    effects, errors : tuple of ndarray
        Most likely intercept of each group, and its standard error at these coefficients.
    shifts : tuple of ndarray
        How the intercepts move with the coefficients, (groups, columns).
    """

    beta: FloatArray
    covariance: FloatArray
    spreads: FloatArray
    limits: FloatArray
    log_likelihood: float
    without: FloatArray
    effects: tuple[FloatArray, ...]
    errors: tuple[FloatArray, ...]
    shifts: tuple[FloatArray, ...]


class OneIntercept:
    """The likelihood of one kind of group by quadrature, with its fit and its profile."""

    def __init__(self, rows: CellRows, ids: NDArray[np.intp], family: str, nodes: int) -> None:
        self.family = MIXED[family]
        self.plain = fit(rows, self.family.family)
        self.engine = Quadrature(rows, ids, rows.x @ self.plain.root, self.family, nodes)
        self.flat: FloatArray = np.asarray(
            np.linalg.solve(self.plain.root, self.plain.beta), dtype=np.float64
        )
        start = _spread_by_moments(rows, ids, self.plain)
        best = self.engine.climb(self.flat, start, hold=False)
        if best.spread < ZERO or best.point.value <= self.plain.log_likelihood + 1e-9:
            best = self.engine.climb(self.flat, 0.0, hold=True)
        refuse_without_bound(np.array([best.spread]))
        self.best = best
        self.path = [(best.spread, best.beta, moving(best.point))]

    def profile(self, spread: float) -> float:
        """Greatest log-likelihood at this spread, sought where the coefficients known at others lead to."""
        value, beta, move = self.engine.height(_led_to(self.path, spread), spread)
        self.path.append((spread, beta, move))
        return value

    def limits(self, confidence: float) -> tuple[float, float]:
        """Profile limits of the spread."""
        at_zero = self.plain.log_likelihood
        return spread_limits(self.profile, self.best.spread, self.best.point.value, at_zero, confidence)

    def fitted(self, confidence: float) -> MixedFit:
        """Gather the fit."""
        best, root, engine = self.best, self.plain.root, self.engine
        free = best.beta.size + (best.spread > 0)
        inner = covariance_of(best.point.information[:free, :free])[: best.beta.size, : best.beta.size]
        mode, width = engine.modes(engine.x @ best.beta + engine.offset, best.spread)
        _, weight = self.family.moments(engine.x @ best.beta + engine.offset + best.spread * mode[engine.ids])
        together = engine.sums(engine.x * (engine.n * weight)[:, None])
        shift = -((best.spread * width) ** 2)[:, None] * together @ np.linalg.inv(root)
        return MixedFit(
            beta=root @ best.beta,
            covariance=root @ inner @ root.T,
            spreads=np.array([best.spread]),
            limits=np.array([self.limits(confidence)]),
            log_likelihood=best.point.value,
            without=np.array([self.plain.log_likelihood]),
            effects=(best.spread * mode,),
            errors=(best.spread * width,),
            shifts=(shift,),
        )


def _led_to(path: list[tuple[float, FloatArray, FloatArray]], spread: float) -> FloatArray:
    """Coefficients at a spread, by a cubic between its two neighbours, or a line from the nearest where it has one."""
    below = max((one for one in path if one[0] <= spread), key=itemgetter(0), default=None)
    above = min((one for one in path if one[0] >= spread), key=itemgetter(0), default=None)
    if below is None or above is None or below[0] == above[0]:
        near = below or above
        assert near is not None
        return near[1] + (spread - near[0]) * near[2]
    wide = above[0] - below[0]
    t = (spread - below[0]) / wide
    return np.asarray(
        (1.0 + 2.0 * t) * (1.0 - t) ** 2 * below[1]
        + t * (1.0 - t) ** 2 * wide * below[2]
        + t**2 * (3.0 - 2.0 * t) * above[1]
        - t**2 * (1.0 - t) * wide * above[2]
    )


def laplace_fit(
    rows: CellRows, kinds: tuple[NDArray[np.intp], ...], family: str, confidence: float
) -> MixedFit:
    """Fit one kind of group or two crossed kinds by Laplace's approximation."""
    mixed = MIXED[family]
    plain = fit(rows, mixed.family)
    engine = Laplace(rows, _two(kinds), rows.x @ plain.root, mixed)
    columns, many = plain.beta.size, len(kinds)
    free = np.arange(columns + 2) < columns + many
    flat = np.append(np.linalg.solve(plain.root, plain.beta), [0.0, 0.0])
    flat[columns : columns + many] = [_spread_by_moments(rows, ids, plain) for ids in kinds]
    best, value = engine.climb(flat, free)
    best[columns:] = np.abs(best[columns:])
    without = np.array([_without(engine, best, free, columns + kind) for kind in range(many)])
    for kind in range(many):
        if best[columns + kind] < ZERO or value <= without[kind] + 1e-9:
            best[columns + kind] = 0.0
            best, value = engine.climb(best, free & (np.arange(free.size) != columns + kind) & (best != 0.0))
    refuse_without_bound(best[columns:])
    moving = free & ((np.arange(free.size) < columns) | (best > 0))
    curve = engine.information(best, moving)
    limits = [
        spread_limits(
            _profile(engine, best, moving, columns + kind, curve),
            float(best[columns + kind]),
            value,
            float(without[kind]),
            confidence,
        )
        for kind in range(many)
    ]
    return _gathered(engine, mixed, plain, best, value, bent_right(curve), np.array(limits), without)


def _two(kinds: tuple[NDArray[np.intp], ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return kinds[0], kinds[1] if len(kinds) > 1 else np.zeros_like(kinds[0])


def _without(engine: Laplace, best: FloatArray, free: NDArray[np.bool_], at: int) -> float:
    return _profile(engine, best, free, at)(0.0)


def _profile(
    engine: Laplace, best: FloatArray, free: NDArray[np.bool_], at: int, curve: FloatArray | None = None
) -> Profile:
    """Greatest log-likelihood with one spread held; each search starts where the last one ended."""
    others = free & (np.arange(free.size) != at)
    last = np.array(best)
    way, slope = None, SLOPE
    if curve is not None:
        way, slope = bent_right(curve[np.ix_(others[free], others[free])]), ROUGH

    def likelihood(spread: float) -> float:
        """Greatest log-likelihood at this spread; the next search starts where this one ended."""
        start = np.array(last)
        start[at] = spread
        found, value = engine.climb(start, others, way, slope)
        last[others] = found[others]
        return value

    return likelihood


def _gathered(
    engine: Laplace,
    family: MixedFamily,
    plain: Fitted,
    best: FloatArray,
    value: float,
    covariance: FloatArray,
    limits: FloatArray,
    without: FloatArray,
) -> MixedFit:
    columns, many = plain.beta.size, len(limits)
    inner = covariance[:columns, :columns]
    at = engine.inner(best[:columns], best[columns:])
    blocks = at.blocks
    shared = blocks.joined / blocks.first[:, None]
    own = 1.0 / blocks.first + ((shared @ blocks.inverse) * shared).sum(1)
    scale = best[columns:][::-1] if engine.turned else best[columns:]
    moved = [
        blocks.solve(-scale[0] * engine.added(0, at.weight * x), -scale[1] * engine.added(1, at.weight * x))
        for x in engine.x.T
    ]
    back = np.linalg.inv(plain.root)
    parts = []
    for kind, (mode, variance) in enumerate(((at.first, own), (at.second, np.diag(blocks.inverse)))):
        shift = scale[kind] * np.column_stack([one[kind] for one in moved]) @ back
        parts.append((scale[kind] * mode, scale[kind] * np.sqrt(variance), shift))
    parts = parts[::-1] if engine.turned else parts
    return MixedFit(
        beta=plain.root @ best[:columns],
        covariance=plain.root @ inner @ plain.root.T,
        spreads=best[columns : columns + many],
        limits=limits,
        log_likelihood=value,
        without=without,
        effects=tuple(part[0] for part in parts[:many]),
        errors=tuple(part[1] for part in parts[:many]),
        shifts=tuple(part[2] for part in parts[:many]),
    )


def _spread_by_moments(rows: CellRows, ids: NDArray[np.intp], plain: Fitted) -> float:
    """How far groups differ, from the squares of their summed residuals: where the search begins."""
    many = int(ids.max()) + 1
    left = sums(ids, rows.y - rows.n * plain.mean, many)
    sure = sums(ids, plain.information, many)
    spread = ((left**2).sum() - sure.sum()) / max(float((sure**2).sum()), 1e-300)
    return float(np.clip(np.sqrt(max(spread, 0.0)), 0.2, 2.0))
