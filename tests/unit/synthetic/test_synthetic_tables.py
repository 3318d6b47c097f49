"""A made authority meets the contracts: columns, codes of the year, keys, links and rules, worked out anew here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from onroll.framework.contracts import RECORD_TABLES, Contracts
from onroll.synthetic import Truth
from onroll.synthetic.calendar import school_year, to_date

Read = Callable[[Path, str], pd.DataFrame]
Small = tuple[Path, Truth]
DATED = {
    "exclusions": "start_date",
    "placements": "start_date",
    "training": "return_date",
    "principles_use": "decision_date",
    "policies": "rated_on",
}
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def period_of(days: pd.Series) -> pd.Series:
    start = days.str[:4].astype(int) - (days.str[5:7].astype(int) < 8)
    return start.astype(str) + ((start + 1) % 100).astype(str).str.zfill(2)


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_table_meets_its_contract(small: Small, read: Read, contracts: Contracts, table: str) -> None:
    rows, contract = read(small[0], table), contracts.tables[table]
    assert len(rows) > 0
    assert tuple(rows.columns) == contract.names
    assert not rows.duplicated(list(contract.key)).any()
    for column in contract.columns:
        values = rows[column.name]
        assert not (column.needed and (values == "").any()), f"{column.name} is blank"
        given = values[values != ""]
        if column.type == "flag":
            assert set(given) <= {"Y", "N"}
        elif column.type == "whole":
            numbers = given.astype(int)
            assert numbers.between(-np.inf if column.min is None else column.min, column.max or np.inf).all()
        elif column.type == "urn":
            assert set(given) <= set(read(small[0], "schools")["urn"])
        elif column.type == "date":
            pd.to_datetime(given, format="%Y-%m-%d")


def test_codes_are_those_of_their_year(small: Small, read: Read, contracts: Contracts) -> None:
    for table, contract in contracts.tables.items():
        rows = read(small[0], table)
        in_any = rows.get("time_period", pd.Series("202122", rows.index))
        periods = period_of(rows[DATED[table]]) if table in DATED else in_any
        for column in contract.columns:
            if column.type == "code":
                held = {one.code: (one.from_ or "0", one.to or "9") for one in contracts.set_of(column).codes}
                for code, period in {*zip(rows[column.name], periods, strict=True)}:
                    assert not code or held[code][0] <= period <= held[code][1], (
                        f"{table}.{column.name} {code} in {period}"
                    )


def test_pupil_numbers_have_their_check_letter_and_are_on_the_roll(small: Small, read: Read) -> None:
    known = read(small[0], "roll")["upn"].unique()
    for upn in known[:: max(len(known) // 400, 1)]:
        assert upn[0] == LETTERS[sum(int(digit) * (at + 2) for at, digit in enumerate(upn[1:])) % 23]
    for table in ("exclusions", "placements"):
        assert set(read(small[0], table)["upn"]) <= set(known)


def test_exclusions_are_at_a_school_whose_roll_the_pupil_is_on_that_day(small: Small, read: Read) -> None:
    events, roll = read(small[0], "exclusions"), read(small[0], "roll")
    events["time_period"] = period_of(events["start_date"])
    events["event"] = events.index
    both = events.merge(roll, on=["upn", "urn", "time_period"], suffixes=("", "_roll"))
    there = (both["entry_date"] <= both["start_date"]) & (
        (both["left_date"] == "") | (both["left_date"] >= both["start_date"])
    )
    assert set(both.loc[there, "event"]) == set(events["event"])


def test_exclusions_fall_on_school_days(small: Small, read: Read) -> None:
    days = {
        to_date(day).isoformat()
        for period in ("201920", "202021", "202122")
        for day in school_year(period).days
    }
    assert set(read(small[0], "exclusions")["start_date"]) <= days


def test_suspensions_do_not_overlap_or_pass_45_days_or_follow_a_permanent_exclusion(
    small: Small, read: Read
) -> None:
    events = read(small[0], "exclusions").sort_values(["upn", "start_date"])
    events["time_period"] = period_of(events["start_date"])
    permanent = events[events["category"] == "PERM"]
    assert (permanent["sessions"] == "").all()
    assert not permanent.duplicated(["upn", "time_period"]).any()
    suspensions = events[events["category"] == "SUSP"].copy()
    suspensions["days"] = (suspensions["sessions"].astype(int) + 1) // 2
    assert suspensions.groupby(["upn", "time_period"])["days"].sum().max() <= 45
    start = suspensions["start_date"].to_numpy("datetime64[D]")
    ends = np.busday_offset(start, suspensions["days"].to_numpy() - 1)
    same = (suspensions["upn"] == suspensions["upn"].shift()).to_numpy()
    assert (start[1:][same[1:]] > ends[:-1][same[1:]]).all()
    after = suspensions.merge(permanent, on=["upn", "time_period"], suffixes=("", "_permanent"))
    assert len(after) > 0
    assert (after["start_date"] < after["start_date_permanent"]).all()


def test_reasons_are_in_order_and_different(small: Small, read: Read) -> None:
    events = read(small[0], "exclusions")
    first, second, third = (events[f"reason_{at}"] for at in (1, 2, 3))
    assert not ((second == "") & (third != "")).any()
    assert not ((first == second) | ((second == third) & (second != ""))).any()
    before = period_of(events["start_date"]) <= "201920"
    assert (second[before] == "").all()
    assert (second[~before] != "").any()


def test_a_pupil_has_one_main_registration_at_a_census(small: Small, read: Read) -> None:
    roll = read(small[0], "roll")
    main = roll[roll["enrolment_status"].isin(["C", "M"])]
    assert not main.duplicated(["time_period", "term", "upn"]).any()
    second = roll[roll["enrolment_status"] == "S"].merge(main, on=["time_period", "term", "upn"])
    assert len(second) == (roll["enrolment_status"] == "S").sum() > 0
    assert (second["enrolment_status_y"] == "M").all()


def test_absence_stays_within_the_possible_and_dates_of_the_roll_are_in_order(
    small: Small, read: Read
) -> None:
    roll = read(small[0], "roll")
    number = {
        name: roll[f"sessions_{name}"].astype(int)
        for name in ("possible", "authorised", "unauthorised", "b", "c")
    }
    possible = number.pop("possible")
    assert (sum(number.values()) <= possible).all()
    left = roll[roll["left_date"] != ""]
    assert (left["left_date"] > left["entry_date"]).all()
    assert not (roll["left_to"].ne("") & roll["left_date"].eq("")).any()
    assert (roll["sen_type"].eq("") == roll["sen_provision"].eq("N")).all()


def test_pupils_grow_a_year_older_and_do_not_change_otherwise(small: Small, read: Read) -> None:
    roll = read(small[0], "roll")
    assert (roll.groupby("upn")[["sex", "ethnicity"]].nunique() == 1).all().all()
    groups = {group: at for at, group in enumerate(["N2", "R", *map(str, range(1, 15))])}
    aged = roll["year_group"].map(groups) - roll["time_period"].str[:4].astype(int)
    assert (aged.groupby(roll["upn"]).nunique() == 1).all()
    stays = roll[roll["time_period"] == "201920"].merge(roll[roll["time_period"] == "202021"], on="upn")
    assert {("6", "7"), ("R", "1"), ("10", "11")} <= {
        *zip(stays["year_group_x"], stays["year_group_y"], strict=True)
    }


def test_placements_keep_to_their_rules(small: Small, read: Read) -> None:
    rows = read(small[0], "placements")
    spells, reviews = rows[rows["record"] == "spell"], rows[rows["record"] == "review"]
    assert (spells["start_date"] != "").all()
    assert (reviews["review_date"] != "").all()
    assert len(reviews) > 0
    assert set(reviews["placement_id"]) <= set(spells["placement_id"])
    ended, referred = spells[spells["end_date"] != ""], spells[spells["referral_date"] != ""]
    assert (ended["end_date"] >= ended["start_date"]).all()
    assert (referred["referral_date"] <= referred["start_date"]).all()
    assert (rows.loc[rows["outcome"] != "", "target"] != "").all()
    assert set(spells["kind"]) >= {
        "managed_move",
        "alternative_provision",
        "medical_tuition",
        "home_education",
    }


def test_returns_keep_to_their_rules(small: Small, read: Read) -> None:
    training = read(small[0], "training")
    in_post, two_years, one_year = (
        training[name].astype(int) for name in ("in_post", "trained_24_months", "trained_12_months")
    )
    assert ((one_year <= two_years) & (two_years <= in_post)).all()
    log = read(small[0], "delivery_log")
    assert (log.loc[log["result"] == "done", "done_date"] != "").all()
    offers = log[log["activity"] == "support_offer"]
    assert len(offers) > 0
    assert set(offers["about_entry"]) <= set(log.loc[log["activity"] == "school_flagged", "entry_id"])
    scores = (
        read(small[0], "policies")
        .pivot(index=["urn", "document", "item"], columns="rater", values="score")
        .astype(int)
    )
    assert scores["first"].corr(scores["second"]) > 0.6
    assert (
        scores["agreed"]
        .between(scores[["first", "second"]].min(axis=1), scores[["first", "second"]].max(axis=1))
        .all()
    )
