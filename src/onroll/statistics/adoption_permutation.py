"""Staggered adoption by few units: who began when is shuffled, and the change is ranked among what that gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, figures, numbers, open_share
from onroll.statistics._shuffled_dates import changes_of, checked, end_of, planted, rank_of, shuffled_dates

METHOD = "Callaway-Sant'Anna weights, {} shuffles of who began when"
PATTERNED = "; limits for a change as large at each unit as the pattern says"


@dataclass(frozen=True, slots=True, eq=False)
class AdoptionPermutation:
    """The change that goes with treatment, ranked among shuffles.

    Attributes
    ----------
    estimate, lower, upper : float
        Average over cohorts and periods under treatment, weighed by units; the averages that shuffling would not rule
        out, if the change is the same for all or follows the pattern given.
    confidence : float
    method : str
    p_value : float
        Share of shuffles, the real dates included, whose change is at least as large in size.
    shuffles : ndarray, shape (shuffles,)
        The change by each of them.
    units, treated : int
    note : str
        Where an end of the interval was not to be had; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    shuffles: FloatArray
    units: int
    treated: int
    note: str


def adoption_permutation(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    *,
    shuffles: int = 1999,
    seed: int = 2021,
    confidence: float = 0.95,
    pattern: ArrayLike = 1.0,
) -> AdoptionPermutation:
    """Estimate the change with treatment that begins at different times, and judge it by shuffling the dates.

    Each cohort in each period since it began is set beside the units that have not begun by then, both measured from
    the period before the cohort began; the average weighs cohorts by their units, as ``staggered_adoption`` does. The
    dates are then dealt out to the units anew, many times. Nothing is assumed of the outcome's distribution, so it
    holds for a dozen schools too.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Finite numbers, periods in order.
    first_treated : array_like, shape (units,)
        Place of the first period under treatment, 1 for the second; ``inf`` for never.
    shuffles : int, default 1999
        99 or more.
    seed : int, default 2021
        Of the shuffling: the same seed gives the same answer.
    confidence : float, default 0.95
        Strictly between 0 and 1.
    pattern : array_like, shape (units, periods), default 1.0
        How large the change is at a unit in a period beside others, 0 or more: only the interval knows of it, and its
        scale is nothing. By default it is the same for all; the outcome itself stands for a change in proportion.

    Returns
    -------
    AdoptionPermutation
        An end of the interval is infinite, with a note, where shuffles cannot rule any change out on that side.

    Raises
    ------
    ValueError
        If shapes differ, a number is missing, nobody is treated within the periods, somebody is from the first on, a
        place is not whole, or no unit is left to compare with; if ``pattern`` has another shape, is below 0 or is 0
        wherever it counts.

    Notes
    -----
    The rank is a probability if any unit could as well have begun at any of the dates. Where those began first that
    stood highest it is not, whatever the number. The interval holds the changes c for which the outcome less c times the
    pattern ranks as one in which nothing was done: rank and interval come of one distribution, and the rank itself knows
    nothing of the pattern. Taken for the same at all units, a fall in proportion makes units that began look steadier
    than they would have been without it, and the interval comes out too narrow, or too wide where levels lie far apart; a
    change that is the same at all units, taken for one in proportion, makes it a little too wide
    (evaluation/decisions/0019). Where a very skewed pattern meets one to three units that never began, the changes that
    are not ruled out need not be one interval, and an end may be too near: read it with that in mind.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230, for the weights; Fisher (1935) for the
    shuffling; Rosenbaum (2002), Observational Studies, ch. 5, for changes that differ by unit. Checked against
    ``staggered_adoption`` and by simulation of its size and coverage, for changes alike and in proportion.

    Examples
    --------
    >>> school, year = np.arange(12)[:, None], np.arange(6)[None, :]
    >>> first = np.where(school[:, 0] % 2 == 0, 3.0, np.inf)
    >>> rate = np.sin(7.0 * school * (year + 1)) - 4.0 * (year >= first[:, None])
    >>> found = adoption_permutation(rate, first)
    >>> found.lower < -4 < found.upper, found.p_value < 0.01
    (True, True)
    """
    table, first, level = (
        numbers("outcome", outcome),
        figures("first_treated", first_treated),
        open_share("confidence", confidence),
    )
    checked(table, first, shuffles)
    dates = shuffled_dates(first, shuffles, seed)
    moved, carried = changes_of(table, dates), changes_of(planted(table, first, pattern), dates)
    estimate, is_alike = float(moved[0] / carried[0]), np.ndim(pattern) == 0
    rank = rank_of(moved, carried, 0.0)
    low, high = end_of(moved, carried, 1 - level, -1.0), end_of(moved, carried, 1 - level, 1.0)
    open_ends = [name for name, end in (("lower", low), ("upper", high)) if not np.isfinite(end)]
    return AdoptionPermutation(
        estimate=estimate, lower=low, upper=high, confidence=level,
        method=METHOD.format(shuffles) + ("" if is_alike else PATTERNED), p_value=rank, shuffles=moved[1:],
        units=first.size, treated=int(np.count_nonzero(first < table.shape[1])),
        note=f"shuffles rule nothing out on the {' and '.join(open_ends)} side" if open_ends else "",
    )  # fmt: skip
