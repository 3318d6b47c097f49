from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics import published_bounds as bounds

EXACT = 1e-12  # one division


def test_luton_2019_permanent_exclusions_pin_what_they_can() -> None:
    """0.06 per cent of 30,000: 17 is 0.0567 and 19 is 0.0633; 16 is 0.0533 and 20 is 0.0667."""
    found = bounds.counts_behind_rate(0.06, 30_000, decimals=2)
    assert (found.lower, found.upper, found.fits) == (17.0, 19.0, 3.0)
    one = bounds.counts_behind_rate(0.06, 5000, decimals=2)
    assert (one.estimate, one.fits) == (3.0, 1.0)


def test_a_rate_half_way_may_have_been_rounded_either_way() -> None:
    """1 of 200 is 0.5 per cent: printed 0 or 1."""
    assert bounds.counts_behind_rate([0, 1], 200, decimals=0).lower.tolist() == [0, 1]  # type: ignore[union-attr]
    assert bounds.counts_behind_rate([0, 1], 200, decimals=0).upper.tolist() == [1, 3]  # type: ignore[union-attr]


def test_a_rate_that_no_count_has_is_an_error_alone_and_a_note_among_many() -> None:
    with pytest.raises(ValueError, match=r"rate is 0\.5 and total 7: no whole number fits"):
        bounds.counts_behind_rate(0.5, 7, decimals=1)
    found = bounds.counts_behind_rate([0.5, 14.3], 7, decimals=1)
    assert np.asarray(found.fits).tolist() == [0, 1]
    assert np.isnan(np.asarray(found.lower)[0])
    assert "do not belong together" in np.asarray(found.note)[0]
    with pytest.raises(ValueError, match="fits is 0 somewhere"):
        _ = found.possible


def test_a_total_that_is_rounded_lets_more_counts_in() -> None:
    known = bounds.counts_behind_rate(6.8, 1100, decimals=1)
    ranged = bounds.counts_behind_rate(6.8, bounds.rounded(1100, 10), decimals=1)
    assert ranged.lower <= known.lower <= known.upper <= ranged.upper
    assert ranged.method == "whole numbers, total not known"


def test_printed_ratios_by_hand() -> None:
    """0.1 over 0.06: from 0.095 / 0.065 to 0.105 / 0.055; with 0.00 printed there is no bound above."""
    found = bounds.printed_ratio([0.1, 0.1], [0.06, 0.0], decimals=2)
    np.testing.assert_allclose(np.asarray(found.lower), [95 / 65, 95 / 5], rtol=EXACT)
    np.testing.assert_allclose(np.asarray(found.upper), [105 / 55, np.inf], rtol=EXACT)
    assert np.asarray(found.note).tolist() == ["", "the reference may be 0: no bound above"]


def test_a_reference_that_is_0_for_certain_leaves_no_ratio() -> None:
    found = bounds.ratio_bounds([3, 0], 40, reference_events=0, reference_total=50)
    assert np.asarray(found.note).tolist() == ["the reference is 0 in every table that fits: no ratio"] * 2
    assert np.asarray(found.estimate)[0] == np.inf
    assert np.isnan(np.asarray(found.estimate)[1])


def test_known_counts_leave_nothing_open() -> None:
    found = bounds.ratio_bounds(24, 160, reference_events=90, reference_total=1500)
    assert found.lower == found.upper == pytest.approx(2.5)


def test_a_hidden_cell_that_the_total_gives_away_is_found() -> None:
    cells = bounds.suppressed([0, 12, 30], [np.inf, 12, 30])
    found = bounds.table_bounds(cells, [1, 0, 0], sums=[([0, 1, 2], bounds.suppressed(46, 46))])
    assert (found.lower, found.upper, found.method) == (4.0, 4.0, "whole tables")


