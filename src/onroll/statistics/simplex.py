"""Weights of a synthetic control: none below 0, summing to 1, as near the target as may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from onroll.statistics._inputs import FloatArray, numbers

DUST = 1e-9
"""A weight below this is rounding, and is 0: no outcome could tell."""


def weights(target: ArrayLike, donors: ArrayLike) -> FloatArray:
    """Find the weighted mean of donors that lies nearest a target.

    The simplex problem is turned, without approximation, into one of nonnegative least squares, which an
    active-set solver ends exactly.

    Parameters
    ----------
    target : array_like, shape (periods,)
        What is to be matched.
    donors : array_like, shape (periods, donors)
        What it may be made of, in the same unit.

    Returns
    -------
    ndarray, shape (donors,)
        Weights of 0 or more that sum to 1. Where several sets fit equally well (more donors than periods,
        the target among them), it is one of these, with no more weights above 0 than periods plus one.

    Raises
    ------
    ValueError
        If a number is not finite, or the shapes do not fit.

    Notes
    -----
    Let ``A = D - y 1'``, so that ``D w - y = A w`` for any w that sums to 1. Solve ``min |A v|^2 +
    (1'v - 1)^2`` over ``v >= 0``. Write ``v = s w`` with w on the simplex, ``s >= 0``, ``q = |A w|^2``: the
    aim is ``s^2 q + (s - 1)^2``, least at ``s = 1 / (1 + q)``, where it is ``q / (1 + q)``. That rises with
    q, so the w of the best v is the w of least q: ``w = v / 1'v``, and ``1'v = s > 0`` always. Dividing A by
    any number leaves the best w as it is; dividing by the distance of the nearest donor makes ``q <= 1``, so
    that s lies between a half and 1 whatever the unit.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), JASA 105, 493-505; Lawson and Hanson (1974), Solving Least
    Squares Problems, ch. 23. tests/reference/data/P17: Proposition 99, outcomes only; and, in
    tests/properties, the conditions of optimality and scipy's SLSQP.

    Examples
    --------
    >>> weights([1.0, 2.0], [[0.0, 4.0], [1.0, 5.0]])
    array([0.75, 0.25])
    """
    y, pool = numbers("target", target), numbers("donors", donors)
    if y.ndim != 1 or pool.ndim != 2 or pool.shape[0] != y.size or not pool.size:
        raise ValueError(
            f"target {y.shape} and donors {pool.shape} do not fit; give (periods,) and (periods, donors)"
        )
    return simplex_weights(y, pool)


def simplex_weights(target: FloatArray, donors: FloatArray) -> FloatArray:
    """Find the weights, with nothing checked: ``weights`` is the one to call."""
    away = donors - target[:, None]
    distance = np.sqrt((away * away).sum(axis=0))
    scale = distance.min() if distance.min() > 0 else distance.max()
    top = away / (scale if scale > 0 else 1.0)
    solution, _ = optimize.nnls(
        np.vstack([top, np.ones(donors.shape[1])]), np.append(np.zeros(target.size), 1.0)
    )
    share = solution / solution.sum()
    share[share < DUST] = 0.0
    return np.asarray(share / share.sum(), dtype=np.float64)
