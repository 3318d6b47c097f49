"""The truth about a made authority: what was planted, what was expected, what came of it. No pupil is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from onroll.synthetic.calendar import to_date
from onroll.synthetic.effects import EFFECTS
from onroll.synthetic.events import Drawn
from onroll.synthetic.rolls import Rolls
from onroll.synthetic.schools import FIRST_URN, PHASE_CODES, PROVISION, Schools

MEASURES = ("suspensions", "suspended_pupils", "permanent_exclusions")


@dataclass(frozen=True, slots=True)
class PlantedDefect:
    """One fault put into a file on purpose. ``row`` is as a spreadsheet counts it, the header being row 1."""

    check: str
    file: str
    row: int
    column: str
    about: str


@dataclass(slots=True)
class YearTotals:
    """A year's totals without alternative provision and without lunchtime exclusions.

    ``pupils`` are January's by phase (status C and M); ``suspensions_by_phase`` are realised; ``expected`` holds what
    the planted rates give on average. Suspended pupils count once over all schools.
    """

    pupils: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PHASE_CODES, 0))
    expected: dict[str, float] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0.0))
    realised: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))
    suspensions_by_phase: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PHASE_CODES, 0))
    off_rolled: int = 0

    def add(self, rolls: Rolls, drawn: Drawn, schools: Schools, off_rolled: int) -> None:
        """Add a part's year: its rolls as they ended, and its exclusions."""
        january = rolls.school[1]
        there = np.bincount(schools.phase[january[january >= 0]], minlength=4)
        by_phase = np.bincount(schools.phase[drawn.suspensions.school], minlength=4)
        for at, name in enumerate(PHASE_CODES):
            self.pupils[name] += int(there[at])
            self.suspensions_by_phase[name] += int(by_phase[at])
        counted = schools.phase[drawn.suspensions.school] < PROVISION
        permanent = schools.phase[drawn.permanent.school] < PROVISION
        self.realised["suspensions"] += int(counted.sum())
        self.realised["suspended_pupils"] += len(np.unique(drawn.suspensions.pupil[counted]))
        self.realised["permanent_exclusions"] += int(permanent.sum())
        for name, value in drawn.expected.items():
            self.expected[name] += value
        self.off_rolled += off_rolled


@dataclass(frozen=True, slots=True)
class Truth:
    """What ``truth.json`` holds. ``synthetic`` is always true; ``files`` are the rows of each file."""

    seed: int
    pupils: int
    parts: int
    first: str
    last: str
    authority: dict[str, str]
    censuses: tuple[str, ...]
    form: str
    versions: dict[str, str]
    effects: dict[str, float | None]
    ratios: dict[str, dict[str, dict[str, float]]]
    schools: dict[str, Any]
    years: dict[str, YearTotals]
    files: dict[str, int]
    defects: tuple[PlantedDefect, ...] = ()
    not_planted: dict[str, str] = field(default_factory=dict)
    synthetic: bool = True

    def to_json(self) -> str:
        """The text of ``truth.json``."""
        said = asdict(self)
        for totals in said["years"].values():
            totals["expected"] = {name: round(value, 3) for name, value in totals["expected"].items()}
        said["meaning"] = {name: one.meaning for name, one in EFFECTS.items()}
        said["about"] = (
            f"Synthetic: no real child, school or family. School numbers from {FIRST_URN} mark made-up schools. "
            "Effects of null are as published, by phase; the ratios used are under ratios, from the first part. "
            "Totals are those before defects were planted."
        )
        return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def schools_said(schools: Schools, effects: Mapping[str, float | None]) -> dict[str, Any]:
    """What truth.json says of the schools: who signed and when, whose rates lie where, who uses code C informally."""
    spread = effects["school_spread"] or 0.0
    return {
        "count": {name: int((schools.phase == at).sum()) for at, name in enumerate(PHASE_CODES)},
        "signed": {
            str(urn): to_date(day).isoformat()
            for urn, day in zip(schools.urn, schools.signed, strict=True)
            if day
        },
        "informal": [int(urn) for urn in schools.urn[schools.informal]],
        "rate_ratio": {
            str(urn): round(float(np.exp(spread * effect)), 4)
            for urn, effect in zip(schools.urn, schools.effect, strict=True)
        },
        "implementation": {str(urn): float(one) for urn, one in zip(schools.urn, schools.score, strict=True)},
    }
