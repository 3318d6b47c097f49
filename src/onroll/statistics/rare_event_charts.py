"""Control charts for rare events: cases between events (G) and time between events (T)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._chart_result import THREE_SIGMA, ControlChart, Reading, charted
from onroll.statistics._chart_segments import D2, Segment, moving_range, segments
from onroll.statistics._count_tails import usual_counts
from onroll.statistics._inputs import FloatArray, choice, counts, normal_quantile, numbers, open_share, refuse

__all__ = ["ControlChart", "g_chart", "t_chart"]

NELSON = 1.0 / 3.6
"""The power that makes times between events of a steady process about normal."""


def g_chart(
    between: ArrayLike,
    *,
    limits: str = "exact",
    rebase: Sequence[int] = (),
    baseline: int | None = None,
    confidence: float = THREE_SIGMA,
) -> ControlChart:
    """Chart how many cases (or days) without an event lie between one event and the next.

    If each case has the same small chance, these numbers are geometric: limits are its outermost usual
    counts, or so many of its standard deviations. Above the upper limit events have become rarer.

    Parameters
    ----------
    between : array_like, shape (..., points)
        Cases between one event and the next, the event not counted: whole numbers of 0 or more.
    limits : {"exact", "sigma"}, default "exact"
        Tails of the geometric, or standard deviations (Benneyan), no limit below 0.
    rebase, baseline, confidence
        As for ``control_charts.xmr_chart``.

    Returns
    -------
    ControlChart
        A lower limit of 0 cannot be passed: however many events, none is then below. With a mean of 0
        (every case an event) limits are 0.

    Raises
    ------
    ValueError
        If a count is negative or fractional, or as for ``xmr_chart``.

    Notes
    -----
    Cases must be alike and independent. In standard deviations the upper limit is passed oftener than said
    (0.018 for 0.00135), the lower never.

    References
    ----------
    Benneyan (2001), Health Care Management Science 4, 305-318. Checked with scipy's geometric and by
    simulation.

    Examples
    --------
    >>> chart = g_chart([20, 35, 12, 60, 8, 41])
    >>> chart.estimate[:1], chart.lower[:1], chart.upper[:1]
    (array([29.333...]), array([0.]), array([197.]))
    """
    x = numbers("between", counts("between", between))
    _series("between", x)
    level, used = open_share("confidence", confidence), choice("limits", limits, ("exact", "sigma"))
    z = normal_quantile(level)

    def read(part: Segment) -> Reading:
        """Centre and limits of one segment."""
        mean = x[..., part.base].mean(-1, keepdims=True)
        if used == "exact":
            return (mean, *_geometric(mean, level))
        half = z * np.sqrt(mean * (mean + 1.0))
        return mean, np.maximum(mean - half, 0.0), mean + half

    return charted(x, read, segments(x.shape[-1], rebase, baseline), level, f"g, {used}")


def t_chart(
    time: ArrayLike,
    *,
    limits: str = "nelson",
    rebase: Sequence[int] = (),
    baseline: int | None = None,
    screened: bool = False,
    confidence: float = THREE_SIGMA,
) -> ControlChart:
    """Chart the time between one event and the next.

    Times of a steady process are exponential; their power 1/3.6 is about normal, is charted by its moving
    range, and limits are brought back. Above the upper limit events have become rarer.

    Parameters
    ----------
    time : array_like, shape (..., points)
        Time between events in any unit, 0 or more.
    limits : {"nelson", "exact"}, default "nelson"
        By the transformation; or tails of the exponential with the mean of the baseline.
    rebase, baseline, screened, confidence
        As for ``control_charts.xmr_chart``.

    Returns
    -------
    ControlChart
        On the scale of time; limits do not fall below 0. The centre is that of the transformed, brought
        back (near the median), or the mean.

    Raises
    ------
    ValueError
        If a time is negative, or as for ``xmr_chart``.

    Notes
    -----
    Many times of 0 (several events in a day) are no exponential: use a finer unit, or ``u_chart``.

    References
    ----------
    Nelson (1994), Journal of Quality Technology 26, 239-240. Checked by simulation of exponential times.

    Examples
    --------
    >>> chart = t_chart([3.0, 8.0, 1.0, 15.0, 6.0, 2.0], limits="exact")
    >>> chart.estimate[:1], chart.upper[:1]
    (array([5.833...]), array([38.545...]))
    """
    x = numbers("time", time)
    refuse("time", x, x < 0, "give times of 0 or more")
    _series("time", x)
    level, used = open_share("confidence", confidence), choice("limits", limits, ("nelson", "exact"))
    z, tail = normal_quantile(level), (1.0 - level) / 2.0
    root = x**NELSON

    def read(part: Segment) -> Reading:
        """Centre and limits of one segment."""
        if used == "exact":
            mean = x[..., part.base].mean(-1, keepdims=True)
            return mean, -mean * np.log1p(-tail), -mean * np.log(tail)
        base = root[..., part.base]
        centre, half = base.mean(-1, keepdims=True), z / D2 * moving_range(base, screened)
        low, high = np.maximum(centre - half, 0.0), centre + half
        return centre ** (1.0 / NELSON), low ** (1.0 / NELSON), high ** (1.0 / NELSON)

    return charted(x, read, segments(x.shape[-1], rebase, baseline), level, f"t, {used}")


def _geometric(mean: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Outermost usual numbers of cases before an event whose mean is known."""
    some = np.where(mean > 0, mean, 1.0)
    log_rest = np.log(some) - np.log(some + 1.0)
    tail = (1.0 - confidence) / 2.0
    where = np.log1p(-tail) / log_rest, np.log(tail) / log_rest
    lower, upper = usual_counts(_fewer, _more, tail, where, log_rest)
    return np.where(mean > 0, lower, 0.0), np.where(mean > 0, upper, 0.0)


def _fewer(k: FloatArray, log_rest: FloatArray) -> FloatArray:
    """Probability of ``k`` cases or fewer before the event."""
    return np.where(k >= 0, -np.expm1((np.maximum(k, 0.0) + 1.0) * log_rest), 0.0)


def _more(k: FloatArray, log_rest: FloatArray) -> FloatArray:
    """Probability of ``k`` cases or more before the event."""
    return np.asarray(np.exp(np.maximum(k, 0.0) * log_rest))


def _series(name: str, array: FloatArray) -> None:
    """Refuse a single number."""
    if array.ndim == 0:
        raise ValueError(f"{name} is one number; give a series, points in time on the last axis")
