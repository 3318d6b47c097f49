"""What must hold of funnels, charts, watched counts, the rule and published bounds, whatever goes in."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onroll.statistics import published_bounds as bounds
from onroll.statistics.control_charts import p_chart, u_chart, xmr_chart
from onroll.statistics.disproportionality_rule import Rule, apply_rule
from onroll.statistics.evalue import e_value
from onroll.statistics.funnel import proportion_funnel, rate_funnel
from onroll.statistics.overdispersion import overdispersion
from onroll.statistics.random_effects import METHODS, random_effects
from onroll.statistics.watch_limits import count_limits, watch_limits

ROUNDING = 1e-9  # relative, for figures equal but for the order of arithmetic
lawful = settings(max_examples=25, deadline=None)
Group = tuple[int, int]


@st.composite
def groups(draw: st.DrawFn, least: int = 1, most: int = 12) -> list[Group]:
    """Events and totals of schools, some very small, some very large."""
    found = []
    for _ in range(draw(st.integers(least, most))):
        n = draw(st.one_of(st.integers(1, 40), st.integers(1, 10_000_000)))
        found.append((draw(st.integers(0, n)), n))
    return found


@lawful
@given(groups(), st.sampled_from(["exact", "score", "arcsine"]))
def test_outer_limits_are_outside_inner_ones_and_codes_follow_them(schools: list[Group], method: str) -> None:
    x, n = np.array(schools, dtype=float).T
    found = proportion_funnel(x, n, method=method)
    lower, upper, least, most = (
        np.asarray(a) for a in (found.lower, found.upper, found.outer_lower, found.outer_upper)
    )
    assert np.all((least >= 0) & (least <= lower) & (lower <= upper) & (upper <= most) & (most <= 1))
    code = np.asarray(found.position)
    if method != "arcsine":
        assert np.all((np.abs(code) == 2) == ((x / n < least) | (x / n > most)))
    assert np.all((code > 0) <= (np.asarray(found.score) > 0))
    assert np.all((code < 0) <= (np.asarray(found.score) < 0))


@lawful
@given(groups(least=3), st.randoms(use_true_random=False))
def test_the_order_of_schools_is_nothing(schools: list[Group], random: object) -> None:
    x, n = np.array(schools, dtype=float).T
    assume(0 < x.sum() < n.sum())
    order = np.array(sorted(range(len(x)), key=lambda _: random.random()))  # type: ignore[attr-defined]
    for spread in ("additive", "multiplicative"):
        one = proportion_funnel(x, n, method="arcsine", spread=spread)
        other = proportion_funnel(x[order], n[order], method="arcsine", spread=spread)
        np.testing.assert_allclose(np.asarray(one.upper)[order], other.upper, rtol=1e-7)
        assert one.spread is not None
        assert one.spread.tau2 >= 0
        plain = proportion_funnel(x, n, method="arcsine")
        assert np.all(np.asarray(one.upper) >= np.asarray(plain.upper) - ROUNDING)
        assert np.all(np.asarray(one.lower) <= np.asarray(plain.lower) + ROUNDING)


@lawful
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=40), st.floats(0.01, 3))
def test_scores_turned_round_scatter_alike(scores: list[float], error: float) -> None:
    z = np.array(scores)
    one, other = overdispersion(z, error), overdispersion(-z, error)
    np.testing.assert_allclose([one.estimate, one.tau2], [other.estimate, other.tau2], rtol=1e-7, atol=1e-9)
    kept = overdispersion(z, error, outer="kept")
    assert kept.estimate == 0 or kept.lower <= kept.estimate <= kept.upper


@lawful
@given(st.lists(st.integers(0, 300), min_size=3, max_size=40), st.floats(0.5, 0.9999), st.floats(0.1, 50))
def test_charts_hold_their_centre_and_scale_with_the_unit(
    counted: list[int], confidence: float, unit: float
) -> None:
    x = np.array(counted, dtype=float)
    for chart in (
        xmr_chart(x, confidence=confidence),
        u_chart(x, 100.0, confidence=confidence),
        u_chart(x, 100.0, limits="exact", confidence=confidence),
        p_chart(x, 300, limits="laney", confidence=confidence),
    ):
        assert np.all(
            (chart.lower <= chart.estimate + 1.0 / 100) & (chart.estimate <= chart.upper + 1.0 / 100)
        )
        assert np.all((chart.position == 1) == (chart.value > chart.upper))
    np.testing.assert_allclose(
        xmr_chart(x * unit).upper, xmr_chart(x).upper * unit, rtol=ROUNDING, atol=ROUNDING
    )


@lawful
@given(st.lists(st.floats(0.01, 3000), min_size=1, max_size=30), st.floats(0.001, 2))
def test_watched_counts_keep_within_their_budget(expected: list[float], budget: float) -> None:
    found = count_limits(expected, budget=budget)
    assert found.alarms <= budget * (1 + ROUNDING)
    wider = count_limits(expected, budget=budget / 4)
    assert np.all(wider.upper >= found.upper)
    assert np.all(wider.lower <= found.lower)


@lawful
@given(st.integers(0, 300), st.floats(0.1, 30), st.floats(0.01, 0.2))
def test_a_longer_baseline_of_the_same_rate_draws_limits_in(
    before: int, exposure: float, budget: float
) -> None:
    short = watch_limits(before, exposure, 1.0, budget=budget)
    long = watch_limits(before * 10, exposure * 10, 1.0, budget=budget)
    assert long.upper <= short.upper
    assert long.lower >= short.lower


cells = st.tuples(st.integers(0, 10_000_000), st.integers(1, 10_000_000)).filter(lambda c: c[0] <= c[1])


@lawful
@given(cells, cells, st.integers(1, 400), st.integers(0, 30), st.integers(0, 60))
def test_the_rule_is_exact_arithmetic_of_fractions(
    group: Group, other: Group, threshold: int, min_events: int, min_total: int
) -> None:
    rule = Rule(threshold=f"{threshold / 100:.2f}", min_events=min_events, min_total=min_total, years=1)
    (x, n), (x0, n0) = group, other
    found = apply_rule(rule, [x], [n], reference_events=[x0], reference_total=[n0])
    if x < min_events:
        assert found.note[0] == "too few events in the group"
    elif n < min_total:
        assert found.note[0] == "too few in the group"
    elif x0 < min_events or n0 < min_total or x + x0 == 0:
        assert found.note[0] == "no comparison possible"
    else:
        above = x0 == 0 or Fraction(x, n) / Fraction(x0, n0) > Fraction(threshold, 100)
        assert found.note[0] == ("above" if above else "not above")
        assert found.lower[0] <= found.estimate[0] <= found.upper[0]


@lawful
@given(st.integers(1, 3000), st.integers(1, 40), st.integers(1, 3000), st.integers(1, 20))
def test_a_ratio_equal_to_the_threshold_is_not_above(x: int, tenths: int, n: int, scale: int) -> None:
    """``tenths / 10`` times the others' risk exactly, by counts that are multiples."""
    rule = Rule(threshold=f"{tenths / 10}", min_events=0, min_total=0, years=1)
    total, events = 10 * (n + x * 10) * 40, 10 * x * scale
    found = apply_rule(
        rule, [tenths * x * scale], [total], reference_events=[events], reference_total=[total]
    )
    assert found.note[0] == "not above"
    more = apply_rule(
        rule, [tenths * x * scale + 1], [total], reference_events=[events], reference_total=[total]
    )
    assert more.note[0] == "above"


