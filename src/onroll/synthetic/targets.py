"""What a made authority aims at: rates, rolls and shares read from the published figures."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from onroll.errors import DataError, UsageError
from onroll.vocabulary import ETHNICITY_MAJOR, PHASES, periods

PHASES_COUNTED = PHASES[:3]
SEN_LABELS = ("No SEN", "SEN support", "EHC plan")
USUAL_TERMS = (0.38, 0.32, 0.30)
NATIONAL_ETHNIC_SHARE = (0.133, 0.069, 0.072, 0.686, 0.024)
"""Shares of England's pupils by major group: approximate, assumed, for the shipped figures hold rates only."""
Row = dict[str, str]
Rates = list[tuple[float | None, ...]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """What one academic year aims at. Phases are in the order of ``PHASES_COUNTED``.

    ``heads`` are shares of the last year's pupils; ``suspension``, ``suspended`` and ``permanent`` are per pupil;
    ``sen_ratio`` is per phase (SEN support, EHC plan) over No SEN; ``terms`` is each term's part of suspensions.
    """

    period: str
    heads: tuple[float, ...]
    suspension: tuple[float, ...]
    suspended: tuple[float, ...]
    permanent: tuple[float, ...]
    sen_share: tuple[float, float]
    sen_ratio: tuple[tuple[float, float], ...]
    terms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """All years' aims; ``ethnic_share`` and ``ethnic_rate`` (over all pupils' rate) follow ``ETHNICITY_MAJOR``."""

    years: tuple[Target, ...]
    ethnic_share: tuple[float, ...]
    ethnic_rate: tuple[float, ...]


def read_targets(folder: Path, la_code: str, first: str, last: str) -> Targets:
    """Read the aims of an authority, or of England when ``la_code`` is blank.

    A year that is not published takes the nearest that is; a figure that the authority lacks takes England's.

    Raises
    ------
    DataError
        If a file of the published figures is not there.
    UsageError
        If nothing is published of the authority.
    """
    own = _annual(folder, la_code)
    if not own:
        raise UsageError(
            f"authority '{la_code}' has no published suspensions; give a code that has, or a blank one for England"
        )
    england = _annual(folder, "")
    heads = _heads(folder, la_code) or _heads(folder, "")
    sen_rates = _sen_rates(folder, la_code) or _sen_rates(folder, "")
    shares = _sen_shares(folder, la_code) or _sen_shares(folder, "")
    base = sum(_nearest(heads, last))
    years = []
    for period in periods(first, last):
        mine, theirs = _nearest(own, period), _nearest(england, period)
        by_phase, terms = _nearest(sen_rates, period)
        years.append(
            Target(
                period,
                tuple(count / base for count in _nearest(heads, period)),
                _of_measure(mine, theirs, 0),
                _of_measure(mine, theirs, 1),
                _of_measure(mine, theirs, 2),
                _nearest(shares, period),
                by_phase,
                terms,
            )
        )
    return Targets(tuple(years), *_ethnicity(folder, la_code))


def _of_measure(mine: Rates, theirs: Rates, at: int) -> tuple[float, ...]:
    """A measure by phase, per pupil; where the authority's own is not published, England's."""
    pairs = zip(mine, theirs, strict=True)
    return tuple(((own[at] if own[at] is not None else other[at]) or 0.0) / 100 for own, other in pairs)


def authority_codes(folder: Path) -> tuple[str, ...]:
    """The codes of the authorities that are still there, in order."""
    return tuple(row["old_la_code"] for row in _rows(folder, "authorities.csv") if not row["last_year"])


def _annual(folder: Path, la_code: str) -> dict[str, Rates]:
    name = "exclusions_authority_annual.csv" if la_code else "exclusions_nation_region_annual.csv"
    found: dict[str, dict[str, tuple[float | None, ...]]] = defaultdict(dict)
    for row in _rows(folder, name):
        if (row["old_la_code"] == la_code) if la_code else (row["geographic_level"] == "National"):
            found[row["time_period"]][row["education_phase"]] = tuple(
                _number(row[column]) for column in ("susp_rate", "one_plus_susp_rate", "perm_excl_rate")
            )
    nothing: tuple[float | None, ...] = (None, None, None)
    return {
        period: [rates.get(phase, nothing) for phase in PHASES_COUNTED] for period, rates in found.items()
    }


def _heads(folder: Path, la_code: str) -> dict[str, tuple[float, ...]]:
    found: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(PHASES_COUNTED, 0.0))
    for row in _rows(folder, "exclusions_authority_annual.csv"):
        if row["education_phase"] in PHASES_COUNTED and la_code in ("", row["old_la_code"]):
            found[row["time_period"]][row["education_phase"]] += _number(row["headcount"]) or 0.0
    return {period: tuple(heads.values()) for period, heads in found.items() if all(heads.values())}


