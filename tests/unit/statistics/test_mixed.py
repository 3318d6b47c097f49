"""Edges and refusals of random intercepts, intersections and the variance between schools."""

from __future__ import annotations

import re

import numpy as np
import pytest

from onroll.statistics._mixed_edges import FAR_APART
from onroll.statistics.between_schools import variance_by_year
from onroll.statistics.design_matrix import Factor, Measure, design_matrix, plain_design
from onroll.statistics.intersections import maihda
from onroll.statistics.mixed import NO_VARIANCE, MixedModel, crossed_intercepts, random_intercept

EVENTS, PUPILS = [2, 9, 4, 15, 1, 8], [50, 60, 40, 80, 45, 70]


def fitted(events: list[float] | np.ndarray = EVENTS, **asked: object) -> MixedModel:
    return random_intercept(events, PUPILS, design_matrix([], cells=6), list("abcdef"), **asked)  # type: ignore[arg-type]


def test_groups_that_do_not_differ_have_no_variance_and_it_is_said() -> None:
    found = fitted(np.array(PUPILS) / 5 * 1.0)
    assert (found.estimate[0], found.lower[0], found.p_value[0]) == (0.0, 0.0, 1.0)
    assert found.note[0] == NO_VARIANCE
    assert 0 < found.upper[0] < 1
    assert found.effect[0].tolist() == [0.0] * 6
    assert found.vpc()[:2] == (0.0, 0.0)
    assert found.median_ratio()[:2] == (1.0, 1.0)
    assert found.beta[0] == pytest.approx(np.log(0.2 / 0.8), rel=1e-10)


def test_groups_without_or_of_nothing_but_events_stay_finite() -> None:
    found = fitted([0, 9, 40, 15, 0, 8])
    assert np.all(np.isfinite(found.effect[0]))
    assert np.isfinite(found.upper[0])
    assert found.effect[0][0] < 0


def test_effects_are_drawn_in_and_keep_the_order_of_groups() -> None:
    found = fitted()
    assert found.groups[0].tolist() == list("abcdef")
    share = np.array(EVENTS) / np.array(PUPILS)
    raw = np.log(share / (1 - share)) - found.beta[0]
    assert np.all(np.abs(found.effect[0]) < np.abs(raw))
    assert np.all(np.sign(found.effect[0]) == np.sign(raw))


def test_large_groups_are_no_trouble() -> None:
    events, pupils = np.array([2e5, 9e5, 4e5, 15e5]), np.array([50e5, 60e5, 40e5, 80e5])
    found = random_intercept(events, pupils, design_matrix([], cells=4), [1, 2, 3, 4])
    share = np.log(events / (pupils - events))
    assert found.estimate[0] == pytest.approx(share.var(), rel=1e-3)


