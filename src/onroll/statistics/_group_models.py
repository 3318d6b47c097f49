"""A model in each of two groups and one common to both, with the influence of every row on what they predict.

A row's influence is how much an estimate moves with one pupil more of its kind; the variance of the estimate
is the sum of squared influences over pupils. Sums of estimates have sums of influences, so that what is
made of several fits needs no covariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics._labels import labels

STEPS = 100
RUN_OFF, LONGEST, CLOSE = 25.0, 4.0, 1e-11
"""A log odds beyond the first has run off (chances below 1e-10); a step moves none further than the second; the
fit ends when none moves by more than the third."""
GROUPS = ("group", "reference group")


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows: outcome, features with a constant first, which group, how many pupils, and their cluster."""

    y: FloatArray
    x: FloatArray
    here: BoolArray
    w: FloatArray
    cluster: NDArray[np.intp] | None

    def error(self, influence: FloatArray) -> FloatArray:
        """Standard errors from influences, last axis the rows; added up within clusters where there are any."""
        if self.cluster is None:
            return np.asarray(np.sqrt((self.w * influence**2).sum(-1)))
        summed = np.zeros((int(self.cluster.max()) + 1, *influence.shape[:-1]))
        np.add.at(summed, self.cluster, np.moveaxis(self.w * influence, -1, 0))
        return np.asarray(np.sqrt((summed**2).sum(0)))


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients and each row's influence on them, (coefficients, rows)."""

    b: FloatArray
    influence: FloatArray


class GroupModels:
    """Three sets of coefficients (the group's, the reference group's, common) and what they predict in either."""

    def __init__(self, data: Sample, link: str, fits: tuple[Fit, Fit, Fit]) -> None:
        self.data, self.fits = data, fits
        self.members = np.stack([data.here, ~data.here])
        self.size = np.array([data.w[own].sum() for own in self.members])
        linear = np.stack([data.x @ fit.b for fit in fits])
        self.predicted = special.expit(linear) if link == "logit" else linear
        self.steep = self.predicted * (1.0 - self.predicted) if link == "logit" else np.ones(linear.shape)
        self.share = data.w * self.members / self.size[:, None]
        self.means = np.einsum("gr,mr->gm", self.share, self.predicted)

    def influence(self, sampled: bool) -> FloatArray:
        """Influence on the mean prediction, (whose features, whose coefficients, rows)."""
        pull = np.einsum("gr,mr,rk->gmk", self.share, self.steep, self.data.x)
        found = np.stack(
            [np.einsum("gk,kr->gr", pull[:, at], fit.influence) for at, fit in enumerate(self.fits)], axis=1
        )
        if sampled:
            away = self.predicted[None] - self.means[:, :, None]
            found = found + (self.members / self.size[:, None])[:, None, :] * away
        return np.asarray(found)

    def by_feature(self, by: int, sampled: bool) -> tuple[FloatArray, FloatArray]:
        """The part that goes with each feature at coefficients ``by``, and its influence.

        Of the difference in linear predictors each feature has a share (Yun's weight), which is also its share
        of the difference in predictions.
        """
        fit, x = self.fits[by], self.data.x[:, 1:]
        b, b_influence = fit.b[1:], fit.influence[1:]
        mean = self.share @ x
        differ = mean[0] - mean[1]
        moved = differ[:, None] * b_influence
        if sampled:
            lean = (self.members / self.size[:, None])[:, None, :] * (x.T[None] - mean[:, :, None])
            moved = moved + b[:, None] * (lean[0] - lean[1])
        part = differ * b
        whole = part.sum()
        if abs(whole) < 1e-12 * max(1.0, float(np.abs(part).max())):
            return part, moved
        gap = self.means[0, by] - self.means[1, by]
        gap_influence = self.influence(sampled)
        gap_influence = gap_influence[0, by] - gap_influence[1, by]
        weight = part / whole
        weight_influence = (moved - weight[:, None] * moved.sum(0)) / whole
        return weight * gap, weight_influence * gap + weight[:, None] * gap_influence


