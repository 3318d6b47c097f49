"""Concentration: by hand, at the edges, and what is said when it cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.concentration import NO_WIDTH, OPEN, events_made, gini, lorenz, pupils_making


def test_half_of_all_events_by_hand() -> None:
    # 62 events: the one with 4, the four with 3, the next 7.5 of the eight with 2 make 31
    assert pupils_making([30, 8, 4, 1]).estimate == pytest.approx(12.5 / 43)
    assert pupils_making([30, 8, 4, 1], without=957).estimate == pytest.approx(12.5 / 1000)
    assert pupils_making([30, 8, 4, 1], 4 / 62).estimate == pytest.approx(1 / 43)


def test_the_two_questions_answer_each_other() -> None:
    share = pupils_making([30, 8, 4, 1], 0.7).estimate
    assert events_made([30, 8, 4, 1], share).estimate == pytest.approx(0.7)
    assert lorenz([30, 8, 4, 1], 1 - share).estimate == pytest.approx(0.3)


def test_all_alike_is_no_concentration_and_says_so() -> None:
    assert pupils_making([0, 9]).estimate == 0.5
    assert gini([0, 9]).estimate == 0
    assert pupils_making([0, 9]).note == NO_WIDTH


def test_one_pupil_with_all_events() -> None:
    found = gini([1], without=999)
    assert found.estimate == pytest.approx(0.999)
    assert events_made([1], 0.001, without=999).estimate == pytest.approx(1.0)


def test_an_open_top_class_lies_between_its_bounds() -> None:
    low, high = pupils_making([30, 8, 4]), pupils_making([30, 8, 4], times=[1, 2, 20])
    found = pupils_making([30, 8, 4], at_most=20)
    assert {found.lowest, found.highest} == {low.estimate, high.estimate}
    assert found.lower <= min(low.lower, high.lower)
    assert found.upper >= max(low.upper, high.upper)
    assert found.note == OPEN


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pupils_making([0, 0]), "no pupil had an event"),
        (lambda: pupils_making([3], 0), "share is 0"),
        (lambda: pupils_making([3], 1.0), "share is 1.0"),
        (lambda: events_made([3], 2), "top is 2"),
        (lambda: gini([3, 1], at_most=1), "at_most is 1; the top class begins at 2"),
        (lambda: gini([3, 1], without=-1), "without is -1"),
        (lambda: lorenz([3, 1], [0.0, 0.5]), r"shares\[0\] is 0"),
        (lambda: lorenz([[3, 1]], 0.5), "one row of classes"),
    ],
)
def test_what_cannot_be_is_said(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]


def test_many_groups_are_the_same_as_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    pupils = rng.poisson([9, 3, 1, 1], (40, 4)) + np.array([1, 0, 0, 0])
    for measure in (pupils_making, events_made, gini):
        many = measure(pupils, without=np.arange(40))
        for at in range(40):
            one = measure(pupils[at], without=at)
            assert one.upper == pytest.approx(many.upper[at], rel=1e-13)
