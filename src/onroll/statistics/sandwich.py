"""Errors that hold when a model's variance does not: of pupils, and of schools in which pupils are alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray, choice, numbers, one_above_zero, one_number, whole
from onroll.statistics._labels import labels

KINDS = ("model", "HC0", "HC1", "CR0", "CR1", "CR1S", "CR2")
CLUSTERED = ("CR0", "CR1", "CR1S", "CR2")
ALL_OF_IT = 1e-9
"""A direction of which a school leaves less than this is known from that school alone, and adds nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Schools:
    """Rows school by school, in columns that are orthonormal under the model's own information."""

    rows: FloatArray
    starts: NDArray[np.intp]
    score: FloatArray

    def spectra(self) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield each school's share of the information: directions (columns, directions) and shares, 0 to 1."""
        columns = self.rows.shape[1]
        for first, last in zip(self.starts[:-1], self.starts[1:], strict=True):
            own = self.rows[first:last]
            if len(own) < columns:
                _, size, directions = np.linalg.svd(own, full_matrices=False)
                yield directions.T, np.minimum(size**2, 1.0)
            else:
                share, directions = np.linalg.eigh(own.T @ own)
                yield directions, np.clip(share, 0.0, 1.0)

    def alone(self) -> FloatArray:
        """Directions, (columns, directions), of which a school has all the information there is."""
        most = np.add.reduceat((self.rows**2).sum(1), self.starts[:-1])
        found = [np.zeros((self.rows.shape[1], 0))]
        for at in np.flatnonzero(most > 1.0 - ALL_OF_IT):
            own = self.rows[self.starts[at] : self.starts[at + 1]]
            share, directions = np.linalg.eigh(own.T @ own)
            found.append(directions[:, share > 1.0 - ALL_OF_IT])
        return np.hstack(found)


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """Covariance of coefficients, and how many degrees of freedom it has for what is made of them.

    Attributes
    ----------
    matrix : ndarray, shape (columns, columns)
    kind : str
        One of ``KINDS``.
    clusters : int
        Schools, 0 where none were named.
    fixed_freedom : float
        Degrees of freedom but for CR2; ``inf`` is the normal.
    root : ndarray
        Times its transpose the inverse of the information.
    schools : Schools or None
        What Satterthwaite's degrees of freedom are made of.
    alone : ndarray or None
        Directions (columns, directions; orthonormal under the model's information) that one school alone tells of.
    least : float
        An error below this part of that which the information alone gives is what rounding left of 0.
    """

    matrix: FloatArray
    kind: str
    clusters: int
    fixed_freedom: float
    root: FloatArray
    schools: Schools | None
    alone: FloatArray | None = None
    least: float = 0.0

    def told_alone(self, contrasts: FloatArray) -> FloatArray:
        """What part of the variance that the model gives sums of coefficients lies where one school tells alone."""
        turned = contrasts @ self.root
        whole = (turned**2).sum(1)
        if self.alone is None:
            return np.zeros(whole.shape)
        return np.asarray(((turned @ self.alone) ** 2).sum(1) / np.where(whole > 0, whole, 1.0))

    def error(self, contrasts: FloatArray) -> FloatArray:
        """Standard errors of sums of coefficients, ``contrasts`` (sums, columns)."""
        variance = np.einsum("mi,ij,mj->m", contrasts, self.matrix, contrasts)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def freedom(self, contrasts: FloatArray) -> FloatArray:
        """Degrees of freedom of sums of coefficients; Satterthwaite's with CR2."""
        if self.schools is None or self.kind != "CR2":
            return np.full(len(contrasts), self.fixed_freedom)
        turned = contrasts @ self.root
        size, columns = turned.shape
        alone, squares = np.zeros(size), np.zeros(size)
        joint = np.zeros((size, columns, columns))
        for directions, share in self.schools.spectra():
            along = turned @ directions
            heavy = _adjustment(share)
            own = (along**2 * (share * heavy**2)).sum(1)
            pulled = (along * (share * heavy)) @ directions.T
            length = (pulled**2).sum(1)
            alone += own - length
            squares += own**2 - 2.0 * own * length
            joint += pulled[:, :, None] * pulled[:, None, :]
        squares += (joint**2).sum((1, 2))
        some = alone > ALL_OF_IT * (turned**2).sum(1)
        return np.where(some, alone**2 / np.where(some, squares, 1.0), 0.0)


