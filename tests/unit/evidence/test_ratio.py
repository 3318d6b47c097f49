"""One ratio, or the reason why there is none: never a silent missing number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.evidence.ratio import Sides, method_words, ratio_of, ratio_word
from onroll.vocabulary import MEASURES


@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        (Sides(math.nan, 100, 5, 100), "withheld"),
        (Sides(5, 100, math.nan, 100), "withheld"),
        (Sides(5, 0, 5, 100), "no pupils"),
        (Sides(5, 100, 5, math.nan), "no pupils"),
        (Sides(5.5, 100, 5, 100), "own estimate"),
        (Sides(5, 100, 0, 100), "none happened"),
    ],
)
def test_what_has_no_ratio_says_why(sides: Sides, reason: str) -> None:
    assert reason in sides.why_not
    assert sides.why_not.startswith("cannot be computed")


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(10**6, 10**7), st.integers(10**6, 10**7))
def test_everything_else_has_one_with_its_interval(events: int, others: int, pupils: int, roll: int) -> None:
    sides = Sides(events, pupils, others, roll)
    assert sides.why_not == ""
    for wide in (1.0, 30.0):
        found = ratio_of(sides, wide=wide, confidence=0.95)
        assert found.estimate == pytest.approx((events / pupils) / (others / roll))
        assert found.lower <= found.estimate <= found.upper


def test_a_widened_interval_is_wider_and_says_by_what() -> None:
    sides = Sides(41, 40671, 22, 39879)
    narrow, wide = (ratio_of(sides, wide=by, confidence=0.95) for by in (1.0, 2.0))
    assert wide.lower < narrow.lower
    assert narrow.upper < wide.upper
    assert method_words(2.0, "for a reason") == "log ratio, dispersion 2.0 for a reason"
    assert method_words(1.0, "for a reason") == "exact conditional"


def test_rates_of_events_and_proportions_of_pupils_keep_their_words() -> None:
    assert {name: ratio_word(measure) for name, measure in MEASURES.items()} == {
        "suspension_rate": "rate ratio",
        "suspended_pupil_rate": "relative risk",
        "permanent_exclusion_rate": "rate ratio",
    }
