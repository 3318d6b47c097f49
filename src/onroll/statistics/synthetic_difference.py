"""Synthetic difference in differences: the change beside weighted others that moved alike, at weighted times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._difference_weights import Weighted, doubly_weighted, weighted
from onroll.statistics._inputs import FloatArray, choice, normal_quantile, open_share
from onroll.statistics._panel import Panel, panel, permutation_range, share_as_far

SOLVERS = ("exact", "frank-wolfe")


@dataclass(frozen=True, slots=True, eq=False)
class Companion:
    """Another estimate of the same change on the same panel.

    Attributes
    ----------
    estimate, lower, upper : float
        With the limits of its placebo error.
    confidence : float
    method : str
    error : float
        Standard deviation of its placebos.
    range_lower, range_upper : float
        Permutation range.
    p_value, share_others : float
        Share of all units, the treated included, and of the others only, that moved as far.
    placebos : ndarray, shape (units,)
        Each unit's own estimate; at the treated's place, the estimate itself.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    range_lower: float
    range_upper: float
    p_value: float
    share_others: float
    placebos: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDifference:
    """The treated unit's change beside that of weighted others, weighted times before.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean gap after less the weighted gap before, with limits by the placebo error.
    confidence : float
    method : str
    error : float
        Standard deviation of the placebos.
    range_lower, range_upper : float
        Permutation range: the estimate less the upper and lower quantile of the placebos.
    p_value, share_others : float
        Share of all units, the treated included, and of the others only, whose estimate is at least as large in size.
    placebos : ndarray, shape (units,)
        Each unit's own estimate; at the treated's place, the estimate itself.
    unit_weights : ndarray, shape (units,)
        0 for the treated itself.
    time_weights : ndarray, shape (periods,)
        0 after.
    synthetic : ndarray, shape (periods,)
        Weighted others, moved by the weighted gap before so that they can be drawn beside the treated.
    pre_rmspe : float
        Root mean square gap before, its level taken out.
    ridge : float
        What a squared weight costs.
    synthetic_control, difference : Companion
        Synthetic control on outcomes, and difference in differences, on the same panel.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    range_lower: float
    range_upper: float
    p_value: float
    share_others: float
    placebos: FloatArray
    unit_weights: FloatArray
    time_weights: FloatArray
    synthetic: FloatArray
    pre_rmspe: float
    ridge: float
    synthetic_control: Companion
    difference: Companion


def synthetic_difference(
    outcomes: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    solver: str = "exact",
    confidence: float = 0.95,
) -> SyntheticDifference:
    """Compare a unit's change with that of others weighted to move as it did, from times weighted to be like later.

    Weights of units fit the path before but for its level, weights of periods fit the level after; each other
    unit is taken for the treated in turn, which gives error, range and share.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order, no gaps; give logs for a change in ratio.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first: two or more.
    solver : {"exact", "frank-wolfe"}, default "exact"
        "exact": weights at the minimum. "frank-wolfe": weights where the authors' program stops walking towards it,
        for their printed figures. Placebos are exact.
    confidence : float, default 0.95
        Of limits and range, strictly between 0 and 1.

    Returns
    -------
    SyntheticDifference

    Raises
    ------
    ValueError
        If there are fewer than four units, fewer than two periods before or none after, a number is missing (leave
        a unit with gaps out), or no other unit ever changed.

    Notes
    -----
    An effect only if the treated would have moved as the weighted others did. The placebo error takes all units to
    vary alike and the treated to be any of them: small authorities vary more than large ones. What it was treated
    for, a high level that falls back, is in the gap too. With n others no share of all is below 1 / (n + 1).

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111, 4088-4118.
    data/validation/P18_sdid_prop99: Proposition 99.

    Examples
    --------
    >>> import numpy as np
    >>> steps = np.arange(8.0)[:, None]
    >>> table = np.sin(steps * [1.0, 1.1, 2.0, 3.0, 4.0, 5.0]) + steps
    >>> table[6:, 0] -= 4.0
    >>> found = synthetic_difference(table, 0, steps[:, 0] < 6)
    >>> found.estimate < -3, found.p_value
    (True, 0.1666...)
    """
    data, level = _checked(outcomes, treated, pre), open_share("confidence", confidence)
    used = choice("solver", solver, SOLVERS)
    own, others = data.treated, data.others
    table = data.outcomes
    fit = weighted(table[:, own], table[:, others], data.pre, used)
    fits = [weighted(table[:, one], table[:, others[others != one]], data.pre, "exact") for one in others]

    def ranked(name: str, method: str) -> Companion:
        """One estimate among its placebos."""
        return _ranked(data, fit, fits, name, f"{method}, {others.size} placebos", level)

    found = ranked("synthetic_difference", "synthetic difference in differences")
    units, periods = np.zeros(table.shape[1]), np.zeros(table.shape[0])
    units[others], periods[data.pre] = fit.units, fit.periods
    synthetic = table @ units
    gap = table[:, own] - synthetic
    return SyntheticDifference(
        estimate=found.estimate,
        lower=found.lower,
        upper=found.upper,
        confidence=level,
        method=found.method,
        error=found.error,
        range_lower=found.range_lower,
        range_upper=found.range_upper,
        p_value=found.p_value,
        share_others=found.share_others,
        placebos=found.placebos,
        unit_weights=units,
        time_weights=periods,
        synthetic=synthetic + float(periods @ gap),
        pre_rmspe=float(gap[data.pre].std()),
        ridge=fit.ridge,
        synthetic_control=ranked("synthetic_control", "synthetic control on outcomes"),
        difference=ranked("difference", "difference in differences"),
    )


def synthetic_change(outcomes: ArrayLike, treated: int, pre: ArrayLike) -> float:
    """Give the estimate of ``synthetic_difference`` alone, without placebos: for many choices computed side by side.

    Takes what ``synthetic_difference`` takes, and raises what it raises.
    """
    data = _checked(outcomes, treated, pre)
    table = data.outcomes
    return doubly_weighted(table[:, data.treated], table[:, data.others], data.pre, "exact")[2]


def _checked(outcomes: ArrayLike, treated: int, pre: ArrayLike) -> Panel:
    """A panel with order and movement in it."""
    data = panel(outcomes, treated, pre, units=4)
    if data.pre.sum() < 2:
        raise ValueError("pre has one period; two or more are needed to see how others move")
    if not np.ptp(data.outcomes[:, data.others], axis=0).any():
        raise ValueError("no other unit changes at all; nothing says how far chance alone moves one")
    return data


def _ranked(
    data: Panel, fit: Weighted, fits: list[Weighted], name: str, method: str, level: float
) -> Companion:
    """An estimate with the error, range and share that placebos give it."""
    estimate = float(getattr(fit, name))
    placebos = np.array([getattr(one, name) for one in fits])
    error = float(placebos.std())
    half = normal_quantile(level) * error
    low, high = permutation_range(estimate, placebos, level)
    every = np.full(data.outcomes.shape[1], estimate)
    every[data.others] = placebos
    return Companion(
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        confidence=level,
        method=method,
        error=error,
        range_lower=low,
        range_upper=high,
        p_value=share_as_far(abs(estimate), np.abs(placebos), treated_too=True),
        share_others=share_as_far(abs(estimate), np.abs(placebos), treated_too=False),
        placebos=every,
    )
