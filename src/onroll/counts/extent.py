"""How far the records reach: the years and terms they speak of, and their last day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from onroll.counts.engine import Engine
from onroll.intake.records.typed import easter_sunday

_ENDS = {"Autumn": (12, 31), "Summer": (7, 31)}
_ORDER = ("Autumn", "Spring", "Summer")


@dataclass(frozen=True, slots=True)
class Extent:
    """Years and terms of the records.

    Attributes
    ----------
    terms : set of (time period, term)
        Terms with a roll or an exclusion, such as ``("202324", "Spring term")``.
    years : set of str
        Time periods whose summer term is among them, or that a later one follows: they are whole.
    last_day : date or None
        The end of the last term; None without roll and exclusions.
    """

    terms: frozenset[tuple[str, str]]
    years: frozenset[str]
    last_day: dt.date | None


def extent(engine: Engine) -> Extent:
    """Find how far roll and exclusions reach."""
    found: set[tuple[str, str]] = set()
    for name in ("roll", "exclusions"):
        if engine.has(name):
            table = engine.table(name)
            rows = engine.fetch(table.select("time_period", "term").distinct()).to_pylist()
            found |= {(row["time_period"], row["term"]) for row in rows if row["time_period"] and row["term"]}
    if not found:
        return Extent(frozenset(), frozenset(), None)
    ordered = sorted(found, key=lambda one: (one[0], _ORDER.index(one[1])))
    last_year, last_term = ordered[-1]
    years = {year for year, term in found if term == _ORDER[-1] or year < last_year}
    return Extent(
        frozenset((year, f"{term} term") for year, term in found),
        frozenset(years),
        _last_day(last_year, last_term),
    )


def _last_day(period: str, term: str) -> dt.date:
    first = int(period[:4])
    if term == "Spring":
        return easter_sunday(first + 1)
    return dt.date(first if term == "Autumn" else first + 1, *_ENDS[term])
