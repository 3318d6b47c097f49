"""Consistency: whether the cells of a row, and the rows of a table, can be true together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from onroll.intake.columns import RATES
from onroll.intake.findings import Findings, finding, per_row

KEY = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "area_code",
    "education_phase",
    "breakdown_topic",
    "breakdown",
)
_MOST_DIGITS = 6
_ROUNDED_BY = 2.5


def consistent(
    table: pd.DataFrame, file: str, headers: Mapping[str, str], *, rounded: bool = False
) -> Findings:
    """Check a tidy table, indexed by row number as received, against itself.

    Parameters
    ----------
    table : DataFrame
        Tidy columns.
    file, headers
        For the findings: the file, and the header received for each canonical column.
    rounded : bool
        Whether the file is of a release to 2016/17, whose national and regional counts are rounded to 5, so
        that rates may differ by that. A row's own ``basis`` can say so too.
    """
    over = (table["geographic_level"] != "Local authority") & rounded
    near = (over | table["basis"].str.contains("rounded")).to_numpy(dtype=bool)
    found = _duplicates(table, file) + _too_many(table, file, headers)
    for rate in RATES:
        found += _rates(table, file, headers, rate, near)
    return found


def digits_shown(values: npt.NDArray[np.float64]) -> int:
    """How many decimals a column of numbers shows at most, up to six."""
    known = values[np.isfinite(values)]
    for digits in range(_MOST_DIGITS):
        scaled = known * 10.0**digits
        if np.all(np.abs(scaled - np.round(scaled)) < 1e-6):
            return digits
    return _MOST_DIGITS


def _duplicates(table: pd.DataFrame, file: str) -> Findings:
    keys = table[list(KEY)]
    if not keys.duplicated().any():
        return Findings()
    number = keys.groupby(list(KEY), sort=False).ngroup()
    first = pd.Series(table.index, index=number.index).groupby(number).transform("first")
    again = keys.duplicated()
    pairs = zip(table.index[again], first[again], strict=True)
    return Findings(tuple(finding("duplicate_key", file, row=row, value=f"row {one}") for row, one in pairs))


def _too_many(table: pd.DataFrame, file: str, headers: Mapping[str, str]) -> Findings:
    pupils, heads = table["suspended_pupil_count"], table["pupil_headcount"]
    checks = (
        ("above_headcount", heads, (pupils > heads) & (heads > 0)),
        ("nobody_on_roll", heads, (pupils > heads) & (heads == 0)),
        ("above_suspensions", table["suspension_count"], pupils > table["suspension_count"]),
    )
    found = []
    for check, limit, wrong in checks:
        bad = wrong.to_numpy(dtype=bool)
        values = [f"{a:.15g} of {b:.15g}" for a, b in zip(pupils[bad], limit[bad], strict=True)]
        found += list(per_row(check, file, table.index[bad], values, column=headers["suspended_pupil_count"]))
    return Findings(tuple(found))


def _rates(
    table: pd.DataFrame, file: str, headers: Mapping[str, str], rate: str, rounded: npt.NDArray[np.bool_]
) -> Findings:
    """Rates that are not count / headcount x 100 to the digits their year's rates show."""
    shown = table[rate].to_numpy(dtype=float)
    count = table[rate.replace("_rate", "_count")].to_numpy(dtype=float)
    heads = table["pupil_headcount"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = count / heads * 100
        slack = _half_digit(table["time_period"], shown) + 1e-9
        slack += np.where(rounded, _ROUNDED_BY * (1 + count / heads) / heads * 100, 0.0)
        bad = np.isfinite(exact) & np.isfinite(shown) & (np.abs(shown - exact) > slack)
    header = headers.get(rate, rate)
    return Findings(
        tuple(
            finding("rate_differs", file, row=row, column=header, value=f"{a:.8g}", expected=f"{b:.5f}")
            for row, a, b in zip(table.index[bad], shown[bad], exact[bad], strict=True)
        )
    )


def _half_digit(period: pd.Series[str], shown: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Half of the last digit that the rates of each year show."""
    half = np.zeros(len(shown))
    for year in period.unique():
        where = (period == year).to_numpy(dtype=bool)
        half[where] = 0.5 * 10.0 ** -digits_shown(shown[where])
    return half
