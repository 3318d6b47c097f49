"""One treated authority: edges, what is refused, what the fields say of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from onroll.statistics._panel_notes import NO_END, ONE_BEFORE
from onroll.statistics.one_treated import one_treated
from onroll.statistics.one_treated_years import one_treated_years

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


def test_none_after_is_a_ratio_of_0_open_below_and_none_before_one_without_bound() -> None:
    events, size = made()
    none = events.copy()
    none[~PRE, 0] = 0
    found = one_treated(none, size, 0, PRE)
    assert (found.estimate, found.lower, found.raw) == (0.0, 0.0, 0.0)
    due = events[PRE, 0].sum() / 3
    assert 3.7 < found.upper * due < 20.0  # 3.7: the exact upper limit of none, were others not to scatter
    assert found.note.startswith("no event after: the ratio is 0")
    none = events.copy()
    none[PRE, 0] = 0
    found = one_treated(none, size, 0, PRE)
    assert (found.estimate, found.upper, found.raw) == (np.inf, np.inf, np.inf)
    assert 10 < found.lower < np.inf
    assert found.note.startswith("no event before: the ratio has no bound")
    none[~PRE, 7] = 0
    assert np.isfinite(one_treated(none, size, 0, PRE).change).all()


def test_few_events_widen_the_limits_and_the_note_says_how_few() -> None:
    events, size = made()
    assert one_treated(events, size, 0, PRE).note == ""
    events[:, 0] = [3, 6, 5, 4, 7, 5, 1, 2]
    found = one_treated(events, size, 0, PRE)
    assert found.note.startswith("few events (30 before, 3 after)")
    logs = np.log([found.lower, found.estimate, found.upper])
    assert np.diff(logs).min() >= 1.96 * np.sqrt(1 / 30 + 1 / 3)  # never narrower than chance alone
    assert found.detectable_fall > found.lower / found.estimate  # what was usual is as it was


def test_years_without_an_event_have_an_open_limit_and_are_named() -> None:
    events, size = made()
    assert one_treated_years(events, size, 0, PRE).note == ""
    events[2, 0] = 0
    found = one_treated_years(events, size, 0, PRE)
    assert np.isneginf(found.effect_lower).tolist() == [False, False, True, False, False, False, False]
    assert np.isfinite(found.effects).all()
    assert np.isfinite(found.effect_upper).all()
    assert found.note.startswith("no event in period[2]: half an event")
    events[7, 0] = 0
    assert one_treated_years(events, size, 0, PRE).lower == -np.inf
    events, size = made()
    events[5, 0] = 0  # the base
    assert np.isposinf(one_treated_years(events, size, 0, PRE).effect_upper).all()
    events[:, 0] = [3, 6, 5, 4, 7, 5, 1, 2]
    said = "few events in period[0], period[1], period[2] and 2 more or its base"
    assert said in one_treated_years(events, size, 0, PRE).note


@pytest.mark.parametrize("design", [one_treated, one_treated_years])
def test_one_period_before_and_a_jump_of_exposure_are_said(design: Any) -> None:
    events, size = made()
    assert design(events[5:], size[5:], 0, PRE[5:]).note == ONE_BEFORE
    ordinary = size * np.linspace(1.0, 1.4, 8)[:, None]
    assert design(events, ordinary, 0, PRE).note == ""
    size[3:, 4] *= 0.4
    said = "exposure is 0.4 times that of the period before in unit[4] period[3]: was it split or merged?"
    assert said in design(events, size, 0, PRE).note
    size[6:, 9:14] *= 2
    assert "unit[9] period[6], unit[10] period[6] and 3 more" in design(events, size, 0, PRE).note


def test_with_few_units_the_interval_is_open() -> None:
    events, size = made(12)
    found = one_treated(events, size, 0, PRE)
    assert (found.lower, found.upper) == (0.0, float("inf"))
    assert found.p_value >= 1 / 12
    assert found.note == one_treated_years(events, size, 0, PRE).note == NO_END
    assert one_treated(events, size, 0, PRE, confidence=0.9).note == ""


def test_the_ratio_is_the_regression_s_own_over_what_others_lead_to_expect_also_without_height() -> None:
    events, size = made()
    for recent in (0, 2):
        found = one_treated(events, size, 0, PRE, recent=recent)
        assert found.estimate == pytest.approx(found.raw / found.expected, rel=EXACT)
        assert found.raw == pytest.approx(float(np.exp(found.change[0])), rel=EXACT)
        others = found.change[1:]
        assert np.exp(others.min()) < found.expected < np.exp(others.max())
    assert (
        one_treated(events, 1000.0, 0, PRE).estimate
        == one_treated(events, np.full(events.shape, 1000), 0, PRE).estimate
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": "units"}, "events has 5 units; give 10 or more"),
        ({"events": -1.0}, "events[3, 3] is -1"),
        ({"events": 1.5}, "events[3, 3] is 1.5"),
        ({"events": np.nan}, "events[3, 3] is nan"),
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
