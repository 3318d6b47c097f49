"""Standardised rates, rates of repeated events and the slope index against PHEindicatormethods."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.inequality_slope import inequality_slope
from onroll.statistics.repeat_events import repeat_rate
from onroll.statistics.standardised import direct_rate, indirect_rate, indirect_ratio

Rows = list[dict[str, str]]
Array = NDArray[np.float64]
LEVELS = ((0.95, "95 %"), (0.998, "99.8 %"))
HALF_A_BAND = "5-9"
"""PHE's Area1 expects what testdata_big does without the people of this band."""


def standardised_rates(folder: Path) -> Mapping[str, float]:
    """P03: directly and indirectly standardised rates and ratios."""
    return dict([*_direct(folder), *_indirect(folder)])


def repeat_events(folder: Path) -> Mapping[str, float]:
    """P04: a directly standardised rate of events that come several to a person."""
    rows = _read(folder / "nonindependent.csv")
    people = np.stack([_column(rows, name) for name in ("f1", "f2", "f3", "f4")], axis=-1)
    events, population = _column(rows, "count"), _column(rows, "pop")
    variance = repeat_rate(people, population).variance
    found = {"events": float(events.sum()), "population": float(population.sum())}
    for level, named in LEVELS:
        rate = direct_rate(
            events, population, _column(rows, "esp2013"), variance=variance, per=1e5, confidence=level
        )
        found |= {"rate per 100000": _one(rate.estimate)}
        found |= {f"{named} lower": _one(rate.lower), f"{named} upper": _one(rate.upper)}
    return found


def slope_index(folder: Path) -> Mapping[str, float]:
    """P26: slope and relative index of inequality; our limits are analytic, theirs simulated."""
    found: dict[str, float] = {}
    for area, rows in _by_area(_read(folder / "sii.csv")):
        slope = inequality_slope(
            _column(rows, "value"), _column(rows, "standard_error"), _column(rows, "population")
        )
        found |= {
            f"{area} slope index": _one(slope.estimate),
            f"{area} slope index, lower": _one(slope.lower),
            f"{area} slope index, upper": _one(slope.upper),
            f"{area} relative index": _one(slope.relative),
            f"{area} relative index, lower": _one(slope.relative_lower),
            f"{area} relative index, upper": _one(slope.relative_upper),
        }
    return found


def _direct(folder: Path) -> Iterator[tuple[str, float]]:
    """Every directly standardised rate with its limits."""
    areas = [(area, rows, "esp2013") for area, rows in _by_area(_read(folder / "multiarea.csv"))]
    areas.append(("testdata_1976", _read(folder / "testdata_1976.csv"), "esp1976"))
    for area, rows, standard in areas:
        events, population = _column(rows, "count"), _column(rows, "pop")
        for per in (10_000, 100_000):
            name = f"dsr {area} per {per}"
            for level, named in LEVELS:
                rate = direct_rate(events, population, _column(rows, standard), per=per, confidence=level)
                if "fewer than 10 events" in rate.note:
                    yield f"dsr {area} held back for fewer than 10 events", 1.0
                    continue
                yield name, _one(rate.estimate)
                if area == "testdata_1976" and level > 0.95:  # the sheet's own slip
                    continue
                yield f"{name}, {named} lower", _one(rate.lower)
                yield f"{name}, {named} upper", _one(rate.upper)


def _indirect(folder: Path) -> Iterator[tuple[str, float]]:
    """Every indirectly standardised rate and ratio with its limits."""
    reference = _read(folder / "refdata.csv")
    seen, people = _column(reference, "refcount"), _column(reference, "refpop")
    cases: list[tuple[str, float, Array, bool]] = []
    for area, rows in _by_area(_read(folder / "multiarea_isr.csv")):
        bands = [row["ageband"] for row in rows]
        population = np.where([row["pop"] == "" for row in rows], 0.0, _column(rows, "pop"))
        events = float(_column(rows, "count").sum())
        if area == "testdata_tiny":  # the population is the same in all areas; one cell is blank here
            population = cases[0][2]
        cases.append((area, events, population, True))
        if area == "testdata_big":
            cases.append(("Area1", events, population * [band != HALF_A_BAND for band in bands], False))
        if area == "testdata_small":
            cases.append(("Area2", events, population, False))
    for area, events, population, whole in cases:
        for rate, per, named in (
            (True, 100_000, "indirect rate per 100000"),
            *([(True, 1_000, "indirect rate per 1000"), (False, 1, "indirect ratio x 1")] if whole else []),
            (False, 100, "indirect ratio x 100"),
        ):
            yield from _one_indirect(f"{named} {area}", rate, per, events, population, seen, people, whole)


def _one_indirect(
    name: str,
    rate: bool,
    per: float,
    events: float,
    population: Array,
    seen: Array,
    people: Array,
    both: bool,
) -> Iterator[tuple[str, float]]:
    """One rate or ratio, at one level or two."""
    for level, named in LEVELS if both else LEVELS[:1]:
        if rate:
            as_rate = indirect_rate(events, population, seen, people, per=per, confidence=level)
            yield f"{name}, reference rate", _one(as_rate.reference_rate)
            limits = as_rate.estimate, as_rate.lower, as_rate.upper, as_rate.expected
        else:
            ratio = indirect_ratio(events, population, seen, people, per=per, confidence=level)
            limits = ratio.estimate, ratio.lower, ratio.upper, ratio.expected
        yield name, _one(limits[0])
        yield f"{name}, {named} lower", _one(limits[1])
        yield f"{name}, {named} upper", _one(limits[2])
        yield f"{name}, expected", _one(limits[3])


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> Array:
    """A column of numbers; a blank is 0."""
    return np.array([float(row[name] or 0) for row in rows])


def _by_area(rows: Rows) -> Iterator[tuple[str, Rows]]:
    """Rows by area, in the order they come."""
    for area in dict.fromkeys(row["area"] for row in rows):
        yield area, [row for row in rows if row["area"] == area]


def _one(value: object) -> float:
    """A single figure."""
    return float(np.asarray(value, dtype=np.float64))


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {
        "P03_standardised_rates": standardised_rates,
        "P04_dsr_repeat_events": repeat_events,
        "P26_slope_index": slope_index,
    }
)
