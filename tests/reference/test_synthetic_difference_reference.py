"""Synthetic difference in differences beside quadratic programming in R (synthetic_difference.R)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.difference import difference_in_differences
from onroll.statistics.synthetic_control import placebos
from onroll.statistics.synthetic_difference import synthetic_difference

HERE = Path(__file__).resolve().parent
NEAR = 1e-6  # quadprog needs a trace of ridge where weights of periods are not unique
ROUNDING = 1e-9
RIDGE = 1e-4  # a synthetic control with a ridge of a millionth of the spread beside one with none


@pytest.fixture(scope="module")
def prop99() -> tuple[list[str], np.ndarray, np.ndarray]:
    with (HERE.parents[1] / "data" / "validation" / "P18_sdid_prop99" / "prop99_wide.csv").open(
        newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    states = [name for name in rows[0] if name != "Year"]
    table = np.array([[float(row[state]) for state in states] for row in rows])
    return states, table, np.array([int(row["Year"]) < 1989 for row in rows])


def wanted(state: str) -> dict[str, float]:
    with (HERE / "synthetic_difference.csv").open(newline="") as file:
        return {row["figure"]: float(row["value"]) for row in csv.DictReader(file) if row["state"] == state}


def test_california_and_a_placebo(prop99: tuple[list[str], np.ndarray, np.ndarray]) -> None:
    states, table, pre = prop99
    found, r = synthetic_difference(table, states.index("California"), pre), wanted("California")
    assert found.estimate == pytest.approx(r["estimate"], rel=NEAR)
    assert found.ridge == pytest.approx(r["ridge"], rel=ROUNDING)
    assert found.unit_weights.max() == pytest.approx(r["largest weight"], rel=NEAR)
    assert found.time_weights[18] == pytest.approx(r["weight of 1988"], rel=NEAR)
    assert found.placebos[states.index("Utah")] == pytest.approx(wanted("Utah")["estimate"], rel=NEAR)


def test_the_companions_are_the_estimators_we_have(prop99: tuple[list[str], np.ndarray, np.ndarray]) -> None:
    states, table, pre = prop99
    at = states.index("California")
    found = synthetic_difference(table, at, pre)
    plain, control = difference_in_differences(table, at, pre), placebos(table, at, pre)
    assert found.difference.estimate == pytest.approx(plain.estimate, rel=ROUNDING)
    assert found.difference.p_value == plain.p_value
    assert found.difference.range_lower == pytest.approx(plain.lower, rel=ROUNDING)
    assert found.synthetic_control.estimate == pytest.approx(control.estimate, rel=RIDGE)
    np.testing.assert_allclose(found.synthetic_control.placebos, control.mean_gap, atol=0.05)


@pytest.mark.slow
def test_size_under_no_effect_is_that_of_a_permutation() -> None:
    rng = np.random.default_rng(6)
    pre = np.arange(14) < 9
    times = 300
    small = [
        synthetic_difference(np.cumsum(rng.normal(size=(14, 20)), axis=0), 0, pre).p_value <= 0.1
        for _ in range(times)
    ]
    assert 0.06 <= np.mean(small) <= 0.16
