"""Placebos: the same synthetic control for every unit, to see how far units stray when nothing is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._donor_fit import PERFECT, fit_note
from onroll.statistics._inputs import BoolArray, FloatArray, open_share
from onroll.statistics._panel import Panel, panel, permutation_range, share_as_far
from onroll.statistics._panel_notes import one_before, together_said
from onroll.statistics.simplex import simplex_weights


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """The treated unit among units that were not treated.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean gap of the treated after treatment, with its permutation range.
    confidence : float
        Central share of the placebos that the range takes in.
    method : str
        How it was done.
    treated : int
        Column of the treated unit.
    gaps : ndarray, shape (periods, units)
        Each unit less its own synthetic control.
    mean_gap, pre_rmspe, post_rmspe, ratio : ndarray, shape (units,)
        Mean gap after; root mean square gap before and after; after over before, ``inf`` for a perfect fit.
    p_ratio, p_gap : float
        Share of all units, the treated included, whose ratio (mean gap in size) is at least the treated's.
    share_others_ratio, share_others_gap : float
        The same share of the other units only: "six in ten others moved as far".
    p_ratio_2x, p_ratio_5x : float
        ``p_ratio`` without units whose gap before passes 2 (5) times the treated's.
    note : str
        What the comparison cannot bear: the treated outside its donors' range, a poor fit before, one that is too good,
        one period before; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    treated: int
    gaps: FloatArray
    mean_gap: FloatArray
    pre_rmspe: FloatArray
    post_rmspe: FloatArray
    ratio: FloatArray
    p_ratio: float
    p_gap: float
    share_others_ratio: float
    share_others_gap: float
    p_ratio_2x: float
    p_ratio_5x: float
    note: str


def placebos(
    outcomes: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    confidence: float = 0.95,
    treated_as_donor: bool = False,
) -> Placebos:
    """Give every unit its synthetic control in turn, and rank the treated among them.

    The treated's donors are all others. A placebo's donors are all others but the treated, whose outcomes
    the treatment may have moved.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order of time, in one unit of measure, no gaps.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first.
    confidence : float, default 0.95
        Central share of placebo mean gaps taken for the range, strictly between 0 and 1.
    treated_as_donor : bool, default False
        Let the treated be a donor of the placebos; under no effect all units are then alike.

    Returns
    -------
    Placebos
        A unit fitted perfectly before has ratio ``inf`` (1 where it is perfect after too): with so few
        periods before, the ratio says nothing.

    Raises
    ------
    ValueError
        If there are fewer than four units, no period before or after, or a number is missing.

    Notes
    -----
    The ranks are probabilities only if the treated could as well have been any of the others. It seldom
    could: it was chosen, often when it was worst. With few periods before, chance fits pass for good ones
    and the ratio rejects too often. With n placebos no rank is below 1 / (n + 1), and a range of 0.95 asks
    for 39 or more.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505. tests/reference/data/P17: Proposition 99.

    Examples
    --------
    >>> import numpy as np
    >>> steps = np.arange(6.0)[:, None]
    >>> flat = np.sin(steps * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    >>> flat[4:, 0] -= 9.0
    >>> among = placebos(flat, 0, steps[:, 0] < 4)
    >>> among.p_gap, among.share_others_gap
    (0.1428..., 0.0)
    """
    data, level = panel(outcomes, treated, pre, units=4), open_share("confidence", confidence)
    gaps = np.column_stack([_gap(data, unit, treated_as_donor) for unit in range(data.outcomes.shape[1])])
    before, after = root_mean_square(gaps[data.pre]), root_mean_square(gaps[~data.pre])
    mean_gap, ratio = gaps[~data.pre].mean(axis=0), _ratio(before, after, float(data.outcomes.std()))
    others, own = data.others, data.treated
    lower, upper = permutation_range(mean_gap[own], mean_gap[others], level)

    def share(measure: FloatArray, treated_too: bool, times: float = np.inf) -> float:
        """Share of units as far as the treated, of those whose gap before passes no more than ``times`` its own."""
        kept = others[before[others] <= times * before[own]] if np.isfinite(times) else others
        return share_as_far(float(measure[own]), measure[kept], treated_too=treated_too)

    return Placebos(
        estimate=float(mean_gap[own]),
        lower=lower,
        upper=upper,
        confidence=level,
        method=f"synthetic control on outcomes, permutation range of {others.size} placebos",
        treated=own,
        gaps=gaps,
        mean_gap=mean_gap,
        pre_rmspe=before,
        post_rmspe=after,
        ratio=ratio,
        p_ratio=share(ratio, True),
        p_gap=share(np.abs(mean_gap), True),
        share_others_ratio=share(ratio, False),
        share_others_gap=share(np.abs(mean_gap), False),
        p_ratio_2x=share(ratio, True, 2.0),
        p_ratio_5x=share(ratio, True, 5.0),
        note=_note(data, float(before[own])),
    )


def _note(data: Panel, gap: float) -> str:
    """What the fit of the treated cannot bear."""
    before = data.outcomes[data.pre]
    pool = before[:, donor_places(data, data.treated)]
    return together_said(
        fit_note(before[:, data.treated], pool, gap, float(data.outcomes.std())), one_before(data.pre)
    )


def donor_places(data: Panel, unit: int, treated_as_donor: bool = False) -> BoolArray:
    """Say which columns may be donors of a unit."""
    may = np.ones(data.outcomes.shape[1], dtype=np.bool_)
    may[unit] = False
    may[data.treated] = may[data.treated] and treated_as_donor
    return may


def treated_weights(data: Panel, pool: BoolArray) -> FloatArray:
    """Fit the treated on the donors of a pool; one weight a unit, 0 outside the pool."""
    share = np.zeros(pool.size)
    before = data.outcomes[data.pre]
    share[pool] = simplex_weights(before[:, data.treated], before[:, pool])
    return share


def root_mean_square(gaps: FloatArray) -> FloatArray:
    """Root mean square over periods (RMSPE), unit by unit."""
    return np.asarray(np.sqrt((gaps * gaps).mean(axis=0)))


def _gap(data: Panel, unit: int, treated_as_donor: bool) -> FloatArray:
    """One unit less its synthetic control, all periods."""
    pool = data.outcomes[:, donor_places(data, unit, treated_as_donor)]
    own = data.outcomes[:, unit]
    return np.asarray(own - pool @ simplex_weights(own[data.pre], pool[data.pre]))


def _ratio(before: FloatArray, after: FloatArray, spread: float) -> FloatArray:
    """Gap after over gap before; ``inf`` for a perfect fit before, 1 where it is perfect after too."""
    small = PERFECT * spread
    perfect = before <= small
    return np.where(perfect, np.where(after <= small, 1.0, np.inf), after / np.where(perfect, 1.0, before))
