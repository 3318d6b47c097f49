"""What must hold of intake for any table, any bad cell and any bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onroll.errors import DataError
from onroll.intake.files import read_sheet
from onroll.intake.places import authorities_of
from onroll.intake.published import read_published
from onroll.vocabulary import SYMBOLS

AUTHORITIES = authorities_of(
    pd.DataFrame(
        {
            "old_la_code": ["801", "802"],
            "new_la_code": ["E06000901", "E06000902"],
            "la_name": ["Northmere", "Southwick, City of"],
            "region_name": ["North East", "South West"],
            "first_year": ["200607", "200607"],
            "last_year": ["", ""],
        }
    )
)
MEASURES = {
    "pupil_headcount": ("headcount", "headcount"),
    "permanent_exclusion_count": ("perm_excl", "perm_excl"),
    "permanent_exclusion_rate": ("perm_excl_rate", "perm_excl_rate"),
    "suspension_count": ("fixed_excl", "suspension"),
    "suspension_rate": ("fixed_excl_rate", "susp_rate"),
    "suspended_pupil_count": ("one_plus_fixed", "one_plus_susp"),
    "suspended_pupil_rate": ("one_or_more_fixed_excl_rate", "one_plus_susp_rate"),
}
KEYS = {
    "time_period": ("year", "time_period"),
    "geographic_level": ("level", "geographic_level"),
    "la_name": ("la_name", "la_name"),
    "education_phase": ("school_type", "education_phase"),
}
PHASES = ("Total", "State-funded primary", "State-funded secondary", "Special")


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """A made table of figures that agree with one another, keys all different."""
    every = [
        (f"{y}{(y + 1) % 100:02d}", name, p) for y in (2011, 2016, 2019) for name in PLACES for p in PHASES
    ]
    keys = draw(st.lists(st.sampled_from(every), min_size=1, max_size=6, unique=True))
    rows = []
    for period, name, phase in keys:
        heads = draw(st.integers(1, 90_000))
        pupils = draw(st.integers(0, heads))
        suspensions = pupils + draw(st.integers(0, 5_000))
        permanent = draw(st.integers(0, 90))
        counts = (permanent, suspensions, pupils)
        rates = [f"{round(count / heads * 100, 5):.5f}" for count in counts]
        pairs = [text for count, rate in zip(counts, rates, strict=True) for text in (str(count), rate)]
        rows.append([period, "Local authority", name, phase, str(heads), *pairs])
    return pd.DataFrame(rows, columns=[*KEYS, *MEASURES])


PLACES = ("Northmere", "Southwick, City of")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(folder: str, table: pd.DataFrame, *, new: bool) -> Path:
    named = table.rename(columns={name: pair[new] for name, pair in {**KEYS, **MEASURES}.items()})
    if new:
        named.insert(1, "time_identifier", "Academic year")
    path = Path(folder) / ("new.csv" if new else "old.csv")
    named.to_csv(path, index=False)
    return path


@pytest.mark.slow
@FEW
@given(tables())
def test_old_and_new_headers_give_the_same_tidy_values(table: pd.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        old, new = (
            read_published(written(folder, table, new=is_new), AUTHORITIES) for is_new in (False, True)
        )
    assert not old.findings
    assert not new.findings
    pd.testing.assert_frame_equal(old.table.drop(columns="source"), new.table.drop(columns="source"))
    for name in MEASURES:
        assert new.table[name].tolist() == [float(text) for text in table[name]]


def is_bad(text: str) -> bool:
    """Whether a cell is neither a number nor a symbol, and does not itself break the form of the file."""
    plain = text.strip().lower()
    if plain in SYMBOLS or not plain:
        return False
    try:
        float(plain)
    except ValueError:
        return True
    return plain in ("nan", "inf", "infinity") or float(plain) < 0


NON_NUMBERS = st.one_of(
    st.sampled_from(
        ["<5", "1,234", "n/a", "abc", "12%", "1e999", "nan", "inf", "-1", "1.2.3", "=1+1", '"', "'1"]
    ),
    st.text(st.characters(codec="utf-8", categories=["L", "P", "S", "Nl", "No"]), min_size=1).filter(is_bad),
)


@pytest.mark.slow
@FEW
@given(tables(), NON_NUMBERS, st.sampled_from(sorted(MEASURES)), st.integers(0, 5), st.booleans())
def test_any_non_number_is_exactly_one_finding_with_its_row_and_column(
    table: pd.DataFrame, text: str, measure: str, row: int, new: bool
) -> None:
    row %= len(table)
    broken = table.copy()
    broken.loc[row, measure] = text
    with tempfile.TemporaryDirectory() as folder:
        received = read_published(written(folder, broken, new=new), AUTHORITIES)
    (found,) = received.findings
    assert (found.row, found.column, found.severity) == (row + 2, MEASURES[measure][new], "error")
    assert pd.isna(received.table.loc[row, measure])


ENDINGS = st.sampled_from([".csv", ".csv.gz", ".xlsx", ".parquet"])
STARTS = st.sampled_from(
    [b"", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"a,b\n", b"\xff\xfe", b"time_period,level\n"]
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), STARTS, ENDINGS)
def test_any_bytes_are_findings_or_one_line_and_never_a_traceback(
    data: bytes, start: bytes, ending: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"any{ending}"
        path.write_bytes(start + data)
        lines = said(path)
    assert all(line.isprintable() for line in lines)


LINES = (
    b"time_period,time_identifier,geographic_level,la_name,education_phase,sen_provision,headcount,suspension\n"
    b"202324,Autumn term,Local authority,Northmere,Total,EHC plan,2000,100\n"
    b"202324,Autumn term,National,England,Total,No SEN,90000,7000\n",
    b"year,level,la_name,school_type,headcount,perm_excl,perm_excl_rate\n"
    b"201617,Region,North East,Primary,50,x,x\n",
    b"measure,period,geographic_level,old_la_code,la_name,value,symbol\n"
    b"TotFixedEx,2022/23,National,970,England,5.5,\nPriPermEx,2022/23,Local authority,801,Northmere,,-\n",
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LINES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=4)), min_size=1, max_size=6),
)
def test_a_damaged_file_is_findings_or_one_line_and_never_a_traceback(
    data: bytes, wounds: list[tuple[float, int, bytes]]
) -> None:
    for where, cut, put in wounds:
        at = int(where * len(data))
        data = data[:at] + put + data[at + cut :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.csv"
        path.write_bytes(data)
        lines = said(path)
    assert all(line.isprintable() for line in lines)


def said(path: Path) -> list[str]:
    """What is found in a file, or why it cannot be opened; anything else fails the test."""
    try:
        return read_published(path, AUTHORITIES).findings.lines()
    except DataError as problem:
        return [str(problem)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), min_size=3, max_size=3), min_size=1, max_size=8))
def test_any_cells_written_by_a_csv_writer_come_back(rows: list[list[str]]) -> None:
    clean = [[cell.replace("\x00", "").replace("\r", " ") for cell in row] for row in rows]
    clean = [["k", *row] for row in clean]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.csv"
        pd.DataFrame(clean, columns=["a", "b", "c", "d"]).to_csv(path, index=False)
        try:
            sheet = read_sheet(path)
        except DataError:
            return  # mostly control characters: said to be no text
    assert sheet.frame.to_numpy().tolist() == clean
