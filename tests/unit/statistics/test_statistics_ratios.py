"""Rate ratios: edges, refusals, R's tie rule, speed at a million counts, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from onroll.statistics._binomial import log_pmf
from onroll.statistics.ratios import METHODS, rate_ratio

EXACT_SLACK = 1e-12


def compare(y: object, y0: object, e: object = 1.0, e0: object = 1.0, **how: object):
    return rate_ratio(y, e, reference_events=y0, reference_exposure=e0, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["exact", "mid-p", "dispersed"])
def test_no_event_in_one_group(method: str) -> None:
    none, no_reference = compare(0, 4, method=method), compare(4, 0, method=method)
    assert (none.estimate, none.lower) == (0.0, 0.0)
    assert 0 < none.upper < np.inf
    assert (no_reference.estimate, no_reference.upper) == (np.inf, np.inf)
    assert no_reference.lower == pytest.approx(1 / none.upper)
    assert no_reference.p_value == pytest.approx(none.p_value)
    assert none.p_value == pytest.approx({"mid-p": 0.5**4, "exact": 0.5**3, "dispersed": 0.5**3}[method])


def test_no_event_anywhere_is_refused_alone_and_noted_among_many() -> None:
    with pytest.raises(
        ValueError, match=r"^events and reference_events are both 0; no ratio can be computed"
    ):
        compare(0, 0)
    for method in METHODS:
        found = compare([1, 0, 0], [0, 0, 2], method=method)
        assert found.estimate.tolist()[::2] == [np.inf, 0.0]
        assert np.isnan(found.estimate[1])
        assert np.isnan(found.p_value).tolist() == [False, True, False]
        assert (found.lower[1], found.upper[1]) == (0.0, np.inf)
        assert found.note.tolist() == ["", "no ratio can be computed: neither group has an event", ""]


def test_equal_rates_have_probability_one() -> None:
    assert compare(56, 56).p_value == 1.0
    assert compare(1, 3, 1.0, 3.0).p_value == 1.0
    assert compare(56, 56, method="mid-p").p_value == pytest.approx(1.0)
    assert compare(56, 56, method="dispersed").p_value == 1.0


def test_ties_are_counted_as_r_counts_them() -> None:
    """With p of a half the two outcomes at equal distance are equally probable, at any size of count."""
    for y, y0 in ((3, 9), (500_200, 499_000), (1_000_500, 1_000_000)):
        found = compare(y, y0)
        n, far = y + y0, max(y, y0)
        assert found.p_value == pytest.approx(min(2 * stats.binom.sf(far - 1, n, 0.5), 1.0), rel=1e-9)


def test_p_value_by_adding_up_every_outcome() -> None:
    n, share = 37, 0.23
    pmf = stats.binom.pmf(np.arange(n + 1), n, share)
    for x in range(n + 1):
        found = compare(x, n - x, share, 1 - share)
        assert found.p_value == pytest.approx(pmf[pmf <= pmf[x] * (1 + 1e-7)].sum(), rel=1e-9)


def test_log_probability_keeps_its_digits_at_any_count() -> None:
    for n, share in ((9, 0.4), (15, 0.01), (16, 0.5), (17, 0.9), (400, 0.3), (2_000_001, 0.5)):
        reach = 12 * np.sqrt(n * share * (1 - share)) + 5
        k = np.unique(np.linspace(max(n * share - reach, 0), min(n * share + reach, n), 300).round())
        found = log_pmf(k, np.full(k.shape, float(n)), np.full(k.shape, share), np.full(k.shape, 1 - share))
        np.testing.assert_allclose(np.exp(found), stats.binom.pmf(k, n, share), rtol=1e-11)


def test_exact_limits_leave_half_of_the_rest_in_either_tail() -> None:
    found = compare(7, 20, 1.0, 3.0, confidence=0.9)
    for limit, tail in ((found.lower, "upper"), (found.upper, "lower")):
        share = limit / (limit + 3.0)
        chance = stats.binom.sf(6, 27, share) if tail == "upper" else stats.binom.cdf(7, 27, share)
        assert chance == pytest.approx(0.05, rel=1e-9)


def test_mid_p_limits_solve_their_equation() -> None:
    y, y0 = np.array([1, 7, 300, 20]), np.array([30, 20, 280, 1])
    found = compare(y, y0, method="mid-p")
    for limit, side in ((found.lower, 1), (found.upper, -1)):
        share = limit / (limit + 1.0)
        above = stats.binom.sf(y, y + y0, share) + stats.binom.pmf(y, y + y0, share) / 2
        np.testing.assert_allclose(above if side == 1 else 1 - above, 0.025, rtol=1e-8)


def test_mid_p_is_narrower_than_exact() -> None:
    exact, mid = compare(12, 30), compare(12, 30, method="mid-p")
    assert exact.lower < mid.lower < mid.estimate < mid.upper < exact.upper
    assert mid.p_value < exact.p_value


def test_dispersed_by_hand() -> None:
    found = compare(40, 90, 1000, 1500, method="dispersed", dispersion=2.0)
    error = np.sqrt(2.0 * (1 / 40 + 1 / 90))
    log_ratio = np.log(40 / 90 * 1.5)
    assert found.lower == pytest.approx(np.exp(log_ratio - 1.959963984540054 * error))
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(log_ratio) / error))
    t = compare(40, 90, 1000, 1500, method="dispersed", dispersion=2.0, df=4)
    assert t.upper == pytest.approx(np.exp(log_ratio + stats.t.ppf(0.975, 4) * error))
    assert t.p_value == pytest.approx(2 * stats.t.sf(abs(log_ratio) / error, 4))


def test_dispersed_says_where_it_fell_back() -> None:
    found = compare([0, 5], [9, 5], method="dispersed", dispersion=3.0)
    assert list(found.method) == ["dispersed, effective counts", "dispersed"]
    effective = compare(0, 3)
    assert found.upper[0] == pytest.approx(effective.upper)
    assert found.p_value[0] == pytest.approx(effective.p_value)
    uneven = compare([0, 9], [9, 0], [1.0, 3.0], [3.0, 1.0], method="dispersed", dispersion=3.0)
    np.testing.assert_allclose(
        uneven.p_value, 2 * 0.75**3
    )  # all three effective events fell in three quarters


def test_a_million_counts_are_exact() -> None:
    y = np.arange(1_000_000, 1_010_000)
    found = compare(y, 1_000_000)
    assert found.p_value[0] == 1.0
    assert np.all(np.diff(found.p_value) <= 0)
    normal = 2 * stats.norm.sf((y[3000] - 1_000_000 - 1) / np.sqrt(y[3000] + 1_000_000))
    assert found.p_value[3000] == pytest.approx(normal, rel=2e-3)


def two_poissons(mean: float, reference_mean: float, **how: object) -> float:
    """How often the interval covers the true ratio, over all pairs of counts with an event."""
    y, y0 = (np.arange(0.0, m + 10 * np.sqrt(m) + 15) for m in (mean, reference_mean))
    first, second = (grid.ravel() for grid in np.meshgrid(y, y0, indexing="ij"))
    chance = stats.poisson.pmf(first, mean) * stats.poisson.pmf(second, reference_mean)
    some = first + second > 0
    found = compare(first[some], second[some], **how)
    inside = (found.lower <= mean / reference_mean) & (mean / reference_mean <= found.upper)
    return float(chance[some] @ inside / chance[some].sum())


@pytest.mark.parametrize(
    ("mean", "reference_mean"), [(0.5, 0.5), (2.0, 5.0), (4.0, 4.0), (12.0, 3.0), (30.0, 45.0)]
)
def test_coverage_for_small_counts(mean: float, reference_mean: float) -> None:
    exact = two_poissons(mean, reference_mean)
    mid = two_poissons(mean, reference_mean, method="mid-p")
    assert exact >= 0.95 - EXACT_SLACK
    assert exact > mid >= 0.94


@pytest.mark.slow
def test_dispersed_coverage_with_repeat_events() -> None:
    """Pupils come as Poisson, suspensions a pupil as 1 + Poisson(1): dispersion 2.5."""
    rng = np.random.default_rng(2018)
    pupils = rng.poisson(np.array([[40.0], [55.0]]), (2, 200_000))
    y, y0 = pupils + rng.poisson(pupils * 1.0)
    found = compare(y, y0, method="dispersed", dispersion=2.5)
    covered = np.mean((found.lower <= 40 / 55) & (found.upper >= 40 / 55))
    assert covered == pytest.approx(0.95, abs=0.004)
    plain = compare(y, y0)
    assert np.mean((plain.lower <= 40 / 55) & (plain.upper >= 40 / 55)) < 0.82


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"dispersion": 2}, r"^dispersion is 2; method='exact' cannot use it; ask for method='dispersed'$"),
        ({"dispersion": 2, "method": "mid-p"}, r"^dispersion is 2; method='mid-p' cannot use it"),
        ({"dispersion": 0, "method": "dispersed"}, r"^dispersion is 0; give a number above 0$"),
        ({"df": 5}, r"^df is 5; method='exact' cannot use it; ask for method='dispersed'$"),
        ({"df": 0, "method": "dispersed"}, r"^df is 0; give a number above 0$"),
        ({"method": "wald"}, r"^method is 'wald'; choose one of exact, mid-p, dispersed$"),
        ({"confidence": 0}, r"^confidence is 0; give one number"),
    ],
)
def test_refusals_of_how(how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(3, 4, **how)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((-1, 2), r"^events is -1; give a whole number"),
        ((1, 2.5), r"^reference_events is 2.5; give a whole number"),
        ((1, 2, 0, 1), r"^exposure is 0; give a number above 0$"),
        ((1, 2, 1, [1, 0]), r"^reference_exposure\[1\] is 0; give a number above 0$"),
        ((1, float("nan")), r"^reference_events is nan; give a finite number"),
        (([1, 2], [1, 2, 3]), r"^shapes do not fit together: events \(2,\), .*reference_events \(3,\)"),
    ],
)
def test_refusals(given: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(*given)
