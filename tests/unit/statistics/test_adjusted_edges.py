"""Adjusted models at the edge: nothing varies, one school tells alone, labels are missing, inputs are of another kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.statistics._labels import labels
from onroll.statistics._model_limits import ALONE, NOTHING_VARIES
from onroll.statistics.adjusted import AdjustedModel, linear, logistic, relative_risks, risk_differences
from onroll.statistics.adjusted_counts import event_rates, negative_binomial
from onroll.statistics.design_matrix import Design, Factor, Measure, design_matrix, plain_design
from onroll.statistics.marginal import standardise
from onroll.statistics.sandwich import sandwich

ROBUST = ["HC0", "HC1"]
ERRORS = ["CR0", "CR1", "CR1S", "CR2"]
TWO = design_matrix([Factor("sex", [0, 1])])
NEAR = 1e-12


def without_limits(found: AdjustedModel) -> bool:
    return bool(np.all(np.isnan([found.lower, found.upper])) and set(found.note) == {NOTHING_VARIES})


@pytest.mark.parametrize("errors", [*ROBUST, "model"])
@pytest.mark.parametrize("events", [[0, 0], [10, 10], [0, 10]])
def test_risks_of_which_nothing_varies_have_no_limits_and_it_is_said(events: list[int], errors: str) -> None:
    found = risk_differences(events, [10, 10], TWO, errors=errors)
    assert without_limits(found)
    np.testing.assert_allclose(found.estimate, [events[0] / 10, (events[1] - events[0]) / 10], atol=NEAR)
    assert np.isnan(found.coefficient("sex: 1")[1:]).all()


@pytest.mark.parametrize("errors", ROBUST)
def test_every_pupil_with_the_event_has_a_relative_risk_without_limits(errors: str) -> None:
    found = relative_risks([10, 10], [10, 10], TWO, errors=errors)
    assert without_limits(found)
    middle, lower, upper = found.ratio("sex: 1")
    assert middle == pytest.approx(1)
    assert np.isnan([lower, upper]).all()
    averaged = standardise(found, "sex")
    assert set(averaged.note) == {NOTHING_VARIES}
    assert np.isnan([averaged.lower[1], averaged.risk_lower[1], averaged.difference_upper[1]]).all()


@pytest.mark.parametrize("errors", [*ROBUST, "model", *ERRORS])
@pytest.mark.parametrize("outcome", [[2.0] * 8, [0.0] * 8, [0.1] * 8, [0, 1, 2, 3, 4, 5, 6, 7], [1e9] * 8])
def test_rows_that_all_lie_on_the_fit_have_no_limits(outcome: list[float], errors: str) -> None:
    school = None if errors in (*ROBUST, "model") else [0, 0, 1, 1, 2, 2, 3, 3]
    assert without_limits(linear(outcome, plain_design(range(8)), errors=errors, school=school))


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_small_and_large_outcomes_keep_their_limits(size: float) -> None:
    outcome = np.array([1.0, 2, 2, 4, 5, 4])
    one, found = (
        linear(size * outcome if scaled else outcome, plain_design(range(6)), school=[0, 0, 1, 1, 2, 2])
        for scaled in (False, True)
    )
    np.testing.assert_allclose(found.upper, size * one.upper, rtol=1e-9)
    small = linear(1e9 + outcome, plain_design(range(6)), errors="model")
    assert small.upper[1] == pytest.approx(
        linear(outcome, plain_design(range(6)), errors="model").upper[1], rel=1e-6
    )


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("model", [logistic, relative_risks, risk_differences])
@pytest.mark.parametrize("own", [[1, 2, 3, 4, 5, 5], [1, 2, 3, 4, 5, 6]])
def test_a_level_of_one_school_is_unknown_in_the_model_and_in_what_is_averaged(
    model: Callable[..., AdjustedModel], errors: str, own: list[int]
) -> None:
    """With one school's group no error of schools can tell how the group differs: MacKinnon and Webb (2017)."""
    design = design_matrix([Factor("group", [0, 0, 0, 0, 0, 1])])
    found = model([10, 20, 30, 15, 12, 40], [100] * 6, design, school=own, errors=errors)
    assert found.note[1] == ALONE
    assert (found.lower[1], found.upper[1], found.freedom[1]) == (-np.inf, np.inf, 0)
    averaged = standardise(found, "group")
    assert averaged.note[1] == ALONE
    assert (averaged.lower[1], averaged.upper[1], averaged.freedom[1]) == (0, np.inf, 0)
    assert (averaged.difference_lower[1], averaged.difference_upper[1]) == (-np.inf, np.inf)
    ends = {"logistic": (0, 1), "Poisson": (0, np.inf), "linear": (-np.inf, np.inf)}[found.family.name]
    assert (averaged.risk_lower[1], averaged.risk_upper[1]) == ends
    assert np.isfinite([averaged.risk_lower[0], averaged.risk_upper[0], found.upper[0]]).all()


