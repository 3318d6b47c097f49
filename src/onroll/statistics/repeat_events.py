"""Repeat events: rates and their ratio when one pupil can be suspended many times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._count_limits import rate_over
from onroll.statistics._event_limits import METHODS, dispersion_of, limits_of_events
from onroll.statistics._event_limits import event_limits as event_limits
from onroll.statistics._frequencies import moments
from onroll.statistics._inputs import (
    Figure,
    Words,
    above_zero,
    choice,
    given,
    one_above_zero,
    open_share,
    same_word,
    together,
    words,
)

NO_EVENT = "no event: dispersion taken as 1"
OPEN = "top class open: the estimate is the middle, the limits cover both ends"


@dataclass(frozen=True, slots=True, eq=False)
class RepeatRate:
    """A rate of events that come several to a pupil. One row of pupils gives floats, many give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Events per ``per`` of exposure.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"effective"`` or ``"dobson"``.
    lowest, highest : float or ndarray
        The rate at either end of what an open top class allows; both the estimate where none is open.
    dispersion : float or ndarray
        Variance of the events as a multiple of Poisson's, at the cautious end.
    events, variance, pupils, exposure : float or ndarray
        Events, the variance of their number, pupils with an event, what could have produced them.
    per : float
        As asked.
    note : str or ndarray of str
        ``NO_EVENT``, ``OPEN`` or empty.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    lowest: Figure
    highest: Figure
    dispersion: Figure
    events: Figure
    variance: Figure
    pupils: Figure
    exposure: Figure
    per: float
    note: Words


