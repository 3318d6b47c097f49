from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from onroll.intake.values import ANY, COUNT, PROPORTION, RATE, Parsed, parse_column
from onroll.vocabulary import SYMBOLS, SYMBOLS_TO_201617


def parse(*cells: str, kind: str = RATE, **more: object) -> Parsed:
    column = pd.Series(list(cells), index=range(2, len(cells) + 2), dtype="str")
    return parse_column(column, file="f.csv", column="susp_rate", kind=kind, **more)  # type: ignore[arg-type]


def test_numbers_are_read_exactly_as_written() -> None:
    parsed = parse("0", "4.2", " 6.8019999999999997E-2 ", "1e+05", ".5", "3.")
    assert parsed.values.tolist() == [0.0, 4.2, 0.06802, 100000.0, 0.5, 3.0]
    assert not parsed.findings
    assert set(parsed.symbols) == {""}


@pytest.mark.parametrize(("cell", "symbol"), [*SYMBOLS.items(), ("LOW", "low"), (" z ", "z")])
def test_every_symbol_is_kept_and_is_no_number(cell: str, symbol: str) -> None:
    parsed = parse(cell, "1")
    assert parsed.symbols.tolist() == [symbol, ""]
    assert np.isnan(parsed.values).tolist() == [True, False]
    assert not parsed.findings


def test_x_is_withheld_in_releases_to_201617_and_not_available_after() -> None:
    assert parse("x", symbols=SYMBOLS_TO_201617).symbols.tolist() == ["c"]
    assert parse("x").symbols.tolist() == ["x"]


def test_a_blank_is_x_with_a_warning() -> None:
    parsed = parse("", " ", "1")
    assert parsed.symbols.tolist() == ["x", "x", ""]
    assert [(item.check, item.row) for item in parsed.findings.warnings] == [("blank", 2), ("blank", 3)]
    assert not parsed.findings.errors


@pytest.mark.parametrize(
    "cell",
    [
        "<5",
        "1,234",
        "n/a",
        "abc",
        "12%",
        "1e999",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1 2",
        "0x10",
        "1_000",
        "٣",
        "+1",
    ],
)
def test_a_non_number_is_one_error_with_its_row_and_column(cell: str) -> None:
    parsed = parse("1", cell, "2")
    assert [(f.row, f.column, f.value, f.check) for f in parsed.findings] == [
        (3, "susp_rate", cell, "not_a_number")
    ]
    assert parsed.symbols.tolist() == ["", "x", ""]
    assert np.isnan(parsed.values[1])


@pytest.mark.parametrize(
    ("cell", "kind", "check"),
    [
        ("-3", COUNT, "below_zero"),
        ("-0.5", RATE, "below_zero"),
        ("2.5", COUNT, "not_whole"),
        ("100.1", PROPORTION, "above_100"),
    ],
)
def test_a_number_that_cannot_be_is_an_error(cell: str, kind: str, check: str) -> None:
    assert [item.check for item in parse(cell, kind=kind).findings] == [check]


@pytest.mark.parametrize(
    ("cell", "kind"), [("100.1", RATE), ("100", PROPORTION), ("7.0", COUNT), ("-3.5", ANY)]
)
def test_a_number_that_can_be_is_none(cell: str, kind: str) -> None:
    assert not parse(cell, kind=kind).findings


def test_a_count_may_be_an_estimate_where_said() -> None:
    parsed = parse("45.9412", "45.9412", kind=COUNT, lenient=np.array([True, False]))
    assert [(item.check, item.row) for item in parsed.findings] == [("not_whole", 3)]
    assert parsed.values[0] == 45.9412


def test_a_share_of_a_changing_group_keeps_its_value_with_a_warning() -> None:
    parsed = parse("450.0", kind=PROPORTION, lenient=np.array([True]))
    assert parsed.values.tolist() == [450.0]
    assert [item.check for item in parsed.findings.warnings] == ["group_above_100"]
    assert not parsed.findings.errors
