"""Differences in panels: known answers, what few clusters can bear, refusals in words."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics._panel_notes import STAGGERED
from onroll.statistics._panel_rows import ONE_TREATED
from onroll.statistics.panel_differences import (
    event_study,
    two_groups,
    two_way_fixed_effects,
    wild_cluster_bootstrap,
)

EXACT = 1e-9  # least squares but for rounding
UNIT, PERIOD = np.repeat(np.arange(8), 6), np.tile(np.arange(6), 8)
TREATED = np.where((UNIT < 3) & (PERIOD >= 4), 1.0, 0.0)
FIRST = np.where(UNIT < 3, 4.0, np.inf)
LEVELS = 2.0 * UNIT - 0.7 * PERIOD**2
NOISE = np.random.default_rng(2).normal(size=48)
ROWS = {"outcome": NOISE, "unit": UNIT, "period": PERIOD, "treated": TREATED}


def test_two_by_two_by_hand() -> None:
    found = two_groups([1, 3, 2, 4, 10, 12, 9, 15], [0] * 4 + [1] * 4, [0, 0, 1, 1] * 2, errors="model")
    assert found.estimate == pytest.approx((12 - 11) - (3 - 2))
    np.testing.assert_allclose(found.means, [[2, 3], [11, 12]])
    np.testing.assert_allclose(found.mean_errors, [[1, 1], [1, 3]])
    # pooled variance (2 + 2 + 2 + 18) / 4 degrees of freedom, four means of two
    assert found.error == pytest.approx(np.sqrt(6 * 4 / 2))
    assert found.freedom == 4
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_what_made_a_panel_is_found() -> None:
    found = two_way_fixed_effects(LEVELS + 1.5 * TREATED + 1e-7 * NOISE, UNIT, PERIOD, TREATED)
    assert found.estimate == pytest.approx(1.5, abs=1e-6)
    assert (found.rows, found.units, found.periods, found.clusters, found.treated_clusters) == (
        48,
        8,
        6,
        8,
        3,
    )
    assert found.note == (
        "8 clusters, 3 of them treated: too few for errors of clusters to be trusted; t on 7.0 degrees of freedom"
    )


def test_units_and_periods_may_be_words_and_rows_missing() -> None:
    kept = np.delete(np.arange(48), [3, 17, 40])
    names = np.array([f"school {one}" for one in UNIT])
    found = two_way_fixed_effects(
        (LEVELS + TREATED + 1e-7 * NOISE)[kept], names[kept], PERIOD[kept], TREATED[kept]
    )
    assert found.estimate == pytest.approx(1.0, abs=1e-6)


def test_one_treated_unit_has_no_limits_and_is_sent_elsewhere() -> None:
    alone = np.where((UNIT == 0) & (PERIOD >= 4), 1.0, 0.0)
    found = two_way_fixed_effects(NOISE, UNIT, PERIOD, alone)
    assert (found.lower, found.upper) == (-np.inf, np.inf)
    assert found.note.startswith("one treated cluster: no error of clusters can be told; ask difference_in")
    study = event_study(NOISE, UNIT, PERIOD, np.where(UNIT == 0, 4.0, np.inf))
    assert (study.lower, study.upper) == (-np.inf, np.inf)
    assert study.pre_trend.note == study.note == found.note
    pair = two_groups(NOISE, UNIT == 0, PERIOD >= 4, cluster=UNIT)
    assert (pair.lower, pair.upper) == (-np.inf, np.inf)


def test_event_study_gives_back_effects_and_a_trend_of_its_own() -> None:
    effects = np.where(UNIT < 3, np.array([-0.4, -0.3, -0.2, 0.0, 1.0, 2.0])[PERIOD], 0.0)
    found = event_study(LEVELS + effects + 1e-7 * NOISE, UNIT, PERIOD, FIRST)
    assert found.relative.tolist() == [-4, -3, -2, 0, 1]
    np.testing.assert_allclose(found.effects, [-0.4, -0.3, -0.2, 1.0, 2.0], atol=1e-6)
    assert found.estimate == pytest.approx(1.5, abs=1e-6)
    assert found.pre_trend.p_value < 1e-6
    assert found.covariance.shape == (5, 5)


def test_the_bias_of_the_smallest_trend_found_is_the_trend_gone_on() -> None:
    found = event_study(NOISE, UNIT, PERIOD, FIRST)
    assert found.pre_trend.bias == pytest.approx(found.pre_trend.detectable_slope * 1.5)
    sure = event_study(NOISE, UNIT, PERIOD, FIRST, power=0.95)
    assert sure.pre_trend.detectable_slope > found.pre_trend.detectable_slope


def test_without_leads_there_is_no_test() -> None:
    found = event_study(NOISE, UNIT, PERIOD, np.where(UNIT < 3, 1.0, np.inf))
    assert found.pre_trend.note == "no period before but the base: nothing to test"
    assert found.pre_trend.detectable_slope == np.inf


def test_more_leads_than_clusters_allow_are_not_tested() -> None:
    unit, period = np.repeat(np.arange(4), 9), np.tile(np.arange(9), 4)
    noise = np.random.default_rng(1).normal(size=36)
    found = event_study(noise, unit, period, np.where(unit < 2, 7.0, np.inf))
    assert found.pre_trend.note == "fewer clusters than periods before allow: nothing to test"


def test_the_wild_bootstrap_is_the_same_for_the_same_seed() -> None:
    one, again, other = (wild_cluster_bootstrap(NOISE, UNIT, PERIOD, TREATED, seed=at) for at in (1, 1, 2))
    assert one == again
    assert one.lower < one.estimate < one.upper
    assert other.estimate == one.estimate
    assert other.p_value == pytest.approx(one.p_value, abs=0.03)
    assert (one.p_value < 0.05) == (not one.lower <= 0 <= one.upper)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outcome": np.full(48, np.nan)}, r"^outcome\[0\] is nan"),
        ({"outcome": np.ones((2, 2))}, r"^outcome has shape \(2, 2\)"),
        ({"unit": np.zeros(48)}, r"^unit has one level only; give two or more"),
        ({"period": np.zeros(48)}, r"^period has one level only"),
        ({"unit": UNIT[:-1]}, r"^unit has shape \(47,\); give one for each of 48 rows"),
        ({"treated": np.zeros(48)}, r"^treated is 0 in every row"),
        ({"treated": TREATED[:-1]}, r"^treated has shape \(47,\)"),
        ({"treated": (PERIOD > 3) * 1.0}, r"^treated is 0, or goes with units and periods alone"),
        ({"treated": (UNIT > 3) * 1.0}, r"^treated is 0, or goes with units and periods alone"),
        (
            {name: np.append(one, one[5]) for name, one in ROWS.items()},
            r"^rows 5 and 48 are of one unit and period; give one row",
        ),
        ({"cluster": PERIOD}, r"^cluster splits a unit; a cluster holds whole units"),
        ({"errors": "HC1"}, r"^errors is 'HC1'; choose one of CR0"),
    ],
)
def test_refusals_of_panels(asked: dict[str, object], message: str) -> None:
    given = {"outcome": NOISE, "unit": UNIT, "period": PERIOD, "treated": TREATED, **asked}
    with pytest.raises(ValueError, match=message):
        two_way_fixed_effects(**given)  # type: ignore[arg-type]


def test_too_few_rows_say_how_many_are_needed() -> None:
    with pytest.raises(ValueError, match="rows are 4; 2 units, 2 periods and 1 columns need 5 or more"):
        two_way_fixed_effects([1, 2, 3, 5], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1])


@pytest.mark.parametrize("outcome", [np.zeros(48), LEVELS])
def test_an_outcome_that_is_nothing_but_units_and_periods_is_refused(outcome: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^outcome is 0, or goes with units and periods alone"):
        two_way_fixed_effects(outcome, UNIT, PERIOD, TREATED)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"base": 0}, r"^base is 0; choose a period before treatment that occurs: -4, -3, -2, -1"),
        ({"base": -9}, r"^base is -9"),
        ({"first": np.full(48, np.inf)}, r"^first is inf in every row; some units must be treated"),
        ({"first": np.full(48, 4.0)}, r"^first is finite in every row"),
        ({"first": np.where(PERIOD == 0, 4.0, np.inf)}, r"^first changes within a unit"),
        (
            {"first": np.full(48, np.nan)},
            r"^first\[0\] is nan; give the first period under treatment, inf for never",
        ),
        (
            {"first": np.where(UNIT < 3, 4, 0)},
            r"^first is finite in every row.* inf for never: 0 is a period",
        ),
        ({"first": FIRST[:-1]}, r"^first has shape \(47,\); give each of 48 rows the first period"),
        (
            {"first": np.where(UNIT == 1, 0.0, FIRST)},
            r"^first\[6\] is 0; its unit is treated in every period there is.* drop the unit",
        ),
        ({"base": "-1"}, r"^base is '-1'; choose a period before treatment that occurs"),
        ({"first": np.where(UNIT < 3, 3.5, np.inf)}, r"^period less first is not whole"),
        ({"first": np.where(UNIT < 3, 40.0, np.inf), "base": -36}, r"^no treated unit is seen after"),
        ({"power": 0.04}, r"^power is 0.04; give one number above 0.05"),
    ],
)
def test_refusals_of_event_studies(asked: dict[str, object], message: str) -> None:
    given = {"outcome": NOISE, "unit": UNIT, "period": PERIOD, "first": FIRST, **asked}
    with pytest.raises(ValueError, match=message):
        event_study(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"group": [0, 0, 0, 1, 0, 0, 1, 1]}, r"^group before has 1 rows; two or more are needed"),
        ({"after": [0] * 8}, r"^reference group after has 0 rows"),
        ({"group": [0, 0, 2, 1, 0, 0, 1, 1]}, r"^group\[2\] is 2; give True or False, or 1 or 0"),
        ({"errors": "CR2"}, r"^errors are 'CR2' without cluster; name"),
    ],
)
def test_refusals_of_two_groups(asked: dict[str, object], message: str) -> None:
    given = {"outcome": np.arange(8.0), "group": [0, 0, 1, 1] * 2, "after": [0] * 4 + [1] * 4, **asked}
    with pytest.raises(ValueError, match=message):
        two_groups(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"treated": np.where(UNIT == 0, TREATED, 0.0)},
            r"^treated clusters are 1 of 8; two treated and two others",
        ),
        ({"repeats": 10}, r"^repeats is 10; give a whole number of 199"),
        ({"treated": np.ones(48)}, r"^treated has shape \(48,\); .* not all the same"),
    ],
)
def test_refusals_of_the_bootstrap(asked: dict[str, object], message: str) -> None:
    given = {"outcome": NOISE, "unit": UNIT, "period": PERIOD, "treated": TREATED, **asked}
    with pytest.raises(ValueError, match=message):
        wild_cluster_bootstrap(**given)  # type: ignore[arg-type]


def test_a_change_without_any_noise_has_no_limits_and_says_so() -> None:
    exact = LEVELS + 1.5 * TREATED
    for found in (
        two_way_fixed_effects(exact, UNIT, PERIOD, TREATED),
        event_study(exact, UNIT, PERIOD, FIRST),
    ):
        assert found.estimate == pytest.approx(1.5, abs=EXACT)
        assert not found.lower > found.estimate - 1e-6  # NaN, or no further than rounding
        assert found.note


def test_treatment_that_begins_at_different_times_is_sent_to_staggered_adoption() -> None:
    begins = np.where(UNIT < 3, np.where(UNIT == 1, 3.0, 4.0), np.inf)
    under = 1.0 * (begins <= PERIOD)
    assert two_way_fixed_effects(NOISE, UNIT, PERIOD, under).note.endswith(STAGGERED)
    assert event_study(NOISE, UNIT, PERIOD, begins).note.endswith(STAGGERED)
    always = np.where(UNIT == 7, 1.0, TREATED)
    assert two_way_fixed_effects(NOISE, UNIT, PERIOD, always).note.endswith(STAGGERED)
    alone = np.where(UNIT == 0, 3.0, np.inf)
    assert event_study(NOISE, UNIT, PERIOD, alone).note == ONE_TREATED


def test_one_beginning_is_not_staggered_whatever_the_dose_the_gaps_and_the_end() -> None:
    assert "staggered" not in event_study(NOISE, UNIT, PERIOD, FIRST).note
    dose = TREATED * (1 + UNIT % 2)
    kept = ~((UNIT == 1) & (PERIOD == 4))  # the unit is not seen in the period it began
    for table in (TREATED, dose, np.where((UNIT == 2) & (PERIOD == 5), 0.0, TREATED)):
        assert "staggered" not in two_way_fixed_effects(NOISE, UNIT, PERIOD, table).note
        found = two_way_fixed_effects(NOISE[kept], UNIT[kept], PERIOD[kept], table[kept])
        assert "staggered" not in found.note
