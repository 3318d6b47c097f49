"""Own records of one study: counted once, on the engine, and from then on known only as cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from onroll.counts.choices import Choices
from onroll.counts.crossed import crossed_cells
from onroll.counts.engine import Engine, open_engine
from onroll.counts.extent import Extent, extent
from onroll.counts.records import record_cells
from onroll.evidence.records import RecordsStudy
from onroll.evidence.repeats import own_spread
from onroll.framework import Framework
from onroll.framework.contracts import Contracts
from onroll.intake.records.receive import Records
from onroll.vocabulary import OWN_RECORDS, TERMS, YEAR, academic_year
from onroll.vocabulary.records import MADE_UP

MADE_UP_WORDS = "Synthetic data made from a seed, no real child or school"


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """What own records give a study.

    Attributes
    ----------
    study : RecordsStudy
        Cells and spells with all that rows need.
    origins : mapping
        The origin of each source: ``own records`` or ``synthetic``.
    sources : mapping
        Each source in words.
    extent : Extent
        Which years and terms the records speak of.
    crossed : mapping
        For each of the last years, cells of pupils by school and all groups at once, as ``counts.crossed`` makes them.
    """

    study: RecordsStudy
    origins: Mapping[str, str]
    sources: Mapping[str, str]
    extent: Extent
    is_synthetic: bool
    crossed: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def count(records: Records, framework: Framework, contracts: Contracts, repeats: float) -> OwnRecords:
    """Count records received and let them go.

    Parameters
    ----------
    records : Records
        Received and checked; only their usable tables are counted.
    repeats : float
        Turns suspensions per suspended pupil into the dispersion of suspensions.
    """
    authority = framework.strategy.authority
    with open_engine(dict(records.tables), contracts) as engine:
        reach = extent(engine)
        choices = Choices(reach.last_day or dt.date.today(), (authority.old_la_code,))
        found = record_cells(engine, choices)
        names = _schools(engine)
        crossed = _crossed(engine, choices, reach)
    cells, spells = found.cells.to_pandas(), found.spells.to_pandas()
    prefix = "synthetic" if records.is_synthetic else "own"
    study = RecordsStudy(
        _whole_years(cells, reach), _whole_years(spells, reach), framework.indicators,
        lambda table: f"{prefix}_{table}", names, repeats=repeats, spread=own_spread(crossed),
    )  # fmt: skip
    origin = MADE_UP if records.is_synthetic else OWN_RECORDS
    ids = {table: f"{prefix}_{table}" for table in contracts.tables}
    words = {
        ids[table]: f"{MADE_UP_WORDS}: {contract.label.lower()}"
        if records.is_synthetic
        else f"{contract.label} of {authority.name}, as received"
        for table, contract in contracts.tables.items()
    }
    return OwnRecords(study, MappingProxyType(dict.fromkeys(ids.values(), origin)), MappingProxyType(words), reach,
                      records.is_synthetic, crossed)  # fmt: skip


def _crossed(engine: Engine, choices: Choices, reach: Extent) -> Mapping[str, pd.DataFrame]:
    """Cells of pupils of every whole year with a January census."""
    if not (engine.holds("roll") and engine.holds("exclusions")):
        return {}
    frame = crossed_cells(engine, choices, tuple(sorted(reach.years))).cells.to_pandas()
    words = [name for name in frame.columns if str(frame[name].dtype) == "category"]
    plain = frame.astype(dict.fromkeys(words, "str"))
    return {str(year): rows for year, rows in plain.groupby("time_period")}


def unfinished(reach: Extent, year: str) -> str:
    """What to say of a year whose records do not reach its end; empty for a whole year, or one without any."""
    terms = [term for term in TERMS if (year, term) in reach.terms]
    if not terms or year in reach.years:
        return ""
    return (
        f"the records of {academic_year(year)} end with its {terms[-1].lower()}: the year's own figures wait until it "
        "is whole; its terms are in the termly reports"
    )


def _whole_years(cells: pd.DataFrame, reach: Extent) -> pd.DataFrame:
    """Cells without the years that have not ended: with all but the last term known, the last could be worked out."""
    plain = cells.astype({name: "str" for name in cells.columns if str(cells[name].dtype) == "category"})
    if not reach.terms:
        return plain
    return plain[(plain["time_identifier"] != YEAR) | plain["time_period"].isin(reach.years)]


def _schools(engine: Engine) -> Mapping[str, str]:
    table = engine.table("schools")
    rows = engine.fetch(table.select("urn", "school_name")).to_pylist()
    return MappingProxyType({str(row["urn"]): f"{row['school_name']} ({row['urn']})" for row in rows})
