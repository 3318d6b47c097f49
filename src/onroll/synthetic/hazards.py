"""How often each pupil is expected to be suspended: planted ratios, brought to the published rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.synthetic.effects import FROM
from onroll.synthetic.pupils import ETHNIC_CODES, ETHNIC_GROUP, SEN_TYPES, Pupils, Recorded
from onroll.synthetic.rolls import Rolls
from onroll.synthetic.schools import PRIMARY, PROVISION, SECONDARY, Schools
from onroll.synthetic.targets import Target

Array = np.ndarray[Any, Any]
Effects = Mapping[str, float | None]
# Profiles by year group from nursery to Year 13, and ratios that are assumed.
_AGE = np.array([0.02, 0.35, 0.55, 0.75, 0.9, 1.1, 1.4, 1.5, 0.75, 1.1, 1.3, 1.25, 0.85, 0.15, 0.1])
_NEED = np.array([3.0 if code == "SEMH" else 0.75 for code in SEN_TYPES])
_IN_CARE = 2.0
_AT_PROVISION = 1.5
_ROUNDS, _CELLS = 40, (4, 3, len(ETHNIC_CODES))
_PLANTED = {"BCRB": "black_caribbean", "MWBC": "mixed_white_black_caribbean", "WROM": "gypsy_roma"}
_WHITE, _GROUPS, _LEAST = 3, 6, 0.05
_CONCENTRATIONS = (0.001, 500.0)
_POWER, _LEAST_SHAPE = 0.5, 1e-6
"""1 gives every pupil the same spread of repeats, 0 fewer repeats to pupils at low risk; chosen to come near 2015/16."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """Expected suspensions of each pupil.

    ``before`` is without what the Charter changes and ``after`` with it, both shape (3 terms, n). ``shape`` is
    that of each pupil's gamma disposition, shape (n,). ``ratios`` are the multipliers
    used, for truth.json.
    """

    before: Array
    after: Array
    shape: Array
    phase: Array
    ratios: dict[str, dict[str, float]]


def hazard(
    rolls: Rolls,
    pupils: Pupils,
    what: Recorded,
    schools: Schools,
    target: Target,
    ethnic: tuple[float, ...],
    effects: Effects,
) -> Hazard:
    """Expected suspensions of every pupil in every term of a year.

    Assumes that groups act by ratios, that a school's ratio is log-normal, and that each phase's total, the totals
    by SEN provision within it and by major ethnic group are the published ones before the Charter changes anything.
    """
    main = rolls.main
    phase = schools.phase[main]
    spread = np.exp(value_of(effects, "school_spread") * schools.effect)
    weight = np.array(target.terms)[:, None] * np.where(rolls.school >= 0, spread[rolls.school], 0.0)
    core = _AGE[pupils.year_group + 1] * np.where(pupils.sex == 1, value_of(effects, "boys"), 1.0)
    core *= np.where(what.fsm, value_of(effects, "fsm"), 1.0) * np.where(what.in_care, _IN_CARE, 1.0)
    core *= np.where(what.need >= 0, _NEED[what.need], 1.0)
    cell = np.ravel_multi_index((phase, what.sen, pupils.ethnicity), _CELLS)
    size = int(np.prod(_CELLS))
    mass = np.bincount(cell, core * weight.sum(axis=0), minlength=size).reshape(_CELLS)
    heads = np.bincount(cell[rolls.school[1] >= 0], minlength=size).reshape(_CELLS).astype(float)
    factor, ratios = _factors(mass, heads, target, ethnic, effects)
    before = core * factor[phase, what.sen, pupils.ethnicity] * weight
    shape = _shapes(before.sum(axis=0), phase, heads.sum(axis=(1, 2)), target)
    return Hazard(before, before * _changed(rolls, schools, effects), shape, phase, ratios)


def _changed(rolls: Rolls, schools: Schools, effects: Effects) -> Array:
    """What the Charter and the implementation multiply each term's rate by; shape (3, n)."""
    if rolls.year.period < FROM:
        return np.ones((3, 1))
    begins = rolls.year.days[list(rolls.year.first)]
    holds = (schools.signed > 0)[None, :] & (schools.signed[None, :] <= begins[:, None])
    by_school = np.where(holds, value_of(effects, "strategy_suspensions"), 1.0)
    by_school = by_school * value_of(effects, "implementation_dose") ** schools.score[None, :]
    return np.take_along_axis(by_school, np.maximum(rolls.school, 0), axis=1)


