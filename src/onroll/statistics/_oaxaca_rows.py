"""Rows of pupils or cells made ready for Oaxaca-Blinder."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._group_models import Sample, sample
from onroll.statistics._inputs import FloatArray, above_zero, choice, counts, numbers, refuse

LINKS = ("identity", "logit")


def rows_of_cells(
    events: ArrayLike, total: ArrayLike, features: ArrayLike, group: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Turn cells (so many of so many pupils) into outcome, features, group and weights for ``two_fold``.

    Each cell becomes a row of pupils with the event and one of those without; rows of no pupil are left out.
    Robust errors from these are those of the pupils one by one; from rates of cells they would not be.

    Parameters
    ----------
    events, total : array_like, shape (cells,)
        Pupils with the event, and all: whole numbers.
    features : array_like, shape (cells, features) or (cells,)
        As in ``two_fold``.
    group : array_like, shape (cells,)
        As in ``two_fold``.

    Returns
    -------
    outcome, features, group, weights : ndarray

    Raises
    ------
    ValueError
        If a count is negative or fractional, or events pass the total.

    Examples
    --------
    >>> outcome, features, group, weights = rows_of_cells([3, 0], [10, 5], [0.0, 1.0], [1, 0])
    >>> outcome.tolist(), weights.tolist()
    ([1.0, 0.0, 0.0], [3.0, 7.0, 5.0])
    """
    x, n = counts("events", events), counts("total", total)
    refuse("events", x, x > n, "events cannot pass the total: count each pupil once")
    columns, here = numbers("features", features), numbers("group", group)
    if x.ndim != 1 or not x.shape == n.shape == here.shape == columns.shape[:1] or columns.ndim > 2:
        raise ValueError(
            f"events have shape {x.shape}, total {n.shape}, features {columns.shape}, group {here.shape}; "
            "give one of each for a cell"
        )
    outcome = np.concatenate([np.ones(x.shape), np.zeros(x.shape)])
    weights = np.concatenate([x, n - x])
    kept = weights > 0
    twice = np.concatenate([columns, columns])[kept], np.concatenate([here, here])[kept]
    return outcome[kept], *twice, weights[kept]


def checked(
    outcome: ArrayLike,
    features: ArrayLike,
    group: ArrayLike,
    weights: ArrayLike | None,
    cluster: ArrayLike | None,
    link: str,
) -> Sample:
    """Check and arrange the rows."""
    y = numbers("outcome", outcome)
    w = np.ones(y.shape) if weights is None else above_zero("weights", counts("weights", weights))
    if choice("link", link, LINKS) == "logit":
        refuse("outcome", y, (y != 0) & (y != 1), "a logit takes 0 or 1: see rows_of_cells for counts")
    here = numbers("group", group)
    refuse("group", here, (here != 0) & (here != 1), "give 1 for the group and 0 for the reference group")
    return sample(y, numbers("features", features), here, w, cluster)
