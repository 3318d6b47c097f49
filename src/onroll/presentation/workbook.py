"""The tables as a spreadsheet, by the government's guidance on accessible ones: cover, notes, one table a sheet."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.framework import Framework
from onroll.presentation import tables
from onroll.presentation.facts import Facts
from onroll.presentation.model import Table, plain
from onroll.presentation.objectives import objectives_table
from onroll.vocabulary import BASELINE, PREVIOUS_YEAR, SYMBOL_MEANINGS, academic_year

SAFE: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False}
"""Nothing that came in from outside may become a live formula or link in the spreadsheet."""


def write_workbook(path: Path, framework: Framework, facts: Facts) -> None:
    """Write ``tables.xlsx`` in one step."""
    import gptables

    brief = facts.brief
    sheets = {name: _sheet(table, facts) for name, table in _tables(facts).items()}
    every = objectives_table(framework, facts)
    sheets["Objectives"] = _gptable(every, "objectives", "Every objective of the strategy", facts)
    sheets["Focus areas"] = _gptable(
        _focus_areas(framework), "focus_areas", "Focus areas without an objective", facts
    )
    sheets["Evidence"] = _gptable(
        facts.frame.reset_index(), "evidence", "Every released finding, one row each", facts
    )
    cover = gptables.Cover(
        cover_label="Cover", title=f"{brief.title}: evaluation {academic_year(brief.year)}, {brief.area}",
        intro=[f"Run {brief.run}, made {brief.made}. Every figure is already public.", brief.licence],
        about=[f"Symbols: {'; '.join(f'{s} {m}' for s, m in SYMBOL_MEANINGS.items())}.",
               "Cells with 'not available' had no published count to rest on."],
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


def _tables(facts: Facts) -> dict[str, Table]:
    found = {
        "Rates": tables.headline(facts), "By phase": tables.by_phase(facts),
        "Change in a year": tables.changes(facts, PREVIOUS_YEAR), "Change since baseline": tables.changes(facts, BASELINE),
        "Beside others": tables.beside(facts), "Impact": tables.impact(facts),
        "SEN": tables.groups(facts, "suspension_rate_by_sen", "Suspension rate by SEN provision and term"),
        "Ethnicity": tables.groups(facts, "suspension_rate_by_ethnicity", "Suspension rate by major ethnic group"),
    }  # fmt: skip
    return {name: table for name, table in found.items() if table.rows}


def _focus_areas(framework: Framework) -> pd.DataFrame:
    rows = [
        {
            "Focus area": f"{area.id} {area.label}",
            "Evidence": "No evidence received",
            "In the strategy's words": area.text,
        }
        for area in framework.uncovered_focus_areas
    ]
    return pd.DataFrame(rows)


def _sheet(table: Table, facts: Facts) -> Any:
    frame = pd.DataFrame([[plain(cell) for cell in row] for row in table.rows], columns=list(table.columns))
    return _gptable(
        frame, re.sub(r"\W+", "_", table.caption.lower())[:40].strip("_"), table.caption, facts, table.source
    )


def _gptable(frame: pd.DataFrame, name: str, title: str, facts: Facts, source: str = "") -> Any:
    import gptables

    shown = frame.astype("object").where(frame.notna(), "not available").replace("", "none")
    return gptables.GPTable(
        table=shown, table_name=name, title=title, subtitles=[f"Run {facts.brief.run}"], scope=facts.brief.area,
        source=source or f"Run {facts.brief.run}, made by onroll from published figures", index_columns={2: 0},
    )  # fmt: skip
