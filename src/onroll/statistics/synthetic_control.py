"""Synthetic control: what units that resembled the treated one would suggest for it."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import BoolArray, FloatArray
from onroll.statistics._panel import panel
from onroll.statistics.leave_one_out import LeaveOneOut, leave_one_out
from onroll.statistics.placebos import Placebos, donor_places, placebos, treated_weights
from onroll.statistics.simplex import weights

__all__ = [
    "LeaveOneOut",
    "Placebos",
    "SyntheticControl",
    "in_time",
    "leave_one_out",
    "placebos",
    "synthetic_control",
    "weights",
]


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticControl:
    """The treated unit beside its synthetic control.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean gap after treatment, with its permutation range.
    confidence : float
        Central share of the placebos that the range takes in.
    method : str
        How it was done.
    weights : ndarray, shape (units,)
        Share of each unit in the synthetic control; 0 for the treated itself.
    synthetic, gaps : ndarray, shape (periods,)
        The synthetic series, and the treated less it.
    pre : ndarray of bool, shape (periods,)
        The periods it was fitted on.
    pre_rmspe, post_rmspe : float
        Root mean square gap before and after.
    note : str
        What the comparison cannot bear, as for ``placebos``; mostly empty. ``donor_hull`` says more.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    weights: FloatArray
    synthetic: FloatArray
    gaps: FloatArray
    pre: BoolArray
    pre_rmspe: float
    post_rmspe: float
    note: str


def synthetic_control(
    outcomes: ArrayLike, treated: int, pre: ArrayLike, *, confidence: float = 0.95
) -> SyntheticControl:
    """Compare a unit with the weighted mean of others that followed it most nearly before treatment.

    Weights are fitted on the outcomes before; the gap after is the estimate, and how far the other units
    stray from controls of their own gives its range.

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

    Returns
    -------
    SyntheticControl
        ``lower`` and ``upper`` are the estimate less the upper and lower quantile of the placebo mean gaps.

    Raises
    ------
    ValueError
        If there are fewer than four units, no period before or after, or a number is missing.

    Notes
    -----
    The range is a permutation range: it holds if the treated could as well have been any other unit. It is
    not centred on the estimate when placebos drift to one side. A gap before that is large against the gap
    after means there was no such control. What happened to the treated alone besides the treatment is in
    the gap too; so is a return to the mean, when it was treated for standing high.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505. tests/reference/data/P17 and P18:
    Proposition 99, outcomes only.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0, 0, 4, 9], [2, 1, 5, 2], [3, 2, 6, 7], [0, 3, 7, 8]])
    >>> control = synthetic_control(table, 0, [True, True, True, False])
    >>> control.weights.round(6), round(control.estimate, 6)
    (array([0.  , 0.75, 0.25, 0.  ]), -4.0)
    """
    among = placebos(outcomes, treated, pre, confidence=confidence)
    data = panel(outcomes, treated, pre, units=4)
    share = treated_weights(data, donor_places(data, data.treated))
    return SyntheticControl(
        estimate=among.estimate,
        lower=among.lower,
        upper=among.upper,
        confidence=among.confidence,
        method=among.method,
        weights=share,
        synthetic=np.asarray(data.outcomes @ share),
        gaps=among.gaps[:, data.treated].copy(),
        pre=data.pre.copy(),
        pre_rmspe=float(among.pre_rmspe[data.treated]),
        post_rmspe=float(among.post_rmspe[data.treated]),
        note=among.note,
    )


def in_time(
    outcomes: ArrayLike, treated: int, pre: ArrayLike, at: int, *, confidence: float = 0.95
) -> SyntheticControl:
    """Pretend the treatment came earlier, where there was none to find.

    Only periods before the true treatment are kept; those before ``at`` are fitted, the rest looked at.

    Parameters
    ----------
    outcomes, treated, pre, confidence
        As for ``synthetic_control``.
    at : int
        Row of the first period that is pretended to come after: a number, not a mask.

    Returns
    -------
    SyntheticControl
        Its series hold the periods before treatment only. An estimate far from 0 says the method finds
        gaps where nothing was done.

    Raises
    ------
    ValueError
        As ``synthetic_control``, and if ``at`` leaves no period before or after it.

    Notes
    -----
    Fitted on fewer periods than the estimate itself, so it strays rather more.

    References
    ----------
    Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59, 495-510.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0, 0, 4, 9], [2, 1, 5, 2], [3, 2, 6, 7], [0, 3, 7, 8]])
    >>> round(in_time(table, 0, [True, True, True, False], 2).estimate, 6)
    0.0
    """
    data = panel(outcomes, treated, pre, units=4)
    last = int(data.pre.sum()) - 1
    if isinstance(at, bool) or not isinstance(at, int | np.integer) or not 0 < at <= last:
        raise ValueError(f"at is {reprlib.repr(at)}; give a row after 0 and up to {last}")
    earlier = np.arange(last + 1) < at
    return synthetic_control(data.outcomes[data.pre], treated, earlier, confidence=confidence)
