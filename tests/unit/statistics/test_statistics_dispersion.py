"""Dispersion between authorities: by hand, where it is known, and refused where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.dispersion import NO_SPREAD, paired_dispersion

SIMULATED = 0.04  # five standard errors of 300 means over 150 pairs


def pairs(rng: np.random.Generator, phi: float, n: int = 150) -> tuple[np.ndarray, ...]:
    """Counts with variance phi times mean (negative binomial, or Poisson at 1), ratio 0.8."""
    exposure, reference_exposure = rng.uniform(1e4, 6e4, (2, n))
    means = 0.003 * np.stack([0.8 * exposure, reference_exposure])
    if phi > 1:
        means = rng.gamma(means / (phi - 1.0), phi - 1.0)
    events, reference_events = rng.poisson(means)
    return events, exposure, reference_events, reference_exposure


def test_by_hand() -> None:
    found = paired_dispersion([10, 30], 1.0, [20, 20], 1.0)
    assert found.ratio == pytest.approx(1.0)
    # shares of a half: (10 - 15)^2 / 7.5 + (30 - 25)^2 / 12.5 on one degree of freedom
    assert found.estimate == pytest.approx(25 / 7.5 + 25 / 12.5)
    assert (found.df, found.pairs, found.left_out, found.method) == (1.0, 2, 0, "pearson")
    assert found.lower < found.estimate < found.upper


def test_the_common_ratio_is_that_of_the_totals_when_exposures_are_alike() -> None:
    found = paired_dispersion([10, 35, 3], [5.0, 9.0, 2.0], [20, 20, 4], [5.0, 9.0, 2.0])
    assert found.ratio == pytest.approx(48 / 44)


def test_pairs_with_no_event_are_left_out_and_counted() -> None:
    whole = paired_dispersion([10, 0, 30, 4], 1.0, [20, 0, 20, 5], 1.0)
    part = paired_dispersion([10, 30, 4], 1.0, [20, 20, 5], 1.0)
    assert (whole.pairs, whole.left_out) == (3, 1)
    assert whole.estimate == part.estimate


def test_less_than_poisson_is_given_as_it_is() -> None:
    found = paired_dispersion([20, 40, 60], 1.0, [20, 40, 60], 1.0)
    assert found.estimate == pytest.approx(0.0, abs=1e-20)
    assert found.at_least_one == 1.0
    assert paired_dispersion([10, 30], 1.0, [20, 20], 1.0).at_least_one > 5


@pytest.mark.parametrize("phi", [1.0, 3.0])
@pytest.mark.parametrize("method", ["pearson", "winsorised"])
def test_known_dispersion_is_found(phi: float, method: str) -> None:
    rng = np.random.default_rng(7)
    found = [paired_dispersion(*pairs(rng, phi), method=method) for _ in range(300)]
    assert np.mean([one.estimate for one in found]) / phi == pytest.approx(1.0, abs=SIMULATED)
    covered = np.mean([one.lower <= phi <= one.upper for one in found])
    assert covered > 0.90  # the interval is chi-square's; 0.95 less five standard errors


def test_winsorised_is_not_made_by_a_few() -> None:
    rng = np.random.default_rng(11)
    given = pairs(rng, 1.0)
    given[0][:8] *= 3  # eight of 150 truly changed
    plain, robust = paired_dispersion(*given), paired_dispersion(*given, method="winsorised")
    assert plain.estimate > 4
    assert robust.estimate < 1.6
    assert robust.df == pytest.approx(0.7113395 * plain.df)


def test_very_uneven_exposures_converge() -> None:
    found = paired_dispersion([5000, 1, 0], [1.0, 1e6, 3.0], [1, 4000, 7], [1e6, 1.0, 8e4])
    assert np.isfinite(found.estimate)
    p = found.ratio * np.array([1.0, 1e6, 3.0])
    p = p / (p + np.array([1e6, 1.0, 8e4]))
    assert np.array([5001, 4001, 7]) @ p == pytest.approx(5001, rel=1e-9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([3], 1, [4], 1), r"^pairs with an event are 1; give two or more"),
        (([3, 0], 1, [4, 0], 1), r"^pairs with an event are 1; give two or more"),
        (([0, 0], 1, [4, 5], 1), r"^events are all 0; there is no common ratio to scatter round"),
        (([4, 5], 1, [0, 0], 1), r"^reference_events are all 0; "),
        (([4, -5], 1, [1, 1], 1), r"^events\[1\] is -5; give a whole number"),
        (([4, 5], 0, [1, 1], 1), r"^exposure is 0; give a number above 0"),
        (([4, 5], 1, [1, 1, 1], 1), r"^shapes do not fit together"),
    ],
)
def test_refusals(given: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        paired_dispersion(*given)  # type: ignore[arg-type]


def test_refusal_of_method() -> None:
    with pytest.raises(ValueError, match=r"^method is 'trimmed'; choose one of pearson, winsorised$"):
        paired_dispersion([4, 5], 1, [1, 1], 1, method="trimmed")


@pytest.mark.parametrize("times", [1.0, 1e6])
def test_pairs_that_do_not_differ_have_no_limits_and_it_is_said(times: float) -> None:
    found = paired_dispersion(np.array([10, 20, 30]) * times, 1.0, np.array([10, 20, 30]) * times, 1.0)
    assert np.isnan([found.lower, found.upper]).all()
    assert found.note == NO_SPREAD
    assert paired_dispersion([10, 30], 1.0, [20, 20], 1.0).note == ""
