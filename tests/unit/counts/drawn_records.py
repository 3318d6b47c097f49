"""Synthetic tidy tables for the tests of counting: drawn from a seed, part by part, of any size.

They look like a register (repeats, several reasons, pupils who move or are missing from the roll), not like any
real authority. A cohort keeps its pupils from year to year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onroll.framework.contract_files import load_contracts
from onroll.intake.records.tidy import tidy_schema

ROOT = Path(__file__).resolve().parents[3]
_LOADED = load_contracts(ROOT)
CONTRACTS, SETS = _LOADED.tables, _LOADED.codes
GROUPS = ("R", *map(str, range(1, 14)))
ETHNICITIES = (
    "WBRI", "WOTH", "APKN", "ABAN", "AIND", "MWBC", "MOTH", "BAFR", "BCRB", "OOTH", "CHNE", "WROM", "REFU", "NOBT",
)  # fmt: skip
ETHNICITY_WEIGHTS = np.array([52, 9, 6, 4, 4, 3, 3, 5, 3, 4, 2, 2, 2, 1]) / 100
TERM_DAYS = {"Autumn": (31, 140), "Spring": (155, 230), "Summer": (262, 350)}
TERMS = tuple(TERM_DAYS)


@dataclass(frozen=True)
class Size:
    """How much to draw: pupils of each of fourteen cohorts, schools, years, censuses, suspensions a year."""

    cohort: int = 700
    primaries: int = 30
    secondaries: int = 8
    specials: int = 3
    units: int = 2
    first: int = 2018
    years: int = 3
    terms: tuple[str, ...] = TERMS
    suspensions: int = 1500
    authorities: int = 2
    seed: int = 20211

    @property
    def urns(self) -> tuple[np.ndarray, ...]:
        """The schools' numbers by phase: primaries, secondaries, specials, units."""
        counts = (self.primaries, self.secondaries, self.specials, self.units)
        ends = np.cumsum(counts)
        return tuple(100_000 + np.arange(end - count, end) for count, end in zip(counts, ends, strict=True))


def period(first: int) -> str:
    """The time period of the academic year that begins in this year."""
    return f"{first}{(first + 1) % 100:02d}"


def table(name: str, columns: dict[str, Any]) -> pa.Table:
    """A tidy table of these columns; those not given are null."""
    schema = tidy_schema(CONTRACTS[name])
    unknown = set(columns) - set(schema.names)
    assert not unknown, f"{name} has no {unknown}"
    rows = len(next(iter(columns.values()))) if columns else 0
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def schools(size: Size) -> pa.Table:
    """The register of schools, spread over the authorities."""
    phases = ("State-funded primary", "State-funded secondary", "Special", "Alternative provision")
    urns = np.concatenate(size.urns)
    named = [phase for phase, own in zip(phases, size.urns, strict=True) for _ in own]
    drawn = np.random.default_rng(size.seed)
    signed = np.datetime64("2021-09-01") + drawn.integers(0, 900, len(urns))
    return table(
        "schools",
        {
            "urn": urns,
            "school_name": [f"School {urn}" for urn in urns],
            "education_phase": named,
            "la_code": [str(801 + urn % size.authorities) for urn in urns],
            "charter_signed": pa.array(signed, pa.date32(), mask=drawn.random(len(urns)) < 0.2),
            "transitions_lead": drawn.random(len(urns)) < 0.8,
            "fair_access": drawn.random(len(urns)) < 0.9,
        },
    )


def _pupils(size: Size, cohort: int) -> dict[str, np.ndarray]:
    """What stays with the pupils of a cohort: pseudonyms, attributes, their two schools."""
    drawn = np.random.default_rng((size.seed, cohort))
    count = size.cohort
    primaries, secondaries, specials, units = size.urns
    first, second = drawn.choice(primaries, count), drawn.choice(secondaries, count)
    apart = drawn.random(count)
    for own, share in ((specials, 0.985), (units, 0.996)):
        if len(own):
            first, second = (
                np.where(apart > share, own[np.arange(count) % len(own)], x) for x in (first, second)
            )
    return {
        "pupil": np.int64(cohort + 1) * 10_000_000 + np.arange(count),
        "first": first,
        "second": second,
        "sex": drawn.choice(["F", "M"], count),
        "ethnicity": drawn.choice(ETHNICITIES, count, p=ETHNICITY_WEIGHTS),
        "sen_provision": drawn.choice(["N", "K", "E"], count, p=[0.82, 0.14, 0.04]),
        "fsm_eligible": drawn.random(count) < 0.25,
        "moves": drawn.random(count) < 0.03,
        "gone": drawn.random(count) < 0.02,
    }


