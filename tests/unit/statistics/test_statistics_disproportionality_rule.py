from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from onroll.statistics.disproportionality_rule import COMPARED, FINDINGS, IDEA, OUTCOMES, Rule, apply_rule
from onroll.statistics.relative_risk import relative_risk

TWO = Rule(threshold="2", min_events=10, min_total=30, years=3, progress="0.03")


def year(
    x: int, n: int, x0: int, n0: int, wide: tuple[int, int] = (9000, 250_000), rule: Rule = TWO
) -> list[str]:
    """What is found of one year, in words."""
    found = apply_rule(
        rule, [x], [n], reference_events=[x0], reference_total=[n0], wider_events=wide[0], wider_total=wide[1]
    )
    return [OUTCOMES[int(found.outcome[0])], COMPARED[int(found.compared[0])]]


def years(ratios: list[str], rule: Rule = TWO) -> list[str]:
    """What is found of a row of years whose ratios are these exactly."""
    events = [int(Fraction(ratio) * 100) for ratio in ratios]
    found = apply_rule(rule, events, 1000, reference_events=100, reference_total=1000)
    return [FINDINGS[int(code)] for code in found.finding]


def test_a_group_with_too_few_is_not_looked_at() -> None:
    assert year(9, 400, 90, 1500)[0] == "too few events in the group"
    assert year(10, 29, 90, 1500)[0] == "too few in the group"
    assert year(10, 30, 90, 1500)[0] == "above"


def test_where_others_are_too_few_the_wider_area_stands_in() -> None:
    assert year(60, 900, 9, 300) == ["not above", "compared with the wider area"]
    assert year(60, 900, 10, 29) == ["not above", "compared with the wider area"]
    assert year(60, 900, 10, 30)[1] == "compared with all others in the area"


def test_without_a_wider_area_large_enough_there_is_no_comparison() -> None:
    assert year(60, 900, 9, 300, wide=(9, 250))[0] == "no comparison possible"
    plain = Rule(threshold="2", alternate=False)
    assert year(60, 900, 9, 300, rule=plain) == ["no comparison possible", "not compared"]


def test_equal_to_the_threshold_is_not_above_and_one_event_more_is() -> None:
    """1.1 has no exact float: 33 of 300 against 30 of 300, and the same a hundred thousand times as large."""
    rule = Rule(threshold="1.1", min_events=0, min_total=0, years=1)
    for size in (1, 30_000):
        for more, note in ((0, "not above"), (1, "above")):
            found = apply_rule(
                rule,
                [33 * size + more],
                [300 * size],
                reference_events=[30 * size],
                reference_total=[300 * size],
            )
            assert found.note[0] == note


def test_three_years_on_end_are_found_in_the_third_only() -> None:
    short, no, every = (FINDINGS[code] for code in (3, 0, 1))
    assert years(["2.4", "2.5", "2.6", "2.0", "2.1"]) == [short, short, every, no, no]


def test_progress_must_be_made_in_each_of_the_two_years() -> None:
    every, progress = FINDINGS[1], FINDINGS[2]
    assert years(["2.4", "2.3", "2.2"])[-1] == progress
    assert years(["2.4", "2.3", "2.35"])[-1] == every
    assert years(["2.4", "2.5", "2.4"])[-1] == every
    assert years(["3.00", "2.91", "2.83"])[-1] == every  # 3 per cent of 2.91 is 0.0873
    assert years(["3.00", "2.91", "2.82"])[-1] == progress  # 3 per cent exactly counts
    assert years(["2.4", "2.3", "2.2"], Rule(threshold="2", progress=None))[-1] == every


def test_progress_of_nothing_stated_is_any_fall() -> None:
    rule = Rule(threshold="2", progress="0")
    assert years(["2.4", "2.39", "2.38"], rule)[-1] == FINDINGS[2]
    assert years(["2.4", "2.4", "2.39"], rule)[-1] == FINDINGS[1]


def test_a_year_that_cannot_be_compared_breaks_the_row() -> None:
    found = apply_rule(TWO, [24, 9, 24], 100, reference_events=100, reference_total=1000)
    assert FINDINGS[int(found.finding[-1])] == "a year of the row could not be compared"
    assert found.progress.tolist() == [-1, -1, -1]
    assert np.isnan(found.estimate[1])
    assert (found.lower[1], found.upper[1]) == (0.0, np.inf)
    assert found.reference_events.tolist() == [100, 0, 100]


def test_the_interval_is_that_of_the_relative_risk_against_the_same_others() -> None:
    found = apply_rule(IDEA, [24], [160], reference_events=[90], reference_total=[1500])
    same = relative_risk(24, 160, reference_events=90, reference_total=1500, method="mover")
    assert (found.estimate[0], found.lower[0], found.upper[0]) == (same.estimate, same.lower, same.upper)


def test_many_groups_are_each_as_if_alone() -> None:
    rng = np.random.default_rng(3)
    n, n0 = rng.integers(20, 400, (50, 4, 5)), rng.integers(20, 4000, (50, 4, 5))
    x, x0 = rng.binomial(n, 0.2), rng.binomial(n0, 0.08)
    many = apply_rule(TWO, x, n, reference_events=x0, reference_total=n0)
    one = apply_rule(TWO, x[7, 2], n[7, 2], reference_events=x0[7, 2], reference_total=n0[7, 2])
    np.testing.assert_array_equal(many.finding[7, 2], one.finding)
    np.testing.assert_array_equal(many.estimate[7, 2], one.estimate)


def test_a_reference_without_an_event_is_no_bound_above_and_above_any_threshold() -> None:
    rule = Rule(threshold="9", min_events=0, min_total=1, years=1)
    found = apply_rule(rule, [1, 0], [40, 40], reference_events=[0, 0], reference_total=[50, 50])
    assert found.note.tolist() == ["above", "no comparison possible"]
    assert found.estimate[0] == np.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Rule(threshold="two"), "threshold is 'two'; write a decimal number"),
        (lambda: Rule(threshold="0"), "threshold is '0'; give a number above 0"),
        (lambda: Rule(threshold="2.12345678"), "write it with six digits at most"),
        (lambda: Rule(threshold="2", progress="1.5"), "progress is '1.5'; give a share"),
        (lambda: Rule(threshold="2", years=0), "years is 0; give a whole number of 1"),
        (lambda: apply_rule(TWO, 3, 4, reference_events=1, reference_total=2), "give a row of years"),
        (lambda: apply_rule(TWO, [5], [4], reference_events=1, reference_total=2), r"events\[0\] is 5; .*each pupil once"),
        (lambda: apply_rule(TWO, [5], 9, reference_events=1, reference_total=2, wider_total=3), "go together"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
