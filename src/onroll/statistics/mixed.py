"""Random intercepts: how far schools, or intersections of groups, differ beyond what chance and the design explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from onroll.statistics._cell_rows import CellRows, repeated, zero_or_one
from onroll.statistics._inputs import FloatArray, choice, normal_quantile, open_share, whole
from onroll.statistics._labels import labels
from onroll.statistics._mixed_edges import FEWEST_NODES as FEWEST_NODES
from onroll.statistics._mixed_edges import NO_VARIANCE as NO_VARIANCE
from onroll.statistics._mixed_edges import refuse_all_or_nothing, variance_notes, whole_nodes
from onroll.statistics._mixed_families import MIXED
from onroll.statistics._mixed_fit import MixedFit, OneIntercept, laplace_fit
from onroll.statistics.design_matrix import Design, given_design

FAMILIES = tuple(MIXED)
METHODS = ("quadrature", "laplace")
LATENT = float(np.pi**2 / 3.0)
"""Variance of the standard logistic distribution: what is within groups on the scale of log odds."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedModel:
    """Variances between groups, of one kind or of two crossed kinds, with what stands in the design.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (kinds,)
        Variance of the intercepts (log odds, log rates) with profile-likelihood limits. 0 is an answer.
    confidence : float
        Coverage asked of each interval.
    method : str
        Family and how the intercepts were integrated out.
    p_value : ndarray, shape (kinds,)
        One-sided likelihood-ratio test of no variance: half of chi-square's tail, and 1 where the estimate is 0.
    names : tuple of str
        Columns of the design.
    beta, beta_lower, beta_upper, beta_error : ndarray, shape (columns,)
        Coefficients given a group's intercept, with normal limits.
    groups : tuple of ndarray
        What each kind's groups were called, sorted.
    effect, effect_lower, effect_upper, effect_error : tuple of ndarray
        Most likely intercept of each group, drawn in to 0, at the estimated variances and coefficients.
    log_likelihood : float
        Of pupils one by one, without binomial coefficients.
    log_likelihood_without : ndarray, shape (kinds,)
        The same without each kind.
    note : ndarray of str
        ``NO_VARIANCE``; or ``FAR_APART`` of a variance above 10, which hardly any data tell; or empty.
    fit : MixedFit
        What predictions are made of.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    p_value: FloatArray
    names: tuple[str, ...]
    beta: FloatArray
    beta_lower: FloatArray
    beta_upper: FloatArray
    beta_error: FloatArray
    groups: tuple[NDArray[np.generic], ...]
    effect: tuple[FloatArray, ...]
    effect_lower: tuple[FloatArray, ...]
    effect_upper: tuple[FloatArray, ...]
    effect_error: tuple[FloatArray, ...]
    log_likelihood: float
    log_likelihood_without: FloatArray
    note: NDArray[np.str_]
    fit: MixedFit

    def vpc(self, kind: int = 0) -> tuple[float, float, float]:
        """Share of the variance on the scale of log odds that is between groups, with limits (others held)."""
        kind = whole("kind", kind, 0, len(self.groups) - 1)
        if not self.method.startswith("logistic"):
            raise ValueError(
                f"method is {self.method!r}; a share of variance is given for a logistic model only"
            )
        others = float(self.estimate.sum() - self.estimate[kind]) + LATENT
        middle, low, high = (float(one[kind]) for one in (self.estimate, self.lower, self.upper))
        return middle / (middle + others), low / (low + others), _share(high, others)

    def median_ratio(self, kind: int = 0) -> tuple[float, float, float]:
        """Median odds ratio (rate ratio, of counts): between two like pupils of two groups, the higher one first."""
        kind = whole("kind", kind, 0, len(self.groups) - 1)
        far = np.sqrt(2.0 * np.array([one[kind] for one in (self.estimate, self.lower, self.upper)]))
        middle, low, high = (float(one) for one in np.exp(np.minimum(far * special.ndtri(0.75), 700.0)))
        return middle, low, high


def random_intercept(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    group: ArrayLike,
    *,
    family: str = "logistic",
    method: str = "quadrature",
    nodes: int = 15,
    confidence: float = 0.95,
) -> MixedModel:
    """Fit a model in which every group (school, stratum) has an intercept of its own, from cells.

    Maximum likelihood; the intercepts are normal and are integrated out by adaptive Gauss-Hermite quadrature
    about each group's mode, or by Laplace's approximation.

    Parameters
    ----------
    events, pupils : array_like, shape (cells,)
        As in ``adjusted.logistic``; with family "poisson" a pupil can have several events.
    design : Design
        With a constant; without one the intercepts are spread about 0, and what all groups share is in their variance.
    group : array_like, shape (cells,)
        The group of each cell.
    family : {"logistic", "poisson"}, default "logistic"
    method : {"quadrature", "laplace"}, default "quadrature"
    nodes : int, default 15
        Nodes of the quadrature, 7 to 200.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    MixedModel
        With one kind. Where the variance is 0 the fit is that without groups and ``note`` says so; its upper
        limit still tells how large it may be. A variance above 10 is noted.

    Raises
    ------
    ValueError
        If there are fewer than two groups, if each has no event or nothing but events (or is told apart by the design
        without fail: the likelihood then rises with the variance without end), or as ``adjusted.logistic`` does.

    Notes
    -----
    Maximum likelihood draws the variance a little low when groups are few (some tenth at 20). Where groups have
    no event, or all, and the spread is above some 2, ask for more nodes and see that nothing moves. Coefficients
    are those within a group, further from 0 than adjusted ones across groups. Repeat events under "poisson"
    must be Poisson within cells of a group; where they are not, they are taken for variance between groups.

    References
    ----------
    Pinheiro and Chao (2006), JCGS 15, 58-81; Self and Liang (1987), JASA 82, 605-610 (test at the boundary); Larsen
    and Merlo (2005), American Journal of Epidemiology 161, 81-88 (median odds ratio).
    data/validation/P12_mixed_logit_maihda, tests/reference/mixed_models.R: R 4.2.2, lme4.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import design_matrix
    >>> events, pupils = [2, 9, 4, 15, 1, 8], [50, 60, 40, 80, 45, 70]
    >>> found = random_intercept(events, pupils, design_matrix([], cells=6), ["a", "b", "c", "d", "e", "f"])
    >>> round(float(found.estimate[0]), 3), [round(one, 2) for one in found.median_ratio()]
    (0.223, [1.57, 1.0, 3.76])
    """
    rows = _rows(events, pupils, design, family)
    named, ids = _groups("group", group, pupils, rows, family)
    if choice("method", method, METHODS) == "laplace":
        fitted, how = laplace_fit(rows, (ids,), family, open_share("confidence", confidence)), "Laplace"
    else:
        many = whole_nodes(nodes, ", or method='laplace'")
        fitted = OneIntercept(rows, ids, family, many).fitted(open_share("confidence", confidence))
        how = f"adaptive quadrature with {many} nodes"
    return _model(fitted, rows, (named,), f"{family}, {how}", confidence)


def crossed_intercepts(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    group: ArrayLike,
    other: ArrayLike,
    *,
    family: str = "logistic",
    confidence: float = 0.95,
) -> MixedModel:
    """Fit a model with two kinds of group at once, such as intersections and schools.

    By Laplace's approximation to the likelihood; ``method`` says so.

    Parameters
    ----------
    events, pupils, design, family, confidence
        As in ``random_intercept``.
    group, other : array_like, shape (cells,)
        The two groups of each cell.

    Returns
    -------
    MixedModel
        With two kinds, in the order given.

    Raises
    ------
    ValueError
        As ``random_intercept`` does.

    Notes
    -----
    As for ``random_intercept``. The approximation draws variances low where a group has few events (below some
    five).

    References
    ----------
    Tierney and Kadane (1986), JASA 81, 82-86. tests/reference/mixed_models.R: R 4.2.2, lme4.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import design_matrix
    >>> school, stratum = [0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2]
    >>> events, pupils = [2, 9, 20, 4, 15, 30, 1, 8, 19], [50, 60, 40, 80, 75, 70, 45, 70, 60]
    >>> found = crossed_intercepts(events, pupils, design_matrix([], cells=9), stratum, school)
    >>> found.estimate.round(2).tolist(), found.method
    ([1.31, 0.06], 'logistic, Laplace')
    """
    rows = _rows(events, pupils, design, family)
    first, ids = _groups("group", group, pupils, rows, family)
    second, other_ids = _groups("other", other, pupils, rows, family)
    fitted = laplace_fit(rows, (ids, other_ids), family, open_share("confidence", confidence))
    return _model(fitted, rows, (first, second), f"{family}, Laplace", confidence)


def _rows(events: ArrayLike, pupils: ArrayLike, design: Design, family: str) -> CellRows:
    if choice("family", family, FAMILIES) == "logistic":
        return zero_or_one(events, pupils, given_design(design), None, None)
    return repeated(events, pupils, given_design(design), None, False, None, None)


def _groups(
    name: str, group: ArrayLike, pupils: ArrayLike, rows: CellRows, family: str
) -> tuple[NDArray[np.generic], NDArray[np.intp]]:
    """Names of the groups that have pupils, and each cell's group as a number."""
    n = np.asarray(pupils)
    named, ids = np.unique(labels(name, group, n.shape)[n > 0], return_inverse=True)
    if named.size < 2:
        raise ValueError(f"{name} has one group only; a variance between groups needs two or more")
    numbered = np.asarray(ids, dtype=np.intp)
    refuse_all_or_nothing(name, rows, numbered, family)
    return named, numbered


