from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import yaml

from onroll.errors import DataError
from onroll.intake.cards import sha256_of
from onroll.intake.rebuild import DECLARED, main, rebuild
from onroll.intake.shipped import read_shipped

# Invented figures in the form of the originals.
ORIGINALS = {
    "per_pupil": """Year,level,country_code,country_name,school_type,fixed_excl,headcount
201516,National,E92000001,England,Total,Total,130
201516,National,E92000001,England,Total,1,100
201516,National,E92000001,England,Total,2,30
201516,National,E92000001,England,Total,9,x
201516,National,E92000001,England,Special,1,5""",
    "characteristics": """year,level,country_code,country,school_type,characteristic_desc,characteristic_1,\
characteristic_2,headcount,perm_excl,perm_excl_rate,fixed_excl,fixed_excl_rate,one_plus_fixed,one_plus_fixed_rate
201617,NATIONAL,E92000001,England,Total,Total,Total,Total,1000,5,0.5,50,5.0,30,3.0
201617,NATIONAL,E92000001,England,Total,Gender,Gender_male,Total,500,5,1.0,40,8.0,x,x
201617,NATIONAL,E92000001,England,Special,Gender,Gender_male,Total,50,5,1.0,40,8.0,x,x
201617,NATIONAL,E92000001,England,Total,Age,Age_10,Total,100,0,0.0,5,5.0,5,5.0""",
    "panel": """time_period,time_identifier,geographic_level,region_name,old_la_code,new_la_code,la_name,\
education_phase,headcount,perm_excl,perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate,\
basis
200809,Academic year,Local authority,South West,822,E06000922,Splitham,Total,\
0,3,inf,40,inf,30,inf,published_counts
201415,Academic year,Local authority,London,986,E09000001,London,Total,250,0,0.0,0,0.0,0,0.0,published_counts
201415,Academic year,Local authority,North East,801,E06000901,Northmere,Total,\
2000,,,100,5.0,60,3.0,published_counts
202324,Academic year,Local authority,North East,801,E06000901,Northmere,Total,\
2000,4,0.2,100,5.0,60,3.0,derived""",
    "release": """"year","level","la_name","school_type","num_schools","headcount","perm_excl",\
"perm_excl_rate","fixed_excl","fixed_excl_rate","one_plus_fixed","one_or_more_fixed_excl_rate"
"201415","National","England","Total","9","20000","10","0.05","500","2.5","300","1.5"
"201617","National","England","Total","9","20000","10","0.05","500","2.5","300","1.5"
"201415","Region","North East","Primary","9","10000","x","x","0",".","0","0"
"201415","Region","NULL","Total","1","0","20",".","0",".","0","."
"201415","Local authority","Northmere","Total","2","2000","x","x","100","5","60","3\"""",
    "lait": """time_period,time_identifier,geographic_level,region_name,old_la_code,la_name,education_phase,\
perm_excl_rate,susp_rate,one_plus_susp_rate
201617,Academic year,National,,970,England,Total,0.05123,2.51234,1.5
202324,Academic year,Regional,London (Inner),987,London (Inner),Total,0.1,9.1,4.1
202324,Academic year,Local authority,North East,801,Northmere,Total,0.2,5.0,3.0""",
    "context": """measure,period,geographic_level,old_la_code,la_name,value,symbol
SEN_TotStat,2024,Local authority,801,Northmere,4.5,
SEN_TotSENSuP,2024,Local authority,801,Northmere,,-
SEN_TotStat,2023,Local authority,801,Northmere,,-
SEN_TotStat,2024,National,970,England,4.8,
SEN_TotStat,2024,Regional,980,North East,4.6,
PriFSM,2024,Local authority,801,Northmere,20,""",
    "termly": """time_period,time_identifier,geographic_level,region_code,region_name,new_la_code,la_name,\
education_phase,sen_provision,susp_rate,one_plus_susp_rate,perm_excl_rate
202324,Spring term,Local authority,E12000001,North East,E10000901,Northmere,Total,EHC plan,2.5,1.25,0.0
202324,Autumn term,Local authority,E12000001,North East,E06000901,Northmere,Total,EHC plan,2.125,1.0,0.0""",
    "ethnicity": """time_period,time_identifier,geographic_level,old_la_code,new_la_code,la_name,\
education_phase,ethnicity_major,headcount,suspension,susp_rate,perm_excl,perm_excl_rate
202324,Academic year,Local authority,801,E06000901,Northmere,Total,White,1000,50,5.0,1,0.1
202324,Academic year,National,,E92000001,England,Total,White,,,6.0,,""",
    "neighbours": """model_year,old_la_code,la_name,rank,neighbour_old_la_code,neighbour_la_name,closeness
2021,801,Northmere,10,822,Splitham,Close
2021,801,Northmere,2,201,City of London,Close""",
    "strategy": """time_period,time_identifier,area,sen_provision,suspension,susp_rate,perm_excl,\
perm_excl_rate
201617,Academic year,Northmere,No SEN,87,9.0,0,0.0
201617,Academic year,England,No SEN,,15.9,,0.16""",
}


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Invented originals, and beside them the declaration that knows their hashes."""
    folder = tmp_path / "originals"
    folder.mkdir()
    said = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    for name, about in said["originals"].items():
        text = (ORIGINALS[about["role"]] + "\n").encode()
        (folder / name).write_bytes(gzip.compress(text, mtime=0) if name.endswith(".gz") else text)
        about["sha256"] = sha256_of((folder / name).read_bytes())
    (tmp_path / "originals.yaml").write_text(yaml.safe_dump(said, sort_keys=False))
    return folder


@pytest.fixture
def made(originals: Path, tmp_path: Path) -> Path:
    rebuild(originals, tmp_path / "out", tmp_path / "originals.yaml")
    return tmp_path / "out"


def rows(made: Path, name: str) -> list[str]:
    return (made / f"{name}.csv").read_text().splitlines()[1:]


def test_what_is_rebuilt_can_be_read_as_shipped(made: Path) -> None:
    shipped = read_shipped(made)
    assert len(shipped.tables) == 10
    assert all(not received.findings.errors for received in shipped.tables.values())
    for name, card in shipped.cards.items():
        assert card.rows == len(shipped.tables[name].table)


def test_withheld_relabelled_and_split_rows_are_said_so(made: Path) -> None:
    assert rows(made, "exclusions_authority_annual") == [
        "200809,Academic year,Local authority,822,Total,0,3,z,40,z,30,z,published_counts_split_year",
        "201415,Academic year,Local authority,201,Total,250,0,0.0,0,0.0,0,0.0,published_counts",
        "201415,Academic year,Local authority,801,Total,2000,c,c,100,5.0,60,3.0,published_counts",
        "202324,Academic year,Local authority,801,Total,2000,4,0.2,100,5.0,60,3.0,derived",
    ]


def test_each_national_and_regional_key_is_once_with_the_later_rates(made: Path) -> None:
    place = "Academic year,National,E92000001,,,Total"
    assert rows(made, "exclusions_nation_region_annual") == [
        f"201415,{place},20000,10,0.05,500,2.5,300,1.5,published_rounded_counts",
        "201415,Academic year,Regional,E92000001,E12000001,North East,State-funded primary,10000,c,c,0,z,0,0,"
        "published_rounded_counts",
        f"201617,{place},20000,10,0.05123,500,2.51234,300,1.5,published_rates_and_rounded_counts",
        "202324,Academic year,Regional,E92000001,E13000001,Inner London,Total,x,x,0.1,x,9.1,x,4.1,"
        "published_rates",
    ]


def test_census_years_codes_and_names_are_made_one(made: Path) -> None:
    assert rows(made, "sen_share_authority") == [
        "202324,Academic year,Local authority,801,EHC plan,4.5",
        "202324,Academic year,Local authority,801,SEN support,x",
        "202324,Academic year,National,,EHC plan,4.8",
    ]
    assert [row.split(",")[3] for row in rows(made, "exclusions_sen_termly")] == ["801", "801"]
    assert rows(made, "statistical_neighbours") == ["2021,801,2,201,Close", "2021,801,10,822,Close"]
    assert rows(made, "strategy_baseline_sen")[0].startswith(
        "201617,Academic year,Local authority,801,Total,No SEN"
    )
    assert rows(made, "strategy_baseline_sen")[1].endswith("National,,Total,No SEN,x,0.16,x,15.9")
    assert rows(made, "authorities")[1].startswith(
        "801,E06000901,E10000901,Northmere,,North East,201415,,2,1,"
    )


def test_characteristics_keep_the_groups_that_are_named_in_all_phases_together(made: Path) -> None:
    place = "201617,Academic year,National,Total"
    assert rows(made, "exclusions_characteristics_national") == [
        f"{place},Total,Total,1000,5,50,30",
        f"{place},sex,Male,500,5,40,c",
    ]


def test_rebuilding_twice_gives_the_same_bytes(made: Path, originals: Path, tmp_path: Path) -> None:
    again = rebuild(originals, tmp_path / "again", tmp_path / "originals.yaml")
    assert len(again) == 20
    assert all(path.read_bytes() == (made / path.name).read_bytes() for path in again)


def test_an_original_that_is_another_stops_all_of_it(originals: Path, tmp_path: Path) -> None:
    path = next(originals.glob("*strategy*"))
    path.write_text(path.read_text() + "\n")
    with pytest.raises(DataError, match=f"^{path.name}: is not the original declared"):
        rebuild(originals, tmp_path / "out", tmp_path / "originals.yaml")
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_leaves_nothing_half_written(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = Path.write_bytes, list[str]()

    def fail_at_fifth(self: Path, data: bytes) -> int:
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        written.append(self.name)
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", fail_at_fifth)
    with pytest.raises(DataError, match="cannot write there"):
        rebuild(originals, tmp_path / "out", tmp_path / "originals.yaml")
    assert len(written) == 4
    assert not list((tmp_path / "out").iterdir())


def test_the_command_says_what_it_wrote_or_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--from", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "there is no such file" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "Example: python -m onroll.intake.rebuild --from" in capsys.readouterr().out