def sample(
    y: FloatArray, features: FloatArray, here: FloatArray, w: FloatArray, cluster: ArrayLike | None
) -> Sample:
    """Arrange rows, or say which shapes do not fit."""
    x = features[:, None] if features.ndim == 1 else features
    rows = y.size
    if x.ndim == 2 and x.shape[1] == 0:
        raise ValueError(f"features have shape {x.shape}; give one feature or more for each row")
    if y.ndim != 1 or x.ndim != 2 or not x.shape[0] == here.size == w.size == rows or here.ndim != 1:
        raise ValueError(
            f"outcome has shape {y.shape}, features {features.shape}, group {here.shape}, weights {w.shape}; "
            "give rows, rows by features, rows and rows"
        )
    for name, own in zip(GROUPS, (here == 1, here == 0), strict=True):
        if not own.any():
            raise ValueError(f"{name} has no row; both groups are needed")
    numbered = None
    if cluster is not None:
        named = labels("cluster", cluster)
        if named.shape != (rows,):
            raise ValueError(f"cluster has shape {named.shape}; give one for each of {rows} rows")
        numbered = np.asarray(np.unique(named, return_inverse=True)[1], dtype=np.intp)
        if numbered.max() == 0:
            raise ValueError(
                "cluster has one school only; errors of schools need two or more: leave cluster out"
            )
    return Sample(y, np.column_stack([np.ones(rows), x]), here == 1, w, numbered)


def fit_groups(data: Sample, link: str, common: str) -> GroupModels:
    """Fit either group and the common coefficients."""
    here = _fit(data, data.x, data.here, link, GROUPS[0])
    there = _fit(data, data.x, ~data.here, link, GROUPS[1])
    of_here = float(data.w[data.here].sum() / data.w.sum())
    if common in ("pooled", "neumark"):
        x = np.column_stack([data.x, data.here]) if common == "pooled" else data.x
        both = _fit(data, x, np.ones(data.here.shape, dtype=bool), link, "two groups together")
        columns = data.x.shape[1]
        middle = Fit(both.b[:columns].copy(), both.influence[:columns].copy())
        if common == "pooled":  # at the mean of the indicator, so that swapping the groups changes nothing
            middle.b[0] += of_here * both.b[-1]
            middle.influence[0] += of_here * both.influence[-1]
    else:
        lean = {"group": 1.0, "reference": 0.0, "cotton": of_here, "reimers": 0.5}[common]
        middle = Fit(
            lean * here.b + (1.0 - lean) * there.b,
            lean * here.influence + (1.0 - lean) * there.influence,
        )
    return GroupModels(data, link, (here, there, middle))


def _fit(data: Sample, x: FloatArray, own: BoolArray, link: str, name: str) -> Fit:
    """Coefficients by least squares, or by Newton's steps for a logit, with every row's influence on them."""
    scale = _scale(x[own], name)
    z, w = x / scale, data.w * own
    if link == "identity":
        root = np.sqrt(w)
        q, r = np.linalg.qr(z * root[:, None])
        b = np.linalg.solve(r, q.T @ (root * data.y))
        return _with_influence(b, np.linalg.inv(r), own * (data.y - z @ b), z, scale)
    b = _logit(z[own], data.y[own], w[own], name)
    p = special.expit(z @ b)
    _, r = np.linalg.qr(z * np.sqrt(w * p * (1.0 - p))[:, None])
    return _with_influence(b, np.linalg.inv(r), own * (data.y - p), z, scale)


def _with_influence(
    b: FloatArray, inverse: FloatArray, residual: FloatArray, z: FloatArray, scale: FloatArray
) -> Fit:
    """Carry coefficients and influence back from scaled columns."""
    influence = (inverse @ inverse.T) @ (z.T * residual)
    return Fit(b / scale, influence / scale[:, None])


def _logit(z: FloatArray, y: FloatArray, w: FloatArray, name: str) -> FloatArray:
    """Maximum likelihood of a logit by Newton's steps, none so long that a chance leaps."""
    if not y.any() or y.all():
        raise ValueError(f"outcome of the {name} is the same for all; there is nothing to model")
    b = np.zeros(z.shape[1])
    b[0] = special.logit((w @ y) / w.sum()) / z[0, 0]
    for _ in range(STEPS):
        p = special.expit(z @ b)
        if float(np.abs(z @ b).max()) > RUN_OFF:
            break
        step = np.linalg.solve((z.T * (w * p * (1.0 - p))) @ z, z.T @ (w * (y - p)))
        step *= min(1.0, LONGEST / max(float(np.abs(z @ step).max()), 1e-300))
        b = b + step
        if float(np.abs(z @ step).max()) < CLOSE:
            return b
    raise ValueError(
        f"features foretell the outcome of some of the {name} without fail; a logit has no answer: join kinds"
    )


def _scale(x: FloatArray, name: str) -> FloatArray:
    """Greatest size of each column; raise where one is a sum of others among these pupils."""
    scale = np.abs(x).max(0)
    if np.any(scale == 0) or np.linalg.matrix_rank(x / np.where(scale > 0, scale, 1.0)) < x.shape[1]:
        raise ValueError(
            f"features of the {name} depend on one another, or one of them never varies; leave one of them out "
            "or join kinds"
        )
    return np.asarray(scale)
