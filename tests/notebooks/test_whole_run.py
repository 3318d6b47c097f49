"""The main job, whole: what a run holds, that it is written whole or not at all, and what is run again."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import openpyxl
import pytest

import onroll as on
from onroll.errors import OnrollError
from onroll.presentation.html import page
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


def copy_project(root: Path, to: Path) -> Path:
    """A project of its own: declarations, notebooks and figures, without runs."""
    for name in ("evaluation", "notebooks", "data"):
        shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("runs", "decisions"))
    return to


@pytest.fixture(scope="module")
def whole(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    project = copy_project(root, tmp_path_factory.mktemp("project"))
    lines: list[str] = []
    on.evaluate("2023/24", root=project, say=lines.append)
    return project, lines


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


def test_what_is_up_to_date_is_not_run_again(whole: tuple[Path, list[str]]) -> None:
    project, lines = whole[0], []
    before = manifest(run_of(project))["made"]
    on.evaluate("2023/24", root=project, say=lines.append)
    assert len(lines) == 1
    assert lines[0].startswith("up to date: ")
    assert manifest(run_of(project))["made"] == before


def test_the_same_inputs_give_the_same_numbers_and_pages(
    whole: tuple[Path, list[str]], tmp_path: Path
) -> None:
    project = whole[0]
    on.evaluate("2023/24", root=project, out=tmp_path / "again", force=True)
    first, second = manifest(run_of(project))["outputs"], manifest(tmp_path / "again")["outputs"]
    same = {name for name in first if not name.endswith((".ipynb", ".xlsx"))}
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


def test_one_changed_notebook_is_run_alone(root: Path, whole: tuple[Path, list[str]], tmp_path: Path) -> None:
    project = copy_project(root, tmp_path)
    shutil.copytree(run_of(whole[0]), run_of(project))
    path = project / "notebooks" / "00_start_here.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("# Start here", "# Begin here"), encoding="utf-8"
    )
    lines: list[str] = []
    on.evaluate("2023/24", root=project, say=lines.append)
    assert [line.split(":")[0] for line in lines if ": done (" in line] == ["00_start_here"]
    assert sum(line.endswith(": up to date") for line in lines) == len(NOTEBOOKS) - 1
    assert is_whole(run_of(project), manifest(run_of(project)))


def test_a_failing_notebook_leaves_the_last_run_and_a_card_and_the_others(
    root: Path, whole: tuple[Path, list[str]], tmp_path: Path
) -> None:
    project = copy_project(root, tmp_path)
    shutil.copytree(run_of(whole[0]), run_of(project))
    path = project / "notebooks" / "30_strategy_impact.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[-2].source = "raise ValueError('A123456789012 was suspended')"
    nbformat.write(book, path)
    before = {name: (run_of(project) / name).read_bytes() for name in PROMISED}
    lines: list[str] = []
    with pytest.raises(OnrollError, match=f"3 of {len(NOTEBOOKS)} notebooks did not finish"):
        on.evaluate("2023/24", root=project, say=lines.append, force=True)
    assert {name: (run_of(project) / name).read_bytes() for name in PROMISED} == before
    failed = run_of(project).with_name("202324.failed")
    page = (failed / "index.html").read_text(encoding="utf-8")
    assert "30_strategy_impact, cell" in page
    assert "ValueError" in page
    assert (failed / "notebooks" / "10_exclusions.ipynb").is_file()
    assert not (failed / "notebooks" / "30_strategy_impact.ipynb").exists()
    everything = b"".join(path.read_bytes() for path in failed.rglob("*") if path.is_file())
    assert b"A123456789012" not in everything
    assert "A123456789012" not in "".join(lines)


@pytest.mark.parametrize("moment", [0.5, 3.0, 5.0])
def test_killed_midway_the_last_good_run_is_untouched_and_the_next_one_succeeds(
    root: Path, whole: tuple[Path, list[str]], tmp_path: Path, moment: float
) -> None:
    project = copy_project(root, tmp_path)
    shutil.copytree(run_of(whole[0]), run_of(project))
    before = manifest(run_of(project))
    environment = {**os.environ, "ONROLL_ROOT": str(project)}
    process = subprocess.Popen(
        [sys.executable, "-m", "onroll.cli", "evaluate", "--year", "2023/24", "--force"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(moment)
    if process.poll() is not None:
        pytest.skip("the run was quicker than the kill")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert manifest(run_of(project)) == before
    assert is_whole(run_of(project), before)
    on.evaluate("2023/24", root=project)
    assert sorted(path.name for path in run_of(project).parent.iterdir()) == ["202324"]


def test_two_runs_are_compared_by_what_went_in_and_what_came_out(
    whole: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = whole[0]
    monkeypatch.setenv("ONROLL_ROOT", str(project))
    on.evaluate("2023/24", root=project, out=tmp_path / "other", neighbours="2025")
    same = on.compare(run_of(project), "2023/24")
    assert same.same_numbers
    assert same.lines()[1:] == ["why: nothing that went in differs", "numbers: the same"]
    other = on.compare(run_of(project), tmp_path / "other")
    assert "parameter neighbours: 2021 -> 2025" in other.reasons
    assert not other.same_numbers
    assert "This run departs from the analysis plan: neighbours is 2025; the plan says 2021" in (
        tmp_path / "other" / "report" / "board.html"
    ).read_text(encoding="utf-8")


def test_figures_received_are_used_and_named(whole: tuple[Path, list[str]], tmp_path: Path) -> None:
    project = whole[0]
    received = tmp_path / "in"
    received.mkdir()
    (received / "newer.csv").write_text(
        "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
        "suspension,one_plus_susp\n"
        "202324,Academic year,Local authority,821,Luton,Total,40671,50,2500,1400\n",
        encoding="utf-8",
    )
    run = on.examine("2023/24", root=project, data=str(received))
    row = run.evidence(
        indicator="suspension_rate", area="Luton", time_period="202324", statistic="rate", breakdown="Total"
    ).iloc[0]
    assert row["numerator"] == 2500
    assert row["source"] == "newer.csv"


@pytest.mark.parametrize(
    ("name", "code", "new_code", "region"),
    [
        ("Derby", "831", "E06000015", "East Midlands"),
        ("North Northamptonshire", "940", "E06000061", "East Midlands"),  # three years old in the figures
        ("City of London", "201", "E09000001", "Inner London"),  # one school, one phase, to 2014/15
        ("St. Helens", "342", "E08000013", "North West"),
    ],
)
def test_another_authority_is_a_change_of_declarations_only(
    root: Path, tmp_path: Path, name: str, code: str, new_code: str, region: str
) -> None:
    project = copy_project(root, tmp_path)
    path = project / "evaluation" / "strategy.yaml"
    head, rest = path.read_text(encoding="utf-8").split("authority:", 1)
    block, rest = rest.split("title:", 1)
    for old, new in (
        ("Luton", name),
        ('"821"', f'"{code}"'),
        ("E06000032", new_code),
        ("East of England", region),
    ):
        block = block.replace(old, new)
    path.write_text(f"{head}authority:{block}title:{rest}", encoding="utf-8")
    run = on.examine(root=project)
    whose = f"{name}'" if name.endswith("s") else f"{name}'s"
    assert repr(run.say("suspensions")).startswith(f"{whose} schools suspended pupils ")
    for document in ("board", "appendix-g"):
        said = re.sub(
            r"<blockquote>.*?</blockquote>|<tbody>.*?</tbody>", "", page(run.document(document)), flags=re.S
        )
        assert "Luton" not in said


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


@pytest.mark.parametrize("year", ["2006/07", "2018/19", "2019/20", "2021/22"])
def test_every_kind_of_year_can_be_evaluated_whole(root: Path, tmp_path: Path, year: str) -> None:
    on.evaluate(year, root=root, out=tmp_path / "run")
    said = manifest(tmp_path / "run")
    assert {one["status"] for one in said["notebooks"].values()} == {"done"}
    assert is_whole(tmp_path / "run", said)


def test_a_year_received_for_one_authority_only_claims_nothing_of_england(root: Path, tmp_path: Path) -> None:
    received = tmp_path / "in"
    received.mkdir()
    (received / "newer.csv").write_text(
        "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
        "suspension,one_plus_susp\n"
        "202425,Academic year,Local authority,821,Luton,Total,40900,30,2300,1300\n",
        encoding="utf-8",
    )
    run = on.examine(root=root, data=str(received))
    assert run.year == "202425"
    england = run.evidence(
        area="England", time_period="202425", indicator="suspension_rate", breakdown="Total"
    )
    assert england["estimate"].isna().all()
    impact = run.evidence(indicator="strategy_impact_suspension_rate")
    assert impact["estimate"].isna().all()
    assert impact["note"].str.contains("too few other authorities|own series has a gap").all()
    assert "is not known: too few other authorities" in repr(run.say("verdict"))
    assert "England" not in repr(run.say("suspensions"))
    page(run.document("board"))


def test_received_figures_that_differ_are_said(whole: tuple[Path, list[str]], tmp_path: Path) -> None:
    received = tmp_path / "in"
    received.mkdir()
    (received / "other.csv").write_text(
        "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
        "suspension,one_plus_susp\n"
        "202324,Academic year,Local authority,821,Luton,Total,40671,41,2000,1392\n",
        encoding="utf-8",
    )
    lines: list[str] = []
    on.evaluate("2023/24", root=whole[0], data=str(received), out=tmp_path / "run", say=lines.append)
    assert "warning: other.csv: 1 rows put other figures in the place of those that ship" in lines


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: Luton", "name: Derbyy", "authority.name is 'Derbyy'; 821 has 'Luton'"),
        ('"821"', '"832"', "'832' is not among the authorities"),
        (
            "region: East of England",
            "region: London",
            "authority.region is 'London'; 821 has 'East of England'",
        ),
    ],
)
def test_an_authority_whose_words_do_not_belong_together_is_refused(
    root: Path, tmp_path: Path, old: str, new: str, expected: str
) -> None:
    project = copy_project(root, tmp_path)
    path = project / "evaluation" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OnrollError, match=re.escape(expected)):
        on.examine(root=project)


def test_every_page_carries_the_certificate(whole: tuple[Path, list[str]]) -> None:
    folder = run_of(whole[0])
    with (folder / "certificate.csv").open(newline="", encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    figures, agreeing = (sum(int(case[name]) for case in cases) for name in ("figures", "agreeing"))
    said = f"{agreeing:,} of {figures:,} figures in {len(cases)} published examples come out the same"
    for name in ("index.html", "report/appendix-g.html", "report/board.html"):
        assert said in (folder / name).read_text(encoding="utf-8"), name
    assert figures > 2000
