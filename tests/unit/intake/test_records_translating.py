"""Texts exchanged for their values by Arrow, held against the same by joins in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from onroll.intake.checking import check_folder
from onroll.intake.records import typed
from onroll.intake.records.translating import MOST_TEXT

MAPPING = """
files:
  - file: other*
    table: exclusions
    dates: month_first
    codes:
      category: {FT: SUSP}
"""
FIRST = [
    {"start_date": "2023-11-06", "reason_2": "vp", "sessions": "2.0"},
    {"start_date": "08/01/2024", "reason_1": " DB ", "sessions": ""},
    {"start_date": "05/04/2024", "category": "PERM", "sessions": "no number"},
    {"start_date": "31/02/2024", "upn": "A000000000001", "urn": "99001", "reason_1": "??"},
]
OTHER = [
    {"start_date": "11/06/2023", "category": "FT"},
    {"start_date": "06/11/2024", "category": "SUSP", "upn": ""},
]


@pytest.mark.parametrize("most", [MOST_TEXT, -1])
def test_values_and_terms_are_the_same_by_arrow_and_by_joins(
    office: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "MOST_TEXT", most)
    office.put("exclusions", *FIRST)
    office.put("exclusions", *OTHER, name="other.csv")
    office.text("mapping.yaml", MAPPING)
    records = office.check().records
    query = (
        "SELECT file, row, pupil IS NULL, urn, category, start_date::VARCHAR, sessions, reason_1, reason_2, time_period, "
        "term FROM t_exclusions ORDER BY file, row"
    )
    autumn, spring, summer = ("202324", "Autumn"), ("202324", "Spring"), ("202324", "Summer")
    assert records._store.rows(query) == [
        (0, 2, False, 990001, "SUSP", "2023-11-06", 2, "PP", "VP", *autumn),
        (0, 3, False, 990001, "SUSP", "2024-01-08", None, "DB", None, *spring),
        (0, 4, False, 990001, "PERM", "2024-04-05", None, "PP", None, *summer),
        (0, 5, True, None, "SUSP", None, 2, None, None, None, None),
        (1, 2, False, 990001, "SUSP", "2023-11-06", 2, "PP", None, *autumn),
        (1, 3, True, 990001, "SUSP", "2024-06-11", 2, "PP", None, *summer),
    ]


def test_the_tidy_table_is_the_same_by_arrow_and_by_joins(
    folder: Path, published_root: Path, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("exclusions", {"reason_2": "vp"}, {"start_date": "08/01/2024"}, {"start_date": "13/05/2024"})
    found = []
    for most in (MOST_TEXT, -1):
        monkeypatch.setattr(typed, "MOST_TEXT", most)
        with check_folder(folder, published_root, office.desk) as checked:
            assert checked.records is not None
            tidy = pq.read_table(checked.records.tables["exclusions"])
            found.append(tidy.replace_schema_metadata().sort_by("start_date"))
    assert found[0].num_rows == 3
    assert found[0].equals(found[1])
