"""One treated authority: edges, what is refused, what the fields say of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from onroll.statistics.one_treated import one_treated

EXACT = 1e-12  # two fields that say the same thing are computed from the same number
PRE = np.array([True] * 6 + [False] * 2)


def made(units: int = 40, seed: int = 1) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    size = rng.integers(5_000, 90_000, units) * np.ones((8, 1))
    return rng.poisson(0.02 * size * np.exp(rng.normal(0, 0.2, (8, units)))), size


def test_the_interval_holds_the_ratio_and_the_rank_agrees_with_it() -> None:
    for seed in range(20):
        events, size = made(seed=seed)
        found = one_treated(events, size, 3, PRE, recent=2)
        assert found.lower < found.estimate < found.upper
        assert (found.p_value <= 0.05) == (not found.lower <= 1 <= found.upper)
        assert found.share_others == pytest.approx((found.p_value * 40 - 1) / 39, abs=EXACT)
        assert found.detectable_fall == pytest.approx(found.lower / found.estimate, rel=EXACT)
        assert found.raw == pytest.approx(found.estimate * found.expected, rel=EXACT)


def test_a_fall_is_found_and_no_other_unit_is_moved_by_it() -> None:
    events, size = made()
    calm = one_treated(events, size, 0, PRE)
    fallen = events.copy()
    fallen[~PRE, 0] = fallen[~PRE, 0] // 3
    found = one_treated(fallen, size, 0, PRE)
    assert found.estimate < 0.5 * calm.estimate
    assert found.share_others < 0.1
    np.testing.assert_array_equal(found.change[1:], calm.change[1:])


def test_none_after_or_before_is_a_ratio_with_half_an_event() -> None:
    events, size = made()
    events[~PRE, 0] = 0
    found = one_treated(events, size, 0, PRE)
    assert 0 < found.estimate < 0.01
    events[~PRE, 7] = 0
    assert np.isfinite(one_treated(events, size, 0, PRE).change).all()


def test_with_few_units_the_interval_is_open() -> None:
    events, size = made(12)
    found = one_treated(events, size, 0, PRE)
    assert (found.lower, found.upper) == (0.0, float("inf"))
    assert found.p_value >= 1 / 12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": "units"}, "give 10 or more"),
        ({"events": -1.0}, "events"),
        ({"events": 1.5}, "events"),
        ({"exposure": 0.0}, "exposure"),
        ({"treated": 40}, "treated is 40"),
        ({"pre": np.ones(8, dtype=bool)}, "pre is True throughout"),
        ({"recent": 6}, "recent is 6; give a whole number of periods, 0 to 5"),
        ({"recent": 1.5}, "recent is 1.5"),
        ({"confidence": 1.0}, "confidence"),
        ({"events": "unit"}, "unit[2] has no event at all"),
        ({"events": "period"}, "period[2] has no event at all"),
        ({"events": "short"}, "shape"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, Any], message: str) -> None:
    events, size = made()
    table: Any = events.astype(float)
    match change.get("events"):
        case "units":
            table, size = table[:, :5], size[:, :5]
        case "unit":
            table[:, 2] = 0
        case "period":
            table[2] = 0
        case "short":
            size = size[:5]
        case float() as value:
            table[3, 3] = value
    if "exposure" in change:
        size = size.copy()
        size[0, 0] = change["exposure"]
    asked: dict[str, Any] = {"treated": 0, "pre": PRE} | {
        name: value for name, value in change.items() if name not in ("events", "exposure")
    }
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        one_treated(table, size, asked.pop("treated"), asked.pop("pre"), **asked)


def test_where_nobody_moves_there_is_nothing_to_judge_by() -> None:
    with pytest.raises(ValueError, match="no other unit changed at all"):
        one_treated(np.full((8, 12), 10), np.full((8, 12), 100.0), 0, PRE)
