"""Standardised rates: by hand, with empty strata, and what is said when it cannot be done."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from onroll.statistics import _indirect
from onroll.statistics.rates import rate
from onroll.statistics.standardised import direct_rate, direct_rate_ratio, indirect_rate, indirect_ratio


def test_documented_examples_of_the_private_module_run() -> None:
    assert doctest.testmod(_indirect, optionflags=doctest.ELLIPSIS).failed == 0


def test_the_rate_is_the_weighted_mean_of_stratum_rates() -> None:
    found = direct_rate([20, 60], [1000, 500], [3, 2], per=100)
    assert found.estimate == pytest.approx(0.6 * 2 + 0.4 * 12)
    assert found.crude == pytest.approx(80 / 15)
    assert found.variance == pytest.approx(0.36 * 20 / 100 + 0.16 * 60 / 25)


@pytest.mark.parametrize("events", [0, 3, 9, 10, 400])
def test_one_stratum_is_the_crude_rate_with_its_limits(events: int) -> None:
    plain, found = rate(events, 700), direct_rate([events], [700], [5])
    assert found.estimate == found.crude == plain.estimate
    np.testing.assert_allclose(found.lower, plain.lower, rtol=1e-12)
    if events:
        np.testing.assert_allclose(found.upper, plain.upper, rtol=1e-12)
    gamma = direct_rate([events], [700], [5], method="gamma")
    exact = rate(events, 700, method="exact")
    np.testing.assert_allclose([gamma.lower, gamma.upper], [exact.lower, exact.upper], rtol=1e-12)


def test_repeated_events_widen_the_interval() -> None:
    plain = direct_rate([20, 60], [1000, 500], [3, 2])
    wide = direct_rate([20, 60], [1000, 500], [3, 2], variance=[60, 180])
    assert wide.estimate == plain.estimate
    for name in ("lower", "upper"):
        ratio = (getattr(wide, name) - wide.estimate) / (getattr(plain, name) - plain.estimate)
        assert ratio == pytest.approx(np.sqrt(3))


def test_no_event_is_bounded_by_the_heaviest_stratum() -> None:
    found = direct_rate([0, 0], [1000, 50], [3, 2])
    assert (found.estimate, found.lower, found.note) == (0.0, 0.0, "no event")
    assert found.upper == pytest.approx(-np.log(0.025) * 0.4 / 50)


def test_few_events_are_noted() -> None:
    assert direct_rate([4, 5], [100, 100], [1, 1]).note == "fewer than 10 events"
    assert direct_rate([5, 5], [100, 100], [1, 1]).note == ""


def test_an_empty_stratum_is_refused_or_left_out_with_its_share() -> None:
    with pytest.raises(ValueError, match=r"exposure\[1\] is 0; the standard has pupils there"):
        direct_rate([20, 0], [1000, 0], [3, 1])
    found = direct_rate([20, 0], [1000, 0], [3, 1], empty="leave out")
    assert (found.estimate, found.covered, found.note) == (0.02, 0.75, "strata without pupils left out")
    assert direct_rate([20, 0], [1000, 0], [3, 0]).covered == 1.0


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"events": [1, 1], "exposure": [0, 10], "weights": [0, 1]}, r"events\[0\] is 1; its exposure is 0"),
        ({"weights": [0, 0]}, "sum of weights is 0"),
        ({"weights": [-1, 2]}, r"weights\[0\] is -1"),
        ({"weights": [1, 2, 3]}, "shapes do not fit"),
        ({"variance": [0, 5]}, r"variance\[0\] is 0; events vary"),
        ({"events": [0, 5], "variance": [2, 5]}, r"variance\[0\] is 2; there is no event"),
        ({"method": "wald"}, "choose one of dobson, gamma"),
        ({"empty": "drop"}, "choose one of refuse, leave out"),
        ({"events": 3, "exposure": 10, "weights": 1}, "one number for each stratum"),
    ],
)
def test_what_cannot_be_is_said(bad: dict[str, object], words: str) -> None:
    given = {"events": [3, 5], "exposure": [10, 10], "weights": [1, 1]} | bad
    with pytest.raises(ValueError, match=words):
        direct_rate(**given)  # type: ignore[arg-type]


def test_a_ratio_of_nothing_to_nothing_is_refused_alone_and_noted_among_many() -> None:
    same = {"exposure": [9, 9], "weights": [1, 1], "reference_exposure": [9, 9]}
    with pytest.raises(ValueError, match=r"events and reference_events hold no event; .*give the two rates"):
        direct_rate_ratio([0, 0], reference_events=[0, 0], **same)  # type: ignore[arg-type]
    found = direct_rate_ratio([[1, 0], [0, 0]], reference_events=[[1, 1], [0, 0]], **same)  # type: ignore[arg-type]
    assert np.isnan(found.estimate).tolist() == [False, True]
    assert (found.lower[1], found.upper[1]) == (0.0, np.inf)
    assert found.note.tolist() == ["", "no ratio can be computed: neither side has an event"]


def test_where_nothing_is_expected_one_row_is_refused_and_many_are_noted() -> None:
    with pytest.raises(ValueError, match=r"^expected events is 0; the reference has no event"):
        indirect_ratio(3, [4, 0], [0, 2], [10, 10])
    for found in (f([3, 3], [[4, 0], [4, 4]], [0, 2], [10, 10]) for f in (indirect_ratio, indirect_rate)):
        assert np.isnan(found.estimate).tolist() == [True, False]
        assert (found.lower[0], found.upper[0]) == (0.0, np.inf)
        assert found.note.tolist()[1] == ""
        assert found.note.tolist()[0].startswith("nothing is expected: the reference has no event")
    with pytest.raises(ValueError, match=r"^sum of reference_exposure is 0; a reference without pupils"):
        indirect_rate(0, [0, 0], [0, 0], [0, 0])


def test_a_ratio_against_no_event_has_no_bound_above() -> None:
    found = direct_rate_ratio([3, 9], [50, 50], [1, 1], reference_events=[0, 0], reference_exposure=[50, 50])
    assert found.estimate == found.upper == np.inf
    assert found.lower > 0


def test_the_reference_itself_has_a_ratio_of_one() -> None:
    found = indirect_ratio(90, [300, 200], [50, 40], [300, 200])
    assert (found.estimate, found.expected) == (1.0, 90.0)
    assert indirect_rate(90, [300, 200], [50, 40], [300, 200]).estimate == pytest.approx(90 / 500)


def test_dispersion_widens_an_indirect_ratio() -> None:
    plain, wide = (indirect_ratio(90, [300, 200], [50, 40], [300, 200], dispersion=phi) for phi in (1.0, 4.0))
    assert wide.lower < plain.lower < plain.upper < wide.upper


def test_what_cannot_be_expected_is_said() -> None:
    with pytest.raises(ValueError, match=r"exposure\[1\] is 5; the reference has no pupils there"):
        indirect_ratio(3, [5, 5], [1, 0], [10, 0])
    with pytest.raises(ValueError, match="expected events is 0"):
        indirect_ratio(3, [5, 0], [0, 4], [10, 10])
    with pytest.raises(ValueError, match=r"events is 2\.5"):
        indirect_ratio(2.5, [5, 0], [1, 4], [10, 10])


def test_many_groups_are_the_same_as_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    events, exposure, weights = rng.poisson(5, (30, 4)), rng.integers(20, 300, (30, 4)), [4, 3, 2, 1]
    for method in ("dobson", "gamma"):
        many = direct_rate(events, exposure, weights, method=method)
        for at in range(30):
            one = direct_rate(events[at], exposure[at], weights, method=method)
            assert one.upper == pytest.approx(many.upper[at], rel=1e-14)
            assert one.method == many.method[at]