def roll_parts(size: Size) -> Iterator[pa.Table]:
    """The roll, one part a census and cohort."""
    for year in range(size.first, size.first + size.years):
        for at, name in enumerate(GROUPS):
            own = _pupils(size, year - at - 1990)
            there = ~(own["gone"] & (year % 3 == 0))
            urns = np.where((at <= 6) ^ (own["moves"] & (year % 2 == 0)), own["first"], own["second"])
            drawn = np.random.default_rng((size.seed, 77, year, at))
            for term in size.terms:
                rows = int(there.sum())
                possible = drawn.integers(90, 130, rows)
                yield table(
                    "roll",
                    {
                        "time_period": pa.repeat(period(year), rows),
                        "term": pa.repeat(term, rows),
                        "pupil": own["pupil"][there],
                        "urn": urns[there],
                        "enrolment_status": np.where(drawn.random(rows) < 0.985, "C", "S"),
                        "year_group": pa.repeat(name, rows),
                        **{key: own[key][there] for key in ("sex", "ethnicity", "sen_provision", "fsm_eligible")},
                        "part_time": pa.array(drawn.random(rows) < 0.01, mask=drawn.random(rows) < 0.3),
                        "sessions_possible": possible,
                        "sessions_b": np.where(drawn.random(rows) < 0.01, possible // 8, 0),
                        "sessions_c": np.where(drawn.random(rows) < 0.01, possible // 9, 0),
                    },
                )  # fmt: skip


def exclusions(size: Size) -> Iterator[pa.Table]:
    """The register, one part a year: heavy repeats, mostly secondary, some pupils who are on no roll."""
    reasons = [code.code for code in SETS["exclusion_reason"].codes if code.code != "OT"]
    for year in range(size.first, size.first + size.years):
        drawn = np.random.default_rng((size.seed, 99, year))
        times = drawn.geometric(0.45, size.suspensions)
        pupils = np.searchsorted(np.cumsum(times), np.arange(size.suspensions), side="right")
        at = np.clip(drawn.normal(8.5, 2.6, pupils.max() + 1).round().astype(int), 0, 13)[pupils]
        which = (drawn.random(pupils.max() + 1) ** 1.5 * size.cohort).astype(int)[pupils]
        pseudonym, urn = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
        for group in range(14):
            own, here = _pupils(size, year - group - 1990), at == group
            pseudonym[here] = own["pupil"][which[here]]
            urn[here] = (own["first"] if group <= 6 else own["second"])[which[here]]
        pseudonym = np.where(drawn.random(len(at)) < 0.01, pseudonym + 9_000_000, pseudonym)
        names = drawn.choice(TERMS, len(at), p=[0.4, 0.33, 0.27])
        first = np.array([TERM_DAYS[name] for name in TERMS])[np.searchsorted(TERMS, names)]
        days = first[:, 0] + (drawn.random(len(at)) * (first[:, 1] - first[:, 0])).astype(int)
        category = drawn.choice(["SUSP", "PERM", "LNCH"], len(at), p=[0.97, 0.012, 0.018])
        count = drawn.integers(0, 3, len(at))
        draw = np.sort(drawn.integers(0, len(reasons), (len(at), 3)), axis=1)
        named = np.array(reasons)[draw]
        _, once = np.unique(pseudonym * 1000 + days, return_index=True)  # a pupil is excluded once a day
        whole = table(
            "exclusions",
            {
                "pupil": pseudonym,
                "urn": urn,
                "category": category,
                "start_date": np.datetime64(dt.date(year, 8, 1)) + days,
                "sessions": pa.array(drawn.integers(1, 11, len(at)), mask=category == "PERM"),
                "reason_1": named[:, 0],
                "reason_2": pa.array(named[:, 1], mask=(count < 1) | (draw[:, 1] == draw[:, 0])),
                "reason_3": pa.array(named[:, 2], mask=(count < 2) | (draw[:, 2] == draw[:, 1])),
                "sen_provision": pa.array(
                    drawn.choice(["N", "K", "E"], len(at), p=[0.5, 0.35, 0.15]), mask=drawn.random(len(at)) < 0.2
                ),
                "strategy_before": pa.array(drawn.random(len(at)) < 0.5, mask=drawn.random(len(at)) < 0.1),
                "time_period": pa.repeat(period(year), len(at)),
                "term": names,
            },
        )  # fmt: skip
        yield whole.take(pa.array(np.sort(once)))


def _period_of(days: np.ndarray) -> list[str]:
    first = (
        days.astype("datetime64[M]").astype(int) // 12
        + 1970
        - (days.astype("datetime64[M]").astype(int) % 12 < 7)
    )
    return [period(int(year)) for year in first]


def _column(kind: str, codes: list[str], rows: int, size: Size, drawn: np.random.Generator) -> Any:
    """Any values a column of this type may hold."""
    if kind == "upn":
        cohorts = size.first - drawn.integers(0, 14, rows) - 1989
        return cohorts * 10_000_000 + drawn.integers(0, size.cohort, rows)
    if kind == "date":
        return np.datetime64(dt.date(size.first, 8, 1)) + drawn.integers(0, 365 * size.years, rows)
    if kind == "urn":
        return drawn.choice(np.concatenate(size.urns), rows)
    if kind == "code":
        return drawn.choice(codes, rows)
    if kind == "flag":
        return drawn.random(rows) < 0.6
    if kind == "period":
        return [period(size.first + year) for year in drawn.integers(0, size.years, rows)]
    return drawn.integers(0, 40, rows) if kind in ("whole", "number") else [f"x{at}" for at in range(rows)]


def other(name: str, size: Size, rows: int) -> pa.Table:
    """Another table of the records with any values its contract allows, a third of those not needed blank."""
    drawn, contract = np.random.default_rng((size.seed, rows, len(name))), CONTRACTS[name]
    columns: dict[str, Any] = {}
    for column in contract.columns:
        codes = list(SETS[column.codes].labels()) if column.codes else []
        values = _column(column.type, codes, rows, size, drawn)
        tidy = "pupil" if column.type == "upn" else column.name
        columns[tidy] = pa.array(values, mask=None if column.needed else drawn.random(rows) < 1 / 3)
    schema = tidy_schema(contract)
    columns = {key: values.cast(schema.field(key).type) for key, values in columns.items()}
    if name == "placements":  # half the rows are spells, half their reviews
        columns["record"] = ["spell"] * (rows // 2) + ["review"] * (rows - rows // 2)
        columns["placement_id"] = [f"p{at % (rows // 2)}" for at in range(rows)]
        columns["time_period"] = pa.array(_period_of(columns["start_date"].fill_null(0).to_numpy(False)))
    if name == "delivery_log":
        columns["about_entry"] = [f"x{at}" for at in drawn.integers(0, rows, rows)]
    dated = {"training": "return_date", "principles_use": "decision_date"}.get(name)
    if dated:
        columns["time_period"] = _period_of(columns[dated].to_numpy(False))
    if name == "principles_use":
        columns["term"] = drawn.choice(TERMS, rows)
    return table(name, columns)


def write_others(folder: Path, size: Size, rows: int) -> None:
    """Placements, training, the Guiding Principles and the calendar beside what ``write`` drew."""
    for name in ("placements", "training", "principles_use", "delivery_log"):
        pq.write_table(other(name, size, rows), folder / f"{name}.parquet")


def write(folder: Path, size: Size) -> Path:
    """Draw schools, roll and exclusions into a folder, one Parquet file a table; memory holds one part at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(schools(size), folder / "schools.parquet")
    for name, parts in (("roll", roll_parts(size)), ("exclusions", exclusions(size))):
        with pq.ParquetWriter(folder / f"{name}.parquet", tidy_schema(CONTRACTS[name])) as file:
            for part in parts:
                file.write_table(part)
    return folder