def test_a_poisson_model_has_rates_and_no_share_of_variance() -> None:
    found = fitted([70, 9, 4, 15, 1, 8], family="poisson")
    assert found.median_ratio()[0] > 1
    with pytest.raises(ValueError, match="a share of variance is given for a logistic model only"):
        found.vpc()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"nodes": 3}, "nodes are 3; give 7 or more, or method='laplace'"),
        ({"family": "gamma"}, "family is 'gamma'; choose one of logistic, poisson"),
        ({"method": "reml"}, "method is 'reml'; choose one of quadrature, laplace"),
        ({"confidence": 95}, "confidence is 95"),
    ],
)
def test_what_is_asked_must_be_known(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fitted(**asked)


def test_one_group_has_no_variance_between_groups() -> None:
    with pytest.raises(ValueError, match="group has one group only"):
        random_intercept(EVENTS, PUPILS, design_matrix([], cells=6), [1] * 6)
    with pytest.raises(ValueError, match="other has one group only"):
        crossed_intercepts(EVENTS, PUPILS, design_matrix([], cells=6), range(6), [1] * 6)


def test_no_event_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no event"):
        fitted([0] * 6)


def test_crossed_groups_say_how_they_were_fitted() -> None:
    found = crossed_intercepts(EVENTS, PUPILS, design_matrix([], cells=6), list("aabbcc"), [0, 1] * 3)
    assert found.method == "logistic, Laplace"
    assert found.estimate.shape == found.p_value.shape == (2,)
    assert found.vpc(0)[0] + found.vpc(1)[0] < 1


def strata() -> tuple[np.ndarray, np.ndarray, list[Factor]]:
    rng = np.random.default_rng(3)
    a, b = (one.ravel() for one in np.meshgrid(np.arange(5), np.arange(3), indexing="ij"))
    pupils = rng.integers(40, 200, 15).astype(float)
    chance = 1 / (1 + np.exp(-(-1.5 + 0.3 * a - 0.2 * b + rng.normal(0, 0.4, 15))))
    return rng.binomial(pupils.astype(int), chance), pupils, [Factor("a", a), Factor("b", b)]


def test_cells_that_no_part_tells_apart_are_added_up() -> None:
    events, pupils, dimensions = strata()
    found = maihda(events, pupils, dimensions)
    split = [Factor(one.name, np.tile(np.asarray(one.codes), 2)) for one in dimensions]
    half = events // 2
    twice = maihda(
        np.concatenate([half, events - half]), np.concatenate([half + 10, pupils - half - 10]), split
    )
    assert twice.pcv == pytest.approx(found.pcv, rel=1e-8)
    np.testing.assert_allclose(twice.probability, found.probability, rtol=1e-8)


def test_strata_lie_between_what_was_seen_and_main_effects() -> None:
    events, pupils, dimensions = strata()
    found = maihda(events, pupils, dimensions)
    seen = events / pupils
    low, high = np.minimum(seen, found.main_probability), np.maximum(seen, found.main_probability)
    assert np.all((low - 1e-9 <= found.probability) & (found.probability <= high + 1e-9))
    assert np.all(
        (found.probability_lower < found.probability) & (found.probability < found.probability_upper)
    )
    assert found.labels[4] == "1, 1"
    assert found.lower < found.estimate < found.upper


def test_covariates_and_schools_are_in_both_models() -> None:
    events, pupils, dimensions = strata()
    twice = [Factor(one.name, np.tile(np.asarray(one.codes), 2)) for one in dimensions]
    year = np.repeat([0, 1], 15)
    both = np.concatenate([events, np.minimum(events + 3, pupils.astype(int))]), np.tile(pupils, 2)
    found = maihda(*both, twice, covariates=[Measure("year", year)])
    assert found.null.names == ("constant", "year")
    assert found.main.names[-1] == "year"
    assert found.pupils.sum() == 2 * pupils.sum()
    schools = maihda(*both, twice, school=np.arange(30) % 6)
    assert schools.method == "logistic, Laplace"
    assert len(schools.null.groups) == 2


def test_strata_that_do_not_differ_have_no_share_to_explain() -> None:
    dimensions = [Factor("a", [0, 0, 1, 1]), Factor("b", [0, 1, 0, 1])]
    found = maihda([10, 20, 30, 40], [100, 200, 300, 400], dimensions)
    assert found.estimate == 0.0
    assert np.isnan(found.pcv)
    assert found.note.startswith("strata do not differ in the null model")


def test_maihda_needs_an_intersection() -> None:
    with pytest.raises(ValueError, match="dimensions are 1"):
        maihda([1, 2], [10, 10], [Factor("a", [0, 1])])
    with pytest.raises(ValueError, match=r"events have shape \(2,\), part 2 \(3,\)"):
        maihda([1, 2], [10, 10], [Factor("a", [0, 1]), Factor("b", [0, 1, 0])])


def test_years_are_named_when_they_cannot_be_fitted() -> None:
    design = design_matrix([], cells=6)
    with pytest.raises(ValueError, match="year has one value only"):
        variance_by_year(EVENTS, PUPILS, design, list("abcabc"), [2024] * 6)
    with pytest.raises(ValueError, match="year 2023 has one school only"):
        variance_by_year(EVENTS, PUPILS, design, list("abcdda"), [2024] * 4 + [2023, 2024])
    with pytest.raises(ValueError, match=r"year 2023: .*no event"):
        variance_by_year([2, 9, 4, 0, 0, 0], PUPILS, design, list("abcabc"), [2024] * 3 + [2023] * 3)


def test_equal_years_have_no_change() -> None:
    found = variance_by_year(
        EVENTS * 2, PUPILS * 2, design_matrix([], cells=12), list("abcdef") * 2, [1] * 6 + [2] * 6
    )
    assert found.change == pytest.approx(0.0, abs=1e-9)
    assert found.change_lower < 0 < found.change_upper
    assert found.p_value == pytest.approx(1.0, abs=1e-6)
    assert found.common == pytest.approx(found.estimate[0], rel=1e-4)


ALL_OR_NOTHING = [0, 60, 0, 80, 0, 70]


@pytest.mark.parametrize("method", ["quadrature", "laplace"])
@pytest.mark.parametrize("pupils", [PUPILS, [1] * 6, [10_000] * 6])
def test_groups_of_all_or_nothing_have_no_variance_that_fits_best(method: str, pupils: list[int]) -> None:
    events = [0, pupils[1], 0, pupils[3], 0, pupils[5]]
    with pytest.raises(ValueError, match=r"group: each has no event, or nothing but events; .*has no bound"):
        random_intercept(events, pupils, design_matrix([], cells=6), list("abcdef"), method=method)


def test_all_or_nothing_is_refused_wherever_intercepts_are() -> None:
    design = design_matrix([], cells=6)
    with pytest.raises(ValueError, match="group: each has no event"):
        crossed_intercepts(ALL_OR_NOTHING, [50, 60, 40, 80, 45, 70], design, list("abcdef"), list("aabbcc"))
    with pytest.raises(ValueError, match="year 1: school: each has no event"):
        variance_by_year(
            ALL_OR_NOTHING * 2, [*PUPILS[:1], 60, 40, 80, 45, 70, *PUPILS], design_matrix([], cells=12),
            list("abcdef") * 2, [1] * 6 + [2] * 6,
        )  # fmt: skip
    with pytest.raises(ValueError, match="group: each has no event"):
        maihda([0, 60, 0, 80], [50, 60, 40, 80], [Factor("a", [0, 1, 0, 1]), Factor("b", [0, 0, 1, 1])])


@pytest.mark.parametrize("method", ["quadrature", "laplace"])
def test_groups_told_apart_by_the_design_have_no_bound_either(method: str) -> None:
    """In every group those above its own line have the event, and those below have not."""
    x = np.tile([0.0, 1.0], 8)
    events = np.array([0, 0, 0, 20, 20, 20, 0, 20] * 2)
    with pytest.raises(ValueError, match=r"passes 2500|no clear top|no bound|tell without fail"):
        random_intercept(events, [20] * 16, plain_design(x), np.repeat(np.arange(8), 2), method=method)


def test_a_very_large_variance_is_noted() -> None:
    """By numerical integration on 40,000 points the greatest likelihood is at a variance of 505.7."""
    found = fitted([0, 60, 0, 79, 0, 70], nodes=151)
    assert found.estimate[0] == pytest.approx(505.7, rel=0.03)
    assert found.note[0] == FAR_APART


@pytest.mark.parametrize("method", ["quadrature", "laplace"])
@pytest.mark.parametrize("events", [[0, 0, 0, 0, 0, 10_000_000], [0, 10_000, 0, 10_000, 0, 10_000]])
def test_extreme_counts_are_a_noted_result_or_an_error_of_ours(method: str, events: list[int]) -> None:
    try:
        found = random_intercept(
            events,
            [10_000_000] * 6,
            design_matrix([], cells=6),
            list("abcdef"),
            family="poisson",
            method=method,
        )
    except ValueError as error:
        assert re.search("passes 2500|no clear top|no bound|no top", str(error))  # noqa: PT017
    else:
        assert found.note[0] == FAR_APART
        assert found.lower[0] < found.estimate[0] < found.upper[0]


def test_without_a_constant_intercepts_are_spread_about_none() -> None:
    """A lone constant put in as a measure is the model with a constant; without any, the spread takes the mean up."""
    events, pupils, group = [2, 9, 4, 15, 1, 8], [50, 60, 40, 80, 45, 70], list("abcdef")
    with_one = random_intercept(events, pupils, design_matrix([], cells=6), group)
    as_measure = random_intercept(events, pupils, plain_design([1.0] * 6, ["one"], constant=False), group)
    assert as_measure.estimate[0] == pytest.approx(with_one.estimate[0], rel=1e-8)
    none = random_intercept(events, pupils, plain_design([1, -1, 1, -1, 1, -1], constant=False), group)
    assert np.isfinite([none.estimate[0], none.lower[0], none.upper[0], none.beta[0]]).all()
    assert none.estimate[0] > 2 * with_one.estimate[0]
    assert none.log_likelihood < with_one.log_likelihood


@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_labels_are_refused_with_their_place(missing: object) -> None:
    design, gone = design_matrix([], cells=6), ["a", "b", missing, "d", "e", "f"]
    for asked in (
        lambda: random_intercept(EVENTS, PUPILS, design, gone),  # type: ignore[arg-type]
        lambda: crossed_intercepts(EVENTS, PUPILS, design, gone, list("aabbcc")),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match=r"group\[2\] is (None|nan)"):
            asked()
    with pytest.raises(ValueError, match=r"year\[1\] is (None|nan)"):
        variance_by_year(EVENTS, PUPILS, design, list("abcabc"), [1, missing, 1, 2, 2, 2])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"school\[2\] is (None|nan)"):
        variance_by_year(EVENTS, PUPILS, design, gone, [1, 1, 1, 2, 2, 2])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"school\[1\] is (None|nan)"):
        maihda([1, 2], [9, 9], [Factor("a", [0, 1]), Factor("b", [0, 1])], school=["x", missing])  # type: ignore[list-item]


