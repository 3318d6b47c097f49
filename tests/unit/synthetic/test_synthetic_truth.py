"""truth.json tells the truth, the same seed writes the same bytes, and a folder is written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from onroll.errors import DataError, UsageError
from onroll.framework.contracts import Contracts
from onroll.synthetic import Made, Truth, make_authority

Read = Callable[[Path, str], pd.DataFrame]
Make = Callable[..., Truth]
Small = tuple[Path, Truth]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_totals_are_those_of_a_recount(small: Small, read: Read) -> None:
    out, truth = small
    roll, events, schools = read(out, "roll"), read(out, "exclusions"), read(out, "schools")
    phase = schools.set_index("urn")["education_phase"]
    start = events["start_date"].str[:4].astype(int) - (events["start_date"].str[5:7] < "08")
    counted = events["urn"].map(phase) != "Alternative provision"
    january = roll[(roll["term"] == "Spring") & roll["enrolment_status"].isin(["C", "M"])]
    for period, totals in truth.years.items():
        there = january[january["time_period"] == period]["urn"].map(phase).value_counts()
        assert totals.pupils == {name: int(there.get(name, 0)) for name in totals.pupils}
        mine = events[counted & (start == int(period[:4]))]
        suspensions = mine[mine["category"] == "SUSP"]
        assert totals.realised == {
            "suspensions": len(suspensions),
            "suspended_pupils": suspensions["upn"].nunique(),
            "permanent_exclusions": int((mine["category"] == "PERM").sum()),
        }
        assert sum(totals.suspensions_by_phase.values()) >= len(suspensions)


def test_the_file_says_what_the_call_gave_and_holds_no_pupil(small: Small, read: Read) -> None:
    out, truth = small
    text = (out / "truth.json").read_text(encoding="utf-8")
    assert text == truth.to_json()
    said = json.loads(text)
    assert said["synthetic"] is True
    assert said["seed"] == 11
    assert said["files"] == {path.name: len(path.read_text().splitlines()) - 1 for path in out.glob("*.csv")}
    assert not [upn for upn in read(out, "roll")["upn"].unique() if upn in text or upn[1:] in text]
    assert "no real child" in (out / "README.txt").read_text(encoding="utf-8")


def test_schools_are_marked_as_made_up(small: Small, read: Read) -> None:
    out, truth = small
    schools = read(out, "schools")
    assert schools["urn"].astype(int).between(990000, 999998).all()
    assert schools["school_name"].str.contains("Made-up").all()
    assert set(schools["la_code"]) == {"821"}
    signed = schools[schools["charter_signed"] != ""].set_index("urn")["charter_signed"]
    assert signed.to_dict() == truth.schools["signed"]
    assert len(signed) == round(0.6 * len(schools))


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(
    small: Small, make: Make, tmp_path: Path
) -> None:
    make(tmp_path / "again")
    assert held(tmp_path / "again") == held(small[0])
    make(tmp_path / "other", seed=12)
    other = held(tmp_path / "other")
    assert other["roll_202122.csv"] != held(small[0])["roll_202122.csv"]


def test_no_defect_is_planted_unasked(small: Small) -> None:
    assert small[1].defects == ()


def test_parquet_holds_what_csv_holds(small: Small, make: Make, read: Read, tmp_path: Path) -> None:
    make(tmp_path / "made", form="parquet")
    for table in ("exclusions", "schools"):
        rows = pd.read_parquet(tmp_path / "made" / f"{table}.parquet")
        text = rows.astype(object).where(rows.notna(), "").map(lambda value: str(value).removesuffix(".0"))
        assert text.to_numpy().tolist() == read(small[0], table).to_numpy().tolist()


def test_with_spring_alone_pupils_stay_at_their_school_all_year(make: Make, tmp_path: Path) -> None:
    truth = make(
        tmp_path / "made", form="parquet", censuses=("Spring",), authority=Made("", "Made-up England")
    )
    roll = pd.concat([pd.read_parquet(file) for file in sorted((tmp_path / "made").glob("roll_*.parquet"))])
    assert set(roll["term"]) == {"Spring"}
    assert not roll.duplicated(["time_period", "upn"]).any()
    events = pd.read_parquet(tmp_path / "made" / "exclusions.parquet")
    start = pd.to_datetime(events["start_date"])
    year = start.dt.year - (start.dt.month < 8)
    events["time_period"] = year.astype(str) + ((year + 1) % 100).astype(str).str.zfill(2)
    both = events.merge(roll, on=["time_period", "upn", "urn"])
    assert len(both) == len(events)
    assert not (both["left_date"] < both["start_date"]).any()
    assert truth.censuses == ("Spring",)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"pupils": 10}, "pupils 10 cannot be made; give 500 to"),
        ({"pupils": 2_000_000}, "pupils 2000000 cannot be made"),
        ({"first": "202324", "last": "202122"}, "run backwards"),
        ({"censuses": ("Autumn",)}, "give Spring"),
        ({"form": "xml"}, "forms are csv, parquet"),
        ({"form": "parquet", "defects": True}, "form csv"),
        ({"seed": -1}, "seed -1 is negative"),
        ({"authority": Made("Luton", "x")}, "no code of three digits"),
        ({"authority": Made("999", "x")}, "'999' has no published suspensions"),
        ({"effects": {"boys": 99.0}}, "give a value from 0.1 to 20"),
    ],
)
def test_wrong_use_is_one_clear_line_and_writes_nothing(
    make: Make, tmp_path: Path, asked: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        make(tmp_path / "made", **asked)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_left_alone(make: Make, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds 'letters\.txt', which no made authority wrote"):
        make(tmp_path)
    assert held(tmp_path) == {"letters.txt": b"mine"}


def test_a_made_folder_is_replaced_and_its_page_stays(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "made"
    out.mkdir()
    (out / "README.md").write_text("page")
    make(out, pupils=600, items=[])
    make(out, pupils=600, items=[], first="202122")
    assert (out / "README.md").read_text() == "page"
    assert [path.name for path in sorted(out.glob("roll_*"))] == ["roll_202122.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_what_breaks_on_the_way_leaves_nothing(contracts: Contracts, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    with pytest.raises(DataError, match=r"is not there; give the folder that holds it"):
        make_authority(
            tmp_path / "made",
            contracts,
            tmp_path / "published",
            authority=Made("821", "x"),
            pupils=600,
            items=[],
        )
    assert not (tmp_path / "made").exists()


def test_off_rolled_pupils_leave_without_a_recorded_move(make: Make, read: Read, tmp_path: Path) -> None:
    truth = make(tmp_path / "made", effects={"off_rolling": 1.0}, items=[])
    planted = sum(totals.off_rolled for totals in truth.years.values())
    roll = read(tmp_path / "made", "roll")
    events = read(tmp_path / "made", "exclusions")
    often = events[events["category"] == "SUSP"].groupby("upn").size()
    gone = roll[
        (roll["left_date"] != "")
        & roll["left_to"].isin(["", "unknown"])
        & roll["year_group"].isin(["9", "10", "11"])
    ]
    gone = gone[gone["upn"].map(often).fillna(0) >= 2]
    assert planted > 10
    assert gone["upn"].nunique() >= planted
