"""Staggered adoption: known answers, edges, words."""

from __future__ import annotations

import warnings
from dataclasses import fields

import numpy as np
import pandas
import pytest

from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics.staggered import staggered_adoption

EXACT = 1e-9  # differences of means of a few dozen numbers


def panel(cohorts: list[float], periods: int = 6, seed: int = 1) -> dict[str, np.ndarray]:
    unit = np.repeat(np.arange(len(cohorts)), periods)
    period = np.tile(np.arange(1.0, periods + 1), len(cohorts))
    noise = np.random.default_rng(seed).normal(size=unit.size)
    return {"outcome": noise, "unit": unit, "period": period, "first_treated": np.repeat(cohorts, periods)}


def test_effects_that_differ_between_cohorts_and_grow_are_found_exactly() -> None:
    """Two-way fixed effects would weigh some of these negatively; here nothing but the truth is left."""
    data = panel([3.0] * 4 + [5.0] * 6 + [0.0] * 5)
    u, t, g = data["unit"], data["period"], data["first_treated"]
    effect = np.where((g > 0) & (t >= g), np.where(g == 3, 2.0, -1.0) * (t - g + 1), 0.0)
    found = staggered_adoption(3.0 * u + t**2 + effect, u, t, g)
    np.testing.assert_allclose(found.by_cohort.effects, [(2 + 4 + 6 + 8) / 4, -(1 + 2) / 2], atol=EXACT)
    np.testing.assert_allclose(
        found.since_treatment.effects[found.since_treatment.at >= 0],
        [(4 * 2 - 6) / 10, (4 * 4 - 12) / 10, 6, 8],
        atol=EXACT,
    )
    np.testing.assert_allclose(
        found.by_period.effects, [2, 4, (4 * 6 - 6) / 10, (4 * 8 - 12) / 10], atol=EXACT
    )
    assert found.estimate == pytest.approx((4 * 20 - 6 * 3) / (4 * 4 + 6 * 2), abs=EXACT)
    np.testing.assert_allclose(found.by_cohort.effect_errors, 0.0, atol=EXACT)
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_nothing_is_said_where_enough_units_are_seen_in_every_period() -> None:
    found = staggered_adoption(**panel([3.0] * 15 + [5.0] * 15 + [0.0] * 20))
    assert found.note == ""
    assert set(found.cell_note) == {""}
    assert (found.units, found.never_treated) == (50, 20)


def test_a_cohort_of_one_unit_carries_a_warning_wherever_it_counts() -> None:
    found = staggered_adoption(**panel([3.0] * 15 + [5.0] + [0.0] * 30))
    assert "cohorts 5 are of one unit: their errors mean nothing" in found.note
    alone = found.group == 5
    assert all("means nothing" in one for one in found.cell_note[alone])
    assert set(found.cell_note[~alone]) == {""}
    assert "means nothing" in found.by_cohort.note[1]
    assert found.by_cohort.note[0] == ""


def test_cells_without_a_control_left_are_named_and_not_averaged() -> None:
    found = staggered_adoption(**panel([3.0] * 4 + [5.0] * 3))
    gone = np.isnan(found.effects)
    assert gone.any()
    assert set(found.cell_note[gone]) == {"no control left"}
    assert np.isfinite([found.estimate, found.error, found.by_period.estimate]).all()
    assert found.by_period.at.tolist() == [3.0, 4.0]
    assert "no control left for some periods of cohorts 3, 5" in found.note


def test_units_treated_from_the_start_are_left_out_and_those_treated_later_than_seen_are_controls() -> None:
    data = panel([1.0] * 3 + [3.0] * 8 + [9.0] * 5 + [np.inf] * 5)
    found = staggered_adoption(**data)
    kept = data["first_treated"] > 1
    same = {name: column[kept] for name, column in data.items()}
    same["first_treated"] = np.where(same["first_treated"] > 6, 0.0, same["first_treated"])
    assert found.estimate == staggered_adoption(**same).estimate
    assert (found.units, found.never_treated) == (18, 10)
    assert "3 units left out: treated from the first period on" in found.note
    assert "5 units treated after the last period stand as never treated" in found.note
    assert "18 units, 8 of them treated: too few" in found.note


def test_a_panel_with_gaps_is_compared_on_units_seen_in_both_periods() -> None:
    data = panel([3.0] * 4 + [0.0] * 5)
    seen = np.arange(data["unit"].size) != 3  # unit 0 in period 4
    some = {name: column[seen] for name, column in data.items()}
    found = staggered_adoption(**some)
    y = data["outcome"].reshape(9, 6)
    by_hand = (y[1:4, 3] - y[1:4, 1]).mean() - (y[4:, 3] - y[4:, 1]).mean()
    assert found.effects[(found.group == 3) & (found.period == 4)][0] == pytest.approx(by_hand, abs=EXACT)
    assert "not seen in every period" in found.note


