"""Random intercepts and intersections against lme4: disease of herds, contraception in 24 strata."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from math import lgamma
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.design_matrix import Factor, design_matrix
from onroll.statistics.intersections import Maihda, maihda
from onroll.statistics.mixed import random_intercept

Rows = list[dict[str, str]]
Figures = Iterator[tuple[str, float]]
PERIODS = ("intercept", "period 2", "period 3", "period 4")
LEVELS = {"urban": ("N", "Y"), "livch": ("0", "1", "2", "3+"), "ageg": ("young", "mid", "old")}


def herds_and_strata(folder: Path) -> Mapping[str, float]:
    """P12: cbpp and contraception."""
    return dict([*_herds(_read(folder / "cbpp.csv")), *_strata(_read(folder / "contraception.csv"))])


def _herds(rows: Rows) -> Figures:
    """Incidence by period with an intercept for each herd, by Laplace and by quadrature."""
    ill, size = _column(rows, "incidence"), _column(rows, "size")
    design = design_matrix([Factor("period", _column(rows, "period"), 1)])
    laplace, exact = (
        random_intercept(ill, size, design, _column(rows, "herd"), method=method, nodes=25)
        for method in ("laplace", "quadrature")
    )
    for at, name in enumerate(PERIODS):
        yield f"cbpp, Laplace: {name}", float(laplace.beta[at])
        yield f"cbpp, Laplace: {name}, error", float(laplace.beta_error[at])
        yield f"cbpp, quadrature: {name}", float(exact.beta[at])
    yield "cbpp, Laplace: standard deviation between herds", float(np.sqrt(laplace.estimate[0]))
    ways = sum(_log_ways(n, k) for n, k in zip(size, ill, strict=True))
    yield "cbpp, Laplace: log-likelihood", laplace.log_likelihood + ways
    yield "cbpp, quadrature: variance between herds", float(exact.estimate[0])


def _strata(rows: Rows) -> Figures:
    """Contraception by residence, children and age, null and with main effects."""
    users, women = _column(rows, "users"), _column(rows, "women")
    parts = [
        Factor(name, [labels.index(row[name]) for row in rows], labels=labels)
        for name, labels in LEVELS.items()
    ]
    found = maihda(users, women, parts)
    strata = [f"{row['urban']}.{row['livch']}.{row['ageg']}" for row in rows]
    laplace = random_intercept(
        users, women, design_matrix([], cells=women.size), np.array(strata), method="laplace"
    )
    yield "contraception, null: intercept", float(found.null.beta[0])
    yield "contraception, null: variance between strata", float(found.null.estimate[0])
    yield "contraception, null: VPC", found.estimate
    yield "contraception, null: log-likelihood", found.null.log_likelihood
    yield "contraception, null: variance by Laplace", float(laplace.estimate[0])
    names = ("Intercept", "urbanY", "livch1", "livch2", "livch3+", "agegmid", "agegold")
    for name, value in zip(names, found.main.beta, strict=True):
        yield f"contraception, main effects: {name}", float(value)
    yield "contraception, main effects: variance between strata", float(found.main.estimate[0])
    yield "contraception, PCV", found.pcv
    said = bool(found.main.note[0])
    yield "contraception, main effects: a variance of 0 is said in the note (1 is yes)", float(said)
    yield from _effects(found)


def _effects(found: Maihda) -> Figures:
    """The null model's strata."""
    for label, effect, error in zip(
        found.labels, found.null.effect[0], found.null.effect_error[0], strict=True
    ):
        name = label.replace(", ", ".")
        yield f"contraception, null: effect of {name}", float(effect)
        yield f"contraception, null: error of the effect of {name}", float(error)


def _log_ways(n: float, k: float) -> float:
    """Logarithm of the binomial coefficient, which lme4 counts in for cells."""
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> NDArray[np.float64]:
    """A column of numbers."""
    return np.array([float(row[name]) for row in rows])


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P12_mixed_logit_maihda": herds_and_strata}
)
