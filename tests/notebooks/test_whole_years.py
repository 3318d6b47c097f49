"""Every kind of year that there are figures of is evaluated whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import onroll as on
from onroll.provenance import is_whole

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("certified")]


def manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("year", ["2006/07", "2018/19", "2019/20", "2021/22"])
def test_every_kind_of_year_can_be_evaluated_whole(root: Path, tmp_path: Path, year: str) -> None:
    on.evaluate(year, root=root, out=tmp_path / "run")
    said = manifest(tmp_path / "run")
    assert {one["status"] for one in said["notebooks"].values()} == {"done"}
    assert is_whole(tmp_path / "run", said)
