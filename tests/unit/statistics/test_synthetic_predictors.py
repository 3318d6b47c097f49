"""Synthetic control by predictors, and the donors' hull: known answers, edges, refusals in words."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.synthetic_control import synthetic_control
from onroll.statistics.synthetic_predictors import synthetic_predictors

EXACT = 1e-9  # the simplex solver ends exactly
PRE = np.arange(10) < 7


@pytest.fixture
def made() -> tuple[np.ndarray, np.ndarray]:
    """Eight units of two traits that make their outcomes; unit 0 is 0.6 of unit 1 and 0.4 of unit 2, and 3 less after."""
    rng = np.random.default_rng(5)
    traits = rng.normal(size=(2, 8)) * [[1.0], [5.0]]
    traits[:, 0] = 0.6 * traits[:, 1] + 0.4 * traits[:, 2]
    table = rng.normal(size=(10, 2)) @ traits + np.arange(10.0)[:, None]
    table[~PRE, 0] -= 3.0
    return table, traits


def test_traits_that_made_the_outcomes_give_the_gap(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, traits = made
    found = synthetic_predictors(table, traits, 0, PRE)
    np.testing.assert_allclose(found.gaps, np.where(PRE, 0.0, -3.0), atol=1e-6)
    assert found.estimate == pytest.approx(-3.0, abs=1e-6)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.importance.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(found.synthetic_predictors, found.treated_predictors, atol=1e-6)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_outcomes_before_as_predictors_equally_important_are_the_plain_synthetic_control() -> None:
    table = np.cumsum(np.random.default_rng(6).normal(size=(10, 9)), axis=0)
    spread = table[PRE].std(axis=1, ddof=1)
    found = synthetic_predictors(table, table[PRE], 0, PRE, importance=spread**2)
    plain = synthetic_control(table, 0, PRE)
    np.testing.assert_allclose(found.weights, plain.weights, atol=EXACT)
    assert found.loss == pytest.approx(found.lowest_loss)
    assert (found.estimate, found.lower, found.upper) == pytest.approx(
        (plain.estimate, plain.lower, plain.upper)
    )
    assert found.searches[0].start == "given"


def test_two_starts_are_both_told_and_the_lower_loss_is_taken() -> None:
    rng = np.random.default_rng(7)
    table, traits = np.cumsum(rng.normal(size=(10, 9)), axis=0), rng.normal(size=(5, 9))
    found = synthetic_predictors(table, traits, 0, PRE)
    assert {one.start for one in found.searches} == {"regression", "equal"}
    assert found.loss == min(one.loss for one in found.searches)
    assert found.loss >= found.lowest_loss
    one = synthetic_predictors(table, traits, 0, PRE, start="equal")
    assert one.loss in [each.loss for each in found.searches]


def test_placebos_may_search_for_themselves() -> None:
    rng = np.random.default_rng(8)
    table, traits = np.cumsum(rng.normal(size=(10, 6)), axis=0), rng.normal(size=(3, 6))
    shared, anew = (
        synthetic_predictors(table, traits, 0, PRE, placebo_search=one) for one in ("none", "own")
    )
    assert anew.estimate == shared.estimate
    before = [np.sqrt((one.placebo_gaps[PRE] ** 2).mean(0)) for one in (shared, anew)]
    assert (before[1][1:] <= before[0][1:] * (1 + 1e-6)).any()
    assert not np.array_equal(before[0][1:], before[1][1:])


def test_ranks_are_of_all_units_and_of_the_others() -> None:
    rng = np.random.default_rng(9)
    table, traits = np.cumsum(rng.normal(size=(10, 7)), axis=0), rng.normal(size=(3, 7))
    found = synthetic_predictors(table, traits, 2, PRE)
    assert found.p_ratio == np.mean(found.ratio >= found.ratio[2])
    assert found.share_others_ratio == np.mean(np.delete(found.ratio, 2) >= found.ratio[2])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"predictors": np.ones((2, 7))}, r"^predictors have shape \(2, 7\); give \(predictors, 8\)"),
        ({"predictors": np.vstack([np.ones(8), np.arange(8)])}, r"^predictors\[0\] is 1 for all units"),
        ({"predictors": np.full((1, 8), np.nan)}, r"^predictors\[0, 0\] is nan"),
        ({"fitted_on": ~PRE}, r"^fitted_on\[7\] is True .* before treatment only"),
        ({"fitted_on": np.zeros(10, dtype=bool)}, r"^fitted_on is False throughout"),
        ({"importance": [0.0, 0.0]}, r"^importance has shape \(2,\); give 2 numbers"),
        ({"importance": [1.0, -1.0]}, r"^importance has shape"),
        ({"start": "guess"}, r"^start is 'guess'"),
        ({"pre": np.zeros(10, dtype=bool)}, r"^pre is False throughout"),
        ({"outcomes": np.full((10, 8), np.inf)}, r"^outcomes\[0, 0\] is inf"),
    ],
)
def test_refusals(made: tuple[np.ndarray, np.ndarray], asked: dict[str, object], message: str) -> None:
    given = {"outcomes": made[0], "predictors": made[1], "treated": 0, "pre": PRE, **asked}
    with pytest.raises(ValueError, match=message):
        synthetic_predictors(**given)  # type: ignore[arg-type]


# the donors' hull ---------------------------------------------------------------------------------


def test_a_weighted_mean_of_donors_is_inside(made: tuple[np.ndarray, np.ndarray]) -> None:
    found = donor_hull(made[0], 0, PRE)
    assert (found.estimate, found.relative, found.share_outside) == (0, 0, 0)
    assert set(found.outside.tolist()) == {""}


def test_below_and_above_by_hand() -> None:
    table = [[1.0, 2.0, 4.0], [9.0, 2.0, 4.0], [3.0, 2.0, 4.0], [0.0, 0.0, 0.0]]
    found = donor_hull(table, 0, [True, True, True, False])
    assert found.outside.tolist() == ["below all donors", "above all donors", ""]
    assert found.beyond.tolist() == [-1.0, 5.0, 0.0]
    assert found.share_outside == pytest.approx(2 / 3)
    # both donors are flat: the best mean of them is their 4, and gaps are -3, 5, -1
    assert found.estimate == pytest.approx(np.sqrt(35 / 3))
    assert (found.lower, found.upper) == (1.0, 5.0)
    assert found.relative == pytest.approx(np.sqrt(35 / 3))


def test_inside_every_range_may_be_outside_the_hull() -> None:
    table = [[0.5, 0.0, 1.0], [0.2, 0.0, 1.0], [0.0, 0.0, 0.0]]
    found = donor_hull(table, 0, [True, True, False])
    assert found.share_outside == 0
    assert found.estimate > 0


def test_donors_all_zero_have_no_spread_but_a_distance() -> None:
    found = donor_hull([[2.0, 0.0, 0.0], [2.0, 0.0, 0.0]], 0, [True, False])
    assert found.estimate == 2.0
    assert np.isfinite(found.relative)
    none = donor_hull(np.zeros((3, 4)), 0, [True, True, False])
    assert (none.estimate, none.relative) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outcomes": np.ones((3, 2))}, r"^outcomes has 2 units; give 3 or more"),
        ({"outcomes": np.full((3, 4), np.nan)}, r"^outcomes\[0, 0\] is nan"),
        ({"pre": [False] * 3}, r"^pre is False throughout"),
    ],
)
def test_hull_refusals(asked: dict[str, object], message: str) -> None:
    given = {"outcomes": np.ones((3, 4)), "treated": 0, "pre": [True, True, False], **asked}
    with pytest.raises(ValueError, match=message):
        donor_hull(**given)  # type: ignore[arg-type]