def _model(
    fitted: MixedFit,
    rows: CellRows,
    groups: tuple[NDArray[np.generic], ...],
    method: str,
    confidence: float,
) -> MixedModel:
    """Variances, tests and limits from a fit."""
    z = normal_quantile(open_share("confidence", confidence))
    error = np.sqrt(np.diag(fitted.covariance))
    gain = 2.0 * np.maximum(fitted.log_likelihood - fitted.without, 0.0)
    none = fitted.spreads == 0
    return MixedModel(
        estimate=fitted.spreads**2,
        lower=fitted.limits[:, 0] ** 2,
        upper=fitted.limits[:, 1] ** 2,
        confidence=float(confidence),
        method=method,
        p_value=np.where(none, 1.0, 0.5 * special.chdtrc(1.0, gain)),
        names=rows.names,
        beta=fitted.beta,
        beta_lower=fitted.beta - z * error,
        beta_upper=fitted.beta + z * error,
        beta_error=error,
        groups=groups,
        effect=fitted.effects,
        effect_lower=tuple(u - z * e for u, e in zip(fitted.effects, fitted.errors, strict=True)),
        effect_upper=tuple(u + z * e for u, e in zip(fitted.effects, fitted.errors, strict=True)),
        effect_error=fitted.errors,
        log_likelihood=fitted.log_likelihood,
        log_likelihood_without=fitted.without,
        note=variance_notes(fitted.spreads),
        fit=fitted,
    )


def _share(part: float, others: float) -> float:
    return 1.0 if np.isinf(part) else part / (part + others)
