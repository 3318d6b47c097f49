"""The ladder as pages ask for it: each group beside its reference group, with all that is said of the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.sentences.differences import PEOPLE
from onroll.vocabulary import RATE, RATE_RATIO, REFERENCE_GROUP, RELATIVE_RISK, academic_year
from onroll.vocabulary.records import LADDER

INDICATOR = "register_suspended_pupil_rate"
SEN, MAJOR, MINOR, FSM, SEX = "sen_provision", "ethnicity_major", "ethnicity_minor", "fsm", "sex"
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        SEN: "SEN provision",
        FSM: "Free school meals",
        SEX: "Sex",
        MAJOR: "Ethnic group",
        MINOR: "Ethnic group, in detail",
    }
)
"""The breakdowns of the ladder, in the order of a page."""
PUBLISHED: Mapping[str, str] = MappingProxyType(
    {
        "suspension_rate_by_sen": "Suspensions by SEN provision",
        "permanent_exclusion_rate_by_sen": "Permanent exclusions by SEN provision",
        "suspension_rate_by_ethnicity": "Suspensions by ethnic group",
        "permanent_exclusion_rate_by_ethnicity": "Permanent exclusions by ethnic group",
    }
)
"""Published ratios, and how a panel of them is headed."""
UNRELIABLE = "u"


@dataclass(frozen=True, slots=True)
class Line:
    """One group beside its reference group.

    Attributes
    ----------
    topic, name, reference : str
        The breakdown, or the published indicator; the two groups.
    rungs : mapping
        Released rows by their statistic, as ``vocabulary.records.LADDER`` names them.
    level, base : Fact or None
        The rates of the group and of the reference group, with their counts.
    when : str
        The time of it, ``2023/24``, or a term of it.
    """

    topic: str
    name: str
    reference: str
    rungs: Mapping[str, Fact]
    level: Fact | None
    base: Fact | None
    when: str

    def known(self, rung: str) -> Fact | None:
        """A rung that has a number to show."""
        fact = self.rungs.get(rung)
        return fact if fact is not None and fact.is_known and fact["symbol"] != UNRELIABLE else None

    @property
    def raw(self) -> Fact | None:
        """The ratio of the two groups as they are, where it may be shown."""
        return self.known(RATE_RATIO if RATE_RATIO in self.rungs else RELATIVE_RISK)

    @property
    def is_withheld(self) -> bool:
        """Whether the ratio was computed and is kept back to protect pupils."""
        return any(records.is_withheld(self.rungs.get(one)) for one in (RELATIVE_RISK, RATE_RATIO))

    @property
    def is_above(self) -> bool:
        """Whether the whole interval lies above the reference group."""
        return self.raw is not None and bool(self.raw["lower"] > 1)

    @property
    def is_below(self) -> bool:
        """Whether the whole interval lies below the reference group."""
        return self.raw is not None and bool(self.raw["upper"] < 1)

    @property
    def people(self) -> str:
        """The group as a sentence names it."""
        return people(self.name)

    @property
    def others(self) -> str:
        """The reference group as a sentence names it."""
        return people(self.reference)


def people(group: str) -> str:
    """A group as a sentence names it: ``pupils with SEN support``, ``pupils recorded as Indian``."""
    if group in PEOPLE:
        return PEOPLE[group]
    return f"pupils recorded as {group.replace('Any other', 'another')}"


def lines(facts: Facts, topic: str) -> tuple[Line, ...]:
    """The groups of a breakdown from own records of the year, the highest ratio first, those without one last."""
    if facts.brief.term:
        return ()
    rows = facts.where(indicator=INDICATOR, time_period=facts.brief.year, breakdown_topic=topic)
    rows = rows[rows["comparator"].str.startswith(REFERENCE_GROUP) & rows["statistic"].isin(LADDER)]
    found: dict[tuple[str, str], dict[str, Fact]] = {}
    for row, cells in rows.iterrows():
        fact = Fact(int(str(row)), {str(name): value for name, value in cells.items()})
        named = str(fact["breakdown"]), str(fact["comparator"]).removeprefix(REFERENCE_GROUP)
        found.setdefault(named, {})[str(fact["statistic"])] = fact
    period = academic_year(facts.brief.year)
    return _sorted(
        Line(topic, name, reference, rungs, records.level(facts, INDICATOR, topic, name),
             records.level(facts, INDICATOR, topic, reference), period)
        for (name, reference), rungs in found.items()
    )  # fmt: skip


def published(facts: Facts, indicator: str) -> tuple[Line, ...]:
    """The groups of a published indicator, of its latest term where it comes by term, the highest ratio first."""
    about = {"indicator": indicator, "time_period": facts.brief.year}
    found = [
        one
        for one in facts.all(statistic=RATE_RATIO, **about)
        if one["comparator"].startswith(REFERENCE_GROUP)
    ]
    terms = sorted({term for one in found if (term := _split(one["breakdown"])[1])})
    levels = {str(one["breakdown"]): one for one in facts.all(statistic=RATE, **about)}
    last = terms[-1] if terms else ""
    year = academic_year(facts.brief.year)
    kept = []
    for one in found:
        name, term = _split(one["breakdown"])
        reference = _split(str(one["comparator"]).removeprefix(REFERENCE_GROUP))[0]
        if term == last:
            base = levels.get(f"{reference}, {term}" if term else reference)
            when = f"the {term.lower()} of {year}" if term else year
            rungs = {RATE_RATIO: one}
            kept.append(
                Line(indicator, name, reference, rungs, levels.get(str(one["breakdown"])), base, when)
            )
    return _sorted(kept)


def _split(breakdown: str) -> tuple[str, str]:
    """A group and its term, where it has one: ``SEN support, Summer term``."""
    name, _, term = breakdown.rpartition(", ")
    return (name, term) if term.endswith(" term") else (breakdown, "")


def _sorted(found: Iterable[Line]) -> tuple[Line, ...]:

    return tuple(sorted(found, key=lambda one: (-_ratio(one), one.name)))


def _ratio(line: Line) -> float:
    return float(line.raw["estimate"]) if line.raw is not None else -1.0


def every_line(facts: Facts) -> tuple[Line, ...]:
    """All groups of all breakdowns from own records; a group that stands in two, once."""
    seen: set[str] = set()
    kept = []
    for topic in TOPICS:
        for one in lines(facts, topic):
            if one.name not in seen:
                kept.append(one)
            seen.add(one.name)
    return tuple(kept)


def has_ladder(facts: Facts) -> bool:
    """Whether own records let any group be compared with its reference group."""
    return any(lines(facts, topic) for topic in TOPICS)
