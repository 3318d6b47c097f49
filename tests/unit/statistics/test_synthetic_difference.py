"""Synthetic difference in differences: known answers, edges, refusals, speed."""

from __future__ import annotations

from dataclasses import fields
from time import perf_counter

import numpy as np
import pytest

from onroll.statistics.synthetic_difference import synthetic_difference

PRE = np.arange(12) < 9
EXACT = 1e-6  # weights at the minimum, ridge and all


def walks(seed: int, units: int = 10) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(12, units)), axis=0) + 5.0


def test_a_change_of_a_unit_that_moved_as_all_others_is_found() -> None:
    """Where all move alike but for a level, any weights give the change, whatever the levels."""
    path = np.array([1.0, 3, 2, 5, 4, 6, 5, 7, 9, 8, 9, 7])
    table = path[:, None] + np.arange(6.0) * 10
    table[~PRE, 2] -= 4.0
    found = synthetic_difference(table, 2, PRE)
    assert found.estimate == pytest.approx(-4.0, abs=EXACT)
    assert found.difference.estimate == pytest.approx(-4.0, abs=EXACT)
    assert found.error == pytest.approx(0.0, abs=EXACT)
    assert found.pre_rmspe == pytest.approx(0.0, abs=EXACT)
    np.testing.assert_allclose(found.synthetic[PRE], table[PRE, 2], atol=1e-5)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_weights_are_shares_of_others_and_of_times_before() -> None:
    found = synthetic_difference(walks(1), 3, PRE)
    for weights in (found.unit_weights, found.time_weights):
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1.0)
    assert found.unit_weights[3] == 0
    assert (found.time_weights[~PRE] == 0).all()


def test_the_estimate_is_the_gap_after_less_the_weighted_gap_before() -> None:
    table = walks(2)
    found = synthetic_difference(table, 0, PRE)
    gap = table[:, 0] - found.synthetic
    assert gap[~PRE].mean() == pytest.approx(found.estimate)
    assert found.time_weights @ gap == pytest.approx(0.0, abs=1e-9)


def test_error_and_range_are_of_the_placebos() -> None:
    found = synthetic_difference(walks(3), 4, PRE, confidence=0.8)
    others = np.delete(found.placebos, 4)
    assert found.placebos[4] == found.estimate
    assert found.error == pytest.approx(others.std())
    assert found.range_upper == pytest.approx(found.estimate - np.quantile(others, 0.1))
    assert found.share_others == np.mean(np.abs(others) >= abs(found.estimate))


def test_walking_towards_the_minimum_ends_beside_it() -> None:
    exact, walked = (synthetic_difference(walks(4), 0, PRE, solver=one) for one in ("exact", "frank-wolfe"))
    assert walked.estimate == pytest.approx(exact.estimate, abs=0.05)
    assert walked.estimate != exact.estimate
    assert walked.error == exact.error


def test_others_alike_share_the_weight() -> None:
    table = np.column_stack([walks(5, 4), walks(5, 4)[:, 1:]])
    found = synthetic_difference(table, 0, PRE)
    np.testing.assert_allclose(found.unit_weights[1:4], found.unit_weights[4:], atol=1e-9)


def test_flat_times_before_are_no_trouble() -> None:
    table = np.where(PRE[:, None], 2.0, walks(6))
    found = synthetic_difference(table, 0, PRE)
    assert np.isfinite([found.estimate, found.lower, found.error]).all()
    assert found.ridge == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outcomes": walks(1)[:, :3]}, r"^outcomes has 3 units; give 4 or more"),
        ({"outcomes": np.where(np.eye(12, 10) > 0, np.nan, 1.0)}, r"^outcomes\[0, 0\] is nan"),
        ({"outcomes": np.zeros((12, 10))}, r"^no other unit changes at all"),
        ({"pre": np.zeros(12, dtype=bool)}, r"^pre is False throughout"),
        ({"pre": np.ones(12, dtype=bool)}, r"^pre is True throughout"),
        ({"pre": np.arange(12) < 1}, r"^pre has one period; two or more"),
        ({"pre": np.arange(12) > 5}, r"^pre turns back to True"),
        ({"treated": 10}, r"^treated is 10; give the column"),
        ({"solver": "guess"}, r"^solver is 'guess'; choose one of exact, frank-wolfe"),
        ({"confidence": 0}, r"^confidence is 0"),
    ],
)
def test_refusals_say_the_way_out(asked: dict[str, object], message: str) -> None:
    given = {"outcomes": walks(1), "treated": 0, "pre": PRE, **asked}
    with pytest.raises(ValueError, match=message):
        synthetic_difference(**given)  # type: ignore[arg-type]


@pytest.mark.slow
def test_150_placebos_of_18_periods_take_a_few_seconds() -> None:
    table = np.cumsum(np.random.default_rng(9).normal(size=(18, 151)), axis=0)
    start = perf_counter()
    synthetic_difference(table, 0, np.arange(18) < 10)
    assert perf_counter() - start < 10.0
