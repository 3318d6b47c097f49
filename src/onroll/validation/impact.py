"""What changed when something began, against published examples: series that break, differences, synthetic controls."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.effect_sizes import clustered_effect
from onroll.statistics.interrupted_rates import interrupted_rates
from onroll.statistics.interrupted_series import InterruptedSeries, interrupted_series
from onroll.statistics.panel_differences import two_groups
from onroll.statistics.synthetic_control import placebos, synthetic_control
from onroll.statistics.synthetic_difference import Companion, SyntheticDifference, synthetic_difference
from onroll.statistics.synthetic_predictors import synthetic_predictors

Array = NDArray[np.float64]
LAGS = 6
BASQUE, CATALUNA, MADRID = "Basque Country (Pais Vasco)", "Cataluna", "Madrid (Comunidad De)"
SECTORS = ("agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa")
PREDICTORS: Mapping[str, range] = MappingProxyType(
    {f"school.{level}": range(1964, 1970) for level in ("illit", "prim", "med", "high", "post.high")}
    | {"invest": range(1964, 1970), "gdpcap": range(1960, 1970), "popdens": range(1969, 1970)}
    | {f"sec.{sector}": range(1961, 1970, 2) for sector in SECTORS}
)
"""Each is the mean of these years."""


def smoking_ban(folder: Path) -> Mapping[str, float]:
    """P14: admissions a month before and after a ban."""
    columns = _columns(folder / "sicily.csv")
    events, after, exposure = columns["aces"], columns["smokban"] > 0, columns["stdpop"]
    poisson = interrupted_series(events, after, exposure=exposure, family="poisson")
    quasi = interrupted_series(events, after, exposure=exposure)
    season = interrupted_series(events, after, exposure=exposure, season=12)
    slope = interrupted_series(events, after, exposure=exposure, season=12, slope_change=True)
    rate = interrupted_rates(1e5 * events / exposure, after, lag=3)
    found = {f"Poisson: {name}": value for name, value in _terms(poisson).items()}
    found |= {f"quasi-Poisson: {name}": value for name, value in _terms(quasi).items() if "error" in name}
    for name, fit in (("Poisson", poisson), ("quasi-Poisson", quasi), ("with season", season)):
        found |= {f"{name}: lower limit": fit.lower, f"{name}: upper limit": fit.upper}
    found |= {
        "Poisson: step ratio": poisson.estimate,
        "quasi-Poisson: dispersion": quasi.dispersion,
        "with season: step": _terms(season)["step"],
        "with season: error of step": _terms(season)["error of step"],
        "with season: step ratio": season.estimate,
        "with season: dispersion": season.dispersion,
        "with season: trend": _terms(season)["trend"],
        "with season: trend of a year": season.change("trend").estimate ** 12,
        "with change of slope: step": _terms(slope)["step"],
        "with change of slope: change of slope": _terms(slope)["slope change"],
        "with change of slope: its error": _terms(slope)["error of slope change"],
        "with change of slope: chance of F": slope.against(season)[-1],
        "rate: step": rate.estimate,
        "rate: Newey-West error of step": _terms(rate)["error of step"],
        "rate: trend": _terms(rate)["trend"],
        "rate: Newey-West error of trend": _terms(rate)["error of trend"],
        "rate: Durbin-Watson": float(rate.durbin_watson or 0.0),
    }
    return found | {
        f"autocorrelation at lag {lag}": float(season.autocorrelations[lag - 1]) for lag in range(1, LAGS + 1)
    }


def minimum_wage(folder: Path) -> Mapping[str, float]:
    """P15: restaurants in two states, before and after."""
    columns = _columns(folder / "card_krueger.csv")
    y, state, after, store = (columns[name] for name in ("fte", "nj", "d", "id"))
    fits = {
        "error of least squares": two_groups(y, state, after, errors="model"),
        "robust error": two_groups(y, state, after, errors="HC1"),
        "error of stores": two_groups(y, state, after, cluster=store, errors="CR1S"),
    }
    any_fit = fits["robust error"]
    found = {name: fit.error for name, fit in fits.items()}
    for row, name in enumerate(("Pennsylvania", "New Jersey")):
        for column, when in enumerate(("before", "after")):
            found[f"{name} {when}: mean"] = float(any_fit.means[row, column])
            found[f"{name} {when}: error"] = float(any_fit.mean_errors[row, column])
            found[f"{name} {when}: stores"] = float(any_fit.rows[row, column])
    ids, times = np.unique(store, return_counts=True)
    both = np.isin(store, ids[times == 2])
    balanced = two_groups(y[both], state[both], after[both], cluster=store[both], errors="CR1S")
    return found | {
        "difference in differences": any_fit.estimate,
        "difference in differences, as published": any_fit.estimate,
        "stores seen twice": float(np.count_nonzero(times == 2)),
        "stores seen twice: difference": balanced.estimate,
        "stores seen twice: error of stores, as published": balanced.error,
    }


def synthetic_controls(folder: Path) -> Mapping[str, float]:
    """P17: California on outcomes only, the Basque Country by predictors."""
    states, years, packs = _wide(folder / "prop99_wide.csv")
    own, pre = states.index("California"), years < 1989
    control, among = synthetic_control(packs, own, pre), placebos(packs, own, pre)
    donors = ("Utah", "Montana", "Nevada", "Connecticut", "New Hampshire", "Colorado")
    found = {f"California: weight of {name}": float(control.weights[states.index(name)]) for name in donors}
    return found | {
        "California: gap in 2000": float(control.gaps[-1]),
        "California: mean gap after": control.estimate,
        "California: gap before": control.pre_rmspe,
        "California: gap after": control.post_rmspe,
        "California: rank of the ratio among 39": float(np.sum(among.ratio >= among.ratio[own])),
        **_basque(folder / "basque.csv"),
    }


def _basque(path: Path) -> dict[str, float]:
    """The Basque Country beside all other rows of the table, the whole of Spain among them."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = {(row["regionname"], int(float(row["year"]))): row for row in csv.DictReader(file)}
    regions, years = sorted({name for name, _ in rows}), np.arange(1955, 1998)
    income = np.array([[float(rows[name, int(year)]["gdpcap"]) for name in regions] for year in years])
    known = np.array(
        [
            [
                np.mean([float(rows[name, year][column]) for year in span if rows[name, year][column]])
                for name in regions
            ]
            for column, span in PREDICTORS.items()
        ]
    )
    fitted_on = (years >= 1960) & (years < 1970)
    after = years >= 1975
    found = synthetic_predictors(
        income, known, regions.index(BASQUE), ~after, fitted_on=fitted_on, start="regression"
    )
    return {
        "Basque Country: weight of Cataluna": float(found.weights[regions.index(CATALUNA)]),
        "Basque Country: weight of Madrid": float(found.weights[regions.index(MADRID)]),
        "Basque Country: mean gap 1975 to 1997": found.estimate,
        "Basque Country: its standard deviation over root of years": float(
            found.gaps[after].std(ddof=1) / np.sqrt(after.sum())
        ),
        "Basque Country: mean squared gap 1960 to 1969": found.loss,
    }


