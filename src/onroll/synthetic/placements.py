"""The table ``placements``: spells tied to what happened to pupils, and the reviews of alternative provision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from onroll.synthetic.calendar import SchoolYear
from onroll.synthetic.following import Fates
from onroll.synthetic.pupils import Pupils
from onroll.synthetic.rolls import HOME, TO_PROVISION, Rolls
from onroll.synthetic.schools import PROVISION, SECONDARY, Schools, yes_no
from onroll.synthetic.upn import upns

Array = np.ndarray[Any, Any]
KINDS = (
    "managed_move",
    "fair_access",
    "alternative_provision",
    "medical_tuition",
    "home_education",
    "specialist",
)
MOVE, ACCESS, ALTERNATIVE, MEDICAL, AT_HOME, SPECIALIST = range(6)
RESULTS = ("mainstream", "stayed", "broke_down", "provision", "finished")
DECIDED = ("pupil_placement_panel", "fair_access_panel", "allocation_group", "school", "parent", "officer")
PANEL, ACCESS_PANEL, ALLOCATION, BY_SCHOOL, PARENT, OFFICER = range(6)
PROVIDERS = tuple(f"Made-up Provider {number}" for number in range(1, 9))
_REVIEW_EVERY, _TWELVE_WEEKS, _LAST_GROUP = 42, 84, 11
# Shares, assumed: arrivals in the year through fair access; medical tuition; reviews on time; baselines recorded.
_BY_ACCESS, _MEDICAL, _ON_TIME, _BASELINE = 0.08, 0.002, 0.8, 0.85
_FIELDS = ("kind", "pupil", "from_", "to", "provider", "referral", "start", "end", "result", "decided")
Spells = dict[str, Array]


def placements_table(
    rng: np.random.Generator,
    rolls: Rolls,
    pupils: Pupils,
    fates: Fates,
    then: Array,
    schools: Schools,
    name: str,
    until: int,
) -> pa.Table:
    """The spells that begin in a year of a part, with their reviews under them.

    ``then`` is each pupil's school of next September, -1 for none; ``name`` begins every placement's reference;
    ``until`` is the calendar year in which the last year made begins.
    """
    several = [
        _managed_moves(rng, rolls, fates), _fair_access(rng, rolls, pupils, fates, schools),
        _alternative(rng, rolls, fates, schools), _medical(rng, rolls, schools),
        _home_education(rng, rolls), _specialist(rng, rolls, then),
    ]  # fmt: skip
    spells = _closed(_joined(several), pupils, rolls.year, until)
    n = len(spells["pupil"])
    reference = np.array([f"{name}-{number:05d}" for number in range(1, n + 1)], dtype=object)
    spell, review_day = _reviews(rng, spells, int(rolls.year.days[-1]))
    row = np.concatenate([np.arange(n), spell])
    is_review = np.r_[np.zeros(n, bool), np.ones(len(spell), bool)]
    order = np.lexsort((np.r_[np.zeros(n, int), review_day], is_review, row))
    row, is_review = row[order], is_review[order]
    day = np.r_[np.zeros(n, int), review_day][order]
    said = {key: values[row] for key, values in spells.items()}
    below = is_review & (rng.random(len(row)) < 0.35)
    return pa.table(
        {
            "placement_id": pa.array(reference[row], pa.string()),
            "record": pa.array(["spell", "review"]).take(pa.array(is_review.astype(np.int8))),
            "kind": _coded(KINDS, said["kind"]),
            "upn": upns(pupils.number[said["pupil"]]),
            "urn_from": _urn(schools, said["from_"]),
            "urn_to": _urn(schools, said["to"]),
            "provider": _coded(PROVIDERS, said["provider"]),
            "provider_listed": yes_no(said["provider"] % 8 < 7, said["provider"] >= 0),
            "referral_date": _date(said["referral"], ~is_review),
            "start_date": _date(said["start"]),
            "end_date": _date(said["end"], ~is_review),
            "end_result": _coded(RESULTS, np.where(is_review, -1, said["result"])),
            "decided_by": _coded(DECIDED, np.where(is_review, -1, said["decided"])),
            **_scores(rng, spells, row, is_review),
            "review_date": _date(day),
            "below_target": yes_no(below, is_review),
            "help_given": yes_no(rng.random(len(row)) < 0.75, below),
            "last_contact": _date(said["start"] + 20 + said["pupil"] % 300, ~is_review & (said["kind"] == AT_HOME)),
            "monitored": _date(said["start"] + 100 + said["pupil"] % 250, ~is_review & (said["kind"] == SPECIALIST)),
        }
    )  # fmt: skip


def _managed_moves(rng: np.random.Generator, rolls: Rolls, fates: Fates) -> Spells:
    who, n = fates.moved, len(fates.moved)
    start = rolls.year.days[np.array(rolls.year.first)[np.minimum(fates.moved_term + 1, 2)]]
    result = np.where(fates.lasted, 1, 2)
    end = np.where(fates.lasted, start + _TWELVE_WEEKS, start + rng.integers(14, _TWELVE_WEEKS, n))
    decided = np.where(rng.random(n) < 0.6, PANEL, BY_SCHOOL)
    before = rolls.school[fates.moved_term, who]
    return _spells(
        MOVE,
        who,
        start,
        rng.integers(7, 40, n),
        before,
        fates.moved_to,
        end=end,
        result=result,
        decided=decided,
    )


def _fair_access(
    rng: np.random.Generator, rolls: Rolls, pupils: Pupils, fates: Fates, schools: Schools
) -> Spells:
    arrived = np.flatnonzero((pupils.joins > 0) & (rng.random(len(pupils)) < _BY_ACCESS))
    other = (fates.excluded_to >= 0) & (schools.phase[np.maximum(fates.excluded_to, 0)] <= SECONDARY)
    other &= (rolls.school[2, fates.excluded] == fates.excluded_to) & ~rolls.dual[2, fates.excluded]
    other &= rng.random(len(other)) < 0.3
    who = np.concatenate([arrived, fates.excluded[other]])
    start, n = rolls.entry[2, who], len(who)
    none = np.full(n, -1)
    return _spells(
        ACCESS,
        who,
        start,
        rng.integers(3, 50, n),
        none,
        rolls.school[2, who],
        decided=np.full(n, ACCESS_PANEL),
    )


def _alternative(rng: np.random.Generator, rolls: Rolls, fates: Fates, schools: Schools) -> Spells:
    unit = (fates.excluded_to >= 0) & (schools.phase[np.maximum(fates.excluded_to, 0)] == PROVISION)
    out, to = fates.excluded[unit], fates.excluded_to[unit]
    left = rolls.left[:, out].max(axis=0)
    begin = rolls.year.days[np.array(rolls.year.first)[np.minimum(fates.provision_term + 1, 2)]]
    who = np.concatenate([out, fates.provision])
    n, outside = len(who), np.r_[np.zeros(len(out), bool), rng.random(len(fates.provision)) < 0.4]
    home = rolls.main[who]
    units = schools.of(int(schools.part[home[0]]), PROVISION) if n else np.zeros(1, int)
    place = np.r_[to, np.full(len(fates.provision), units[0])]
    start = np.r_[left - 14, begin]
    length = rng.integers(50, 300, n)
    ended = rng.random(n) < 0.75
    result = np.where(ended, rng.choice([0, 0, 0, 2, 3, 4], n), -1)
    return _spells(
        ALTERNATIVE, who, start, rng.integers(0, 14, n), home, np.where(outside, -1, place),
        provider=np.where(outside, rng.integers(0, len(PROVIDERS), n), -1), end=np.where(ended, start + length, 0),
        result=result, decided=np.where(ended, PANEL, -1),
    )  # fmt: skip


def _medical(rng: np.random.Generator, rolls: Rolls, schools: Schools) -> Spells:
    could = (rolls.school >= 0).all(axis=0) & (schools.phase[rolls.main] <= SECONDARY)
    who = np.flatnonzero(could & (rng.random(len(could)) < _MEDICAL))
    n, home = len(who), rolls.main[who]
    start = rolls.year.days[rng.integers(0, len(rolls.year.days), n)]
    ended = rng.random(n) < 0.85
    return _spells(
        MEDICAL, who, start, rng.integers(2, 30, n), home, home, end=np.where(ended, start + rng.integers(20, 160, n), 0),
        result=np.where(ended, 0, -1), decided=np.full(n, OFFICER),
    )  # fmt: skip


def _home_education(rng: np.random.Generator, rolls: Rolls) -> Spells:
    term, who = np.nonzero(rolls.why == HOME)
    n, start = len(who), rolls.left[term, who] + 1
    ended = rng.random(n) < 0.2
    return _spells(
        AT_HOME, who, start, rng.integers(0, 10, n), rolls.school[term, who], np.full(n, -1),
        end=np.where(ended, start + rng.integers(60, 300, n), 0), result=np.where(ended, 0, -1), decided=np.full(n, PARENT),
    )  # fmt: skip


def _specialist(rng: np.random.Generator, rolls: Rolls, then: Array) -> Spells:
    who = np.flatnonzero((rolls.why[2] == TO_PROVISION) & (then >= 0))
    n, start = len(who), np.full(len(who), rolls.year.days[-1] + 1)
    return _spells(
        SPECIALIST,
        who,
        start,
        rng.integers(20, 120, n),
        rolls.school[2, who],
        then[who],
        decided=np.full(n, ALLOCATION),
    )


def _spells(
    kind: int, who: Array, start: Array, waited: Array, from_: Array, to: Array, **more: Array
) -> Spells:
    n = len(who)
    usual = {
        "provider": np.full(n, -1),
        "end": np.zeros(n, int),
        "result": np.full(n, -1),
        "decided": np.full(n, -1),
    }
    known = {
        "kind": np.full(n, kind),
        "pupil": who,
        "from_": from_,
        "to": to,
        "referral": start - waited,
        "start": start,
    }
    return {**usual, **known, **more}


def _joined(several: list[Spells]) -> Spells:
    return {name: np.concatenate([one[name] for one in several]).astype(np.int64) for name in _FIELDS}


def _closed(spells: Spells, pupils: Pupils, year: SchoolYear, until: int) -> Spells:
    """Nobody is in a placement after Year 11: what is open ends with July of that year, if that year has passed."""
    last_year = year.start + _LAST_GROUP - pupils.year_group[spells["pupil"]].astype(int)
    july = (np.array(last_year + 1 - 1970, dtype="datetime64[Y]").astype("datetime64[M]") + 7).astype(
        "datetime64[D]"
    )
    leaving = july.astype(int) - 1
    is_over = (spells["end"] == 0) & (last_year < until) & (spells["start"] < leaving)
    ended = np.where(is_over, leaving, spells["end"])
    return {**spells, "end": ended, "result": np.where(is_over, RESULTS.index("finished"), spells["result"])}


def _reviews(rng: np.random.Generator, spells: Spells, until: int) -> tuple[Array, Array]:
    """Reviews of alternative provision every six weeks: the spell's place and the day of each."""
    these = np.flatnonzero(spells["kind"] == ALTERNATIVE)
    end = np.where(spells["end"][these] > 0, spells["end"][these], until)
    number = np.clip((end - spells["start"][these]) // _REVIEW_EVERY, 0, 8)
    spell = np.repeat(these, number)
    turn = np.arange(len(spell)) - np.repeat(np.cumsum(number) - number, number) + 1
    late = np.where(
        rng.random(len(spell)) < _ON_TIME, -rng.integers(0, 5, len(spell)), rng.integers(3, 20, len(spell))
    )
    return spell, spells["start"][spell] + turn * _REVIEW_EVERY + late


def _scores(rng: np.random.Generator, spells: Spells, row: Array, is_review: Array) -> dict[str, pa.Array]:
    """Baseline, target and outcome of alternative provision, 0 to 100."""
    n = len(spells["pupil"])
    has = (spells["kind"] == ALTERNATIVE) & (rng.random(n) < _BASELINE)
    ended = has & (spells["end"] > 0) & (rng.random(n) < 0.9)
    baseline = rng.normal(42, 12, n).clip(5, 80).round(1)
    target = (baseline + rng.uniform(5, 20, n)).round(1)
    outcome = (baseline + rng.normal(11, 10, n)).clip(0, 100).round(1)
    ambitious = target - baseline > 12
    shown = has[row] & ~is_review
    over = ended[row] & ~is_review
    return {
        "baseline_date": _date(spells["start"][row] + 5, shown),
        "baseline": pa.array(baseline[row], mask=~shown),
        "target": pa.array(target[row], mask=~shown),
        "target_ambitious": yes_no(ambitious[row], shown),
        "outcome": pa.array(outcome[row], mask=~over),
    }


def _urn(schools: Schools, places: Array) -> pa.Array:
    return pa.array(schools.urn[np.maximum(places, 0)], mask=places < 0)


def _date(days: Array, known: Array | None = None) -> pa.Array:
    blank = days <= 0 if known is None else (days <= 0) | ~known
    return pa.array(days.astype(np.int32), mask=blank).cast(pa.date32())


def _coded(codes: tuple[str, ...], places: Array) -> pa.Array:
    return pa.array(codes).take(pa.array(places.astype(np.int32), mask=places < 0))
