"""Meta-analysis beside metafor (meta_analysis.R): restricted likelihood, Knapp and Hartung, where another would lie."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.meta_analysis import meta_analysis

HERE = Path(__file__).resolve().parent
FIT = 1e-6  # both search for the variance between; R's stops within it
FIGURES = (
    "estimate", "error", "lower", "upper", "spread", "predicted_lower", "predicted_upper", "i2", "q", "q_p_value",
)  # fmt: skip


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("name", ["bcg", "wide", "alike"])
def test_every_figure_is_that_of_metafor(name: str, level: float) -> None:
    rows = [row for row in read("meta_analysis_rows.csv") if row["set"] == name]
    r = {
        row["figure"]: float(row["value"])
        for row in read("meta_analysis.csv") if row["set"] == name and float(row["level"]) == level
    }  # fmt: skip
    found = meta_analysis(
        [float(row["y"]) for row in rows], [float(row["s"]) for row in rows], confidence=level
    )
    assert set(r) == set(FIGURES)
    for figure in FIGURES:
        assert getattr(found, figure) == pytest.approx(r[figure], rel=FIT, abs=FIT), figure


@pytest.mark.slow
def test_the_range_holds_another_unit_as_often_as_it_says() -> None:
    """Twenty units that differ: the mean is held in 95%, another unit in 95% (within what 600 studies allow)."""
    rng = np.random.default_rng(4)
    mean, another = [], []
    for _ in range(600):
        error = rng.uniform(0.3, 1.0, 20)
        found = meta_analysis(rng.normal(-1.0, 0.8, 20) + rng.normal(0, error), error)
        mean.append(found.lower <= -1.0 <= found.upper)
        another.append(found.predicted_lower <= rng.normal(-1.0, 0.8) <= found.predicted_upper)
    assert 0.925 <= np.mean(mean) <= 0.975
    assert 0.92 <= np.mean(another) <= 0.975
