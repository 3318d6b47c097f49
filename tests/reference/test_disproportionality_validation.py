"""The published answers of standardisation, decomposition and segregation, figure by figure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from onroll.validation import decomposition, segregation, standardised

CASES = Path(__file__).resolve().parents[2] / "data" / "validation"
ALL = {**standardised.CASES, **decomposition.CASES, **segregation.CASES}
ROUNDED = (
    0.5000001  # a figure printed to so many digits is off by half of the last one, and by how it is stored
)


@pytest.mark.parametrize(("case", "compute"), ALL.items())
def test_each_figure_is_as_published(case: str, compute: Callable[[Path], Mapping[str, float]]) -> None:
    ((kind, usual),) = yaml.safe_load((CASES / case / "case.yaml").read_text(encoding="utf-8"))[
        "tolerance"
    ].items()
    with (CASES / case / "expected.csv").open(newline="", encoding="utf-8") as file:
        expected = {row["figure"]: row for row in csv.DictReader(file)}
    found = compute(CASES / case)
    assert set(found) == set(expected)
    for figure, row in expected.items():
        value, tolerance = float(row["value"]), float(row["tolerance"] or usual)
        near = {"relative": tolerance * abs(value), "absolute": tolerance, "digits": ROUNDED * 10**-tolerance}
        assert abs(found[figure] - value) <= near[kind], figure
