"""Effect sizes: known answers, edges, refusals in words."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics.effect_sizes import clustered_effect, standardised_difference

EXACT = 1e-9  # closed forms but for rounding
SCHOOL = np.repeat(np.arange(8), 5)
GROUP = (SCHOOL < 4).astype(float)
NOISE = np.random.default_rng(3).normal(size=40)
LEVELS = np.random.default_rng(4).normal(size=8)[SCHOOL]


def test_in_schools_of_one_size_the_variances_are_those_of_the_table_of_squares() -> None:
    y = 2.0 * LEVELS + NOISE
    found = clustered_effect(y, GROUP, SCHOOL)
    means = y.reshape(8, 5).mean(1)
    within = ((y.reshape(8, 5) - means[:, None]) ** 2).sum() / 32
    of_groups = [means[4:] - means[4:].mean(), means[:4] - means[:4].mean()]
    between = 5 * sum((one**2).sum() for one in of_groups) / 6
    assert found.pupil_variance == pytest.approx(within, rel=EXACT)
    assert found.school_variance == pytest.approx((between - within) / 5, rel=1e-8)
    assert found.difference.estimate == pytest.approx(means[:4].mean() - means[4:].mean(), rel=EXACT)
    assert (found.pupils, found.schools) == ((20, 20), (4, 4))
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]
    assert found.note == "8 schools: too few for the normal limits, which are too narrow"


def test_schools_alike_but_for_pupils_have_no_variance_between_and_total_is_within() -> None:
    flat = NOISE.reshape(8, 5)
    flat = (flat - flat.mean(1, keepdims=True)).ravel() + 0.5 * GROUP
    found = clustered_effect(flat, GROUP, SCHOOL)
    assert found.school_variance == 0
    assert found.intraclass == 0
    assert found.estimate == found.within.estimate
    assert found.note.startswith("schools differ no more than their pupils make them")


def test_a_covariate_takes_out_what_it_tells() -> None:
    known = np.random.default_rng(6).normal(size=40)
    found = clustered_effect(3.0 * known + 0.5 * GROUP + 1e-3 * NOISE, GROUP, SCHOOL, covariates=known)
    assert found.coefficients[2] == pytest.approx(3.0, abs=2e-3)
    assert found.names == ("constant", "group", "covariate 1")


def test_schools_may_be_words_and_pupils_stand_in_any_order() -> None:
    y, order = LEVELS + NOISE, np.random.default_rng(7).permutation(40)
    one = clustered_effect(y, GROUP, SCHOOL)
    names = np.array([f"school {at}" for at in SCHOOL])
    other = clustered_effect(y[order], GROUP[order], names[order])
    assert other.estimate == pytest.approx(one.estimate, rel=1e-8)
    assert other.difference.lower == pytest.approx(one.difference.lower, rel=1e-6)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outcome": np.full(40, np.nan)}, r"^outcome\[0\] is nan"),
        ({"outcome": np.zeros(40)}, r"^outcome is told by the columns without rest"),
        ({"outcome": LEVELS}, r"^outcome is the same for all pupils of a school"),
        ({"outcome": [1.0, 2.0]}, r"^outcome has shape \(2,\); give one number a pupil"),
        ({"group": (np.arange(40) % 2)}, r"^group varies within school 0; .* allotted whole"),
        ({"group": GROUP * 2}, r"^group\[0\] is 2; give True or False, or 1 or 0"),
        ({"group": (SCHOOL < 1) * 1.0}, r"^group has 1 school; two or more"),
        ({"group": np.ones(40)}, r"^reference group has 0 schools"),
        ({"school": np.arange(40)}, r"^school has one pupil throughout"),
        ({"school": SCHOOL[:-1]}, r"^school has shape \(39,\)"),
        ({"covariates": GROUP}, r"^covariate 1: always the same, or the sum of other columns"),
        ({"covariates": np.ones((3, 2))}, r"^covariates have shape \(3, 2\)"),
        ({"confidence": 2}, r"^confidence is 2"),
    ],
)
def test_refusals_of_schools(asked: dict[str, object], message: str) -> None:
    given = {"outcome": LEVELS + NOISE, "group": GROUP, "school": SCHOOL, **asked}
    with pytest.raises(ValueError, match=message):
        clustered_effect(**given)  # type: ignore[arg-type]


def test_a_difference_by_hand() -> None:
    found = standardised_difference(12, 3, 10, reference_mean=10, reference_sd=5, reference_size=10)
    assert found.pooled_sd == pytest.approx(np.sqrt(17))
    assert found.uncorrected == pytest.approx(2 / np.sqrt(17))
    assert found.estimate == pytest.approx(
        2 / np.sqrt(17) * (1 - 3 / (4 * 18 - 1)), rel=1e-3
    )  # usual approximation
    assert isinstance(found.lower, float)


def test_one_group_may_have_no_spread_and_many_come_at_once() -> None:
    found = standardised_difference(
        [1.0, 2.0, 3.0],
        [0.0, 1.0, 2.0],
        30,
        reference_mean=0,
        reference_sd=1.0,
        reference_size=[20, 30, 10**7],
    )
    assert np.asarray(found.estimate).shape == (3,)
    assert np.all(np.asarray(found.lower) < np.asarray(found.estimate))
    assert np.all(np.asarray(found.estimate) < np.asarray(found.upper))


def test_ten_million_pupils_have_the_normal_limits() -> None:
    found = standardised_difference(0.3, 1, 10**7, reference_mean=0, reference_sd=1, reference_size=10**7)
    half = 1.959963984540054 * np.sqrt(2e-7 + 0.3**2 / 4e7)
    assert found.estimate == pytest.approx(0.3, rel=1e-7)
    assert (found.lower, found.upper) == pytest.approx((0.3 - half, 0.3 + half), rel=1e-5)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"sd": -1}, r"^sd is -1; a standard deviation is 0 or more"),
        ({"size": 1}, r"^size is 1; two pupils or more"),
        ({"size": 2.5}, r"^size is 2.5; give a whole number"),
        ({"sd": 0, "reference_sd": 0}, r"^sd is 0; neither group varies"),
        ({"mean": np.inf}, r"^mean is inf"),
        ({"mean": [1, 2], "sd": [1, 2, 3]}, r"^shapes do not fit together"),
    ],
)
def test_refusals_of_single_pupils(asked: dict[str, object], message: str) -> None:
    usual = {"mean": 1, "sd": 1, "size": 9, "reference_mean": 0, "reference_sd": 1, "reference_size": 9}
    with pytest.raises(ValueError, match=message):
        standardised_difference(**{**usual, **asked})  # type: ignore[arg-type]
