"""Rates of repeated events by simulation with known truth: does the interval hold what it says?"""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.repeat_events import METHODS, repeat_rate, repeat_rate_ratio

SHARES = np.array([0.6, 0.2, 0.1, 0.05, 0.03, 0.02])  # of pupils with 1, 2, .. 6 events
MEAN = float(SHARES @ np.arange(1, 7))
RUNS = 20_000
NOISE = 0.006  # four standard errors of a coverage near 0.95 in so many runs


def coverage(lower: object, upper: object, truth: float) -> float:
    return float(np.mean((np.asarray(lower) <= truth) & (truth <= np.asarray(upper))))


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("pupils", "at_least"), [(5, 0.89), (10, 0.93), (20, 0.94), (50, 0.945), (200, 0.945)]
)
def test_the_interval_covers_the_rate(method: str, pupils: int, at_least: float) -> None:
    drawn = np.random.default_rng(pupils).poisson(pupils * SHARES, (RUNS, 6))
    found = repeat_rate(drawn, 1.0, method=method)
    assert at_least - NOISE < coverage(found.lower, found.upper, pupils * MEAN) < 0.965


@pytest.mark.slow
def test_poisson_limits_would_not_cover_it() -> None:
    drawn = np.random.default_rng(1).poisson(50 * SHARES, (RUNS, 6)) @ np.arange(1, 7)
    found = repeat_rate(drawn[:, None], 1.0)  # as if each event were another pupil's
    assert coverage(found.lower, found.upper, 50 * MEAN) < 0.87


@pytest.mark.slow
@pytest.mark.parametrize(("pupils", "reference"), [(10, 10), (10, 40), (40, 40), (40, 400)])
def test_the_interval_covers_the_ratio(pupils: int, reference: int) -> None:
    rng = np.random.default_rng(pupils + reference)
    here, there = rng.poisson(pupils * SHARES, (RUNS, 6)), rng.poisson(reference * SHARES, (RUNS, 6))
    some = (here.sum(1) > 0) | (there.sum(1) > 0)
    found = repeat_rate_ratio(here[some], 1.0, reference_pupils=there[some], reference_exposure=1.0)
    assert 0.94 - NOISE < coverage(found.lower, found.upper, pupils / reference) < 0.975


@pytest.mark.slow
def test_a_known_total_with_an_open_class_still_covers() -> None:
    """The top class is 4 or more; its events are known only in all."""
    rng = np.random.default_rng(3)
    drawn = rng.poisson(60 * SHARES, (RUNS, 6))
    seen = np.column_stack([drawn[:, :3], drawn[:, 3:].sum(1)])
    found = repeat_rate(seen, 1.0, at_most=6, events=drawn @ np.arange(1, 7))
    assert 0.945 - NOISE < coverage(found.lower, found.upper, 60 * MEAN) < 0.975
