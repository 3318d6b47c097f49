"""Funnel plots: what a school of this size shows by chance, by overdispersion too, and where each school stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics import _funnel_units as units
from onroll.statistics._funnel_limits import OF_COUNTS, OF_PROPORTIONS
from onroll.statistics._funnel_result import POSITIONS, Funnel, build, given_or_pooled, position
from onroll.statistics._inputs import (
    above_zero,
    counts,
    one_above_zero,
    refuse,
    together,
)
from onroll.statistics.overdispersion import overdispersion

__all__ = [
    "POSITIONS",
    "Funnel",
    "overdispersion",
    "position",
    "proportion_funnel",
    "rate_funnel",
    "ratio_funnel",
]

OF_SHARES = (*OF_PROPORTIONS, "arcsine")
OF_RATES = (*OF_COUNTS, "square root", "log")


def proportion_funnel(
    events: ArrayLike,
    total: ArrayLike,
    *,
    target: ArrayLike | None = None,
    per: float = 1.0,
    method: str = "exact",
    spread: str = "none",
    outer: str = "winsorised",
    share: float = 0.1,
    confidence: float = 0.95,
    outer_confidence: float = 0.998,
) -> Funnel:
    """Hold the proportions of many schools against one target, each with limits for its size.

    Exact limits are the outermost counts that the binomial still calls usual; the score's are the target
    and so many standard errors of it; the arcsine's can hold spread between schools as well.

    Parameters
    ----------
    events : array_like, shape (..., units)
        How many (pupils suspended at least once): whole numbers from 0 to ``total``.
    total : array_like, shape (..., units)
        Out of how many: whole numbers of 1 or more.
    target : array_like, optional
        The proportion out of ``per``, between 0 and it, that all are held against; all units together if
        left out.
    per : float, default 1.0
        1 gives proportions, 100 percentages; above 0.
    method : {"exact", "score", "arcsine"}, default "exact"
        Binomial tails; PHE's formula; or the angle whose squared sine is the proportion.
    spread : {"none", "additive", "multiplicative"}, default "none"
        Spread between units taken into the limits: their variance is added to that of chance, or the
        variance of chance is multiplied. On a scale only.
    outer, share
        As for ``overdispersion``: what becomes of the outermost scores, and how many those are.
    confidence, outer_confidence : float, default 0.95 and 0.998
        Of the inner and outer limits, between 0 and 1.

    Returns
    -------
    Funnel
        With no event anywhere limits and scores are 0, and the ``note`` says so, as it does where all are
        events or a single unit is its own target. A unit on a limit is inside. Where spread cannot be seen
        ``spread.note`` says why, and limits are those of chance.

    Raises
    ------
    ValueError
        If a count is negative, fractional or above its total, a target is not between 0 and ``per``, a
        choice is not allowed, spread is asked without a scale or of several funnels at once.

    Notes
    -----
    Without spread each pupil is taken as independent of the others; schools differ in more than chance, so
    with large schools many are outside. Exact limits leave a school outside at most as often as asked, the
    others nearly as often. Being outside is a reason to look, not a verdict.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, and Quality and Safety in Health Care 14,
    347-351. data/validation/P05_funnel_limits_proportion: PHEindicatormethods (score);
    P06_funnel_overdispersion_medpar: FunnelPlotR (arcsine), whose lower limits turn round at 0: not so here.

    Examples
    --------
    >>> schools = proportion_funnel([12, 30, 41], [200, 400, 310], per=100)
    >>> schools.upper
    array([13.5       , 12.        , 12.58064516])
    >>> schools.position
    array([0, 0, 1], dtype=int8)
    """
    shapes = {"events": counts("events", events), "total": above_zero("total", counts("total", total))}
    x, n = together(shapes)
    refuse("events", x, x > n, "events cannot pass the total in a proportion; ask for a rate_funnel instead")
    scale = one_above_zero("per", per)
    aim, note = given_or_pooled(x, n, target, scale, most=1.0)
    wish = units.asked(method, OF_SHARES, confidence, outer_confidence, spread, outer, share)
    if wish.method in OF_PROPORTIONS:
        moments = n * aim, n * aim * (1.0 - aim)
        found = units.by_counts(
            x, n, moments, lambda level: OF_PROPORTIONS[wish.method](aim, n, level), wish, note
        )
    else:
        found = units.by_scale(x / n, aim, n, aim, wish, note)
    return build(x / n, aim, found, wish, scale)


def rate_funnel(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    target: ArrayLike | None = None,
    per: float = 1.0,
    method: str = "exact",
    spread: str = "none",
    outer: str = "winsorised",
    share: float = 0.1,
    confidence: float = 0.95,
    outer_confidence: float = 0.998,
) -> Funnel:
    """Hold the rates of many schools against one target, each with limits for its size.

    As ``proportion_funnel``, with Poisson in the binomial's place and the square root in the arcsine's.

    Parameters
    ----------
    events : array_like, shape (..., units)
        Events (suspensions): whole numbers of 0 or more.
    exposure : array_like, shape (..., units)
        What could have produced them (pupils on roll), above 0.
    target : array_like, optional
        Rate per ``per`` that all are held against, above 0; all units together if left out.
    per : float, default 1.0
        Rates are per this much exposure; above 0.
    method : {"exact", "chi-square", "byar", "square root", "log"}, default "exact"
        Poisson tails; exact or Byar's limits of a count as large as expected (PHE); or a scale.
    spread, outer, share, confidence, outer_confidence
        As for ``proportion_funnel``.

    Returns
    -------
    Funnel
        As for ``proportion_funnel``. On the log scale a unit without an event has the score of half an
        event, stays out of the spread, and the ``note`` says so.

    Raises
    ------
    ValueError
        As for ``proportion_funnel``, but events may pass the exposure.

    Notes
    -----
    One pupil's five suspensions are not five independent events: take spread in, or count pupils.

    References
    ----------
    As for ``proportion_funnel``. data/validation/P06_funnel_overdispersion_medpar: FunnelPlotR.

    Examples
    --------
    >>> rate_funnel([0, 9, 3], [100, 120, 80], target=5, per=100).position
    array([-1,  0,  0], dtype=int8)
    """
    shapes = {"events": counts("events", events), "exposure": above_zero("exposure", exposure)}
    x, size = together(shapes)
    scale = one_above_zero("per", per)
    aim, note = given_or_pooled(x, size, target, scale, most=np.inf)
    wish = units.asked(method, OF_RATES, confidence, outer_confidence, spread, outer, share)
    expected = aim * size
    if wish.method in OF_COUNTS:
        limits = OF_COUNTS[wish.method]
        some = np.where(expected > 0, expected, 1.0)

        def at(level: float) -> units.Limits:
            lower, upper = limits(some, level)
            return np.where(expected > 0, lower, 0.0), np.where(expected > 0, upper, 0.0)

        found = units.by_counts(x, size, (expected, expected), at, wish, note)
    else:
        weight = np.where(expected > 0, expected, 1.0) if wish.method == "log" else size
        found = units.by_scale(x / size, aim, weight, 0.5 / size, wish, note)
    return build(x / size, aim, found, wish, scale)


def ratio_funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    target: ArrayLike | None = 1.0,
    method: str = "exact",
    spread: str = "none",
    outer: str = "winsorised",
    share: float = 0.1,
    confidence: float = 0.95,
    outer_confidence: float = 0.998,
) -> Funnel:
    """Hold indirectly standardised ratios of many schools against 1, each with limits for what was expected.

    ``rate_funnel`` of the observed over the expected: the SHMI's limits are ``method="log"``,
    ``spread="additive"``, ``outer="truncated"``; the CQC's ``method="square root"``, squared again at the end.

    Parameters
    ----------
    observed : array_like, shape (..., units)
        Events observed: whole numbers of 0 or more.
    expected : array_like, shape (..., units)
        Events expected from the reference's rates, above 0.
    target : array_like, optional
        The ratio all are held against, above 0; ``None`` takes all units together.
    method, spread, outer, share, confidence, outer_confidence
        As for ``rate_funnel``.

    Returns
    -------
    Funnel
        As for ``rate_funnel``.

    Raises
    ------
    ValueError
        As for ``rate_funnel``.

    Notes
    -----
    The expected are taken as known: the reference must be much larger than any unit.

    References
    ----------
    As for ``rate_funnel``.

    Examples
    --------
    >>> found = ratio_funnel([406, 642, 46], [523.7, 613.0, 53.8], method="chi-square")
    >>> found.lower
    array([0.916..., 0.922..., 0.750...])
    >>> found.position
    array([-2,  0,  0], dtype=int8)
    """
    return rate_funnel(
        observed,
        expected,
        target=target,
        method=method,
        spread=spread,
        outer=outer,
        share=share,
        confidence=confidence,
        outer_confidence=outer_confidence,
    )