def cigarettes(folder: Path) -> Mapping[str, float]:
    """P18: packs sold a head in California beside 38 states."""
    states, years, packs = _wide(folder / "prop99_wide.csv")
    found = synthetic_difference(packs, states.index("California"), years < 1989, solver="frank-wolfe")
    estimates: dict[str, SyntheticDifference | Companion] = {
        "synthetic difference in differences": found,
        "synthetic control": found.synthetic_control,
        "difference in differences": found.difference,
    }
    weights = {
        f"weight of {year}": float(found.time_weights[years == year][0]) for year in (1986, 1987, 1988)
    }
    return (
        {name: one.estimate for name, one in estimates.items()}
        | {f"{name}: placebo error": one.error for name, one in estimates.items()}
        | weights
    )


def school_trial(folder: Path) -> Mapping[str, float]:
    """P22: pupils of schools allotted to an intervention."""
    columns = _columns(folder / "crtData.csv")
    found = clustered_effect(
        columns["Posttest"], columns["Intervention"], columns["School"], covariates=columns["Prettest"]
    )
    terms = zip(
        found.names, found.coefficients, found.coefficient_lower, found.coefficient_upper, strict=True
    )
    sizes = (
        ("within", found.within.estimate, found.within.lower, found.within.upper),
        ("total", found.estimate, found.lower, found.upper),
    )
    limits = {
        f"{name}: {which}": float(value)
        for name, *three in (*terms, *sizes)
        for which, value in zip(("estimate", "lower limit", "upper limit"), three, strict=True)
    }
    return limits | {
        "variance between schools": found.school_variance,
        "variance of pupils": found.pupil_variance,
        "intraclass correlation": found.intraclass,
        "group, full precision": found.difference.estimate,
        "variance between schools, full precision": found.school_variance,
        "variance of pupils, full precision": found.pupil_variance,
    }


def _wide(path: Path) -> tuple[list[str], Array, Array]:
    """Names of the units, the years, and outcomes, (years, units)."""
    columns = _columns(path)
    years = columns.pop("Year")
    return list(columns), years, np.column_stack(list(columns.values()))


def _terms(fit: InterruptedSeries) -> dict[str, float]:
    """Coefficients and errors by name."""
    names = ["intercept" if name == "constant" else name for name in fit.names]
    found = dict(zip(names, map(float, fit.coefficients), strict=True))
    return found | dict(zip((f"error of {name}" for name in names), map(float, fit.error), strict=True))


def _columns(path: Path) -> dict[str, Array]:
    """Columns of numbers of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {
        "P14_its_sicily": smoking_ban,
        "P15_did_card_krueger": minimum_wage,
        "P17_synth_prop99_basque": synthetic_controls,
        "P18_sdid_prop99": cigarettes,
        "P22_eef_cluster_trial": school_trial,
    }
)
