"""Staggered adoption beside differences of means written out, strata written out, and a known truth."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.staggered import staggered_adoption

DATA = Path(__file__).resolve().parents[2] / "data" / "validation" / "P16_staggered_mpdta" / "mpdta.csv"
NEAR = 1e-9  # the same differences of means of hundreds of numbers, added in another order
LOGIT = 1e-6  # a logistic regression of cells, stopped by the library at its own tolerance
LOW, HIGH = 0.925, 0.975  # 400 intervals of 95 per cent: 0.95 give or take 2.3 errors of 0.011

Table = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def rows() -> Table:
    with DATA.open(newline="", encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in every]) for name in every[0]}


def by_hand(rows: Table, control: str) -> dict[tuple[float, float], tuple[float, float]]:
    """Effect and error of every cell: two means of long differences, and their variances over units."""
    order = np.lexsort((rows["year"], rows["countyreal"]))
    years = np.unique(rows["year"])
    y = rows["lemp"][order].reshape(-1, years.size)
    group = rows["first.treat"][order].reshape(-1, years.size)[:, 0]
    found = {}
    for g in np.unique(group[group > 0]):
        for at in range(1, years.size):
            base = at - 1 if years[at] < g else int(np.searchsorted(years, g)) - 1
            change = y[:, at] - y[:, base]
            until = max(years[at], years[base])
            beside = (group == 0) | ((group > until) & (group != g) & (control == "not yet treated"))
            two = [change[group == g], change[beside]]
            error = np.sqrt(sum(one.var() / one.size for one in two))
            found[float(g), float(years[at])] = (float(two[0].mean() - two[1].mean()), float(error))
    return found


@pytest.mark.parametrize("control", ["never treated", "not yet treated"])
def test_every_cell_is_two_differences_of_means(rows: Table, control: str) -> None:
    found = staggered_adoption(
        rows["lemp"], rows["countyreal"], rows["year"], rows["first.treat"], control=control
    )
    hand = by_hand(rows, control)
    cells = list(zip(found.group, found.period, strict=True))
    assert set(cells) == set(hand)
    np.testing.assert_allclose(found.effects, [hand[cell][0] for cell in cells], atol=NEAR)
    np.testing.assert_allclose(found.effect_errors, [hand[cell][1] for cell in cells], atol=NEAR)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), found.effect_errors, atol=NEAR)


def test_averages_that_the_library_publishes_are_ours(rows: Table) -> None:
    """diff-diff's own averages, by its own weights, from a fit of its own."""
    pandas, diff_diff = pytest.importorskip("pandas"), pytest.importorskip("diff_diff")
    fit = diff_diff.CallawaySantAnna(control_group="not_yet_treated").fit(
        pandas.DataFrame(rows), outcome="lemp", unit="countyreal", time="year", first_treat="first.treat"
    )
    ours = staggered_adoption(rows["lemp"], rows["countyreal"], rows["year"], rows["first.treat"])
    event, group = fit.aggregate("event_study"), fit.aggregate("group")
    assert (ours.estimate, ours.error) == pytest.approx((fit.overall_att, fit.overall_se), rel=NEAR)
    np.testing.assert_allclose(ours.since_treatment.effects, event.att, rtol=NEAR)
    np.testing.assert_allclose(ours.since_treatment.covariance, event.vcov, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(ours.by_cohort.effects, group.att, rtol=NEAR)
    np.testing.assert_allclose(ours.by_cohort.effect_errors, group.se, rtol=NEAR)


def test_a_covariate_of_two_values_is_two_strata_weighed_by_the_treated() -> None:
    """Doubly robust with a model that has a level for each stratum is the comparison within strata."""
    rng = np.random.default_rng(5)
    stratum = np.repeat(np.arange(160) % 2, 4)
    unit, period = np.repeat(np.arange(160), 4), np.tile(np.arange(1, 5), 160)
    first = np.repeat(np.where(rng.random(160) < 0.3 + 0.3 * (np.arange(160) % 2), 3, 0), 4)
    y = rng.normal(size=640) + stratum * period
    found = staggered_adoption(y, unit, period, first, covariates=stratum.astype(float))
    table, own = y.reshape(160, 4), first.reshape(160, 4)[:, 0] == 3
    change, of = table[:, 3] - table[:, 1], np.arange(160) % 2
    hand = sum(
        (change[own & (of == s)].mean() - change[~own & (of == s)].mean())
        * (own & (of == s)).sum()
        / own.sum()
        for s in (0, 1)
    )
    assert found.effects[found.period == 4][0] == pytest.approx(hand, abs=LOGIT)


@pytest.mark.slow
def test_limits_hold_a_known_truth_as_often_as_they_say() -> None:
    rng, held, rejected = np.random.default_rng(16), np.zeros(5), 0
    unit, period = np.repeat(np.arange(90), 6), np.tile(np.arange(1, 7), 90)
    begun = np.array([0, 3, 5])[np.arange(90) % 3]
    first = np.repeat(begun, 6)
    effect = np.where((first > 0) & (period >= first), 0.5 + 0.25 * (period - first) * (first == 3), 0.0)
    mean = (
        4 * 0.5 + 0.25 * 6 + 2 * 0.5
    ) / 6  # four periods of one cohort, two of the other, equally many units
    for _ in range(400):
        own = np.repeat(rng.normal(size=90), 6)
        found = staggered_adoption(own + period**2 + effect + rng.normal(size=540), unit, period, first)
        since, cohort, year = found.since_treatment, found.by_cohort, found.by_period
        now, then = (int(np.flatnonzero(since.at == at)[0]) for at in (0, 1))
        limits = [
            (found.lower, mean, found.upper),
            (since.effect_lower[now], 0.5, since.effect_upper[now]),
            (since.effect_lower[then], (0.75 + 0.5) / 2, since.effect_upper[then]),
            (cohort.effect_lower[0], 0.5 + 0.25 * 1.5, cohort.effect_upper[0]),
            (year.effect_lower[-1], (1.25 + 0.5) / 2, year.effect_upper[-1]),
        ]
        held += [low <= truth <= high for low, truth, high in limits]
        rejected += found.before.p_value < 0.05
    assert np.all((held / 400 > LOW) & (held / 400 < HIGH)), held / 400
    assert rejected / 400 < 0.09
