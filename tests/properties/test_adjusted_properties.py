"""What must hold of adjusted models, their errors and random intercepts, whatever the counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onroll.statistics._model_limits import NOTHING_VARIES
from onroll.statistics.adjusted import logistic, relative_risks, risk_differences
from onroll.statistics.adjusted_counts import event_rates
from onroll.statistics.design_matrix import Design, Factor, design_matrix
from onroll.statistics.marginal import standardise
from onroll.statistics.mixed import random_intercept

NEAR = 1e-7  # two ways to one answer, each to rounding of a fit
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a fit is too slow to shrink by thousands
FEW = settings(max_examples=25, deadline=None, phases=PHASES)
SCHOOL, GROUP, NEED = (
    one.ravel() for one in np.meshgrid(np.arange(4), np.arange(3), np.arange(2), indexing="ij")
)
CELLS = SCHOOL.size
counts = st.lists(st.tuples(st.integers(2, 40), st.floats(0.1, 0.9)), min_size=CELLS, max_size=CELLS).map(
    lambda pairs: (
        np.array([min(max(round(n * share), 1), n - 1) for n, share in pairs], dtype=float),
        np.array([float(n) for n, _ in pairs]),
    )
)
kinds = st.sampled_from(["model", "HC0", "HC1", "CR0", "CR1", "CR1S", "CR2"])
models = st.sampled_from([logistic, relative_risks, risk_differences])


def design(reference: int = 0, at: np.ndarray | None = None) -> Design:
    group, need = (GROUP, NEED) if at is None else (GROUP[at], NEED[at])
    return design_matrix([Factor("group", group, reference), Factor("need", need)])


@FEW
@given(counts, kinds, models)
def test_cells_are_rows_of_pupils(cells, kind, model) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    at = np.concatenate(
        [np.repeat(np.arange(CELLS), k.astype(int)), np.repeat(np.arange(CELLS), (n - k).astype(int))]
    )
    outcome = np.repeat([1.0, 0.0], [int(k.sum()), int((n - k).sum())])
    whole = model(k, n, design(), school=SCHOOL, errors=kind)
    rows = model(outcome, np.ones(outcome.size), design(at=at), school=SCHOOL[at], errors=kind)
    np.testing.assert_allclose(rows.estimate, whole.estimate, rtol=NEAR, atol=NEAR)
    np.testing.assert_allclose(rows.error, whole.error, rtol=NEAR, atol=NEAR)
    np.testing.assert_allclose(rows.freedom, whole.freedom, rtol=1e-5)


@FEW
@given(counts, kinds, st.randoms(use_true_random=False))
def test_the_order_of_cells_is_nothing(cells, kind, random) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    order = np.array(random.sample(range(CELLS), CELLS))
    one = logistic(k, n, design(), school=SCHOOL, errors=kind)
    other = logistic(k[order], n[order], design(at=order), school=SCHOOL[order], errors=kind)
    np.testing.assert_allclose(other.estimate, one.estimate, rtol=NEAR, atol=NEAR)
    np.testing.assert_allclose(other.error, one.error, rtol=NEAR)


@FEW
@given(counts, kinds, models)
def test_another_reference_turns_a_comparison_round(cells, kind, model) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    one = model(k, n, design(0), school=SCHOOL, errors=kind).coefficient("group: 1")
    other = model(k, n, design(1), school=SCHOOL, errors=kind).coefficient("group: 0")
    np.testing.assert_allclose([-other[0], -other[2], -other[1]], one, rtol=1e-5, atol=1e-6)


@FEW
@given(counts, kinds)
def test_wider_confidence_is_wider_and_holds_the_estimate(cells, kind) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    narrow, wide = (
        logistic(k, n, design(), school=SCHOOL, errors=kind, confidence=level) for level in (0.8, 0.99)
    )
    assert np.all((wide.lower <= narrow.lower) & (narrow.lower <= narrow.estimate))
    assert np.all((narrow.estimate <= narrow.upper) & (narrow.upper <= wide.upper))


@FEW
@given(counts)
def test_a_school_of_each_pupil_is_no_school(cells) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    at = np.concatenate(
        [np.repeat(np.arange(CELLS), k.astype(int)), np.repeat(np.arange(CELLS), (n - k).astype(int))]
    )
    outcome = np.repeat([1.0, 0.0], [int(k.sum()), int((n - k).sum())])
    alone = logistic(
        outcome, np.ones(outcome.size), design(at=at), school=np.arange(outcome.size), errors="CR0"
    )
    np.testing.assert_allclose(alone.error, logistic(k, n, design(), errors="HC0").error, rtol=NEAR)


@FEW
@given(counts, st.sampled_from(["all", "group"]))
def test_standardised_risks_stay_between_0_and_1_and_agree(cells, over) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    found = standardise(logistic(k, n, design(), school=SCHOOL), "group", over=over)
    alike = found.note == NOTHING_VARIES  # every school has the same risk: no error of schools, and no limits
    assert np.all(alike | ((found.risk_lower >= 0) & (found.risk_lower <= found.risk)))
    assert np.all(alike | ((found.risk <= found.risk_upper) & (found.risk_upper <= 1)))
    np.testing.assert_allclose(found.estimate, found.risk / found.reference_risk, rtol=NEAR)
    np.testing.assert_allclose(found.difference, found.risk - found.reference_risk, atol=NEAR)
    if over == "group":  # a logistic model with a column for each group gives back the risk seen
        seen = np.bincount(GROUP, k) / np.bincount(GROUP, n)
        np.testing.assert_allclose(found.risk, seen, rtol=NEAR)


@FEW
@given(counts)
def test_rates_of_single_events_are_relative_risks(cells) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    one = event_rates(k, n, design(), squares=k, errors="HC0")
    other = relative_risks(k, n, design(), errors="HC0")
    np.testing.assert_allclose(one.estimate, other.estimate, rtol=NEAR, atol=NEAR)
    np.testing.assert_allclose(one.error, other.error, rtol=NEAR)


@pytest.mark.slow
@FEW
@given(counts)
def test_a_variance_is_inside_its_limits_and_cells_split_are_cells(cells) -> None:  # type: ignore[no-untyped-def]
    k, n = cells
    one = random_intercept(k, n, design(), SCHOOL)
    assert 0 <= one.lower[0] <= one.estimate[0] <= one.upper[0]
    assert 0 <= one.p_value[0] <= 1
    assert one.log_likelihood >= one.log_likelihood_without[0] - 1e-9
    half = np.floor(k / 2)
    twice = np.tile(np.arange(CELLS), 2)
    pupils = np.concatenate([half, n - half])
    split = random_intercept(np.concatenate([half, k - half]), pupils, design(at=twice), SCHOOL[twice])
    np.testing.assert_allclose(split.estimate, one.estimate, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(split.upper, one.upper, rtol=1e-4)
