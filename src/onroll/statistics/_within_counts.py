"""Counts within schools: a Poisson model with a level for each school and year, fitted given each school's total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray
from onroll.statistics.sandwich import Covariance, sandwich

SETTLED, MOST = 1e-12, 100
"""No coefficient moves by more than this when the fit has settled; and the most steps."""
UNSETTLED = 1e-8
"""Where the last step is larger, there is no maximum."""
FURTHEST, VANISHED = 40.0, 1e-13
"""A log ratio (over the spread of a dose), and a share of information left, beyond which counts are told apart."""
TOLD_APART = 1e-9
"""A column of which schools and years leave less than this share has nothing of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class SchoolYears:
    """Rows of which every school has two or more and an event, and every year an event.

    ``school`` and ``year`` are numbered from 0; ``columns`` are (rows, columns).
    """

    events: FloatArray
    exposure: FloatArray
    school: NDArray[np.intp]
    year: NDArray[np.intp]
    columns: FloatArray
    empty_schools: int
    single_schools: int
    empty_years: int

    @property
    def schools(self) -> int:
        """How many schools are left."""
        return int(np.unique(self.school).size)

    @property
    def years(self) -> int:
        """How many years are left."""
        return int(np.unique(self.year).size)


def informative(
    events: FloatArray,
    exposure: FloatArray,
    school: NDArray[np.intp],
    year: NDArray[np.intp],
    columns: FloatArray,
) -> SchoolYears:
    """Leave out schools and years without an event, and schools of one row, until none are left; count them."""
    kept = np.ones(events.size, dtype=np.bool_)
    gone = {"empty_schools": 0, "empty_years": 0, "single_schools": 0}
    while True:
        before = int(kept.sum())
        for name, label in (("empty_schools", school), ("empty_years", year)):
            kept &= ~_out(
                gone, name, label, kept, np.bincount(label[kept], events[kept], label.max() + 1) == 0
            )
        kept &= ~_out(
            gone, "single_schools", school, kept, np.bincount(school[kept], minlength=school.max() + 1) == 1
        )
        if kept.sum() == before or not kept.any():
            break
    if not kept.any():
        raise ValueError("no school has an event and two years with a dose; give more years")
    codes = [
        np.asarray(np.unique(one[kept], return_inverse=True)[1], dtype=np.intp) for one in (school, year)
    ]
    return SchoolYears(events[kept], exposure[kept], codes[0], codes[1], columns[kept], **gone)


def _out(
    gone: dict[str, int], name: str, label: NDArray[np.intp], kept: NDArray[np.bool_], bad: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rows of labels that go, which are counted."""
    gone[name] += int(np.unique(label[kept & bad[label]]).size)
    return bad[label]


def within_schools(data: SchoolYears, names: list[str]) -> tuple[FloatArray, Covariance]:
    """Log ratios of the columns and their covariance of schools (CR1); years come after the columns.

    Newton's steps on the likelihood given each school's total: that of a level for each school, without them.
    """
    centre, unit = data.columns.mean(0), data.columns.std(0)
    dummies = np.asarray(data.year[:, None] == np.arange(1, data.years), dtype=np.float64)
    every = np.column_stack([(data.columns - centre) / np.where(unit > 0, unit, 1.0), dummies])
    _own_movement(data, every, names)
    total: FloatArray = np.asarray(np.bincount(data.school, data.events), dtype=np.float64)
    slopes, size, apart = np.zeros(every.shape[1]), np.inf, False
    for _ in range(MOST):
        expected = _expected(data, every, slopes, total)
        freed = _freed(every, expected, data.school)
        information = freed.T @ (freed * expected[:, None])
        step, _, rank, _ = np.linalg.lstsq(information, freed.T @ (data.events - expected), rcond=VANISHED)
        size, apart = float(np.abs(step).max()), bool(rank < slopes.size)
        slopes = slopes + step * min(1.0, 2.0 / max(size, 2.0))
        apart = apart or float(np.abs(slopes).max()) > FURTHEST
        if size < SETTLED or apart:
            break
    if apart or size > UNSETTLED:
        raise ValueError(
            f"{names[0]}, or years, tell rows with events from rows without outright; no ratio is finite: give more "
            "schools or years"
        )
    expected = _expected(data, every, slopes, total)
    scale = np.concatenate([1.0 / np.where(unit > 0, unit, 1.0), np.ones(dummies.shape[1])])
    freed = _freed(every, expected, data.school) / scale
    found = sandwich(freed, expected, data.events - expected, kind="CR1", cluster=data.school)
    return slopes * scale, found


def _expected(data: SchoolYears, every: FloatArray, slopes: FloatArray, total: FloatArray) -> FloatArray:
    """Events expected of each row, that add up to each school's."""
    line = every @ slopes
    weight = data.exposure * np.exp(line - line.max())
    return np.asarray(weight * (total / np.bincount(data.school, weight))[data.school])


def _freed(every: FloatArray, weight: FloatArray, school: NDArray[np.intp]) -> FloatArray:
    """Columns less their weighted means over each school's rows."""
    whole = np.bincount(school, weight)
    means = np.column_stack([np.bincount(school, weight * column) / whole for column in every.T])
    return np.asarray(every - means[school])


def _own_movement(data: SchoolYears, every: FloatArray, names: list[str]) -> None:
    """Refuse a column that schools, years and the other columns explain without rest."""
    freed = _freed(every, data.exposure, data.school)
    for at, name in enumerate(names):
        column, others = freed[:, at], np.delete(freed, at, axis=1)
        left = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        if np.linalg.norm(left) <= TOLD_APART * np.linalg.norm(every[:, at]) or not every[:, at].any():
            raise ValueError(
                f"{name} never moves within a school otherwise than in all of them; nothing can be said of it: "
                "give schools whose doses changed differently"
            )
