"""Funnel limits against PHEindicatormethods and FunnelPlotR: chance alone, and with spread between units."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics.funnel import POSITIONS, Funnel, proportion_funnel, ratio_funnel

Rows = list[dict[str, str]]
Array = NDArray[np.float64]


def proportions(folder: Path) -> Mapping[str, float]:
    """P05: limits by population, and where each area stands."""
    sizes, areas = _read(folder / "sizes.csv"), _read(folder / "areas.csv")
    baseline, population = _column(sizes, "baseline"), _column(sizes, "population")
    curve = proportion_funnel(0 * population, population, target=baseline, per=100, method="score")
    found: dict[str, float] = {}
    for name, limits in _limits(curve):
        found |= {f"{name}, population {size:g}": at for size, at in zip(population, limits, strict=True)}
    target = float(baseline[0])
    stand = proportion_funnel(
        _column(areas, "events"), _column(areas, "total"), target=target, per=100, method="score"
    )
    codes = np.asarray(stand.position)
    found |= {f"areas {words}": float((codes == code).sum()) for code, words in POSITIONS.items()}
    names = (f"position of {row['area']} ({place})" for place, row in enumerate(areas, 1))
    return found | dict(zip(names, codes.astype(float).tolist(), strict=True))


def overdispersed(folder: Path) -> Mapping[str, float]:
    """P06: ratios on the log and the root, proportions on the arcsine, all with additive spread."""
    return _ratios(_read(folder / "ratios.csv")) | _died(folder)


def _ratios(rows: Rows) -> dict[str, float]:
    """Ratios by provider, as the SHMI and the CQC have them."""
    observed, expected = _column(rows, "observed"), _column(rows, "expected")
    shmi = ratio_funnel(observed, expected, method="log", spread="additive", outer="truncated")
    exact = ratio_funnel(observed, expected, method="chi-square")
    cqc = ratio_funnel(observed, expected, method="square root", spread="additive")
    code = np.abs(np.asarray(shmi.position))
    found = _spread("SHMI", shmi) | _spread("CQC", cqc)
    assert shmi.spread is not None
    found |= {
        "SHMI units used": float(shmi.spread.units_used),
        "SHMI outside 95 % with spread": float((code >= 1).sum()),
        "SHMI outside 99.8 % with spread": float((code == 2).sum()),
        "SHMI outside 99.8 % exact": float((np.abs(np.asarray(exact.position)) == 2).sum()),
    }
    units = [row["unit"] for row in rows]
    outside = (code == 2).astype(float).tolist()
    found |= {
        f"SHMI {unit} outside 99.8 % with spread": is_out for unit, is_out in zip(units, outside, strict=True)
    }
    for kind, funnel in (("with spread", shmi), ("exact", exact)):
        for name, limits in _limits(funnel):
            found |= {f"SHMI {unit} {kind}, {name}": at for unit, at in zip(units, limits, strict=True)}
    return found


def _died(folder: Path) -> dict[str, float]:
    """Proportions that died by provider; the figures asked for are those of limits between 0 and 1."""
    rows = _read(folder / "died.csv")
    events, total = _column(rows, "events"), _column(rows, "total")
    wide = proportion_funnel(events, total, method="arcsine", spread="additive")
    plain = proportion_funnel(events, total, method="arcsine")
    found = _spread("died", wide)
    found["died target"] = float(np.asarray(wide.target)[0])
    for kind, funnel in (("with spread", wide), ("arcsine", plain)):
        for name, limits in _limits(funnel):
            by_unit = zip((row["unit"] for row in rows), limits, strict=True)
            found |= {f"died {unit} {kind}, {name}": at for unit, at in by_unit if 0 < at < 1}
    return found


def _spread(name: str, funnel: Funnel) -> dict[str, float]:
    """Phi and tau2."""
    assert funnel.spread is not None
    return {f"{name} phi": funnel.spread.estimate, f"{name} tau2": funnel.spread.tau2}


def _limits(funnel: Funnel) -> list[tuple[str, list[float]]]:
    """Inner and outer limits by name."""
    named = {
        "95 % lower": funnel.lower,
        "95 % upper": funnel.upper,
        "99.8 % lower": funnel.outer_lower,
        "99.8 % upper": funnel.outer_upper,
    }
    return [(name, np.asarray(limits).tolist()) for name, limits in named.items()]


def _read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> Array:
    """A column of numbers."""
    return np.array([float(row[name]) for row in rows])


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = MappingProxyType(
    {"P05_funnel_limits_proportion": proportions, "P06_funnel_overdispersion_medpar": overdispersed}
)
