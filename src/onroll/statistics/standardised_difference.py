"""Standardised difference: of two means of single pupils, in standard deviations (Hedges' g)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import Figure, FloatArray, counts, given, numbers, open_share, refuse, together
from onroll.statistics._roots import rising_root

WIDTH = 12.0
"""Limits are looked for so many errors from the estimate: further than any confidence needs."""


@dataclass(frozen=True, slots=True, eq=False)
class StandardisedDifference:
    """A difference of two means in standard deviations. Single numbers give floats, arrays arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Hedges' g.
    confidence : float
    method : str
    uncorrected : float or ndarray
        Cohen's d: the difference over the pooled standard deviation.
    pooled_sd : float or ndarray
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: str
    uncorrected: Figure
    pooled_sd: Figure


def standardised_difference(
    mean: ArrayLike,
    sd: ArrayLike,
    size: ArrayLike,
    *,
    reference_mean: ArrayLike,
    reference_sd: ArrayLike,
    reference_size: ArrayLike,
    confidence: float = 0.95,
) -> StandardisedDifference:
    """Divide the difference of two means of single pupils by their pooled standard deviation (Hedges' g).

    Limits are the differences at which so large, or so small, a t would be rare (noncentral t); estimate and limits
    are corrected for the bias of small samples.

    Parameters
    ----------
    mean, sd, size : array_like
        Of the group: any number, a standard deviation of 0 or more, whole numbers of 2 or more.
    reference_mean, reference_sd, reference_size : array_like
        Of the reference group.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    StandardisedDifference

    Raises
    ------
    ValueError
        If neither group varies, or a number is not allowed.

    Notes
    -----
    Pupils must be independent, outcomes about normal and equally spread. Pupils of schools that were allotted whole
    are not: ask ``clustered_effect``.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6, 107-128; Hedges and Olkin (1985), Statistical Methods for
    Meta-Analysis, ch. 5. tests/reference/effect_sizes.R: limits by R's ``pt``.

    Examples
    --------
    >>> found = standardised_difference(103, 5.5, 50, reference_mean=100, reference_sd=4.5, reference_size=50)
    >>> round(found.estimate, 4), round(found.uncorrected, 4)
    (0.5924, 0.597)
    """
    named = {
        "mean": numbers("mean", mean),
        "sd": _not_below_zero("sd", sd),
        "size": _two_or_more("size", size),
        "reference_mean": numbers("reference_mean", reference_mean),
        "reference_sd": _not_below_zero("reference_sd", reference_sd),
        "reference_size": _two_or_more("reference_size", reference_size),
    }
    m1, s1, n1, m0, s0, n0 = together(named)
    level, df = open_share("confidence", confidence), n1 + n0 - 2.0
    pooled = np.sqrt(((n1 - 1.0) * s1**2 + (n0 - 1.0) * s0**2) / df)
    refuse(
        "sd",
        np.asarray(pooled),
        np.asarray(pooled == 0),
        "neither group varies; there is nothing to divide by",
    )
    d = np.asarray((m1 - m0) / pooled)
    corrected = np.exp(special.gammaln(df / 2.0) - special.gammaln((df - 1.0) / 2.0)) / np.sqrt(df / 2.0)
    root = np.sqrt(n1 * n0 / (n1 + n0))
    lower, upper = (_noncentral(d * root, df, tail) / root for tail in ((1 + level) / 2.0, (1 - level) / 2.0))
    return StandardisedDifference(
        estimate=given(corrected * d),
        lower=given(corrected * lower),
        upper=given(corrected * upper),
        confidence=level,
        method="Hedges' g, noncentral t limits",
        uncorrected=given(d),
        pooled_sd=given(np.asarray(pooled)),
    )


def _not_below_zero(name: str, value: ArrayLike) -> FloatArray:
    """Numbers of 0 or more."""
    array = numbers(name, value)
    refuse(name, array, array < 0, "a standard deviation is 0 or more")
    return array


def _two_or_more(name: str, value: ArrayLike) -> FloatArray:
    """Whole numbers of 2 or more."""
    array = counts(name, value)
    refuse(name, array, array < 2, "two pupils or more are needed to vary")
    return array


def _noncentral(t: FloatArray, df: FloatArray, tail: float) -> FloatArray:
    """The noncentrality at which so much of noncentral t lies below ``t``; scipy's is safe on the right side of 0."""
    flat, free = np.broadcast_arrays(np.ravel(t), np.ravel(df))
    size, share = np.abs(flat), np.where(flat < 0, 1.0 - tail, tail)
    reach = WIDTH * np.sqrt(1.0 + size**2 / (2.0 * free))

    def above(
        noncentrality: FloatArray, seen: FloatArray, degrees: FloatArray, wanted: FloatArray
    ) -> FloatArray:
        """What is missing of the tail; far below what was seen scipy gives up, where all lies below."""
        below = special.nctdtr(degrees, noncentrality, seen)
        return np.asarray(wanted - np.where(np.isnan(below), noncentrality < seen, below))

    found = rising_root(above, size - reach, size + reach, size, free, share)
    return np.where(flat < 0, -found, found).reshape(np.shape(t))
