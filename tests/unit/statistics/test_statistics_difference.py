"""Difference in differences: by hand, weighted, standardised for size, and its size under no effect."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics._panel_notes import NO_END, NO_WIDTH, ONE_BEFORE
from onroll.statistics.difference import difference_in_differences

PRE = [True, True, False]
TABLE = np.array([[1.0, 4, 2, 7, 5], [3.0, 2, 4, 5, 5], [8.0, 4, 3, 9, 4]])


def test_by_hand() -> None:
    found = difference_in_differences(TABLE, 0, PRE)
    change = np.array([6.0, 1.0, 0.0, 3.0, -1.0])
    np.testing.assert_allclose(found.change, change)
    assert found.estimate == pytest.approx(6 - 3 / 4)
    placebo = [1 - 2 / 3, 0 - 3 / 3, 3 - 0 / 3, -1 - 4 / 3]
    np.testing.assert_allclose(found.placebos[1:], placebo, atol=1e-14)
    assert found.placebos[0] == found.estimate
    assert (found.p_value, found.share_others) == (1 / 5, 0.0)
    low, high = np.quantile(placebo, [0.025, 0.975])
    assert (found.lower, found.upper) == pytest.approx((found.estimate - high, found.estimate - low))
    assert found.spread.tolist() == [1.0] * 5
    assert found.method == "difference in differences, permutation over 4 others"


def test_rank_counts_both_directions() -> None:
    found = difference_in_differences(TABLE, 3, PRE)  # change 3 against the mean of 6, 1, 0, -1
    assert found.estimate == pytest.approx(3 - 1.5)
    # placebos: 6 - 0, 1 - 5/3, 0 - 2, -1 - 7/3
    assert found.share_others == 3 / 4
    assert found.p_value == 4 / 5


def test_limits_by_size_reach_as_far_on_either_side_as_the_size_that_the_rank_asks_for() -> None:
    found = difference_in_differences(TABLE, 0, PRE, limits="by_size", confidence=0.6)
    # placebos 1/3, -1, 3 and -7/3: of four others a size beyond 7/3 has a rank of 2 in 5
    assert (found.lower, found.upper) == pytest.approx((5.25 - 7 / 3, 5.25 + 7 / 3))
    assert found.method.endswith("over 4 others, limits by size as the rank")
    assert found.note == ""
    few = difference_in_differences(TABLE, 0, PRE, limits="by_size")
    assert (few.lower, few.upper, few.note) == (-np.inf, np.inf, NO_END)


def test_a_lopsided_range_leaves_out_nothing_where_the_rank_does_not() -> None:
    """Others with a long tail above and none below: an estimate beyond all below is not so far off by size."""
    table = np.vstack([np.zeros(41), np.append(-0.5, -np.log(np.linspace(0.01, 0.99, 40)))])
    sides, size = (
        difference_in_differences(table, 0, [True, False], limits=one) for one in ("each_side", "by_size")
    )
    assert sides.upper < 0
    assert size.lower < 0 < size.upper
    assert sides.p_value == size.p_value > 0.05


def test_weights_are_those_of_the_others_mean() -> None:
    found = difference_in_differences(TABLE, 0, PRE, weights=[9.0, 1.0, 2.0, 3.0, 4.0])
    assert found.estimate == pytest.approx(6 - (1 * 1 + 2 * 0 + 3 * 3 - 4 * 1) / 10)
    assert found.placebos[1] == pytest.approx(1 - (2 * 0 + 3 * 3 - 4 * 1) / 9)
    same = difference_in_differences(TABLE, 0, PRE, weights=[2.0] * 5)
    np.testing.assert_allclose(same.placebos, difference_in_differences(TABLE, 0, PRE).placebos)


def test_equal_sizes_change_no_rank_and_no_range() -> None:
    plain = difference_in_differences(TABLE, 0, PRE)
    sized = difference_in_differences(TABLE, 0, PRE, sizes=[3.0] * 5)
    assert sized.p_value == plain.p_value
    assert (sized.lower, sized.upper) == pytest.approx((plain.lower, plain.upper))
    assert np.ptp(sized.spread) == pytest.approx(0.0)
    assert sized.method.endswith("standardised for size")


def null_panels(rng: np.random.Generator, sizes: np.ndarray) -> np.ndarray:
    """Changes with variance 0.1 + 1 / size, over two periods."""
    change = rng.normal(size=sizes.size) * np.sqrt(0.1 + 1 / sizes)
    return np.stack([np.zeros(sizes.size), change])


def test_spread_finds_the_variance_that_made_the_panel() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.uniform(1.0, 20.0, 20_000)
    found = difference_in_differences(null_panels(rng, sizes), 0, [True, False], sizes=sizes)
    np.testing.assert_allclose(found.spread**2, 0.1 + 1 / sizes, rtol=0.15)  # five standard errors of the fit


def test_standardising_gives_a_small_unit_its_right_size() -> None:
    """The smallest of sixty, nothing done: without sizes it seems to move too often."""
    rng = np.random.default_rng(2)
    sizes = np.geomspace(0.3, 30.0, 60)
    plain, sized = [], []
    for _ in range(400):
        table = null_panels(rng, sizes)
        plain.append(difference_in_differences(table, 0, [True, False]).p_value <= 0.1)
        sized.append(difference_in_differences(table, 0, [True, False], sizes=sizes).p_value <= 0.1)
    assert np.mean(plain) > 0.25
    assert np.mean(sized) == pytest.approx(0.1, abs=0.05)


def test_range_covers_what_was_added() -> None:
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(400):
        table = rng.normal(size=(6, 60))
        table[3:, 0] += 1.0
        found = difference_in_differences(table, 0, np.arange(6) < 3, confidence=0.9)
        covered.append(found.lower <= 1.0 <= found.upper)
    assert np.mean(covered) == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"weights": [1.0, 1.0]}, r"^weights has shape \(2,\); give one number a unit, \(5,\)$"),
        ({"weights": [1, 1, 0, 1, 1]}, r"^weights\[2\] is 0; give a number above 0$"),
        ({"sizes": [1, 1, 1, 1, -2]}, r"^sizes\[4\] is -2; give a number above 0$"),
        ({"sizes": 3.0}, r"^sizes has shape \(\); give one number a unit"),
        ({"sizes": [1, 1, 1, 1, float("nan")]}, r"^sizes\[4\] is nan; give a finite number"),
        ({"confidence": 0}, r"^confidence is 0; "),
        ({"limits": "two_sides"}, r"^limits is 'two_sides'; choose one of each_side, by_size$"),
    ],
)
def test_refusals(how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        difference_in_differences(TABLE, 0, PRE, **how)  # type: ignore[arg-type]


def test_no_change_anywhere_cannot_be_standardised() -> None:
    flat = np.ones((3, 5))
    assert difference_in_differences(flat, 0, PRE).p_value == 1.0
    with pytest.raises(ValueError, match=r"^no other unit changed at all, .*; leave sizes out$"):
        difference_in_differences(flat, 0, PRE, sizes=[1.0, 2, 3, 4, 5])


def test_refusals_of_the_panel() -> None:
    with pytest.raises(ValueError, match=r"^outcomes has 3 units; give 4 or more"):
        difference_in_differences(np.ones((3, 3)), 0, PRE)
    with pytest.raises(ValueError, match=r"^treated is 9; give the column"):
        difference_in_differences(TABLE, 9, PRE)


def test_one_period_before_and_others_that_all_moved_alike_are_said() -> None:
    assert difference_in_differences(TABLE, 0, PRE).note == ""
    assert difference_in_differences(TABLE, 0, [True, False, False]).note == ONE_BEFORE
    alike = np.array([[1.0, 4, 2, 7], [3.0, 4, 2, 7], [8.0, 5, 3, 8]])
    found = difference_in_differences(alike, 0, [True, True, False])
    assert found.lower == found.upper
    assert found.note == NO_WIDTH
