"""Suspensions and permanent exclusions of a year: who, on which school day, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.synthetic.effects import FROM
from onroll.synthetic.hazards import Effects, Hazard, value_of
from onroll.synthetic.rolls import Rolls
from onroll.synthetic.schools import PROVISION, Schools
from onroll.synthetic.targets import Target

Array = np.ndarray[Any, Any]
# Half days of a suspension and their weights: short ones, two days most of all; assumed.
_SESSIONS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 45, 60, 90])
_WEIGHTS = np.array([9, 33, 5, 20, 3, 11, 5, 9, 1.6, 1, 1.6, 0.5, 0.15, 0.1, 0.05])
_MOST, _LIMIT_DAYS, _EARLIEST_PERMANENT, _OFTEN = 40, 45, 8, 2
_LUNCHTIME = 0.01
_KEPT = 0.7
"""Share of pupils whose disposition stays from one year to the next."""


@dataclass(slots=True)
class Events:
    """Exclusions of one kind, shape (k,), by pupil and day.

    ``pupil`` is a place among the pupils, ``place`` one among the school days, ``school`` one among the schools;
    ``sessions`` are half days, 0 for a permanent exclusion.
    """

    pupil: Array
    term: Array
    place: Array
    school: Array
    sessions: Array


@dataclass(frozen=True, slots=True)
class Drawn:
    """All exclusions of a part's year, and what was expected of them: counts by measure."""

    suspensions: Events
    permanent: Events
    lunchtime: Events
    expected: dict[str, float]


def renew_conduct(rng: np.random.Generator, conduct: Array) -> Array:
    """Standing dispositions for the next year: most pupils keep theirs, some draw a new one."""
    return np.where(rng.random(len(conduct)) < _KEPT, conduct, rng.random(len(conduct)))


def draw_events(
    rng: np.random.Generator,
    rolls: Rolls,
    conduct: Array,
    hazard: Hazard,
    schools: Schools,
    target: Target,
    effects: Effects,
) -> Drawn:
    """Draw a year's exclusions.

    A pupil's number of suspensions is Poisson given a gamma disposition (negative binomial). Nothing follows a
    permanent exclusion in its year, a pupil's suspensions do not overlap, and their school days are at most 45.
    """
    shape, rate = hazard.shape, hazard.after.sum(axis=0)
    disposition = rng.standard_gamma(shape + 1.0) * _even(rng, conduct, hazard.phase) ** (1.0 / shape) / shape
    number = np.minimum(rng.poisson(rate * disposition), _MOST)
    chance = _chance(rolls, hazard, disposition, schools, target, effects)
    permanent = _permanent(rng, rolls, hazard, chance, number)
    suspensions = _placed(rng, rolls, hazard, number, permanent)
    counted = hazard.phase < PROVISION
    once = -np.expm1(-shape * np.log1p(rate / shape))
    expected = {
        "suspensions": float(rate[counted].sum()),
        "suspended_pupils": float(once[counted].sum()),
        "permanent_exclusions": float(chance[counted].sum()),
    }
    lunchtime = _lunchtime(rng, rolls, hazard, number, len(suspensions.pupil))
    return Drawn(suspensions, permanent, lunchtime, expected)


def _even(rng: np.random.Generator, conduct: Array, phase: Array) -> Array:
    """Dispositions spread evenly over 0 to 1 within each phase, in the same order.

    Those who left after exclusion would otherwise take the published rate down with them.
    """
    order = np.lexsort((conduct, phase))
    size = np.bincount(phase, minlength=PROVISION + 1)
    rank = np.arange(len(conduct)) - np.repeat(np.cumsum(size) - size, size)
    even = np.empty(len(conduct))
    even[order] = (rank + rng.uniform(0.001, 1.0, len(conduct))) / np.repeat(np.maximum(size, 1), size)
    return even


def _permanent(
    rng: np.random.Generator, rolls: Rolls, hazard: Hazard, chance: Array, number: Array
) -> Events:
    """Permanent exclusions; those of pupils with many suspensions come later, so that these fit in before."""
    who = np.flatnonzero(rng.random(len(chance)) < chance)
    often = number[who] >= _OFTEN
    last_place = rolls.last_place()
    term, other = _terms(rng, hazard.after, who), _terms(rng, hazard.after, who)
    term = np.where(often, np.maximum(term, other), term)
    first = np.array(rolls.year.first)[term] + _EARLIEST_PERMANENT
    place, again = (_between(rng, first, last_place[term, who]) for _ in range(2))
    place = np.where(often, np.maximum(place, again), place)
    return Events(who, term, place, rolls.school[term, who], np.zeros(len(who), np.int64))


