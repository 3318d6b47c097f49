"""One independent part of a made authority: its pupils through all years, written as they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.synthetic.calendar import TERMS, SchoolYear, school_year
from onroll.synthetic.events import Drawn, draw_events, renew_conduct
from onroll.synthetic.following import Fates, follow
from onroll.synthetic.hazards import Effects, hazard
from onroll.synthetic.placements import placements_table
from onroll.synthetic.population import arrivals, end_year, first_pupils, lacking
from onroll.synthetic.pupils import Pupils, Recorded, number_pupils, recorded
from onroll.synthetic.record_tables import exclusions_table, roll_table
from onroll.synthetic.rolls import Rolls, move_in_year, open_rolls
from onroll.synthetic.schools import Schools
from onroll.synthetic.targets import Target, Targets
from onroll.synthetic.truth import YearTotals
from onroll.synthetic.writing import Folder

Array = np.ndarray[Any, Any]
Ratios = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What all parts share. ``censuses`` are the terms (0 to 2) whose rolls are kept, ``size`` a part's pupils."""

    targets: Targets
    schools: Schools
    effects: Effects
    censuses: tuple[int, ...]
    size: float

    @property
    def every_term(self) -> bool:
        """Whether the rolls of all three terms are kept, so that pupils may change school within a year."""
        return len(self.censuses) == len(TERMS)

    def heads(self, target: Target) -> tuple[int, ...]:
        """Pupils of each counted phase in a part in a year."""
        return tuple(round(share * self.size) for share in target.heads)


def make_part(
    plan: Plan,
    part: int,
    seed: np.random.SeedSequence,
    folder: Folder,
    years: dict[str, YearTotals],
    say: Callable[[str], None],
) -> tuple[Array, Ratios]:
    """Make and write a part, adding to each year's totals.

    Returns
    -------
    tally : int, shape (years, 3 terms, schools of the part)
        Suspensions of each school.
    ratios : the multipliers used in each year
    """
    mine = plan.schools.of_part(part)
    used = np.zeros((len(plan.schools), 100), np.int64)
    targets = plan.targets.years
    tally = np.zeros((len(targets), 3, len(mine)), np.int64)
    ratios: Ratios = {}
    pupils: Pupils | None = None
    for at, (target, its_seed) in enumerate(zip(targets, seed.spawn(len(targets)), strict=True)):
        rng, year = np.random.default_rng(its_seed), school_year(target.period)
        pupils = _september(plan, part, rng, year, target, pupils, used)
        rolls = open_rolls(pupils, year, plan.every_term)
        what = recorded(pupils, plan.schools, target)
        move_in_year(rng, rolls, pupils, plan.schools, part)
        expected = hazard(rolls, pupils, what, plan.schools, target, plan.targets.ethnic_rate, plan.effects)
        drawn = draw_events(rng, rolls, pupils.u_conduct, expected, plan.schools, target, plan.effects)
        fates = follow(rng, rolls, pupils, drawn, plan.schools, part, plan.effects)
        is_last = at + 1 == len(targets)
        heads = plan.heads(target if is_last else targets[at + 1])
        then, moved = end_year(rng, rolls, pupils, what, plan.schools, part, heads)
        a_year = _Year(rng, rolls, pupils, what, drawn, fates)
        _write(folder, plan, part, a_year, np.full_like(then, -1) if is_last else then)
        years[year.period].add(rolls, drawn, plan.schools, fates.off_rolled)
        np.add.at(tally[at], (drawn.suspensions.term, drawn.suspensions.school - mine[0]), 1)
        ratios[year.period] = expected.ratios
        pupils = _next(pupils, rolls, then, moved, fates)
        say(f"{year.period} made")
    return tally, ratios


@dataclass(frozen=True, slots=True)
class _Year:
    """All that a year of a part is written from."""

    rng: np.random.Generator
    rolls: Rolls
    pupils: Pupils
    what: Recorded
    drawn: Drawn
    fates: Fates


def _september(
    plan: Plan,
    part: int,
    rng: np.random.Generator,
    year: SchoolYear,
    target: Target,
    stayed: Pupils | None,
    used: Array,
) -> Pupils:
    """The pupils of a September: the first ones, or those who stayed and those who arrive."""
    schools, share, heads = plan.schools, plan.targets.ethnic_share, plan.heads(target)
    if stayed is None:
        pupils = first_pupils(rng, schools, part, heads, share, year)
        number_pupils(pupils, schools, used, year.start)
        return pupils
    missing = lacking(stayed.school, schools, heads)
    new = arrivals(rng, schools, part, missing, share, year, plan.every_term)
    number_pupils(new, schools, used, year.start)
    pupils = stayed.join(new)
    pupils.u_conduct = renew_conduct(rng, pupils.u_conduct)
    return pupils


def _write(folder: Folder, plan: Plan, part: int, a_year: _Year, then: Array) -> None:
    """The year's rolls, exclusions and placements."""
    rng, rolls, pupils, what = a_year.rng, a_year.rolls, a_year.pupils, a_year.what
    period, schools = rolls.year.period, plan.schools
    roll = roll_table(rng, rolls, pupils, what, schools, pupils.u_conduct, plan.censuses, part)
    folder.write("roll", roll, period)
    folder.write("exclusions", exclusions_table(rng, rolls, pupils, what, schools, a_year.drawn))
    name = f"P{period}-{part:03d}"
    until = int(plan.targets.years[-1].period[:4])
    folder.write("placements", placements_table(rng, rolls, pupils, a_year.fates, then, schools, name, until))


def _next(pupils: Pupils, rolls: Rolls, then: Array, moved: Array, fates: Fates) -> Pupils:
    """The pupils of next September, a year older."""
    start = rolls.year.start + 1
    first_day = school_year(f"{start}{(start + 1) % 100:02d}").days[0]
    then[fates.september] = fates.to
    moved[fates.september] = True
    pupils.entry = np.where(moved, first_day, rolls.entry[2]).astype(np.int32)
    pupils.school = then.astype(np.int32)
    pupils.year_group = (pupils.year_group + 1).astype(np.int8)
    pupils.joins = np.zeros(len(pupils), np.int8)
    return pupils.take(np.flatnonzero(then >= 0))
