"""Concentration: how few pupils make how much of all suspensions, and how uneven that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._frequencies import like_rows, table
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    counts,
    given,
    normal_quantile,
    numbers,
    one_number,
    open_share,
    refuse,
    words,
)
from onroll.statistics._lorenz import Measured, gini_coefficient, limits, made, making

NO_WIDTH = "all pupils counted had the same number: the interval has no width"
OPEN = "top class open: the estimate is the middle, the limits cover both ends"


@dataclass(frozen=True, slots=True, eq=False)
class Concentration:
    """A share between 0 and 1. One row of pupils gives floats, many rows give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The share asked for, or the Gini coefficient.
    confidence : float
        Coverage asked of the interval.
    method : str
        ``"delta, logit"``.
    lowest, highest : float or ndarray
        The estimate at either end of what an open top class allows.
    pupils, events : float or ndarray
        Pupils counted (with those without an event, where given) and the most events they can have had.
    note : str or ndarray of str
        ``NO_WIDTH``, ``OPEN`` or empty.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: str
    lowest: Figure
    highest: Figure
    pupils: Figure
    events: Figure
    note: Words


def pupils_making(
    pupils: ArrayLike,
    share: float = 0.5,
    *,
    without: ArrayLike = 0,
    times: ArrayLike | None = None,
    at_most: float | None = None,
    confidence: float = 0.95,
) -> Concentration:
    """Give the smallest share of pupils that makes a given share of all events.

    Pupils are counted from those with most events down until the share is made; within the class where it is
    reached, only as many as are needed. The interval is the delta method's on the logit.

    Parameters
    ----------
    pupils : array_like, shape (..., classes)
        How many pupils had so many events: whole numbers of 0 or more, at least one.
    share : float, default 0.5
        Of all events, strictly between 0 and 1.
    without : array_like, shape (...), default 0
        Pupils with no event, where the share is to be one of all pupils on roll.
    times : array_like, shape (classes,), optional
        Events each pupil of a class had, rising; 1, 2, 3 .. when left out.
    at_most : float, optional
        Given when the last class is open ("10 or more"): the most events one of its pupils had.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    Concentration
        Times ``pupils`` it is the number of pupils.

    Raises
    ------
    ValueError
        If a count is negative or fractional, no pupil had an event, classes do not rise, or ``at_most`` is
        below the top class.

    Notes
    -----
    Pupils must be independent of one another. The interval covers 0.93 for 0.95 at 150 pupils with an event,
    0.91 at 60 and less below: those who have very many are then often not among those seen. Some
    concentration is chance alone: were all pupils alike and events given out by lot, half of the events would
    still be made by less than half of the pupils.

    References
    ----------
    Lorenz (1905), Publications of the American Statistical Association 9, 209-219.
    tests/reference/test_concentration_reference.py: pupils counted one by one, and simulation.

    Examples
    --------
    >>> found = pupils_making([30, 8, 4, 1])
    >>> round(found.estimate, 4), round(found.lower, 4), round(found.upper, 4), found.pupils
    (0.2907, 0.2598, 0.3236, 43.0)
    """
    wanted = open_share("share", share)
    return _between(pupils, without, times, at_most, confidence, lambda n, f: making(n, f, wanted))


def events_made(
    pupils: ArrayLike,
    top: float = 0.1,
    *,
    without: ArrayLike = 0,
    times: ArrayLike | None = None,
    at_most: float | None = None,
    confidence: float = 0.95,
) -> Concentration:
    """Give the share of all events that the pupils with most of them make.

    The other way round from ``pupils_making``: one less the Lorenz curve at ``1 - top``.

    Parameters
    ----------
    pupils, without, times, at_most, confidence
        As in ``pupils_making``.
    top : float, default 0.1
        Share of pupils, strictly between 0 and 1.

    Raises
    ------
    ValueError
        As ``pupils_making`` does, and its notes hold here too.

    References
    ----------
    tests/reference/test_concentration_reference.py: pupils counted one by one.

    Examples
    --------
    >>> round(events_made([30, 8, 4, 1], top=0.5).estimate, 4)
    0.6532
    """
    wanted = open_share("top", top)
    return _between(pupils, without, times, at_most, confidence, lambda n, f: made(n, f, wanted))


