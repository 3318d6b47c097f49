"""What must hold of receiving for any text, any pupil number and any bytes."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onroll.errors import DataError
from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import squeezed
from onroll.intake.checking import Desk, check_folder
from onroll.intake.findings import shown
from onroll.intake.records.changes import period_in
from onroll.intake.records.identifiers import is_right
from onroll.intake.records.parsing import CHECK_LETTERS, PLAIN_DIGITS, SQUEEZED, parser
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.streams import numbered
from onroll.intake.records.telling import masked
from onroll.intake.records.typed import easter_sunday

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = load_contracts(ROOT)
EXCLUSIONS = CONTRACTS.tables["exclusions"]
DESK = Desk(CONTRACTS, Key(bytes(32)), "821")
HEADER = "upn,urn,category,start_date,sessions,reason_1\n"
# A check of a folder takes a quarter of a second: few examples, each of many rows.
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=60, deadline=None)
# A query takes some hundredths of a second to plan: fewer examples, each of many texts.
SOME = settings(max_examples=12, deadline=None)
STORE = duckdb.connect()


def read(column: str, texts: Sequence[str]) -> list[tuple[object, str | None]]:
    """Value and fault of each text by the rules of a column."""
    rules = parser(EXCLUSIONS.column(column))
    table = pa.table({"place": list(range(len(texts))), "v": pa.array(list(texts), pa.string())})
    STORE.register("texts", table)
    query = (
        f"SELECT {rules.value}, {rules.fault} FROM (SELECT *, {rules.step} AS p FROM texts) ORDER BY place"
    )
    return [(value, fault) for value, fault in STORE.execute(query).fetchall()]


def check_letter(rest: str) -> str:
    """The letter by the Department's rule: weights 2 to 13, a letter at the end counts by its place."""
    values = [CHECK_LETTERS.index(one) if one in CHECK_LETTERS else int(one) for one in rest]
    return CHECK_LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


RESTS = st.tuples(
    st.text("0123456789", min_size=11, max_size=11), st.sampled_from("0123456789" + CHECK_LETTERS)
).map("".join)


@MANY
@given(st.lists(st.tuples(RESTS, st.sampled_from(CHECK_LETTERS)), min_size=1, max_size=50))
def test_a_pupil_number_is_right_exactly_when_its_check_letter_is(numbers: list[tuple[str, str]]) -> None:
    texts = [f"{letter}{rest}" for rest, letter in numbers]
    right = [letter == check_letter(rest) for rest, letter in numbers]
    assert is_right(EXCLUSIONS.column("upn"), pa.array(texts, pa.string())).tolist() == right


DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31))
FORMS = (
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y%m%d",
    "%d %B %Y",
    "%d-%b-%Y",
    "%a %d %b %Y",
)


@SOME
@given(st.lists(DAYS, min_size=1, max_size=40))
def test_a_day_is_the_same_in_every_form(days: list[dt.date]) -> None:
    texts = [day.strftime(form) for form in FORMS for day in days]
    texts += [str((day - dt.date(1899, 12, 30)).days) for day in days]
    assert [value for value, _ in read("start_date", texts)] == days * (len(FORMS) + 1)


@SOME
@given(
    st.lists(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), min_size=1, max_size=50
    )
)
def test_a_text_that_is_no_value_has_one_fault_and_no_value(texts: list[str]) -> None:
    for column in ("urn", "start_date", "sessions", "in_care"):
        for value, fault in read(column, [text for text in texts if text.strip()]):
            assert (value is None) == (fault is not None)


@SOME
@given(
    st.lists(
        st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=16),
        min_size=1,
        max_size=50,
    )
)
def test_codes_are_compared_alike_in_the_store_and_in_the_contracts(texts: list[str]) -> None:
    STORE.register("texts", pa.table({"place": list(range(len(texts))), "v": texts}))
    found = STORE.execute(f"SELECT {SQUEEZED}, {PLAIN_DIGITS} FROM texts ORDER BY place").fetchall()
    for text, (same, is_plain) in zip(texts, found, strict=True):
        if not re.search(r"[0-9][.]0+$", text):
            assert same == squeezed(text)
        if same.isdigit():
            assert not is_plain or re.fullmatch(r"[0-9]+([.]0+)?", text)


