"""Own records as a page asks for them: an indicator's row for the time reported on, its groups, what is withheld."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.quality import WAITING
from onroll.vocabulary import PREVIOUS_YEAR, SOURCES_APART, TABLES, TOTAL, academic_year, previous
from onroll.vocabulary.records import (
    BETWEEN_COMBINATIONS,
    CROSSED,
    MADE_UP,
    OF_SINGLE_GROUPS,
    SCHOOL,
    TERM,
    crossed,
)

WITHHELD, NOT_AVAILABLE = "withheld", "not available"
AT_MOST = frozenset({"governors_trained"})
"""Counted a school at a time as the fewest trained on any of several topics: no more than so many on all of them."""
HIDDEN, AUTHORITY = "c", "Local authority"
NO_LEVEL = (BETWEEN_COMBINATIONS, OF_SINGLE_GROUPS)
"""Shares of a variance: they speak of an indicator and are no number of it."""
OF_RECORDS = frozenset(f"{origin}_{table}" for origin in ("own", MADE_UP) for table in TABLES)
"""The sources of rows that rest on own records, real or made."""
MEANING = (
    "Withheld: a count from 1 to 9 stands behind the figure, or could be worked out from it. "
    "It does not say whether there were any. "
    "Counts of schools and of meetings are not counts of pupils, and stand as they are."
)


def waiting(facts: Facts) -> tuple[str, ...]:
    """Those tables that were received and that nothing is counted from yet."""
    there = facts.brief.sources
    return tuple(one for one in WAITING if any(f"{origin}_{one}" in there for origin in ("own", MADE_UP)))


def own_rows(facts: Facts) -> pd.DataFrame:
    """Every released row that rests on own records; its index is the row's number in ``evidence.csv``."""
    frame = facts.frame
    own = [source for source in frame["source"].unique() if is_own(str(source))]
    return frame[frame["source"].isin(own)]


@cache
def is_own(source: str) -> bool:
    """Whether a row of this source rests on own records."""
    return bool(OF_RECORDS & set(source.split(SOURCES_APART)))


def has_rows(facts: Facts) -> bool:
    """Whether own records have anything to say of the time reported on."""
    return facts.brief.has_own_records and bool(len(own_rows(facts)))


def level(
    facts: Facts, indicator: str, topic: str = TOTAL, group: str = TOTAL, *, before: bool = False
) -> Fact | None:
    """An indicator's own number for the time reported on, or the same time a year ``before``; None where no row is."""
    return next(iter(_of_records(facts, indicator, topic, group, "", _period(facts, before))), None)


def against(
    facts: Facts, indicator: str, statistic: str, topic: str = TOTAL, group: str = TOTAL
) -> Fact | None:
    """A comparison with the same time of the year before: a ratio, or the fall that could have been seen."""
    found = _of_records(facts, indicator, topic, group, PREVIOUS_YEAR, facts.brief.year)
    return next((fact for fact in found if fact["statistic"] == statistic), None)


def place(facts: Facts, topic: str = TOTAL, group: str = TOTAL) -> tuple[str, str]:
    """How the authority's row of a group is named, in a year or in the term of a termly report."""
    term = facts.brief.term
    if topic != TOTAL:
        topic, group = (crossed(TERM, topic), crossed(term, group)) if term else (topic, group)
    elif term:
        topic, group = TERM, term
    return topic, group


def groups(facts: Facts, indicator: str, topic: str) -> tuple[str, ...]:
    """The groups of a breakdown that have a row at the time reported on, in the order of the evidence."""
    rows = facts.where(
        indicator=indicator, comparator="", time_period=facts.brief.year, breakdown_topic=place(facts, topic)[0],
        geographic_level=AUTHORITY,
    )  # fmt: skip
    start = f"{facts.brief.term}{CROSSED}" if facts.brief.term else ""
    kept = (str(name) for name in rows["breakdown"] if str(name).startswith(start))
    return tuple(dict.fromkeys(name.removeprefix(start) for name in kept))


def is_withheld(fact: Fact | None) -> bool:
    """Whether a row came and its numbers stayed behind the door."""
    return fact is not None and fact["symbol"] == HIDDEN


def present(facts: Facts, indicators: Iterable[str]) -> tuple[str, ...]:
    """Those indicators that have a row for the time reported on or the year before, shown or withheld."""
    return tuple(
        one for one in indicators
        if any(level(facts, one, before=before) is not None for before in (False, True))
    )  # fmt: skip


def earlier(facts: Facts) -> str:
    """The same time a year before, as people say it: ``2022/23``, ``spring term 2022/23``."""
    year = academic_year(previous(facts.brief.year))
    return f"{facts.brief.term.lower()} {year}" if facts.brief.term else year


def in_time(facts: Facts, *, before: bool = False) -> str:
    """The time as a sentence has it: ``in 2023/24``, ``in the spring term 2023/24``."""
    return f"in {'the ' if facts.brief.term else ''}{earlier(facts) if before else facts.brief.period}"


def withheld_words(facts: Facts) -> Text:
    """What withheld means, and how many figures of this report are."""
    rows = own_rows(facts)
    rows = rows[(rows["time_period"] == facts.brief.year) & (rows["geographic_level"] != SCHOOL)]
    held = int((rows["symbol"] == HIDDEN).sum())
    if not held:
        return ()
    return text(
        f"{MEANING} Of the {len(rows):,} figures made from records for this report, {held:,} are withheld."
    )


def _of_records(
    facts: Facts, indicator: str, topic: str, group: str, comparator: str, period: str
) -> list[Fact]:
    found = facts.named(indicator, period, AUTHORITY, *place(facts, topic, group), comparator)
    return [fact for fact in found if is_own(str(fact["source"])) and fact["statistic"] not in NO_LEVEL]


def _period(facts: Facts, before: bool) -> str:
    return previous(facts.brief.year) if before else facts.brief.year
