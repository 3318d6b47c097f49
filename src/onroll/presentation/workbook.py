"""The evidence as a spreadsheet, by the government's guidance on accessible ones: cover, contents, a table a sheet.

Numbers are numbers: each sheet is a selection of the released rows with the columns in words, so that a
psychologist can filter, sort and chart without retyping. Where there is no number stands a symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from onroll.framework import Framework
from onroll.presentation.closing import PARTLY_SYNTHETIC, PROTECTED, SYNTHETIC
from onroll.presentation.facts import Facts
from onroll.presentation.objectives import NO_EVIDENCE, objectives_table
from onroll.presentation.records import own_rows, present
from onroll.presentation.wording import source_line
from onroll.vocabulary import (
    BASELINE,
    MEASURES,
    NEXT_YEAR,
    PREVIOUS_YEAR,
    PUBLISHED,
    RATE,
    SYMBOL_MEANINGS,
    TOTAL,
    academic_year,
)
from onroll.vocabulary.records import SCHOOL, TERM

FACE = "Calibri"
PUBLIC = "Every figure is already public."
HEADER = 3
"""The row of column names: title and source stand above it."""
COLUMNS = {
    "measure": "Measure", "unit": "Unit", "year": "Year", "area": "Area",
    "breakdown": "Group", "comparator": "Compared with",
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
    from openpyxl import Workbook

    book = Workbook()
    sheets = {
        name: Sheet(title, source_line(facts, rows), readable(framework, rows))
        for name, (title, rows) in selections(facts).items()
        if len(rows)
    }
    objectives = objectives_table(framework, facts)[list(OBJECTIVE_COLUMNS)].rename(columns=OBJECTIVE_COLUMNS)
    sheets["Objectives"] = Sheet("Every objective of the strategy", _run(facts), objectives)
    sheets["Focus areas"] = Sheet(
        "Focus areas without an objective", _run(facts), _focus_areas(framework, facts)
    )
    _cover(book.active, facts)
    _contents(book.create_sheet("Contents"), sheets)
    for name, sheet in sheets.items():
        _fill(book.create_sheet(name), sheet)
    partial = path.with_name(f".{path.stem}.partial.xlsx")
    book.save(partial)
    partial.replace(path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the spreadsheet: its title, where it is from, its columns and rows."""

    title: str
    source: str
    table: pd.DataFrame


