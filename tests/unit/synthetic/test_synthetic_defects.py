"""Planted faults: one of each kind, in the cell that truth.json names, and found there by the checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from onroll.framework.contracts import RULES
from onroll.intake.checks import CHECKS
from onroll.project import Project
from onroll.reception import check
from onroll.synthetic import PlantedDefect, Truth
from onroll.synthetic.defects import CELL_CHECKS

Read = Callable[[Path, str], pd.DataFrame]
Make = Callable[..., Truth]


@pytest.fixture(scope="module")
def faulty(make: Make, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    out = tmp_path_factory.mktemp("made") / "faulty"
    return out, make(out, defects=True, items=[])


def cell(out: Path, one: PlantedDefect) -> str:
    rows = (out / one.file).read_text(encoding="utf-8").splitlines()
    return rows[one.row - 1].split(",")[rows[0].split(",").index(one.column)]


def test_there_is_one_of_each_kind(faulty: tuple[Path, Truth]) -> None:
    truth = faulty[1]
    assert {one.check for one in truth.defects} == {*RULES, *CELL_CHECKS}
    assert truth.not_planted == {}
    assert {*RULES, *CELL_CHECKS} <= set(CHECKS)


@pytest.mark.parametrize(
    ("name", "value"),
    [("not_a_date", "31/02/2023"), ("date_out_of_range", "2203-01-15"), ("out_of_bounds", "-3"), ("not_a_flag", "maybe"),
     ("not_a_number", "twelve"), ("needed_blank", ""), ("unknown_school", "999999")],
)  # fmt: skip
def test_a_fault_stands_where_it_is_said_to(faulty: tuple[Path, Truth], name: str, value: str) -> None:
    out, truth = faulty
    assert [cell(out, one) for one in truth.defects if one.check == name] == [value]


def test_rows_are_counted_with_the_faults(faulty: tuple[Path, Truth]) -> None:
    out, truth = faulty
    assert truth.files == {path.name: len(path.read_text().splitlines()) - 1 for path in out.glob("*.csv")}


def test_a_fault_without_a_place_is_said(make: Make, tmp_path: Path) -> None:
    truth = make(tmp_path / "made", defects=True, items=[], first="202122", pupils=600)
    assert "one_reason_before_2020_21" in truth.not_planted
    assert "one_reason_before_2020_21" not in {one.check for one in truth.defects}


@pytest.mark.slow
def test_the_checks_find_every_planted_fault_and_nothing_in_sound_files(
    faulty: tuple[Path, Truth], small: tuple[Path, Truth], project: Project, tmp_path: Path
) -> None:
    with check(small[0], project) as sound:
        assert [one.line() for one in sound.findings if one.severity != "note"] == []
    out, truth = faulty
    with check(out, project) as checked:
        checked.write_list(tmp_path / "found.csv")
    rows = pd.read_csv(tmp_path / "found.csv", dtype=str, keep_default_na=False)
    found = {*zip(rows["check"], rows["file"], rows["row"], strict=True)}
    assert [one for one in truth.defects if (one.check, one.file, str(one.row)) not in found] == []
