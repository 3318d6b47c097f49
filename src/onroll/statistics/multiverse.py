"""Many defensible choices: how many point the same way, and which choice the spread goes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import above_zero, numbers


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the ratios of many choices agree.

    Attributes
    ----------
    estimate : float
        Share of the ratios on the same side of 1 as the one asked for; a ratio of 1 is on neither side.
    same : int
        How many they are.
    middle, least, largest : float
        Middle, smallest and largest ratio.
    """

    estimate: float
    same: int
    middle: float
    least: float
    largest: float


def agreement(ratios: ArrayLike, own: float) -> Agreement:
    """Count the ratios that lie on the same side of 1 as ``own``.

    Parameters
    ----------
    ratios : array_like, shape (choices,)
        Ratios above 0, one a choice.
    own : float
        The ratio by the choice that was made, above 0.

    Raises
    ------
    ValueError
        If there are none, or one is not above 0.

    Notes
    -----
    Choices on the same data are not independent: their share is no probability.

    Examples
    --------
    >>> agreement([0.8, 0.9, 1.1], 0.8).same
    2
    """
    each, mine = above_zero("ratios", ratios), float(above_zero("own", own))
    if each.ndim != 1 or not each.size:
        raise ValueError(f"ratios has shape {each.shape}; give one ratio or more in a row")
    same = int(np.count_nonzero(np.sign(np.log(each)) == np.sign(np.log(mine))))
    return Agreement(same / each.size, same, float(np.median(each)), float(each.min()), float(each.max()))


def drivers(outcomes: ArrayLike, choices: Mapping[str, Sequence[str]]) -> Mapping[str, float]:
    """Share of the spread that goes with each choice by itself: between-level over total sum of squares.

    Parameters
    ----------
    outcomes : array_like, shape (choices,)
        What came out, such as log ratios.
    choices : mapping of str to sequence of str
        For each factor what was chosen, in the order of the outcomes.

    Returns
    -------
    mapping of str to float
        Between 0 and 1; 0 for all where outcomes do not differ. In a full cross of choices the shares add up to at
        most 1, the rest going with choices together; where some could not be computed they may overlap.

    Raises
    ------
    ValueError
        If a factor has not one choice for each outcome, or there are no outcomes.

    Examples
    --------
    >>> shares = drivers([1.0, 1.0, 3.0, 3.0], {"design": ["a", "a", "b", "b"], "years": ["x", "y", "x", "y"]})
    >>> shares["design"], shares["years"]
    (1.0, 0.0)
    """
    values = numbers("outcomes", outcomes)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"outcomes has shape {values.shape}; give one number or more in a row")
    total = float(((values - values.mean()) ** 2).sum())
    shares = {}
    for name, chosen in choices.items():
        if len(chosen) != values.size:
            raise ValueError(
                f"'{name}' has {len(chosen)} choices for {values.size} outcomes; give one for each"
            )
        levels, at = np.unique(np.asarray(chosen, dtype=str), return_inverse=True)
        size = np.bincount(at, minlength=levels.size)
        means = np.bincount(at, weights=values, minlength=levels.size) / size
        between = float((size * (means - values.mean()) ** 2).sum())
        shares[name] = min(between / total, 1.0) if total > 0 else 0.0
    return shares
