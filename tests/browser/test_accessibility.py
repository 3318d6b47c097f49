"""The pages in a real browser: axe-core finds nothing, nothing is fetched, nothing overflows, two pages print."""

from __future__ import annotations

import importlib.util
import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onroll.orchestration.jobs import ErrorCard
from onroll.presentation.html import page
from onroll.presentation.index import index
from onroll.runs import Run
from onroll.study import Study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CI = os.environ.get("CI") == "true"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not IN_CI, reason="Chromium is not installed: Debian package chromium"
    ),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = (
    "board", "appendix-g", "index", "index-with-cards", "termly-exclusions", "index-of-a-term", "board-with-records",
    "appendix-g-with-records",
)  # fmt: skip
PHONE, DESKTOP = 360, 1000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "CI must have Chromium: .ci/run installs Debian's package chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def pages(run: Run, study: Study, root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = made_runs(root)
    term, year = made.made_run(run, study.framework, "Spring term"), made.made_run(run, study.framework)
    folder = tmp_path_factory.mktemp("pages")
    card = ErrorCard(
        "30_strategy_impact", "cell 4, under 'What'", "the cell stopped with KeyError", "Look inside."
    )
    documents = {
        "board": run.document("board"),
        "appendix-g": run.document("appendix-g"),
        "index": index(study.framework, run.facts),
        "index-with-cards": index(study.framework, run.facts, [card]),
        "termly-exclusions": term.document("termly-exclusions"),
        "index-of-a-term": index(study.framework, term.facts),
        "board-with-records": year.document("board"),
        "appendix-g-with-records": year.document("appendix-g"),
    }
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(page(document), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in documents}


def made_runs(root: Path) -> Any:
    """The module that makes runs with rows of own records; the tests have no packages."""
    spec = importlib.util.spec_from_file_location("made_runs", root / "tests/unit/presentation/made_runs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page_of(browser: Any, path: Path) -> tuple[Any, list[str]]:
    """The page in a window as wide as a desktop's, and all that it asked for."""
    tab = browser.new_page(viewport={"width": DESKTOP, "height": 900})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    return tab, asked


@pytest.fixture(scope="module", params=PAGES)
def opened(
    request: pytest.FixtureRequest, browser: Any, pages: dict[str, Path]
) -> Iterator[tuple[Any, list[str]]]:
    """A page, opened once for all that is asked of it."""
    tab, asked = page_of(browser, pages[request.param])
    yield tab, asked
    tab.close()


def test_a_page_asks_for_nothing_else(opened: tuple[Any, list[str]]) -> None:
    tab, asked = opened
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert tab.evaluate("document.scripts.length") == 0


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_nothing_sticks_out_of_a_phone_or_a_desktop(opened: tuple[Any, list[str]], width: int) -> None:
    tab, _ = opened
    tab.set_viewport_size({"width": width, "height": 900})
    assert tab.evaluate("window.innerWidth") == width
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_headings_do_not_skip_and_tables_have_header_scopes(opened: tuple[Any, list[str]]) -> None:
    tab, _ = opened
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert tab.evaluate(
        "[...document.querySelectorAll('th')].every(one => ['col', 'row'].includes(one.scope))"
    )
    assert tab.evaluate(
        "[...document.querySelectorAll('table')].every(one => one.caption.textContent.trim())"
    )
    assert tab.evaluate("[...document.querySelectorAll('img')].every(one => one.alt.length > 40)")


def test_axe_finds_nothing(opened: tuple[Any, list[str]]) -> None:
    """The last of a page's tests, as it opens what is folded away and leaves its script in the page."""
    from axe_playwright_python.sync_playwright import Axe

    tab, _ = opened
    tab.set_viewport_size({"width": DESKTOP, "height": 900})
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    results = Axe().run(tab).response
    found = [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}) {one['nodes'][0]['html'][:120]}"
        for one in results["violations"]
    ]
    assert found == []
    assert len(results["passes"]) > 15


@pytest.mark.parametrize(
    ("name", "most"), [("board", 2), ("board-with-records", 2), ("termly-exclusions", 4)]
)
def test_pages_for_the_board_print_on_few_sheets(
    browser: Any, pages: dict[str, Path], name: str, most: int
) -> None:
    tab, _ = page_of(browser, pages[name])
    printed = tab.pdf(prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= most
    tab.close()


def test_the_pages_were_looked_at_with_pictures_that_load(browser: Any, pages: dict[str, Path]) -> None:
    tab, _ = page_of(browser, pages["appendix-g"])
    sizes = tab.evaluate("[...document.images].map(one => one.naturalWidth)")
    assert len(sizes) == 10
    assert all(width > 300 for width in sizes)
    tab.close()


LABS_RULE = (
    ":not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon td, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon th"
)
"""What JupyterLab says of the cells of every table: all of them to the right."""


def test_words_of_a_table_stand_left_and_numbers_right_in_a_notebook(browser: Any, run: Run) -> None:
    tab = browser.new_page()
    table = run.table("impact_power")._repr_html_()
    tab.set_content(
        f"<style>{LABS_RULE} {{ text-align: right }}</style>"
        f'<div class="jp-RenderedHTMLCommon jp-RenderedHTML">{table}</div>'
    )
    rows = tab.evaluate(
        "[...document.querySelectorAll('tbody tr')]"
        ".map(row => [...row.children].map(one => getComputedStyle(one).textAlign))"
    )
    assert rows
    assert all(row == ["left", *["right"] * (len(row) - 1)] for row in rows)
    tab.close()
