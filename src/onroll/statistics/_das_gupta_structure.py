"""Das Gupta's decomposition with a cross-classified population: year group by SEN provision by sex."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._das_gupta import (
    DasGupta,
    _product,
    consistent,
    pairwise,
    parts_and_gap,
    result,
)
from onroll.statistics._das_gupta_inputs import reference_at
from onroll.statistics._inputs import (
    FloatArray,
    above_zero,
    at_least_zero,
    choice,
    counts,
    of_shape,
    one_above_zero,
    open_share,
    refuse,
    several,
)

EMPTY = ("refuse", "borrow")


def structure_factors(exposure: ArrayLike) -> FloatArray:
    """Write each cell's share of a cross-classified population as a product of one factor a dimension.

    Each factor is a symmetric mean of the shares that its dimension has within the others.

    Parameters
    ----------
    exposure : array_like, shape (populations, first, second, ..)
        Pupils by cell, 0 or more; each population has some.

    Returns
    -------
    ndarray, shape (dimensions, populations, first, second, ..)
        Their product over dimensions is the cell's share. In a cell without pupils all are 0.

    Raises
    ------
    ValueError
        If a number is below 0, there is no dimension, or a population has no pupils.

    References
    ----------
    Das Gupta (1993), eq. 5.36.

    Examples
    --------
    >>> factors = structure_factors([[[10, 20], [30, 40]]])
    >>> (factors[0] * factors[1]).round(6).tolist()
    [[[0.1, 0.2], [0.3, 0.4]]]
    """
    n = at_least_zero("exposure", exposure)
    axes = tuple(range(1, n.ndim))
    if not axes:
        raise ValueError(f"exposure has shape {n.shape}; give populations by one dimension or more")
    whole = n.sum(axes)
    refuse("sum of exposure", whole, whole == 0, "a population without pupils has no structure")
    found = np.ones((len(axes), *n.shape))
    for at, own in enumerate(axes):
        others = [axis for axis in axes if axis != own]
        for size in range(len(axes)):
            power = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(axes))
            for kept in combinations(others, size):
                below = n.sum(tuple(a for a in axes if a not in kept), keepdims=True)
                above = n.sum(tuple(a for a in axes if a not in (*kept, own)), keepdims=True)
                found[at] *= (above / np.where(below > 0, below, 1.0)) ** power
    return found


def das_gupta_structure(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    dimensions: Sequence[str] | None = None,
    dispersion: ArrayLike = 1.0,
    empty: str = "refuse",
    reference: int = 0,
    per: float = 1.0,
    confidence: float = 0.95,
) -> DasGupta:
    """Split differences in rates into the part of each dimension of the population, and that of the rates.

    First the rates' part and the structure's as Kitagawa has them, then the structure's over its dimensions.

    Parameters
    ----------
    events, exposure : array_like, shape (populations, first, second, ..)
        Events and pupils by cell of the cross-classification.
    dimensions : sequence of str, optional
        Names of the dimensions; ``"1"``, ``"2"`` .. when left out. ``"rate"`` follows them in the result.
    dispersion : array_like, default 1.0
        Variance of the events as a multiple of Poisson's, above 0.
    empty : {"refuse", "borrow"}, default "refuse"
        What to do with a cell in which one population has no pupils and another has: its rate there is not
        known. "borrow" takes the others' pooled rate, so that the rates part has nothing of that cell.
    reference : int, default 0
        The population that all are set beside.
    per : float, default 1.0
        Rates are given per this much exposure, above 0.
    confidence : float, default 0.95
        Coverage of each interval, strictly between 0 and 1.

    Returns
    -------
    DasGupta
        ``borrowed`` is above 0 where a rate was borrowed.

    Raises
    ------
    ValueError
        If a count is negative or fractional, a cell has events but no pupils, a population has no pupils, a
        cell is empty in one population only (unless borrowed), or names do not fit.

    Notes
    -----
    Intervals are the delta method's with Poisson events, the roll given. One dimension and two populations
    are Kitagawa's decomposition.

    References
    ----------
    Das Gupta (1993), Standardization and Decomposition of Rates, chapter 5 and eq. 6.11.
    tests/reference/test_decomposition_reference.py: its example 5.3, death rates by age and race.

    Examples
    --------
    >>> found = das_gupta_structure(
    ...     [[[9, 2], [8, 1]], [[3, 2], [9, 4]]], [[[90, 40], [80, 50]], [[40, 30], [90, 90]]], per=100
    ... )
    >>> found.factors, round(float(found.estimate[1].sum() - found.gap[1]), 12)
    (('1', '2', 'rate'), 0.0)
    """
    y, n = counts("events", events), at_least_zero("exposure", exposure)
    if y.shape != n.shape or y.ndim < 2:
        raise ValueError(
            f"events has shape {y.shape}, exposure {n.shape}; give the same populations by cells"
        )
    default = tuple(str(at) for at in range(1, y.ndim))
    names = default if dimensions is None else several("dimensions", dimensions)
    if len(names) != y.ndim - 1:
        raise ValueError(f"dimensions are {len(names)}; the cells have {y.ndim - 1}: name each")
    level, scale = open_share("confidence", confidence), one_above_zero("per", per)
    reference_at("reference", reference, y.shape[0])
    refuse("events", y, (y > 0) & (n == 0), "its exposure is 0: events need pupils")
    factors = structure_factors(n)
    if choice("empty", empty, EMPTY) == "refuse":
        refuse("exposure", n, (n == 0) & (n.sum(0) > 0), "join cells, or ask for empty='borrow'")
    cells = np.asarray(n.reshape(n.shape[0], -1))
    seen = y.reshape(cells.shape) / np.where(cells > 0, cells, 1.0) * scale
    times = of_shape("dispersion", above_zero("dispersion", dispersion), y.shape)
    noise = times.reshape(cells.shape) * seen * scale
    noise = noise / np.where(cells > 0, cells, 1.0)
    slopes = _slopes(factors.reshape(factors.shape[0], *cells.shape), _lending(cells))
    standardised = np.einsum("pcnf,pc->nf", slopes, seen)
    spread = np.einsum("pcnf,pc->nf", parts_and_gap(slopes, reference) ** 2, noise)
    crude = y.reshape(cells.shape).sum(1) / cells.sum(1) * scale
    return result((*names, "rate"), standardised, crude, spread, reference, level, _borrowed(cells))


def _lending(cells: FloatArray) -> FloatArray:
    """Which seen rates make each population's rate in a cell: its own, or the others' pooled where it has none."""
    own = np.eye(cells.shape[0])[:, :, None] * (cells > 0)
    pooled = cells / np.maximum(cells.sum(0), 1e-300)
    return np.asarray(np.where(cells[:, None] > 0, own, pooled[None]))


def _slopes(factors: FloatArray, lending: FloatArray) -> FloatArray:
    """Slope of the standardised rates in each seen rate, (population, cell, population, factor): they are linear."""
    x = {str(at): values.T[:, :, None] for at, values in enumerate(factors)}
    by_structure = pairwise(x, _product)
    shares = np.prod(factors, axis=0).T
    mean_share = (shares[:, :, None] + shares[:, None, :]) / 2.0
    found = []
    for lent in np.moveaxis(lending, 1, 0):
        rate = lent.T
        mean_rate = (rate[:, :, None] + rate[:, None, :]) / 2.0
        beside = np.concatenate(
            [by_structure * mean_rate[..., None], (mean_share * rate[:, :, None])[..., None]], axis=-1
        )
        found.append(consistent(beside))
    return np.stack(found)


def _borrowed(cells: FloatArray) -> FloatArray:
    """Share of the other populations' pupils in cells where this one has none."""
    others = cells.sum(0) - cells
    return np.asarray((others * (cells == 0)).sum(1) / others.sum(1))