def sandwich(
    columns: ArrayLike,
    information: ArrayLike,
    score: ArrayLike,
    *,
    kind: str,
    squares: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    pupils: float | None = None,
    scale: float = 1.0,
    absorbed: int = 0,
    freedom: float = float("inf"),
) -> Covariance:
    """Give the covariance of coefficients from what each cell adds to information and score.

    It is the covariance that the same model on rows of pupils has, because meat is summed over pupils, not
    over cells: a cell gives the sum of its pupils' scores (all that schools need) and of their squares.

    Parameters
    ----------
    columns : array_like, shape (cells, columns)
        The design.
    information : array_like, shape (cells,)
        Sum over the pupils of a cell of the working weight, 0 or more.
    score : array_like, shape (cells,)
        Sum over its pupils of the factor that times the columns is a pupil's score: of ``y - mean`` in a
        logistic, Poisson or linear model.
    kind : str
        "model": the inverse information times ``scale``. "HC0": pupils; "HC1": times N/(N - p).
        "CR0": schools; "CR1": times G/(G - 1); "CR1S": times G/(G - 1) (N - 1)/(N - p), as Stata has it.
        "CR2": each school's score is first freed of the part it had in the fit (Bell and McCaffrey), with
        Satterthwaite's degrees of freedom.
    squares : array_like, shape (cells,), optional
        Sum over its pupils of the squared factor; "HC0" and "HC1" need it.
    cluster : array_like, shape (cells,), optional
        The school of each cell; the kinds that begin with "CR" need it.
    pupils : float, optional
        N, all pupils; "HC1" and "CR1S" need it.
    scale : float, default 1.0
        Dispersion of "model".
    absorbed : int, default 0
        Columns taken out before (means of units), counted in p.
    freedom : float, default inf
        Degrees of freedom of "model", "HC0" and "HC1".

    Returns
    -------
    Covariance

    Raises
    ------
    ValueError
        If what a kind needs is missing, there is one cluster only, or the information is singular.

    Notes
    -----
    CR2 takes the model's variance as working variance within schools and the symmetric root in columns
    divided by it; for a linear model this is clubSandwich's, for others clubSandwich has another root of the
    same matrix, which differs little. Fewer than four degrees of freedom are too few to trust.

    References
    ----------
    White (1980), Econometrica 48, 817-838; Liang and Zeger (1986), Biometrika 73, 13-22; Bell and McCaffrey
    (2002), Survey Methodology 28, 169-181; Pustejovsky and Tipton (2018), JBES 36, 672-683.
    data/validation/P28_cluster_cr2_mpdta: clubSandwich; tests/reference/adjusted_models.R: R 4.2.2, sandwich and
    clubSandwich on rows of pupils.

    Examples
    --------
    >>> half = sandwich([[1.0], [1.0]], [2.5, 2.5], [1.0, -1.0], squares=[2.6, 2.6], kind="HC0")
    >>> round(float(half.matrix[0, 0]), 3)
    0.208
    """
    x, w, s = numbers("columns", columns), numbers("information", information), numbers("score", score)
    used = choice("kind", kind, KINDS)
    if x.ndim != 2 or w.shape != (len(x),) or s.shape != w.shape:
        raise ValueError(
            f"columns have shape {x.shape}, information {w.shape}, score {s.shape}; give one row a cell"
        )
    taken, size = whole("absorbed", absorbed, 0), one_number("scale", scale)
    degrees = float("inf") if freedom == np.inf else one_above_zero("freedom", freedom)
    root = _root(x, w)
    turned = x @ root
    if used in CLUSTERED:
        if cluster is None:
            raise ValueError(f"kind is {used!r} without clusters; name the school of each cell")
        return _clustered(turned, w, s, root, used, labels("cluster", cluster), pupils, taken)
    if used == "model":
        return Covariance(size * (root @ root.T), used, 0, degrees, root, None)
    if squares is None:
        raise ValueError(
            f"kind is {used!r} without squares; give the sum over pupils of their squared scores"
        )
    meat = turned.T @ (turned * numbers("squares", squares)[:, None])
    more = 1.0
    if used == "HC1":
        many = _pupils(pupils, x.shape[1] + taken, used)
        more = many / (many - x.shape[1] - taken)
    return Covariance(more * (root @ meat @ root.T), used, 0, degrees, root, None)


def _root(x: FloatArray, w: FloatArray) -> FloatArray:
    """Inverse of the triangle of the information."""
    triangle: FloatArray = np.asarray(np.linalg.qr(x * np.sqrt(w)[:, None], mode="r"))
    size = np.abs(np.diag(triangle))
    if triangle.shape[0] < x.shape[1] or np.any(size <= 1e-12 * np.linalg.norm(triangle, axis=0)):
        raise ValueError("columns depend on one another where there is information; leave one of them out")
    return np.asarray(np.linalg.inv(triangle))


def _pupils(pupils: float | None, columns: int, kind: str) -> float:
    if pupils is None or one_number("pupils", pupils) <= columns:
        raise ValueError(
            f"pupils are {pupils} and columns {columns}; {kind!r} needs more pupils than columns"
        )
    return float(pupils)


def _clustered(
    turned: FloatArray,
    w: FloatArray,
    s: FloatArray,
    root: FloatArray,
    kind: str,
    cluster: NDArray[np.generic],
    pupils: float | None,
    absorbed: int,
) -> Covariance:
    """Meat of schools."""
    if cluster.shape != w.shape:
        raise ValueError(f"cluster has shape {cluster.shape}; give one for each of {w.size} cells")
    _, ids, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
    many = sizes.size
    if many < 2:
        raise ValueError("cluster has one school only; errors of schools need two or more")
    order = np.argsort(ids, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    score = np.add.reduceat((turned * s[:, None])[order], starts[:-1], axis=0)
    every = Schools((turned * np.sqrt(w)[:, None])[order], starts, score)
    schools = every if kind == "CR2" else None
    more = 1.0
    if schools is not None:
        freed = np.empty_like(score)
        for at, (directions, share) in enumerate(schools.spectra()):
            along = score[at] @ directions
            freed[at] = score[at] + ((_adjustment(share) - 1.0) * along) @ directions.T
        score = freed
    if kind in ("CR1", "CR1S"):
        more = many / (many - 1.0)
    if kind == "CR1S":
        columns = turned.shape[1] + absorbed
        rows = _pupils(pupils, columns, kind)
        more *= (rows - 1.0) / (rows - columns)
    half = score @ root.T
    return Covariance(more * (half.T @ half), kind, many, many - 1.0, root, schools, every.alone())


def _adjustment(share: FloatArray) -> FloatArray:
    """One over the root of what a school leaves to the others; 0 where it leaves nothing."""
    left = 1.0 - share
    return np.where(left > ALL_OF_IT, 1.0 / np.sqrt(np.where(left > ALL_OF_IT, left, 1.0)), 0.0)
