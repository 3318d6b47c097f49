"""Durations: how long things took, with those still going counted as far as they were seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, counts, normal_quantile, numbers, open_share, refuse

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Duration:
    """A quantile of durations with its interval.

    Attributes
    ----------
    estimate, lower, upper : float
        Days; infinite where so few ended that the curve never falls so far.
    confidence : float
        Coverage asked of the interval.
    method : str
        ``"Kaplan-Meier, log-log limits"``.
    share : float
        Which quantile: 0.5 is the median.
    ended, censored : int
        How many ended, and how many were still going when last seen.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    share: float
    ended: int
    censored: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still going after each day on which something ended, with log-log limits.

    Attributes
    ----------
    days, surviving, lower, upper : ndarray, shape (number of days on which something ended,)
        Days ascending; shares from 1 to 0. Limits are missing where the share is 0 or 1.
    at_risk : ndarray
        How many were still going just before each day.
    """

    days: FloatArray
    surviving: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: FloatArray
    confidence: float
    method: str


METHOD = "Kaplan-Meier, log-log limits"


def curve(days: ArrayLike, ended: ArrayLike, count: ArrayLike, *, confidence: float = 0.95) -> Curve:
    """Estimate the share still going by day, from a histogram of durations.

    Parameters
    ----------
    days : array_like
        Durations in days, at least 0.
    ended : array_like of bool
        Whether the durations ended (true) or were still going when last seen (false).
    count : array_like
        How many had each; whole, at least 0.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    Assumes that those last seen still going would have gone on like the others. Kaplan and Meier (1958), limits on
    the log-log scale with Greenwood's variance, as R's ``survfit(conf.type = "log-log")``, the outside reference.

    Examples
    --------
    >>> curve([2, 4, 6], [True, True, False], [1, 1, 2]).surviving
    array([0.75, 0.5 ])
    """
    time, number = numbers("days", days), counts("count", count)
    over = np.asarray(ended, dtype=bool)
    refuse("days", time, time < 0, "durations are at least 0")
    time, over, number = np.broadcast_arrays(time, over, number)
    z = normal_quantile(open_share("confidence", confidence))
    at = np.unique(time[over & (number > 0)])
    events = np.array([number[over & (time == day)].sum() for day in at])
    at_risk = np.array([number[time >= day].sum() for day in at])
    surviving = np.cumprod(1 - events / at_risk) if len(at) else np.empty(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        width = z * np.sqrt(greenwood) / np.abs(np.log(surviving))
        lower, upper = surviving ** np.exp(width), surviving ** np.exp(-width)
    at_edge = (surviving <= _ROUNDING) | (surviving >= 1)
    lower, upper = np.where(at_edge, np.nan, lower), np.where(at_edge, np.nan, upper)
    return Curve(at.astype(float), surviving, lower, upper, at_risk.astype(float), confidence, METHOD)


def median(
    days: ArrayLike, ended: ArrayLike, count: ArrayLike, *, confidence: float = 0.95, share: float = 0.5
) -> Duration:
    """Estimate the day by which a share had ended, the median unless said otherwise.

    Parameters
    ----------
    days, ended, count, confidence
        As ``curve``.
    share : float
        Between 0 and 1; 0.9 gives the day by which nine in ten had ended.

    Returns
    -------
    Duration
        Where the curve stands exactly at the share between two days, the middle between them.

    Examples
    --------
    >>> median([3, 5, 9], [True, True, True], [1, 1, 1]).estimate
    5.0
    """
    found = curve(days, ended, count, confidence=confidence)
    left = 1 - open_share("share", share)
    over, number = np.broadcast_arrays(np.asarray(ended, dtype=bool), counts("count", count))
    return Duration(
        _crossing(found.days, found.surviving, left), _crossing(found.days, found.lower, left),
        _crossing(found.days, found.upper, left), confidence, METHOD, share,
        int(number[over].sum()), int(number[~over].sum()),
    )  # fmt: skip


def _crossing(days: FloatArray, values: FloatArray, left: float) -> float:
    """The first day on which a curve is at or below a value; between two days where it lies just on it."""
    below = np.flatnonzero(values <= left + _ROUNDING)
    if not len(below):
        return float("inf")
    first = int(below[0])
    on_it = np.abs(values[first] - left) <= _ROUNDING
    after = np.flatnonzero(values < left - _ROUNDING)
    if on_it and len(after):
        return float((days[first] + days[int(after[0])]) / 2)
    return float(days[first])
