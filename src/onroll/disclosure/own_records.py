"""Own records at the door: small counts hidden, with everything from which they could be worked out.

The rules are strict and simple. They are stated here once, in the order in which they are used; one may hide what
another then has to answer for, so they are used until nothing changes.

1. A row is small if a count it shows is from 1 to 9: its events, the pupils it is taken over, or, where pupils are
   counted, those who are left. Rows of events are small too where the pupils behind them are (``rests_on``).
2. In a breakdown the small rows are hidden, with as many other groups as it takes that none can be worked out from the
   total; within a year, and within each term; and ethnic groups within their major group. Groups that are apart from
   the total, such as alternative provision, are no company.
3. A hidden total hides all its groups: a term's in that term, a year's in that year; a major ethnic group its groups.
4. A year's figure is hidden where exactly one of its terms is: the other terms were told when they ended.
5. Of schools the small ones are hidden, with as many others as it takes that none can be worked out from the sum of
   their phase; all of them where that sum is hidden.
6. A count that is hidden under one indicator is hidden under every other that has the same count at the same place,
   time and group, as events here and what is counted over there; so are events whose pupils are hidden, for any
   reason. Each then needs company by rules 2 to 5.
7. A comparison is hidden where either side is: the group, the year before, or the reference group.

Rules 8 and 9, on figures that rest on all schools and on charts of terms, are in ``over_schools``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onroll.disclosure.over_schools import held_charts, held_over_schools, rests_on_no_side
from onroll.vocabulary import PREVIOUS_YEAR, REFERENCE_GROUP, TOTAL, previous
from onroll.vocabulary.records import CROSSED, SCHOOL, TERM, WIDER, adds_up, parts_of, wider_of

PLACE = ["time_period", "geographic_level", "area", "breakdown_topic", "breakdown"]
KEYS = ["indicator", *PLACE]
HELD = "a count from 1 to {most} stands behind it, or could be worked out from it"
"""One reason for all: whoever knew which rows are small, and which keep them company, could work out more."""
SIDE = "withheld: a side of the comparison is withheld"
_LEAST_WIDTH = 3
"""A hidden count must be left with at least so many possible values."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the policy says.

    Attributes
    ----------
    minimum : int
        The least count that may be shown.
    of_pupils : set of str
        Indicators that are a share of people: those who are left are a count too.
    no_people : set of str
        Indicators that count schools, meetings or reports, which need no protection.
    rests_on : mapping
        For an indicator of events, the indicator that counts the pupils behind them.
    few_small : set of (str, str)
        Years and phases in which some schools have a small count, but fewer than ``minimum``.
    unshown : set of str
        Indicators whose counts decide what is hidden and are shown nowhere.
    """

    minimum: int
    of_pupils: frozenset[str] = frozenset()
    no_people: frozenset[str] = frozenset()
    rests_on: Mapping[str, str] = field(default_factory=dict)
    few_small: frozenset[tuple[str, str]] = frozenset()
    unshown: frozenset[str] = frozenset()


def hidden(rows: pd.DataFrame, rules: Rules) -> pd.Series[str]:
    """Why each row of own records is withheld; empty where it may be shown.

    Parameters
    ----------
    rows : DataFrame
        Evidence rows of own records, all of one release.
    rules : Rules
        The policy's numbers.

    Returns
    -------
    Series of str
        By the rows' index.
    """
    why = pd.Series("", index=rows.index, dtype="object")
    base = rows[(rows["comparator"] == "")]
    small = _small(base, rules)
    why[small[small].index] = HELD
    counted = base[~base["indicator"].isin(rules.no_people)]
    families = dict(list(base.groupby(["indicator", "time_period"], sort=False)))
    due = list(families)
    while due:
        for key in due:
            one, is_school = families[key], families[key]["geographic_level"] == SCHOOL
            _hide_groups(one[~is_school], why, rules)
            _hide_schools(one[is_school], base, why, rules)
        before = {key: int(why[one.index].ne("").sum()) for key, one in families.items()}
        _hide_twins(counted, why, rules)
        due = [key for key, one in families.items() if int(why[one.index].ne("").sum()) > before[key]]
    _hide_comparisons(rows, why)
    _mark(why, held_over_schools(rows, rules.few_small))
    _mark(why, held_charts(rows, why))
    return why.map(lambda words: words.format(most=rules.minimum - 1))


def _small(base: pd.DataFrame, rules: Rules) -> pd.Series[bool]:
    def few(counts: pd.Series[Any]) -> pd.Series[bool]:
        return (counts > 0) & (counts < rules.minimum)

    rest = base["denominator"] - base["numerator"]
    of_pupils = base["indicator"].isin(rules.of_pupils)
    small = few(base["numerator"]) | few(base["denominator"]) | (of_pupils & few(rest))
    small &= ~base["indicator"].isin(rules.no_people)
    named = dict(zip(_keys(base), small, strict=True))
    for indicator, other in rules.rests_on.items():
        own = base["indicator"] == indicator
        behind = [named.get((other, *key[1:]), True) for key in _keys(base[own])]
        small[own] = small[own] | pd.Series(behind, index=base.index[own], dtype=bool)
    return small


def _keys(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    return iter(list(zip(*(rows[name] for name in KEYS), strict=True)))


def _hide_groups(one: pd.DataFrame, why: pd.Series[str], rules: Rules) -> None:
    """Rules 2 to 4 for one indicator and year."""
    topic, group = one["breakdown_topic"], one["breakdown"]
    in_term = topic.map(lambda name: TERM in parts_of(name) and name != TERM)
    first = group.map(lambda name: parts_of(name)[0])
    for at in one.index[topic == TERM]:
        if why[at]:
            _mark(why, one.index[in_term & (first == group[at])])
    for _, family in one[in_term].groupby([topic[in_term], first[in_term]], sort=False):
        above = (topic == TERM) & (group == first[family.index[0]])
        _complete(family, one.loc[above, "numerator"].sum(), why, rules)
    alone = ~in_term & (topic != TERM) & (topic != TOTAL)
    _hide_told(one, why)
    _hide_alone(one, alone, why, rules)
    if why[one.index[topic == TOTAL]].ne("").any():
        _mark(why, one.index[alone])


def _hide_alone(one: pd.DataFrame, alone: pd.Series[bool], why: pd.Series[str], rules: Rules) -> None:
    """Rules 2 and 3 for the groups of a year, topic by topic, until nothing changes: topics may be parts of others."""
    total = one.loc[one["breakdown_topic"] == TOTAL, "numerator"].sum()
    topics = dict(list(one[alone].groupby("breakdown_topic", sort=False)))
    before = -1
    while before != (before := int(why[one.index].ne("").sum())):
        for name in sorted(topics, key=lambda topic: topic in WIDER):
            _complete(topics[name], total, why, rules)
            if name in WIDER:
                _hide_within_wider(topics[name], one, why, rules)


def _hide_within_wider(family: pd.DataFrame, one: pd.DataFrame, why: pd.Series[str], rules: Rules) -> None:
    """Groups that are parts of a group of another topic, as ethnic groups of a major one.

    Where hidden parts are left too few to be safe from their sum, the sum is hidden too.
    """
    wider = [wider_of(*named) for named in zip(family["breakdown_topic"], family["breakdown"], strict=True)]
    above = dict(zip(zip(one["breakdown_topic"], one["breakdown"], strict=True), one.index, strict=True))
    for key, parts in family.groupby(pd.Series(wider, index=family.index), sort=False):
        at = above.get(key)
        if at is None or why[at]:
            _mark(why, parts.index)
        else:
            _complete(parts, one.loc[[at], "numerator"].sum(), why, rules)
            held = parts.loc[why[parts.index].ne(""), "numerator"]
            if _least_width(held, rules.minimum) < _LEAST_WIDTH:
                _mark(why, [at])


def _complete(family: pd.DataFrame, total: float, why: pd.Series[str], rules: Rules) -> None:
    """Rule 2 for the groups of one total. Groups that fall short of it hide a part that has no row: all are hidden."""
    within = [adds_up(*named) for named in zip(family["breakdown_topic"], family["breakdown"], strict=True)]
    parts = family[within]
    if not why[parts.index].ne("").any():
        return
    if parts["numerator"].sum() < total:
        _mark(why, family.index)
    else:
        _mark(why, _with_company(parts["numerator"], why, rules.minimum))


def _hide_told(one: pd.DataFrame, why: pd.Series[str]) -> None:
    """Rule 4: the year's row of a group, and of the total, by its rows in the terms."""
    in_terms: dict[tuple[str, str], list[Any]] = {}
    for at, topic, group in zip(one.index, one["breakdown_topic"], one["breakdown"], strict=True):
        if topic == TERM:
            in_terms.setdefault((TOTAL, TOTAL), []).append(at)
        elif TERM in parts_of(topic):
            own = (CROSSED.join(parts_of(topic)[1:]), CROSSED.join(parts_of(group)[1:]))
            in_terms.setdefault(own, []).append(at)
    for at, topic, group in zip(one.index, one["breakdown_topic"], one["breakdown"], strict=True):
        terms = in_terms.get((topic, group), [])
        if len(terms) > 1 and sum(why[term] != "" for term in terms) == 1:
            _mark(why, [at])


