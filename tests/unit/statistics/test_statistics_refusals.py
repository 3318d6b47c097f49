"""What no function may take: masked and missing entries, words, wrong kinds, ends the wrong way round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from onroll.statistics._inputs import numbers, whole
from onroll.statistics.control_charts import xmr_chart
from onroll.statistics.decomposition import das_gupta, das_gupta_structure, kitagawa
from onroll.statistics.disproportionality_rule import apply_rule
from onroll.statistics.false_alarms import alarm_budget
from onroll.statistics.funnel import proportion_funnel, rate_funnel
from onroll.statistics.inequality_slope import inequality_slope
from onroll.statistics.multiplicity import adjust
from onroll.statistics.published_bounds import (
    counts_behind_rate,
    difference_bounds,
    printed_ratio,
    ratio_bounds,
    rounded,
    suppressed,
    table_bounds,
)
from onroll.statistics.rates import rate
from onroll.statistics.ratios import rate_ratio
from onroll.statistics.run_rules import run_rules
from onroll.statistics.stratified import mantel_haenszel
from onroll.statistics.watch_limits import count_limits, watch_limits

LARGE = 1e300
HOLD_ARRAYS = [
    "concentration", "control_charts", "decomposition", "disproportionality_rule", "evalue", "funnel",
    "inequality_slope", "multiplicity", "odds_ratio", "proportions", "published_bounds",
    "rare_event_charts", "rate_difference", "rates", "ratios", "relative_risk", "repeat_events",
    "risk_difference", "run_rules", "standardised", "stratified", "watch_limits",
]  # fmt: skip
OPEN = suppressed(0, np.inf)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            np.ma.array([1, 2], mask=[False, True]),
            r"^events\[1\] is masked; fill it in, or leave the row out",
        ),
        ([np.ma.array([1, 2], mask=[False, True])], r"^events\[0\]\[1\] is masked"),
        ([1, np.ma.masked], r"^events\[1\] is masked"),
        (pd.array([1, None], dtype="Int64"), r"^events\[1\] is nan; give a finite number"),
        ([[1, 2], [3, pd.NA]], r"^events\[1, 1\] is <NA>; give a number"),
        (pd.NA, r"^events is <NA>; give a number"),
        (pd.Series(["1", "2"]), r"^events\[0\] is '1'; give a number"),
        (["1", "2"], r"^events\[0\] is '1'; give a number"),
        ("3", r"^events is '3'; give a number"),
        (np.array(["2020"], dtype="M8[D]"), r"^events\[0\] is datetime\.date"),
        (3 + 0j, r"^events is \(3\+0j\); give a number"),
        ([10**400], r"^events\[0\] is 1000"),
        ({"a": 1}, r"^events is {'a': 1}; give a number"),
        ([[1, 2], [3]], r"^events.*; give a number"),
    ],
)
def test_what_is_no_number_is_named(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        numbers("events", value)  # type: ignore[arg-type]


def test_numbers_of_other_libraries_are_numbers() -> None:
    for value in (pd.Series([1, 2]), pd.array([1, 2], dtype="Int64"), np.ma.array([1, 2]), [True, 2]):
        assert numbers("events", value).tolist() == [1.0, 2.0]  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1, 2.5, np.nan, np.inf, [3], None, "3"])
def test_a_whole_number_is_one_and_within_its_bounds(value: object) -> None:
    with pytest.raises(ValueError, match=r"^shift is .*; give a"):
        whole("shift", value, 2)  # type: ignore[arg-type]


CHART = xmr_chart([1.0, 3.0, 2.0, 5.0])
SLOPE = ([12.0, 9.0, 8.0], [1.0, 1.0, 1.0], [9, 9, 9])
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: kitagawa([1, 2], 9, [1, 2], 9, dispersion=[1, 2, 3]), r"^dispersion has shape \(3,\); give one number"),
    (lambda: das_gupta_structure([[1, 2], [3, 4]], np.full((2, 2), 9), dispersion=[1, 2, 3]), r"^dispersion has shape"),
    (lambda: das_gupta_structure([[1, 2], [3, 4]], np.full((2, 2), 9), per=[1, 2]), r"^per has shape"),
    (lambda: das_gupta({"a": [0, 1], "b": [0, 2]}, rate=lambda x: (x["a"] / x["b"]).sum(-1)), r"^rate gives nan when"),
    (lambda: das_gupta({"a": [1, 2]}, rate=lambda x: np.zeros(7)), r"^what rate gives .* has shape \(7,\)"),
    (lambda: das_gupta({"a": [1, 2]}, rate=3), r"^rate is 3; give a function"),  # type: ignore[arg-type]
    (lambda: das_gupta([1, 2]), r"^factors is \[1, 2\]; give a mapping"),  # type: ignore[arg-type]
    (lambda: das_gupta({"a": [1, 2]}, reference=0.5), r"^reference is 0\.5; give a whole"),  # type: ignore[arg-type]
    (lambda: das_gupta({"a": [1, 2]}, errors={"a": [1, 2, 3]}), r"^errors of a has shape"),
    (lambda: inequality_slope(*SLOPE, method="simulation", repeats=200.5), r"^repeats is 200\.5"),  # type: ignore[arg-type]
    (lambda: xmr_chart([1, 2, 3], baseline=2.5), r"^baseline is 2\.5; give a whole"),  # type: ignore[arg-type]
    (lambda: xmr_chart(range(9), rebase=[2.5]), r"^rebase\[0\] is 2\.5; give rising"),  # type: ignore[list-item]
    (lambda: xmr_chart(range(9), rebase=3), r"^rebase is 3; give a row of places"),  # type: ignore[arg-type]
    (lambda: run_rules(CHART, shift=np.nan), r"^shift is nan; give a whole number of 2 or more"),  # type: ignore[arg-type]
    (lambda: run_rules(CHART, rules=3), r"^rules are 3; name one or more"),  # type: ignore[arg-type]
    (lambda: run_rules([1, 2, 3]), r"^chart is \[1, 2, 3\]; give a chart, as xmr_chart"),  # type: ignore[arg-type]
    (lambda: apply_rule("3", [9], 40, reference_events=9, reference_total=90), r"^rule is '3'; give a Rule"),  # type: ignore[arg-type]
    (lambda: alarm_budget(2.5, 3), r"^charts is 2\.5; give a whole number of 1 or more"),  # type: ignore[arg-type]
    (lambda: rounded(7, np.nan), r"^base is nan; give a whole number of 1 or more, such as 5"),  # type: ignore[arg-type]
    (lambda: counts_behind_rate(5.0, 100, decimals=1, per=LARGE), r"^per is 1e\+300; give a whole number from 1"),  # type: ignore[arg-type]
    (lambda: counts_behind_rate(1e40, 100, decimals=1), r"^rate is 1e\+40; so large a rate"),
    (lambda: table_bounds(suppressed([], []), []), r"^cells have shape \(0,\); give one row of cells"),
    (lambda: table_bounds(suppressed([[0]], [[4]]), [1]), r"^cells have shape \(1, 1\); give one row"),
    (lambda: table_bounds([1, 2], [1, 1]), r"^cells is \[1, 2\]; give what rounded"),  # type: ignore[arg-type]
    (lambda: table_bounds(suppressed([0], [4]), [1], sums=[([0], 3)]), r"^sums\[0\] is 3; give after"),  # type: ignore[list-item]
    (lambda: table_bounds(suppressed([0], [4]), [1], sums=[3]), r"^sums\[0\] is 3; give the places"),  # type: ignore[list-item]
    (lambda: adjust([2], [3], [1], [0.1], members=["a"]), r"^lower\[0\] is 3; give no more than upper"),
    (lambda: adjust(["a"], [3], [4], [0.1], members=["a"]), r"^estimate\[0\] is 'a'; give a number"),
    (lambda: adjust([1], [3], [4], [0.1], members=3), r"^members is 3; give the names"),  # type: ignore[arg-type]
    (lambda: das_gupta({"a": [1, 2]}, errors=3), r"^errors is 3; give a mapping"),  # type: ignore[arg-type]
    (lambda: das_gupta_structure([[1, 2], [3, 4]], [[9, 9], [9, 9]], dimensions=[2]), r"^dimensions is 2; choose"),  # type: ignore[list-item]
    (lambda: table_bounds(suppressed([0], [4]), [1], sums=3), r"^sums is 3; give a list"),  # type: ignore[arg-type]
    (lambda: run_rules(CHART, rules=np.array(5)), r"^rules are array\(5\); name one"),  # type: ignore[arg-type]
    (lambda: adjust([1], [0], [2], [0.1], members=[1]), r"^members is \[1\]; give the names"),  # type: ignore[list-item]
    (lambda: xmr_chart([1, 2, 3], screened=2), r"^screened is 2; give True or False"),  # type: ignore[arg-type]
    (lambda: xmr_chart([1, 2, 3], lowest="0"), r"^lowest is '0'; give a number"),  # type: ignore[arg-type]
    (lambda: xmr_chart([]), r"^lowest is -inf|two or more"),
    (lambda: alarm_budget(3, 10**7), r"^points is 10000000; give a whole number from 1 to 2000"),
    (lambda: count_limits([]), r"^expected has shape \(0,\); give one point to watch or more"),
    (lambda: watch_limits([], 1, []), r"^baseline_events has shape \(0,\); give one point"),
    (lambda: watch_limits([3], 1e-16, [1]), r"^exposure\[0\] is 1; so many times the baseline's"),
    (lambda: proportion_funnel([], [], method="score"), r"^units have shape \(0,\); give one unit or more"),
    (lambda: rate_funnel([3, 4], [1e15, 1e15], target=1e15), r"^the count expected.* not told apart"),
    (lambda: mantel_haenszel([1, 2], 9, reference_events=1, reference_total=9, continuity=1.5), r"^continuity is 1"),  # type: ignore[arg-type]
    (lambda: rate(1e300, 1), r"^events is 1e\+300; nothing here is so large"),
    (lambda: rate(1e16, 1), r"^events is 1e\+16; so large a count is not exact"),
    (lambda: rate(1, 1e-300), r"^exposure is 1e-300; nothing here is so small"),
    (lambda: rate(1, 1, confidence=1e-300), r"^confidence is 1e-300; give one number strictly"),
    (lambda: inequality_slope(*SLOPE, method="simulation", repeats=10**15), r"^repeats is 1000000000000000; give"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_what_cannot_be_is_refused_in_words(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_ratio_of_counts_without_an_upper_end_says_that_it_has_no_middle() -> None:
    every = {"reference_events": OPEN, "reference_total": suppressed(1, np.inf)}
    found = ratio_bounds(OPEN, suppressed(1, np.inf), **every)
    assert np.isnan(found.estimate)
    assert (found.lower, found.upper) == (0.0, np.inf)
    assert found.note.startswith("the reference may be 0: no bound above; nothing bounds a count above")
    apart = difference_bounds(OPEN, suppressed(1, np.inf), **every)
    assert np.isnan(apart.estimate)
    assert (apart.lower, apart.upper) == (-np.inf, np.inf)
    assert apart.note.endswith("no middle to estimate from")


def test_a_ratio_of_two_printed_noughts_says_that_there_is_none() -> None:
    found = printed_ratio([0, 1], 0, decimals=1)
    assert np.isnan(found.estimate[0])
    assert found.note[0].endswith("both are 0, so there is no ratio of the two themselves")
    assert found.note[1] == "the reference may be 0: no bound above"


@pytest.mark.parametrize("name", HOLD_ARRAYS)
def test_results_that_may_hold_arrays_are_never_compared_by_value(name: str) -> None:
    module = import_module(f"onroll.statistics.{name}")
    results = [one for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]
    assert results
    for one in results:
        if any(word in str(field.type) for field in fields(one) for word in ("Figure", "Array", "Words")):
            assert one.__eq__ is object.__eq__, one


@pytest.mark.filterwarnings("error")
def test_limits_that_are_no_bounds_are_infinite_without_a_warning() -> None:
    far = rate_ratio(
        3, 10, reference_events=2, reference_exposure=9, method="dispersed", dispersion=2.0, df=5.0, confidence=1 - 1e-16
    )  # fmt: skip
    assert far.lower < 1e-100
    assert far.upper > 1e100
    wide = inequality_slope(
        [0.1, 0.2, 0.3], [1e7] * 3, [9, 9, 9], transform="log", method="simulation", repeats=100
    )
    assert (wide.relative_lower, wide.relative_upper) == (0.0, np.inf)
