"""Shuffled dates of staggered adoption: the same average as Callaway and Sant'Anna's, and an honest rank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onroll.statistics.adoption_permutation import adoption_permutation
from onroll.statistics.staggered import staggered_adoption

PRINTED = 5e-5  # the authors print four decimals
SAME = 1e-9  # sums of the same differences in another order
DATA = Path(__file__).parents[3] / "data" / "validation" / "P16_staggered_mpdta"
SCHOOLS, YEARS = 14, 7
DATES = np.array([4.0] * 7 + [5.0] * 3 + [np.inf] * 4)
RUNS = 300
MORE = 10  # intervals of 300: the same panels, so how often both hold the truth does not blur the difference
SIZE, COVER = (0.02, 0.09), (0.91, 0.98)  # 5% and 95% of 300 runs: between these in 99.8 of 100 studies


def panel(seed: int, change: float = 0.0) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    walk = rng.normal(0, 1, (SCHOOLS, 1)) + 0.4 * rng.normal(0, 1, (SCHOOLS, YEARS)).cumsum(axis=1)
    rough = walk + 0.5 * rng.standard_t(3, (SCHOOLS, YEARS))
    return np.asarray(rough + change * (np.arange(YEARS)[None, :] >= DATES[:, None]))


def test_the_average_is_that_of_callaway_and_santanna() -> None:
    for seed in range(5):
        table = panel(seed, 0.8)
        own = adoption_permutation(table, DATES, shuffles=99)
        other = staggered_adoption(
            table.ravel(), np.repeat(np.arange(SCHOOLS), YEARS), np.tile(np.arange(1, YEARS + 1), SCHOOLS),
            np.repeat(DATES + 1, YEARS),
        )  # fmt: skip
        assert own.estimate == pytest.approx(other.estimate, abs=SAME)
        assert own.lower <= own.estimate <= own.upper
        assert (own.p_value <= 0.05) == (not own.lower <= 0 <= own.upper)


def test_the_authors_example() -> None:
    """Simple average of minimum wages and teenage employment: -0.0400 with controls that were never treated or not yet."""
    rows = pd.read_csv(DATA / "mpdta.csv")
    first = next(name for name in rows.columns if "first" in name)
    wide = rows.pivot(index="countyreal", columns="year", values="lemp")
    began = rows.groupby("countyreal")[first].first().reindex(wide.index).to_numpy(dtype=float)
    place = np.where(began > 0, began - wide.columns[0], np.inf)
    found = adoption_permutation(wide.to_numpy(), place, shuffles=199)
    expected = staggered_adoption(rows["lemp"], rows["countyreal"], rows["year"], rows[first])
    assert found.estimate == pytest.approx(expected.estimate, abs=PRINTED)


@pytest.mark.slow
def test_false_alarms_and_coverage_are_as_said() -> None:
    rng = np.random.default_rng(0)
    alarms = covered = 0
    for run in range(RUNS):
        dates = rng.permutation(DATES)
        calm = panel(run)
        alarms += adoption_permutation(calm, dates, shuffles=499, seed=run).p_value <= 0.05
        moved = calm + 0.8 * (np.arange(YEARS)[None, :] >= dates[:, None])
        found = adoption_permutation(moved, dates, shuffles=499, seed=run)
        covered += found.lower <= 0.8 <= found.upper
    assert SIZE[0] <= alarms / RUNS <= SIZE[1]
    assert COVER[0] <= covered / RUNS <= COVER[1]


def in_proportion(seed: int, ratio: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], float]:
    """Units of very different level that rise with it; the treated fall to a ratio of what they would have been."""
    rng = np.random.default_rng(seed)
    dates = rng.permutation(DATES)
    level = 8.0 * np.exp(0.45 * rng.normal(0, 1, (SCHOOLS, 1)) + 0.2 * rng.normal(0, 1, (SCHOOLS, YEARS)))
    under = np.arange(YEARS)[None, :] >= dates[:, None]
    rough = level * np.linspace(1.0, 2.0, YEARS)
    return np.where(under, ratio * rough, rough), dates, float(((ratio - 1.0) * rough)[under].mean())


@pytest.mark.slow
def test_a_change_in_proportion_is_covered_by_a_pattern_and_too_seldom_without() -> None:
    held = {"alike": 0, "pattern": 0}
    for run in range(RUNS):
        table, dates, truth = in_proportion(run, 0.5)
        for name, pattern in (("alike", 1.0), ("pattern", table)):
            found = adoption_permutation(table, dates, shuffles=499, seed=run, pattern=pattern)
            held[name] += found.lower <= truth <= found.upper
    assert COVER[0] <= held["pattern"] / RUNS <= COVER[1]
    assert held["alike"] + MORE <= held["pattern"]


def test_the_interval_holds_the_changes_that_taken_away_leave_nothing_that_stands_out() -> None:
    """By the definition: the pattern's change is taken out of the outcome, and what is left is ranked anew."""
    table, dates, _ = in_proportion(3, 0.6)
    found = adoption_permutation(table, dates, shuffles=499, pattern=table)
    under = np.arange(YEARS)[None, :] >= dates[:, None]
    shape = np.where(under, table, 0.0)
    shape /= shape[
        under
    ].mean()  # some have not begun in any period, so every cell under treatment counts alike
    step = 0.01 * (found.upper - found.lower)
    for end, inwards in ((found.lower, step), (found.upper, -step)):
        for change, is_ruled_out in ((end + inwards, False), (end - inwards, True)):
            left = adoption_permutation(table - change * shape, dates, shuffles=499)
            assert (left.p_value <= 0.05) == is_ruled_out