def test_a_universal_base_sets_all_cells_against_the_last_period_before() -> None:
    data = panel([4.0] * 5 + [0.0] * 6)
    found = staggered_adoption(**data, base="universal")
    y = data["outcome"].reshape(11, 6)
    by_hand = [(y[:5, t] - y[:5, 2]).mean() - (y[5:, t] - y[5:, 2]).mean() for t in (0, 1, 3, 4, 5)]
    assert found.since_treatment.at.tolist() == [-3, -2, 0, 1, 2]
    np.testing.assert_allclose(found.since_treatment.effects, by_hand, atol=EXACT)


def test_the_test_of_cells_before_says_where_there_is_none() -> None:
    none = staggered_adoption(**panel([2.0] * 6 + [0.0] * 6)).before
    assert (none.p_value, none.note) == (1.0, "no cell before treatment: nothing to test")
    few = staggered_adoption(**panel([7.0, 7.0, 0.0, 0.0], periods=8)).before
    assert "fewer units than cells" in few.note


def test_nothing_of_the_library_s_warnings_is_heard() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        staggered_adoption(**panel([1.0] * 2 + [3.0] * 4 + [5.0]))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"first_treated": np.repeat([0.0] * 10, 6)}, "nobody is treated"),
        ({"first_treated": np.repeat([1.0] * 5 + [0.0] * 5, 6)}, "nobody is treated"),
        ({"first_treated": np.repeat([3.0] * 10, 6)}, "give units never treated$"),
        (
            {"first_treated": np.tile([3.0, 4, 3, 3, 3, 3], 10)},
            r"first_treated\[1\] is 4; it changes within a unit",
        ),
        (
            {"first_treated": np.repeat([3.5] * 5 + [0.0] * 5, 6)},
            r"first_treated\[0\] is 3.5; it lies between two periods: give one of those in period",
        ),
        ({"first_treated": [3.0, np.nan] * 30}, r"first_treated\[1\] is nan; .*0 or inf for never"),
        ({"first_treated": [3.0, None] * 30}, r"first_treated\[1\] is nan; .*0 or inf for never"),
        ({"first_treated": [3.0, pandas.NA] * 30}, r"first_treated\[1\] is <NA>; give a number"),
        (
            {"first_treated": np.repeat([3.0] * 5 + [-1.0] * 5, 6)},
            r"first_treated\[30\] is -1; give 0 or inf for",
        ),
        (
            {"first_treated": np.repeat([3.0] * 5 + [-np.inf] * 5, 6)},
            r"first_treated\[30\] is -inf; give 0 or",
        ),
        ({"first_treated": [3.0]}, "first_treated has shape"),
        ({"unit": ["a", None] * 30}, r"unit\[1\] is None; what is missing is no label"),
        ({"unit": [1.0, np.nan] * 30}, r"unit\[1\] is nan; what is missing is no label"),
        ({"unit": ["a", np.nan] * 30}, r"unit\[1\] is nan; what is missing is no label"),
        ({"unit": ["a", pandas.NA] * 30}, r"unit\[1\] is <NA>; what is missing is no label"),
        ({"period": np.tile([0.0, 1, 2, 3, 4, 5], 10)}, r"period\[0\] is 0; .*number periods from 1"),
        ({"period": np.tile([1.0, 1, 2, 3, 4, 5], 10)}, "rows 0 and 1 are of one unit and period"),
        ({"outcome": np.full(60, np.inf)}, "outcome"),
        ({"control": "all"}, "choose one of not yet treated, never treated"),
        ({"base": "first"}, "choose one of varying, universal"),
        ({"confidence": 1.0}, "confidence"),
        ({"covariates": np.zeros((3, 2))}, r"give \(rows, columns\), 60 rows"),
        ({"covariates": np.repeat(np.arange(10) < 5, 6)}, "could not be fitted"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object], complaint: str) -> None:
    data: dict[str, object] = dict(panel([3.0] * 5 + [0.0] * 5))
    with pytest.raises(ValueError, match=complaint):
        staggered_adoption(**(data | change))  # type: ignore[arg-type]


