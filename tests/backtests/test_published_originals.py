"""The shipped tables against the original files, where those are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from onroll.intake.checking import Checked, check_folder
from onroll.intake.rebuild import rebuild

REPOSITORY = Path(__file__).resolve().parents[2]
ROOT = REPOSITORY / "data" / "published"
BESIDE = REPOSITORY.parent / "shared" / "data" / "dfe"
ORIGINALS = Path(os.environ.get("ONROLL_ORIGINALS", BESIDE))
pytestmark = pytest.mark.skipif(
    not (ORIGINALS / "lait_bds_long.parquet").is_file(),
    reason="the original files are not here; set ONROLL_ORIGINALS to their folder",
)


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_folder(ORIGINALS, ROOT)


@pytest.mark.slow
def test_rebuilding_gives_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    written = rebuild(ORIGINALS, tmp_path)
    shipped = {path.name for path in ROOT.iterdir()} - {"originals.yaml"}
    assert {path.name for path in written} == shipped
    for path in written:
        assert path.read_bytes() == (ROOT / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_the_tools_own_parquet_and_the_file_made_of_it_are_the_same_figures(checked: Checked) -> None:
    received = {one.name: one for one in checked.received}
    key = ["time_period", "geographic_level", "area_code", "education_phase"]
    both = [
        received[name].table.drop(columns=["source", "basis"]).sort_values(key).reset_index(drop=True)
        for name in ("lait_bds_long.parquet", "lait_exclusions_201516_202324.csv.gz")
    ]
    assert len(both[0]) == 5820
    pd.testing.assert_frame_equal(both[0], both[1], check_exact=True)


@pytest.mark.slow
def test_what_the_release_withheld_is_withheld_in_the_shipped_panel(checked: Checked) -> None:
    received = {one.name: one for one in checked.received}
    release = received["la_annual_200607_201617.csv.gz"]
    panel = check_folder(ROOT, ROOT).received
    shipped = next(one for one in panel if one.name == "exclusions_authority_annual.csv")
    key = ["time_period", "area_code", "education_phase"]
    sides = []
    for one in (release, shipped):
        named = one.symbols.join(one.table[[*key, "geographic_level"]], on="row")
        named = named[(named["time_period"] <= "201415") & (named["geographic_level"] == "Local authority")]
        sides.append(set(named[[*key, "column", "symbol"]].itertuples(index=False, name=None)))
    assert len(sides[1]) > 1500
    only_shipped = sides[1] - sides[0]
    only_release = sides[0] - sides[1]
    assert only_shipped == set()
    assert only_release == set()


@pytest.mark.slow
def test_the_originals_have_the_findings_that_are_known(checked: Checked) -> None:
    errors = (
        pd.Series([f"{item.file} {item.check}" for item in checked.findings.errors]).value_counts().to_dict()
    )
    assert errors == {
        "derived_la_annual_counts_200607_202324.csv.gz unknown_place": 18,
        "derived_la_annual_counts_200607_202324.csv.gz not_a_number": 43,
        "national_characteristics_201112_201617.csv.gz not_a_number": 30,
        "national_review_panels_to_201516.csv.gz unknown_file": 1,
        "national_summary_200607_201617.csv.gz missing_column": 1,
        "seed_strategy_table_201617_201819.csv missing_column": 2,
        "dfe_code_sets.csv unknown_file": 1,
        "lait_measure_dictionary.csv unknown_file": 1,
        "statistical_neighbours_2021_2025.csv.gz unknown_file": 1,
    }
    release = [item for item in checked.findings if item.file.startswith("la_annual")]
    assert [item.row for item in release if item.check == "no_place"] == [6482, 6527]