def _hide_schools(one: pd.DataFrame, base: pd.DataFrame, why: pd.Series[str], rules: Rules) -> None:
    """Rule 5: within each phase, and by term where rows are by term."""
    if one.empty:
        return
    same = (base["indicator"] == one["indicator"].iloc[0]) & (
        base["time_period"] == one["time_period"].iloc[0]
    )
    sums = base[same & (base["geographic_level"] != SCHOOL)]
    for (topic, group), schools in one.groupby(["breakdown_topic", "breakdown"], sort=False):
        above = sums.index[(sums["breakdown_topic"] == topic) & (sums["breakdown"] == group)]
        if not len(above) or why[above].ne("").any():
            _mark(why, schools.index)
            continue
        if not why[schools.index].ne("").any():
            continue
        _mark(why, _with_company(schools["numerator"], why, rules.minimum))


def _with_company(counts: pd.Series[Any], why: pd.Series[str], minimum: int) -> list[Any]:
    """The rows to hide so that none of the hidden counts can be narrowed to few values by their sum."""
    out = list(counts.index[why[counts.index].ne("")])
    rest = counts[~counts.index.isin(out) & (counts > 0)].sort_values(kind="stable")
    more = iter(rest.index)
    while _least_width(counts[out], minimum) < _LEAST_WIDTH:
        following = next(more, None)
        if following is None:
            return list(counts.index)
        out.append(following)
    return out


