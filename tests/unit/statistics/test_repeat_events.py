"""Rates of repeated events: by hand, at the edges, and what is said when it cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.rates import rate
from onroll.statistics.repeat_events import NO_EVENT, OPEN, event_limits, repeat_rate, repeat_rate_ratio


def test_events_variance_and_dispersion_are_those_of_the_pupils_one_by_one() -> None:
    each = np.repeat([1.0, 2.0, 3.0, 4.0], [30, 8, 4, 1])
    found = repeat_rate([30, 8, 4, 1], 1000)
    assert (found.events, found.variance, found.pupils) == (each.sum(), (each**2).sum(), 43.0)
    assert found.dispersion == pytest.approx((each**2).sum() / each.sum())
    assert found.note == ""


def test_pupils_with_one_event_each_are_a_plain_rate() -> None:
    plain = rate([7, 40], [500, 600])
    for method in ("effective", "dobson"):
        found = repeat_rate([[7], [40]], [500, 600], method=method)
        np.testing.assert_allclose([found.lower, found.upper], [plain.lower, plain.upper])


def test_one_pupil_with_five_events_is_not_five_pupils() -> None:
    assert repeat_rate([0, 0, 0, 0, 20], 1000).upper > repeat_rate([100], 1000).upper


def test_no_event_has_a_note_and_an_upper_limit() -> None:
    found = repeat_rate([0, 0], 1000)
    assert (found.estimate, found.lower, found.note) == (0.0, 0.0, NO_EVENT)
    assert found.upper == pytest.approx(-np.log(0.025) / 1000)


def test_an_open_top_class_lies_between_its_bounds() -> None:
    low, high = repeat_rate([30, 8, 4], 100), repeat_rate([30, 8, 4], 100, times=[1, 2, 9])
    found = repeat_rate([30, 8, 4], 100, at_most=9)
    assert (found.lowest, found.highest) == (low.estimate, high.estimate)
    assert found.lower == min(low.lower, high.lower)
    assert found.upper == max(low.upper, high.upper)
    assert found.note == OPEN


def test_a_known_total_settles_the_estimate_and_leaves_only_the_spread_open() -> None:
    found = repeat_rate([30, 8, 4], 100, at_most=9, events=66)
    assert found.lowest == found.estimate == found.highest == 0.66
    assert found.variance == 30 + 8 * 4 + 4 * ((3 + 9) * 5 - 27)  # 20 events over 4 pupils, at 3 or at 9
    assert repeat_rate([30, 8, 4], 100, at_most=9, events=58).note == ""  # all at 3: nothing is open


def test_classes_need_not_be_one_apart() -> None:
    assert repeat_rate([2, 1], 10, times=[1, 5]).estimate == 0.7


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"pupils": 3}, "give how many had 1, 2, 3"),
        ({"pupils": [3, -1]}, r"pupils\[1\] is -1"),
        ({"pupils": [3, 0.5]}, r"pupils\[1\] is 0.5"),
        ({"exposure": 0}, "exposure is 0"),
        ({"times": [1, 2, 3]}, "times has shape"),
        ({"times": [2, 1]}, "from the fewest events to the most"),
        ({"at_most": 1}, "at_most is 1; the top class begins at 2"),
        ({"events": 9}, "events is given without at_most"),
        ({"events": 99, "at_most": 3}, "cannot add up to it"),
        ({"method": "wald"}, "choose one of effective, dobson"),
    ],
)
def test_what_cannot_be_is_said(bad: dict[str, object], words: str) -> None:
    given = {"pupils": [3, 2], "exposure": 100} | bad
    with pytest.raises(ValueError, match=words):
        repeat_rate(**given)  # type: ignore[arg-type]


def test_a_ratio_against_no_event_has_no_bound_above() -> None:
    found = repeat_rate_ratio([3, 2], 100, reference_pupils=[0, 0], reference_exposure=100)
    assert found.estimate == found.upper == np.inf
    assert 0 < found.lower < np.inf
    none = repeat_rate_ratio([0, 0], 100, reference_pupils=[3, 2], reference_exposure=100)
    assert none.estimate == none.lower == 0
    assert none.upper == pytest.approx(1 / found.lower)


def test_a_ratio_of_nothing_to_nothing_is_refused_alone_and_noted_among_many() -> None:
    with pytest.raises(ValueError, match=r"pupils and reference_pupils hold no event; .*give the two rates"):
        repeat_rate_ratio([0], 10, reference_pupils=[0], reference_exposure=10)
    found = repeat_rate_ratio([[1], [0]], 10, reference_pupils=[[1], [0]], reference_exposure=10)
    assert np.isnan(found.estimate).tolist() == [False, True]
    assert (found.lower[1], found.upper[1]) == (0.0, np.inf)
    assert found.note.tolist() == ["", "no ratio can be computed: neither side has an event"]


def test_event_limits_are_those_of_the_rate_and_check_what_goes_in() -> None:
    whole = repeat_rate([30, 8, 4, 1], 1)
    assert event_limits(whole.events, whole.variance) == (whole.lower, whole.upper)
    for bad in ((-1, 1), (np.nan, 1), (3, 0), (0, 3), ([1, 2], [1, 2, 3]), ("3", 1)):
        with pytest.raises(ValueError, match=r"events|variance"):
            event_limits(*bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^method is 'normal'; choose one of effective, dobson$"):
        event_limits(3, 3, method="normal")


def test_no_class_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^pupils has no class; give how many had 1, 2, 3"):
        repeat_rate([], 100)


def test_many_groups_are_the_same_as_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    pupils, exposure = rng.poisson([9, 3, 1], (50, 3)) + np.array([1, 0, 0]), rng.integers(50, 500, 50)
    many = repeat_rate(pupils, exposure)
    for at in range(50):
        one = repeat_rate(pupils[at], exposure[at])
        assert (one.estimate, one.lower, one.upper) == (many.estimate[at], many.lower[at], many.upper[at])


def test_numbers_of_ten_million_stay_whole() -> None:
    found = repeat_rate([10**7, 10**7], 10**8)
    assert found.lower == pytest.approx(0.3, rel=1e-3)
    assert found.lower < 0.3 < found.upper
