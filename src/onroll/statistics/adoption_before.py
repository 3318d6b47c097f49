"""Staggered adoption: how units stood before they began, ranked among what shuffling the dates gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, choice, figures, numbers, open_share
from onroll.statistics._shuffled_dates import checked, end_of, rank_of, shuffled_dates

STANDINGS = ("height", "level")
METHODS = {
    "height": "last period before, beside the mean of all earlier ones; {} shuffles of who began when",
    "level": "mean of all periods before; {} shuffles of who began when",
}


@dataclass(frozen=True, slots=True)
class AdoptionBefore:
    """How far units that began stood from those that had not begun, just before.

    Attributes
    ----------
    estimate, lower, upper : float
        Average over units that began, beside those that had not by then; what shuffling would not rule out.
    confidence : float
    method : str
    p_value : float
        Share of shuffles, the real dates included, that lie as far.
    units, treated : int
        Units, and those of them that began late enough to have stood anywhere.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    units: int
    treated: int


def adoption_before(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    *,
    standing: str = "height",
    shuffles: int = 1999,
    seed: int = 2021,
    confidence: float = 0.95,
) -> AdoptionBefore:
    """Say whether units began when they stood high, and whether they are those that always stand high.

    What stands high falls back by itself, and units of another level move otherwise: either makes a change out of
    nothing in ``adoption_permutation``, which takes dates to be as good as dealt out.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Finite numbers, periods in order.
    first_treated : array_like, shape (units,)
        Place of the first period under treatment; ``inf`` for never.
    standing : {"height", "level"}, default "height"
        The last period before beside the mean of all earlier ones, or the mean of all periods before.
    shuffles, seed, confidence
        As for ``adoption_permutation``.

    Returns
    -------
    AdoptionBefore

    Raises
    ------
    ValueError
        As ``adoption_permutation``; and if no unit began late enough to have stood anywhere.

    Notes
    -----
    A rank that is not small is no proof: with few units only a strong choice of date is seen.

    References
    ----------
    Fisher (1935), The Design of Experiments, for the shuffling. Checked by all dates of few units, and by simulation of
    units that begin when they stand high (docs/known_truth_schools.py).

    Examples
    --------
    >>> rate = np.sin(7.0 * np.arange(12)[:, None] * np.arange(1, 7)[None, :])
    >>> rate[::2, 2] += 5.0
    >>> found = adoption_before(rate, np.where(np.arange(12) % 2 == 0, 3.0, np.inf))
    >>> found.p_value < 0.05, found.lower < 5 < found.upper
    (True, True)
    """
    table, first = numbers("outcome", outcome), figures("first_treated", first_treated)
    level, what = open_share("confidence", confidence), choice("standing", standing, STANDINGS)
    checked(table, first, shuffles)
    least = 2 if what == "height" else 1
    begun = [one for one in np.unique(first[first < table.shape[1]]) if one >= least]
    begun = [one for one in begun if (first > one).any()]
    if not begun:
        raise ValueError(
            f"no unit begins in period {least} or later beside one that has not; nobody stood anywhere"
        )
    dates = shuffled_dates(first, shuffles, seed)
    stood = {one: _standing(table, int(one), what) for one in begun}
    moved = _apart(stood, dates)
    raised = _apart({one: np.asarray(first == one, dtype=np.float64) for one in begun}, dates)
    return AdoptionBefore(
        estimate=float(moved[0] / raised[0]),
        lower=end_of(moved, raised, 1 - level, -1.0),
        upper=end_of(moved, raised, 1 - level, 1.0),
        confidence=level,
        method=METHODS[what].format(shuffles),
        p_value=rank_of(moved, raised, 0.0),
        units=first.size,
        treated=int(np.isin(first, begun).sum()),
    )


def _standing(table: FloatArray, start: int, what: str) -> FloatArray:
    """Where every unit stood before a period."""
    before = table[:, :start]
    if what == "level":
        return np.asarray(before.mean(axis=1))
    return np.asarray(before[:, -1] - before[:, :-1].mean(axis=1))


def _apart(stood: dict[float, FloatArray], dates: FloatArray) -> FloatArray:
    """For each row of dates: units that begin less those that have not, averaged over units that begin."""
    total, many = np.zeros(dates.shape[0]), 0.0
    for begun, values in stood.items():
        cohort, waiting = dates == begun, dates > begun
        size = float(cohort[0].sum())
        total += cohort @ values - size * (waiting @ values) / waiting.sum(axis=1)
        many += size
    return np.asarray(total / many)