def test_never_treated_controls_must_be_there() -> None:
    with pytest.raises(ValueError, match="or choose 'not yet treated'"):
        staggered_adoption(**panel([3.0] * 5 + [5.0] * 5), control="never treated")


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e6])
def test_where_no_unit_strays_every_error_is_said_to_be_none(scale: float) -> None:
    data = panel([3.0] * 15 + [5.0] * 15 + [0.0] * 20)
    flat = scale * (data["unit"] + data["period"])
    found = staggered_adoption(**(data | {"outcome": flat}))
    assert found.note == NO_WIDTH
    assert set(found.cell_note) == {NO_WIDTH} == {found.before.note}
    for averages in (found.since_treatment, found.by_cohort, found.by_period):
        assert set(averages.note) == {NO_WIDTH}
    assert staggered_adoption(**(data | {"outcome": flat + 1e-6 * scale * data["outcome"]})).note == (
        "" if scale else NO_WIDTH
    )


def test_a_covariate_that_never_varies_is_none() -> None:
    data = panel([3.0] * 15 + [5.0] * 15 + [0.0] * 20)
    for control, base in (("not yet treated", "varying"), ("never treated", "universal")):
        plain = staggered_adoption(**data, control=control, base=base)
        given = staggered_adoption(**data, covariates=np.full(300, 0.1), control=control, base=base)
        for name in ("group", "period", "treated", "controls", "cell_note"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(given, name))
        for name in ("effects", "effect_errors", "covariance"):
            np.testing.assert_allclose(getattr(plain, name), getattr(given, name), atol=EXACT)
        assert (given.estimate, given.error) == pytest.approx((plain.estimate, plain.error), abs=EXACT)
        assert given.before.p_value == pytest.approx(plain.before.p_value, abs=EXACT)


def test_with_covariates_gaps_and_cells_without_controls_are_as_without() -> None:
    data = panel([3.0] * 14 + [5.0] * 13)
    seen = np.random.default_rng(4).random(data["unit"].size) > 0.1
    some = {name: column[seen] for name, column in data.items()}
    plain, given = staggered_adoption(**some), staggered_adoption(**some, covariates=np.ones(seen.sum()))
    np.testing.assert_allclose(plain.effects, given.effects, atol=EXACT)
    np.testing.assert_array_equal(plain.cell_note, given.cell_note)
    assert plain.note == given.note
    assert "no control left for some periods of cohorts 3, 5" in given.note


def test_covariates_are_taken_from_the_period_a_cell_is_set_against() -> None:
    data = panel([3.0] * 15 + [0.0] * 20)
    x = np.random.default_rng(2).normal(size=(35, 6))
    given = staggered_adoption(**data, covariates=x.ravel(), base="universal")
    as_then = staggered_adoption(**data, covariates=np.repeat(x[:, 1], 6), base="universal")
    np.testing.assert_array_equal(given.effects, as_then.effects)


def test_columns_that_say_nothing_more_and_other_scales_change_nothing() -> None:
    data = panel([3.0] * 15 + [5.0] * 15 + [0.0] * 20)
    x = np.repeat(np.random.default_rng(3).normal(size=50), 6)
    one = staggered_adoption(**data, covariates=x)
    more = staggered_adoption(**data, covariates=np.column_stack([1e6 * x + 1e8, 2 - x, np.ones(300)]))
    np.testing.assert_allclose(one.effects, more.effects, atol=1e-6)
    np.testing.assert_allclose(one.effect_errors, more.effect_errors, atol=1e-6)


def test_controls_unlike_any_treated_unit_only_help_the_line() -> None:
    """Nobody treated has the second kind: its units weigh nothing, and a level of their own takes them out."""
    data = panel([3.0] * 15 + [0.0] * 30)
    other = np.repeat(np.arange(45) >= 35, 6)
    found = staggered_adoption(**data, covariates=other)
    kept = {name: column[~other] for name, column in data.items()}
    alone = staggered_adoption(**kept)
    np.testing.assert_allclose(found.effects, alone.effects, atol=EXACT)
    np.testing.assert_allclose(found.effect_errors, alone.effect_errors, atol=EXACT)


def test_a_cohort_that_covariates_tell_from_its_controls_is_named_and_not_averaged() -> None:
    data = panel([3.0] * 12 + [5.0] * 12 + [0.0] * 24)
    x = np.repeat(np.where(np.arange(48) < 12, 1.0, 0.0), 6)
    found = staggered_adoption(**data, covariates=x)
    told = found.group == 3
    assert np.isnan(found.effects[told]).all()
    assert np.isnan(found.covariance[told]).all()
    assert set(found.cell_note[told]) == {"covariates leave no control alike"}
    assert "covariates leave no control alike for some periods of cohorts 3" in found.note
    assert found.by_cohort.at.tolist() == [5.0]
    assert np.isfinite([found.estimate, found.error]).all()
