"""What follows exclusions: pupils leave, move by agreement, go to provision, or drop off the roll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.synthetic.events import Drawn
from onroll.synthetic.hazards import Effects, value_of
from onroll.synthetic.pupils import Pupils
from onroll.synthetic.rolls import (
    AWAY,
    EXCLUDED,
    HOME,
    NOWHERE,
    SCHOOL,
    UNKNOWN,
    UNSAID,
    Rolls,
    other_school,
)
from onroll.synthetic.schools import PROVISION, SECONDARY, Schools

Array = np.ndarray[Any, Any]
# Chances, assumed: to the unit or another school after permanent exclusion; a managed move after three suspensions and
# whether it lasts; alternative provision after two; home education after one.
_TO_UNIT, _TO_SCHOOL = 0.65, 0.9
_MANAGED_MOVE, _LASTS, _PROVISION, _HOME = 0.25, 0.55, 0.15, 0.008
_REVIEW_DAYS = 21


@dataclass(slots=True)
class Fates:
    """Pupils (places) by what followed; ``term`` is the term after which it began.

    ``september`` and ``to`` are pupils who join a school in September and that school. ``off_rolled`` counts the
    pupils who were taken off the roll by the planted effect.
    """

    excluded: Array
    excluded_to: Array
    moved: Array
    moved_term: Array
    moved_to: Array
    lasted: Array
    provision: Array
    provision_term: Array
    home: Array
    off_rolled: int
    september: Array
    to: Array


def follow(
    rng: np.random.Generator,
    rolls: Rolls,
    pupils: Pupils,
    drawn: Drawn,
    schools: Schools,
    part: int,
    effects: Effects,
) -> Fates:
    """Write what follows the year's exclusions into its rolls."""
    permanent = drawn.permanent
    last_term, last_place, off, home, moved, provision = _chosen(rng, rolls, pupils, drawn, schools, effects)
    _leave_after(rolls, off, last_term, last_place, np.where(rng.random(len(off)) < 0.5, UNKNOWN, UNSAID))
    _leave_after(rolls, home, last_term, last_place, np.full(len(home), HOME))
    moved_to = other_school(rng, rolls.main[moved], schools, part)
    lasted = rng.random(len(moved)) < _LASTS
    stay = moved[lasted]
    ends = rolls.year.days[np.array(rolls.year.last)[last_term[stay]]]
    rolls.leave(stay, last_term[stay], ends, np.full(len(stay), SCHOOL), moved_to[lasted])
    for at in range(3):
        rolls.dual[at, provision] = last_term[provision] < at
    excluded_to = _exclude(rng, rolls, permanent.pupil, permanent.term, permanent.place, schools, part)
    september = (permanent.term == 2) if rolls.every_term else np.ones(len(permanent.pupil), bool)
    september &= (excluded_to >= 0) & (pupils.year_group[permanent.pupil] < 11)
    return Fates(
        permanent.pupil,
        excluded_to,
        moved,
        last_term[moved],
        moved_to,
        lasted,
        provision,
        last_term[provision],
        home,
        len(off),
        permanent.pupil[september],
        excluded_to[september],
    )


def _chosen(
    rng: np.random.Generator, rolls: Rolls, pupils: Pupils, drawn: Drawn, schools: Schools, effects: Effects
) -> tuple[Array, ...]:
    """Each pupil's last term and day of suspension; then who is taken off the roll, begins home education, moves by
    agreement and goes to provision. A pupil meets one of these at most, and none after permanent exclusion.
    """
    n, suspensions = len(pupils), drawn.suspensions
    number = np.bincount(suspensions.pupil, minlength=n)
    last_term, last_place = np.zeros(n, int), np.zeros(n, int)
    np.maximum.at(last_term, suspensions.pupil, suspensions.term)
    np.maximum.at(last_place, suspensions.pupil, suspensions.place)
    settled = ~rolls.moved & (rolls.school[0] >= 0)
    settled[drawn.permanent.pupil] = False
    phase, u = schools.phase[rolls.main], rng.random(n)
    in_band = (pupils.year_group >= 9) & (pupils.year_group <= 11) & (phase <= SECONDARY)
    off = np.flatnonzero(settled & in_band & (number >= 2) & (u < value_of(effects, "off_rolling")))
    settled[off] = False
    u = rng.random(n)
    home = np.flatnonzero(settled & (number >= 1) & (phase <= SECONDARY) & (u < _HOME))
    settled[home] = False
    secondary = settled & (phase == SECONDARY) & rolls.every_term & (last_term < 2)
    moved = np.flatnonzero(secondary & (number >= 3) & (u > 1 - _MANAGED_MOVE))
    settled[moved] = False
    provision = np.flatnonzero(secondary & settled & (number >= 2) & (u > 1 - _MANAGED_MOVE - _PROVISION))
    return last_term, last_place, off, home, moved, provision


def _leave_after(rolls: Rolls, who: Array, last_term: Array, last_place: Array, why: Array) -> None:
    """Pupils leave a week after their last suspension, and not before the census of that term."""
    day = rolls.year.days[last_place[who]] + 7
    rolls.leave(who, last_term[who], day, why, np.full(len(who), NOWHERE))


def _exclude(
    rng: np.random.Generator,
    rolls: Rolls,
    who: Array,
    term: Array,
    place: Array,
    schools: Schools,
    part: int,
) -> Array:
    """Take permanently excluded pupils off the roll once the exclusion was reviewed; the school that follows or -1."""
    u = rng.random(len(who))
    unit = rng.choice(schools.of(part, PROVISION), len(who))
    another = other_school(rng, rolls.main[who], schools, part)
    to = np.where(u < _TO_UNIT, unit, np.where(u < _TO_SCHOOL, another, NOWHERE))
    rolls.leave(who, term, rolls.year.days[place] + _REVIEW_DAYS, np.where(to >= 0, EXCLUDED, AWAY), to)
    return to
