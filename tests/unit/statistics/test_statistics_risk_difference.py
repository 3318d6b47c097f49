from __future__ import annotations

import pytest

from onroll.statistics.risk_difference import METHODS, risk_difference


@pytest.mark.parametrize("method", [method for method in METHODS if method != "wald"])
def test_no_event_anywhere_leaves_a_difference_of_0_and_an_interval(method: str) -> None:
    found = risk_difference(0, 29, reference_events=0, reference_total=56, method=method)
    assert found.estimate == 0.0
    assert -1 < found.lower < 0 < found.upper < 1


@pytest.mark.parametrize("method", METHODS)
def test_all_against_none_is_1_and_no_limit_passes_it(method: str) -> None:
    found = risk_difference(9, 9, reference_events=0, reference_total=12, method=method)
    assert (found.estimate, found.upper) == (1.0, 1.0)
    other = risk_difference(0, 12, reference_events=9, reference_total=9, method=method)
    assert (other.estimate, other.lower) == (-1.0, -1.0)
    assert other.upper == -found.lower


def test_wald_has_no_width_where_each_group_is_all_or_none() -> None:
    found = risk_difference(9, 9, reference_events=0, reference_total=12, method="wald")
    assert (found.lower, found.upper, found.p_value) == (1.0, 1.0, 0.0)


def test_per_only_scales() -> None:
    one, hundred = (
        risk_difference(5, 56, reference_events=0, reference_total=29, per=per) for per in (1, 100)
    )
    assert (hundred.estimate, hundred.lower, hundred.upper) == tuple(
        100 * value for value in (one.estimate, one.lower, one.upper)
    )
    assert hundred.per == 100.0


def test_ten_million_pupils_keep_their_digits() -> None:
    """By hand: where events are rare the score limits are those of two Poisson counts, which scale."""
    small = risk_difference(30, 1e7, reference_events=60, reference_total=1e7, method="mee")
    large = risk_difference(30, 1e8, reference_events=60, reference_total=1e8, method="mee")
    assert small.lower == pytest.approx(10 * large.lower, rel=1e-4)
    none = risk_difference(1e7, 1e7, reference_events=1e7 - 2, reference_total=1e7)
    few = risk_difference(2, 1e7, reference_events=0, reference_total=1e7)
    assert (none.lower, none.upper) == pytest.approx((few.lower, few.upper), rel=1e-12)


def test_a_number_gives_floats_and_an_array_its_shape() -> None:
    one = risk_difference(1, 5, reference_events=1, reference_total=9)
    assert {type(value) for value in (one.estimate, one.lower, one.upper, one.p_value)} == {float}
    many = risk_difference([[1, 2]], [[5], [6]], reference_events=1, reference_total=9)
    assert many.lower.shape == many.method.shape == (2, 2)


@pytest.mark.parametrize(
    ("cells", "how", "message"),
    [
        ((6, 5, 1, 9), {}, r"^events is 6; events cannot pass the total"),
        ((1, 5, 1, 0), {}, r"^reference_total is 0; give a number above 0$"),
        ((1, 5, 1, 9), {"per": 0}, r"^per is 0; give a number above 0$"),
        (
            (1, 5, 1, 9),
            {"method": "score"},
            r"^method is 'score'; choose one of miettinen-nurminen, mee, newc",
        ),
        ((1, 5, 1, 9), {"confidence": 1}, r"^confidence is 1; give one number strictly between"),
    ],
)
def test_refusals(cells: tuple[object, ...], how: dict[str, object], message: str) -> None:
    x, n, x0, n0 = cells
    with pytest.raises(ValueError, match=message):
        risk_difference(x, n, reference_events=x0, reference_total=n0, **how)  # type: ignore[arg-type]
