"""Those that stood as high: who they are, how many changed as far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.statistics.return_to_usual import return_to_usual


def test_only_those_as_high_count_and_only_in_the_same_direction() -> None:
    change = [-0.5, -0.6, 0.9, -0.5, -0.1]
    height = [1.0, 1.0, 2.0, 0.9, 1.1]
    found = return_to_usual(change, height, 0)
    assert (found.units, found.as_far, found.share) == (3, 1, pytest.approx(1 / 3))
    assert found.is_as_high.tolist() == [False, True, True, False, True]
    assert found.estimate == -0.1


def test_where_nobody_stood_as_high_it_says_so() -> None:
    found = return_to_usual([-0.5, 0.1], [2.0, 1.0], 0)
    assert found.units == 0
    assert np.isnan(found.share)
    assert "no other unit stood as high" in found.note


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=30), st.data())
def test_mirrored_changes_give_the_same_share(units: list[tuple[float, float]], data: Any) -> None:
    change, height = (np.array(one) for one in zip(*units, strict=True))
    treated = data.draw(st.integers(0, len(units) - 1))
    one, other = return_to_usual(change, height, treated), return_to_usual(-change, height, treated)
    if change[treated] != 0:
        assert (one.units, one.as_far) == (other.units, other.as_far)


@pytest.mark.parametrize(
    ("change", "height", "treated", "message"),
    [
        ([0.1], [0.1, 0.2], 0, "shape"), ([0.1, np.nan], [0.1, 0.2], 0, r"change\[1\]"),
        ([0.1, 0.2], [0.1, 0.2], 2, "treated is 2"), ([0.1, 0.2], [0.1, 0.2], True, "treated is True"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(change: Any, height: Any, treated: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        return_to_usual(change, height, treated)
