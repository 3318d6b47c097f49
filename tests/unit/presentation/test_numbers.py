"""How numbers are printed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onroll.presentation import numbers


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [(2.25, 1, "2.3"), (2.35, 1, "2.4"), (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-0.04, 1, "0.0"), (-2.25, 1, "-2.3"),
     (1234567.0, 0, "1,234,567"), (np.float64(5.65), 1, "5.7")],
)  # fmt: skip
def test_rounding_is_half_up_as_the_department_does(value: float, places: int, printed: str) -> None:
    assert numbers.rounded(value, places) == printed


@pytest.mark.parametrize("style", sorted(numbers.FORMATS))
def test_every_style_takes_numpy_numbers_and_floats_alike(style: str) -> None:
    show = numbers.FORMATS[style]
    assert show(0.57) == show(np.float64(0.57))


@pytest.mark.parametrize("style", ["count", "rate", "ratio", "percent", "probability", "times", "size"])
def test_no_number_is_said_not_printed_as_nan(style: str) -> None:
    assert numbers.FORMATS[style](math.nan) == "not available"


@given(st.floats(0, 1))
def test_a_p_value_is_never_printed_as_nothing(value: float) -> None:
    printed = numbers.probability(value)
    assert printed == "less than 0.001" or float(printed) > 0


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.571, "about six in ten"),
        (0.04, "fewer than one in twenty"),
        (0.0684, "about one in fifteen"),
        (0.0556, "about one in eighteen"),
        (0.97, "nearly all"),
        (0.45, "about five in ten"),
    ],
)
def test_shares_in_ten(share: float, words: str) -> None:
    assert numbers.in_ten(share) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.459, "of nearly half"),
        (0.52, "of about half"),
        (1.0, "to none at all"),
        (0.71, "of about 71%"),
        (0.335, "of about a third"),
    ],
)
def test_falls_in_words(share: float, words: str) -> None:
    assert numbers.portion(share) == words


@given(st.floats(0.001, 1e4) | st.floats(0.99, 1.01))
def test_a_ratio_never_hides_on_which_side_of_one_it_lies(value: float) -> None:
    for printed in (numbers.ratio(value), numbers.times(value)):
        shown = float(printed.replace(",", ""))
        if abs(value - 1) > 0.00005:
            assert (shown > 1) == (value > 1)
            assert shown != 1


@given(st.floats(-1e7, 1e7))
def test_rounded_is_within_half_a_unit(value: float) -> None:
    assert abs(float(numbers.rounded(value, 1).replace(",", "")) - value) <= 0.05 + 1e-6
