"""What must hold of repeat events, standardisation, decomposition, segregation and concentration, whatever goes in."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onroll.statistics.concentration import events_made, gini, lorenz, pupils_making
from onroll.statistics.decomposition import das_gupta, das_gupta_structure, kitagawa, structure_factors
from onroll.statistics.inequality_slope import inequality_slope
from onroll.statistics.oaxaca import rows_of_cells, three_fold, two_fold
from onroll.statistics.repeat_events import repeat_rate, repeat_rate_ratio
from onroll.statistics.segregation import INDICES, MANY_GROUPS, nested_segregation, segregation
from onroll.statistics.standardised import direct_rate, direct_rate_ratio, indirect_ratio

ROUNDING = (
    1e-9  # relative to the rates that go in, for figures that are equal but for the order of arithmetic
)

lawful = settings(max_examples=20, deadline=None)
slower = settings(max_examples=8, deadline=None)

levels = st.floats(0.05, 0.999)
rate_methods = st.sampled_from(["effective", "dobson"])
classes = hnp.arrays(np.int64, st.integers(1, 8), elements=st.integers(0, 10**6))
pupils = st.integers(0, 10**7)
seeds = st.integers(0, 2**32 - 1)


def near(found: object, wanted: object, size: float = 1.0) -> None:
    np.testing.assert_allclose(
        np.asarray(found, float), np.asarray(wanted, float), rtol=ROUNDING, atol=ROUNDING * size
    )


@st.composite
def strata(draw: st.DrawFn, empty: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Events and pupils of two groups over one to six strata; with ``empty`` some have no pupils of one."""
    size = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(seeds))
    top = 10 ** draw(st.integers(1, 7))
    n, n0 = (rng.integers(0 if empty else 1, top + 1, size) * 1.0 for _ in range(2))
    n[0], n0[-1] = max(n[0], 1), max(n0[-1], 1)
    share = draw(st.sampled_from([0.0, 0.001, 0.1, 0.9]))
    return rng.poisson(n * share) * 1.0, n, rng.poisson(n0 * 0.05) * 1.0, n0


# repeat events ----------------------------------------------------------------------------------------


@lawful
@given(classes, st.floats(0.5, 1e8), levels, levels, rate_methods)
def test_repeat_rate_lies_inside_and_more_confidence_is_wider(
    counted: np.ndarray, exposure: float, one: float, two: float, method: str
) -> None:
    narrow, wide = (
        repeat_rate(counted, exposure, confidence=level, method=method) for level in sorted((one, two))
    )
    assert 0 <= narrow.lower <= narrow.estimate * (1 + ROUNDING)
    assert narrow.estimate < narrow.upper < np.inf
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)
    assert narrow.dispersion >= 1


@lawful
@given(classes, st.integers(0, 30), rate_methods)
def test_an_open_class_holds_every_closed_one(counted: np.ndarray, more: int, method: str) -> None:
    top = counted.size
    found = repeat_rate(counted, 100.0, at_most=top + more, method=method)
    for end in (top, top + more):
        closed = repeat_rate(counted, 100.0, times=[*range(1, top), end], method=method)
        assert found.lower <= closed.lower * (1 + ROUNDING)
        assert found.upper >= closed.upper * (1 - ROUNDING)


@lawful
@given(classes, classes, st.floats(0.5, 1e7), st.floats(0.5, 1e7), rate_methods)
def test_swapping_groups_inverts_the_ratio_of_repeat_rates(
    one: np.ndarray, two: np.ndarray, e: float, e0: float, method: str
) -> None:
    wide = max(one.size, two.size)
    one, two = np.pad(one, (0, wide - one.size)), np.pad(two, (0, wide - two.size))
    assume(one.any() and two.any())
    found = repeat_rate_ratio(one, e, reference_pupils=two, reference_exposure=e0, method=method)
    back = repeat_rate_ratio(two, e0, reference_pupils=one, reference_exposure=e, method=method)
    near(found.estimate * back.estimate, 1)
    if found.lower > 0 and np.isfinite(found.upper):
        near([found.lower * back.upper, found.upper * back.lower], 1)
    assert found.lower <= found.estimate * (1 + ROUNDING) <= found.upper * (1 + 2 * ROUNDING)


