"""The attack: what somebody with the release in hand could work out of the hidden counts by adding and taking away.

Groups add up to their total, terms to their year, schools to their phase. Each such sum with hidden parts narrows them;
the narrowing is repeated until nothing more follows. It is the attack of a reader with a pencil: it knows every
figure of this release, that hidden counts are at least 1, and the sums. Counts of pupils are attacked as if they
added up too, which is more than a reader may assume.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onroll.vocabulary import TOTAL
from onroll.vocabulary.records import CROSSED, SCHOOL, TERM, adds_up, parts_of, wider_of

Cell = Hashable
_MOST_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Attack:
    """What came of it: how many sums were used, how many counts hidden, and which of them could be worked out."""

    sums: int
    hidden: int
    worked_out: tuple[Any, ...] = ()

    def record(self) -> dict[str, int | str]:
        """For ``disclosure.json``."""
        return {
            "method": "sums of groups, terms and schools, narrowed until nothing more follows",
            "sums": self.sums, "hidden_counts": self.hidden, "worked_out": len(self.worked_out),
        }  # fmt: skip


@dataclass(slots=True)
class _Known:
    """Bounds of every cell: equal where the count is shown."""

    low: dict[Cell, float] = field(default_factory=dict)
    high: dict[Cell, float] = field(default_factory=dict)


def attack(rows: pd.DataFrame, is_shown: pd.Series[bool], minimum: int) -> Attack:
    """Try to work out the hidden counts of a release.

    Parameters
    ----------
    rows : DataFrame
        Evidence rows of own records with their true counts.
    is_shown : Series of bool
        Which of them were released with their numbers.
    minimum : int
        The least count that may be shown: only hidden counts below it must not be worked out.

    Returns
    -------
    Attack
        ``worked_out`` holds the index of each row whose hidden small count is determined.
    """
    base = rows[(rows["comparator"] == "") & rows["numerator"].notna()]
    names = dict(zip(base.index, _cells(base), strict=True))
    known = _Known()
    counts: dict[Hashable, float] = base["numerator"].astype(float).to_dict()
    for index, cell in names.items():
        count = counts[index]
        seen = bool(is_shown[index])
        known.low[cell] = count if seen else float(count > 0)
        known.high[cell] = count if seen else (math.inf if count > 0 else 0.0)
    sums = list(_sums(set(names.values())))
    _narrow(known, sums)
    hidden = [index for index in names if not is_shown[index] and counts[index] > 0]
    worked_out = [
        index
        for index in hidden
        if known.low[names[index]] == known.high[names[index]] and counts[index] < minimum
    ]
    return Attack(len(sums), len(hidden), tuple(worked_out))


def _cells(base: pd.DataFrame) -> Iterator[Cell]:
    columns = [
        "indicator",
        "statistic",
        "time_period",
        "geographic_level",
        "area",
        "breakdown_topic",
        "breakdown",
    ]
    return iter(list(zip(*(base[name] for name in columns), strict=True)))


def _sums(cells: set[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Each sum: the cell of the total and the cells of its parts. Parts with nobody in them are 0 and not there."""
    places = {(cell[3], cell[4]) for cell in cells if cell[3] != SCHOOL}
    parts: dict[Any, list[Any]] = {}
    for cell in cells:
        for above in _above(cell, places):
            if above in cells:
                parts.setdefault((above, cell[3], cell[5]), []).append(cell)
    for (above, *_), below in parts.items():
        yield above, sorted(below)


def _above(cell: Any, places: set[tuple[str, str]]) -> Iterator[Any]:
    indicator, statistic, period, level, area, topic, group = cell
    if level == SCHOOL:
        for place in places:
            yield indicator, statistic, period, *place, topic, group
        return
    if not adds_up(topic, group):
        return
    topics, groups = parts_of(topic), parts_of(group)
    if topic != TOTAL and len(topics) == 1:
        yield indicator, statistic, period, level, area, TOTAL, TOTAL
        wider = wider_of(topic, group)
        if wider is not None:
            yield indicator, statistic, period, level, area, *wider
    if len(topics) == 2:
        yield indicator, statistic, period, level, area, TERM, groups[0]
        yield indicator, statistic, period, level, area, topics[1], CROSSED.join(groups[1:])


def _narrow(known: _Known, sums: list[tuple[Any, list[Any]]]) -> None:
    for _ in range(_MOST_ROUNDS):
        before = (dict(known.low), dict(known.high))
        for total, parts in sums:
            _narrow_one(known, total, parts)
        if before == (known.low, known.high):
            return


def _narrow_one(known: _Known, total: Any, parts: list[Any]) -> None:
    low, high = sum(known.low[one] for one in parts), sum(known.high[one] for one in parts)
    known.low[total], known.high[total] = max(known.low[total], low), min(known.high[total], high)
    for one in parts:
        others_high, others_low = high - known.high[one], low - known.low[one]
        if math.isnan(others_high):
            others_high = sum(known.high[other] for other in parts if other != one)
        known.high[one] = min(known.high[one], known.high[total] - others_low)
        known.low[one] = max(known.low[one], known.low[total] - others_high)
