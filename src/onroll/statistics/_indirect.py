"""Indirectly standardised ratios and rates: events seen over those expected at a reference's rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._count_limits import poisson_limits
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    above_zero,
    at_least_zero,
    counts,
    given,
    one_above_zero,
    open_share,
    reasons,
    refuse,
    together,
    words,
)
from onroll.statistics._weighted_strata import rows

NOTHING = "the reference has no event where the group has pupils"


@dataclass(frozen=True, slots=True, eq=False)
class IndirectRatio:
    """Events seen over events expected. One row of strata gives floats, many rows give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Seen over expected, times ``per``.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"exact"`` below ten (effective) events, ``"byar"`` from ten on.
    events, expected, dispersion : float or ndarray
        Seen, expected, and the variance of the events as a multiple of Poisson's.
    per : float
        1 for a ratio, 100 for one out of 100.
    note : str or ndarray of str
        Why an element has no estimate; empty where it has one.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    events: Figure
    expected: Figure
    dispersion: Figure
    per: float
    note: Words


@dataclass(frozen=True, slots=True, eq=False)
class IndirectRate:
    """The ratio of seen to expected, times the reference's crude rate.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Events per ``per``.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"exact"`` or ``"byar"``.
    events, expected, reference_rate : float or ndarray
        Seen, expected, and the reference's crude rate per ``per``.
    per : float
        As asked.
    note : str or ndarray of str
        Why an element has no estimate; empty where it has one.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    events: Figure
    expected: Figure
    reference_rate: Figure
    per: float
    note: Words


def indirect_ratio(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    per: float = 1.0,
    confidence: float = 0.95,
) -> IndirectRatio:
    """Give the events of a group over those it would have at the reference's rates, stratum by stratum.

    Expected events are the group's pupils at the reference's rate of each stratum. The limits are those of
    the count seen: exact Poisson below ten events, Byar's approximation from ten on.

    Parameters
    ----------
    events : array_like, shape (...)
        All events of the group, over its strata: whole numbers of 0 or more.
    exposure : array_like, shape (..., strata)
        The group's pupils by stratum, 0 or more.
    reference_events, reference_exposure : array_like, shape (strata,) or (..., strata)
        Events and pupils of the reference, taken as known without error.
    dispersion : array_like, default 1.0
        Variance of the events as a multiple of Poisson's, above 0 (``repeat_rate(...).dispersion``).
    per : float, default 1.0
        1 for a ratio, 100 for one out of 100.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    IndirectRatio
        ``lower`` is 0 where no event was seen. Where nothing is expected and several rows were given, the
        estimate is NaN, the limits are 0 and ``inf``, and the ``note`` says why.

    Raises
    ------
    ValueError
        If a count is negative or fractional, the group has pupils in a stratum where the reference has none,
        the reference has no pupil, or nothing is expected in the one row given.

    Notes
    -----
    The ratios of two groups do not compare with each other: each is weighted by its own pupils.

    References
    ----------
    Breslow and Day (1987), IARC 82, 69. data/validation/P03_standardised_rates: PHEindicatormethods.

    Examples
    --------
    >>> found = indirect_ratio(30, [400, 100], [100, 200], [10000, 5000])
    >>> found.expected, found.estimate, round(found.lower, 3), round(found.upper, 3)
    (8.0, 3.75, 2.53, 5.354)
    """
    found = _seen_over_expected(
        events, exposure, reference_events, reference_exposure, dispersion, confidence
    )
    scale = one_above_zero("per", per)
    return IndirectRatio(
        estimate=given(found.ratio * scale),
        lower=given(found.lower * scale),
        upper=given(found.upper * scale),
        confidence=confidence,
        method=words(found.method),
        events=given(found.events),
        expected=given(found.expected),
        dispersion=given(found.dispersion),
        per=scale,
        note=words(found.note),
    )


def indirect_rate(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    per: float = 1.0,
    confidence: float = 0.95,
) -> IndirectRate:
    """Give the ratio of seen to expected events as a rate: times the reference's crude rate.

    All as in ``indirect_ratio``; only the scale differs.

    Parameters
    ----------
    events, exposure, reference_events, reference_exposure, dispersion, confidence
        As in ``indirect_ratio``.
    per : float, default 1.0
        The rate is given per this much exposure, above 0.

    Returns
    -------
    IndirectRate
        ``lower`` is 0 where no event was seen.

    Raises
    ------
    ValueError
        As ``indirect_ratio`` does.

    Notes
    -----
    As for ``indirect_ratio``.

    References
    ----------
    data/validation/P03_standardised_rates: PHEindicatormethods.

    Examples
    --------
    >>> found = indirect_rate(30, [400, 100], [100, 200], [10000, 5000], per=100)
    >>> round(found.estimate, 6), round(found.reference_rate, 6)
    (7.5, 2.0)
    """
    found = _seen_over_expected(
        events, exposure, reference_events, reference_exposure, dispersion, confidence
    )
    per = one_above_zero("per", per)
    scale = per * found.crude
    none = found.crude == 0
    return IndirectRate(
        estimate=given(found.ratio * scale),
        lower=given(found.lower * scale),
        upper=given(np.where(none, np.inf, found.upper) * np.where(none, 1.0, scale)),
        confidence=confidence,
        method=words(found.method),
        events=given(found.events),
        expected=given(found.expected),
        reference_rate=given(scale),
        per=per,
        note=words(found.note),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was seen over what is expected, and all that it is made of."""

    ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    method: StrArray
    events: FloatArray
    expected: FloatArray
    dispersion: FloatArray
    crude: FloatArray
    note: StrArray


def _seen_over_expected(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    dispersion: ArrayLike,
    confidence: float,
) -> Found:
    """Check what went in, and set what was seen against what is expected."""
    n, y0, n0 = rows(
        {
            "exposure": at_least_zero("exposure", exposure),
            "reference_events": counts("reference_events", reference_events),
            "reference_exposure": at_least_zero("reference_exposure", reference_exposure),
        }
    )
    refuse("exposure", n, (n > 0) & (n0 == 0), "the reference has no pupils there: join strata")
    everyone = n0.sum(-1)
    refuse("sum of reference_exposure", everyone, everyone == 0, "a reference without pupils has no rate")
    expected = (n * y0 / np.where(n0 > 0, n0, 1.0)).sum(-1)
    y, expected, phi = together(
        {
            "events": counts("events", events),
            "exposure, by row,": expected,
            "dispersion": above_zero("dispersion", dispersion),
        }
    )
    nothing = expected == 0
    if nothing.ndim == 0:
        refuse("expected events", expected, nothing, NOTHING)
    known = np.where(nothing, np.nan, expected)
    lower, upper, used = poisson_limits(y / phi, open_share("confidence", confidence))
    return Found(
        ratio=y / known,
        lower=np.where(nothing, 0.0, lower * phi / known),
        upper=np.where(nothing, np.inf, upper * phi / known),
        method=used,
        events=y,
        expected=expected,
        dispersion=phi,
        crude=np.broadcast_to(y0.sum(-1) / everyone, y.shape),
        note=reasons(nothing.shape, (nothing, f"nothing is expected: {NOTHING}")),
    )