@pytest.mark.parametrize("nodes", [7.5, "9", True, 3, 1000, float("nan")])
def test_nodes_are_whole_numbers_within_bounds(nodes: object) -> None:
    design = design_matrix([], cells=6)
    with pytest.raises(ValueError, match=r"nodes are"):
        random_intercept(EVENTS, PUPILS, design, list("abcdef"), nodes=nodes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"nodes are"):
        variance_by_year(EVENTS, PUPILS, design, list("abcabc"), [1, 1, 1, 2, 2, 2], nodes=nodes)  # type: ignore[arg-type]


def test_other_things_than_asked_for_are_refused_in_words() -> None:
    for asked in (
        lambda: random_intercept(EVENTS, PUPILS, None, list("abcdef")),  # type: ignore[arg-type]
        lambda: variance_by_year(EVENTS, PUPILS, None, list("abcabc"), [1, 1, 1, 2, 2, 2]),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="design is None; give what design_matrix"):
            asked()
    with pytest.raises(ValueError, match=r"dimensions\[1\] is .*give a Factor"):
        maihda([1, 2], [9, 9], [Factor("a", [0, 1]), "b"])  # type: ignore[list-item]


def test_blocks_of_groups_are_the_same_as_all_groups_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many cells are worked out at a time is nothing to the answer."""
    rng = np.random.default_rng(5)
    group, pupils = np.repeat(np.arange(60), 3), rng.integers(5, 40, 180)
    design = plain_design(rng.normal(size=180))
    events = rng.binomial(pupils, 1 / (1 + np.exp(1 - rng.normal(0, 0.6, 60)[group])))
    found = []
    for cells in (1, 7, 10_000):
        monkeypatch.setattr("onroll.statistics._quadrature.CELLS", cells)
        found.append(random_intercept(events, pupils, design, group))
    for other in found[1:]:
        np.testing.assert_allclose(other.estimate, found[0].estimate, rtol=1e-9)
        np.testing.assert_allclose([other.lower, other.upper], [found[0].lower, found[0].upper], rtol=1e-5)
        np.testing.assert_allclose(other.beta_error, found[0].beta_error, rtol=1e-9)


def test_a_kind_of_group_that_is_not_there_is_refused() -> None:
    found = fitted()
    for asked in (found.vpc, found.median_ratio):
        with pytest.raises(ValueError, match=r"kind is 1; give a whole number from 0 to 0"):
            asked(1)
    with pytest.raises(ValueError, match="covariates are None"):
        maihda([1, 2], [9, 9], [Factor("a", [0, 1]), Factor("b", [0, 1])], covariates=None)  # type: ignore[arg-type]
