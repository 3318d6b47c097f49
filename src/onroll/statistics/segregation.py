"""Segregation: how unevenly groups of pupils are spread over schools, at one level or at several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics import _spread_indices as indices
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    choice,
    given,
    normal_quantile,
    open_share,
    whole,
    words,
)
from onroll.statistics._segregation_table import INDICES, MANY_GROUPS, measure, nested_areas, table_of

CHANCES = ("kept", "taken out")
NO_WIDTH = "no spread left to vary: the interval has no width"


@dataclass(frozen=True, slots=True, eq=False)
class Segregation:
    """An index of segregation. One table gives floats, many tables give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The index as counted, or with chance taken out (it may then be below 0).
    confidence : float
        Coverage asked of the interval.
    method : str
        The index, and ``"delta"``.
    expected : float or ndarray
        What the index would be, on average, were pupils put into the same schools by lot.
    excess : float or ndarray
        The index as counted less ``expected``: what chance alone does not give. May be below 0.
    pupils, units : float or ndarray
        Pupils counted, and schools that have any.
    note : str or ndarray of str
        ``NO_WIDTH`` or empty.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: str
    expected: Figure
    excess: Figure
    pupils: Figure
    units: Figure
    note: Words


@dataclass(frozen=True, slots=True, eq=False)
class NestedSegregation:
    """Theil's M or H split over nested levels; arrays have one element a level, from the widest to schools.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (levels + 1,)
        Between the widest areas; within them between the next; .. ; within the narrowest between units.
    confidence : float
        Coverage asked of the intervals.
    method : str
        The index, and ``"delta"``.
    share : ndarray, shape (levels + 1,)
        Part over total.
    expected : ndarray, shape (levels + 1,)
        What each part would be, on average, were pupils put into the same schools by lot.
    total : Segregation
        Between all units, which the parts add up to.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    share: FloatArray
    expected: FloatArray
    total: Segregation


def segregation(
    pupils: ArrayLike,
    *,
    index: str = "mutual information",
    group: int = 0,
    other: int | None = None,
    chance: str = "kept",
    confidence: float = 0.95,
) -> Segregation:
    """Measure how unevenly groups are spread over schools, beside what chance alone would give.

    The interval is the delta method's, pupils taken as drawn one by one; small schools lift every index of
    unevenness above 0 even where pupils are placed by lot, and ``expected`` says how much.

    Parameters
    ----------
    pupils : array_like, shape (..., units, groups)
        Pupils by school and group: whole numbers of 0 or more. Schools without pupils weigh nothing.
    index : str, default "mutual information"
        "mutual information" (Theil's M, in nats) or "theil" (H, M over the entropy of the groups) of all groups;
        "dissimilarity" (D: share of either group that would have to move), "gorard" (GS: share of the
        group that would have to move to be spread like all pupils) or "isolation" (share of own group among
        schoolmates) of ``group`` against all others, or for D against ``other``; "exposure" (share of
        ``other`` among the schoolmates of ``group``).
    group, other : int
        Columns of ``pupils``.
    chance : {"kept", "taken out"}, default "kept"
        "taken out" gives M or H and its limits less ``expected``; the other indices have no such correction.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    Segregation
        Where every school has the same mix, or groups share no school at all, the delta method has no width, as ``note``
        says. Limits stay between 0 and 1, of M above 0 only; a corrected estimate below 0 is its own lower limit.

    Raises
    ------
    ValueError
        If a count is negative or fractional, there are fewer than two groups, a group asked about has no
        pupils, all pupils are of one group ("theil"), a column is not there, or chance cannot be taken out.

    Notes
    -----
    As counted, the interval is of the index with its chance part: where ``expected`` is not small beside the
    estimate it lies too high (covers 0.81 for 0.95 with thirty schools of thirty pupils; 0.95 with chance
    taken out). ``expected`` is exact for isolation and exposure; for M and H it is Miller and Madow's first
    order, wanting some five pupils a cell, and for D and GS it takes the schools as small beside all.
    ``random_allocation`` gives it by lot.

    References
    ----------
    Theil (1972), Statistical Decomposition Analysis; Reardon and Firebaugh (2002), Sociological Methodology 32,
    33-67; Gorard and Taylor (2002), Sociology 36, 875-895; Carrington and Troske (1997), JBES 15, 402-409.
    data/validation/P13_segregation: R, package segregation.

    Examples
    --------
    >>> found = segregation([[30, 70], [10, 90]], index="dissimilarity")
    >>> round(found.estimate, 6), round(found.expected, 4)
    (0.3125, 0.0704)
    >>> round(segregation([[30, 70], [10, 90]]).estimate, 6)
    0.032429
    """
    table = table_of(pupils)
    level = open_share("confidence", confidence)
    used = choice("index", index, INDICES)
    most = np.inf if used == "mutual information" else 1.0
    value, gradient, expected = measure(table, used, group, other)
    value = np.minimum(value, most)
    if choice("chance", chance, CHANCES) == "taken out":
        choice("index", used, MANY_GROUPS)
        seen = value - expected
    else:
        seen = value
    error = np.sqrt((table * gradient * gradient).sum((-1, -2)))
    far = normal_quantile(level) * error
    return Segregation(
        estimate=given(seen),
        lower=given(np.minimum(np.maximum(seen - far, 0.0), seen)),
        upper=given(np.minimum(seen + far, most)),
        confidence=level,
        method=f"{used}, delta" if chance == "kept" else f"{used}, delta, chance taken out",
        expected=given(expected),
        excess=given(value - expected),
        pupils=given(table.sum((-1, -2))),
        units=given((table.sum(-1) > 0).sum(-1).astype(np.float64)),
        note=words(np.where(error > 1e-9, "", NO_WIDTH)),
    )


def nested_segregation(
    pupils: ArrayLike,
    levels: Sequence[ArrayLike],
    *,
    index: str = "mutual information",
    confidence: float = 0.95,
) -> NestedSegregation:
    """Split Theil's M or H into what lies between areas and what lies within them, level by level.

    Between the widest areas; between the next within those; and so on down to schools. The parts add up.

    Parameters
    ----------
    pupils : array_like, shape (units, groups)
        Pupils by school and group.
    levels : sequence of array_like, shape (units,)
        What area each school lies in, from the widest (authority, trust) to the narrowest; each nested in the
        one before.
    index : {"mutual information", "theil"}, default "mutual information"
        M in nats, or H.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    NestedSegregation
        One part more than there are levels.

    Raises
    ------
    ValueError
        As ``segregation`` does; if no level is given, an area is missing, or a level is not nested in the one before.

    Notes
    -----
    As for ``segregation``; the chance part is greatest at the narrowest level.

    References
    ----------
    Theil and Finizza (1971), Journal of Mathematical Sociology 1, 187-193; Mora and Ruiz-Castillo (2011),
    Sociological Methodology 41, 159-194. data/validation/P13_segregation: R, package segregation.

    Examples
    --------
    >>> found = nested_segregation([[30, 70], [10, 90], [50, 50], [50, 50]], [["a", "a", "b", "b"]])
    >>> found.estimate.round(4).tolist(), round(float(found.estimate.sum() - found.total.estimate), 12)
    ([0.0507, 0.0162], 0.0)
    """
    table = table_of(pupils)
    if table.ndim != 2:
        raise ValueError(f"pupils has shape {table.shape}; give one table, schools by groups")
    level, used = open_share("confidence", confidence), choice("index", index, MANY_GROUPS)
    every = [*nested_areas(levels, table.shape[0]), np.arange(table.shape[0])]
    steps = [indices.many_groups(table, own, used) for own in every]
    values = np.diff([0.0, *(float(value) for value, _ in steps)])
    gradients = np.diff([np.zeros(table.shape), *(gradient for _, gradient in steps)], axis=0)
    far = normal_quantile(level) * np.sqrt((table * gradients**2).sum((-1, -2)))
    everything = values.sum()
    by_lot = [indices.many_groups_by_lot(indices.summed(table, own), used) for own in every]
    return NestedSegregation(
        estimate=values,
        lower=np.maximum(values - far, 0.0),
        upper=values + far,
        confidence=level,
        method=f"{used}, delta",
        share=values / everything if everything > 0 else np.zeros(values.shape),
        expected=np.diff([0.0, *(float(one) for one in by_lot)]),
        total=segregation(table, index=used, confidence=level),
    )


def random_allocation(
    pupils: ArrayLike,
    *,
    index: str = "mutual information",
    group: int = 0,
    other: int | None = None,
    repeats: int = 200,
    seed: int = 20_240_901,
) -> FloatArray:
    """Give the index for pupils put by lot into the same schools, ``repeats`` times over.

    Schools keep their sizes and groups theirs; who goes where is drawn anew. Its mean is ``expected``, its
    spread what chance alone does to the index.

    Parameters
    ----------
    pupils, index, group, other
        As in ``segregation``, one table.
    repeats, seed : int
        How many times, and from which seed.

    Returns
    -------
    ndarray, shape (repeats,)

    Raises
    ------
    ValueError
        As ``segregation`` does.

    References
    ----------
    Carrington and Troske (1997), Journal of Business and Economic Statistics 15, 402-409.

    Examples
    --------
    >>> bool(0.01 < random_allocation([[30, 70], [10, 90]], index="dissimilarity").mean() < 0.13)
    True
    """
    table = table_of(pupils)
    if table.ndim != 2:
        raise ValueError(f"pupils has shape {table.shape}; give one table, schools by groups")
    rng = np.random.default_rng(whole("seed", seed, 0))
    drawn = indices.by_lot(table, whole("repeats", repeats, 1), rng)
    return np.asarray(measure(drawn, choice("index", index, INDICES), group, other)[0])