@MANY
@given(st.text("aB ,.é-", max_size=12), RESTS, st.text("aB ,.é-", max_size=12), st.booleans())
def test_no_pupil_number_is_shown_whole(before: str, rest: str, after: str, lower: bool) -> None:
    number = f"{check_letter(rest)}{rest}"
    written = number.lower() if lower else number
    text = f"{before} {written} {after}"
    for column in (None, *EXCLUSIONS.columns):
        said = masked(text, column, CONTRACTS)
        assert written not in said
        assert number[1:12] not in said
    assert written not in shown(text, 200)


@MANY
@given(st.lists(st.integers(1, 9), max_size=6), st.sets(st.integers(2, 40), max_size=12))
def test_rows_keep_their_numbers_when_others_are_skipped(sizes: list[int], skipped: set[int]) -> None:
    batches = [
        pa.RecordBatch.from_arrays([pa.array([str(n) for n in range(size)])], names=["c0"]) for size in sizes
    ]
    found = [
        row
        for batch in numbered(batches, 2, (0,), array("q", sorted(skipped)))
        for row in batch.column(0).to_pylist()
    ]
    assert found == [row for row in range(2, 200) if row not in skipped][: sum(sizes)]


@MANY
@given(
    st.integers(1990, 2050),
    st.sampled_from(["{0}{2}", "{0}-{2}", "{0}/{2}", "{0} - {2}", "{0}_{1}", "Roll {0}-{1} final"]),
)
def test_an_academic_year_is_found_in_a_title_and_no_other(year: int, form: str) -> None:
    assert (
        period_in(form.format(year, year + 1, f"{(year + 1) % 100:02d}")) == f"{year}{(year + 1) % 100:02d}"
    )
    assert period_in(form.format(year, year + 2, f"{(year + 2) % 100:02d}")) == ""


@MANY
@given(st.integers(1990, 2050))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    day = easter_sunday(year)
    assert day.isoweekday() == 7
    assert dt.date(year, 3, 22) <= day <= dt.date(year, 4, 25)


def test_easter_of_some_years() -> None:
    known = {2016: (3, 27), 2019: (4, 21), 2021: (4, 4), 2023: (4, 9), 2024: (3, 31), 2025: (4, 20)}
    assert {year: (easter_sunday(year).month, easter_sunday(year).day) for year in known} == known


def checked_rows(data: bytes, name: str = "exclusions.csv") -> tuple[int, list[tuple[str, int | None]]]:
    """Rows that were laid down, and what was found, of one file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        with check_folder(Path(folder), ROOT / "data" / "published", DESK) as checked:
            rows = 0 if checked.records is None else checked.records.rows["exclusions"]
            for line in checked.findings.lines():
                assert "\n" not in line
            return rows, [(one.check, one.row) for one in checked.findings if one.severity == "error"]


@FEW
@given(
    st.binary(max_size=400),
    st.sampled_from(["exclusions.csv", "exclusions.xlsx", "exclusions.parquet", "exclusions.csv.gz"]),
)
def test_any_bytes_are_findings_or_one_line_and_never_a_fault_of_ours(data: bytes, name: str) -> None:
    for content in (data, HEADER.encode() + data):
        try:
            checked_rows(content, name)
        except DataError as told:
            lines = str(told).splitlines()
            assert len(lines) == 1


CELLS = st.text("abcXYZ0123456789 -/.:éß+'=", max_size=12)


@pytest.mark.slow
@FEW
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=30))
def test_every_row_with_two_cells_or_more_is_laid_down_or_said_to_be_left_out(rows: list[list[str]]) -> None:
    full = [row for row in rows if sum(bool(cell.strip()) for cell in row) > 1]
    text = HEADER + "".join(f"{','.join(row)}\n" for row in full)
    laid, errors = checked_rows(text.encode())
    totals = [
        row
        for row in full
        if re.match(r"\s*(grand |sub-?)?totals?\b", next(c for c in row if c.strip()), re.IGNORECASE)
    ]
    assert laid == len(full) - len(totals)
    assert bool(errors) == bool(laid), "no row of random texts is a record"
