"""Control charts over months and terms: single figures, and counts as proportions or rates, Laney's form too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._chart_result import THREE_SIGMA, ControlChart, Reading, charted
from onroll.statistics._chart_segments import D2, Segment, moving_range, segments
from onroll.statistics._funnel_limits import binomial_counts, poisson_counts
from onroll.statistics._inputs import (
    BoolArray,
    FloatArray,
    above_zero,
    choice,
    counts,
    figures,
    flag,
    normal_quantile,
    numbers,
    one_above_zero,
    open_share,
    refuse,
    together,
)

__all__ = ["THREE_SIGMA", "ControlChart", "p_chart", "u_chart", "xmr_chart"]

LIMITS = ("sigma", "exact", "laney")
XMR_FACTOR = 2.66
"""Limits of single figures in mean moving ranges: three over 1.128, as printed in every handbook."""
FEW_EVENTS = 5
"""Below this many events expected at a point on average, limits in standard errors mislead."""
TOO_FEW = f"fewer than {FEW_EVENTS} events expected a point: too few for these limits; ask for exact, or g_chart or t_chart"
NO_EVENT = "no event where the limits rest: there is no level to chart, and any event is above"


def xmr_chart(
    value: ArrayLike,
    *,
    rebase: Sequence[int] = (),
    baseline: int | None = None,
    screened: bool = True,
    lowest: float = -np.inf,
    confidence: float = THREE_SIGMA,
) -> ControlChart:
    """Chart single figures: mean, and limits of 2.66 mean moving ranges.

    The moving range, from one point to the next, shows scatter without what changes slowly; ranges beyond
    their own limit may be left out once, so that one odd month does not hide itself.

    Parameters
    ----------
    value : array_like, shape (..., points)
        The figures in the order of time, two or more.
    rebase : sequence of int, default ()
        Places (from 0) at which limits begin anew: declared by whoever knows what changed, before looking.
    baseline : int, optional
        How many points from the start of each segment limits rest on; they are frozen from there on.
        All points of the segment if left out.
    screened : bool, default True
        Leave out moving ranges of 3.267 times their mean or more, once.
    lowest : float, optional
        No limit falls below it: 0 for figures that cannot be less. Limits are kept as they come if left out.
    confidence : float, default 0.9973
        Of the limits: three standard deviations of normal points.

    Returns
    -------
    ControlChart
        Where all points are alike limits fall on the centre, and the ``note`` says so; as it does for
        limits on fewer than twelve points.

    Raises
    ------
    ValueError
        If a figure is not a number, a segment has fewer than two points, or places do not rise.

    Notes
    -----
    Points must not depend on the ones before (terms of one year do: chart like terms apart), and be about
    normal. Counts below some ten a point are not: use ``u_chart``, ``g_chart`` or ``t_chart``.

    References
    ----------
    Shewhart (1931); Wheeler and Chambers (1992), Understanding Statistical Process Control; NHS England,
    Making Data Count. data/validation/P20_spc_xmr: NHSRplotthedots.

    Examples
    --------
    >>> chart = xmr_chart([12, 14, 11, 13, 12, 15, 40], baseline=6)
    >>> chart.lower[-1:], chart.upper[-1:], chart.position[-1:]
    (array([6.981...]), array([18.685...]), array([1], dtype=int8))
    """
    x = _row("value", numbers("value", value))
    floor = figures("lowest", lowest)
    if floor.ndim or not np.all(floor <= x):
        smallest = f"{x.min():g}" if x.size else "not there"
        raise ValueError(
            f"lowest is {lowest!r} and the smallest value {smallest}; give a number that no value is below"
        )
    level = open_share("confidence", confidence)
    parts = segments(x.shape[-1], rebase, baseline)
    reach = XMR_FACTOR * normal_quantile(level) / normal_quantile(THREE_SIGMA)

    def read(part: Segment) -> Reading:
        """Centre and limits of one segment."""
        base = x[..., part.base]
        centre, half = base.mean(-1, keepdims=True), reach * moving_range(base, screened)
        return centre, np.maximum(centre - half, floor), centre + half

    return charted(x, read, parts, level, "xmr, screened" if flag("screened", screened) else "xmr")


def p_chart(
    events: ArrayLike,
    total: ArrayLike,
    *,
    limits: str = "sigma",
    rebase: Sequence[int] = (),
    baseline: int | None = None,
    screened: bool = False,
    per: float = 1.0,
    confidence: float = THREE_SIGMA,
) -> ControlChart:
    """Chart proportions: all of the baseline together, and limits for each point's own total.

    Limits are so many standard errors of the binomial, its exact outermost usual counts, or (P') the
    standard errors times the scatter of the standardised points, by their moving range.

    Parameters
    ----------
    events : array_like, shape (..., points)
        How many at each point: whole numbers from 0 to ``total``.
    total : array_like, shape (..., points)
        Out of how many: whole numbers of 1 or more.
    limits : {"sigma", "exact", "laney"}, default "sigma"
        As above; Laney's is for large totals, where the binomial's limits are far too narrow.
    rebase, baseline
        As for ``xmr_chart``.
    screened : bool, default False
        For Laney's: leave out moving ranges beyond their own limit, once.
    per : float, default 1.0
        1 charts proportions, 100 percentages; above 0.
    confidence : float, default 0.9973
        Of the limits.

    Returns
    -------
    ControlChart
        Limits stay within 0 and ``per``. Fewer than five events a point on average, or none, are said in
        the ``note``.

    Raises
    ------
    ValueError
        If a count is negative, fractional or above its total, or as for ``xmr_chart``.

    Notes
    -----
    The centre is taken as known; with a short baseline more points fall outside than said
    (``watch_limits`` allows for it). Each pupil is taken as independent, but for Laney's.

    References
    ----------
    Montgomery, Introduction to Statistical Quality Control, 7.2 (his table and limits are a test); Laney
    (2002), Quality Engineering 14, 531-537.

    Examples
    --------
    >>> chart = p_chart([12, 15, 8, 10], 50, per=100)
    >>> chart.estimate[:1], chart.upper[:1]
    (array([22.5]), array([40.216...]))
    """
    shapes = {"events": counts("events", events), "total": above_zero("total", counts("total", total))}
    x, n = (_row("events", array) for array in together(shapes))
    refuse("events", x, x > n, "events cannot pass the total in a p_chart; ask for a u_chart instead")
    scale, level = one_above_zero("per", per), open_share("confidence", confidence)
    return _counted(x, n, choice("limits", limits, LIMITS), (rebase, baseline, screened), scale, level, "p")


def u_chart(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    limits: str = "sigma",
    rebase: Sequence[int] = (),
    baseline: int | None = None,
    screened: bool = False,
    per: float = 1.0,
    confidence: float = THREE_SIGMA,
) -> ControlChart:
    """Chart rates: all of the baseline together, and limits for each point's own exposure.

    As ``p_chart`` with Poisson in the binomial's place (U, and U' by Laney's form).

    Parameters
    ----------
    events : array_like, shape (..., points)
        Events at each point: whole numbers of 0 or more.
    exposure : array_like, shape (..., points)
        What could have produced them (pupils on roll, school days times pupils), above 0.
    limits, rebase, baseline, screened, per, confidence
        As for ``p_chart``.

    Returns
    -------
    ControlChart
        As for ``p_chart``; limits do not fall below 0.

    Raises
    ------
    ValueError
        As for ``p_chart``, but events may pass the exposure.

    Notes
    -----
    Repeat suspensions of one pupil scatter more than Poisson: Laney's limits allow for it.

    References
    ----------
    As for ``p_chart``; Montgomery 7.3.

    Examples
    --------
    >>> chart = u_chart([21, 24, 16, 12, 15, 5], 1.0)
    >>> chart.lower[:1], chart.upper[:1]
    (array([3.688...]), array([27.311...]))
    """
    shapes = {"events": counts("events", events), "exposure": above_zero("exposure", exposure)}
    x, size = (_row("events", array) for array in together(shapes))
    scale, level = one_above_zero("per", per), open_share("confidence", confidence)
    return _counted(
        x, size, choice("limits", limits, LIMITS), (rebase, baseline, screened), scale, level, "u"
    )


def _counted(
    x: FloatArray,
    size: FloatArray,
    limits: str,
    where: tuple[Sequence[int], int | None, bool],
    per: float,
    confidence: float,
    kind: str,
) -> ControlChart:
    """A chart of counts over their sizes."""
    rebase, baseline, screened = where
    parts = segments(x.shape[-1], rebase, baseline)
    z, most = normal_quantile(confidence), 1.0 if kind == "p" else np.inf

    def read(part: Segment) -> Reading:
        """Centre and limits of one segment."""
        base, its, sizes = x[..., part.base], size[..., part.base], size[..., part.whole]
        centre = base.sum(-1, keepdims=True) / its.sum(-1, keepdims=True)
        if limits == "exact":
            lower, upper = _exact(centre, sizes, confidence, kind)
            return centre * per, lower / sizes * per, upper / sizes * per
        variance = centre * (1.0 - centre) if kind == "p" else centre
        sigma = np.sqrt(variance / sizes)
        if limits == "laney":
            unit = np.sqrt(np.where(variance > 0, variance, 1.0) / its)
            sigma = sigma * moving_range((base / its - centre) / unit, screened) / D2
        lower, upper = np.maximum(centre - z * sigma, 0.0), np.minimum(centre + z * sigma, most)
        return centre * per, lower * per, upper * per

    none, few = _few_events(x, parts)
    said = [(none, NO_EVENT), (few & (limits != "exact"), TOO_FEW)]
    return charted(x / size * per, read, parts, confidence, f"{kind}, {limits}", said)


def _exact(
    centre: FloatArray, size: FloatArray, confidence: float, kind: str
) -> tuple[FloatArray, FloatArray]:
    """Outermost usual counts; 0 where no event is expected."""
    expected = centre * size
    some = expected > 0
    if kind == "p":
        target = np.broadcast_to(np.where(centre > 0, centre, 0.5), size.shape)
        lower, upper = binomial_counts(target, size, confidence)
    else:
        lower, upper = poisson_counts(np.where(some, expected, 1.0), confidence)
    return np.where(some, lower, 0.0), np.where(some, upper, 0.0)


def _few_events(x: FloatArray, parts: Sequence[Segment]) -> tuple[BoolArray, BoolArray]:
    """Charts without an event in some baseline, and charts with few a point."""
    least = np.min([x[..., part.base].mean(-1) for part in parts], axis=0)
    return np.asarray(least == 0), np.asarray((least > 0) & (least < FEW_EVENTS))


def _row(name: str, array: FloatArray) -> FloatArray:
    """A series, not a single number."""
    if array.ndim == 0:
        raise ValueError(f"{name} is one number; give a series, points in time on the last axis")
    return array
