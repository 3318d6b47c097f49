"""The tables ``roll`` and ``exclusions`` in the received form, from a year of a part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from onroll.synthetic.calendar import TERMS
from onroll.synthetic.events import Drawn, Events
from onroll.synthetic.pupils import ETHNIC_CODES, SEN, SEN_TYPES, SEX, YEAR_GROUPS, Pupils, Recorded
from onroll.synthetic.rolls import LEFT_TO, Rolls
from onroll.synthetic.schools import PROVISION, SECONDARY, Schools, yes_no
from onroll.synthetic.upn import upns

Array = np.ndarray[Any, Any]
_REASONS_TO_201920 = {
    "DB": 0.31, "PP": 0.18, "VA": 0.17, "OT": 0.16, "PA": 0.07, "VP": 0.04, "DA": 0.03, "DM": 0.015, "TH": 0.01,
    "BU": 0.008, "SM": 0.007, "RA": 0.01,
}  # fmt: skip
_REASONS = {
    "DB": 0.42, "PP": 0.17, "VA": 0.18, "PA": 0.06, "VP": 0.05, "DA": 0.04, "DM": 0.02, "TH": 0.01, "BU": 0.01,
    "SM": 0.01, "RA": 0.01, "OW": 0.02, "LG": 0.004, "DS": 0.001, "MT": 0.01, "PH": 0.002,
}  # fmt: skip
_SECOND, _THIRD = 0.22, 0.04
_INFORMAL = 0.12
Column = Any


def roll_table(
    rng: np.random.Generator,
    rolls: Rolls,
    pupils: Pupils,
    what: Recorded,
    schools: Schools,
    conduct: Array,
    terms: tuple[int, ...],
    part: int,
) -> pa.Table:
    """One row a pupil, census and school, ordered by term and school.

    A row says when and where to the pupil left if that was after its census and before the next one kept.
    """
    numbers = upns(pupils.number)
    unit = schools.of(part, PROVISION)[0]
    tables = []
    for at, term in enumerate(terms):
        upto = terms[at + 1] if at + 1 < len(terms) else 3
        main = np.flatnonzero(rolls.school[term] >= 0)
        second = np.flatnonzero(rolls.dual[term] & (rolls.school[term] >= 0))
        who = np.concatenate([main, second])
        school = np.concatenate([rolls.school[term, main], np.full(len(second), unit, np.int32)])
        status = np.concatenate([rolls.dual[term, main].astype(np.int8), np.full(len(second), 2, np.int8)])
        order = np.argsort(school, kind="stable")
        who, school, status = who[order], school[order], status[order]
        left = rolls.left[term:upto, who].max(axis=0) * (status < 2)
        why = np.where(left > 0, rolls.why[term:upto, who].max(axis=0), -1)
        columns: dict[str, Column] = {
            "time_period": _same(rolls.year.period, len(who)),
            "term": _same(TERMS[term], len(who)),
            "upn": numbers.take(pa.array(who)),
            "urn": pa.array(schools.urn[school]),
            "enrolment_status": _coded(("C", "M", "S"), status),
            "year_group": _coded(YEAR_GROUPS, pupils.year_group[who] + 1),
            "sex": _coded(SEX, pupils.sex[who]),
            "ethnicity": _coded(ETHNIC_CODES, pupils.ethnicity[who]),
            "sen_provision": _coded(SEN, what.sen[who]),
            "sen_type": _coded(SEN_TYPES, what.need[who]),
            "fsm_eligible": yes_no(what.fsm[who]),
            "in_care": yes_no(what.in_care[who]),
            "part_time": yes_no(rng.random(len(who)) < 0.002 + 0.03 * (conduct[who] > 0.985)),
            "entry_date": pa.array(rolls.entry[term, who]).cast(pa.date32()),
            "left_date": pa.array(left, mask=left <= 0).cast(pa.date32()),
            "left_to": _coded(LEFT_TO, np.where(why >= len(LEFT_TO), -1, why)),
        }
        columns |= _attendance(rng, rolls, term, who, school, status, schools, conduct)
        tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def _attendance(
    rng: np.random.Generator,
    rolls: Rolls,
    term: int,
    who: Array,
    school: Array,
    status: Array,
    schools: Schools,
    conduct: Array,
) -> dict[str, Column]:
    """Half days possible and absent; together absences stay within the possible ones."""
    n = len(who)
    days = rolls.year.last[term] - rolls.year.first[term] + 1
    possible = np.full(n, 2 * days)
    older = schools.phase[school] >= SECONDARY
    authorised = np.minimum(rng.poisson(rng.standard_gamma(0.9, n) * 0.045 * possible), possible // 2)
    restless = conduct[who] > 0.97
    mean = possible * np.where(older, 0.025, 0.012) * np.where(restless, 4.0, 1.0)
    unauthorised = np.minimum(rng.poisson(rng.standard_gamma(0.4, n) * mean / 0.4), possible // 4)
    away = np.where(status == 1, rng.integers(10, 30, n), 0)
    informal = schools.informal[school] & restless
    leave = np.where(informal, rng.binomial(possible, _INFORMAL), rng.random(n) < 0.01)
    leave = np.minimum(leave, possible // 5)
    possible, authorised, unauthorised, away, leave = (
        pa.array(one.astype(np.int32)) for one in (possible, authorised, unauthorised, away, leave)
    )
    return {
        "sessions_possible": possible,
        "sessions_authorised": authorised,
        "sessions_unauthorised": unauthorised,
        "sessions_b": away,
        "sessions_c": leave,
    }


def exclusions_table(
    rng: np.random.Generator, rolls: Rolls, pupils: Pupils, what: Recorded, schools: Schools, drawn: Drawn
) -> pa.Table:
    """One row an exclusion, ordered by its first day."""
    kinds = (drawn.suspensions, drawn.permanent, drawn.lunchtime)
    category = np.repeat(np.arange(3, dtype=np.int8), [len(one.pupil) for one in kinds])
    every = Events(
        *(
            np.concatenate([getattr(one, name) for one in kinds])
            for name in ("pupil", "term", "place", "school", "sessions")
        )
    )
    order = np.lexsort((every.pupil, every.place))
    category, who, place = category[order], every.pupil[order], every.place[order]
    school, sessions = every.school[order], every.sessions[order]
    n, period = len(who), rolls.year.period
    says = np.full(n, period >= "202122") & (rng.random(n) < 0.95)
    score = schools.score[school]
    reasons = _reasons(rng, n, period)
    reviewed = (category == 1) | ((category == 0) & (sessions > 30))
    panel = reviewed & (category == 1) & (rng.random(n) < 0.08)
    after = rolls.year.days[np.minimum(place + 12, len(rolls.year.days) - 1)] + np.where(panel, 20, 0)
    return pa.table(
        {
            "upn": upns(pupils.number[who]),
            "urn": pa.array(schools.urn[school]),
            "category": _coded(("SUSP", "PERM", "LNCH"), category),
            "start_date": pa.array(rolls.year.days[place]).cast(pa.date32()),
            "sessions": pa.array(sessions.astype(np.int32), mask=category == 1),
            **reasons,
            "sen_provision": _coded(SEN, what.sen[who]),
            "in_care": yes_no(what.in_care[who]),
            "strategy_before": yes_no(rng.random(n) < 0.25 + 0.14 * score, says),
            "principles_considered": yes_no(rng.random(n) < 0.2 + 0.16 * score, says),
            "review": _coded(("GB", "IRP"), np.where(reviewed, panel.astype(np.int8), -1)),
            "review_date": pa.array(after.astype(np.int32), mask=~reviewed).cast(pa.date32()),
            "review_result": _coded(("upheld",), np.where(reviewed, 0, -1)),
        }
    )


def _reasons(rng: np.random.Generator, n: int, period: str) -> dict[str, Column]:
    """One reason to 2019/20, up to three different ones after it."""
    old = period <= "201920"
    known = _REASONS_TO_201920 if old else _REASONS
    weight = np.log(np.array(list(known.values())))
    drawn = np.argsort(-(weight + rng.gumbel(size=(n, len(known)))), axis=1)[:, :3]
    u = rng.random(n)
    number = 1 + ((u < _SECOND) & (not old)) + ((u < _THIRD) & (not old))
    return {
        f"reason_{at + 1}": _coded(tuple(known), np.where(number > at, drawn[:, at], -1)) for at in range(3)
    }


def _coded(codes: tuple[str, ...], places: Array) -> Column:
    """Codes by their place; blank where the place is negative."""
    return pa.array(codes).take(pa.array(places.astype(np.int32), mask=places < 0))


def _same(text: str, n: int) -> Column:
    return pa.array([text]).take(pa.array(np.zeros(n, np.int32)))
