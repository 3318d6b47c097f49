"""Differences of rates against limits worked apart, simulation with known truth, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onroll.statistics.rate_difference import rate_difference

HANDWORK = 1e-9  # the same formulas in the same numbers
CAUTIOUS, NARROW = 0.995, 0.94  # coverage of 0.95 by simulation: 20,000 draws are sure to 0.003
COUNTS, ROLLS = st.integers(0, 5000), st.integers(1, 60000)


def exact(events: int, exposure: float) -> tuple[float, float]:
    """Garwood's limits by chi-square; below ten events they are the ones used."""
    low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return low / exposure, stats.chi2.ppf(0.975, 2 * events + 2) / 2 / exposure


@pytest.mark.parametrize(("events", "other"), [(9, 7), (0, 9), (3, 0), (0, 0)])
def test_square_and_add_of_garwoods_limits(events: int, other: int) -> None:
    (low, high), (low0, high0) = exact(events, 1200), exact(other, 2000)
    r, r0 = events / 1200, other / 2000
    found = rate_difference(events, 1200, reference_events=other, reference_exposure=2000)
    assert found.estimate == pytest.approx(r - r0, abs=HANDWORK)
    assert found.lower == pytest.approx(r - r0 - ((r - low) ** 2 + (high0 - r0) ** 2) ** 0.5, abs=HANDWORK)
    assert found.upper == pytest.approx(r - r0 + ((high - r) ** 2 + (r0 - low0) ** 2) ** 0.5, abs=HANDWORK)


@pytest.mark.parametrize(
    ("mean", "other", "exposure", "base", "each"),
    [(11, 9, 4715, 11396, 1), (3, 30, 500, 9000, 1), (60, 200, 1000, 4000, 3)],
)
def test_coverage_where_events_come_singly_and_where_they_come_by_threes(
    mean: int, other: int, exposure: int, base: int, each: int
) -> None:
    rng = np.random.default_rng(20)
    here, there = (each * rng.poisson(one / each, 20_000) for one in (mean, other))
    found = rate_difference(
        here, exposure, reference_events=there, reference_exposure=base, dispersion=each, reference_dispersion=each
    )  # fmt: skip
    truth = mean / exposure - other / base
    covered = np.mean((np.asarray(found.lower) <= truth) & (truth <= np.asarray(found.upper)))
    assert NARROW <= covered <= CAUTIOUS


@given(COUNTS, ROLLS, COUNTS, ROLLS, st.floats(1, 6))
def test_swapping_turns_the_sign_and_wider_confidence_is_wider(
    events: int, exposure: int, other: int, base: int, wide: float
) -> None:
    spread = {"dispersion": wide, "reference_dispersion": wide}
    one = rate_difference(events, exposure, reference_events=other, reference_exposure=base, **spread)
    back = rate_difference(other, base, reference_events=events, reference_exposure=exposure, **spread)
    wider = rate_difference(
        events, exposure, reference_events=other, reference_exposure=base, confidence=0.99, **spread
    )
    assert one.lower <= one.estimate <= one.upper
    assert (back.estimate, back.lower, back.upper) == pytest.approx((-one.estimate, -one.upper, -one.lower))
    assert wider.lower <= one.lower <= one.upper <= wider.upper


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="events is -1"):
        rate_difference(-1, 10, reference_events=1, reference_exposure=10)
    with pytest.raises(ValueError, match="exposure is 0"):
        rate_difference(1, 0, reference_events=1, reference_exposure=10)
