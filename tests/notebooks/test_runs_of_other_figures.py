"""Figures received, other choices and other authorities: used, named, told apart, refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import onroll as on
from onroll.errors import OnrollError
from onroll.presentation.html import page
from onroll.vocabulary.impact import OWN_LINES

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("certified")]


def run_of(project: Path) -> Path:
    return project / "evaluation" / "runs" / "202324"


def test_two_runs_are_compared_by_what_went_in_and_what_came_out(
    own_project: Callable[..., Path],
    whole: tuple[Path, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, few = whole[0], own_project(tmp_path / "project", "91_board")
    monkeypatch.setenv("ONROLL_ROOT", str(project))
    on.evaluate("2023/24", root=few, out=tmp_path / "other", neighbours="2025")
    same = on.compare(run_of(project), "2023/24")
    assert same.same_numbers
    assert same.lines()[1:] == ["why: nothing that went in differs", "numbers: the same"]
    other = on.compare(run_of(project), tmp_path / "other")
    assert "parameter neighbours: 2021 -> 2025" in other.reasons
    assert not other.same_numbers
    assert "This run departs from the analysis plan: neighbours is 2025; the plan says 2021" in (
        tmp_path / "other" / "report" / "board.html"
    ).read_text(encoding="utf-8")


def test_figures_received_are_used_and_named_and_said_where_they_differ(
    own_project: Callable[..., Path], tmp_path: Path
) -> None:
    project = own_project(tmp_path / "project", "00_start_here")
    received = tmp_path / "in"
    received.mkdir()
    (received / "other.csv").write_text(
        "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
        "suspension,one_plus_susp\n"
        "202324,Academic year,Local authority,821,Luton,Total,40671,41,2000,1392\n",
        encoding="utf-8",
    )
    lines: list[str] = []
    run = on.evaluate("2023/24", root=project, data=str(received), say=lines.append)
    row = run.evidence(
        indicator="suspension_rate", area="Luton", time_period="202324", statistic="rate", breakdown="Total"
    ).iloc[0]
    assert row["numerator"] == 2000
    assert row["source"] == "other.csv"
    assert "warning: other.csv: 1 rows put other figures in the place of those that ship" in lines


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
    impact = impact[~impact["design"].isin(OWN_LINES)]  # a line of its own needs no other authority
    assert impact["estimate"].isna().all()
    assert (
        impact["note"]
        .str.contains("too few other authorities|no authority has figures for|has no figure for")
        .all()
    )
    assert "is not known: too few other authorities" in repr(run.say("verdict"))
    own = repr(run.say("own_line_beside_others"))
    assert "carries no verdict" in own
    assert "cannot be told: too few have figures" in own
    assert "England" not in repr(run.say("suspensions"))
    page(run.document("board"))


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
    own_project: Callable[..., Path], tmp_path: Path, name: str, code: str, new_code: str, region: str
) -> None:
    project = own_project(tmp_path)
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
    own_project: Callable[..., Path], tmp_path: Path, old: str, new: str, expected: str
) -> None:
    project = own_project(tmp_path)
    path = project / "evaluation" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OnrollError, match=re.escape(expected)):
        on.examine(root=project)
