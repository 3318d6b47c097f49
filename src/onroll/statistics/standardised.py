"""Standardised rates: what a rate would be with another mix of pupils, and how two of them compare."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from onroll.statistics._count_limits import rate_over
from onroll.statistics._indirect import IndirectRate as IndirectRate
from onroll.statistics._indirect import IndirectRatio as IndirectRatio
from onroll.statistics._indirect import indirect_rate as indirect_rate
from onroll.statistics._indirect import indirect_ratio as indirect_ratio
from onroll.statistics._inputs import (
    Figure,
    Words,
    choice,
    given,
    one_above_zero,
    open_share,
    same_word,
    words,
)
from onroll.statistics._weighted_strata import EMPTY, METHODS, strata, weighted_limits


@dataclass(frozen=True, slots=True, eq=False)
class DirectRate:
    """A directly standardised rate. One row of strata gives floats, many rows give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Events per ``per`` of the standard population.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"dobson, byar"``, ``"dobson, exact"`` or ``"gamma"``.
    crude : float or ndarray
        The rate as it is, per ``per``.
    events, exposure, variance : float or ndarray
        Totals over the strata used, and the variance of the standardised rate.
    covered : float or ndarray
        Share of the standard weight whose strata had pupils; below 1 only with ``empty="leave out"``.
    per : float
        As asked.
    note : str or ndarray of str
        What to know of an element; empty where there is nothing.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    crude: Figure
    events: Figure
    exposure: Figure
    variance: Figure
    covered: Figure
    per: float
    note: Words


@dataclass(frozen=True, slots=True, eq=False)
class DirectRateRatio:
    """The ratio of two directly standardised rates.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The standardised rate over the reference's; ``inf`` where it has no bound above.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"mover, dobson"`` or ``"mover, gamma"``.
    rate, reference : DirectRate
        The two rates, per 1.
    note : str or ndarray of str
        Why an element has no estimate; empty where it has one.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    rate: DirectRate
    reference: DirectRate
    note: Words


def direct_rate(
    events: ArrayLike,
    exposure: ArrayLike,
    weights: ArrayLike,
    *,
    variance: ArrayLike | None = None,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "dobson",
    empty: str = "refuse",
) -> DirectRate:
    """Give the rate a group would have if its pupils were mixed like a standard population.

    Each stratum's rate is weighted by the standard's share of it. Dobson's limits spread Poisson limits of
    all events to the variance of the weighted rate; Fay and Feuer's are those of a gamma of that variance.

    Parameters
    ----------
    events : array_like, shape (..., strata)
        Events by stratum (year group, SEN provision): whole numbers of 0 or more.
    exposure : array_like, shape (..., strata)
        Pupils on roll by stratum, 0 or more.
    weights : array_like, shape (strata,) or (..., strata)
        The standard population by stratum, 0 or more and not all 0; only their shares matter.
    variance : array_like, shape (..., strata), optional
        Variance of each stratum's events where one pupil can have several: ``repeat_rate(...).variance``.
        Left out, events are independent and it is their number.
    per : float, default 1.0
        The rate is given per this much, above 0.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"dobson", "gamma"}, default "dobson"
        Dobson's, with exact Poisson limits below ten events and Byar's from ten on; or Fay and Feuer's, at
        least as wide as asked and wider where weights differ much.
    empty : {"refuse", "leave out"}, default "refuse"
        What to do with a stratum of the standard in which the group has no pupil.

    Returns
    -------
    DirectRate
        With no event at all ``lower`` is 0 and ``upper`` is that of the stratum that would weigh most.
        ``note`` says so, and says where fewer than ten events make a rate that is not to be published.

    Raises
    ------
    ValueError
        If a count is negative or fractional, a stratum has events but no pupils, a stratum of the standard
        has no pupils (unless left out), no weight is left, or an option is not allowed.

    Notes
    -----
    Two standardised rates compare only with the same weights. Leaving strata out changes the standard: where
    ``covered`` differs between groups, join strata instead.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10, 457-462; Fay and Feuer (1997),
    16, 791-801. data/validation/P03_standardised_rates and P04_dsr_repeat_events: PHEindicatormethods;
    tests/reference/direct_standardisation.R: R, package epitools.

    Examples
    --------
    >>> found = direct_rate([20, 60], [1000, 500], [600, 400], per=100)
    >>> round(found.estimate, 6), round(found.lower, 3), round(found.upper, 3), found.method
    (6.0, 4.749, 7.477, 'dobson, byar')
    >>> round(found.crude, 3)
    5.333
    """
    scale, level = one_above_zero("per", per), open_share("confidence", confidence)
    used = choice("method", method, METHODS)
    sums = strata(events, exposure, weights, variance, choice("empty", empty, EMPTY))
    lower, upper, named = weighted_limits(sums, level, used)
    return DirectRate(
        estimate=given(sums.rate * scale),
        lower=given(lower * scale),
        upper=given(upper * scale),
        confidence=level,
        method=words(named),
        crude=given(sums.events / sums.exposure * scale),
        events=given(sums.events),
        exposure=given(sums.exposure),
        variance=given(sums.variance * scale * scale),
        covered=given(sums.covered),
        per=scale,
        note=words(sums.note),
    )


def direct_rate_ratio(
    events: ArrayLike,
    exposure: ArrayLike,
    weights: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    variance: ArrayLike | None = None,
    reference_variance: ArrayLike | None = None,
    confidence: float = 0.95,
    method: str = "dobson",
) -> DirectRateRatio:
    """Compare two directly standardised rates by their ratio, with an interval.

    The limits of the two rates are joined by MOVER, which needs no logarithm and so stays whole when one
    side has no event.

    Parameters
    ----------
    events, exposure, reference_events, reference_exposure : array_like, shape (..., strata)
        Events and pupils on roll by stratum, in the group and in the reference.
    weights : array_like, shape (strata,) or (..., strata)
        The standard population, the same for both.
    variance, reference_variance : array_like, optional
        As in ``direct_rate``.
    confidence, method
        As in ``direct_rate``.

    Returns
    -------
    DirectRateRatio
        ``estimate`` and ``upper`` are ``inf`` where the reference has no event. Where neither has one and
        several rows were given, the estimate is NaN, the limits are 0 and ``inf``, and the ``note`` says why.

    Raises
    ------
    ValueError
        As ``direct_rate`` does, and if the one pair given has no event on either side.

    Notes
    -----
    The two groups must not share pupils. Strata without pupils are refused: a ratio of rates over different
    strata compares nothing.

    References
    ----------
    Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359.
    tests/reference/test_standardised_reference.py: simulation with known truth.

    Examples
    --------
    >>> found = direct_rate_ratio(
    ...     [20, 60], [1000, 500], [600, 400], reference_events=[30, 40], reference_exposure=[2000, 1000]
    ... )
    >>> round(found.estimate, 4), round(found.lower, 3), round(found.upper, 3)
    (2.4, 1.722, 3.352)
    """
    sides = [
        direct_rate(y, n, weights, variance=v, confidence=confidence, method=method)
        for y, n, v in (
            (events, exposure, variance),
            (reference_events, reference_exposure, reference_variance),
        )
    ]
    ratio, lower, upper, note = rate_over(sides[0], sides[1], "events")
    return DirectRateRatio(
        estimate=given(ratio),
        lower=given(lower),
        upper=given(upper),
        confidence=sides[0].confidence,
        method=words(same_word(f"mover, {method}", ratio.shape)),
        rate=sides[0],
        reference=sides[1],
        note=words(note),
    )
