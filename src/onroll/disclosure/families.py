"""Families of rows at the door: the groups of a total, the schools of a phase, and the company that hidden rows need.

Rules 2 to 5 of ``own_records``, where all rules are stated. Rows are plain here: a door goes through them many times.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from onroll.vocabulary import TOTAL
from onroll.vocabulary.records import CROSSED, SCHOOL, TERM, WIDER, adds_up, parts_of, wider_of

HELD = "a count from 1 to {most} stands behind it, or could be worked out from it"
"""One reason for all: whoever knew which rows are small, and which keep them company, could work out more."""
_LEAST_WIDTH = 3
"""A hidden count must be left with at least so many possible values."""
Why = dict[Any, str]
"""Why a row is withheld, by its index; empty where it may be shown."""


class Row(NamedTuple):
    """A row without a comparison: where it stands, whom it is of, its count, and whether it is hidden last for others."""

    at: Any
    topic: str
    group: str
    number: float
    is_kept: bool = False


def families_of(
    base: pd.DataFrame, kept: frozenset[str] = frozenset()
) -> dict[tuple[str, str], tuple[list[Row], list[Row]]]:
    """The rows of each indicator and year: those of the authority, and those of its schools.

    Groups of ``kept``, or crossed with one, are hidden to protect another only when no other group is left for it.
    """
    found: dict[tuple[str, str], tuple[list[Row], list[Row]]] = {}
    columns = ("indicator", "time_period", "geographic_level", "breakdown_topic", "breakdown", "numerator")
    for at, indicator, period, level, topic, group, number in zip(
        base.index, *(base[name] for name in columns), strict=True
    ):
        row = Row(at, topic, group, number, not kept.isdisjoint(parts_of(group)))
        found.setdefault((indicator, period), ([], []))[level == SCHOOL].append(row)
    return found


def held(family: tuple[list[Row], list[Row]], why: Why) -> int:
    """How many of its rows are hidden."""
    return sum(why[row.at] != "" for rows in family for row in rows)


def hide_groups(rows: list[Row], why: Why, minimum: int) -> None:
    """Rules 2 to 4 for one indicator and year."""
    in_term = [row for row in rows if row.topic != TERM and TERM in parts_of(row.topic)]
    alone = [row for row in rows if row.topic not in (TERM, TOTAL) and TERM not in parts_of(row.topic)]
    terms = {row.group: row for row in rows if row.topic == TERM}
    families: dict[tuple[str, str], list[Row]] = {}
    for row in in_term:
        families.setdefault((row.topic, parts_of(row.group)[0]), []).append(row)
    for (_, term), family in families.items():
        if term in terms and why[terms[term].at]:
            _mark_rows(why, family)
    for (_, term), family in families.items():
        _complete(family, _sum([terms[term]] if term in terms else []), why, minimum)
    _hide_told(rows, why)
    _hide_alone(rows, alone, why, minimum)
    if any(why[row.at] for row in rows if row.topic == TOTAL):
        _mark_rows(why, alone)


def _hide_alone(rows: list[Row], alone: list[Row], why: Why, minimum: int) -> None:
    """Rules 2 and 3 for the groups of a year, topic by topic, until nothing changes: topics may be parts of others."""
    total = _sum(row for row in rows if row.topic == TOTAL)
    topics: dict[str, list[Row]] = {}
    for row in alone:
        topics.setdefault(row.topic, []).append(row)
    before = -1
    while before != (before := sum(why[row.at] != "" for row in rows)):
        for name in sorted(topics, key=lambda topic: topic in WIDER):
            if name in WIDER:
                _hide_within_wider(topics[name], rows, why, minimum)
            _complete(topics[name], total, why, minimum)


def _hide_within_wider(family: list[Row], rows: list[Row], why: Why, minimum: int) -> None:
    """Groups that are parts of a group of another topic, as ethnic groups of a major one.

    Where hidden parts are left too few to be safe from their sum, the sum is hidden too.
    """
    above = {(row.topic, row.group): row for row in rows}
    parts_by: dict[Any, list[Row]] = {}
    for row in family:
        parts_by.setdefault(wider_of(row.topic, row.group), []).append(row)
    for key, parts in parts_by.items():
        whole = above.get(key)
        if whole is None or why[whole.at]:
            _mark_rows(why, parts)
        else:
            _complete(parts, _sum([whole]), why, minimum)
            if _least_width([row.number for row in parts if why[row.at]], minimum) < _LEAST_WIDTH:
                _mark_rows(why, [whole])


def _complete(family: list[Row], total: float, why: Why, minimum: int) -> None:
    """Rule 2 for the groups of one total. Groups that fall short of it hide a part that has no row: all are hidden."""
    parts = [row for row in family if adds_up(row.topic, row.group)]
    if not any(why[row.at] for row in parts):
        return
    if _sum(parts) < total:
        _mark_rows(why, family)
    else:
        _mark_rows(why, _with_company(parts, why, minimum))


def _hide_told(rows: list[Row], why: Why) -> None:
    """Rule 4: the year's row of a group, and of the total, by its rows in the terms."""
    in_terms: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.topic == TERM:
            in_terms.setdefault((TOTAL, TOTAL), []).append(row)
        elif TERM in parts_of(row.topic):
            own = (CROSSED.join(parts_of(row.topic)[1:]), CROSSED.join(parts_of(row.group)[1:]))
            in_terms.setdefault(own, []).append(row)
    for row in rows:
        terms = in_terms.get((row.topic, row.group), [])
        if len(terms) > 1 and sum(why[term.at] != "" for term in terms) == 1:
            _mark_rows(why, [row])


