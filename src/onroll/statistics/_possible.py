"""What a published figure leaves possible: whole numbers from one to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    EXACT,
    FloatArray,
    StrArray,
    counts,
    figures,
    numbers,
    refuse,
    together,
    whole,
)


@dataclass(frozen=True, slots=True, eq=False)
class Possible:
    """Whole numbers that fit what was published, element by element.

    Attributes
    ----------
    lower, upper : ndarray
        The smallest and the greatest; ``inf`` where nothing bounds it above.
    """

    lower: FloatArray
    upper: FloatArray


def rounded(value: ArrayLike, base: int) -> Possible:
    """Counts that were rounded to the nearest multiple of a base.

    Parameters
    ----------
    value : array_like
        As printed: multiples of ``base``, 0 or more.
    base : int
        5, 10: 1 or more; 1 is a count as it is.

    Returns
    -------
    Possible
        A count half-way may have gone either way, so both ends are in.

    Raises
    ------
    ValueError
        If a value is not a multiple of the base.

    Examples
    --------
    >>> rounded([0, 5, 20], 5).upper
    array([ 2.,  7., 22.])
    """
    base = whole("base", base, 1, otherwise=", such as 5")
    at = counts("value", value)
    refuse("value", at, at % base != 0, f"give a multiple of {base}, as it was printed, or another base")
    return Possible(np.maximum(at - base // 2, 0.0), at + base // 2)


def suppressed(least: ArrayLike, most: ArrayLike) -> Possible:
    """Counts that were not printed, known to lie between two others.

    Parameters
    ----------
    least, most : array_like
        1 and 4 for "fewer than 5, not 0"; 0 and ``inf`` for a cell hidden so that another cannot be found.

    Returns
    -------
    Possible
        Both ends are in.

    Raises
    ------
    ValueError
        If an end is no whole number, or the ends are the wrong way round.

    Examples
    --------
    >>> suppressed(1, [4, 9]).lower
    array([1., 1.])
    """
    high = figures("most", most)
    bounded = counts("most", np.where(high == np.inf, 0.0, high))
    low, _ = together({"least": counts("least", least), "most": bounded})
    high = np.broadcast_to(high, low.shape)
    refuse("least", low, low > high, "give no more than most")
    return Possible(low.copy(), high.copy())


def possible(name: str, value: ArrayLike | Possible) -> Possible:
    """What is possible; a plain count is itself."""
    if isinstance(value, Possible):
        return value
    known = counts(name, value)
    return Possible(known, known)


def counts_of(printed: FloatArray, total: Possible, decimals: int, per: int) -> Possible:
    """The whole numbers that print as these rates, found by whole numbers; none fits where lower is above upper."""
    unit = 10**decimals
    steps = np.rint(printed * unit)
    most = float(np.max(np.where(np.isfinite(total.upper), total.upper, 0.0), initial=0.0))
    if (2.0 * float(np.max(steps, initial=0.0)) + 1.0) * most >= 2.0**62 or not np.all(
        np.isfinite(total.upper)
    ):
        raise ValueError(
            f"total goes up to {float(np.max(total.upper)):g}; too large to be counted through exactly"
        )
    below, above = 2 * steps.astype(np.int64) - 1, 2 * steps.astype(np.int64) + 1
    divisor = 2 * unit * per
    lower = -((-below * total.lower.astype(np.int64)) // divisor)
    upper = above * total.upper.astype(np.int64) // divisor
    return Possible(np.maximum(lower, 0).astype(np.float64), upper.astype(np.float64))


def printed_steps(name: str, value: ArrayLike, decimals: int) -> FloatArray:
    """Rates as printed, 0 or more, of no more decimals than said."""
    decimals = whole("decimals", decimals, 0, 9)
    rate = numbers(name, value)
    refuse(name, rate, rate < 0, "give a rate of 0 or more")
    refuse(name, rate, rate * 2.0 >= EXACT / 10.0**decimals, f"so large a rate has no {decimals} decimals")
    away = np.abs(rate * 10.0**decimals - np.rint(rate * 10.0**decimals))
    refuse(
        name,
        rate,
        away > 1e-6 * np.maximum(rate, 1.0),
        f"it has more than {decimals} decimals; give it as printed",
    )
    return rate


def note_where(where: ArrayLike, text: str) -> StrArray:
    """A word where it holds."""
    return np.where(np.asarray(where), text, "")
