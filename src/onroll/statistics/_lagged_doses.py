"""Events of school years beside doses of the same school so many years off; a gap is never bridged."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray, above_zero, counts, numbers, of_shape
from onroll.statistics._labels import row_labels
from onroll.statistics._within_counts import SchoolYears, informative


def matched(
    table: tuple[ArrayLike, ...], scores: tuple[ArrayLike, ...], off: list[int]
) -> tuple[SchoolYears, int]:
    """Events with the doses of their school so many years off, and how many rows have none."""
    number, score = counts("events", table[0]), numbers("dose", scores[0])
    if number.ndim != 1 or not number.size or score.ndim != 1 or not score.size:
        raise ValueError(f"events have shape {number.shape} and dose {score.shape}; give one a row, (rows,)")
    over = of_shape("exposure", above_zero("exposure", table[1]), number.shape)
    at, when = _school_years("school", "year", table[2], table[3], number.size)
    of, then = _school_years("dose_school", "dose_year", scores[1], scores[2], score.size)
    known = dict(zip(zip(of.tolist(), then.tolist(), strict=True), score.tolist(), strict=True))
    places = list(zip(at.tolist(), when.tolist(), strict=True))
    found = np.array([[known.get((one, then + way), np.nan) for way in off] for one, then in places])
    had = np.isfinite(found).all(1)
    if not had.any():
        raise ValueError(
            f"no row has a dose of its own school {' and '.join(f'{way:+d}' for way in off)} year; doses of other years "
            "are not put in its place: give doses of more years"
        )
    codes = [np.asarray(np.unique(one[had], return_inverse=True)[1], dtype=np.intp) for one in (at, when)]
    return informative(number[had], over[had], codes[0], codes[1], found[had]), int(np.count_nonzero(~had))


def _school_years(
    school_name: str, year_name: str, school: ArrayLike, year: ArrayLike, rows: int
) -> tuple[NDArray[np.generic], FloatArray]:
    """Names of schools and whole years of rows, each pair once."""
    named, when = row_labels(school_name, school, rows), numbers(year_name, year)
    if when.shape != (rows,):
        raise ValueError(f"{year_name} has shape {when.shape}; give one for each of {rows} rows")
    if np.any(when != np.floor(when)):
        raise ValueError(f"{year_name} is not whole everywhere; give years that are one apart")
    if len(set(zip(named.tolist(), when.tolist(), strict=True))) < rows:
        raise ValueError(f"{school_name} has two rows of one {year_name}; give one")
    return named, when
