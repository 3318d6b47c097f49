"""Made schools of one authority over the years with a known truth: what the comparison of schools is tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from onroll.vocabulary import PHASES

Array = np.ndarray[Any, Any]
YEARS = ("201516", "201617", "201718", "201819", "202122", "202223", "202324")
"""Calm years, the pandemic left out."""
SIGNING = (4, 5, 6)
"""Places of the years in which schools sign."""
SHARE = 0.6
"""Of schools sign within these years, as many in each."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Schools of a phase: how many, pupils of each, share of them suspended in a year, spread about their own usual.

    The last is a standard deviation of log rates, taken so that the rate of a whole authority of such schools strays from
    year to year as published ones do, between the years before the pandemic and those after it (a test compares them).
    """

    schools: int
    pupils: float
    share: float
    shock: float


SIZES: Mapping[str, Phase] = MappingProxyType(
    {PHASES[1]: Phase(14, 1160.0, 0.07, 0.42), PHASES[0]: Phase(50, 420.0, 0.008, 0.85)}
)
LEVEL, FADES = 0.45, 0.6
"""Spread of schools' usual log rates, and what is left a year later of how far one strays from its own (assumed)."""
PUPILS_APART = 0.25
RISE = 1.4
"""Ratio of all rates in the last year to those before the pandemic."""


@dataclass(frozen=True, slots=True)
class SchoolScenario:
    """What truly happens.

    Attributes
    ----------
    ratio : float
        The Charter's true ratio of rates at schools that it reaches.
    reaches : float
        Share of schools that signed which it reaches.
    stood_high : float
        How much likelier a school signs whose rate stood one standard deviation above its own usual, as a log ratio.
    high_level : float
        The same for a school that suspends more all along.
    alike : bool
        Whether the fall is as many pupils for every 100 at every school, as far as its rate goes, and not in proportion.
    """

    ratio: float = 1.0
    reaches: float = 1.0
    stood_high: float = 0.0
    high_level: float = 0.0
    alike: bool = False


@dataclass(frozen=True, slots=True)
class MadeSchools:
    """Schools by years.

    Attributes
    ----------
    suspended, pupils : ndarray, shape (schools, years)
    first : ndarray, shape (schools,)
        Place of the first year in which a school had signed, from 0; ``inf`` for never.
    change : ndarray, shape (schools, years)
        True change that signing made, as a share of pupils.
    """

    suspended: Array
    pupils: Array
    first: Array
    change: Array

    @property
    def true_change(self) -> float:
        """The mean true change of schools that signed, over years in which others had not yet, for every 100."""
        place = np.arange(self.pupils.shape[1])
        open_years = (self.first[:, None] > place).any(axis=0)
        cells = (place[None, :] >= self.first[:, None]) & open_years
        return float(100.0 * self.change[cells].mean())


def made_schools(rng: np.random.Generator, scenario: SchoolScenario, phase: str) -> MadeSchools:
    """Make the schools of a phase: rates that differ and wander, pupils suspended by chance, dates of signing.

    Schools that stood high are those whose counted rate did, which is what those who decide can see.
    """
    size = SIZES[phase]
    level = rng.normal(0.0, LEVEL, size.schools)
    pupils = np.exp(rng.normal(np.log(size.pupils), PUPILS_APART, size.schools)).round().clip(60)
    rolls = np.repeat(pupils[:, None], len(YEARS), axis=1)
    usual = np.minimum(size.share * np.exp(level[:, None] + _wander(rng, size) + _national()[None, :]), 0.9)
    without = rng.binomial(rolls.astype(np.int64), usual)
    first = _dates(rng, without / rolls, level, scenario)
    reached = rng.random(size.schools) < scenario.reaches
    under = (np.arange(len(YEARS))[None, :] >= first[:, None]) & reached[:, None]
    lost = (1 - scenario.ratio) * (usual.mean(axis=0) if scenario.alike else usual)
    rate = np.where(under, usual - lost, usual).clip(0.0, 0.95)
    suspended = np.where(under, rng.binomial(rolls.astype(np.int64), rate), without)
    return MadeSchools(suspended.astype(np.float64), rolls, first, rate - usual)


def _wander(rng: np.random.Generator, size: Phase) -> Array:
    """How far each school's log rate stands from its own usual, year by year, the mean rate kept.

    What is left fades over calendar years.
    """
    calendar = np.array([int(year[:4]) for year in YEARS])
    wander = np.empty((size.schools, len(YEARS)))
    wander[:, 0] = rng.normal(0.0, size.shock, size.schools)
    for at, gap in enumerate(np.diff(calendar), 1):
        kept = FADES**gap
        wander[:, at] = kept * wander[:, at - 1] + rng.normal(
            0.0, size.shock * np.sqrt(1 - kept**2), size.schools
        )
    return wander - size.shock**2 / 2.0


def _national() -> Array:
    """All rates together: a slow rise before the pandemic, most of the rise after it."""
    places = np.arange(len(YEARS))
    risen = np.where(places < SIGNING[0], 0.1 * places / SIGNING[0], (places - SIGNING[0] + 1) / len(SIGNING))
    return np.asarray(np.log(RISE) * risen)


def _dates(rng: np.random.Generator, rates: Array, level: Array, scenario: SchoolScenario) -> Array:
    """Who signs when: as many each year, likelier those that stand high, as far as the scenario says."""
    first = np.full(rates.shape[0], np.inf)
    for many, year in zip(_by_year(rates.shape[0]), SIGNING, strict=True):
        waiting = np.flatnonzero(np.isinf(first))
        root = np.sqrt(rates[waiting])
        stood = root[:, year - 1] - root[:, : year - 1].mean(axis=1)
        drawn = scenario.stood_high * stood / stood.std() + scenario.high_level * level[waiting] / LEVEL
        odds = np.exp(drawn)
        first[rng.choice(waiting, many, replace=False, p=odds / odds.sum())] = year
    return first


def _by_year(schools: int) -> list[int]:
    signing = round(SHARE * schools)
    return [signing // len(SIGNING) + (at < signing % len(SIGNING)) for at in range(len(SIGNING))]
