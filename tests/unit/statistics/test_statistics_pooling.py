from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.evalue import e_value
from onroll.statistics.meta_analysis import meta_analysis
from onroll.statistics.random_effects import METHODS, random_effects


@pytest.mark.parametrize("method", sorted(METHODS))
def test_estimates_that_agree_have_no_variance_between(method: str) -> None:
    found = random_effects([0.3, 0.3, 0.3], [0.1, 0.2, 0.4], method=method)
    assert (found.tau2, found.i2) == (0.0, 0.0)
    assert found.estimate == pytest.approx(0.3)
    assert found.standard_error == pytest.approx(1 / np.sqrt(100 + 25 + 6.25))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_of_equal_errors_the_variance_between_is_the_scatter_less_chance(method: str) -> None:
    """0, 1 and 2 with errors of 0.5: variance 1, of which 0.25 is chance."""
    found = random_effects([0.0, 1.0, 2.0], 0.5, method=method)
    assert found.tau2 == pytest.approx(0.75)
    assert found.estimate == pytest.approx(1.0)
    assert found.i2 == pytest.approx(75.0)
    assert found.q == pytest.approx(8.0)
    assert found.df == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random_effects([1.0], [1.0]), "estimate has 1 figure; give two or more"),
        (lambda: random_effects([1.0, 2.0], [1.0, 0.0]), r"standard_error\[1\] is 0"),
        (lambda: random_effects([1.0, np.nan], 1.0), r"estimate\[1\] is nan"),
        (lambda: random_effects([1.0, 2.0], 1.0, method="ml"), "choose one of reml"),
        (lambda: e_value(5, 1, 4), "ratio is 5; give a ratio within its limits"),
        (lambda: e_value(0, 0, 4), "ratio is 0; give a number above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_an_interval_that_holds_1_needs_nothing_to_explain_it() -> None:
    found = e_value([2.0, 0.6], [0.9, 0.3], [4.0, 1.2])
    assert np.asarray(found.limit).tolist() == [1.0, 1.0]
    assert np.asarray(found.estimate)[0] == pytest.approx(2 + np.sqrt(2))


def test_a_ratio_below_1_is_turned_round() -> None:
    assert e_value(0.5, 0.4, 0.8).limit == pytest.approx(1.25 + np.sqrt(1.25 * 0.25))


def test_limits_narrower_than_chance_alone_has_them_say_so_and_name_the_wider_ones() -> None:
    same = meta_analysis([0.5] * 6, [0.1] * 6)
    half = 1.959964 * 0.1 / np.sqrt(6)
    assert same.lower == same.upper == 0.5
    assert f"({0.5 - half:.3g} to {0.5 + half:.3g} were all true figures the same)" in same.note
    near = meta_analysis([0.5, 0.501, 0.5, 0.499, 0.5, 0.501], [0.1] * 6)
    assert near.upper - near.lower < 2 * half
    assert near.note.startswith("limits are narrower than chance alone")
    assert meta_analysis([0.1, 0.5, 0.9, 0.3, 0.2, 0.4], [0.1] * 6).note == ""
    assert meta_analysis([0.5, 0.5], 0.1).note.startswith("2 estimates: how far they differ is hardly known")


def test_estimates_that_differ_are_not_said_to_be_too_narrow() -> None:
    assert meta_analysis([-1.1, 2.4, -3.3, 0.2, -9.5], [1.2, 0.9, 2.1, 1.4, 1.1]).note == ""


def test_common_outcomes_by_hand() -> None:
    """VanderWeele and Ding (2017): the root of an odds ratio; a hazard ratio through halves to the power of its root."""
    odds = e_value(4.0, 1.0, 9.0, measure="odds_ratio", common=True)
    assert odds.estimate == pytest.approx(2 + np.sqrt(2))
    assert odds.upper == pytest.approx(3 + np.sqrt(6))
    risk = (1 - 0.5**2) / (1 - 0.5**0.5)
    hazard = e_value(4.0, 1.0, 9.0, measure="hazard_ratio", common=True)
    assert hazard.estimate == pytest.approx(risk + np.sqrt(risk * (risk - 1)))
    assert hazard.limit == 1
    for measure in ("odds_ratio", "hazard_ratio"):
        rare = e_value([4.0, 0.25], measure=measure)
        np.testing.assert_allclose(rare.estimate, e_value(4.0).estimate)
        turned = e_value([7.0, 1 / 7.0], [5.0, 1 / 9.0], [9.0, 1 / 5.0], measure=measure, common=True)
        np.testing.assert_allclose(np.diff(np.asarray(turned.limit)), 0, atol=1e-12)
        assert np.all(np.asarray(turned.estimate) < e_value(7.0).estimate)


def test_without_limits_there_are_none() -> None:
    found = e_value(3.9)
    assert found.estimate == e_value(3.9, 1.8, 8.7).estimate
    assert np.isnan([found.lower, found.upper, found.limit]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: e_value(2.0, 1.0), "upper is left out; give both limits or none"),
        (lambda: e_value(2.0, common=True), "common is True of a risk_ratio, which needs no such step"),
        (lambda: e_value(2.0, measure="odds"), "measure is 'odds'; choose one of risk_ratio, odds_ratio"),
        (lambda: e_value(2.0, measure="odds_ratio", common=1), "common is 1; give True or False"),
        (
            lambda: meta_analysis(0.1, [0.1, 0.2, 0.3]),
            "estimate is 1 figure, standard_error 3; give an estimate",
        ),
        (lambda: random_effects(0.1, [0.1, 0.2]), "estimate is 1 figure, standard_error 2; give an estimate"),
    ],
)
def test_refusals_of_measures_and_of_one_estimate_for_many(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()  # type: ignore[operator]
