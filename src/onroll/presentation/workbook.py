"""The evidence as a spreadsheet, by the government's guidance on accessible ones: cover, contents, a table a sheet.

Numbers are numbers: each sheet is a selection of the released rows with the columns in words, so that a
psychologist can filter, sort and chart without retyping. Where there is no number stands a symbol.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.framework import Framework
from onroll.presentation.facts import Facts
from onroll.presentation.objectives import objectives_table
from onroll.presentation.wording import source_line
from onroll.vocabulary import (
    BASELINE,
    MEASURES,
    NEXT_YEAR,
    PREVIOUS_YEAR,
    RATE,
    SYMBOL_MEANINGS,
    TOTAL,
    academic_year,
)

SAFE: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
"""Nothing that came in from outside may become a live formula or link in the spreadsheet."""
COLUMNS = {
    "measure": "Measure", "year": "Year", "area": "Area", "breakdown": "Group", "comparator": "Compared with",
    "statistic": "Statistic", "estimate": "Estimate", "lower": "Lower limit", "upper": "Upper limit",
    "numerator": "Number", "denominator": "Out of, or number compared with", "method": "Method", "note": "Note",
    "row": "Row of evidence.csv",
}  # fmt: skip
OBJECTIVE_COLUMNS = {
    "id": "Objective", "priority": "Priority", "text": "In the strategy's words", "rating": "Rating",
    "rating_reason": "Why", "strength": "Strength of evidence", "evidence_rows": "Rows of evidence",
    "indicators": "Indicators", "missing": "Not received",
}  # fmt: skip


def write_workbook(path: Path, framework: Framework, facts: Facts) -> None:
    """Write ``tables.xlsx`` in one step."""
    import gptables

    brief = facts.brief
    sheets = {
        name: _table(facts, rows, title) for name, (title, rows) in selections(facts).items() if len(rows)
    }
    objectives = objectives_table(framework, facts)[list(OBJECTIVE_COLUMNS)].rename(columns=OBJECTIVE_COLUMNS)
    sheets["Objectives"] = _sheet(facts, objectives, "Every objective of the strategy", "objectives")
    areas = _focus_areas(framework)
    sheets["Focus areas"] = _sheet(facts, areas, "Focus areas without an objective", "focus_areas")
    cover = gptables.Cover(
        cover_label="Cover", title=f"{brief.title}: evaluation {academic_year(brief.year)}, {brief.area}",
        intro=[f"Run {brief.run}, made {brief.made}. Every figure is already public.", brief.licence],
        about=[f"Symbols: {'; '.join(f'[{s}] {m}' for s, m in SYMBOL_MEANINGS.items())}.",
               "Rates are in the unit that stands with the measure; limits are of "
               f"{brief.confidence:.0%} intervals."],
    )  # fmt: skip
    partial = path.with_name(f".{path.stem}.partial.xlsx")
    with warnings.catch_warnings():
        # gptables 2.0 calls pandas in ways that pandas 3 will drop; its output was looked at and is right.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message="No note text provided")
        book = gptables.produce_workbook(
            filename=str(partial), sheets=sheets, cover=cover, contentsheet_label="Contents",
            workbook_options=SAFE, contentsheet_options={"additional_elements": ["source"]},
        )  # fmt: skip
        book.close()
    partial.replace(path)


def selections(facts: Facts) -> dict[str, tuple[str, pd.DataFrame]]:
    """The rows of each sheet by its name, with its title."""
    frame, area = facts.frame, facts.brief.area
    measure, own = frame["indicator"].isin(list(MEASURES)), frame["area"] == area
    level, total = frame["statistic"] == RATE, frame["breakdown"] == TOTAL
    change = frame["comparator"].isin([PREVIOUS_YEAR, BASELINE, NEXT_YEAR])
    said = frame["indicator"].str
    return {
        "Rates": (f"Rates by year: {area}, England, region, neighbours", frame[measure & level & total]),
        "Rates by phase": (f"Rates by phase and year: {area}", frame[measure & level & own & ~total]),
        "Changes": (f"What could have been seen, and what changed: {area}", frame[measure & change]),
        "Beside others": (f"{area} beside others in the same year", frame[measure & ~level & ~change]),
        "SEN by term": (f"By SEN provision and term: {area}", frame[said.endswith("_by_sen")]),
        "Ethnicity": (f"By major ethnic group: {area}", frame[said.endswith("_by_ethnicity")]),
        "Impact": (f"Comparisons since the launch: {area}", frame[said.startswith("strategy_impact")]),
    }


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Released rows with their columns in words; where there is no number stands its symbol, ``[x]``."""
    words = {name: f"{measure.label}, {measure.unit}" for name, measure in MEASURES.items()}
    shown = rows.reset_index().assign(
        measure=rows["indicator"].map(lambda name: _measure_of(name, words)).to_numpy(),
        year=rows["time_period"].map(academic_year).to_numpy(),
        breakdown=rows["breakdown"].replace({TOTAL: "All"}).to_numpy(),
    )
    symbols = ("[" + shown["symbol"] + "]").where(shown["symbol"] != "", "[z]")
    for column in ("estimate", "lower", "upper", "numerator", "denominator"):
        shown[column] = shown[column].astype("object").where(shown[column].notna(), symbols)
    for column in ("comparator", "method", "note"):
        shown[column] = shown[column].replace({"": "none"}).str.replace("_", " ")
    return shown[list(COLUMNS)].rename(columns=COLUMNS)


def _measure_of(indicator: str, words: dict[str, str]) -> str:
    name = indicator.removeprefix("strategy_impact_").removesuffix("_by_sen").removesuffix("_by_ethnicity")
    return words.get(name, name)


def _table(facts: Facts, rows: pd.DataFrame, title: str) -> Any:
    return _sheet(facts, readable(rows), title, title.split(":")[0], source_line(facts, rows))


def _focus_areas(framework: Framework) -> pd.DataFrame:
    rows = [
        {"Focus area": f"{area.id} {area.label}", "Evidence": "No evidence received",
         "In the strategy's words": area.text}
        for area in framework.uncovered_focus_areas
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _sheet(facts: Facts, frame: pd.DataFrame, title: str, name: str, source: str = "") -> Any:
    import gptables

    plain = "".join(letter if letter.isalnum() else "_" for letter in name.lower())
    return gptables.GPTable(
        table=frame.replace("", "none"), table_name=plain, title=title, subtitles=[f"Run {facts.brief.run}"],
        scope=facts.brief.area, source=source or f"Run {facts.brief.run}, made by onroll", index_columns={2: 0},
    )  # fmt: skip
