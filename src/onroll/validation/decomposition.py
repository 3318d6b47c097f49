"""Decompositions against Das Gupta's manual, Berkeley admissions and Stata's Oaxaca-Blinder."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.decomposition import das_gupta, das_gupta_structure, kitagawa
from onroll.statistics.oaxaca import three_fold, two_fold

Rows = list[dict[str, str]]
Array = NDArray[np.float64]
MANY = 1e9
"""Rates printed to three decimals become whole events in this many pupils a unit of size."""


def kitagawa_das_gupta(folder: Path) -> Mapping[str, float]:
    """P08: two groups, products of factors, cross-classified and several populations."""
    parts = (_headship, _products, _berkeley, _deaths, _births)
    return dict(pair for part in parts for pair in part(folder))


def oaxaca(folder: Path) -> Mapping[str, float]:
    """P09: three-fold and pooled two-fold of credit card spending, owners less renters."""
    rows = _read(folder / "ccard.csv")
    spending, owner = _column(rows, "AVGEXP"), _column(rows, "OWNRENT")
    features = np.column_stack([_column(rows, name) for name in ("AGE", "INCOME", "INCOMESQ")])
    three, two = three_fold(spending, features, owner), two_fold(spending, features, owner)
    found = {"gap": three.gap} | {name: three.part(name)[0] for name in three.parts}
    return found | {f"{name}, pooled": two.part(name)[0] for name in two.parts}


def _headship(folder: Path) -> Iterator[tuple[str, float]]:
    """Example 5.1: household headship by age."""
    rows = _read(folder / "headship.csv")
    size = np.stack([_column(rows, f"size_{year}") for year in (1970, 1985)])
    rate = np.stack([_column(rows, f"rate_{year}") for year in (1970, 1985)])
    found = das_gupta({"composition": size / size.sum(1, keepdims=True), "rate": rate})
    yield "5.1 difference", float(found.gap[1])
    for at, name in enumerate(found.factors):
        yield f"5.1 {name} part", float(found.estimate[1, at])
        for of, year in enumerate((1970, 1985)):
            yield f"5.1 rate of {year} but for {name} alike", float(found.standardised[of, at])


def _products(folder: Path) -> Iterator[tuple[str, float]]:
    """Examples 2.1 and 2.3: rates that are products of factors."""
    rows = _read(folder / "products.csv")
    for example in dict.fromkeys(row["example"] for row in rows):
        own = [row for row in rows if row["example"] == example]
        found = das_gupta({row["factor"]: [float(row["first"]), float(row["second"])] for row in own})
        yield f"{example} difference", float(found.gap[1])
        for name, part in zip(found.factors, found.estimate[1], strict=True):
            yield f"{example} {name}", float(part)


def _berkeley(folder: Path) -> Iterator[tuple[str, float]]:
    """Admissions by department, men less women."""
    rows = _read(folder / "ucb.csv")
    tables = []
    for sex in ("Male", "Female"):
        own = [row for row in rows if row["Gender"] == sex]
        admitted, rejected = (
            _column([row for row in own if row["Admit"] == what], "Freq") for what in ("Admitted", "Rejected")
        )
        tables += [admitted, admitted + rejected]
    found = kitagawa(*tables, variance="binomial")
    yield "Berkeley, men less women: gap", float(np.asarray(found.gap))
    for name in ("composition", "rate"):
        yield f"Berkeley, men less women: {name}", float(np.asarray(found.part(name)[0]))


def _deaths(folder: Path) -> Iterator[tuple[str, float]]:
    """Example 5.3: death rates by age and race."""
    rows = _read(folder / "deaths_age_race.csv")
    years = ("1970", "1985")
    size, rate = (
        np.stack(
            [_column([row for row in rows if row["year"] == year], name).reshape(2, 11) for year in years]
        )
        for name in ("size_thousands", "rate_per_1000")
    )
    found = das_gupta_structure(
        np.round(size * rate * MANY / 1000.0), size * MANY, dimensions=("race", "age"), per=1000
    )
    for at, name in enumerate(found.factors):
        for of, year in enumerate(years):
            yield f"5.3 rate of {year} but for {name} alike", float(found.standardised[of, at])


def _births(folder: Path) -> Iterator[tuple[str, float]]:
    """Example 6.5: births to unmarried women of five years, a rate that is no product."""
    rows = _read(folder / "births_unmarried.csv")
    years = list(dict.fromkeys(row["year"] for row in rows))
    factors = {name: _column(rows, name).reshape(len(years), -1) for name in "ABCD"}

    def per_thousand(x: Mapping[str, Array]) -> Array:
        unmarried = (x["A"] * x["B"] * x["C"]).sum(-1)
        return np.asarray(1000.0 * unmarried / (unmarried + (x["A"] * (1.0 - x["B"]) * x["D"]).sum(-1)))

    for reference, until in ((0, 5), (1, 4)):
        found = das_gupta(factors, rate=per_thousand, reference=reference)
        for at in range(reference + 1, until):
            yield f"6.5 part of A, {years[at]} less {years[reference]}", float(found.estimate[at, 0])


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> Array:
    """A column of numbers."""
    return np.array([float(row[name]) for row in rows])


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P08_kitagawa_dasgupta": kitagawa_das_gupta, "P09_oaxaca_ccard": oaxaca}
)
