"""The main counts beside a recount in pandas that goes pupil by pupil, and the properties they must have."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onroll.counts.cells import CELL_SCHEMA, SPELL_SCHEMA, Cells
from onroll.counts.choices import Choices
from onroll.counts.engine import open_engine
from onroll.counts.records import record_cells

COUNTED = ("State-funded primary", "State-funded secondary", "Special")
SEN = {"E": "Education, health and care plan", "K": "SEN support", "N": "No SEN", None: "Unclassified"}
TERM_NUMBERS = {"Autumn": 0, "Spring": 1, "Summer": 2}
CHOICES = Choices(dt.date(2021, 7, 31))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def counted(small: Path, drawn: Any) -> Cells:
    with open_engine(small, drawn_contracts(drawn), threads=2) as engine:
        return record_cells(engine, CHOICES)


def drawn_contracts(drawn: Any) -> Any:
    return drawn.load_contracts(drawn.ROOT)


@pytest.fixture(scope="module")
def tables(small: Path) -> dict[str, pd.DataFrame]:
    frames = {
        name: pq.read_table(small / f"{name}.parquet").to_pandas()
        for name in ("schools", "roll", "exclusions")
    }
    places = frames["schools"].set_index("urn")[["education_phase", "la_code"]]
    return {
        name: frame if name == "schools" else frame.join(places, on="urn") for name, frame in frames.items()
    }


def best_row(roll: pd.DataFrame, event: Any) -> Any:
    """The pupil's row that fits an event best, found by looking at each; None when there is none."""
    own = roll[(roll["pupil"] == event.pupil) & (roll["time_period"] == event.time_period)]
    if own.empty:
        return None
    away = (own["urn"] != event.urn).astype(int)
    apart = (own["term"].map(TERM_NUMBERS) - TERM_NUMBERS[event.term]).abs()
    second = (~own["enrolment_status"].isin(["C", "M"])).astype(int)
    best = pd.DataFrame({"a": away, "b": apart, "c": second}).sort_values(["a", "b", "c"]).index[0]
    return own.loc[best]


