"""Limits of a number of events whose variance is known, when one pupil can have several."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._count_limits import poisson_limits
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    at_least_zero,
    choice,
    given,
    open_share,
    refuse,
    together,
)

METHODS = ("effective", "dobson")


def event_limits(
    events: ArrayLike, variance: ArrayLike, confidence: float = 0.95, method: str = "effective"
) -> tuple[Figure, Figure]:
    """Give the limits of a number of events that has this variance.

    Parameters
    ----------
    events : array_like
        Number of events, 0 or more.
    variance : array_like
        Of that number: above 0 where there are events, 0 where there are none.
    confidence, method
        As in ``repeat_rate``, which says what the two methods do.

    Returns
    -------
    lower, upper : float or ndarray
        ``lower`` is 0 where there is no event.

    Raises
    ------
    ValueError
        If a number is below 0, a variance does not go with its events, or a choice is not allowed.

    Examples
    --------
    >>> lower, upper = event_limits(62, 114)
    >>> round(lower, 3), round(upper, 3)
    (42.858, 86.761)
    """
    shapes = {"events": at_least_zero("events", events), "variance": at_least_zero("variance", variance)}
    y, v = together(shapes)
    refuse("variance", v, (v == 0) & (y > 0), "events vary: give the sum of squares over pupils")
    refuse("variance", v, (v > 0) & (y == 0), "there is no event it could be the variance of")
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    lower, upper = limits_of_events(y, v, level, used)
    return given(lower), given(upper)


def limits_of_events(
    events: FloatArray, variance: FloatArray, confidence: float, method: str
) -> tuple[FloatArray, FloatArray]:
    """Limits of checked events of checked variance."""
    phi = dispersion_of(events, variance)
    if method == "effective":
        lower, upper, _ = poisson_limits(events / phi, confidence)
        return lower * phi, upper * phi
    lower, upper, _ = poisson_limits(events, confidence)
    root = np.sqrt(phi)
    return np.maximum(events - root * (events - lower), 0.0), events + root * (upper - events)


def dispersion_of(events: FloatArray, variance: FloatArray) -> FloatArray:
    """Variance over events; 1 where there is no event."""
    return np.where(events > 0, variance / np.where(events > 0, events, 1.0), 1.0)
