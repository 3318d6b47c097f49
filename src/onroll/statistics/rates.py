"""Rates: events over what could have produced them, with exact Poisson or Byar limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    above_zero,
    choice,
    counts,
    given,
    normal_quantile,
    one_above_zero,
    open_share,
    together,
    words,
)

METHODS = ("byar", "exact")
BYAR_FROM = 10
"""Byar's approximation is used from this many events on; below it the limits are exact (PHE's rule)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A rate with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Events per ``per`` of exposure.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used, element by element: ``"exact"`` or ``"byar"``.
    events, exposure, per, dispersion : float or ndarray
        What went in; ``per`` is always one number.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    events: Figure
    exposure: Figure
    per: float
    dispersion: Figure


def rate(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "byar",
    dispersion: ArrayLike = 1.0,
) -> Rate:
    """Give the rate of events per exposure, with its interval.

    The limits are those of a Poisson count, carried to the rate: exact (chi-square) below ten events,
    Byar's approximation from ten on, as the Public Health England rule has it; or exact throughout.

    Parameters
    ----------
    events : array_like
        Events observed (suspensions, not pupils suspended): whole numbers of 0 or more.
    exposure : array_like
        What could have produced them (pupils on roll), above 0.
    per : float, default 1.0
        The rate is given per this much exposure (100, 1000), above 0.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"byar", "exact"}, default "byar"
        The PHE rule, or exact limits everywhere.
    dispersion : array_like, default 1.0
        Variance of the count as a multiple of its mean, above 0. Events that come in runs (one pupil
        suspended five times) have more than 1.

    Returns
    -------
    Rate
        ``lower`` is 0 where no event happened. A rate may pass ``per``.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, an exposure is not above 0, shapes do not
        fit together, or ``confidence`` or ``method`` is not allowed. The first bad element is named.

    Notes
    -----
    With dispersion 1 the events must be independent and rare among the exposure. With more, ``events /
    dispersion`` is taken as the effective count: its limits, times the dispersion, are the limits, so
    that the variance is the dispersion times Poisson's; the switch at ten is then on the effective count.
    Such limits are a little cautious (0.96 for 0.95 at 80 events and dispersion 2.5).

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442; Breslow and Day (1987), IARC 82, 69 (Byar).
    tests/reference/exact_tests.R: R 4.2.2, ``poisson.test``; tests/reference/data/P02: PHEindicatormethods.

    Examples
    --------
    >>> luton = rate(41, 40671, per=1000)
    >>> luton.estimate, luton.lower, luton.upper, luton.method
    (1.0080..., 0.7233..., 1.3676..., 'byar')
    >>> rate([3, 0], 2000, per=1000).upper
    array([4.383..., 1.844...])
    """
    shapes = {
        "events": counts("events", events),
        "exposure": above_zero("exposure", exposure),
        "dispersion": above_zero("dispersion", dispersion),
    }
    y, e, phi = together(shapes)
    scale = one_above_zero("per", per)
    level = open_share("confidence", confidence)
    effective = y / phi
    exact = (effective < BYAR_FROM) | (choice("method", method, METHODS) == "exact")
    lower, upper = (
        np.where(exact, by_poisson, by_byar)
        for by_poisson, by_byar in zip(
            _exact_limits(effective, level), _byar_limits(effective, level), strict=True
        )
    )
    return Rate(
        estimate=given(y / e * scale),
        lower=given(lower * phi / e * scale),
        upper=given(upper * phi / e * scale),
        confidence=level,
        method=words(np.where(exact, "exact", "byar")),
        events=given(y),
        exposure=given(e),
        per=scale,
        dispersion=given(phi),
    )


def _exact_limits(effective: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Poisson limits from the gamma distribution, which is the chi-square of textbooks; 0 below no event."""
    tail = (1.0 - confidence) / 2.0
    lower = np.where(effective > 0, special.gammaincinv(np.where(effective > 0, effective, 1.0), tail), 0.0)
    return lower, np.asarray(special.gammainccinv(effective + 1.0, tail))


def _byar_limits(effective: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Byar's cube of a normal deviate; the lower limit never passes below 0."""
    z = normal_quantile(confidence)
    low = np.maximum(effective, 1e-300)
    lower = low * np.maximum(1.0 - 1.0 / (9.0 * low) - z / (3.0 * np.sqrt(low)), 0.0) ** 3
    high = effective + 1.0
    return lower, high * (1.0 - 1.0 / (9.0 * high) + z / (3.0 * np.sqrt(high))) ** 3
