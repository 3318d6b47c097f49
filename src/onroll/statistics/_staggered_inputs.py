"""What staggered adoption asks of its rows: one beginning a unit, never written as 0 or inf, and some to compare."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, figures, numbers, refuse
from onroll.statistics._panel_rows import PanelRows


def first_periods(value: ArrayLike, rows: PanelRows, period: ArrayLike) -> FloatArray:
    """The first period under treatment of each row's unit, 0 for never."""
    first, time = figures("first_treated", value), numbers("period", period)
    if first.shape != rows.y.shape:
        raise ValueError(
            f"first_treated has shape {first.shape}; give each of {rows.y.size} rows the first period under treatment, "
            "0 or inf for never"
        )
    refuse(
        "first_treated", first, np.isnan(first), "give the first period under treatment, 0 or inf for never"
    )
    refuse("first_treated", first, first < 0, "give 0 or inf for never: no period is below 0")
    refuse("period", time, time <= 0, "0 stands for never in first_treated: number periods from 1")
    first = np.where(np.isposinf(first), 0.0, first)
    refuse(
        "first_treated", first, (first != np.floor(first)) & ~np.isin(first, time),
        "it lies between two periods: give one of those in period",
    )  # fmt: skip
    of_unit = np.zeros(rows.units)
    of_unit[rows.unit] = first
    refuse(
        "first_treated",
        first,
        first != of_unit[rows.unit],
        "it changes within a unit, and treatment begins once: give the same in all rows of the unit",
    )
    return first


def covariate_table(value: ArrayLike, rows: int) -> FloatArray:
    """Covariates as (rows, columns)."""
    table = numbers("covariates", value)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != rows:
        raise ValueError(f"covariates have shape {table.shape}; give (rows, columns), {rows} rows")
    return table


def some_of_each(begun: FloatArray, control: str) -> None:
    """Refuse what has nobody treated, or nobody to set beside them."""
    cohorts = np.unique(begun[begun > 0])
    if not cohorts.size:
        raise ValueError(
            "first_treated lies after the first period and within those seen for no unit; nobody is treated"
        )
    if not np.any(begun == 0) and (control == "never treated" or cohorts.size < 2):
        raise ValueError(
            f"control is {control!r} and no such unit is left; give units never treated"
            + ("" if cohorts.size < 2 else ", or choose 'not yet treated'")
        )
