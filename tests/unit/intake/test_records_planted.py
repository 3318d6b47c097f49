"""A made authority: without planted faults nothing is told, with them every one is told at its row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from onroll.framework.contract_files import load_contracts
from onroll.intake.checking import Desk, check_folder
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.tidy import tidy_schema
from onroll.synthetic import Made, make_authority


def made(out: Path, root: Path, **choices: Any) -> Any:
    return make_authority(
        out, load_contracts(root), root / "data" / "published", authority=Made("821", "Luton"), first="202223",
        pupils=1_500, **choices,
    )  # fmt: skip


@pytest.mark.slow
def test_every_planted_fault_is_told_and_no_other_row_is_an_error(tmp_path: Path, root: Path) -> None:
    truth = made(tmp_path / "made", root, seed=5, defects=True)
    planted = {(one.file, one.row, one.check) for one in truth.defects}
    desk = Desk(load_contracts(root), Key(bytes(32)), "821")
    with check_folder(tmp_path / "made", root / "data" / "published", desk) as checked:
        checked.write_list(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as listed:
        rows = [row for row in csv.DictReader(listed) if row["row"]]
    told = {(row["file"], int(row["row"]), row["check"]) for row in rows}
    assert planted <= told
    assert {(file, row) for file, row, _ in told} <= {(one.file, one.row) for one in truth.defects}


@pytest.mark.slow
def test_the_tidy_tables_have_the_columns_that_counting_reads(tmp_path: Path, root: Path) -> None:
    import pyarrow.parquet as pq

    made(tmp_path / "made", root, seed=6, form="parquet")
    contracts = load_contracts(root)
    with check_folder(
        tmp_path / "made", root / "data" / "published", Desk(contracts, Key(bytes(32)), "821")
    ) as checked:
        assert checked.findings.lines() == []
        assert checked.records is not None
        assert set(checked.records.tables) == set(contracts.tables)
        for name, path in checked.records.tables.items():
            assert pq.read_schema(path).equals(tidy_schema(contracts.tables[name])), name
            assert pq.read_metadata(path).num_rows == checked.records.rows[name]
