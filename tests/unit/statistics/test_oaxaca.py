"""Oaxaca-Blinder: by hand, grouped as one by one, and what is said when it cannot be done."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from onroll.statistics import _oaxaca_rows
from onroll.statistics.oaxaca import (
    ALWAYS_NONE,
    LINKS,
    NOTHING_VARIES,
    REFERENCES,
    rows_of_cells,
    three_fold,
    two_fold,
)

RNG = np.random.default_rng(11)
GROUP = np.repeat([1, 0], [120, 180])
FEATURES = np.column_stack([RNG.integers(0, 2, 300), RNG.integers(0, 3, 300)]).astype(float)
EVENT = (RNG.random(300) < 0.2 + 0.1 * GROUP + 0.15 * FEATURES[:, 0]).astype(float)


def test_documented_examples_of_the_private_module_run() -> None:
    assert doctest.testmod(_oaxaca_rows).failed == 0


@pytest.mark.parametrize("link", LINKS)
def test_a_feature_that_does_not_differ_explains_nothing(link: str) -> None:
    outcome, features, group, weights = rows_of_cells(
        [3, 5, 4, 2], [10, 10, 20, 20], [0.0, 1.0, 0.0, 1.0], [1, 1, 0, 0]
    )
    same = two_fold(outcome, features, group, weights=weights, link=link)
    assert same.part("explained")[0] == pytest.approx(0, abs=1e-12)
    assert same.gap == pytest.approx(8 / 20 - 6 / 40)


def test_one_yes_or_no_feature_at_the_reference_coefficients_is_a_standardised_gap() -> None:
    """With one 0/1 feature a model is the two cell means, whatever the link: Kitagawa's one-sided form."""
    outcome, features, group, weights = rows_of_cells(
        [30, 40, 20, 90], [100, 80, 200, 300], [0, 1, 0, 1], [1, 1, 0, 0]
    )
    for link in LINKS:
        found = two_fold(outcome, features, group, weights=weights, link=link, coefficients="reference")
        assert found.part("explained")[0] == pytest.approx((100 / 180 - 200 / 500) * (0.1 - 0.3))
        assert found.gap == pytest.approx(70 / 180 - 110 / 500)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("roll", ["given", "sampled"])
def test_cells_are_the_same_as_pupils_one_by_one(link: str, roll: str) -> None:
    keys, cell = np.unique(np.column_stack([GROUP, FEATURES]), axis=0, return_inverse=True)
    total = np.bincount(cell.ravel()).astype(float)
    events = np.bincount(cell.ravel(), weights=EVENT)
    one = two_fold(EVENT, FEATURES, GROUP, link=link, roll=roll)
    outcome, features, group, weights = rows_of_cells(events, total, keys[:, 1:], keys[:, 0])
    many = two_fold(outcome, features, group, weights=weights, link=link, roll=roll)
    for name in ("estimate", "lower", "upper", "by_feature", "by_feature_upper", "gap_lower"):
        np.testing.assert_allclose(getattr(many, name), getattr(one, name), rtol=1e-9, atol=1e-12)
    assert (many.pupils, many.reference_pupils) == (120.0, 180.0)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("coefficients", REFERENCES)
def test_parts_and_features_add_up(link: str, coefficients: str) -> None:
    found = two_fold(EVENT, FEATURES, GROUP, link=link, coefficients=coefficients, names=["SEN", "FSM"])
    assert found.estimate.sum() == pytest.approx(found.gap)
    assert found.by_feature.sum() == pytest.approx(found.estimate[0])
    assert found.gap == pytest.approx(EVENT[GROUP == 1].mean() - EVENT[GROUP == 0].mean())
    assert found.features == ("SEN", "FSM")


def test_the_three_fold_parts_are_those_of_the_two_fold_from_either_side() -> None:
    three = three_fold(EVENT, FEATURES, GROUP)
    from_reference = two_fold(EVENT, FEATURES, GROUP, coefficients="reference")
    from_group = two_fold(EVENT, FEATURES, GROUP, coefficients="group")
    assert three.part("endowments")[0] == pytest.approx(from_reference.part("explained")[0])
    assert three.part("coefficients")[0] == pytest.approx(from_group.part("unexplained")[0])
    assert three.estimate.sum() == pytest.approx(three.gap)


def test_the_gap_of_a_sampled_roll_has_the_error_of_two_means() -> None:
    one, other = EVENT[GROUP == 1], EVENT[GROUP == 0]
    error = np.sqrt(one.var() / one.size + other.var() / other.size)
    for link in LINKS:
        found = two_fold(EVENT, FEATURES, GROUP, link=link, roll="sampled")
        assert found.gap_upper - found.gap == pytest.approx(1.959963984540054 * error)


def test_a_cluster_each_is_no_cluster() -> None:
    plain = two_fold(EVENT, FEATURES, GROUP)
    found = two_fold(EVENT, FEATURES, GROUP, cluster=np.arange(300))
    np.testing.assert_allclose(found.upper, plain.upper, rtol=1e-12)


