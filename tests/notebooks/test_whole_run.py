"""The main job, whole: what a run holds, and that the same inputs give the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nbformat
import openpyxl
import pytest

import onroll as on
from onroll.provenance import is_whole
from onroll.vocabulary import RELEASED_COLUMNS

pytestmark = pytest.mark.slow

PROMISED = (
    "index.html", "report/appendix-g.html", "report/board.html", "evidence.csv", "objectives.csv", "tables.xlsx",
    "disclosure.json", "manifest.json", "ro-crate-metadata.json", "certificate.csv",
)  # fmt: skip
DRAWING = ("10_exclusions", "25_consistency")
"""The notebooks that draw rates of suspensions."""
NOTEBOOKS = (
    "00_start_here", "05_data_quality", "10_exclusions", "20_disproportionality", "25_consistency", "30_strategy_impact",
    "35_school_change",
    "50_practice", "55_alternative_provision", "90_appendix_g", "91_board",
)  # fmt: skip


def run_of(project: Path) -> Path:
    return project / "evaluation" / "runs" / "202324"


def manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_run_holds_what_was_promised(whole: tuple[Path, list[str]]) -> None:
    folder = run_of(whole[0])
    for name in PROMISED:
        assert (folder / name).stat().st_size > 100, name
    assert sorted(path.stem for path in (folder / "notebooks").glob("*.ipynb")) == sorted(NOTEBOOKS)
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".svg", ".png", ".txt", ".csv"}
    assert is_whole(folder, manifest(folder))
    assert not [path for path in folder.rglob("*") if path.name.endswith(".partial")]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["202324"]


def test_progress_is_said_in_plain_lines(whole: tuple[Path, list[str]]) -> None:
    lines = whole[1]
    assert sum(": done (" in line for line in lines) == len(NOTEBOOKS)
    assert lines[-1].startswith("done in ")
    assert lines[-1].endswith("index.html")


def test_evidence_and_objectives_as_written(whole: tuple[Path, list[str]]) -> None:
    folder = run_of(whole[0])
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == RELEASED_COLUMNS
    assert len(rows) > 1000
    with (folder / "objectives.csv").open(encoding="utf-8", newline="") as file:
        objectives = list(csv.DictReader(file))
    assert len(objectives) == 40
    assert {"id", "text", "indicators", "evidence_rows", "rating", "strength", "missing"} <= set(
        objectives[0]
    )
    # Rows of other authorities, which a chart sets the authority among, speak to no objective.
    told = [row for row in rows if row["estimate"] != "" and row["objective"]]
    assert sum(int(row["evidence_rows"]) for row in objectives) == len(told)
    assert {row["area"] for row in rows if not row["objective"]}.isdisjoint({"Luton"})


def test_the_manifest_names_inputs_parameters_versions_plan_and_timings(
    whole: tuple[Path, list[str]],
) -> None:
    said = manifest(run_of(whole[0]))
    for key in ("run", "inputs", "parameters", "versions", "plan", "seed", "timings", "notebooks", "outputs"):
        assert said[key], key
    assert said["plan"]["deviations"] == []
    assert all(len(entry["sha256"]) == 64 for entry in said["inputs"])
    assert not [entry["path"] for entry in said["inputs"] if entry["path"].startswith("/")]


def test_the_disclosure_names_its_policy_and_what_went_through(whole: tuple[Path, list[str]]) -> None:
    said = json.loads((run_of(whole[0]) / "disclosure.json").read_text(encoding="utf-8"))
    assert said["policy"]["id"] == "published"
    assert said["policy"]["licence"] == "Open Government Licence v3.0"
    assert said["rows_withheld"] == 0
    assert said["rows_released"] > 1000
    assert "already public" in said["attack"]


def test_the_crate_describes_the_run(whole: tuple[Path, list[str]]) -> None:
    crate = json.loads((run_of(whole[0]) / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    kinds = {entity["@id"]: entity["@type"] for entity in crate["@graph"]}
    assert kinds["#run"] == "CreateAction"
    assert kinds["evidence.csv"] == "File"


def test_the_spreadsheet_has_no_live_formula_and_one_table_a_sheet(whole: tuple[Path, list[str]]) -> None:
    book = openpyxl.load_workbook(run_of(whole[0]) / "tables.xlsx")
    assert book.sheetnames[:2] == ["Cover", "Contents"]
    for sheet in book.worksheets:
        assert len(sheet.tables) <= 1
        for row in sheet.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f"], sheet.title


def test_numbers_in_the_spreadsheet_are_numbers_and_those_of_the_evidence(
    whole: tuple[Path, list[str]],
) -> None:
    folder = run_of(whole[0])
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        evidence = list(csv.DictReader(file))
    seen = 0
    for name in ("Rates", "Rates by phase", "Changes", "Beside others", "SEN by term", "Ethnicity", "Impact"):
        rows = list(book[name].iter_rows(values_only=True))
        start = next(place for place, row in enumerate(rows) if row[0] == "Measure")
        header = {word: place for place, word in enumerate(rows[start])}
        for row in rows[start + 1 :]:
            source = evidence[int(row[header["Row of evidence.csv"]]) - 1]
            for word, column in (("Estimate", "estimate"), ("Lower limit", "lower"), ("Number", "numerator")):
                cell = row[header[word]]
                if source[column]:
                    assert cell == pytest.approx(float(source[column])), (name, row)
                    seen += 1
                else:
                    assert cell in ("[x]", "[z]"), (name, row)
    assert seen > 2000


def test_executed_notebooks_hold_their_parameters_numbers_and_no_folder(
    whole: tuple[Path, list[str]],
) -> None:
    project = whole[0]
    for name in NOTEBOOKS:
        path = run_of(project) / "notebooks" / f"{name}.ipynb"
        book = nbformat.read(path, as_version=4)
        assert book.metadata["papermill"]["parameters"]["year"] == "202324"
        assert str(project) not in path.read_text(encoding="utf-8")
        assert not [o for cell in book.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    both = (nbformat.read(run_of(project) / "notebooks" / f"{name}.ipynb", as_version=4) for name in DRAWING)
    shown = "".join(
        output["data"].get("text/html", "") for book in both for cell in book.cells
        for output in cell.get("outputs", []) if "data" in output
    )  # fmt: skip
    for chart in (run_of(project) / "figures").glob("suspension_rate*.csv"):
        assert f'id="figure-{chart.stem}"' in shown
    # The numbers beside each chart are those of the evidence: the last one of the authority, as printed.
    assert '<data value="6.07066' in shown


def test_every_page_carries_the_certificate(whole: tuple[Path, list[str]]) -> None:
    folder = run_of(whole[0])
    with (folder / "certificate.csv").open(newline="", encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    figures, agreeing = (sum(int(case[name]) for case in cases) for name in ("figures", "agreeing"))
    said = f"{agreeing:,} of {figures:,} figures in {len(cases)} reference cases come out the same"
    for name in ("index.html", "report/appendix-g.html", "report/board.html"):
        assert said in (folder / name).read_text(encoding="utf-8"), name
    assert figures > 2000


@pytest.mark.usefixtures("certified")
def test_the_same_inputs_give_the_same_numbers_and_pages(
    whole: tuple[Path, list[str]], tmp_path: Path
) -> None:
    project = whole[0]
    on.evaluate("2023/24", root=project, out=tmp_path / "again", force=True)
    first, second = manifest(run_of(project))["outputs"], manifest(tmp_path / "again")["outputs"]
    same = {name for name in first if not name.endswith((".ipynb", ".xlsx"))}
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


@pytest.mark.usefixtures("certified")
def test_a_year_of_the_pandemic_is_evaluated_whole(root: Path, tmp_path: Path) -> None:
    """What other kinds of year show is in test_notebooks_run."""
    on.evaluate("2019/20", root=root, out=tmp_path / "run")
    said = manifest(tmp_path / "run")
    assert {one["status"] for one in said["notebooks"].values()} == {"done"}
    assert is_whole(tmp_path / "run", said)
