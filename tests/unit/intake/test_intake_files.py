from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from onroll.errors import DataError
from onroll.intake import files, sheets, workbooks
from onroll.intake.files import read_sheet

GOOD = "name,count\nNorthmere,3\nSouthwick,4\n"


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def checks(path: Path) -> list[str]:
    return [item.check for item in read_sheet(path).findings]


def test_cells_are_text_and_rows_are_numbered_as_excel_numbers_them(tmp_path: Path) -> None:
    sheet = read_sheet(put(tmp_path, "a.csv", 'name,count\n"Vale, Old",007\n\n"two\nlines",\n'))
    assert sheet.frame.index.tolist() == [2, 4]
    assert sheet.frame.to_numpy().tolist() == [["Vale, Old", "007"], ["two\nlines", ""]]
    assert not sheet.findings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    sheet = read_sheet(put(tmp_path, "a.csv", "name,count\nCafé £,3\n".encode(encoding)))
    assert sheet.frame.loc[2].tolist() == ["Café £", "3"]
    assert list(sheet.frame.columns) == ["name", "count"]
    said = [item.line() for item in sheet.findings]
    assert len(said) == (encoding == "cp1252")
    assert all("not UTF-8 but Windows-1252, read as that; expected UTF-8" in line for line in said)


@pytest.mark.parametrize("ending", [".csv.gz", ".xlsx", ".parquet"])
def test_every_format_gives_the_same_sheet_as_csv(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"code": [821.0, 822.0], "rate": [6.07066, 0.1], "name": ["A", None]})
    path = tmp_path / f"a{ending}"
    if ending == ".xlsx":
        frame.to_excel(path, index=False)
    elif ending == ".parquet":
        frame.to_parquet(path)
    else:
        path.write_bytes(gzip.compress(b"code,rate,name\n821,6.07066,A\n822,0.1,\n"))
    sheet = read_sheet(path)
    assert sheet.frame.to_numpy().tolist() == [["821", "6.07066", "A"], ["822", "0.1", ""]]
    assert sheet.frame.index.tolist() == [2, 3]


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_another_delimiter_is_named(tmp_path: Path, mark: str, word: str) -> None:
    sheet = read_sheet(put(tmp_path, "a.csv", GOOD.replace(",", mark)))
    (line,) = sheet.findings.lines()
    assert line == (
        f"a.csv, row 1: columns are parted by a {word}; expected a comma. "
        "Open it in Excel and save it as 'CSV UTF-8 (comma delimited)'."
    )
    assert sheet.frame.empty


def test_ragged_rows_are_left_out_and_named(tmp_path: Path) -> None:
    sheet = read_sheet(put(tmp_path, "a.csv", "a,b\n1,2\n1,2,3\n4,5\n6\n7,8\n"))
    assert sheet.frame.index.tolist() == [2, 4, 6]
    assert [(item.check, item.row, item.value, item.expected) for item in sheet.findings] == [
        ("ragged_row", 3, "3", "2, as the header"),
        ("ragged_row", 5, "1", "2, as the header"),
    ]


def test_a_file_cut_short_in_its_last_row_is_said_to_be(tmp_path: Path) -> None:
    (found,) = read_sheet(put(tmp_path, "a.csv", "a,b,c\n1,2,3\n4,5")).findings
    assert found.line() == (
        "a.csv, row 3: the last row has 2 cells: the file was cut short; expected 3, as the header. "
        "Ask the sender for the file again."
    )


@pytest.mark.parametrize("text", ['a,b\n1,"2\n3,4\n', 'a,b\n1,2\n"3"x,4\n'])
def test_an_unclosed_quotation_mark_is_found_with_its_row(tmp_path: Path, text: str) -> None:
    (found,) = read_sheet(put(tmp_path, "a.csv", text)).findings
    assert (found.check, found.row) == ("open_quote", 2 if '"2' in text else 3)


def test_a_nul_byte_is_found_with_its_row(tmp_path: Path) -> None:
    (found,) = read_sheet(put(tmp_path, "a.csv", b"a,b\n1,2\n3,\x004\n")).findings
    assert (found.check, found.row) == ("nul_byte", 3)


