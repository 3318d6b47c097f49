"""The declared wording is the strategy's own: every quotation counted and compared with the document of 2021.

The count rules: a bullet is a line that starts with "- "; a line that starts with neither a bullet nor a
number goes on with the bullet before it, across empty lines, because pages broke there (P6.4 and F14 run over
a page, P4 has an empty line after P4.7). Links and emphasis are taken out, spaces made one, a closing colon
left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from onroll import framework

ROOT = Path(__file__).parents[2]
QUOTATIONS = Path(__file__).parent / "data/strategy_2021_quotations.txt"
SEED = Path(os.environ.get("ONROLL_SHARED", ROOT.parent / "shared")) / "seeds/002_5d92b1fe20979ce6.txt"
SOURCES = [QUOTATIONS, *([SEED] if SEED.is_file() else [])]


@dataclass
class Wording:
    """What a text of the strategy says."""

    vision: str = ""
    mission: str = ""
    beliefs: list[str] = field(default_factory=list)
    focus_areas: list[str] = field(default_factory=list)
    priorities: list[tuple[str, list[str]]] = field(default_factory=list)


def clean(text: str) -> str:
    without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(without_links.replace("**", "").split())


def section(lines: list[str], first: str, last: str | None) -> list[str]:
    start = lines.index(first)
    end = lines.index(last, start) if last in lines[start:] else len(lines)
    return lines[start + 1 : end]


def bullets(lines: list[str]) -> Iterator[str]:
    """Bullets, and numbered headings with their number."""
    gathered: list[str] = []
    for line in lines:
        if re.match(r"\s*- |\d\. ", line):
            gathered.append(re.sub(r"^\s*- ", "", line))
        elif line.strip() and gathered:
            gathered[-1] += " " + line
    return map(clean, gathered)


def parse(path: Path) -> Wording:
    lines = [
        line.rstrip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    vision = section(lines, "Vision", "Mission")
    focus = "This approach will focus on the following areas:"
    said = Wording(
        vision=clean(next(line for line in vision if line.strip())),
        mission=clean(next(line for line in section(lines, "Mission", None) if line.strip())),
        beliefs=list(bullets(vision)),
        focus_areas=list(bullets(section(lines, focus, "Key priorities and objectives"))),
    )
    for text in bullets(section(lines, "Key priorities and objectives", "Appendices")):
        if re.match(r"\d\. ", text):
            said.priorities.append((text[3:].removesuffix(":"), []))
        else:
            said.priorities[-1][1].append(text)
    return said


@pytest.fixture(params=SOURCES, ids=["quotations", "seed"][: len(SOURCES)])
def said(request: pytest.FixtureRequest) -> Wording:
    return parse(request.param)


@pytest.fixture(scope="module")
def strategy() -> framework.Strategy:
    return framework.load(ROOT).strategy


def test_the_document_has_7_priorities_40_objectives_16_focus_areas_and_10_beliefs(said: Wording) -> None:
    assert [len(bullets) for _, bullets in said.priorities] == [3, 2, 2, 17, 4, 4, 8]
    assert (len(said.priorities), len(said.focus_areas), len(said.beliefs)) == (7, 16, 10)


def test_the_bullets_that_run_over_a_page_are_whole(said: Wording) -> None:
    objective = said.priorities[5][1][3]
    assert "with SEN and Education, Health and Care Plans (EHCPs). All requests" in objective
    assert "in particular, vulnerable children. Information about elective home" in said.focus_areas[13]


def test_every_priority_is_declared_word_for_word(said: Wording, strategy: framework.Strategy) -> None:
    assert [each.text for each in strategy.priorities] == [text for text, _ in said.priorities]


def test_every_objective_is_declared_word_for_word(said: Wording, strategy: framework.Strategy) -> None:
    declared = {each.id: each.text for each in strategy.objectives}
    assert declared == {
        f"P{number}.{at}": text
        for number, (_, texts) in enumerate(said.priorities, start=1)
        for at, text in enumerate(texts, start=1)
    }


def test_every_focus_area_is_declared_word_for_word(said: Wording, strategy: framework.Strategy) -> None:
    declared = {each.id: each.text for each in strategy.focus_areas}
    assert declared == {f"F{at}": text for at, text in enumerate(said.focus_areas, start=1)}


def test_every_belief_the_vision_and_the_mission_are_declared_word_for_word(
    said: Wording, strategy: framework.Strategy
) -> None:
    assert list(strategy.beliefs) == said.beliefs
    assert strategy.vision == said.vision
    assert strategy.mission == said.mission


def test_no_link_or_emphasis_is_left_in_what_is_declared(strategy: framework.Strategy) -> None:
    texts = [each.text for each in (*strategy.priorities, *strategy.objectives, *strategy.focus_areas)]
    assert [text for text in texts if re.search(r"\*\*|\]\(|\[", text)] == []


def test_the_quotations_name_their_source() -> None:
    header = QUOTATIONS.read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith(
        '# Quotations from "Behaviour, Inclusion and Wellbeing Strategy (Education)", Luton'
    )


@pytest.mark.skipif(not SEED.is_file(), reason="the strategy itself is not beside the repository")
def test_every_quoted_line_stands_in_the_strategy() -> None:
    seed = set(SEED.read_text(encoding="utf-8").splitlines())
    quoted = [
        line for line in QUOTATIONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert [line for line in quoted if line and line not in seed] == []
