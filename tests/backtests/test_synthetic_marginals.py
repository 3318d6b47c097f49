"""A made authority looks like the published one, and what was planted in it can be found again in its files.

Tolerances are about four standard errors. Suspensions come in runs: their variance is about three times their mean,
so the standard error of a count of n is about the square root of 3n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.framework.contract_files import load_contracts
from onroll.synthetic import Made, Truth, make_authority

pytestmark = pytest.mark.slow

ROLL_SHARE = 0.012  # moves within the year come after the roll was filled
NINE_YEARS = {
    "State-funded primary": 0.16,
    "State-funded secondary": 0.06,
}  # about 1,800 and 14,000 suspensions
SUSPENDED = 0.04  # about 8,700 pupils, each counted once a year
ONE_YEAR_BY_SEN = 0.30  # about 600 suspensions of pupils with SEN support
BY_GROUP = {
    "Asian": 0.12,
    "Black": 0.20,
    "Mixed": 0.16,
    "White": 0.12,
}  # 1,600 to 6,000 suspensions in nine years
SEN_SHARE, REPEATS = 0.008, 0.04  # shares of pupils; about 2,400 suspended ones
PLANTED_LOG = 0.17  # of ratios between counts of 3,000 or more
PLANTED_LOG_SMALL = 0.28  # of ratios in which one count is about 800
PUBLISHED_GROUPS = {
    "Asian / Asian British": "Asian",
    "Black / African / Caribbean / Black British": "Black",
    "Mixed / Multiple ethnic groups": "Mixed",
    "White": "White",
}


@dataclass
class Files:
    """January's pupils (status C and M) and the suspensions of a made authority, with pupil's groups joined on."""

    truth: Truth
    pupils: pd.DataFrame
    suspensions: pd.DataFrame
    permanent: pd.DataFrame

    def rate(self, **groups: str) -> float:
        """Suspensions over pupils where columns have these values."""
        counts = [
            int(np.logical_and.reduce([rows[name] == value for name, value in groups.items()]).sum())
            for rows in (self.suspensions, self.pupils)
        ]
        return counts[0] / counts[1]


Make = Callable[..., Files]


@pytest.fixture(scope="module")
def make(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    contracts = load_contracts(root)
    groups = {one.code: one.group for one in contracts.codes["ethnicity"].codes}

    def made(**asked: Any) -> Files:
        out = tmp_path_factory.mktemp("made") / "authority"
        usual: dict[str, Any] = {"authority": Made("821", "Made-up Town"), "items": [], "form": "parquet"}
        truth = make_authority(out, contracts, root / "data" / "published", **usual | asked)
        roll = pd.concat([pd.read_parquet(file) for file in sorted(out.glob("roll_*.parquet"))])
        schools = pd.read_parquet(out / "schools.parquet").set_index("urn")
        roll = roll[(roll["term"] == "Spring") & (roll["enrolment_status"] != "S")]
        roll["phase"], roll["group"] = (
            roll["urn"].map(schools["education_phase"]),
            roll["ethnicity"].map(groups),
        )
        events = pd.read_parquet(out / "exclusions.parquet")
        start = pd.to_datetime(events["start_date"])
        year = start.dt.year - (start.dt.month < 8)
        events["time_period"] = year.astype(str) + ((year + 1) % 100).astype(str).str.zfill(2)
        events["phase"] = events["urn"].map(schools["education_phase"])
        events = events[events["phase"] != "Alternative provision"].drop(columns=["sen_provision", "in_care"])
        events["at"] = events["urn"]
        roll = roll[roll["phase"] != "Alternative provision"]
        known = roll.drop(columns=["phase", "urn", "term"])
        events = events.merge(known, on=["time_period", "upn"], how="left")
        parts = dict(iter(events.groupby("category")))
        return Files(truth, roll, parts["SUSP"], parts.get("PERM", events.iloc[:0]))

    return made


@pytest.fixture(scope="module")
def town(make: Make) -> Files:
    return make(seed=1)


@pytest.fixture(scope="module")
def published(root: Path) -> pd.DataFrame:
    rows = pd.read_csv(
        root / "data/published/exclusions_authority_annual.csv",
        dtype={"time_period": str, "old_la_code": str},
    )
    rows = rows[(rows["old_la_code"] == "821") & rows["time_period"].between("201516", "202324")]
    for name in ("headcount", "suspension", "one_plus_susp"):
        rows[name] = pd.to_numeric(rows[name])
    return rows


def test_rolls_by_phase_are_the_published_ones(town: Files, published: pd.DataFrame) -> None:
    scale = (
        41_000 / published.query("time_period == '202324' and education_phase == 'Total'")["headcount"].item()
    )
    for row in published[published["education_phase"] != "Total"].itertuples():
        made = town.truth.years[row.time_period].pupils[row.education_phase]
        assert made == pytest.approx(row.headcount * scale, rel=ROLL_SHARE, abs=6)


def test_suspension_rates_by_phase_are_the_published_ones(town: Files, published: pd.DataFrame) -> None:
    for phase, tolerance in NINE_YEARS.items():
        wanted = published.loc[published["education_phase"] == phase, "suspension"].sum()
        made = sum(totals.suspensions_by_phase[phase] for totals in town.truth.years.values())
        assert made * 40_671 / 41_000 == pytest.approx(wanted, rel=tolerance)


def test_as_many_pupils_are_suspended_as_published(town: Files, published: pd.DataFrame) -> None:
    wanted = published.loc[published["education_phase"] == "Total", "one_plus_susp"].sum()
    made = sum(totals.realised["suspended_pupils"] for totals in town.truth.years.values())
    assert made * 40_671 / 41_000 == pytest.approx(wanted, rel=SUSPENDED)


def test_the_pandemic_years_dip(town: Files) -> None:
    by_year = {period: totals.realised["suspensions"] for period, totals in town.truth.years.items()}
    assert max(by_year["201920"], by_year["202021"]) < 0.8 * min(by_year["201819"], by_year["202122"])


def test_sen_shares_and_rates_are_the_published_ones(town: Files, root: Path) -> None:
    last = {"time_period": "202324"}
    share = town.pupils[town.pupils["time_period"] == "202324"]["sen_provision"].value_counts(normalize=True)
    assert share["K"] == pytest.approx(0.132, abs=SEN_SHARE)
    assert share["E"] == pytest.approx(0.048, abs=SEN_SHARE)
    rows = pd.read_csv(root / "data/published/exclusions_sen_termly.csv", dtype=str)
    rows = rows[(rows["time_period"] == "202324") & (rows["old_la_code"] == "821")]
    for code, label in (("N", "No SEN"), ("K", "SEN support")):
        mine = rows[(rows["education_phase"] == "State-funded secondary") & (rows["sen_provision"] == label)]
        wanted = mine["susp_rate"].astype(float).sum() / 100
        made = town.rate(sen_provision=code, phase="State-funded secondary", **last)
        assert made == pytest.approx(wanted, rel=ONE_YEAR_BY_SEN)


def test_rates_by_ethnic_group_are_the_published_ones(town: Files, root: Path) -> None:
    rows = pd.read_csv(root / "data/published/exclusions_ethnicity_annual.csv", dtype=str)
    rows = rows[(rows["time_period"] == "202324") & (rows["old_la_code"] == "821")].set_index(
        "ethnicity_major"
    )
    overall = len(town.suspensions) / len(town.pupils)
    for label, group in PUBLISHED_GROUPS.items():
        wanted = float(rows.loc[label, "susp_rate"]) / float(rows.loc["Total", "susp_rate"])
        assert town.rate(group=group) / overall == pytest.approx(wanted, rel=BY_GROUP[group])


def test_suspensions_of_each_suspended_pupil_are_spread_as_published(make: Make, root: Path) -> None:
    england = make(authority=Made("", "Made-up England"), pupils=120_000, first="201516", last="201516")
    each = england.suspensions.groupby("upn").size().value_counts(normalize=True)
    rows = pd.read_csv(root / "data/published/suspensions_per_pupil_national.csv", dtype=str)
    rows = rows[(rows["time_period"] == "201516") & (rows["pupils"] != "c")].astype(int)
    wanted = rows.set_index("suspensions_each")["pupils"] / rows["pupils"].sum()
    for number in (1, 2, 3, 4, 5):
        assert each[number] == pytest.approx(wanted[number], abs=REPEATS)


@pytest.fixture(scope="module")
def groups(make: Make) -> Files:
    planted = {"boys": 3.0, "fsm": 3.0, "black_caribbean": 2.5, "gypsy_roma": 4.0, "sen_support": 2.0}
    return make(
        authority=Made("", "Made-up England"),
        pupils=120_000,
        first="202122",
        last="202324",
        effects=planted,
        seed=4,
    )


@pytest.mark.parametrize(
    ("column", "group", "reference", "planted", "tolerance"),
    [
        ("sex", "M", "F", 3.0, PLANTED_LOG),
        ("fsm_eligible", "Y", "N", 3.0, PLANTED_LOG),
        ("ethnicity", "BCRB", "WBRI", 2.5, PLANTED_LOG_SMALL),
        ("ethnicity", "WROM", "WBRI", 4.0, PLANTED_LOG_SMALL),
    ],
)
def test_planted_ratios_are_found_among_pupils_without_sen(
    groups: Files, column: str, group: str, reference: str, planted: float, tolerance: float
) -> None:
    """Without SEN, because boys and pupils eligible for free school meals have SEN more often."""
    same = {"sen_provision": "N", "phase": "State-funded secondary"}
    found = groups.rate(**{column: group}, **same) / groups.rate(**{column: reference}, **same)
    assert np.log(found) == pytest.approx(np.log(planted), abs=tolerance)


@pytest.fixture(scope="module")
def charter(make: Make) -> Files:
    planted = {"strategy_suspensions": 0.6, "strategy_permanent": 0.0, "charter_share": 0.5}
    return make(
        authority=Made("", "Made-up England"),
        pupils=120_000,
        first="201819",
        last="202324",
        effects=planted,
        seed=5,
    )


def test_the_charters_effect_is_found_as_a_difference_in_differences(charter: Files) -> None:
    """2018/19 before; 2023/24 after, when every school that signs had signed. Secondary schools, which have most."""
    rate = {}
    for year in ("201819", "202324"):
        counts = []
        for rows, place in ((charter.suspensions, "at"), (charter.pupils, "urn")):
            these = rows[(rows["time_period"] == year) & (rows["phase"] == "State-funded secondary")]
            signed = these[place].astype(str).isin(charter.truth.schools["signed"])
            counts.append((int(signed.sum()), int((~signed).sum())))
        rate[year] = (counts[0][0] / counts[1][0]) / (counts[0][1] / counts[1][1])
    assert np.log(rate["202324"] / rate["201819"]) == pytest.approx(np.log(0.6), abs=PLANTED_LOG)


def test_a_ratio_of_nought_leaves_no_permanent_exclusion_at_schools_that_signed(charter: Files) -> None:
    signed = charter.truth.schools["signed"]
    last = charter.permanent[charter.permanent["time_period"] == "202324"]
    assert len(last) > 30
    assert not last["at"].astype(str).isin(signed).any()


def test_the_dose_is_found_against_the_same_seed_without_it(make: Make) -> None:
    asked = {"authority": Made("", "Made-up England"), "pupils": 60_000, "first": "202324", "seed": 6}
    with_dose, without = make(effects={"implementation_dose": 1.3}, **asked), make(**asked)
    counts = [one.suspensions.groupby("at").size() for one in (with_dose, without)]
    both = pd.concat(counts, axis=1).dropna()
    score = both.index.astype(str).map(with_dose.truth.schools["implementation"]).to_numpy(float)
    slope = np.polyfit(score, np.log(both[0] / both[1]), 1, w=np.sqrt(both.min(axis=1)))[0]
    assert slope == pytest.approx(np.log(1.3), abs=0.12)


def test_expected_totals_follow_what_was_planted(charter: Files, make: Make) -> None:
    """Without the Charter's effect the same seed expects the published rate."""
    before, after = (charter.truth.years[period].expected["suspensions"] for period in ("201819", "202324"))
    plain = make(authority=Made("", "Made-up England"), pupils=120_000, first="201819", last="202324", seed=5)
    assert before == pytest.approx(plain.truth.years["201819"].expected["suspensions"], rel=1e-9)
    assert 0.6 < after / plain.truth.years["202324"].expected["suspensions"] < 0.95