def test_the_same_pupils_twice_in_a_cluster_are_no_more_certain() -> None:
    twice = [np.concatenate([array, array]) for array in (EVENT, FEATURES, GROUP)]
    found = two_fold(*twice, cluster=np.tile(np.arange(300), 2))
    np.testing.assert_allclose(found.upper, two_fold(EVENT, FEATURES, GROUP).upper, rtol=1e-10)


def test_a_rare_outcome_has_an_answer() -> None:
    outcome, features, group, weights = rows_of_cells(
        [3, 9, 2, 4], [40_000, 20_000, 90_000, 30_000], [0, 1, 0, 1], [1, 1, 0, 0]
    )
    found = two_fold(outcome, features, group, weights=weights, link="logit")
    assert found.gap == pytest.approx(12 / 60_000 - 6 / 120_000)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"group": np.ones(300)}, "reference group has no row"),
        ({"group": GROUP * 2}, r"group\[0\] is 2; give 1 for the group"),
        ({"outcome": EVENT * 2, "link": "logit"}, "a logit takes 0 or 1"),
        ({"outcome": EVENT * 0, "link": "logit"}, "outcome of the group is the same for all"),
        ({"features": np.ones(300)}, "features of the group depend on one another"),
        ({"features": FEATURES[:, [0, 0]]}, "features of the group depend on one another"),
        ({"features": EVENT, "link": "logit"}, "without fail"),
        ({"features": FEATURES[:9]}, "outcome has shape"),
        ({"weights": np.zeros(300)}, r"weights\[0\] is 0"),
        ({"names": ["one"]}, "names are 1, features 2"),
        ({"cluster": [1, 2]}, "cluster has shape"),
        ({"coefficients": "mine"}, "choose one of pooled, neumark"),
        ({"link": "probit"}, "choose one of identity, logit"),
        ({"roll": "known"}, "choose one of given, sampled"),
    ],
)
def test_what_cannot_be_is_said(bad: dict[str, object], words: str) -> None:
    given = {"outcome": EVENT, "features": FEATURES, "group": GROUP} | bad
    with pytest.raises(ValueError, match=words):
        two_fold(**given)  # type: ignore[arg-type]


def test_more_events_than_pupils_are_refused() -> None:
    with pytest.raises(ValueError, match=r"events\[0\] is 3; events cannot pass the total"):
        rows_of_cells([3], [2], [1.0], [1])


def test_errors_of_one_school_alone_are_refused() -> None:
    outcome, features, group = (
        [1.0, 2.0, 3.0, 4.0, 2.0, 5.0],
        [1.0, 2.0, 3.0, 1.0, 2.0, 4.0],
        [0, 0, 0, 1, 1, 1],
    )
    with pytest.raises(ValueError, match="cluster has one school only"):
        two_fold(outcome, features, group, cluster=[7] * 6)


@pytest.mark.parametrize("outcome", [np.zeros(300), np.ones(300), 1.0 + FEATURES @ [2.0, -1.0]])
def test_an_outcome_without_rest_has_no_limits_and_it_is_said(outcome: np.ndarray) -> None:
    for found in (two_fold(outcome, FEATURES, GROUP), three_fold(outcome, FEATURES, GROUP)):
        assert np.isnan([found.lower, found.upper]).all()
        assert np.isnan([found.gap_lower, found.gap_upper, *found.by_feature_upper]).all()
        assert set(found.note) == set(found.by_feature_note) == {NOTHING_VARIES}


def test_features_that_do_not_differ_are_said_to_be_the_reason_of_no_width() -> None:
    features = np.tile([1.0, 2.0, 3.0, 4.0], 2)
    found = two_fold([1, 2, 1, 3, 2, 2, 1, 5], features, [1] * 4 + [0] * 4)
    assert found.note.tolist() == [ALWAYS_NONE, ""]
    assert found.upper[0] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(found.gap_upper)


def test_names_can_be_an_array_and_none_is_missing() -> None:
    assert two_fold(EVENT, FEATURES, GROUP, names=np.array(["SEN", "FSM"])).features == ("SEN", "FSM")  # type: ignore[arg-type]
    for names, message in (
        (["SEN", None], r"names\[1\] is None"),
        ("ab", "give a list of words"),
        ([1, 2], r"names\[0\] is 1"),
    ):
        with pytest.raises(ValueError, match=message):
            two_fold(EVENT, FEATURES, GROUP, names=names)  # type: ignore[arg-type]


def test_no_feature_and_a_missing_cluster_are_refused() -> None:
    with pytest.raises(ValueError, match=r"features have shape \(300, 0\); give one feature or more"):
        two_fold(EVENT, np.zeros((300, 0)), GROUP)
    with pytest.raises(ValueError, match=r"cluster\[0\] is nan"):
        two_fold(EVENT, FEATURES, GROUP, cluster=np.where(np.arange(300) == 0, np.nan, 1.0))
    with pytest.raises(ValueError, match="give one of each for a cell"):
        rows_of_cells([1, 2], [3, 4], [1.0], [1, 0])


def test_a_result_is_equal_to_itself_alone() -> None:
    one, other = (two_fold(EVENT, FEATURES, GROUP) for _ in range(2))
    assert one == one
    assert one != other