@dataclass(frozen=True, slots=True, eq=False)
class RepeatRateRatio:
    """The ratio of two rates of repeated events.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The rate over the reference rate; ``inf`` where it has no bound above.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"mover, effective"`` or ``"mover, dobson"``.
    rate, reference : RepeatRate
        The two rates, per 1 of exposure.
    note : str or ndarray of str
        Why an element has no estimate; empty where it has one.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    rate: RepeatRate
    reference: RepeatRate
    note: Words


def repeat_rate(
    pupils: ArrayLike,
    exposure: ArrayLike,
    *,
    times: ArrayLike | None = None,
    at_most: float | None = None,
    events: ArrayLike | None = None,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "effective",
) -> RepeatRate:
    """Give the rate of events when a pupil can have several, from how many pupils had how many.

    Pupils come as a Poisson number, each with events of their own: the variance of the events is then the
    sum of their squares over pupils, and the limits are Poisson limits spread to that variance.

    Parameters
    ----------
    pupils : array_like, shape (..., classes)
        How many pupils had so many events (never 0 events): whole numbers of 0 or more.
    exposure : array_like, shape (...)
        What could have produced the events (pupils on roll), above 0.
    times : array_like, shape (classes,), optional
        Events each pupil of a class had, rising, above 0; 1, 2, 3 .. when left out.
    at_most : float, optional
        Given when the last class is open ("5 or more"): the most events one of its pupils had.
    events : array_like, shape (...), optional
        All events where their number is known; only with ``at_most``.
    per : float, default 1.0
        The rate is given per this much exposure, above 0.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"effective", "dobson"}, default "effective"
        Limits of ``events / dispersion``, times the dispersion; or the distance of Byar's limits from the
        events times the root of the dispersion, as Public Health England has it for repeated events.

    Returns
    -------
    RepeatRate
        With no event ``lower`` is 0, the dispersion is taken as 1 and ``note`` says so: the upper limit is
        then one of pupils with an event, and too low for events. With an open class see ``OPEN``.

    Raises
    ------
    ValueError
        If a count is negative or fractional, classes do not rise or fit, ``at_most`` is below the top class,
        or the classes cannot add up to ``events``.

    Notes
    -----
    Pupils must be independent of one another. The variance is seen, not known: with fewer than some ten
    pupils the interval is too narrow (0.90 for 0.95 at five, 0.95 from twenty on), because the few who
    have very many events are then often not among those seen.

    References
    ----------
    Compound Poisson second moment: Stukel, Glynn, Fisher, Sharp, Lu-Yao and Wennberg (1994), Statistics in
    Medicine 13, 1781-1791. data/validation/P04_dsr_repeat_events: PHEindicatormethods, one stratum at a time;
    tests/reference/test_repeat_events_reference.py: simulation with known truth.

    Examples
    --------
    >>> found = repeat_rate([30, 8, 4, 1], 1000, per=100)
    >>> found.events, found.pupils, round(found.dispersion, 3)
    (62.0, 43.0, 1.839)
    >>> found.estimate, round(found.lower, 3), round(found.upper, 3)
    (6.2, 4.286, 8.676)
    """
    found = moments(pupils, times, at_most, events)
    shapes = {"pupils, by row,": found.pupils, "exposure": above_zero("exposure", exposure)}
    counted, base = together(shapes)
    scale, level = one_above_zero("per", per), open_share("confidence", confidence)
    used = choice("method", method, METHODS)
    ends = [limits_of_events(y, v, level, used) for y, v in zip(found.events, found.squares, strict=True)]
    middle = (found.events[0] + found.events[-1]) / 2.0
    variance = np.maximum(found.squares[0], found.squares[-1])
    open_class = (found.events[0] != found.events[-1]) | (found.squares[0] != found.squares[-1])
    spread = np.max([dispersion_of(y, v) for y, v in zip(found.events, found.squares, strict=True)], axis=0)
    note = np.where(middle == 0, NO_EVENT, np.where(open_class, OPEN, ""))
    return RepeatRate(
        estimate=given(middle / base * scale),
        lower=given(np.minimum(ends[0][0], ends[-1][0]) / base * scale),
        upper=given(np.maximum(ends[0][1], ends[-1][1]) / base * scale),
        confidence=level,
        method=words(same_word(used, base.shape)),
        lowest=given(found.events[0] / base * scale),
        highest=given(found.events[-1] / base * scale),
        dispersion=given(np.broadcast_to(spread, base.shape)),
        events=given(np.broadcast_to(middle, base.shape)),
        variance=given(np.broadcast_to(variance, base.shape)),
        pupils=given(counted),
        exposure=given(base),
        per=scale,
        note=words(np.broadcast_to(note, base.shape)),
    )


def repeat_rate_ratio(
    pupils: ArrayLike,
    exposure: ArrayLike,
    *,
    reference_pupils: ArrayLike,
    reference_exposure: ArrayLike,
    times: ArrayLike | None = None,
    at_most: float | None = None,
    confidence: float = 0.95,
    method: str = "effective",
) -> RepeatRateRatio:
    """Compare two rates of repeated events by their ratio, each with a dispersion of its own.

    The limits of the two rates are joined to limits of the ratio by MOVER, which needs no logarithm and so
    stays whole when one side has no event.

    Parameters
    ----------
    pupils, reference_pupils : array_like, shape (..., classes)
        How many pupils had so many events, in the group and in the reference.
    exposure, reference_exposure : array_like, shape (...)
        Pupils on roll, above 0, in the same unit.
    times, at_most, confidence, method
        As in ``repeat_rate``, the same for both.

    Returns
    -------
    RepeatRateRatio
        ``estimate`` and ``upper`` are ``inf`` where the reference has no event. Where neither group has one
        and several were given, the estimate is NaN, the limits are 0 and ``inf``, and the ``note`` says why.

    Raises
    ------
    ValueError
        As ``repeat_rate`` does, and if the one pair given has no event in either group.

    Notes
    -----
    The two groups must not share pupils.

    References
    ----------
    Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359.
    tests/reference/test_repeat_events_reference.py: simulation with known truth.

    Examples
    --------
    >>> found = repeat_rate_ratio([30, 8, 4, 1], 1000, reference_pupils=[40, 5, 1], reference_exposure=2000)
    >>> round(found.estimate, 4), round(found.lower, 3), round(found.upper, 3)
    (2.3396, 1.45, 3.756)
    """
    a = repeat_rate(pupils, exposure, times=times, at_most=at_most, confidence=confidence, method=method)
    b = repeat_rate(
        reference_pupils,
        reference_exposure,
        times=times,
        at_most=at_most,
        confidence=confidence,
        method=method,
    )
    ratio, lower, upper, note = rate_over(a, b, "pupils")
    return RepeatRateRatio(
        estimate=given(ratio),
        lower=given(lower),
        upper=given(upper),
        confidence=a.confidence,
        method=words(same_word(f"mover, {method}", ratio.shape)),
        rate=a,
        reference=b,
        note=words(note),
    )