@pytest.fixture(scope="module")
def recount(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each suspension with the pupil's SEN provision and year group."""
    own = tables["exclusions"][tables["exclusions"]["category"] == "SUSP"].copy()
    rolls = dict(tuple(tables["roll"].groupby("pupil")))
    rows = [best_row(rolls.get(event.pupil, tables["roll"].head(0)), event) for event in own.itertuples()]
    given = own["sen_provision"].fillna("")
    sen = [
        word or (None if row is None else row["sen_provision"]) for word, row in zip(given, rows, strict=True)
    ]
    own["sen"] = [SEN[word] for word in sen]
    own["group"] = ["Unclassified" if row is None else row["year_group"] for row in rows]
    return own


def cell(counted: Cells, indicator: str, **said: str) -> pd.DataFrame:
    wanted = {"time_identifier": "Academic year", "geographic_level": "Local authority", "education_phase": "Total",
              "breakdown_topic": "Total"} | said  # fmt: skip
    frame = counted.cells.to_pandas()
    frame = frame[frame["indicator"] == indicator]
    for key, word in wanted.items():
        frame = frame[frame[key] == word]
    return frame.astype({"time_period": str, "area_code": str, "breakdown": str})


def as_counts(frame: pd.DataFrame, keys: list[str], column: str = "numerator") -> dict[Any, int]:
    return {
        tuple(row[key] for key in keys): int(row[column]) for _, row in frame.iterrows() if row[column] > 0
    }


def test_suspensions_by_term_and_sen(counted: Cells, recount: pd.DataFrame) -> None:
    own = recount[recount["education_phase"].isin(COUNTED)]
    for term in TERM_NUMBERS:
        found = cell(
            counted,
            "register_suspension_rate",
            time_identifier=f"{term} term",
            breakdown_topic="sen_provision",
        )
        theirs = own[own["term"] == term].groupby(["time_period", "la_code", "sen"]).size()
        assert as_counts(found, ["time_period", "area_code", "breakdown"]) == theirs.to_dict()


def test_pupils_suspended_once_and_repeatedly(counted: Cells, recount: pd.DataFrame) -> None:
    own = recount[recount["education_phase"].isin(COUNTED)]
    times = own.groupby(["time_period", "la_code", "pupil"]).size()
    for indicator, least in (("register_suspended_pupil_rate", 1), ("repeat_suspensions", 3)):
        theirs = times[times >= least].groupby(["time_period", "la_code"]).size()
        assert as_counts(cell(counted, indicator), ["time_period", "area_code"]) == theirs.to_dict()


def test_pupils_by_how_often_each_was_suspended(counted: Cells, recount: pd.DataFrame) -> None:
    own = recount[recount["education_phase"].isin(COUNTED)]
    times = own.groupby(["time_period", "la_code", "pupil"]).size().rename("times").reset_index()
    theirs = times.astype({"times": str}).groupby(["time_period", "la_code", "times"]).size()
    found = cell(counted, "suspensions_each", breakdown_topic="suspensions_each")
    assert as_counts(found, ["time_period", "area_code", "breakdown"]) == theirs.to_dict()


def test_suspended_pupils_are_of_the_group_of_their_latest_suspension(
    counted: Cells, recount: pd.DataFrame
) -> None:
    own = recount[recount["education_phase"].isin(COUNTED)]
    keys = ["time_period", "la_code", "pupil"]
    last = own[own["start_date"] == own.groupby(keys)["start_date"].transform("max")]
    one_way = last.groupby(keys)["sen"].nunique()
    assert one_way.max() == 1, "the seed draws two suspensions of a pupil on one day with two SEN provisions"
    theirs = last.drop_duplicates(keys).groupby(["time_period", "la_code", "sen"]).size()
    found = cell(counted, "register_suspended_pupil_rate", breakdown_topic="sen_provision")
    assert as_counts(found, ["time_period", "area_code", "breakdown"]) == theirs.to_dict()


def test_the_base_is_the_january_census(counted: Cells, tables: dict[str, pd.DataFrame]) -> None:
    roll = tables["roll"]
    main = roll[(roll["term"] == "Spring") & roll["enrolment_status"].isin(["C", "M"])]
    for phase in COUNTED:
        theirs = main[main["education_phase"] == phase].groupby(["time_period", "la_code"]).size()
        found = cell(counted, "register_suspension_rate", education_phase=phase)
        assert as_counts(found, ["time_period", "area_code"], "denominator") == theirs.to_dict()


def test_schools_and_groups_add_up_to_the_total(counted: Cells) -> None:
    frame = counted.cells.to_pandas().astype({"time_period": str, "area_code": str, "breakdown_topic": str})
    own = frame[
        (frame["indicator"] == "register_suspension_rate") & (frame["geographic_level"] == "Local authority")
    ]
    keys = ["time_period", "time_identifier", "area_code", "education_phase"]
    sums = (
        own.groupby([*keys, "breakdown_topic"], observed=True)[["numerator", "denominator"]].sum().unstack()
    )
    for count in ("numerator", "denominator"):
        assert (sums[count].sub(sums[count]["Total"], axis="index") == 0).all(axis=None), count


def test_reasons_are_each_counted_once_a_suspension(counted: Cells, recount: pd.DataFrame) -> None:
    own = recount[recount["education_phase"].isin(COUNTED) & (recount["la_code"] == "801")]
    named = own[["reason_1", "reason_2", "reason_3"]].eq("BU").any(axis="columns")
    theirs = own[named].groupby("time_period").size().to_dict()
    found = cell(counted, "suspension_reasons", breakdown_topic="reason", area_code="801")
    bullying = found[found["breakdown"] == "Bullying"]
    assert dict(zip(bullying["time_period"], bullying["numerator"], strict=True)) == theirs


def test_the_spacing_is_that_of_a_walk_through_the_register(counted: Cells, recount: pd.DataFrame) -> None:
    own = recount[recount["education_phase"].isin(COUNTED)].copy()
    own["days"] = (own["sessions"] + 1) // 2
    start = pd.to_datetime(own["start_date"])
    first = np.busday_offset(start.to_numpy().astype("datetime64[D]"), 0, roll="forward")
    own["start"] = start
    own["end"] = np.busday_offset(first, own["days"].to_numpy(np.int64) - 1)
    every = recount.assign(start=pd.to_datetime(recount["start_date"]))
    theirs: dict[tuple[int, bool], int] = {}
    for row in own.itertuples():
        same = every[(every["pupil"] == row.pupil) & (every["time_period"] == row.time_period)]
        later = same[(same["start"] > row.start)]
        if len(same[same["start"] == row.start]) > 1:
            pytest.fail("the seed draws two suspensions of a pupil on one day")
        year_end = pd.Timestamp(int(row.time_period[:4]) + 1, 7, 31)
        until = later["start"].min() if len(later) else year_end
        key = (max((until - row.end).days, 0), bool(len(later)))
        theirs[key] = theirs.get(key, 0) + 1
    spells = counted.spells.to_pandas()
    total = spells[
        (spells["indicator"] == "days_between_suspensions") & (spells["education_phase"] == "Total")
    ]
    ours = total.groupby(["days", "ended"])["count"].sum().to_dict()
    assert ours == theirs


def test_the_order_of_rows_does_not_matter(counted: Cells, small: Path, drawn: Any, tmp_path: Path) -> None:
    shuffled = np.random.default_rng(5)
    for name in ("schools", "roll", "exclusions"):
        whole = pq.read_table(small / f"{name}.parquet")
        pq.write_table(whole.take(pa.array(shuffled.permutation(len(whole)))), tmp_path / f"{name}.parquet")
    with open_engine(tmp_path, drawn_contracts(drawn), threads=1) as engine:
        again = record_cells(engine, CHOICES)
    assert again.cells.equals(counted.cells)
    assert again.spells.equals(counted.spells)


def test_the_form_of_cells(counted: Cells) -> None:
    assert (counted.cells.schema, counted.spells.schema) == (CELL_SCHEMA, SPELL_SCHEMA)
    frame = counted.cells.to_pandas()
    keys = [name for name in CELL_SCHEMA.names if name not in ("numerator", "denominator")]
    assert not frame.duplicated(keys).any()
    assert (frame["numerator"] >= 0).all()
    assert not frame[keys].isna().any(axis=None)
    assert "pupil" not in CELL_SCHEMA.names
