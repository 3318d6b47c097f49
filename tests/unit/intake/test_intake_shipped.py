from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from onroll.errors import DataError
from onroll.intake.cards import FIELDS, read_card, sha256_of, write_card
from onroll.intake.shipped import read_shipped

NEW = (
    "time_period,time_identifier,geographic_level,old_la_code,education_phase,headcount,suspension,susp_rate"
)
ROW = "202324,Academic year,Local authority,801,Total,2000,100,c"
SHARE = "time_period,time_identifier,geographic_level,old_la_code,sen_provision,pupil_percent"


def ship(root: Path, name: str, contract: str, text: str) -> Path:
    (root / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    made = dict.fromkeys(FIELDS, "") | {"columns": {}, "derived_from": {}, "caveats": []}
    made |= {"id": name, "contract": contract, "basis": "published", "file": f"{name}.csv", "rows": 1}
    made["sha256"] = sha256_of((root / f"{name}.csv").read_bytes())
    path = root / f"{name}.yaml"
    path.write_text(yaml.safe_dump(made))
    return path


@pytest.fixture
def root(published_root: Path) -> Path:
    ship(published_root, "authorities", "authorities", AUTHORITIES)
    ship(published_root, "figures", "exclusions", f"{NEW}\n{ROW}\n")
    share = (
        "202324,Academic year,Local authority,801,EHC plan,4.5\n202324,Academic year,National,,EHC plan,x\n"
    )
    ship(published_root, "share", "sen_share", f"{SHARE}\n{share}")
    return published_root


AUTHORITIES = """old_la_code,new_la_code,la_name,region_name,years_of_suspensions,\
years_of_permanent_exclusions
801,E06000901,Northmere,North East,18,17
"""


def test_shipped_tables_are_tidy_with_their_card_as_source(root: Path) -> None:
    shipped = read_shipped(root)
    assert sorted(shipped.tables) == ["authorities", "figures", "share"]
    figures = shipped.tables["figures"]
    told = figures.table.loc[0, ["area", "source", "suspension_count"]].tolist()
    assert told == ["Northmere", "figures", 100.0]
    assert figures.symbols.to_numpy().tolist() == [[0, "suspension_rate", "c"]]
    assert shipped.tables["authorities"].table["years_of_suspensions"].tolist() == [18.0]
    share = shipped.tables["share"]
    assert share.table["breakdown"].tolist() == ["Education, health and care plan"] * 2
    assert share.table["area_code"].tolist() == ["801", "E92000001"]
    assert share.symbols.to_numpy().tolist() == [[1, "pupil_percent", "x"]]


def test_a_table_that_is_not_the_one_of_its_card_is_refused_by_name(root: Path) -> None:
    text = (root / "figures.csv").read_text()
    (root / "figures.csv").write_text(text.replace("100", "101"))
    with pytest.raises(
        DataError, match=r"^figures\.csv: its content is not what its source card was written for"
    ):
        read_shipped(root)
    (root / "figures.csv").unlink()
    with pytest.raises(DataError, match=r"^figures\.csv: there is no such file"):
        read_shipped(root)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "unknown key 'colour'; a source card has id, title"),
        ({"rows": None}, "missing key 'rows'"),
        ({"contract": "roll"}, "unknown contract 'roll'; known are exclusions, sen_share"),
    ],
)
def test_a_broken_card_is_refused_with_the_key(root: Path, change: dict[str, object], words: str) -> None:
    path = root / "figures.yaml"
    card = yaml.safe_load(path.read_text()) | change
    path.write_text(yaml.safe_dump({key: value for key, value in card.items() if value is not None}))
    with pytest.raises(DataError, match=f"^figures.yaml: {words}"):
        read_shipped(root)


@pytest.mark.parametrize("text", ["a: [", "- a", ""])
def test_a_card_that_is_no_mapping_is_refused(root: Path, text: str) -> None:
    (root / "figures.yaml").write_text(text)
    with pytest.raises(DataError, match=r"^figures\.yaml: "):
        read_shipped(root)


def test_a_folder_without_cards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no source card in it"):
        read_shipped(tmp_path)


def test_the_authorities_are_needed(root: Path) -> None:
    shutil.move(root / "authorities.yaml", root.parent / "authorities.yaml")
    with pytest.raises(DataError, match=r"^authorities\.yaml: there is no such card"):
        read_shipped(root)


def test_a_card_is_written_as_it_is_read(root: Path) -> None:
    card = read_card(root / "figures.yaml")
    (root / "again.yaml").write_text(write_card(card))
    assert read_card(root / "again.yaml") == card