def hide_schools(schools: list[Row], groups: list[Row], why: Why, minimum: int) -> None:
    """Rule 5: within each phase, and by term where rows are by term."""
    sums: dict[tuple[str, str], list[Row]] = {}
    for row in groups:
        sums.setdefault((row.topic, row.group), []).append(row)
    by_phase: dict[tuple[str, str], list[Row]] = {}
    for row in schools:
        by_phase.setdefault((row.topic, row.group), []).append(row)
    for key, family in by_phase.items():
        above = sums.get(key, [])
        if not above or any(why[row.at] for row in above):
            _mark_rows(why, family)
        elif any(why[row.at] for row in family):
            _mark_rows(why, _with_company(family, why, minimum))


def _with_company(family: list[Row], why: Why, minimum: int) -> list[Row]:
    """The rows to hide so that none of the hidden counts can be narrowed to few values by their sum."""
    out = [row for row in family if why[row.at]]
    rest = sorted(
        (row for row in family if not why[row.at] and row.number > 0),
        key=lambda row: (row.is_kept, row.number),
    )
    more = iter(rest)
    while _least_width([row.number for row in out], minimum) < _LEAST_WIDTH:
        following = next(more, None)
        if following is None:
            return family
        out.append(following)
    return out


def _sum(rows: Iterable[Row]) -> float:
    """Their counts together, those that are not known left out."""
    return sum(row.number for row in rows if row.number == row.number)


def _least_width(held: Iterable[float], minimum: int) -> float:
    """How many values a hidden count could have for someone who knows their sum, and may take all for small ones.

    None where the sum is itself a count that may not be shown.
    """
    known = [count for count in held if count > 0]
    if not known:
        return float("inf")
    others, most = len(known) - 1, minimum - 1
    total = float(sum(known))
    if total < minimum:
        return 0.0
    if total > most * len(known):
        return total - others if others else 1.0
    return min(most, total - others) - max(1.0, total - most * others) + 1


def mark(why: Why, index: Iterable[Any]) -> None:
    """Hide rows that are not hidden yet."""
    why.update((one, HELD) for one in list(index) if why[one] == "")


def _mark_rows(why: Why, rows: Iterable[Row]) -> None:
    mark(why, (row.at for row in rows))
