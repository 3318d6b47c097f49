"""A made panel of authorities with a known truth: what the study of designs is run on. No real place is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from onroll.vocabulary import PHASES, periods

SOURCE = "made_panel"
PRIMARY, SECONDARY, TOTAL = PHASES[0], PHASES[1], PHASES[-1]
SUSPENSIONS, SUSPENDED, PERMANENT = "suspension_count", "suspended_pupil_count", "permanent_exclusion_count"


@dataclass(frozen=True, slots=True)
class Moves:
    """How one count moves: usual rate in secondary schools, spread of authorities, shocks that fade, clustering.

    ``shock`` is the standard deviation of an authority's log rate about its own usual, ``fades`` how much of a shock is
    left a year later, ``repeats`` the variance of counts beside Poisson's.
    """

    rate: float
    level: float
    shock: float
    fades: float
    repeats: float


MOVES: Mapping[str, Moves] = MappingProxyType(
    {
        SUSPENSIONS: Moves(0.09, 0.40, 0.33, 0.85, 2.5),
        SUSPENDED: Moves(0.05, 0.32, 0.20, 0.85, 1.0),
        PERMANENT: Moves(0.002, 0.45, 0.50, 0.75, 1.0),
    }
)
"""As in the published panel of authorities, 2006/07 to 2023/24: scatter and what is left of it after one to five years."""
IN_PRIMARY = 0.12
"""Rates in primary schools beside those in secondary schools."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What truly happens.

    Attributes
    ----------
    ratio : float
        The strategy's true ratio of rates in secondary and primary schools.
    share : float
        Share of secondary schools' events that it reaches; primary schools' are reached where it is 1.
    stood_high : float
        Share of authorities, the highest just before, of which the treated is one; 1 for any.
    dip, uneven : float
        Ratio of rates in the pandemic years; spread of what authorities keep of it in the years after.
    national : float
        Ratio of all authorities' rates since the launch.
    """

    ratio: float = 1.0
    share: float = 1.0
    stood_high: float = 1.0
    dip: float = 0.6
    uneven: float = 0.0
    national: float = 1.0

    @property
    def true_ratio(self) -> float:
        """The ratio over all schools, for a strategy that reaches only some."""
        if self.share == 1:
            return self.ratio
        secondary = 1.0 - self.share * (1.0 - self.ratio)
        return (secondary + IN_PRIMARY * SIZES) / (1.0 + IN_PRIMARY * SIZES)


SIZES = 1.35
"""Pupils of primary schools beside those of secondary schools."""


def made_panel(
    rng: np.random.Generator,
    scenario: Scenario,
    *,
    launch: str,
    first: str,
    last: str,
    pandemic: tuple[str, ...],
    authorities: int = 150,
) -> tuple[pd.DataFrame, str]:
    """Make the cells of all authorities, in the form of published ones, and say which authority is treated.

    Returns
    -------
    DataFrame, str
        ``time_period, area_code, area, region, education_phase, pupils``, three counts and ``source``; the code of the
        treated.
    """
    years = periods(first, last)
    since = np.array([year >= launch for year in years])
    calm = np.array([year in pandemic for year in years])
    secondary = np.exp(rng.normal(np.log(17_000), 0.6, authorities)).round()
    shared = _shocks(rng, len(years), authorities, MOVES[SUSPENDED])
    kept = np.exp(scenario.uneven * rng.normal(0, 1, authorities))
    logs = {
        SUSPENSIONS: 1.3 * shared + _shocks(rng, len(years), authorities, MOVES[SUSPENSIONS], alone=0.2),
        SUSPENDED: shared,
        PERMANENT: 0.6 * shared + _shocks(rng, len(years), authorities, MOVES[PERMANENT], alone=0.45),
    }
    treated = _treated(rng, logs[SUSPENSIONS], since | calm, scenario)
    national = np.linspace(0.2, 0.0, len(years)) ** 2 * 5 + np.log(scenario.national) * since
    national = national + np.log(scenario.dip) * calm
    usual = {name: rng.normal(np.log(moves.rate), moves.level, authorities) for name, moves in MOVES.items()}
    tables = {}
    for phase, size, scale in (
        (SECONDARY, secondary, 1.0),
        (PRIMARY, (SIZES * secondary).round(), IN_PRIMARY),
    ):
        done = np.ones((len(years), authorities))
        part = scenario.share if phase == SECONDARY else float(scenario.share == 1)
        done[since, treated] = 1.0 - part * (1.0 - scenario.ratio)
        tables[phase] = {"pupils": np.broadcast_to(size, done.shape)} | {
            name: _counts(
                rng,
                scale
                * size
                * done
                * np.exp(usual[name] + national[:, None] + logs[name])
                * kept ** since[:, None],
                moves,
            )
            for name, moves in MOVES.items()
        }
    tables[TOTAL] = {name: tables[SECONDARY][name] + tables[PRIMARY][name] for name in tables[SECONDARY]}
    return _cells(tables, years, authorities), _code(treated)


def _shocks(
    rng: np.random.Generator, years: int, units: int, moves: Moves, alone: float | None = None
) -> Any:
    """Shocks that fade, each year's variance the same."""
    spread = moves.shock if alone is None else alone
    shocks = np.empty((years, units))
    shocks[0] = rng.normal(0, spread, units)
    fresh = spread * np.sqrt(1 - moves.fades**2)
    for year in range(1, years):
        shocks[year] = moves.fades * shocks[year - 1] + rng.normal(0, fresh, units)
    return shocks


def _treated(rng: np.random.Generator, logs: Any, later: Any, scenario: Scenario) -> int:
    """Any authority, or one of those that stood highest in the last three calm years before, beside their own usual."""
    units = logs.shape[1]
    if scenario.stood_high == 1:
        return int(rng.integers(units))
    before = logs[~later]
    stood = before[-3:].mean(axis=0) - before[:-3].mean(axis=0)
    return int(rng.choice(np.argsort(-stood)[: max(1, round(scenario.stood_high * units))]))


def _counts(rng: np.random.Generator, mean: Any, moves: Moves) -> Any:
    if moves.repeats == 1:
        return rng.poisson(mean)
    return rng.negative_binomial(mean / (moves.repeats - 1), 1 / moves.repeats)


def _code(place: int) -> str:
    return f"M{place:03d}"


def _cells(tables: Mapping[str, Mapping[str, Any]], years: tuple[str, ...], units: int) -> pd.DataFrame:
    codes = [_code(place) for place in range(units)]
    frames = []
    for phase, columns in tables.items():
        frames.append(pd.DataFrame({
            "time_period": np.repeat(years, units), "area_code": np.tile(codes, len(years)),
            "area": np.tile([f"made authority {code}" for code in codes], len(years)),
            "region": np.tile([f"made region {place % 9}" for place in range(units)], len(years)),
            "education_phase": phase, **{name: np.asarray(values, dtype=float).ravel() for name, values in columns.items()},
            "source": SOURCE,
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)