# standardised -----------------------------------------------------------------------------------------


@lawful
@given(strata(), st.sampled_from(["dobson", "gamma"]), levels, levels, seeds)
def test_direct_rates_hold(
    table: tuple[np.ndarray, ...], method: str, one: float, two: float, seed: int
) -> None:
    y, n, _, _ = table
    weights = np.random.default_rng(seed).integers(1, 9, y.size)
    narrow, wide = (
        direct_rate(y, n, weights, method=method, confidence=level) for level in sorted((one, two))
    )
    rates = y / n
    assert rates.min() * (1 - ROUNDING) <= narrow.estimate <= rates.max() * (1 + ROUNDING)
    assert wide.lower <= narrow.lower * (1 + ROUNDING)
    assert wide.upper >= narrow.upper * (1 - ROUNDING)
    near(direct_rate(y, n, n).estimate, y.sum() / n.sum())  # its own mix is the crude rate
    order = np.random.default_rng(seed).permutation(y.size)
    again = direct_rate(y[order], n[order], weights[order], method=method, confidence=min(one, two))
    near([again.estimate, again.lower, again.upper], [narrow.estimate, narrow.lower, narrow.upper])
    doubled = direct_rate(y, n, 7.5 * weights, method=method, confidence=min(one, two))
    near(doubled.upper, narrow.upper)


@lawful
@given(strata(), st.sampled_from(["dobson", "gamma"]))
def test_swapping_groups_inverts_the_ratio_of_direct_rates(
    table: tuple[np.ndarray, ...], method: str
) -> None:
    y, n, y0, n0 = table
    assume(y.any() and y0.any())
    weights = np.arange(1, y.size + 1)
    found = direct_rate_ratio(y, n, weights, reference_events=y0, reference_exposure=n0, method=method)
    back = direct_rate_ratio(y0, n0, weights, reference_events=y, reference_exposure=n, method=method)
    near(found.estimate * back.estimate, 1)
    if found.lower > 0 and np.isfinite(found.upper):
        near([found.lower * back.upper, found.upper * back.lower], 1)


@lawful
@given(strata())
def test_the_indirect_ratio_of_one_stratum_is_the_rate_ratio(table: tuple[np.ndarray, ...]) -> None:
    y, n, y0, n0 = table
    assume(y0[0] > 0)
    found = indirect_ratio(y[0], n[:1], y0[:1], n0[:1])
    near(found.estimate, y[0] / n[0] / (y0[0] / n0[0]))


@lawful
@given(st.integers(3, 12), seeds, st.sampled_from(["none", "log", "logit", "sqrt"]))
def test_turning_the_ranking_round_turns_the_slope(size: int, seed: int, transform: str) -> None:
    rng = np.random.default_rng(seed)
    values, errors, people = (
        rng.uniform(0.05, 0.9, size),
        rng.uniform(0.001, 0.02, size),
        rng.uniform(1, 9, size),
    )
    try:
        found = inequality_slope(values, errors, people, transform=transform)
    except ValueError:  # a line through random roots may pass 0
        assert transform == "sqrt"
        return
    back = inequality_slope(values[::-1], errors[::-1], people[::-1], transform=transform)
    near([back.estimate, back.lower, back.upper], [-found.estimate, -found.upper, -found.lower])
    if found.bottom > 0 and found.top > 0:
        near(found.relative * back.relative, 1)
    assert found.lower <= found.estimate <= found.upper


# decomposition ----------------------------------------------------------------------------------------


