"""Outcomes of many units over time, one of them treated: checked, split and ranked in one way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import BoolArray, FloatArray, index, numbers, so_many
from onroll.statistics._masks import before

TIE = 1e-9
"""Two statistics this near, relatively, are equal: a rank must not hang on the last bit."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Checked outcomes, shape (periods, units), the treated unit and which periods came before."""

    outcomes: FloatArray
    treated: int
    pre: BoolArray

    @property
    def others(self) -> FloatArray:
        """Places of all units but the treated, in order."""
        return np.delete(np.arange(self.outcomes.shape[1]), self.treated)


def panel(outcomes: ArrayLike, treated: int, pre: ArrayLike, *, units: int, name: str = "outcomes") -> Panel:
    """Check a panel in order of time that needs so many units at least; say what is wrong with it and the way out."""
    table = numbers(name, outcomes)
    if table.ndim != 2:
        raise ValueError(f"{name} has shape {table.shape}; give (periods, units)")
    periods, width = table.shape
    if width < units:
        raise ValueError(f"{name} has {so_many(width, 'unit')}; give {units} or more, the treated included")
    if not isinstance(treated, int | np.integer) or isinstance(treated, bool) or not 0 <= treated < width:
        raise ValueError(f"treated is {treated!r}; give the column of the treated unit, 0 to {width - 1}")
    return Panel(table, int(treated), before("pre", pre, periods))


def sizes_of(name: str, value: ArrayLike, units: int) -> FloatArray:
    """One number above 0 a unit."""
    array = numbers(name, value)
    if array.shape != (units,):
        raise ValueError(f"{name} has shape {array.shape}; give one number a unit, ({units},)")
    if np.any(array <= 0):
        at = int(np.argmax(array <= 0))
        raise ValueError(f"{name}{index((at,))} is {array[at]:g}; give a number above 0")
    return array


def share_as_far(statistic: float, others: FloatArray, *, treated_too: bool) -> float:
    """Share of units whose statistic is at least the treated's, the treated counted in or not."""
    as_far = int(np.count_nonzero(others >= statistic * (1.0 - TIE)))
    return (as_far + treated_too) / (others.size + treated_too)


def permutation_range(estimate: float, placebos: FloatArray, confidence: float) -> tuple[float, float]:
    """Subtract the central range of the placebo estimates from the estimate."""
    low, high = np.quantile(placebos, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return float(estimate - high), float(estimate - low)
