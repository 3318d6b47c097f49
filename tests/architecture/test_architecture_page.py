"""ARCHITECTURE.md says what is there: rooms, who imports whom, the columns, the contents of a run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onroll.vocabulary import EVIDENCE_COLUMNS, RELEASED_COLUMNS, SYMBOL_MEANINGS

PAGE = (Path(__file__).resolve().parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
Imports = dict[str, tuple[set[str], set[str]]]


def table(first: str) -> dict[str, list[str]]:
    """The rows of the table whose first heading is this, by the word in their first cell."""
    rows = PAGE.split(f"| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    return {row[0].strip("`"): row[1:] for row in cells if row[0].startswith("`")}


def rooms() -> dict[str, list[str]]:
    return table("room")


def allowed(cell: str) -> tuple[set[str], set[str]]:
    """Our own rooms, and the libraries after the semicolon."""
    ours, _, libraries = cell.replace("–", "").partition(";")
    return {word.strip() for word in ours.split(",")} - {""}, {
        word.strip() for word in libraries.split(",")
    } - {""}


def test_every_room_is_on_the_page_and_every_room_on_the_page_is_there(source: Path) -> None:
    packages = {path.parent.name for path in source.glob("*/__init__.py")}
    there = packages | {path.stem for path in source.glob("*.py")} - {"__init__"}
    assert set(rooms()) == there, (
        "the table of rooms in ARCHITECTURE.md and src/onroll must name the same rooms"
    )


def test_nothing_imports_what_the_page_does_not_allow(imported: Imports) -> None:
    for room, (ours, libraries) in imported.items():
        if room != "__init__":
            may, may_use = allowed(rooms()[room][1])
            remedy = (
                "move the code, or change the table in ARCHITECTURE.md and say why in evaluation/decisions/"
            )
            assert ours <= may, f"{room} imports {sorted(ours - may)}: {remedy}"
            assert libraries <= may_use, f"{room} imports {sorted(libraries - may_use)}: {remedy}"


def test_the_page_allows_no_circle() -> None:
    order: list[str] = []
    waiting = {room: allowed(cells[1])[0] for room, cells in rooms().items()}
    while waiting:
        free = [room for room, needs in waiting.items() if needs <= set(order)]
        assert free, f"these rooms of ARCHITECTURE.md may import each other in a circle: {sorted(waiting)}"
        order += free
        waiting = {room: needs for room, needs in waiting.items() if room not in free}


def test_the_columns_are_those_of_the_vocabulary() -> None:
    block = PAGE.split("which is `evidence.csv`:", 1)[1].split("```")[1]
    assert tuple(block.split()) == RELEASED_COLUMNS, "put the columns as vocabulary.RELEASED_COLUMNS has them"
    assert (*EVIDENCE_COLUMNS, "symbol") == RELEASED_COLUMNS


def test_the_symbols_are_those_of_the_vocabulary() -> None:
    sentence = PAGE.split("which the door adds:", 1)[1].split(".", 1)[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(SYMBOL_MEANINGS)


def test_paths_on_the_page_are_there(root: Path) -> None:
    named = re.findall(r"`((?:src|data|evaluation|notebooks|tests)/[\w/.]+|\w+/\w+\.py)`", PAGE)
    made = {"evaluation/runs/"}
    missing = [
        name
        for name in named
        if name not in made and not any((base / name).exists() for base in (root, root / "src/onroll"))
    ]
    assert not missing, f"ARCHITECTURE.md names {missing}, which are not there"


@pytest.mark.slow
def test_a_run_holds_what_the_page_says(whole: tuple[Path, list[str]]) -> None:
    run, said = whole[0] / "evaluation" / "runs" / "202324", set(table("path"))
    missing = [name for name in sorted(said) if not (run / name).exists()]
    assert not missing, f"ARCHITECTURE.md promises {missing}, which a run does not hold"
    made = {path.name + "/" if path.is_dir() else path.name for path in run.iterdir()} - {"report/"}
    made |= {f"report/{path.name}" for path in (run / "report").iterdir()}
    assert made - said == set(), (
        f"a run also holds {sorted(made - said)}: say in ARCHITECTURE.md what that is"
    )
