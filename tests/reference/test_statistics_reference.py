"""The statistics room against R 4.2.2, PHE's own sheets, published panels and the strategy's own table.

The CSV files beside this module were written by the R scripts beside it; R is not needed to run the tests.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from onroll.statistics import detectable, difference, dispersion, power, proportions, rates, ratios
from onroll.statistics import synthetic_control as sc
from onroll.statistics._proportion_limits import wilson_limits

HERE = Path(__file__).parent

R_LIMITS = 1e-10  # R's qbeta and qgamma end within about 1e-12; a wrong formula is off by 1e-3 or more
R_PROBABILITY = 1e-9  # sums of tails, relative; ties are decided with R's own 1e-7
R_GLM = 1e-9  # glm was run to epsilon 1e-14
PHE = 1e-9  # the sheets hold full doubles (validation case P02 asks 1e-6)
PRINTED_4 = 6e-5  # figures printed to four decimals
PRINTED_3 = 6e-4  # figures printed to three decimals
DID_DIGITS = 1e-9  # a difference of means: only rounding
SC_RIDGE = 0.15  # Arkhangelsky et al. add a ridge to the weights: -19.62 for our -19.51


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def columns(name: str) -> dict[str, np.ndarray]:
    rows = read(name)
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


def expected(case: str) -> dict[str, float]:
    return {row["figure"]: float(row["value"]) for row in read(f"data/{case}/expected.csv")}


def prop99() -> tuple[list[str], np.ndarray, np.ndarray]:
    rows = read("data/P17/prop99_wide.csv")
    states = [name for name in rows[0] if name != "Year"]
    table = np.array([[float(row[state]) for state in states] for row in rows])
    return states, table, np.array([int(row["Year"]) <= 1988 for row in rows])


def close(found: object, wanted: object, tolerance: float) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=tolerance, atol=0)


# R ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_exact_rate_is_poisson_test(level: float) -> None:
    r = columns("poisson_one.csv")
    at = r["confidence"] == level
    assert at.sum() == 9
    found = rates.rate(r["events"][at], r["exposure"][at], confidence=level, method="exact")
    close(found.lower, r["lower"][at], R_LIMITS)
    close(found.upper, r["upper"][at], R_LIMITS)


@pytest.mark.parametrize(("method", "name"), [("exact", "exact"), ("wilson", "wilson")])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_proportion_is_binom_test_or_prop_test(method: str, name: str, level: float) -> None:
    r = columns("binomial_one.csv")
    at = r["confidence"] == level
    assert at.sum() == 14
    found = proportions.proportion(r["events"][at], r["total"][at], confidence=level, method=method)
    close(found.lower, r[f"{name}_lower"][at], R_LIMITS)
    close(found.upper, r[f"{name}_upper"][at], R_LIMITS)


def test_exact_rate_ratio_is_poisson_test() -> None:
    r = columns("poisson_two.csv")
    found = ratios.rate_ratio(
        r["events"],
        r["exposure"],
        reference_events=r["reference_events"],
        reference_exposure=r["reference_exposure"],
    )
    close(found.estimate, r["estimate"], R_LIMITS)
    close(found.lower, r["lower"], R_LIMITS)
    close(found.upper, r["upper"], R_LIMITS)
    close(found.p_value, r["p_value"], R_PROBABILITY)


@pytest.mark.parametrize("case", ["a", "b"])
def test_dispersed_ratio_is_quasi_poisson_glm(case: str) -> None:
    rows = [row for row in read("quasipoisson_cells.csv") if row["case"] == case]
    r = next(row for row in read("quasipoisson_fits.csv") if row["case"] == case)

    def total(column: str, group: str) -> float:
        return sum(float(row[column]) for row in rows if row["group"] == group)

    found = ratios.rate_ratio(
        total("events", "1"),
        total("exposure", "1"),
        reference_events=total("events", "0"),
        reference_exposure=total("exposure", "0"),
        method="dispersed",
        dispersion=float(r["dispersion"]),
        df=float(r["df"]),
    )
    for name in ("estimate", "lower", "upper", "p_value"):
        close(getattr(found, name), float(r[name]), R_GLM)


def test_paired_dispersion_is_quasi_binomial_glm() -> None:
    pairs, r = columns("pairs.csv"), columns("pairs_fit.csv")
    found = dispersion.paired_dispersion(
        pairs["events"], pairs["exposure"], pairs["reference_events"], pairs["reference_exposure"]
    )
    for name in ("estimate", "lower", "upper", "df", "ratio"):
        close(getattr(found, name), r[name][0], R_GLM)
    assert (found.pairs, found.left_out) == (11, 1)


def test_exact_power_is_the_sum_over_binom_test() -> None:
    r = columns("exact_power.csv")
    for i, wanted in enumerate(r["power"]):
        found = power.exact_power(
            r["reference_mean"][i],
            r["mean"][i],
            exposure_ratio=r["exposure_ratio"][i],
            confidence=r["confidence"][i],
        )
        close(found, wanted, R_PROBABILITY)


# A second library where it is right ------------------------------------------------------------------


def test_exact_probability_is_scipys_binomtest_on_every_outcome() -> None:
    for n, share in ((7, 0.5), (40, 0.3), (41, 1 / 3), (60, 0.02)):
        x = np.arange(n + 1.0)
        found = ratios.rate_ratio(x, share, reference_events=n - x, reference_exposure=1 - share).p_value
        close(found, [stats.binomtest(int(k), n, share).pvalue for k in x], R_PROBABILITY)


def test_mid_p_probability_is_statsmodels() -> None:
    found = ratios.rate_ratio(60, 51477.5, reference_events=30, reference_exposure=54308.7, method="mid-p")
    other = poisson_2indep(60, 51477.5, 30, 54308.7, method="cond-midp")
    tails = stats.binom(90, 51477.5 / (51477.5 + 54308.7))
    assert found.p_value == pytest.approx(2 * (tails.sf(60) + tails.pmf(60) / 2), rel=R_PROBABILITY)
    # statsmodels takes half the probability of the outcome off its two-sided probability: near, not the same
    assert found.p_value == pytest.approx(other.pvalue, rel=0.2)


def test_proportion_limits_are_statsmodels() -> None:
    x, n = np.array([0, 1, 17, 400]), np.array([12, 30, 17, 9000])
    for ours, theirs in (("wilson", "wilson"), ("exact", "beta")):
        found = proportions.proportion(x, n, method=ours, confidence=0.9)
        lower, upper = proportion_confint(x, n, alpha=0.1, method=theirs)
        np.testing.assert_allclose(found.lower, lower, atol=1e-12)
        np.testing.assert_allclose(found.upper, upper, atol=1e-12)


# P02: PHEindicatormethods -----------------------------------------------------------------------------


def full(row: dict[str, str]) -> bool:
    return bool(row["Numerator"]) and bool(row["Denominator"])


@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("sheet", ["rate", "proportion"])
def test_phe_sheets(sheet: str, level: float) -> None:
    rows = [row for row in read(f"data/P02/{sheet}.csv") if full(row)]
    assert len(rows) >= 16
    mark = {0.95: "95_0cl", 0.998: "99_8cl"}[level]
    for row in rows:
        ask = rates.rate if sheet == "rate" else proportions.proportion
        found = ask(
            float(row["Numerator"]), float(row["Denominator"]), per=float(row["multiplier"]), confidence=level
        )
        close(found.estimate, float(row["value"]), PHE)
        close(found.lower, float(row[f"lower{mark}"]), PHE)
        close(found.upper, float(row[f"upper{mark}"]), PHE)
        assert found.method == {"Exact": "exact", "Byars": "byar", "Wilson": "wilson"}[row["method"]]


def test_phe_rows_with_a_missing_input_are_refused_by_name() -> None:
    rows = [row for row in read("data/P02/rate.csv") if not full(row)]
    assert len(rows) == 3
    for row in rows:
        given = [float(row[key]) if row[key] else float("nan") for key in ("Numerator", "Denominator")]
        with pytest.raises(ValueError, match=r"(events|exposure) is nan; give a finite number"):
            rates.rate(*given)


def test_phe_byar_and_wilson_below_their_switch() -> None:
    """The formulas themselves, where the public functions would use exact limits or refuse a fraction."""
    compared = 0
    for row in read("data/P02/byars_wilson.csv"):
        level, x = float(row["confidence"].rstrip("%")) / 100, np.float64(row["x"])
        byar = row["method"] == "Byars"
        limits = rates._byar_limits(x, level) if byar else wilson_limits(x, np.float64(row["n"]), level)
        for found, wanted in zip(limits, (row["lowercl"], row["uppercl"]), strict=True):
            if wanted:
                close(found, float(wanted), PHE)
                compared += 1
    assert compared == 25


# P29: the strategy's own table ------------------------------------------------------------------------


def total(column: str, year: str) -> int:
    return sum(int(row[column]) for row in read("data/P29/table.csv") if row["year"] == year)


def test_strategy_table_year_on_year() -> None:
    wanted = expected("P29")
    for column, before, name in (
        ("luton_perm_n", "2018", "permanent_2019_v_2018_exact_p"),
        ("luton_fixed_n", "2017", "fixed_2019_v_2017_exact_p"),
    ):
        now, then = total(column, "2019"), total(column, before)
        found = ratios.rate_ratio(now, 1, reference_events=then, reference_exposure=1)
        assert found.p_value == pytest.approx(wanted[name], rel=2e-5)  # printed to five or nine digits
        assert found.lower < now / then < found.upper


def test_strategy_table_detectable_falls() -> None:
    wanted = expected("P29")
    found = detectable.detectable_change([56, 162, 1748])
    names = ["fall base 56", "fall base 162", "fall base 1748"]
    np.testing.assert_allclose(found.fall, [wanted[name] for name in names], atol=PRINTED_3)
    dispersed = detectable.detectable_change(total("luton_perm_n", "2018"), dispersion=3)
    assert dispersed.fall == pytest.approx(wanted["fall base 56 dispersion 3"], abs=0.006)  # two decimals


# P17, P18: Proposition 99 -------------------------------------------------------------------------------


def test_prop99_weights_and_gaps() -> None:
    states, table, pre = prop99()
    wanted = expected("P17")
    found = sc.synthetic_control(table, states.index("California"), pre)
    for name, value in wanted.items():
        if name.startswith("weight "):
            place = states.index(name.removeprefix("weight "))
            assert found.weights[place] == pytest.approx(value, abs=PRINTED_4)
    assert np.count_nonzero(found.weights > PRINTED_4) == 6
    assert found.gaps[-1] == pytest.approx(wanted["gap_2000"], abs=PRINTED_4)
    assert found.estimate == pytest.approx(wanted["mean_post_gap"], abs=PRINTED_4)
    assert found.pre_rmspe == pytest.approx(wanted["pre_rmspe"], abs=PRINTED_4)
    assert found.post_rmspe == pytest.approx(wanted["post_rmspe"], abs=PRINTED_4)


def test_prop99_placebo_rank() -> None:
    states, table, pre = prop99()
    among = sc.placebos(table, states.index("California"), pre)
    assert round(among.p_ratio * len(states)) == expected("P17")["rank of ratio"]
    assert among.share_others_ratio == pytest.approx((expected("P17")["rank of ratio"] - 1) / 38)


def test_prop99_neighbours_of_the_published_table() -> None:
    states, table, pre = prop99()
    wanted = expected("P18")
    treated = states.index("California")
    did = difference.difference_in_differences(table, treated, pre)
    assert did.estimate == pytest.approx(wanted["did"], rel=DID_DIGITS)
    assert sc.synthetic_control(table, treated, pre).estimate == pytest.approx(wanted["sc"], abs=SC_RIDGE)