def _sen_shares(folder: Path, la_code: str) -> dict[str, tuple[float, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _rows(folder, "sen_share_authority.csv"):
        share = _number(row["pupil_percent"])
        level = row["geographic_level"] == ("Local authority" if la_code else "National")
        if level and row["old_la_code"] == la_code and share is not None:
            found[row["time_period"]][row["sen_provision"]] = share / 100
    return {
        period: (share["SEN support"], share["EHC plan"])
        for period, share in found.items()
        if len(share) == 2
    }


def _sen_rates(
    folder: Path, la_code: str
) -> dict[str, tuple[tuple[tuple[float, float], ...], tuple[float, ...]]]:
    """For each year: the ratios of SEN support and EHC plan to No SEN by phase, and the parts of the terms."""
    rates: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in _rows(folder, "exclusions_sen_termly.csv"):
        rate = _number(row["susp_rate"])
        if la_code in ("", row["old_la_code"]) and rate is not None:
            phase = row["education_phase"].replace("State-funded special", "Special")
            rates[row["time_period"], row["time_identifier"], phase, row["sen_provision"]].append(rate)
    found = {}
    terms = ("Autumn term", "Spring term", "Summer term")

    def mean(period: str, term: str, phase: str, provision: str) -> float:
        return float(np.mean(rates.get((period, term, phase, provision), [0.0])))

    whole = sorted({period for period, term, *_ in rates if term == terms[2]})
    for period in whole:
        ratios = []
        for phase in PHASES_COUNTED[:2]:
            none, *others = (sum(mean(period, term, phase, label) for term in terms) for label in SEN_LABELS)
            ratios.append(tuple(float(np.clip(other / max(none, 0.02), 0.3, 30.0)) for other in others))
        ratios.append((1.0, 1.0))
        by_term = np.array([mean(period, term, "Total", "No SEN") for term in terms])
        part = by_term / by_term.sum() if by_term.sum() > 0 else np.array(USUAL_TERMS)
        found[period] = (tuple(ratios), tuple(float(one) for one in part))
    for period in ("201516", "201617", "201718", "201819"):
        if whole:
            found[period] = (found[whole[0]][0], USUAL_TERMS)
    return found  # type: ignore[return-value]


def _ethnicity(folder: Path, la_code: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = [row for row in _rows(folder, "exclusions_ethnicity_annual.csv") if row["time_period"] == "202324"]
    mine = [row for row in rows if la_code and row["old_la_code"] == la_code]
    used = mine or [row for row in rows if row["geographic_level"] == "National"]
    by_group = {row["ethnicity_major"]: row for row in used}
    heads = [_number(by_group[group]["headcount"]) for group in ETHNICITY_MAJOR]
    total = _number(by_group["Total"]["headcount"])
    rates = [_number(by_group[group]["susp_rate"]) or 0.0 for group in ETHNICITY_MAJOR]
    overall = _number(by_group["Total"]["susp_rate"]) or 1.0
    share = tuple(head / total for head in heads if head and total)
    whole = len(share) == len(ETHNICITY_MAJOR)
    return share if whole else NATIONAL_ETHNIC_SHARE, tuple(rate / overall for rate in rates)


def _nearest(known: Mapping[str, T], period: str) -> T:
    return known[min(known, key=lambda one: (abs(int(one[:4]) - int(period[:4])), one))]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _rows(folder: Path, name: str) -> Iterator[Row]:
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except FileNotFoundError:
        raise DataError(
            f"published figures: '{name}' is not there; give the folder that holds it (data/published)"
        ) from None
