"""Rate differences: the rate of one group less that of another, for events that may come several to a pupil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import Figure, Words, given, same_word, together, words
from onroll.statistics.rates import Rate, rate

METHOD = "mover, poisson limits"


@dataclass(frozen=True, slots=True, eq=False)
class RateDifference:
    """A difference of two rates with its interval. Single numbers in give floats, arrays give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The rate of the group less that of the reference, per ``per`` of exposure.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used.
    rate, reference : Rate
        The two rates, each with its own interval.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    rate: Rate
    reference: Rate


def rate_difference(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    per: float = 1.0,
    confidence: float = 0.95,
    dispersion: ArrayLike = 1.0,
    reference_dispersion: ArrayLike = 1.0,
) -> RateDifference:
    """Compare two rates of events by their difference, with an interval.

    Each rate has the limits that ``rates.rate`` gives it; MOVER (square and add) puts the four together.

    Parameters
    ----------
    events, reference_events : array_like
        Events: whole numbers of 0 or more.
    exposure, reference_exposure : array_like
        What could have produced them (pupils on roll), above 0. The groups share no pupil.
    per : float, default 1.0
        The difference is per this much exposure, above 0. The group's own exposure gives the excess: events
        less as many as there would be at the reference's rate.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    dispersion, reference_dispersion : array_like, default 1.0
        Variance of each count as a multiple of its mean, above 0.

    Returns
    -------
    RateDifference
        Always finite, also where neither group has an event.

    Raises
    ------
    ValueError
        As ``rates.rate`` does.

    Notes
    -----
    The two counts must be independent. Where the interval leaves out 0 that of the ratio mostly leaves out 1; the two
    are made in different ways and may differ by a hair.

    References
    ----------
    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702; Li, Tang and Wong (2014), Computational Statistics
    and Data Analysis 71, 551-562 (Poisson rates). tests/reference/test_rate_difference_reference.py: limits by
    chi-square and square-and-add worked apart, and coverage by simulation.

    Examples
    --------
    >>> found = rate_difference(11, 4715, reference_events=9, reference_exposure=11396, per=1000)
    >>> round(found.estimate, 3), round(found.lower, 3), round(found.upper, 3)
    (1.543, 0.175, 3.434)
    """
    here = rate(events, exposure, per=per, confidence=confidence, dispersion=dispersion)
    there = rate(
        reference_events, reference_exposure, per=per, confidence=confidence, dispersion=reference_dispersion
    )
    names = ("estimate", "lower", "upper")
    shapes = {f"{name} {side}": np.asarray(getattr(one, name), dtype=float)
              for side, one in (("here", here), ("there", there)) for name in names}  # fmt: skip
    r, low, high, r0, low0, high0 = together(shapes)
    return RateDifference(
        estimate=given(r - r0),
        lower=given(r - r0 - np.hypot(r - low, high0 - r0)),
        upper=given(r - r0 + np.hypot(high - r, r0 - low0)),
        confidence=here.confidence,
        method=words(same_word(METHOD, r.shape)),
        rate=here,
        reference=there,
    )
