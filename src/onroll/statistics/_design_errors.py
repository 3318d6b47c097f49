"""Errors that designs would have, from what is known before: how alike schools are, and neighbouring periods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray


def two_group_error(
    treated: int, comparison: int, pupils: float, sd: float, icc: float, lasting: float, same_pupils: float
) -> float:
    """Error of a difference of two changes in means of schools (Hooper and Bourke's correlations).

    Of a school's variance a share ``lasting`` is there in both periods; so is ``same_pupils`` of its pupils'.
    """
    change = 2.0 * (icc * (1.0 - lasting) + (1.0 - icc) * (1.0 - same_pupils) / pupils)
    return float(sd * np.sqrt(change * (1.0 / treated + 1.0 / comparison)))


def school_means(periods: int, pupils: float, sd: float, icc: float, lasting: float) -> FloatArray:
    """Covariance of a school's means over periods, of other pupils each: alike by ``lasting`` to the power apart."""
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    of_school = np.where(apart == 0, 1.0, lasting ** np.maximum(apart, 1).astype(np.float64))
    return np.asarray(sd**2 * (icc * of_school + (1.0 - icc) / pupils * (apart == 0)))


def staggered_weights(
    schools: NDArray[np.int64], first: NDArray[np.int64], never: int, periods: int
) -> FloatArray:
    """How the average over cohorts weighs the mean of each cohort (the last: never treated) in each period.

    Each cohort in each of its periods under treatment, less the period before it began, beside all that are not yet
    treated; cells weigh by their cohort's schools, and those without a control are in no average.
    """
    size = np.append(schools, never).astype(np.float64)
    begun = np.append(first, periods + 1)
    weights, total = np.zeros((size.size, periods)), 0.0
    for cohort, start in enumerate(first):
        for period in range(start, periods + 1):
            beside = size * (begun > period)
            if not beside.any():
                continue
            change = np.zeros((size.size, 1))
            change[cohort, 0] = 1.0
            change[:, 0] -= beside / beside.sum()
            weights[:, [period - 1]] += schools[cohort] * change
            weights[:, [start - 2]] -= schools[cohort] * change
            total += schools[cohort]
    return weights / total if total > 0 else weights


def staggered_error(weights: FloatArray, schools: NDArray[np.int64], never: int, means: FloatArray) -> float:
    """Error of that average, cohorts being of schools drawn apart."""
    size = np.append(schools, never).astype(np.float64)
    own = np.einsum("it,ts,is->i", weights, means, weights)
    return float(np.sqrt((own / np.where(size > 0, size, 1.0)).sum()))


def series_error(
    before: int, after: int, sd: float, lasting: float, slope_change: bool, left_out: int = 0
) -> tuple[float, int]:
    """Error of a step beside a trend by generalised least squares, and degrees of freedom left.

    ``left_out`` periods lie between: the trend goes on over them, and what lasts fades.
    """
    begins = before + left_out
    time = np.append(np.arange(before), begins + np.arange(after))
    step = (time >= begins).astype(np.float64)
    columns = [np.ones(time.size), time - begins, step]
    if slope_change:
        columns.append(step * (time - begins + 1.0))
    x = np.column_stack(columns)
    kept = lasting ** np.diff(time)[:, None]
    freed = np.vstack([x[:1], (x[1:] - kept * x[:-1]) / np.sqrt(1.0 - kept**2)])
    return float(sd * np.sqrt(np.linalg.inv(freed.T @ freed)[2, 2])), time.size - x.shape[1]