@lawful
@given(strata(empty=True), st.sampled_from(["gamma", "delta"]), st.sampled_from(["given", "sampled"]))
def test_kitagawa_parts_add_up_and_turn_with_the_groups(
    table: tuple[np.ndarray, ...], method: str, roll: str
) -> None:
    y, n, y0, n0 = table
    found, back = (
        kitagawa(y, n, y0, n0, method=method, roll=roll),
        kitagawa(y0, n0, y, n, method=method, roll=roll),
    )
    size = max(found.rate, found.reference_rate)
    near(found.estimate.sum(), found.gap, size)
    near(found.gap, y.sum() / n.sum() - y0.sum() / n0.sum(), size)
    turned = [0, 1, 3, 2]  # only here and only there change places
    near(back.estimate[turned], -found.estimate, size)
    near(back.lower[turned], -found.upper, max(size, 1))
    assert np.all(found.lower <= found.estimate)
    assert np.all(found.estimate <= found.upper)
    order = np.random.default_rng(1).permutation(y.size)
    again = kitagawa(y[order], n[order], y0[order], n0[order], method=method, roll=roll)
    near(again.estimate, found.estimate, size)
    near(again.upper, found.upper, max(size, 1))


@lawful
@given(strata())
def test_kitagawa_of_one_stratum_has_no_composition(table: tuple[np.ndarray, ...]) -> None:
    y, n, y0, n0 = (array[:1] for array in table)
    found = kitagawa(y, n, y0, n0)
    near(found.estimate, [0, found.gap, 0, 0])


@lawful
@given(strata(), st.integers(2, 9))
def test_the_same_mix_is_all_rate_and_the_same_rates_are_all_composition(
    table: tuple[np.ndarray, ...], times: int
) -> None:
    y, n, _, n0 = table
    near(kitagawa(y, n, np.floor(y / times), n * times).part("composition")[0], 0)
    near(kitagawa(y * n0, n * n0, y * n * times, n * n * times).part("rate")[0], 0, (y / n).max() + 1e-9)
    near(kitagawa(y, n, y * times, n * times).estimate, np.zeros(4))


