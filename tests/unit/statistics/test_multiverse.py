"""Agreement of many choices, and what their spread goes with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.statistics.multiverse import agreement, drivers

CLOSE = 1e-12  # sums of squares of a few dozen numbers


def test_agreement_counts_the_side_of_the_own_choice() -> None:
    found = agreement([0.5, 0.9, 1.0, 1.4], 0.9)
    assert (found.same, found.estimate) == (2, 0.5)
    assert (found.least, found.middle, found.largest) == (0.5, 0.95, 1.4)
    assert agreement([0.5, 0.9, 1.0, 1.4], 1.2).same == 1


@pytest.mark.parametrize(
    ("ratios", "own", "message"),
    [
        ([], 1.0, "one ratio or more"),
        ([0.5, 0.0], 1.0, r"ratios\[1\]"),
        ([0.5], -1.0, "own"),
        ([[0.5]], 1.0, "shape"),
    ],
)
def test_agreement_refuses_what_is_no_ratio(ratios: Any, own: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        agreement(ratios, own)


@given(
    first=st.lists(st.floats(-3, 3), min_size=2, max_size=4),
    second=st.lists(st.floats(-3, 3), min_size=2, max_size=4),
)
def test_in_a_full_cross_of_choices_that_add_up_the_shares_do_too(
    first: list[float], second: list[float]
) -> None:
    cross = [(a, b) for a in range(len(first)) for b in range(len(second))]
    outcomes = np.array([first[a] + second[b] for a, b in cross])
    shares = drivers(outcomes, {"one": [str(a) for a, _ in cross], "other": [str(b) for _, b in cross]})
    total = ((outcomes - outcomes.mean()) ** 2).sum()
    if total > 1e-6:
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-6)
        expected = len(second) * ((np.array(first) - np.mean(first)) ** 2).sum() / total
        assert shares["one"] == pytest.approx(expected, abs=1e-6)


def test_drivers_of_nothing_are_0_and_lengths_must_agree() -> None:
    assert drivers([1.0, 1.0], {"design": ["a", "b"]}) == {"design": 0.0}
    with pytest.raises(ValueError, match="'design' has 1 choices for 2 outcomes"):
        drivers([1.0, 2.0], {"design": ["a"]})
