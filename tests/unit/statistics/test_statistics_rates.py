"""Rates: edges, refusals, and how often the interval covers, by adding up Poisson probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.rates import rate

EXACT_SLACK = 1e-12  # rounding of a sum of probabilities
BYAR_SHORT = 0.003  # Byar's limits may miss the confidence by this much where they are used


def coverage(mean: float, **how: object) -> float:
    y = np.arange(0.0, mean + 12 * np.sqrt(mean) + 20)
    found = rate(y, 1.0, **how)  # type: ignore[arg-type]
    inside = (found.lower <= mean) & (mean <= found.upper)
    return float(stats.poisson.pmf(y, mean) @ inside)


def test_by_hand() -> None:
    found = rate(2469, 40671, per=100)
    assert found.estimate == pytest.approx(100 * 2469 / 40671)
    assert (found.events, found.exposure, found.per, found.confidence) == (2469.0, 40671.0, 100.0, 0.95)
    z, x = 1.959963984540054, 2469
    assert found.lower == pytest.approx(100 / 40671 * x * (1 - 1 / (9 * x) - z / (3 * x**0.5)) ** 3)
    x += 1
    assert found.upper == pytest.approx(100 / 40671 * x * (1 - 1 / (9 * x) + z / (3 * x**0.5)) ** 3)


def test_method_switches_at_ten_events_and_not_with_exact() -> None:
    assert list(rate([0, 9, 10, 11], 100).method) == ["exact", "exact", "byar", "byar"]
    assert list(rate([0, 9, 10, 11], 100, method="exact").method) == ["exact"] * 4


def test_no_event_has_lower_limit_zero_and_the_rule_of_three_point_seven_above() -> None:
    found = rate(0, 1000)
    assert (found.estimate, found.lower) == (0.0, 0.0)
    assert found.upper == pytest.approx(-np.log(0.025) / 1000)


def test_a_rate_may_pass_per() -> None:
    assert rate(250, 220, per=100).estimate > 100


def test_dispersion_works_on_effective_counts() -> None:
    plain, wide = rate(20, 100), rate(60, 100, dispersion=3)
    assert wide.lower == pytest.approx(3 * plain.lower)
    assert wide.upper == pytest.approx(3 * plain.upper)
    assert rate(29, 100, dispersion=3).method == "exact"
    assert rate(30, 100, dispersion=3).method == "byar"


def test_dispersion_makes_the_variance_its_multiple() -> None:
    wide, plain = rate(3e6, 1, dispersion=3), rate(3e6, 1)
    widths = (wide.upper - wide.lower) / (plain.upper - plain.lower)
    assert widths == pytest.approx(np.sqrt(3), rel=1e-3)


def test_limits_stay_finite_at_the_ends_of_confidence() -> None:
    found = rate([0, 1, 9, 10, 10**9], 1, confidence=1 - 1e-12)
    assert np.all(np.isfinite(found.upper))
    assert np.all(found.lower >= 0)
    narrow = rate(50, 1, confidence=1e-6)
    assert narrow.lower == pytest.approx(narrow.upper, rel=0.03)


def test_an_empty_array_is_an_empty_answer() -> None:
    found = rate([], 1.0)
    assert found.estimate.shape == (0,)


@pytest.mark.parametrize("mean", [0.05, 0.7, 3.0, 5.5, 9.5, 14.0, 40.0, 250.0])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_exact_limits_cover_at_least_as_often_as_asked(mean: float, level: float) -> None:
    assert coverage(mean, method="exact", confidence=level) >= level - EXACT_SLACK


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_the_phe_rule_covers_about_as_often_as_asked(level: float) -> None:
    found = [coverage(mean, confidence=level) for mean in np.linspace(0.1, 60, 150)]
    assert min(found) >= level - BYAR_SHORT
    assert np.mean(found) <= level + (1 - level) * 0.5


def test_the_dispersed_interval_covers_repeat_events() -> None:
    """Pupils come as Poisson, suspensions a pupil as 1 + Poisson(1): dispersion E[k^2] / E[k] = 2.5."""
    rng = np.random.default_rng(20181)
    pupils = rng.poisson(40.0, 20000)
    events = pupils + rng.poisson(pupils * 1.0)
    covered = {
        phi: np.mean((found.lower <= 80) & (found.upper >= 80))
        for phi in (1.0, 2.5)
        for found in [rate(events, 1.0, dispersion=phi)]
    }
    assert 0.95 <= covered[2.5] <= 0.97  # a little cautious; a standard error of the simulation is 0.0015
    assert covered[1.0] < 0.85


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"events": -1}, r"^events is -1; give a whole number of 0 or more$"),
        ({"events": [1, 2, -3]}, r"^events\[2\] is -3; give a whole number of 0 or more$"),
        ({"events": [[1, 2.5]]}, r"^events\[0, 1\] is 2.5; give a whole number"),
        ({"events": [1, float("nan")]}, r"^events\[1\] is nan; give a finite number, or leave the row out"),
        ({"events": None}, r"^events is nan; give a finite number"),
        ({"events": "many"}, r"^events is 'many'; give a number or an array of numbers$"),
        ({"exposure": 0}, r"^exposure is 0; give a number above 0$"),
        ({"exposure": [10, -1]}, r"^exposure\[1\] is -1; give a number above 0$"),
        ({"exposure": float("inf")}, r"^exposure is inf; give a finite number"),
        ({"per": 0}, r"^per is 0; give a number above 0$"),
        ({"per": [1, 100]}, r"^per has shape \(2,\); give one number$"),
        ({"confidence": 95}, r"^confidence is 95; give one number strictly between 0 and 1, such as 0.95$"),
        ({"confidence": 1.0}, r"^confidence is 1.0; give one number strictly between"),
        ({"confidence": 0}, r"^confidence is 0; give one number strictly between"),
        ({"confidence": [0.9, 0.95]}, r"^confidence is \[0.9, 0.95\]; give one number"),
        ({"method": "wald"}, r"^method is 'wald'; choose one of byar, exact$"),
        ({"dispersion": 0}, r"^dispersion is 0; give a number above 0$"),
        (
            {"events": [1, 2], "exposure": [1, 2, 3]},
            r"^shapes do not fit together: events \(2,\), exposure \(3,\), dispersion \(\); give arrays",
        ),
    ],
)
def test_refusals_name_the_thing_the_value_and_the_way_out(
    arguments: dict[str, object], message: str
) -> None:
    given = {"events": 3, "exposure": 100.0} | arguments
    with pytest.raises(ValueError, match=message):
        rate(given.pop("events"), given.pop("exposure"), **given)  # type: ignore[arg-type]
