"""What must hold of the statistics room whatever goes in, and weights against another optimiser."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize

from onroll.statistics._panel_notes import NO_END
from onroll.statistics.detectable import detectable_change
from onroll.statistics.difference import difference_in_differences
from onroll.statistics.dispersion import paired_dispersion
from onroll.statistics.proportions import proportion
from onroll.statistics.rates import rate
from onroll.statistics.ratios import rate_ratio
from onroll.statistics.synthetic_control import placebos, synthetic_control, weights

ROUNDING = 1e-9  # relative, for figures that are equal but for the order of arithmetic
SLSQP = 1e-6  # the other optimiser's own tolerance on the squared distance, relative to the worst donor's
KKT = 1e-8  # gradient, relative to its own size

lawful = settings(max_examples=80, deadline=None)
slower = settings(max_examples=30, deadline=None)

events = st.integers(0, 200_000)
few = st.integers(0, 60)
exposures = st.floats(0.5, 1e7)
levels = st.floats(0.05, 0.999)
usual = st.floats(0.5, 0.999)  # far below a half, mid-p limits close on the median-unbiased ratio instead
dispersions = st.floats(1.0, 20.0)
rate_methods = st.sampled_from(["byar", "exact"])
proportion_methods = st.sampled_from(["wilson", "exact"])
ratio_methods = st.sampled_from(["exact", "mid-p", "dispersed"])
numbers = st.floats(-100, 100).map(lambda x: round(x, 6))


def near(found: object, wanted: object) -> None:
    np.testing.assert_allclose(found, wanted, rtol=ROUNDING, atol=1e-300)


# rates, proportions, ratios ---------------------------------------------------------------------------


@lawful
@given(events, exposures, levels, rate_methods, dispersions)
def test_rate_lies_inside_its_interval(y: int, e: float, level: float, method: str, phi: float) -> None:
    found = rate(y, e, confidence=level, method=method, dispersion=phi)
    assert 0 <= found.lower <= found.estimate * (1 + ROUNDING)
    assert found.estimate < found.upper < np.inf


@lawful
@given(events, exposures, levels, levels, rate_methods)
def test_more_confidence_is_wider_for_a_rate(y: int, e: float, one: float, two: float, method: str) -> None:
    narrow, wide = (rate(y, e, confidence=level, method=method) for level in sorted((one, two)))
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)


@lawful
@given(events, exposures, st.floats(0.001, 1000), st.floats(0.01, 1e5), rate_methods)
def test_exposure_and_per_only_scale_a_rate(y: int, e: float, times: float, per: float, method: str) -> None:
    plain, scaled = rate(y, e, method=method), rate(y, e * times, per=per, method=method)
    for name in ("estimate", "lower", "upper"):
        near(getattr(scaled, name) * times / per, getattr(plain, name))


@lawful
@given(events, exposures, rate_methods)
def test_dispersion_one_is_the_default_rate(y: int, e: float, method: str) -> None:
    assert astuple(rate(y, e, method=method)) == astuple(rate(y, e, method=method, dispersion=1.0))


@lawful
@given(events, exposures, dispersions, dispersions)
def test_more_dispersion_is_wider(y: int, e: float, one: float, two: float) -> None:
    narrow, wide = (rate(y, e, dispersion=phi, method="exact") for phi in sorted((one, two)))
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)


@lawful
@given(st.lists(st.tuples(few, st.floats(1, 1000)), min_size=1, max_size=12), st.randoms(), rate_methods)
def test_the_order_of_rows_is_nothing(rows: list[tuple[int, float]], random: object, method: str) -> None:
    places = list(range(len(rows)))
    random.shuffle(places)  # type: ignore[attr-defined]
    y, e = (np.array(column) for column in zip(*rows, strict=True))
    found, shuffled = rate(y, e, method=method), rate(y[places], e[places], method=method)
    for name in ("estimate", "lower", "upper"):
        near(getattr(shuffled, name), getattr(found, name)[places])
        near(getattr(found, name), [getattr(rate(*row, method=method), name) for row in rows])
    assert list(shuffled.method) == [rate(*rows[i], method=method).method for i in places]


@lawful
@given(events, events, levels, proportion_methods, st.floats(0.5, 1000))
def test_proportion_lies_inside_its_interval(a: int, b: int, level: float, method: str, per: float) -> None:
    assume(max(a, b) > 0)
    found = proportion(min(a, b), max(a, b), confidence=level, method=method, per=per)
    assert 0 <= found.lower <= found.estimate * (1 + ROUNDING)
    assert found.estimate * (1 - ROUNDING) <= found.upper <= per * (1 + ROUNDING)
    plain = proportion(min(a, b), max(a, b), confidence=level, method=method)
    near(
        [found.estimate, found.lower, found.upper], np.array([plain.estimate, plain.lower, plain.upper]) * per
    )


@lawful
@given(few, few, levels, levels, proportion_methods)
def test_more_confidence_is_wider_for_a_proportion(
    a: int, b: int, one: float, two: float, method: str
) -> None:
    assume(max(a, b) > 0)
    narrow, wide = (
        proportion(min(a, b), max(a, b), confidence=level, method=method) for level in sorted((one, two))
    )
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)


@lawful
@given(events, exposures, events, exposures, usual, ratio_methods)
def test_ratio_lies_inside_its_interval(
    y: int, e: float, y0: int, e0: float, level: float, method: str
) -> None:
    assume(y + y0 > 0)
    found = rate_ratio(y, e, reference_events=y0, reference_exposure=e0, confidence=level, method=method)
    assert 0 <= found.lower <= found.estimate * (1 + ROUNDING)
    assert found.estimate <= found.upper * (1 + ROUNDING)
    assert 0 <= found.p_value <= 1


@lawful
@given(events, exposures, events, exposures, ratio_methods)
def test_swapping_groups_inverts_the_ratio(y: int, e: float, y0: int, e0: float, method: str) -> None:
    assume(y + y0 > 0)
    found = rate_ratio(y, e, reference_events=y0, reference_exposure=e0, method=method)
    swapped = rate_ratio(y0, e0, reference_events=y, reference_exposure=e, method=method)
    with np.errstate(divide="ignore"):
        near(
            1 / np.array([swapped.estimate, swapped.upper, swapped.lower]),
            [found.estimate, found.lower, found.upper],
        )
    np.testing.assert_allclose(swapped.p_value, found.p_value, rtol=1e-7, atol=1e-300)


@lawful
@given(few, exposures, few, exposures, levels, levels, ratio_methods)
def test_more_confidence_is_wider_for_a_ratio(
    y: int, e: float, y0: int, e0: float, one: float, two: float, method: str
) -> None:
    assume(y + y0 > 0)
    narrow, wide = (
        rate_ratio(y, e, reference_events=y0, reference_exposure=e0, confidence=level, method=method)
        for level in sorted((one, two))
    )
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)
    assert wide.p_value == narrow.p_value


@lawful
@given(few, exposures, few, exposures, levels, st.sampled_from(["mid-p", "dispersed"]))
def test_probability_and_interval_agree(
    y: int, e: float, y0: int, e0: float, level: float, method: str
) -> None:
    assume(y + y0 > 0)
    found = rate_ratio(y, e, reference_events=y0, reference_exposure=e0, confidence=level, method=method)
    assume(abs(found.p_value - (1 - level)) > 1e-9)
    assert (found.lower <= 1 <= found.upper) == (found.p_value > 1 - level)


@lawful
@given(few, few, st.floats(0.01, 100))
def test_only_the_ratio_of_exposures_matters(y: int, y0: int, times: float) -> None:
    assume(y + y0 > 0)
    found = rate_ratio(y, 3.0, reference_events=y0, reference_exposure=7.0)
    scaled = rate_ratio(y, 3.0 * times, reference_events=y0, reference_exposure=7.0 * times)
    near([scaled.estimate, scaled.lower, scaled.upper], [found.estimate, found.lower, found.upper])


@lawful
@given(
    st.lists(st.tuples(few, few), min_size=1, max_size=8).filter(lambda r: all(a + b for a, b in r)),
    ratio_methods,
)
def test_many_ratios_are_each_ratio(rows: list[tuple[int, int]], method: str) -> None:
    y, y0 = (np.array(column) for column in zip(*rows, strict=True))
    found = rate_ratio(y, 2.0, reference_events=y0, reference_exposure=3.0, method=method)
    for i, (a, b) in enumerate(rows):
        one = rate_ratio(a, 2.0, reference_events=b, reference_exposure=3.0, method=method)
        near([one.lower, one.upper, one.p_value], [found.lower[i], found.upper[i], found.p_value[i]])
        assert one.method == found.method[i]


# dispersion, detectable change --------------------------------------------------------------------------

pairs = st.lists(
    st.tuples(few, st.floats(10, 1000), few, st.floats(10, 1000)), min_size=3, max_size=15
).filter(
    lambda rows: (
        sum(r[0] for r in rows) > 0 and sum(r[2] for r in rows) > 0 and sum(r[0] + r[2] > 0 for r in rows) > 1
    )
)


@lawful
@given(pairs, st.sampled_from(["pearson", "winsorised"]))
def test_dispersion_does_not_ask_which_period_came_first(
    rows: list[tuple[int, float, int, float]], method: str
) -> None:
    y, e, y0, e0 = (np.array(column) for column in zip(*rows, strict=True))
    found, swapped = (
        paired_dispersion(y, e, y0, e0, method=method),
        paired_dispersion(y0, e0, y, e, method=method),
    )
    reversed_ = paired_dispersion(y[::-1], e[::-1], y0[::-1], e0[::-1], method=method)
    for other in (swapped, reversed_):
        np.testing.assert_allclose(other.estimate, found.estimate, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(1 / swapped.ratio, found.ratio, rtol=1e-8)
    if found.note:
        assert found.estimate < 1e-9
        assert np.isnan([found.lower, found.upper]).all()
    else:
        assert found.lower <= found.estimate <= found.upper
    assert found.at_least_one == max(found.estimate, 1.0)


@lawful
@given(st.floats(0.5, 1e6), st.floats(0.1, 10), dispersions, st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_detectable_change_grows_with_what_is_asked(
    base: float, ratio: float, phi: float, one: float, two: float
) -> None:
    less, more = sorted((one, two))
    plain = detectable_change(base, exposure_ratio=ratio, dispersion=phi, power=less)
    assert 0 < plain.fall <= 1
    assert plain.rise > plain.fall
    assert 0 <= plain.lower_events < base * ratio < plain.upper_events
    for harder in (
        detectable_change(base, exposure_ratio=ratio, dispersion=phi, power=more),
        detectable_change(base / 2, exposure_ratio=ratio, dispersion=phi, power=less),
        detectable_change(base, exposure_ratio=ratio, dispersion=phi * 2, power=less),
        detectable_change(base, exposure_ratio=ratio / 2, dispersion=phi, power=less),
    ):
        assert harder.fall >= plain.fall
        assert harder.rise >= plain.rise


@lawful
@given(st.floats(0.5, 1e6), st.floats(0.1, 10))
def test_dispersion_one_is_the_default_change(base: float, ratio: float) -> None:
    assert detectable_change(base, exposure_ratio=ratio) == detectable_change(
        base, exposure_ratio=ratio, dispersion=1.0
    )


# weights and panels ---------------------------------------------------------------------------------------

problems = st.tuples(st.integers(1, 9), st.integers(1, 8)).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.float64, shape[0], elements=numbers), hnp.arrays(np.float64, shape, elements=numbers)
    )
)


@lawful
@given(problems)
def test_weights_are_on_the_simplex_and_cannot_be_bettered(problem: tuple[np.ndarray, np.ndarray]) -> None:
    """Karush-Kuhn-Tucker: every donor that carries weight has the least gradient there is."""
    target, donors = problem
    found = weights(target, donors)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    away = donors - target[:, None]
    gradient = away.T @ (away @ found)
    size = max(np.abs(away).max() ** 2 * target.size, 1e-300)
    assert found @ (gradient - gradient.min()) <= KKT * size


@slower
@given(problems)
def test_weights_are_as_near_as_slsqp_gets(problem: tuple[np.ndarray, np.ndarray]) -> None:
    target, donors = problem
    count = donors.shape[1]
    scale = max(np.abs(donors - target[:, None]).max(), 1e-6)

    def distance(w: np.ndarray) -> float:
        return float(np.sum(((donors @ w - target) / scale) ** 2))

    other = optimize.minimize(
        distance,
        np.full(count, 1 / count),
        method="SLSQP",
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    other_weights = np.clip(other.x, 0, None) / np.clip(other.x, 0, None).sum()
    ours = distance(weights(target, donors))
    assert ours <= distance(other_weights) + SLSQP
    if other.success:
        assert ours >= other.fun - SLSQP


seeds = st.integers(0, 2**32 - 1)


def panel(seed: int, periods: int = 12, units: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """More periods before than donors, so that the weights are unique."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(periods, units)).cumsum(axis=0), np.arange(periods) < periods - 3


