"""Two groups, two periods: the change in one less the change in the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray, choice, numbers
from onroll.statistics._masks import mask
from onroll.statistics._panel_rows import ONE_TREATED, coded_as, remark
from onroll.statistics.adjusted import linear
from onroll.statistics.design_matrix import plain_design
from onroll.statistics.sandwich import CLUSTERED

ROW_ERRORS = ("model", "HC1")


@dataclass(frozen=True, slots=True, eq=False)
class TwoGroups:
    """The change in one group less that in another.

    Attributes
    ----------
    estimate, lower, upper : float
        Difference of the changes.
    confidence : float
    method : str
    error, freedom : float
        Standard error, and degrees of freedom of the t behind the limits.
    means, mean_errors, rows : ndarray, shape (2, 2)
        Mean, its error (standard deviation over root of rows) and rows; reference group and group by before and
        after.
    clusters : int
        0 where none were named.
    note : str
        What the limits cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    freedom: float
    means: FloatArray
    mean_errors: FloatArray
    rows: NDArray[np.int64]
    clusters: int
    note: str


def two_groups(
    outcome: ArrayLike,
    group: ArrayLike,
    after: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    errors: str | None = None,
    confidence: float = 0.95,
) -> TwoGroups:
    """Compare the change of a group's mean with that of another.

    Least squares of two groups, two periods and both, whose last coefficient is the difference of changes.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers; leave rows without one out.
    group, after : array_like, shape (rows,)
        1 or True in the group, and after; 0 or False in the reference group, and before.
    cluster : array_like, shape (rows,), optional
        What rows are alike within: a school seen twice.
    errors : {"model", "HC1", "CR0", "CR1", "CR1S", "CR2"}, optional
        See ``sandwich``. "CR2" where clusters are named, "HC1" where none are, when left out.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    TwoGroups
        Limits are of t. With one cluster in a group they are without end, and ``note`` says why.

    Raises
    ------
    ValueError
        If one of the four has fewer than two rows, or shapes or numbers are wrong.

    Notes
    -----
    An effect only if both groups would have changed alike. Two groups are two draws: errors of rows or schools say
    nothing of what happens to whole groups.

    References
    ----------
    Card and Krueger (1994), American Economic Review 84, 772-793. data/validation/P15_did_card_krueger.

    Examples
    --------
    >>> found = two_groups([5, 7, 4, 4, 6, 8, 2, 4], [0, 0, 1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> round(found.estimate, 6), found.means.tolist()
    (-2.0, [[6.0, 7.0], [4.0, 3.0]])
    """
    y = numbers("outcome", outcome)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"outcome has shape {y.shape}; give one number a row, (rows,)")
    g, t = (
        mask(name, value, y.size, "row").astype(np.float64)
        for name, value in (("group", group), ("after", after))
    )
    cell = (2 * g + t).astype(np.intp)
    many = np.bincount(cell, minlength=4)
    if many.min() < 2:
        where = ("reference group before", "reference group after", "group before", "group after")
        raise ValueError(f"{where[int(many.argmin())]} has {many.min()} rows; two or more are needed")
    ids = None if cluster is None else coded_as("cluster", cluster, y.size)
    kind = choice("errors", errors or ("HC1" if ids is None else "CR2"), (*ROW_ERRORS, *CLUSTERED))
    if ids is None and kind in CLUSTERED:
        raise ValueError(f"errors are {kind!r} without cluster; name the cluster of each row, or ask for HC1")
    design = plain_design(np.column_stack([g, t, g * t]), ["group", "after", "difference"])
    fit = linear(y, design, school=ids, errors=kind, confidence=confidence)
    note = str(fit.note[-1])
    if ids is not None and kind in CLUSTERED:
        fewest = min(np.unique(ids[g == one]).size for one in (0, 1))
        note = remark(int(ids.max()) + 1, fewest, float(fit.freedom[-1]), note)
    alone = note == ONE_TREATED
    means = np.bincount(cell, y) / many
    spread = np.bincount(cell, (y - means[cell]) ** 2) / (many - 1) / many
    return TwoGroups(
        estimate=float(fit.estimate[-1]),
        lower=-np.inf if alone else float(fit.lower[-1]),
        upper=np.inf if alone else float(fit.upper[-1]),
        confidence=fit.confidence,
        method=f"difference in differences of two groups, {kind}",
        error=float(fit.error[-1]),
        freedom=float(fit.freedom[-1]),
        means=means.reshape(2, 2),
        mean_errors=np.sqrt(spread).reshape(2, 2),
        rows=np.asarray(many.reshape(2, 2), dtype=np.int64),
        clusters=fit.schools,
        note=note,
    )
