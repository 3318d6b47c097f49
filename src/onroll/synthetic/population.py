"""How a part's pupils begin, arrive, move up and leave from one September to the next."""

from __future__ import annotations

from typing import Any

import numpy as np

from onroll.synthetic.calendar import SchoolYear
from onroll.synthetic.pupils import NURSERY, RECEPTION, Pupils, Recorded, new_pupils
from onroll.synthetic.rolls import AWAY, FINISHED, NOWHERE, SCHOOL, TO_PROVISION, Rolls
from onroll.synthetic.schools import PRIMARY, PROVISION, SECONDARY, SPECIAL, Schools

Array = np.ndarray[Any, Any]
Heads = tuple[int, ...]
_PROVISION_SHARE = 0.0012
_STAY_FOR_YEAR_12, _STAY_AT_SPECIAL, _LEAVE_IN_SUMMER, _BACK_TO_MAINSTREAM = 0.08, 0.5, 0.015, 0.4
_AGES = (
    (np.arange(-1, 7), np.array([0.35, 1, 1, 1, 1, 1, 1, 1])),
    (np.arange(7, 14), np.array([1, 1, 1, 1, 1, 0.07, 0.06])),
    (np.arange(0, 14), np.r_[np.full(7, 0.7), np.full(5, 1.2), 0.5, 0.4]),
    (np.arange(8, 12), np.ones(4)),
)
_ARRIVING = (
    (np.arange(-1, 7), np.array([0.3, 0.62, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01])),
    (np.arange(7, 12), np.array([0.6, 0.12, 0.1, 0.1, 0.08])),
    (np.arange(0, 12), np.r_[0.4, np.full(11, 0.6 / 11)]),
)
_JOIN_LATER = (0.85, 0.96)
_SEPTEMBER = 245


def first_pupils(
    rng: np.random.Generator,
    schools: Schools,
    part: int,
    heads: Heads,
    share: tuple[float, ...],
    year: SchoolYear,
) -> Pupils:
    """The pupils of a part in its first September, each already some years at the school."""
    counts = (*heads, max(1, round(_PROVISION_SHARE * sum(heads))))
    groups, places, years = [], [], []
    for phase, count in enumerate(counts):
        ages, weights = _AGES[phase]
        group = rng.choice(ages, count, p=weights / weights.sum())
        groups.append(group)
        places.append(_some_school(rng, schools.of(part, phase), count))
        begun = (NURSERY + 1, 7, 0, 8)[phase]
        years.append(year.start - np.clip(group - begun, 0, 5))
    began = np.concatenate(years)
    entry = (began - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32) + _SEPTEMBER
    entry = np.where(began == year.start, year.days[0], entry)
    group = np.concatenate(groups)
    return new_pupils(rng, share, group, np.concatenate(places), entry, np.zeros(len(group)))


def arrivals(
    rng: np.random.Generator,
    schools: Schools,
    part: int,
    missing: Heads,
    share: tuple[float, ...],
    year: SchoolYear,
    every_term: bool,
) -> Pupils:
    """New pupils, as many as each phase lacks; most join a first year, some join in the second or third term."""
    groups, places = [], []
    for phase, count in enumerate(missing):
        ages, weights = _ARRIVING[phase]
        groups.append(rng.choice(ages, max(count, 0), p=weights / weights.sum()))
        places.append(_some_school(rng, schools.of(part, phase), max(count, 0)))
    group = np.concatenate(groups)
    later = np.searchsorted(_JOIN_LATER, rng.random(len(group)))
    begins = (group == NURSERY) | (group == RECEPTION) | (group == 7)
    joins = np.where(begins, 0, later) if every_term else np.zeros(len(group), int)
    entry = year.days[np.array(year.first)[joins]]
    return new_pupils(rng, share, group, np.concatenate(places), entry, joins)


def end_year(
    rng: np.random.Generator,
    rolls: Rolls,
    pupils: Pupils,
    what: Recorded,
    schools: Schools,
    part: int,
    heads: Heads,
) -> tuple[Array, Array]:
    """Where each pupil goes after July: leavers are written into the rolls.

    Returns
    -------
    school, moved : shape (n,)
        The school of next September or -1, and whether it is another than now.
    """
    now = np.where(rolls.left[2] > 0, NOWHERE, rolls.school[2])
    there = now >= 0
    phase = np.where(there, schools.phase[now], -1)
    u, group = rng.random(len(pupils)), pupils.year_group
    done = (group >= 13) | ((group == 12) & (u > 0.9))
    done |= (group == 11) & (u > np.where(phase == SPECIAL, _STAY_AT_SPECIAL, _STAY_FOR_YEAR_12))
    done &= there
    gone = there & ~done & (phase <= SECONDARY) & (u < _LEAVE_IN_SUMMER)
    free = there & ~done & ~gone
    then = np.where(free, now, NOWHERE)
    back = free & (phase == PROVISION) & (rng.random(len(pupils)) < _BACK_TO_MAINSTREAM)
    then[back] = _mainstream(rng, group[back] + 1, schools, part)
    up = np.flatnonzero(free & (phase == PRIMARY) & (group == 6))
    staying = int((free & (phase == SECONDARY)).sum()) + int((back & (group >= 6)).sum())
    room = max(heads[SECONDARY] - staying, 0)
    up = rng.permutation(up)
    then[up[:room]] = _feeder(rng, now[up[:room]], schools, part)
    then[up[room:]] = NOWHERE
    wanted = heads[SPECIAL] - int((free & (phase == SPECIAL)).sum())
    could = rng.permutation(np.flatnonzero(free & (phase <= SECONDARY) & (what.sen == 2) & (group < 11)))
    special = could[: max(wanted // 2, 0)]
    then[special] = _some_school(rng, schools.of(part, SPECIAL), len(special))
    leaving = np.flatnonzero(there & (then != now))
    why = np.full(len(pupils), SCHOOL)
    why[done], why[gone], why[up[room:]], why[special] = FINISHED, AWAY, AWAY, TO_PROVISION
    rolls.leave(
        leaving,
        np.full(len(leaving), 2),
        np.full(len(leaving), rolls.year.days[-1]),
        why[leaving],
        then[leaving],
    )
    return then, then != now


def lacking(school: Array, schools: Schools, heads: Heads) -> Heads:
    """How many pupils each counted phase lacks."""
    have = np.bincount(schools.phase[school], minlength=4)
    return tuple(int(want - got) for want, got in zip(heads, have[:3], strict=True))


def _some_school(rng: np.random.Generator, places: Array, count: int) -> Array:
    """Schools of unlike sizes: the largest takes about three times as many as the smallest."""
    sizes = np.linspace(0.5, 1.5, len(places)) if len(places) > 1 else np.ones(1)
    return rng.choice(places, count, p=sizes / sizes.sum())


def _feeder(rng: np.random.Generator, primary: Array, schools: Schools, part: int) -> Array:
    """Most pupils go to the secondary school that goes with their primary school."""
    secondary = schools.of(part, SECONDARY)
    usual = secondary[np.searchsorted(schools.of(part, PRIMARY), primary) % len(secondary)]
    return np.where(rng.random(len(primary)) < 0.6, usual, _some_school(rng, secondary, len(primary)))


def _mainstream(rng: np.random.Generator, group: Array, schools: Schools, part: int) -> Array:
    young = _some_school(rng, schools.of(part, PRIMARY), len(group))
    return np.where(group < 7, young, _some_school(rng, schools.of(part, SECONDARY), len(group)))
