"""Synthetic control and its placebos: known answers, edges, refusals, size under no effect, speed."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics._panel_notes import ONE_BEFORE
from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.synthetic_control import in_time, leave_one_out, placebos, synthetic_control, weights

FIT = 1e-9  # the active-set solver ends exactly, but for rounding


def walks(rng: np.random.Generator, periods: int, units: int) -> np.ndarray:
    """Random walks with shared shocks: units alike, none treated."""
    shared = rng.normal(size=(periods, 2)) @ rng.uniform(0, 1, (2, units))
    return 6.0 + np.cumsum(shared / 3 + rng.normal(size=(periods, units)) / 3, axis=0)


@pytest.fixture
def made() -> tuple[np.ndarray, np.ndarray]:
    """Twelve units, fifteen periods; unit 0 is 0.7 of unit 1 and 0.3 of unit 2 before, and 2 less after."""
    table = walks(np.random.default_rng(3), 15, 12)
    table[:, 0] = 0.7 * table[:, 1] + 0.3 * table[:, 2]
    pre = np.arange(15) < 12
    table[~pre, 0] -= 2.0
    return table, pre


# weights -----------------------------------------------------------------------------------------


def test_weights_that_made_the_target_are_found() -> None:
    donors = np.random.default_rng(1).normal(size=(20, 6))
    true = np.array([0.0, 0.5, 0.0, 0.2, 0.3, 0.0])
    np.testing.assert_allclose(weights(donors @ true, donors), true, atol=FIT)


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_the_unit_of_measure_does_not_matter(unit: float) -> None:
    rng = np.random.default_rng(2)
    target, donors = rng.normal(size=10) + 3, rng.normal(size=(10, 30))
    np.testing.assert_allclose(weights(target * unit, donors * unit), weights(target, donors), atol=FIT)


def test_a_target_outside_the_donors_goes_to_the_nearest_face() -> None:
    np.testing.assert_allclose(weights([10.0], [[1.0, 2.0, 3.0]]), [0, 0, 1], atol=FIT)
    np.testing.assert_allclose(weights([5.0, 5.0], [[1.0, 0.0], [0.0, 1.0]]), [0.5, 0.5], atol=FIT)


def test_one_donor_and_equal_donors() -> None:
    assert weights([1.0, 2.0], [[3.0], [9.0]]).tolist() == [1.0]
    same = weights([1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]])
    assert same.sum() == pytest.approx(1.0)
    assert same.min() >= 0


@pytest.mark.parametrize(
    ("target", "donors", "message"),
    [
        ([1.0, 2.0], [[1.0, 2.0]], r"^target \(2,\) and donors \(1, 2\) do not fit; give \(periods,\)"),
        ([[1.0]], [[1.0]], r"^target \(1, 1\) and donors"),
        ([1.0], [[float("nan")]], r"^donors\[0, 0\] is nan; give a finite number"),
        ([1.0], np.empty((1, 0)), r"^target \(1,\) and donors \(1, 0\) do not fit"),
    ],
)
def test_weights_refusals(target: object, donors: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weights(target, donors)  # type: ignore[arg-type]


# synthetic control --------------------------------------------------------------------------------


def test_a_known_gap_is_found(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    found = synthetic_control(table, 0, pre)
    np.testing.assert_allclose(found.weights, [0, 0.7, 0.3] + [0] * 9, atol=FIT)
    np.testing.assert_allclose(found.gaps, np.where(pre, 0.0, -2.0), atol=FIT)
    np.testing.assert_allclose(found.synthetic + found.gaps, table[:, 0])
    assert found.estimate == pytest.approx(-2.0)
    assert found.pre_rmspe == pytest.approx(0.0, abs=FIT)
    assert found.post_rmspe == pytest.approx(2.0)
    assert found.pre.tolist() == pre.tolist()


def test_the_treated_never_donates_to_itself(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    for unit in (0, 5, 11):
        assert synthetic_control(table, unit, pre).weights[unit] == 0.0


def test_range_is_the_estimate_less_the_placebo_quantiles(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    found, among = synthetic_control(table, 0, pre, confidence=0.8), placebos(table, 0, pre)
    low, high = np.quantile(among.mean_gap[1:], [0.1, 0.9])
    assert (found.lower, found.upper) == pytest.approx((found.estimate - high, found.estimate - low))
    assert "permutation range of 11 placebos" in found.method
    assert found.confidence == 0.8


# placebos -----------------------------------------------------------------------------------------


def test_placebo_donors_leave_the_treated_out(made: tuple[np.ndarray, np.ndarray]) -> None:
    """Moving the treated must move no placebo, unless it is let in as a donor."""
    table, pre = made
    moved = table.copy()
    moved[:, 0] += np.linspace(-3, 5, 15)
    before, after = placebos(table, 0, pre), placebos(moved, 0, pre)
    np.testing.assert_array_equal(before.gaps[:, 1:], after.gaps[:, 1:])
    let_in = [placebos(one, 0, pre, treated_as_donor=True).gaps[:, 1:] for one in (table, moved)]
    assert np.abs(let_in[0] - let_in[1]).max() > 0.01
    np.testing.assert_array_equal(
        before.gaps[:, 0], placebos(table, 0, pre, treated_as_donor=True).gaps[:, 0]
    )


def test_each_placebo_is_a_fit_of_its_own(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    among = placebos(table, 0, pre)
    pool = np.delete(np.arange(12), [0, 4])
    own = table[:, 4] - table[:, pool] @ weights(table[pre, 4], table[np.ix_(pre, pool)])
    np.testing.assert_allclose(among.gaps[:, 4], own, atol=FIT)
    assert among.pre_rmspe[4] == pytest.approx(np.sqrt(np.mean(own[pre] ** 2)))
    assert among.post_rmspe[4] == pytest.approx(np.sqrt(np.mean(own[~pre] ** 2)))
    assert among.ratio[4] == pytest.approx(among.post_rmspe[4] / among.pre_rmspe[4])


def test_ranks_are_shares_counted_by_hand() -> None:
    table = walks(np.random.default_rng(5), 14, 21)
    pre = np.arange(14) < 11
    for treated in (0, 7, 20):
        among = placebos(table, treated, pre)
        others = np.delete(np.arange(21), treated)
        further = np.sum(among.ratio[others] >= among.ratio[treated])
        assert among.p_ratio == pytest.approx((1 + further) / 21)
        assert among.share_others_ratio == pytest.approx(further / 20)
        further = np.sum(np.abs(among.mean_gap[others]) >= abs(among.mean_gap[treated]))
        assert among.p_gap == pytest.approx((1 + further) / 21)
        assert among.share_others_gap == pytest.approx(further / 20)
        kept = others[among.pre_rmspe[others] <= 2 * among.pre_rmspe[treated]]
        assert among.p_ratio_2x == pytest.approx(
            (1 + np.sum(among.ratio[kept] >= among.ratio[treated])) / (1 + kept.size)
        )
        kept = others[among.pre_rmspe[others] <= 5 * among.pre_rmspe[treated]]
        assert among.p_ratio_5x == pytest.approx(
            (1 + np.sum(among.ratio[kept] >= among.ratio[treated])) / (1 + kept.size)
        )


def test_a_perfect_fit_before_has_ratio_inf_or_one() -> None:
    rng = np.random.default_rng(8)
    table = rng.normal(size=(4, 8)) + np.arange(8)
    table[:, 0] = table[:, 1:].mean(axis=1)
    pre = np.array([True, True, True, False])
    assert placebos(table, 0, pre).ratio[0] in (1.0, np.inf)
    table[3, 0] += 5
    among = placebos(table, 0, pre)
    assert among.ratio[0] == np.inf
    assert not np.isnan(among.ratio).any()
    np.testing.assert_array_equal(placebos(np.ones((3, 5)), 0, [True, True, False]).ratio, np.ones(5))


def test_ranks_are_uniform_when_nothing_was_done() -> None:
    """Were the treated any unit at random, p of 0.1 or less must come in a tenth of panels at most."""
    rng = np.random.default_rng(12)
    pre = np.arange(12) < 9
    found = [placebos(walks(rng, 12, 20), 0, pre, treated_as_donor=True) for _ in range(150)]
    for name in ("p_ratio", "p_gap"):
        small = np.mean([getattr(one, name) <= 0.1 for one in found])
        assert small == pytest.approx(0.1, abs=0.075)  # three standard errors


# leave one out, in time ------------------------------------------------------------------------------


def test_leave_one_out_drops_each_donor_that_carries_weight(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    found = leave_one_out(table, 0, pre)
    assert found.left_out.tolist() == [1, 2]
    assert found.gaps.shape == (15, 2)
    without = np.delete(np.arange(12), [0, 2])
    own = table[:, 0] - table[:, without] @ weights(table[pre, 0], table[np.ix_(pre, without)])
    np.testing.assert_allclose(found.gaps[:, 1], own, atol=FIT)
    assert found.estimate == pytest.approx(-2.0)
    assert (found.lower, found.upper) == (found.mean_gap.min(), found.mean_gap.max())
    assert found.confidence is None


def test_in_time_looks_only_before(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, pre = made
    found = in_time(table, 0, pre, 9)
    wild = table.copy()
    wild[~pre] = 1e6
    assert in_time(wild, 0, pre, 9).estimate == found.estimate
    assert found.gaps.shape == (12,)
    assert found.pre.tolist() == [True] * 9 + [False] * 3
    assert found.estimate == pytest.approx(0.0, abs=FIT)


@pytest.mark.parametrize("at", [np.arange(15) < 3, True, "3", 2.5])
def test_in_time_takes_a_row_and_no_mask(made: tuple[np.ndarray, np.ndarray], at: object) -> None:
    with pytest.raises(ValueError, match=r"^at is .*; give a row after 0 and up to 11$"):
        in_time(made[0], 0, made[1], at)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [0, 12, 99, -1])
def test_in_time_refuses_a_date_with_nothing_before_or_after(
    made: tuple[np.ndarray, np.ndarray], at: int
) -> None:
    with pytest.raises(ValueError, match=rf"^at is {at}; give a row after 0 and up to 11$"):
        in_time(*made[:1], 0, made[1], at)


# refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [synthetic_control, placebos, leave_one_out])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"outcomes": [1.0, 2.0]}, r"^outcomes has shape \(2,\); give \(periods, units\)$"),
        ({"outcomes": np.ones((3, 3))}, r"^outcomes has 3 units; give 4 or more, the treated included$"),
        (
            {"outcomes": [[1, 2, 3, 4], [1, 2, float("nan"), 4], [1, 2, 3, 4]]},
            r"^outcomes\[1, 2\] is nan; give a",
        ),
        ({"treated": 5}, r"^treated is 5; give the column of the treated unit, 0 to 4$"),
        ({"treated": -1}, r"^treated is -1; give the column"),
        ({"treated": 1.5}, r"^treated is 1.5; give the column"),
        ({"treated": True}, r"^treated is True; give the column"),
        ({"pre": [1, 2, 0]}, r"^pre\[1\] is 2; give True or False, or 1 or 0$"),
        ({"pre": [False, True, True]}, r"^pre turns back to True; periods before treatment come first"),
        ({"pre": [True, False]}, r"^pre has shape \(2,\) and type bool; give one"),
        ({"pre": [True] * 3}, r"^pre is True throughout; periods are needed both before and after$"),
        ({"pre": [False] * 3}, r"^pre is False throughout; "),
    ],
)
def test_refusals(ask: object, changed: dict[str, object], message: str) -> None:
    given = {"outcomes": np.arange(15.0).reshape(3, 5), "treated": 0, "pre": [True, True, False]} | changed
    with pytest.raises(ValueError, match=message):
        ask(**given)  # type: ignore[operator]


def test_refusal_of_confidence() -> None:
    with pytest.raises(ValueError, match=r"^confidence is 95; "):
        synthetic_control(np.arange(15.0).reshape(3, 5), 0, [True, True, False], confidence=95)


# what the fit cannot bear ----------------------------------------------------------------------------


def test_a_good_fit_says_nothing_and_the_control_says_what_its_placebos_say() -> None:
    table = walks(np.random.default_rng(3), 40, 12)
    table[:, 0] = table[:, 1:].mean(axis=1) + np.sin(np.arange(40.0)) / 50
    pre = np.arange(40) < 30
    assert placebos(table, 0, pre).note == synthetic_control(table, 0, pre).note == ""


def test_a_unit_outside_its_donors_is_said_to_be_and_by_how_much_it_is_missed() -> None:
    table = walks(np.random.default_rng(3), 15, 12)
    pre = np.arange(15) < 12
    table[:, 0] = table[:, 1:].max(axis=1) + 5.0
    note = synthetic_control(table, 0, pre).note
    assert note == placebos(table, 0, pre).note
    assert note.startswith("outside the range of its donors in 12 of 12 periods before")
    share = float(note.split("the gap is ")[1].split(" of the donors' spread")[0])
    assert share == pytest.approx(donor_hull(table, 0, pre).relative, rel=0.05)  # printed to two digits


def test_a_fit_without_rest_and_one_period_before_say_nothing_of_what_comes_after(made: tuple) -> None:
    table, pre = made
    assert placebos(table, 0, pre).note.startswith("fitted without rest on 12 periods before")
    table[:, 0] = table[:, 1:].max(axis=1) + 5.0
    assert synthetic_control(table, 0, np.arange(15) < 1).note.endswith(ONE_BEFORE)
