"""Interrupted series: known answers, what is drawn, edges, refusals in words, chance under no step."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import interrupted_series

EXACT = 1e-9  # noiseless series are fitted but for rounding
COUNTED = 1e-3  # counts rounded to whole numbers at a million a period
TIME = np.arange(1.0, 25.0)
AFTER = np.arange(24) >= 12


def counted(step: float = -0.3, slope: float = 0.0) -> np.ndarray:
    later = AFTER * (TIME - 12)
    return np.round(1e6 * np.exp(0.01 * TIME + step * AFTER + slope * later + 0.1 * np.sin(np.pi * TIME / 3)))


def test_the_step_that_made_a_series_is_found() -> None:
    found = interrupted_series(counted(), 12, season=6)
    assert found.estimate == pytest.approx(np.exp(-0.3), rel=COUNTED)
    assert found.change("trend").estimate == pytest.approx(np.exp(0.01), rel=COUNTED)
    np.testing.assert_allclose(found.fitted, counted(), rtol=COUNTED)
    np.testing.assert_allclose(found.counterfactual[~AFTER], found.fitted[~AFTER])
    np.testing.assert_allclose(found.counterfactual[AFTER] * np.exp(-0.3), counted()[AFTER], rtol=COUNTED)
    assert found.prevented is not None
    assert found.prevented.estimate == pytest.approx((found.counterfactual - found.fitted)[AFTER].sum())
    assert found.method == "quasi-poisson, model errors, z limits"
    assert [one.name for one in fields(found)][:5] == ["estimate", "lower", "upper", "confidence", "method"]


def test_step_and_change_of_slope_are_told_apart() -> None:
    found = interrupted_series(counted(-0.2, 0.03), AFTER, season=6, slope_change=True)
    assert found.slope_change is not None
    assert found.estimate == pytest.approx(np.exp(-0.2), rel=COUNTED)
    assert found.slope_change.estimate == pytest.approx(np.exp(0.03), rel=COUNTED)


def test_what_changed_for_both_is_taken_out() -> None:
    found = interrupted_series(counted(-0.5), 12, comparison=counted(-0.2) // 3, season=6)
    assert found.estimate == pytest.approx(np.exp(-0.3), rel=COUNTED)
    np.testing.assert_allclose(found.counterfactual[AFTER] * np.exp(-0.3), counted(-0.5)[AFTER], rtol=COUNTED)
    assert "comparison: step" in found.names


def test_a_window_of_closed_schools_moves_nothing() -> None:
    closed = (TIME > 15) & (TIME < 19)
    events = np.where(closed, 17.0, counted())
    for way, columns in (("own level", 1), ("left out", 0)):
        found = interrupted_series(events, 12, season=6, window=closed, in_window=way)
        assert found.estimate == pytest.approx(np.exp(-0.3), rel=COUNTED)
        assert sum(name.startswith("window") for name in found.names) == columns
        assert found.prevented is not None
        kept = AFTER & ~closed
        assert found.prevented.estimate == pytest.approx((found.counterfactual - found.fitted)[kept].sum())
        assert found.used.sum() == (24 if columns else 21)


def test_each_stretch_is_a_window_of_its_own() -> None:
    window = np.isin(TIME, [3, 4, 20])
    found = interrupted_series(counted(), 12, season=6, window=window)
    assert [name for name in found.names if "window" in name] == ["window 1", "window 2"]


def test_rates_exactly_on_a_line_have_their_step() -> None:
    found = interrupted_rates(3.0 + 0.5 * TIME - 2.0 * AFTER + np.where(TIME % 2, 1e-9, -1e-9), 12)
    assert found.estimate == pytest.approx(-2.0, abs=EXACT * 10)
    assert found.prevented is None
    assert found.scale == "difference"
    assert found.method.endswith("t limits")


def test_t_limits_are_wider_than_z() -> None:
    z, t = (interrupted_series(counted(), 12, distribution=one) for one in ("z", "t"))
    assert t.lower < z.lower < z.upper < t.upper
    assert t.estimate == z.estimate


def test_prais_winsten_ends_at_the_rho_of_its_own_residuals() -> None:
    rng = np.random.default_rng(4)
    noise = np.zeros(60)
    for at in range(1, 60):
        noise[at] = 0.6 * noise[at - 1] + rng.normal()
    found = interrupted_rates(10 + noise, 30, errors="prais-winsten")
    left = 10 + noise - found.fitted
    assert found.rho == pytest.approx((left[1:] @ left[:-1]) / (left[:-1] @ left[:-1]), abs=1e-9)
    both = interrupted_rates(10 + noise, 30, errors="prais-winsten", comparison=20 + 2 * noise[::-1])
    assert 0 < both.rho < 1


def test_events_spread_no_wider_than_poisson_have_no_alpha() -> None:
    found = interrupted_series(counted(), 12, season=6, family="negative binomial")
    plain = interrupted_series(counted(), 12, season=6, family="poisson")
    assert found.alpha == 0
    np.testing.assert_allclose(found.coefficients, plain.coefficients, atol=EXACT)


def test_a_smaller_model_is_set_beside_a_larger_one() -> None:
    noisy = np.random.default_rng(1).poisson(counted(-0.2, 0.03) / 1e4)
    small, large = (interrupted_series(noisy, 12, slope_change=one) for one in (False, True))
    ratio, more, free, chance = large.against(small)
    assert (more, free) == (1, 20)
    assert 0 < chance < 0.5
    assert ratio > 0
    with pytest.raises(ValueError, match="smaller is no smaller model"):
        small.against(large)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"events": np.zeros(24)}, r"^events is 0 in every period"),
        (
            {"events": np.where(AFTER, 0.0, 5.0)},
            r"^events is 0 in all 12 periods after; its ratio has no limits",
        ),
        ({"events": [1.0, -1.0]}, r"^events\[1\] is -1; give a whole number"),
        ({"events": np.full(24, np.nan)}, r"^events\[0\] is nan; give a finite number"),
        ({"events": np.ones((2, 3))}, r"^events has shape \(2, 3\); give one count a period"),
        (
            {"after": 0},
            r"^after is 0 in a series of 24 periods; give the first period of the intervention, 1 to 23",
        ),
        ({"after": 24}, r"^after is 24"),
        ({"after": ~AFTER}, r"^after turns back to False"),
        ({"after": np.ones(24, dtype=bool)}, r"^after is True throughout"),
        ({"after": np.zeros(24, dtype=bool)}, r"^after is False throughout"),
        ({"after": 1}, r"^before has 1 period outside the windows; 2 or more"),
        ({"after": 23, "slope_change": True}, r"^after has 1 period .* tell a trend"),
        ({"window": AFTER}, r"^after has 0 periods outside the windows"),
        ({"window": np.ones(23, dtype=bool)}, r"^window has shape \(23,\)"),
        ({"season": 25}, r"^season is 25 periods in a series of 24; a season cannot be told"),
        ({"season": 1}, r"^season is 1; give how many periods make a year"),
        ({"season": 3}, r"^harmonics is 2 with 3 periods a year; give 0 to 1, or 'dummies'"),
        (
            {"season": 12, "harmonics": np.array([1, 2])},
            r"^harmonics is array\(\[1, 2\]\) with 12 periods a year",
        ),
        ({"season": 24, "harmonics": "dummies"}, r"^periods used are 24; 26 coefficients need 27 or more"),
        ({"exposure": 0.0}, r"^exposure is 0; give a number above 0"),
        ({"exposure": [1.0, 2.0]}, r"^exposure has shape \(2,\)"),
        ({"comparison": [1, 2]}, r"^comparison has shape \(2,\); give one count a period, \(24,\)"),
        ({"lag": 24, "errors": "newey-west"}, r"^lag is 24 in a series of 24 periods; give 0 to 23"),
        ({"lag": 3}, r"^lag is 3 with errors 'model', which do not look back; leave it out"),
        ({"comparison_exposure": np.ones(24)}, r"^comparison_exposure is given without comparison"),
        ({"slope_change": "yes"}, r"^slope_change is 'yes'; give True or False"),
        ({"family": "normal"}, r"^family is 'normal'; choose one of poisson"),
        ({"confidence": 1.0}, r"^confidence is 1.0"),
        ({"distribution": "f"}, r"^distribution is 'f'; choose one of z, t"),
    ],
)
def test_refusals_say_the_way_out(asked: dict[str, object], message: str) -> None:
    given = {"events": counted(), "after": 12, **asked}
    with pytest.raises(ValueError, match=message):
        interrupted_series(**given)  # type: ignore[arg-type]


def test_a_closure_that_is_left_out_needs_no_data() -> None:
    closed = (TIME > 15) & (TIME < 19)
    events, size = counted(), np.full(24, 1000.0)
    gone, none = np.where(closed, np.nan, events), np.where(closed, np.nan, size)
    asked = {"window": closed, "in_window": "left out", "errors": "newey-west"}
    full = interrupted_series(events, 12, exposure=size, comparison=events[::-1], **asked)  # type: ignore[arg-type]
    found = interrupted_series(
        gone, 12, exposure=none, comparison=np.where(closed, np.nan, events[::-1]), **asked
    )  # type: ignore[arg-type]
    assert (found.estimate, found.lower, found.prevented) == (full.estimate, full.lower, full.prevented)
    assert np.isnan(found.fitted).tolist() == closed.tolist()
    rates = [interrupted_rates(one, 12, window=closed, in_window="left out") for one in (events, gone)]
    assert rates[0].lower == rates[1].lower
    for one in ({"exposure": none}, {"window": closed}):
        with pytest.raises(ValueError, match=r"^(events|exposure)\[\d+\] is nan; give a finite number"):
            interrupted_series(gone if "window" in one else events, 12, **one)  # type: ignore[arg-type]


def test_a_lag_that_rates_would_not_look_at_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^lag is 3 with errors 'prais-winsten'"):
        interrupted_rates(counted(), 12, errors="prais-winsten", lag=3)


def test_a_window_without_an_event_is_refused_unless_left_out() -> None:
    closed = (TIME > 15) & (TIME < 19)
    events = np.where(closed, 0.0, counted())
    with pytest.raises(
        ValueError, match="in all 3 periods in window 1; its ratio has no limits: join periods, leave"
    ):
        interrupted_series(events, 12, window=closed)
    assert interrupted_series(events, 12, window=closed, in_window="left out").estimate < 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"rate": np.full(24, 3.0)}, r"^rate is 3 in every period"),
        ({"rate": np.full(24, np.inf)}, r"^rate\[0\] is inf"),
        ({"comparison": np.arange(3.0)}, r"^comparison has shape \(3,\)"),
        ({"errors": "HC1"}, r"^errors is 'HC1'; choose one of newey-west, prais-winsten, model"),
        (
            {"errors": "prais-winsten", "window": TIME == 4, "in_window": "left out"},
            r"^in_window is 'left out' under 'prais-winsten'",
        ),
    ],
)
def test_refusals_of_rates(asked: dict[str, object], message: str) -> None:
    given = {"rate": np.sin(TIME), "after": 12, **asked}
    with pytest.raises(ValueError, match=message):
        interrupted_rates(**given)  # type: ignore[arg-type]


def test_short_series_say_what_their_limits_cannot_bear() -> None:
    found = interrupted_series(counted(), 12, errors="newey-west")
    assert found.note == (
        "24 periods are few for Newey and West's errors, which come out too small; "
        "21 degrees of freedom are few for z limits: ask for t"
    )
    assert interrupted_series(counted(), 12, distribution="t").note == ""


@pytest.mark.slow
def test_limits_are_too_narrow_where_neighbours_are_alike_and_by_how_much() -> None:
    """What the docstring says of 24 periods at an autocorrelation of 0.4, give or take 3 standard errors."""
    rng = np.random.default_rng(1)
    inside = {"newey-west": 0, "model": 0}
    times = 500
    for _ in range(times):
        alike = np.zeros(24)
        for at in range(1, 24):
            alike[at] = 0.4 * alike[at - 1] + rng.normal(0, 0.12)
        events = rng.poisson(50 * np.exp(alike))
        for errors in inside:
            found = interrupted_series(
                events, 12, errors=errors, distribution="t" if errors == "model" else "z"
            )
            inside[errors] += found.lower <= 1 <= found.upper
    assert inside["newey-west"] / times == pytest.approx(0.80, abs=0.055)
    assert inside["model"] / times == pytest.approx(0.90, abs=0.045)


@pytest.mark.slow
def test_limits_cover_about_as_often_as_asked_when_there_is_no_step() -> None:
    rng = np.random.default_rng(11)
    inside = {"z": 0, "t": 0}
    times = 1000
    for _ in range(times):
        rate = 40 * rng.gamma(20, 1 / 20, 24)
        events = rng.poisson(rate)
        for one in inside:
            found = interrupted_series(events, 12, distribution=one)
            inside[one] += found.lower <= 1 <= found.upper
    assert 0.92 <= inside["t"] / times <= 0.965
    assert 0.90 <= inside["z"] / times <= inside["t"] / times


def test_events_more_even_than_chance_are_said_to_be_where_errors_are_made_of_their_scatter() -> None:
    for how in ({}, {"errors": "newey-west"}, {"family": "poisson", "errors": "newey-west"}):
        note = interrupted_series([5] * 10, 5, **how).note  # type: ignore[arg-type]
        assert note.startswith("dispersion 2")
        assert "set family='poisson' with errors='model' beside them" in note
    plain = interrupted_series([5] * 10, 5, family="poisson", distribution="t")
    assert plain.note == ""
    # a mean of five of 5 beside another with a trend: the error of the step is that of Poisson counts
    assert plain.lower < 0.5 < 2 < plain.upper


def test_poisson_counts_are_seldom_said_to_be_too_even() -> None:
    rng = np.random.default_rng(5)
    said = sum(
        "too narrow" in interrupted_series(rng.poisson(40, 30), 15, distribution="t").note for _ in range(300)
    )
    assert said <= 17  # 0.025 of 300, and three and a half standard errors


def test_rates_without_rest_have_no_width_and_say_so() -> None:
    found = interrupted_rates([1.0, 2, 3, 4, 5, 3, 4, 5, 6, 7], 5, errors="model")
    assert found.note == NO_WIDTH
