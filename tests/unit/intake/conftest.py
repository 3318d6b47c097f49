"""Invented places and figures for the tests of intake."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from onroll.framework.contract_files import load_contracts
from onroll.intake.checking import Checked, Desk, check_folder
from onroll.intake.places import Authorities, authorities_of
from onroll.intake.records.pseudonyms import Key

PLACES = """old_la_code,new_la_code,other_new_la_codes,la_name,other_names,region_name,first_year,last_year
801,E06000901,E10000901,Northmere,Northmere County,North East,200607,
802,E06000902,,"Southwick, City of",,South West,200607,
803,E06000903,,Oldham Vale (Pre LG),Oldham Vale,South West,200607,201819
804,E06000904,,Oldham Vale,,South West,201920,
"""
NEW = (
    "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
    "perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate"
)
ROW = "202324,Academic year,Local authority,801,Northmere,Total,2000,4,0.2,100,5.0,60,3.0"


@pytest.fixture
def published_root(tmp_path: Path) -> Path:
    root = tmp_path / "published"
    root.mkdir()
    (root / "authorities.csv").write_text(PLACES, encoding="utf-8")
    return root


@pytest.fixture
def authorities(published_root: Path) -> Authorities:
    frame = pd.read_csv(published_root / "authorities.csv", dtype=str, keep_default_na=False)
    return authorities_of(frame)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "received"
    made.mkdir()
    return made


CONTRACTS = load_contracts(Path(__file__).resolve().parents[3])
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
Rows = Sequence[Mapping[str, object]]


def upn(number: int) -> str:
    """An invented pupil number with its right check letter."""
    digits = f"{number:012d}"
    return LETTERS[sum(at * int(digit) for at, digit in enumerate(digits, start=2)) % 23] + digits


DEFAULTS: dict[str, dict[str, object]] = {
    "schools": {"urn": 990001, "school_name": "Acorn", "education_phase": "State-funded primary", "la_code": "801"},
    "roll": {
        "time_period": "202324", "term": "Spring", "upn": upn(1), "urn": 990001, "enrolment_status": "C", "year_group": "5",
        "sex": "F", "ethnicity": "WBRI", "sen_provision": "N", "fsm_eligible": "N",
    },
    "exclusions": {
        "upn": upn(1), "urn": 990001, "category": "SUSP", "start_date": "2023-11-06", "sessions": 2, "reason_1": "PP"
    },
    "placements": {
        "placement_id": "P1", "record": "spell", "kind": "managed_move", "upn": upn(1), "start_date": "2023-11-06"
    },
    "training": {
        "urn": 990001, "return_date": "2024-03-01", "staff_group": "teachers", "topic": "trauma", "in_post": 10,
        "trained_24_months": 5,
    },
    "principles_use": {
        "case_id": "C1", "urn": 990001, "decision": "suspension", "decision_date": "2023-11-06",
        "principles_used": "before",
    },
    "policies": {
        "urn": 990001, "document": "behaviour.pdf", "rated_on": "2024-01-10", "rater": "first", "item": "RP1", "score": 2
    },
    "survey_answers": {
        "instrument": "school_survey", "time_period": "202324", "respondent": "R1", "item": "P1-W1", "answer": "yes"
    },
    "delivery_log": {
        "entry_id": "E1", "activity": "board_meeting", "time_period": "202324", "result": "done", "done_date": "2023-12-01"
    },
}  # fmt: skip


class Office:
    """A folder of invented files and what the check says of them."""

    def __init__(self, folder: Path, published_root: Path) -> None:
        self.folder, self.published_root = folder, published_root
        self.desk = Desk(CONTRACTS, Key(bytes(range(32))), "801")
        self.open: list[Checked] = []
        self.state: dict[Path, tuple[int, int]] = {}

    def rows(self, table: str, *rows: Mapping[str, object]) -> list[list[str]]:
        """Header and cells of rows that differ from a good row in what is given."""
        filled = [DEFAULTS[table] | dict(row) for row in rows or [{}]]
        names = [name for name in CONTRACTS.tables[table].names if any(name in row for row in filled)]
        return [names, *([str(row.get(name, "")) for name in names] for row in filled)]

    def put(self, table: str, *rows: Mapping[str, object], name: str = "", **kind: str) -> Path:
        """A CSV file of a table."""
        return self.text(name or f"{table}.csv", csv_of(self.rows(table, *rows)), **kind)

    def text(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        """A file of text."""
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def book(self, name: str, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
        """A workbook with sheets of cells."""
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        book.save(self.folder / name)
        return self.folder / name

    def check(self) -> Checked:
        """Check the folder, once as long as it stays as it is."""
        now = {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in self.folder.rglob("*")}
        if not self.open or now != self.state:
            self.open.append(check_folder(self.folder, self.published_root, self.desk))
            self.state = now
        return self.open[-1]

    def found(self, *severities: str) -> list[tuple[str, int | None, str, str]]:
        """Check, row, column, value of what is found, of some severities."""
        wanted = severities or ("error", "warning")
        return [
            (one.check, one.row, one.column, one.value)
            for one in self.check().findings
            if one.severity in wanted and one.check not in ("unused_table", "no_link")
        ]

    def lines(self) -> str:
        """Everything that is printed."""
        return "\n".join(self.check().findings.lines())

    def tidy(self, table: str) -> list[dict[str, Any]]:
        """The rows of a tidy table, in the order of the pupils' numbers where they are known by a number up to 99."""
        records = self.check().records
        assert records is not None
        rows = list(pq.read_table(records.tables[table]).to_pylist())
        places = {
            pseudonym: at for at, pseudonym in enumerate(self.desk.key.pseudonyms(map(upn, range(100))))
        }
        return sorted(rows, key=lambda row: places.get(row.get("pupil"), 0))


def csv_of(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    """Cells as a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


@pytest.fixture
def office(folder: Path, published_root: Path) -> Iterator[Office]:
    made = Office(folder, published_root)
    yield made
    for one in made.open:
        one.close()


@pytest.fixture
def pupil() -> Callable[[int], str]:
    return upn
