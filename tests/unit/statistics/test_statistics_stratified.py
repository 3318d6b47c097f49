from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from onroll.statistics.homogeneity import homogeneity
from onroll.statistics.relative_risk import relative_risk
from onroll.statistics.risk_difference import risk_difference
from onroll.statistics.stratified import MEASURES, SCORED, WEIGHTS, mantel_haenszel, stratified_score
from onroll.validation import stratified as stratified_cases
from onroll.validation import two_by_two as two_by_two_cases

ROOT = Path(__file__).resolve().parents[3]
SAME = 1e-10  # relative: one search against another

DATA = {
    "events": [21, 11, 8],
    "total": [464, 165, 69],
    "reference_events": [26, 25, 11],
    "reference_total": [453, 174, 70],
}


def padded(data: dict[str, list[int]]) -> dict[str, list[int]]:
    """With a stratum that is empty, and one that lacks a group."""
    extra = {"events": [0, 4], "total": [0, 7], "reference_events": [0, 0], "reference_total": [0, 0]}
    return {name: [*data[name], *extra[name]] for name in data}


@pytest.mark.parametrize("measure", MEASURES)
def test_strata_that_lack_a_group_change_nothing(measure: str) -> None:
    plain, more = mantel_haenszel(**DATA, measure=measure), mantel_haenszel(**padded(DATA), measure=measure)
    for name in ("estimate", "lower", "upper", "chi_square", "strata"):
        assert getattr(more, name) == pytest.approx(getattr(plain, name), rel=1e-13)
    assert plain.strata == 3.0
    one, two = homogeneity(**DATA), homogeneity(**padded(DATA))
    assert (two.tarone, two.df) == pytest.approx((one.tarone, one.df), rel=1e-12)
    if measure in SCORED:
        for weights in WEIGHTS:
            a = stratified_score(**DATA, measure=measure, weights=weights)
            b = stratified_score(**padded(DATA), measure=measure, weights=weights)
            assert (b.lower, b.upper) == pytest.approx((a.lower, a.upper), rel=SAME)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("cells", [(7, 34, 1, 34), (5, 56, 0, 29), (0, 20, 3, 400), (150, 9000, 2, 60)])
def test_one_stratum_is_the_score_interval_of_two_groups(cells: tuple[int, ...], weights: str) -> None:
    x, n, x0, n0 = cells
    for measure, function in (("relative_risk", relative_risk), ("risk_difference", risk_difference)):
        within = stratified_score(
            [x], [n], reference_events=[x0], reference_total=[n0], measure=measure, weights=weights
        )
        plain = function(x, n, reference_events=x0, reference_total=n0)
        for name in ("estimate", "lower", "upper", "p_value"):
            assert getattr(within, name) == pytest.approx(getattr(plain, name), rel=1e-9, abs=1e-14), name


def test_analyses_of_their_own_are_as_if_alone() -> None:
    many = {name: [values, values[::-1], [2 * value for value in values]] for name, values in DATA.items()}
    for measure in SCORED:
        found, alone = stratified_score(**many, measure=measure), stratified_score(**DATA, measure=measure)
        assert found.lower.shape == (3,)
        assert found.lower[:2] == pytest.approx([alone.lower] * 2, rel=SAME)
        assert found.upper[2] - found.lower[2] < alone.upper - alone.lower


@pytest.mark.parametrize("measure", ["odds_ratio", "relative_risk"])
def test_what_cannot_be_computed_says_why(measure: str) -> None:
    none = {"events": [0, 0], "total": [5, 6], "reference_events": [0, 0], "reference_total": [7, 8]}
    with pytest.raises(ValueError, match=r"no common ratio can be computed.*give the proportions"):
        mantel_haenszel(**none, measure=measure)
    both = {name: [values, [1, 2] if "events" in name else values] for name, values in none.items()}
    found = mantel_haenszel(**both, measure=measure)
    assert np.isnan(found.estimate[0])
    assert np.isnan(found.p_value[0])
    assert found.note[0].startswith("no common ratio can be computed")
    assert found.note[1] == ""


def test_no_stratum_with_both_groups_is_an_error() -> None:
    apart = {"events": [1, 0], "total": [5, 0], "reference_events": [0, 2], "reference_total": [0, 8]}
    for function in (mantel_haenszel, stratified_score, homogeneity):
        with pytest.raises(ValueError, match="nothing can be compared: no stratum holds both groups"):
            function(**apart)