def gini(
    pupils: ArrayLike,
    *,
    without: ArrayLike = 0,
    times: ArrayLike | None = None,
    at_most: float | None = None,
    confidence: float = 0.95,
) -> Concentration:
    """Give the Gini coefficient of events over pupils: 0 when all have as many, near 1 when one has all.

    Half the mean distance between the events of two pupils, over the mean.

    Parameters
    ----------
    pupils, without, times, at_most, confidence
        As in ``pupils_making``.

    Returns
    -------
    Concentration

    Raises
    ------
    ValueError
        As ``pupils_making`` does.

    Notes
    -----
    As for ``pupils_making``. With those without an event counted it is mostly they that it measures.

    References
    ----------
    Gini (1912); Deltas (2003), Review of Economics and Statistics 85, 226-234 (small samples, not corrected).
    tests/reference/test_concentration_reference.py: pupils compared one by one.

    Examples
    --------
    >>> round(gini([1, 0, 1]).estimate, 6)
    0.25
    """
    return _between(pupils, without, times, at_most, confidence, gini_coefficient)


def lorenz(
    pupils: ArrayLike,
    shares: ArrayLike,
    *,
    without: float = 0,
    times: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Concentration:
    """Give the Lorenz curve: the share of events made by this share of pupils, those with fewest first.

    Parameters
    ----------
    pupils : array_like, shape (classes,)
        As in ``pupils_making``, one row.
    shares : array_like
        Shares of pupils at which the curve is wanted, strictly between 0 and 1.
    without, times, confidence
        As in ``pupils_making``.

    Returns
    -------
    Concentration
        One element a share, never above the share itself.

    Raises
    ------
    ValueError
        As ``pupils_making`` does; if a share is not strictly between 0 and 1.

    Notes
    -----
    The limits are pointwise: they hold for each point by itself, not for the curve as a whole.

    References
    ----------
    tests/reference/test_concentration_reference.py: pupils counted one by one.

    Examples
    --------
    >>> lorenz([30, 8, 4, 1], [0.5, 0.9]).estimate.round(4).tolist()
    [0.3468, 0.7758]
    """
    at = numbers("shares", shares)
    refuse("shares", at, (at <= 0) | (at >= 1), "give shares strictly between 0 and 1; the ends are 0 and 1")
    row = counts("pupils", pupils)
    if row.ndim != 1:
        raise ValueError(f"pupils has shape {row.shape}; give one row of classes")

    def below(n: FloatArray, f: FloatArray) -> Measured:
        below_top, gradient = made(np.broadcast_to(n, (*at.shape, n.shape[-1])), f, 1.0 - at)
        return 1.0 - below_top, -gradient

    return _between(row, without, times, None, confidence, below)


def _between(
    pupils: ArrayLike,
    without: ArrayLike,
    times: ArrayLike | None,
    at_most: float | None,
    confidence: float,
    measure: Callable[[FloatArray, FloatArray], Measured],
) -> Concentration:
    """Measure at either end of what the top class allows, and lay the interval round both."""
    counted, each = table(pupils, times)
    level = open_share("confidence", confidence)
    refuse("sum of pupils", counted.sum(-1), counted.sum(-1) == 0, "no pupil had an event: there is no share")
    none = like_rows("without", counts("without", without), counted.sum(-1))
    n = np.concatenate([none[..., None], counted], axis=-1)
    top = each[-1] if at_most is None else one_number("at_most", at_most)
    if top < each[-1]:
        raise ValueError(f"at_most is {top:g}; the top class begins at {each[-1]:g}: give that or more")
    low, high = (np.concatenate([[0.0], each[:-1], [end]]) for end in (each[-1], top))
    ends = [limits(n, *measure(n, low), normal_quantile(level))] * 2
    if at_most is not None:
        ends[1] = limits(n, *measure(n, high), normal_quantile(level))
    estimates = [end[0] for end in ends]
    estimate = (estimates[0] + estimates[1]) / 2.0
    lower, upper = np.minimum(ends[0][1], ends[1][1]), np.maximum(ends[0][2], ends[1][2])
    flat = np.where(lower == upper, NO_WIDTH, "")
    return Concentration(
        estimate=given(estimate),
        lower=given(np.minimum(lower, estimate)),
        upper=given(np.maximum(upper, estimate)),
        confidence=level,
        method="delta, logit",
        lowest=given(np.minimum(*estimates)),
        highest=given(np.maximum(*estimates)),
        pupils=given(np.broadcast_to(n.sum(-1), estimate.shape)),
        events=given(np.broadcast_to(n @ high, estimate.shape)),
        note=words(np.where(estimates[0] != estimates[1], OPEN, flat)),
    )
