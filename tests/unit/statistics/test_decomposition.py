"""Decompositions: by hand, schools where one group is absent, and what is said when it cannot be done."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from onroll.statistics import _das_gupta, _das_gupta_structure
from onroll.statistics.decomposition import (
    APART,
    NO_EVENT,
    das_gupta,
    das_gupta_structure,
    kitagawa,
    structure_factors,
)

HERE, THERE = ([20, 60], [1000, 500]), ([30, 40], [2000, 1000])


@pytest.mark.parametrize("module", [_das_gupta, _das_gupta_structure])
def test_documented_examples_of_the_private_modules_run(module: object) -> None:
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)  # type: ignore[arg-type]
    assert found.attempted > 0
    assert found.failed == 0


def test_the_parts_by_hand() -> None:
    found = kitagawa([20, 60], [1000, 500], [40, 40], [1000, 1000])
    # rates .02 .12 and .04 .04; shares 2/3 1/3 and 1/2 1/2
    composition = (2 / 3 - 1 / 2) * (0.02 + 0.04) / 2 + (1 / 3 - 1 / 2) * (0.12 + 0.04) / 2
    within = (2 / 3 + 1 / 2) / 2 * (0.02 - 0.04) + (1 / 3 + 1 / 2) / 2 * (0.12 - 0.04)
    np.testing.assert_allclose(found.estimate, [composition, within, 0, 0])
    assert found.gap == pytest.approx(80 / 1500 - 80 / 2000)
    assert found.note == ""


def test_the_variance_by_hand() -> None:
    found = kitagawa(*HERE, *THERE, method="delta", dispersion=2.0)
    v, v0 = 2 * np.array([20e-6, 60 / 500**2]), np.array([30 / 2000**2, 40e-6])
    half = 1.959963984540054 * np.sqrt(np.sum(np.array([2 / 3, 1 / 3]) ** 2 * (v + v0)))
    part = found.part("rate")
    np.testing.assert_allclose([part[0] - part[1], part[2] - part[0]], half)
    assert found.method == "kitagawa, delta"


def test_schools_where_one_group_is_absent_are_a_part_of_their_own() -> None:
    found = kitagawa([20, 60, 9, 0], [1000, 500, 60, 0], [30, 40, 0, 7], [2000, 1000, 0, 90])
    shared = kitagawa(*HERE, *THERE)
    np.testing.assert_allclose(found.estimate[:2], shared.estimate[:2])
    assert found.apart == pytest.approx(60 / 1560)
    assert found.reference_apart == pytest.approx(90 / 3090)
    assert found.estimate[2] == pytest.approx(60 / 1560 * (9 / 60 - 80 / 1500))
    assert found.estimate[3] == pytest.approx(-90 / 3090 * (7 / 90 - 70 / 3000))
    assert found.estimate.sum() == pytest.approx(found.gap)
    assert found.note == APART


def test_no_school_in_common_is_all_apart() -> None:
    found = kitagawa([5, 0], [50, 0], [0, 3], [0, 60])
    assert found.estimate.tolist() == pytest.approx([0, 0, 0.1, -0.05])
    assert (found.apart, found.reference_apart) == (1.0, 1.0)


def test_no_event_leaves_gamma_limits_with_a_width_and_delta_limits_with_a_note() -> None:
    assert kitagawa([0, 0], [50, 40], *THERE, method="delta").note == NO_EVENT
    found = kitagawa([0, 0], [50, 40], [0, 0], [30, 40])
    assert found.note == ""
    assert found.gap_lower < 0 < found.gap_upper


def test_a_binomial_counts_each_pupil_once() -> None:
    wide, narrow = (
        kitagawa([400, 300], [1000, 500], *THERE, method="delta", variance=kind)
        for kind in ("poisson", "binomial")
    )
    assert narrow.gap_upper < wide.gap_upper
    with pytest.raises(ValueError, match=r"events\[1\] is 60; more events than pupils"):
        kitagawa([20, 60], [1000, 50], *THERE, variance="binomial")


def test_a_sampled_roll_is_less_certain_than_a_given_one() -> None:
    given, sampled = (kitagawa(*HERE, *THERE, roll=roll) for roll in ("given", "sampled"))
    assert np.all(sampled.upper[:2] - sampled.lower[:2] > given.upper[:2] - given.lower[:2])


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"events": [1, 1], "exposure": [0, 9]}, r"events\[0\] is 1; its exposure is 0"),
        ({"events": [0, 0], "exposure": [0, 0]}, "sum of exposure is 0; a group without pupils"),
        ({"reference_events": [0, 0], "reference_exposure": [0, 0]}, "sum of reference_exposure is 0"),
        ({"dispersion": 0}, "dispersion is 0"),
        ({"reference_events": [1, 2.5]}, r"reference_events\[1\] is 2\.5"),
        ({"roll": "known"}, "choose one of given, sampled"),
        ({"method": "boot"}, "choose one of gamma, delta"),
        ({"variance": "normal"}, "choose one of poisson, binomial"),
    ],
)
def test_what_cannot_be_is_said(bad: dict[str, object], words: str) -> None:
    given = {
        "events": HERE[0],
        "exposure": HERE[1],
        "reference_events": THERE[0],
        "reference_exposure": THERE[1],
    } | bad
    with pytest.raises(ValueError, match=words):
        kitagawa(**given)  # type: ignore[arg-type]


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="choose one of composition, rate, only here, only there"):
        kitagawa(*HERE, *THERE).part("school")


def test_many_pairs_are_the_same_as_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    n, n0 = rng.integers(0, 80, (20, 6)), rng.integers(0, 80, (20, 6))
    n[:, 0], n0[:, 0] = 30, 40
    y, y0 = rng.binomial(n, 0.2), rng.binomial(n0, 0.1)
    many = kitagawa(y, n, y0, n0, roll="sampled")
    for at in range(20):
        one = kitagawa(y[at], n[at], y0[at], n0[at], roll="sampled")
        np.testing.assert_allclose(one.upper, many.upper[at], rtol=1e-13, atol=1e-15)
        assert one.note == many.note[at]


# Das Gupta --------------------------------------------------------------------------------------------


def test_two_factors_by_hand() -> None:
    found = das_gupta({"a": [2.0, 5.0], "b": [3.0, 4.0]})
    np.testing.assert_allclose(found.estimate[1], [3 * 3.5, 1 * 3.5])
    np.testing.assert_allclose(found.standardised, [[2 * 3.5, 3.5 * 3], [5 * 3.5, 3.5 * 4]])
    assert found.rates.tolist() == [6.0, 20.0]
    assert np.all(np.isinf(found.upper))
    assert found.method.endswith("no interval")


def test_errors_by_hand() -> None:
    found = das_gupta({"a": [2.0, 5.0], "b": [3.0, 4.0]}, errors={"a": [0.1, 0.2], "b": [0.0, 0.3]})
    half = found.upper[1] - found.estimate[1]
    z = 1.959963984540054
    expected = [np.hypot(3.5 * np.hypot(0.1, 0.2), 1.5 * 0.3), np.hypot(0.5 * np.hypot(0.1, 0.2), 3.5 * 0.3)]
    np.testing.assert_allclose(half, z * np.array(expected), rtol=1e-9)
    np.testing.assert_allclose(
        found.gap_upper[1] - found.gap[1], z * np.sqrt(0.3**2 + 0.8**2 + 1.5**2), rtol=1e-9
    )


def test_a_rate_that_is_no_product_has_the_same_errors_as_one_that_is() -> None:
    rng = np.random.default_rng(1)
    factors = {"a": rng.uniform(1, 2, (3, 4)), "b": rng.uniform(1, 2, (3, 4))}
    errors = {"a": rng.uniform(0.1, 0.2, (3, 4))}
    plain = das_gupta(factors, errors=errors)
    asked = das_gupta(factors, errors=errors, rate=lambda x: (x["a"] * x["b"]).sum(-1))
    np.testing.assert_allclose(asked.upper, plain.upper, rtol=1e-7)


def test_one_dimension_and_two_populations_are_kitagawas() -> None:
    found = das_gupta_structure([HERE[0], THERE[0]], [HERE[1], THERE[1]], reference=1)
    other = kitagawa(*HERE, *THERE, method="delta")
    np.testing.assert_allclose(found.estimate[0], other.estimate[:2], atol=1e-15)
    np.testing.assert_allclose(found.upper[0], other.upper[:2])
    np.testing.assert_allclose(found.gap_upper[0], other.gap_upper)
    assert found.factors == ("1", "rate")


def test_an_empty_cell_is_refused_or_borrowed() -> None:
    events, exposure = [[20, 60, 3], [30, 40, 0]], [[1000, 500, 40], [2000, 1000, 0]]
    with pytest.raises(ValueError, match=r"exposure\[1, 2\] is 0; join cells"):
        das_gupta_structure(events, exposure)
    found = das_gupta_structure(events, exposure, empty="borrow")
    assert found.borrowed.tolist() == pytest.approx([0, 40 / 1540])
    same_rate = das_gupta_structure([[20, 60, 3e6], [30, 40, 3]], [[1000, 500, 40e6], [2000, 1000, 40]])
    assert same_rate.borrowed.tolist() == [0, 0]
    assert found.estimate[1].sum() == pytest.approx(found.gap[1])


def test_structure_factors_multiply_to_the_share_even_with_empty_cells() -> None:
    exposure = np.random.default_rng(2).integers(0, 4, (3, 2, 3, 4)).astype(float)
    factors = structure_factors(exposure)
    np.testing.assert_allclose(factors.prod(0), exposure / exposure.sum((1, 2, 3), keepdims=True), atol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: das_gupta({}), "factors are 0"),
        (lambda: das_gupta({"a": [1.0]}), "populations are 1; give two or more"),
        (lambda: das_gupta({"a": [1, 2], "b": [[1, 2], [3, 4]]}), r"factors have shapes a \(2, 1\)"),
        (lambda: das_gupta({"a": [1, 2]}, reference=2), "reference is 2"),
        (lambda: das_gupta({"a": [1, 2]}, errors={"b": [1, 1]}), "errors has 'b'; the factors are a"),
        (lambda: das_gupta({"a": [1, 2]}, errors={"a": [-1, 1]}), r"errors of a\[0, 0\] is -1"),
        (lambda: das_gupta_structure([1, 2], [3, 4]), "same populations by cells"),
        (lambda: das_gupta_structure([[1, 2]], [[3, 4]]), "populations are 1"),
        (lambda: das_gupta_structure([[1], [2]], [[3], [4]], dimensions=["a", "b"]), "dimensions are 2"),
        (lambda: das_gupta_structure([[1, 0], [2, 0]], [[0, 3], [3, 3]]), r"events\[0, 0\] is 1"),
        (lambda: structure_factors([3, 4]), "one dimension or more"),
        (lambda: structure_factors([[0, 0], [1, 1]]), r"sum of exposure\[0\] is 0"),
    ],
)
def test_what_das_gupta_cannot_do_is_said(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]