@lawful
@given(st.integers(0, 20_000), st.integers(1, 20_000), st.integers(0, 4))
def test_the_true_count_is_among_those_that_print_as_its_rate(x: int, n: int, decimals: int) -> None:
    printed = float(round(Fraction(100 * x, n), decimals))
    found = bounds.counts_behind_rate(printed, n, decimals=decimals)
    assert found.lower <= x <= found.upper
    half = Fraction(1, 2 * 10**decimals)
    at = Fraction(str(printed))
    for end, out in ((found.lower, -1), (found.upper, 1)):
        assert abs(Fraction(100 * int(end), n) - at) <= half
        assert end + out < 0 or abs(Fraction(100 * (int(end) + out), n) - at) > half


@lawful
@given(
    *[st.integers(0, 500)] * 2, *[st.integers(501, 5000)] * 2, st.sampled_from([1, 5, 10]), st.integers(1, 9)
)
def test_the_true_ratio_and_difference_lie_within_their_bounds(
    x: int, x0: int, n: int, n0: int, base: int, hidden: int
) -> None:
    def published(count: int) -> bounds.Possible:
        if 0 < count <= hidden:
            return bounds.suppressed(1, hidden)
        return bounds.rounded(base * round(count / base), base)

    ratio = bounds.ratio_bounds(
        published(x), published(n), reference_events=published(x0), reference_total=published(n0)
    )
    gap = bounds.difference_bounds(
        published(x), published(n), reference_events=published(x0), reference_total=published(n0)
    )
    slack = 1 + ROUNDING
    if x0:
        true = (x / n) / (x0 / n0)
        assert ratio.lower <= true * slack
        assert true <= ratio.upper * slack
    assert gap.lower - ROUNDING <= x / n - x0 / n0 <= gap.upper + ROUNDING


