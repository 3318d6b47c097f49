"""What is missing is no school and neither before nor after; 1 and 0 are True and False; time goes forward."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from onroll.statistics import difference, one_treated, one_treated_years, placebos, synthetic_control
from onroll.statistics._labels import row_labels
from onroll.statistics._masks import mask
from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.dose_response import dose_response
from onroll.statistics.effect_sizes import clustered_effect
from onroll.statistics.interrupted_series import interrupted_series
from onroll.statistics.panel_differences import event_study, two_groups, two_way_fixed_effects

DRAWN = np.random.default_rng(11)
WIDE = DRAWN.normal(size=(6, 12))
COUNTS = DRAWN.poisson(40, (6, 12))
PRE = np.arange(6) < 4
UNIT, PERIOD = np.repeat(np.arange(8), 6), np.tile(np.arange(6), 8)
Y, NAMES = DRAWN.normal(size=48), [f"school {one}" for one in UNIT]
UNDER = (UNIT < 3) & (PERIOD >= 4)


def gaps() -> list[tuple[str, object, str]]:
    """Names of schools with a gap, in every way a library writes one."""
    return [
        ("None in a list", [None, *NAMES[1:]], r"\[0\] is None; what is missing is no label"),
        ("NaN in a list of words", [np.nan, *NAMES[1:]], r"\[0\] is nan; what is missing is no label"),
        ("NaN among numbers", np.where(np.arange(48) == 2, np.nan, UNIT), r"\[2\] is nan"),
        ("NaN among objects", np.array([*NAMES[:3], np.nan, *NAMES[4:]], dtype=object), r"\[3\] is nan"),
        ("pd.NA", pd.Series([pd.NA, *NAMES[1:]], dtype="string"), r"\[0\] is <NA>; what is missing"),
        ("Int64", pd.array([*UNIT[:-1], pd.NA], dtype="Int64"), r"\[47\] is <NA>; what is missing"),
        ("categories", pd.Categorical([None, *NAMES[1:]]), r"\[0\] is nan; what is missing"),
        ("masked", np.ma.masked_array(UNIT, np.arange(48) == 4), r"\[4\] is masked"),
        ("masked in a list", [np.ma.masked, *UNIT[1:]], r"\[0\] is masked"),
        ("NaT", pd.Series([pd.NaT, *pd.date_range("2020", periods=47)]), r"\[0\] is NaT"),
        ("words and numbers", [7, *NAMES[1:]], r" has words and numbers; give labels of one kind"),
        ("too few", NAMES[1:], r" has shape \(47,\); give one for each of 48"),
    ]


TAKES_LABELS: dict[str, Callable[[object], object]] = {
    "school": lambda ids: clustered_effect(Y, UNIT < 4, ids),  # type: ignore[arg-type]
    "unit": lambda ids: two_way_fixed_effects(Y, ids, PERIOD, UNDER),  # type: ignore[arg-type]
    "cluster": lambda ids: two_groups(Y, UNIT < 4, PERIOD > 3, cluster=ids),  # type: ignore[arg-type]
    "dose_school": lambda ids: dose_response(
        np.arange(48) + 5,
        500,
        NAMES,
        PERIOD,
        Y,
        ids,
        PERIOD,  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize("name", TAKES_LABELS)
@pytest.mark.parametrize(("ids", "message"), [one[1:] for one in gaps()], ids=[one[0] for one in gaps()])
def test_a_gap_is_no_school(name: str, ids: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}{message}"):
        TAKES_LABELS[name](ids)


def test_the_school_of_events_is_checked_as_that_of_doses() -> None:
    with pytest.raises(ValueError, match=r"^school\[0\] is None"):
        dose_response(np.arange(48) + 5, 500, [None, *NAMES[1:]], PERIOD, Y, NAMES, PERIOD)


def test_labels_of_any_library_are_the_same_schools() -> None:
    every = (NAMES, np.array(NAMES), pd.Series(NAMES), pd.Categorical(NAMES), UNIT, UNIT.astype(float))
    found = {two_way_fixed_effects(Y, ids, PERIOD, UNDER).error for ids in every}
    assert len(found) == 1
    assert row_labels("school", np.ma.masked_array([1, 2], [False, False]), 2).tolist() == [1, 2]


@pytest.mark.parametrize(
    "given",
    [
        PRE,
        PRE.tolist(),
        PRE.astype(int),
        [1, 1, 1, 1, 0, 0],
        [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
        [True, 1, True, 1, False, 0],
        pd.Series(PRE),
        pd.array(PRE, dtype="boolean"),
        PRE.astype(object),
        np.ma.masked_array(PRE, np.zeros(6, dtype=bool)),
    ],
)
def test_one_and_nought_are_true_and_false(given: object) -> None:
    found = mask("pre", given, 6)  # type: ignore[arg-type]
    assert found.dtype == np.bool_
    assert found.tolist() == PRE.tolist()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1, 1, 1, 2, 0, 0], r"^pre\[3\] is 2; give True or False, or 1 or 0$"),
        ([1, 1, 1, 0.5, 0, 0], r"^pre\[3\] is 0.5; give True or False"),
        ([1, 1, np.nan, 1, 0, 0], r"^pre\[2\] is nan; what is missing is neither True nor False"),
        ([True, None, True, True, False, False], r"^pre\[1\] is None; what is missing is neither"),
        (pd.array([True, pd.NA, True, True, False, False], dtype="boolean"), r"^pre\[1\] is <NA>; what is"),
        (np.ma.masked_array(PRE, np.arange(6) == 1), r"^pre\[1\] is masked"),
        (["True"] * 4 + ["False"] * 2, r"^pre\[0\] is 'True'; give True or False"),
        (["yes", True, True, True, False, False], r"^pre\[0\] is 'yes'; give True or False"),
        (PRE[:-1], r"^pre has shape \(5,\) and type bool; give one True or False a period, \(6,\)"),
        (4, r"^pre has shape \(\) and type int64; give one True or False a period"),
    ],
)
def test_what_is_neither_true_nor_false_is_refused_by_its_place(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mask("pre", given, 6)  # type: ignore[arg-type]


IN_ORDER: dict[str, Callable[[object], object]] = {
    "synthetic control": lambda pre: synthetic_control.synthetic_control(WIDE, 0, pre),  # type: ignore[arg-type]
    "placebos": lambda pre: placebos.placebos(WIDE, 0, pre),  # type: ignore[arg-type]
    "donor hull": lambda pre: donor_hull(WIDE, 0, pre),  # type: ignore[arg-type]
    "difference": lambda pre: difference.difference_in_differences(WIDE, 0, pre),  # type: ignore[arg-type]
    "one treated": lambda pre: one_treated.one_treated(COUNTS, 1e3, 0, pre),  # type: ignore[arg-type]
    "years": lambda pre: one_treated_years.one_treated_years(COUNTS, 1e3, 0, pre),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", IN_ORDER)
def test_a_mask_the_wrong_way_round_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^pre turns back to True; periods before treatment come first"):
        IN_ORDER[name](~PRE)
    assert IN_ORDER[name](PRE.astype(int)) is not None


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: clustered_effect(Y, np.where(UNIT < 4, 1, 2), UNIT), r"^group\[24\] is 2; give True or"),
        (lambda: two_groups(Y, np.where(UNIT < 4, "T", "C"), PERIOD > 3), r"^group\[0\] is 'T'; give True"),
        (lambda: two_groups(Y, UNIT < 4, [None, *(PERIOD[1:] > 3)]), r"^after\[0\] is None; what is missing"),
        (
            lambda: interrupted_series(
                np.arange(9) + 5, np.ma.masked_array(np.arange(9) > 4, np.arange(9) == 5)
            ),
            r"^after\[5\] is masked",
        ),
        (lambda: event_study(Y, UNIT, PERIOD, [None] * 48), r"^first\[0\] is nan; give the first period"),
    ],
)
def test_groups_and_times_with_a_gap_are_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()


def test_groups_may_be_bool_or_numbers() -> None:
    whole, yes = (clustered_effect(Y, group, UNIT) for group in ((UNIT < 4) * 1.0, UNIT < 4))
    assert whole.estimate == yes.estimate
    one, other = (interrupted_series(np.arange(9) % 4 + 5, at) for at in ([0] * 5 + [1] * 4, 5))
    assert one.estimate == other.estimate
