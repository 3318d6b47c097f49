"""A termly report and a year made of a synthetic authority, whole: every page is there and no small count gets out."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import onroll as on
from onroll.framework import load
from onroll.framework.contract_files import load_contracts
from onroll.provenance import is_whole
from onroll.run_files import read_evidence
from onroll.synthetic import Made, make_authority
from onroll.vocabulary.records import NO_PEOPLE, YEARS_ABOVE

pytestmark = pytest.mark.slow
COUNTED = ("numerator", "denominator")
RECORDS = ("synthetic_", "own_")


@pytest.fixture(scope="module", params=["Spring", ""], ids=["term", "year"])
def written(
    request: pytest.FixtureRequest,
    root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    made: Path,
    certified: None,
) -> Path:
    """A run of 8,000 made pupils, of a term and of a year."""
    out = tmp_path_factory.mktemp("run") / "run"
    on.evaluate("2023/24", term=request.param, data=str(made), out=out, root=root)
    return out


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "authority"
    make_authority(
        folder, load_contracts(root), root / "data" / "published", authority=Made("821", "Luton"), seed=3,
        pupils=8000, first="202223", last="202324",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys of pseudonyms of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONROLL_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


def people(root: Path, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of own records behind which people stand; "years above" counts years, "units outside" schools."""
    spared = set(load(root).disclosure.no_people)
    own = [row for row in rows if row["source"].startswith(RECORDS) and row["indicator"] not in spared]
    return [row for row in own if row["statistic"] not in NO_PEOPLE]


def evidence(folder: Path) -> list[dict[str, str]]:
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_run_is_whole_and_holds_its_pages(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert is_whole(written, manifest)
    assert {one["status"] for one in manifest["notebooks"].values()} == {"done"}
    reports = {path.name for path in (written / "report").iterdir()}
    assert reports == ({"termly-exclusions.html"} if manifest["term"] else {"board.html", "appendix-g.html"})
    assert "suspensions_by_group.svg" in {path.name for path in (written / "figures").iterdir()}


def test_no_small_count_of_people_is_in_evidence_figures_or_pages(written: Path, root: Path) -> None:
    rows = evidence(written)
    ours = people(root, rows)
    assert len(ours) > 300
    for row in ours:
        for column in COUNTED:
            assert not (row[column] and 0 < float(row[column]) < 10), row
    for row in rows:
        if row["statistic"] == YEARS_ABOVE and row["source"].startswith(RECORDS):
            assert not row["numerator"], "years carry no count of people"
            assert not row["denominator"] or float(row["denominator"]) <= 3, "the plan looks at three years"
    frame = read_evidence(written)
    spared = {id(row) for row in rows} - {id(row) for row in ours}
    seen = 0
    for path in sorted((written / "report").glob("*.html")):
        for row, column in re.findall(
            r'data-row="(\d+)" data-column="(\w+)"', path.read_text(encoding="utf-8")
        ):
            cell = rows[int(row) - 1]
            if id(cell) in spared:
                continue
            seen += 1
            value = frame.at[int(row) - 1, column]
            assert not (column in COUNTED and 0 < float(value) < 10), (path.name, cell["indicator"], column)
    assert seen > 30


def test_figures_hold_rows_that_may_be_shown(written: Path) -> None:
    rows = evidence(written)
    drawn = 0
    for path in sorted((written / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                row = rows[int(line["row"]) - 1]
                assert row["symbol"] != "c", (path.name, line)
                assert float(row["estimate"]) == pytest.approx(float(line["estimate"]))
                drawn += 1
    assert drawn > 5


def test_every_page_says_that_it_rests_on_synthetic_data(written: Path) -> None:
    for path in [written / "index.html", *(written / "report").glob("*.html")]:
        assert "ynthetic data" in path.read_text(encoding="utf-8"), path.name


def test_quality_in_the_notebook_holds_no_value_of_a_record(written: Path) -> None:
    said = (written / "notebooks" / "05_data_quality.ipynb").read_text(encoding="utf-8")
    assert "What was received" in said
    assert not re.search(r"\b[A-Z]\d{12}\b", said)
