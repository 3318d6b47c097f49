"""What rounding and suppression leave open: bounds over all tables that fit what was published, apart from chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    given,
    one_above_zero,
    together,
    words,
)
from onroll.statistics._possible import (
    Possible,
    possible,
    printed_steps,
    rounded,
    suppressed,
)
from onroll.statistics._printed_counts import CountBounds, counts_behind_rate
from onroll.statistics._table_bounds import TableBounds, table_bounds

__all__ = [
    "CountBounds",
    "Possible",
    "RatioBounds",
    "TableBounds",
    "counts_behind_rate",
    "difference_bounds",
    "printed_ratio",
    "ratio_bounds",
    "rounded",
    "suppressed",
    "table_bounds",
]

NO_BOUND = "the reference may be 0: no bound above"
NOTHING = "the reference is 0 in every table that fits: no ratio"
NO_MIDDLE = "nothing bounds a count above: there is no middle to estimate from"
BOTH_NONE = "both are 0, so there is no ratio of the two themselves"


@dataclass(frozen=True, slots=True, eq=False)
class RatioBounds:
    """A ratio or difference with the bounds that publishing leaves. Numbers give floats, arrays arrays.

    Attributes
    ----------
    estimate : float or ndarray
        Of the figures as printed, or of the middles of what is possible; NaN where there is none.
    lower, upper : float or ndarray
        The true one is within them for certain; ``upper`` is ``inf`` where the reference may be 0.
    confidence : float
        1: nothing of chance is in it.
    method : str or ndarray of str
        What was bounded.
    note : str or ndarray of str
        Where there is no bound above, no ratio, or no estimate.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    note: Words


def printed_ratio(
    rate: ArrayLike, reference_rate: ArrayLike, *, decimals: int, reference_decimals: int | None = None
) -> RatioBounds:
    """Bound the ratio of two rates of which only the printed figures are known.

    Each rate is anything within half a unit of its last digit; the ratio is least with the lowest over
    the highest.

    Parameters
    ----------
    rate, reference_rate : array_like
        As printed, 0 or more, per the same number.
    decimals, reference_decimals : int
        To how many they were rounded; the second is as the first if left out.

    Returns
    -------
    RatioBounds
        ``upper`` is ``inf`` where the reference rate may be 0.

    Raises
    ------
    ValueError
        If a rate has more decimals than said, or is below 0.

    Notes
    -----
    Rounding alone: chance comes on top. With headcounts ``counts_behind_rate`` bounds more closely.

    References
    ----------
    Interval arithmetic; random tables printed and bounded are a test.

    Examples
    --------
    >>> bounds = printed_ratio(0.1, 0.06, decimals=2)
    >>> bounds.estimate, bounds.lower, bounds.upper
    (1.666..., 1.461..., 1.909...)
    """
    others = decimals if reference_decimals is None else reference_decimals
    shapes = {
        "rate": printed_steps("rate", rate, decimals),
        "reference_rate": printed_steps("reference_rate", reference_rate, others),
    }
    r, r0 = together(shapes)
    here, there = _half_a_unit(r, decimals), _half_a_unit(r0, others)
    return _ratio(r, here, r0, there, "ratio of printed rates")


def ratio_bounds(
    events: ArrayLike | Possible,
    total: ArrayLike | Possible,
    *,
    reference_events: ArrayLike | Possible,
    reference_total: ArrayLike | Possible,
) -> RatioBounds:
    """Bound the ratio of two rates of which counts and totals are rounded, suppressed or known.

    Each count may be anything that is possible of it, whatever the others are: the ratio is least with the
    fewest events over the largest total, over the most of the reference over its smallest.

    Parameters
    ----------
    events, total, reference_events, reference_total : array_like or Possible
        Counts as they are, or what ``rounded``, ``suppressed`` or ``counts_behind_rate(...).possible`` leave.

    Returns
    -------
    RatioBounds
        Both bounds are those of some counts that fit.

    Raises
    ------
    ValueError
        If a count is not whole, or a total may be 0.

    Notes
    -----
    Where sums tie the counts together ``table_bounds`` is closer; this is never narrower.

    References
    ----------
    Interval arithmetic; random tables rounded and bounded are a test.

    Examples
    --------
    >>> bounds = ratio_bounds(suppressed(1, 4), 40, reference_events=rounded(90, 5), reference_total=1500)
    >>> bounds.lower, bounds.upper
    (0.407..., 1.704...)
    """
    here, mid, there, mid0 = _rates(events, total, reference_events, reference_total)
    return _ratio(mid, here, mid0, there, "ratio of counts that fit")