def test_events_on_one_side_leave_mantel_haenszel_without_limits_but_not_the_score() -> None:
    one_sided = {"events": [2, 3], "total": [50, 60], "reference_events": [0, 0], "reference_total": [70, 80]}
    for measure in ("odds_ratio", "relative_risk"):
        found = mantel_haenszel(**one_sided, measure=measure)
        assert (found.estimate, found.lower, found.upper) == (np.inf, 0.0, np.inf)
        assert "ask for stratified_score" in found.note
    score = stratified_score(**one_sided, measure="relative_risk")
    assert (score.estimate, score.upper) == (np.inf, np.inf)
    assert score.lower > 1
    uneven = homogeneity(**one_sided)
    assert np.isnan(uneven.tarone)
    assert "0 or has no bound" in uneven.note


def test_a_difference_without_spread_says_so() -> None:
    none = {"events": [0, 0], "total": [5, 6], "reference_events": [0, 0], "reference_total": [7, 8]}
    found = mantel_haenszel(**none, measure="risk_difference")
    assert (found.estimate, found.lower, found.upper) == (0.0, -1.0, 1.0)
    assert "without an error" in found.note
    score = stratified_score(**none)
    assert -1 < score.lower < 0 < score.upper < 1


def test_all_against_none_in_every_stratum_ends_at_1() -> None:
    found = stratified_score([5, 6], [5, 6], reference_events=[0, 0], reference_total=[7, 8])
    assert (found.estimate, found.upper) == pytest.approx((1.0, 1.0), abs=1e-12)
    assert 0 < found.lower < 1
    turned = stratified_score([0], [1], reference_events=[1], reference_total=[1], confidence=0.5)
    assert (turned.estimate, turned.lower) == (-1.0, -1.0)
    assert -1 < turned.upper < 0


def test_one_stratum_that_says_something_has_nothing_to_disagree_with() -> None:
    found = homogeneity([3, 0], [9, 4], reference_events=[2, 0], reference_total=[9, 5])
    assert (found.df, found.p_value) == (0.0, 1.0)
    assert found.tarone == pytest.approx(0.0, abs=1e-20)


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({"events": 3}, {}, None),
        ({"events": [-1, 1, 1]}, {}, r"^events\[0\] is -1; give a whole number"),
        ({"events": [500, 1, 1]}, {}, r"^events\[0\] is 500; events cannot pass the total of their stratum"),
        ({}, {"measure": "rate"}, r"^measure is 'rate'; choose one of odds_ratio"),
        ({}, {"variance": "sato"}, r"^variance is 'sato'; choose one of robins-breslow-greenland$"),
        ({}, {"confidence": 2}, r"^confidence is 2; give one number strictly between"),
    ],
)
def test_refusals(change: dict[str, object], how: dict[str, object], message: str | None) -> None:
    data = {**DATA, **change}
    if message is None:  # one number stands for all strata
        assert mantel_haenszel(**data, **how).strata == 3.0  # type: ignore[arg-type]
        return
    with pytest.raises(ValueError, match=message):
        mantel_haenszel(**data, **how)  # type: ignore[arg-type]


def test_single_numbers_are_no_strata() -> None:
    with pytest.raises(ValueError, match="give arrays, strata on the last axis"):
        mantel_haenszel(1, 5, reference_events=2, reference_total=7)
    with pytest.raises(
        ValueError, match="weights is 'ivs'; choose one of miettinen-nurminen, mantel-haenszel"
    ):
        stratified_score(**DATA, weights="ivs")


@pytest.mark.parametrize("case", ["P01_two_by_two_ci", "P02_byar_wilson_exact", "P11_mantel_haenszel_ucb"])
def test_validation_cases_hold(case: str) -> None:
    folder = ROOT / "data" / "validation" / case
    found = {**two_by_two_cases.CASES, **stratified_cases.CASES}[case](folder)
    kind, usual = next(
        iter(yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))["tolerance"].items())
    )
    with (folder / "expected.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(found) == {row["figure"] for row in rows}
    for row in rows:
        wanted, tolerance = float(row["value"]), float(row["tolerance"] or usual)
        allowed = 0.5 * 10**-tolerance if kind == "digits" else tolerance * abs(wanted)
        assert math.isclose(found[row["figure"]], wanted, rel_tol=0, abs_tol=allowed), row


def test_the_correction_is_taken_only_where_it_does_not_pass_0_as_in_r() -> None:
    found = mantel_haenszel([3, 4], [8, 10], reference_events=[2, 3], reference_total=[6, 8], continuity=True)
    # R 4.2: mantelhaen.test(array(c(3,2,5,4, 4,3,6,5), c(2,2,2)))$statistic
    assert found.chi_square == pytest.approx(0.03281, abs=5e-6)
