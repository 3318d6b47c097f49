"""Two by two tables, single proportions and single rates against published intervals."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from onroll.statistics.odds_ratio import odds_ratio
from onroll.statistics.proportions import proportion
from onroll.statistics.rates import rate
from onroll.statistics.relative_risk import relative_risk
from onroll.statistics.risk_difference import risk_difference

MEASURES: Mapping[str, Callable[..., Any]] = {
    "relative_risk": relative_risk,
    "risk_difference": risk_difference,
    "odds_ratio": odds_ratio,
}


def two_by_two(folder: Path) -> Mapping[str, float]:
    """Both limits of every table, by the measure and the method it names."""
    figures: dict[str, float] = {}
    for row in _rows(folder / "tables.csv"):
        found = MEASURES[row["measure"]](
            int(row["events"]),
            int(row["total"]),
            reference_events=int(row["reference_events"]),
            reference_total=int(row["reference_total"]),
            method=row["method"],
        )
        figures[f"{row['name']}, lower"] = found.lower
        figures[f"{row['name']}, upper"] = found.upper
    return figures


def proportions_and_rates(folder: Path) -> Mapping[str, float]:
    """The value, at 95 per cent and where it is published, and both limits of every count."""
    figures: dict[str, float] = {}
    for row in _rows(folder / "counts.csv"):
        one: Callable[..., Any] = proportion if row["kind"] == "proportion" else rate
        found = one(
            int(row["events"]), int(row["total"]), per=float(row["per"]), confidence=float(row["confidence"])
        )
        if row["name"].startswith(row["kind"]) and found.confidence == 0.95:
            figures[f"{row['name']}, value"] = found.estimate
        figures[f"{row['name']}, lower"] = found.lower
        figures[f"{row['name']}, upper"] = found.upper
    return figures


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = {
    "P01_two_by_two_ci": two_by_two,
    "P02_byar_wilson_exact": proportions_and_rates,
}