def _least_width(held: pd.Series[Any], minimum: int) -> float:
    """How many values a hidden count could have for someone who knows their sum, and may take all for small ones.

    None where the sum is itself a count that may not be shown.
    """
    known = held[held > 0]
    if known.empty:
        return float("inf")
    others, most = len(known) - 1, minimum - 1
    total = float(known.sum())
    if total < minimum:
        return 0.0
    if total > most * len(known):
        return total - others if others else 1.0
    return min(most, total - others) - max(1.0, total - most * others) + 1


def _hide_twins(base: pd.DataFrame, why: pd.Series[str], rules: Rules) -> None:
    """Rule 6, until nothing more is found.

    Events go with the pupils behind them wherever these are hidden, for the intervals of events rest on both.
    """
    indicators = base["indicator"].to_list()
    places = list(zip(*(base[name] for name in PLACE), strict=True))
    counts = {name: base[name].to_list() for name in ("numerator", "denominator")}
    while True:
        is_held = why[base.index].ne("").to_list()
        held = {
            (place, count)
            for place, count, out in zip(places, counts["numerator"], is_held, strict=True)
            if out and count > 0
        }
        gone = {(name, place) for name, place, out in zip(indicators, places, is_held, strict=True) if out}
        found = [
            base.index[at]
            for at, place in enumerate(places)
            if not is_held[at]
            and (
                any((place, counts[name][at]) in held for name in counts)
                or (rules.rests_on.get(indicators[at]), place) in gone
            )
        ]
        if not found:
            return
        _mark(why, found)


def _hide_comparisons(rows: pd.DataFrame, why: pd.Series[str]) -> None:
    """Rule 7: both sides are base rows; what is compared with the year before has its other side there."""
    base = rows[rows["comparator"] == ""]
    shown = {key for key, index in zip(_keys(base), base.index, strict=True) if why[index] == ""}
    compared = rows[(rows["comparator"] != "") & ~rests_on_no_side(rows)]
    for key, index in zip(_keys(compared), compared.index, strict=True):
        sides = [key]
        comparator = str(rows.at[index, "comparator"])
        if comparator == PREVIOUS_YEAR:
            sides.append((key[0], previous(key[1]), *key[2:]))
        elif comparator.startswith(REFERENCE_GROUP):
            sides.append((*key[:-1], comparator.removeprefix(REFERENCE_GROUP)))
        if any(side not in shown for side in sides):
            why[index] = SIDE


def _mark(why: pd.Series[str], index: Iterable[Any]) -> None:
    why[[one for one in index if why[one] == ""]] = HELD
