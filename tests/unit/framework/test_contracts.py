"""The contracts of own records: read whole, and broken ones told with file, line and way out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onroll.errors import DeclarationError
from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import RECORD_TABLES, RULES, Contracts

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts(ROOT)


def test_every_table_has_a_contract_and_every_rule_a_table(contracts: Contracts) -> None:
    assert tuple(contracts.tables) == RECORD_TABLES
    used = [rule for contract in contracts.tables.values() for rule in contract.rules]
    assert sorted(used) == sorted(RULES)


def test_keys_are_of_needed_columns_or_told_apart_by_them(contracts: Contracts) -> None:
    for contract in contracts.tables.values():
        needed = [name for name in contract.key if contract.column(name).needed]
        assert needed, contract.id


def test_reasons_are_the_twelve_single_ones_before_2020_21_and_the_newer_list_after(
    contracts: Contracts,
) -> None:
    reasons = contracts.codes["exclusion_reason"].codes
    before = {one.code for one in reasons if not one.from_}
    after = {one.code for one in reasons if not one.to}
    assert before == {"PP", "PA", "VP", "VA", "BU", "RA", "SM", "DA", "DM", "TH", "DB", "OT"}
    assert "OT" not in after
    assert {"OW", "LG", "DS", "MT", "PH"} <= after
    assert all(one.from_ == "202021" for one in reasons if one.from_)


def test_the_old_code_of_a_suspension_is_read_as_the_new_one(contracts: Contracts) -> None:
    old = next(one for one in contracts.codes["exclusion_category"].codes if one.code == "FIXD")
    assert (old.renamed_to, old.to) == ("SUSP", "202021")


def test_twenty_ethnic_groups_in_the_five_major_ones(contracts: Contracts) -> None:
    groups = contracts.codes["ethnicity"].codes
    assert len(groups) == 20
    assert {one.group for one in groups} == {"White", "Mixed", "Asian", "Black", "Other", "Unclassified"}


def _broken(tmp_path: Path, file: str, old: str, new: str) -> str:
    folder = tmp_path / "data" / "contracts"
    shutil.copytree(ROOT / "data" / "contracts", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeclarationError) as told:
        load_contracts(tmp_path)
    return str(told.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "exclusions.yaml",
            "codes: exclusion_category",
            "codes: exclusion_kind",
            "code sets are exclusion_category",
        ),
        ("exclusions.yaml", "key: [upn", "key: [pupil", "key 'key' names 'pupil'; columns are upn"),
        ("exclusions.yaml", "type: whole", "type: integer", "allowed are upn, person"),
        ("exclusions.yaml", "- date_in_term", "- date_in_time", "Did you mean 'date_in_term'?"),
        ("roll.yaml", "table: schools", "table: school", "allowed are schools"),
        ("schools.yaml", "id: schools", "id: roll", "write id: schools"),
        ("versions.yaml", "days: sessions", "days: session", "leads to 'session'"),
        ("code_sets.yaml", "renamed_to: SUSP", "renamed_to: SUS", "is renamed to 'SUS'"),
    ],
)
def test_a_broken_contract_is_told(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    told = _broken(tmp_path, file, old, new)
    assert told.startswith(f"data/contracts/{file}")
    assert words in told


def test_a_missing_contract_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "contracts"
    shutil.copytree(ROOT / "data" / "contracts", folder)
    (folder / "training.yaml").unlink()
    with pytest.raises(DeclarationError, match=r"training\.yaml"):
        load_contracts(tmp_path)
