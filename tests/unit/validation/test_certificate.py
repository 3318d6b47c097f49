"""The certificate: what agrees, to how many digits, and what is said when a case is not as it should be."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from onroll.cli import main
from onroll.errors import DataError, UsageError
from onroll.validation import certificate
from onroll.validation.certificate import Figure, recomputations

ROOT = Path(__file__).resolve().parents[3]


def one(expected: float, computed: float, tolerance: float = 1e-6, kind: str = "relative") -> Figure:
    return Figure("a number", expected, computed, tolerance, kind)


def test_what_agrees_and_to_how_many_digits() -> None:
    assert one(2.0, 2.0).agrees
    assert one(2.0, 2.0).digits == 15
    assert one(100.0, 100.01, 1e-3).agrees
    assert one(100.0, 100.01, 1e-3).digits == pytest.approx(4)
    assert not one(100.0, 100.01, 1e-5).agrees
    assert one(0.5429, 0.54285001, 4, "digits").agrees
    assert not one(0.5429, 0.5428, 4, "digits").agrees
    assert one(0.0, 0.004, 0.005, "absolute").agrees
    assert not one(1.0, math.nan).agrees
    assert one(1.0, math.nan).digits == 0
    assert one(math.inf, math.inf).agrees
    assert not one(1.0, math.inf).agrees


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "data" / "validation" / "P02_byar_wilson_exact",
        tmp_path / "data" / "validation" / "P02_byar_wilson_exact",
    )
    return tmp_path


def test_a_wrong_answer_is_seen(copied: Path) -> None:
    path = copied / "data" / "validation" / "P02_byar_wilson_exact" / "expected.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    name, _, tolerance = lines[1].rsplit(",", 2)
    path.write_text("\n".join([lines[0], f"{name},0.123,{tolerance}", *lines[2:]]), encoding="utf-8")
    found = certificate(copied)
    assert (found.figures - found.agreeing, len(found.cases)) == (1, 1)
    assert found.summary.endswith("come out the same; not all of P02_byar_wilson_exact")
    assert any("expected 0.123" in line and "DOES NOT AGREE" in line for line in found.lines())


def test_the_certificate_as_a_table_has_a_row_a_case(copied: Path) -> None:
    found = certificate(copied)
    header, row = found.table()
    assert len(header) == len(row)
    assert dict(zip(header, row, strict=True))["figures"] == str(found.figures)
    assert found.summary == "183 of 183 figures in 1 reference cases come out the same"
    shutil.rmtree(copied / "data" / "validation" / "P02_byar_wilson_exact")
    assert certificate(copied).summary == ""


def test_figures_that_are_not_the_same_on_both_sides_are_an_error(copied: Path) -> None:
    path = copied / "data" / "validation" / "P02_byar_wilson_exact" / "expected.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\nmade up,1,\n", encoding="utf-8")
    with pytest.raises(DataError, match="'made up' is either expected and not computed"):
        certificate(copied)


def test_a_case_without_its_card_or_its_code_is_an_error(copied: Path) -> None:
    folder = copied / "data" / "validation"
    (folder / "P99_nothing").mkdir()
    with pytest.raises(DataError, match="P99_nothing: nothing in onroll"):
        certificate(copied)
    (folder / "P99_nothing").rmdir()
    (folder / "P02_byar_wilson_exact" / "case.yaml").unlink()
    with pytest.raises(DataError, match=r"case\.yaml: .*restore it from git"):
        certificate(copied)


def test_a_case_that_is_not_there_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="there is no case 'P77'; cases are P01"):
        certificate(ROOT, ["P77"])


def test_every_case_that_ships_is_recomputed_and_the_other_way_round() -> None:
    there = {path.name for path in (ROOT / "data" / "validation").iterdir() if path.is_dir()}
    assert set(recomputations()) == there


def test_the_command_prints_the_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "P02", "--figures"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("P02_byar_wilson_exact: 183 of 183 figures agree")
    assert len(lines) == 185
    assert main(["validate", "P77"]) == 2
