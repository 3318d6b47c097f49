"""Leave one out: how much a synthetic control hangs on single donors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray
from onroll.statistics._panel import panel
from onroll.statistics.placebos import donor_places, treated_weights


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """How much the mean gap hangs on single donors.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean gap with all donors; the lowest and highest when one is left out.
    confidence : None
        A range, not a coverage.
    method : str
        How it was done.
    left_out : ndarray of int, shape (donors,)
        Columns left out in turn: those with weight above 0.
    gaps : ndarray, shape (periods, donors)
        The treated less its synthetic control without that donor.
    mean_gap : ndarray, shape (donors,)
        Mean gap after, without that donor.
    """

    estimate: float
    lower: float
    upper: float
    confidence: None
    method: str
    left_out: NDArray[np.int64]
    gaps: FloatArray
    mean_gap: FloatArray


def leave_one_out(outcomes: ArrayLike, treated: int, pre: ArrayLike) -> LeaveOneOut:
    """Leave each donor that carries weight out in turn, and fit again.

    A gap that hangs on one donor is a finding about that donor.

    Parameters
    ----------
    outcomes, treated, pre
        As for ``synthetic_control``.

    Returns
    -------
    LeaveOneOut
        One column a donor left out.

    Raises
    ------
    ValueError
        As ``synthetic_control``.

    Notes
    -----
    The range says how far the choice of donors matters, nothing of chance.

    References
    ----------
    Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59, 495-510.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0, 0, 4, 9], [2, 1, 5, 2], [3, 2, 6, 7], [0, 3, 7, 8]])
    >>> leave_one_out(table, 0, [True, True, True, False]).left_out
    array([1, 2])
    """
    data = panel(outcomes, treated, pre, units=4)
    pool = donor_places(data, data.treated)
    share = treated_weights(data, pool)
    left_out = np.flatnonzero(share > 0)
    own = data.outcomes[:, data.treated]
    gaps = np.column_stack(
        [
            own - data.outcomes @ treated_weights(data, pool & (np.arange(pool.size) != donor))
            for donor in left_out
        ]
    )
    mean_gap = gaps[~data.pre].mean(axis=0)
    return LeaveOneOut(
        estimate=float((own - data.outcomes @ share)[~data.pre].mean()),
        lower=float(mean_gap.min()),
        upper=float(mean_gap.max()),
        confidence=None,
        method=f"range over {left_out.size} donors left out in turn",
        left_out=left_out,
        gaps=gaps,
        mean_gap=mean_gap,
    )
