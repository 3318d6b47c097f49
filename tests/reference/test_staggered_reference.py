"""Staggered adoption beside differences of means written out, R's glm and lm, strata written out, and a known truth."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from onroll.statistics.staggered import Staggered, staggered_adoption

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "data" / "validation" / "P16_staggered_mpdta" / "mpdta.csv"
NEAR = 1e-9  # the same differences of means of hundreds of numbers, added in another order
DERIVED = 1e-8  # errors that R has from numerical derivatives
SEARCHED = 1e-7  # csdid's logistic regression, stopped at its own tolerance
PRINTED = 5e-5  # four decimals
LOW, HIGH = 0.925, 0.975  # 400 intervals of 95 per cent: 0.95 give or take 2.3 errors of 0.011

Table = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def rows() -> Table:
    return numbers_of(DATA)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbers_of(path: Path) -> Table:
    every = lines(path)
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


def with_covariates(data: str, control: str) -> Staggered:
    """The three sets of staggered.R."""
    if data == "unused":
        x = np.repeat([0.0, 1.0, 2.0, 0.0, 1.0, 2.0], [20, 60, 600, 60, 10, 1])
        y = np.column_stack([np.zeros(x.size), np.sin(np.arange(1, x.size + 1)) + x**2])
        unit, period = np.repeat(np.arange(x.size), 2), np.tile([1, 2], x.size)
        first = np.where(unit < 680, 2.0, 0.0)
        return staggered_adoption(y.ravel(), unit, period, first, covariates=np.repeat(x, 2), control=control)
    if data == "drawn":
        rows = numbers_of(HERE / "staggered_rows.csv")
        names, covariates = ("y", "unit", "period", "first"), np.column_stack([rows["a"], rows["b"]])
    else:
        rows, people = numbers_of(DATA), numbers_of(HERE / "staggered_population.csv")
        names = ("lemp", "countyreal", "year", "first.treat")
        order = np.argsort(people["countyreal"])
        place = np.searchsorted(people["countyreal"], rows["countyreal"], sorter=order)
        covariates = people["lpop"][order][place]
    return staggered_adoption(*(rows[name] for name in names), covariates=covariates, control=control)


@pytest.mark.parametrize("control", ["never treated", "not yet treated"])
@pytest.mark.parametrize("data", ["wages", "drawn", "unused"])
def test_cells_with_covariates_are_those_of_r(data: str, control: str) -> None:
    """Effects by glm and lm, errors by stacked equations; R says which cells have a chance of 0.999 or more."""
    found = with_covariates(data, control)
    expected = [
        row for row in lines(HERE / "staggered.csv") if (row["data"], row["control"]) == (data, control)
    ]
    assert [(float(row["group"]), float(row["period"])) for row in expected] == list(
        zip(found.group, found.period, strict=True)
    )
    had = np.array([float(row["most"]) < 0.999 for row in expected])
    assert np.array_equal(had, np.isfinite(found.effects))
    assert set(found.cell_note[~had]) <= {"covariates leave no control alike"}
    effects, errors = (np.array([float(row[name]) for row in expected]) for name in ("effect", "error"))
    np.testing.assert_allclose(found.effects[had], effects[had], rtol=NEAR, atol=NEAR)
    np.testing.assert_allclose(found.effect_errors[had], errors[had], rtol=DERIVED)


def averages(found: Staggered) -> Iterator[tuple[str, float, float]]:
    yield "all cells", found.estimate, found.error
    for name, one in (
        ("since treatment", found.since_treatment),
        ("by cohort", found.by_cohort),
        ("by period", found.by_period),
    ):
        yield name, one.estimate, one.error


@pytest.mark.parametrize("control", ["never treated", "not yet treated"])
@pytest.mark.parametrize("data", ["wages", "drawn"])
def test_averages_with_covariates_are_those_of_csdid(data: str, control: str) -> None:
    expected = {
        row["average"]: (float(row["effect"]), float(row["error"]))
        for row in lines(HERE / "staggered_averages.csv")
        if (row["data"], row["control"]) == (data, control)
    }
    for name, estimate, error in averages(with_covariates(data, control)):
        assert (estimate, error) == pytest.approx(expected.pop(name), rel=SEARCHED), name
    assert not expected


def test_minimum_wages_given_population_are_as_published() -> None:
    """Callaway and Sant'Anna's example, R's did with ~lpop: as its articles print effects, and the chance of the test
    before (0.23267), which rests on the covariance of all cells."""
    found = with_covariates("wages", "never treated")
    printed = [
        -0.0145,
        -0.0764,
        -0.1404,
        -0.1069,
        -0.0005,
        -0.0062,
        0.0010,
        -0.0413,
        0.0267,
        -0.0046,
        -0.0284,
        -0.0288,
    ]
    np.testing.assert_allclose(found.effects, printed, atol=PRINTED)
    since = [0.0267, -0.0036, -0.0232, -0.0211, -0.0530, -0.1404, -0.1069]
    np.testing.assert_allclose(found.since_treatment.effects, since, atol=PRINTED)
    assert found.since_treatment.estimate == pytest.approx(-0.0804, abs=PRINTED)
    assert found.before.p_value == pytest.approx(0.23267, abs=5e-6)


def test_under_strong_selection_the_weights_of_controls_add_up_to_one() -> None:
    """A change curved in x leaves something beyond the line, so that weights count; their sum is not the treated's."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=120)
    own = rng.random(120) < 1 / (1 + np.exp(0.5 - 1.2 * x))
    change = 0.5 * x**2 + rng.normal(size=120) * 0.5 + own
    unit, first = np.repeat(np.arange(120), 2), np.repeat(np.where(own, 2, 0), 2)
    y = np.column_stack([np.zeros(120), change]).ravel()
    found = staggered_adoption(y, unit, np.tile([1, 2], 120), first, covariates=np.repeat(x, 2))
    models = pytest.importorskip("statsmodels.api")
    both = np.column_stack([np.ones(120), x])
    chance = models.GLM(own * 1.0, both, family=models.families.Binomial()).fit(tol=1e-12).predict()
    beyond = change - both @ np.linalg.lstsq(both[~own], change[~own], rcond=None)[0]
    odds = np.where(own, 0.0, chance / (1 - chance))
    assert abs(odds.sum() / own.sum() - 1) > 0.05
    hand = beyond[own].mean() - np.average(beyond, weights=odds)
    assert found.estimate == pytest.approx(hand, abs=NEAR)


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
    assert found.effects[found.period == 4][0] == pytest.approx(hand, abs=NEAR)


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


