"""One treated authority, against R: a Poisson regression for each authority taken for treated, in a loop."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.one_treated import OneTreated, one_treated

Array = NDArray[np.float64]
OWN, BEGAN, RECENT = "821", 202122, 3


def suspensions(folder: Path) -> Mapping[str, float]:
    """P30: the years from 2021/22 on beside those before the pandemic, as if something had begun in one authority."""
    codes, years, events, pupils = _panel(folder / "panel.csv")
    own, pre = codes.index(OWN), years < BEGAN
    plain = one_treated(events, pupils, own, pre)
    high = one_treated(events, pupils, own, pre, recent=RECENT)
    each = {
        f"authority {code}: log {name}": float(of[at])
        for name, of in (("ratio", plain.change), ("height", high.height))
        for at, code in enumerate(codes)
    }
    return each | _told("as it is", plain) | _told("beside those as high", high)


def _told(way: str, found: OneTreated) -> dict[str, float]:
    """What is said of the treated."""
    figures = {
        "rate ratio": found.estimate,
        "lower limit": found.lower,
        "upper limit": found.upper,
        "rank": found.p_value,
        "share of others": found.share_others,
        "expected of it": found.expected,
        "smallest fall seen": found.detectable_fall,
    }
    return {f"{way}: {name}": figure for name, figure in figures.items()}


def _panel(path: Path) -> tuple[list[str], Array, Array, Array]:
    """Codes, years, and events and pupils, (years, codes)."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = sorted({row["old_la_code"] for row in rows})
    years = sorted({row["time_period"] for row in rows})
    cells = {(row["time_period"], row["old_la_code"]): row for row in rows}

    def table(column: str) -> Array:
        """One number a year and authority."""
        return np.array([[float(cells[year, code][column]) for code in codes] for year in years])

    return codes, np.array(years, dtype=np.float64), table("suspension"), table("headcount")


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P30_one_treated_suspensions": suspensions}
)
