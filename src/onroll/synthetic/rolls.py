"""Who is on the roll of which school in each term of a year, and who leaves it when, for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.synthetic.calendar import SchoolYear
from onroll.synthetic.pupils import Pupils
from onroll.synthetic.schools import PROVISION, SECONDARY, Schools

Array = np.ndarray[Any, Any]
LEFT_TO = ("school", "away", "home_education", "provision", "finished", "excluded", "unknown")
SCHOOL, AWAY, HOME, TO_PROVISION, FINISHED, EXCLUDED, UNKNOWN, UNSAID = range(8)
NOWHERE = -1
# Chances in a year, assumed: leave the area, change school, begin home education, leave for a reason not known.
_CHANCES = (0.012, 0.014, 0.0015, 0.0005)
_WHYS = (AWAY, SCHOOL, HOME, UNKNOWN)


@dataclass(slots=True)
class Rolls:
    """A year of a part: three terms by n pupils.

    ``school`` is a place among the schools or -1; ``entry`` the day of joining it; ``left`` the day of leaving it in
    that term or 0; ``why`` a place in ``LEFT_TO``, 7 where it is not said, -1 where nobody left; ``dual`` marks a
    second registration at the pupil referral unit. ``then`` is the school that follows in September.
    """

    year: SchoolYear
    every_term: bool
    school: Array
    entry: Array
    left: Array
    why: Array
    dual: Array

    @property
    def main(self) -> Array:
        """The school of the January census, else that of autumn, else that of summer; shape (n,)."""
        autumn, spring, summer = self.school
        return np.asarray(np.where(spring >= 0, spring, np.where(autumn >= 0, autumn, summer)))

    @property
    def moved(self) -> Array:
        """Whether a pupil has left a school in the year; shape (n,)."""
        return np.asarray((self.left > 0).any(axis=0))

    def leave(self, who: Array, term: Array, day: Array, why: Array, to: Array) -> None:
        """Pupils leave in a term, at the day given or after its census, and join another school the term after.

        Where only the January census is kept nobody leaves before it, so that every exclusion is on a roll.

        Parameters
        ----------
        who, term, day, why, to : shape (k,)
            Places of pupils; terms 0 to 2; days; places in ``LEFT_TO``; schools or -1.
        """
        if not self.every_term:
            term = np.maximum(term, 1)
        census = np.array(self.year.census)[term]
        end = np.array([*(self.year.days[list(self.year.first[1:])] - 1), self.year.days[-1] + 9])[term]
        self.left[term, who] = np.clip(day, census + 1, end)
        self.why[term, who] = why
        for at in range(3):
            later = term < at
            self.school[at, who[later]] = to[later] if self.every_term else NOWHERE
            self.entry[at, who[later]] = self.year.days[np.array(self.year.first)[term[later] + 1]]

    def last_place(self) -> Array:
        """The place among the school days up to which each pupil can be excluded in each term; shape (3, n)."""
        ends = np.repeat(np.array(self.year.last)[:, None], self.school.shape[1], axis=1)
        before = self.year.place(np.maximum(self.left, 1))
        return np.where(self.left > 0, np.minimum(ends, before), ends)


def open_rolls(pupils: Pupils, year: SchoolYear, every_term: bool) -> Rolls:
    """The rolls of September, with those who join later in the year from their term on."""
    n = len(pupils)
    there = pupils.joins[None, :] <= np.arange(3)[:, None]
    return Rolls(
        year,
        every_term,
        np.where(there, pupils.school[None, :], NOWHERE).astype(np.int32),
        np.tile(pupils.entry, (3, 1)),
        np.zeros((3, n), np.int32),
        np.full((3, n), -1, np.int8),
        np.zeros((3, n), bool),
    )


def move_in_year(rng: np.random.Generator, rolls: Rolls, pupils: Pupils, schools: Schools, part: int) -> None:
    """Some pupils leave or change school in the year, whatever their conduct."""
    u = rng.random(len(pupils))
    edges = np.cumsum(_CHANCES)
    who = np.flatnonzero(
        (u < edges[-1]) & (rolls.school[0] >= 0) & (schools.phase[pupils.school] <= SECONDARY)
    )
    kind = np.searchsorted(edges, u[who], side="right")
    if not rolls.every_term:
        who, kind = who[kind != 1], kind[kind != 1]
    term = rng.integers(0, 2, len(who))
    day = rolls.year.days[rng.integers(np.array(rolls.year.first)[term], np.array(rolls.year.last)[term] + 1)]
    to = np.where(kind == 1, other_school(rng, pupils.school[who], schools, part), NOWHERE)
    rolls.leave(who, term, day, np.array(_WHYS)[kind], to)


def other_school(rng: np.random.Generator, school: Array, schools: Schools, part: int) -> Array:
    """Another school of the same phase and part for each; the same where it is the only one."""
    out = school.copy()
    for phase in range(PROVISION + 1):
        places = schools.of(part, phase)
        these = np.flatnonzero(schools.phase[school] == phase)
        if len(places) > 1 and len(these):
            at = np.searchsorted(places, school[these])
            out[these] = places[(at + rng.integers(1, len(places), len(these))) % len(places)]
    return out
