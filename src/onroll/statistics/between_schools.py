"""How far schools differ, year by year, and whether it has changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from onroll.statistics._cell_rows import cell_rows
from onroll.statistics._inputs import FloatArray, StrArray, choice, counts, open_share, refuse
from onroll.statistics._labels import labels
from onroll.statistics._mixed_edges import refuse_all_or_nothing, variance_notes, whole_nodes
from onroll.statistics._mixed_fit import OneIntercept
from onroll.statistics.design_matrix import Design, given_design
from onroll.statistics.mixed import FAMILIES

MOST = 10.0
"""No spread of log odds between schools beyond this is looked for when years share one."""


@dataclass(frozen=True, slots=True, eq=False)
class YearlyVariance:
    """Variance between schools of each year, and its change from the first year to the last.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (years,)
        Variance of the schools' intercepts with profile-likelihood limits.
    confidence : float
        Coverage asked of each interval.
    method : str
        Family and how intercepts were integrated out.
    years : ndarray
        As given, sorted.
    median_ratio, median_ratio_lower, median_ratio_upper : ndarray, shape (years,)
        Median odds ratio (rate ratio, of counts).
    change, change_lower, change_upper : float
        Variance of the last year less that of the first.
    common : float
        The one variance that fits all years best.
    chi_square, p_value : float
        Twice what the likelihood loses by it, and its tail with years less one degrees of freedom.
    schools, events, pupils : ndarray, shape (years,)
        Counts.
    note : ndarray of str, shape (years,)
        Said of a variance that is 0, or above 10.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    years: NDArray[np.generic]
    median_ratio: FloatArray
    median_ratio_lower: FloatArray
    median_ratio_upper: FloatArray
    change: float
    change_lower: float
    change_upper: float
    common: float
    chi_square: float
    p_value: float
    schools: FloatArray
    events: FloatArray
    pupils: FloatArray
    note: StrArray


def variance_by_year(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    school: ArrayLike,
    year: ArrayLike,
    *,
    family: str = "logistic",
    nodes: int = 15,
    confidence: float = 0.95,
) -> YearlyVariance:
    """Give the variance between schools in every year, and how it changed.

    Each year has a model of its own: coefficients and schools' intercepts. The limits of the change are put
    together from those of the two years (MOVER); all years are compared with a common variance by likelihood.

    Parameters
    ----------
    events, pupils : array_like, shape (cells,)
        As in ``mixed.random_intercept``.
    design : Design
        With a constant; columns that a year has not (they are all 0, or the same as another there) are an error.
    school, year : array_like, shape (cells,)
        The school and the year of each cell.
    family : {"logistic", "poisson"}, default "logistic"
    nodes : int, default 15
        Nodes of the quadrature, 7 to 200.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    YearlyVariance

    Raises
    ------
    ValueError
        If there is one year only, a school or year is missing, or a year's model cannot be fitted (or its variance
        has no bound: see ``mixed.random_intercept``); the year is named.

    Notes
    -----
    Years are taken as independent. The same schools come back, and what is high stays high: the true error of
    the change is then smaller, so the limits are on the wide side and the p-value on the high side.

    References
    ----------
    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (limits of a difference).
    tests/reference/mixed_models.R: R 4.2.2, lme4, each year; tests/reference/test_mixed_simulation.py: known truth.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import design_matrix
    >>> events = [2, 9, 4, 15, 1, 8, 6, 7, 5, 11, 4, 9]
    >>> pupils = [50, 60, 40, 80, 45, 70] * 2
    >>> found = variance_by_year(events, pupils, design_matrix([], cells=12), list("abcdef") * 2, [1] * 6 + [2] * 6)
    >>> found.estimate.round(3).tolist(), round(found.change, 3), round(found.p_value, 2)
    ([0.223, 0.0], -0.223, 0.15)
    """
    level = open_share("confidence", confidence)
    fits, years, sizes = _yearly(events, pupils, design, school, year, family, nodes)
    spread = np.array([one.best.spread for one in fits])
    limits = np.array([one.limits(level) for one in fits])
    variance, lower, upper = spread**2, limits[:, 0] ** 2, limits[:, 1] ** 2
    common, lost = _common(fits)
    median = [
        np.exp(np.minimum(np.sqrt(2.0 * one) * special.ndtri(0.75), 700.0))
        for one in (variance, lower, upper)
    ]
    change = float(variance[-1] - variance[0])
    return YearlyVariance(
        estimate=variance,
        lower=lower,
        upper=upper,
        confidence=level,
        method=f"{family}, adaptive quadrature with {nodes} nodes",
        years=years,
        median_ratio=median[0],
        median_ratio_lower=median[1],
        median_ratio_upper=median[2],
        change=change,
        change_lower=change - float(np.hypot(variance[-1] - lower[-1], upper[0] - variance[0])),
        change_upper=change + float(np.hypot(upper[-1] - variance[-1], variance[0] - lower[0])),
        common=common**2,
        chi_square=lost,
        p_value=float(special.chdtrc(len(fits) - 1.0, lost)),
        schools=sizes[:, 0],
        events=sizes[:, 1],
        pupils=sizes[:, 2],
        note=variance_notes(spread),
    )


def _yearly(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    school: ArrayLike,
    year: ArrayLike,
    family: str,
    nodes: int,
) -> tuple[list[OneIntercept], NDArray[np.generic], FloatArray]:
    """Fit every year by itself."""
    k, n = counts("events", events), counts("pupils", pupils)
    given_design(design)
    when, where = labels("year", year, n.shape), labels("school", school, n.shape)
    if choice("family", family, FAMILIES) == "logistic" and k.shape == n.shape:
        refuse("events", k, k > n, "events cannot pass pupils: count each pupil once, or ask for 'poisson'")
    many = whole_nodes(nodes)
    rows = cell_rows(design, n, k, None, None, where)
    at = when[n > 0]
    years = np.unique(at)
    if years.size < 2:
        raise ValueError(
            "year has one value only; a change needs two or more, one year: mixed.random_intercept"
        )
    fits, sizes = [], []
    for one in years:
        own = rows.only(at == one, np.ones(len(rows.names), dtype=bool))
        assert own.school is not None
        if own.school.max() < 1:
            raise ValueError(f"year {one} has one school only; a variance between schools needs two or more")
        try:
            refuse_all_or_nothing("school", own, own.school, family)
            fits.append(OneIntercept(own, own.school, family, many))
        except ValueError as error:
            raise ValueError(f"year {one}: {error}") from error
        sizes.append([own.school.max() + 1.0, own.y.sum(), own.n.sum()])
    return fits, years, np.array(sizes)


def _common(fits: list[OneIntercept]) -> tuple[float, float]:
    """The spread that fits all years best, and twice the likelihood lost by it."""
    alone = sum(one.best.point.value for one in fits)
    ends = [one.best.spread for one in fits]
    low, high = min(ends), min(max(ends), MOST)
    if high - low < 1e-9:
        return high, 0.0

    def lost(spread: float) -> float:
        return alone - sum(one.profile(spread) for one in fits)

    found = optimize.minimize_scalar(lost, bounds=(low, high), method="bounded", options={"xatol": 1e-6})
    return float(found.x), max(2.0 * float(found.fun), 0.0)
