"""Concentration against pupils counted one by one, and the intervals by simulation with known truth."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.concentration import events_made, gini, lorenz, pupils_making

SHARES = np.array([0.6, 0.2, 0.1, 0.05, 0.03, 0.02])  # of pupils with 1, 2, .. 6 events
RUNS = 4_000
NOISE = 0.014  # four standard errors of a coverage near 0.95 in so many runs
ROUNDING = 1e-12


def one_by_one(pupils: np.ndarray, without: int) -> np.ndarray:
    return np.sort(np.repeat(np.arange(pupils.size + 1.0), [without, *pupils]))[::-1]


@pytest.mark.parametrize("without", [0, 300])
@pytest.mark.parametrize("seed", range(5))
def test_it_is_counting_pupils_one_by_one(without: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pupils = rng.poisson([40, 15, 6, 3, 1]) + np.array([1, 0, 0, 0, 0])
    each = one_by_one(pupils, without)
    made = np.concatenate([[0.0], each.cumsum()]) / each.sum()
    at = np.arange(each.size + 1.0) / each.size
    for share in (0.1, 0.5, 0.83):
        top = np.interp(share, made, at)
        assert pupils_making(pupils, share, without=without).estimate == pytest.approx(top, rel=ROUNDING)
        assert events_made(pupils, share, without=without).estimate == pytest.approx(
            np.interp(share, at, made), rel=ROUNDING
        )
        assert lorenz(pupils, [share], without=without).estimate[0] == pytest.approx(
            1 - np.interp(1 - share, at, made), abs=ROUNDING
        )
    apart = np.abs(each[:, None] - each).mean() / (2 * each.mean())
    assert gini(pupils, without=without).estimate == pytest.approx(apart, rel=ROUNDING)


@pytest.mark.slow
@pytest.mark.parametrize(("pupils", "at_least"), [(60, 0.90), (150, 0.92), (400, 0.935), (2000, 0.94)])
@pytest.mark.parametrize("measure", [pupils_making, events_made, gini])
def test_intervals_cover(measure: object, pupils: int, at_least: float) -> None:
    truth = measure(np.round(SHARES * 1e6)).estimate  # type: ignore[operator]
    drawn = np.random.default_rng(pupils).multinomial(pupils, SHARES, RUNS)
    found = measure(drawn)  # type: ignore[operator]
    covered = float(np.mean((found.lower <= truth) & (truth <= found.upper)))
    assert at_least - NOISE < covered < 0.965
