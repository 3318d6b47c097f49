"""What must hold of two groups, of strata and of families of comparisons, whatever goes in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onroll.statistics.homogeneity import homogeneity
from onroll.statistics.multiplicity import adjust
from onroll.statistics.odds_ratio import odds_ratio
from onroll.statistics.proportions import proportion
from onroll.statistics.relative_risk import relative_risk
from onroll.statistics.risk_difference import risk_difference
from onroll.statistics.stratified import mantel_haenszel, stratified_score

ROUNDING = 1e-9  # relative, for figures that are equal but for the order of arithmetic
SEARCH = (
    1e-8  # relative, for two searches of the same root; a difference near 0 has this of the largest limit
)
TIE = 1e-6  # a probability this near the level may go either way

lawful = settings(max_examples=60, deadline=None)
usual = st.floats(
    0.5, 0.999
)  # below, mid-p limits close on the median-unbiased ratio instead of the estimate
totals = st.one_of(st.integers(1, 40), st.integers(1, 3000), st.integers(1, 10_000_000))


@st.composite
def group(draw: st.DrawFn) -> tuple[int, int]:
    """Events and total: few, some, or all but few."""
    n = draw(totals)
    few = draw(st.integers(0, min(n, 6)))
    return draw(st.sampled_from([few, n - few])) if draw(st.booleans()) else draw(st.integers(0, n)), n


Table = tuple[tuple[int, int], tuple[int, int]]
tables = st.tuples(group(), group())
RATIO_METHODS = ["miettinen-nurminen", "koopman", "mover"]
ODDS_METHODS = ["exact", "mid-p", "miettinen-nurminen", "score", "score-corrected", "mover"]
DIFFERENCE_METHODS = ["miettinen-nurminen", "mee", "newcombe"]
ratios = st.one_of(
    st.tuples(st.just(relative_risk), st.sampled_from([*RATIO_METHODS, "katz", "walter"])),
    st.tuples(st.just(odds_ratio), st.sampled_from([*ODDS_METHODS, "woolf", "gart"])),
)
tested = st.one_of(
    st.tuples(st.just(relative_risk), st.sampled_from(["miettinen-nurminen", "koopman"])),
    st.tuples(st.just(odds_ratio), st.sampled_from(["miettinen-nurminen", "score"])),
    st.tuples(st.just(risk_difference), st.sampled_from(["miettinen-nurminen", "mee"])),
)
centred = st.one_of(
    st.tuples(st.just(relative_risk), st.sampled_from([*RATIO_METHODS, "katz"])),
    st.tuples(st.just(odds_ratio), st.sampled_from([*ODDS_METHODS, "woolf"])),
    st.tuples(st.just(risk_difference), st.sampled_from([*DIFFERENCE_METHODS, "wald"])),
)


def compare(function: Callable[..., object], table: Table, **how: object) -> object:
    """As arrays of one, so that what cannot be computed is a note."""
    (x, n), (x0, n0) = table
    return function([x], [n], reference_events=[x0], reference_total=[n0], **how)


def same(found: object, wanted: object, tolerance: float = SEARCH) -> None:
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=1e-300)


@lawful
@given(tables, centred, usual)
def test_the_estimate_lies_in_the_interval(
    table: Table, how: tuple[Callable[..., object], str], level: float
) -> None:
    found = compare(how[0], table, method=how[1], confidence=level)
    assume(not np.isnan(found.estimate[0]))
    slack = 0.0 if np.isinf(found.estimate[0]) else ROUNDING * abs(found.estimate[0]) + 1e-15
    assert found.lower[0] <= found.estimate[0] + slack
    assert found.upper[0] >= found.estimate[0] - slack
    assert 0 <= found.p_value[0] <= 1


@lawful
@given(tables, ratios, usual)
def test_swapping_the_groups_inverts_a_ratio(
    table: Table, how: tuple[Callable[..., object], str], level: float
) -> None:
    one = compare(how[0], table, method=how[1], confidence=level)
    two = compare(how[0], table[::-1], method=how[1], confidence=level)
    with np.errstate(divide="ignore"):
        same(one.lower, 1 / two.upper)
        same(one.upper, 1 / two.lower)
        same(one.estimate, 1 / two.estimate)
    same(one.p_value, two.p_value)
    assert one.note[0] == two.note[0]


@lawful
@given(tables, st.sampled_from([method for method in ODDS_METHODS if method != "mover"]), usual)
def test_counting_those_without_the_event_inverts_an_odds_ratio(
    table: Table, method: str, level: float
) -> None:
    against: Table = tuple((n - x, n) for x, n in table)  # type: ignore[assignment]
    one, two = (compare(odds_ratio, each, method=method, confidence=level) for each in (table, against))
    with np.errstate(divide="ignore"):
        same(one.lower, 1 / two.upper)
        same(one.upper, 1 / two.lower)
    same(one.p_value, two.p_value, 1e-6)


@lawful
@given(tables, st.sampled_from([*DIFFERENCE_METHODS, "wald", "agresti-caffo"]), usual)
def test_swapping_groups_or_counting_the_others_changes_the_sign_of_a_difference(
    table: Table, method: str, level: float
) -> None:
    against: Table = tuple((n - x, n) for x, n in table)  # type: ignore[assignment]
    found = compare(risk_difference, table, method=method, confidence=level)
    for other in (table[::-1], against):
        turned = compare(risk_difference, other, method=method, confidence=level)
        wide = SEARCH * max(abs(found.lower[0]), abs(found.upper[0]))
        assert abs(found.lower[0] + turned.upper[0]) <= wide
        assert abs(found.upper[0] + turned.lower[0]) <= wide


@lawful
@given(tables, centred, usual, usual)
def test_more_confidence_is_wider(
    table: Table, how: tuple[Callable[..., object], str], one: float, two: float
) -> None:
    narrow, wide = (compare(how[0], table, method=how[1], confidence=level) for level in sorted((one, two)))
    assert wide.lower[0] <= narrow.lower[0] + ROUNDING * abs(narrow.lower[0])
    assert wide.upper[0] >= narrow.upper[0] * (1 - ROUNDING * np.sign(narrow.upper[0]))


@lawful
@given(tables, tested, usual)
def test_a_score_interval_leaves_out_no_difference_when_the_probability_is_below_the_level(
    table: Table, how: tuple[Callable[..., object], str], level: float
) -> None:
    """The interval inverts the test: the two must agree on every table."""
    found = compare(how[0], table, method=how[1], confidence=level)
    none = 0.0 if how[0] is risk_difference else 1.0
    assume(not np.isnan(found.estimate[0]) and abs(found.p_value[0] - (1 - level)) > TIE)
    outside = bool(found.lower[0] > none or found.upper[0] < none)
    assert outside == (found.p_value[0] < 1 - level)


@lawful
@given(tables, usual)
def test_the_three_measures_agree_on_whether_there_is_a_difference(table: Table, level: float) -> None:
    found = [compare(function, table, confidence=level, method="miettinen-nurminen")
             for function in (relative_risk, odds_ratio, risk_difference)]  # fmt: skip
    assume(not any(np.isnan(each.estimate[0]) for each in found))
    same([each.p_value[0] for each in found], [found[0].p_value[0]] * 3)


@lawful
@given(tables, usual)
def test_exact_is_wider_than_midp(table: Table, level: float) -> None:
    exact, midp = (
        compare(odds_ratio, table, method=method, confidence=level) for method in ("exact", "mid-p")
    )
    assert exact.lower[0] <= midp.lower[0] * (1 + ROUNDING)
    assert exact.upper[0] >= midp.upper[0] * (1 - ROUNDING)


@lawful
@given(group(), usual, st.sampled_from(["jeffreys", "mid-p", "wilson", "exact"]))
def test_a_proportion_lies_in_its_interval_and_mirrors(
    one: tuple[int, int], level: float, method: str
) -> None:
    x, n = one
    found, other = (proportion(k, n, confidence=level, method=method) for k in (x, n - x))
    assert 0 <= found.lower <= found.estimate * (1 + ROUNDING)
    assert found.estimate * (1 - ROUNDING) <= found.upper <= 1
    np.testing.assert_allclose(found.lower, 1 - other.upper, rtol=1e-7, atol=1e-14)
    exact = proportion(x, n, confidence=level, method="exact")
    assert exact.lower <= found.lower * (1 + 1e-7) or method == "wilson"


strata = st.lists(st.tuples(group(), group()), min_size=1, max_size=5)


def cells(rows: list[Table]) -> dict[str, list[int]]:
    keys = ("events", "total", "reference_events", "reference_total")
    return {key: [(*one, *two)[i] for one, two in rows] for i, key in enumerate(keys)}


def stacked(rows: list[Table]) -> dict[str, list[list[int]]]:
    return {key: [values] for key, values in cells(rows).items()}


MEASURES = ["odds_ratio", "relative_risk", "risk_difference"]


@lawful
@given(strata, st.sampled_from(MEASURES), usual)
def test_mantel_haenszel_does_not_mind_the_order_and_turns_with_the_groups(
    rows: list[Table], measure: str, level: float
) -> None:
    one = mantel_haenszel(**stacked(rows), measure=measure, confidence=level)
    two = mantel_haenszel(**stacked(rows[::-1]), measure=measure, confidence=level)
    for name in ("estimate", "lower", "upper", "chi_square"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-7, atol=1e-9)
    turned = mantel_haenszel(**stacked([row[::-1] for row in rows]), measure=measure, confidence=level)
    with np.errstate(divide="ignore"):
        wanted = -turned.upper if measure == "risk_difference" else 1 / turned.upper
    np.testing.assert_allclose(one.lower, wanted, rtol=1e-6, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    strata, st.sampled_from(MEASURES[1:]), st.sampled_from(["miettinen-nurminen", "mantel-haenszel"]), usual
)
def test_stratified_score_limits_hold_the_estimate_and_turn_with_the_groups(
    rows: list[Table], measure: str, weights: str, level: float
) -> None:
    how = {"measure": measure, "weights": weights, "confidence": level}
    one = stratified_score(**stacked(rows), **how)
    assume(not np.isnan(one.estimate[0]))
    slack = 0.0 if np.isinf(one.estimate[0]) else 1e-7 * abs(one.estimate[0]) + 1e-12
    assert one.lower[0] <= one.estimate[0] + slack
    assert one.upper[0] >= one.estimate[0] - slack
    two = stratified_score(**stacked([row[::-1] for row in rows[::-1]]), **how)
    with np.errstate(divide="ignore"):
        wanted = -two.upper if measure == "risk_difference" else 1 / two.upper
    np.testing.assert_allclose(one.lower, wanted, rtol=1e-6, atol=1e-9)


@lawful
@given(strata)
def test_homogeneity_does_not_mind_the_order(rows: list[Table]) -> None:
    one, two = homogeneity(**stacked(rows)), homogeneity(**stacked(rows[::-1]))
    np.testing.assert_allclose(one.tarone, two.tarone, rtol=1e-6, atol=1e-6)
    assert one.df[0] == two.df[0] <= len(rows) - 1


@lawful
@given(st.tuples(group(), group()))
def test_a_stratum_twice_has_nothing_to_disagree_with(table: Table) -> None:
    found = homogeneity(**stacked([table, table]))
    assume(not np.isnan(found.tarone[0]))
    assert found.tarone[0] <= 1e-6 * max(1.0, sum(table[0] + table[1]) * 1e-6)


@lawful
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_adjusted_probabilities_keep_their_order_and_do_not_mind_that_of_the_rows(
    p_values: list[float], random: object
) -> None:
    p = np.array(p_values)
    names = [str(i) for i in range(p.size)]
    holm, bh = (
        adjust(p, p, p, p, members=names, method=m).adjusted_p_value for m in ("holm", "benjamini-hochberg")
    )
    assert (p <= bh).all()
    assert (bh <= holm * (1 + ROUNDING)).all()
    assert (holm <= 1).all()
    order = list(range(p.size))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = p[order]
    same(adjust(moved, moved, moved, moved, members=names).adjusted_p_value, holm[order])
    assert (np.diff(holm[np.argsort(p, kind="stable")]) >= 0).all()
