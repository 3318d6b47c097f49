"""Donor hull: whether any weights could make the treated of its donors, and how far off the best ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._donor_fit import beyond, donors_spread
from onroll.statistics._inputs import FloatArray, StrArray, reasons
from onroll.statistics._panel import panel
from onroll.statistics.placebos import donor_places, treated_weights

ROUNDED = 1e-9
"""A distance below this share of the donors' spread is rounding."""
BELOW, ABOVE = "below all donors", "above all donors"


@dataclass(frozen=True, slots=True, eq=False)
class DonorHull:
    """How far the treated lies outside what its donors can make.

    Attributes
    ----------
    estimate : float
        Distance from the convex hull of the donors before treatment: root mean square gap of the best weights. 0
        inside.
    lower, upper : float
        Smallest and largest gap of a period, in size.
    confidence : None
        A range over periods, not a coverage.
    method : str
    relative : float
        The distance over the donors' spread (root mean square distance of donors from their mean, period by period).
    share_outside : float
        Share of periods before in which the treated is below or above all donors.
    outside : ndarray of str, shape (periods before,)
        "below all donors", "above all donors" or empty.
    beyond : ndarray, shape (periods before,)
        How far below the lowest (negative) or above the highest donor; 0 between.
    donors_lowest, donors_highest, gaps : ndarray, shape (periods before,)
    weights : ndarray, shape (units,)
        The best weights; 0 for the treated itself.
    """

    estimate: float
    lower: float
    upper: float
    confidence: None
    method: str
    relative: float
    share_outside: float
    outside: StrArray
    beyond: FloatArray
    donors_lowest: FloatArray
    donors_highest: FloatArray
    gaps: FloatArray
    weights: FloatArray


def donor_hull(outcomes: ArrayLike, treated: int, pre: ArrayLike) -> DonorHull:
    """Say in which periods before the treated lies outside its donors' range, and how far from their hull.

    A synthetic control is a weighted mean: what is outside the hull it cannot match, and the gap after has the
    distance in it.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order of time, in one unit of measure, no gaps.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first.

    Returns
    -------
    DonorHull

    Raises
    ------
    ValueError
        If there are fewer than three units, no period before or after, or a number is missing.

    Notes
    -----
    Inside every period's range is not yet inside the hull. With more donors than periods the hull is wide, and being
    inside says little.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505; King and Zeng (2006), Political Analysis 14, 131-159.
    tests/reference: whether a point is inside, by linear programming.

    Examples
    --------
    >>> found = donor_hull([[5.0, 1.0, 3.0], [2.0, 1.0, 3.0], [0.0, 1.0, 2.0]], 0, [True, True, False])
    >>> found.outside.tolist(), found.beyond.tolist(), round(found.estimate, 6)
    (['above all donors', ''], [2.0, 0.0], 1.581139)
    """
    data = panel(outcomes, treated, pre, units=3)
    pool = donor_places(data, data.treated)
    before = data.outcomes[data.pre]
    own, donors = before[:, data.treated], before[:, pool]
    low, high = donors.min(axis=1), donors.max(axis=1)
    weights = treated_weights(data, pool)
    gaps = own - before @ weights
    size = max(donors_spread(donors), float(np.abs(before).max()) * ROUNDED)
    far = np.abs(np.where(np.abs(gaps) <= ROUNDED * size, 0.0, gaps))
    distance = float(np.sqrt((far**2).mean()))
    return DonorHull(
        estimate=distance,
        lower=float(far.min()),
        upper=float(far.max()),
        confidence=None,
        method=f"distance from the convex hull of {int(pool.sum())} donors over {own.size} periods",
        relative=distance / size if distance else 0.0,
        share_outside=float(np.mean((own < low) | (own > high))),
        outside=np.array(reasons(own.shape, (own < low, BELOW), (own > high, ABOVE)), dtype=np.str_),
        beyond=beyond(own, donors),
        donors_lowest=low,
        donors_highest=high,
        gaps=np.asarray(gaps),
        weights=weights,
    )
