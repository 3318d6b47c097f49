"""Differences in differences from rows of a panel; other ways into the same question are named here too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import numbers
from onroll.statistics._panel_notes import STAGGERED, together_said
from onroll.statistics._panel_rows import ONE_TREATED, is_staggered, panel_rows, remark, within_fit
from onroll.statistics.event_study import EventStudy, PreTrend, event_study
from onroll.statistics.two_groups import TwoGroups, two_groups
from onroll.statistics.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap

__all__ = [
    "EventStudy",
    "PanelDifference",
    "PreTrend",
    "TwoGroups",
    "WildBootstrap",
    "event_study",
    "two_groups",
    "two_way_fixed_effects",
    "wild_cluster_bootstrap",
]


@dataclass(frozen=True, slots=True)
class PanelDifference:
    """The change that goes with treatment, beside effects of units and periods.

    Attributes
    ----------
    estimate, lower, upper : float
        Difference in the outcome; limits without end where one cluster alone was treated, and NaN where nothing
        varies that an error could be made of: ``note`` says so.
    confidence : float
    method : str
    error, freedom : float
        Standard error, and degrees of freedom of the t behind the limits.
    rows, units, periods, clusters, treated_clusters : int
    note : str
        What the limits cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    freedom: float
    rows: int
    units: int
    periods: int
    clusters: int
    treated_clusters: int
    note: str


def two_way_fixed_effects(
    outcome: ArrayLike,
    unit: ArrayLike,
    period: ArrayLike,
    treated: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    errors: str = "CR1S",
    confidence: float = 0.95,
) -> PanelDifference:
    """Compare outcomes under treatment with those without, beside an effect for each unit and period.

    Means of units are taken out, periods are columns; the panel need not be whole.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers, such as logarithms of rates; a row a unit and period.
    unit, period : array_like, shape (rows,)
        Names or numbers of either; two of each or more.
    treated : array_like, shape (rows,)
        0 without treatment and 1 under it, or how much of it.
    cluster : array_like, shape (rows,), optional
        What rows are alike within, whole units; the unit when left out.
    errors : {"CR0", "CR1", "CR1S", "CR2"}, default "CR1S"
        See ``sandwich``; t on clusters less 1, or on Satterthwaite's degrees of freedom with "CR2". "CR1S" counts
        effects of units among the parameters, as linearmodels (``group_debias=True``) and R's ``vcovCL`` (HC1, of a model
        with dummies) do; fixest and reghdfe do not where units lie within clusters, and their errors are smaller.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    PanelDifference
        With one treated cluster the limits are without end; with few, or where treatment begins at different times,
        ``note`` says so.

    Raises
    ------
    ValueError
        If treatment never varies, or goes with units or periods alone; if a unit has two rows of one period, or rows
        are too few.

    Notes
    -----
    An effect only if treated and others would have moved in parallel. Where treatment begins at different times
    and its effect differs or grows, the estimate is a mean with weights that can be below 0 (Goodman-Bacon 2021; de
    Chaisemartin and D'Haultfoeuille 2020): ask ``staggered_adoption``.

    References
    ----------
    Bertrand, Duflo and Mullainathan (2004), QJE 119, 249-275; Goodman-Bacon (2021), Journal of Econometrics 225,
    254-277. data/validation/P28_cluster_cr2_mpdta: clubSandwich; tests: statsmodels with dummies.

    Examples
    --------
    >>> found = two_way_fixed_effects(
    ...     [1.0, 2, 3, 5, 2, 2, 4, 9], [0, 0, 1, 1, 2, 2, 3, 3], [0, 1] * 4, [0, 0, 0, 1, 0, 0, 0, 1]
    ... )
    >>> round(found.estimate, 6), found.treated_clusters
    (3.0, 2)
    """
    rows = panel_rows(outcome, unit, period, cluster)
    dose = numbers("treated", treated)
    if dose.shape != rows.y.shape:
        raise ValueError(f"treated has shape {dose.shape}; give one for each of {rows.y.size} rows")
    if np.ptp(dose) == 0:
        raise ValueError(f"treated is {dose[0]:g} in every row; some rows must be treated and some not")
    fit = within_fit(rows, dose[:, None], ["treated"], errors, confidence)
    many = rows.ever(dose != 0)
    note = remark(rows.clusters, many, float(fit.freedom[0]), str(fit.note[0]))
    alone = note == ONE_TREATED
    return PanelDifference(
        estimate=float(fit.estimate[0]),
        lower=-np.inf if alone else float(fit.lower[0]),
        upper=np.inf if alone else float(fit.upper[0]),
        confidence=fit.confidence,
        method=f"two-way fixed effects, {errors}",
        error=float(fit.error[0]),
        freedom=float(fit.freedom[0]),
        rows=rows.y.size,
        units=rows.units,
        periods=rows.periods,
        clusters=rows.clusters,
        treated_clusters=many,
        note=together_said(note, STAGGERED if is_staggered(rows, dose != 0) else ""),
    )
