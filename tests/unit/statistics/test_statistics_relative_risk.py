from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.relative_risk import METHODS, relative_risk

BOUNDED = ("miettinen-nurminen", "koopman", "mover", "walter")


@pytest.mark.parametrize("method", BOUNDED)
def test_no_event_in_the_group_gives_0_and_a_finite_upper_limit(method: str) -> None:
    found = relative_risk(0, 29, reference_events=5, reference_total=56, method=method)
    assert (found.estimate, found.lower, found.note) == (0.0, 0.0, "")
    assert 0 < found.upper < np.inf


@pytest.mark.parametrize("method", BOUNDED)
def test_no_event_in_the_reference_gives_no_bound_above_and_a_lower_limit_above_0(method: str) -> None:
    found = relative_risk(3, 400, reference_events=0, reference_total=20, method=method)
    assert (found.estimate, found.upper, found.note) == (np.inf, np.inf, "")
    assert 0 < found.lower < np.inf


def test_katz_says_that_a_count_of_0_leaves_it_without_limits() -> None:
    found = relative_risk(0, 29, reference_events=5, reference_total=56, method="katz")
    assert (found.estimate, found.lower, found.upper, found.p_value) == (0.0, 0.0, np.inf, 1.0)
    assert "no limits; ask for a score method" in found.note


@pytest.mark.parametrize("method", ["katz", "walter"])
def test_only_events_leave_the_log_ratio_without_an_error(method: str) -> None:
    found = relative_risk(5, 5, reference_events=7, reference_total=7, method=method)
    assert (found.estimate, found.lower, found.upper) == (1.0, 0.0, np.inf)
    assert "without an error" in found.note


def test_only_events_leave_the_score_method_a_finite_interval_about_1() -> None:
    found = relative_risk(5, 5, reference_events=7, reference_total=7)
    assert 0 < found.lower < 1 < found.upper < np.inf
    assert found.p_value == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_one_pair_without_an_event_is_an_error_among_many_it_is_a_note(method: str) -> None:
    with pytest.raises(ValueError, match=r"both 0; no ratio can be computed.*give the two proportions"):
        relative_risk(0, 5, reference_events=0, reference_total=9, method=method)
    found = relative_risk([0, 2], 5, reference_events=[0, 3], reference_total=9, method=method)
    assert np.isnan(found.estimate[0])
    assert np.isnan(found.p_value[0])
    assert (found.lower[0], found.upper[0]) == (0.0, np.inf)
    assert found.note.tolist() == ["no ratio can be computed: neither group has an event", ""]


def test_a_number_gives_floats_and_an_array_its_shape() -> None:
    one = relative_risk(1, 5, reference_events=1, reference_total=9)
    assert {type(value) for value in (one.estimate, one.lower, one.upper, one.p_value)} == {float}
    assert {type(one.method), type(one.note)} == {str}
    many = relative_risk([[1, 2]], [[5], [6]], reference_events=1, reference_total=9)
    assert many.lower.shape == many.method.shape == many.note.shape == (2, 2)
    assert relative_risk([], 5, reference_events=1, reference_total=9).upper.shape == (0,)


def test_ten_million_pupils_keep_their_digits() -> None:
    """Twice the pupils without an event change a ratio of rare events by what they add to the factor only."""
    one, two = (
        relative_risk(3, n, reference_events=8, reference_total=n, method="koopman") for n in (1e7, 1e9)
    )
    assert one.lower == pytest.approx(two.lower, rel=1e-5)
    all_but = relative_risk(1e7 - 1, 1e7, reference_events=1e7 - 3, reference_total=1e7)
    assert all_but.lower < 1 < all_but.upper
    assert all_but.upper - all_but.lower == pytest.approx(8e-7, rel=0.5)


@pytest.mark.parametrize(
    ("cells", "how", "message"),
    [
        ((-1, 5, 1, 9), {}, r"^events is -1; give a whole number of 0 or more$"),
        ((1, 5, 1.5, 9), {}, r"^reference_events is 1.5; give a whole number"),
        ((1, 0, 1, 9), {}, r"^total is 0; give a number above 0$"),
        (([1, 6], 5, 1, 9), {}, r"^events\[1\] is 6; events cannot pass the total .* rate ratio"),
        ((1, 5, 10, 9), {}, r"^reference_events is 10; events cannot pass"),
        ((float("nan"), 5, 1, 9), {}, r"^events is nan; give a finite number"),
        (([1, 2], [5, 5, 5], 1, 9), {}, r"^shapes do not fit together"),
        ((1, 5, 1, 9), {"method": "score"}, r"^method is 'score'; choose one of miettinen-nurminen, koopman"),
        ((1, 5, 1, 9), {"confidence": 95}, r"^confidence is 95; give one number strictly between 0 and 1"),
    ],
)
def test_refusals(cells: tuple[object, ...], how: dict[str, object], message: str) -> None:
    x, n, x0, n0 = cells
    with pytest.raises(ValueError, match=message):
        relative_risk(x, n, reference_events=x0, reference_total=n0, **how)  # type: ignore[arg-type]