@pytest.mark.parametrize(
    ("text", "check", "column"),
    [
        ("a,A\n1,2\n", "duplicate_header", "A"),
        ("a,\n1,2\n", "blank_header", ""),
        ("a,b\n", "header_only", ""),
    ],
)
def test_headers_are_checked(tmp_path: Path, text: str, check: str, column: str) -> None:
    sheet = read_sheet(put(tmp_path, "a.csv", text))
    assert [(item.check, item.column) for item in sheet.findings] == [(check, column)]
    assert check != "blank_header" or sheet.findings.items[0].value == "2"
    assert sheet.frame.empty


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file_is_a_finding(tmp_path: Path, data: bytes) -> None:
    assert checks(put(tmp_path, "a.csv", data)) == ["empty_file"]


def test_an_empty_workbook_is_a_finding(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    assert checks(tmp_path / "a.xlsx") == ["empty_file"]


def test_other_sheets_are_named_and_a_short_row_is_no_fault_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1])
    book.create_sheet("Notes").append(["x"])
    book.save(tmp_path / "a.xlsx")
    sheet = read_sheet(tmp_path / "a.xlsx")
    assert sheet.frame.to_numpy().tolist() == [["1", ""]]
    assert [(item.check, item.value) for item in sheet.findings] == [("other_sheets", "Notes")]


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_sheet(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path.name}: ")
    return message


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode() * 100)
    assert "cut short or damaged" in refused(put(tmp_path, "a.csv.gz", packed[:-20]))
    assert "this is not a CSV.GZ file" in refused(put(tmp_path, "b.csv.gz", GOOD))
    assert "not an XLSX workbook, or a password" in refused(put(tmp_path, "c.xlsx", GOOD))
    assert "this is a zipped file such as an Excel workbook" in refused(
        put(tmp_path, "d.csv", b"PK\x03\x04rest")
    )
    assert "this is not a PARQUET file" in refused(put(tmp_path, "e.parquet", GOOD))
    assert "Parquet file is damaged" in refused(put(tmp_path, "f.parquet", b"PAR1 and nothing more"))
    assert "an old Excel workbook" in refused(put(tmp_path, "g.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1"))
    assert "files of this kind are not read" in refused(put(tmp_path, "h.doc", GOOD))
    assert "the workbook is damaged" in refused(put(tmp_path, "i.xlsx", zipped({"a.txt": b"no workbook"})))
    assert "this is not a text file" in refused(put(tmp_path, "j.csv", bytes(range(256)) * 4))
    assert "this is not a text file" in refused(put(tmp_path, "k.csv", b"a,b\n" + b"\x01\x02\x03" * 50))


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = put(tmp_path, "a.xlsx", zipped({"xl/worksheets/sheet1.xml": bytes(30 * 1024 * 1024)}))
    assert bomb.stat().st_size < 100_000
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_a, **_k: pytest.fail("unpacked"))
    assert "unpacks to 30 MB, more than is safe" in refused(bomb)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.xlsx", "a.parquet"])
def test_nothing_larger_than_the_limit_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("a,b\n" * 600)
    elif name == "a.csv.gz":
        path.write_bytes(gzip.compress(b"a,b\n" * 600))
    elif name == "a.xlsx":
        path.write_bytes(zipped({"xl/workbook.xml": bytes(3000)}))
    else:
        pd.DataFrame({"a": range(600)}).to_parquet(path)
    for module in (files, sheets, workbooks):
        monkeypatch.setattr(module, "LIMIT", 2000)
    message = refused(path)
    assert "larger than 512 MB" in message or "more than is safe" in message


def test_folders_links_and_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert "a folder where a file is expected" in refused(tmp_path / "folder.csv")
    assert "there is no such file" in refused(tmp_path / "absent.csv")
    (tmp_path / "round.csv").symlink_to(tmp_path / "about.csv")
    (tmp_path / "about.csv").symlink_to(tmp_path / "round.csv")
    assert "symbolic links" in refused(tmp_path / "round.csv")
    (tmp_path / "broken.csv").symlink_to(tmp_path / "gone.csv")
    assert "there is no such file" in refused(tmp_path / "broken.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not an ordinary file" in refused(tmp_path / "pipe.csv")


def test_a_file_one_may_not_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.csv", GOOD)

    def deny(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", deny)
    assert refused(path) == "a.csv: no permission to read it. Ask its owner, or close it in Excel."
