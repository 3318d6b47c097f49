"""Made-up schools: phases, places, the Charter, and how far each school's rate lies from others'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from onroll.errors import UsageError
from onroll.synthetic.calendar import day_number

Array = np.ndarray[Any, Any]
FIRST_URN, LAST_URN = 990000, 999998
"""The numbers of made-up schools. 999999 is kept for a school that is not there."""
PHASE_CODES = ("State-funded primary", "State-funded secondary", "Special", "Alternative provision")
PRIMARY, SECONDARY, SPECIAL, PROVISION = range(4)
_WORDS = ("Primary School", "Secondary School", "Special School", "Pupil Referral Unit")
_PUPILS_EACH = (421.0, 1161.0, 210.0)
_PUPILS_PER_UNIT = 41_000
_LEAST = (2, 2, 1)
_FIRST_ESTABLISHMENT = (2000, 4000, 7000, 1100)
_SIGNING = (day_number(date(2021, 9, 6)), day_number(date(2023, 7, 14)))


@dataclass(frozen=True, slots=True)
class Schools:
    """All schools, one entry a school in every array, ordered by part and phase.

    ``phase`` is a place in ``PHASE_CODES``; ``part`` numbers the independent part that the school is in;
    ``effect`` is standard normal (log rates are ``school_spread`` times it); ``score`` is the implementation score,
    0 to 4; ``signed`` is the day the Charter was signed, 0 if it was not; ``informal`` marks informal use of code C.
    """

    urn: Array
    phase: Array
    part: Array
    la_code: Array
    establishment: Array
    effect: Array
    score: Array
    signed: Array
    informal: Array
    lead: Array
    fair_access: Array

    def of(self, part: int, phase: int) -> Array:
        """Places of the schools of a part and phase."""
        return np.flatnonzero((self.part == part) & (self.phase == phase)).astype(np.int32)

    def of_part(self, part: int) -> Array:
        """Places of all schools of a part, in a row."""
        return np.flatnonzero(self.part == part)

    def __len__(self) -> int:
        return len(self.urn)


def make_schools(
    rng: np.random.Generator,
    heads: tuple[float, ...],
    parts: int,
    la_codes: tuple[str, ...],
    charter_share: float,
    informal: float,
) -> Schools:
    """Make the schools of every part.

    Parameters
    ----------
    heads : pupils of one part in primary, secondary and special schools
    parts : number of parts, at least 1
    la_codes : codes of authorities, given to the parts in turn
    charter_share, informal : shares of schools, 0 to 1

    Raises
    ------
    UsageError
        If there are more parts than 9,999 school numbers can serve.
    """
    most = (LAST_URN - FIRST_URN + 1) // parts
    wanted = [
        max(least, round(head / each)) for head, each, least in zip(heads, _PUPILS_EACH, _LEAST, strict=True)
    ]
    units = max(1, round(sum(heads) / _PUPILS_PER_UNIT))
    if sum(wanted) + units > most:
        wanted = [
            max(least, int(one * (most - units) / sum(wanted)))
            for one, least in zip(wanted, _LEAST, strict=True)
        ]
    if sum(wanted) + units > most:
        raise UsageError(
            f"{parts} parts need more than the {LAST_URN - FIRST_URN + 1} numbers of made-up schools; ask for fewer pupils"
        )
    phase = np.tile(np.repeat(np.arange(4, dtype=np.int8), [*wanted, units]), parts)
    each = sum(wanted) + units
    part = np.repeat(np.arange(parts, dtype=np.int32), each)
    n = len(phase)
    code = np.array(la_codes)[part % len(la_codes)]
    score = np.clip(rng.normal(2.0, 0.9, n), 0.0, 4.0).round(2)
    signs = rng.permutation(n) < round(charter_share * n)
    return Schools(
        urn=np.arange(FIRST_URN, FIRST_URN + n, dtype=np.int32),
        phase=phase,
        part=part,
        la_code=code,
        establishment=_establishments(code, phase),
        effect=rng.normal(size=n),
        score=score,
        signed=np.where(signs, rng.integers(*_SIGNING, n), 0).astype(np.int32),
        informal=rng.permutation(n) < round(informal * n),
        lead=rng.random(n) < 0.7,
        fair_access=(rng.random(n) < 0.85) & (phase < SPECIAL),
    )


def schools_table(schools: Schools) -> pa.Table:
    """The table ``schools`` in the received form."""
    numbers = _within(schools.phase)
    names = [f"Made-up {_WORDS[p]} {k + 1}" for p, k in zip(schools.phase, numbers, strict=True)]
    opened = np.full(len(schools), day_number(date(1975, 9, 1)), np.int32) + (schools.urn % 40) * 366
    blank = pa.nulls(len(schools))
    return pa.table(
        {
            "urn": pa.array(schools.urn),
            "laestab": pa.array(
                [f"{a}{b:04d}" for a, b in zip(schools.la_code, schools.establishment, strict=True)]
            ),
            "school_name": pa.array(names),
            "education_phase": pa.array([PHASE_CODES[p] for p in schools.phase]),
            "la_code": pa.array(schools.la_code.tolist()),
            "open_date": pa.array(opened.astype(np.int32)).cast(pa.date32()),
            "close_date": blank.cast(pa.date32()),
            "charter_signed": pa.array(schools.signed, mask=schools.signed == 0).cast(pa.date32()),
            "transitions_lead": yes_no(schools.lead),
            "fair_access": yes_no(schools.fair_access),
        }
    )


def yes_no(flags: Array, known: Array | None = None) -> pa.Array:
    """Flags as Y and N, blank where ``known`` is false."""
    pool = pa.array(["N", "Y"])
    where = flags.astype(np.int8)
    return pool.take(pa.array(where, mask=None if known is None else ~known))


def _establishments(code: Array, phase: Array) -> Array:
    first = np.array(_FIRST_ESTABLISHMENT)[phase]
    both = np.unique(code, return_inverse=True)[1] * 4 + phase
    return (first + _within(both)).astype(np.int64)


def _within(group: Array) -> Array:
    """Each entry's number within its group, from 0, in the order given."""
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(group) else np.zeros(0, int)
    within = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    out = np.empty(len(group), np.int64)
    out[order] = within
    return out