@slower
@given(st.integers(2, 4), st.integers(1, 4), st.integers(1, 4), seeds)
def test_das_gupta_adds_up_and_is_consistent(populations: int, factors: int, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    given_factors = {str(at): rng.uniform(0.1, 2, (populations, size)) for at in range(factors)}
    errors = {"0": rng.uniform(0, 0.1, (populations, size))}
    found = das_gupta(given_factors, errors=errors)
    near(found.estimate.sum(1), found.gap)
    near(found.gap, found.rates - found.rates[0])
    last = das_gupta(given_factors, errors=errors, reference=populations - 1)
    near(last.estimate[0], -found.estimate[-1])  # swapping changes the sign
    near(last.lower[0], -found.upper[-1])
    near(found.estimate - found.estimate[-1], last.estimate)  # one and two, two and three: one and three
    order = rng.permutation(size)
    again = das_gupta({k: v[:, order] for k, v in given_factors.items()}, errors={"0": errors["0"][:, order]})
    near(again.upper, found.upper)


@slower
@given(st.integers(2, 3), st.lists(st.integers(1, 3), min_size=1, max_size=3), seeds)
def test_das_gupta_of_a_structure_adds_up(populations: int, shape: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 50, (populations, *shape)) * 1.0
    y = rng.poisson(n * 0.3)
    found = das_gupta_structure(y, n)
    near(found.estimate.sum(1), found.gap)
    axes = tuple(range(1, n.ndim))
    near(found.gap, y.sum(axes) / n.sum(axes) - (y.sum(axes) / n.sum(axes))[0])
    near(structure_factors(n).prod(0), n / n.sum(axes, keepdims=True))
    alike = das_gupta_structure(np.broadcast_to(y[:1], y.shape), np.broadcast_to(n[:1], n.shape))
    near(alike.estimate, np.zeros(alike.estimate.shape))


# Oaxaca-Blinder ---------------------------------------------------------------------------------------


@slower
@given(seeds, st.sampled_from(["identity", "logit"]), st.sampled_from(["given", "sampled"]))
def test_oaxaca_parts_add_up_and_turn_with_the_groups(seed: int, link: str, roll: str) -> None:
    rng = np.random.default_rng(seed)
    kinds = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    total = rng.integers(20, 200, 8)
    events = 1 + rng.binomial(total - 2, rng.uniform(0.1, 0.6, 8))
    y, x, here, w = rows_of_cells(events, total, np.tile(kinds, (2, 1)), np.repeat([1, 0], 4))
    for coefficients in ("pooled", "neumark", "cotton", "reimers"):
        found = two_fold(y, x, here, weights=w, link=link, roll=roll, coefficients=coefficients)
        back = two_fold(y, x, 1 - here, weights=w, link=link, roll=roll, coefficients=coefficients)
        near(found.estimate.sum(), found.gap)
        near(found.by_feature.sum(), found.estimate[0])
        near([back.estimate, back.lower, back.upper], [-found.estimate, -found.upper, -found.lower])
    three = three_fold(y, x, here, weights=w, link=link, roll=roll)
    near(three.estimate.sum(), three.gap)
    order = rng.permutation(y.size)
    again = three_fold(y[order], x[order], here[order], weights=w[order], link=link, roll=roll)
    near(again.upper, three.upper)


# segregation ------------------------------------------------------------------------------------------


@lawful
@given(st.integers(2, 8), st.integers(2, 4), seeds, st.sampled_from(INDICES), st.integers(0, 6))
def test_segregation_holds(units: int, groups: int, seed: int, index: str, size: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 10**size + 1, (units, groups))
    table[0] = np.maximum(table[0], 1)
    other = 1 if index == "exposure" else None
    found = segregation(table, index=index, other=other)
    assert -ROUNDING <= found.lower <= found.estimate <= found.upper
    assert found.upper <= (np.log(min(units, groups)) + 10 if index == "mutual information" else 1)
    assert found.estimate <= (np.log(min(units, groups)) + ROUNDING if index == "mutual information" else 1)
    order = rng.permutation(units)
    again = segregation(table[order], index=index, other=other)
    near([again.estimate, again.upper, again.expected], [found.estimate, found.upper, found.expected])
    twice = segregation(table * 2, index=index, other=other)
    near(twice.estimate, found.estimate)
    alike = segregation(
        np.outer(rng.integers(1, 9, units), np.arange(1, groups + 1)), index=index, other=other
    )
    if index not in ("isolation", "exposure"):
        near(alike.estimate, 0)


@lawful
@given(st.integers(2, 9), st.integers(2, 4), seeds, st.sampled_from(MANY_GROUPS))
def test_within_and_between_are_the_total(units: int, groups: int, seed: int, index: str) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 60, (units, groups))
    table[0] = np.maximum(table[0], 1)
    narrow = rng.integers(0, 4, units)
    found = nested_segregation(table, [narrow // 2, narrow], index=index)
    near(found.estimate.sum(), found.total.estimate)
    assert np.all(found.estimate > -ROUNDING)


# concentration ----------------------------------------------------------------------------------------


@lawful
@given(classes, st.integers(0, 10**7), st.floats(0.01, 0.99))
def test_concentration_holds(counted: np.ndarray, without: int, share: float) -> None:
    assume(counted.any())
    for found in (
        pupils_making(counted, share, without=without),
        events_made(counted, share, without=without),
        gini(counted, without=without),
    ):
        assert 0 <= found.lower <= found.estimate <= found.upper <= 1
    assert pupils_making(counted, share, without=without).estimate <= share * (1 + ROUNDING)
    assert events_made(counted, share, without=without).estimate >= share * (1 - ROUNDING)
    curve = lorenz(counted, np.linspace(0.05, 0.95, 19), without=without).estimate
    assert np.all(np.diff(curve) >= -ROUNDING)
    assert np.all(np.diff(curve, 2) >= -ROUNDING)  # it bends upward
    assert np.all((curve >= -ROUNDING) & (curve <= np.linspace(0.05, 0.95, 19) + ROUNDING))
    more = gini(counted, without=without + 1000)
    assert more.estimate >= gini(counted, without=without).estimate - ROUNDING