def test_a_pattern_changes_the_interval_and_neither_estimate_nor_rank_and_its_scale_is_nothing() -> None:
    table, dates, _ = in_proportion(5, 0.6)
    plain, one, other = (
        adoption_permutation(table, dates, shuffles=199, pattern=each) for each in (1.0, table, 7.0 * table)
    )
    assert one.estimate == pytest.approx(plain.estimate, abs=SAME)
    assert one.p_value == plain.p_value
    assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), rel=1e-6)
    assert one.lower != pytest.approx(plain.lower, rel=1e-3)
    same = adoption_permutation(table, dates, shuffles=199, pattern=np.full_like(table, 3.0))
    assert (same.lower, same.upper) == pytest.approx((plain.lower, plain.upper), rel=1e-6)
    assert "pattern" in one.method
    assert "pattern" not in plain.method


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_another_unit_of_measure_changes_nothing_but_the_unit(seed: int, scale: float, shift: float) -> None:
    table = panel(seed, 0.5)
    one, other = (adoption_permutation(each, DATES, shuffles=99) for each in (table, shift + scale * table))
    assert other.estimate == pytest.approx(scale * one.estimate, abs=1e-7 * scale)
    assert other.p_value == one.p_value
    assert other.lower == pytest.approx(scale * one.lower, rel=1e-6, abs=1e-6 * scale)


def test_the_same_seed_gives_the_same_answer_and_more_confidence_is_wider() -> None:
    one, again = (adoption_permutation(panel(3), DATES, shuffles=499) for _ in range(2))
    assert (one.lower, one.upper, one.p_value) == (again.lower, again.upper, again.p_value)
    wide = adoption_permutation(panel(3), DATES, shuffles=499, confidence=0.99)
    assert wide.lower <= one.lower <= one.upper <= wide.upper


@pytest.mark.parametrize(
    ("table", "dates", "more", "message"),
    [
        (panel(1), DATES[:5], {}, "shape"),
        (panel(1), np.where(np.isfinite(DATES), 2.5, DATES), {}, r"first_treated\[\d+\] is 2.5; give a whole place"),
        (panel(1), np.full(SCHOOLS, np.inf), {}, "nobody is treated within"),
        (panel(1), np.full(SCHOOLS, 9.0), {}, "nobody is treated within"),
        (panel(1), np.full(SCHOOLS, 3.0), {}, "all units began at once"),
        (panel(1), np.where(np.arange(SCHOOLS) == 2, 0.0, DATES), {}, r"first_treated\[2\] is 0: treated from the first"),
        (panel(1), np.where(np.arange(SCHOOLS) == 2, np.nan, DATES), {}, r"first_treated\[2\] is NaN"),
        (np.where(np.eye(SCHOOLS, YEARS) > 0, np.nan, panel(1)), DATES, {}, r"outcome\[0, 0\]"),
        (panel(1), DATES, {"shuffles": 10}, "shuffles is 10"),
        (panel(1), DATES, {"shuffles": 99.5}, "shuffles is 99.5"),
        (panel(1), DATES, {"confidence": 1.0}, "confidence"),
        (panel(1), DATES, {"pattern": np.ones(SCHOOLS)}, r"pattern has shape \(14,\); give \(14, 7\)"),
        (panel(1), DATES, {"pattern": panel(1)}, "pattern holds -.*; a change has one direction"),
        (panel(1), DATES, {"pattern": np.zeros((SCHOOLS, YEARS))}, "pattern is 0 at all"),
        (panel(1), DATES, {"pattern": np.nan}, "pattern"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(table: Any, dates: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        adoption_permutation(table, dates, **more)
