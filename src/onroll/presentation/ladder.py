"""The ladder as pages ask for it: each group beside its reference group, with all that is said of the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.families import is_apart, stands_out
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
ENGLAND: Mapping[str, str] = MappingProxyType(
    {
        "suspended_pupil_rate_by_characteristic": "Pupils suspended at least once",
        "permanent_exclusion_rate_by_characteristic": "Permanent exclusions",
    }
)
"""Published ratios of England, by what pupils are."""
ENGLISH_TOPICS: Mapping[str, str] = MappingProxyType({**TOPICS, "sen_primary_need": "Kind of SEN"})
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
        """Whether it stands out above the reference group, among all groups of the breakdown."""
        return self.raw is not None and bool(self.raw["lower"] > 1) and stands_out(self.raw)

    @property
    def is_below(self) -> bool:
        """Whether it stands out below the reference group, among all groups of the breakdown."""
        return self.raw is not None and bool(self.raw["upper"] < 1) and stands_out(self.raw)

    @property
    def is_apart_alone(self) -> bool:
        """Whether the whole interval lies on one side by itself, and not when all groups are looked at together."""
        return self.raw is not None and is_apart(self.raw) and not stands_out(self.raw)

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


def published(facts: Facts, indicator: str, year: str = "") -> tuple[Line, ...]:
    """The groups of a published indicator, of its latest term where it comes by term, the highest ratio first.

    ``year`` is the time period, that of the run when it is left out.
    """
    about = {"indicator": indicator, "time_period": year or facts.brief.year}
    found = _published(facts, about)
    last = max((_split(one.name)[1] for one in found), default="")
    kept = (
        replace(one, name=_split(one.name)[0], reference=_split(one.reference)[0],
                when=f"the {last.lower()} of {one.when}" if last else one.when)
        for one in found if _split(one.name)[1] == last
    )  # fmt: skip
    return _sorted(kept)


def england(facts: Facts, indicator: str, topic: str) -> tuple[Line, ...]:
    """The groups of a breakdown in England in the last year published, the highest ratio first."""
    return _sorted(_published(facts, {"indicator": indicator, "breakdown_topic": topic}))


def _published(facts: Facts, about: Mapping[str, str]) -> list[Line]:
    """A line for each group, named as it was published."""
    rungs: dict[tuple[str, str], dict[str, Fact]] = {}
    for one in facts.all(**about):
        if one["comparator"].startswith(REFERENCE_GROUP):
            key = str(one["breakdown"]), str(one["comparator"]).removeprefix(REFERENCE_GROUP)
            rungs.setdefault(key, {})[str(one["statistic"])] = one
    levels = {str(one["breakdown"]): one for one in facts.all(statistic=RATE, indicator=about["indicator"])
              if one["time_period"] == about.get("time_period", one["time_period"])}  # fmt: skip
    return [
        Line(about["indicator"], name, base, found, levels.get(name), levels.get(_of_term(base, name)),
             academic_year(str(next(iter(found.values()))["time_period"])))
        for (name, base), found in rungs.items()
    ]  # fmt: skip


def _of_term(base: str, name: str) -> str:
    """The reference group's name in the term of a group: ``No SEN, Summer term``."""
    term = _split(name)[1]
    return base if not term or _split(base)[1] else f"{base}, {term}"


def years_published(facts: Facts, indicator: str) -> tuple[str, ...]:
    """The year evaluated and the years published since, in which an indicator has ratios."""
    rows = facts.where(indicator=indicator)
    rows = rows[
        rows["comparator"].str.startswith(REFERENCE_GROUP) & (rows["time_period"] >= facts.brief.year)
    ]
    return tuple(sorted(set(rows["time_period"])))


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
