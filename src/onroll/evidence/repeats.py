"""How unevenly suspensions fell on pupils: by how much more than independent events they scatter.

Where own records tell it, each group's own pupils are taken: suspensions squared over suspensions, summed over pupils,
is the dispersion of repeated events (``statistics.repeat_events``). Where they do not, or too few pupils were suspended to
know it, England's spread is scaled to suspensions for each suspended pupil here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from onroll.vocabulary import TOTAL, YEAR
from onroll.vocabulary.records import SCHOOL

Key = tuple[str, ...]
KEYS = [
    "time_period", "time_identifier", "geographic_level", "area_code", "education_phase", "breakdown_topic",
    "breakdown",
]  # fmt: skip
"""What tells a cell from the others of its indicator."""
LEAST = 20
"""With fewer suspended pupils than this the spread of their suspensions is not known well enough (see
``statistics.repeat_events``)."""
TOPICS = ("sen_provision", "ethnicity_major", "ethnicity_minor", "fsm", "sex", "national_curriculum_year")
OF_ENGLAND, OF_OWN = "for repeat suspensions", "for repeat suspensions of its own pupils"


@dataclass(frozen=True, slots=True)
class Spread:
    """The dispersion of one count of suspensions, and whose pupils it was seen in."""

    wide: float = 1.0
    because: str = OF_ENGLAND


def key_of(cell: Any) -> Key:
    """What tells a cell from the others of its indicator."""
    return tuple(str(getattr(cell, name)) for name in KEYS)


def own_spread(crossed: Mapping[str, pd.DataFrame]) -> Mapping[Key, Spread]:
    """The dispersion of each count of a year for which enough suspended pupils are known.

    Parameters
    ----------
    crossed : mapping
        For each year, cells of pupils by school and all groups at once, as ``counts.crossed`` makes them.

    Returns
    -------
    mapping
        By ``KEYS`` of the authority, its phases, its schools and its groups of pupils.
    """
    found: dict[Key, Spread] = {}
    for year, cells in crossed.items():
        sums = ["suspended", "suspensions", "suspensions_squared"]
        for code, own in cells[cells["suspended"] > 0].groupby("la_code"):
            place = (str(year), YEAR, "Local authority", str(code))
            _add(found, own.assign(all=TOTAL).groupby("all")[sums].sum(), place, ("phase", ""))
            _add(found, own.groupby("education_phase")[sums].sum(), place, ("phase", ""))
            for topic in TOPICS:
                if topic in own.columns:
                    _add(found, own.groupby(topic)[sums].sum(), place, ("topic", topic))
        schools = cells.groupby(["urn", "education_phase"])[sums].sum().reset_index("education_phase")
        for urn, row in schools[schools["suspended"] >= LEAST].iterrows():
            key = (str(year), YEAR, SCHOOL, str(urn), str(row["education_phase"]), TOTAL, TOTAL)
            found[key] = _spread(row)
    return found


def _add(found: dict[Key, Spread], sums: pd.DataFrame, place: Key, kind: tuple[str, str]) -> None:
    """The groups of one breakdown, those of which too few were suspended left out."""
    for name, row in sums[sums["suspended"] >= LEAST].iterrows():
        tail = (str(name), TOTAL, TOTAL) if kind[0] == "phase" else (TOTAL, kind[1], str(name))
        found[(*place, *tail)] = _spread(row)


def _spread(row: pd.Series[Any]) -> Spread:
    return Spread(max(1.0, float(row["suspensions_squared"] / row["suspensions"])), OF_OWN)


def scaled_spread(suspensions: pd.DataFrame, pupils: pd.DataFrame, scale: float) -> Mapping[Key, Spread]:
    """England's spread for each cell, scaled to its suspensions for each suspended pupil.

    Parameters
    ----------
    suspensions, pupils : DataFrame
        Cells of suspensions and of pupils suspended.
    scale : float
        Turns suspensions per suspended pupil into their dispersion.
    """
    numbers = [table.set_index(KEYS)["numerator"] for table in (suspensions, pupils)]
    each = (numbers[0] / numbers[1]).dropna()
    return {
        tuple(map(str, key)): Spread(max(1.0, scale * float(value)))
        for key, value in zip(each.index.to_list(), each.to_list(), strict=True)
        if value < float("inf")
    }


def together(one: Spread, events: float, other: Spread, other_events: float) -> Spread:
    """One dispersion for a ratio of two counts, such that the variance of its logarithm is that of the two."""
    shares = 1 / events, 1 / other_events
    wide = (one.wide * shares[0] + other.wide * shares[1]) / sum(shares)
    return Spread(wide, OF_OWN if OF_OWN == one.because == other.because else OF_ENGLAND)
