"""The same records, clean and as schools and authorities write them, are counted the same, cell for cell."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from onroll.framework import load
from onroll.framework.contract_files import load_contracts
from onroll.own_records import count
from onroll.project import Project
from onroll.reception import check

HEADERS = {
    "upn": "UPN", "urn": "School URN", "category": "Exclusion Type", "start_date": "Start Date", "sessions": "Sessions Lost",
    "reason_1": "Reason 1", "reason_2": "Reason 2", "reason_3": "Reason 3", "sen_provision": "SEN Status", "in_care": "LAC",
    "strategy_before": "Continuum strategy", "principles_considered": "Guiding Principles", "review": "Reviewed by",
    "review_date": "Date of review", "review_result": "Review outcome",
}  # fmt: skip
WRITTEN = {
    "SUSP": ["Suspension", " susp ", "SUSP"], "PERM": ["Permanent", "perm", "Permanent Exclusion"], "LNCH": ["Lunchtime"],
    "N": ["N", "No SEN", "n"], "K": ["K", "sen support"], "E": ["E", "EHCP"],
}  # fmt: skip
TO_202021 = [*WRITTEN["SUSP"], "Fixed term", "FIXD"]
DATES: list[Callable[[dt.date], Any]] = [
    lambda day: day.strftime("%d/%m/%Y"),
    lambda day: (day - dt.date(1899, 12, 30)).days,
    lambda day: dt.datetime(day.year, day.month, day.day),
    lambda day: day.strftime("%d %b %Y"),
]


def _year(day: str) -> str:
    date = dt.date.fromisoformat(day)
    first = date.year if date.month >= 8 else date.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _cell(column: str, value: str, year: str, chance: random.Random) -> Any:
    if column.endswith("date") and value:
        return chance.choice(DATES)(dt.date.fromisoformat(value))
    if column == "category" and value == "SUSP" and year <= "2020-21":
        return chance.choice(TO_202021)
    if column in ("category", "sen_provision"):
        return chance.choice(WRITTEN.get(value, [value]))
    if column.startswith("reason"):
        return chance.choice([value, value.lower(), f" {value} "])
    if column == "upn":
        return chance.choice([value, value.lower(), f"{value} "])
    if column in ("sessions", "urn") and value:
        return int(value)
    return {"Y": "Yes", "N": "No"}.get(value, value)


def _register(source: Path, out: Path) -> None:
    """One workbook: a sheet a year, a title above the header, a total below."""
    chance, book, sheets = random.Random(1), openpyxl.Workbook(), dict[str, Any]()
    book.remove(book.active)
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        year = _year(row["start_date"])
        if year not in sheets:
            sheets[year] = book.create_sheet(year)
            for above in (
                ["Exclusions register"],
                [f"Printed for {year}"],
                [],
                [HEADERS[one] for one in row],
            ):
                sheets[year].append(above)
        sheets[year].append([_cell(column, value, year, chance) for column, value in row.items()])
    for sheet in sheets.values():
        sheet.append(["Total", None, sheet.max_row - 4])
    book.save(out)


@pytest.fixture(scope="module")
def as_sent(made_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    for path in made_town.glob("*.csv"):
        if path.name.startswith("roll"):
            text = path.read_text(encoding="utf-8").replace(",", "\t")
            (folder / path.name).write_bytes(text.encode("utf-16"))
        elif path.name == "schools.csv":
            text = path.read_text(encoding="utf-8").replace("Made-up", "Made-up Café")
            (folder / path.name).write_bytes(text.encode("cp1252"))
        elif path.name == "exclusions.csv":
            _register(path, folder / "Exclusions register.xlsx")
        else:
            shutil.copy(path, folder)
    return folder


@pytest.mark.slow
def test_the_cells_are_the_same(made_town: Path, as_sent: Path, project: Project) -> None:
    framework, contracts = load(project.root), load_contracts(project.root)
    found = []
    for folder in (made_town, as_sent):
        with check(folder, project, framework) as checked:
            assert checked.findings.count("error") == 0
            assert checked.records is not None
            found.append(count(checked.records, framework, contracts, 2.0).study)
    for clean, sent in ((found[0].cells, found[1].cells), (found[0].spells, found[1].spells)):
        assert len(clean) > 0
        assert clean.reset_index(drop=True).equals(sent.reset_index(drop=True))


@pytest.mark.slow
def test_what_was_assumed_is_said(as_sent: Path, project: Project) -> None:
    with check(as_sent, project) as checked:
        said = "\n".join(checked.findings.of("note").lines())
        warned = "\n".join(checked.findings.of("warning").lines())
    for words in ("row 4 was taken as the header", "the row is a total", "day/month/year", "numbers of Excel",
                  "was read as SUSP", "parted by a tab"):  # fmt: skip
        assert words in said, words
    assert "UTF-16" in warned
    assert "Windows-1252" in warned
