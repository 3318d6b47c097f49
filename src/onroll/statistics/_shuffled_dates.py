"""Dates of beginning dealt out anew: the change by each deal, how the real one ranks, and what that does not rule out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray, numbers, refuse
from onroll.statistics._panel import TIE

FEWEST_SHUFFLES = 99
STEPS, WIDEST = 60, 1e9


def checked(table: FloatArray, first: FloatArray, shuffles: int) -> None:
    """Refuse tables and dates of which no change can be made."""
    if table.ndim != 2 or first.shape != (table.shape[0],):
        raise ValueError(
            f"outcome has shape {table.shape} and first_treated {first.shape}; give (units, periods), (units,)"
        )
    if isinstance(shuffles, bool) or not isinstance(shuffles, int | np.integer) or shuffles < FEWEST_SHUFFLES:
        raise ValueError(f"shuffles is {shuffles!r}; give a whole number of {FEWEST_SHUFFLES} or more")
    if np.isnan(first).any():
        raise ValueError(
            f"first_treated[{int(np.argmax(np.isnan(first)))}] is NaN; give a period, or inf for never"
        )
    if (first < 1).any():
        at = int(np.argmax(first < 1))
        raise ValueError(
            f"first_treated[{at}] is {first[at]:g}: treated from the first period on; leave the unit out"
        )
    refuse(
        "first_treated", first, first != np.floor(first), "give a whole place of a period, 1 for the second"
    )
    within = first < table.shape[1]
    if not within.any():
        raise ValueError("nobody is treated within the periods seen")
    if not (first > first[within].min()).any():
        raise ValueError("all units began at once, so none is left to compare with")


def shuffled_dates(first: FloatArray, shuffles: int, seed: int) -> FloatArray:
    """The real dates, and each of the shuffles after them."""
    rng = np.random.default_rng(seed)
    orders = np.array([np.arange(first.size), *(rng.permutation(first.size) for _ in range(shuffles))])
    return np.asarray(first[orders])


def changes_of(table: FloatArray, dates: FloatArray) -> FloatArray:
    """The average change for each row of dates: cells of cohorts and periods that have a control, weighed by units."""
    total, weight = np.zeros(dates.shape[0]), np.zeros(dates.shape[0])
    periods = table.shape[1]
    for begun in np.unique(dates[0][dates[0] < periods]):
        cohort = dates == begun
        start = int(begun)
        for period in range(start, periods):
            step = table[:, period] - table[:, start - 1]
            waiting = dates > period
            if waiting[0].any():
                size = cohort.sum(axis=1)
                total += size * (cohort @ step / size - waiting @ step / waiting.sum(axis=1))
                weight += size
    return np.asarray(total / weight)


def own_changes(table: FloatArray, dates: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """For each row of dates, each unit's own change beside units that wait, and which units have one."""
    periods, changes = table.shape[1], np.zeros(dates.shape)
    has = np.zeros(dates.shape, dtype=np.bool_)
    for begun in np.unique(dates[0][dates[0] < periods]):
        start = int(begun)
        seen = [period for period in range(start, periods) if (dates[0] > period).any()]
        if not seen:
            continue
        steps = table[:, seen] - table[:, [start - 1]]
        waiting = [dates > period for period in seen]
        others = [group @ steps[:, at] / group.sum(axis=1) for at, group in enumerate(waiting)]
        cohort = dates == begun
        changes += np.where(cohort, steps.mean(axis=1)[None, :] - np.mean(others, axis=0)[:, None], 0.0)
        has |= cohort
    return changes, has


def planted(table: FloatArray, first: FloatArray, pattern: ArrayLike) -> FloatArray:
    """A change of 1 on average as the pattern spreads it over units and periods under treatment."""
    shape = numbers("pattern", pattern)
    if shape.shape not in ((), table.shape):
        raise ValueError(
            f"pattern has shape {shape.shape}; give {table.shape}, a value for each of the outcome"
        )
    if (shape < 0).any():
        raise ValueError(
            f"pattern holds {float(shape.min()):g}; a change has one direction, so give 0 or more"
        )
    under = np.arange(table.shape[1])[None, :] >= first[:, None]
    planted = np.where(under, shape, 0.0)
    mean = float(changes_of(planted, first[None, :])[0])
    if mean <= 0:
        raise ValueError("pattern is 0 at all units and periods under treatment that have a control")
    return planted / mean


def rank_of(moved: FloatArray, carried: FloatArray, change: float) -> float:
    """Share of all orders that stray at least as far from a change as the real one does."""
    apart = np.abs(moved - change * carried)
    return float(np.count_nonzero(apart >= apart[0] * (1.0 - TIE)) / apart.size)


def end_of(moved: FloatArray, carried: FloatArray, alpha: float, side: float) -> float:
    """The change furthest out on one side that shuffling does not rule out, by bisection."""
    middle = float(moved[0] / carried[0])
    reach = max(float(np.ptp(moved)), abs(middle), 1e-9)
    while rank_of(moved, carried, middle + side * reach) > alpha:
        reach *= 2.0
        if reach > WIDEST * max(1.0, abs(middle)):
            return side * float("inf")
    kept, out = 0.0, reach
    for _ in range(STEPS):
        half = (kept + out) / 2.0
        if rank_of(moved, carried, middle + side * half) > alpha:
            kept = half
        else:
            out = half
    return middle + side * kept