@slower
@given(seeds, st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_level_and_unit_do_not_move_the_weights(seed: int, level: float, unit: float) -> None:
    table, pre = panel(seed)
    plain, moved = synthetic_control(table, 2, pre), synthetic_control(level + unit * table, 2, pre)
    np.testing.assert_allclose(moved.weights, plain.weights, atol=1e-7)
    np.testing.assert_allclose(moved.gaps / unit, plain.gaps, atol=1e-6)
    np.testing.assert_allclose(
        [moved.lower / unit, moved.upper / unit], [plain.lower, plain.upper], atol=1e-6
    )


@slower
@given(seeds, st.permutations(range(7)))
def test_the_order_of_units_is_nothing(seed: int, order: list[int]) -> None:
    table, pre = panel(seed)
    plain, mixed = placebos(table, 2, pre), placebos(table[:, order], order.index(2), pre)
    np.testing.assert_allclose(mixed.gaps, plain.gaps[:, order], atol=1e-8)
    assert mixed.p_ratio == plain.p_ratio
    assert mixed.share_others_gap == plain.share_others_gap
    sizes = np.arange(1.0, 8.0)
    one = difference_in_differences(table, 2, pre, sizes=sizes, weights=sizes)
    two = difference_in_differences(
        table[:, order], order.index(2), pre, sizes=sizes[order], weights=sizes[order]
    )
    np.testing.assert_allclose([two.estimate, two.lower, two.upper], [one.estimate, one.lower, one.upper])
    assert two.p_value == one.p_value


@slower
@given(seeds, st.floats(-50, 50))
def test_what_is_added_to_the_treated_after_is_added_to_the_estimate(seed: int, effect: float) -> None:
    table, pre = panel(seed)
    moved = table.copy()
    moved[~pre, 2] += effect
    for ask in (synthetic_control, difference_in_differences):
        plain, shifted = ask(table, 2, pre), ask(moved, 2, pre)
        for name in ("estimate", "lower", "upper"):
            assert getattr(shifted, name) == pytest.approx(getattr(plain, name) + effect, abs=1e-8)


@slower
@given(seeds, st.integers(4, 60), st.booleans(), st.booleans(), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_limits_by_size_leave_out_nothing_exactly_where_the_rank_is_small(
    seed: int, units: int, sized: bool, ties: bool, confidence: float
) -> None:
    """Whole numbers make ties; few units make limits without end."""
    rng = np.random.default_rng(seed)
    table = rng.integers(-3, 4, (4, units)).astype(float) if ties else rng.normal(size=(4, units))
    table[2:, 0] += rng.choice([0.0, 2.0, -4.0])
    sizes = rng.integers(1, 4, units).astype(float) if sized else None
    pre = np.arange(4) < 2
    assume(np.ptp(np.delete(table[2:].mean(axis=0) - table[:2].mean(axis=0), 0)) > 0)
    found = difference_in_differences(table, 0, pre, sizes=sizes, limits="by_size", confidence=confidence)
    assert found.lower <= found.estimate <= found.upper
    is_out = not found.lower <= 0.0 <= found.upper
    assert is_out == (found.p_value <= 1.0 - confidence + 1e-9)
    assert np.isinf(found.upper) == (units < round(1.0 / (1.0 - confidence)))
    assert np.isinf(found.upper) == (NO_END in found.note)
    by_side = difference_in_differences(table, 0, pre, sizes=sizes, confidence=confidence)
    assert (by_side.estimate, by_side.p_value) == (found.estimate, found.p_value)


@slower
@given(seeds)
def test_differences_do_not_see_levels_of_units_or_shocks_to_all(seed: int) -> None:
    table, pre = panel(seed)
    rng = np.random.default_rng(seed)
    moved = table + rng.normal(size=7) * 10 + rng.normal(size=(12, 1)) * 10
    plain, shifted = (difference_in_differences(one, 2, pre) for one in (table, moved))
    np.testing.assert_allclose(shifted.placebos, plain.placebos, atol=1e-10)
    assert shifted.p_value == plain.p_value


@slower
@given(seeds)
def test_ranks_are_shares_of_whole_units(seed: int) -> None:
    table, pre = panel(seed)
    among = placebos(table, 2, pre)
    for name in ("p_ratio", "p_gap"):
        assert getattr(among, name) * 7 == pytest.approx(round(getattr(among, name) * 7))
        assert getattr(among, name) >= 1 / 7
    assert among.p_ratio == pytest.approx((1 + 6 * among.share_others_ratio) / 7)
