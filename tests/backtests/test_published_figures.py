"""Published numbers come out of the shipped tables: the strategy's, England's, every rate from its counts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from onroll.intake.checking import check_folder
from onroll.intake.columns import TIDY
from onroll.intake.shipped import Shipped, read_shipped
from onroll.vocabulary import BASES, BREAKDOWN_TOPICS, PHASES, SYMBOL_MEANINGS, TIME_IDENTIFIERS, periods

ROOT = Path(__file__).resolve().parents[2] / "data" / "published"
MEASURES = ("permanent_exclusion", "suspension", "suspended_pupil")
COUNTS = ["pupil_headcount", *(f"{measure}_count" for measure in MEASURES)]
STRATEGY_AUTHORITY = "821"


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return read_shipped(ROOT)


@pytest.fixture(scope="module")
def authority(shipped: Shipped) -> pd.DataFrame:
    return shipped.tables["exclusions_authority_annual"].table


@pytest.fixture(scope="module")
def nation(shipped: Shipped) -> pd.DataFrame:
    return shipped.tables["exclusions_nation_region_annual"].table


def total(table: pd.DataFrame, period: str, code: str, phase: str = "Total") -> pd.Series[float]:
    where = (
        (table["time_period"] == period) & (table["area_code"] == code) & (table["education_phase"] == phase)
    )
    (row,) = table[where & (table["breakdown"] == "Total")].index
    return table.loc[row]


@pytest.mark.parametrize(
    ("period", "suspensions", "permanent"), [("201617", 2228, 55), ("201718", 1968, 56), ("201819", 1748, 51)]
)
def test_the_strategys_own_table_adds_to_the_published_totals(
    shipped: Shipped, authority: pd.DataFrame, period: str, suspensions: int, permanent: int
) -> None:
    baseline = shipped.tables["strategy_baseline_sen"].table
    mine = baseline[(baseline["time_period"] == period) & (baseline["area_code"] == STRATEGY_AUTHORITY)]
    assert mine["breakdown"].nunique() == 3
    assert mine["suspension_count"].sum() == suspensions
    assert mine["permanent_exclusion_count"].sum() == permanent
    published = total(authority, period, STRATEGY_AUTHORITY)
    assert published["suspension_count"] == suspensions
    assert published["permanent_exclusion_count"] == permanent


def test_the_strategys_authority_in_202324(authority: pd.DataFrame) -> None:
    row = total(authority, "202324", STRATEGY_AUTHORITY)
    assert row[["permanent_exclusion_count", "suspension_count", "pupil_headcount"]].tolist() == [
        41,
        2469,
        40671,
    ]


def test_england_as_published_for_201617(nation: pd.DataFrame) -> None:
    row = total(nation, "201617", "E92000001")
    assert row[COUNTS].tolist() == [8_025_075, 7_720, 381_865, 183_475]


def test_the_sum_over_authorities_is_england(authority: pd.DataFrame) -> None:
    summed = authority[authority["education_phase"] == "Total"].groupby("time_period")[COUNTS].sum()
    assert summed.loc["201920"].tolist()[1:] == [5_057, 310_733, 154_524]
    # City of London and Isles of Scilly are not in the later rows: two and one suspensions short of England.
    assert summed.loc["202223", "suspension_count"] == 786_961 - 2
    assert summed.loc["202324", "suspension_count"] == 954_952 - 1


def test_to_201415_the_sum_over_authorities_is_england_to_its_rounding(
    authority: pd.DataFrame, nation: pd.DataFrame, shipped: Shipped
) -> None:
    symbols = shipped.tables["exclusions_authority_annual"].symbols
    withheld = symbols[(symbols["column"] == "suspension_count") & (symbols["symbol"] == "c")]["row"]
    for period in periods("200607", "201415"):
        mine = authority[(authority["time_period"] == period) & (authority["education_phase"] == "Total")]
        gap = total(nation, period, "E92000001")["suspension_count"] - mine["suspension_count"].sum()
        hidden = int(mine.index.isin(withheld).sum())
        assert -2.5 <= gap <= 2.5 + 2 * hidden, period


def half_up(count: float, headcount: float, digits: int) -> Decimal:
    rate = Decimal(repr(count)) * 100 / Decimal(repr(headcount))
    return rate.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_published_rate_comes_out_of_its_counts_to_five_digits(
    authority: pd.DataFrame, measure: str
) -> None:
    known = authority.dropna(subset=["pupil_headcount", f"{measure}_count", f"{measure}_rate"])
    late = known[known["time_period"] >= "201516"]
    assert len(late) == 5396
    columns = (late[f"{measure}_count"], late["pupil_headcount"], late[f"{measure}_rate"])
    wrong = [
        (count, heads, rate)
        for count, heads, rate in zip(*columns, strict=True)
        if half_up(count, heads, 5) != Decimal(repr(rate)).quantize(Decimal("0.00001"))
    ]
    assert wrong == []
    # To 2014/15 they were worked out from published counts; three exact ties at 512 pupils went to even.
    early = known[known["time_period"] < "201516"]
    assert len(early) > 4000
    gap = early[f"{measure}_count"] / early["pupil_headcount"] * 100 - early[f"{measure}_rate"]
    assert (gap.abs() <= 0.5e-5 + 1e-9).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_rounded_national_and_regional_counts_give_their_rates(nation: pd.DataFrame, measure: str) -> None:
    known = nation.dropna(subset=["pupil_headcount", f"{measure}_count", f"{measure}_rate"])
    assert len(known) > 400
    half = np.where(known["time_period"] < "201516", 0.5e-2, 0.5e-5)
    count, heads = known[f"{measure}_count"], known["pupil_headcount"]
    slack = half + 2.5 * (1 + count / heads) / heads * 100 + 1e-9
    assert ((count / heads * 100 - known[f"{measure}_rate"]).abs() <= slack).all()


# Regions of which one authority is not among the derived counts: City of London has one primary school,
# Isles of Scilly one secondary. Special schools neither has.
INCOMPLETE = {
    "England": {"State-funded primary", "State-funded secondary", "Total"},
    "Inner London": {"State-funded primary", "Total"},
    "London": {"State-funded primary", "Total"},
    "South West": {"State-funded secondary", "Total"},
}


def test_regional_rates_are_the_sum_over_the_regions_authorities(
    authority: pd.DataFrame, nation: pd.DataFrame
) -> None:
    late = authority[authority["time_period"] >= "201516"]
    wider = {"Inner London": "London", "Outer London": "London"}
    parts = [late, late.assign(region="England"), late[late["region"].isin(wider)].replace({"region": wider})]
    key = ["time_period", "region", "education_phase"]
    sums = pd.concat(parts).groupby(key)[COUNTS].sum().reset_index()
    rates = nation[nation["time_period"] >= "201516"].assign(region=lambda table: table["area"])
    both = rates.merge(sums, on=key, suffixes=("", "_sum"), validate="one_to_one")
    assert len(both) == len(rates) == 388
    complete = [
        phase not in INCOMPLETE.get(region, set())
        for region, phase in zip(both["region"], both["education_phase"], strict=True)
    ]
    assert sum(complete) == 325
    for measure in MEASURES:
        rate = both[f"{measure}_count_sum"] / both["pupil_headcount_sum"] * 100
        gap = (rate - both[f"{measure}_rate"]).abs()
        assert (gap[complete] <= 0.5e-5 + 1e-9).all()
        assert (gap < 0.05).all()


def test_counts_by_ethnicity_give_their_rates(shipped: Shipped, authority: pd.DataFrame) -> None:
    table = shipped.tables["exclusions_ethnicity_annual"].table
    known = table.dropna(subset=["pupil_headcount"])
    assert len(known) == 48
    for measure in ("permanent_exclusion", "suspension"):
        columns = (known[f"{measure}_count"], known["pupil_headcount"], known[f"{measure}_rate"])
        for count, heads, rate in zip(*columns, strict=True):
            assert half_up(count, heads, 5) == Decimal(repr(rate)).quantize(Decimal("0.00001"))
    mine = table[(table["time_period"] == "202324") & (table["area_code"] == STRATEGY_AUTHORITY)]
    groups = mine[mine["breakdown_topic"] == "ethnicity_major"]
    assert len(groups) == 5
    assert groups["suspension_count"].sum() == 964 + 244 + 359 + 831 + 48
    everyone, annual = (
        total(table, "202324", STRATEGY_AUTHORITY),
        total(authority, "202324", STRATEGY_AUTHORITY),
    )
    for column in ("pupil_headcount", "permanent_exclusion_count", "suspension_count"):
        assert everyone[column] == annual[column]


def test_england_by_ethnicity_has_the_national_total(shipped: Shipped, nation: pd.DataFrame) -> None:
    by_group = total(shipped.tables["exclusions_ethnicity_annual"].table, "202324", "E92000001")
    assert by_group["suspension_rate"] == total(nation, "202324", "E92000001")["suspension_rate"] == 11.30744


@pytest.mark.parametrize(("period", "suspensions"), [("202122", 16), ("202223", 31), ("202324", 19)])
def test_termly_rates_of_special_schools_are_the_annual_suspensions(
    shipped: Shipped, authority: pd.DataFrame, period: str, suspensions: int
) -> None:
    annual = total(authority, period, STRATEGY_AUTHORITY, "Special")
    assert annual["suspension_count"] == suspensions
    terms = shipped.tables["exclusions_sen_termly"].table
    where = (terms["time_period"] == period) & (terms["area_code"] == STRATEGY_AUTHORITY)
    where &= (terms["education_phase"] == "Special") & (
        terms["breakdown"] == "Education, health and care plan"
    )
    assert where.sum() == 3
    counts = [whole_numbers(rate, annual["pupil_headcount"]) for rate in terms.loc[where, "suspension_rate"]]
    assert all(len(fitting) == 1 for fitting in counts)
    assert sum(fitting.pop() for fitting in counts) == suspensions


def whole_numbers(rate: float, headcount: float) -> set[int]:
    """The suspensions that give a three-digit rate on a term's census of 92 to 100 in 100 of the year's."""
    censuses = range(int(headcount * 0.92), int(headcount) + 1)
    return {n for n in range(60) for census in censuses if abs(n / census * 100 - rate) <= 0.5e-3}


def test_englands_rates_by_sen_in_the_strategy_are_those_of_its_years(shipped: Shipped) -> None:
    baseline = shipped.tables["strategy_baseline_sen"].table
    assert len(baseline) == 18
    england = baseline[(baseline["area"] == "England") & (baseline["time_period"] == "201617")]
    # 36,005 of 225,950, 135,575 of 918,235 and 210,280 of 6,880,450 as published for 2016/17.
    assert england["suspension_rate"].tolist() == [
        float(half_up(36_005, 225_950, 1)),
        float(half_up(135_575, 918_235, 1)),
        float(half_up(210_280, 6_880_450, 1)),
    ]


@pytest.mark.slow
def test_the_full_checks_find_nothing_wrong_in_what_is_shipped(shipped: Shipped) -> None:
    checked = check_folder(ROOT, ROOT)
    ours = [item for item in checked.findings if item.file.startswith(("exclusions_", "strategy_"))]
    kinds = pd.Series([item.check for item in ours if item.check != "not_a_table"]).value_counts().to_dict()
    # As published: pupils of a year in which authorities were split, and termly shares of very small groups.
    assert kinds == {"nobody_on_roll": 16, "group_above_100": 7}
    by_file = {received.name: received for received in checked.received}
    for name, received in shipped.tables.items():
        if received.kind == "exclusions":
            full = by_file[f"{name}.csv"].table.drop(columns=["source", "basis"])
            pd.testing.assert_frame_equal(full, received.table.drop(columns=["source", "basis"]))


def test_every_shipped_table_keeps_to_the_words(shipped: Shipped) -> None:
    for received in shipped.tables.values():
        assert not received.findings.errors
        assert set(received.symbols["symbol"]) <= set(SYMBOL_MEANINGS)
        if received.kind != "exclusions":
            continue
        table = received.table
        assert tuple(table.columns) == TIDY
        assert set(table["education_phase"]) <= set(PHASES)
        assert set(table["breakdown_topic"]) <= set(BREAKDOWN_TOPICS)
        assert set(table["time_identifier"]) <= set(TIME_IDENTIFIERS)
        assert set(table["basis"]) <= set(BASES)
        absent = table[list(TIDY[9:16])].isna()
        marked = received.symbols.groupby("column").size()
        for column, symbols in marked.items():
            assert absent[str(column)].sum() == symbols


def test_the_shipped_authorities_are_those_of_the_panel(shipped: Shipped, authority: pd.DataFrame) -> None:
    places = shipped.tables["authorities"].table
    assert set(places["old_la_code"]) == set(authority["area_code"])
    assert len(places) == 160
    assert (places["years_of_suspensions"] == 18).sum() == 141
    assert (places["years_of_permanent_exclusions"] == 18).sum() == 118
    assert (
        authority[authority["time_period"] >= "201516"].groupby("time_period")["area_code"].nunique() <= 151
    ).all()


def test_each_authority_has_ten_neighbours_in_order(shipped: Shipped) -> None:
    table = shipped.tables["statistical_neighbours"].table
    ranks = table.groupby(["model_year", "old_la_code"])["rank"].agg(list)
    assert all(rank == [float(place) for place in range(1, 11)] for rank in ranks)
    assert set(table["old_la_code"]) | set(table["neighbour_old_la_code"]) <= set(shipped.authorities.places)


def test_every_card_says_where_its_table_is_from(shipped: Shipped) -> None:
    for name, card in shipped.cards.items():
        received = shipped.tables[name]
        assert card.rows == len(received.table)
        assert list(card.columns) == (ROOT / card.file).read_text(encoding="utf-8").splitlines()[0].split(",")
        assert all(card.columns.values())
        assert card.derived_from
        assert all(len(about["sha256"]) == 64 for about in card.derived_from.values())
        assert "Open Government Licence v3.0" in card.licence or "Quoted" in card.licence
        assert card.attribution
        assert card.caveats


def test_what_is_shipped_is_small() -> None:
    assert sum(path.stat().st_size for path in ROOT.iterdir()) < 4_000_000
