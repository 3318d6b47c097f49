"""Published answers of funnels, charts, the rule and pooling, figure by figure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from onroll.validation import charts, funnels, pooling, rules

CASES = Path(__file__).resolve().parents[2] / "data" / "validation"
ALL = {**funnels.CASES, **charts.CASES, **rules.CASES, **pooling.CASES}
ROUNDED = 0.5000001  # printed to so many digits: off by half of the last, and by how it is stored


@pytest.mark.parametrize(("case", "compute"), ALL.items())
def test_each_figure_is_as_published(case: str, compute: Callable[[Path], Mapping[str, float]]) -> None:
    card = yaml.safe_load((CASES / case / "case.yaml").read_text(encoding="utf-8"))
    assert set(card) == {"id", "title", "method", "source", "licence", "strength", "tolerance"}
    ((kind, usual),) = card["tolerance"].items()
    with (CASES / case / "expected.csv").open(newline="", encoding="utf-8") as file:
        expected = {row["figure"]: row for row in csv.DictReader(file)}
    found = compute(CASES / case)
    assert set(found) == set(expected)
    for figure, row in expected.items():
        value, tolerance = float(row["value"]), float(row["tolerance"] or usual)
        near = {"relative": tolerance * abs(value), "absolute": tolerance, "digits": ROUNDED * 10**-tolerance}
        assert abs(found[figure] - value) <= near[kind], (figure, found[figure], value)
