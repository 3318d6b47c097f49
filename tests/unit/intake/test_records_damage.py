"""Damaged, dangerous and senseless files: one clear line, bounded in time and memory, nothing left behind."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onroll.intake.records import store, text_rows
from onroll.intake.records.store import PREFIX, Store

pytestmark = pytest.mark.slow  # files of many megabytes

HEADER = b"upn,urn,category,start_date,sessions,reason_1\r\n"
ROW = b"A000000000000,990001,SUSP,2023-11-06,2,PP\r\n"


def put(office: Any, name: str, data: bytes) -> Path:
    path: Path = office.folder / name
    path.write_bytes(data)
    return path


def grave(office: Any) -> list[tuple[str, int | None]]:
    return [(one.check, one.row) for one in office.check().findings.errors]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("exclusions.csv", HEADER + ROW + ROW[:20], [("truncated", 3)]),
        ("exclusions.csv", HEADER + ROW + b'"A00', [("truncated", 3)]),
        ("exclusions.csv", HEADER + ROW + b'A000000000000,990001,"SUSP', [("truncated", 3)]),
        ("exclusions.csv", HEADER + ROW + b'A000000000000,990001,"SUSP\r\n' + ROW, [("open_quote", 3)]),
        ("exclusions.csv", (HEADER + ROW).decode().encode("utf-16")[:-31], [("unreadable", 2)]),
        ("exclusions.csv", HEADER + ROW + b"A\0" + ROW, [("nul_byte", 3)]),
        ("exclusions.csv.gz", gzip.compress(HEADER + ROW * 50)[:-12], [("unreadable", None)]),
        ("exclusions.csv.gz", HEADER + ROW, [("unreadable", None)]),
        ("exclusions.xlsx", HEADER + ROW, [("unreadable", None)]),
        ("exclusions.csv", b"PK\x03\x04" + bytes(range(256)) * 40, [("unreadable", None)]),
        ("exclusions.parquet", b"PAR1" + HEADER, [("unreadable", None)]),
        ("exclusions.xls", b"\xd0\xcf\x11\xe0", [("unreadable", None)]),
        ("exclusions.csv", b"", [("empty_file", None)]),
        ("exclusions.csv", b"\xff\xfe", [("empty_file", None)]),
        ("exclusions.csv", HEADER + b"x" * (2 << 20), [("truncated", 2)]),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_clear_error(office: Any, name: str, data: bytes, expected: list[Any]) -> None:
    put(office, name, data)
    assert grave(office) == expected


def test_a_file_named_like_a_table_that_has_none_of_its_headers_says_what_they_are(office: Any) -> None:
    put(office, "exclusions.csv", b"pupil,school,kind\nJane Smith,Acorn,bad\n")
    (found,) = office.check().findings
    assert found.check == "unknown_file"
    assert "named like exclusions, whose columns upn, urn, category, start_date, reason_1" in found.line()
    assert "Jane" not in found.line()


def test_what_follows_a_row_that_is_too_long_is_still_checked(office: Any) -> None:
    put(office, "exclusions.csv", HEADER + ROW.replace(b"PP", b"PP,more") + ROW.replace(b",2,", b",-2,"))
    assert grave(office) == [("ragged_row", 2), ("out_of_bounds", 3)]


@pytest.mark.parametrize("filler", [b"x" * (4 << 20), b",,,,,\r\n" * (1 << 19)])
def test_a_gzip_bomb_is_refused_before_it_is_unpacked(
    office: Any, monkeypatch: pytest.MonkeyPatch, filler: bytes
) -> None:
    monkeypatch.setattr(text_rows, "_BOMB_BYTES", 1 << 20)
    put(office, "exclusions.csv.gz", gzip.compress(HEADER + ROW + filler))
    (found,) = office.check().findings.errors
    assert "more than is safe" in found.value


def test_a_workbook_bomb_and_a_sheet_of_a_thousand_million_rows_are_refused(office: Any) -> None:
    with zipfile.ZipFile(office.folder / "exclusions.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"<a>" * (8 << 20))
    assert grave(office) == [("unreadable", None)]
    path = office.book("exclusions.xlsx", {"s": office.rows("exclusions")})
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b'<row r="2"', b'<row r="1000000000"'
    )
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    assert grave(office) == [("unreadable", None)]


def test_a_later_sheet_that_is_damaged_keeps_the_table_from_being_used(
    office: Any, pupil: Callable[[int], str]
) -> None:
    sheets = {
        str(at): office.rows("exclusions", *({"upn": pupil(at * 100 + n)} for n in range(80)))
        for at in (1, 2)
    }
    path = office.book("exclusions.xlsx", sheets)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:-2500]
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    checked = office.check()
    assert [(one.check, one.file) for one in checked.findings.errors] == [
        ("unreadable", "exclusions.xlsx [2]")
    ]
    assert checked.records is not None
    assert "exclusions" not in checked.records.tables


@pytest.mark.skipif(os.name != "posix", reason="only there")
def test_links_pipes_and_locked_files(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("training", name="elsewhere.bin")
    (office.folder / "training.csv").symlink_to(office.folder / "elsewhere.bin")
    (office.folder / "roll.csv").symlink_to(office.folder / "nowhere")
    os.mkfifo(office.folder / "exclusions.csv")
    assert grave(office) == [("unreadable", None), ("unreadable", None)]
    assert len(office.tidy("training")) == 1


def test_the_private_copy_is_readable_by_its_owner_only_and_goes(office: Any) -> None:
    office.put("training")
    checked = office.check()
    assert checked.records is not None
    folder = checked.records.tables["training"].parents[1]
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
    checked.close()
    assert not folder.exists()


def test_the_copy_goes_when_the_check_fails(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    opened = store.Store.__init__

    def note(self: Store, *given: Any) -> None:
        opened(self, *given)
        made.append(self.folder)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(store.Store, "__init__", note)
    monkeypatch.setattr("onroll.intake.records.receive.check_key", fail)
    office.put("training")
    with pytest.raises(RuntimeError):
        office.check()
    assert made
    assert not made[0].exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_a_killed_process_left_is_deleted_by_the_next_one() -> None:
    code = "from onroll.intake.records.store import Store as S; s = S(); print(s.folder, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with Store():
            assert left.exists(), "the copy of a process that lives is not touched"
        process.send_signal(signal.SIGKILL)
    assert left.exists()
    with Store():
        assert not left.exists()
    assert left.name.startswith(PREFIX)
    assert left.parent == Path(tempfile.gettempdir())