def _chance(
    rolls: Rolls, hazard: Hazard, disposition: Array, schools: Schools, target: Target, effects: Effects
) -> Array:
    """Each pupil's chance of permanent exclusion: the published number by phase, then what the Charter changes."""
    rate = hazard.before.sum(axis=0)
    inclined = 0.8 * np.minimum(rate * disposition, 10.0) ** 0.8 + 0.2 * rate
    inclined = np.where(rolls.moved, 0.0, inclined)
    chance = np.zeros(len(rate))
    for phase in range(PROVISION):
        these = hazard.phase == phase
        wanted = target.permanent[phase] * (these & (rolls.school[1] >= 0)).sum()
        scale = 1.0
        for _ in range(20):
            total = np.minimum(scale * inclined[these], 0.8).sum()
            scale *= wanted / total if total > 0 else 0.0
        chance[these] = np.minimum(scale * inclined[these], 0.8)
    if rolls.year.period >= FROM:
        january = rolls.year.days[rolls.year.first[1]]
        holds = (schools.signed > 0) & (schools.signed <= january)
        chance *= np.where(holds[rolls.main], value_of(effects, "strategy_permanent"), 1.0)
    return np.asarray(np.minimum(chance, 1.0))


def _placed(
    rng: np.random.Generator, rolls: Rolls, hazard: Hazard, number: Array, permanent: Events
) -> Events:
    n = len(number)
    end_term, end_place = np.full(n, 3), np.full(n, 10_000)
    end_term[permanent.pupil], end_place[permanent.pupil] = permanent.term, permanent.place
    pupil = np.repeat(np.arange(n), number)
    term = np.minimum(_terms(rng, hazard.after, pupil), end_term[pupil])
    first = np.array(rolls.year.first)[term]
    last = np.minimum(rolls.last_place()[term, pupil], end_place[pupil] - 1)
    place = _between(rng, first, last)
    for _ in range(6):
        again = _second_on_a_day(pupil, place)
        place[again] = _between(rng, first[again], last[again])
    once = np.ones(len(pupil), bool)
    once[_second_on_a_day(pupil, place)] = False
    pupil, term, place = pupil[once], term[once], place[once]
    order = np.lexsort((place, pupil))
    pupil, term, place = pupil[order], term[order], place[order]
    follows = np.r_[pupil[1:] == pupil[:-1], False] if len(pupil) else np.zeros(0, bool)
    ends = np.minimum(end_place, len(rolls.year.days))
    gap = np.where(follows, np.r_[place[1:], 0] - place if len(place) else 0, ends[pupil] - place)
    sessions = rng.choice(_SESSIONS, len(pupil), p=_WEIGHTS / _WEIGHTS.sum())
    sessions = _within_limit(np.minimum(sessions, 2 * gap), pupil, n)
    return Events(pupil, term, place, rolls.school[term, pupil], sessions)


def _within_limit(sessions: Array, pupil: Array, n: int) -> Array:
    """Sessions so that no pupil's school days, part days counted whole, pass 45 in the year."""
    days = (sessions + 1) // 2
    total = np.bincount(pupil, days, minlength=n)[pupil]
    number = np.bincount(pupil, minlength=n)[pupil]
    less = 2 * (1 + (days - 1) * (_LIMIT_DAYS - number) // np.maximum(total - number, 1))
    return np.where(total > _LIMIT_DAYS, np.minimum(less, sessions), sessions)


def _lunchtime(
    rng: np.random.Generator, rolls: Rolls, hazard: Hazard, number: Array, suspended: int
) -> Events:
    """A few lunchtime exclusions, of pupils without suspensions."""
    could = np.flatnonzero((number == 0) & ~rolls.moved & (rolls.school[1] >= 0) & (hazard.phase < 2))
    who = np.sort(rng.choice(could, min(len(could), round(_LUNCHTIME * suspended)), replace=False))
    first, last = rolls.year.first[1], rolls.year.last[1]
    place = rng.integers(first, last + 1, len(who))
    one = np.ones(len(who), np.int64)
    return Events(who, one, place, rolls.school[1, who], one)


def _terms(rng: np.random.Generator, weight: Array, pupil: Array) -> Array:
    """A term for each event, by the pupil's expected suspensions of each term."""
    upto = np.cumsum(weight, axis=0)[:, pupil]
    u = rng.random(len(pupil)) * upto[2]
    return np.asarray((u >= upto[0]).astype(int) + (u >= upto[1]))


def _between(rng: np.random.Generator, first: Array, last: Array) -> Array:
    return np.asarray(first + (rng.random(len(first)) * np.maximum(last - first + 1, 1)).astype(int))


def _second_on_a_day(pupil: Array, place: Array) -> Array:
    key = pupil.astype(np.int64) * 1000 + place
    order = np.argsort(key, kind="stable")
    return np.asarray(order[1:][key[order][1:] == key[order][:-1]])
