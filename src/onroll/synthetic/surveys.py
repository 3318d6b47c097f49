"""The table ``survey_answers``: answers from 0 to 4 to the items that the indicators name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa

from onroll.framework.indicators import ITEM, OTHER_INSTRUMENTS
from onroll.synthetic.calendar import SchoolYear
from onroll.synthetic.schools import PRIMARY, PROVISION, SECONDARY, SPECIAL, Schools

Array = np.ndarray[Any, Any]
_EVERY = (PRIMARY, SECONDARY, SPECIAL, PROVISION)
# By the letters of an item: the survey, respondents a school, and the phases asked; 0 respondents: not tied to a school.
SURVEYS: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "L": ("school_survey", 1, _EVERY),
    "W": ("staff_survey", 8, _EVERY),
    "G": ("governor_survey", 2, _EVERY),
    "TL": ("transitions_survey", 1, (PRIMARY, SECONDARY)),
    "C": ("family_survey", 8, _EVERY),
    "Y": ("young_people_survey", 14, (SECONDARY, SPECIAL, PROVISION)),
    "K": ("children_survey", 10, (PRIMARY,)),
    "X": ("panel_survey", 0, ()),
    "F": ("college_survey", 0, ()),
    "T": ("training_provider_survey", 0, ()),
}
_WITHOUT_SCHOOL, _ANSWERED = 6, 0.96
_YEARLY_GAIN = 0.08


def survey_items(items: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Items by the letters of who answers them, in the order given, each once; records and ratings are left out."""
    found: dict[str, list[str]] = {}
    for item in dict.fromkeys(items):
        match = re.fullmatch(ITEM, item)
        letters = (match[1] or OTHER_INSTRUMENTS[match[2]]) if match else ""
        if letters in SURVEYS:
            found.setdefault(letters, []).append(item)
    return {letters: tuple(found[letters]) for letters in SURVEYS if letters in found}


def answers_table(
    rng: np.random.Generator,
    schools: Schools,
    year: SchoolYear,
    items: tuple[str, ...],
    easiness: dict[str, float],
) -> pa.Table | None:
    """The answers of one yearly wave of every survey, from the schools of the first part.

    ``easiness`` holds each item's own level, so that it is the same in every wave; schools that implement more are
    answered higher, by half a step a unit.
    """
    waves = [
        _wave(rng, schools, year, letters, those, np.array([easiness[item] for item in those]))
        for letters, those in survey_items(items).items()
    ]
    return pa.concat_tables(waves) if waves else None


def item_levels(rng: np.random.Generator, items: tuple[str, ...]) -> dict[str, float]:
    """A level for each item, the same in all years."""
    return dict(zip(items, rng.normal(0, 0.5, len(items)).tolist(), strict=True))


def _wave(
    rng: np.random.Generator,
    schools: Schools,
    year: SchoolYear,
    letters: str,
    items: tuple[str, ...],
    level: Array,
) -> pa.Table:
    name, each, phases = SURVEYS[letters]
    asked = np.flatnonzero((schools.part == 0) & np.isin(schools.phase, phases))
    school = np.repeat(asked, each) if each else np.full(_WITHOUT_SCHOOL, -1)
    n = len(school)
    lean = np.where(school >= 0, 0.5 * (schools.score[school] - 2.0), 0.0) + rng.normal(0, 0.6, n)
    gain = _YEARLY_GAIN * max(year.start - 2020, 0)
    raw = 2.3 + gain + lean[:, None] + level + rng.normal(0, 0.7, (n, len(items)))
    answer = np.clip(np.rint(raw), 0, 4).astype(int)
    who, item = np.nonzero(rng.random(answer.shape) < _ANSWERED)
    day = (year.days[110] + rng.integers(0, 21, n))[who]
    codes = [f"{letters}{year.period}-{at:05d}" for at in range(1, n + 1)]
    return pa.table(
        {
            "instrument": _same(name, len(who)),
            "time_period": _same(year.period, len(who)),
            "respondent": pa.array(codes).take(pa.array(who)),
            "urn": pa.array(schools.urn[np.maximum(school, 0)[who]], mask=school[who] < 0),
            "item": pa.array(items).take(pa.array(item)),
            "answer": pa.array(["0", "1", "2", "3", "4"]).take(pa.array(answer[who, item])),
            "answered_on": pa.array(day.astype(np.int32)).cast(pa.date32()),
        }
    )


def _same(text: str, n: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(n, np.int32)))
