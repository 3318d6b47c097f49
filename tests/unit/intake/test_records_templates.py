"""Data dictionary and blank templates: everything that is declared is in them, and what they hold is read back."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from onroll.errors import UsageError
from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import RECORD_TABLES, Contracts
from onroll.intake.records import templates
from onroll.intake.records.dictionary import dictionary
from onroll.intake.records.templates import LAST_ROW, OWN_SHEETS, write_templates

ROOT = Path(__file__).resolve().parents[3]
FILLED: dict[str, list[object]] = {
    "schools": [990001, 8019901, "Acorn School", "Special", "801", dt.date(2001, 9, 1), None, dt.date(2022, 3, 1), "Y", "N"],
    "roll": ["2023/24", "Spring", "A000000000000", 990001, "C", "7", "F", "WBRI", "K", "SEMH", "N", "N", "N",
             dt.date(2020, 9, 1), None, None, 120, 4, 2, 0, 0],
    "exclusions": ["A000000000000", 990001, "SUSP", dt.date(2023, 11, 6), 3, "PP", "BU", None, "K", "N", "Y", "Y", "GB",
                   dt.date(2023, 11, 20), "upheld"],
    "placements": ["P1", "spell", "managed_move", "A000000000000", 990001, 990001, "Provider", "Y", dt.date(2023, 10, 2),
                   dt.date(2023, 11, 6), None, None, "parent", dt.date(2023, 11, 6), 4.5, 6, "Y", 7, None, None, None, None,
                   None],
    "training": [990001, dt.date(2024, 3, 1), "teachers", "trauma", 20, 12, 6],
    "principles_use": ["C1", 990001, "suspension", dt.date(2023, 11, 6), "before", "Y", None],
    "policies": [990001, "behaviour.pdf", dt.date(2023, 1, 9), dt.date(2024, 1, 10), "first", "RP1", 2],
    "survey_answers": ["school_survey", "2023/24", "R1", 990001, "P4.7-W1", "agree", dt.date(2024, 5, 1)],
    "delivery_log": ["E1", "board_meeting", "2023/24", "Autumn", None, dt.date(2023, 11, 1), dt.date(2023, 11, 2), "done",
                     None, 12],
}  # fmt: skip


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts(ROOT)


@pytest.fixture(scope="module")
def blank(contracts: Contracts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    written = write_templates(contracts, folder)
    assert [path.name for path in written] == [f"{name}.xlsx" for name in RECORD_TABLES]
    assert sorted(folder.iterdir()) == sorted(written)
    return folder


def test_the_dictionary_has_every_column_rule_link_and_code(contracts: Contracts) -> None:
    known = dictionary(contracts)
    assert tuple(known.tables) == RECORD_TABLES
    for name, contract in contracts.tables.items():
        entry = known.tables[name]
        assert tuple(one.name for one in entry.columns) == contract.names
        assert tuple(one.id for one in entry.rules) == contract.rules
        assert len(entry.links) == len(contract.links)
        assert all(one.about and one.holds for one in entry.columns)
        assert all("{" not in rule.says for rule in entry.rules)
    for name, codes in contracts.codes.items():
        assert [one.code for one in known.code_sets[name].codes] == [one.code for one in codes.codes]
    reasons = {one.code: one for one in known.code_sets["exclusion_reason"].codes}
    assert (reasons["OT"].last, reasons["OW"].first) == ("2019/20", "2020/21")


def test_the_page_of_the_dictionary_is_in_step_with_the_contracts() -> None:
    spec = importlib.util.spec_from_file_location("generate_dictionary", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    file, make = generate.MADE["data_dictionary"]
    assert (ROOT / file).read_text(encoding="utf-8") == make(), "run 'make docs'"


def test_a_template_says_what_it_is_for_and_what_may_stand_in_each_column(
    blank: Path, contracts: Contracts
) -> None:
    for name, contract in contracts.tables.items():
        book = openpyxl.load_workbook(blank / f"{name}.xlsx")
        assert book.sheetnames == [OWN_SHEETS[0], name, OWN_SHEETS[1]]
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == list(contract.names)
        said = "\n".join(str(cell) for row in book[OWN_SHEETS[0]].iter_rows(values_only=True) for cell in row)
        assert contract.one_row in said
        assert f"version {contracts.versions.current}" in said
        assert "Open Government Licence v3.0" in said
        for column, cell in zip(contract.columns, sheet[1], strict=True):
            assert cell.comment.text.startswith("Needed" if column.needed else "If known")
        assert (sheet.freeze_panes, sheet.max_row) == ("A2", 1)


def test_the_drop_downs_offer_the_codes_and_nothing_else(blank: Path, contracts: Contracts) -> None:
    book = openpyxl.load_workbook(blank / "exclusions.xlsx")
    sheet = book["exclusions"]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        assert str(rule.sqref).endswith(str(LAST_ROW))
        letter = str(rule.sqref)[0]
        if rule.type == "list" and rule.formula1.startswith("Codes!"):
            cells = book["Codes"][rule.formula1.removeprefix("Codes!").replace("$", "")]
            offered[sheet[f"{letter}1"].value] = [row[0].value for row in cells]
    wanted = [one for one in contracts.tables["exclusions"].columns if one.codes]
    assert offered == {one.name: [code.code for code in contracts.set_of(one).codes] for one in wanted}


@pytest.mark.slow
def test_filled_in_templates_are_read_back_without_a_finding(office: Any, blank: Path) -> None:
    for name, cells in FILLED.items():
        book = openpyxl.load_workbook(blank / f"{name}.xlsx")
        book[name].append(cells)
        book.save(office.folder / f"{name}.xlsx")
    checked = office.check()
    assert checked.findings.lines() == []
    assert checked.records is not None
    assert tuple(checked.records.tables) == RECORD_TABLES
    assert set(checked.records.rows.values()) == {1}
    assert checked.records.is_synthetic


def test_a_blank_template_is_one_warning(office: Any, blank: Path) -> None:
    (office.folder / "training.xlsx").write_bytes((blank / "training.xlsx").read_bytes())
    assert [(one.check, one.severity) for one in office.check().findings] == [("header_only", "warning")]


def test_templates_are_written_all_or_none_and_never_over_a_filled_in_one(
    contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roll.xlsx").write_bytes(b"filled in")
    with pytest.raises(UsageError, match=r"roll\.xlsx is there already"):
        write_templates(contracts, tmp_path)
    with pytest.raises(UsageError, match="a file where a folder is expected"):
        write_templates(contracts, tmp_path / "roll.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["roll.xlsx"]

    def fail(_contracts: Contracts, contract: Any, _words: Any) -> Any:
        if contract.id == "training":
            raise OSError(28, "No space left on device")
        return openpyxl.Workbook()

    monkeypatch.setattr(templates, "template", fail)
    with pytest.raises(OSError, match="No space"):
        write_templates(contracts, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
