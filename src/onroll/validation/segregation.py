"""Segregation of American schools against the R package segregation."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from onroll.statistics.segregation import nested_segregation, segregation

INDICES = (("M", "mutual information"), ("H", "theil"))


def schools(folder: Path) -> Mapping[str, float]:
    """P13: M and H at three levels, and indices of two groups."""
    with (folder / "schools00.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    units = list(dict.fromkeys((row["state"], row["district"], row["school"]) for row in rows))
    races = sorted({row["race"] for row in rows})
    at = {unit: place for place, unit in enumerate(units)}
    table = np.zeros((len(units), len(races)))
    for row in rows:
        unit = at[row["state"], row["district"], row["school"]]
        table[unit, races.index(row["race"])] += float(row["n"])
    levels = [[unit[0] for unit in units], ["/".join(unit[:2]) for unit in units]]
    found: dict[str, float] = {}
    for name, index in INDICES:
        parts = np.cumsum(nested_segregation(table, levels, index=index).estimate)
        for level, value in zip(("states", "districts", "schools"), parts, strict=True):
            found[f"{name} between {level}"] = float(value)
        found[f"{name} within states"] = float(parts[2] - parts[0])
    black, hispanic, white = (races.index(race) for race in ("black", "hisp", "white"))
    for name, index, group, other in (
        ("D black, white", "dissimilarity", black, white),
        ("D hispanic, white", "dissimilarity", hispanic, white),
        ("GS black", "gorard", black, None),
        ("isolation black", "isolation", black, None),
        ("exposure of black to white", "exposure", black, white),
    ):
        found[name] = float(np.asarray(segregation(table, index=index, group=group, other=other).estimate))
    return found


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType({"P13_segregation": schools})
