"""Control limits of single figures against NHSRplotthedots."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from onroll.statistics.control_charts import xmr_chart


def single_figures(folder: Path) -> Mapping[str, float]:
    """P20: two series of which one has an odd point, the moving ranges screened or as they are."""
    with (folder / "series.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, float] = {}
    for series, screened in (("r1", True), ("r2", True), ("r2", False)):
        chart = xmr_chart(np.array([float(row[series]) for row in rows]), screened=screened)
        name = f"{series} screened" if screened else f"{series} as it is"
        found[f"{name}, centre"] = float(chart.estimate[0])
        found[f"{name}, lower"] = float(chart.lower[0])
        found[f"{name}, upper"] = float(chart.upper[0])
    return found


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType({"P20_spc_xmr": single_figures})