def test_a_few_pupils_of_one_school_do_not_take_the_limits_of_others() -> None:
    rng = np.random.default_rng(1)
    school, rare = np.repeat(np.arange(12), 4), np.zeros(48)
    rare[3] = 1
    design = design_matrix([Factor("sex", np.tile([0, 1], 24)), Factor("rare", rare)])
    found = logistic(rng.integers(5, 20, 48), np.where(rare, 30, 60), design, school=school)
    assert found.note.tolist() == ["", "", ALONE]
    averaged = standardise(found, "sex")
    assert averaged.note.tolist() == ["", ""]
    assert np.isfinite([averaged.upper, averaged.risk_upper, averaged.difference_upper]).all()


MISSING = [
    [1.0, 2.0, np.nan, 4.0],
    ["a", "b", None, "d"],
    ["a", "b", np.nan, "d"],
    pd.Series(["a", "b", pd.NA, "d"]),
]


@pytest.mark.parametrize("school", MISSING)
@pytest.mark.parametrize(
    "asked",
    [
        lambda k, n, design, school: logistic(k, n, design, school=school),
        lambda k, n, design, school: linear(k, design, school=school),
        lambda k, n, design, school: event_rates(k, n, design, school=school),
        lambda k, n, design, school: negative_binomial(k, n, design, school=school),
    ],
)
def test_a_missing_school_is_no_school(asked: Callable[..., Any], school: Any) -> None:
    with pytest.raises(ValueError, match=r"school\[2\] is (nan|None|<NA>); what is missing is no label"):
        asked([1, 2, 3, 5], [9, 9, 9, 9], plain_design([0, 1, 0, 1]), school)
    with pytest.raises(ValueError, match=r"cluster\[2\] is"):
        sandwich(np.ones((4, 1)), np.ones(4), np.ones(4), kind="CR0", cluster=school)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a", 1], "words and numbers"),
        ([[1], [2, 3]], "give one label for each row"),
        ([np.datetime64("2024-01-01"), np.datetime64("NaT")], r"\[1\] is NaT"),
        (np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"), r"\[1\] is NaT"),
        (np.ma.array([1, 2], mask=[0, 1]), r"\[1\] is masked"),
        ([1.0, np.inf], r"\[1\] is inf"),
        ([object(), object()], "cannot be put in order"),
    ],
)
def test_labels_are_of_one_kind_and_all_there(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        labels("school", given)


def test_labels_stay_what_they_are() -> None:
    assert labels("school", ["b", "a"]).tolist() == ["b", "a"]
    assert labels("school", pd.Series([3, 1], dtype="Int64")).tolist() == [3, 1]
    assert labels("school", range(3)).dtype.kind == "i"


@pytest.mark.parametrize("code", [7, -1, 0.5, "1", None])
def test_an_unknown_level_is_named_with_the_known_ones(code: Any) -> None:
    with pytest.raises(ValueError, match=r"sex has the levels 0, 1: choose one of them"):
        TWO.at("sex", code)


def test_what_is_given_later_changes_nothing() -> None:
    codes, share, pupils = (
        np.array([0, 1, 0, 1]),
        np.array([0.5, 1.5, 2.0, 1.0]),
        np.array([50.0, 60, 40, 80]),
    )
    found = logistic([5, 9, 6, 20], pupils, design_matrix([Factor("sex", codes), Measure("share", share)]))
    before = standardise(found, "sex")
    codes[:], share[:], pupils[:] = [1, 0, 0, 0], 9.0, 1.0
    after = standardise(found, "sex")
    np.testing.assert_array_equal(before.risk, after.risk)
    np.testing.assert_array_equal(before.upper, after.upper)
    with pytest.raises(ValueError, match="read-only"):
        found.design.columns[0, 0] = 5


@pytest.mark.parametrize(
    "asked",
    [
        lambda wrong: logistic([1, 2], [9, 9], wrong),
        lambda wrong: relative_risks([1, 2], [9, 9], wrong),
        lambda wrong: linear([1, 2], wrong),
        lambda wrong: event_rates([1, 2], [9, 9], wrong, squares=[1, 4]),
        lambda wrong: negative_binomial([1, 2], [9, 9], wrong),
    ],
)
@pytest.mark.parametrize("wrong", [None, [[1, 0], [1, 1]], "sex", Factor("sex", [0, 1])])
def test_what_is_no_design_is_said_to_be_none(asked: Callable[[Any], object], wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"design is .*; give what design_matrix or plain_design gave"):
        asked(wrong)


def test_other_things_than_asked_for_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"model is .*; give what adjusted or adjusted_counts gave"):
        standardise(TWO, "sex")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"parts\[0\] is .*; give a Factor or a Measure"):
        design_matrix(["sex"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"confidence is 1\.5"):
        negative_binomial(
            [1, 2, 9, 0], [9, 9, 9, 9], plain_design([0, 1, 0, 1]), confidence=1.5, errors="model"
        )
    with pytest.raises(ValueError, match=r"columns have shape \(4, 0\); give cells by columns"):
        plain_design(np.zeros((4, 0)))
    with pytest.raises(ValueError, match=r"names\[1\] is None; give a word"):
        plain_design(np.zeros((4, 2)), ["a", None])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="cells is 0"):
        design_matrix([], cells=0)
    assert plain_design([[1.0, 2.0]], np.array(["a", "b"])).names == ("constant", "a", "b")  # type: ignore[arg-type]