@lawful
@given(*[st.integers(0, 900)] * 2, st.integers(900, 90_000), st.integers(900, 90_000), st.integers(0, 3))
def test_the_true_ratio_lies_within_the_bounds_of_printed_rates(
    x: int, x0: int, n: int, n0: int, decimals: int
) -> None:
    assume(x0 > 0)
    printed = [float(round(Fraction(100 * a, b), decimals)) for a, b in ((x, n), (x0, n0))]
    found = bounds.printed_ratio(*printed, decimals=decimals)
    true = (x / n) / (x0 / n0)
    assert found.lower <= true * (1 + ROUNDING)
    assert true <= found.upper * (1 + ROUNDING)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=3, max_size=4),
    st.sampled_from([1, 5]),
    st.integers(1, 5),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_table_bounds_are_the_ends_of_all_tables_that_fit(
    true: list[int], base: int, hidden: int, secondary: list[bool]
) -> None:
    total = sum(true)
    low, high = [], []
    for count, hide in zip(true, secondary, strict=False):
        one = (0, total) if hide else (1, hidden) if 0 < count <= hidden else (count, count)
        low.append(one[0])
        high.append(one[1])
    cells = bounds.Possible(np.array(low, dtype=float), np.array(high, dtype=float))
    printed = bounds.rounded(base * round(total / base), base)
    sums = [(range(len(true)), printed)]
    fitting = [
        table
        for table in itertools.product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
        if printed.lower <= sum(table) <= printed.upper
    ]
    up, down = [1, 0, 0, 0][: len(true)], [0, 1, 1, 0][: len(true)]
    of_sum = bounds.table_bounds(cells, up, sums=sums)
    assert (of_sum.lower, of_sum.upper) == (min(t[0] for t in fitting), max(t[0] for t in fitting))
    ratios = [Fraction(t[0], t[1] + t[2]) for t in fitting if t[1] + t[2]]
    if ratios:
        found = bounds.table_bounds(cells, up, over=down, sums=sums)
        assert found.lower == float(min(ratios))
        unbounded = len(ratios) < len(fitting)
        assert found.upper == (np.inf if unbounded else float(max(ratios)))


@lawful
@given(st.floats(0.01, 100), st.floats(1, 10), st.floats(1, 10))
def test_an_e_value_is_the_same_for_a_ratio_turned_round(ratio: float, down: float, up: float) -> None:
    assume(abs(np.log(ratio)) > ROUNDING)
    one = e_value(ratio, ratio / down, ratio * up)
    other = e_value(1 / ratio, 1 / (ratio * up), down / ratio)
    for mine, turned in ((one.estimate, other.estimate), (one.lower, other.lower), (one.upper, other.upper)):
        np.testing.assert_allclose(mine, turned, rtol=1e-6)
    assert 1 <= one.lower <= one.upper


@lawful
@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 2)), min_size=2, max_size=15),
    st.sampled_from(sorted(METHODS)),
    st.floats(-3, 3),
)
def test_pooling_moves_with_what_is_pooled(
    studies: list[tuple[float, float]], method: str, by: float
) -> None:
    y, s = np.array(studies).T
    one, moved = random_effects(y, s, method=method), random_effects(y[::-1] + by, s[::-1], method=method)
    np.testing.assert_allclose(
        [moved.estimate - by, moved.tau2], [one.estimate, one.tau2], rtol=1e-5, atol=1e-5
    )
    assert one.lower <= one.estimate <= one.upper
    assert y.min() - ROUNDING <= one.estimate <= y.max() + ROUNDING
    assert 0 <= one.i2 <= 100


@lawful
@given(groups())
def test_one_of_many_is_as_if_alone_against_the_same_target(schools: list[Group]) -> None:
    x, n = np.array(schools, dtype=float).T
    many = rate_funnel(x, n, target=0.3)
    for place in range(len(x)):
        one = rate_funnel(x[place], n[place], target=0.3)
        assert (one.lower, one.upper, one.position) == (
            np.asarray(many.lower)[place],
            np.asarray(many.upper)[place],
            int(np.asarray(many.position)[place]),
        )