@pytest.mark.slow
@pytest.mark.parametrize("right", ["chances", "changes", "both"])
def test_limits_given_covariates_hold_the_truth_where_either_model_is_right(right: str) -> None:
    """Units with more of x change more and are treated more often; without covariates the truth is missed."""
    rng, held, bare = np.random.default_rng(2020), 0, 0
    units = 300
    unit, period = np.repeat(np.arange(units), 3), np.tile([1, 2, 3], units)
    for run in range(400):
        x = rng.normal(size=units)
        logit = 0.6 * x - 0.3 if right != "changes" else 0.5 * x + 0.3 * np.abs(x) - 0.5
        began = np.where(rng.random(units) < 1 / (1 + np.exp(-logit)), rng.choice([2, 3], units), 0)
        trend = x if right != "chances" else x + 0.5 * x**2
        under = (began[:, None] > 0) & (np.array([1, 2, 3]) >= began[:, None])
        y = (
            rng.normal(size=(units, 1))
            + trend[:, None] * np.array([1, 2, 3])
            + rng.normal(size=(units, 3))
            + under
        )
        rows = y.ravel(), unit, period, np.repeat(began, 3)
        given = staggered_adoption(*rows, covariates=np.repeat(x, 3))
        held += given.lower <= 1 <= given.upper
        if run < 100:
            without = staggered_adoption(*rows)
            bare += without.lower <= 1 <= without.upper
    assert LOW < held / 400 < HIGH, held / 400
    assert bare / 100 < 0.5
