from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.odds_ratio import METHODS, odds_ratio

BOUNDED = [method for method in METHODS if method != "woolf"]


@pytest.mark.parametrize("method", BOUNDED)
@pytest.mark.parametrize("cells", [(0, 29, 5, 56), (3, 9, 7, 7), (0, 4, 6, 6)])
def test_an_odds_ratio_of_0_has_a_finite_upper_limit(method: str, cells: tuple[int, ...]) -> None:
    x, n, x0, n0 = cells
    found = odds_ratio(x, n, reference_events=x0, reference_total=n0, method=method)
    assert (found.estimate, found.lower, found.note) == (0.0, 0.0, "")
    assert 0 < found.upper < np.inf
    other = odds_ratio(x0, n0, reference_events=x, reference_total=n, method=method)
    assert (other.estimate, other.upper) == (np.inf, np.inf)
    assert other.lower == pytest.approx(1 / found.upper, rel=1e-12)


def test_woolf_says_that_a_count_of_0_leaves_it_without_limits() -> None:
    found = odds_ratio(3, 9, reference_events=7, reference_total=7, method="woolf")
    assert (found.estimate, found.lower, found.upper, found.p_value) == (0.0, 0.0, np.inf, 1.0)
    assert "no limits; ask for a score method" in found.note


def test_mover_says_when_it_compared_the_odds_against_or_the_limits_only() -> None:
    found = odds_ratio([3, 5, 5], [9, 5, 5], reference_events=[2, 3, 0], reference_total=7, method="mover")
    assert found.method.tolist() == ["mover", "mover, odds against", "mover, ratio of Wilson limits"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("cells", "said"), [((0, 5, 0, 9), "neither group has an event"), ((5, 5, 9, 9), "events")]
)
def test_one_pair_without_an_odds_ratio_is_an_error_among_many_it_is_a_note(
    method: str, cells: tuple[int, ...], said: str
) -> None:
    x, n, x0, n0 = cells
    with pytest.raises(ValueError, match=r"ratio can be computed.*give the two proportions"):
        odds_ratio(x, n, reference_events=x0, reference_total=n0, method=method)
    found = odds_ratio([x, 2], n, reference_events=[x0, 3], reference_total=n0, method=method)
    assert np.isnan(found.estimate[0])
    assert np.isnan(found.p_value[0])
    assert (found.lower[0], found.upper[0]) == (0.0, np.inf)
    assert said in found.note[0]
    assert found.note[1] == ""


def test_a_number_gives_floats_and_an_array_its_shape() -> None:
    one = odds_ratio(1, 5, reference_events=1, reference_total=9)
    assert {type(value) for value in (one.estimate, one.lower, one.upper, one.p_value)} == {float}
    many = odds_ratio([[1, 2]], [[5], [6]], reference_events=1, reference_total=9)
    assert many.lower.shape == many.method.shape == many.note.shape == (2, 2)
    assert odds_ratio([], 5, reference_events=1, reference_total=9, method="exact").upper.shape == (0,)


def test_tables_computed_together_are_those_computed_one_by_one() -> None:
    """Small and large windows share blocks: a table's answer must not depend on its neighbours."""
    x, n = np.array([0, 3, 50, 4_000_000, 1, 900]), np.array([9, 20, 90, 10_000_000, 10_000_000, 1000])
    x0, n0 = np.array([5, 7, 2000, 5_000_000, 3, 40]), np.array([56, 9, 5000, 10_000_000, 10_000_000, 50])
    for method in ("exact", "mid-p", "miettinen-nurminen"):
        together = odds_ratio(x, n, reference_events=x0, reference_total=n0, method=method)
        for i in range(x.size):
            alone = odds_ratio(x[i], n[i], reference_events=x0[i], reference_total=n0[i], method=method)
            for name in ("estimate", "lower", "upper", "p_value"):
                assert getattr(alone, name) == pytest.approx(getattr(together, name)[i], rel=1e-11), name


def test_exact_limits_by_hand_where_the_group_is_one_pupil() -> None:
    """One of one against k of m: given the margins the pupil is an event with odds ``psi (k + 1) / (m - k)``."""
    found = odds_ratio(1, 1, reference_events=3, reference_total=9, method="exact")
    assert found.lower == pytest.approx(0.025 / 0.975 * 6 / 4, rel=1e-12)
    midp = odds_ratio(1, 1, reference_events=3, reference_total=9, method="mid-p")
    assert midp.lower == pytest.approx(0.05 / 0.95 * 6 / 4, rel=1e-12)
    assert found.p_value == pytest.approx(4 / 10, rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "how", "message"),
    [
        ((6, 5, 1, 9), {}, r"^events is 6; events cannot pass the total"),
        ((1, 5, 1, 9), {"method": "fisher"}, r"^method is 'fisher'; choose one of exact, mid-p, miettinen"),
        ((1, 5, 1, 9), {"confidence": 0}, r"^confidence is 0; give one number strictly between"),
    ],
)
def test_refusals(cells: tuple[object, ...], how: dict[str, object], message: str) -> None:
    x, n, x0, n0 = cells
    with pytest.raises(ValueError, match=message):
        odds_ratio(x, n, reference_events=x0, reference_total=n0, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_tables_that_are_alike_are_the_same_as_one_at_a_time(method: str) -> None:
    drawn = np.random.default_rng(3)
    totals = drawn.integers(1, 6, (2, 400))
    events = drawn.integers(0, totals + 1)
    several = odds_ratio(
        events[0], totals[0], reference_events=events[1], reference_total=totals[1], method=method
    )
    for at in range(0, 400, 7):
        if several.note[at]:  # type: ignore[index]
            continue
        x, x0, n, n0 = (int(one) for one in (*events[:, at], *totals[:, at]))
        single = odds_ratio(x, n, reference_events=x0, reference_total=n0, method=method)
        for name in ("estimate", "lower", "upper", "p_value"):
            assert getattr(several, name)[at] == pytest.approx(getattr(single, name), rel=1e-12), (name, at)
