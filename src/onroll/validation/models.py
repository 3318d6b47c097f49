"""Adjusted models of mortgage denials, admissions and days in hospital, against R and the textbooks."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.adjusted import AdjustedModel, logistic, relative_risks, risk_differences
from onroll.statistics.adjusted_counts import event_rates, negative_binomial
from onroll.statistics.design_matrix import Design, Factor, Measure, design_matrix, plain_design
from onroll.statistics.marginal import standardise

Rows = list[dict[str, str]]
Array = NDArray[np.float64]
Figures = Iterator[tuple[str, float]]
PATIENTS = ("hmo", "white", "type2", "type3")


def denials(folder: Path) -> Mapping[str, float]:
    """P10: black applicants against others, at like payments, loans and households."""
    rows = _read(folder / "hmda.csv")
    denied, ones = _column(rows, "d"), np.ones(len(rows))
    black = Factor("black", _column(rows, "black"))
    two = design_matrix([Measure("pirat", _column(rows, "pirat")), black])
    others = [Measure(name, _column(rows, name)) for name in ("pirat", "hirat", "lvrat", "single")]
    every = design_matrix([black, *others])
    crude = relative_risks(denied, ones, design_matrix([black]), errors="HC0")
    risk = relative_risks(denied, ones, every, errors="HC0")
    full = logistic(denied, ones, every, errors="HC0")
    found = dict(_three("lpm", risk_differences(denied, ones, two, errors="HC1")))
    found |= dict(_three("logit", logistic(denied, ones, two, errors="HC1")))
    probit = dict(_three("probit", logistic(denied, ones, two, link="probit")))
    found |= {name: value for name, value in probit.items() if "error" not in name}
    averaged = standardise(full, "black")
    return found | {
        "crude log relative risk": float(crude.estimate[1]),
        "crude log relative risk, robust error": float(crude.error[1]),
        "modified Poisson black": float(risk.estimate[1]),
        "modified Poisson black, HC0 error": float(risk.error[1]),
        "standardised risk, black": float(averaged.risk[1]),
        "standardised risk, not black": float(averaged.risk[0]),
        "standardised risk ratio": float(averaged.estimate[1]),
        "standardised risk difference": float(averaged.difference[1]),
        "adjusted odds ratio": full.ratio("black: 1")[0],
    }


def admissions(folder: Path) -> Mapping[str, float]:
    """P23: admission by department and gender, from cells and from rows of applicants."""
    rows = _read(folder / "ucb.csv")
    cells = list(dict.fromkeys((row["Dept"], row["Gender"]) for row in rows))
    many = {(row["Dept"], row["Gender"], row["Admit"]): float(row["Freq"]) for row in rows}
    admitted = np.array([many[(*cell, "Admitted")] for cell in cells])
    refused = np.array([many[(*cell, "Rejected")] for cell in cells])
    departments = sorted({department for department, _ in cells})
    department = np.array([departments.index(one) for one, _ in cells])
    female = np.array([int(gender == "Female") for _, gender in cells])
    one_by_one = np.concatenate(
        [np.repeat(np.arange(len(cells)), n.astype(int)) for n in (admitted, refused)]
    )
    outcome = np.concatenate([np.ones(int(admitted.sum())), np.zeros(int(refused.sum()))])
    labels = tuple(departments)
    fits = {
        "cells": logistic(
            admitted, admitted + refused, _admission(department, female, labels), errors="model"
        ),
        "rows": logistic(
            outcome,
            np.ones(outcome.size),
            _admission(department[one_by_one], female[one_by_one], labels),
            errors="model",
        ),
    }
    names = ["Intercept", "GenderFemale", *(f"Dept{one}" for one in departments[1:])]
    found = {
        f"{name}, from {how}": float(value)
        for how, fit in fits.items()
        for name, value in zip(names, fit.estimate, strict=True)
    }
    return found | {f"se_Gender, from {how}": float(fit.error[1]) for how, fit in fits.items()}


def days(folder: Path) -> Mapping[str, float]:
    """P27: days in hospital, negative binomial and Poisson."""
    rows = _read(folder / "medpar.csv")
    stay, patients = _column(rows, "los"), _column(rows, "patients")
    design = plain_design(np.column_stack([_column(rows, name) for name in PATIENTS]), PATIENTS)
    wide = negative_binomial(stay, patients, design, each=True, errors="model")
    poisson = event_rates(stay, patients, design, each=True, errors="model")
    hospitals = event_rates(
        stay, patients, design, each=True, errors="CR1", school=_column(rows, "provnum").astype(int)
    )
    found = {
        "NB2 alpha": wide.alpha,
        "NB2 theta": 1.0 / wide.alpha,
        "NB2 log-likelihood": wide.log_likelihood,
        "Poisson dispersion": poisson.dispersion,
    }
    for at, name in enumerate(("Intercept", *PATIENTS)):
        found |= {f"NB2 {name}": float(wide.estimate[at]), f"NB2 {name}, error": float(wide.error[at])}
        found[f"Poisson {name}, error of hospitals"] = float(hospitals.error[at])
        if name in ("Intercept", "hmo"):
            found |= {f"Poisson {name}": float(poisson.estimate[at])}
            found |= {f"Poisson {name}, error": float(poisson.error[at])}
    return found


def _three(model: str, fit: AdjustedModel) -> Figures:
    """Coefficients and errors of constant, payments and black."""
    for at, name in enumerate(("const", "pirat", "black")):
        yield f"{model} {name}", float(fit.estimate[at])
        yield f"{model} {name}, HC1 error", float(fit.error[at])


def _admission(department: NDArray[np.intp], female: NDArray[np.intp], labels: tuple[str, ...]) -> Design:
    return design_matrix([Factor("female", female), Factor("department", department, labels=labels)])


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> Array:
    """A column of numbers."""
    return np.array([float(row[name]) for row in rows])


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {
        "P10_adjusted_models_hmda": denials,
        "P23_grouped_glm": admissions,
        "P27_count_models_medpar": days,
    }
)
