"""What change each design of an impact study would see, from what is known before it begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._design_errors import (
    school_means,
    staggered_error,
    staggered_weights,
    two_group_error,
)
from onroll.statistics._design_power import DesignPower, share, told
from onroll.statistics._inputs import counts, one_above_zero, whole
from onroll.statistics._panel_rows import MANY, MANY_TREATED
from onroll.statistics.single_unit_power import one_treated_power, series_power

__all__ = ["DesignPower", "one_treated_power", "series_power", "staggered_power", "two_groups_power"]

MANY_PERIODS = 1000
"""More periods than any panel of schools has; its square is the covariance that is worked out."""
FEW = "{} schools, {} of them treated: too few for errors that rest on many; the real figure is larger"


def two_groups_power(
    treated_schools: int,
    comparison_schools: int,
    pupils: float,
    *,
    sd: float = 1.0,
    icc: float,
    autocorrelation: float,
    same_pupils: float = 0.0,
    confidence: float = 0.95,
    power: float = 0.80,
) -> DesignPower:
    """Say what difference of changes in two groups of schools ``two_groups`` would see.

    What of a school's level stays from one period to the next drops out of its change; t on schools less 2.

    Parameters
    ----------
    treated_schools, comparison_schools : int
        2 or more of each.
    pupils : float
        Of a school in a period, above 0 (harmonic mean where they differ).
    sd : float, default 1.0
        Standard deviation over pupils, schools and all; the root of p (1 - p) for a share p.
    icc : float
        Share of that variance that lies between schools in one period, 0 to below 1.
    autocorrelation : float
        How far a school's own part goes with itself from before to after, from 0 to below 1.
    same_pupils : float, default 0.0
        The same for pupils: 0 where they are others after, from 0 to below 1.
    confidence : float, default 0.95
    power : float, default 0.80
        Above 1 - ``confidence`` and below 1.

    Returns
    -------
    DesignPower
        In the unit of ``sd``.

    Raises
    ------
    ValueError
        If a figure is out of its bounds.

    Notes
    -----
    Schools of about one size; of a rare outcome, enough pupils that a school's mean is about normal.

    References
    ----------
    Hooper and Bourke (2015), BMJ 350, h2925; Bloom (1995), Evaluation Review 19, 547-556. tests: simulated power.

    Examples
    --------
    >>> found = two_groups_power(12, 20, 100, icc=0.1, autocorrelation=0.8)
    >>> round(found.estimate, 3), found.freedom
    (0.255, 30.0)
    """
    treated, others = (
        whole("treated_schools", treated_schools, 2),
        whole("comparison_schools", comparison_schools, 2),
    )
    error = two_group_error(
        treated,
        others,
        one_above_zero("pupils", pupils),
        one_above_zero("sd", sd),
        share("icc", icc),
        share("autocorrelation", autocorrelation),
        share("same_pupils", same_pupils),
    )
    return told("difference in differences of schools", error, treated + others - 2.0, confidence, power, "")


def staggered_power(
    schools: ArrayLike,
    first_treated: ArrayLike,
    never_treated: int,
    periods: int,
    pupils: float,
    *,
    sd: float = 1.0,
    icc: float,
    autocorrelation: float,
    confidence: float = 0.95,
    power: float = 0.80,
) -> DesignPower:
    """Say what mean change ``staggered_adoption`` would see, schools not yet treated being controls.

    The estimate is a sum of means of cohorts; its error follows from how a school's means go together over periods.

    Parameters
    ----------
    schools : array_like of counts, shape (cohorts,)
        Schools that begin together, 1 or more.
    first_treated : array_like of counts, shape (cohorts,)
        When they begin, 2 to ``periods``; each once.
    never_treated : int
        Schools that do not begin.
    periods : int
        Periods seen, numbered from 1; 1,000 at most.
    pupils, sd, icc, confidence, power
        As for ``two_groups_power``; pupils are others in each period.
    autocorrelation : float
        How far a school's own part goes with itself from one period to the next; to the power of periods apart.

    Returns
    -------
    DesignPower
        ``note`` where schools are so few that errors of ``staggered_adoption`` are too small.

    Raises
    ------
    ValueError
        If a figure is out of its bounds, or no cohort has a control.

    Notes
    -----
    The same change in all cohorts and periods. Normal limits.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; Kasza et al. (2019), Statistical Methods in
    Medical Research 28, 703-716 (the decay of correlation). tests: simulated power.

    Examples
    --------
    >>> found = staggered_power([15, 15], [3, 4], 20, 6, 100, icc=0.1, autocorrelation=0.8)
    >>> round(found.estimate, 2), found.note
    (0.2, '')
    """
    seen, never = whole("periods", periods, 2, MANY_PERIODS), whole("never_treated", never_treated, 0)
    many, first = _cohorts(schools, first_treated, seen)
    weights = staggered_weights(many, first, never, seen)
    if not weights.any():
        raise ValueError(
            "no cohort has a control in any period under treatment; give schools treated later or never"
        )
    means = school_means(
        seen,
        one_above_zero("pupils", pupils),
        one_above_zero("sd", sd),
        share("icc", icc),
        share("autocorrelation", autocorrelation),
    )
    error, treated = staggered_error(weights, many, never, means), int(many.sum())
    few = treated + never < MANY or treated < MANY_TREATED
    note = FEW.format(treated + never, treated) if few else ""
    return told("staggered adoption, controls not yet treated", error, float("inf"), confidence, power, note)


def _cohorts(
    schools: ArrayLike, first_treated: ArrayLike, periods: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    many, first = (
        np.atleast_1d(counts("schools", schools)),
        np.atleast_1d(counts("first_treated", first_treated)),
    )
    if many.ndim != 1 or not many.size or first.shape != many.shape or np.any(many < 1):
        raise ValueError(
            f"schools have shape {many.shape} and first_treated {first.shape}; give one or more schools for each cohort"
        )
    if np.any((first < 2) | (first > periods)) or np.unique(first).size < first.size:
        raise ValueError(
            f"first_treated are {first.tolist()}; give each cohort its own period, from 2 to the last, {periods}"
        )
    return many.astype(np.int64), first.astype(np.int64)