def difference_bounds(
    events: ArrayLike | Possible,
    total: ArrayLike | Possible,
    *,
    reference_events: ArrayLike | Possible,
    reference_total: ArrayLike | Possible,
    per: float = 1.0,
) -> RatioBounds:
    """Bound the difference of two rates of which counts and totals are rounded, suppressed or known.

    Parameters
    ----------
    events, total, reference_events, reference_total : array_like or Possible
        As for ``ratio_bounds``.
    per : float, default 1.0
        The difference is per this many.

    Returns
    -------
    RatioBounds
        The first rate less the reference rate.

    Raises
    ------
    ValueError
        As for ``ratio_bounds``.

    Examples
    --------
    >>> bounds = difference_bounds(suppressed(1, 4), 40, reference_events=90, reference_total=1500, per=100)
    >>> round(bounds.lower, 9), round(bounds.upper, 9)
    (-3.5, 4.0)
    """
    here, mid, there, mid0 = _rates(events, total, reference_events, reference_total)
    per = one_above_zero("per", per)
    lower, upper = here.lower - there.upper, here.upper - there.lower
    name, note = np.full(lower.shape, "difference of counts that fit"), _said(open_=np.isnan(mid + mid0))
    ends = (given((mid - mid0) * per), given(lower * per), given(upper * per))
    return RatioBounds(*ends, 1.0, words(name), words(note))


def _half_a_unit(rate: FloatArray, decimals: int) -> Possible:
    """Half a unit of the last digit either way, none below 0."""
    unit = 10.0**decimals
    steps = np.rint(rate * unit)
    return Possible(np.maximum(steps - 0.5, 0.0) / unit, (steps + 0.5) / unit)


def _rates(
    events: ArrayLike | Possible,
    total: ArrayLike | Possible,
    reference_events: ArrayLike | Possible,
    reference_total: ArrayLike | Possible,
) -> tuple[Possible, FloatArray, Possible, FloatArray]:
    """Lowest and highest rates, and those of the middles."""
    named: Mapping[str, ArrayLike | Possible] = {
        "events": events,
        "total": total,
        "reference_events": reference_events,
        "reference_total": reference_total,
    }
    held = {name: possible(name, value) for name, value in named.items()}
    ends: dict[str, FloatArray] = {}
    for name, one in held.items():
        ends |= {name: one.lower, f"{name}, upper": one.upper}
    x, xx, n, nn, x0, xx0, n0, nn0 = together(ends)
    if np.any(n < 1) or np.any(n0 < 1):
        raise ValueError(
            "total may be 0; give totals of 1 or more, or suppressed(1, ...) where it has pupils"
        )
    here, there = Possible(x / nn, xx / n), Possible(x0 / nn0, xx0 / n0)
    return here, _middle(x, xx, n, nn), there, _middle(x0, xx0, n0, nn0)


def _middle(x: FloatArray, xx: FloatArray, n: FloatArray, nn: FloatArray) -> FloatArray:
    """The rate of the middles; NaN where a count has no upper end."""
    bounded = np.isfinite(xx) & np.isfinite(nn)
    above, below = np.where(bounded, x + xx, np.nan), np.where(bounded, n + nn, 1.0)
    return np.asarray(above / below)


def _ratio(mid: FloatArray, here: Possible, mid0: FloatArray, there: Possible, method: str) -> RatioBounds:
    """Lowest over highest, and the other way round."""
    top = there.upper > 0
    open_above = there.lower <= 0
    lower = np.where(top, here.lower / np.where(top, there.upper, 1.0), 0.0)
    upper = np.where(open_above, np.inf, here.upper / np.where(open_above, 1.0, there.lower))
    some, unknown = mid0 > 0, np.isnan(mid + mid0)
    estimate = np.where(some, mid / np.where(some, mid0, 1.0), np.where(mid > 0, np.inf, np.nan))
    estimate = np.where(unknown, np.nan, estimate)
    none = (mid == 0) & (mid0 == 0) & top
    note = _said(np.where(open_above, np.where(top, NO_BOUND, NOTHING), ""), unknown, none)
    name = np.full(lower.shape, method)
    return RatioBounds(given(estimate), given(lower), given(upper), 1.0, words(name), words(note))


def _said(bound: StrArray | str = "", open_: ArrayLike = False, none: ArrayLike = False) -> StrArray:
    """All that is to be said of an element, joined."""
    words_of: StrArray = np.asarray(bound, dtype=np.str_)
    for where, text in ((open_, NO_MIDDLE), (none, BOTH_NONE)):
        joined = np.where(words_of == "", text, np.strings.add(np.strings.add(words_of, "; "), text))
        words_of = np.where(where, joined, words_of)
    return words_of
