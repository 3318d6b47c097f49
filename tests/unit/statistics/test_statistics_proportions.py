"""Proportions: edges, refusals, and how often the interval covers, by adding up binomial probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics.proportions import proportion

EXACT_SLACK = 1e-12
SHARES = [0.001, 0.02, 0.13, 0.5, 0.77, 0.99]


def coverage(share: float, n: int, **how: object) -> float:
    x = np.arange(n + 1.0)
    found = proportion(x, n, **how)  # type: ignore[arg-type]
    inside = (found.lower <= share) & (share <= found.upper)
    return float(stats.binom.pmf(x, n, share) @ inside)


@pytest.mark.parametrize("method", ["wilson", "exact"])
def test_none_and_all_have_exact_ends(method: str) -> None:
    none, everyone = proportion(0, 20, method=method), proportion(20, 20, per=100, method=method)
    assert (none.estimate, none.lower) == (0.0, 0.0)
    assert 0 < none.upper < 0.2
    assert (everyone.estimate, everyone.upper) == (100.0, 100.0)
    assert everyone.lower == pytest.approx(100 * (1 - none.upper))
    assert none.method == method


@pytest.mark.parametrize("method", ["wilson", "exact"])
def test_the_two_sides_mirror_each_other(method: str) -> None:
    x = np.arange(31)
    found, mirrored = proportion(x, 30, method=method), proportion(30 - x, 30, method=method)
    np.testing.assert_allclose(found.lower, 1 - mirrored.upper, atol=1e-14)


def test_wilson_limits_solve_the_score_equation() -> None:
    found = proportion([1, 300], [10**7, 1000], confidence=0.9)
    z = stats.norm.ppf(0.95)
    for limit in (found.lower, found.upper):
        score = (found.estimate - limit) / np.sqrt(limit * (1 - limit) / found.total)
        np.testing.assert_allclose(np.abs(score), z, rtol=1e-9)


def test_one_of_very_many_keeps_its_digits() -> None:
    found = proportion(1, 10**12)
    assert found.lower * 10**12 == pytest.approx(0.17653, rel=1e-4)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n", [5, 30, 200])
def test_clopper_pearson_covers_at_least_as_often_as_asked(share: float, n: int) -> None:
    assert coverage(share, n, method="exact") >= 0.95 - EXACT_SLACK


def test_wilson_covers_about_as_often_as_asked() -> None:
    found = [coverage(share, 60) for share in np.linspace(0.05, 0.95, 91)]
    assert np.mean(found) == pytest.approx(0.95, abs=0.005)
    assert min(found) > 0.92


@pytest.mark.parametrize(
    ("events", "total", "message"),
    [
        (5, 4, r"^events is 5; events cannot pass the total in a proportion; ask for a rate instead$"),
        ([1, 9], [3, 4], r"^events\[1\] is 9; events cannot pass the total"),
        (0, 0, r"^total is 0; give a number above 0$"),
        (1, 2.5, r"^total is 2.5; give a whole number of 0 or more$"),
        (-1, 3, r"^events is -1; give a whole number"),
        (1, [3, float("nan")], r"^total\[1\] is nan; give a finite number"),
        ([1, 1], [2, 2, 2], r"^shapes do not fit together: events \(2,\), total \(3,\)"),
    ],
)
def test_refusals(events: object, total: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportion(events, total)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"method": "byar"}, r"^method is 'byar'; choose one of wilson, exact, jeffreys, mid-p$"),
        ({"confidence": -0.1}, r"^confidence is -0.1; "),
        ({"per": -100}, r"^per is -100; give a number above 0$"),
    ],
)
def test_refusals_of_how(how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportion(1, 2, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["jeffreys", "mid-p"])
def test_jeffreys_and_midp_end_at_0_and_1_and_mirror(method: str) -> None:
    few, most = proportion([0, 1], 9, method=method), proportion([9, 8], 9, method=method)
    assert (few.lower[0], most.upper[0]) == (0.0, 1.0)
    assert few.upper == pytest.approx(1 - most.lower, rel=1e-12)
    exact = proportion([0, 1], 9, method="exact")
    assert (few.upper < exact.upper).all()
