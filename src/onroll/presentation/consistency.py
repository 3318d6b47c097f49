"""How alike schools are, as pages ask for it: places in funnels, spreads over the years, charts of terms and years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.records import AUTHORITY, HIDDEN
from onroll.vocabulary import MEASURES, OTHER_AUTHORITIES, RATE, TERMS, TOTAL
from onroll.vocabulary.records import (
    CHART_BASELINE,
    CHART_LEVEL,
    CHART_PLACE,
    FALSE_ALARMS,
    OTHER_SCHOOLS,
    PLACE,
    PLACE_BY_CHANCE,
    SCHOOL,
    TERM,
    TERMS_BEFORE,
    YEARS_BEFORE,
    crossed,
)

INDICATOR, SUSPENSIONS, PERMANENT = (
    "register_suspended_pupil_rate", "register_suspension_rate", "register_permanent_exclusion_rate",
)  # fmt: skip
PHASE = "education_phase"
COMPARED: Mapping[str, str] = MappingProxyType(
    {
        "State-funded secondary": "secondary schools", "State-funded primary": "primary schools",
        "Special": "special schools",
    }
)  # fmt: skip
"""Phases in the order of a page: most suspensions are in secondary schools."""
ABOVE, BELOW = "above the limits", "below the limits"


def side(fact: Fact | None) -> int:
    """Where a place lies: 1 above its limits, -1 below, 0 within them or not told."""
    if fact is None or not fact.is_known:
        return 0
    return 1 if ABOVE in fact["note"] else -1 if BELOW in fact["note"] else 0


@dataclass(frozen=True, slots=True)
class Unit:
    """One school, or one authority, in a funnel; ``by_chance`` is its place where limits are those of chance alone."""

    name: str
    place: Fact
    size: float
    by_chance: Fact | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The units of a funnel that may be shown, the smallest first, and how many may not."""

    label: str
    units: tuple[Unit, ...]
    hidden: int
    level: Fact | None


def funnel(facts: Facts, phase: str, statistic: str = PLACE) -> Funnel:
    """The schools of a phase in the year evaluated."""
    found = _schools(facts, phase, statistic)
    sizes = {
        name: float(one["denominator"]) for name, one in _schools(facts, phase, PLACE).items() if one.is_known
    }
    chance = _schools(facts, phase, PLACE_BY_CHANCE) if statistic == PLACE else {}
    shown = [
        Unit(name, one, sizes[name], chance.get(name))
        for name, one in found.items()
        if one.is_known and name in sizes
    ]
    level = facts.one(
        indicator=INDICATOR, statistic=RATE, breakdown=phase, time_period=facts.brief.year, comparator="",
        geographic_level=AUTHORITY,
    )  # fmt: skip
    hidden = sum(one["symbol"] == HIDDEN for one in found.values())
    return Funnel(COMPARED[phase], tuple(sorted(shown, key=lambda one: one.size)), hidden, level)


def _schools(facts: Facts, phase: str, statistic: str) -> dict[str, Fact]:
    rows = facts.all(
        indicator=INDICATOR,
        statistic=statistic,
        breakdown=phase,
        time_period=facts.brief.year,
        geographic_level=SCHOOL,
    )
    return {str(one["area"]): one for one in rows}


def over_schools(facts: Facts, phase: str, statistic: str, year: str = "") -> Fact | None:
    """What is said of all schools of a phase together, such as the median odds ratio of a year."""
    return facts.one(
        indicator=INDICATOR, statistic=statistic, breakdown=phase, time_period=year or facts.brief.year,
        comparator=OTHER_SCHOOLS, geographic_level=AUTHORITY,
    )  # fmt: skip


def years_of(facts: Facts, phase: str, statistic: str) -> tuple[Fact, ...]:
    """The same for every year in which it is known."""
    rows = facts.all(
        indicator=INDICATOR,
        statistic=statistic,
        breakdown=phase,
        comparator=OTHER_SCHOOLS,
        geographic_level=AUTHORITY,
    )
    return tuple(sorted((one for one in rows if one.is_known), key=lambda one: str(one["time_period"])))


def authorities(facts: Facts, measure: str) -> Funnel:
    """All authorities of England in the year evaluated, by a published measure."""
    rows = facts.all(
        indicator=measure, statistic=PLACE, comparator=OTHER_AUTHORITIES, time_period=facts.brief.year,
        geographic_level=AUTHORITY,
    )  # fmt: skip
    units = [Unit(str(one["area"]), one, float(one["denominator"])) for one in rows if one.is_known]
    return Funnel(
        "authorities", tuple(sorted(units, key=lambda one: one.size)), 0, facts.rate(measure, area="England")
    )


