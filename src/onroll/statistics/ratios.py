"""Rate ratios: one rate over another, with exact, mid-p or dispersed limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    BoolArray,
    Figure,
    FloatArray,
    Words,
    above_zero,
    choice,
    counts,
    given,
    one_above_zero,
    open_share,
    reasons,
    refuse,
    together,
    words,
)
from onroll.statistics._ratio_limits import conditional, dispersed
from onroll.statistics._tables import NO_EVENT, where_known

METHODS = ("exact", "mid-p", "dispersed")


@dataclass(frozen=True, slots=True, eq=False)
class RateRatio:
    """A rate ratio with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The rate over the reference rate; ``inf`` where it has no bound above.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        What was used, element by element.
    p_value : float or ndarray
        Two-sided probability of so uneven an outcome were the two rates equal.
    events, exposure, reference_events, reference_exposure, dispersion : float or ndarray
        What went in.
    note : str or ndarray of str
        Why an element has no estimate; empty where it has one.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    p_value: Figure
    events: Figure
    exposure: Figure
    reference_events: Figure
    reference_exposure: Figure
    dispersion: Figure
    note: Words


def rate_ratio(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    confidence: float = 0.95,
    method: str = "exact",
    dispersion: ArrayLike = 1.0,
    df: float | None = None,
) -> RateRatio:
    """Compare two event rates by their ratio, with an interval.

    Given the sum of the two counts, the group's events are binomial: exact and mid-p limits are those of
    that binomial, carried to the ratio. Dispersed limits spread the log ratio by quasi-Poisson variance.

    Parameters
    ----------
    events, reference_events : array_like
        Events observed (suspensions, not pupils suspended): whole numbers of 0 or more.
    exposure, reference_exposure : array_like
        What could have produced them (pupils on roll), above 0, in the same unit.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"exact", "mid-p", "dispersed"}, default "exact"
        Clopper-Pearson limits with the two-sided probability of R; their less cautious mid-p form, with
        twice the smaller tail; or a normal (Student's t when ``df`` is given) interval of the log ratio.
    dispersion : array_like, default 1.0
        Variance as a multiple of Poisson's, above 0; only the dispersed method takes other than 1.
    df : float, optional
        Degrees of freedom the dispersion was estimated on, above 0; only with the dispersed method.

    Returns
    -------
    RateRatio
        ``estimate`` and ``upper`` are ``inf`` where the reference has no event, ``estimate`` and
        ``lower`` are 0 where the group has none. Where neither has one and arrays were given, estimate and
        probability are NaN, the limits 0 and ``inf``, and the ``note`` says that no ratio can be computed.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, an exposure is not above 0, single numbers were
        given and none is an event, or a dispersion or ``df`` comes with a method that cannot use it.

    Notes
    -----
    Exact and mid-p assume independent events. One pupil suspended five times breaks that: count pupils
    suspended at least once, or give the dispersion. Exact intervals cover at least as often as asked.
    The dispersed interval wants some five effective events (``events / dispersion``) on either side; with
    none on one side it falls back on exact limits of effective counts, ``df`` left aside, and says so.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Lancaster (1961), JASA 56, 223-234 (mid-p).
    tests/reference/exact_tests.R and quasipoisson.R: R 4.2.2, ``poisson.test``, ``glm``.

    Examples
    --------
    >>> rate_ratio(60, 51477.5, reference_events=30, reference_exposure=54308.7).estimate
    2.1099975717...
    >>> fall = rate_ratio(51, 1, reference_events=56, reference_exposure=1)
    >>> fall.estimate, fall.lower, fall.upper, fall.p_value
    (0.9107..., 0.6107..., 1.3552..., 0.6991...)
    """
    shapes = {
        "events": counts("events", events),
        "exposure": above_zero("exposure", exposure),
        "reference_events": counts("reference_events", reference_events),
        "reference_exposure": above_zero("reference_exposure", reference_exposure),
        "dispersion": above_zero("dispersion", dispersion),
    }
    y, e, y0, e0, phi = together(shapes)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    neither = (y == 0) & (y0 == 0)
    _refuse_single(neither)
    _refuse_unused(used, phi, df)
    relative = e0 / e
    if used == "dispersed":
        lower, upper, p_value, named = dispersed(y, y0, relative, phi, level, df)
    else:
        lower, upper, p_value, named = conditional(y, y0, e, e0, level, used)
    estimate = np.where(neither, np.nan, np.where(y0 > 0, y / np.maximum(y0, 1.0), np.inf) * relative)
    return RateRatio(
        estimate=given(estimate),
        lower=given(lower * relative),
        upper=given(upper * relative),
        confidence=level,
        method=words(np.asarray(named)),
        p_value=given(where_known(p_value, estimate)),
        events=given(y),
        exposure=given(e),
        reference_events=given(y0),
        reference_exposure=given(e0),
        dispersion=given(phi),
        note=words(reasons(neither.shape, (neither, NO_EVENT))),
    )


def _refuse_single(neither: BoolArray) -> None:
    """Raise where one ratio was asked and neither group has an event; among many the note says so."""
    if neither.ndim == 0 and neither:
        raise ValueError(
            f"events and reference_events are both 0; {NO_EVENT}: leave the pair out and say so, or give the two rates"
        )


def _refuse_unused(method: str, phi: FloatArray, df: float | None) -> None:
    """Raise where a dispersion or its degrees of freedom would be left aside in silence."""
    if df is not None:
        one_above_zero("df", df)
    if method != "dispersed":
        refuse("dispersion", phi, phi != 1.0, f"method={method!r} cannot use it; ask for method='dispersed'")
        if df is not None:
            raise ValueError(f"df is {df!r}; method={method!r} cannot use it; ask for method='dispersed'")
