"""Pupils: who they are for good, and what they are recorded as in a year."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from onroll.errors import UsageError
from onroll.synthetic.schools import SPECIAL, Schools
from onroll.synthetic.targets import Target

Array = np.ndarray[Any, Any]
SEX = ("F", "M")
SEN = ("N", "K", "E")
SEN_TYPES = ("SPLD", "MLD", "SEMH", "SLCN", "ASD", "PD", "HI", "OTH", "NSA")
_NEED_K = (0.16, 0.16, 0.22, 0.26, 0.07, 0.02, 0.02, 0.04, 0.05)
_NEED_E = (0.04, 0.12, 0.17, 0.21, 0.34, 0.04, 0.02, 0.06, 0.0)
YEAR_GROUPS = ("N2", "R", *(str(year) for year in range(1, 14)))
NURSERY, RECEPTION = -1, 0
# Detailed groups within the major ones, in the order of vocabulary.ETHNICITY_MAJOR; approximate shares, assumed.
ETHNICITY = (
    ("APKN", 0, 0.36), ("AIND", 0, 0.28), ("ABAN", 0, 0.15), ("AOTH", 0, 0.16), ("CHNE", 0, 0.05),
    ("BAFR", 1, 0.72), ("BCRB", 1, 0.14), ("BOTH", 1, 0.14),
    ("MWBC", 2, 0.23), ("MWBA", 2, 0.14), ("MWAS", 2, 0.24), ("MOTH", 2, 0.39),
    ("WBRI", 3, 0.875), ("WIRI", 3, 0.004), ("WIRT", 3, 0.001), ("WROM", 3, 0.010), ("WOTH", 3, 0.11),
    ("OOTH", 4, 1.0), ("REFU", 5, 0.4), ("NOBT", 5, 0.6),
)  # fmt: skip
ETHNIC_CODES = tuple(code for code, _, _ in ETHNICITY)
ETHNIC_GROUP = np.array([group for _, group, _ in ETHNICITY], np.int8)
# Share of pupils eligible for free school meals in 2015/16 and its yearly growth: approximate, assumed.
_FSM_2015, _FSM_GROWTH = 0.143, 0.013
_IN_CARE = 0.007
_BOYS = 0.511
_SEN_OF_BOYS, _SEN_OF_GIRLS = 1.32, 0.67
_SERIALS = 1000


@dataclass(slots=True)
class Pupils:
    """One entry a pupil in every array, shape (n,).

    ``number`` is the pupil number's twelve digits; ``year_group`` is -1 for nursery, 0 for reception, else the year;
    ``school`` is a place among the schools; ``entry`` the day of joining it; ``joins`` the term (0 to 2) of the
    present year in which the pupil joins. The others are standing dispositions between 0 and 1.
    """

    number: Array
    sex: Array
    ethnicity: Array
    year_group: Array
    school: Array
    entry: Array
    joins: Array
    u_sen: Array
    u_need: Array
    u_fsm: Array
    u_care: Array
    u_conduct: Array

    def __len__(self) -> int:
        return len(self.number)

    def take(self, places: Array) -> Pupils:
        """Some of the pupils, as new arrays."""
        return Pupils(*(getattr(self, one.name)[places] for one in fields(self)))

    def join(self, others: Pupils) -> Pupils:
        """These pupils and then the others."""
        return Pupils(
            *(np.concatenate([getattr(self, one.name), getattr(others, one.name)]) for one in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What pupils are recorded as in one year: SEN provision (place in ``SEN``), need (place in ``SEN_TYPES``, -1 for
    none), eligible for free school meals, in care; shape (n,).
    """

    sen: Array
    need: Array
    fsm: Array
    in_care: Array


def new_pupils(
    rng: np.random.Generator,
    ethnic_share: tuple[float, ...],
    year_group: Array,
    school: Array,
    entry: Array,
    joins: Array,
) -> Pupils:
    """Pupils with everything but their numbers (all 0), which `number_pupils` gives."""
    n = len(school)
    major = np.array([*ethnic_share, max(1.0 - sum(ethnic_share), 0.0)])
    share = np.array([part for _, _, part in ETHNICITY]) * major[ETHNIC_GROUP]
    edges = np.cumsum(share / share.sum())
    return Pupils(
        number=np.zeros(n, np.int64),
        sex=(rng.random(n) < _BOYS).astype(np.int8),
        ethnicity=np.minimum(np.searchsorted(edges, rng.random(n)), len(edges) - 1).astype(np.int8),
        year_group=year_group.astype(np.int8),
        school=school.astype(np.int32),
        entry=entry.astype(np.int32),
        joins=joins.astype(np.int8),
        u_sen=rng.random(n),
        u_need=rng.random(n),
        u_fsm=rng.random(n),
        u_care=rng.random(n),
        u_conduct=rng.random(n),
    )


def number_pupils(pupils: Pupils, schools: Schools, used: Array, year: int) -> None:
    """Give pupils the numbers of the school they first appear at: authority, establishment, year, serial.

    ``used`` counts the serials already given, shape (schools, 100), and is brought up to date.

    Raises
    ------
    UsageError
        If a school would need more than 999 numbers for one year.
    """
    began = (year - np.maximum(pupils.year_group, 0).astype(np.int64)) % 100
    group = pupils.school.astype(np.int64) * 100 + began
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, int)
    sizes = np.diff(np.r_[starts, len(ranked)])
    serial = np.empty(len(pupils), np.int64)
    serial[order] = np.arange(len(ranked)) - np.repeat(starts, sizes)
    serial += used.reshape(-1)[group] + 1
    if len(serial) and serial.max() >= _SERIALS:
        raise UsageError(
            "a made-up school would need more than 999 pupil numbers for one year; ask for fewer pupils"
        )
    used.reshape(-1)[ranked[starts]] += sizes
    la = np.array([int(code) for code in schools.la_code], np.int64)[pupils.school]
    pupils.number = ((la * 10_000 + schools.establishment[pupils.school]) * 100 + began) * _SERIALS + serial


def recorded(pupils: Pupils, schools: Schools, target: Target) -> Recorded:
    """What the pupils are recorded as in the year of a target; the same pupil differs little from year to year."""
    special = schools.phase[pupils.school] >= SPECIAL
    support, plan = target.sen_share
    mainstream = max(1.0 - special.mean(), 0.5)
    plan = max((plan - (schools.phase[pupils.school] == SPECIAL).mean()) / mainstream, 0.002)
    tilt = np.where(pupils.sex == 1, _SEN_OF_BOYS, _SEN_OF_GIRLS)
    age = np.where(pupils.year_group < 1, 0.6, np.where(pupils.year_group > 11, 0.7, 1.08))
    with_plan = special & (schools.phase[pupils.school] == SPECIAL) | (pupils.u_sen < plan * tilt)
    supported = pupils.u_sen < (plan + support / mainstream * age) * tilt
    sen = np.where(with_plan, 2, np.where(supported, 1, 0)).astype(np.int8)
    of_plan = np.searchsorted(np.cumsum(_NEED_E), pupils.u_need * 0.9999)
    of_support = np.searchsorted(np.cumsum(_NEED_K), pupils.u_need * 0.9999)
    need = np.where(sen == 2, of_plan, np.where(sen == 1, of_support, -1)).astype(np.int8)
    share = _FSM_2015 + _FSM_GROWTH * (int(target.period[:4]) - 2015)
    fsm = pupils.u_fsm < np.clip(share, 0.05, 0.5) * np.where(sen > 0, 1.5, 0.91)
    return Recorded(sen, need, fsm, pupils.u_care < _IN_CARE)
