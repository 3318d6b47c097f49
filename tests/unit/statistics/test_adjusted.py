"""Edges and refusals of adjusted models, their designs, errors and standardisation."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.adjusted import linear, logistic, relative_risks, risk_differences
from onroll.statistics.adjusted_counts import NO_SPREAD, event_rates, negative_binomial
from onroll.statistics.design_matrix import Design, Factor, Measure, design_matrix, plain_design
from onroll.statistics.marginal import standardise
from onroll.statistics.sandwich import sandwich

NEAR = 1e-10
SEX, NEED = [0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 2, 2]
EVENTS, PUPILS = [10, 25, 12, 30, 5, 9], [200, 210, 60, 90, 20, 25]


def two() -> Design:
    return design_matrix([Factor("sex", SEX), Factor("need", NEED)])


def test_one_group_against_another_is_arithmetic() -> None:
    design = design_matrix([Factor("sex", [0, 1])])
    odds = logistic([10, 30], [100, 120], design, errors="model")
    assert odds.ratio("sex: 1")[0] == pytest.approx((30 / 90) / (10 / 90), rel=NEAR)
    assert odds.error[1] == pytest.approx(np.sqrt(1 / 10 + 1 / 90 + 1 / 30 + 1 / 90), rel=NEAR)
    risk = relative_risks([10, 30], [100, 120], design, errors="HC0")
    assert risk.ratio("sex: 1")[0] == pytest.approx((30 / 120) / (10 / 100), rel=NEAR)
    assert risk.error[1] == pytest.approx(np.sqrt(1 / 10 - 1 / 100 + 1 / 30 - 1 / 120), rel=NEAR)
    gap = risk_differences([10, 30], [100, 120], design, errors="HC0")
    assert gap.estimate[1] == pytest.approx(0.15, rel=NEAR)
    assert gap.error[1] == pytest.approx(np.sqrt(0.1 * 0.9 / 100 + 0.25 * 0.75 / 120), rel=NEAR)


def test_rates_of_repeat_events_have_the_error_of_their_squares() -> None:
    found = event_rates(
        [30, 90], [1000, 1000], design_matrix([Factor("sex", [0, 1])]), squares=[60, 400], errors="HC0"
    )
    by_hand = np.sqrt((60 / 30**2 - 1 / 1000) + (400 / 90**2 - 1 / 1000))
    assert found.estimate[1] == pytest.approx(np.log(3), rel=NEAR)
    assert found.error[1] == pytest.approx(by_hand, rel=1e-8)


def test_exposure_is_an_offset() -> None:
    design = design_matrix([Factor("sex", [0, 1])])
    found = event_rates([30, 90], [1000, 1000], design, exposure=[1.0, 0.5], errors="model")
    assert found.ratio("sex: 1")[0] == pytest.approx(6.0, rel=NEAR)


def test_cells_of_no_pupil_are_nothing() -> None:
    without = logistic(EVENTS, PUPILS, two())
    design = design_matrix([Factor("sex", [*SEX, 0]), Factor("need", [*NEED, 1])])
    found = logistic([*EVENTS, 0], [*PUPILS, 0], design)
    np.testing.assert_allclose(found.estimate, without.estimate, rtol=NEAR)
    with pytest.raises(ValueError, match=r"events cannot pass pupils"):
        logistic([*EVENTS, 2], [*PUPILS, 0], design)


def test_a_group_without_event_is_refused_or_left_out() -> None:
    events = [10, 25, 12, 30, 0, 0]
    with pytest.raises(ValueError, match=r"need: 2 has no event of 45 pupils.*separated='leave out'"):
        logistic(events, PUPILS, two())
    found = logistic(events, PUPILS, two(), separated="leave out")
    assert found.estimate[-1] == -np.inf
    assert (found.lower[-1], found.upper[-1]) == (-np.inf, np.inf)
    assert found.note.tolist() == ["", "", "", "no event: left out"]
    design = design_matrix([Factor("sex", SEX[:4]), Factor("need", NEED[:4])])
    rest = logistic(events[:4], PUPILS[:4], design)
    np.testing.assert_allclose(found.estimate[:3], rest.estimate, rtol=1e-8)
    np.testing.assert_allclose(found.error[:3], rest.error, rtol=1e-8)
    averaged = standardise(found, "need")
    assert (averaged.risk[2], averaged.estimate[2], averaged.upper[2]) == (0.0, 0.0, np.inf)
    assert averaged.note[2].startswith("left out")
    assert found.ratio("need: 2") == (0.0, 0.0, np.inf)


def test_a_group_of_nothing_but_events_separates_odds_but_not_risks() -> None:
    events = [10, 25, 12, 30, 20, 25]
    with pytest.raises(ValueError, match=r"need: 2 has the event for every one of 45 pupils"):
        logistic(events, PUPILS, two())
    assert logistic(events, PUPILS, two(), separated="leave out").estimate[-1] == np.inf
    assert np.all(np.isfinite(relative_risks(events, PUPILS, two()).estimate))


def test_a_reference_without_event_is_named() -> None:
    with pytest.raises(ValueError, match=r"constant.*choose another reference"):
        logistic([0, 5, 6], [50, 60, 70], design_matrix([Factor("group", [0, 1, 2])]))


def test_separation_by_a_measure_is_named() -> None:
    with pytest.raises(ValueError, match=r"share.*tell without fail"):
        logistic([0, 0, 10, 10], [10, 10, 10, 10], plain_design([0.1, 0.2, 0.8, 0.9], ["share"]))


def test_columns_that_depend_on_one_another_are_named() -> None:
    design = plain_design(np.column_stack([SEX, 1 - np.array(SEX)]), ["boys", "girls"])
    with pytest.raises(ValueError, match=r"(boys|girls|constant): always 0, or the sum of other columns"):
        logistic(EVENTS, PUPILS, design)


@pytest.mark.parametrize("errors", ["CR0", "CR1", "CR1S", "CR2"])
def test_errors_of_schools_need_schools(errors: str) -> None:
    with pytest.raises(ValueError, match=rf"errors are '{errors}' without school"):
        logistic(EVENTS, PUPILS, two(), errors=errors)
    with pytest.raises(ValueError, match="one school only"):
        logistic(EVENTS, PUPILS, two(), errors=errors, school=[1] * 6)


def test_robust_errors_of_counts_need_squares() -> None:
    with pytest.raises(ValueError, match=r"errors are 'HC1'.*give squares, or school"):
        event_rates(EVENTS, PUPILS, two())
    with pytest.raises(ValueError, match=r"squares\[0\] is 5; the sum of squared events is never below"):
        event_rates([10, 20], [50, 50], plain_design([0, 1]), squares=[5, 30])
    with pytest.raises(ValueError, match="squares are given with each=True"):
        event_rates([1, 2], [50, 50], plain_design([0, 1]), squares=[50, 200], each=True)


def test_few_schools_are_noted() -> None:
    design = design_matrix([Factor("sex", [0, 1, 0, 1, 0, 1])])
    found = logistic(EVENTS, PUPILS, design, school=[1, 1, 2, 2, 3, 3])
    assert found.freedom[1] < 4
    assert found.note[1].startswith("fewer than 4 degrees of freedom")


@pytest.mark.parametrize("errors", ["CR0", "CR2"])
def test_a_group_of_one_school_has_no_error_of_schools_and_it_is_said(errors: str) -> None:
    design = design_matrix([Factor("group", [0, 0, 0, 1])])
    found = logistic([10, 20, 30, 40], [100] * 4, design, school=[1, 2, 3, 4], errors=errors)
    alone = logistic([10, 20, 30, 40], [100] * 4, plain_design([0, 0, 0, 1], constant=False), errors="model")
    assert np.isfinite(alone.error[0])
    own = plain_design([[1, 0], [1, 0], [1, 0], [0, 1]], constant=False)
    separate = logistic([10, 20, 30, 40], [100] * 4, own, school=[1, 2, 3, 4], errors=errors)
    assert separate.note[1].startswith("known from single schools alone")
    assert (separate.lower[1], separate.upper[1]) == (-np.inf, np.inf)
    assert found.note[1] == separate.note[1]
    assert (found.lower[1], found.upper[1]) == (-np.inf, np.inf)


def test_a_fitted_risk_above_one_is_remarked() -> None:
    design = design_matrix([Factor("a", [0, 1, 0, 1]), Factor("b", [0, 0, 1, 1])])
    found = relative_risks([20, 60, 60, 100], [100, 100, 100, 100], design)
    assert found.remark == "some cells have a fitted risk above 1"


def test_counts_spread_no_wider_than_poisson_have_no_alpha() -> None:
    design = design_matrix([Factor("sex", [0, 0, 1, 1])])
    found = negative_binomial([1, 2, 1, 2], [50, 50, 40, 60], design, each=True, errors="model")
    assert (found.alpha, found.alpha_lower, found.remark) == (0.0, 0.0, NO_SPREAD)
    assert found.alpha_upper > 0
    poisson = event_rates([1, 2, 1, 2], [50, 50, 40, 60], design, each=True, errors="model")
    np.testing.assert_allclose(found.estimate, poisson.estimate, rtol=1e-9)


@pytest.mark.parametrize(
    ("events", "pupils", "message"),
    [
        ([1.5, 2], [10, 10], r"events\[0\] is 1.5"),
        ([1, 2], [10, -1], r"pupils\[1\] is -1"),
        ([11, 2], [10, 10], r"events\[0\] is 11; events cannot pass pupils"),
        ([0, 0], [10, 10], "nothing to model"),
        ([0, 0], [0, 0], "pupils are 0 in every cell"),
        ([1, 2, 3], [10, 10, 10], r"pupils has shape \(3,\), the design 2 cells"),
    ],
)
def test_wrong_counts_are_named(events: list[float], pupils: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        logistic(events, pupils, plain_design([0, 1]))


def test_designs_say_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="sex has no cell at its reference 5"):
        design_matrix([Factor("sex", [0, 1], 5)])
    with pytest.raises(ValueError, match="give each a name of its own"):
        design_matrix([Factor("a", [0, 1]), Measure("a", [0, 1])])
    with pytest.raises(ValueError, match="name two or more of a, b"):
        design_matrix([Factor("a", [0, 1]), Measure("b", [0, 1])], interactions=[("a", "c")])
    with pytest.raises(ValueError, match="give one number of cells for all"):
        design_matrix([Factor("a", [0, 1]), Measure("b", [0, 1, 2])])
    with pytest.raises(ValueError, match="labels name the codes"):
        design_matrix([Factor("a", [0, 2], labels=("none", "some"))])
    with pytest.raises(ValueError, match="give one whole number for each cell"):
        design_matrix([Factor("a", [0, 0.5])])
    with pytest.raises(ValueError, match="factor is 'b'; the design has a"):
        design_matrix([Factor("a", [0, 1])]).at("b", 0)


def test_interactions_move_with_their_factor() -> None:
    design = design_matrix([Factor("a", [0, 1, 0, 1]), Factor("b", [0, 0, 1, 1])], interactions=[("a", "b")])
    assert design.names == ("constant", "a: 1", "b: 1", "a: 1 and b: 1")
    assert design.at("a", 1).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]]


def test_a_saturated_model_standardises_as_by_hand() -> None:
    design = design_matrix([Factor("a", [0, 1, 0, 1]), Factor("b", [0, 0, 1, 1])], interactions=[("a", "b")])
    k, n = np.array([10, 25, 12, 30]), np.array([200, 210, 60, 90])
    found = standardise(logistic(k, n, design, errors="model"), "a")
    share = np.array([410, 150]) / 560
    risk = np.array([share @ (k / n)[[0, 2]], share @ (k / n)[[1, 3]]])
    np.testing.assert_allclose(found.risk, risk, rtol=1e-9)
    p = k / n
    variance = [share**2 @ (p * (1 - p) / n)[at] for at in ([0, 2], [1, 3])]
    error = np.sqrt(sum(variance))
    assert found.difference_upper[1] - found.difference[1] == pytest.approx(
        1.959963984540054 * error, rel=1e-8
    )


def test_least_squares_are_least_squares() -> None:
    x, y = np.array([0.0, 1, 2, 3, 4, 5]), np.array([1.0, 2, 2, 4, 5, 4])
    found = linear(y, plain_design(x), errors="model")
    slope = ((x - x.mean()) @ y) / ((x - x.mean()) ** 2).sum()
    rest = y - y.mean() - slope * (x - x.mean())
    assert found.estimate[1] == pytest.approx(slope, rel=NEAR)
    assert found.error[1] == pytest.approx(np.sqrt((rest @ rest) / 4 / ((x - x.mean()) ** 2).sum()), rel=NEAR)
    assert found.freedom.tolist() == [4, 4]
    with pytest.raises(ValueError, match="there must be more"):
        linear([1, 2], plain_design([0, 1]), errors="model")


def test_a_sandwich_says_what_it_needs() -> None:
    x, w, s = [[1.0], [1.0]], [2.0, 2.0], [1.0, -1.0]
    with pytest.raises(ValueError, match="'HC0' without squares"):
        sandwich(x, w, s, kind="HC0")
    with pytest.raises(ValueError, match="'CR2' without clusters"):
        sandwich(x, w, s, kind="CR2")
    with pytest.raises(ValueError, match="'CR1S' needs more pupils than columns"):
        sandwich(x, w, s, kind="CR1S", cluster=[1, 2])
    with pytest.raises(ValueError, match="columns depend on one another"):
        sandwich([[1.0, 1.0], [1.0, 1.0]], w, s, kind="model")


def test_a_coefficient_is_asked_by_its_name() -> None:
    found = risk_differences(EVENTS, PUPILS, two())
    with pytest.raises(ValueError, match="name is 'boys'; choose one of constant, sex: 1"):
        found.coefficient("boys")
    with pytest.raises(ValueError, match="only a logarithm can be turned into a ratio"):
        found.ratio("sex: 1")


def test_a_reference_risk_that_rounding_left_of_0_has_no_ratio() -> None:
    design = design_matrix([Factor("need", [0, 1])])
    with pytest.raises(ValueError, match="has no ratio; use logistic or relative_risks"):
        standardise(risk_differences([0, 5], [10, 10], design), "need")
