"""Bounds over whole tables whose cells and sums are tied together."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, numbers, of_kind, one_above_zero, refuse, whole
from onroll.statistics._possible import Possible
from onroll.statistics._whole_tables import LARGEST, Tables, greatest_ratio, greatest_sum


@dataclass(frozen=True, slots=True)
class TableBounds:
    """Bounds of one figure over all tables that fit.

    Attributes
    ----------
    estimate : float
        The middle of the bounds; the lower one where there is none above.
    lower, upper : float
        The least and greatest over all tables that fit; each is that of some table. ``upper`` is ``inf``
        where the reference may be 0.
    confidence : float
        1: nothing of chance is in it.
    method : str
        ``"whole tables"``.
    note : str
        Where there is no bound above; empty else.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    note: str


def table_bounds(
    cells: Possible,
    weights: ArrayLike,
    *,
    over: ArrayLike | None = None,
    scale: float = 1.0,
    sums: Sequence[tuple[Sequence[int], Possible]] = (),
) -> TableBounds:
    """Bound a sum of cells, or one sum over another, over all whole tables that fit what was published.

    Every table has whole cells within what is possible of each and sums within what is possible of those;
    an integer programme finds the least and the greatest, so hidden cells that a total gives away are found.

    Parameters
    ----------
    cells : Possible, shape (cells,)
        What is possible of each cell.
    weights : array_like, shape (cells,)
        Whole numbers: 1 for cells that are added up, 0 for others.
    over : array_like, optional
        The same for the sum below; whole numbers of 0 or more. Of a ratio of rates with known headcounts the
        numerators' cells go above and below, and the headcounts into ``scale``.
    scale : float, default 1.0
        What sum or ratio is multiplied by, above 0.
    sums : sequence of (cells' places, Possible), default ()
        Printed totals: which cells each adds up, and what is possible of it, a single number's worth.

    Returns
    -------
    TableBounds
        Exact: attained by some table.

    Raises
    ------
    ValueError
        If no table fits, shapes or places do not, a weight is not whole, a count may pass ten million, or
        nothing bounds the figure.

    Notes
    -----
    For small tables, one at a time: some hundred cells. ``ratio_bounds`` is quick, for many, and not narrower.

    References
    ----------
    Dinkelbach (1967), Management Science 13, 492-498, for ratios; HiGHS by scipy. All tables gone through by
    brute force are a test.

    Examples
    --------
    >>> from onroll.statistics.published_bounds import rounded, suppressed
    >>> cells = suppressed([1, 1, 40], [4, 4, 40])
    >>> total = ([0, 1, 2], rounded(45, 5))
    >>> table_bounds(cells, [1, 0, 0], sums=[total]).upper
    4.0
    >>> table_bounds(cells, [1, 1, 0], sums=[total]).lower
    3.0
    """
    low, high = _cells(cells)
    scale = one_above_zero("scale", scale)
    above = _whole("weights", weights, low.size)
    members, totals = _sums(sums, low.size)
    tables = Tables(Possible(low, _bounded(low, high, members, totals)), members, totals)
    if over is None:
        least, most = greatest_sum(tables, -above), greatest_sum(tables, above)
        if least is None or most is None:
            raise ValueError(NO_TABLE)
        return _bounds(-least * scale, most * scale, "")
    below = _whole("over", over, low.size)
    refuse("over", below, below < 0, "give whole numbers of 0 or more")
    fewest = greatest_sum(tables, -below)
    if fewest is None:
        raise ValueError(NO_TABLE)
    lowest, highest = greatest_ratio(tables, -above, below), greatest_ratio(tables, above, below)
    if lowest is None or highest is None:
        raise ValueError(
            "the sum below is 0 in every table that fits; there is no ratio: give the sum above alone"
        )
    if fewest == 0:
        return _bounds(_float(-lowest[0]) * scale, np.inf, "the sum below may be 0: no bound above")
    return _bounds(_float(-lowest[0]) * scale, _float(highest[0]) * scale, "")


A_POSSIBLE = "what rounded(...), suppressed(...) or counts_behind_rate(...).possible leave"
NO_TABLE = "no table fits cells and sums; see whether a total covers other pupils, or was rounded otherwise"


def _bounds(lower: float, upper: float, note: str) -> TableBounds:
    """With the middle as the estimate, where there is one."""
    middle = (lower + upper) / 2.0 if np.isfinite(upper) else lower
    return TableBounds(middle, lower, upper, 1.0, "whole tables", note)


def _float(ratio: Fraction) -> float:
    """The nearest float."""
    return ratio.numerator / ratio.denominator


def _cells(cells: Possible) -> tuple[FloatArray, FloatArray]:
    """Least and most of each cell, in one row of one cell or more."""
    held = of_kind("cells", cells, Possible, A_POSSIBLE)
    low, high = np.atleast_1d(held.lower), np.atleast_1d(held.upper)
    if low.ndim > 1 or low.size == 0:
        raise ValueError(f"cells have shape {low.shape}; give one row of cells, one or more")
    return low, high


def _whole(name: str, value: ArrayLike, cells: int) -> FloatArray:
    """Whole weights, one a cell."""
    array = numbers(name, value)
    if array.shape != (cells,):
        raise ValueError(f"{name} has shape {array.shape}; give one number for each of the {cells} cells")
    refuse(name, array, array != np.floor(array), "give a whole number")
    return array


def _sums(sums: Sequence[tuple[Sequence[int], Possible]], cells: int) -> tuple[FloatArray, Possible]:
    """Which cells each total adds up, and what is possible of it."""
    if not isinstance(sums, list | tuple):
        raise ValueError(
            f"sums is {reprlib.repr(sums)}; give a list of (places, what is possible of their sum)"
        )
    members = np.zeros((len(sums), cells))
    ends = np.zeros((2, len(sums)))
    for row, pair in enumerate(sums):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(
                f"sums[{row}] is {reprlib.repr(pair)}; give the places of its cells, and {A_POSSIBLE}"
            )
        total = of_kind(f"sums[{row}]", pair[1], Possible, f"after the places of its cells {A_POSSIBLE}")
        if total.lower.size != 1:
            raise ValueError(f"sums[{row}] is of shape {total.lower.shape}; give one total")
        ends[:, row] = total.lower.item(), total.upper.item()
        for place in numbers(f"places of sums[{row}]", pair[0]).ravel():
            members[row, whole(f"a place of sums[{row}]", place, 0, cells - 1)] = 1.0
    return members, Possible(ends[0], ends[1])


def _bounded(low: FloatArray, high: FloatArray, members: FloatArray, totals: Possible) -> FloatArray:
    """Upper ends of cells, none above a total that it is part of."""
    bound = high.copy()
    for inside, most in zip(members > 0, totals.upper, strict=True):
        bound[inside] = np.minimum(bound[inside], most)
    refuse("cells", bound, ~(bound <= LARGEST), "give it an upper end, or a total; ten million at most")
    if np.any(bound < low):
        raise ValueError(NO_TABLE)
    return bound
