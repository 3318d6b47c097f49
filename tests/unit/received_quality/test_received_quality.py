"""The quality of what was received: counted by kind, no cell of it told."""

from __future__ import annotations

from pathlib import Path

import pytest

from onroll.framework.contract_files import load_contracts
from onroll.presentation.quality import LEFT_OUT, NOT_RECEIVED, USED, reopened
from onroll.project import Project
from onroll.received_quality import quality_of
from onroll.reception import check

SCHOOLS = "urn,school_name,education_phase,la_code\n990001,Made-up Primary School,Primary,821\n"
TRAINING = (
    "urn,return_date,staff_group,topic,in_post,trained_24_months\n"
    "990001,01/06/2024,teachers,trauma,20,12\n990001,01/06/2024,governers,trauma,8,9\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
    (tmp_path / "training.csv").write_text(TRAINING, encoding="utf-8")
    return tmp_path


def test_tables_are_used_left_out_or_not_received(project: Project, folder: Path) -> None:
    with check(folder, project) as checked:
        quality = quality_of(checked, load_contracts(project.root))
    status = {one.table: one.status for one in quality.tables}
    assert (status["schools"], status["training"], status["roll"]) == (USED, LEFT_OUT, NOT_RECEIVED)
    training = next(one for one in quality.tables if one.table == "training")
    assert (training.rows, training.errors) == (2, 2)


def test_kinds_say_what_to_do_and_never_a_value(project: Project, folder: Path) -> None:
    with check(folder, project) as checked:
        quality = quality_of(checked, load_contracts(project.root))
    told = {(one.column, one.severity, one.times) for one in quality.kinds}
    assert ("staff_group", "error", 1) in told
    assert all("governers" not in one.says for one in quality.kinds)
    assert all(one.action for one in quality.kinds)
    assert reopened(quality.record()) == quality


def test_without_records_every_table_is_not_received(project: Project) -> None:
    quality = quality_of(None, load_contracts(project.root))
    assert quality.is_empty
    assert len(quality.tables) == 9