@dataclass(frozen=True, slots=True)
class Series:
    """A chart of terms or of years: its level, its points in the order of time, what it is a chart of."""

    label: str
    unit: str
    level: Fact
    points: tuple[Fact, ...]
    hidden: int

    @property
    def drawn(self) -> tuple[Fact, ...]:
        """Points with a number."""
        return tuple(one for one in self.points if one.is_known)

    @property
    def signals(self) -> tuple[Fact, ...]:
        """Points since the baseline, outside the pandemic, that lie outside the limits or in a run."""
        return tuple(
            one for one in self.drawn
            if one["statistic"] == CHART_PLACE and "pandemic" not in one["note"]
            and (side(one) or "in a run" in one["note"])
        )  # fmt: skip

    def since(self, launch: str) -> tuple[Fact, ...]:
        """Points since the strategy began, withheld ones too."""
        return tuple(one for one in self.points if when(one)[0] >= launch)

    def withheld_since(self, launch: str) -> int:
        """How many points since the strategy began are withheld: what they would have shown is not known."""
        return sum(not one.is_known for one in self.since(launch))


def when(fact: Fact) -> tuple[str, str]:
    """Year and term of a point; no term in a chart of years."""
    term = str(fact["breakdown"]).split("; ")[0]
    return str(fact["time_period"]), term if term in TERMS else ""


def term_series(facts: Facts) -> tuple[Series, ...]:
    """Suspensions by term, all phases and each phase, then permanent exclusions; those whose limits may be shown."""
    asked = [(SUSPENSIONS, TOTAL), *((SUSPENSIONS, phase) for phase in COMPARED), (PERMANENT, TOTAL)]
    labels = {TOTAL: "all schools", **COMPARED}
    found = []
    for indicator, phase in asked:
        topic = TERM if phase == TOTAL else crossed(TERM, PHASE)
        rows = [
            one
            for one in facts.all(indicator=indicator, comparator=TERMS_BEFORE, breakdown_topic=topic)
            if phase == TOTAL or str(one["breakdown"]).endswith(f"; {phase}")
        ]
        what = "Permanent exclusions" if indicator == PERMANENT else "Suspensions"
        per = "1,000" if indicator == PERMANENT else "100"
        found.append(
            _series(
                facts,
                (indicator, phase),
                TERMS_BEFORE,
                rows,
                f"{what}, {labels[phase]}",
                f"per {per} on roll",
            )
        )
    return tuple(one for one in found if one is not None)


def year_series(facts: Facts) -> tuple[Series, ...]:
    """Published years of the authority, measure by measure."""
    found = []
    for measure in MEASURES.values():
        rows = facts.all(indicator=measure.id, comparator=YEARS_BEFORE, breakdown_topic=TOTAL)
        label = measure.events[0].upper() + measure.events[1:]
        found.append(
            _series(facts, (measure.id, TOTAL), YEARS_BEFORE, rows, label, f"per {measure.per:,} on roll")
        )
    return tuple(one for one in found if one is not None)


def _series(
    facts: Facts, about: tuple[str, str], comparator: str, rows: list[Fact], label: str, unit: str
) -> Series | None:
    level = facts.one(indicator=about[0], breakdown=about[1], statistic=CHART_LEVEL, comparator=comparator)
    points = sorted((one for one in rows if one["statistic"] in (CHART_BASELINE, CHART_PLACE)), key=when)
    if level is None or not level.is_known or not any(one.is_known for one in points):
        return None
    return Series(label, unit, level, tuple(points), sum(one["symbol"] == HIDDEN for one in points))


def alarms(facts: Facts) -> tuple[Fact, ...]:
    """False alarms that are expected at most: of schools, of terms, of published figures; those that were watched."""
    found = (
        facts.one(indicator=one, statistic=FALSE_ALARMS)
        for one in (INDICATOR, SUSPENSIONS, "suspension_rate")
    )
    return tuple(one for one in found if one is not None and one.is_known)


def why_none(facts: Facts, indicator: str, statistic: str) -> tuple[str, ...]:
    """Why figures of a kind cannot be computed, as their rows say it."""
    rows = facts.all(indicator=indicator, statistic=statistic, time_period=facts.brief.year)
    return tuple(
        dict.fromkeys(f"{_whose(one)}: {one['note'].removeprefix('cannot be computed: ')}" for one in rows
                      if str(one["note"]).startswith("cannot be computed"))
    )  # fmt: skip


def _whose(one: Fact) -> str:
    return COMPARED.get(str(one["breakdown"]), "all schools")