def _factors(
    mass: Array, heads: Array, target: Target, ethnic: tuple[float, ...], effects: Effects
) -> tuple[Array, dict[str, dict[str, float]]]:
    """Multipliers by phase, SEN provision and ethnic group that bring expected counts to the published ones."""
    total = np.array(target.suspension) * heads[:3].sum(axis=(1, 2))
    given = effects["sen_support"] is not None or effects["ehc_plan"] is not None
    sen = np.ones((3, 3))
    for at, (support, plan) in enumerate(target.sen_ratio):
        sen[at, 1:] = _or(effects["sen_support"], support), _or(effects["ehc_plan"], plan)
    sen[2] = 1.0
    crude = np.array([(1.0, *ratios) for ratios in target.sen_ratio]) * heads[:3].sum(axis=2)
    by_sen = total[:, None] * crude / np.maximum(crude.sum(axis=1, keepdims=True), 1e-12)
    in_group = np.array([heads[:3][:, :, group == ETHNIC_GROUP].sum() for group in range(5)])
    crude_group = in_group * np.array(ethnic)
    by_group = total.sum() * crude_group / max(float(crude_group.sum()), 1e-12)
    planted = np.array(
        [value_of(effects, _PLANTED[code]) if code in _PLANTED else 0.0 for code in ETHNIC_CODES]
    )
    groups, base = np.ones(_GROUPS), np.ones(3)
    for _ in range(_ROUNDS):
        each = np.where(planted > 0, planted * groups[_WHITE], groups[ETHNIC_GROUP])
        counts = mass[:3] * base[:, None, None] * sen[:, :, None] * each
        for group in range(5):
            inside = group == ETHNIC_GROUP
            fixed = counts[:, :, inside & (planted > 0)].sum() if group != _WHITE else 0.0
            free = counts[:, :, inside].sum() - fixed
            if free > 0:
                groups[group] *= max((by_group[group] - fixed) / free, _LEAST)
        groups = np.maximum(groups / max(groups[_WHITE], 1e-9), _LEAST)
        each = np.where(planted > 0, planted, groups[ETHNIC_GROUP])
        counts = (mass[:3] * base[:, None, None] * sen[:, :, None] * each).sum(axis=2)
        if not given:
            step = np.divide(by_sen, counts, out=np.ones((3, 3)), where=(counts > 0) & (by_sen > 0))
            sen[:2] *= step[:2]
            sen[:2] /= sen[:2, :1]
            counts = (mass[:3] * base[:, None, None] * sen[:, :, None] * each).sum(axis=2)
        base *= np.divide(total, counts.sum(axis=1), out=np.zeros(3), where=counts.sum(axis=1) > 0)
        base = np.maximum(base, 1e-12)
    whole = np.concatenate([base[:, None] * sen, _AT_PROVISION * base[SECONDARY] * sen[SECONDARY][None, :]])
    return whole[:, :, None] * each, _said(sen, each)


def _said(sen: Array, each: Array) -> dict[str, dict[str, float]]:
    """The ratios used, by name, for truth.json."""
    named = dict(zip(ETHNIC_CODES, each.round(4).tolist(), strict=True))
    return {
        "ethnicity to White British": named,
        "SEN support to No SEN": {
            "primary": round(sen[PRIMARY, 1], 4),
            "secondary": round(sen[SECONDARY, 1], 4),
        },
        "EHC plan to No SEN": {
            "primary": round(sen[PRIMARY, 2], 4),
            "secondary": round(sen[SECONDARY, 2], 4),
        },
    }


def _shapes(expected: Array, phase: Array, heads: Array, target: Target) -> Array:
    """The gamma shape of each pupil's disposition, so that the published number of pupils of the phase is suspended.

    With expected count m and shape k a pupil stays without suspension with chance (1 + m/k) to the -k. The shape is
    c times m to the power ``_POWER``, and c is found for each phase.
    """
    found = np.ones(4)
    for at in range(3):
        these = expected[(phase == at) & (expected > 0)]
        wanted = target.suspended[at] * heads[at]
        if len(these) == 0 or wanted <= 0:
            continue
        low, high = np.log(_CONCENTRATIONS[0]), np.log(_CONCENTRATIONS[1])
        mean = np.array([piece.mean() for piece in np.array_split(np.sort(these), min(400, len(these)))])
        for _ in range(40):
            middle = np.exp((low + high) / 2)
            k = middle * mean**_POWER
            once = -np.expm1(-k * np.log1p(mean / k)).mean() * len(these)
            low, high = (np.log(middle), high) if once < wanted else (low, np.log(middle))
        found[at] = np.exp((low + high) / 2)
    found[PROVISION] = found[SECONDARY]
    return np.asarray(np.maximum(found[phase] * expected**_POWER, _LEAST_SHAPE))


def value_of(effects: Effects, name: str) -> float:
    """The value of an effect that always has one."""
    value = effects[name]
    assert value is not None, f"{name} has no value"
    return value


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