def test_totals_of_rows_and_columns_are_used_together() -> None:
    """Two by two, all hidden from 0 to 9; rows 9 and 1, columns 8 and 2: the first cell is 7 or 8."""
    cells = bounds.suppressed(np.zeros(4), 9)
    sums = [([0, 1], 9), ([2, 3], 1), ([0, 2], 8), ([1, 3], 2)]
    held = [(places, bounds.suppressed(total, total)) for places, total in sums]
    found = bounds.table_bounds(cells, [1, 0, 0, 0], sums=held)
    assert (found.lower, found.upper) == (7.0, 8.0)
    ratio = bounds.table_bounds(cells, [1, 0, 0, 0], over=[0, 1, 0, 0], scale=10.0, sums=held)
    assert (ratio.lower, ratio.upper) == (35.0, 80.0)


def test_a_sum_below_that_may_be_0_has_no_bound_above() -> None:
    cells = bounds.suppressed([1, 0], 4)
    found = bounds.table_bounds(cells, [1, 0], over=[0, 1])
    assert (found.lower, found.upper) == (0.25, np.inf)
    assert "may be 0" in found.note


def test_a_larger_table_is_done_exactly() -> None:
    """Sixty schools, every third hidden, totals of four areas rounded to ten: a ratio of areas within seconds."""
    rng = np.random.default_rng(9)
    true = rng.integers(0, 60, 60)
    hide = np.arange(60) % 3 == 0
    cells = bounds.suppressed(np.where(hide, 0, true), np.where(hide, 60, true))
    areas = [range(15 * a, 15 * a + 15) for a in range(4)]
    sums = [(area, bounds.rounded(10 * round(int(true[list(area)].sum()) / 10), 10)) for area in areas]
    above, below = np.zeros(60), np.zeros(60)
    above[:15], below[15:] = 1, 1
    found = bounds.table_bounds(cells, above, over=below, sums=sums)
    first, rest = float(sums[0][1].upper), sum(float(one.lower) for _, one in sums[1:])
    assert found.upper == pytest.approx(first / rest)
    assert found.lower <= true[:15].sum() / true[15:].sum() <= found.upper


def of_two(total: tuple[list[int], bounds.Possible]) -> bounds.TableBounds:
    """Two cells of 3 or 4, and a total of them."""
    return bounds.table_bounds(bounds.suppressed([3, 3], 4), [1, 0], sums=[total])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bounds.rounded(7, 5), "value is 7; give a multiple of 5"),
        (lambda: bounds.rounded(5, 0), "base is 0"),
        (lambda: bounds.suppressed(5, 4), "least is 5; give no more than most"),
        (lambda: bounds.counts_behind_rate(0.065, 100, decimals=2), "it has more than 2 decimals"),
        (lambda: bounds.counts_behind_rate(1, 0, decimals=2), "total is 0; give totals of 1"),
        (lambda: bounds.counts_behind_rate(1, bounds.suppressed(1, np.inf), decimals=2), "too large to be counted"),
        (lambda: bounds.printed_ratio(-1, 1, decimals=2), "rate is -1"),
        (lambda: bounds.ratio_bounds(1, 0, reference_events=1, reference_total=1), "total may be 0"),
        (lambda: bounds.table_bounds(bounds.suppressed([0], [np.inf]), [1]), "is inf; give it an upper end"),
        (lambda: of_two(([0, 1], bounds.suppressed(9, 12))), "no table fits"),
        (lambda: of_two(([0, 7], bounds.suppressed(9, 9))), r"place of sums\[0\] is .*7.*; give a whole number from 0 to 1"),
        (lambda: bounds.table_bounds(bounds.suppressed([0, 0], 4), [1]), "give one number for each of the 2 cells"),
        (lambda: bounds.table_bounds(bounds.suppressed([0, 0], [4, 0]), [1, 0], over=[0, 1]), "is 0 in every table"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_many_rates_are_counted_through_at_once() -> None:
    n = np.arange(1, 200_001)
    x = n // 7
    found = bounds.counts_behind_rate(np.round(100 * x / n, 2), n, decimals=2)
    assert np.all((np.asarray(found.lower) <= x) & (x <= np.asarray(found.upper)))


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_not_above_0_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="per is"):
        bounds.difference_bounds(3, 40, reference_events=9, reference_total=150, per=wrong)
    with pytest.raises(ValueError, match="scale is"):
        bounds.table_bounds(
            bounds.suppressed([1, 1], [4, 4]), [1, 0], sums=[([0, 1], bounds.rounded(5, 5))], scale=wrong
        )
