"""Difference in differences: the treated unit's change less that of the others, judged by permutation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from onroll.statistics._inputs import FloatArray, choice, open_share
from onroll.statistics._panel import TIE, panel, permutation_range, share_as_far, sizes_of
from onroll.statistics._panel_notes import NO_END, NO_WIDTH, one_before, together_said
from onroll.statistics.ranked_change import furthest_usual

EACH_SIDE, BY_SIZE = "each_side", "by_size"
PLAIN = "difference in differences, permutation over {} others"
SIZED = PLAIN + ", standardised for size"
BY_RANK = ", limits by size as the rank"


@dataclass(frozen=True, slots=True, eq=False)
class DifferenceInDifferences:
    """The treated unit's change beside that of the others.

    Attributes
    ----------
    estimate, lower, upper : float
        Change of the treated less the mean change of the others, with its permutation limits.
    confidence : float
        Share of the placebos that the limits take in.
    method : str
        How it was done.
    p_value : float
        Share of all units, the treated included, whose statistic is at least the treated's in size.
    share_others : float
        The same share of the other units only: "six in ten others moved as far".
    change : ndarray, shape (units,)
        Mean after less mean before.
    placebos : ndarray, shape (units,)
        Each unit's own estimate; at the treated's place, the estimate itself.
    spread : ndarray, shape (units,)
        Standard deviation expected at each unit's size; 1 where no sizes were given.
    note : str
        What the comparison cannot bear: one period before, others that never moved apart or are too few; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    share_others: float
    change: FloatArray
    placebos: FloatArray
    spread: FloatArray
    note: str


def difference_in_differences(
    outcomes: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    sizes: ArrayLike | None = None,
    limits: str = EACH_SIDE,
    confidence: float = 0.95,
) -> DifferenceInDifferences:
    """Compare a unit's change with the mean change of the others.

    Each other unit is taken for the treated in turn, against the rest without the treated; where the
    treated stands among them gives the probability, and how far they lie from 0 the limits of the estimate.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order of time; give logs for a change in ratio.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first.
    weights : array_like, shape (units,), optional
        Weight of each unit in the mean of the others (pupils on roll), above 0; equal by default.
    sizes : array_like, shape (units,), optional
        What a unit's variance falls with (pupils on roll, events), above 0. The placebos are then
        standardised by a spread fitted as ``variance = a + b / size``, neither below 0.
    limits : {"each_side", "by_size"}, default "each_side"
        "each_side": the estimate less the upper and lower quantile of the placebos; where they lie to one side, 0 may
        be outside though the rank, which is by size, is not small. "by_size": as far on either side as the size that
        one placebo more would have to pass to stand out; 0 is outside exactly where ``p_value`` is at most
        ``1 - confidence``.
    confidence : float, default 0.95
        Share of the placebos that the limits take in, strictly between 0 and 1.

    Returns
    -------
    DifferenceInDifferences
        ``lower`` and ``upper`` are rescaled to the treated's spread where ``sizes`` are given. "by_size" they are
        without end where there are too few units for the level (19 others for 0.95), and ``note`` says so.

    Raises
    ------
    ValueError
        If there are fewer than four units, no period before or after, a number is missing, or sizes are
        given while no other unit changed at all.

    Notes
    -----
    The estimate is an effect only if the treated would have changed as the others did. The permutation
    holds if the treated could as well have been any other unit, and, without sizes, if all vary alike: a
    small authority among large ones then seems to move too often, a large one too seldom.

    References
    ----------
    Conley and Taber (2011), Review of Economics and Statistics 93, 113-125; Ferman and Pinto (2019),
    Review of Economics and Statistics 101, 452-467. tests/reference/data/P18: Proposition 99.

    Examples
    --------
    >>> table = [[1.0, 2.0, 3.0, 4.0, 5.0], [4.0, 3.0, 3.5, 5.0, 5.5]]
    >>> found = difference_in_differences(table, 0, [True, False])
    >>> found.estimate, found.p_value, found.share_others
    (2.25, 0.2, 0.0)
    """
    data, level = panel(outcomes, treated, pre, units=4), open_share("confidence", confidence)
    rule = choice("limits", limits, (EACH_SIDE, BY_SIZE))
    units = data.outcomes.shape[1]
    weight = np.ones(units) if weights is None else sizes_of("weights", weights, units)
    size = None if sizes is None else sizes_of("sizes", sizes, units)
    change = data.outcomes[~data.pre].mean(axis=0) - data.outcomes[data.pre].mean(axis=0)
    own, others = data.treated, data.others
    placebos = change - _mean_of_the_rest(change, weight, own)
    spread = np.ones(units) if size is None else _spread(placebos, size, others)
    scores = placebos / spread
    limit = _by_size if rule == BY_SIZE else permutation_range
    low, high = limit(float(scores[own]), scores[others], level)
    return DifferenceInDifferences(
        estimate=float(placebos[own]),
        lower=low * float(spread[own]),
        upper=high * float(spread[own]),
        confidence=level,
        method=(PLAIN if size is None else SIZED).format(others.size) + (BY_RANK if rule == BY_SIZE else ""),
        p_value=share_as_far(abs(float(scores[own])), np.abs(scores[others]), treated_too=True),
        share_others=share_as_far(abs(float(scores[own])), np.abs(scores[others]), treated_too=False),
        change=np.asarray(change),
        placebos=placebos,
        spread=spread,
        note=together_said(
            one_before(data.pre),
            NO_WIDTH if not np.any(scores[others]) else "",
            "" if np.isfinite(high) else NO_END,
        ),
    )


def _by_size(score: float, others: FloatArray, confidence: float) -> tuple[float, float]:
    """As far on either side as a size has to go to stand out; a size equal to that of another does not."""
    reach = furthest_usual(np.sort(np.abs(others)), confidence) * (1.0 + TIE)
    return score - reach, score + reach


def _mean_of_the_rest(change: FloatArray, weight: FloatArray, treated: int) -> FloatArray:
    """Weighted mean change of all units but the treated and the unit itself."""
    pool = weight.copy()
    pool[treated] = 0.0
    return np.asarray(((pool @ change) - pool * change) / (pool.sum() - pool))


def _spread(placebos: FloatArray, sizes: FloatArray, others: FloatArray) -> FloatArray:
    """Standard deviation at each unit's size, from the others' squared placebos: ``a + b / size``."""
    inverse = sizes.mean() / sizes
    squares = placebos[others] ** 2
    if not squares.any():
        raise ValueError(
            "no other unit changed at all, so there is no spread to standardise by; leave sizes out"
        )
    design = np.column_stack([np.ones(others.size), inverse[others]])
    (floor, slope), _ = optimize.nnls(design, squares / squares.mean())
    return np.asarray(np.sqrt((floor + slope * inverse) * squares.mean()))