def _cover(sheet: Any, facts: Facts) -> None:
    from openpyxl.styles import Alignment, Font

    brief = facts.brief
    symbols = (f"[{symbol}] {meaning}" for symbol, meaning in SYMBOL_MEANINGS.items())
    sheet.title = "Cover"
    lines = (
        f"{brief.title}: {'termly report' if brief.term else 'evaluation'}, {brief.period}, {brief.area}",
        f"Run {brief.run}, made {brief.made} by onroll. {PROTECTED if brief.has_own_records else PUBLIC}",
        *((PARTLY_SYNTHETIC if PUBLISHED in brief.origins else SYNTHETIC,) if brief.is_synthetic else ()),
        *(() if brief.term else (brief.licence,)),
        f"Limits are of {brief.confidence:.0%} intervals. Rates are in the unit that stands with the measure.",
        "Symbols stand where there is no number:", *symbols,
        *(f"Departs from the analysis plan: {words}." for words in brief.deviations),
    )  # fmt: skip
    for row, line in enumerate(lines, start=1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(name=FACE, bold=row == 1, size=14 if row == 1 else 11)
    sheet.column_dimensions["A"].width = 100


def _contents(sheet: Any, sheets: Mapping[str, Sheet]) -> None:
    from openpyxl.styles import Font

    for row, words in enumerate([("Contents", ""), ("Sheet", "What is in it")], start=1):
        for column, word in enumerate(words, start=1):
            sheet.cell(row, column, word or None).font = Font(
                name=FACE, bold=True, size=14 if row == 1 else 11
            )
    for row, (name, one) in enumerate(sheets.items(), start=3):
        cell = sheet.cell(row, 1, name)
        cell.hyperlink, cell.font = f"#'{name}'!A1", Font(name=FACE, color="12436D", underline="single")
        sheet.cell(row, 2, one.title)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 80


def _fill(sheet: Any, one: Sheet) -> None:
    """Title, source, then the table, marked as one so that screen readers and filters know it."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    sheet.cell(1, 1, one.title).font = Font(name=FACE, bold=True, size=14)
    sheet.cell(2, 1, one.source)
    columns = list(one.table.columns)
    for column, word in enumerate(columns, start=1):
        cell = sheet.cell(HEADER, column, word)
        cell.font, cell.alignment = Font(name=FACE, bold=True), Alignment(wrap_text=True, vertical="top")
    for row, values in enumerate(one.table.itertuples(index=False), start=HEADER + 1):
        for column, value in enumerate(values, start=1):
            _put(sheet.cell(row, column), value)
    last = get_column_letter(len(columns))
    name = "".join(letter if letter.isalnum() else "_" for letter in sheet.title.lower())
    marked = Table(displayName=name, ref=f"A{HEADER}:{last}{HEADER + len(one.table)}")
    marked.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(marked)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.freeze_panes = sheet.cell(HEADER + 1, 2)
    for column, word in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = _width(one.table[word])


def _put(cell: Any, value: Any) -> None:
    """Write one value: a number as a number, words as words, whatever they begin with."""
    if isinstance(value, float | np.floating) and not np.isfinite(value):
        cell.value = "no limit"
    elif isinstance(value, int | float | np.number):
        cell.value = value.item() if isinstance(value, np.number) else value
        cell.number_format = "#,##0" if float(value).is_integer() else "#,##0.00##"
    else:
        cell.value = str(value)
        cell.data_type = "s"


def _width(column: pd.Series[Any]) -> float:
    longest = column.map(lambda value: len(str(value)) if isinstance(value, str) else 8).max()
    return float(min(60, max(12, longest + 2)))


def _run(facts: Facts) -> str:
    return f"Run {facts.brief.run}, {facts.brief.made}"


def selections(facts: Facts) -> dict[str, tuple[str, pd.DataFrame]]:
    """The rows of each sheet by its name, with its title."""
    frame, area = facts.frame, facts.brief.area
    records = own_rows(facts)
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
        "England by group": ("England by what pupils are", frame[said.endswith("_by_characteristic")]),
        "Impact": (f"Comparisons since the launch: {area}", frame[said.startswith("strategy_impact")]),
        **_of_records(facts, records),
    }


def _of_records(facts: Facts, records: pd.DataFrame) -> dict[str, tuple[str, pd.DataFrame]]:
    """Rows of own records: in total, by group, and schools that may be shown; withheld rows too, with their symbol."""
    whose = f"{facts.brief.area}'s {'synthetic' if facts.brief.is_synthetic else 'own'} records"
    is_school, simple = records["geographic_level"] == SCHOOL, records["breakdown_topic"].isin([TOTAL, TERM])
    return {
        "Records": (f"In total and by term: {whose}", records[simple & ~is_school]),
        "Records by group": (
            f"By phase and group of pupils or staff: {whose}",
            records[~simple & ~is_school],
        ),
        "Schools": (f"By school: {whose}", records[is_school]),
    }


def readable(framework: Framework, rows: pd.DataFrame) -> pd.DataFrame:
    """Released rows with their columns in words; where there is no number stands its symbol, ``[x]``."""
    shown = rows.reset_index().assign(
        measure=[_words(framework, name)[0] for name in rows["indicator"]],
        unit=[_words(framework, name)[1] for name in rows["indicator"]],
        year=rows["time_period"].map(academic_year).to_numpy(),
        breakdown=rows["breakdown"].replace({TOTAL: "All"}).to_numpy(),
    )
    symbols = ("[" + shown["symbol"] + "]").where(shown["symbol"] != "", "[z]")
    for column in ("estimate", "lower", "upper", "numerator", "denominator"):
        shown[column] = shown[column].astype("object").where(shown[column].notna(), symbols)
    for column in ("comparator", "method", "note"):
        shown[column] = shown[column].replace({"": "none"}).str.replace("_", " ")
    return shown[list(COLUMNS)].rename(columns=COLUMNS)


def _words(framework: Framework, indicator: str) -> tuple[str, str]:
    """The label and the unit of an indicator: a published measure's own, or as it was declared."""
    name = indicator.removeprefix("strategy_impact_").removesuffix("_by_sen").removesuffix("_by_ethnicity")
    if name in MEASURES:
        return MEASURES[name].label, MEASURES[name].unit
    declared = framework.indicator(indicator)
    unit = {"count": "a number", "days": "days"}.get(declared.kind, f"per {declared.per:,}")
    over = (
        f": {declared.numerator}, over {declared.denominator}"
        if declared.denominator
        else f": {declared.numerator}"
    )
    return declared.label, f"{unit}{over}"


def _focus_areas(framework: Framework, facts: Facts) -> pd.DataFrame:
    rows = []
    for area in framework.uncovered_focus_areas:
        there = present(facts, [one.id for one in framework.indicators_of(area.id)])
        labels = "; ".join(framework.indicator(name).label for name in there)
        rows.append({"Focus area": f"{area.id} {area.label}", "Evidence": labels or NO_EVIDENCE,
                     "In the strategy's words": area.text})  # fmt: skip
    return pd.DataFrame(rows)
