"""A roll received and checked, beside the same cell checks written in pandas; and how the cost grows with the rows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest

from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import Contracts, squeezed
from onroll.intake.checking import Desk, check_folder
from onroll.intake.records.pseudonyms import Key

ROOT = Path(__file__).resolve().parents[1]
LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
ROWS, MORE = 250_000, 4
BAD = 0.01
pytestmark = pytest.mark.slow


def write_roll(folder: Path, rows: int) -> Path:
    """An invented roll in which one row in a hundred has a faulty cell."""
    rng = np.random.default_rng(1)
    numbers = np.arange(rows) + 1000
    digits = np.array([(numbers // 10 ** (11 - at)) % 10 for at in range(12)])
    letters = LETTERS[(digits * np.arange(2, 14)[:, None]).sum(axis=0) % 23]

    def drawn(*codes: str) -> Any:
        return np.array(codes)[rng.integers(0, len(codes), rows)]

    cells = {
        "time_period": np.full(rows, "202324"), "term": np.full(rows, "Spring"),
        "upn": np.char.add(letters, np.char.zfill(numbers.astype(str), 12)),
        "urn": (990001 + rng.integers(0, 75, rows)).astype(str), "enrolment_status": drawn("C", "M", "S"),
        "year_group": drawn(*map(str, range(1, 12))), "sex": drawn("F", "M"),
        "ethnicity": drawn("WBRI", "APKN", "ABAN", "BCRB", "MWBC"), "sen_provision": drawn("N", "K", "E"),
        "fsm_eligible": drawn("Y", "N"), "in_care": drawn("Y", "N"),
        "entry_date": np.datetime_as_string(np.datetime64("2018-01-01") + rng.integers(0, 2000, rows)),
        "sessions_possible": rng.integers(100, 130, rows).astype(str),
    }  # fmt: skip
    for column in cells:
        wrong = rng.random(rows) < BAD / len(cells)
        cells[column] = np.where(wrong, "?", cells[column])
    table = pa.table({column: pa.array(values.astype(str)) for column, values in cells.items()})
    folder.mkdir()
    arrow_csv.write_csv(table, folder / "roll.csv")
    return folder


def received(folder: Path, contracts: Contracts) -> int:
    """Faulty cells found by the check, which also looks at keys and rules and writes the tidy table."""
    desk = Desk(contracts, Key(bytes(32)), "801")
    with check_folder(folder, ROOT / "data" / "published", desk) as checked:
        return checked.findings.count("error")


def in_pandas(folder: Path, contracts: Contracts) -> int:
    """Faulty cells found by the cell checks alone, the table whole in memory."""
    contract = contracts.tables["roll"]
    frame = pd.read_csv(folder / "roll.csv", dtype=str, keep_default_na=False)
    return sum(int((~fits(frame[name], contract.column(name), contracts)).sum()) for name in frame)


def fits(cells: pd.Series[str], column: Any, contracts: Contracts) -> Any:
    """Which cells keep to their column, by what pandas offers."""
    if column.codes:
        codes = contracts.set_of(column).codes
        known = {squeezed(word) for one in codes for word in (one.code, *one.also)}
        return cells.str.lower().str.replace(r"[^a-z0-9+]", "", regex=True).isin(known)
    forms: dict[str, Callable[[], Any]] = {
        "upn": lambda: cells.map(is_pupil_number),
        "urn": lambda: cells.str.fullmatch("[0-9]{6}"),
        "period": lambda: cells.str.fullmatch("20[0-9]{4}"),
        "flag": lambda: cells.str.lower().isin(["y", "n", "yes", "no", "true", "false", "1", "0"]),
        "date": lambda: pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").between(
            "1990-01-01", "2030-01-01"
        ),
        "whole": lambda: pd.to_numeric(cells, errors="coerce").between(column.min, column.max),
    }
    return forms[column.type]()


def is_pupil_number(text: str) -> bool:
    """The check letter, number by number."""
    if not re.fullmatch(r"[A-Z][0-9]{12}", text):
        return False
    total = sum(weight * int(digit) for weight, digit in enumerate(text[1:], start=2))
    return bool(LETTERS[total % 23] == text[0])


def taken(work: Callable[[Path, Contracts], int], folder: Path, contracts: Contracts) -> tuple[float, int]:
    start = time.perf_counter()
    found = work(folder, contracts)
    return time.perf_counter() - start, found


def test_a_roll_received_beside_the_same_cell_checks_in_pandas(benchmark: Any, tmp_path: Path) -> None:
    contracts = load_contracts(ROOT)
    folder = write_roll(tmp_path / "roll", ROWS if not benchmark.disabled else 2_000)
    found = benchmark.pedantic(received, args=(folder, contracts), rounds=1)
    plain, by_pandas = taken(in_pandas, folder, contracts)
    assert found == by_pandas > 0, "both find the same faulty cells"
    if benchmark.disabled:
        return
    ratio = benchmark.stats.stats.min / plain
    benchmark.extra_info["times the cell checks of pandas"] = round(ratio, 2)
    print(
        f"\nreceiving {ROWS:,} rows takes {ratio:.1f} times the cell checks in pandas, which make no tidy table"
    )
    assert ratio < 3


def test_the_cost_grows_no_faster_than_the_rows(benchmark: Any, tmp_path: Path) -> None:
    contracts = load_contracts(ROOT)
    few, many = (ROWS, ROWS * MORE) if not benchmark.disabled else (500, 2_000)
    small, large = write_roll(tmp_path / "few", few), write_roll(tmp_path / "many", many)
    short, _ = taken(received, small, contracts)
    benchmark.pedantic(received, args=(large, contracts), rounds=1)
    if benchmark.disabled:
        return
    growth = benchmark.stats.stats.min / short
    benchmark.extra_info[f"times the cost of a {MORE}th of the rows"] = round(growth, 2)
    print(f"\n{MORE} times the rows take {growth:.1f} times as long")
    assert growth < MORE * 1.25
