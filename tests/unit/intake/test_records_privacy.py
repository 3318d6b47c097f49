"""Nothing by which a pupil is known: not in a message, not in the list, not in the tidy tables; the key is kept apart."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from onroll.errors import DataError
from onroll.intake.records.pseudonyms import FOLDER, KEPT, Key, read_key
from onroll.project import find_project
from onroll.provenance import inputs, sha256_of

NUMBER = "T123456789012"
SHAPES = [
    NUMBER,
    NUMBER.lower(),
    NUMBER[:12],
    "B123456789012",
    "T12345678901X",
    "T123 4567 8901 2",
    f"see {NUMBER}.",
]
NAMES = ["Jane Smith", "Smith, Jane Elizabeth of 4 High Street", "Jane SMITH-Jones 5B"]


def told(office: Any, tmp_path: Path) -> str:
    checked = office.check()
    checked.write_list(tmp_path / "list.csv")
    return "\n".join(checked.findings.lines()) + (tmp_path / "list.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("column", ["upn", "urn", "category", "start_date", "sessions", "in_care"])
def test_numbers_and_names_in_any_column_are_never_told_whole(
    office: Any, tmp_path: Path, column: str
) -> None:
    office.put("exclusions", *({column: text} for text in [*SHAPES, *NAMES]), {"start_date": "2023-12-04"})
    said = told(office, tmp_path)
    for text in (*SHAPES, *NAMES):
        if text not in (NUMBER, NUMBER.lower()) or column != "upn":
            assert text not in said
    assert "12345678901" not in said
    assert "1234 " not in said
    assert "Jane" not in said
    assert "High" not in said


def test_words_and_references_take_no_pupil_number(office: Any, tmp_path: Path) -> None:
    office.put("placements", {"provider": f"tuition of {NUMBER}", "placement_id": NUMBER})
    assert [one[0] for one in office.found()] == ["wrong_form", "wrong_form"]
    assert NUMBER not in told(office, tmp_path)


def test_names_of_files_sheets_and_headers_are_masked(office: Any, tmp_path: Path) -> None:
    office.book(
        f"exclusions {NUMBER}.xlsx", {f"of {NUMBER}": [], NUMBER: office.rows("exclusions", {"sessions": -1})}
    )
    office.text(f"training_{NUMBER}.csv", f"{NUMBER},urn,topic,staff_group,in_post\n")
    said = told(office, tmp_path)
    assert NUMBER not in said
    assert "(a pupil number)" in said


def test_the_same_pupil_has_the_same_pseudonym_under_one_key_and_no_other(office: Any) -> None:
    office.put("exclusions", {"upn": "a000000000000"})
    office.put("roll", {"upn": " A0000 00000 000 "})
    ((one,), (other,)) = (office.tidy(table) for table in ("exclusions", "roll"))
    assert one["pupil"] == other["pupil"] == Key(bytes(range(32))).pseudonyms(["A000000000000"])[0]
    assert one["pupil"] != Key(bytes(32)).pseudonyms(["A000000000000"])[0]


def test_pseudonyms_do_not_change_from_one_release_to_the_next() -> None:
    made = Key(bytes(range(32))).pseudonyms(["A000000000000", "P000000000001"])
    assert made.dtype == np.int64
    assert made.tolist() == KNOWN


KNOWN = [3877575781406940362, -2406933354152877147]


def test_free_text_is_not_kept(office: Any) -> None:
    office.text(
        "exclusions.csv",
        "upn,urn,category,start_date,sessions,reason_1,comment,pupil name\n"
        "A000000000000,990001,SUSP,2023-11-06,2,PP,he said,Jane Smith\n",
    )
    checked = office.check()
    assert "the columns comment, pupil name are not kept" in "\n".join(checked.findings.lines())
    assert checked.records is not None
    folder = checked.records.tables["exclusions"].parents[1]
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Jane" not in held
    assert b"he said" not in held
    tidy = pq.read_table(checked.records.tables["exclusions"])
    assert "upn" not in tidy.column_names
    assert b"A000000000000" not in checked.records.tables["exclusions"].read_bytes()


def test_open_answers_of_surveys_are_not_kept(office: Any) -> None:
    office.put("survey_answers", {"answer": "I think that the school should have listened to us before"})
    assert office.tidy("survey_answers")[0]["answer"] is None
    assert "open answers were not kept (1 row)" in office.lines()


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_a_key_is_made_once_a_year_or_once_for_good(keys: Path, folder: Path) -> None:
    autumn, spring, next_year = dt.date(2026, 9, 1), dt.date(2027, 3, 1), dt.date(2027, 9, 1)
    first = read_key("rotated_by_year", folder, autumn)
    assert read_key("rotated_by_year", folder, spring).secret == first.secret
    assert read_key("rotated_by_year", folder, next_year).secret != first.secret
    assert read_key(KEPT, folder, autumn).secret == read_key(KEPT, folder, next_year).secret
    assert sorted(path.name for path in keys.iterdir()) == ["202627.key", "202728.key", "kept.key"]
    assert first.secret.hex() not in repr(first)
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


def test_a_key_may_not_lie_with_the_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder)
    for place in (folder, folder / "keys", tmp_path / "link" / "keys"):
        monkeypatch.setenv(FOLDER, str(place))
        with pytest.raises(DataError, match="lies in the folder of the data"):
            read_key(KEPT, folder)


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_key_that_others_may_read_or_that_is_cut_is_refused(keys: Path, folder: Path) -> None:
    read_key(KEPT, folder)
    (keys / "kept.key").chmod(0o644)
    with pytest.raises(DataError, match="others may read it"):
        read_key(KEPT, folder)
    (keys / "kept.key").chmod(0o600)
    (keys / "kept.key").write_bytes(b"short")
    with pytest.raises(DataError, match="5 bytes"):
        read_key(KEPT, folder)


def test_a_key_folder_that_cannot_be_made_is_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(FOLDER, str(tmp_path / "file" / "keys"))
    with pytest.raises(DataError, match=f"Set {FOLDER}"):
        read_key(KEPT, folder)


def test_an_unknown_pupil_is_not_told_from_the_key(office: Any, pupil: Callable[[int], str]) -> None:
    office.put("exclusions", *({"upn": pupil(number)} for number in range(1, 30)))
    rows = office.tidy("exclusions")
    assert len({row["pupil"] for row in rows}) == 29
    assert not {row["pupil"] for row in rows} & set(range(1000))


FORMS = ("821200512064", "821200512064.0", "Z821/200512064", "Z82l2OO5l2O64", "Z821200512064A821200512065")


def test_pupil_numbers_of_any_form_are_masked_in_every_column(office: Any, tmp_path: Path) -> None:
    for column in ("urn", "sessions", "start_date", "category", "upn"):
        office.put("exclusions", *({column: form} for form in FORMS), name=f"exclusions_{column}.csv")
    said = told(office, tmp_path)
    assert not [form for form in (*FORMS, "821200512064") if form in said]


def test_the_name_of_a_received_file_is_recorded_without_the_pupil_number(
    office: Any, tmp_path: Path
) -> None:
    project = find_project()
    path = office.put("exclusions", name="exclusions Z821200512064.csv")
    (received,) = (one for one in inputs(project, [path]) if one["kind"] == "received")
    assert received["path"] == "exclusions (a pupil number).csv"
    assert received["sha256"] == sha256_of(path)
    assert received["bytes"] == path.stat().st_size
    assert "821200512064" not in "".join(office.check().records.sent_in)


def test_what_a_rule_says_is_said_whole(office: Any) -> None:
    office.put(
        "exclusions",
        {"category": "PERM", "sessions": "", "start_date": "2023-11-06"},
        {"category": "PERM", "sessions": "", "start_date": "2024-02-06"},
    )
    assert "in one academic year (first on 2023-11-06)" in office.lines()
