"""Wild cluster bootstrap: limits for a change in a panel of few clusters, from clusters with signs and sizes drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, numbers, open_share
from onroll.statistics._panel_rows import PanelRows, panel_rows, within_fit

WEBB = np.sqrt([0.5, 1.0, 1.5])
FURTHEST = 1000.0
"""Limits are looked for to so many standard errors; beyond, they are without end."""
FINE = 1e-5
"""Limits are found to this share of a standard error."""
MOST_NUMBERS = 50_000_000


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """A change in a panel with bootstrap limits.

    Attributes
    ----------
    estimate, lower, upper : float
        Difference, and the values that the bootstrap would not set apart from it.
    confidence : float
    method : str
    error : float
        Of clusters (CR1S).
    p_value : float
        How often so large a t comes of no change, both tails.
    repeats, clusters, treated_clusters : int
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    p_value: float
    repeats: int
    clusters: int
    treated_clusters: int


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the t of every draw is made of, for any change supposed true.

    Scores of clusters (rows of ``of_y``) as drawn are ``of_y - value * of_d``.
    """

    weights: FloatArray
    y: FloatArray
    d: FloatArray
    size: FloatArray
    of_y: FloatArray
    of_d: FloatArray

    def chance(self, value: float) -> float:
        """Share of draws, what was seen among them, whose t is as large as that of what was seen."""
        whole = self.size.sum()
        drawn = (self.y - value * self.d) @ self.weights / whole
        score = self.of_y - value * self.of_d - self.size[:, None] * drawn
        t = np.abs(drawn) / np.sqrt(np.maximum((score**2).sum(0), 1e-300))
        seen = float((self.y - value * self.d).sum() / whole)
        own = self.y - value * self.d - self.size * seen
        return float(
            (1 + np.count_nonzero(t >= abs(seen) / np.sqrt(max((own**2).sum(), 1e-300)) * (1 - 1e-12)))
            / (1 + t.size)
        )


def wild_cluster_bootstrap(
    outcome: ArrayLike,
    unit: ArrayLike,
    period: ArrayLike,
    treated: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    repeats: int = 9999,
    seed: int = 20210901,
    confidence: float = 0.95,
) -> WildBootstrap:
    """Give a change in a panel, beside effects of units and periods, limits that few clusters can bear.

    Residuals under a supposed change are multiplied, cluster by cluster, by a weight drawn from six; limits are the
    supposed changes whose t is not among the largest of the draws.

    Parameters
    ----------
    outcome, unit, period, treated, cluster, confidence
        As for ``two_way_fixed_effects``.
    repeats : int, default 9999
        Draws, 199 or more.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    WildBootstrap
        Limits without end where no change, however large, would be set apart.

    Raises
    ------
    ValueError
        As ``two_way_fixed_effects``; with fewer than two treated clusters or two others, for which no draw tells
        anything; or with so many rows by clusters that they do not fit.

    Notes
    -----
    With few treated clusters among many it seldom finds anything, with few clusters in all it is nearer the mark
    than t (MacKinnon and Webb 2018).

    References
    ----------
    Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90, 414-427; Webb (2023), Canadian
    Journal of Economics 56, 839-858. tests/reference: every draw fitted again by least squares with dummies.

    Examples
    --------
    >>> found = wild_cluster_bootstrap(
    ...     [1, 2, 3, 5, 2, 2, 4, 9, 1, 2, 2, 4], np.repeat(range(6), 2), [0, 1] * 6,
    ...     [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], repeats=999,
    ... )
    >>> found.lower < found.estimate < found.upper
    True
    """
    rows, level = panel_rows(outcome, unit, period, cluster), open_share("confidence", confidence)
    dose = numbers("treated", treated)
    if dose.shape != rows.y.shape or np.ptp(dose) == 0:
        raise ValueError(
            f"treated has shape {dose.shape}; give one for each of {rows.y.size} rows, not all the same"
        )
    if not isinstance(repeats, int) or repeats < 199:
        raise ValueError(f"repeats is {repeats!r}; give a whole number of 199 or more")
    many = rows.ever(dose != 0)
    if many < 2 or rows.clusters - many < 2:
        raise ValueError(
            f"treated clusters are {many} of {rows.clusters}; two treated and two others are needed: ask "
            "difference_in_differences, which sets one beside the others"
        )
    if max(rows.y.size, repeats) * rows.clusters > MOST_NUMBERS:
        raise ValueError(
            f"clusters are {rows.clusters}; that many need no bootstrap: ask two_way_fixed_effects"
        )
    fit = within_fit(rows, dose[:, None], ["treated"], "CR1S", level)
    scores = _scores(rows, dose, repeats, seed)
    estimate, error = float(fit.estimate[0]), float(fit.error[0])
    return WildBootstrap(
        estimate=estimate,
        lower=_limit(scores.chance, estimate, -error, 1.0 - level),
        upper=_limit(scores.chance, estimate, error, 1.0 - level),
        confidence=level,
        method=f"two-way fixed effects, wild cluster bootstrap of {repeats} draws, Webb weights",
        error=error,
        p_value=scores.chance(0.0),
        repeats=repeats,
        clusters=rows.clusters,
        treated_clusters=many,
    )


def _scores(rows: PanelRows, dose: FloatArray, repeats: int, seed: int) -> Scores:
    """Scores of clusters as they are and as they are drawn."""
    both = np.column_stack([rows.y, dose])
    y, d = rows.freed(both).T
    alone = rows.cluster[:, None] == np.arange(rows.clusters)

    def drawn(residual: FloatArray) -> FloatArray:
        """Score of every cluster (rows) for a weight of 1 on one cluster (columns)."""
        freed = rows.freed(residual[:, None] * alone)
        out = np.zeros((rows.clusters, rows.clusters))
        np.add.at(out, rows.cluster, d[:, None] * freed)
        return out

    def summed(values: FloatArray) -> FloatArray:
        """Sum over the rows of each cluster."""
        return np.asarray(np.bincount(rows.cluster, values), dtype=np.float64)

    rng = np.random.default_rng(seed)
    weights = rng.choice(np.concatenate([-WEBB, WEBB]), (rows.clusters, repeats))
    return Scores(
        weights=weights,
        y=summed(d * y),
        d=summed(d * d),
        size=summed(d * d),
        of_y=drawn(y) @ weights,
        of_d=drawn(d) @ weights,
    )


def _limit(chance: Callable[[float], float], estimate: float, error: float, alpha: float) -> float:
    """Where the chance of a supposed change falls to ``alpha``, on the side that ``error`` points to."""
    near, far = 0.0, 1.0
    while chance(estimate + far * error) > alpha:
        near, far = far, 2.0 * far
        if far > FURTHEST:
            return float(np.copysign(np.inf, error))
    while far - near > FINE:
        middle = (near + far) / 2.0
        near, far = (middle, far) if chance(estimate + middle * error) > alpha else (near, middle)
    return estimate + far * error
