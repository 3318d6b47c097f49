"""The published answers of adjusted models, clustered errors and mixed models, figure by figure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from onroll.validation import clusters, intersections, models

CASES = Path(__file__).resolve().parents[2] / "data" / "validation"
ALL = {**models.CASES, **clusters.CASES, **intersections.CASES}


@pytest.mark.parametrize(("case", "compute"), ALL.items())
def test_each_figure_is_as_published(case: str, compute: Callable[[Path], Mapping[str, float]]) -> None:
    card = yaml.safe_load((CASES / case / "case.yaml").read_text(encoding="utf-8"))
    usual = card["tolerance"]["absolute"]
    with (CASES / case / "expected.csv").open(newline="", encoding="utf-8") as file:
        expected = {row["figure"]: row for row in csv.DictReader(file)}
    found = compute(CASES / case)
    assert set(found) == set(expected)
    for figure, row in expected.items():
        assert abs(found[figure] - float(row["value"])) <= float(row["tolerance"] or usual), figure
