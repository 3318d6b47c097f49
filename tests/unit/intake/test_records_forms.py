"""Records as schools' systems and authorities write them: read with what was assumed, or refused with the way out."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Upn = Callable[[int], str]
DAY = dt.date(2023, 11, 6)
DATES = [
    "06/11/2023", "6/11/23", "06.11.2023", "06-11-2023", "2023-11-06", "2023-11-06T00:00:00", "06/11/2023 09:30",
    "06/11/2023 12:00:00 AM", "2023-11-06 00:00:00+00:00", "45236", "45236.5", "20231106", "06-Nov-23", "6 November 2023",
    "Mon 06 Nov 2023", "6th November 2023", "\u00a006/11/2023\u00a0", "06\u201111\u20112023",
]  # fmt: skip


def pupils(office: Any, pupil: Upn, count: int, **cells: object) -> list[list[str]]:
    return list(
        office.rows("exclusions", *({"upn": pupil(number), **cells} for number in range(1, count + 1)))
    )


def joined(rows: list[list[str]], mark: str = ",") -> str:
    return "\r\n".join(mark.join(row) for row in rows)


def test_dates_of_every_form_are_read_and_what_was_assumed_is_said(office: Any, pupil: Upn) -> None:
    office.put(
        "exclusions", *({"upn": pupil(at), "start_date": day} for at, day in enumerate(DATES, start=1))
    )
    assert office.found() == []
    assert [row["start_date"] for row in office.tidy("exclusions")] == [DAY] * len(DATES)
    said = office.lines()
    assert "dates were read as day/month/year (7 rows)" in said
    assert "numbers of Excel were read as dates (2 rows)" in said
    assert "years of two digits were read as 20.. (1 row)" in said


def test_codes_flags_numbers_and_pupil_numbers_as_people_write_them(office: Any, pupil: Upn) -> None:
    office.put(
        "exclusions",
        {"upn": pupil(1).lower(), "category": " suspension ", "sessions": "2.0", "in_care": "yes", "urn": "990001.0"},
        {"upn": f"{pupil(2)[:5]} {pupil(2)[5:]}", "category": "Fixed-Term", "sessions": " 4 ", "in_care": "FALSE",
         "start_date": "2019-11-05"},
        {"upn": pupil(3), "category": "Perm Excl", "sessions": "", "in_care": "0", "sen_provision": "EHC Plan"},
    )  # fmt: skip
    assert office.found() == []
    rows = office.tidy("exclusions")
    assert [row["category"] for row in rows] == ["SUSP", "SUSP", "PERM"]
    assert [row["sessions"] for row in rows] == [2, 4, None]
    assert [row["in_care"] for row in rows] == [True, False, False]
    assert rows[2]["sen_provision"] == "E"
    assert [(row["time_period"], row["term"]) for row in rows] == [
        ("202324", "Autumn"), ("201920", "Autumn"), ("202324", "Autumn"),
    ]  # fmt: skip


YEAR_GROUPS = {
    "7": "7",
    "07": "7",
    "7.0": "7",
    "Year 7": "7",
    "1.0": "1",
    "R": "R",
    "0": "R",
    "Year 10": "10",
}
NO_YEAR_GROUPS = ["-1", "1/0", "1-1", "1.5", "10.1"]


def test_a_year_group_is_never_read_as_another(office: Any, pupil: Upn) -> None:
    office.put("roll", *({"upn": pupil(at), "year_group": text} for at, text in enumerate(YEAR_GROUPS)))
    assert [row["year_group"] for row in office.tidy("roll")] == list(YEAR_GROUPS.values())
    office.put("roll", *({"upn": pupil(at), "year_group": text} for at, text in enumerate(NO_YEAR_GROUPS)))
    assert [(one[0], one[3]) for one in office.found()] == [("unknown_code", text) for text in NO_YEAR_GROUPS]


@pytest.mark.parametrize(
    ("mark", "encoding", "kinds"),
    [
        (",", "utf-8-sig", []),
        (";", "utf-8", []),
        ("\t", "utf-16", ["encoding"]),
        ("|", "utf-16-be", ["nul_byte", "unknown_file"]),
        (",", "cp1252", []),
    ],
)
def test_encodings_and_delimiters(
    office: Any, pupil: Upn, mark: str, encoding: str, kinds: list[str]
) -> None:
    office.text("exclusions.csv", joined(pupils(office, pupil, 3), mark), encoding)
    assert sorted({one[0] for one in office.found()} - {"empty_file"}) in (kinds, kinds[:1])


def test_lines_that_end_as_on_old_macs(office: Any, pupil: Upn) -> None:
    office.text("exclusions.csv", joined(pupils(office, pupil, 3)).replace("\r\n", "\r"))
    assert len(office.tidy("exclusions")) == 3


def test_windows_1252_is_read_as_that_and_said(office: Any) -> None:
    office.put("schools", {"school_name": "Café “Acorn”"}, encoding="cp1252")
    assert office.found() == [("encoding", None, "", "not UTF-8 but Windows-1252")]
    assert office.tidy("schools")[0]["school_name"] == "Café “Acorn”"


def test_titles_above_headers_again_and_totals_and_remarks_below(office: Any, pupil: Upn) -> None:
    rows = pupils(office, pupil, 6)
    page = [["Register of exclusions"], [], rows[0], *rows[1:4], rows[0], *rows[4:], ["Grand total", "", "", "", "12", ""],
            ["Printed on Monday", "", "", "", "", ""]]  # fmt: skip
    office.text("exclusions.csv", joined(page))
    found = office.found("note", "warning", "error")
    assert found[:3] == [
        ("header_found", 3, "", "3"), ("total_rows", 11, "", ""), ("repeated_header", 7, "", "")
    ] or {one[:2] for one in found} == {
        ("header_found", 3), ("total_rows", 11), ("repeated_header", 7), ("lone_cell", 12)
    }  # fmt: skip
    assert len(office.tidy("exclusions")) == 6


def test_two_rows_of_headers(office: Any, pupil: Upn) -> None:
    rows = pupils(office, pupil, 3)
    words = ["Unique pupil number", "School URN", "Type", "Date", "Sessions lost", "Reason 1"]
    office.text("exclusions.csv", joined([rows[0], words, *rows[1:]]))
    assert len(office.tidy("exclusions")) == 3
    office.text("exclusions.csv", joined([["Pupil", "", "Exclusion", "", "", ""], words, *rows[1:]]))
    assert len(office.tidy("exclusions")) == 3


def test_headers_with_line_breaks_and_remarks(office: Any, pupil: Upn) -> None:
    header = '"UPN\n(13 characters)",School,Type,"Date\nof exclusion",Sessions (half days),Reason'
    office.text(
        "exclusions.csv", "\r\n".join([header, *(",".join(row) for row in pupils(office, pupil, 3)[1:])])
    )
    assert [row["sessions"] for row in office.tidy("exclusions")] == [2, 2, 2]
    office.text("exclusions.csv", f"{header}\r\n{pupil(1)},990001,SUSP,2023-11-06,-2,PP\r\n")
    assert office.found() == [("out_of_bounds", 2, "Sessions (half days)", "-2")]


def test_rows_keep_the_number_that_excel_gives_them(office: Any, pupil: Upn) -> None:
    rows = pupils(office, pupil, 5, sessions=-2)
    lines = [",".join(row) for row in rows]
    office.text(
        "exclusions.csv", "\n".join([lines[0], "", lines[1], lines[2] + ",one,more", "", lines[3], lines[4]])
    )
    found = office.found()
    assert [one[:2] for one in found if one[0] == "ragged_row"] == [("ragged_row", 4)]
    rows_told = [one.rows for one in office.check().findings if one.check == "out_of_bounds"]
    assert rows_told == [(3, 6, 7)]


def test_a_sheet_a_year_without_a_column_for_the_year(office: Any, pupil: Upn) -> None:
    def sheet(number: int) -> list[list[str]]:
        rows = office.rows("roll", {"upn": pupil(number)})
        return [row[1:] for row in rows]

    office.book("census.xlsx", {"2022-23": sheet(1), "2023-24": sheet(2), "Read me": [["hello"]]})
    assert office.found() == []
    assert sorted(row["time_period"] for row in office.tidy("roll")) == ["202223", "202324"]
    assert "time_period was read as 202223 in every row" in office.lines()


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("roll_2023-24.csv", "202324"), ("roll 202324 sent 20240118.csv", "202324"),
        ("roll_20231006.csv", None), ("roll_2022-23_2023-24.csv", None),
    ],
)  # fmt: skip
def test_a_year_in_a_file_name_is_taken_when_there_is_one(office: Any, name: str, period: str | None) -> None:
    office.text(name, joined([row[1:] for row in office.rows("roll")]))
    if period is None:
        assert office.found()[0][::3] == ("missing_column", "time_period")
    else:
        assert office.tidy("roll")[0]["time_period"] == period


def test_workbooks_with_dates_numbers_formulas_titles_and_hidden_sheets(office: Any, pupil: Upn) -> None:
    header = ["upn", "urn", "category", "start_date", "sessions", "reason_1", "helper"]
    good = [pupil(1), 990001, "SUSP", dt.datetime(2023, 11, 6), 2.0, "PP", "=1+1"]
    path = office.book(
        "exclusions.xlsx", {"Register": [["Luton"], header, good], "Old": [header, good], "Empty": []}
    )
    book = openpyxl.load_workbook(path)
    book["Register"].merge_cells("A1:F1")
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert office.found() == [("hidden_sheets", None, "", "Old")]
    assert [(row["start_date"], row["sessions"]) for row in office.tidy("exclusions")] == [(DAY, 2)]


def test_a_summary_beside_the_register_is_left_out(office: Any) -> None:
    office.book(
        "exclusions.xlsx",
        {"All": office.rows("exclusions"), "Summary": [["School", "Type", "No"], ["A", "B", 3]]},
    )
    assert office.found() == []
    assert "the sheets Summary are no tables of the contracts" in office.lines()


def test_parquet_of_other_types_is_read_and_nested_parquet_refused(office: Any, pupil: Upn) -> None:
    table = pa.table(
        {
            "upn": [pupil(1), pupil(2)], "urn": pa.array([990001.0, 990001.0]), "category": ["SUSP", "FIXD"],
            "start_date": pa.array([dt.datetime(2023, 11, 6), dt.datetime(2020, 11, 6)], pa.timestamp("ms", "UTC")),
            "sessions": pa.array([2, 3], pa.decimal128(6, 2)), "in_care": [True, None], "__index_level_0__": [0, 1],
            "reason_1": pa.array(["PP", "BU"]).dictionary_encode(),
        }
    )  # fmt: skip
    pq.write_table(table, office.folder / "exclusions.parquet")
    assert office.found() == []
    assert [(row["sessions"], row["in_care"]) for row in office.tidy("exclusions")] == [(2, True), (3, None)]
    pq.write_table(table.append_column("list", pa.array([[1], [2]])), office.folder / "exclusions.parquet")
    assert [one[0] for one in office.found()] == ["unreadable"]


def test_gzip_and_folders_named_like_files(office: Any, pupil: Upn) -> None:
    (office.folder / "exclusions.csv").mkdir()
    text = joined(pupils(office, pupil, 2)).encode()
    (office.folder / "exclusions.csv" / "exclusions_a.csv.gz").write_bytes(gzip.compress(text))
    assert len(office.tidy("exclusions")) == 2


def _text(rows: list[list[str]], mark: str = ",") -> str:
    return "".join(f"{mark.join(row)}\r\n" for row in rows)


@pytest.mark.parametrize("quoted", ["", '"'])
def test_a_short_total_and_a_short_remark_at_the_end_are_left_out(office: Any, quoted: str) -> None:
    rows = _text(office.rows("exclusions", {}, {"start_date": "2023-12-06"}))
    office.text(
        "exclusions.csv", f"{rows}Total,,,{quoted}653{quoted}\r\nPrinted from the register on Friday\r\n"
    )
    assert [(one[0], one[1]) for one in office.found("error", "warning", "note") if one[1]] == [
        ("total_rows", 4), ("lone_cell", 5)
    ]  # fmt: skip
    assert len(office.tidy("exclusions")) == 2


def test_a_line_that_is_cut_is_still_an_error_after_a_total(office: Any) -> None:
    rows = _text(office.rows("exclusions", {}))
    office.text("exclusions.csv", f"{rows}Total,,,1\r\nA0000000")
    assert [(one[0], one[1]) for one in office.found("error")] == [("truncated", 4)]


@pytest.mark.parametrize("name", ["exclusions.txt", "exclusions.tsv"])
def test_text_parted_by_tabs_is_read(office: Any, name: str) -> None:
    office.text(name, _text(office.rows("exclusions", {}), "\t"), encoding="utf-16")
    office.text("remarks.txt", "Sent by the office on Friday")
    assert len(office.tidy("exclusions")) == 1
    assert ("not_a_table", None, "", ".txt") in office.found("warning")


def test_the_same_file_twice_is_one_finding_and_is_counted_once(office: Any) -> None:
    rows = [{"start_date": f"2023-11-{day:02d}"} for day in range(1, 29)]
    office.put("exclusions", *rows)
    office.put("exclusions", *rows, name="exclusions_copy.csv")
    found = [one for one in office.found() if one[0] in ("repeated_file", "duplicate_key")]
    assert found == [("repeated_file", None, "", "exclusions.csv")]
    assert "exclusions_copy.csv: it repeats exclusions.csv" in office.lines()
    assert len(office.tidy("exclusions")) == 28


def test_what_is_said_of_doubled_rows_is_not_cut_within_a_word(office: Any) -> None:
    rows = [{"start_date": f"2023-11-{day:02d}"} for day in range(1, 29)]
    office.put("exclusions", *rows)
    office.put("exclusions", *rows, {"start_date": "2024-01-08"}, name="exclusions_later.csv")
    (line,) = (one for one in office.lines().splitlines() if "speaks of the same" in one)
    assert "row 2 of exclusions.csv, row 3 of exclusions.csv, row 4 of exclusions.csv" in line
