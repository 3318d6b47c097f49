"""Comparative interrupted series: how far units lie from where their own trend before would have led, beside others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, numbers, so_many
from onroll.statistics._panel import panel


def beyond_trend(
    outcomes: ArrayLike, treated: int, pre: ArrayLike, *, at: ArrayLike | None = None
) -> FloatArray:
    """Give, for each unit, the mean after less where its own line before leads, beside the mean of the others' same.

    Least squares through the periods before, gone on. The treated is not among the others of any.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order of time; logs of rates for a change in ratio.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first; three or more.
    at : array_like, shape (periods,), optional
        When each period was, rising; 0, 1, 2 ... when left out.

    Returns
    -------
    ndarray, shape (units,)
        At the treated's place the estimate; at the others' what the same design finds in each, to rank it among.

    Raises
    ------
    ValueError
        If there are fewer than four units or three periods before, ``at`` does not rise, or a number is missing.

    Notes
    -----
    The estimate is an effect only if each unit would have kept to its own line as far, or as little, as the others
    did. Few periods before make a line that leads far astray; the ranks show how far.

    References
    ----------
    Lopez Bernal, Cummins and Gasparrini (2018), International Journal of Epidemiology 47, 2082-2093. tests: least
    squares with a step and common periods (statsmodels).

    Examples
    --------
    >>> table = [[1.0, 1.0, 2.0, 3.0], [2.0, 1.0, 2.0, 3.0], [3.0, 1.0, 2.0, 3.0], [2.0, 1.0, 2.0, 3.0]]
    >>> beyond_trend(table, 0, [True, True, True, False]).round(1).tolist()
    [-2.0, 0.0, 0.0, 0.0]
    """
    data = panel(outcomes, treated, pre, units=4)
    when = np.arange(float(data.pre.size)) if at is None else numbers("at", at)
    if when.shape != data.pre.shape or np.any(np.diff(when) <= 0):
        raise ValueError(
            f"at has shape {when.shape}; give one time a period, {data.pre.shape}, each later than the last"
        )
    if data.pre.sum() < 3:
        raise ValueError(
            f"pre has {so_many(int(data.pre.sum()), 'period')} before; three or more are needed for a line to go on"
        )
    before = when[data.pre] - when[data.pre].mean()
    ahead = when[~data.pre].mean() - when[data.pre].mean()
    own = data.outcomes
    line = own[data.pre].mean(axis=0) + ahead * (before @ own[data.pre]) / (before @ before)
    step = own[~data.pre].mean(axis=0) - line
    total, count = step[data.others].sum(), data.others.size
    rest = np.full(step.size, total / count)
    rest[data.others] = (total - step[data.others]) / (count - 1)
    return np.asarray(step - rest)