def test_results_that_hold_arrays_are_equal_to_themselves_alone() -> None:
    one, other = (risk_differences([1, 2], [9, 9], TWO) for _ in range(2))
    assert one == one
    assert one != other
    assert isinstance(one.design, Design)


def test_numbers_beside_the_arrays_are_checked_too() -> None:
    ones = np.ones(3)
    with pytest.raises(ValueError, match=r"outcome\[0\] is 1e\+300; .*give it in another unit"):
        linear([1e300, 1, 2, 3], plain_design([0, 1, 0, 1]))
    with pytest.raises(ValueError, match="absorbed is 'a'"):
        linear([1, 2, 3, 5], plain_design([0, 1, 0, 1]), absorbed="a")  # type: ignore[arg-type]
    for wrong in ({"scale": np.nan}, {"freedom": np.nan}, {"absorbed": None}):
        with pytest.raises(ValueError, match=r"(scale|freedom|absorbed)\S* is (nan|None)"):
            sandwich(ones[:, None], ones, ones, kind="model", **wrong)
    with pytest.raises(ValueError, match="interactions are 3; give a list of lists of names"):
        design_matrix([Factor("a", [0, 1])], interactions=3)  # type: ignore[arg-type]


def test_counts_too_large_to_tell_their_spread_are_refused_in_words() -> None:
    events = [1e15, 2e15, 1e15, 3e15, 1e15, 5e15, 1e15, 1e14]
    with pytest.raises(ValueError, match="likelihood of alpha has no clear top"):
        negative_binomial(events, [10] * 8, plain_design(np.arange(8.0)), errors="model")
