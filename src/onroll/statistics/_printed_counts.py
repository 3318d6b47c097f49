"""The counts that print as a rate, and how many of them there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import Figure, Words, given, together, whole, words
from onroll.statistics._possible import Possible, counts_of, note_where, possible, printed_steps

MOST_PER = 10**9
"""Rates are per a million at most, and printed with nine decimals at most: both are exact in 64 bits."""
NO_COUNT = "no whole number fits: rate and total do not belong together"


@dataclass(frozen=True, slots=True, eq=False)
class CountBounds:
    """Counts that fit a printed rate. Single numbers in give floats, arrays give arrays.

    Attributes
    ----------
    estimate : float or ndarray
        The middle of those that fit; NaN where none does.
    lower, upper : float or ndarray
        The smallest and greatest that fit; NaN where none does.
    confidence : float
        1: nothing of chance is in it.
    method : str or ndarray of str
        ``"whole numbers"``; ``"whole numbers, total not known"`` where the total is itself a range.
    fits : float or ndarray
        How many whole numbers fit: 1 pins the count.
    note : str or ndarray of str
        Why none fits; empty where one does.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    fits: Figure
    note: Words

    @property
    def possible(self) -> Possible:
        """The same for ``ratio_bounds`` and ``table_bounds``."""
        if np.any(np.asarray(self.fits) == 0):
            raise ValueError("fits is 0 somewhere: no count fits rate and total; leave the element out")
        return Possible(np.asarray(self.lower), np.asarray(self.upper))


def counts_behind_rate(
    rate: ArrayLike, total: ArrayLike | Possible, *, decimals: int, per: int = 100
) -> CountBounds:
    """Find the counts that print as this rate, and how many of them there are.

    A count fits if ``per`` times it over the total, rounded, is the rate; found by whole numbers, and a rate
    half-way may have been rounded either way.

    Parameters
    ----------
    rate : array_like
        As printed, with ``decimals`` decimals at most, 0 or more.
    total : array_like or Possible
        The headcount: whole numbers of 1 or more, or what is possible of it.
    decimals : int
        To how many the rates were rounded, 0 to 9.
    per : int, default 100
        The rate is per this many.

    Returns
    -------
    CountBounds
        Among arrays an element that no count fits is NaN with a ``note``.

    Raises
    ------
    ValueError
        If a rate has more decimals, a total is below 1, or single numbers were given and no count fits.

    Notes
    -----
    Rate and total must be of the same pupils: a rate over enrolments of the year with January's headcount
    fits no count, or a wrong one.

    References
    ----------
    Arithmetic; all counts gone through by brute force are a test.

    Examples
    --------
    >>> behind = counts_behind_rate(0.06, 30_000, decimals=2)
    >>> behind.lower, behind.upper, behind.fits
    (17.0, 19.0, 3.0)
    """
    printed, held = printed_steps("rate", rate, decimals), possible("total", total)
    per = whole("per", per, 1, MOST_PER)
    printed, least, most = together({"rate": printed, "total": held.lower, "total, upper": held.upper})
    if np.any(least < 1):
        raise ValueError(f"total is {float(least.min()):g}; give totals of 1 or more")
    found = counts_of(printed, Possible(least, most), int(decimals), per)
    fits = np.maximum(found.upper - found.lower + 1.0, 0.0)
    none = fits == 0
    if printed.ndim == 0 and none:
        raise ValueError(f"rate is {float(printed):g} and total {float(least):g}: {NO_COUNT}")
    lower, upper = (np.where(none, np.nan, end) for end in (found.lower, found.upper))
    named = np.where(least == most, "whole numbers", "whole numbers, total not known")
    return CountBounds(
        given((lower + upper) / 2.0),
        given(lower),
        given(upper),
        1.0,
        words(named),
        given(fits),
        words(note_where(none, NO_COUNT)),
    )
