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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onroll.disclosure.families import Why, families_of, held, hide_groups, hide_schools, mark
from onroll.disclosure.over_schools import held_charts, held_over_schools, rests_on_no_side
from onroll.vocabulary import PREVIOUS_YEAR, REFERENCE_GROUP, previous

PLACE = ["time_period", "geographic_level", "area", "breakdown_topic", "breakdown"]
KEYS = ["indicator", *PLACE]
SIDE = "withheld: a side of the comparison is withheld"


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
    kept : set of str
        Groups that keep another group company, by rule 2, only where no other group is left for it.
    """

    minimum: int
    of_pupils: frozenset[str] = frozenset()
    no_people: frozenset[str] = frozenset()
    rests_on: Mapping[str, str] = field(default_factory=dict)
    few_small: frozenset[tuple[str, str]] = frozenset()
    unshown: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


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
    why: Why = dict.fromkeys(rows.index, "")
    base = rows[(rows["comparator"] == "")]
    small = _small(base, rules)
    mark(why, small[small].index)
    counted = base[~base["indicator"].isin(rules.no_people)]
    families = families_of(base, rules.kept)
    due = list(families)
    while due:
        for key in due:
            groups, schools = families[key]
            hide_groups(groups, why, rules.minimum)
            hide_schools(schools, groups, why, rules.minimum)
        before = {key: held(family, why) for key, family in families.items()}
        _hide_twins(counted, why, rules)
        due = [key for key, family in families.items() if held(family, why) > before[key]]
    _hide_comparisons(rows, why)
    mark(why, held_over_schools(rows, rules.few_small))
    mark(why, held_charts(rows, why))
    return pd.Series(why, index=rows.index).map(lambda words: words.format(most=rules.minimum - 1))


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


def _hide_twins(base: pd.DataFrame, why: Why, rules: Rules) -> None:
    """Rule 6, until nothing more is found.

    Events go with the pupils behind them wherever these are hidden, for the intervals of events rest on both.
    """
    indicators = base["indicator"].to_list()
    places = list(zip(*(base[name] for name in PLACE), strict=True))
    counts = {name: base[name].to_list() for name in ("numerator", "denominator")}
    while True:
        is_held = [why[at] != "" for at in base.index]
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
        mark(why, found)


def _hide_comparisons(rows: pd.DataFrame, why: Why) -> None:
    """Rule 7: both sides are base rows; what is compared with the year before has its other side there."""
    base = rows[rows["comparator"] == ""]
    shown = {key for key, index in zip(_keys(base), base.index, strict=True) if why[index] == ""}
    compared = rows[(rows["comparator"] != "") & ~rests_on_no_side(rows)]
    for key, index, comparator in zip(_keys(compared), compared.index, compared["comparator"], strict=True):
        sides = [key]
        if comparator == PREVIOUS_YEAR:
            sides.append((key[0], previous(key[1]), *key[2:]))
        elif comparator.startswith(REFERENCE_GROUP):
            sides.append((*key[:-1], comparator.removeprefix(REFERENCE_GROUP)))
        if any(side not in shown for side in sides):
            why[index] = SIDE
